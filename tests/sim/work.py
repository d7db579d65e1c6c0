"""What people do in the simulation, each on their own device, mostly apart."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from tests import build
from tests.sim.computer import Computer
from tests.sim.ledger import Key, Touch
from tests.sim.rules import anyone, change, new, rule, some
from tests.sim.world import World
from watmos_desktop.models.kinds import (
    CaseKind,
    CaseStatus,
    ConflictKind,
    ConflictState,
    RepairStatus,
    Role,
)
from watmos_desktop.models.tables import (
    Answer,
    Attachment,
    Block,
    CaseNote,
    Conflict,
    Home,
    Repair,
    RestrictedCase,
    Staff,
    Synced,
)
from watmos_desktop.services.errors import Told
from watmos_desktop.services.sync import review

_CASE_ROLES = (Role.MANAGER, Role.TENANCY_OFFICER)


@rule(6)
def raise_a_repair(world: World, chance: random.Random) -> None:
    """Somebody finds something broken."""
    if (computer := anyone(world, chance)) is None:
        return
    with world.saving(computer) as (session, touches):
        touches.extend(_repair(world, session, computer, chance))


def _repair(world: World, session: Any, computer: Computer, chance: random.Random) -> list[Touch]:
    block, person = some(session, Block, chance), session.get(Staff, computer.member)
    if block is None or person is None:
        return []
    row = build.a_repair(session, block, person, title=world.word(), description=world.word())
    key = ("repair", row.id)
    return [Touch("insert", key, world.shown(session, key) or {}, None)]


@rule(18)
def edit_a_repair(world: World, chance: random.Random) -> None:
    """Somebody writes something else."""
    _edit(world, chance, Repair, ("title", "description", "contractor", "priority_reason", "hazard"))


def _edit(world: World, chance: random.Random, model: type[Synced], names: tuple[str, ...]) -> None:
    if (computer := anyone(world, chance)) is None:
        return
    with world.saving(computer) as (session, touches):
        row = some(session, model, chance)
        if row is not None:
            fields = {name: world.word() for name in chance.sample(names, chance.choice((1, 1, 2)))}
            touches.append(change(world, session, row, **fields))


@rule(6)
def move_a_repair_on(world: World, chance: random.Random) -> None:
    """A guarded step."""
    if (computer := anyone(world, chance)) is None:
        return
    with world.saving(computer) as (session, touches):
        row = some(session, Repair, chance, Repair.status.in_(("reported", "ordered")))
        if row is not None:
            status = chance.choice([one for one in RepairStatus if one not in ("reported", row.status)])
            at = computer.clock.now() if status is RepairStatus.COMPLETED else None
            touches.append(change(world, session, row, status=status, completed_at=at))


@rule(3)
def put_away(world: World, chance: random.Random) -> None:
    """Somebody deletes a repair."""
    if (computer := anyone(world, chance)) is None:
        return
    with world.saving(computer) as (session, touches):
        row = some(session, Repair, chance)
        if row is not None:
            touches.append(change(world, session, row, deleted=True))


@rule(5)
def several_at_once(world: World, chance: random.Random) -> None:
    """One save of several records: all of it or none."""
    if (computer := anyone(world, chance)) is None:
        return
    with world.saving(computer) as (session, touches):
        touches.extend(_repair(world, session, computer, chance))
        for model, name in ((Repair, "contractor"), (Home, "access_notes"), (Attachment, "caption")):
            row = some(session, model, chance)
            if row is not None and row.id not in {one.key[1] for one in touches}:
                touches.append(change(world, session, row, **{name: world.word()}))


@rule(3)
def a_home(world: World, chance: random.Random) -> None:
    """A manager adds a home."""
    computer = anyone(world, chance)
    if computer is None or computer.role is not Role.MANAGER:
        return
    with world.saving(computer) as (session, touches):
        if (block := some(session, Block, chance)) is not None:
            row = build.a_home(session, block, address=(one := world.word()), postcode=f"P{one}")
            key = ("home", row.id)
            touches.append(Touch("insert", key, world.shown(session, key) or {}, None))


@rule(6)
def edit_a_home(world: World, chance: random.Random) -> None:
    """An address, which is one thing of two columns, or a note."""
    computer = anyone(world, chance)
    if computer is None or computer.role is not Role.MANAGER:
        return
    with world.saving(computer) as (session, touches):
        if (row := some(session, Home, chance)) is not None:
            words = {"access_notes": world.word()}
            if chance.random() < 0.6:
                words = {"address": (one := world.word()), "postcode": f"P{one}"}
            touches.append(change(world, session, row, **words))


@rule(3)
def begin_a_walk(world: World, chance: random.Random) -> None:
    """An inspection with its first answers, in one save."""
    if (computer := anyone(world, chance)) is None:
        return
    with world.saving(computer) as (session, touches):
        block, person = some(session, Block, chance), session.get(Staff, computer.member)
        if block is None or person is None:
            return
        walk = build.an_inspection(session, block, person)
        touches.append(
            Touch(
                "insert", ("inspection", walk.id), world.shown(session, ("inspection", walk.id)) or {}, None
            )
        )
        for item in ("bins", "doors"):
            answer = Answer(
                inspection_id=walk.id,
                item_key=item,
                value="b",
                note=world.word(),
                answered_at=computer.clock.now(),
            )
            touches.append(new(world, session, answer))


@rule(6)
def answer(world: World, chance: random.Random) -> None:
    """A grade, which is one thing of five columns, or a note."""
    if (computer := anyone(world, chance)) is None:
        return
    with world.saving(computer) as (session, touches):
        if (row := some(session, Answer, chance)) is not None:
            fields: dict[str, Any] = {"note": world.word()}
            if chance.random() < 0.5:
                fields = {
                    "value": chance.choice("abcd"),
                    "phrase_key": world.word(),
                    "answered_at": computer.clock.now(),
                }
            touches.append(change(world, session, row, **fields))


@rule(4)
def take_a_photo(world: World, chance: random.Random) -> None:
    """A photo of a repair."""
    if (computer := anyone(world, chance)) is None:
        return
    data = chance.randbytes(chance.choice((900, 5000)))
    with world.saving(computer) as (session, touches):
        if (row := some(session, Repair, chance)) is not None:
            photo = Attachment(
                owner_table="repair", owner_id=row.id, sha256=computer.store.blobs.put(data), size=len(data),
                width=1, height=1, caption=world.word(), marks=[_mark(world)],
                taken_at=computer.clock.now(), added_by=computer.member,
            )  # fmt: skip
            touches.append(new(world, session, photo))


def _mark(world: World) -> dict[str, Any]:
    return {"kind": "ellipse", "points": [[0.1, 0.1], [0.2, 0.3]], "name": world.word()}


@rule(5)
def draw_on_a_photo(world: World, chance: random.Random) -> None:
    """A mark more or less, or another caption."""
    if (computer := anyone(world, chance)) is None:
        return
    with world.saving(computer) as (session, touches):
        if (row := some(session, Attachment, chance)) is None:
            return
        key: Key = ("attachment", row.id)
        saw = world.shown(session, key)
        what = chance.choice(("caption", "add", "remove"))
        if what == "caption":
            touches.append(change(world, session, row, caption=world.word()))
        elif what == "add":
            mark = _mark(world)
            row.marks = [*row.marks, mark]
            touches.append(Touch("add", key, {"marks": mark}, saw))
        elif row.marks:
            mark = chance.choice(row.marks)
            row.marks = [one for one in row.marks if one != mark]
            touches.append(Touch("remove", key, {"marks": mark}, saw))
        session.flush()


@rule(3)
def open_a_case(world: World, chance: random.Random) -> None:
    """Somebody confides in an officer."""
    computer = anyone(world, chance)
    if computer is None or computer.role not in _CASE_ROLES:
        return
    with world.saving(computer) as (session, touches):
        case = RestrictedCase(
            id=build_id(chance), kind=CaseKind.SAFEGUARDING, title=f"secret {world.word()}", summary=world.word(),
            opened_by=computer.member, opened_at=computer.clock.now(),
        )  # fmt: skip
        touches.append(new(world, session, case))


def build_id(chance: random.Random) -> UUID:
    """A random id (version 4), as a case has."""
    return UUID(int=chance.getrandbits(128), version=4)


@rule(4)
def work_on_a_case(world: World, chance: random.Random) -> None:
    """A note, another summary, or a step."""
    computer = anyone(world, chance)
    if computer is None or computer.role not in _CASE_ROLES:
        return
    with world.saving(computer) as (session, touches):
        if (row := some(session, RestrictedCase, chance)) is None:
            return
        what = chance.choice(("note", "summary", "status"))
        if what == "note":
            note = CaseNote(
                case_id=row.id,
                text=f"secret {world.word()}",
                staff_id=computer.member,
                made_at=computer.clock.now(),
            )
            touches.append(new(world, session, note))
        elif what == "summary":
            touches.append(change(world, session, row, summary=f"secret {world.word()}"))
        elif row.status is CaseStatus.OPEN:
            touches.append(change(world, session, row, status=CaseStatus.MONITORING))


@rule(4)
def decide_a_conflict(world: World, chance: random.Random) -> None:
    """Somebody looks at the review page and decides."""
    if (computer := anyone(world, chance)) is None:
        return
    with computer.store.read() as session:
        quiet = Conflict.kind != ConflictKind.PARALLEL
        row = some(session, Conflict, chance, Conflict.state == ConflictState.OPEN, quiet)
    if row is None:
        return
    key: Key = (row.owner_table, row.owner_id)
    try:
        with world.saving(computer) as (session, touches):
            saw, asked = world.shown(session, key), world.shown(session, ("conflict", row.id))
            review.resolve(session, row.id, chance.choice((*review.Choice,)))
            session.flush()
            now = world.shown(session, key)
            touches.append(Touch("update", ("conflict", row.id), {}, asked))
            said = (
                {name: now[name] for name in now if saw is None or saw[name] != now[name]}
                if now
                else {"deleted": True}
            )
            if now != saw:
                touches.append(Touch("update" if now else "delete", key, said, saw))
    except Told:
        world.counts["not decided"] += 1


@rule(2)
def a_newer_program_writes(world: World, chance: random.Random) -> None:
    """A device with a newer program says something that nobody else has a column for."""
    if (computer := anyone(world, chance)) is None:
        return
    word = world.word()
    with world.saving(computer) as (session, touches):
        row = some(session, Repair, chance)
        if row is None:
            return
        touch = change(world, session, row, contractor=world.word())
        session.connection().exec_driver_sql(
            "UPDATE outbox SET fields = json_set(fields, '$.warranty', ?) WHERE n = (SELECT max(n) FROM outbox)",
            (word,),
        )
        touches.append(Touch(touch.kind, touch.key, {**touch.said, "warranty": word}, touch.saw))
