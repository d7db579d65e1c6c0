"""What is done about a hazard once it is known: told, tried, made safe, offered, closed (rule AW, SI 2025/1042).

Every function adds one entry to the log of endeavours. Only what the law counts stops a clock: the written summary, the
safety work complete, the preventative work begun.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, HazardLevel, HazardStatus, HazardStepKind
from watmos_desktop.models.tables import Clock, HazardCase, HazardStep
from watmos_desktop.services import clocks, hazards, policy, words
from watmos_desktop.services.errors import Told
from watmos_desktop.services.hazards import BEGUN, COMPLETE, STEPS_TAKEN, log, moment, writable
from watmos_desktop.services.policy import Action

NOTICE = "Written notice of 24 hours or more given"
SUMMARY_NOT_OWED = (
    "All works were complete within the time of the summary, so none is owed; the tenant was told"
)
ACCEPTED, DECLINED = "Accepted", "Declined"
PREVENTION = (STEPS_TAKEN, BEGUN, COMPLETE)
_CONTACTS = frozenset({HazardStepKind.TOLD, HazardStepKind.CONTACT, HazardStepKind.NOTE})


def give_summary(session: Session, case_id: UUID, how: Channel, at: datetime | None = None) -> None:
    """The written summary was given to the tenant; its clock stops. Raises Told before it was looked into."""
    row = _investigated(session, case_id, "The summary says what was found.")
    if how not in (Channel.EMAIL, Channel.LETTER, Channel.IN_PERSON, Channel.TEXT):
        raise Told("The summary is given in writing.", "By letter, e-mail or in the hand.", field="how")
    at = _since_investigation(session, row, at)
    clocks.stop(session, row.id, at, {"AW.summary"})
    log(session, row, HazardStepKind.SUMMARY, at, how=how)


def tell_works_done(session: Session, case_id: UUID, how: Channel, at: datetime | None = None) -> None:
    """No summary is owed when all works were complete within its three working days; the tenant is told still.

    Raises Told when a work was not complete, or not in time.
    """
    row = _investigated(session, case_id, "Nothing is known of the works yet.")
    at = _since_investigation(session, row, at)
    due_at = session.scalar(
        select(Clock.due_at).where(
            Clock.owner_id == row.id, Clock.key == "AW.summary", Clock.stopped_at.is_(None), ~Clock.deleted
        )
    )
    if due_at is None:
        raise Told("No summary is owed any more.", "Look at the log.")
    if not _all_complete(session, row, due_at):
        raise Told(
            "Not all works were complete within three working days.", "Give the tenant the written summary."
        )
    clocks.stop(session, row.id, at, {"AW.summary"})
    log(session, row, HazardStepKind.TOLD, at, how=how, outcome=SUMMARY_NOT_OWED)


def made_safe(session: Session, case_id: UUID, text: str, at: datetime | None = None) -> None:
    """All the safety work is complete: the home is safe. Raises Told before it was looked into, or a second time."""
    row = _investigated(session, case_id, "What makes it safe is known after looking into it.")
    if row.level is HazardLevel.NONE:
        raise Told("No hazard was found: there is no safety work.", "Give the summary, then close the case.")
    if row.status is HazardStatus.SAFE:
        raise Told("It was made safe already.", "Add a note if there is more to say.")
    if not text.strip():
        raise Told("Say what was done.", "A few words are enough.", field="text")
    at = moment(session, at, row.aware_at, "at")
    row.status = HazardStatus.SAFE
    clocks.stop(session, row.id, at, {"AW.safety", "AW.emergency"})
    log(session, row, HazardStepKind.SAFETY_WORK, at, text=text, outcome=COMPLETE)


def prevention(
    session: Session, case_id: UUID, outcome: str, text: str = "", at: datetime | None = None
) -> None:
    """How far the work is that stops it coming back; ``outcome`` is one of ``PREVENTION``.

    Steps taken stop the five working days; only a physical beginning stops the twelve weeks.
    """
    row = _investigated(session, case_id, "What stops it coming back is known after looking into it.")
    if outcome not in PREVENTION:
        raise Told("Say how far it is.", "Choose one.", field="outcome")
    if not row.prevention:
        raise Told("No such work was found to be needed.", "Add a note if there is more to say.")
    at = _since_investigation(session, row, at)
    clocks.stop(session, row.id, at, {"AW.steps"} if outcome == STEPS_TAKEN else {"AW.steps", "AW.prevent"})
    log(session, row, HazardStepKind.PREVENTION, at, text=text, outcome=outcome)


def tried_access(
    session: Session,
    case_id: UUID,
    how: Channel,
    text: str = "",
    *,
    notice: bool = False,
    at: datetime | None = None,
) -> None:
    """Nobody let us in, or answered. ``notice``: it was the written notice of 24 hours. No clock stops or moves."""
    row = _log_of(session, case_id)
    at = moment(session, at, row.aware_at, "at")
    log(
        session,
        row,
        HazardStepKind.ACCESS_ATTEMPT,
        at,
        how=how,
        text=text,
        outcome=NOTICE if notice else "No access",
    )


def offer_stay(session: Session, case_id: UUID, text: str, how: Channel, at: datetime | None = None) -> None:
    """Somewhere else to stay was offered, at the landlord's cost, until the home is safe."""
    row = _log_of(session, case_id)
    if not text.strip():
        raise Told("Say what was offered.", "Where, and from when.", field="text")
    log(session, row, HazardStepKind.OFFER, moment(session, at, row.aware_at, "at"), how=how, text=text)


def answer_offer(
    session: Session, case_id: UUID, accepted: bool, text: str = "", at: datetime | None = None
) -> None:
    """What the tenant said to the last offer of somewhere else to stay; raises Told when none waits for an answer."""
    row = _log_of(session, case_id)
    offered = open_offer(session, row.id)
    if offered is None:
        raise Told("No offer waits for an answer.", "Record the offer first.")
    at = moment(session, at, offered.at, "at")
    log(session, row, HazardStepKind.OFFER_ANSWER, at, text=text, outcome=ACCEPTED if accepted else DECLINED)


def note(
    session: Session,
    case_id: UUID,
    kind: HazardStepKind,
    text: str,
    how: Channel | None = None,
    at: datetime | None = None,
) -> None:
    """What the tenant was told, that we were in touch, or a note; ``kind`` is TOLD, CONTACT or NOTE."""
    row = _log_of(session, case_id)
    if kind not in _CONTACTS:
        raise Told("That has an entry of its own.", "Choose it by its name.", field="kind")
    if not text.strip():
        raise Told("Say what happened.", "A few words are enough.", field="text")
    log(session, row, kind, moment(session, at, row.aware_at, "at"), how=how, text=text)


def told_again(session: Session, case_id: UUID, text: str, at: datetime | None = None) -> None:
    """The hazard was reported again or has changed: a case from before the law held comes under it from then.

    The clocks run on from where they started. Once it was looked into, ten working days begin to look into it again.
    """
    row = _log_of(session, case_id)
    at = moment(session, at, row.aware_at, "at")
    emergency = row.level is HazardLevel.EMERGENCY
    if not row.statutory:
        row.statutory = hazards.applies(session, row, emergency=emergency, at=at)
    if row.investigated_at is not None:
        hazards.start(session, row, "AW.investigate", moment(session, at, row.investigated_at, "at"))
    log(session, row, HazardStepKind.CONTACT, at, text=text, outcome="Reported again, or it has changed")


def close(session: Session, case_id: UUID, reason: str = "", at: datetime | None = None) -> None:
    """Close a case: all that is owed was done, or a reason says why not. Clocks that still run stop there, seen as late
    or unfinished in the log."""
    policy.require(session, Action.OPEN_HAZARD, "hazard_case")
    row = writable(session, case_id)
    words.fits(reason, words.NOTE, "reason", "The reason")
    if (owed := unfinished(session, row)) and not reason.strip():
        raise Told(f"Not done yet: {owed}.", "Do it, or say why the case is closed without.", field="reason")
    at = moment(session, at, row.aware_at, "at")
    row.status, row.closed_at, row.closed_reason = HazardStatus.CLOSED, at, reason.strip()
    log(session, row, HazardStepKind.NOTE, at, text=reason, outcome="Case closed")
    clocks.stop(session, row.id, at)


def unfinished(session: Session, row: HazardCase) -> str:
    """What a case still owes, in words: ``the safety work, the written summary``; "" when nothing."""
    keys = {one.key for one in clocks.running(session, row.id)}
    owed = {
        "looking into it": row.status is HazardStatus.OPEN
        or bool({"AW.investigate", "AW.reinvestigate"} & keys),
        "making it safe": row.level in (HazardLevel.EMERGENCY, HazardLevel.SIGNIFICANT)
        and row.status is HazardStatus.INVESTIGATED,
        "the written summary": "AW.summary" in keys,
        "work to stop it coming back": bool({"AW.steps", "AW.prevent"} & keys),
    }
    return ", ".join(what for what, is_owed in owed.items() if is_owed)


def open_offer(session: Session, case_id: UUID) -> HazardStep | None:
    """The last offer of somewhere else to stay that has no answer."""
    kinds = (HazardStepKind.OFFER, HazardStepKind.OFFER_ANSWER)
    last = session.scalar(
        select(HazardStep)
        .where(HazardStep.case_id == case_id, HazardStep.kind.in_(kinds), ~HazardStep.deleted)
        .order_by(HazardStep.at.desc(), HazardStep.id.desc())
        .limit(1)
    )
    return last if last is not None and last.kind is HazardStepKind.OFFER else None


def _log_of(session: Session, case_id: UUID) -> HazardCase:
    policy.require(session, Action.OPEN_HAZARD, "hazard_case")
    return writable(session, case_id)


def _investigated(session: Session, case_id: UUID, why: str) -> HazardCase:
    row = _log_of(session, case_id)
    if row.investigated_at is None:
        raise Told("It has not been looked into yet.", f"{why} Record the investigation first.")
    return row


def _since_investigation(session: Session, row: HazardCase, at: datetime | None) -> datetime:
    assert row.investigated_at is not None
    return moment(session, at, row.investigated_at, "at")


def _all_complete(session: Session, row: HazardCase, by: datetime) -> bool:
    """Whether the safety work, and what stops it coming back if that is needed, were complete by then."""
    done = set(
        session.scalars(
            select(HazardStep.kind).where(
                HazardStep.case_id == row.id,
                HazardStep.outcome == COMPLETE,
                HazardStep.at <= by,
                ~HazardStep.deleted,
            )
        )
    )
    needed = {HazardStepKind.SAFETY_WORK} | ({HazardStepKind.PREVENTION} if row.prevention else set())
    return row.level is not HazardLevel.NONE and needed <= done
