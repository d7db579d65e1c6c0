"""Attacks with words: oracles, other people's operations, clocks, states that may not be skipped, roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from tests.attack.attacker import AT, TOOK, Attacker
from tests.attack.oracle import settle
from tests.attack.stage import EXCLUDED, OWNED, STAMP, Stage, Who, attack
from tests.attack.writing import WALKERS, foreign, repair, text_of
from tests.office.feed import filled
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import policy
from watmos_desktop.services.sync import values
from watmos_office import records
from watmos_office.tables import Op, Quarantine


def _keys(stage: Stage, me: Attacker) -> Iterator[tuple[str, str, str, str]]:
    """Every column that names a record, with a hidden one and one that is not there."""
    for table, model in SYNCED.items():
        for column in model.__table__.columns:  # type: ignore[attr-defined]
            for key in column.foreign_keys:
                above = key.column.table.name
                rows = stage.hidden if above in stage.hidden and above not in OWNED else stage.away
                if above in rows and not (me.who.everywhere and rows is stage.away):
                    yield table, column.key, str(rows[above]), str(uuid4())


@attack("refers to hidden records, to learn from the answer whether they are there")
def _(stage: Stage, me: Attacker) -> bool:
    taken, told = False, []
    for table, column, hidden, none in _keys(stage, me):
        data = filled(table, "x") | {
            "estate_id": str(stage.here["estate"]),
            "block_id": str(stage.here["block"]),
        }
        data = {name: one for name, one in data.items() if name in values.known(table)}
        data |= {name: str(me.member) for name in ("reported_by", "started_by", "opened_by") if name in data}
        told.append([me.op(table, None, {**data, column: one}, "insert") for one in (hidden, none)])
        told.append([me.op(table, stage.here.get(table), {column: one}) for one in (hidden, none)])
    results = me.push(*[op for pair in told for op in pair][:500]) if told else []
    for one, other in zip(results[::2], results[1::2], strict=True):
        taken |= one != other or (one[0] in TOOK and "staff" not in str(told))
    return taken


@attack("asks for the same of hidden records and of none, to tell them apart")
def _(stage: Stage, me: Attacker) -> bool:
    ops = []
    for table, rid in foreign(stage, me):
        for said, kind in (({text_of(table): "x"} if text_of(table) else {}, "update"), ({}, "delete")):
            ops += [me.op(table, one, said, kind) for one in (rid, uuid4())]
    results = me.push(*ops)
    return any(one != other for one, other in zip(results[::2], results[1::2], strict=True))


@attack("sends another's operation again, as it was and with other words")
def _(stage: Stage, me: Attacker) -> bool:
    theirs = stage.victim.op("repair", None, {"title": "x"})
    with stage.office.writing() as connection:
        row = {
            "device_id": stage.victim.id,
            "incarnation": stage.victim.incarnation,
            "member_id": stage.victim.member,
        }
        connection.execute(
            Op.__table__.insert().values(  # type: ignore[attr-defined]
                id=UUID(theirs["id"]),
                n=len(theirs) + me.tick + uuid4().int % 2**40,
                hash="0" * 64,
                tbl="repair",
                rid=UUID(theirs["rid"]),
                status="applied",
                body=theirs,
                received_at=stage.feed.now,
                **row,
            )
        )
    again = me.takes(
        theirs,
    ) or me.takes({**theirs, "tbl": "case_note"})
    mine = me.op("repair", None, repair(stage, me), "insert", id=theirs["id"])
    return again or me.takes(mine)


@attack("uses one id for two operations", WALKERS)
def _(stage: Stage, me: Attacker) -> bool:
    first = me.op("repair", None, repair(stage, me), "insert")
    me.push(first)
    other = {**first, "set": {**first["set"], "title": "Other"}}
    return me.takes(other) or me.takes(first, first)


@attack("wins every merge by a clock of the year 9999 or an overflow", WALKERS)
def _(stage: Stage, me: Attacker) -> bool:
    mine, tag = uuid4(), me.incarnation.hex[:8]
    me.push(me.op("repair", mine, repair(stage, me), "insert"))
    far = ("e677d21fdbffffff", "ffffffffffffffff", "8000000000000000")
    me.push(*(me.op("repair", mine, {"note": "x"}, stamp=upper + tag) for upper in far))
    row = stage.data("repair", mine)
    now = stage.office.clock.now().timestamp() * 1000
    return row is not None and int(row.newest[:12], 16) > now + 121_000


@attack("signs its stamps as the office does, or not at all")
def _(stage: Stage, me: Attacker) -> bool:
    stamps = (
        "0" * 16 + records.TAG,
        "f" * 16 + records.TAG,
        "9" * 30,
        "",
        "g" * 24,
        "F" * 24,
        "-1",
        "0x" + "0" * 22,
    )
    bases = ({"title": "0" * 16 + "x"}, {"^": "later"}, {"^": 7}, {"*": "f" * 999}, {"__proto__": STAMP})
    ops = [me.op("repair", stage.here["repair"], {"note": "x"}, stamp=one) for one in stamps]
    return me.takes(
        *ops, *(me.op("repair", stage.here["repair"], {"note": "x"}, base=one) for one in bases[:4])
    )


@attack(
    "has its words kept under another's name",
    (Who(Role.CARETAKER), Who(Role.TENANCY_OFFICER), Who(Role.MANAGER)),
)
def _(stage: Stage, me: Attacker) -> bool:
    """It takes the very stamp of another's write for its own, then loses to a third."""
    officer, third = stage.person(Who(Role.TENANCY_OFFICER)), stage.person(Who(Role.TENANCY_OFFICER))
    row = officer.op("repair", None, repair(stage, officer), "insert")
    theirs = officer.op("repair", row["rid"], {"title": "Hers"})
    officer.push(row, theirs)
    settle(stage, me)
    me.push(me.op("repair", row["rid"], {"title": "Foul words"}, stamp=theirs["stamp"]))
    stage.feed.office.clock.forward(minutes=1)  # type: ignore[attr-defined]
    third.push(third.op("repair", row["rid"], {"title": "Later"}, base={"title": "0" * 24}))
    kept = third.page("GET", "/pull?limit=20000")
    settle(stage, me)
    return _blamed(kept, str(officer.member))


def _blamed(lines: list[Any], member: str) -> bool:
    """Whether a conflict says that this person wrote the foul words."""
    columns: list[str] = []
    for line in lines:
        if isinstance(line, dict):
            columns = line.get("c", columns)
        elif "value" in columns and "made_by" in columns:
            row = dict(zip(columns, line[4:], strict=False))
            if "Foul" in str(row["value"]) and row["made_by"] == member:
                return True
            if "Foul" in str(row["shown"]) and row["shown_by"] == member:
                return True
    return False


@attack("skips the steps of a walk, a repair, a case")
def _(stage: Stage, me: Attacker) -> bool:
    walk = filled("inspection", "HERE-inspection") | {
        "status": "signed",
        "block_id": str(stage.here["block"]),
    }
    bucket = f"block:{stage.here['block']}"
    signed = stage.feed.put("inspection", walk, bucket, author=stage.victim.member)
    answer = filled("answer", "HERE-answer") | {"inspection_id": str(signed)}
    sealed = stage.feed.put("answer", answer, bucket, author=stage.victim.member)
    settle(stage, me)
    ops = [me.op("inspection", signed, {"status": "draft"}), me.op("inspection", signed, {"note": "x"})]
    ops += [
        me.op("inspection", signed, {}, "delete"),
        me.op("answer", sealed, {"note": "x"}),
        me.op("answer", sealed, {}, "delete"),
    ]
    ops += [
        me.op("answer", None, {**answer, "item_key": "new"}, "insert"),
        me.op("schedule", stage.here["schedule"], {"last_done_on": "2030-01-01"}),
    ]
    ops += [me.op("restricted_case", stage.hidden["restricted_case"], {"status": "closed"})]
    photo = filled("attachment", "x") | {
        "owner_table": "inspection",
        "owner_id": str(signed),
        "added_by": str(me.member),
    }
    ops += [me.op("attachment", None, photo, "insert")]
    if me.who.role is Role.MANAGER:
        ops = [op for op in ops if op["tbl"] != "schedule"]  # managers plan
    return me.takes(*ops)


@attack("puts its own words into the templates that everybody uses")
def _(stage: Stage, me: Attacker) -> bool:
    body = filled("template_version", "x")
    ops = [
        me.op("template_version", stage.here["template_version"], body, kind)
        for kind in ("insert", "update", "delete")
    ]
    return me.takes(
        *ops, me.op("template_version", None, {**body, "key": "communal", "version": 1}, "insert")
    )


@attack("writes what its role may not")
def _(stage: Stage, me: Attacker) -> bool:
    actor = policy.Actor(me.member, "", me.who.role)
    ops = []
    for table, rid in stage.here.items():
        whole = filled(table, "x")
        ops += [
            me.op(table, rid, {name: whole[name]})
            for name in values.known(table)
            if not policy.may_change(actor, table, name)
        ]
        if not any(policy.may_change(actor, table, name) for name in values.known(table)):
            ops += [me.op(table, rid, {}, "delete"), me.op(table, None, whole, "insert")]
    ops = [op for op in ops if op["tbl"] != "schedule" or "due_on" not in op["set"]]
    return any(me.takes(*ops[at : at + 500]) for at in range(0, len(ops), 500))


@attack("as a neighbour, changes what others wrote", (Who(Role.AMBASSADOR),))
def _(stage: Stage, me: Attacker) -> bool:
    tables = (
        "inspection",
        "answer",
        "repair",
        "attachment",
        "amendment",
        "attendance",
        "signature",
        "defect_sighting",
    )
    ops = [
        me.op(table, stage.here[table], {name: one})
        for table in tables
        for name, one in filled(table, "x").items()
        if name not in ("status", "completed_at")
    ]
    return me.takes(*ops, *(me.op(table, stage.here[table], {}, "delete") for table in tables))


@attack("uses names of fields that mean something to somebody")
def _(stage: Stage, me: Attacker) -> bool:
    odd = (
        "__proto__",
        "^",
        "*",
        "~",
        "id",
        "stamps",
        "deleted",
        "$ref",
        "Estate_id",
        "a b",
        "estate_id\u200b",
        "еstate_id",
        "x;y",
        "",
        "a" * 64,
        "data->>'x'",
    )
    return me.takes(*(me.op("repair", stage.here["repair"], {name: "true"}) for name in odd))


@attack("stops another's work by holding an operation of the same action")
def _(stage: Stage, me: Attacker) -> bool:
    officer = stage.person(Who(Role.TENANCY_OFFICER))
    settle(stage, me)
    op = officer.op("repair", None, repair(stage, officer), "insert")
    me.push(me.op("repair", None, {"title": 7}, "insert", txn=op["txn"]))
    stopped = officer.push(op)[0][0] != "applied"
    settle(stage, me)
    with stage.office.reading() as connection:
        mine = connection.scalars(
            select(Quarantine.member_id).where(Quarantine.txn_id == UUID(op["txn"]))
        ).all()
    return stopped or any(one != me.member for one in mine)


@attack("goes on in the stream of another's device")
def _(stage: Stage, me: Attacker) -> bool:
    officer = stage.person(Who(Role.TENANCY_OFFICER))
    officer.push(officer.op("repair", None, repair(stage, officer), "insert"))
    settle(stage, me)
    theirs: dict[str, Any] = {"incarnation": str(officer.incarnation)}
    me.ask("POST", "/hello", me.greeting(incarnation=str(officer.incarnation), last_n=9, hash="0" * 64))
    me.ask("POST", "/hello", me.greeting(incarnation=str(officer.incarnation), last_n=2**53 - 1, hash=""))
    me.push(me.op("repair", None, {"title": 7}, "insert"), **theirs)
    me.push(me.op("repair", None, {"title": 7}, "insert"), **theirs, prev_hash=officer.hash, first_n=2)
    held = officer.push(officer.op("repair", None, repair(stage, officer), "insert"))
    settle(stage, me)
    return held != [("applied", "")]


@attack(
    "signs and completes what only others may", (Who(Role.ADMINISTRATOR), Who(Role.AMBASSADOR), EXCLUDED[2])
)
def _(stage: Stage, me: Attacker) -> bool:
    ops = [
        me.op("repair", stage.here["repair"], {"status": one})
        for one in ("completed", "cancelled", "ordered")
    ]
    amended = {
        "inspection_id": str(stage.here["inspection"]),
        "text": "x",
        "staff_id": str(me.member),
        "made_at": AT,
    }
    ops += [
        me.op("amendment", None, amended, "insert"),
        me.op("schedule", stage.here["schedule"], {"due_on": "2030-01-01"}),
    ]
    if me.who.role is Role.ADMINISTRATOR:
        ops += [
            me.op("repair", None, repair(stage, me), "insert"),
            me.op("inspection", stage.here["inspection"], {"status": "signed"}),
        ]
    return me.takes(*ops)
