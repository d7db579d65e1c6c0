"""The list of repairs as a spreadsheet without a formula in it, in the order and filter of the screen (S37)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from watmos_desktop.services import policy, repairs, sheets, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import Filter, RepairCard
from watmos_desktop.services.store import Store

HEAD = (
    "Reference",
    "What",
    "Where",
    "Trade",
    "Priority",
    "Status",
    "Reported",
    "Due",
    "How it stands",
    "With",
    "Waiting for",
)
_AT_ONCE = 1000

Tell = Callable[[int, int], object]


@dataclass(frozen=True)
class Asked:
    """Which list to write where; ``.xlsx``, else CSV."""

    wanted: Filter
    sort: str
    path: Path


@dataclass(frozen=True)
class Collected:
    """The rows, ready to be written by another process."""

    path: Path
    rows: tuple[tuple[str, ...], ...]


def rows(session: Session, wanted: Filter, sort: str, tell: Tell | None = None) -> list[tuple[str, ...]]:
    """Every row of the list as text; raises NotAllowed. ``tell(done, total)`` may raise to stop."""
    policy.require(session, Action.EXPORT, "repair")
    total, found = repairs.count(session, wanted), list[tuple[str, ...]]()
    while page := repairs.page(session, wanted, len(found), _AT_ONCE, sort=sort):
        found += [_row(card) for card in page]
        if tell is not None:
            tell(len(found), max(total, len(found)))
    return found


def collect(store: Store, asked: Asked, tell: Tell) -> Collected:
    """Read the list, a part at a time; for a thread."""
    with store.read() as session:
        return Collected(asked.path, tuple(rows(session, asked.wanted, asked.sort, tell)))


def save(collected: Collected, tell: Tell) -> int:
    """Write the file whole or not at all; gives how many rows. Raises Told and NotWritten."""
    sheets.write(collected.path, HEAD, collected.rows, title="Repairs")
    tell(len(collected.rows), len(collected.rows))
    return len(collected.rows)


def _row(card: RepairCard) -> tuple[str, ...]:
    return (
        card.reference,
        card.title,
        card.where,
        card.trade,
        card.priority.value.capitalize(),
        card.status.value.capitalize(),
        wording.moment(card.reported_at),
        wording.moment(card.due_at.astimezone(LONDON)),
        card.due.text,
        card.who,
        card.waiting.value.capitalize() if card.waiting else "",
    )
