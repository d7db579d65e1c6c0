"""What may happen in the simulation, each by name; the long campaign and Hypothesis draw from the same list."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests.sim.computer import Computer
from tests.sim.ledger import Key, Touch
from tests.sim.world import World
from watmos_desktop.models.tables import Staff, Synced

Rule = Callable[[World, random.Random], None]
RULES: dict[str, tuple[int, Rule]] = {}  # filled by work.py, mishaps.py and deciding.py


def rule(weight: int) -> Callable[[Rule], Rule]:
    """One of the rules, so many times as likely as one of weight 1."""

    def keep(function: Rule) -> Rule:
        RULES[function.__name__] = (weight, function)
        return function

    return keep


def anyone(world: World, chance: random.Random) -> Computer | None:
    """A device that is not destroyed, and whose person still has a record there to work under."""
    there = [one for one in world.computers if not one.gone and _is_known(one)]
    return chance.choice(there) if there else None


def _is_known(computer: Computer) -> bool:
    """Whether its person has a record there."""
    with computer.store.read() as session:
        return (
            computer.store.actor.staff_id == computer.member
            and session.get(Staff, computer.member) is not None
        )


def some(session: Any, model: type[Synced], chance: random.Random, *where: Any) -> Any:
    """One live record that is shown there, or None."""
    ids = session.scalars(select(model.id).where(~model.deleted, *where).order_by(model.id)).all()
    return session.get(model, chance.choice(ids)) if ids else None


def change(world: World, session: Any, row: Any, **fields: Any) -> Touch:
    """Change fields of a record; gives what was done for the ledger."""
    key: Key = (row.__tablename__, row.id)
    saw = world.shown(session, key)
    for name, value in fields.items():
        setattr(row, name, value)
    session.flush()
    now = world.shown(session, key)
    said = {name: now[name] for name in fields} if now is not None else {"deleted": True}
    return Touch("update" if now is not None else "delete", key, said, saw)


def new(world: World, session: Any, row: Any) -> Touch:
    """Add a record."""
    session.add(row)
    session.flush()
    key: Key = (row.__tablename__, row.id)
    return Touch("insert", key, world.shown(session, key) or {}, None)
