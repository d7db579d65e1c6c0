"""A short form in the place of the repair's detail: what is typed stays while the record changes behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from watmos_desktop.services.errors import Told
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.chip import ChipRow
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Lines
from watmos_desktop.ui.kit.panes import SidePanel
from watmos_desktop.ui.kit.text import Heading, Text

Values = dict[str, object]


class PanelForm(SidePanel):
    """Fields under a heading with one filled button. ``on_save(values)`` may raise Told: it is said at its field.

    >>> go("form", PanelForm("Tell the resident", [Field("text", "What did you say?", Lines())], save, "Record"))

    ``told_of``: what a service calls a field, by the name that this form has for it: ``{"told_at": "time"}``.
    The panel calls ``closes`` so that Cancel, Esc and a save that went well close it; ``saved`` tells them apart.
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        on_save: Callable[[Values], object],
        words: str = "Save",
        *,
        sentence: str = "",
        told_of: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.title = title
        self.saved = False
        self._on_save = on_save
        self._told_of = told_of or {}
        self._close: Callable[[], object] = self.hide
        self.form = Form(fields)
        for field in fields:
            if isinstance(field.widget, Lines):  # it would take all the room there is
                field.widget.setMaximumHeight(field.widget.minimumHeight())
        self._wrong = Text(role="error", wrap=True)
        self._wrong.hide()
        self.column.addWidget(Heading(title))
        if sentence:
            self.column.addWidget(Text(sentence, role="quiet", wrap=True).selectable())
        self.column.addWidget(self.form)
        self.column.addWidget(self._wrong)
        self.column.addStretch(1)
        self.save_button = PrimaryButton(words, self.save, key=shown_key("save"))
        self.foot.addWidget(self.save_button)
        self.foot.addWidget(QuietButton("Cancel", self.cancel, key="Esc"))
        self.began: Values = {}
        bind(self, "save", self.save, inside_only=False)

    def closes(self, close: Callable[[], object]) -> None:
        """What takes the form away."""
        self._close = close

    def begin(self) -> None:
        """Put the cursor into the first field, and note what the fields hold now: ``began``."""
        self.began = dict(self.form.values())
        first = next((field for field in self.form.fields.values() if not field.isHidden()), None)
        if first is None:
            return
        stop = first.widget
        if isinstance(stop, ChipRow):  # the chip that Tab would come to
            chips = stop.chips()
            stop = chips.get(stop.chosen()) or next(iter(chips.values()), stop)
        stop.setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel(self) -> None:
        """Go back without saving."""
        self._close()

    def save(self) -> None:
        """Save and close; what is wrong is said at its field, else below the fields."""
        self._wrong.hide()
        if not self.form.check():
            return
        try:
            self._on_save(dict(self.form.values()))
        except Told as told:
            self._tell(Told(told.message, told.hint, field=self._told_of.get(told.field, told.field)))
            return
        self.saved = True
        self._close()

    def _tell(self, told: Told) -> None:
        field = self.form.fields.get(told.field)
        if field is None or field.isHidden() or not self.form.tell(told):
            self._wrong.setText(str(told))
            self._wrong.show()
