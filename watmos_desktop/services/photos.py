"""Photos: a stranger's file comes in, plain pixels that tell nothing else go on (docs/decisions/0005).

What is kept is made anew from the pixels, so that no place, device, name or thumbnail can come along; when
the picture was taken is kept as data. Every refusal is Told in words, and before the pixels cost memory.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import math
import os
import re
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from PIL import Image, PngImagePlugin

from watmos_desktop.services.errors import Told
from watmos_desktop.services.photo_colours import to_srgb

LONGEST = 2048  # pixels kept on the longer side
QUALITY = 82
MAX_PIXELS = 50_000_000
MAX_BYTES = 80_000_000
MAX_SCANS = 100  # a camera's progressive JPEG has about ten; thousands would keep the computer busy for hours
PAPER_BYTES = 180_000

# A JPEG can be decoded at 1/2, 1/4 or 1/8 in a fraction of the time. What so comes within this part of the
# size wanted is taken as it is: a 12 MP photo becomes 2000 px instead of 2048 in a third of the time.
_NEAR = 7 / 8
_SCAN = re.compile(b"\xff\xda")

# Pillow would unpack 64 MB of text chunks from a PNG of a few kilobytes.
PngImagePlugin.MAX_TEXT_MEMORY = 2_000_000

_LARGE = 16_000_000
_one_large = threading.Lock()  # large pictures are decoded one at a time, whatever the number of threads

_AGAIN = "Copy it from the camera or phone again, or take the picture again."
_SMALLER = "Take it at the camera's normal size, or save a smaller copy."
_CHOOSE = "Choose a JPEG, PNG, WEBP or HEIC photo."
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION, _EXIF, _TAKEN, _DIGITISED = 0x0112, 0x8769, 0x9003, 0x9004


class NotAPhoto(Told):
    """The file cannot become a photo; the words say why and what to do."""

    def __init__(self, message: str, hint: str = _CHOOSE) -> None:
        super().__init__(message, hint, field="photo")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo fit to keep: an upright sRGB JPEG without metadata, ``width`` by ``height`` pixels.

    ``taken_at`` is what the camera's clock showed, local and without zone, or None; ``sha256`` is ``jpeg``'s.
    """

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    taken_at: datetime | None
    sha256: str


def ingest(data: bytes) -> Photo:
    """Make a photo of the bytes of a JPEG, PNG, WEBP or HEIC file, whatever its name. Raises NotAPhoto."""
    kind = _kind(data)
    with _readable(), _open(data, kind) as image:
        with _one_large if math.prod(image.size) > _LARGE else contextlib.nullcontext():
            pixels = _shrunk(image, LONGEST)
        exif = _exif(image)
        pixels = _plain(pixels, image.info.get("icc_profile"))
        turn = _TURNS.get(exif.get(_ORIENTATION, 1))
        if turn is not None:  # the first of them is 0
            pixels = pixels.transpose(turn)
        jpeg = _jpeg(pixels, QUALITY)
    return Photo(jpeg, *pixels.size, _taken_at(exif), hashlib.sha256(jpeg).hexdigest())


def ingest_many(
    files: Sequence[bytes], on_done: Callable[[int, Photo | NotAPhoto], None] | None = None
) -> list[Photo | NotAPhoto]:
    """``ingest`` for each file on a thread per core (at most four); a refused file is its NotAPhoto.

    ``on_done(index, outcome)`` runs in the calling thread as each is ready; if it raises, those not yet begun
    are given up and the error goes on: that is how to cancel.
    """

    def outcome(data: bytes) -> Photo | NotAPhoto:
        try:
            return ingest(data)
        except NotAPhoto as told:
            return told

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 4), thread_name_prefix="photo") as pool:
        under_way: dict[Future[Photo | NotAPhoto], int] = {
            pool.submit(outcome, data): index for index, data in enumerate(files)
        }
        try:
            for done in as_completed(under_way):
                if on_done:
                    on_done(under_way[done], done.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done.result() for done in under_way]


def thumbnail(jpeg: bytes, side: int) -> bytes:
    """A JPEG of a kept photo that fits a square of ``side`` pixels; never larger than the photo."""
    with _readable(), _open(jpeg, "JPEG") as image:
        return _jpeg(_plain(_shrunk(image, side, near=1), None), QUALITY)


def for_paper(jpeg: bytes, width_mm: float, dpi: int = 170) -> bytes:
    """A JPEG of a kept photo to print ``width_mm`` wide at up to ``dpi``; same photo, same bytes.

    About 150 kB at the width of a page: leaves and gravel are pressed harder to stay near that.
    """
    with _readable(), _open(jpeg, "JPEG") as image:
        width, height = image.size
        longest = math.ceil(width_mm / 25.4 * dpi * max(1.0, height / width))
        pixels = _plain(_shrunk(image, longest), None)
    pressed = (_jpeg(pixels, quality) for quality in (80, 68))
    return next((paper for paper in pressed if len(paper) <= PAPER_BYTES), None) or _jpeg(pixels, 56)


def _kind(data: bytes) -> str:
    """What the bytes are, by their first ones: the name of a file proves nothing."""
    if len(data) > MAX_BYTES:
        raise NotAPhoto(f"This file is larger than {MAX_BYTES // 1_000_000} MB.", _SMALLER)
    if data.startswith(b"\xff\xd8\xff"):
        _check_scans(data)
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _check_webp(data)
        return "WEBP"
    if data[4:8] == b"ftyp" and _is_heif(data):
        return "HEIF"
    raise _other(data)


def _is_heif(data: bytes) -> bool:
    length = min(_number(data[:4], ">I"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}
    return b"avif" not in brands and bool(brands & _HEIF_BRANDS)


def _other(data: bytes) -> NotAPhoto:
    if not data:
        return NotAPhoto("This file is empty.", _AGAIN)
    start = data[:4096].lstrip()
    named = (name for name, starts in _OTHERS.items() if start.startswith(starts))
    what = "a video or another kind of picture" if data[4:8] == b"ftyp" else "not a photo"
    return NotAPhoto(f"This file is {next(named, what)}.")


_OTHERS: dict[str, tuple[bytes, ...]] = {
    "a GIF picture, not a photo": (b"GIF8",),
    "a PDF document": (b"%PDF",),
    "a PostScript drawing, not a photo": (b"%!PS", b"\xc5\xd0\xd3\xc6"),
    "a web page or an SVG drawing, not a photo": (b"<", b"\xef\xbb\xbf<"),
    "a TIFF picture": (b"II*\0", b"MM\0*"),
    "a bitmap picture": (b"BM",),
}


def _number(data: bytes, layout: str) -> int:
    return int(struct.unpack(layout, data)[0]) if len(data) == struct.calcsize(layout) else 0


def _check_webp(data: bytes) -> None:
    """Refuse moving and oversized WEBP here: Pillow's decoder sets memory aside for the canvas on opening."""
    if data[12:16] == b"VP8X" and len(data) >= 30:
        if data[20] & 0x02:
            raise NotAPhoto("This is a moving picture.", "Choose a still photo.")
        _check_size(_number(data[24:27] + b"\0", "<I") + 1, _number(data[27:30] + b"\0", "<I") + 1)


def _check_scans(data: bytes) -> None:
    # A third of what bytes.count takes, and the first too many ends it.
    if next(islice(_SCAN.finditer(data), MAX_SCANS, None), None):
        raise NotAPhoto("This file was not made by a camera, and would take very long to open.", _AGAIN)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        has, most = round(width * height / 1e6), MAX_PIXELS // 1_000_000
        raise NotAPhoto(f"This picture has {has} million pixels; the most is {most} million.", _SMALLER)


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """Tell a file that the decoder refuses, in words."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as cause:
        raise NotAPhoto("This picture has far too many pixels.", _SMALLER) from cause
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, struct.error) as cause:
        raise NotAPhoto("This photo is damaged or cut off.", _AGAIN) from cause


def _open(data: bytes, kind: str) -> Image.Image:
    if kind == "HEIF":
        learn_heif()
    image = Image.open(io.BytesIO(data), formats=[kind])
    _check_size(*image.size)
    return image


@functools.cache
def learn_heif() -> None:
    """Import the HEIC decoder when the first HEIC comes: most days bring none, and it takes a moment."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def _shrunk(image: Image.Image, most: int, *, near: float = _NEAR) -> Image.Image:
    """The decoded pixels, at most ``most`` on the longer side, never enlarged."""
    part = most * near / max(image.size)
    if part < 1:
        image.draft(None, (max(1, int(image.width * part)), max(1, int(image.height * part))))
    image.load()
    part = most / max(image.size)
    if part >= 1:
        return image
    if image.mode not in {"L", "RGB"}:  # a palette or single bits cannot be averaged
        image = _plain(image, None)
    size = (max(1, round(image.width * part)), max(1, round(image.height * part)))
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=2)


def _plain(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Grey or sRGB pixels and nothing else; what was see-through is white."""
    if image.mode.startswith("I;16"):  # 16-bit grey; Pillow's own conversion clips it to white
        image = image.point(lambda value: value / 256, "L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    if image.mode not in {"L", "RGB"}:
        image = image.convert("L" if image.mode == "1" else "RGB")
    if profile and image.mode == "RGB":
        image = to_srgb(image, profile)
    image.info = {}
    return image


def _taken_at(exif: Image.Exif) -> datetime | None:
    details = exif.get_ifd(_EXIF)
    for tag in (_TAKEN, _DIGITISED):
        with contextlib.suppress(ValueError):
            # EXIF times carry no zone: it is the wall clock where the camera was, and stays so.
            return datetime.strptime(str(details.get(tag, ""))[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    return None


def _exif(image: Image.Image) -> Image.Exif:
    """The EXIF of a file, or an empty one where it is nonsense: the picture counts all the same."""
    try:
        exif = image.getexif()
        exif.get_ifd(_EXIF)
    except Exception:  # a stranger's bytes, parsed by code that raises whatever it meets
        return Image.Exif()
    return exif


class _Breathing(io.BytesIO):
    """Lets other threads run between two pieces: Pillow packs a JPEG without letting go, 7 ms in which none could."""

    def write(self, piece: Any) -> int:
        written = super().write(piece)
        time.sleep(0.0001)  # 0 may take the lock again before anyone has woken up
        return written


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = _Breathing()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
