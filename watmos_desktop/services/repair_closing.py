"""The end of a repair: done with a photo, cancelled with a reason, opened again with its first clock (R4).

Lawful steps: an open repair is completed or cancelled; one that is completed or cancelled is opened again. What is
signposted is no repair until it becomes ours (repair_changes.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, RepairStatus
from watmos_desktop.models.tables import Attachment, Clock, Repair, RepairFeedback
from watmos_desktop.services import (
    clocks,
    orders,
    policy,
    repair_updates,
    repairs,
    said_fixed,
    wording,
    words,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action

AFTER = "after"  # the item key of a photo of the finished work
AFTER_BEFORE = "after_before"  # of one taken before the repair was opened again
DONE_WORDS = "Your repair is done."


@dataclass(frozen=True)
class Completion:
    """What is known when a repair is done. ``done_at`` None: now.

    ``told``: how the resident was told on the spot, in the words ``said``; None where they were not.
    ``without_photo``: why there is no photo of the finished work.
    """

    done_at: datetime | None = None
    told: Channel | None = None
    said: str = ""
    without_photo: str = ""
    note: str = ""


def complete(session: Session, repair_id: UUID, done: Completion) -> str:
    """Complete an open repair: its clocks stop, its orders are done. Gives how that stands: ``Done in time``.

    Raises NotAllowed, NotFound, or Told: at ``without_photo`` when there is no photo of the finished work and no
    reason, at ``done_at`` for a moment that cannot be.
    """
    policy.require(session, Action.COMPLETE_REPAIR, "repair")
    row = _open(session, repair_id)
    at = repair_updates.happened(session, row, done.done_at, "done_at", "It cannot be done")
    opened = _opened_again(session, row)
    if opened is not None and at < opened:
        raise Told(
            f"It was opened again {wording.moment(opened)}.",
            "Give the time when it was done after that.",
            field="done_at",
        )
    words.fits(done.without_photo, words.LINE, "without_photo", "The reason")
    words.fits(done.note, words.NOTE, "note")
    if not after_photos(session, row.id):
        if not done.without_photo.strip():
            raise Told(
                "There is no photo of the finished work.",
                "Take one, or say why there is none.",
                field="without_photo",
            )
        repair_updates.keep_note(session, row, f"Completed without a photo: {done.without_photo.strip()}")
    if done.note.strip():
        repair_updates.keep_note(session, row, done.note)
    for job in orders.under_way(session, row.id):
        orders.done(session, job.id, max(at, job.ordered_at))
    repairs.complete(session, row, at)
    row.waiting = None
    if done.told is not None:
        repair_updates.record(session, row, done.said or DONE_WORDS, done.told, at)
    session.flush()
    return "Done, late" if at.replace(microsecond=0) > row.due_at else "Done in time"


def after_photos(session: Session, repair_id: UUID) -> int:
    """How many photos of the finished work there are, since the repair was opened last."""
    policy.require(session, Action.SEE, "attachment")
    mine = (Attachment.owner_table == "repair", Attachment.owner_id == repair_id)
    counted = select(func.count()).where(*mine, Attachment.item_key == AFTER, ~Attachment.deleted)
    return session.scalar(counted) or 0


def cancel(
    session: Session, repair_id: UUID, reason: str, told: Channel | None = None, said: str = ""
) -> None:
    """Cancel an open repair with the reason: its clocks stop, and stay in its history.

    Raises NotAllowed, NotFound, or Told: at ``reason``, or when an order or a possible hazard stands against it.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row = _open(session, repair_id)
    because = _reason(reason, "Say why it is cancelled.")
    if orders.under_way(session, row.id):
        raise Told(
            "An order is under way.",
            "Take the order back first, so that nobody comes for nothing.",
            field="reason",
        )
    keep_hazard(session, row)
    now = session.info["clock"].now()
    row.status, row.waiting = RepairStatus.CANCELLED, None
    clocks.stop(session, row.id, now)
    repair_updates.keep_note(session, row, f"Cancelled: {because}")
    if told is not None:
        repair_updates.record(session, row, said or f"Your repair is cancelled: {because}", told, now)


def reopen(session: Session, repair_id: UUID, reason: str) -> str:
    """Open a completed or cancelled repair again, with the reason; its first clock runs on and no new one starts.

    Gives what to say: ``The first promise stands: due Wed 30 Dec.`` Raises NotAllowed, NotFound, or Told at ``reason``.
    """
    policy.require(session, Action.COMPLETE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if row.status not in (RepairStatus.COMPLETED, RepairStatus.CANCELLED):
        raise Told("That repair is open.", "Go on with it.")
    because = _reason(reason, "Say why it is opened again.")
    return open_again(session, row, because)


def open_again(session: Session, row: Repair, because: str) -> str:
    """Open a repair again for a service that knows why; gives the words of the promise that stands."""
    done = row.completed_at
    when = f", said done {wording.moment(done.astimezone(LONDON))}" if done else ""
    repair_updates.keep_note(session, row, f"Opened again{when}: {because}")
    if done is None:
        run_on(session, row)
    repairs.reopen(session, row)
    said_fixed.open_defects(session, row)
    if row.duplicate_of is not None:
        row.duplicate_of = None
    for photo in session.scalars(
        select(Attachment).where(
            Attachment.owner_id == row.id, Attachment.item_key == AFTER, ~Attachment.deleted
        )
    ):
        photo.item_key = AFTER_BEFORE
    session.flush()
    return f"The first promise stands: {clocks.promise_words(row.due_at, row.priority)}."


def run_on(session: Session, row: Repair) -> bool:
    """Let the clocks that were stopped last run on, after a decision that is taken back; whether there were any."""
    ended = select(func.max(Clock.stopped_at)).where(Clock.owner_id == row.id, ~Clock.deleted)
    last = session.scalar(ended)
    if last is not None:
        clocks.run_on(session, row.id, last)
    return last is not None


def keep_hazard(session: Session, row: Repair) -> None:
    """Raise Told where ending a repair would end a clock of Awaab's Law that only a judgement may end."""
    if any(clock.key.startswith("AW.") for clock in clocks.running(session, row.id)):
        raise Told(
            "A possible hazard stands in this repair, and its clock by law runs.",
            "Open the hazard case first: it keeps the clock until a named competent person has judged.",
            field="reason",
        )


def _open(session: Session, repair_id: UUID) -> Repair:
    row = repairs.get_row(session, repair_id)
    if row.status in repairs.OPEN:
        return row
    if row.status is RepairStatus.SIGNPOSTED:
        raise Told("That is not ours to mend.", "Say first that it is ours, with the reason.")
    raise Told("That repair is not open any more.", "Open it again first, with the reason.")


def _reason(reason: str, ask: str) -> str:
    words.fits(reason, words.LINE, "reason", "The reason")
    if not reason.strip():
        raise Told(ask, "A few words are enough.", field="reason")
    return reason.strip()


def _opened_again(session: Session, row: Repair) -> datetime | None:
    """When the resident said last that it was not fixed."""
    said = select(func.max(RepairFeedback.answered_at)).where(
        RepairFeedback.repair_id == row.id, RepairFeedback.fixed.is_(False), ~RepairFeedback.deleted
    )
    return session.scalar(said)
