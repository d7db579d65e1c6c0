"""Photos reach the office whole or not at all, survive every mishap, and are let go against a signed receipt alone."""

from __future__ import annotations

import random
from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from tests import build
from tests.fakes import NOW
from tests.network import Faults
from tests.sync.conftest import Device, Joining
from watmos_desktop.models.tables import Attachment, Receipt, Staff
from watmos_desktop.services.sync import engine, memory, photos, problems, safe, status, wire
from watmos_office import blobs as office_blobs
from watmos_office import blobstore

SIZES = (1, photos.CHUNK - 1, photos.CHUNK, photos.CHUNK + 1, 3 * photos.CHUNK + 7)


def take(device: Device, *sizes: int, seed: int = 1) -> list[str]:
    """Photos of so many bytes on a new repair of that device; gives their hashes."""
    found = []
    with device.store.write("took photos") as session:
        repair = build.a_repair(session, build.a_block(session), session.get_one(Staff, device.member))
        for number, size in enumerate(sizes):
            data = random.Random(seed * 1000 + number).randbytes(size)
            found.append(device.store.blobs.put(data))
            session.add(_row(device, repair.id, found[-1], size))
    return found


def _row(device: Device, repair: UUID, sha256: str, size: int) -> Attachment:
    return Attachment(
        owner_table="repair", owner_id=repair, sha256=sha256, size=size, width=1, height=1, taken_at=NOW,
        added_by=device.member,
    )  # fmt: skip


def receipts(device: Device) -> set[str]:
    with device.store.read() as session:
        return set(session.scalars(select(Receipt.sha256)))


def at_the_office(joined: Joining, sha256: str) -> bytes | None:
    office = joined.office_app.office
    return blobstore.at(office.photos, office.home).get(office_blobs.whole(sha256))


def test_photos_of_one_device_are_on_the_other(joined: Joining) -> None:
    one, two = joined(), joined()
    hashes = take(one, *SIZES)
    report = engine.sync(one.store, one.client)
    assert (report.photos_sent, report.photos_left, report.more) == (len(SIZES), 0, False)
    assert receipts(one) == set(hashes)
    engine.sync(two.store, two.client)
    assert all(two.store.blobs.get(sha256) == one.store.blobs.get(sha256) for sha256 in hashes)
    for device in (one, two):
        assert photos.unconfirmed(device.store) == frozenset()
    assert engine.sync(one.store, one.client).photos_sent == 0


def test_a_receipt_holds_only_with_the_office_s_own_signature(joined: Joining) -> None:
    one = joined()
    (sha256,) = take(one, 1000)
    engine.sync(one.store, one.client)
    with one.store.read() as session:
        body = session.get_one(Receipt, sha256).body
    kept = memory.load(one.store)
    good: dict[str, Any] = {
        "sha256": sha256,
        "size": 1000,
        "device": UUID(kept.device),
        "office_key": b64decode(kept.office_key),
    }
    assert photos.check_receipt(body, **good) == body
    forged = b64encode(Ed25519PrivateKey.generate().sign(wire.canonical(body["receipt"]))).decode()
    for said in ({**body, "signature": forged}, {"receipt": body["receipt"]}, {**body, "signature": "?"}, {}):
        with pytest.raises(photos.NotProved):
            photos.check_receipt(said, **good)
    for name, value in (("sha256", "0" * 64), ("size", 999), ("device", uuid4())):
        with pytest.raises(photos.NotProved):
            photos.check_receipt(body, **good | {name: value})


def test_one_photo_that_is_damaged_here_does_not_stop_the_rest_and_is_never_sent(joined: Joining) -> None:
    one = joined()
    hashes = take(one, 1000, 2000, 3000)
    path = one.store.blobs._path(hashes[1])
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    report = engine.sync(one.store, one.client)
    assert (report.photos_sent, report.photos_left, report.more) == (2, 1, True)
    assert at_the_office(joined, hashes[1]) is None
    assert photos.unconfirmed(one.store) == {hashes[1]}
    assert not safe.safe_to_go_home(one.store).safe


def test_an_upload_goes_on_where_it_was_broken_off(joined: Joining) -> None:
    one = joined()
    (sha256,) = take(one, 6 * photos.CHUNK)
    engine.sync(one.store, _WithoutPhotos(one))  # type: ignore[arg-type]
    broken = _BreaksAfter(one, 4)
    with pytest.raises(problems.NoNetwork):
        photos.exchange(one.store, broken)
    rest = _BreaksAfter(one, 100)
    assert photos.exchange(one.store, rest) == (1, 0)
    assert (broken.sent, rest.sent) == (4, 2)
    assert at_the_office(joined, sha256) == one.store.blobs.get(sha256)


def test_what_comes_down_wrong_is_not_kept(joined: Joining) -> None:
    one, two = joined(), joined()
    hashes = take(one, 5000, 6000)
    engine.sync(one.store, one.client)
    engine.sync(two.store, _WithoutPhotos(two))  # type: ignore[arg-type]
    assert photos.exchange(two.store, _Garbles(two)) == (0, 2)
    assert not any(two.store.blobs.has(sha256) for sha256 in hashes)
    assert list(two.store.blobs.all()) == []
    assert photos.exchange(two.store, two.client) == (0, 0)
    assert all(two.store.blobs.has(sha256) for sha256 in hashes)


def test_only_so_many_are_fetched_as_there_is_room_for(joined: Joining) -> None:
    one, two = joined(), joined()
    take(one, 5000, 5000, 5000)
    engine.sync(one.store, one.client)
    photos.keep_at_most(two.store, 11_000)
    engine.sync(two.store, two.client)
    assert len(list(two.store.blobs.all())) == 2
    photos.keep_at_most(two.store, 20_000)
    engine.sync(two.store, two.client)
    assert len(list(two.store.blobs.all())) == 3


def test_an_office_that_was_put_back_is_offered_everything_again(joined: Joining) -> None:
    one = joined()
    (sha256,) = take(one, 1000)
    engine.sync(one.store, one.client)
    photos._doubt_receipts(one.store, str(uuid4()))
    assert photos.unconfirmed(one.store) == {sha256}
    assert photos.exchange(one.store, one.client) == (1, 0)


@pytest.mark.parametrize("seed", range(3))
def test_through_a_train_s_network_every_photo_arrives_once(seed: int, joined: Joining) -> None:
    one, two = joined(seed=seed), joined(seed=seed + 100)
    hashes = take(one, *SIZES, seed=seed)
    for device in (one, two):
        device.network.faults = Faults(*[0.05] * 8)
        for _ in range(60):
            try:
                report = engine.sync(device.store, device.client)
            except (problems.NoNetwork, problems.Refused):
                continue
            if not report.more:
                break
        device.network.faults = Faults()
        engine.sync(device.store, device.client)
    assert receipts(one) == receipts(two) == set(hashes)
    assert all(two.store.blobs.get(sha256) == one.store.blobs.get(sha256) for sha256 in hashes)


def test_waiting_counts_what_was_taken_here(joined: Joining) -> None:
    one, two = joined(), joined()
    take(one, 100, 200)
    with one.store.read() as session:
        assert photos.waiting(session) == 2
    engine.sync(one.store, one.client)
    engine.sync(two.store, _WithoutPhotos(two))  # type: ignore[arg-type]
    for device in (one, two):
        with device.store.read() as session:
            assert photos.waiting(session) == 0
    with two.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 2
    assert status.status(two.store).photos == 0


class _Between:
    """A client whose photos do not always arrive."""

    def __init__(self, device: Device) -> None:
        self._client = device.client
        self.sent = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def missing(self, attachment: UUID) -> dict[str, Any]:
        return self._client.missing(attachment)

    def put_chunk(self, attachment: UUID, index: int, chunk: bytes) -> dict[str, Any]:
        return self._client.put_chunk(attachment, index, chunk)

    def get_chunk(self, attachment: UUID, index: int) -> bytes:
        return self._client.get_chunk(attachment, index)


class _WithoutPhotos(_Between):
    def missing(self, attachment: UUID) -> dict[str, Any]:
        raise problems.refused("not_found", 404)

    def get_chunk(self, attachment: UUID, index: int) -> bytes:
        raise problems.refused("not_found", 404)


class _BreaksAfter(_Between):
    def __init__(self, device: Device, chunks: int) -> None:
        super().__init__(device)
        self._chunks = chunks

    def put_chunk(self, attachment: UUID, index: int, chunk: bytes) -> dict[str, Any]:
        if self.sent == self._chunks:
            raise problems.NoNetwork
        self.sent += 1
        return super().put_chunk(attachment, index, chunk)


class _Garbles(_Between):
    def get_chunk(self, attachment: UUID, index: int) -> bytes:
        found = super().get_chunk(attachment, index)
        return found[:-1] + bytes([found[-1] ^ 1])


def test_the_program_and_the_office_agree_on_a_chunk() -> None:
    assert (photos.CHUNK, photos.LARGEST) == (office_blobs.CHUNK, office_blobs.LIMIT)
