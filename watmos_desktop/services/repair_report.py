"""Reporting a repair: where, what, whose it is, how soon, told at first contact (promises R1, R2, R5-R7, N3).

What is ours is a repair with its clocks; what is the household's is signposted and kept as an enquiry without a clock.
An emergency is made safe whosever it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Cause, Channel, Priority, RepairStatus, Responsibility
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import (
    clocks,
    guide,
    policy,
    promises,
    recalls,
    references,
    repair_changes,
    repair_offers,
    repair_places,
    repair_updates,
    repair_words,
    repairs,
    wording,
    words,
)
from watmos_desktop.services import places as parts
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_account import WHOSE
from watmos_desktop.services.repair_places import Where
from watmos_desktop.services.repairs import RepairCard

AGAIN = "We mended this not long ago, so it counts as the same fault again."


@dataclass(frozen=True)
class ReportDraft:
    """What is known when a repair is reported. ``priority`` and ``responsibility`` None: as the guide says.

    ``title`` is for what the guide has no name for. ``reported_at`` None: now. ``how``: how the person in a home is
    told whose it is and what is promised, there and then; None where nobody was.
    ``area_key``: a shared part of the block (``places.areas``).
    """

    where: Where
    fixture: str
    symptom: str
    cause: Cause = Cause.WEAR
    person_id: UUID | None = None
    at_risk: bool = False
    place: str = ""
    note: str = ""
    title: str = ""
    priority: Priority | None = None
    priority_reason: str = ""
    responsibility: Responsibility | None = None
    responsibility_reason: str = ""
    reported_at: datetime | None = None
    how: Channel | None = Channel.PHONE
    area_key: str = ""


@dataclass(frozen=True)
class Advice:
    """What to tell the person now, before anything is saved.

    ``raises`` is False when it will be signposted; ``promise`` is then empty. ``open`` are repairs already under way.
    """

    verdict: guide.Verdict
    party: Responsibility
    suggestion: guide.Suggestion
    priority: Priority
    due_at: datetime
    promise: str
    read_out: str
    raises: bool
    open: tuple[RepairCard, ...]


@dataclass(frozen=True)
class Reported:
    """What came of it: a repair with its promise, or an enquiry that was ``signposted``."""

    id: UUID
    reference: str
    promise: str
    signposted: bool


def advise(session: Session, draft: ReportDraft) -> Advice:
    """Whose it is, how soon, what is promised and what is open there already; raises Told for what is missing."""
    known, at = guide.load(), _at(session, draft)
    thing = known.fixture(draft.fixture)
    if thing.shared is not draft.where.shared:
        raise Told("That is not found there.", "Choose what is broken once more.", field="what")
    tenure = draft.where.tenure
    verdict = known.whose(draft.fixture, tenure, draft.cause)
    suggestion = known.suggest(
        draft.fixture,
        draft.symptom,
        at_risk=draft.at_risk or draft.where.at_risk,
        tenure=tenure,
        on=at.astimezone(LONDON).date(),
    )
    party = draft.responsibility or verdict.party
    priority = draft.priority or suggestion.priority
    raises = party not in guide.THEIRS or priority is Priority.EMERGENCY
    if party in guide.THEIRS:  # only what is ours is held to the Right to Repair, or to the law on hazards
        suggestion = replace(suggestion, clock="", hazard="")
    due_at = promised(priority, suggestion.clock, at)
    promise = clocks.promise_words(due_at, priority)
    report = Repair(**_placed(draft, thing), reported_at=at)
    advice = Advice(
        verdict,
        party,
        suggestion,
        priority,
        due_at,
        promise if raises else "",
        "",
        raises,
        tuple(repair_offers.there(session, report)),
    )
    again = raises and recalls.earlier(session, report) is not None
    return replace(advice, read_out=_read_out(draft, advice) + (f" {AGAIN}" if again else ""))


def _placed(draft: ReportDraft, thing: guide.Fixture) -> dict[str, Any]:
    """Where and what, as a repair keeps it."""
    place = draft.where
    return {
        "estate_id": place.estate_id,
        "block_id": place.block_id,
        "space_id": place.space_id,
        "home_id": place.home_id,
        "area_key": draft.area_key,
        "fixture": draft.fixture,
        "trade": thing.trade,
    }


def _read_out(draft: ReportDraft, advice: Advice) -> str:
    """What to say to the person, whole sentences in their order."""
    verdict = advice.verdict
    say = [advice.suggestion.advice] if advice.suggestion.advice else []
    decided = draft.responsibility not in (None, verdict.party)
    if advice.raises and advice.party in guide.THEIRS:
        say.append("We will come and make it safe first, whoever has to mend it after that.")
    if not decided:
        say += [part for part in (verdict.reason, verdict.signpost) if part]
    if advice.raises:
        day = wording.long_day(advice.due_at.astimezone(LONDON).date())
        emergency = advice.priority is Priority.EMERGENCY
        say.append(f"It will be {advice.promise}." if emergency else f"It will be done by {day}.")
    return " ".join(say)


def promised(priority: Priority, clock: str, at: datetime) -> datetime:
    """The moment to tell: that of the priority, or of the Right to Repair where that comes first."""
    keys = [clocks.REPAIR_CLOCK[priority], *([clock] if clock else [])]
    return min(promises.due(key, at).due_at for key in keys)


def report(session: Session, draft: ReportDraft) -> Reported:
    """Save what was reported: a repair with its clocks from the moment it was reported, or a signposted enquiry.

    Raises NotAllowed, NotFound, or Told at the field that is wrong; nothing is then saved.
    """
    actor = policy.require(session, Action.RAISE_REPAIR, "repair")
    draft = replace(draft, where=repair_places.again(session, draft.where))
    _check(session, draft)
    advice, at = advise(session, draft), _at(session, draft)
    _check_changes(session, draft, advice)
    thing = guide.load().fixture(draft.fixture)
    title = _title(draft)
    block = draft.where.block_id if draft.where.shared else None
    part = parts.area_name(session, block, draft.area_key)
    exactly = ", ".join(one for one in (part, draft.place) if one)
    repair_words.check(title, draft.note, exactly)
    row = Repair(
        **_placed(draft, thing),
        reported_for=draft.person_id,
        place=exactly,
        title=title,
        description=draft.note,
        priority=advice.priority,
        priority_reason=draft.priority_reason or advice.suggestion.reasons[0],
        status=RepairStatus.REPORTED if advice.raises else RepairStatus.SIGNPOSTED,
        reported_at=at,
        reported_by=actor.staff_id,
        due_at=advice.due_at if advice.raises else at,
        hazard=advice.suggestion.hazard if advice.raises else "",
        symptom=draft.symptom,
        cause=draft.cause,
        priority_guide=advice.suggestion.priority,
        responsibility=advice.party,
        responsibility_guide=advice.verdict.party,
        responsibility_reason=draft.responsibility_reason or advice.verdict.reason,
    )
    references.add(session, "R", row)
    if advice.raises:
        start_clocks(session, row, advice.suggestion.clock)
    session.flush()
    if advice.raises:
        recalls.link(session, row)
    if row.home_id is not None and draft.how is not None:
        repair_updates.record(session, row, advice.read_out or WHOSE[advice.party], draft.how, at)
    elif row.home_id is not None:
        clocks.tell(session, row.id, None)
    return Reported(row.id, row.reference, advice.promise, not advice.raises)


def start_clocks(session: Session, row: Repair, right: str) -> None:
    """Start the clocks of a repair from the moment it was reported: of its priority, its right, its hazard."""
    for key in filter(None, (clocks.REPAIR_CLOCK[row.priority], right)):
        clocks.start(session, "repair", row.id, key, row.reported_at)
    clocks.start_hazard(session, row, row.hazard, row.priority, row.reported_at)


def add_to(session: Session, repair_id: UUID, draft: ReportDraft) -> Reported:
    """Add what was reported again to a repair already open, as a note of its own: nothing is written over.

    What is more pressing now makes the repair so, with both clocks kept; the law's clocks count from this report.
    Raises NotFound; Told when it is open no more, when the words are too many, or when this person may
    write no notes, or not decide that it is more pressing.
    """
    actor = policy.require(session, Action.RAISE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if row.status not in repairs.OPEN:
        raise Told("That repair is not open any more.", "Report it anew.")
    draft = replace(draft, where=repair_places.again(session, draft.where))
    _check(session, draft)
    advice, at = advise(session, draft), _at(session, draft)
    pressing = advice.raises and guide.sooner(advice.priority, row.priority)
    if pressing and not policy.may(actor, Action.CHANGE_REPAIR, "repair"):
        raise Told("This is more pressing than that repair.", "Report it anew, so that its own time counts.")
    if policy.may(actor, Action.KEEP_INFORMED, "repair"):
        repair_updates.keep_note(session, row, _again(draft))
    elif draft.note.strip():
        raise Told(
            "You can add a photo to that repair, but no words.", "Report it anew to say more.", field="note"
        )
    said = ""
    if pressing:
        why = f"Reported again: {_title(draft)}"[: words.LINE]
        said = repair_changes.set_priority(session, row.id, advice.priority, why).rstrip(".")
    if advice.raises:
        _start_rights(session, row, advice.suggestion, at)
    return Reported(row.id, row.reference, said, signposted=False)


def _start_rights(session: Session, row: Repair, suggestion: guide.Suggestion, at: datetime) -> None:
    """Start what the law gives to a fault reported again, as far as it does not run yet."""
    if suggestion.clock and not any(one.key.startswith("RR.") for one in clocks.running(session, row.id)):
        clock = clocks.start(session, "repair", row.id, suggestion.clock, at)
        clock.told_at, row.due_at = None, min(row.due_at, clock.due_at)
    clocks.start_hazard(session, row, suggestion.hazard, row.priority, at)


def _again(draft: ReportDraft) -> str:
    """What was reported once more, by whom, where and in which words."""
    who = dict(draft.where.people).get(draft.person_id) if draft.person_id else None
    parts = (f"Reported again{f' by {who}' if who else ''}: {_title(draft)}", draft.place, draft.note)
    said = ". ".join(part.strip().rstrip(".") for part in parts if part.strip())
    return words.fits(said, words.NOTE, "note")


def _title(draft: ReportDraft) -> str:
    thing = guide.load().fixture(draft.fixture)
    return draft.title.strip() or guide.title(thing, thing.symptom(draft.symptom))


def _check(session: Session, draft: ReportDraft) -> None:
    words.fits(draft.priority_reason, words.LINE, "priority_reason", "The reason")
    words.fits(draft.responsibility_reason, words.LINE, "responsibility_reason", "The reason")
    if draft.person_id is not None and draft.person_id not in {one for one, _ in draft.where.people}:
        raise Told(
            "That person does not live there.", "Choose someone of the household, or no one.", field="person"
        )
    if _at(session, draft) > session.info["clock"].now():
        raise Told(
            "It cannot be reported before it happened.", "Give a time that has passed.", field="reported_at"
        )


def _check_changes(session: Session, draft: ReportDraft, advice: Advice) -> None:
    """Another answer than the guide's needs the right to give it, and its reason."""
    for changed, reason, field in (
        (advice.party is not advice.verdict.party, draft.responsibility_reason, "responsibility_reason"),
        (advice.priority is not advice.suggestion.priority, draft.priority_reason, "priority_reason"),
    ):
        if changed:
            policy.require(session, Action.CHANGE_REPAIR, "repair")
            if not reason.strip():
                raise Told("Say why you decide otherwise.", "A few words are enough.", field=field)


def _at(session: Session, draft: ReportDraft) -> datetime:
    found: datetime = draft.reported_at or session.info["clock"].now()
    return found
