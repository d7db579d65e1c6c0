"""A fortnight proposed for the week of visits: worked out beside the window, shown, then accepted or let go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import policy, visits_planning
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visits_planning import Ask, Proposal
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.page import Progress
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.tasks import Job


class Planning(QWidget):
    """The strip above the week. ``proposal`` is what is on show, not saved yet.

    ``changed`` when a proposal came or went, ``accepted(number)`` when so many visits were saved, ``failed(error)``.
    """

    changed = Signal()
    accepted = Signal(int)
    failed = Signal(object)

    def __init__(self, desk: Desk, officers: Callable[[], list[UUID]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._officers = desk, officers
        self.proposal: Proposal | None = None
        self._job: Job | None = None
        self._asked = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._working())
        column.addWidget(self._banner())
        self.hide()

    def _working(self) -> QWidget:
        self.busy = Card(margin=12)
        self.busy.add(Text("Planning: who is due, where, and who is near …", wrap=True))
        self.progress = Progress("Planning")
        self.busy.add(self.progress)
        row = QHBoxLayout()
        row.addWidget(QuietButton("Cancel", self.discard, key="Esc"))
        row.addStretch(1)
        self.busy.body.addLayout(row)
        self.busy.hide()
        return self.busy

    def _banner(self) -> QWidget:
        self.offer = Card(margin=12)
        self._said, self._warned = Text(role="strong", wrap=True), Text(role="quiet", wrap=True)
        words = QVBoxLayout()
        words.addWidget(self._said)
        words.addWidget(self._warned)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        self.accept_button = PrimaryButton("Accept the plan", self.accept, key=shown_key("accept_plan"))
        row.addWidget(self.accept_button)
        row.addWidget(QuietButton("Discard", self.discard, key="Esc"))
        self.offer.body.addLayout(row)
        self.offer.hide()
        return self.offer

    def at_work(self) -> bool:
        """Whether it plans, or shows what it planned."""
        return self._job is not None or self.proposal is not None

    def plan(self) -> None:
        """Propose the next fortnight for whose week it is; nothing is saved."""
        if not policy.may(self._desk.actor, policy.Action.PLAN_VISITS, "visit") or self._job is not None:
            return
        try:
            prepared = self._desk.look(visits_planning.prepare, Ask(tuple(self._officers())))
        except Told as told:
            self.failed.emit(told)
            return
        self.proposal = None
        self._show(self.busy)
        self.progress.show_part(0, 0)
        self._asked += 1
        asked = self._asked
        job = self._desk.tasks.process(
            visits_planning.propose,
            prepared,
            partial(self._propose, asked),
            progress=self.progress.show_part,
            owner=self,
            on_error=partial(self._fail, asked),
        )
        if not self.busy.isHidden():  # else it was answered at once
            self._job = job

    def discard(self) -> None:
        """Stop planning, or let the proposal go; nothing was saved."""
        self._asked += 1
        if self._job is not None:
            self._job.cancel()
        self._job, self.proposal = None, None
        self._show(None)
        self.changed.emit()

    def accept(self) -> None:
        """Save the proposal in one step, which can be taken back."""
        made = self.proposal
        if made is None or not made.visits:
            return
        try:
            saved = self._desk.do("accepted a plan of visits", visits_planning.accept, made)
        except Told as told:
            self.failed.emit(told)
            return
        self.proposal = None
        self._show(None)
        self.changed.emit()
        self.accepted.emit(saved)

    def _propose(self, asked: int, made: Proposal) -> None:
        if asked != self._asked:
            return
        self._job, self.proposal = None, made
        self._said.setText(made.words)
        self._warned.setText(". ".join(made.conflicts))
        self._warned.setVisible(bool(made.conflicts))
        self._show(self.offer)
        self.accept_button.setEnabled(bool(made.visits))
        self.changed.emit()
        self.accept_button.setFocus()

    def _fail(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self._job = None
            self._show(None)
            self.failed.emit(error)

    def _show(self, card: Card | None) -> None:
        for one in (self.busy, self.offer):
            one.setVisible(one is card)
        self.setVisible(card is not None)
