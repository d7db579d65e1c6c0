"""Syncs of the simulation, and what may go wrong with devices, clocks, the network and the office."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from tests.fakes import NOW
from tests.sim.rules import rule
from tests.sim.world import World
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.sync import memory

_DST = (
    datetime(2026, 10, 25, 0, 59, 59, tzinfo=LONDON),
    datetime(2027, 3, 28, 0, 59, 59, tzinfo=LONDON),
)


@rule(40)
def sync(world: World, chance: random.Random) -> None:
    """One device syncs, on whatever network there is."""
    there = [one for one in world.computers if not one.gone]
    if there:
        world.sync(chance.choice(there))


@rule(6)
def sync_in_peace(world: World, chance: random.Random) -> None:
    """One device syncs at the office."""
    there = [one for one in world.computers if not one.gone]
    if there:
        world.quiet_sync(chance.choice(there))


@rule(6)
def a_device_dies(world: World, chance: random.Random) -> None:
    """The power goes off at any statement, request or answer of a sync."""
    if there := [one for one in world.computers if not one.gone]:
        kind = chance.choice(("statement", "request", "reply"))
        world.dies(chance.choice(there), chance.randint(1, 60 if kind == "statement" else 8), kind)


@rule(5)
def the_office_dies(world: World, chance: random.Random) -> None:
    """The office's power goes off at any statement while a device syncs."""
    if there := [one for one in world.computers if not one.gone]:
        world.office_dies(chance.choice(there), chance.randint(1, 60))


@rule(3)
def keep_a_copy(world: World, chance: random.Random) -> None:
    """A backup of a device."""
    if there := [one for one in world.computers if not one.gone]:
        world.keep_copy(chance.choice(there))


@rule(2)
def put_a_device_back(world: World, chance: random.Random) -> None:
    """A device is put back to an older copy."""
    there = [one for one in world.computers if not one.gone and one.copies]
    if there:
        computer = chance.choice(there)
        world.put_back(computer, chance.randrange(len(computer.copies)), told=chance.random() < 0.5)


@rule(1)
def clone_a_device(world: World, chance: random.Random) -> None:
    """A copy of a workspace is used on another computer."""
    there = [one for one in world.computers if not one.gone]
    if there and len(world.computers) < 6:
        world.clone(chance.choice(there))


@rule(2)
def back_up_the_office(world: World, _chance: random.Random) -> None:
    """The nightly backup."""
    world.backup_office()


@rule(1)
def put_the_office_back(world: World, _chance: random.Random) -> None:
    """The office's disk is gone; it comes back from the last backup."""
    world.put_office_back()


@rule(3)
def a_clock_jumps(world: World, chance: random.Random) -> None:
    """A device's clock is set wrong, or right again, or the night of a clock change comes."""
    if there := [one for one in world.computers if not one.gone]:
        clock = chance.choice(there).clock
        to = chance.choice(
            (
                world.clock.now(),
                world.clock.now(),
                clock.now() - timedelta(days=365),
                clock.now() + timedelta(days=3652),
                *_DST,
            )
        )
        if abs(to - NOW) < timedelta(days=30_000):
            clock.set(to)


@rule(12)
def time_passes(world: World, chance: random.Random) -> None:
    """Minutes, sometimes days."""
    world.time_passes(timedelta(seconds=chance.choice((1, 1, 20, 400, 4000, 100_000))))


@rule(1)
def a_program_is_updated(world: World, chance: random.Random) -> None:
    """A device's memory says that it last read with an older program."""
    if there := [one for one in world.computers if not one.gone]:
        store = chance.choice(there).store
        with store.apply() as connection:
            memory.write(connection, replace(memory.load(store), schema="0002"))
