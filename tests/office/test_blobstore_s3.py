"""Both stores of photos behave alike; S3 against moto's server, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.office.sending import member, town
from tests.office.test_blobs import PHOTO, attach, chunks, put, put_all, read
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.errors import Told
from watmos_office import blobs, blobstore
from watmos_office.blobstore import BlobStore
from watmos_office.office import Office


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Where the bucket ``photos`` of a server in this process is found: the query of a URL."""
    import boto3
    from moto.server import ThreadedMotoServer

    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        where = f"http://{host}:{port}"
        client = boto3.client("s3", endpoint_url=where)
        client.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        client.close()
        yield f"endpoint={where}&region=eu-west-2"
        server.stop()


@pytest.fixture
def s3(bucket: str, tmp_path: Path) -> str:
    """The URL of a folder in the bucket that no other test writes into."""
    return f"s3://photos/{tmp_path.name}?{bucket}"


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return blobstore.at(request.getfixturevalue("s3") if request.param == "s3" else "", tmp_path)


def test_what_was_put_is_there_in_whole_and_in_part(store: BlobStore) -> None:
    store.put("whole/ab/abcd", b"0123456789", safe=True)
    assert store.get("whole/ab/abcd") == b"0123456789"
    assert store.get("whole/ab/abcd", 3, 4) == b"3456"
    assert store.get("whole/ab/abcd", 8, 100) == b"89"
    assert store.get("whole/ab/none") is None
    assert store.get("whole/ab/none", 3, 4) is None


def test_what_lies_below_a_name_is_listed_and_let_go_alone(store: BlobStore) -> None:
    for name in ("parts/a/0", "parts/a/1", "parts/ab/0"):
        store.put(name, name.encode(), safe=False)
    assert store.sizes("parts/a") == {"0": 9, "1": 9}
    assert store.sizes("parts/none") == {}
    store.remove("parts/a")
    store.remove("parts/none")
    assert store.sizes("parts/a") == {}
    assert store.sizes("parts/ab") == {"0": 10}


def test_what_lay_still_is_swept_and_what_moves_is_not(store: BlobStore) -> None:
    for name in ("parts/a/x/0", "parts/a/x/1", "parts/b/y/0", "whole/ab/abcd"):
        store.put(name, b"12", safe=False)
    now = datetime.now(UTC)
    assert store.sweep("parts", now - timedelta(hours=1)) == 0
    assert store.sizes("parts") == {"a/x/0": 2, "a/x/1": 2, "b/y/0": 2}
    assert store.sweep("parts", now + timedelta(hours=1)) == 2
    assert store.sizes("parts") == {}
    assert store.get("whole/ab/abcd") == b"12"
    assert store.sweep("parts", now + timedelta(hours=1)) == 0


def test_photos_go_through_an_office_on_s3(s3: str, tmp_path: Path, clock: FakeClock) -> None:
    office = Office(f"sqlite:///{tmp_path / 'office.db'}", tmp_path, clock=clock, photos=s3)
    place = town(office)
    me = member(office, Role.CARETAKER, estates=[place.estates[0]])
    photo = attach(me, place)
    put(me, photo, 1, chunks()[1])
    assert blobs.missing(office, me.caller, photo)["missing"] == [0, 2]
    put_all(me, photo)
    assert read(me, photo) == PHOTO
    assert not (tmp_path / "photos").exists()
    office.close()


@pytest.mark.parametrize("url", ["ftp://x/y", "s3://", "photos", "file:///etc"])
def test_another_kind_of_place_is_told(url: str, tmp_path: Path) -> None:
    with pytest.raises(Told, match="no place for photos"):
        blobstore.at(url, tmp_path)
