"""The write door: all of it or nothing, nothing past the capture, honest messages when it cannot be opened."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.build import an_estate
from tests.conftest import PASSPHRASE
from watmos_desktop.models.tables import Change, Estate, Outbox, Person
from watmos_desktop.services import instance, log, vault
from watmos_desktop.services.capture import UncapturedWrite
from watmos_desktop.services.store import Closed, NestedWrite, Store, connect


def count(store: Store, model: type[Any]) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_write_saves_row_change_and_outbox_together(store: Store) -> None:
    with store.write("first") as session:
        estate = an_estate(session, name="Chuckery")
    with store.write("renamed it") as session:
        session.get_one(Estate, estate.id).name = "Chuckery Road"
    with store.read() as session:
        change = session.scalars(select(Change).order_by(Change.n.desc())).first()
        sent = session.scalars(select(Outbox).order_by(Outbox.n.desc())).first()
        stamps = session.get_one(Estate, estate.id).stamps
    assert change is not None
    assert sent is not None
    assert (change.before, change.after, change.why) == (
        {"name": "Chuckery"},
        {"name": "Chuckery Road"},
        "renamed it",
    )
    assert change.staff_id == store.actor.staff_id
    assert (sent.fields, sent.base) == ({"name": "Chuckery Road"}, {"name": stamps["*"]})
    assert stamps["name"] == sent.stamp > stamps["*"]


def test_a_fault_inside_a_write_saves_nothing(store: Store) -> None:
    before = [count(store, model) for model in (Estate, Change, Outbox)]
    with pytest.raises(ZeroDivisionError), store.write("half") as session:
        an_estate(session)
        session.flush()
        _ = 1 / 0
    assert [count(store, model) for model in (Estate, Change, Outbox)] == before


def _bulk(session: Session) -> None:
    session.bulk_save_objects([Estate(code="X", name="X")])


def _mapping(session: Session) -> None:
    session.bulk_insert_mappings(Estate.__mapper__, [{"code": "X", "name": "X"}])


def _core(session: Session) -> None:
    session.execute(insert(Estate.__table__).values(code="X", name="X"))  # type: ignore[arg-type]


def _orm_update(session: Session) -> None:
    session.execute(update(Estate).values(name="X"))


def _raw(session: Session) -> None:
    session.execute(text("UPDATE estate SET name = 'X'"))


def _delete(session: Session) -> None:
    session.execute(text("DELETE FROM estate"))


@pytest.mark.parametrize("bypass", [_bulk, _mapping, _core, _orm_update, _raw, _delete])
def test_the_tripwire_refuses_every_way_round_the_capture(store: Store, bypass: Any) -> None:
    with store.write("one to change") as session:
        an_estate(session, code="A", name="Kept")
    with pytest.raises(UncapturedWrite), store.write("past the door") as session:
        bypass(session)
    with store.read() as session:
        assert session.scalars(select(Estate.name)).all() == ["Kept"]
    with store.write("the door still works") as session:
        an_estate(session)


def test_what_the_office_sent_is_not_sent_back(store: Store) -> None:
    before = count(store, Outbox)
    with store.apply() as connection:
        connection.execute(insert(Estate.__table__).values(code="X", name="X"))  # type: ignore[arg-type]
    assert (count(store, Estate), count(store, Outbox)) == (1, before)
    with pytest.raises(UncapturedWrite), store.write("past the door") as session:
        _raw(session)


def test_reading_changes_nothing(store: Store) -> None:
    with (
        pytest.raises(OperationalError, match=r"readonly|read-only|attempt to write"),
        store.read() as session,
    ):
        session.execute(text("INSERT INTO meta VALUES ('x', '{}')"))


def test_listeners_hear_which_records_changed_after_they_are_saved(store: Store) -> None:
    heard: list[Any] = []
    store.listeners.append(lambda changed: heard.append((changed, count(store, Estate))))
    with store.write("new") as session:
        estate = an_estate(session)
    assert heard == [({"estate": frozenset({estate.id})}, 1)]


def test_every_connection_is_durable_and_keyed(store: Store) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
        "trusted_schema": 0,
        "cell_size_check": 1,
    }
    for manager in (store.read, lambda: store.write("look")):
        with manager() as session:
            found = {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted}
        assert found == wanted


def test_nothing_in_the_folder_can_be_read_without_the_key(store: Store) -> None:
    with store.write("a name") as session:
        an_estate(session, name="Canary Wharf Sixteen")
    for file in store.home.rglob("*"):
        if file.is_file():
            assert b"Canary Wharf" not in file.read_bytes(), file.name
    assert (store.home / "watmos.db").read_bytes()[:15] != b"SQLite format 3"


def test_opening_again_finds_the_same_device_and_later_stamps(store: Store) -> None:
    with store.write("one") as session:
        an_estate(session)
    device, stamp = store.device_id, store._stamps.last
    store.close()
    again = Store.open(store.home, PASSPHRASE)
    assert (again.device_id, again._stamps.last) == (device, stamp)
    again.close()


def test_three_honest_messages(store: Store, tmp_path: Path) -> None:
    with pytest.raises(instance.AlreadyOpen):
        Store.open(store.home, PASSPHRASE)
    store.close()
    with pytest.raises(vault.WrongPassphrase):
        Store.open(store.home, "not the right words")
    with pytest.raises(vault.NoWorkspace):
        Store.open(tmp_path / "nowhere", PASSPHRASE)
    (store.home / "watmos.db").write_bytes(b"\x17" * 8192)
    with pytest.raises(vault.DamagedWorkspace):
        Store.open(store.home, PASSPHRASE)
    with pytest.raises(vault.DamagedWorkspace):  # and the folder was let go
        Store.open(store.home, PASSPHRASE)


def test_a_missing_database_is_damage_not_a_new_one(store: Store) -> None:
    store.close()
    (store.home / "watmos.db").unlink()
    with pytest.raises(vault.DamagedWorkspace):
        Store.open(store.home, PASSPHRASE)


def test_a_killed_writer_leaves_what_it_acknowledged(store: Store) -> None:
    """A second process saves one estate, says so, begins another and is killed."""
    home, key = store.home, store.database_key.hex()
    store.close()
    script = f"""
import os, signal
from pathlib import Path
from watmos_desktop.services.store import connect
c = connect(Path({str(home / "watmos.db")!r}), bytes.fromhex({key!r}))
c.execute("BEGIN IMMEDIATE")
c.execute("INSERT INTO meta VALUES ('saved', '{{}}')")
c.execute("COMMIT")
c.execute("BEGIN IMMEDIATE")
c.execute("INSERT INTO meta VALUES ('half', '{{}}')")
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    connection = connect(home / "watmos.db", bytes.fromhex(key))
    names = {row[0] for row in connection.execute("SELECT key FROM meta WHERE key IN ('saved', 'half')")}
    connection.close()
    assert names == {"saved"}


@pytest.mark.parametrize(
    "inner",
    [
        lambda store: store.write("inside").__enter__(),
        lambda store: store.apply().__enter__(),
        lambda store: store.remember("x", {}),
        lambda store: store.close(),
    ],
)
def test_a_write_inside_a_write_is_refused_at_once(store: Store, inner: Any) -> None:
    with pytest.raises(NestedWrite), store.write("outside") as session:
        an_estate(session)
        session.flush()
        inner(store)
    assert count(store, Estate) == 0
    with store.write("the door still works") as session:
        an_estate(session)


def test_a_read_goes_on_seeing_its_moment_while_others_write(store: Store) -> None:
    with store.read() as session:
        before = session.scalar(select(func.count()).select_from(Estate))
        with store.write("meanwhile") as writing:
            an_estate(writing)
        assert session.scalar(select(func.count()).select_from(Estate)) == before
    assert count(store, Estate) == (before or 0) + 1


def test_a_listener_that_fails_makes_no_save_look_failed(store: Store) -> None:
    heard: list[Any] = []

    def fails(_: Any) -> None:
        raise ZeroDivisionError("Mrs Canary")

    store.listeners += [fails, heard.append]
    with store.write("new") as session:
        an_estate(session)
    assert (count(store, Estate), len(heard)) == (1, 1)
    assert "ZeroDivisionError" in log.recent()[-1]
    assert "Canary" not in log.recent()[-1]


def test_threads_that_write_at_once_all_save_with_growing_stamps(store: Store) -> None:
    faults: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(5):
                with store.write("from a thread") as session:
                    an_estate(session)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert count(store, Estate) == 20
    with store.read() as session:
        stamps = session.scalars(select(Outbox.stamp).order_by(Outbox.n)).all()
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("fault", [ZeroDivisionError, KeyboardInterrupt])
def test_an_apply_cut_off_midway_leaves_the_capture_on(store: Store, fault: type[BaseException]) -> None:
    with pytest.raises(fault), store.apply() as connection:
        connection.execute(insert(Estate.__table__).values(code="X", name="X"))  # type: ignore[arg-type]
        raise fault
    assert count(store, Estate) == 0
    with pytest.raises(UncapturedWrite), store.write("past the door") as session:
        _core(session)


def test_a_write_cut_off_by_the_keyboard_saves_nothing_and_lets_the_next_one_in(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt), store.write("half") as session:
        an_estate(session)
        session.flush()
        raise KeyboardInterrupt
    assert count(store, Estate) == 0
    with store.write("whole") as session:
        an_estate(session)


def test_an_insert_is_sent_with_every_field_that_is_kept(store: Store) -> None:
    with store.write("new") as session:
        an_estate(session, name="Chuckery")
    with store.read() as session:
        (sent,) = session.scalars(select(Outbox).order_by(Outbox.n.desc()).limit(1)).all()
    assert {"id", "name", "town", "code", "deleted"} == set(sent.fields)


def test_a_closed_workspace_stays_closed_for_whoever_still_holds_it(store: Store) -> None:
    store.close()
    with pytest.raises(Closed), store.read() as session:
        session.scalars(select(Person)).all()
    with pytest.raises(Closed), store.write("too late") as session:
        session.add(Person(name="Too Late"))
    store.close()
    assert store.database_key == b""
