"""A file is there whole or not at all, whenever the program is stopped."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watmos_desktop.services import files

OLD, NEW = b"old " * 5_000, b"new " * 9_000

# Dies just before its N-th call to the disk, of which it takes every one through ``os``.
# "careless" is the control: the ordinary way to write a file, which this test must be able to tell from ours.
WRITER = """
import io, os, signal, sys, tempfile
from pathlib import Path
from watmos_desktop.services import files

files._BLOCK = 4000
target, careless, last = Path(sys.argv[1]), sys.argv[2] == "careless", int(sys.argv[3])
calls = 0
NEW = b"new " * 9000

def count(name):
    real = getattr(os, name)
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    setattr(os, name, call)

for name in ("open", "write", "fsync", "replace", "close"):
    count(name)
if careless:
    file = os.open(target, os.O_WRONLY | os.O_TRUNC)
    for at in range(0, len(NEW), 4000):
        os.write(file, NEW[at:at + 4000])
    os.fsync(file)
else:
    files.write_whole(target, NEW)
"""


def write_in_child(target: Path, how: str, last: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WRITER, str(target), how, str(last)],
        capture_output=True,
        text=True,
        check=False,
    )


def states_after_each_kill(target: Path, how: str) -> list[bytes]:
    """What the file holds after a kill before each call to the disk in turn, until one run lives."""
    found = []
    for last in range(1, 30):
        target.write_bytes(OLD)
        done = write_in_child(target, how, last)
        found.append(target.read_bytes())
        if done.returncode == 0:
            return found
        assert done.returncode == -signal.SIGKILL, done.stderr
    raise AssertionError("the writer never came to its end")


def test_a_kill_at_any_call_leaves_all_of_the_old_or_all_of_the_new(tmp_path: Path) -> None:
    states = states_after_each_kill(tmp_path / "report.pdf", "whole")
    assert set(states) == {OLD, NEW}
    assert len(states) > 5
    assert states[-1] == NEW
    assert files.clear_leftovers(tmp_path) > 0
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]


def test_the_ordinary_way_would_be_caught(tmp_path: Path) -> None:
    assert set(states_after_each_kill(tmp_path / "report.pdf", "careless")) - {OLD, NEW}


def test_bytes_are_synced_before_the_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    sync, rename = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        calls.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "bytes")
        sync(descriptor)

    def replace(*args: Path) -> None:
        calls.append("name")
        rename(*args)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    files.write_whole(tmp_path / "a", b"1")
    assert calls == ["bytes", "name", "folder"]


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=3_000), min_size=1, max_size=4))
def test_what_was_written_last_is_read(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        for data in contents:
            files.write_whole(path, data)
        assert path.read_bytes() == contents[-1]
        assert [found.name for found in Path(folder).iterdir()] == ["a"]
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_fails_keeps_the_old_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(OLD)
    for name in ("fsync", "replace"):
        for number, words in (
            (errno.ENOSPC, "no room left"),
            (errno.EIO, "did not take"),
            (errno.EROFS, "not allow"),
        ):

            def fail(*_: object, number: int = number) -> None:
                raise OSError(number, "as the disk says")

            with monkeypatch.context() as patch:
                patch.setattr(os, name, fail)
                with pytest.raises(files.NotWritten, match=words) as told:
                    files.write_whole(path, NEW)
            assert told.value.hint
            assert str(tmp_path) not in str(told.value)
            assert path.read_bytes() == OLD
            assert [found.name for found in tmp_path.iterdir()] == ["a"]


def test_a_real_full_disk_is_told_in_words() -> None:
    with pytest.raises(files.NotWritten):
        files.write_whole(Path("/dev/full/a"), b"1")


def test_a_missing_folder_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(files.NotWritten, match="folder is not there"):
        files.write_whole(tmp_path / "none" / "a", b"1")


def test_private_folders_shut_others_out(tmp_path: Path) -> None:
    made = files.private_folder(tmp_path / "a" / "b" / "c")
    for folder in (made, made.parent, made.parent.parent):
        assert folder.stat().st_mode & 0o777 == 0o700
    made.chmod(0o755)
    files.private_folder(made)
    assert made.stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(files.NotWritten):
        files.private_folder(tmp_path / "file" / "a")


def test_leftovers_young_enough_to_be_under_way_are_spared(tmp_path: Path) -> None:
    part = tmp_path / ".0011.part"
    part.write_bytes(b"half")
    (tmp_path / "kept.part").write_bytes(b"someone's own file")
    assert files.clear_leftovers(tmp_path, older_than=60) == 0
    os.utime(part, (1, 1))
    assert files.clear_leftovers(tmp_path, older_than=60) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["kept.part"]
