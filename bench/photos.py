"""Taking in photos of 12 MP beside the bare JPEG decode of the same files: at most 1.5×."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageCms

from bench import Row, beside
from watmos_desktop.services import photo_child, photos

SIZE = (4000, 3000)
FILES = 4
TIMES = 3
THREADS = min(os.cpu_count() or 1, 4)  # as many as photos.ingest_many takes

# XYZ of red, green and blue as profiles give them, adapted to D50.
_PRIMARIES = {
    b"rXYZ": (0.51512, 0.24120, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.15710, 0.06657, 0.78407),
}


def run() -> Iterator[Row]:
    files = [taken(seed) for seed in range(FILES)]
    phone = [taken(seed, as_phones_do=True) for seed in range(FILES)]
    many = files * TIMES
    size = sum(map(len, files)) / FILES / 1e6

    def decode_many() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            for _ in pool.map(decode, many):
                pass

    yield beside(
        f"{FILES} photos of 12 MP, {size:.1f} MB each, one by one / decoded",
        lambda: [photos.ingest(data) for data in files],
        lambda: [decode(data) for data in files],
        at_most=1.5,
    )
    yield beside(
        f"{FILES} of them in the process that may do nothing else, warm / decoded",
        lambda: [photo_child.ingest(data) for data in files],
        lambda: [decode(data) for data in files],
        at_most=1.5,
    )
    yield beside(
        f"{FILES} from a phone, to turn upright and from Display P3 to sRGB, in that process / decoded",
        lambda: [photo_child.ingest(data) for data in phone],
        lambda: [decode(data) for data in phone],
        at_most=1.5,
    )
    photo_child.stop()
    yield beside(
        f"{len(many)} of them on {THREADS} threads / decoded on {THREADS} threads",
        lambda: photos.ingest_many(many),
        decode_many,
        at_most=1.5,
        rounds=5,
    )


def decode(data: bytes) -> Image.Image:
    """All the pixels of a JPEG, and nothing done with them."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def taken(seed: int, *, as_phones_do: bool = False) -> bytes:
    """A JPEG as large and as hard to pack as a camera's: soft light, and the grain of a sensor."""
    light = Image.radial_gradient("L").resize(SIZE).rotate(90 * seed)
    slope = Image.linear_gradient("L").resize(SIZE)
    grain = Image.effect_noise(SIZE, 28)
    bands = [Image.blend(grain, soft, part) for soft, part in ((light, 0.7), (slope, 0.65), (light, 0.8))]
    out = io.BytesIO()
    exif = Image.Exif()
    if as_phones_do:
        exif[0x0112] = 6
        Image.merge("RGB", bands).save(out, "JPEG", quality=88, exif=exif, icc_profile=display_p3())
    else:
        Image.merge("RGB", bands).save(out, "JPEG", quality=88)
    return out.getvalue()


def display_p3() -> bytes:
    """The profile that phones write: lcms's own sRGB with the primaries of Display P3, under another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for number in range(int.from_bytes(profile[128:132])):
        tag, place, _ = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        if tag in _PRIMARIES:
            struct.pack_into(">3i", profile, place + 8, *(round(65536 * part) for part in _PRIMARIES[tag]))
    return bytes(profile.replace("sRGB".encode("utf-16-be"), "Wide".encode("utf-16-be")))
