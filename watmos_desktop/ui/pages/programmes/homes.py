"""The homes of planned works: whose turn is when, and one of them beside the list (R9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import ProgrammeStatus
from watmos_desktop.services import programme_homes, programmes
from watmos_desktop.services.errors import Told
from watmos_desktop.services.programme_cases import ProgrammeDetail
from watmos_desktop.services.programme_homes import HomeRow
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.facts import Facts
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.inputs import SearchField
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.panes import ListDetail, SidePanel
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.table import Row, Table
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.programmes.columns import HOME_COLUMNS, home_row

_WORDS = {
    "all": "All",
    "to_do": "To do",
    "unwritten": "Not written to",
    "done": "Done",
    "refused": "Refused",
}
_BEGUN = (ProgrammeStatus.CONSULTING, ProgrammeStatus.STARTED)
_OPEN = (ProgrammeStatus.PLANNED, *_BEGUN)


class HomesView(QWidget):
    """List and detail. Signals ``done(words)``, ``told(error)``, ``go_requested(page, id)``.

    ``respond_asked(HomeRow)``, ``earlier_asked(HomeRow)`` and ``letter_asked(HomeRow)`` ask the page for a form, or a
    letter to that home.
    """

    done = Signal(str)
    told = Signal(object)
    go_requested = Signal(str, object)
    respond_asked = Signal(object)
    earlier_asked = Signal(object)
    letter_asked = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._works: ProgrammeDetail | None = None
        self._state, self._text = "all", ""
        self._rows: dict[UUID, HomeRow] = {}
        self._chosen: UUID | None = None
        self._above = QWidget()
        above = QHBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 0)
        self.chips = ChipRow("Which homes", on_pick=self._pick)
        self.chips.offer([Choice(key, words) for key, words in _WORDS.items()])
        self.search = SearchField("Search homes", self._find, width=220)
        above.addWidget(self.chips, 1)
        above.addWidget(self.search)
        self.table = Table("Homes", HOME_COLUMNS, self._count, self._page, on_open=self._open)
        self.table.moved.connect(self._beside)
        self.side = SidePanel("Home")
        self._listed = QWidget()
        self._listed_column = QVBoxLayout(self._listed)
        self._listed_column.setContentsMargins(0, 0, 0, 0)
        self._listed_column.addWidget(self.table, 1)
        self._listed.setFocusProxy(self.table)
        self._empty: EmptyState | None = None
        self.panes = ListDetail(self._listed, self.side)
        self.panes.list_shown.connect(self._above.setVisible)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._above)
        column.addWidget(self.panes, 1)
        self._nothing()

    def show_works(self, works: ProgrammeDetail) -> None:
        """The homes of these works; place in the list and the home on show stay."""
        if self._works is None or self._works.card.id != works.card.id:
            self._chosen = None
        self._works = works
        counts = {
            state: self._desk.look(programme_homes.count_homes, works.card.id, state) for state in _WORDS
        }
        self.chips.offer([Choice(key, words, counts[key]) for key, words in _WORDS.items()])
        self._again()
        self._show_chosen()

    def back(self) -> bool:
        """From the home to the list where only one fits."""
        return self.panes.back()

    def _again(self) -> None:
        self._rows.clear()
        self.table.refresh()
        if self._empty is not None:
            self._listed_column.removeWidget(self._empty)
            self._empty.hide()
            self._empty.deleteLater()
            self._empty = None
        empty = not self.table.paged.rowCount()
        self.table.setVisible(not empty)
        if empty:
            some = self._text or self._state != "all"
            words = (
                ("No home here", "Choose another filter, or fewer letters.")
                if some
                else ("No homes yet", "Add the homes that the works reach: Overview, Add homes.")
            )
            self._empty = EmptyState(*words)
            self._listed_column.addWidget(self._empty, 1)

    def _pick(self, state: str) -> None:
        self._state = state
        self._again()

    def _find(self, text: str) -> None:
        self._text = text
        self._again()

    def _count(self) -> int:
        if self._works is None:
            return 0
        return self._desk.look(programme_homes.count_homes, self._works.card.id, self._state, self._text)

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        if self._works is None:
            return []
        key = self._works.card.id
        found = self._desk.look(programme_homes.homes_page, key, offset, limit, self._state, self._text)
        self._rows |= {one.id: one for one in found}
        return [home_row(one) for one in found]

    def _open(self, key: UUID) -> None:
        self._chosen = key
        self._show_chosen()
        self.panes.show_detail()

    def _beside(self, key: UUID) -> None:
        if self.panes.beside():
            self._chosen = key
            self._show_chosen()

    def _show_chosen(self) -> None:
        one = self._rows.get(self._chosen) if self._chosen else None
        if one is None and self._chosen is not None and self._works is not None:
            key = self._works.card.id
            every = self._desk.look(programme_homes.homes_page, key, 0, 5_000)
            one = next((row for row in every if row.id == self._chosen), None)
        if one is None or self._works is None:
            self._nothing()
            return
        self.side.empty()
        column = self.side.column
        column.addWidget(Heading(one.address))
        column.addWidget(
            Text(" · ".join(part for part in (one.code, one.block) if part), role="quiet", wrap=True)
        )
        column.addWidget(FlowRow(Pill(one.stands.text, Tone(one.stands.tone))))
        facts = [("Its days", one.when), ("Written to", one.written), ("They say", one.said or "Nothing yet")]
        column.addWidget(Facts(facts))
        column.addWidget(FlowRow(*(QuietButton(words, run) for words, run in self._steps(one, self._works))))
        column.addStretch(1)

    def _steps(self, one: HomeRow, works: ProgrammeDetail) -> list[tuple[str, Callable[[], object]]]:
        status, steps = works.card.status, list[tuple[str, Callable[[], object]]]()
        if works.may_plan and not one.done:
            if status is ProgrammeStatus.STARTED and not one.refused:
                done = partial(self._do, "finished a home", "Done.", programmes.home_done, one.id)
                steps.append(("Done today", done))
                steps.append(("Done earlier", lambda: self.earlier_asked.emit(one)))
            if status in _OPEN:
                words = "They want it after all" if one.refused else "They refuse"
                said = "Taken up again." if one.refused else "Left out of the progress."
                steps.append(
                    (
                        words,
                        lambda: self._do(
                            "said who refuses", said, programmes.refuse, one.id, not one.refused
                        ),
                    )
                )
        if works.may_consult and status in _BEGUN:
            steps.append(("Record what they say", lambda: self.respond_asked.emit(one)))
            steps.append(("A letter to this home", lambda: self.letter_asked.emit(one)))
        steps.append(("The home", lambda: self.go_requested.emit("homes", one.home_id)))
        if works.may_plan and status in _OPEN and not one.done:
            steps.append(
                (
                    "Leave it out",
                    lambda: self._do("left a home out", "Left out.", programmes.remove_home, one.id),
                )
            )
        return steps

    def _do(self, why: str, words: str, change: Callable[..., object], *given: object) -> None:
        try:
            self._desk.do(why, change, *given)
        except Told as told:
            self.told.emit(told)
            return
        self.done.emit(words)

    def _nothing(self) -> None:
        self.side.empty()
        self.side.column.addWidget(Text("Choose a home to see it here.", role="quiet", wrap=True))
        self.side.column.addStretch(1)
