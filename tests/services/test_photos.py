"""Photos: upright plain pixels come out and nothing else; a bad file is told in words and costs nothing."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from watmos_desktop.services import photos
from watmos_desktop.services.photos import NotAPhoto, Photo, ingest

SECRETS = (b"CANARY-OWNER", b"CANARY-COMMENT", b"CANARY-XMP", b"CANARY-MODEL")

# Pillow grumbles about bad EXIF by warnings, which are errors in a test; the bomb's stays one, to be told.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

pillow_heif.register_heif_opener()


def scene(size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture whose corners differ: red, green, blue, white, read from the top left as one reads."""
    width, height = size
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture)
    part = (width // 3, height // 3)
    for corner, colour in zip(
        ((0, 0), (1, 0), (0, 1), (1, 1)), ("red", "lime", "blue", "white"), strict=True
    ):
        left, top = corner[0] * (width - part[0]), corner[1] * (height - part[1])
        draw.rectangle((left, top, left + part[0], top + part[1]), colour)
    return picture


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(jpeg))
    picture.load()
    return picture


def corners(jpeg: bytes) -> list[str]:
    """The colours at the four corners, by their nearest name."""
    picture = opened(jpeg).convert("RGB")
    width, height = picture.size
    names = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}

    def name(x: int, y: int) -> str:
        seen = picture.getpixel((x, y))
        assert isinstance(seen, tuple)
        return min(names, key=lambda n: sum(abs(a - b) for a, b in zip(seen, names[n], strict=True)))

    x, y = width // 8, height // 8
    return [name(x, y), name(width - x, y), name(x, height - y), name(width - x, height - y)]


def exif_of_a_phone(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0110], exif[0x010F], exif[0x0112] = "CANARY-MODEL", "Maker", orientation
    exif[0x8769] = {0x9003: "2026:11:23 14:05:09", 0xA430: "CANARY-OWNER", 0xA431: "serial 1234"}
    exif[0x8825] = {1: "N", 2: (52.0, 37.0, 1.0), 3: "W", 4: (1.0, 59.0, 2.0)}
    return exif


def markers(jpeg: bytes) -> set[int]:
    """The segment markers of a JPEG before its pixels."""
    found, at = set(), 2
    while jpeg[at + 1] != 0xDA:
        found.add(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("size", [(640, 480), (480, 641)])
def test_every_kind_a_camera_or_phone_writes_is_taken(kind: str, size: tuple[int, int]) -> None:
    photo = ingest(encoded(scene(size), kind))
    assert (photo.width, photo.height) == size
    assert opened(photo.jpeg).size == size
    assert opened(photo.jpeg).format == "JPEG"
    assert corners(photo.jpeg) == ["red", "lime", "blue", "white"]
    assert photo.taken_at is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_phone_was_held(kind: str, orientation: int) -> None:
    back = {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}  # how the sensor saw the upright scene
    stored = scene().transpose(photos._TURNS[back[orientation]]) if orientation > 1 else scene()
    photo = ingest(encoded(stored, kind, exif=exif_of_a_phone(orientation)))
    assert (photo.width, photo.height) == (640, 480)
    assert corners(photo.jpeg) == ["red", "lime", "blue", "white"]


def test_a_heic_that_a_phone_turned_stands_upright() -> None:
    # HEIC turns by its own box, which the encoder writes here; EXIF's orientation must not turn it once more.
    sideways = scene().transpose(Image.Transpose.ROTATE_90)
    photo = ingest(encoded(sideways, "HEIF", exif=exif_of_a_phone(6).tobytes()))
    assert (photo.width, photo.height) == (640, 480)
    assert corners(photo.jpeg) == ["red", "lime", "blue", "white"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_nothing_but_the_time_comes_along(kind: str) -> None:
    options: dict[str, object] = {"exif": exif_of_a_phone(), "xmp": b"<x:xmpmeta>CANARY-XMP</x:xmpmeta>"}
    if kind == "JPEG":
        options["comment"] = b"CANARY-COMMENT"
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Comment", "CANARY-COMMENT", zip=False)
        options = {"exif": exif_of_a_phone(), "pnginfo": text}
    options["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(scene(), kind, **options)
    assert any(secret in data for secret in SECRETS)
    photo = ingest(data)
    assert photo.taken_at == datetime(2026, 11, 23, 14, 5, 9)  # noqa: DTZ001 - the camera's wall clock has no zone
    assert not any(secret in photo.jpeg for secret in SECRETS)
    assert markers(photo.jpeg) <= {0xE0, 0xDB, 0xC0, 0xC4}  # JFIF, tables, frame: no EXIF, XMP, ICC, comment
    kept = opened(photo.jpeg)
    assert not kept.getexif()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_a_picture_with_a_second_picture_inside_gives_the_first() -> None:
    # Phones put a gain map or a depth picture behind the photo (MPO): it must neither win nor come along.
    data = encoded(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (640, 480), "black")])
    photo = ingest(data)
    assert corners(photo.jpeg) == ["red", "lime", "blue", "white"]
    assert photo.jpeg.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize(
    "text", ["", "0000:00:00 00:00:00", "2026:13:40 25:61:61", "yesterday", "2026:02:29 10:00:00"]
)
def test_a_time_that_cannot_be_is_no_time(text: str) -> None:
    exif = Image.Exif()
    exif[0x8769] = {0x9003: text}
    assert ingest(encoded(scene(), exif=exif)).taken_at is None


@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0" + bytes(range(256)) * 9]
)
def test_nonsense_in_the_exif_costs_nothing_but_the_time(exif: bytes) -> None:
    photo = ingest(encoded(scene(), exif=exif))
    assert photo.taken_at is None
    assert corners(photo.jpeg) == ["red", "lime", "blue", "white"]


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((4000, 3000), (2000, 1500)),
        ((3024, 4032), (1512, 2016)),
        ((4624, 3468), (2048, 1536)),
        ((3264, 2448), (2048, 1536)),
        ((2048, 1536), (2048, 1536)),
        ((2049, 10), (2048, 10)),
        ((30_000, 2), (2048, 1)),
        ((1, 1), (1, 1)),
    ],
)
def test_at_most_2048_pixels_and_never_enlarged(size: tuple[int, int], kept: tuple[int, int]) -> None:
    photo = ingest(encoded(Image.new("RGB", size, "teal")))
    assert abs(photo.width - kept[0]) <= 1
    assert abs(photo.height - kept[1]) <= 1
    assert max(photo.width, photo.height) <= photos.LONGEST


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16", "CMYK"])
@pytest.mark.parametrize("size", [(90, 60), (3000, 40)])
def test_every_way_to_hold_pixels_keeps_its_look(mode: str, size: tuple[int, int]) -> None:
    light = Image.new("L", size, 40)
    light.paste(220, (0, 0, size[0] // 2, size[1]))
    if mode == "I;16":
        picture = Image.frombytes(
            mode, size, b"".join(struct.pack("<H", value * 257) for value in light.tobytes())
        )
    elif mode == "PA":
        picture = light.convert("RGB").convert("P").convert("PA")
    else:
        picture = light.convert("RGB").convert(mode)
    data = encoded(picture.convert("RGBA") if mode == "PA" else picture, "JPEG" if mode == "CMYK" else "PNG")
    photo = ingest(data)
    seen = opened(photo.jpeg).convert("L")
    left, right = seen.getpixel((5, 5)), seen.getpixel((seen.width - 5, 5))
    assert isinstance(left, float | int)
    assert isinstance(right, float | int)
    assert left > 190
    assert right < 70


def test_what_is_see_through_is_white() -> None:
    photo = ingest(encoded(Image.new("RGBA", (64, 64), (200, 0, 0, 0)), "PNG"))
    assert opened(photo.jpeg).convert("RGB").getpixel((30, 30)) == (255, 255, 255)


def wide() -> bytes:
    """The sRGB profile under another name, with red and blue exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = profile.index(b"rXYZ"), profile.index(b"bXYZ")
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    name = "sRGB".encode("utf-16-be")
    return bytes(profile.replace(name, "Wide".encode("utf-16-be")).replace(b"sRGB", b"Wide"))


@pytest.mark.parametrize("height", [1, 64, 500])
def test_a_phones_wide_colours_become_srgb(height: int) -> None:
    """Every pixel as lcms turns it in one go, though two threads share the work; ignored, red comes out red."""
    picture = scene((600, height))
    kept = opened(ingest(encoded(picture, "PNG", icc_profile=wide())).jpeg)
    whole = ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(io.BytesIO(wide())),
        ImageCms.createProfile("sRGB"),
        outputMode="RGB",
    )
    assert whole is not None
    pressed = io.BytesIO()
    whole.save(pressed, "JPEG", quality=photos.QUALITY)
    assert kept.tobytes() == opened(pressed.getvalue()).tobytes()
    assert kept.tobytes() != opened(ingest(encoded(picture, "PNG")).jpeg).tobytes()


def test_a_profile_without_sense_is_ignored() -> None:
    photo = ingest(encoded(scene(), icc_profile=b"no profile at all" * 40))
    assert corners(photo.jpeg) == ["red", "lime", "blue", "white"]


def test_the_same_file_gives_the_same_photo() -> None:
    data = encoded(scene((2600, 1300)))
    assert ingest(data) == ingest(data)
    jpeg = ingest(data).jpeg
    assert photos.for_paper(jpeg, 80) == photos.for_paper(jpeg, 80)
    assert photos.thumbnail(jpeg, 96) == photos.thumbnail(jpeg, 96)


@pytest.mark.parametrize("side", [1, 48, 256, 5000])
def test_thumbnails_fit_their_square(side: int) -> None:
    jpeg = ingest(encoded(scene((1000, 700)))).jpeg
    picture = opened(photos.thumbnail(jpeg, side))
    assert max(picture.size) == min(side, 1000)


@pytest.mark.parametrize("size", [(2000, 1500), (1500, 2000), (300, 200)])
def test_paper_gets_what_its_width_needs(size: tuple[int, int]) -> None:
    jpeg = ingest(encoded(scene(size))).jpeg
    picture = opened(photos.for_paper(jpeg, 85))
    wanted = 85 / 25.4 * 170
    assert min(size[0], wanted * 7 / 8) - 1 <= picture.width <= wanted + 1
    assert abs(picture.width / picture.height - size[0] / size[1]) < 0.01


def test_a_picture_full_of_leaves_stays_small_on_paper() -> None:
    leaves = Image.merge("RGB", [Image.effect_noise((2000, 1500), 60)] * 3)
    paper = photos.for_paper(ingest(encoded(leaves)).jpeg, 170)
    assert len(paper) < 2 * photos.PAPER_BYTES
    assert len(photos.for_paper(ingest(encoded(scene((2000, 1500)))).jpeg, 170)) < photos.PAPER_BYTES


def png_bomb(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A 1-bit PNG of black: 18 kB for 144 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compressobj(9)
    pixels = b"".join(rows.compress(bytes(1 + width // 8)) for _ in range(height)) + rows.flush()
    parts = (
        chunk(b"IHDR", header),
        *(chunk(*c) for c in chunks),
        chunk(b"IDAT", pixels),
        chunk(b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose frame header claims another size."""
    data = bytearray(encoded(Image.new("RGB", (16, 16))))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_of_many_scans(times: int) -> bytes:
    """A progressive JPEG whose last scan is there ``times`` over."""
    data = encoded(scene((1600, 1200)), progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + scan * times + data[-2:]


def heic_claiming(width: int, height: int) -> bytes:
    data = encoded(Image.new("RGB", (64, 64)), "HEIF")
    return data.replace(
        b"ispe" + bytes(4) + struct.pack(">II", 64, 64),
        b"ispe" + bytes(4) + struct.pack(">II", width, height),
    )


def webp_claiming(width: int, height: int, *, moving: bool) -> bytes:
    head = (
        bytes([2 if moving else 0, 0, 0, 0])
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    body = b"WEBPVP8X" + struct.pack("<I", 10) + head
    if moving:
        body += b"ANIM" + struct.pack("<I", 6) + bytes(6)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (600, 600), colour) for colour in ("red", "lime", "blue")] * 20
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


def text_bomb() -> bytes:
    squeezed = b"k\0\0" + zlib.compress(bytes(1_000_000))
    return png_bomb(8, 8, *[(b"zTXt", squeezed)] * 60)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "png bomb": (lambda: png_bomb(12_000, 12_000), "million pixels|too many pixels"),
    "png of 60 MP": (lambda: png_bomb(10_000, 6_000), "60 million pixels; the most is 50 million"),
    "png text bomb": (text_bomb, "damaged"),
    "jpeg of 60 MP": (lambda: jpeg_claiming(10_000, 6_000), "60 million pixels"),
    "jpeg of 4,295 MP": (lambda: jpeg_claiming(65_535, 65_535), "too many pixels"),
    "jpeg of many scans": (lambda: jpeg_of_many_scans(3_000), "very long to open"),
    "heic of 60 MP": (lambda: heic_claiming(10_000, 6_000), "60 million pixels"),
    "webp bomb": (lambda: webp_claiming(16_000, 16_000, moving=False), "256 million pixels"),
    "moving webp": (lambda: moving("WEBP"), "moving picture"),
    "moving webp bomb": (lambda: webp_claiming(16_384, 16_384, moving=True), "moving picture"),
    "gif": (lambda: moving("GIF"), "GIF"),
    "text as jpg": (lambda: b"Dear Mrs Nkemelu,\r\n" * 99, "not a photo"),
    "svg": (lambda: b'<?xml version="1.0"?><svg width="9" height="9"/>', "SVG"),
    "svg with a mark": (lambda: b"\xef\xbb\xbf <svg/>".replace(b" ", b""), "SVG"),
    "eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
    "pdf": (lambda: b"%PDF-1.7\n", "PDF"),
    "tiff": (lambda: encoded(Image.new("L", (9, 9)), "TIFF"), "TIFF"),
    "bmp": (lambda: encoded(Image.new("L", (9, 9)), "BMP"), "bitmap"),
    "video": (lambda: struct.pack(">I", 20) + b"ftypisom" + bytes(4) + b"mp41" + bytes(99), "video"),
    "avif": (
        lambda: struct.pack(">I", 24) + b"ftypavif" + bytes(4) + b"mif1avif" + bytes(99),
        "another kind",
    ),
    "empty": (lambda: b"", "empty"),
    "one byte": (lambda: b"\xff", "not a photo"),
    "jpeg start": (lambda: b"\xff\xd8\xff", "damaged"),
    "png start": (lambda: b"\x89PNG\r\n\x1a\n", "damaged"),
    "webp start": (lambda: b"RIFF\x04\0\0\0WEBP", "damaged"),
    "heic start": (lambda: struct.pack(">I", 16) + b"ftypheic" + bytes(4), "damaged"),
    "short ftyp": (lambda: b"\0\0\0\x08ftyp", "another kind"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_told_in_words_with_the_next_step(name: str) -> None:
    make, words = HOSTILE[name]
    with pytest.raises(NotAPhoto, match=words) as told:
        ingest(make())
    assert told.value.hint.endswith(".")
    assert told.value.field == "photo"
    assert "Nkemelu" not in str(told.value)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_a_hostile_file_costs_no_memory(tmp_path: Path) -> None:
    bombs = [name for name in HOSTILE if "bomb" in name or "MP" in name or "many" in name]
    for name in bombs:
        (tmp_path / name).write_bytes(HOSTILE[name][0]())
    (tmp_path / "a warm-up").write_bytes(encoded(scene((1200, 900)), "HEIF"))
    grown = peak_after_each(tmp_path, "ingest")
    assert set(bombs) < set(grown)
    worst = {name: grown[name] for name in bombs}
    assert max(worst.values()) < 60_000_000, worst


def test_the_measure_would_see_a_bomb_go_off(tmp_path: Path) -> None:
    (tmp_path / "a warm-up").write_bytes(encoded(scene((1200, 900)), "HEIF"))
    (tmp_path / "bomb").write_bytes(png_bomb(9_400, 9_400))
    assert peak_after_each(tmp_path, "load")["bomb"] > 60_000_000


PEAK = """
import io, re, sys
from pathlib import Path
from PIL import Image
from watmos_desktop.services import photos

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

for path in sorted(Path(sys.argv[1]).iterdir()):
    data, before = path.read_bytes(), peak()
    try:
        photos.ingest(data) if sys.argv[2] == "ingest" or "warm" in path.name else Image.open(path).load()
    except photos.NotAPhoto:
        pass
    print(peak() - before, path.name)
"""


def peak_after_each(folder: Path, way: str) -> dict[str, int]:
    """By how many bytes each file in turn raised the peak memory of a program of its own."""
    # VmHWM, not ru_maxrss: that one starts at what the parent used.
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(folder), way], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {name: int(size) for size, name in (line.split(" ", 1) for line in done.stdout.splitlines())}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_cut_off_anywhere_is_told(kind: str) -> None:
    data = encoded(scene((300, 200)), kind, **({"exif": exif_of_a_phone()} if kind != "HEIF" else {}))
    for length in range(0, len(data) - 30, max(1, len(data) // 60)):
        with pytest.raises(NotAPhoto):
            ingest(data[:length])


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF"]),
    st.lists(st.tuples(st.integers(0, 2_000_000), st.integers(0, 255)), min_size=1, max_size=30),
)
def test_spoiled_bytes_give_a_photo_or_words_and_nothing_else(
    kind: str, spoil: list[tuple[int, int]]
) -> None:
    data = bytearray(SOUND[kind])
    for at, value in spoil:
        data[at % len(data)] = value
    try:
        photo = ingest(bytes(data))
    except NotAPhoto:
        return
    assert max(photo.width, photo.height) <= photos.LONGEST
    assert markers(photo.jpeg) <= {0xE0, 0xDB, 0xC0, 0xC4}


@settings(max_examples=100)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic"]),
)
def test_any_bytes_are_told(data: bytes, start: bytes) -> None:
    with pytest.raises(NotAPhoto):
        ingest(start + data)


SOUND = {kind: encoded(scene((120, 80)), kind) for kind in ("JPEG", "PNG", "WEBP", "HEIF")}


def test_other_threads_run_between_the_pieces_of_a_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a JPEG of six pieces is packed in one go of 7 ms and more."""
    breaths: list[float] = []
    monkeypatch.setattr("watmos_desktop.services.photos.time.sleep", breaths.append)
    noise = Image.effect_noise((2048, 1536), 90).convert("RGB")
    photo = ingest(encoded(noise))
    assert len(breaths) > len(photo.jpeg) // 65_536 > 5
    assert all(seconds > 0 for seconds in breaths)


def test_many_photos_keep_their_order_and_tell_each_refusal() -> None:
    files = [encoded(scene((400 + n, 300))) for n in range(6)]
    files[2] = b"not a photo"
    seen: dict[int, Photo | NotAPhoto] = {}
    outcomes = photos.ingest_many(files, seen.__setitem__)
    assert [o.width if isinstance(o, Photo) else None for o in outcomes] == [400, 401, None, 403, 404, 405]
    assert isinstance(outcomes[2], NotAPhoto)
    assert seen == dict(enumerate(outcomes))
    assert photos.ingest_many([]) == []


class Watched(bytes):
    """A file that notes when it is looked at."""

    begun: ClassVar[list[object]] = []

    def startswith(self, *args: Any) -> bool:
        self.begun.append(self)
        return super().startswith(*args)


def test_many_photos_can_be_cancelled() -> None:
    class CancelledError(Exception):
        pass

    def on_done(index: int, _: Photo | NotAPhoto) -> None:
        raise CancelledError

    Watched.begun.clear()
    with pytest.raises(CancelledError):
        photos.ingest_many([Watched(SOUND["JPEG"])] * 1_000, on_done)
    assert 0 < len(Watched.begun) < 1_000
