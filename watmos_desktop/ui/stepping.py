"""A record in full, or a short form of one step of it in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from watmos_desktop.services.errors import Told
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.panes import SidePanel
from watmos_desktop.ui.kit.text import Heading, Text

Values = dict[str, object]
_SAVE = "Ctrl+S"


class StepForm(SidePanel):
    """Fields under a heading with one filled button; ``on_save(values)`` may raise Told, said at its field.

    ``widest`` pixels where the form has a page to itself. Signals ``saved`` and ``cancelled``.
    """

    saved = Signal()
    cancelled = Signal()

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        on_save: Callable[[Values], object],
        words: str,
        *,
        sentence: str = "",
        before: Sequence[QWidget] = (),
        widest: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._on_save = on_save
        self.form = Form(fields)
        self._wrong = Text(role="error", wrap=True)
        self._wrong.hide()
        self.column.setSpacing(12)
        self.column.addWidget(Heading(title))
        if sentence:
            self.column.addWidget(Text(sentence, role="quiet", wrap=True).selectable())
        for part in before:
            self.column.addWidget(part)
        self.column.addWidget(self.form)
        self.column.addWidget(self._wrong)
        self.column.addStretch(1)
        self.save_button = PrimaryButton(words, self.save, key=_SAVE)
        self.foot.addWidget(self.save_button)
        self.foot.addWidget(QuietButton("Cancel", self.cancelled.emit, key="Esc"))
        self.foot.addStretch(1)
        if widest:
            self.setMaximumWidth(widest)

    def begin(self) -> None:
        """Put the cursor into the first field."""
        first = next((field for field in self.form.fields.values() if not field.isHidden()), None)
        if first is not None:
            first.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Save; what is wrong is said at its field, else below the fields."""
        self._wrong.hide()
        if not self.form.check():
            return
        try:
            self._on_save(dict(self.form.values()))
        except Told as told:
            if not self.form.tell(told):
                self._wrong.setText(str(told))
                self._wrong.show()
            return
        self.saved.emit()


class StepPanel(QStackedWidget):
    """``read`` (or what stands ``inside``) shows the record; ``ask(form)`` puts a form in its place until it is closed.

    >>> panel.ask(StepForm("Decide", fields, decide, "Record the decision"))
    """

    closed = Signal()

    def __init__(self, name: str, inside: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.read = SidePanel(name)
        self._home = inside or self.read
        self.addWidget(self._home)
        self._form: StepForm | None = None

    def asks(self) -> bool:
        """Whether a form is open."""
        return self._form is not None

    def ask(self, form: StepForm) -> None:
        """Open a form; it closes itself when it was saved or cancelled."""
        self.close_form()
        self._form = form
        form.saved.connect(self.close_form)
        form.cancelled.connect(self.close_form)
        self.addWidget(form)
        self.setCurrentWidget(form)
        form.begin()

    def save(self) -> None:
        """Save the form that is open, if any: what the key does."""
        if self._form is not None:
            self._form.save()

    def close_form(self) -> bool:
        """Take the form away; False if none is open."""
        form, self._form = self._form, None
        if form is None:
            return False
        self.setCurrentWidget(self._home)
        self.removeWidget(form)
        form.hide()
        form.deleteLater()
        self.closed.emit()
        return True
