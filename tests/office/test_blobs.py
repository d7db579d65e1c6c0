"""Photos in chunks: any order, any number of times; whole only with the right hash; never by the hash alone."""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import time
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from tests.office import sending
from tests.office.sending import Sender, Town, member, repair, town
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import wire
from watmos_office import backup, blobs, blobstore
from watmos_office.blobs import CHUNK
from watmos_office.errors import Answer
from watmos_office.office import Office

PHOTO = random.Random(7).randbytes(2 * CHUNK + 1000)


def chunks(data: bytes = PHOTO) -> list[bytes]:
    return [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def attach(me: Sender, place: Town, data: bytes = PHOTO, block: int = 0, **other: Any) -> UUID:
    """A repair in a block with a photo on it, whose bytes are still on the device."""
    owner, photo = uuid7(), uuid7()
    fields = {
        "owner_table": "repair",
        "owner_id": str(owner),
        "item_key": "",
        "sha256": sha(data),
        "size": len(data),
        "width": 640,
        "height": 480,
        "taken_at": sending.AT,
        "added_by": str(me.member_id),
        **other,
    }
    sent = me.send(me.new("repair", repair(place, me, block), owner), me.new("attachment", fields, photo))
    assert sent[0][0] == "applied"
    return photo


def put(me: Sender, photo: UUID, index: int, data: bytes) -> dict[str, Any]:
    return blobs.put(me.office, me.caller, photo, index, sha(data), data)


def put_all(me: Sender, photo: UUID, data: bytes = PHOTO) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for index, chunk in enumerate(chunks(data)):
        said = put(me, photo, index, chunk)
    return said


def read(me: Sender, photo: UUID, count: int = 3) -> bytes:
    return b"".join(blobs.chunk(me.office, me.caller, photo, index) for index in range(count))


def refused(work: Any, *args: Any) -> tuple[int, str]:
    with pytest.raises(Answer) as refusal:
        work(*args)
    return refusal.value.status, refusal.value.code


@pytest.fixture
def place(office: Office) -> Town:
    return town(office)


@pytest.fixture
def me(office: Office, place: Town) -> Sender:
    return member(office, Role.CARETAKER, estates=[place.estates[0]])


def test_chunks_come_in_any_order_and_any_number_of_times(office: Office, place: Town, me: Sender) -> None:
    photo = attach(me, place)
    assert blobs.missing(office, me.caller, photo) == {
        "size": len(PHOTO),
        "chunk": CHUNK,
        "missing": [0, 1, 2],
    }
    parts = chunks()
    assert put(me, photo, 2, parts[2]) == put(me, photo, 2, parts[2]) == {"left": 2}
    assert put(me, photo, 0, parts[0]) == {"left": 1}
    assert blobs.missing(office, me.caller, photo)["missing"] == [1]
    assert refused(blobs.chunk, office, me.caller, photo, 0) == (404, "not_found")  # not here yet
    said = put(me, photo, 1, parts[1])
    receipt = said["receipt"]
    assert (receipt["sha256"], receipt["size"]) == (sha(PHOTO), len(PHOTO))
    assert receipt["device"] == str(me.device_id)
    office.signing_key.public_key().verify(b64decode(said["signature"]), wire.canonical(receipt))
    assert put(me, photo, 1, parts[1]) == said
    assert blobs.missing(office, me.caller, photo) == {
        "size": len(PHOTO),
        "chunk": CHUNK,
        "missing": [],
        **said,
    }
    assert read(me, photo) == PHOTO
    assert refused(blobs.chunk, office, me.caller, photo, 3) == (404, "not_found")
    assert not list((office.home / "photos" / "parts").rglob("*.part"))
    assert not any(path.is_file() for path in (office.home / "photos" / "parts").rglob("*"))


def test_a_chunk_damaged_on_its_way_or_of_the_wrong_length_is_refused(place: Town, me: Sender) -> None:
    photo, parts = attach(me, place), chunks()
    assert refused(blobs.put, me.office, me.caller, photo, 0, sha(parts[1]), parts[0]) == (400, "bad_request")
    for index, data in ((0, parts[2]), (2, parts[0]), (3, b"x"), (0, b"")):
        assert refused(put, me, photo, index, data) == (400, "bad_request")
    assert blobs.missing(me.office, me.caller, photo)["missing"] == [0, 1, 2]


def test_chunks_that_are_not_the_photo_are_let_go_and_the_right_ones_taken(place: Town, me: Sender) -> None:
    photo, parts = attach(me, place), chunks()
    put(me, photo, 0, parts[0])
    put(me, photo, 1, bytes(CHUNK))
    assert refused(put, me, photo, 2, parts[2]) == (400, "bad_request")
    assert blobs.missing(me.office, me.caller, photo)["missing"] == [0, 1, 2]
    assert "receipt" in put_all(me, photo)
    assert read(me, photo) == PHOTO


def test_a_chunk_cut_short_by_a_power_cut_is_asked_for_again(office: Office, place: Town, me: Sender) -> None:
    photo, parts = attach(me, place), chunks()
    put(me, photo, 0, parts[0])
    (kept,) = [path for path in (office.home / "photos" / "parts").rglob("*") if path.is_file()]
    kept.write_bytes(parts[0][:100])
    assert blobs.missing(office, me.caller, photo)["missing"] == [0, 1, 2]


def test_the_right_to_a_photo_is_the_right_to_its_record(office: Office, place: Town, me: Sender) -> None:
    photo = attach(me, place)
    put_all(me, photo)
    neighbour = member(office, Role.TENANCY_OFFICER, estates=[place.estates[0]])
    stranger = member(office, Role.TENANCY_OFFICER, estates=[place.estates[1]])
    ambassador = member(office, Role.AMBASSADOR, estates=[place.estates[0]])
    assert read(neighbour, photo) == PHOTO
    for one in (stranger, ambassador):
        for work in (blobs.missing, partial(blobs.chunk, index=0)):
            assert refused(work, office, one.caller, photo) == refused(work, office, one.caller, uuid4())
        assert refused(put, one, photo, 0, chunks()[0]) == (404, "not_found")


def test_who_knows_a_hash_gets_nothing_for_it_without_the_bytes(
    office: Office, place: Town, me: Sender
) -> None:
    put_all(me, attach(me, place))
    thief = member(office, Role.CARETAKER, estates=[place.estates[1]])
    bait = attach(thief, place, block=2)
    assert blobs.missing(office, thief.caller, bait)["missing"] == [0, 1, 2]  # no word of having them
    assert refused(blobs.chunk, office, thief.caller, bait, 0) == (404, "not_found")
    put_all(thief, bait)
    assert read(thief, bait) == PHOTO


def test_a_photo_on_two_records_of_one_person_is_sent_once(office: Office, place: Town, me: Sender) -> None:
    put_all(me, attach(me, place))
    again = attach(me, place, block=1)
    assert "receipt" in blobs.missing(office, me.caller, again)
    other = member(office, Role.TENANCY_OFFICER, estates=[place.estates[0]])
    assert read(other, again) == PHOTO


def test_an_ambassador_gets_back_what_they_took(office: Office, place: Town) -> None:
    ambassador = member(office, Role.AMBASSADOR, estates=[place.estates[0]])
    photo = attach(ambassador, place)
    put_all(ambassador, photo)
    assert read(ambassador, photo) == PHOTO


def test_the_photo_of_held_work_is_kept_but_read_by_nobody(office: Office, place: Town, me: Sender) -> None:
    sending.disable(office, me, "drain")
    owner, photo = uuid7(), uuid7()
    fields = {"owner_table": "repair", "owner_id": str(owner), "sha256": sha(PHOTO), "size": len(PHOTO)}
    said = {**fields, "width": 1, "height": 1, "taken_at": sending.AT, "added_by": str(me.member_id)}
    assert me.send(me.new("attachment", said, photo))[0][0] == "quarantined"
    assert "receipt" in put_all(me, photo)
    assert refused(blobs.chunk, office, me.caller, photo, 0) == (404, "not_found")


def test_a_photo_that_is_too_large_or_says_nonsense_is_refused(place: Town, me: Sender) -> None:
    assert refused(blobs.missing, me.office, me.caller, attach(me, place, size=blobs.LIMIT + 1)) == (
        413,
        "too_large",
    )
    for wrong in ({"sha256": "../../etc/passwd"}, {"sha256": ""}, {"size": 0}):
        assert refused(blobs.missing, me.office, me.caller, attach(me, place, **wrong)) == (404, "not_found")


def test_the_last_chunk_twice_at_once_gives_the_receipt_twice(
    office: Office, place: Town, me: Sender
) -> None:
    photo, parts, caller = attach(me, place), chunks(), me.caller
    for index in (0, 1):
        put(me, photo, index, parts[index])
    with ThreadPoolExecutor(4) as threads:
        work = [
            threads.submit(blobs.put, office, caller, photo, 2, sha(parts[2]), parts[2]) for _ in range(4)
        ]
        answers = [one.result() for one in work]
    assert any("receipt" in one for one in answers)
    assert "receipt" in put(me, photo, 2, parts[2])
    assert read(me, photo) == PHOTO


def test_a_chunk_whose_folder_another_request_takes_away_is_kept_all_the_same(tmp_path: Path) -> None:
    store, over = blobstore.Folder(tmp_path), Event()

    def take_away() -> None:
        while not over.is_set():
            store.remove("parts/a")

    with ThreadPoolExecutor(1) as threads:
        taking = threads.submit(take_away)
        try:
            for _ in range(400):
                store.put("parts/a/b/0", b"chunk", safe=False)
        finally:
            over.set()
        taking.result()
    store.put("parts/a/b/0", b"chunk", safe=False)
    assert store.get("parts/a/b/0") == b"chunk"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 2), max_size=8), size=st.integers(2 * CHUNK + 1, 3 * CHUNK))
def test_the_receipt_comes_with_the_last_chunk_that_was_missing(
    place: Town, me: Sender, order: list[int], size: int
) -> None:
    data, came = secrets.token_bytes(size), set[int]()  # hypothesis makes random the same each time
    photo = attach(me, place, data)
    for index in order:
        said = put(me, photo, index, chunks(data)[index])
        came.add(index)
        assert ("receipt" in said) == (came == {0, 1, 2})
    assert blobs.missing(me.office, me.caller, photo)["missing"] == sorted({0, 1, 2} - came)


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_a_photo_that_was_half_sent_is_swept_by_the_nightly_backup_and_can_come_again(office: Office) -> None:
    place = town(office)
    me = member(office, Role.CARETAKER, estates=[place.estates[0]])
    old, new = attach(me, place), attach(me, place, PHOTO[::-1])
    put(me, old, 1, chunks()[1])
    put(me, new, 1, chunks(PHOTO[::-1])[1])
    parts = office.home / "photos" / "parts"
    (parts / str(old) / ".0123.part").write_bytes(b"a write that a power cut ended")
    long_ago = time.time() - blobs.ABANDONED.total_seconds() - 60
    for path in [*(parts / str(old)).rglob("*"), parts / str(old)]:
        os.utime(path, (long_ago, long_ago))
    backup.make(office)
    assert [one.name for one in parts.iterdir()] == [str(new)]
    assert blobs.missing(office, me.caller, old)["missing"] == [0, 1, 2]
    assert blobs.missing(office, me.caller, new)["missing"] == [0, 2]
    put_all(me, old)
    assert read(me, old) == PHOTO
