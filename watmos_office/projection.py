"""What of a record a person may see: an allow-list of columns from the policy, worked out once for each role and table.

Whole tables are hidden or shown by role, never row by row, so that a missing row tells nothing (security.md S21); the
few tables whose rows follow another record (conflicts, photos, clocks) are as visible as that record's table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from watmos_desktop.models.kinds import DataClass, Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import policy
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import registers, values
from watmos_office.caller import Caller

_OWN = {"staff": "id", "staff_scope": "staff_id"}  # everyone knows who they are and what they look after
_FOLLOWERS = frozenset({"attachment", "clock"})


@dataclass(frozen=True)
class Profile:
    """How one role sees one table. ``columns`` in model order; ``whole`` when that is all, unknown fields too."""

    table: str
    columns: tuple[str, ...]
    known: frozenset[str]
    whole: bool
    by_row: bool  # each row must be asked about with ``visible``

    @cached_property
    def fill(self) -> tuple[tuple[int, Any], ...]:
        """``complete`` for the values of ``columns``: what those at these places hold when they are empty."""
        given = dict(values.defaults(self.table))
        return tuple((at, given[name]) for at, name in enumerate(self.columns) if name in given)

    def stamps(self, stamps: Mapping[str, str]) -> dict[str, str]:
        """Of a row's stamps those that belong to what is shown."""
        if self.whole:
            return {name: stamp for name, stamp in stamps.items() if name != registers.CLAIMED}
        return {name: stamp for name, stamp in stamps.items() if name in self.columns or name in _SHARED}

    def unknown(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """Fields of a newer program, which have no class here: only for who sees the whole of the table."""
        if not self.whole or data.keys() <= self.known:
            return None
        return {name: value for name, value in data.items() if name not in self.known}

    def complete(self, data: dict[str, Any]) -> None:
        """Give a record that is older than some columns what the models say they hold then."""
        for name, value in values.defaults(self.table):
            if data.get(name) is None:
                data[name] = value


# Stamps of the row as a whole: a device could not say without them what it had seen.
_SHARED = frozenset({registers.INSERTED, registers.NEWEST, registers.OTHERS, "deleted"})


def columns(actor: Actor, table: str) -> tuple[str, ...]:
    """The columns of a table that this person's devices receive; none when the table is not for them."""
    found = profile(actor.role, table)
    return found.columns if found else ()


def visible(actor: Actor, table: str, data: Mapping[str, Any], rid: UUID | None = None) -> bool:
    """Whether this person may know of that record at all, given that they hold one of its buckets."""
    found = profile(actor.role, table)
    if found is None:
        return False
    return not found.by_row or _row_visible(actor, table, data, rid)


@cache
def profile(role: Role | None, table: str) -> Profile | None:
    """How a role sees a table; None when not at all."""
    person = Actor(None, "", role)
    if role is None or table not in SYNCED:
        return None
    known = values.known(table)
    if table in _OWN and not policy.may(person, policy.Action.SEE, table):
        return Profile(table, known, _all(known), whole=False, by_row=True)
    if not policy.may(person, policy.Action.SEE, table):
        return None
    shown = tuple(name for name in known if policy.may_see(person, table, name))
    # What a newer program added is taken to be as sensitive as the worst that is known, and never harmless.
    worst = max(
        [DataClass.OPERATIONAL, *(policy.data_class(table, name) or DataClass.ENDANGERMENT for name in known)]
    )
    whole = shown == known and _reaches(person, table, worst)
    return Profile(table, shown, _all(known), whole, by_row=table in _FOLLOWERS or table == "conflict")


def may_read_bytes(caller: Caller, attachment: Mapping[str, Any], author: UUID | None) -> bool:
    """Whether a photo's bytes are for this caller, who holds a bucket of its record.

    A picture may show a person or a number plate, so ambassadors get back only what they took themselves;
    ``author`` is who the office knows to have added it (``Record.author``), not what the record says.
    """
    if caller.actor.role is Role.AMBASSADOR:
        return author is not None and author == caller.member_id
    return visible(caller.actor, "attachment", attachment)


def _row_visible(actor: Actor, table: str, data: Mapping[str, Any], rid: UUID | None) -> bool:
    if table in _OWN:
        whose = rid if _OWN[table] == "id" else data.get("staff_id")
        return whose is not None and str(whose) == str(actor.staff_id)
    owner = str(data.get("owner_table", ""))
    if table == "conflict":
        named = str(data.get("field", ""))
        columns = registers.group_of(owner, named) if named else ("",)  # it holds every column of a group
        return all(policy.may_see_conflict(actor, owner, name) for name in columns)
    return policy.may(actor, policy.Action.SEE, owner)


def _reaches(person: Actor, table: str, worst: DataClass) -> bool:
    assert person.role is not None
    ceiling = policy.CEILINGS[person.role].get(policy.PARTS[table], (None, None))[0]
    return ceiling is not None and ceiling >= worst


def _all(known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(known) | {"id", "deleted", "stamps"}
