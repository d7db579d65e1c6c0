"""Attacks that want to write: other people's records, other people's words, states that may not be skipped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from tests.attack.attacker import AT, Attacker
from tests.attack.oracle import settle
from tests.attack.reading import OFFICE_TABLES
from tests.attack.stage import ANYBODY, SCOPED, Stage, attack
from tests.office.feed import filled
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.sync import registers, values

WALKERS = tuple(one for one in SCOPED if one.role is not Role.ADMINISTRATOR)


def foreign(stage: Stage, me: Attacker) -> Iterator[tuple[str, UUID]]:
    yield from stage.hidden.items()
    if not me.who.everywhere:
        yield from stage.away.items()


def repair(stage: Stage, me: Attacker, **said: Any) -> dict[str, Any]:
    """A repair of their own where they may raise one."""
    place = {"estate_id": str(stage.here["estate"]), "block_id": str(stage.here["block"]), "reference": "R-1"}
    words = {"title": "Lamp", "trade": "electrical", "priority": "routine", "status": "reported"}
    whose = {"reported_at": AT, "reported_by": str(me.member), "due_at": AT}
    return {**place, **words, **whose, **said}


def text_of(table: str) -> str:
    return next(
        (name for name in ("title", "name", "note", "text", "code") if name in values.known(table)), ""
    )


@attack("says in the body who it is")
def _(stage: Stage, me: Attacker) -> bool:
    victim = str(stage.victim.member)
    claims: dict[str, Any] = {
        "member": victim,
        "member_id": victim,
        "user_id": victim,
        "device": str(stage.victim.id),
    }
    claims |= {"role": "manager", "is_admin": True, "buckets": [f"case:{stage.hidden['restricted_case']}"]}
    said = repair(stage, me, reported_by=victim)
    taken = me.takes(me.op("repair", None, said, "insert"), **claims)
    taken |= me.takes({**me.op("repair", None, repair(stage, me), "insert"), **claims, "author": victim})
    taken |= me.ask("POST", "/hello", me.greeting(**claims)).status_code == 200
    note = {
        "case_id": str(stage.hidden["restricted_case"]),
        "text": "x",
        "staff_id": str(me.member),
        "made_at": AT,
    }
    return taken or me.takes(me.op("case_note", None, note, "insert"), **claims)


@attack("says that another wrote it")
def _(stage: Stage, me: Attacker) -> bool:
    victim, ops = str(stage.victim.member), []
    place = {"block_id": str(stage.here["block"]), "inspection_id": str(stage.here["inspection"])}
    for table in SYNCED:
        for column in registers.author_fields(table):
            data = {
                name: one for name, one in (filled(table, "x") | place).items() if name in values.known(table)
            }
            ops.append(me.op(table, None, {**data, column: victim}, "insert"))
            ops.append(me.op(table, stage.here.get(table), {column: victim}))
    return me.takes(*ops)


@attack("says that it wrote what another did")
def _(stage: Stage, me: Attacker) -> bool:
    ops = [
        me.op(table, rid, {column: said})
        for table, rid in stage.here.items()
        for column in registers.author_fields(table)
        for said in (str(me.member), None)
    ]
    return me.takes(*ops)


@attack("pushes into tables that only the office writes")
def _(stage: Stage, me: Attacker) -> bool:
    names = (
        *OFFICE_TABLES,
        "staff",
        "staff_scope",
        "record; DROP TABLE record",
        "../record",
        "__proto__",
        "constructor",
        "Restricted_case",
        "restricted_case ",
        "case_note\u200b",
        "rеpair",
        "",
    )
    rids = (me.member, stage.victim.member, None)
    said = {
        "role": "manager",
        "name": "x",
        "active": True,
        "member_id": str(me.member),
        "staff_id": str(me.member),
    }
    case = {"case_id": str(stage.hidden["restricted_case"]), "estate_id": str(stage.away["estate"])}
    return me.takes(
        *(
            me.op(name, rid, said | case, kind)
            for name in names
            for rid in rids[:2]
            for kind in ("insert", "update", "delete")
        )
    )


@attack("makes itself a manager")
def _(stage: Stage, me: Attacker) -> bool:
    ops = [
        me.op("staff", me.member, {"role": role})
        for role in ("manager", "Manager", "мanager", "administrator")
    ]
    scope = {"staff_id": str(me.member), "estate_id": str(stage.away["estate"]), "block_id": None}
    return me.takes(
        *ops,
        me.op("staff_scope", None, scope, "insert"),
        me.op("staff_scope", stage.away["staff_scope"], scope),
    )


@attack("forges, rewrites and settles conflicts of others")
def _(stage: Stage, me: Attacker) -> bool:
    made = filled("conflict", "mine") | {"owner_table": "repair", "owner_id": str(stage.here["repair"])}
    ops = [
        me.op("conflict", None, made, "insert"),
        me.op("conflict", stage.here["conflict"], {"value": {"title": "x"}}),
    ]
    ops += [me.op("conflict", stage.here["conflict"], {"state": "kept", "made_by": str(me.member)})]
    for _table, rid in [one for one in foreign(stage, me) if one[0] == "conflict"]:
        ops += [me.op("conflict", rid, {"state": "kept"}), me.op("conflict", rid, {}, "delete")]
    return me.takes(*ops)


@attack("changes records of another estate and of a case by their ids", ANYBODY)
def _(stage: Stage, me: Attacker) -> bool:
    return me.takes(
        *(
            me.op(table, rid, {text_of(table): "mine"} if text_of(table) else {})
            for table, rid in foreign(stage, me)
        )
    )


@attack("removes records that are not theirs")
def _(stage: Stage, me: Attacker) -> bool:
    whole = {"deleted": True}
    return me.takes(
        *(
            me.op(table, rid, said, kind)
            for table, rid in foreign(stage, me)
            for said, kind in (({}, "delete"), (whole, "update"))
        )
    )


@attack("brings back what was removed elsewhere")
def _(stage: Stage, me: Attacker) -> bool:
    gone = []
    places = [("case_note", f"case:{stage.hidden['restricted_case']}")]
    if not me.who.everywhere:
        places += [(table, f"block:{stage.away['block']}") for table in ("person", "repair")]
    for table, bucket in places:
        data = filled(table, "AWAY-" + table) | {"case_id": str(stage.hidden["restricted_case"])}
        gone.append((table, stage.feed.put(table, data, bucket, deleted=True)))
    settle(stage, me)
    ops = [me.op(table, rid, {"deleted": False}) for table, rid in gone]
    return me.takes(*ops, *(me.op(table, rid, filled(table, "x"), "insert") for table, rid in gone))


@attack("puts a new record into another estate")
def _(stage: Stage, me: Attacker) -> bool:
    if me.who.everywhere:
        return False
    away: dict[str, Any] = {"estate_id": str(stage.away["estate"]), "block_id": str(stage.away["block"])}
    places: list[dict[str, Any]] = [
        away,
        {**away, "block_id": None},
        {"block_id": away["block_id"]},
        {"estate_id": away["estate_id"]},
    ]
    ops = [me.op("repair", None, repair(stage, me, **place), "insert") for place in places]
    for table in ("inspection", "schedule", "block", "home", "communal_area", "community_space"):
        data = {
            name: one
            for name, one in filled(table, "x").items()
            if one != "" and name not in ("block_id", "estate_id")
        }
        ops.append(me.op(table, None, data | {"estate_id": away["estate_id"]}, "insert"))
    return me.takes(*ops, me.op("estate", None, {"code": "X", "name": "Mine", "town": ""}, "insert"))


@attack("moves its own record into another estate", WALKERS)
def _(stage: Stage, me: Attacker) -> bool:
    mine = uuid4()
    if me.push(me.op("repair", mine, repair(stage, me), "insert"))[0][0] != "applied":
        return me.who.role is not Role.ADMINISTRATOR  # who may raise one is let to: the attack needs it
    away: dict[str, Any] = {"estate_id": str(stage.away["estate"]), "block_id": str(stage.away["block"])}
    odd = {"block_id ": away["block_id"], "Block_id": away["block_id"], "block_id\u200b": away["block_id"]}
    moves: list[dict[str, Any]] = [
        away,
        {"block_id": away["block_id"]},
        {"block_id": None, "estate_id": away["estate_id"]},
        odd,
    ]
    return me.takes(*(me.op("repair", mine, move) for move in moves))


@attack("moves a record of others into its own estate, then reads it")
def _(stage: Stage, me: Attacker) -> bool:
    here = {"estate_id": str(stage.here["estate"]), "block_id": str(stage.here["block"])}
    owner = {"owner_table": "repair", "owner_id": str(stage.here["repair"]), "case_id": str(uuid4())}
    ops = []
    for table, rid in foreign(stage, me):
        known = values.known(table)
        said = {name: one for name, one in {**here, **owner}.items() if name in known}
        ops += [me.op(table, rid, said), me.op(table, rid, filled(table, "x") | said, "insert")]
    taken = me.takes(*ops)
    me.page("GET", "/pull?limit=20000")
    return taken


@attack("steals a block to reach what lies in it")
def _(stage: Stage, me: Attacker) -> bool:
    if me.who.everywhere:
        return False
    mine = str(stage.here["estate"])
    taken = me.takes(
        me.op("block", stage.away["block"], {"estate_id": mine}),
        me.op("block", stage.away["block"], {"estate_id": mine, "code": "B", "name": "x"}, "insert"),
        me.op("block", stage.here["block"], {"estate_id": str(stage.away["estate"])}),
    )
    me.ask("GET", f"/bootstrap/block:{stage.away['block']}")
    return taken


@attack("hangs a photo or a clock of its own on a hidden record")
def _(stage: Stage, me: Attacker) -> bool:
    ops = []
    for table, rid in foreign(stage, me):
        owner = {"owner_table": table, "owner_id": str(rid)}
        for child in ("attachment", "clock"):
            mine = {"added_by": str(me.member)} if child == "attachment" else {}
            ops.append(me.op(child, None, filled(child, "x") | mine | owner, "insert"))
            ops.append(me.op(child, stage.here[child], owner))
    return me.takes(*ops[:400])


@attack("writes into the log of a hidden case")
def _(stage: Stage, me: Attacker) -> bool:
    case = str(stage.hidden["restricted_case"])
    note = {"text": "x", "staff_id": str(me.member), "made_at": AT}
    spelt = (case, case.upper(), f"{{{case}}}", case.replace("-", ""), f"urn:uuid:{case}", f" {case}")
    ops = [me.op("case_note", None, {**note, "case_id": one}, "insert") for one in spelt]
    return me.takes(*ops, me.op("case_note", stage.hidden["case_note"], {**note, "case_id": case}))


@attack("opens a case under the id of a hidden one, or about a hidden person")
def _(stage: Stage, me: Attacker) -> bool:
    mine = {
        "kind": "hate_incident",
        "status": "open",
        "title": "x",
        "opened_by": str(me.member),
        "opened_at": AT,
    }
    mine["kind"] = str(filled("restricted_case", "x")["kind"])
    ops = [me.op("restricted_case", stage.hidden["restricted_case"], mine, "insert")]
    if not me.who.everywhere:
        ops += [me.op("restricted_case", None, {**mine, "person_id": str(stage.away["person"])}, "insert")]
        ops += [me.op("restricted_case", None, {**mine, "home_id": str(stage.away["home"])}, "insert")]
    note = {
        "text": "x",
        "staff_id": str(me.member),
        "made_at": AT,
        "case_id": str(stage.hidden["restricted_case"]),
    }
    return me.takes(*ops) or me.takes(ops[0], me.op("case_note", None, note, "insert"), together=True)
