"""Attachments on disk: safe before they are named, sealed, and refused when they have changed."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watmos_desktop.services import files
from watmos_desktop.services.blobs import ORPHAN_AGE, Blobs, DamagedAttachment
from watmos_desktop.services.errors import NotFound

KEY = bytes(range(32))


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "attachments", KEY)


def only_file(blobs: Blobs) -> Path:
    (path,) = (path for path in blobs.folder.rglob("*") if path.is_file())
    return path


def age(path: Path, seconds: float) -> None:
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=2_000), max_size=4))
def test_what_goes_in_comes_out_once_each(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        blobs = Blobs(Path(folder) / "a", KEY)
        named = {blobs.put(data): data for data in contents}
        assert all(sha == hashlib.sha256(data).hexdigest() for sha, data in named.items())
        assert sorted(blobs.all()) == sorted(named)
        again = Blobs(Path(folder) / "a", KEY)
        assert {sha: again.get(sha) for sha in again.all()} == named


def test_any_changed_byte_is_refused_and_a_new_put_makes_it_good(blobs: Blobs) -> None:
    sha = blobs.put(b"a small picture")
    path = only_file(blobs)
    raw = path.read_bytes()
    for at in range(len(raw)):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 0x10]) + raw[at + 1 :])
        with pytest.raises(DamagedAttachment, match="damaged"):
            blobs.get(sha)
    for length in range(len(raw)):
        path.write_bytes(raw[:length])
        with pytest.raises(DamagedAttachment):
            blobs.get(sha)
    assert blobs.put(b"a small picture") == sha
    assert blobs.get(sha) == b"a small picture"


def test_a_file_under_anothers_name_is_refused(blobs: Blobs) -> None:
    first, second = blobs.put(b"first"), blobs.put(b"second")
    blobs._path(second).write_bytes(blobs._path(first).read_bytes())
    with pytest.raises(DamagedAttachment):
        blobs.get(second)
    with pytest.raises(DamagedAttachment):
        list(blobs.all())
    assert blobs.get(first) == b"first"


def test_the_disk_tells_neither_bytes_nor_hash(blobs: Blobs) -> None:
    secret = b"Mrs Nkemelu, 14 Goscote Lane, second floor" * 40
    sha = blobs.put(secret)
    path = only_file(blobs)
    on_disk = str(path).encode() + path.read_bytes()
    for known in (secret[:16], sha.encode(), sha[:16].encode(), bytes.fromhex(sha), b"Goscote"):
        for form in (known, base64.b64encode(known)[:-4], known.hex().encode(), zlib.compress(known)[2:-4]):
            assert form not in on_disk
    assert Blobs(blobs.folder.parent / "other", bytes(32))._path(sha).name != path.name
    assert path.stat().st_mode & 0o777 == 0o600
    for folder in (path.parent, path.parent.parent, blobs.folder):
        assert folder.stat().st_mode & 0o777 == 0o700


def test_the_same_bytes_are_sealed_anew_each_time(tmp_path: Path) -> None:
    one, two = Blobs(tmp_path / "one", KEY), Blobs(tmp_path / "two", KEY)
    one.put(b"same")
    two.put(b"same")
    assert only_file(one).name == only_file(two).name
    assert only_file(one).read_bytes() != only_file(two).read_bytes()


def test_another_key_finds_nothing(blobs: Blobs) -> None:
    sha = blobs.put(b"kept")
    other = Blobs(blobs.folder, bytes(32))
    assert not other.has(sha)
    with pytest.raises(NotFound):
        other.get(sha)
    with pytest.raises(DamagedAttachment):
        list(other.all())


@pytest.mark.parametrize("sha", ["", "../../workspace.json", "0" * 64, "/etc/passwd", "ü"])
def test_what_is_not_there_is_not_found_whatever_its_name(blobs: Blobs, sha: str) -> None:
    assert not blobs.has(sha)
    with pytest.raises(NotFound):
        blobs.get(sha)
    blobs.remove(sha)
    assert list(blobs.all()) == []


def test_put_is_on_disk_before_it_returns(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    path = blobs._path(hashlib.sha256(b"kept").hexdigest())
    for _ in range(2):  # the second time too: a killed program may have left the name unsynced
        synced.clear()
        blobs.put(b"kept")
        chain = [path.parent, path.parent.parent, blobs.folder]
        assert {folder.stat().st_ino for folder in chain} <= set(synced)
    path.unlink()
    synced.clear()
    blobs.put(b"kept")
    assert path.stat().st_ino in synced


def test_a_failing_disk_is_told_and_stores_nothing(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, "as the disk says")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(files.NotWritten, match="no room left"):
        blobs.put(b"kept")
    monkeypatch.undo()
    assert list(blobs.all()) == []
    assert blobs.get(blobs.put(b"kept")) == b"kept"


KILLED = """
import os, signal, sys
from pathlib import Path
from watmos_desktop.services.blobs import Blobs
calls, last = 0, int(sys.argv[2])
def count(name):
    real = getattr(os, name)
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    setattr(os, name, call)
for name in ("open", "write", "fsync", "replace", "close", "mkdir"):
    count(name)
print(Blobs(Path(sys.argv[1]), bytes(range(32))).put(b"evidence" * 999), flush=True)
"""


def test_a_kill_at_any_call_leaves_all_or_nothing_and_named_means_there(tmp_path: Path) -> None:
    data, whole, none = b"evidence" * 999, 0, 0
    sha = hashlib.sha256(data).hexdigest()
    for last in range(1, 100):
        blobs = Blobs(tmp_path / str(last), KEY)
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(blobs.folder), str(last)],
            capture_output=True,
            text=True,
            check=False,
        )
        if blobs.has(sha):
            whole += 1
            assert blobs.get(sha) == data
        else:
            none += 1
            assert sha not in done.stdout
        assert set(blobs.all()) <= {sha}
        if done.returncode == 0:
            assert done.stdout.strip() == sha
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
    else:
        raise AssertionError("put never came to its end")
    assert whole > 1
    assert none > 5


def test_sweep_spares_what_is_named_and_what_may_yet_be(blobs: Blobs) -> None:
    named, orphan, fresh = blobs.put(b"named"), blobs.put(b"orphan"), blobs.put(b"fresh")
    left = blobs._path(orphan).with_name(".00ff.part")
    left.write_bytes(b"half")
    for path in (blobs._path(named), blobs._path(orphan), left):
        age(path, ORPHAN_AGE + 1)
    assert blobs.sweep({named}) == 2
    assert set(blobs.all()) == {named, fresh}
    assert not left.exists()


def test_bytes_wanted_again_are_young_again(blobs: Blobs) -> None:
    sha = blobs.put(b"photo")
    age(blobs._path(sha), ORPHAN_AGE + 1)
    blobs.put(b"photo")
    assert blobs.sweep(set()) == 0
    assert blobs.get(sha) == b"photo"


def test_removed_is_gone_and_removing_twice_is_no_matter(blobs: Blobs) -> None:
    sha = blobs.put(b"photo")
    blobs.remove(sha)
    blobs.remove(sha)
    assert not blobs.has(sha)
    with pytest.raises(NotFound):
        blobs.get(sha)


def test_the_same_photo_from_two_threads_at_once_is_whole(blobs: Blobs) -> None:
    data = os.urandom(200_000)
    start, got = threading.Barrier(4), []

    def put() -> None:
        start.wait()
        for _ in range(5):
            got.append(blobs.get(blobs.put(data)) == data)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [True] * 20
    assert len(list(blobs.all())) == 1
