"""The ground of a plan of visits: the places where visits are due, and who can be there on which half days."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Block, StaffScope
from watmos_desktop.services import planning, policy, visit_officers, visit_rules, visits
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visits_due import DueVisit

_WHOLE = len(visit_officers.HALVES)


def spot(one: DueVisit) -> UUID:
    """Where a visit is made: its block, or the home apart from blocks."""
    return one.block_id or one.home_id


def places(session: Session, due: list[DueVisit]) -> tuple[list[planning.Place], dict[UUID, int]]:
    """Each place once, with its coordinates where they are known, and the index of each spot."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    blocks = {
        row.id: row for row in session.execute(select(Block.id, Block.name, Block.easting, Block.northing))
    }
    found: list[planning.Place] = []
    at: dict[UUID, int] = {}
    for one in due:
        key = spot(one)
        if key not in at:
            at[key] = len(found)
            row: Any = blocks.get(key)
            x, y, name = (row.easting, row.northing, row.name) if row else (None, None, "")
            found.append(planning.Place(key, one.estate_id, x, y, name))
    return found, at


def officers(
    session: Session, people: list[visits.Officer], here: list[planning.Place], days: list[date]
) -> tuple[tuple[planning.Officer, ...], list[planning.Place]]:
    """The officers with their patch, their half days and languages, and a base in the middle of what they visit.

    The bases are places of their own, to be put behind those of ``here``.
    """
    policy.require(session, Action.PLAN_VISITS, "visit")
    patches: dict[UUID, set[UUID]] = {}
    for staff_id, estate_id in session.execute(
        select(StaffScope.staff_id, StaffScope.estate_id).where(~StaffScope.deleted)
    ):
        patches.setdefault(staff_id, set()).add(estate_id)
    off, spoken = visit_officers.off(session, days), visit_officers.languages(session)
    made, bases = [], []
    for one in people:
        patch = frozenset(patches.get(one.id, ()))
        gone = {day: off.get((one.id, day), {}) for day in days}
        bases.append(planning.Place(("base", one.id), None, *_middle(here, patch)))
        made.append(
            planning.Officer(
                one.id,
                one.name,
                len(here) + len(bases) - 1,
                visit_rules.planning().day_minutes,
                away=frozenset(day for day, halves in gone.items() if len(halves) == _WHOLE),
                halves=frozenset(
                    (day, half) for day, halves in gone.items() if len(halves) < _WHOLE for half in halves
                ),
                estates=patch,
                languages=spoken.get(one.id, frozenset()),
            )
        )
    return tuple(made), bases


def _middle(here: list[planning.Place], patch: frozenset[UUID]) -> tuple[int | None, int | None]:
    known = [(one.x, one.y) for one in here if not patch or one.estate in patch]
    found = [(x, y) for x, y in known if x is not None and y is not None]
    if not found:
        return None, None
    return sum(x for x, _ in found) // len(found), sum(y for _, y in found) // len(found)
