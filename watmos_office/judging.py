"""Whether an operation may be applied: what it says (``words``), what it meets (``meets``), where it ``lands``.

Each gives the reason, a code, or nothing when all is well. Who calls is who the token says (security.md S28). A record
that is not there and one that the caller may not know of are refused by the same code, on the same way (S29).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import orjson

from watmos_desktop.models.kinds import InspectionStatus, RepairStatus, Role, VisitStatus
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import policy, templates
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.sync import registers, values, wire
from watmos_desktop.services.sync.merge import RowState
from watmos_desktop.services.sync.wire import Op
from watmos_office import buckets, deciding, records
from watmos_office.batch import Batch
from watmos_office.buckets import NOWHERE, OWNED, Key
from watmos_office.caller import Caller

Before = Callable[[Key], RowState | None]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_UNKNOWN_LIMIT = 65_536  # bytes of fields that only a newer program knows, in one operation

# What one has to be allowed to do to add or remove a record; changing its fields is up to their class.
_NEEDS: Mapping[str, tuple[Action, str]] = {
    **dict.fromkeys(
        ("inspection", "answer", "attendance", "defect", "defect_sighting"), (Action.INSPECT, "inspection")
    ),
    "signature": (Action.SIGN, "inspection"),
    "amendment": (Action.AMEND, "inspection"),
    "repair": (Action.RAISE_REPAIR, "repair"),
    "schedule": (Action.PLAN_INSPECTIONS, "schedule"),
    **dict.fromkeys(("estate", "block", "communal_area", "community_space"), (Action.EDIT_HOMES, "estate")),
    "home": (Action.EDIT_HOMES, "home"),
    **dict.fromkeys(("person", "tenancy", "household_member"), (Action.EDIT_PEOPLE, "person")),
    "contractor": (Action.EDIT_CONTRACTORS, "contractor"),
    **dict.fromkeys(("job", "appointment", "variation"), (Action.ORDER_WORK, "job")),
    **dict.fromkeys(
        ("repair_update", "repair_note", "access_attempt", "repair_feedback"),
        (Action.KEEP_INFORMED, "repair"),
    ),
    **dict.fromkeys(("hazard_case", "hazard_step"), (Action.OPEN_HAZARD, "hazard_case")),
    "adaptation": (Action.ASK_ADAPTATION, "adaptation"),
    **dict.fromkeys(("programme", "programme_home"), (Action.PLAN_WORKS, "programme")),
    "programme_response": (Action.CONSULT, "programme"),
    **dict.fromkeys(
        (
            "visit",
            "visit_answer",
            "visit_attempt",
            "visit_signature",
            "visit_consent",
            "visit_follow_up",
            "visit_need",
            "referral",
            "tenancy_review",
            "leave",
            "visit_told",
            "lone_day",
            "lone_check",
            "visitor",
        ),
        (Action.VISIT, "visit"),
    ),
}
# What an ambassador's walk changes in records that others wrote.
_OTHERS: Mapping[str, frozenset[str]] = {
    "defect": frozenset({"state", "fixed_at", "grade"}),
    "repair": frozenset({"status", "completed_at"}),
    "clock": frozenset({"stopped_at"}),
    "schedule": frozenset({"last_done_on", "due_on"}),
    "conflict": frozenset({"state"}),
    "template_version": frozenset({"id", "deleted", "key", "version", "body"}),  # word for word the same
}
_MOVED_BY_SIGNING = _OTHERS["schedule"]
# What was done and confirmed never changes, nor what belongs to it: (what, named by which column, its last state).
_WALK = ("inspection", "inspection_id", InspectionStatus.SIGNED.value)
_VISIT = ("visit", "visit_id", VisitStatus.COMPLETED.value)
_SEALED: Mapping[str, tuple[str, str, str]] = {
    **dict.fromkeys(("inspection", "answer", "attendance", "signature", "defect_sighting"), _WALK),
    **dict.fromkeys(("visit", "visit_answer", "visit_signature", "visit_consent"), _VISIT),
}
_SEALED_WITH_PHOTOS = {one[0]: one for one in (_WALK, _VISIT)}
_AFTER_SEAL = frozenset({"approved_by", "approved_at"})  # a manager looks at a visit when it is done
_PICTURE = frozenset({"sha256", "size", "width", "height"})  # stays as taken (models/attachment.py)
_BY_VALUE = frozenset({"template_version", "conflict"})
_STATUS = frozenset({"inspection", "repair"})
_DONE = frozenset({RepairStatus.COMPLETED.value, RepairStatus.CANCELLED.value, RepairStatus.ORDERED.value})


def words(actor: Actor, me: str, op: Op) -> tuple[str, dict[str, Any]]:
    """Judge what an operation says, without the database: the reason, and its fields in one spelling."""
    if op.table not in SYNCED:
        return "unknown_table", op.set
    if reason := _pushable(op) or _stamps(op):
        return reason, op.set
    try:
        said = _said(op)
    except values.BadValue:
        return "bad_value", op.set
    for name in registers.author_fields(op.table):
        if said.get(name) not in (None, me):
            return "author", op.set
    return _role(actor, me, op, said), said


@cache
def may_say(role: Role | None, table: str, kind: str, names: tuple[str, ...]) -> bool:
    """Whether that role surely may say these fields whatever they hold, if each stands in the office's spelling.

    Where a value decides, or a newer program has a say, no: ``words`` has to look at each.
    """
    fields = frozenset(names) - {"id", "deleted"}
    if table not in SYNCED.keys() - _BY_VALUE or not registers.pushable(table) or not fields <= _known(table):
        return False
    actor = Actor(None, "", role)
    needed = _NEEDS.get(table) if kind != "update" or "deleted" in names else None
    allowed = needed is None or policy.may(actor, *needed)
    whole = kind != "insert" or fields >= _required(table)
    decides = (table in _STATUS and "status" in fields) or deciding.concerned(table, fields)
    mine = _changeable(role, table)
    return allowed and whole and not decides and bool(mine) and fields <= mine


def _pushable(op: Op) -> str:
    if not registers.pushable(op.table):
        return "not_pushable"
    if op.table == "conflict" and (op.kind != "update" or op.set.keys() - {"state"}):
        return "not_pushable"
    return ""


def _stamps(op: Op) -> str:
    sound = not op.base or all(not base or wire.is_stamp(base) for base in op.base.values())
    return "" if sound and not op.stamp.endswith(records.TAG) else "bad_stamp"


def _said(op: Op) -> dict[str, Any]:
    """The fields in one spelling; those that only a newer program knows are kept as they are."""
    table, judges = op.table, values.judges(op.table)
    said = {name: judges[name](value) for name, value in op.set.items() if name in judges}
    if len(said) < len(op.set):
        said |= _not_columns(op, op.set.keys() - judges.keys())
    if "owner_table" in said and said["owner_table"] not in SYNCED:
        raise values.BadValue("owner_table", "not a table")
    if op.kind == "insert" and not said.keys() >= _required(table):
        raise values.BadValue("", "not whole")
    return said


def _not_columns(op: Op, names: Set[str]) -> dict[str, Any]:
    unknown: dict[str, Any] = {name: op.set[name] for name in names - {"id"}}
    if "id" in names and op.set["id"] != str(op.rid):
        raise values.BadValue("id", "another record's")
    if not isinstance(unknown.get("deleted", False), bool):
        raise values.BadValue("deleted", "neither true nor false")
    if unknown.keys() <= {"deleted"}:
        return unknown
    if "stamps" in unknown or not all(_NAME.fullmatch(name) for name in unknown) or not _fits(unknown):
        raise values.BadValue("", "nothing to keep")
    return unknown


def _fits(unknown: Mapping[str, Any]) -> bool:
    try:
        raw = orjson.dumps(unknown)
    except (TypeError, ValueError):  # more than 64 bits, half a character
        return False
    return len(raw) <= _UNKNOWN_LIMIT and b"\\u0000" not in raw


def _role(actor: Actor, me: str, op: Op, said: Mapping[str, Any]) -> str:
    if op.table == "template_version":
        return _template(actor, op, said)
    adds = op.kind == "insert" or op.kind == "delete" or "deleted" in said
    if op.kind == "insert":
        adds = True
        said = {name: value for name, value in said.items() if value}  # empty is no word
    if adds and (needed := _NEEDS.get(op.table)) and not policy.may(actor, *needed):
        return "role"
    if op.table == "schedule" and moved_by_signing(actor, op.table, said.keys() & _known(op.table)):
        return ""
    mine = _changeable(actor.role, op.table)
    if not mine or not (said.keys() <= mine or said.keys() & _known(op.table) <= mine):
        return "role"  # where nothing may be changed, nothing that a newer program added may be: it has no class yet
    if op.table == "inspection" and said.get("status") == InspectionStatus.SIGNED:
        return "" if policy.may(actor, Action.SIGN, "inspection") else "role"
    if op.table == "repair" and said.get("status") in _DONE:
        return "" if policy.may(actor, Action.COMPLETE_REPAIR, "repair") else "role"
    return deciding.refused(actor, me, op.table, said)


def _template(actor: Actor, op: Op, said: Mapping[str, Any]) -> str:
    """Whoever walks brings the template along; its words reach everybody, so they must be those of the program."""
    if op.kind != "insert" or not policy.may(actor, Action.INSPECT, "inspection"):
        return "role"
    ours = _template_words(str(said.get("key")), said.get("version"))
    return "" if ours is not None and ours == said.get("body") else "template"


@lru_cache(64)  # what is asked for comes from outside
def _template_words(key: str, version: int | None) -> Any:
    try:
        return orjson.loads(orjson.dumps(templates.to_dict(templates.get(key, version))))
    except Told:
        return None


def meets(batch: Batch, caller: Caller, held: Set[str], op: Op, key: Key, before: Before) -> str:
    """Judge an operation against the record it changes. ``before`` gives a row as it was before its action."""
    row = batch.rows.get(key)
    if row is None:
        return "scope" if op.kind != "insert" else _seal(batch, op, key, {}, before)
    if before(key) is not None and batch.here.get(key, NOWHERE).isdisjoint(held):
        return "scope"
    mine = batch.author(key) == caller.me
    if caller.actor.role is Role.AMBASSADOR and not mine:
        theirs = op.set.keys() - _OTHERS.get(op.table, NOWHERE)
        if theirs or op.kind == "delete":
            return "role"
    if op.kind == "delete" and registers.append_only(op.table) and not mine:
        return "append_only"
    if reason := _fixed(op, row.data):
        return reason
    if op.table == "conflict" and not policy.may_see_conflict(
        caller.actor, str(row.data.get("owner_table")), str(row.data.get("field"))
    ):
        return "scope"
    return _seal(batch, op, key, row.data, before)


def _fixed(op: Op, data: Mapping[str, Any]) -> str:
    """Who wrote a record is said once, and a picture stays the picture that was taken."""
    for one in registers.author_fields(op.table):
        if one in op.set and data.get(one) not in (None, op.set[one]):
            return "author"
    if op.table == "attachment" and any(op.set[one] != data.get(one) for one in _PICTURE & op.set.keys()):
        return "append_only"
    return ""


def _seal(batch: Batch, op: Op, key: Key, data: Mapping[str, Any], before: Before) -> str:
    """A signed inspection and a completed visit never change, nor what was confirmed with them."""
    for table, rid, sealed in _above(op, key, data):
        if (table, rid) not in batch.rows:
            batch.load([(table, rid)], change=False)
        known = before((table, rid))
        if known is not None and known.data.get("status") == sealed:
            return "sealed"
    return ""


def _above(op: Op, key: Key, data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What must not be sealed for this operation to be taken: table, id, its last state."""
    if op.table == "attachment":
        for one in (data, {**data, **op.set}):
            if one.get("owner_table") in _SEALED_WITH_PHOTOS and one.get("owner_id"):
                table, _, sealed = _SEALED_WITH_PHOTOS[one["owner_table"]]
                yield table, one["owner_id"], sealed
    elif op.table in _SEALED:
        table, column, sealed = _SEALED[op.table]
        if op.table != table:
            yield from ((table, rid, sealed) for rid in {data.get(column), op.set.get(column)} if rid)
        elif op.kind != "update" or not op.set.keys() <= _AFTER_SEAL:
            yield table, key[1], sealed


def lands(batch: Batch, caller: Caller, held: Set[str], op: Op, key: Key, was: frozenset[str] | None) -> str:
    """Judge where a record lies afterwards and what it refers to. ``was`` is where it lay, None for a new one."""
    now = batch.here.get(key, NOWHERE)
    if not now or not buckets.reached(now if was is None else now ^ was) <= held:
        return "scope"
    for above in references(op.table, batch.rows[key].data, op.set):
        if above[0] == "staff" and UUID(above[1]) == caller.member_id:
            continue
        if batch.buckets(above).isdisjoint(held) or not _sees(caller.actor.role, above[0]):
            return "scope"
    return ""


def references(table: str, data: Mapping[str, Any], said: Mapping[str, Any]) -> list[Key]:
    """The records that fields in ``said`` refer to; ``data`` completes an owner of which half is said."""
    found = [(above, said[column]) for column, above in _foreign(table) if said.get(column)]
    if table in OWNED and ("owner_table" in said or "owner_id" in said):
        owner = {**data, **said}
        if owner.get("owner_table") and owner.get("owner_id"):
            found.append((owner["owner_table"], owner["owner_id"]))
    return found


def signs(op: Op) -> bool:
    """Whether an operation signs an inspection."""
    return op.table == "inspection" and op.set.get("status") == InspectionStatus.SIGNED


def moved_by_signing(actor: Actor, table: str, changed: Set[str]) -> bool:
    """Whether a change of a schedule is lawful only together with the walk that was signed for it."""
    if table != "schedule":
        return False
    signs = policy.may(actor, Action.SIGN, "inspection")
    plans = policy.may(actor, Action.PLAN_INSPECTIONS, "schedule")
    return signs and not plans and changed <= _MOVED_BY_SIGNING


@cache
def _foreign(table: str) -> tuple[tuple[str, str], ...]:
    """The columns of a table that name a record of another, each with its table."""
    columns = SYNCED[table].__table__.columns  # type: ignore[attr-defined]
    return tuple((one.key, key.column.table.name) for one in columns for key in one.foreign_keys)


@cache
def _sees(role: Role | None, table: str) -> bool:
    return policy.may(Actor(None, "", role), Action.SEE, table)


@cache
def _known(table: str) -> frozenset[str]:
    return frozenset(values.known(table))


@cache
def _required(table: str) -> frozenset[str]:
    return frozenset(values.required(table))


@cache
def _changeable(role: Role | None, table: str) -> frozenset[str]:
    actor = Actor(None, "", role)
    return frozenset(name for name in values.known(table) if policy.may_change(actor, table, name))
