"""The plan of a block or of an estate's grounds, its open repairs as pins: where a picture tells more than a list.

The picture is an attachment of the block or estate, so it comes by sync where the office has supplied one. A pin is
two numbers between 0 and 1, across and down, so that another picture of the same place keeps it about right.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Attachment, Block, Estate, Repair
from watmos_desktop.services import attachments, homes, policy, repairs
from watmos_desktop.services.attachments import StoredPhoto
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import RepairCard

PLAN = "plan"  # the item key of the picture
_MOST = 200


@dataclass(frozen=True)
class Pin:
    """An open repair of the place with its number in the list; ``at`` is None until someone says where."""

    number: int
    card: RepairCard
    at: tuple[float, float] | None


@dataclass(frozen=True)
class Plan:
    """A block or an estate's grounds, and the repairs there. ``sha256`` of the picture is "" where there is none.

    Then it is drawn: ``storeys`` and ``lift`` of a block, or the names of the ``blocks`` that stand on the ``grounds``
    of an estate. ``more`` repairs are not in ``pins``.
    """

    place_id: UUID
    name: str
    estate: str
    sha256: str
    storeys: int
    lift: bool
    grounds: bool
    blocks: tuple[str, ...]
    pins: tuple[Pin, ...]
    more: int


def grounds(session: Session) -> list[tuple[UUID, str]]:
    """Everything that has a plan for this person, with its words: blocks, then the grounds of estates."""
    blocks = [(one.id, f"{one.name} · {one.estate}") for one in homes.blocks(session)]
    whole = [one for one in homes.estates(session) if policy.in_scope(session, one.id, None)]
    return blocks + [(one.id, f"{one.name} · the grounds") for one in whole]


def place_of(session: Session, repair_id: UUID) -> UUID:
    """The block or estate on whose plan a repair would stand; raises NotFound."""
    row = repairs.get_row(session, repair_id)
    return row.block_id or row.estate_id


def of(session: Session, place_id: UUID) -> Plan:
    """The plan of a block or estate: what is shared and open there, next due first; raises NotFound, NotAllowed."""
    policy.require(session, Action.SEE, "repair")
    ground = _ground(session, place_id)
    cards = repairs.open_where(session, and_(_on(ground), Repair.home_id.is_(None)))
    shown = cards[:_MOST]
    kept = session.execute(select(Repair.id, Repair.pin).where(Repair.id.in_([card.id for card in shown])))
    placed: dict[UUID, object] = {one.id: one.pin for one in kept}
    block = ground if isinstance(ground, Block) else None
    estate = session.get(Estate, ground.estate_id) if isinstance(ground, Block) else ground
    return Plan(
        ground.id,
        ground.name,
        estate.name if estate else "",
        _picture(session, ground),
        (block.storeys or 0) if block else 0,
        bool(block and block.lift),
        block is None,
        () if block else tuple(one.name for one in homes.blocks(session, ground.id)),
        tuple(Pin(number, card, _read(placed.get(card.id))) for number, card in enumerate(shown, 1)),
        len(cards) - len(shown),
    )


def supply(session: Session, place_id: UUID, picture: StoredPhoto) -> None:
    """Give a block or estate its picture, in the place of the one before; raises NotAllowed, NotFound."""
    policy.require(session, Action.EDIT_HOMES, "estate")
    ground = _ground(session, place_id)
    for old in session.scalars(_pictures(ground)):
        old.deleted = True
    attachments.attach(session, ground.__tablename__, ground.id, picture, item_key=PLAN)


def place(session: Session, repair_id: UUID, at: tuple[float, float] | None) -> None:
    """Say where on the plan a repair is, or with None that nobody knows.

    Raises NotAllowed, NotFound, or Told when it is closed, in no shared part, or the place is off the plan.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if row.home_id is not None:
        raise Told("That repair is in no shared part.", "Only those stand on a plan.")
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


def _ground(session: Session, place_id: UUID) -> Block | Estate:
    if session.get(Block, place_id) is not None:
        return policy.find(session, Block, place_id, "That block")
    estate = policy.find(session, Estate, place_id, "That place")
    if not policy.in_scope(
        session, estate.id, None
    ):  # who looks after one block of it has no say in its grounds
        raise NotFound("That place")
    return estate


def _on(ground: Block | Estate) -> ColumnElement[bool]:
    """What lies on the plan: of an estate what is in none of its blocks."""
    if isinstance(ground, Block):
        return Repair.block_id == ground.id
    return and_(Repair.estate_id == ground.id, Repair.block_id.is_(None))


def _pictures(ground: Block | Estate) -> Select[Attachment]:
    return select(Attachment).where(
        Attachment.owner_table == ground.__tablename__,
        Attachment.owner_id == ground.id,
        Attachment.item_key == PLAN,
        ~Attachment.deleted,
    )


def _picture(session: Session, ground: Block | Estate) -> str:
    """The newest one: two people may have supplied one each."""
    newest = _pictures(ground).order_by(Attachment.taken_at.desc(), Attachment.id.desc()).limit(1)
    row = session.scalar(newest)
    return row.sha256 if row is not None else ""
