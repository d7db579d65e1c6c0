"""What households said about planned works, what waits for an answer first, and one in full beside the list (R9)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import programme_answers
from watmos_desktop.services.programme_answers import Answer
from watmos_desktop.services.programme_cases import ProgrammeDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.panes import ListDetail, SidePanel
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.table import Row, Table
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.programmes.columns import ANSWER_COLUMNS, TONES, answer_row


class AnswersView(QWidget):
    """List and detail. ``answer_asked(Answer)`` asks the page for the form of an answer."""

    answer_asked = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._works: ProgrammeDetail | None = None
        self._found: list[Answer] = []
        self._chosen: UUID | None = None
        self.table = Table(
            "Answers", ANSWER_COLUMNS, lambda: len(self._found), self._page, on_open=self._open
        )
        self.table.moved.connect(self._beside)
        self.side = SidePanel("What they say")
        listed = QWidget()
        self._listed_column = QVBoxLayout(listed)
        self._listed_column.setContentsMargins(0, 0, 0, 0)
        self._listed_column.addWidget(self.table, 1)
        listed.setFocusProxy(self.table)
        self._empty = EmptyState(
            "Nobody has answered yet",
            "What people say at the door, by phone or in writing stands here. Under Homes choose one and record it.",
        )
        self._listed_column.addWidget(self._empty, 1)
        self.panes = ListDetail(listed, self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.panes, 1)
        self._show_chosen()

    def show_works(self, works: ProgrammeDetail) -> None:
        """What was said about these works."""
        self._works = works
        self._found = self._desk.look(programme_answers.listed, works.card.id)
        self.table.refresh()
        self.table.setVisible(bool(self._found))
        self._empty.setVisible(not self._found)
        self._show_chosen()

    def back(self) -> bool:
        """From one to the list where only one fits."""
        return self.panes.back()

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        return [answer_row(one) for one in self._found[offset : offset + limit]]

    def _open(self, key: UUID) -> None:
        self._chosen = key
        self._show_chosen()
        self.panes.show_detail()

    def _beside(self, key: UUID) -> None:
        if self.panes.beside():
            self._chosen = key
            self._show_chosen()

    def _show_chosen(self) -> None:
        one = next((each for each in self._found if each.id == self._chosen), None)
        self.side.empty()
        column = self.side.column
        if one is None:
            column.addWidget(Text("Choose an answer to read it here.", role="quiet", wrap=True))
            column.addStretch(1)
            return
        column.addWidget(Heading(one.address))
        column.addWidget(FlowRow(Pill(one.words, TONES[one.kind])))
        by = f", taken down by {one.by}" if one.by else ""
        column.addWidget(Text(f"{one.received}, {one.how}{by}", role="quiet", wrap=True))
        if one.text:
            column.addWidget(Text(one.text, wrap=True).selectable())
        if one.answered:
            column.addWidget(Heading(f"Answered {one.answered}"))
            column.addWidget(Text(one.answer, wrap=True).selectable())
        elif one.waits and self._works is not None and self._works.may_consult:
            column.addWidget(FlowRow(QuietButton("Answer them", lambda: self.answer_asked.emit(one))))
        column.addStretch(1)
