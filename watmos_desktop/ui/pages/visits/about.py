"""What is known of a visit that is due: its plan, why, who lives there, its starter tenancy, its visits so far."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import ReviewOutcome
from watmos_desktop.services import (
    homes,
    tenancy_decisions,
    tenancy_reviews,
    visit_attempts,
    visit_needs,
    visit_rules,
    visits,
    wording,
)
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.pages.visits.panel import Part, Shown

_SHOWN = 6


def plan(shown: Shown) -> QWidget:
    """When it is to be made, what was asked for, and how often it was tried."""
    part, due, visit = Part(), shown.due, shown.visit
    if due.decision:
        words = "A manager decides: it becomes assured, is extended once, or is to be ended."
    else:
        words = f"Planned: {due.planned}" if due.planned else "Not planned yet"
    part.text(words, "strong")
    if visit is None:
        return part
    if visit.card.why:
        part.text(visit.card.why, "quiet")
    if visit.asked:
        part.text(visit.asked)
    part.text(visit.card.reference, "small")
    for attempt in visit.attempts:
        part.line(Tone.WARN, attempt.words)
        if attempt.note:
            part.text(attempt.note, "small")
    return part


def ladder(shown: Shown) -> QWidget | None:
    """Where nobody opened: what was tried, what comes next, and what would come then."""
    rungs = shown.desk.look(visit_attempts.ladder, shown.visit.card.id) if shown.visit else ()
    if not rungs:
        return None
    part = Part("Nobody opened")
    for rung in rungs:
        if rung.next or rung.done_at:
            part.line(Tone.WARN if rung.next else Tone.OK, rung.said)
        else:
            part.text(rung.said, "quiet")
    return part


def why(shown: Shown) -> QWidget:
    """Why it is due, and how pressing."""
    part = Part("Why")
    for reason in shown.due.reasons:
        part.line(Tone.BAD if reason.endswith("late") else Tone.INFO, reason)
    return part


def household(shown: Shown) -> QWidget:
    """Who lives there, how to reach them, and what they need of a visit."""
    home = shown.desk.look(homes.get, shown.due.home_id)
    needs = shown.desk.look(visit_needs.of_home, shown.due.home_id)
    part = Part("Household")
    if home.tenancy:
        part.text(home.tenancy.words)
    for person in home.tenancy.household if home.tenancy else ():
        if person.tenant:
            parts = [person.name, person.phone]
            parts += [f"speaks {person.language}"] if person.language not in ("", "English") else []
            part.text(" · ".join(one for one in parts if one))
        if person.needs:
            part.line(Tone.WARN, person.needs)
    for need in needs.words:
        part.line(Tone.WARN, need)
    if home.access_notes:
        part.line(Tone.INFO, home.access_notes)
    return part


def starter(shown: Shown) -> QWidget | None:
    """How a starter tenancy stands: reviews recorded and owed, and what is running out."""
    standing = shown.desk.look(tenancy_reviews.of_home, shown.due.home_id)
    if standing is None:
        return None
    part = Part("Starter tenancy")
    part.line(Tone(standing.due.tone), standing.due.text)
    if standing.warning:
        part.line(Tone.WARN, standing.warning)
    for recorded in standing.recorded:
        part.line(Tone.WARN if recorded.outcome is ReviewOutcome.CONCERN else Tone.OK, recorded.words)
        if recorded.reason:
            part.text(recorded.reason, "small")
    for step in standing.owed:
        part.line(Tone.INFO, f"{visit_rules.STAGE_WORDS[step.stage]} by {wording.day(step.due_on)}")
    return part


def concerns(shown: Shown) -> QWidget | None:
    """What is open about a starter tenancy that is not decided yet, as far as this person may know."""
    standing = shown.desk.look(tenancy_reviews.of_home, shown.due.home_id)
    if standing is None or not standing.owed:
        return None
    found = shown.desk.look(tenancy_decisions.concerns, standing.tenancy_id)
    part = Part("Open concerns")
    for words in found:
        part.line(Tone.WARN, words)
    if shown.due.decision and not found:
        part.text("None that is known to you.", "quiet")
    return part if found or shown.due.decision else None


def others(shown: Shown) -> QWidget | None:
    """What else is due at the same home."""
    rest = [each for each in shown.all_due if each.key != shown.due.key]
    if not rest:
        return None
    part = Part("Also due here")
    for each in rest[:_SHOWN]:
        part.line(Tone(each.due.tone), f"{each.what}: {each.due.text.lower()}")
    return part


def past(shown: Shown) -> QWidget:
    """The visits that were done here; of the last one, what it left to do."""
    cards = [each for each in shown.desk.look(visits.of_home, shown.due.home_id) if each.completed_at]
    part = Part("Visits so far")
    if not cards:
        part.text("None yet.", "quiet")
    for card in cards[:_SHOWN]:
        words = " · ".join(one for one in (card.what, card.when, card.officer, card.reference) if one)
        part.line(Tone.OK, words)
    for card in cards[:1]:
        part.column.addWidget(QuietButton("What it left to do", partial(shown.go, "visit_door", card.id)))
        part.column.addWidget(QuietButton("What came of it", partial(shown.go, "visit_after", card.id)))
    return part
