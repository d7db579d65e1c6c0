"""The plan of a block with its open repairs as numbered pins: where a picture tells more than a list.

The picture is an attachment of the block, so it comes by sync where the office has supplied one. A pin is two numbers
between 0 and 1, across and down, so that another picture of the same block keeps it about right.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Attachment, Block, Estate, Repair
from watmos_desktop.services import attachments, places, policy, repairs
from watmos_desktop.services.attachments import StoredPhoto
from watmos_desktop.services.errors import Told
from watmos_desktop.services.places import Area
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import RepairCard

PLAN = "plan"  # the item key of the picture
_MOST = 200


@dataclass(frozen=True)
class Pin:
    """An open repair of the block with its number in the list; ``at`` is None until someone says where."""

    number: int
    card: RepairCard
    at: tuple[float, float] | None


@dataclass(frozen=True)
class Plan:
    """A block and its repairs. ``sha256`` of the picture is "" where there is none: then it is drawn.

    ``storeys``, ``lift`` and ``areas`` are what the drawing shows; ``more`` repairs are not in ``pins``.
    """

    block_id: UUID
    name: str
    estate: str
    sha256: str
    storeys: int
    lift: bool
    areas: tuple[Area, ...]
    pins: tuple[Pin, ...]
    more: int


def of(session: Session, block_id: UUID) -> Plan:
    """The plan of a block: what is shared and open there, next due first; raises NotFound, NotAllowed."""
    policy.require(session, Action.SEE, "repair")
    block = policy.find(session, Block, block_id, "That block")
    estate = session.get(Estate, block.estate_id)
    cards = repairs.open_where(session, and_(Repair.block_id == block.id, Repair.home_id.is_(None)))
    shown = cards[:_MOST]
    kept = session.execute(select(Repair.id, Repair.pin).where(Repair.id.in_([card.id for card in shown])))
    placed: dict[UUID, object] = {one.id: one.pin for one in kept}
    return Plan(
        block.id,
        block.name,
        estate.name if estate else "",
        _picture(session, block.id),
        block.storeys or 0,
        bool(block.lift),
        tuple(places.areas(session, block.id)),
        tuple(Pin(number, card, _read(placed.get(card.id))) for number, card in enumerate(shown, 1)),
        len(cards) - len(shown),
    )


def supply(session: Session, block_id: UUID, picture: StoredPhoto) -> None:
    """Give a block its picture, in the place of the one before; raises NotAllowed, NotFound."""
    policy.require(session, Action.EDIT_HOMES, "estate")
    block = policy.find(session, Block, block_id, "That block")
    for old in session.scalars(_pictures(block.id)):
        old.deleted = True
    attachments.attach(session, "block", block.id, picture, item_key=PLAN)


def place(session: Session, repair_id: UUID, at: tuple[float, float] | None) -> None:
    """Say where on the plan a repair is, or with None that nobody knows.

    Raises NotAllowed, NotFound, or Told when it is closed, in no shared part of a block, or the place is off the plan.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if row.block_id is None or row.home_id is not None:
        raise Told("That repair is in no shared part of a block.", "Only those stand on its plan.")
    if row.status not in repairs.OPEN:
        raise Told("That repair is not open any more.", "Only open ones stand on the plan.")
    if at is not None and not all(isfinite(one) and 0 <= one <= 1 for one in at):
        raise Told("That place is not on the plan.", "Choose a place on the picture.")
    row.pin = [round(one, 4) for one in at] if at is not None else []


def _read(kept: object) -> tuple[float, float] | None:
    """What sync brought may be anything."""
    if not isinstance(kept, list) or len(kept) != 2:
        return None
    numbers = [one for one in kept if isinstance(one, int | float) and not isinstance(one, bool)]
    if len(numbers) != 2 or not all(isfinite(one) and 0 <= one <= 1 for one in numbers):
        return None
    return float(numbers[0]), float(numbers[1])


def _pictures(block_id: UUID) -> Select[Attachment]:
    return select(Attachment).where(
        Attachment.owner_table == "block",
        Attachment.owner_id == block_id,
        Attachment.item_key == PLAN,
        ~Attachment.deleted,
    )


def _picture(session: Session, block_id: UUID) -> str:
    """The newest one: two people may have supplied one each."""
    newest = _pictures(block_id).order_by(Attachment.taken_at.desc(), Attachment.id.desc()).limit(1)
    row = session.scalar(newest)
    return row.sha256 if row is not None else ""
