"""Walking together (N2): who comes along, and where the two scores differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Role
from watmos_desktop.services import scoring, staff, wording
from watmos_desktop.services.staff import StaffCard
from watmos_desktop.services.walk_view import Walk
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.text import Heading, Text

_BY_NUMBER = 9


def ambassadors(desk: Desk) -> list[StaffCard]:
    """Who may walk along, by name."""
    return [one for one in desk.look(staff.people_here) if one.role is Role.AMBASSADOR]


def differences(walk: Walk) -> list[scoring.Difference]:
    """Where the two scorers differ, the biggest first; only items that both have graded."""
    mine = {key: given.plain for key, given in walk.mine.items()}
    theirs = {key: given.plain for key, given in walk.theirs.items()}
    return scoring.differences(walk.template, mine, theirs)


def difference_words(difference: scoring.Difference, companion: str) -> str:
    """One difference in words: who graded lower, and by how much."""
    steps = wording.count(abs(difference.steps), "grade")
    way = "lower" if difference.steps > 0 else "higher"
    return f"{companion} graded {difference.ambassador}, {steps} {way} than your {difference.officer}"


class InviteScreen(QWidget):
    """Who walks with you: ambassadors by number key, or a name typed. ``on_choose(id or None, name)``."""

    def __init__(
        self,
        on_choose: Callable[[UUID | None, str], object],
        on_close: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Who walks with you? Press a number, or type a name")
        self._on_choose = on_choose
        self.buttons: list[QuietButton] = []
        card = Card()
        card.add(Heading("Who walks with you?"))
        card.add(
            Text(
                "An ambassador grades on this device too. Neither sees the other's grade until both are given.",
                role="quiet",
                wrap=True,
            )
        )
        self._people = QVBoxLayout()
        self._people.setSpacing(8)
        card.body.addLayout(self._people)
        self.name = Line("Name")
        self.field = Field("name", "Someone else", self.name)
        self.name.returnPressed.connect(self._typed)
        card.add(self.field)
        row = QHBoxLayout()
        row.addWidget(QuietButton("Walk together", self._typed, key="Enter"))
        row.addWidget(QuietButton("Back", on_close, key="Esc"))
        row.addStretch(1)
        card.body.addLayout(row)
        scroll = Scroll()
        scroll.column.addWidget(card)
        scroll.column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)

    def show_people(self, people: Sequence[StaffCard]) -> None:
        """Offer these ambassadors."""
        for button in self.buttons:
            self._people.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for number, one in enumerate(people, 1):
            button = QuietButton(
                f"{one.name} · {one.looks_after}",
                partial(self._on_choose, one.id, one.name),
                key=str(number) if number <= _BY_NUMBER else "",
                symbol="person",
            )
            self._people.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
            self.buttons.append(button)
        self.name.clear()
        self.field.show_error("")
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number chooses."""
        text = event.text()
        if len(text) == 1 and text in "123456789" and int(text) <= len(self.buttons):
            self.buttons[int(text) - 1].click()
        else:
            super().keyPressEvent(event)

    def _typed(self) -> None:
        self._on_choose(None, self.name.text().strip())
