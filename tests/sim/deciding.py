"""What an administrator does in the simulation: who sees what, which device may speak, what becomes of held work."""

from __future__ import annotations

import random
from uuid import UUID

from sqlalchemy import select

from tests.sim.computer import Computer
from tests.sim.rules import rule
from tests.sim.world import World
from watmos_desktop.models.kinds import (
    Role,
)
from watmos_office import cases, confirming, devices, members, quarantine
from watmos_office.tables import CaseMember, Quarantine


def _lower(world: World, chance: random.Random) -> Computer | None:
    there = [one for one in world.computers if not one.gone and one.role is not Role.MANAGER]
    return chance.choice(there) if there else None


@rule(3)
def a_grant_more(world: World, chance: random.Random) -> None:
    """Somebody looks after another estate too."""
    if (computer := _lower(world, chance)) is not None:
        world.administer(members.grant, computer.member, estate_id=chance.choice(world.estates))


@rule(2)
def a_grant_less(world: World, chance: random.Random) -> None:
    """Somebody looks after an estate no longer."""
    computer, estate = _lower(world, chance), chance.choice(world.estates)
    if computer and world.administer(members.revoke, computer.member, estate_id=estate):
        _may_forget(world, computer.member)


def _may_forget(world: World, member: UUID) -> None:
    for one in world.computers:
        if one.member == member:
            world.ledger.forgot(one.name)


@rule(2)
def a_name_on_a_case(world: World, chance: random.Random) -> None:
    """Somebody is named to a case, or never again, or no longer."""
    with world.office.reading() as connection:
        found = (
            connection.execute(select(CaseMember.case_id).distinct().order_by(CaseMember.case_id))
            .scalars()
            .all()
        )
    if found:
        computer = chance.choice(world.computers)
        what = chance.choice((cases.name, cases.name, cases.unname, cases.exclude))
        if world.administer(what, chance.choice(found), computer.member) and what is not cases.name:
            _may_forget(world, computer.member)


@rule(2)
def a_second_person(world: World, chance: random.Random) -> None:
    """Somebody confirms a device for cases."""
    if there := [one for one in world.computers if not one.gone]:
        world.administer(confirming.at_console, chance.choice(there).id())


@rule(2)
def a_device_waits(world: World, chance: random.Random) -> None:
    """A device is suspended, or may go on."""
    if there := [one for one in world.computers if not one.gone]:
        what = chance.choice((devices.suspend, devices.resume, devices.resume))
        world.administer(what, chance.choice(there).id())


@rule(1)
def a_device_is_lost(world: World, chance: random.Random) -> None:
    """A device is drained or wiped; some stay, so that the world goes on."""
    there = [one for one in world.computers if not one.gone]
    if len(there) > 3 and chance.random() < 0.3:
        computer = chance.choice(there)
        if world.administer(chance.choice((devices.drain, devices.wipe)), computer.id()):
            world.ledger.forgot(computer.name)


@rule(1)
def somebody_leaves(world: World, chance: random.Random) -> None:
    """A member is disabled."""
    computer = _lower(world, chance) if chance.random() < 0.3 else None
    if computer and world.administer(members.disable, computer.member):
        _may_forget(world, computer.member)


@rule(2)
def held_work_is_looked_at(world: World, chance: random.Random) -> None:
    """An administrator lets what is held go on, or decides that it does not."""
    with world.office.reading() as connection:
        held = (
            connection.execute(
                select(Quarantine.op_id)
                .where(Quarantine.state == "open", Quarantine.reason != "collision")
                .order_by(Quarantine.op_id)
            )
            .scalars()
            .all()
        )
    if held:
        op = chance.choice(held)
        if chance.random() < 0.7:
            quarantine.release(world.office, op, world.computers[0].member)
        else:
            with world.office.writing() as connection:
                quarantine.dismiss(connection, world.office, op, world.computers[0].member)
