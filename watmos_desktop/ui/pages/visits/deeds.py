"""What can be done about a visit that is due: the short forms behind the buttons of its detail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from watmos_desktop.models.kinds import ReviewOutcome, VisitKind
from watmos_desktop.services import (
    calendar,
    tenancy_decisions,
    tenancy_reviews,
    visit_needs,
    visit_rules,
    visits,
    wording,
)
from watmos_desktop.services.visit_needs import Needs
from watmos_desktop.services.visits import Slot, VisitDraft
from watmos_desktop.ui.kit.chip import ChipSet, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, DateInput, Lines, Select
from watmos_desktop.ui.pages.visits.choices import DECIDED, DECISIONS, SLOTS
from watmos_desktop.ui.pages.visits.no_answer import NoAnswerFields
from watmos_desktop.ui.pages.visits.panel import Asked, Shown

_ASKED_DAYS = 10  # working days in which a visit that was asked for is offered


def begin(shown: Shown) -> None:
    """Somebody opened: to the questions, or on with them."""
    shown.go("visit_door", shown.due)


def no_answer(shown: Shown) -> None:
    """Nobody opened: how it was tried, the card and the day to come again."""
    asked = NoAnswerFields(shown.desk, shown.due)
    shown.go(
        "form", Asked("Nobody answered", tuple(asked.fields), "Record", asked.save, sentence=asked.ahead)
    )


def card(shown: Shown) -> None:
    """The card to leave at the door, to print."""
    if shown.due.visit_id is not None:
        shown.go("visit_paper", ("visit_card", shown.due.visit_id))


def plan(shown: Shown) -> None:
    """Choose day, time and officer by hand; it is pinned there."""
    due = shown.due
    people = [Choice(str(each.id), each.name) for each in shown.desk.look(visits.officers)]
    today = shown.desk.store.clock.now().date()
    times = [Choice("", "Any time"), *(Choice(slot, words) for slot, words in SLOTS)]
    fields = (
        Field("day", "Day", DateInput(due.planned_on or max(today, due.due_on))),
        Field("slot", "Time", Select(times)),
        Field("officer_id", "Officer", Select(people)),
        Field("second_id", "Second person", Select([Choice("", "Nobody else"), *people])),
    )
    second = shown.visit.card.second_id if shown.visit else None
    filled = {
        "officer_id": str(due.officer_id or shown.desk.actor.staff_id or ""),
        "second_id": str(second or ""),
    }

    def save(values: Mapping[str, Any]) -> str:
        start, _, end = str(values["slot"]).partition("-")
        other = UUID(str(values["second_id"])) if values["second_id"] else None
        officer = UUID(str(values["officer_id"]))
        slot = Slot(officer, values["day"], start, end, other, pinned=True, why="Planned by hand")
        if due.visit_id is None:
            shown.desk.do(
                "planned a visit", visits.arrange, VisitDraft(due.home_id, due.kind, due.due_on, slot=slot)
            )
        else:
            shown.desk.do("moved a visit", visits.plan, due.visit_id, slot)
        return "Planned."

    shown.go("form", Asked("Plan this visit", fields, "Plan it", save, filled))


def ask(shown: Shown) -> None:
    """Somebody asks for a visit: what for, and by when."""
    by = calendar.working_days_after(shown.desk.store.clock.now().date(), _ASKED_DAYS)
    fields = (
        Field("asked", "What for?", Lines("What they asked for, in their words")),
        Field("due_on", "By when?", DateInput(by)),
    )

    def save(values: Mapping[str, Any]) -> str:
        due_on = values["due_on"]
        assert isinstance(due_on, date)
        draft = VisitDraft(shown.due.home_id, VisitKind.REQUESTED, due_on, str(values["asked"]))
        shown.desk.do("noted that a visit is asked for", visits.arrange, draft)
        return "Noted."

    shown.go("form", Asked("A visit is asked for", fields, "Note it", save))


def needs(shown: Shown) -> None:
    """What the household needs of a visit; the planner keeps to it."""
    known = shown.desk.look(visit_needs.of_home, shown.due.home_id)
    times = ChipSet(
        "Times that suit", [Choice(key, visit_needs.time_words(key)) for key in visit_needs.TIMES]
    )
    fields = (
        Field("times", "Times that suit; none means any", times),
        Field("two_people", "", Check("Two people are to go")),
        Field("vulnerable", "", Check("Somebody there is vulnerable")),
        Field("note", "What to know", Lines("For who goes there")),
    )
    filled = {
        "times": ",".join(known.times),
        "two_people": known.two_people,
        "vulnerable": known.vulnerable,
        "note": known.note,
    }

    def save(values: Mapping[str, Any]) -> str:
        chosen = tuple(key for key in str(values["times"]).split(",") if key)
        wanted = Needs(chosen, bool(values["two_people"]), bool(values["vulnerable"]), str(values["note"]))
        shown.desk.do("noted what a household needs", visit_needs.save, shown.due.home_id, wanted)
        return "Saved."

    shown.go("form", Asked("What they need of a visit", fields, "Save", save, filled))


def review(shown: Shown) -> None:
    """Record what a review of a starter tenancy found."""
    stage, tenancy_id = shown.due.stage, shown.due.tenancy_id
    assert stage is not None and tenancy_id is not None
    going = Select([Choice("fine", "Going well"), Choice("concern", "There is a concern")])
    fields = (
        Field("outcome", "How is it going?", going),
        Field("reason", "In a few words", Lines("The concern, if there is one")),
    )

    def save(values: Mapping[str, Any]) -> str:
        outcome = ReviewOutcome(str(values["outcome"]))
        shown.desk.do(
            "recorded a review", tenancy_reviews.record, tenancy_id, stage, outcome, str(values["reason"])
        )
        return "Recorded."

    shown.go("form", Asked(visit_rules.STAGE_WORDS[stage], fields, "Record it", save))


def decide(shown: Shown) -> None:
    """Decide on a starter tenancy."""
    tenancy_id = shown.due.tenancy_id
    assert tenancy_id is not None
    asked = shown.desk.look(tenancy_decisions.asked, tenancy_id)
    standing = asked.standing
    choices = [Choice(outcome.value, DECISIONS[outcome]) for outcome in standing.choices]
    fields = (
        Field("outcome", "Decision", Select(choices)),
        Field("reason", "The reason", Lines("The tenant is told it, and may appeal")),
    )
    since = f"A starter tenancy since {wording.day(standing.started_on)}. {standing.due.text}."

    def save(values: Mapping[str, Any]) -> str:
        outcome = ReviewOutcome(str(values["outcome"]))
        shown.desk.do(
            "decided on a tenancy", tenancy_decisions.decide, tenancy_id, outcome, str(values["reason"])
        )
        return DECIDED[outcome]

    warnings = (*(f"Open: {words}" for words in asked.concerns), *asked.closed, standing.warning)
    shown.go(
        "form",
        Asked(
            "Decide on this tenancy",
            fields,
            "Decide",
            save,
            sentence=since,
            warnings=tuple(words for words in warnings if words),
        ),
    )
