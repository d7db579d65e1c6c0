"""What the resident was told of a repair, when and how, and notes for colleagues (R3). Added, never edited.

Two people's words both stay: nothing here is merged into another's text.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel
from watmos_desktop.models.tables import Repair, RepairNote, RepairUpdate
from watmos_desktop.services import clocks, policy, repair_care, repairs, words
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_listing import OPEN
from watmos_desktop.services.wording import Deadline

HOW_WORDS = {
    Channel.PHONE: "Phone",
    Channel.IN_PERSON: "In person",
    Channel.TEXT: "Text",
    Channel.EMAIL: "E-mail",
    Channel.LETTER: "Letter",
    Channel.DOOR: "At the door",
    Channel.CARD: "Card",
}


def tell(
    session: Session, repair_id: UUID, text: str, how: Channel, *, told_at: datetime | None = None
) -> UUID:
    """Record what the resident was told; ``told_at`` is when that was, by default now. Gives the update's id.

    Raises NotAllowed, NotFound, or Told: at ``text`` or ``told_at``.
    """
    policy.require(session, Action.KEEP_INFORMED, "repair")
    row = repairs.get_row(session, repair_id)
    if not text.strip():
        raise Told("Say what the resident was told.", "A sentence is enough.", field="text")
    at = happened(session, row, told_at, "told_at", "Nobody can be told")
    return record(session, row, text, how, at)


def record(session: Session, row: Repair, text: str, how: Channel, at: datetime) -> UUID:
    """Add to what the resident was told, for a service that told them on the spot; the silence ends there.

    Raises Told at ``text`` for words too long.
    """
    actor = policy.actor(session)
    assert actor.staff_id is not None
    update = RepairUpdate(
        repair_id=row.id,
        text=words.fits(text.strip(), words.NOTE, "text", "What was told"),
        how=how,
        told_at=at,
        staff_id=actor.staff_id,
    )
    session.add(update)
    if row.last_told_at is None or row.last_told_at < at:
        row.last_told_at = at
    clocks.tell(session, row.id, at)
    session.flush()
    return update.id


def note(session: Session, repair_id: UUID, text: str) -> UUID:
    """Add a note for colleagues; gives its id. Raises NotAllowed, NotFound, or Told at ``text``."""
    policy.require(session, Action.KEEP_INFORMED, "repair")
    row = repairs.get_row(session, repair_id)
    if not text.strip():
        raise Told("Write what colleagues should know.", "A few words are enough.", field="text")
    return keep_note(session, row, text)


def keep_note(session: Session, row: Repair, text: str) -> UUID:
    """Add a note to a repair for a service that decided something; raises Told at ``text`` for words too long."""
    actor = policy.actor(session)
    assert actor.staff_id is not None
    added = RepairNote(
        repair_id=row.id,
        text=words.fits(text.strip(), words.NOTE, "text"),
        made_at=session.info["clock"].now(),
        staff_id=actor.staff_id,
    )
    session.add(added)
    session.flush()
    return added.id


def silence(row: Repair, now: datetime) -> Deadline | None:
    """``Told nothing for 9 working days`` in a home that has had no word for too long; else None."""
    if row.status not in OPEN or row.home_id is None:
        return None
    return repair_care.silence(row.last_told_at or row.reported_at, now)


def happened(session: Session, row: Repair, at: datetime | None, field: str, what: str) -> datetime:
    """The moment of an event of a repair: between its report and now; None is now. Raises Told at ``field``."""
    now: datetime = session.info["clock"].now()
    if at is None:
        return now
    if at > now:
        raise Told(f"{what} in time to come.", "Give a time that has passed.", field=field)
    if at < row.reported_at:
        raise Told(f"{what} before it was reported.", "Check the day and time.", field=field)
    return at
