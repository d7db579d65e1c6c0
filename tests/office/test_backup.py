"""Backups that count, and the way back: on both databases, and from each to the other."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.fakes import FakeClock
from tests.office import sending
from tests.office.conftest import new_database
from tests.office.sending import Sender, member, repair, town
from tests.office.test_blobs import PHOTO, attach, put_all, read
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.errors import Told
from watmos_office import audit, backup, blobs, restore, standing, tokens
from watmos_office.backup import DamagedBackup
from watmos_office.errors import Answer
from watmos_office.office import Office, head, make_engine
from watmos_office.tables import OfficeBase, Stream


def filled(office: Office) -> tuple[Sender, UUID]:
    """A landlord, a device that pushed work and a photo."""
    place = town(office)
    me = member(office, Role.CARETAKER, estates=[place.estates[0]])
    for block in (0, 1):
        me.send(me.new("repair", repair(place, me, block)))
    photo = attach(me, place)
    put_all(me, photo)
    return me, photo


def everything(office: Office) -> dict[str, list[str]]:
    """Every row of what is not about tokens or who the office is."""
    apart = {"fact", "token", "audit", "blob"}
    with office.reading() as connection:
        return {
            str(table.name): sorted(_plain(row) for row in connection.execute(select(table)))
            for table in OfficeBase.metadata.sorted_tables
            if table.name not in apart
        }


def _plain(row: Any) -> str:
    return repr([one.isoformat() if isinstance(one, datetime) else one for one in row])


def durable(office: Office) -> list[int]:
    with office.reading() as connection:
        return list(connection.execute(select(Stream.durable_n)).scalars())


def other(office: Office, request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Office:
    """A new, empty office on the other kind of database."""
    sqlite = f"sqlite:///{tmp_path / 'other.db'}"
    url = sqlite if office.postgresql else new_database(request.getfixturevalue("postgresql"))
    return Office(url, tmp_path / "other", clock=clock)


def test_devices_hear_that_their_work_is_safe_once_a_copy_was_proved(office: Office) -> None:
    me, _ = filled(office)
    assert durable(office) == [0]
    made = backup.make(office)
    assert durable(office) == [me.n]
    assert standing.now(office).unsafe == 0
    assert backup.check(made.path) == made == backup.all_in(office.home / "backups")[0]
    assert {path.name for path in made.path.iterdir()} == {"office.db", "manifest.json"}


def test_a_copy_that_cannot_be_proved_makes_nothing_safe(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(office)
    monkeypatch.setattr(backup, "_copy", _forgetful(backup._copy))
    with pytest.raises(DamagedBackup):
        backup.make(office)
    assert durable(office) == [0]
    assert list((office.home / "backups").iterdir()) == []


def _forgetful(copy: Any) -> Any:
    def lose(connection: Any, target: Path) -> Any:
        said = copy(connection, target)
        engine = make_engine(f"sqlite:///{target}")
        with engine.begin() as made:
            made.exec_driver_sql("DELETE FROM row_bucket WHERE seq = (SELECT max(seq) FROM row_bucket)")
        engine.dispose()
        return said

    return lose


@pytest.mark.parametrize("damage", ["bit", "cut", "row", "manifest"])
def test_a_damaged_backup_is_refused(office: Office, damage: str) -> None:
    filled(office)
    path = backup.make(office).path
    database = path / "office.db"
    raw = bytearray(database.read_bytes())
    if damage == "bit":
        raw[len(raw) // 2] ^= 1
        database.write_bytes(raw)
    elif damage == "cut":
        database.write_bytes(raw[: len(raw) // 2])
    elif damage == "row":
        engine = make_engine(f"sqlite:///{database}")
        with engine.begin() as connection:
            connection.execute(update(Stream).values(last_n=1))
        engine.dispose()
    else:
        (path / "manifest.json").write_text("{}")
    with pytest.raises(DamagedBackup):
        backup.check(path)


def test_the_drill_an_office_comes_back_on_the_other_database(
    office: Office, tmp_path: Path, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    me, photo = filled(office)
    made = backup.make(office, tmp_path / "away")
    assert (made.photos, made.copied, made.lost) == (1, 1, 0)
    assert backup.make(office, tmp_path / "away").copied == 0  # each photo once
    kept = everything(office)
    place = sending.town(office)  # work after the backup, which is lost
    assert len(everything(office)["record"]) > len(kept["record"])
    back = other(office, request, tmp_path, clock)
    done = restore.restore(back, made.path)
    assert (done.photos, done.missing) == (1, 0)
    restored = everything(back)
    assert restored.pop("stream") and kept.pop("stream")  # of these durable_n came later
    assert restored == kept
    assert back.epoch != office.epoch
    with back.reading() as connection, office.reading() as was:
        assert audit.verify(connection).sound
        assert head(connection) < head(was)
    again = Sender(back, me.member_id, me.device_id)
    assert read(again, photo) == PHOTO
    assert place.estates
    sent = again.send(
        again.new("repair", repair(sending.Town((UUID(int=1),) * 2, (UUID(int=2),) * 4, ()), again))
    )
    assert sent[0][0] == "quarantined"  # it works, and refuses what lies nowhere
    with pytest.raises(Told, match="in use"):
        restore.restore(back, made.path)
    back.close()


def test_photos_that_no_copy_holds_are_asked_for_again(
    office: Office, tmp_path: Path, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    me, photo = filled(office)
    made = backup.make(office)  # within the office's folder: without photos
    back = other(office, request, tmp_path, clock)
    done = restore.restore(back, made.path)
    assert (done.photos, done.missing) == (0, 1)
    again = Sender(back, me.member_id, me.device_id)
    assert blobs.missing(back, again.caller, photo)["missing"] == [0, 1, 2]
    put_all(again, photo)
    assert read(again, photo) == PHOTO
    back.close()


def test_the_newest_backups_are_kept(office: Office, clock: FakeClock) -> None:
    for _ in range(4):
        backup.make(office)
        clock.forward(days=1)
    folder = office.home / "backups"
    newest = [one.at for one in backup.all_in(folder)][:2]
    assert backup.thin(folder, 2) == 2
    assert [one.at for one in backup.all_in(folder)] == newest


def test_after_a_restore_a_device_renews_once_by_its_key_alone(
    office: Office, tmp_path: Path, clock: FakeClock, request: pytest.FixtureRequest
) -> None:
    me, _ = filled(office)
    back = other(office, request, tmp_path, clock)
    restore.restore(back, backup.make(office).path)
    given = tokens.refresh(back, me.device_id, "unknown to the backup")
    assert tokens.refresh(back, me.device_id, given["refresh"])["access"]
    with pytest.raises(Answer):
        tokens.refresh(back, me.device_id, "unknown again")
    with pytest.raises(Answer):
        tokens.refresh(office, me.device_id, "unknown where nothing was restored")
    back.close()
