"""Planned works at a glance: what and when, what is still open before the start, how far they are (R9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import ProgrammeStatus
from watmos_desktop.services import wording
from watmos_desktop.services.programme_cases import ProgrammeDetail
from watmos_desktop.services.programme_consulting import KIND_WORDS
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chart import Bar, Bars
from watmos_desktop.ui.kit.facts import Facts
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.programmes.columns import TONES

Actions = Sequence[tuple[str, Callable[[], object]]]
_TWO = 900  # pixels from which on cards stand in two columns


class Overview(Scroll):
    """``show_works(detail, actions)``; the actions are quiet buttons, the next step is in the page's head."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._holder = QWidget()
        self._row = QHBoxLayout(self._holder)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        for column, stretch in ((self._left, 3), (self._right, 2)):
            column.setSpacing(12)
            self._row.addLayout(column, stretch)
        self.column.addWidget(self._holder)
        self.column.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where two do not fit."""
        super().resizeEvent(event)
        two = self.width() >= _TWO * look().scale
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.LeftToRight if two else directions.TopToBottom)

    def show_works(self, one: ProgrammeDetail, actions: Actions) -> None:
        """The cards of these works."""
        for column in (self._left, self._right):
            _empty(column)
        self._left.addWidget(_plan(one))
        if before := _before(one):
            self._left.addWidget(before)
        if one.outcome:
            card = Card("What came of it" if one.consults_until else "Called off")
            card.add(Text(one.outcome, wrap=True).selectable())
            self._left.addWidget(card)
        if one.sees_homes:
            self._right.addWidget(_progress(one))
            if any(number for _, number in one.answers):
                self._right.addWidget(_answers(one))
        if actions:
            card = Card("More to do")
            card.add(FlowRow(*(QuietButton(words, run) for words, run in actions)))
            self._right.addWidget(card)
        for column in (self._left, self._right):
            column.addStretch(1)


def _plan(one: ProgrammeDetail) -> Card:
    card = Card("What and when")
    card.add(Text(one.what, wrap=True).selectable())
    rows = [
        ("When", one.card.when),
        ("In a home", one.how_long),
        ("People will notice", one.disturbance),
        ("Who does the work", one.contractor),
        ("Consultation", one.consultation),
        ("Started", one.started),
        ("Without consultation", one.start_reason),
    ]
    card.add(Facts([(label, words) for label, words in rows if words]))
    return card


def _before(one: ProgrammeDetail) -> Card | None:
    """What is open before the start, or that nothing is."""
    if one.card.status not in (ProgrammeStatus.PLANNED, ProgrammeStatus.CONSULTING) or not one.sees_homes:
        return None
    card = Card("Before the works may start")
    for words in one.blockers:
        card.add(_line(Tone.WARN, words))
    if not one.blockers:
        card.add(_line(Tone.OK, "Everyone was asked, answered and written to."))
    if one.lease:
        card.add(_line(Tone.INFO, one.lease))
    return card


def _progress(one: ProgrammeDetail) -> Card:
    far = one.card.progress
    card = Card("How far")
    if not far.total and not far.refused:
        card.add(Text("No homes yet: add those that the works reach.", role="quiet", wrap=True))
        return card
    total = far.total + far.refused
    bars = [
        Bar("Written to", far.written, f"{far.written:,} of {total:,}"),
        Bar("With their days", far.planned, f"{far.planned:,} of {total:,}"),
        Bar("Done", far.done, f"{far.done:,} of {far.total:,}", Tone.OK),
    ]
    if far.refused:
        bars.append(Bar("Refused", far.refused, wording.count(far.refused, "home"), Tone.WARN))
    card.add(Bars("How far", bars, most=max(total, 1)))
    return card


def _answers(one: ProgrammeDetail) -> Card:
    card = Card("What people say")
    bars = [Bar(KIND_WORDS[kind], number, f"{number:,}", TONES[kind]) for kind, number in one.answers]
    card.add(Bars("What people say", bars, most=max(one.card.progress.total + one.card.progress.refused, 1)))
    if one.unanswered:
        waits = wording.count(one.unanswered, "household waits", "households wait")
        card.add(_line(Tone.WARN, f"{waits} for an answer."))
    return card


def _line(tone: Tone, words: str) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    row.addWidget(Dot(tone))
    row.addWidget(Text(words, wrap=True), 1)
    return holder


def _empty(column: QVBoxLayout) -> None:
    while column.count():
        taken = column.takeAt(0)
        part = taken.widget() if taken is not None else None
        if part is not None:
            part.hide()
            part.deleteLater()
