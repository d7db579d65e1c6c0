"""What waits goes to the office in a file, by anybody's hand, and a later sync finds it known."""

from __future__ import annotations

import random
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from tests import build
from tests.sync.conftest import Device, Joining
from tests.sync.test_photos import at_the_office, receipts, take
from watmos_desktop.models.tables import Block, Outbox, Staff
from watmos_desktop.services.errors import Told
from watmos_desktop.services.sync import bundle, engine, outgoing, photos, problems
from watmos_office import carried, cli, devices
from watmos_office.tables import Op, Quarantine

CANARY = "Canary of the third floor"


def _written(device: Device, path: Path) -> bundle.Bundle:
    with device.store.write("an estate") as session:
        build.an_estate(session, name=CANARY)
    return bundle.export(device.store, path)


def _counts(joined: Joining) -> tuple[int, int]:
    with joined.office_app.office.reading() as connection:
        return (
            connection.scalar(select(func.count()).select_from(Op)) or 0,
            connection.scalar(select(func.count()).select_from(Quarantine)) or 0,
        )


def _waiting(device: Device) -> int:
    with device.store.read() as session:
        return session.scalar(select(func.count()).select_from(Outbox)) or 0


def test_another_device_carries_it_and_a_later_sync_finds_all_of_it_known(
    joined: Joining, tmp_path: Path
) -> None:
    one, other = joined(), joined()
    engine.sync(one.store, one.client)
    (sha256,) = take(one, photos.CHUNK + 5)
    made = _written(one, tmp_path / "out.watmos")
    assert (made.operations, made.photos) == (5, 1)
    seen: list[tuple[int, int]] = []
    assert bundle.carry(made.path, other.client, lambda *pair: seen.append(pair)) == 3
    assert seen[-1][1] == made.path.stat().st_size
    assert _counts(joined) == (5, 0)
    assert at_the_office(joined, sha256) == one.store.blobs.get(sha256)
    assert bundle.carry(made.path, other.client) == 3  # twice does no harm
    assert _counts(joined) == (5, 0)
    assert _waiting(one) == 5  # only the office's own word takes it off the queue
    report = engine.sync(one.store, one.client)
    assert (_waiting(one), receipts(one), report.held, report.conflicts) == (0, {sha256}, 0, 0)
    assert _counts(joined) == (5, 0)


def test_before_the_first_sync_and_by_the_device_itself(joined: Joining, tmp_path: Path) -> None:
    one = joined()
    made = _written(one, tmp_path / "out.watmos")
    bundle.carry(made.path, one.client)
    assert engine.sync(one.store, one.client).held == 0
    assert _counts(joined) == (1, 0)


def test_the_file_after_the_sync_changes_nothing(joined: Joining, tmp_path: Path) -> None:
    one, other = joined(), joined()
    made = _written(one, tmp_path / "out.watmos")
    engine.sync(one.store, one.client)
    bundle.carry(made.path, other.client)
    assert _counts(joined) == (1, 0)


def test_a_long_queue_is_cut_between_the_actions_of_a_person(
    joined: Joining, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = joined()
    monkeypatch.setattr(outgoing, "MOST_OPS", 50)
    with one.store.write("one estate") as session:
        block = build.a_block(session).id
    engine.sync(one.store, one.client)
    for size in (30, 15, 10, 70):
        with one.store.write("many") as session:
            for _ in range(size):
                build.a_repair(session, session.get_one(Block, block), session.get_one(Staff, one.member))
    made = bundle.export(one.store, tmp_path / "out.watmos")
    assert made.operations == 125
    office = joined.office_app.office
    keys = _keys(one)
    sizes = [
        len((bundle.open_part(part, office.signing_key, keys.get).push or {})["ops"])
        for part in bundle.read(made.path)
    ]
    assert sizes == [45, 10, 50, 20]
    bundle.carry(made.path, one.client)
    engine.sync(one.store, one.client)
    assert (_waiting(one), _counts(joined)) == (0, (127, 0))


def _keys(device: Device) -> dict[UUID, bytes]:
    identity = device.client.identity
    return {identity.device: identity.key.public_key().public_bytes_raw()}


def test_who_finds_the_file_learns_nothing_and_changes_nothing(joined: Joining, tmp_path: Path) -> None:
    one = joined()
    made = _written(one, tmp_path / "out.watmos")
    raw = made.path.read_bytes()
    assert CANARY.encode() not in raw
    assert one.client.identity.device.bytes not in raw
    (part,) = bundle.read(made.path)
    office, keys = joined.office_app.office, _keys(one)
    assert bundle.open_part(part, office.signing_key, keys.get).device == one.client.identity.device
    with pytest.raises(bundle.Foreign):
        bundle.open_part(part, Ed25519PrivateKey.generate(), keys.get)
    with pytest.raises(bundle.Foreign):
        bundle.open_part(part, office.signing_key, lambda _: None)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(bundle.Foreign):
        bundle.open_part(part, office.signing_key, lambda _: other)
    chance = random.Random(7)
    for _ in range(100):
        place = chance.randrange(len(part))
        changed = part[:place] + bytes([part[place] ^ (1 << chance.randrange(8))]) + part[place + 1 :]
        with pytest.raises(bundle.Foreign):
            bundle.open_part(changed, office.signing_key, keys.get)


def test_a_part_sealed_for_one_office_is_not_taken_by_another_to_which_it_was_sealed_again(
    joined: Joining, tmp_path: Path
) -> None:
    one = joined()
    (part,) = bundle.read(_written(one, tmp_path / "out.watmos").path)
    office, thief = joined.office_app.office, Ed25519PrivateKey.generate()
    sealing = bundle.sealing_key(thief.public_key().public_bytes_raw())
    plain = bundle._SUITE.decrypt(part, bundle._opening_key(office.signing_key), info=bundle.MARK)
    again = bundle._SUITE.encrypt(plain, sealing, info=bundle.MARK)
    with pytest.raises(bundle.Foreign):
        bundle.open_part(again, thief, _keys(one).get)


@pytest.mark.parametrize("damage", ["cut", "end gone", "empty", "other", "missing", "long"])
def test_a_file_that_is_not_whole_is_told(damage: str, joined: Joining, tmp_path: Path) -> None:
    one = joined()
    made = _written(one, tmp_path / "out.watmos")
    raw = made.path.read_bytes()
    if damage == "missing":
        made.path.unlink()
    else:
        made.path.write_bytes(
            {
                "cut": raw[:-100],
                "end gone": raw[:-5],
                "empty": b"",
                "other": b"PK" + raw,
                "long": bundle.MARK + b"\xff\xff\xff\xff" + raw,
            }[damage]
        )
    with pytest.raises(bundle.NoBundle):
        bundle.carry(made.path, one.client)


def test_a_device_that_was_ended_does_not_speak_by_a_file_either(joined: Joining, tmp_path: Path) -> None:
    one, other = joined(), joined()
    made = _written(one, tmp_path / "out.watmos")
    office = joined.office_app.office
    with office.writing() as connection:
        devices.wipe(connection, office, None, one.client.identity.device)
    with pytest.raises(problems.Refused) as told:
        bundle.carry(made.path, other.client)
    assert told.value.code == "not_found"
    assert _counts(joined) == (0, 0)


def test_a_drained_device_s_file_waits_in_quarantine(joined: Joining, tmp_path: Path) -> None:
    one, other = joined(), joined()
    made = _written(one, tmp_path / "out.watmos")
    office = joined.office_app.office
    with office.writing() as connection:
        devices.drain(connection, office, None, one.client.identity.device)
    bundle.carry(made.path, other.client)
    assert _counts(joined) == (1, 1)


def test_the_office_takes_a_file_itself(joined: Joining, tmp_path: Path) -> None:
    one = joined()
    made = _written(one, tmp_path / "out.watmos")
    for part in bundle.read(made.path):
        assert carried.take(joined.office_app.office, part) == {"taken": True}
    assert _counts(joined) == (1, 0)


def test_an_administrator_takes_a_file_in_by_a_command(
    joined: Joining, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = joined()
    made = _written(one, tmp_path / "out.watmos")
    office = joined.office_app.office
    words = ["bundle", "import", str(made.path), "--home", str(office.home)]
    words += ["--database", f"sqlite:///{tmp_path / 'office.db'}"]
    for _ in range(2):
        assert cli.main(words) == 0
        assert capsys.readouterr().out.startswith("Taken in: ")
    assert _counts(joined) == (1, 0)
    with office.writing() as connection:
        devices.suspend(connection, office, None, one.client.identity.device)
    assert cli.main(words) == 2
    assert "refused" in capsys.readouterr().err
    (tmp_path / "short").write_bytes(made.path.read_bytes()[:-5])
    assert cli.main([*words[:2], str(tmp_path / "short"), *words[3:]]) == 2


def test_nothing_waits_so_there_is_no_file(joined: Joining, tmp_path: Path) -> None:
    one = joined()
    with pytest.raises(Told, match="Nothing waits"):
        bundle.export(one.store, tmp_path / "out.watmos")
    assert list(tmp_path.glob("*watmos*")) == []
