"""`watmos check`: silent on a sound workspace, and each kind of damage is found, by any single flipped bit."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from tests.build import a_block, a_person, a_repair, a_schedule, a_staff, an_estate, an_inspection
from tests.conftest import Workspace
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import InspectionStatus, Role
from watmos_desktop.models.tables import SYNCED, Attachment, Estate, Inspection
from watmos_desktop.services import blobs, check, instance, signing, vault
from watmos_desktop.services.store import Store, connect


@pytest.fixture
def full(store: Store) -> Store:
    """A workspace with a bit of everything that check looks at."""
    with store.write("a landlord") as session:
        block = a_block(session, an_estate(session, name="Chuckery"))
        staff = a_staff(session, Role.CARETAKER)
        schedule = a_schedule(session, block)
        schedule.last_done_on, schedule.due_on = NOW.date(), NOW.date().replace(year=2027)
        walk = an_inspection(session, block, staff, schedule_id=schedule.id, finished_at=NOW)
        a_repair(session, block, staff)
        a_person(session)
        walk.status = InspectionStatus.SIGNED
        session.flush()
        walk.checksum = signing.record_checksum(session, walk)
    add_photo(store, b"a picture" * 50)
    with store.write("a new name") as session:
        session.scalars(select(Estate)).one().name = "Chuckery Road"
    return store


def add_photo(store: Store, data: bytes) -> str:
    sha = store.blobs.put(data)
    with store.write("a photo") as session:
        owner = session.scalars(select(Estate.id)).first()
        row = Attachment(owner_table="estate", owner_id=owner, sha256=sha, size=len(data), width=1, height=1)
        row.taken_at, row.added_by = NOW, store.device_id
        session.add(row)
    return sha


def codes(store: Store) -> list[str]:
    return [finding.code for finding in check.run(store)]


def test_a_sound_workspace_has_no_findings(full: Store) -> None:
    seen: list[tuple[int, int]] = []
    assert check.run(full, lambda *at: seen.append(at)) == []
    total = len(check._CHECKS) + 1
    assert seen == [(number, total) for number in range(1, total + 1)]


def test_an_empty_one_is_sound_too(store: Store) -> None:
    assert check.run(store) == []


def _damage(*statements: str) -> Callable[[Connection], None]:
    def run(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    return run


UUID_0 = "x'" + "00" * 16 + "'"
DAMAGES: dict[str, Callable[[Connection], None]] = {
    "astray": _damage(f"UPDATE block SET estate_id = {UUID_0}"),
    "tripwire": _damage("DROP TRIGGER _touch_repair_update"),
    "untold": _damage(f"INSERT INTO _touched VALUES ('estate', {UUID_0})"),
    "facts": _damage("DELETE FROM meta WHERE key = 'device'"),
    "facts.unreadable": _damage("UPDATE meta SET value = '{\"id\": \"x\"}' WHERE key = 'incarnation'"),
    "stamp": _damage("UPDATE meta SET value = '{\"last\": \"0000000000000001\"}' WHERE key = 'stamp'"),
    "outbox.gap": _damage(
        "DELETE FROM change WHERE n = 4", "DELETE FROM outbox WHERE n = 4", "DELETE FROM _touched"
    ),
    "history.unsent": _damage("DELETE FROM outbox WHERE n = (SELECT max(n) FROM outbox)"),
    "history.unsaid": _damage("DELETE FROM change WHERE n = (SELECT max(n) FROM change)"),
    "record": _damage("UPDATE estate SET name = 'Someone else''s'"),
    "reference": _damage("UPDATE repair SET reference = 'R-2222-2223', stamps = '{\"*\": \"office\"}'"),
    "seal": _damage("UPDATE inspection SET started_at = '2026-01-01 00:00:00.000000', stamps = '{}'"),
    "schedule": _damage("UPDATE schedule SET last_done_on = NULL, stamps = '{}'"),
    "tallies": _damage("UPDATE repair_tally SET n = n + 1"),
    "photo.lost": _damage("UPDATE attachment SET sha256 = 'abcd', stamps = '{}'"),
    "photo.damaged": _damage("UPDATE attachment SET size = 7, stamps = '{}'"),
    "records.unreadable": _damage("UPDATE outbox SET fields = '{' WHERE n = 1"),
}


@pytest.mark.parametrize("code", DAMAGES)
def test_each_kind_of_damage_is_found(full: Store, code: str) -> None:
    raw = connect(full.database, full.database_key)
    raw.execute("PRAGMA foreign_keys = OFF")
    with closing(raw):
        DAMAGES[code](_Raw(raw))  # type: ignore[arg-type]
        if code not in ("untold", "tripwire"):
            raw.execute("DELETE FROM _touched")
    assert code in codes(full)


class _Raw:
    """Past the door on purpose."""

    def __init__(self, connection: Any) -> None:
        self.exec_driver_sql = connection.execute


def test_a_schedule_that_cannot_be_is_found(full: Store) -> None:
    with full.apply() as connection:
        connection.exec_driver_sql("UPDATE schedule SET every_weeks = 3, stamps = '{}'")
    assert codes(full) == ["schedule"]


def test_what_the_office_changed_is_no_finding(full: Store) -> None:
    """Its stamp is another, so the outbox has no say in it."""
    with full.apply() as connection:
        connection.exec_driver_sql(
            'UPDATE estate SET name = \'Renamed\', stamps = \'{"*": "a", "name": "b"}\''
        )
    assert check.run(full) == []


def test_a_damaged_photo_and_old_leftovers_are_found(full: Store) -> None:
    add_photo(full, b"another" * 50)
    (one, two) = sorted(full.blobs.folder.glob("??/??/*"))
    one.write_bytes(one.read_bytes()[:-1])
    part = two.with_name(".abc.part")
    part.write_bytes(b"half")
    assert codes(full) == ["photo.damaged"]
    old = time.time() - blobs.ORPHAN_AGE - 1
    os.utime(part, (old, old))
    assert codes(full) == ["photo.damaged", "photo.leftover"]


def test_findings_say_nothing_of_what_a_record_says(full: Store) -> None:
    with full.apply() as connection:
        connection.exec_driver_sql("UPDATE estate SET name = 'Canary Wharf'")
    (finding,) = check.run(full)
    assert "Canary" not in repr(finding)
    assert "Chuckery" not in repr(finding)
    assert len(finding.ids) == 1


# One bit (security.md M1)


def _flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def _bits(path: Path, times: int) -> list[int]:
    chance = random.Random(1)
    return [chance.randrange(path.stat().st_size * 8) for _ in range(times)]


def _filled(full: Store, times: int = 200) -> None:
    with full.write("many") as session:
        for number in range(times):
            a_person(session, f"Resident {number}", needs=f"Second door on the left, {number}. " * 4)


def _is_refused_or_found(home: Path, key: bytes, clock: FakeClock) -> bool:
    """Opened as the program opens it, then checked."""
    holding = ExitStack()
    try:
        holding.enter_context(instance.hold(home))
        store = Store(home, key, holding, clock)
    except vault.DamagedWorkspace:
        return True
    try:
        return bool(check.run(store))
    finally:
        store.close()


def test_no_flipped_bit_goes_unnoticed(
    full: Store, tmp_path: Path, clock: FakeClock, empty_workspace: Workspace
) -> None:
    """Each of 60 bits of the file, anywhere, is refused on opening or found by check; the copy itself is sound."""
    _filled(full)
    full.close()
    silent = []
    for bit in _bits(full.database, 60):
        home = tmp_path / f"flip {bit}"
        shutil.copytree(full.home, home)
        _flip(home / "watmos.db", bit)
        if not _is_refused_or_found(home, empty_workspace.key, clock):
            silent.append(bit)
        shutil.rmtree(home)
    assert silent == []
    assert not _is_refused_or_found(full.home, empty_workspace.key, clock)


def test_plain_sqlite_would_show_wrong_words_and_call_itself_sound(full: Store, tmp_path: Path) -> None:
    """The control: the same rows without SQLCipher, flipped as often, are now and then silently wrong."""
    _filled(full)
    plain = tmp_path / "plain.db"
    with (
        closing(connect(full.database, full.database_key)) as source,
        closing(sqlite3.connect(plain)) as target,
    ):
        target.execute("CREATE TABLE person (name TEXT, needs TEXT)")
        rows = source.execute("SELECT name, needs FROM person").fetchall()
        target.executemany("INSERT INTO person VALUES (?, ?)", rows)
        target.commit()
    sound = plain.read_bytes()
    silent = 0
    for bit in _bits(plain, 60):
        plain.write_bytes(sound)
        _flip(plain, bit)
        with closing(sqlite3.connect(plain)) as connection:
            connection.text_factory = bytes
            try:
                says_ok = connection.execute("PRAGMA integrity_check").fetchall() == [(b"ok",)]
                now = connection.execute("SELECT name, needs FROM person").fetchall()
            except sqlite3.DatabaseError:
                continue
            silent += says_ok and now != [(name.encode(), needs.encode()) for name, needs in rows]
    assert silent > 10


def test_every_synced_table_with_a_reference_is_checked() -> None:
    assert {name for name, model in SYNCED.items() if hasattr(model, "reference")} >= {"repair", "inspection"}
    assert Inspection.reference.property is not None
