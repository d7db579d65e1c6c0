"""Labelled inputs with help and errors in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.chip import ChipRow, ChipSet
from watmos_desktop.ui.kit.inputs import DateInput, Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Text, restyle


def value_of(widget: QWidget) -> str | bool | date:
    """What a person put in: text (trimmed), an id, ids with commas between, a date, or yes and no.

    TypeError for other widgets.
    """
    if isinstance(widget, QLineEdit):
        return widget.text().strip()
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText().strip()
    if isinstance(widget, (Select, DateInput)):
        return widget.value()
    if isinstance(widget, ChipRow):
        return widget.chosen()
    if isinstance(widget, ChipSet):
        return ",".join(key for key in widget.chips() if key in widget.chosen())
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    raise TypeError(f"{type(widget).__name__} is no input of a form")


def put_value(widget: QWidget, value: object) -> None:
    """Show a value in an input without telling anyone; None empties text."""
    if isinstance(widget, QLineEdit):
        widget.setText("" if value is None else str(value))
    elif isinstance(widget, QPlainTextEdit):
        widget.setPlainText("" if value is None else str(value))
    elif isinstance(widget, (Select, ChipRow)):
        widget.choose("" if value is None else str(value))
    elif isinstance(widget, ChipSet):
        widget.choose("" if value is None else str(value).split(","))
    elif isinstance(widget, DateInput):
        if isinstance(value, date):
            widget.show_day(value)
    elif isinstance(widget, QCheckBox):
        widget.setChecked(bool(value))
    else:
        raise TypeError(f"{type(widget).__name__} is no input of a form")


class Field(QWidget):
    """A label, its input, help, and the error below it.

    >>> Field("where", "Where is it?", Line(), help="Floor", check=lambda v: "" if v else "Say where.")

    ``check`` gets the value and gives the words of what is wrong, or "". ``holder`` is shown in
    place of the input when that sits in a row with something else. Signal ``edited``.
    """

    edited = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        widget: QWidget,
        *,
        help: str = "",  # noqa: A002 - the plain word at the call is worth more than the built-in here
        check: Callable[[object], str] | None = None,
        holder: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.name = name
        self.widget = widget
        self._help = help
        self._check = check
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if not isinstance(widget, QCheckBox):
            words = Text(label, role="strong", wrap=True)
            words.setBuddy(widget)
            column.addWidget(words)
        if not widget.accessibleName():
            widget.setAccessibleName(label)
        widget.setAccessibleDescription(help)
        column.addWidget(holder or widget)
        self._error = QWidget()
        row = QHBoxLayout(self._error)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Dot(Tone.BAD))
        self._error_words = Text(role="error", wrap=True)
        row.addWidget(self._error_words, 1)
        self._error.setVisible(False)
        column.addWidget(self._error)
        if help:
            column.addWidget(Text(help, role="small", wrap=True))
        self._listen(widget)

    def value(self) -> str | bool | date:
        """What is in the input."""
        return value_of(self.widget)

    def put(self, value: object) -> None:
        """Show a value and take an error away."""
        put_value(self.widget, value)
        self.show_error("")

    def check(self) -> str:
        """Show and return what is wrong, "" if nothing is."""
        words = self._check(self.value()) if self._check is not None else ""
        self.show_error(words)
        return words

    def show_error(self, words: str) -> None:
        """Say what is wrong and what to do, in words and shape; "" takes it away."""
        self._error_words.setText(words)
        self._error.setVisible(bool(words))
        self.widget.setAccessibleDescription(f"{words} {self._help}".strip())
        restyle(self.widget, "wrong", "true" if words else "false")

    def error(self) -> str:
        """The error on show, or ""."""
        return self._error_words.text()

    def _listen(self, widget: QWidget) -> None:
        if isinstance(widget, (QLineEdit, QPlainTextEdit)):
            widget.textChanged.connect(self._changed)
        elif isinstance(widget, Select):
            widget.currentIndexChanged.connect(self._changed)
        elif isinstance(widget, DateInput):
            widget.dateChanged.connect(self._changed)
        elif isinstance(widget, QCheckBox):
            widget.toggled.connect(self._changed)
        elif isinstance(widget, (ChipRow, ChipSet)):
            widget.picked.connect(self._changed)

    def _changed(self, *_: object) -> None:
        if self.error():
            self.show_error("")
        self.edited.emit()


class Form(QWidget):
    """Fields one below the other.

    >>> form = Form([Field("what", "What is wrong?", Line()), Field("told", "", Check("Resident told"))])
    >>> form.fill({"what": "Door sticks"}); form.values()      # {"what": …, "told": False}
    >>> if form.check(): save(Draft(**form.values()))          # else the first wrong field has the focus
    >>> form.tell(error)                                       # True if it names one of these
    """

    edited = Signal()

    def __init__(self, fields: Sequence[Field], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {field.name: field for field in fields}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for field in fields:
            column.addWidget(field)
            field.edited.connect(self.edited)

    def values(self) -> dict[str, str | bool | date]:
        """What is in the fields, by name."""
        return {name: field.value() for name, field in self.fields.items()}

    def fill(self, values: Mapping[str, object]) -> None:
        """Show values by name; other fields stay as they are."""
        for name, value in values.items():
            self.fields[name].put(value)

    def check(self) -> bool:
        """Check every field; the first that is wrong gets the focus."""
        wrong = [field for field in self.fields.values() if field.check()]
        if wrong:
            wrong[0].widget.setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

    def tell(self, error: BaseException) -> bool:
        """Show an error at the field it names; False if it names none of these."""
        field = self.fields.get(getattr(error, "field", ""))
        if field is None:
            return False
        field.show_error(str(error))
        field.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        return True
