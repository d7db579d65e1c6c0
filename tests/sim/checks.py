"""What has to hold at rest: the same everywhere, every word somewhere, nothing where it may not be."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, select

from tests.network import NONE
from tests.sim.computer import Computer
from tests.sim.ledger import TOGETHER, Entry, describe
from tests.sim.world import World
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.capture import to_json
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import memory
from watmos_office import devices, exporting, grants
from watmos_office.tables import CaseExclusion, CaseMember, Device, Op, Quarantine, Record, Stream

_ROUNDS = 12
_OFFICE_ONLY = {"staff", "staff_scope"}


def come_to_rest(world: World) -> None:
    """No mishaps any more: whoever was suspended may go on, and all sync until nothing moves."""
    for computer in world.computers:
        computer.way.faults = NONE
        computer.clock.set(world.clock.now())
        if not computer.gone and world.status(computer) == "suspended":
            world.administer(devices.resume, computer.id())
    before = None
    for _ in range(_ROUNDS):
        for computer in world.computers:
            if not computer.gone:
                world.sync(computer)
        now = world.counts["joined again"], _all(world)  # who has just joined again has not read yet
        if now == before:
            return
        before = now
    world.wrong.append("it does not come to rest")


def _all(world: World) -> Any:
    with world.office.reading() as connection:
        office = sorted(
            (row.rid.hex, row.newest) for row in connection.execute(select(Record.rid, Record.newest))
        )
    return office, [(shown(one), len(one.ops())) for one in world.computers if not one.gone]


def shown(computer: Computer) -> dict[tuple[str, str], dict[str, Any]]:
    """Every live record on a device, in JSON."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    with computer.store.read() as session:
        for table, model in SYNCED.items():
            for row in session.execute(select(model.__table__)).mappings():  # type: ignore[attr-defined]
                if not row["deleted"]:
                    found[table, str(row["id"])] = {
                        name: to_json(value)
                        for name, value in row.items()
                        if name not in ("id", "stamps", "deleted")
                    }
    return found


def check(world: World) -> list[str]:
    """Everything that is wrong, in words."""
    wrong = [*world.wrong, *world.ledger.wrong]
    living = [
        one
        for one in world.computers
        if not one.gone and world.status(one) == "active" and world.is_active(one.member)
    ]
    for computer in living:
        wrong += _rest(world, computer)
        wrong += _same(world, computer)
    wrong += _peers(world, living)
    wrong += _confined(world, living)
    wrong += _photos(world, living)
    world.ledger.wrong.clear()
    world.ledger.all_there(world.there(), "at the end")
    wrong += world.ledger.wrong
    return wrong + _balance(world)


def _rest(world: World, computer: Computer) -> list[str]:
    """Nothing waits, and number, hash and buckets are what the office says."""
    kept = memory.load(computer.store)
    with computer.store.read() as session:
        waiting = session.connection().exec_driver_sql("SELECT count(*) FROM outbox").scalar_one()
        unseen = session.connection().exec_driver_sql("SELECT count(*) FROM _touched").scalar_one()
    wrong = []
    if waiting or unseen:
        wrong.append(f"{computer.name}: {waiting} operations wait, {unseen} rows were not captured")
    with world.office.reading() as connection:
        mine = (Stream.device_id == UUID(kept.device), Stream.incarnation == computer.store.incarnation)
        stream = connection.execute(select(Stream.last_n, Stream.hash).where(*mine)).first()
        held = _rights(connection, computer)[1]
    said = (0, "") if stream is None else (stream.last_n, stream.hash)
    if said != (kept.acked, kept.hash):
        wrong.append(
            f"{computer.name} believes {kept.acked} {kept.hash[:8]}, the office {said[0]} {said[1][:8]}"
        )
    if set(kept.held) != held or kept.sweeping or kept.asked or not kept.cursor:
        wrong.append(
            f"{computer.name} holds {sorted(kept.held)} of {sorted(held)}; {kept.sweeping} {kept.asked}"
        )
    return wrong


def _rights(connection: Connection, computer: Computer) -> tuple[Actor, frozenset[str]]:
    """What the office grants this device: cases only once it was confirmed, or where they were opened on it."""
    confirmed = connection.scalar(select(Device.cases_at).where(Device.id == computer.id())) is not None
    actor = grants.actor(connection, computer.member, None if confirmed else computer.id())
    return actor, grants.buckets(connection, actor, confirmed=confirmed)


def _same(world: World, computer: Computer) -> list[str]:
    """A device shows what the office exports for its person, and nothing else."""
    with world.office.reading() as connection:
        actor, held = _rights(connection, computer)
    office = {}
    for line in exporting.export(world.office, actor, held):
        row = orjson.loads(line)
        office[row.pop("table"), row.pop("id")] = row
    here = shown(computer)
    wrong = [f"{computer.name} lacks {key}" for key in office.keys() - here.keys()]
    wrong += [f"{computer.name} has {key} too many" for key in here.keys() - office.keys()]
    for key in office.keys() & here.keys():
        for name, value in office[key].items():
            if name in here[key] and not alike(here[key][name], value):
                wrong.append(f"{computer.name} shows {key} {name} {here[key][name]!r}, the office {value!r}")
    return wrong


def alike(one: Any, other: Any) -> bool:
    """Whether two JSON values say the same; what is empty is stored in more than one way."""
    return one == other or (not one and not other)


def _peers(world: World, living: list[Computer]) -> list[str]:
    """Devices with the same rights show the same, to the last field."""
    alike_ones: dict[Any, list[Computer]] = defaultdict(list)
    with world.office.reading() as connection:
        for one in living:
            alike_ones[one.role, _rights(connection, one)[1] - {f"user:{one.member}"}].append(one)
    wrong = []
    for first, *others in alike_ones.values():
        for other in others:
            ours, theirs = shown(first), shown(other)
            wrong += [
                f"{first.name} and {other.name} differ in {key}: {ours.get(key)} / {theirs.get(key)}"
                for key in ours.keys() | theirs.keys()
                if ours.get(key) != theirs.get(key)
            ]
    return wrong


def _confined(world: World, living: list[Computer]) -> list[str]:
    """No row of an estate that is not theirs, and no word of a case at anyone who is not named. Own reckoning."""
    with world.office.reading() as connection:
        teams = connection.execute(
            select(CaseMember.case_id, CaseMember.member_id, CaseMember.device_id)
        ).all()
        confirmed = set(connection.scalars(select(Device.id).where(Device.cases_at.is_not(None))))
        opened = {(row.case_id, row.device_id) for row in teams}
        named = {(row.case_id, row.member_id) for row in teams}
        named -= {
            (row.case_id, row.member_id)
            for row in connection.execute(select(CaseExclusion.case_id, CaseExclusion.member_id))
        }
        estates = {one.member: grants.actor(connection, one.member) for one in living}
        secret = {
            row.rid: row.data
            for row in connection.execute(
                select(Record.rid, Record.data).where(Record.tbl == "restricted_case")
            )
        }
        notes = {
            row.rid: UUID(row.data["case_id"])
            for row in connection.execute(select(Record.rid, Record.data).where(Record.tbl == "case_note"))
        }
    wrong = []
    for computer in living:
        actor = estates[computer.member]
        rows = shown(computer)
        if not actor.everywhere:
            theirs = {str(one) for one in actor.estates}
            for key, row in rows.items():
                if key[0] not in _OFFICE_ONLY and row.get("estate_id") and row["estate_id"] not in theirs:
                    wrong.append(f"{computer.name} holds {key} of an estate that is not theirs")
        kept = _ids_kept(computer)
        for case in secret:
            here = computer.id() in confirmed or (case, computer.id()) in opened
            if here and (case, computer.member) in named:
                continue
            about = {case} | {note for note, of in notes.items() if of == case}
            if about & kept:
                wrong.append(f"{computer.name} holds case {case}, to which {computer.member} is not named")
    return wrong


def _ids_kept(computer: Computer) -> set[UUID]:
    """Every record that a device knows of in any way but its own held and sent work."""
    with computer.store.read() as session:
        run = session.connection().exec_driver_sql
        found = {one for table in SYNCED for (one,) in run(f"SELECT id FROM {table}")}
        found |= {
            one for (one,) in run("SELECT record_id FROM change UNION SELECT record_id FROM unknown_field")
        }
        found |= {
            one for (one,) in run("SELECT owner_id FROM conflict UNION SELECT owner_id FROM attachment")
        }
    return {UUID(bytes=one) for one in found}


def _photos(world: World, living: list[Computer]) -> list[str]:
    """A photo whose bytes anybody has who shows it, everybody has who shows it."""
    wrong = []
    on: dict[str, list[Computer]] = defaultdict(list)
    for computer in living:
        for (table, _), row in shown(computer).items():
            if table == "attachment" and computer not in on[row["sha256"]]:
                on[row["sha256"]].append(computer)
    for sha256, computers in on.items():
        having = [one.name for one in computers if one.store.blobs.has(sha256)]
        if having and len(having) < len(computers):
            wrong.append(
                f"photo {sha256[:8]} is on {having}, not on all of {[one.name for one in computers]}"
            )
    return wrong


def _balance(world: World) -> list[str]:
    """Created = shown + overwritten by who had seen it + in a conflict + in quarantine + waiting + known to be lost."""
    with world.office.reading() as connection:
        ops = {row.id: row for row in connection.execute(select(Op.id, Op.status, Op.tbl, Op.rid))}
        held = {
            row.op_id: row
            for row in connection.execute(select(Quarantine.op_id, Quarantine.state, Quarantine.body))
        }
        rows = {
            (row.tbl, row.rid): row
            for row in connection.execute(select(Record.tbl, Record.rid, Record.data, Record.deleted))
        }
    hidden: dict[tuple[str, UUID], list[dict[str, Any]]] = defaultdict(list)
    for (table, _), row in rows.items():
        if table == "conflict":
            hidden[row.data["owner_table"], UUID(row.data["owner_id"])].append(row.data)
    waits = {op for op, row in held.items() if row.state != "released"}
    taken = set(ops) - waits
    wrong = []
    for entry in world.ledger.entries.values():
        if entry.id not in ops:
            world.counts["lost" if entry.lost else "waiting"] += 1
        elif entry.id in waits:
            world.counts["quarantined"] += 1
            said = held[entry.id].body["set"]
            if any(
                name != "deleted" and name in said and not _says(said[name], value)
                for name, value in entry.touch.said.items()
            ):
                wrong.append(f"quarantine holds other words than {describe(entry)}")
        else:
            world.counts["applied"] += 1
            wrong += _words(world, entry, rows.get(entry.touch.key), hidden[entry.touch.key], taken)
    return wrong + _whole(world, waits, set(ops)) + _groups(rows)


def _says(said: Any, value: Any) -> bool:
    return alike(said, value) or (
        isinstance(said, dict) and value in (*said.get("add", ()), *said.get("remove", ()))
    )


def _words(world: World, entry: Entry, row: Any, hidden: list[dict[str, Any]], taken: set[UUID]) -> list[str]:
    """Where each word of an operation that was applied is."""
    table = entry.touch.key[0]
    if row is None:
        return [f"{describe(entry)} was taken and there is no such record"]
    if entry.touch.kind in ("delete", "remove") or table == "conflict":
        return []
    wrong = []
    for name, value in entry.touch.said.items():
        if (table, name) == ("attachment", "marks"):
            marks = value if isinstance(value, list) else [value]
            lost = [one for one in marks if one not in row.data[name]]
            if any(not world.ledger.removed(entry, one, taken) for one in lost):
                wrong.append(f"a mark is gone: {describe(entry)}")
        elif value not in (None, "", False) and not _found(world, entry, name, value, row, hidden, taken):
            shows = f"{row.data.get(name)!r}{', deleted' if row.deleted else ''}"
            wrong.append(f"{name} {value!r} is nowhere (shown: {shows}): {describe(entry)}")
    return wrong


def _found(
    world: World,
    entry: Entry,
    name: str,
    value: Any,
    row: Any,
    hidden: list[dict[str, Any]],
    taken: set[UUID],
) -> bool:
    """Whether a word is shown, or kept in a conflict, or was put away by somebody who had it before their eyes."""
    there = alike(row.data.get(name), value)
    if (there and not row.deleted) or any(one["value"].get(name) == value for one in hidden):
        return True
    if row.deleted and there:
        # What only a newer program knows nobody here could have seen; the record still has it.
        told = name not in SYNCED[entry.touch.key[0]].__table__.columns  # type: ignore[attr-defined]
        told = told or any(one["kind"] == "deleted" for one in hidden)
        return told or world.ledger.deleted_by_who_saw(entry, name, value, taken)
    return world.ledger.superseded(entry, name, value, taken)


def _whole(world: World, waits: set[UUID], ops: set[UUID]) -> list[str]:
    """One action of a person is applied or held as a whole."""
    actions: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in world.ledger.entries.values():
        if entry.id in ops:
            actions[entry.txn].append(entry)
    return [
        f"an action is half held: {[describe(one) for one in entries]}"
        for entries in actions.values()
        if len({one.id in waits for one in entries}) > 1
    ]


def _groups(rows: dict[tuple[str, UUID], Any]) -> list[str]:
    """Columns that belong together were written together: an address and its postcode bear the same word."""
    return [
        f"an address of one and a postcode of another: {row.data['address']} {row.data['postcode']}"
        for (table, _), row in rows.items()
        if table == "home" and row.data["postcode"] != f"P{row.data['address']}"
    ]


__all__ = ["TOGETHER", "check", "come_to_rest"]
