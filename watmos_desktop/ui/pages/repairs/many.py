"""What can be done with several repairs at once: given to a colleague, copied, printed as chosen."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.services import policy, repair_assigning, repairs, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.clipboard import CLEARED, copy
from watmos_desktop.ui.kit.inputs import Select
from watmos_desktop.ui.kit.notice import NoticeBar
from watmos_desktop.ui.kit.text import Text

_NOBODY = "nobody"


class ManyBar(QWidget):
    """Shown above the list while several rows are chosen. ``keys(most)`` tells which."""

    def __init__(
        self,
        desk: Desk,
        keys: Callable[[int], list[UUID]],
        notices: NoticeBar,
        take_back: Callable[[], object],
        let_go: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._keys, self._notices, self._take_back = desk, keys, notices, take_back
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.words = Text(role="strong")
        self.whom = Select()
        self.whom.setAccessibleName("Give them to")
        self.whom.setMinimumWidth(180)
        self.give_button = QuietButton("Give", self.give, key=shown_key("give"))
        self.copy_button = QuietButton("Copy", self.copy, key=shown_key("copy_rows"))
        may = policy.may(desk.actor, policy.Action.CHANGE_REPAIR, "repair")
        row.addWidget(self.words)
        row.addSpacing(8)
        for part in (self.whom, self.give_button):
            row.addWidget(part)
            part.setVisible(may)
        row.addWidget(self.copy_button)
        row.addWidget(QuietButton("Let go", let_go, key="Esc"))
        row.addStretch(1)
        self.setVisible(False)
        self._may = may

    def show_count(self, number: int) -> None:
        """Say how many are chosen; away below two."""
        several = number > 1
        if several and self.isHidden() and self._may:
            people = self._desk.look(repair_assigning.colleagues)
            me = self._desk.actor.staff_id
            offered = [Choice(str(one.id), "Me" if one.id == me else one.name) for one in people]
            self.whom.offer([*offered, Choice(_NOBODY, "Nobody")])
        self.words.setText(f"{number:,} chosen")
        self.setVisible(several)

    def give(self) -> None:
        """Give the chosen ones to the colleague; at first the keyboard goes to who it is."""
        ids = self._keys(repair_assigning.MOST + 1)
        if not ids or not self._may:
            return
        whom = self.whom.value()
        staff_id = None if whom == _NOBODY else UUID(whom)
        name = self.whom.currentText()
        words = wording.count(len(ids), "repair")
        try:
            changed = self._desk.do(f"gave {words} to {name}", repair_assigning.assign, ids, staff_id)
        except Told as told:
            self._notices.tell(told)
            return
        to = {"Me": "you", "Nobody": "nobody"}.get(name, name)
        said = (
            f"{wording.count(changed, 'repair')} given to {to}."
            if changed
            else f"They are with {to} already."
        )
        self._notices.offer_undo(said, self._take_back)

    def copy(self) -> None:
        """Put the chosen rows into the clipboard as lines of a table, for a message or a spreadsheet."""
        ids = self._keys(repair_assigning.MOST)
        found = self._desk.look(repairs.cards, ids)
        lines = [
            "\t".join(
                (card.reference, card.title, card.where, card.priority.value.capitalize(), card.due.text)
            )
            for card in (found[one] for one in ids if one in found)
        ]
        copy("\n".join(lines))
        self._notices.say(f"{wording.count(len(lines), 'repair')} copied.", CLEARED)
