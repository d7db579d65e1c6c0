"""One request in full: how long it waits, what was found and decided, and the next step (R8)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import AdaptationStatus
from watmos_desktop.services import adaptation_cases, adaptations, history, policy, wording
from watmos_desktop.services.adaptation_cases import AdaptationDetail
from watmos_desktop.services.adaptations import KIND_WORDS, may_step
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.adaptations.steps import Steps
from watmos_desktop.ui.stepping import StepForm, StepPanel

_STEPS = 6


class DetailPanel(StepPanel):
    """One request at a time, or the form of a step. Signals ``go_requested(page, id)``, ``done(words)``, ``told``."""

    go_requested = Signal(str, object)
    done = Signal(str)
    told = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("Request", parent=parent)
        self._desk = desk
        self._shown: AdaptationDetail | None = None
        self.steps = Steps(desk, self.done.emit)
        self.show_nothing()

    def shown_id(self) -> UUID | None:
        """The request on show."""
        return self._shown.card.id if self._shown else None

    def refresh(self) -> None:
        """Read the request on show again; a form that is open stays."""
        if self._shown is not None:
            try:
                self._show(self._shown.card.id)
            except Told:
                self.show_nothing()

    def show_request(self, adaptation_id: UUID) -> None:
        """A request in full; raises NotFound. The form of another one is closed."""
        if adaptation_id != self.shown_id():
            self.close_form()
        self._show(adaptation_id)

    def show_nothing(self) -> None:
        """No request."""
        self.close_form()
        self.read.empty()
        self._shown = None
        self.read.column.addWidget(Text("Choose a request to see it here.", role="quiet", wrap=True))
        self.read.column.addStretch(1)

    def _show(self, adaptation_id: UUID) -> None:
        one = self._desk.look(adaptation_cases.get, adaptation_id)
        past = self._desk.look(history.of, "adaptation", adaptation_id)
        self.read.empty()
        self._shown = one
        card, column = one.card, self.read.column
        column.addWidget(Heading(card.what))
        where = " · ".join(part for part in (card.reference, card.home, card.place) if part)
        column.addWidget(Text(where, role="quiet", wrap=True).selectable())
        pills = [Pill(card.waits.text, Tone(card.waits.tone))]
        pills += [Pill(card.words, Tone.INFO)] if card.words != card.waits.text else []
        column.addWidget(FlowRow(*pills))
        asked = f"Asked {card.requested}" + (f" for {card.person}" if card.person else "")
        column.addWidget(Text(asked, wrap=True).selectable())
        column.addWidget(Text(f"Looked after by {card.officer or 'nobody yet'}", wrap=True))
        self._found(one)
        self._decided(one)
        self._works(one)
        if past:
            column.addWidget(Heading("History"))
            for step in past[:_STEPS]:
                words = f"{step.when} · {step.why}" + (f" · {step.who}" if step.who else "")
                column.addWidget(Text(words, role="small", wrap=True))
        column.addStretch(1)
        self._next(one)

    def _found(self, one: AdaptationDetail) -> None:
        if one.assessed:
            column = self.read.column
            column.addWidget(Heading("Assessment"))
            kind = f"{KIND_WORDS[one.kind]} · " if one.kind else ""
            column.addWidget(Text(f"{kind}{one.assessed}", role="quiet", wrap=True))
            column.addWidget(Text(one.assessment, wrap=True).selectable())

    def _decided(self, one: AdaptationDetail) -> None:
        column = self.read.column
        if one.again:
            column.addWidget(Heading("To decide again"))
            who = "You took the first decision: someone else decides now." if not one.may_decide else ""
            column.addWidget(Text(who or "Someone asked to look at it again.", wrap=True))
        if one.decision:
            declined = one.card.status is AdaptationStatus.DECLINED
            column.addWidget(Heading("Declined" if declined else "Approved"))
            column.addWidget(Text(one.decided, role="quiet", wrap=True))
            column.addWidget(Text(one.decision, wrap=True).selectable())
        if one.appeal:
            column.addWidget(Heading("What to tell them"))
            column.addWidget(Text(one.appeal, wrap=True).selectable())

    def _works(self, one: AdaptationDetail) -> None:
        column = self.read.column
        if one.repair is not None:
            repair = one.repair
            column.addWidget(Heading("Works"))
            column.addWidget(Text(f"{repair.title} · {repair.reference} · {repair.due.text}", wrap=True))
        if one.fitted:
            column.addWidget(Heading("Fitted"))
            column.addWidget(Text(f"Fitted {one.fitted}", wrap=True))
        if one.review_on and not one.review:
            column.addWidget(Text(f"Ask how it works on {wording.day(one.review_on)}", wrap=True))
        if one.review:
            column.addWidget(Text(one.review, wrap=True).selectable())

    def _next(self, one: AdaptationDetail) -> None:
        """The next step filled, the others quiet; nothing for who only reads."""
        foot, status, steps = self.read.foot, one.card.status, self.steps
        if not policy.may(self._desk.actor, Action.ASK_ADAPTATION, "adaptation"):
            return
        following: tuple[str, Callable[[AdaptationDetail], StepForm]] | None = {
            AdaptationStatus.REQUESTED: ("Write the assessment", steps.assess),
            AdaptationStatus.ASSESSED: ("Decide", steps.decide) if one.may_decide else None,
            AdaptationStatus.APPROVED: ("Order the works", steps.order)
            if one.repair is None
            else ("Record the fitting", steps.fit),
            AdaptationStatus.FITTED: ("Write the review", steps.review),
        }.get(status)
        quiet: list[tuple[bool, str, Callable[[], object]]] = [
            (one.repair is not None, "The repair", lambda: self._go_to_repair(one)),
            (may_step(status, "appeal"), "Look at it again", lambda: self.ask(steps.look_again(one))),
            (
                status is AdaptationStatus.APPROVED and one.repair is None,
                "Already a repair",
                lambda: self.ask(steps.link(one)),
            ),
            (
                status is AdaptationStatus.APPROVED and one.repair is None,
                "Already fitted",
                lambda: self.ask(steps.fit(one)),
            ),
            (status in adaptations.OPEN, "Another officer", lambda: self.ask(steps.assign(one))),
            (may_step(status, "withdraw"), "Withdraw", lambda: self._withdraw(one)),
        ]
        row = FlowRow()
        if following is not None:
            words, make = following
            row.add(PrimaryButton(words, lambda: self.ask(make(one))))
        for there, words, run in quiet:
            if there:
                row.add(QuietButton(words, run))
        foot.addWidget(row, 1)

    def _go_to_repair(self, one: AdaptationDetail) -> None:
        if one.repair is not None:
            self.go_requested.emit("repairs", one.repair.id)

    def _withdraw(self, one: AdaptationDetail) -> None:
        try:
            self.steps.withdraw(one)
        except Told as told:
            self.told.emit(told)
