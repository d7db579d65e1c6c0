"""One hazard case whole, as it is shown: its clocks side by side, its log, and its one next step (rule AW)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import HazardLevel, HazardStatus, HazardStepKind
from watmos_desktop.models.tables import Clock, HazardCase, HazardStep, Repair, Staff
from watmos_desktop.services import clocks, hazard_list, hazard_steps, policy, promises, stamps, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.hazard_list import HazardCard
from watmos_desktop.services.hazard_words import (
    CHANNEL_WORDS,
    CLOCK_WORDS,
    NEVER_PAUSED,
    OWN_AIM,
    STEP_WORDS,
    UNDER_LAW,
)
from watmos_desktop.services.wording import Deadline, Tone

WAYS_EXPECTED = 3
STAY_OWED = (
    "The home is not safe in time and nothing was offered yet: offer somewhere else to stay, at our cost."
)
_SAFE = ("AW.safety", "AW.emergency")


class Next(StrEnum):
    """What a case asks for first."""

    LOOK = "look"
    SUMMARY = "summary"
    SAFE = "safe"
    PREVENT = "prevent"
    CLOSE = "close"
    NOTHING = "nothing"


_ANSWERS = {
    "AW.investigate": Next.LOOK,
    "AW.reinvestigate": Next.LOOK,
    "AW.summary": Next.SUMMARY,
    "AW.safety": Next.SAFE,
    "AW.steps": Next.PREVENT,
    "AW.prevent": Next.PREVENT,
}


@dataclass(frozen=True)
class LadderClock:
    """One rung: what has to happen, from when to when, and how that stands or ended.

    ``share`` is how much of its time has passed, 0 to 1; ``late`` when it ended, or stands, past its time;
    ``by_hour`` when it runs by the hour, else to the end of a day.
    """

    key: str
    what: str
    length: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    stands: Deadline
    share: float
    late: bool
    by_hour: bool
    basis: str


@dataclass(frozen=True)
class StepLine:
    """One entry of the log of endeavours in words. ``taken_back``: when and by whom, "" while it stands; ``case``: the
    reference of the double that it was recorded in."""

    id: UUID
    kind: HazardStepKind
    at: datetime
    what: str
    how: str
    text: str
    outcome: str
    who: str
    case: str = ""
    taken_back: str = ""


@dataclass(frozen=True)
class HazardDetail:
    """All that this person may see of a case. ``next`` is its one next step; ``unfinished`` what it still owes.

    ``steps`` are the entries that stand; ``log`` holds those taken back too, since nothing leaves the log for a court.
    """

    card: HazardCard
    what: str
    household: str
    repair_id: UUID | None
    repair: str
    level: HazardLevel | None
    judged: str
    level_reason: str
    judged_at: datetime | None
    remote: bool
    investigated_at: datetime | None
    findings: str
    safety_works: str
    safety_by: str
    prevention: str
    prevention_by: str
    no_action_reason: str
    closed_at: datetime | None
    closed_reason: str
    law: str
    access: tuple[str, ...]
    stay: tuple[str, ...]
    offer_waits: bool
    can_ask_in_person: bool
    next: Next
    unfinished: str
    clocks: tuple[LadderClock, ...]
    steps: tuple[StepLine, ...]
    log: tuple[StepLine, ...]


def get(session: Session, case_id: UUID) -> HazardDetail:
    """One case whole; raises NotFound."""
    row = policy.find(session, HazardCase, case_id, "That case")
    now: datetime = session.info["clock"].now()
    card = hazard_list.card(session, case_id)
    seen = policy.hide(policy.actor(session), row, "hazard_case")
    log, ladder = _log(session, case_id), _ladder(session, case_id, now)
    steps = tuple(one for one in log if not one.taken_back)
    offer_waits = hazard_steps.open_offer(session, case_id) is not None
    repair = session.get(Repair, row.repair_id) if row.repair_id else None
    texts = (
        "what",
        "household",
        "level_reason",
        "findings",
        "safety_works",
        "safety_by",
        "prevention",
        "prevention_by",
        "no_action_reason",
        "closed_reason",
    )
    return HazardDetail(
        card=card,
        repair_id=row.repair_id,
        repair=repair.reference if repair is not None and not repair.deleted else "",
        level=row.level,
        judged=f"{row.judged_by}, {row.judged_basis}" if row.judged_by else "",
        judged_at=row.judged_at,
        remote=row.remote,
        investigated_at=row.investigated_at,
        closed_at=row.closed_at,
        law=UNDER_LAW if row.statutory else OWN_AIM,
        access=_access(steps),
        stay=_stay(steps, ladder),
        offer_waits=offer_waits,
        can_ask_in_person=row.remote and not _runs(session, case_id, "AW.reinvestigate"),
        next=_next(session, row),
        unfinished=hazard_steps.unfinished(session, row),
        clocks=ladder,
        steps=steps,
        log=log,
        **{name: str(seen.get(name, "")) for name in texts},
    )


def _ladder(session: Session, case_id: UUID, now: datetime) -> tuple[LadderClock, ...]:
    """The clocks of a case in the order of the law: running and stopped, side by side."""
    rows = session.scalars(select(Clock).where(Clock.owner_id == case_id, ~Clock.deleted))
    order = list(CLOCK_WORDS)
    return tuple(
        _rung(clock, now) for clock in sorted(rows, key=lambda one: (one.started_at, order.index(one.key)))
    )


def _rung(clock: Clock, now: datetime) -> LadderClock:
    target, until = hazard_list.target(clock), clock.stopped_at or now
    late = until.replace(microsecond=0) > clock.due_at  # a due day ends at 23:59:59
    if clock.stopped_at is None:
        stands = hazard_list.until(clock, now)
    else:
        when = wording.weekday(clock.stopped_at.astimezone(LONDON))
        stands = Deadline(f"Done {when}" + (", late" if late else ""), Tone.WARN if late else Tone.OK)
    whole = (clock.due_at - clock.started_at).total_seconds()
    share = (until - clock.started_at).total_seconds() / whole if whole > 0 else 1.0
    return LadderClock(
        key=clock.key,
        what=CLOCK_WORDS.get(clock.key, clock.key),
        length=target.length,
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        stands=stands,
        share=max(0.0, min(share, 1.0)),
        late=late,
        by_hour=target.unit is promises.Unit.HOURS,
        basis=target.basis,
    )


def _log(session: Session, case_id: UUID) -> tuple[StepLine, ...]:
    """The log of endeavours of a case and of its doubles, oldest first, with what was taken back."""
    actor = policy.actor(session)
    closed = select(HazardCase).where(HazardCase.duplicate_of == case_id, ~HazardCase.deleted)
    doubles = {row.id: row.reference for row in session.scalars(closed)}
    rows = session.scalars(
        select(HazardStep)
        .where(HazardStep.case_id.in_([case_id, *doubles]))
        .order_by(HazardStep.at, HazardStep.id)
    )
    shown = policy.may_see(actor, "hazard_step", "text")
    return tuple(
        StepLine(
            id=row.id,
            kind=row.kind,
            at=row.at,
            what=STEP_WORDS[row.kind],
            how=CHANNEL_WORDS[row.how] if row.how else "",
            text=row.text if shown else "",
            outcome=row.outcome if shown else "",
            who=who(session, row.staff_id),
            case=doubles.get(row.case_id, ""),
            taken_back=_taken_back(session, row) if row.deleted else "",
        )
        for row in rows
    )


def _taken_back(session: Session, row: HazardStep) -> str:
    """``Taken back 23 Nov 2026, 10:44 by Grace Bell``: only who wrote an entry can take it back."""
    at = stamps.moment(row.stamps.get("deleted", row.stamps.get("*", "")))
    return f"Taken back {wording.moment(at.astimezone(LONDON))} by {who(session, row.staff_id)}"


def who(session: Session, staff_id: UUID) -> str:
    """The name of who made an entry, where this person may know names of staff: a log says no "you"."""
    row = session.get(Staff, staff_id)
    shown = row is not None and policy.may_see(policy.actor(session), "staff", "name")
    return row.name if row is not None and shown else "Someone else"


def _access(steps: tuple[StepLine, ...]) -> tuple[str, ...]:
    """What was tried to get in, and what the law expects to see before that is called all reasonable endeavours."""
    tried = [one for one in steps if one.kind is HazardStepKind.ACCESS_ATTEMPT]
    if not tried:
        return ()
    ways = {one.how for one in tried if one.how}
    lines = [f"Tried {wording.count(len(tried), 'time')} in {wording.count(len(ways), 'way')}."]
    if len(ways) < WAYS_EXPECTED:
        lines.append(f"Three different ways are expected; {WAYS_EXPECTED - len(ways)} to go.")
    if not any(one.outcome == hazard_steps.NOTICE for one in tried):
        lines.append("No written notice of 24 hours is in the log yet.")
    return (*lines, NEVER_PAUSED)


def _stay(steps: tuple[StepLine, ...], ladder: tuple[LadderClock, ...]) -> tuple[str, ...]:
    """Offers of somewhere else to stay, each with its answer; that one is owed when the home is not safe in time."""
    lines: list[str] = []
    for one in steps:
        if one.kind is HazardStepKind.OFFER:
            lines.append(f"Offered {wording.weekday(one.at.astimezone(LONDON))}: {one.text}")
        elif one.kind is HazardStepKind.OFFER_ANSWER and lines:
            said = f" ({one.text})" if one.text else ""
            lines.append(f"{one.outcome} {wording.weekday(one.at.astimezone(LONDON))}{said}")
    unsafe = any(one.key in _SAFE and one.late and one.stopped_at is None for one in ladder)
    return tuple(lines) if lines or not unsafe else (STAY_OWED,)


def _runs(session: Session, case_id: UUID, key: str) -> bool:
    return key in {one.key for one in clocks.running(session, case_id)}


def _next(session: Session, row: HazardCase) -> Next:
    """What the clock that ends next asks for; an emergency is looked into first, then made safe."""
    if row.status is HazardStatus.CLOSED:
        return Next.NOTHING
    running = sorted(clocks.running(session, row.id), key=lambda one: (one.due_at, one.key))
    if not running:
        owed = hazard_steps.unfinished(session, row)
        return Next.LOOK if row.status is HazardStatus.OPEN else Next.SAFE if owed else Next.CLOSE
    if running[0].key == "AW.emergency":
        return Next.LOOK if row.investigated_at is None else Next.SAFE
    return _ANSWERS[running[0].key]
