"""Hazard cases under Awaab's Law (SI 2025/1042): opened, judged and looked into; what follows is in hazard_steps.

Rule AW. A case's clocks start at the events of the law and stop at them, and at nothing else: no entry of the log, no
closed door and no colleague's word moves or pauses one. Where the law did not hold when we learned of the hazard the
same clocks run as our own aim.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import (
    Channel,
    HazardLevel,
    HazardStatus,
    HazardStepKind,
    TenancyKind,
)
from watmos_desktop.models.tables import HazardCase, HazardStep, Home, Repair
from watmos_desktop.services import (
    clocks,
    hazard_drafts,
    people,
    policy,
    promises,
    references,
    repairs,
    wording,
    words,
)
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.hazard_drafts import HazardDraft, Investigation, Judgement, level_line
from watmos_desktop.services.hazard_words import day_of
from watmos_desktop.services.policy import Action

BEGUN, COMPLETE, STEPS_TAKEN = "Begun", "Complete", "Steps taken to begin it"
_NOT_LET = frozenset({TenancyKind.LEASEHOLD, TenancyKind.SHARED_OWNERSHIP})


def offered(aware_at: datetime) -> tuple[promises.Hazard, ...]:
    """The hazards to choose from for one that was observed then: 21 since 23 June 2026, 29 before."""
    return promises.hazards(day_of(aware_at))


def known_since(session: Session, repair_id: UUID) -> datetime:
    """Since when we know of the hazard of a repair: from then its case counts. Raises NotFound."""
    found = _known_since(session, repairs.get_row(session, repair_id))
    assert found is not None
    return found


def open_case(session: Session, draft: HazardDraft) -> UUID:
    """Open a case and start its first clock from the moment of awareness; a repair hands its running ones over.

    Raises NotAllowed, NotFound, or Told at the field that is wrong, also when a case of the same is open already.
    """
    actor = policy.require(session, Action.OPEN_HAZARD, "hazard_case")
    row = HazardCase(hazard=draft.hazard, what=draft.what.strip(), opened_by=actor.staff_id)
    repair = _placed(session, row, draft)
    words.fits(draft.what, words.NOTE, "what", "The description")
    now: datetime = session.info["clock"].now()
    known = _known_since(session, repair)
    row.aware_at = draft.aware_at or known or now
    if row.aware_at > now:
        raise Told("It cannot be known before it happened.", "Give a time that has passed.", field="aware_at")
    if known is not None and row.aware_at > known:
        raise Told(
            "We knew of it before: its clock runs already.",
            f"Give {wording.moment(known)} or earlier, or leave it as it is.",
            field="aware_at",
        )
    names = {one.id for one in offered(row.aware_at)} | {repair.hazard if repair else ""}
    if not draft.hazard or draft.hazard not in names:
        raise Told("Say which hazard it may be.", "Choose one from the list.", field="hazard")
    _refuse_second(session, row)
    _set_household(session, row, draft.household or None)
    running = {one.key for one in clocks.running(session, repair.id)} if repair else set()
    emergency = draft.emergency or "AW.emergency" in running
    row.statutory = applies(session, row, emergency=emergency)
    references.add(session, "H", row)
    session.flush()
    key = "AW.emergency" if emergency else "AW.investigate"
    handed = clocks.hand_over(session, repair.id, row.id, now) if repair else []
    if key not in {one.key for one in handed if one.started_at <= row.aware_at}:
        for clock in handed:
            if clock.key == key:  # learned of before the repair says: the law counts from then
                clock.stopped_at = now
        start(session, row, key, row.aware_at)
    if repair is not None:
        repair.hazard = repair.hazard or draft.hazard
    learned = f"Case opened. We became aware {wording.moment(row.aware_at)}."
    log(session, row, HazardStepKind.NOTE, now, text=row.what, outcome=learned)
    return row.id


def judge(session: Session, case_id: UUID, said: Judgement) -> None:
    """Record how serious a named competent person judges an open hazard to be, before or after it is looked into.

    An emergency starts 24 hours from then, beside what runs. One that turns out to be none goes on with ten working
    days from awareness. Raises NotAllowed, NotFound, or Told.
    """
    policy.require(session, Action.JUDGE_HAZARD, "hazard_case")
    row = writable(session, case_id)
    if row.investigated_at is not None:
        raise Told(
            "It has been looked into: its level was part of that.",
            "If it has changed, record that it was reported again.",
            field="level",
        )
    if said.level is HazardLevel.NONE:
        raise Told(
            "Whether there is no hazard is known after looking into it.",
            "Record the investigation with what was found.",
            field="level",
        )
    at = moment(session, said.at, row.aware_at, "at")
    hazard_drafts.check_judgement(said)
    _put_judgement(session, row, said, at)
    emergency = said.level is HazardLevel.EMERGENCY
    if emergency:
        start(session, row, "AW.emergency", at)
    else:
        start(session, row, "AW.investigate", row.aware_at)
        clocks.stop(session, row.id, at, {"AW.emergency"})
    held = applies(session, row, emergency=emergency, at=at if emergency else None)
    row.statutory = held or (emergency and row.statutory)
    log(session, row, HazardStepKind.NOTE, at, text=said.reason, outcome=level_line(said))


def conclude(session: Session, case_id: UUID, found: Investigation) -> None:
    """Record an investigation that is concluded, and start what the law asks next from that moment.

    After a remote one, the investigation in person that the tenant asked for is recorded the same way. Raises
    NotAllowed, NotFound, or Told at the field that is missing or out of order.
    """
    policy.require(session, Action.JUDGE_HAZARD, "hazard_case")
    row = writable(session, case_id)
    running = {one.key for one in clocks.running(session, row.id)}
    again = row.investigated_at is not None
    if again and running.isdisjoint({"AW.investigate", "AW.reinvestigate"}):
        raise Told("It has been looked into already.", "Go on with what it found.")
    if "AW.reinvestigate" in running and found.remote:
        raise Told("The tenant asked for a visit in person.", "Look into it in person.", field="remote")
    at = moment(session, found.at, row.investigated_at or row.aware_at, "at")
    hazard_drafts.check_judgement(found.judgement)
    hazard_drafts.check_investigation(found)
    was = row.level
    _put_judgement(session, row, found.judgement, at)
    row.findings, row.investigated_at, row.remote = found.findings.strip(), at, found.remote
    row.safety_works, row.safety_by = found.safety_works.strip(), found.safety_by.strip()
    row.prevention, row.prevention_by = found.prevention.strip(), found.prevention_by.strip()
    row.no_action_reason = found.no_action_reason.strip()
    level = found.judgement.level
    if level is HazardLevel.EMERGENCY:
        row.statutory = row.statutory or applies(session, row, emergency=True, at=at)
    elif was is HazardLevel.EMERGENCY or "AW.emergency" in running:
        row.statutory = applies(session, row, emergency=False)
    if row.status is HazardStatus.OPEN or level is not HazardLevel.NONE:
        row.status = HazardStatus.INVESTIGATED
    log(
        session,
        row,
        HazardStepKind.INVESTIGATION,
        at,
        how=None if found.remote else Channel.IN_PERSON,
        text=row.findings,
        outcome=f"{'From afar. ' if found.remote else ''}{level_line(found.judgement)}",
    )
    _after_investigation(session, row, running, at)


def ask_in_person(session: Session, case_id: UUID, at: datetime | None = None, text: str = "") -> None:
    """The tenant asks for a visit after a remote investigation: ten working days more from the request."""
    policy.require(session, Action.OPEN_HAZARD, "hazard_case")
    row = writable(session, case_id)
    if row.investigated_at is None or not row.remote:
        raise Told(
            "A visit in person is asked for after it was looked into from afar.",
            "Record the investigation first.",
        )
    at = moment(session, at, row.investigated_at, "at")
    if not start(session, row, "AW.reinvestigate", at):
        raise Told("The tenant has asked for that already.", "Look into it in person.")
    log(session, row, HazardStepKind.ASKED_IN_PERSON, at, text=text)


def applies(session: Session, row: HazardCase, *, emergency: bool, at: datetime | None = None) -> bool:
    """Whether Awaab's Law holds: by hazard, level and day (of awareness, or when an emergency was found), and tenure.

    A home on a lease is outside; where this person may not know how a home is let it is taken as let.
    """
    held = people.of_home(session, row.home_id) if row.home_id else None
    if held is not None and held.kind in _NOT_LET:
        return False
    return promises.awaab_applies(row.hazard, emergency, day_of(at or row.aware_at))


def writable(session: Session, case_id: UUID) -> HazardCase:
    """A case that is open and that this person may know of; raises NotFound or Told."""
    row = policy.find(session, HazardCase, case_id, "That case")
    if row.status is HazardStatus.CLOSED:
        raise Told("That case is closed.", "Open a new one if the hazard is back.")
    return row


def find(session: Session, typed: str) -> UUID:
    """The id of the case with that reference; raises Told or NotFound."""
    policy.require(session, Action.SEE, "hazard_case")
    typed = references.read_reference(typed)
    here = policy.within(session, HazardCase)
    found = session.scalar(
        select(HazardCase.id).where(HazardCase.reference == typed, ~HazardCase.deleted, here)
    )
    if found is None:
        raise NotFound("That case")
    return found


def moment(session: Session, at: datetime | None, floor: datetime, field: str) -> datetime:
    """When something happened: not in the future and not before what it follows; raises Told at ``field``."""
    now: datetime = session.info["clock"].now()
    at = at or now
    if at > now:
        raise Told("That is still to come.", "Record it when it has happened.", field=field)
    if at < floor:
        raise Told("That would be before what it follows.", "Look at the day and time again.", field=field)
    return at


def start(session: Session, row: HazardCase, key: str, at: datetime) -> bool:
    """Start a clock of a case unless it runs already; whether it did."""
    if key in {one.key for one in clocks.running(session, row.id)}:
        return False
    clocks.start(session, "hazard_case", row.id, key, at)
    session.flush()
    return True


def log(
    session: Session,
    row: HazardCase,
    kind: HazardStepKind,
    at: datetime,
    *,
    how: Channel | None = None,
    text: str = "",
    outcome: str = "",
) -> None:
    """Add one entry to the log of endeavours; no clock follows from it."""
    words.fits(text, words.NOTE, "text")
    words.fits(outcome, words.NOTE, "outcome")
    staff_id = policy.actor(session).staff_id
    step = HazardStep(case_id=row.id, kind=kind, at=at, how=how, text=text.strip(), outcome=outcome)
    step.staff_id = staff_id  # type: ignore[assignment]  # who is allowed to write is somebody
    session.add(step)
    session.flush()


def _placed(session: Session, row: HazardCase, draft: HazardDraft) -> Repair | None:
    """Put a case where its repair, home, block or estate is; the repair, if it is one's."""
    if draft.repair_id is not None:
        repair = repairs.get_row(session, draft.repair_id)
        row.repair_id, row.home_id = repair.id, repair.home_id
        row.estate_id, row.block_id = repair.estate_id, repair.block_id
        return repair
    if draft.home_id is not None:
        home = policy.find(session, Home, draft.home_id, "That home")
        row.home_id, row.estate_id, row.block_id = home.id, home.estate_id, home.block_id
        return None
    if draft.estate_id is None:
        raise Told("Say where it is.", "Choose a home, a block or an estate.", field="where")
    if not policy.in_scope(session, draft.estate_id, draft.block_id):
        raise NotFound("That place")
    row.estate_id, row.block_id = draft.estate_id, draft.block_id
    return None


def _known_since(session: Session, repair: Repair | None) -> datetime | None:
    """When a repair's hazard was observed: where its clock of the law started, else when it was reported."""
    if repair is None:
        return None
    law = [one.started_at for one in clocks.running(session, repair.id) if one.key in clocks.HAZARD_STEPS]
    return min(law, default=repair.reported_at)


def _refuse_second(session: Session, row: HazardCase) -> None:
    """Raise Told when the same repair, or the same hazard in the same home, has an open case."""
    if row.repair_id is None and row.home_id is None:
        return
    if row.repair_id is not None:
        same = [HazardCase.repair_id == row.repair_id]
    else:
        same = [HazardCase.home_id == row.home_id, HazardCase.hazard == row.hazard]
    with session.no_autoflush:
        reference = session.scalar(
            select(HazardCase.reference).where(
                *same, HazardCase.status != HazardStatus.CLOSED, ~HazardCase.deleted
            )
        )
    if reference:
        raise Told(f"A case is open for it already: {reference}.", "Go on with that one.", field="hazard")


def _put_judgement(session: Session, row: HazardCase, said: Judgement, at: datetime) -> None:
    row.level, row.level_reason = said.level, said.reason.strip()
    row.judged_by, row.judged_basis, row.judged_at = said.by.strip(), said.basis.strip(), at
    _set_household(session, row, said.household)


def _set_household(session: Session, row: HazardCase, text: str | None) -> None:
    """Write who lives there and what makes them vulnerable (C3), for those who may; None leaves it."""
    if text is None or text == row.household:
        return
    if not policy.may_change(policy.actor(session), "hazard_case", "household"):
        raise Told("Your role may not write about who lives there.", "Leave it empty.", field="household")
    row.household = words.fits(text.strip(), words.NOTE, "household", "This")


def _after_investigation(session: Session, row: HazardCase, running: set[str], at: datetime) -> None:
    """Stop what the investigation answers; start the summary, the safety work and what stops it coming back."""
    clocks.stop(session, row.id, at, {"AW.investigate", "AW.reinvestigate"})
    start(session, row, "AW.summary", at)
    if row.level is HazardLevel.EMERGENCY:
        start(session, row, "AW.emergency", at)  # one that ran from awareness runs on
    elif "AW.emergency" in running:
        clocks.stop(session, row.id, at, {"AW.emergency"})
    if row.level is HazardLevel.SIGNIFICANT:
        start(session, row, "AW.safety", at)
    if row.level is HazardLevel.NONE:
        clocks.stop(session, row.id, at, {"AW.safety", "AW.steps", "AW.prevent"})
    elif row.prevention:
        start(session, row, "AW.steps", at)
        start(session, row, "AW.prevent", at)
    session.flush()
