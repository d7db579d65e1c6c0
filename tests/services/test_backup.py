"""Backups are proved, thinned by rule, outlive the passphrase; restoring is all or nothing and is known after."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.build import an_estate
from tests.conftest import PASSPHRASE, Workspace
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.tables import Attachment, Change, Estate
from watmos_desktop.services import backup, files, instance, proof, restore, schema, thinning, vault
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.store import Store, connect


def names(store: Store) -> list[str]:
    with store.read() as session:
        return sorted(session.scalars(select(Estate.name)))


def change(store: Store, name: str) -> None:
    with store.write("a new estate") as session:
        an_estate(session, name=name)


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def flip(path: Path, at: int = 9000) -> None:
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 1
    path.write_bytes(data)


def test_a_backup_is_whole_encrypted_and_of_one_moment(store: Store) -> None:
    change(store, "Chuckery")
    made = backup.make(store)
    change(store, "Later")
    assert backup.latest(store.home) == made
    assert (made.changes, made.why, made.made_at) == (1, "asked for", store.clock.now())
    assert sorted(path.name for path in made.path.iterdir()) == [
        "manifest.json",
        "watmos.db",
        "workspace.json",
    ]
    assert b"Chuckery" not in made.database.read_bytes()
    with closing(proof.look(made.database, store.database_key)) as connection:
        assert connection.execute("SELECT name FROM estate").fetchall() == [("Chuckery",)]
    assert not [path.name for path in made.path.parent.iterdir() if path.name.startswith(".")]


def test_a_write_between_the_two_moments_is_noticed_and_tried_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment that is digested and the one that VACUUM INTO copies must be one."""
    plain = proof.facts
    moments: list[proof.Facts] = []

    def meddling(connection: object) -> proof.Facts:
        moments.append(plain(connection))
        return moments[-1] if len(moments) > 1 else proof.Facts(0, "the moment before")

    monkeypatch.setattr(proof, "facts", meddling)
    change(store, "In between")
    made = backup.make(store)
    with closing(proof.look(made.database, store.database_key)) as connection:
        assert connection.execute("SELECT name FROM estate").fetchall() == [("In between",)]
    assert made.changes == 1
    assert len(moments) == 4


def test_saving_without_pause_is_told_and_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = proof.prove

    def other(database: Path, key: bytes) -> proof.Facts:
        return proof.Facts(plain(database, key).changes, "another moment")

    monkeypatch.setattr(proof, "prove", other)
    with pytest.raises(backup.BackupFailed, match="without pause"):
        backup.make(store)
    assert list((store.home / "backups").iterdir()) == []


def test_a_damaged_source_is_told_and_no_backup_is_made_of_it(store: Store) -> None:
    change(store, "Chuckery")
    key = store.database_key
    store.close()
    flip(store.database)
    with pytest.raises(backup.SourceDamaged):
        backup.make_of(store.home, key, NOW, "asked for")
    assert list((store.home / "backups").iterdir()) == []


def test_no_room_is_told_and_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise files.NotWritten(OSError(28, "No space left on device"))

    monkeypatch.setattr(files, "write_whole", full)
    with pytest.raises(backup.BackupFailed, match="Free some space"):
        backup.make(store)
    assert list((store.home / "backups").iterdir()) == []


def test_due_after_ten_minutes_of_change_and_on_closing_after_any(store: Store, clock: FakeClock) -> None:
    change(store, "One")
    assert backup.roll(store) is not None
    change(store, "Two")
    assert backup.roll(store) is None
    clock.forward(minutes=9, seconds=59)
    assert not backup.due(store)
    clock.forward(seconds=1)
    assert backup.due(store)
    made = backup.roll(store)
    assert made is not None
    assert made.why == "after ten minutes of work"
    clock.forward(hours=1)
    assert backup.roll(store) is None
    assert backup.roll(store, closing=True) is None
    change(store, "Three")
    closed = backup.roll(store, closing=True)
    assert closed is not None
    assert closed.why == "on closing"


def test_a_clock_set_back_does_not_put_backups_off(store: Store, clock: FakeClock) -> None:
    clock.forward(days=3650)
    backup.make(store)
    clock.set(NOW)
    change(store, "One")
    assert backup.due(store)


def test_an_update_is_preceded_by_a_backup(
    empty_workspace: Workspace, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []

    def migrate(engine: object) -> None:
        newest = backup.latest(tmp_path / "workspace")
        assert newest is not None
        seen.append((newest.why, (newest.path / "watmos.db").stat().st_size > 0))

    monkeypatch.setattr(schema, "is_current", lambda engine: False)
    monkeypatch.setattr(schema, "migrate", migrate)
    empty_workspace.open(tmp_path / "workspace", clock).close()
    assert seen == [("before an update", True)]


def test_an_update_waits_when_no_backup_can_be_made(
    empty_workspace: Workspace, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(store: Store, why: str) -> None:
        raise backup.BackupFailed("Free some space.")

    monkeypatch.setattr(schema, "is_current", lambda engine: False)
    monkeypatch.setattr(schema, "migrate", lambda engine: pytest.fail("updated without a backup"))
    monkeypatch.setattr(backup, "make", fails)
    with pytest.raises(backup.BackupFailed):
        empty_workspace.open(tmp_path / "workspace", clock)


# Thinning


@dataclass(frozen=True)
class Made:
    made_at: datetime
    why: str = "after ten minutes of work"


ages = st.timedeltas(timedelta(0), timedelta(days=60))
whys = st.sampled_from(sorted(thinning.REASONS))
several = st.lists(st.builds(lambda age, why: Made(NOW - age, why), ages, whys), max_size=60)


@given(several)
def test_thinning_keeps_what_it_says(backups: list[Made]) -> None:
    kept = thinning.keep(backups, NOW)
    assert thinning.keep(kept, NOW) == kept  # doing it twice changes nothing
    for one in backups:
        age = NOW - one.made_at
        if age < timedelta(hours=1):
            assert one in kept
        if age < timedelta(days=1):  # nothing of today is further than an hour from something kept
            assert any(abs(one.made_at - other.made_at) < timedelta(hours=1) for other in kept)
        if age < timedelta(days=7):
            assert any(one.made_at.date() == other.made_at.date() for other in kept)
        if age < timedelta(days=35):
            assert any(abs(one.made_at - other.made_at) < timedelta(days=7) for other in kept)
    if backups:
        assert max(one.made_at for one in backups) == kept[0].made_at
    updates = [one.made_at for one in backups if one.why == "before an update"]
    assert not updates or max(updates) in {one.made_at for one in kept if one.why == "before an update"}
    old = [one for one in kept if NOW - one.made_at >= timedelta(days=35)]
    assert len(old) <= 2
    assert len({one.made_at for one in kept if NOW - one.made_at >= timedelta(hours=1)}) <= 25 + 8 + 6 + 2


def test_a_year_of_work_leaves_a_bounded_ladder() -> None:
    kept: list[Made] = []
    for day in range(365):
        morning = NOW.replace(hour=8, minute=0) + timedelta(days=day)
        for tenth in range(54):
            now = morning + timedelta(minutes=10 * tenth)
            kept = thinning.keep([*kept, Made(now)], now)
    newest = kept[0].made_at
    kept = thinning.keep(kept, newest)
    found = [round((newest - one.made_at) / timedelta(days=1), 1) for one in kept]
    assert len(found) < 40
    assert {int(age) for age in found} >= set(range(7))
    assert any(28 <= age < 35 for age in found)
    assert max(found) < 35


def test_thinning_deletes_folders_and_what_a_crash_left(store: Store, clock: FakeClock) -> None:
    old = backup.make(store)
    clock.forward(days=40)
    new = backup.make(store)
    (new.path.parent / ".abc.part").mkdir()
    (new.path.parent / ".abc.part" / "watmos.db").write_bytes(b"half")
    assert backup.thin(new.path.parent, clock.now()) == 1
    assert list(new.path.parent.iterdir()) == [new.path]
    assert not old.path.exists()


# Restoring


@pytest.fixture
def saved(store: Store, clock: FakeClock) -> backup.Backup:
    """A closed workspace with a backup of ``Early`` and then ``Late``."""
    change(store, "Early")
    made = backup.make(store)
    clock.forward(hours=2)
    change(store, "Late")
    store.close()
    return made


def test_a_restored_workspace_knows_that_it_is_one(
    store: Store, saved: backup.Backup, clock: FakeClock
) -> None:
    device, incarnation = store.device_id, store.incarnation
    done = restore.restore(store.home, saved.path, PASSPHRASE, clock=clock)
    again = Store.open(store.home, PASSPHRASE, clock=clock)
    assert names(again) == ["Early"]
    assert (again.device_id, again.incarnation != incarnation) == (device, True)
    assert backup.restored(again) == done == backup.Restored(clock.now(), saved.made_at, "asked for")
    assert backup.latest(again.home).why == "before a restore"  # type: ignore[union-attr]
    change(again, "New")
    again.close()
    before = backup.latest(store.home)
    assert before is not None
    restore.restore(store.home, before.path, PASSPHRASE, clock=clock)  # and back again: nothing was lost
    back = Store.open(store.home, PASSPHRASE, clock=clock)
    assert names(back) == ["Early", "Late"]
    back.close()
    left = {path.name for path in store.home.iterdir()} - {"watmos.db-wal", "watmos.db-shm"}
    assert left == {"watmos.db", "workspace.json", "workspace.lock", "backups", "attachments"} & left


def test_a_workspace_that_was_never_restored_says_so(store: Store) -> None:
    assert backup.restored(store) is None


def test_restoring_over_a_killed_program_takes_its_wal_along(
    store: Store, saved: backup.Backup, clock: FakeClock, tmp_path: Path
) -> None:
    """A WAL left beside the old database must not be played into the restored one: they share a key and a salt."""
    again = Store.open(store.home, PASSPHRASE, clock=clock)
    change(again, "In the WAL")
    killed = tmp_path / "killed"
    shutil.copytree(again.home, killed)
    again.close()
    assert (killed / "watmos.db-wal").stat().st_size > 0
    restore.restore(killed, killed / "backups" / saved.path.name, PASSPHRASE, clock=clock)
    assert not (killed / "watmos.db-wal").exists()
    opened = Store.open(killed, PASSPHRASE, clock=clock)
    assert names(opened) == ["Early"]
    before, key = backup.latest(killed), opened.database_key
    opened.close()
    assert before is not None
    with closing(proof.look(before.database, key)) as connection:
        assert ("In the WAL",) in connection.execute("SELECT name FROM estate").fetchall()


def test_a_damaged_database_is_kept_aside(store: Store, saved: backup.Backup, clock: FakeClock) -> None:
    flip(store.database)
    damaged = store.database.read_bytes()
    restore.restore(store.home, saved.path, PASSPHRASE, clock=clock)
    (aside,) = store.home.glob("watmos-damaged-*.db")
    assert aside.read_bytes() == damaged
    again = Store.open(store.home, PASSPHRASE, clock=clock)
    assert names(again) == ["Early"]
    again.close()


@pytest.mark.parametrize("lost", ["watmos.db", "workspace.json", "both", "spoiled key file"])
def test_what_is_lost_comes_back(store: Store, saved: backup.Backup, clock: FakeClock, lost: str) -> None:
    if lost == "spoiled key file":
        flip(store.home / "workspace.json", 40)
    for name in ("watmos.db", "workspace.json"):
        if lost in (name, "both"):
            (store.home / name).unlink()
    restore.restore(store.home, saved.path, PASSPHRASE, clock=clock)
    again = Store.open(store.home, PASSPHRASE, clock=clock)
    assert names(again) == ["Early"]
    again.close()


def _flip_database(made: backup.Backup) -> None:
    flip(made.database)


def _truncate(made: backup.Backup) -> None:
    made.database.write_bytes(made.database.read_bytes()[:-4096])


def _no_database(made: backup.Backup) -> None:
    made.database.unlink()


def _empty_database(made: backup.Backup) -> None:
    made.database.write_bytes(b"")


def _spoil_manifest(made: backup.Backup) -> None:
    (made.path / "manifest.json").write_text("{", encoding="ascii")


def _no_manifest(made: backup.Backup) -> None:
    (made.path / "manifest.json").unlink()


SPOILED = [_flip_database, _truncate, _no_database, _empty_database, _spoil_manifest, _no_manifest]


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_damaged_backup_is_refused_and_nothing_changes(
    store: Store, saved: backup.Backup, clock: FakeClock, spoil: Callable[[backup.Backup], None]
) -> None:
    spoil(saved)
    before = everything(store.home)
    with pytest.raises(proof.DamagedBackup, match="Nothing was changed"):
        restore.restore(store.home, saved.path, PASSPHRASE, clock=clock)
    assert everything(store.home) == before


def test_a_wrong_passphrase_or_an_open_workspace_changes_nothing(
    store: Store, saved: backup.Backup, clock: FakeClock
) -> None:
    before = everything(store.home)
    with pytest.raises(vault.WrongPassphrase):
        restore.restore(store.home, saved.path, "quite another one", clock=clock)
    with instance.hold(store.home), pytest.raises(instance.AlreadyOpen):
        restore.restore(store.home, saved.path, PASSPHRASE, clock=clock)
    assert everything(store.home) == before


def test_a_backup_of_another_workspace_is_refused(
    store: Store, saved: backup.Backup, clock: FakeClock, tmp_path: Path
) -> None:
    Store.create(tmp_path / "other", PASSPHRASE, clock=clock).close()
    before = everything(tmp_path / "other")
    with pytest.raises(restore.OtherWorkspace):
        restore.restore(tmp_path / "other", saved.path, PASSPHRASE, clock=clock)
    assert everything(tmp_path / "other") == before


def test_a_backup_from_a_newer_program_is_refused(
    store: Store, saved: backup.Backup, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore, "HEAD", "0000")
    with pytest.raises(schema.TooNew):
        restore.restore(store.home, saved.path, PASSPHRASE, clock=clock)


def test_no_room_while_restoring_changes_nothing(
    store: Store, saved: backup.Backup, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = everything(store.home)
    monkeypatch.setattr(restore, "_prepare", full)
    with pytest.raises(Told, match="has room"):
        restore.restore(store.home, saved.path, PASSPHRASE, clock=clock)
    assert everything(store.home) == before


def test_old_backups_open_after_the_passphrase_was_changed(
    store: Store, saved: backup.Backup, clock: FakeClock
) -> None:
    newer = "gravel tulip anchor mosaic"
    vault.change_passphrase(store.home, PASSPHRASE, newer)
    with pytest.raises(vault.WrongPassphrase):
        restore.restore(store.home, saved.path, PASSPHRASE, clock=clock)
    restore.restore(store.home, saved.path, newer, clock=clock)
    again = Store.open(store.home, newer, clock=clock)
    assert names(again) == ["Early"]
    again.close()


# A copy for elsewhere


def _photo(store: Store, data: bytes) -> str:
    sha = store.blobs.put(data)
    with store.write("a photo") as session:
        session.add(
            Attachment(
                owner_table="estate",
                owner_id=store.device_id,
                sha256=sha,
                size=len(data),
                width=1,
                height=1,
                taken_at=NOW,
                added_by=store.device_id,
            )
        )
    return sha


def test_a_copy_opens_on_another_computer_with_its_photos(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    change(store, "Chuckery")
    kept, lost = _photo(store, b"kept" * 100), _photo(store, b"lost" * 100)
    store.blobs.remove(lost)
    seen: list[tuple[int, int]] = []
    copied = backup.copy(store, tmp_path / "stick", progress=lambda *at: seen.append(at))
    assert (copied.photos, copied.lost, seen) == (1, 1, [(1, 2), (2, 2)])
    elsewhere = tmp_path / "another computer"
    restore.restore(elsewhere, copied.backup.path, PASSPHRASE, clock=clock)
    opened = Store.open(elsewhere, PASSPHRASE, clock=clock)
    assert names(opened) == ["Chuckery"]
    assert opened.blobs.get(kept) == b"kept" * 100
    with pytest.raises(NotFound):
        opened.blobs.get(lost)
    with opened.read() as session:
        assert session.scalars(select(Change.why)).all()[0] == "a new estate"
    opened.close()


def test_a_copy_with_a_damaged_photo_is_refused(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    _photo(store, b"kept" * 100)
    copied = backup.copy(store, tmp_path / "stick")
    (blob,) = (copied.backup.path / "attachments").glob("??/??/*")
    flip(blob, 200)
    with pytest.raises(proof.DamagedBackup, match="photo"):
        restore.restore(tmp_path / "new", copied.backup.path, PASSPHRASE, clock=clock)
    assert not (tmp_path / "new" / "watmos.db").exists()


def test_a_copy_inside_the_workspace_is_refused(store: Store) -> None:
    with pytest.raises(Told, match="inside the workspace"):
        backup.copy(store, store.home / "attachments")


def test_looking_at_a_backup_changes_nothing(store: Store) -> None:
    made = backup.make(store)
    before = everything(made.path)
    proof.prove(made.database, store.database_key)
    assert everything(made.path) == before
    with pytest.raises(proof.DamagedBackup):
        proof.prove(made.database, b"k" * 32)
    connect(store.database, store.database_key).close()
