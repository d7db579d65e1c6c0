"""Strangers' pictures are decoded in a child process that can do nothing else (security.md S39).

The child has no key and no workspace. On Linux and macOS it may open no file and no connection once it is warm, write
nothing, and has a ceiling of memory and of processor time; a picture that breaks the decoder breaks it there. It is
started with the first photo, kept warm, and ended at a lock. What comes back is plain bytes, checked here.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from watmos_desktop.services import log, photos
from watmos_desktop.services.photos import NotAPhoto, Photo

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

MEMORY = 1 << 30  # bytes above what a warm child has; a picture of 50 million pixels takes about a third
CPU_SECONDS = 30  # for one picture; the largest takes three
_PATIENCE = 90.0  # seconds, where the computer is busy
_MOST_BACK = 20_000_000
_HEAD = struct.Struct(">I")
# Pixels lie in blocks of 1 MB, of which so many are kept for the next picture: enough for a phone's photo of 12 MP.
# The system gives memory in pages of 4 kB, each cleared first: for a photo that took a third of the time.
_BLOCK, _KEPT_BLOCKS = 1 << 20, 48
_BROKEN = ("This photo cannot be opened safely.", "Take the picture again, or save it as a JPEG first.")


class Child:
    """One warm process. ``ingest`` takes one picture after another; a child that dies is replaced by the next call."""

    def __init__(self, work: Callable[[Connection], None] | None = None) -> None:
        self._work = work
        self._alone = threading.Lock()
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None

    def ingest(self, data: bytes) -> Photo:
        """``photos.ingest`` in the child. Raises NotAPhoto, also for a picture that ended the child."""
        if len(data) > photos.MAX_BYTES:
            return photos.ingest(data)  # refused by its size alone
        with self._alone:
            try:
                line = self._ready()
            except OSError as fault:  # no process can be made; a photo on a doorstep does not wait for that
                log.fault(fault)
                return photos.ingest(data)
            try:
                line.send_bytes(data)
                if not line.poll(_PATIENCE):
                    raise EOFError
                answer = line.recv_bytes(_MOST_BACK)
            except (EOFError, OSError):
                self._end()
                raise NotAPhoto(*_BROKEN) from None
        return _photo(answer)

    def pid(self) -> int | None:
        """The process under way, if there is one."""
        return self._process.pid if self._process is not None else None

    def stop(self) -> None:
        """End it, with the pixels that are in its memory."""
        with self._alone:
            self._end()

    def let_go(self) -> None:
        """In a copy of this program that was forked: the child is not its own, the lock may be held by nobody."""
        self._alone = threading.Lock()
        self._process = self._line = None

    def _ready(self) -> Connection:
        if self._process is None or self._line is None or not self._process.is_alive():
            self._end()
            import multiprocessing  # with the first photo: the start of the program does not wait for it

            context = multiprocessing.get_context("spawn")
            self._line, far = context.Pipe()
            self._process = context.Process(
                target=self._work or serve, args=(far,), name="photos", daemon=True
            )
            self._process.start()
            far.close()
        return self._line

    def _end(self) -> None:
        process, self._process = self._process, None
        line, self._line = self._line, None
        if line is not None:
            line.close()
        if process is not None:
            process.kill()
            process.join()
            process.close()


_child = Child()
ingest = _child.ingest
stop = _child.stop
pid = _child.pid
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_child.let_go)


def serve(line: Connection) -> None:
    """What the child does, until the other side is gone: a picture comes in, a photo or words go out."""
    Image.core.set_block_size(_BLOCK)  # type: ignore[attr-defined]
    Image.core.set_blocks_max(_KEPT_BLOCKS)  # type: ignore[attr-defined]
    _warm_up()
    limit_itself()
    while True:
        try:
            data = line.recv_bytes(photos.MAX_BYTES)
        except (EOFError, OSError):
            return
        _limit_time()
        line.send_bytes(_answer(data))


def _answer(data: bytes) -> bytes:
    jpeg = b""
    try:
        photo = photos.ingest(data)
        taken = photo.taken_at.isoformat() if photo.taken_at else None
        said: dict[str, Any] = {"width": photo.width, "height": photo.height, "taken": taken}
        jpeg = photo.jpeg
    except NotAPhoto as told:
        said = {"message": told.message, "hint": told.hint}
    except MemoryError:
        said = dict(zip(("message", "hint"), _BROKEN, strict=True))
    head = json.dumps(said).encode()
    return _HEAD.pack(len(head)) + head + jpeg


def _photo(answer: bytes) -> Photo:
    """The answer, not believed: a child that was taken over may say anything."""
    try:
        (length,) = _HEAD.unpack_from(answer)
        said = json.loads(answer[_HEAD.size : _HEAD.size + length])
        if "message" in said:
            raise NotAPhoto(str(said["message"])[:200], str(said["hint"])[:200])
        jpeg = answer[_HEAD.size + length :]
        width, height = int(said["width"]), int(said["height"])
        taken = datetime.fromisoformat(said["taken"]) if said["taken"] else None
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:  # its head alone
            if image.size != (width, height) or max(image.size) > photos.LONGEST or image.getexif():
                raise ValueError(image.size)
    except (ValueError, KeyError, TypeError, OSError, SyntaxError, struct.error):
        raise NotAPhoto(*_BROKEN) from None
    return Photo(jpeg, width, height, taken, hashlib.sha256(jpeg).hexdigest())


def _warm_up() -> None:
    """Import every decoder now: later no file can be opened."""
    Image.init()
    with suppress(ImportError):
        photos.learn_heif()
    exif = Image.Exif()
    exif[0x0132] = "2026:11:23 10:42:00"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:23 10:42:00"
    for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
        out = io.BytesIO()
        with suppress(OSError, KeyError, ValueError, NotAPhoto):
            Image.new("RGB", (16, 16), "teal").save(out, kind, exif=exif)
            photos.ingest(out.getvalue())


def limit_itself() -> None:
    """Give up, for good, what decoding does not need, as far as the system has such limits."""
    if sys.platform == "win32":
        return
    import resource

    from watmos_desktop.services.vault import no_core_dumps

    no_core_dumps()
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + MEMORY)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, 0)


def _lower(which: int, to: int) -> None:
    import resource

    with suppress(ValueError, OSError):
        resource.setrlimit(which, (to, to))


def _limit_time() -> None:
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
