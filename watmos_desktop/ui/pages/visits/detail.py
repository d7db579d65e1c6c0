"""One home that is due: why, what the household needs, its visits so far, its reviews, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.models.kinds import ReviewOutcome, VisitKind
from watmos_desktop.services import (
    calendar,
    homes,
    policy,
    tenancy_reviews,
    visit_attempts,
    visit_needs,
    visit_rules,
    visits,
    visits_due,
    wording,
)
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_needs import Needs
from watmos_desktop.services.visits import Slot, VisitDraft
from watmos_desktop.services.visits_due import DueKey, DueVisit
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.chip import ChipSet, Choice
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Check, DateInput, Lines, Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.panes import SidePanel
from watmos_desktop.ui.kit.pill import Dot, Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.visits.choices import DECISIONS, SLOTS
from watmos_desktop.ui.pages.visits.no_answer import NoAnswerFields

_SHOWN = 6
_ASKED_DAYS = 10  # working days in which a visit that was asked for is offered


class DetailPanel(SidePanel):
    """Shows one due visit at a time. ``done(words)`` after a change that can be undone; ``told(error)``.

    ``calendar_requested(date)`` for the week of its plan, ``go_requested(page, id)`` for the home.
    """

    done = Signal(str)
    told = Signal(object)
    calendar_requested = Signal(object)
    go_requested = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("Visit", parent)
        self._desk = desk
        self._key: DueKey | None = None
        self._asking = False
        self._due: DueVisit | None = None
        self._run: Callable[[], object] | None = None
        bind(self, "save", lambda: self._run() if self._run else None)
        self._nothing()

    def shown_key(self) -> DueKey | None:
        """What is on show."""
        return self._key

    def refresh(self) -> None:
        """Read again what is on show, unless a form is open; what is no longer due gives way to the home's next."""
        if self._key is not None and not self._asking:
            try:
                self.show_due(self._key)
            except Told:
                self._nothing()

    def show_due(self, key: DueKey) -> None:
        """A due visit in full; raises NotFound for a home that is not here."""
        due = self._desk.look(visits_due.of_home, key.home_id)
        one = next((each for each in due if each.key == key), None) or next(iter(due), None)
        self.empty()
        self._key, self._asking = one.key if one else None, False
        self._due, self._run = one, None
        if one is None:
            self._nothing()
            return
        self.column.addWidget(Heading(one.address))
        self.column.addWidget(Text(f"{one.what} · {one.where}", role="quiet", wrap=True).selectable())
        holder = QWidget()
        pills = FlowLayout(holder, gap=8)
        pills.addWidget(Pill(one.due.text, Tone(one.due.tone)))
        if one.pinned:
            pills.addWidget(Pill("Pinned", Tone.INFO))
        self.column.addWidget(holder)
        self._planned(one)
        self.column.addWidget(Heading("Why"))
        for reason in one.reasons:
            self._line(Tone.BAD if reason.endswith("late") else Tone.INFO, reason)
        self._household(one)
        self._reviews(one)
        self._others(due, one)
        self._past(one)
        self.column.addStretch(1)
        self._buttons(one)

    def _planned(self, one: DueVisit) -> None:
        if one.decision:
            words = "A manager decides: it becomes assured, is extended once, or is to be ended."
        else:
            words = f"Planned: {one.planned}" if one.planned else "Not planned yet"
        self.column.addWidget(Text(words, role="strong", wrap=True))
        if one.visit_id is not None:
            detail = self._desk.look(visits.get, one.visit_id)
            if detail.card.why:
                self.column.addWidget(Text(detail.card.why, role="quiet", wrap=True))
            if detail.asked:
                self.column.addWidget(Text(detail.asked, wrap=True).selectable())
            self.column.addWidget(Text(detail.card.reference, role="small").selectable())
            for attempt in detail.attempts:
                self._line(Tone.WARN, attempt.words)
                if attempt.note:
                    self.column.addWidget(Text(attempt.note, role="small", wrap=True).selectable())
            rung = self._desk.look(visit_attempts.standing, one.visit_id)
            if rung is not None:
                self._line(Tone.INFO, f"Next: {rung.words}")

    def _household(self, one: DueVisit) -> None:
        home = self._desk.look(homes.get, one.home_id)
        needs = self._desk.look(visit_needs.of_home, one.home_id)
        people = home.tenancy.household if home.tenancy else ()
        self.column.addWidget(Heading("Household"))
        if home.tenancy:
            self.column.addWidget(Text(home.tenancy.words, wrap=True))
        for person in people:
            if person.tenant:
                parts = [person.name, person.phone]
                parts += [f"speaks {person.language}"] if person.language not in ("", "English") else []
                self.column.addWidget(
                    Text(" · ".join(part for part in parts if part), wrap=True).selectable()
                )
            if person.needs:
                self._line(Tone.WARN, person.needs)
        for need in needs.words:
            self._line(Tone.WARN, need)
        if home.access_notes:
            self._line(Tone.INFO, home.access_notes)

    def _reviews(self, one: DueVisit) -> None:
        standing = self._desk.look(tenancy_reviews.of_home, one.home_id)
        if standing is None:
            return
        self.column.addWidget(Heading("Starter tenancy"))
        self._line(Tone(standing.due.tone), standing.due.text)
        if standing.warning:
            self._line(Tone.WARN, standing.warning)
        for recorded in standing.recorded:
            self._line(Tone.WARN if recorded.outcome is ReviewOutcome.CONCERN else Tone.OK, recorded.words)
            if recorded.reason:
                self.column.addWidget(Text(recorded.reason, role="small", wrap=True).selectable())
        for step in standing.owed:
            self._line(Tone.INFO, f"{visit_rules.STAGE_WORDS[step.stage]} by {wording.day(step.due_on)}")

    def _others(self, due: list[DueVisit], one: DueVisit) -> None:
        rest = [each for each in due if each.key != one.key]
        if rest:
            self.column.addWidget(Heading("Also due here"))
        for each in rest[:_SHOWN]:
            self._line(Tone(each.due.tone), f"{each.what}: {each.due.text.lower()}")

    def _past(self, one: DueVisit) -> None:
        cards = [each for each in self._desk.look(visits.of_home, one.home_id) if each.completed_at]
        self.column.addWidget(Heading("Visits so far"))
        if not cards:
            self.column.addWidget(Text("None yet.", role="quiet"))
        for card in cards[:_SHOWN]:
            words = " · ".join(part for part in (card.what, card.when, card.officer, card.reference) if part)
            self._line(Tone.OK, words)
        for card in cards[:1]:
            show = partial(self.go_requested.emit, "visit_door", card.id)
            self.column.addWidget(QuietButton("What it left to do", show))

    def _buttons(self, one: DueVisit) -> None:
        actor, action = self._desk.actor, policy.Action
        if policy.may(actor, action.PLAN_VISITS, "visit"):
            more = QWidget()
            row = FlowLayout(more, gap=8)
            if not one.decision:
                row.addWidget(QuietButton("At the door", self.begin, key=shown_key("begin_visit")))
                row.addWidget(QuietButton("No answer", self.no_answer, key=shown_key("no_answer")))
            if one.visit_id is not None:
                card = partial(self.go_requested.emit, "visit_paper", ("visit_card", one.visit_id))
                row.addWidget(QuietButton("Card to print", card))
            row.addWidget(QuietButton("A visit is asked for", partial(self.ask, one)))
            row.addWidget(QuietButton("What they need", partial(self.needs, one)))
            self.column.insertWidget(self.column.count() - 1, more)
        if one.decision:
            if policy.may(actor, action.DECIDE_TENANCY, "tenancy"):
                self.foot.addWidget(PrimaryButton("Decide", partial(self.decide, one)))
        elif policy.may(actor, action.PLAN_VISITS, "visit"):
            words = "Move" if one.planned else "Plan it"
            self.foot.addWidget(PrimaryButton(words, partial(self.plan, one)))
            if one.stage is not None:
                self.foot.addWidget(QuietButton("Record the review", partial(self.review, one)))
        if one.planned_on is not None:
            self.foot.addWidget(
                QuietButton("The week", partial(self.calendar_requested.emit, one.planned_on))
            )
        elif one.stage is None:
            self.foot.addWidget(
                QuietButton("The home", partial(self.go_requested.emit, "homes", one.home_id))
            )

    # --- what is done here ---

    def plan(self, one: DueVisit) -> None:
        """Choose day, time and officer by hand; it is pinned there."""
        people = self._desk.look(visits.officers)
        chosen = str(one.officer_id or self._desk.actor.staff_id or "")
        today = self._desk.store.clock.now().date()
        form = self._form(
            "Plan this visit",
            Field("day", "Day", DateInput(one.planned_on or max(today, one.due_on))),
            Field(
                "slot",
                "Time",
                Select([Choice("", "Any time"), *(Choice(slot, words) for slot, words in SLOTS)]),
            ),
            Field("officer_id", "Officer", Select([Choice(str(each.id), each.name) for each in people])),
            Field(
                "second_id",
                "Second person",
                Select([Choice("", "Nobody else"), *(Choice(str(each.id), each.name) for each in people)]),
            ),
        )
        form.fields["officer_id"].put(chosen)
        if one.visit_id is not None:
            form.fields["second_id"].put(str(self._desk.look(visits.get, one.visit_id).card.second_id or ""))

        def save() -> None:
            values = form.values()
            start, _, end = str(values["slot"]).partition("-")
            day, officer = values["day"], UUID(str(values["officer_id"]))
            assert isinstance(day, date)
            second = UUID(str(values["second_id"])) if values["second_id"] else None
            slot = Slot(officer, day, start, end, second, pinned=True, why="Planned by hand")
            if one.visit_id is None:
                draft = VisitDraft(one.home_id, one.kind, one.due_on, slot=slot)
                self._desk.do("planned a visit", visits.arrange, draft)
            else:
                self._desk.do("moved a visit", visits.plan, one.visit_id, slot)

        self._save_with(form, "Plan it", save, "Planned.")

    def begin(self) -> None:
        """Somebody opened: to the questions, or on with them."""
        if self._due is not None and not self._due.decision and not self._asking:
            self.go_requested.emit("visit_door", self._due)

    def no_answer(self) -> None:
        """Nobody opened at the visit on show: record it."""
        one, may = self._due, policy.may(self._desk.actor, policy.Action.VISIT, "visit")
        if one is None or one.decision or self._asking or not may:
            return
        asked = NoAnswerFields(self._desk, one)
        form = self._form("Nobody answered", *asked.fields)
        self._save_with(form, "Record", lambda: asked.save(form.values()), "")

    def ask(self, one: DueVisit) -> None:
        """Somebody asks for a visit: what for, and by when."""
        by = calendar.working_days_after(self._desk.store.clock.now().date(), _ASKED_DAYS)
        form = self._form(
            "A visit is asked for",
            Field("asked", "What for?", Lines("What they asked for, in their words")),
            Field("due_on", "By when?", DateInput(by)),
        )

        def save() -> None:
            values = form.values()
            due_on = values["due_on"]
            assert isinstance(due_on, date)
            draft = VisitDraft(one.home_id, VisitKind.REQUESTED, due_on, str(values["asked"]))
            self._desk.do("noted that a visit is asked for", visits.arrange, draft)

        self._save_with(form, "Note it", save, "Noted.")

    def needs(self, one: DueVisit) -> None:
        """What the household needs of a visit; the planner keeps to it."""
        known = self._desk.look(visit_needs.of_home, one.home_id)
        times = ChipSet(
            "Times that suit", [Choice(key, visit_needs.time_words(key)) for key in visit_needs.TIMES]
        )
        form = self._form(
            "What they need of a visit",
            Field("times", "Times that suit; none means any", times),
            Field("two_people", "", Check("Two people are to go")),
            Field("vulnerable", "", Check("Somebody there is vulnerable")),
            Field("note", "What to know", Lines("For who goes there")),
        )
        form.fill({"times": ",".join(known.times), "two_people": known.two_people})
        form.fill({"vulnerable": known.vulnerable, "note": known.note})

        def save() -> None:
            values = form.values()
            chosen = tuple(key for key in str(values["times"]).split(",") if key)
            needs = Needs(chosen, bool(values["two_people"]), bool(values["vulnerable"]), str(values["note"]))
            self._desk.do("noted what a household needs", visit_needs.save, one.home_id, needs)

        self._save_with(form, "Save", save, "Saved.")

    def review(self, one: DueVisit) -> None:
        """Record what a review of a starter tenancy found."""
        assert one.stage is not None and one.tenancy_id is not None
        stage, tenancy_id = one.stage, one.tenancy_id
        form = self._form(
            visit_rules.STAGE_WORDS[stage],
            Field(
                "outcome",
                "How is it going?",
                Select([Choice("fine", "Going well"), Choice("concern", "There is a concern")]),
            ),
            Field("reason", "In a few words", Lines("The concern, if there is one")),
        )

        def save() -> None:
            values = form.values()
            outcome = ReviewOutcome(str(values["outcome"]))
            reason = str(values["reason"])
            self._desk.do("recorded a review", tenancy_reviews.record, tenancy_id, stage, outcome, reason)

        self._save_with(form, "Record it", save, "Recorded.")

    def decide(self, one: DueVisit) -> None:
        """Decide on a starter tenancy."""
        assert one.tenancy_id is not None
        tenancy_id = one.tenancy_id
        standing = self._desk.look(tenancy_reviews.get, tenancy_id)
        choices = [Choice(outcome.value, DECISIONS[outcome]) for outcome in standing.choices]
        form = self._form(
            "Decide on this tenancy",
            Field("outcome", "Decision", Select(choices)),
            Field("reason", "The reason", Lines("The tenant is told it, and may appeal")),
        )

        def save() -> None:
            values = form.values()
            outcome = ReviewOutcome(str(values["outcome"]))
            self._desk.do(
                "decided on a tenancy", tenancy_reviews.decide, tenancy_id, outcome, str(values["reason"])
            )

        self._save_with(form, "Decide", save, "Decided.")

    def _form(self, title: str, *fields: Field) -> Form:
        self.empty()
        self._asking = True
        self.column.addWidget(Heading(title))
        form = Form(fields)
        self.column.addWidget(form)
        self.column.addStretch(1)
        return form

    def _save_with(self, form: Form, verb: str, save: Callable[[], str | None], said: str) -> None:
        def run() -> None:
            try:
                words = save() or said
            except Told as told:
                if not form.tell(told):
                    self.told.emit(told)
                return
            self._close()
            self.done.emit(words)

        self._run = run
        self.foot.addWidget(PrimaryButton(verb, run, key=shown_key("save")))
        self.foot.addWidget(QuietButton("Leave it", self._close))
        next(iter(form.fields.values())).widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close(self) -> None:
        self._asking, self._run = False, None
        self.refresh()

    def _nothing(self) -> None:
        self.empty()
        self._key = self._due = self._run = None
        self.column.addWidget(Text("Choose a home to see why it is due.", role="quiet", wrap=True))
        self.column.addStretch(1)

    def _line(self, tone: Tone, words: str) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Dot(tone))
        row.addWidget(Text(words, wrap=True), 1)
        self.column.addWidget(holder)
