"""A stranger's picture is decoded where it can do no harm, and comes out the same."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from tests import children
from watmos_desktop.services import attachments, photo_child, photos
from watmos_desktop.services.blobs import Blobs
from watmos_desktop.services.photo_child import Child
from watmos_desktop.services.photos import NotAPhoto

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


def picture(kind: str, size: tuple[int, int] = (320, 200)) -> bytes:
    photos.learn_heif()
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 09:15:00"
    Image.effect_noise(size, 40).convert("RGB").save(out, kind, exif=exif)
    return out.getvalue()


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    made = Child()
    yield made
    made.stop()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_comes_out_is_what_decoding_here_gives(child: Child, kind: str) -> None:
    data = picture(kind)
    photo = child.ingest(data)
    assert photo == photos.ingest(data)
    assert photo.taken_at is not None
    assert photo.taken_at.hour == 9


def test_a_refusal_has_the_same_words_and_the_child_stays(child: Child) -> None:
    before = child.pid()
    for data in (b"", b"GIF89a", picture("JPEG")[:900], b"%PDF-1.7"):
        with pytest.raises(NotAPhoto) as there:
            child.ingest(data)
        with pytest.raises(NotAPhoto) as here:
            photos.ingest(data)
        assert str(there.value) == str(here.value)
    assert before in (None, child.pid())


@posix
def test_a_child_that_was_killed_is_replaced(child: Child) -> None:
    data = picture("JPEG")
    child.ingest(data)
    first = child.pid()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    with suppress(NotAPhoto):  # it may be found dead before the picture is sent, or after
        child.ingest(data)
    assert child.ingest(data).width
    assert child.pid() != first


def test_a_picture_that_ends_or_stops_the_child_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_child, "_PATIENCE", 3.0)
    for work in (children.dies, children.hangs):
        broken = Child(work)
        with pytest.raises(NotAPhoto, match="cannot be opened safely"):
            broken.ingest(picture("JPEG"))
        assert broken.pid() is None
        monkeypatch.setattr(photo_child, "_PATIENCE", 0.2)


def test_a_child_that_lies_is_not_believed() -> None:
    liar = Child(children.lies)
    for name in children.FORGED:
        with pytest.raises(NotAPhoto, match="cannot be opened safely"):
            liar.ingest(name.encode())
    liar.stop()


_TRIES = """
import socket, sys
from watmos_desktop.services import photo_child, photos
photo_child._warm_up()
photo_child.limit_itself()
def refused(what):
    try:
        what()
    except (OSError, MemoryError):
        return True
    return False
print(refused(lambda: open("/etc/passwd")), refused(lambda: open(sys.argv[1], "w")),
      refused(lambda: socket.socket()), refused(lambda: bytearray(3 << 30)), refused(lambda: bytearray(200 << 20)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not hold a process to its address space")
def test_it_can_open_no_file_and_no_connection_and_take_no_more_memory(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TRIES, f"{tmp_path}/out"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True", "True", "True", "False"]


@posix
def test_one_picture_may_use_the_processor_for_so_long() -> None:
    code = (
        "from watmos_desktop.services import photo_child\n"
        "photo_child.CPU_SECONDS = 1\n"
        "photo_child._limit_time()\n"
        "while True: pass"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=60)
    assert done.returncode == -signal.SIGXCPU


def test_photos_of_records_are_taken_in_by_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, child: Child
) -> None:
    def here(_: bytes) -> None:
        raise AssertionError("decoded beside the keys")

    data = picture("JPEG")
    expected = photos.ingest(data).sha256
    monkeypatch.setattr(photo_child, "ingest", child.ingest)
    child.ingest(data)
    monkeypatch.setattr(photos, "ingest", here)
    assert attachments.store(Blobs(tmp_path / "blobs", bytes(32)), data).sha256 == expected
