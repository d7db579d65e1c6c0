"""Restored and copied devices, a restored office, lost numbers: what is kept is offered again, nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text, update

from tests.conftest import PASSPHRASE, Workspace
from tests.fakes import FakeClock
from tests.sync.conftest import Device, Joining, OfficeApp
from tests.sync.devices import (
    a_repair,
    at_office,
    edit,
    held,
    sent,
    settle,
    shown,
    state,
    sync,
    tick,
    waiting,
)
from watmos_desktop.services import backup, restore
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import incoming, joining, lives, memory
from watmos_office.tables import Fact, Stream


def _life(device: Device) -> UUID:
    return device.store.incarnation


def test_a_restored_device_starts_a_new_life_and_gets_back_what_it_forgot(
    joined: Joining, office_app: OfficeApp
) -> None:
    one, two = joined(), joined()
    repair = a_repair(one)
    sync(one)
    made = backup.make(one.store)
    tick(office_app)
    edit(one, repair, title="after the backup")
    sync(one)
    life, home, clock = _life(one), one.store.home, one.store.clock
    one.client.close()
    one.store.close()
    assert isinstance(clock, FakeClock)
    restore.restore(home, made.path, PASSPHRASE, clock=clock)
    one.store = Store.open(home, PASSPHRASE, clock=clock)
    one.client = joining.connect(one.store, transport=one.network)
    assert backup.restored(one.store)

    sync(one)
    assert backup.restored(one.store) is None
    assert _life(one) != life
    assert shown(one, repair) == "after the backup"
    tick(office_app)
    edit(one, repair, title="in the new life")
    settle(one, two)
    assert state(one) == state(two)
    assert shown(two, repair) == "in the new life"
    assert held(one) == []


def test_a_database_put_back_behind_the_programs_back_is_noticed(
    joined: Joining, office_app: OfficeApp, empty_workspace: Workspace, tmp_path: Path
) -> None:
    """The office has heard more of this life than the device remembers: the first edit after it is not swallowed."""
    one, two = joined(), joined()
    repair = a_repair(one)
    sync(one)
    one.store.close()
    shutil.copytree(one.store.home, tmp_path / "copy")
    _reopen(one, one.store.home, empty_workspace)
    tick(office_app)
    edit(one, repair, title="before")
    sync(one)
    one.store.close()
    _reopen(one, tmp_path / "copy", empty_workspace)
    tick(office_app)
    edit(one, repair, contractor="after")
    life = _life(one)
    settle(one, two)
    assert _life(one) != life
    assert (shown(two, repair), shown(two, repair, "contractor")) == ("before", "after")
    assert state(one) == state(two)


def test_what_was_deleted_meanwhile_does_not_stay_on_a_device_that_was_put_back(
    joined: Joining, office_app: OfficeApp, empty_workspace: Workspace, tmp_path: Path
) -> None:
    """Its copy holds an edit that waits, which the office has long had; the record is gone since."""
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    edit(one, repair, title="waits in the copy")
    one.store.close()
    shutil.copytree(one.store.home, tmp_path / "copy")
    _reopen(one, one.store.home, empty_workspace)
    settle(one, two)
    tick(office_app)
    edit(two, repair, deleted=True)
    sync(two)
    one.store.close()
    _reopen(one, tmp_path / "copy", empty_workspace)
    one.store.remember(lives.RESTORED, {"from": "a copy"})
    settle(one, two)
    assert shown(one, repair, "deleted") in (None, True)
    assert state(one) == state(two)


class _PowerCut(BaseException):
    pass


def _dies(*_: object) -> None:
    raise _PowerCut


@pytest.mark.parametrize("known", ["as it is", "differently"])
def test_what_is_deleted_between_the_push_and_the_first_page_of_a_reading_anew_does_not_stay(
    joined: Joining, office_app: OfficeApp, monkeypatch: pytest.MonkeyPatch, known: str
) -> None:
    """The pages bring live records only, so nothing counts as seen before the first of them was asked for."""
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    tick(office_app)
    if known == "differently":
        edit(two, repair, title="theirs")
        sync(two)
    lives.read_from_start(one.store, memory.load(one.store), "tried")
    edit(one, repair, title="taken in")
    with monkeypatch.context() as patch:
        patch.setattr(incoming, "load", _dies)
        with pytest.raises(_PowerCut):
            sync(one)
    assert waiting(one) == 0
    sync(two)
    tick(office_app)
    edit(two, repair, deleted=True)
    sync(two)
    settle(one, two)
    assert shown(one, repair, "deleted") in (None, True)
    assert state(one) == state(two)


def _reopen(device: Device, home: Path, workspace: Workspace) -> None:
    from contextlib import ExitStack

    from watmos_desktop.services import instance, staff

    holding = ExitStack()
    holding.enter_context(instance.hold(home))
    clock = device.store.clock
    device.store = Store(home, workspace.key, holding, clock)
    device.client.close()
    device.client = joining.connect(device.store, transport=device.network)
    staff.act_as(device.store, device.member)


def test_an_office_that_was_restored_is_healed_by_its_devices(joined: Joining, office_app: OfficeApp) -> None:
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    database = office_app.office.home.parent / "office.db"
    copy = database.with_suffix(".copy")
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    tick(office_app)
    edit(one, repair, title="the office forgets this")
    settle(one, two)
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(database)) as target:
        source.backup(target)
    _new_epoch(office_app)

    settle(one, two)
    assert (shown(one, repair), shown(two, repair)) == ("the office forgets this",) * 2
    assert state(one) == state(two)
    assert len(at_office(office_app)) == 4


def _new_epoch(office_app: OfficeApp) -> None:
    """What the office's own restore does."""
    epoch = UUID(int=7, version=4)
    with office_app.office.writing() as connection:
        connection.execute(update(Fact).where(Fact.key == "epoch").values(value={"id": str(epoch)}))
    office_app.office.epoch = epoch


def test_numbers_that_the_office_lost_are_sent_again_from_there(
    joined: Joining, office_app: OfficeApp
) -> None:
    one = joined()
    a_repair(one)
    a_repair(one)
    sync(one)
    life = _life(one)
    kept = memory.load(one.store)
    with one.store.read() as session:
        hashes = {row.n: row.hash for row in session.execute(_SENT)}
    with office_app.office.writing() as connection:
        connection.execute(update(Stream).values(last_n=2, hash=hashes[2]))
    answer = {"last_n": 2, "hash": hashes[2], "durable_n": 0}
    again = lives.agree(one.store, kept, answer)
    assert (again.acked, again.hash, waiting(one), _life(one)) == (2, hashes[2], 4, life)
    sync(one)
    assert [n for n, *_ in sent(one)] == [1, 2, 3, 4, 5, 6]
    assert len(at_office(office_app)) == 6


def test_what_is_in_a_proved_backup_of_the_office_is_forgotten_here(
    joined: Joining, office_app: OfficeApp
) -> None:
    one = joined()
    a_repair(one)
    sync(one)
    with office_app.office.writing() as connection:
        connection.execute(update(Stream).values(durable_n=2))
    sync(one)
    assert [n for n, *_ in sent(one)] == [3]


def test_a_fork_is_found_by_the_hash_and_both_words_are_kept(joined: Joining, office_app: OfficeApp) -> None:
    """The same numbers with other words: a copy of this workspace has been at the office."""
    one = joined()
    repair = a_repair(one)
    sync(one)
    tick(office_app)
    edit(one, repair, title="mine")
    kept = memory.load(one.store)
    with one.store.apply() as connection:
        memory.write(connection, replace(kept, hash="0" * 64))
    life = _life(one)
    sync(one)
    assert _life(one) != life
    assert (shown(one, repair), waiting(one)) == ("mine", 0)
    assert len(at_office(office_app)) == 4


_SENT = text("SELECT n, hash FROM sent")
