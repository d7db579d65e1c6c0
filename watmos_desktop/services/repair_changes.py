"""Deciding anew about a reported repair: how soon, and whose. What was told stays in its history, never rewritten.

Each decision and its reason is a note that only adds; the clock that ran stays beside the new one.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, Priority, RepairStatus, Responsibility
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import (
    clocks,
    guide,
    homes,
    policy,
    promises,
    repair_closing,
    repair_updates,
    repairs,
    wording,
    words,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action

PARTY = {
    Responsibility.LANDLORD: "ours",
    Responsibility.SHARED: "ours, cost or work may be shared",
    Responsibility.RESIDENT: "the resident's",
    Responsibility.LEASEHOLDER: "the leaseholder's",
}


def set_priority(
    session: Session, repair_id: UUID, priority: Priority, reason: str, told: Channel | None = None
) -> str:
    """Decide how soon anew, with the reason. The clock that ran is stopped and stays beside the new one.

    More pressing counts from now, and never later than was told; less pressing counts from the report. A Right to
    Repair clock runs on, and so does one of Awaab's Law: those times are the law's, and only a named competent
    person judges that there is no emergency hazard. ``told``: how the resident is told there and then; None for
    later. Gives what to say of it. Raises NotAllowed, NotFound, or Told at ``reason`` or ``priority``.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if row.status not in repairs.OPEN:
        raise Told("That repair is not open any more.", "Report it anew.")
    because = _reason(reason)
    if priority is row.priority:
        raise Told("It has that priority already.", "Choose another.", field="priority")
    now = session.info["clock"].now()
    was, pressing = row.priority, guide.sooner(priority, row.priority)
    started = now if pressing else row.reported_at
    key = clocks.REPAIR_CLOCK[priority]
    clocks.stop(session, row.id, now, {clocks.REPAIR_CLOCK[was]})
    clock = clocks.start(session, "repair", row.id, key, started)
    clock.told_at = None
    if pressing:
        clock.due_at = min(promises.due(key, started).due_at, row.due_at)
    running = [one.due_at for one in clocks.running(session, row.id) if one.key.startswith("RR.")]
    row.priority, row.priority_reason = priority, because
    row.due_at = min([clock.due_at, *running])
    repair_updates.keep_note(session, row, f"How soon: {was.value} before, {priority.value} now. {because}")
    promise = clocks.promise_words(row.due_at, priority)
    _tell(session, row, f"How soon has changed. {priority.value.capitalize()}: {promise}.", told)
    say = [f"{priority.value.capitalize()}: {promise}."]
    if priority is Priority.EMERGENCY:
        clocks.start_hazard(session, row, row.hazard, priority, now)  # one that runs already runs on
    elif was is Priority.EMERGENCY:
        say += _hazard_stays(session, row)
    return " ".join(say)


def set_responsibility(
    session: Session, repair_id: UUID, party: Responsibility, reason: str, told: Channel | None = None
) -> str:
    """Decide anew whose a repair is, with the reason.

    What becomes ours gets its clocks from when it was reported, those of the Right to Repair and a hazard too. What
    turns out to be the household's is signposted and its clocks stop, but for an emergency, which is made safe first.
    ``told``: how the resident is told there and then, with the reason; None for later. Gives what to say of it.
    Raises NotAllowed, NotFound, or Told at ``reason`` or ``responsibility``.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if row.status not in (*repairs.OPEN, RepairStatus.SIGNPOSTED):
        raise Told("That repair is not open any more.", "Report it anew.")
    because = _reason(reason)
    if party is row.responsibility:
        raise Told("It is theirs already.", "Choose another.", field="responsibility")
    theirs = party in guide.THEIRS
    if theirs and row.status is RepairStatus.ORDERED:
        raise Told(
            "This repair is ordered already.",
            "Take the order back first, then say whose it is.",
            field="responsibility",
        )
    signposts = theirs and row.status is RepairStatus.REPORTED and row.priority is not Priority.EMERGENCY
    if signposts:
        repair_closing.keep_hazard(session, row)
    row.responsibility, row.responsibility_reason = party, because
    repair_updates.keep_note(session, row, f"Whose it is: {PARTY[party]}. {because}")
    if signposts:
        row.status, row.waiting = RepairStatus.SIGNPOSTED, None
        clocks.stop(session, row.id, session.info["clock"].now())
        said = f"It is {PARTY[party]} to mend. No promise of ours runs any more."
    elif theirs:
        said = f"It is {PARTY[party]} to mend; what is an emergency we make safe first."
    else:
        said = _becomes_ours(session, row)
    _tell(session, row, f"{said} {because}", told)
    return said


def _tell(session: Session, row: Repair, said: str, told: Channel | None) -> None:
    if told is not None:
        repair_updates.record(session, row, said, told, session.info["clock"].now())


def _becomes_ours(session: Session, row: Repair) -> str:
    """Start, from the report on, what does not run yet: the promise, the Right to Repair, the hazard's clock."""
    ran = row.status is not RepairStatus.SIGNPOSTED or repair_closing.run_on(session, row)
    row.status = RepairStatus.REPORTED if row.status is RepairStatus.SIGNPOSTED else row.status
    session.flush()
    running = {one.key for one in clocks.running(session, row.id)}
    suggestion = _suggested(session, row)
    right = suggestion.clock if suggestion else ""
    promised = [row.due_at] if ran else []
    for key in filter(None, (clocks.REPAIR_CLOCK[row.priority], right)):
        if key not in running:
            clock = clocks.start(session, "repair", row.id, key, row.reported_at)
            clock.told_at = None
            promised.append(clock.due_at)
    row.due_at = min(promised)
    say = [f"It is {PARTY[row.responsibility or Responsibility.LANDLORD]} to mend:"]
    say.append(f"{clocks.promise_words(row.due_at, row.priority)}.")
    if right and right not in running:
        say.append("The time of the Right to Repair counts from the report.")
    if suggestion and suggestion.hazard:
        row.hazard = row.hazard or suggestion.hazard
        clocks.start_hazard(session, row, row.hazard, row.priority, row.reported_at)
        session.flush()
        if any(one.key.startswith("AW.") for one in clocks.running(session, row.id)):
            say.append("It may be a hazard: the time of Awaab's Law counts from the report.")
    return " ".join(say)


def _suggested(session: Session, row: Repair) -> guide.Suggestion | None:
    """What the guide says of a repair that it was asked about, as of the day of the report."""
    if not row.fixture or not row.symptom:
        return None
    held = homes.get(session, row.home_id).tenancy if row.home_id else None
    day = row.reported_at.astimezone(LONDON).date()
    tenure = held.kind if held else None
    return guide.load().suggest(row.fixture, row.symptom, at_risk=False, tenure=tenure, on=day)


def _hazard_stays(session: Session, row: Repair) -> list[str]:
    """Say what becomes of the law's clock when an emergency is stepped down: it runs on."""
    session.flush()
    law = [one for one in clocks.running(session, row.id) if one.key == "AW.emergency"]
    if not law and not (row.hazard and clocks.open_case(session, row.id)):
        return []
    by = (
        f", by {wording.weekday(law[0].due_at.astimezone(LONDON))}, {wording.clock_time(law[0].due_at)}"
        if law
        else ""
    )
    said = (
        f"The 24 hours of Awaab's Law run on{by}: only a named competent person"
        " judges that it is no emergency hazard."
    )
    repair_updates.keep_note(session, row, said)
    return [said]


def _reason(reason: str) -> str:
    words.fits(reason, words.LINE, "reason", "The reason")
    if not reason.strip():
        raise Told("Say why you decide otherwise.", "A few words are enough.", field="reason")
    return reason.strip()
