"""Phone colours by tables are those of lcms; the tables stand in for no profile of which they would say otherwise."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageChops, ImageCms

from bench.photos import display_p3
from watmos_desktop.services import photo_colours


def by_lcms(picture: Image.Image, profile: bytes) -> Image.Image:
    turned = ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        outputMode="RGB",
    )
    assert turned is not None
    return turned


def by_chance(width: int, height: int, brightest: int = 255) -> Image.Image:
    draw = random.Random(brightest)
    return Image.frombytes(
        "RGB", (width, height), bytes(draw.randint(0, brightest) for _ in range(3 * width * height))
    )


def farthest(one: Image.Image, other: Image.Image) -> int:
    assert one.size == other.size
    return max(most for _, most in ImageChops.difference(one, other).getextrema())  # type: ignore[misc]


@pytest.mark.parametrize("brightest", [40, 255])
def test_display_p3_is_turned_as_lcms_does(brightest: int) -> None:
    picture = by_chance(300, 201, brightest)
    wanted = by_lcms(picture, display_p3())
    assert farthest(photo_colours.to_srgb(picture.copy(), display_p3()), wanted) <= 2
    assert farthest(picture, wanted) > 10  # it is a turn at all
    for height in (1, 2, 3):
        strip = picture.crop((0, 0, 7, height))
        assert farthest(photo_colours.to_srgb(strip.copy(), display_p3()), by_lcms(strip, display_p3())) <= 2


def test_greys_stay_as_they_are() -> None:
    greys = Image.linear_gradient("L").convert("RGB")
    assert photo_colours.to_srgb(greys.copy(), display_p3()).tobytes() == greys.tobytes()


def test_other_primaries_are_turned_by_lcms_itself() -> None:
    """A profile a little beside Display P3: the tables would be wrong for it."""
    green = round(65536 * 0.69225).to_bytes(4)
    profile = display_p3().replace(green, round(65536 * 0.66).to_bytes(4))
    picture = by_chance(90, 60)
    turned = photo_colours.to_srgb(picture.copy(), profile)
    assert turned.tobytes() == by_lcms(picture, profile).tobytes()
    assert farthest(turned, by_lcms(picture, display_p3())) > 2
