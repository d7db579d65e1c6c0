"""Colours as the camera meant them, in sRGB: Display P3, which phones write, by tables; any other profile by lcms.

lcms needs as long for the colours of a photo as its decoding takes. The tables take half, and stand in for it only
where they say the same as lcms with the profile that the photo brings.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from PIL import Image, ImageChops, ImageCms

Turn = Callable[[Image.Image], Image.Image]

# Display P3 in linear light to sRGB (CSS Color 4, 10.2-10.4). Both have one blue, so red and green need none of it.
_RED = (1.2249402, -0.2249402)
_GREEN = (-0.0420570, 1.0420570)
_BLUE = (-0.0196376, -0.0786361, 1.0982735)
_ONE = 16383  # linear light of 1.0, as an integer
_ALIKE = 2  # of 255, between a colour by the tables and the same by lcms


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """An RGB picture with its colours turned from an ICC profile to sRGB; as it was if the profile makes no sense."""
    try:
        turn = _from_profile(profile)
        if turn is None:
            return image
        # Tables and lcms let other threads run meanwhile: two share a picture.
        middle = (image.height + 1) // 2
        boxes = (0, 0, image.width, middle), (0, middle, image.width, image.height)
        with ThreadPoolExecutor(2, thread_name_prefix="colour") as pool:
            parts = list(pool.map(lambda box: turn(image.crop(box)), boxes[: image.height]))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    for box, part in zip(boxes, parts, strict=False):
        image.paste(part, box)
    return image


@functools.lru_cache(maxsize=4)
def _from_profile(profile: bytes) -> Turn | None:
    """What turns a profile's colours into sRGB, None if they are that; a camera's photos share it."""
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if "sRGB" in ImageCms.getProfileDescription(own):
        return None
    by_lcms = functools.partial(
        _by_lcms, ImageCms.buildTransform(own, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    )
    unlike = ImageChops.difference(_by_tables(_samples()), by_lcms(_samples())).getextrema()
    return _by_tables if all(most <= _ALIKE for _, most in unlike) else by_lcms  # type: ignore[misc]


def _by_lcms(transform: ImageCms.ImageCmsTransform, part: Image.Image) -> Image.Image:
    ImageCms.applyTransform(part, transform, inPlace=True)
    return part


class _Tables(NamedTuple):
    """Each of 65,536 values of 0 to 255, by a pair of channels ``low + 256 * high``.

    ``red`` and ``green`` by red and green; ``less`` is what these take from the blue, as the square root of its part
    of the most that they can take; ``blue`` by blue and that.
    """

    red: list[int]
    green: list[int]
    less: list[int]
    blue: list[int]


def _by_tables(part: Image.Image) -> Image.Image:
    tables = _tables()
    red, green, blue = part.split()
    nothing = Image.new("L", part.size)
    warm = _paired(red, green, nothing)
    cool = _paired(blue, _looked_up(warm, tables.less), nothing)
    return Image.merge(
        "RGB",
        (_looked_up(warm, tables.red), _looked_up(warm, tables.green), _looked_up(cool, tables.blue)),
    )


def _paired(low: Image.Image, high: Image.Image, nothing: Image.Image) -> Image.Image:
    """Two channels as one of integers, ``low + 256 * high``."""
    pairs = Image.merge("RGBX", (low, high, nothing, nothing)).tobytes()
    return Image.frombytes("I", low.size, pairs, "raw", "I;32")


def _looked_up(pairs: Image.Image, table: list[int]) -> Image.Image:
    # Image.point does the same, but rounds every integer of the table anew: 4 ms each time.
    return pairs._new(pairs.im.point(table, "L"))  # noqa: SLF001


@functools.cache
def _tables() -> _Tables:
    linear = [_linear(value / 255) for value in range(256)]

    def parts(share: float) -> list[int]:
        return [round(share * light * _ONE) for light in linear]

    most = -round((_BLUE[0] + _BLUE[1]) * _ONE) + 2  # rounded in two parts
    lowest, highest = round(_RED[1] * _ONE) - 2, round(_RED[0] * _ONE) + 2
    # By linear light, from the lowest that a difference can have: below 0 is black, above 1 as bright as can be.
    spelled = [round(255 * _encoded(light / _ONE)) for light in range(lowest, highest)]

    def spell(low: list[int], high: list[int]) -> list[int]:
        return [spelled[one + other] for other in (part - lowest for part in high) for one in low]

    roots = [round(255 * (light / most) ** 0.5) for light in range(most + 1)]
    less = [roots[-one - other] for other in parts(_BLUE[1]) for one in parts(_BLUE[0])]
    taken = [-round(most * (root / 255) ** 2) for root in range(256)]
    return _Tables(
        spell(parts(_RED[0]), parts(_RED[1])),
        spell(parts(_GREEN[0]), parts(_GREEN[1])),
        less,
        spell(parts(_BLUE[2]), taken),
    )


def _samples() -> Image.Image:
    """Colours from all over the cube, dark ones closer together."""
    steps = (0, 1, 2, 4, 7, 12, 20, 32, 48, 70, 96, 128, 160, 192, 224, 255)
    colours = bytes(
        value for red in steps for green in steps for blue in steps for value in (red, green, blue)
    )
    return Image.frombytes("RGB", (len(steps) ** 2, len(steps)), colours)


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def _encoded(light: float) -> float:
    light = min(1.0, max(0.0, light))
    return float(light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055)
