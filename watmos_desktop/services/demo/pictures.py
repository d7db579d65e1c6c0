"""Photos for the demo landlord, drawn: plain scenes of shared places, as they should be and with something wrong."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw

SIZE = (1024, 768)
_W, _H = SIZE
Colour = tuple[int, int, int]

SCENES = ("stairs", "door", "bins", "lawn", "lift", "light", "path", "room", "play", "wall")


def draw(scene: str, seed: int, *, wrong: bool) -> bytes:
    """A JPEG of one scene; the same scene and seed show the same place, ``wrong`` with its defect."""
    rng = random.Random(f"{scene} {seed}")  # noqa: S311 - pictures, no secrets
    image = Image.new("RGB", SIZE)
    canvas = ImageDraw.Draw(image)
    _DRAWN[scene](canvas, rng, wrong)
    return _jpeg(_photographed(image, rng))


def _photographed(image: Image.Image, rng: random.Random) -> Image.Image:
    """Soft edges, light that falls off, and grain: what a phone in a dim hall makes of it."""
    image = image.reduce(2).resize(SIZE, Image.Resampling.BILINEAR)
    left, top = rng.randrange(40, 88), rng.randrange(40, 88)
    light = Image.radial_gradient("L").crop((left, top, left + 128, top + 96))
    light = light.point(lambda value: 255 - value * 2 // 3).resize(SIZE, Image.Resampling.BILINEAR)
    image = ImageChops.multiply(image, Image.merge("RGB", (light,) * 3))
    grain = Image.frombytes("L", (_W // 2, _H // 2), rng.randbytes(_W * _H // 4)).resize(SIZE)
    return Image.blend(image, Image.merge("RGB", (grain,) * 3), 0.05)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _tint(rng: random.Random, *colours: Colour) -> Colour:
    red, green, blue = rng.choice(colours)
    shift = rng.randint(-12, 12)
    return red + shift, green + shift, blue + shift


def _room(canvas: ImageDraw.ImageDraw, wall: Colour, floor: Colour) -> None:
    canvas.rectangle((0, 0, _W, _H), fill=wall)
    canvas.rectangle((0, 0, _W, 90), fill=(228, 226, 218))
    canvas.polygon([(0, 590), (_W, 540), (_W, _H), (0, _H)], fill=floor)
    canvas.line([(0, 590), (_W, 540)], fill=(70, 66, 60), width=10)


def _blot(
    canvas: ImageDraw.ImageDraw, rng: random.Random, at: tuple[int, int], size: int, colour: Colour
) -> None:
    for _ in range(26):
        x, y = (int(rng.gauss(middle, size / 2)) for middle in at)
        r = rng.randint(size // 8, size // 3)
        canvas.ellipse((x - r, y - r * 2 // 3, x + r, y + r * 2 // 3), fill=colour)


def _scrawl(canvas: ImageDraw.ImageDraw, rng: random.Random, at: tuple[int, int]) -> None:
    colour = rng.choice([(190, 40, 60), (30, 60, 170), (20, 20, 24), (40, 140, 80)])
    x, y = at
    for _ in range(3):
        points = [(x + n * 34, y + rng.randint(-70, 70)) for n in range(9)]
        canvas.line(points, fill=colour, width=13, joint="curve")
        y += 60


def _stairs(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    wall = _tint(rng, (206, 200, 182), (186, 198, 200), (214, 204, 190))
    _room(canvas, wall, (150, 146, 138))
    for n in range(9):
        top = 640 - n * 52
        left, right = 190 + n * 40, 780 + n * 8
        canvas.polygon(
            [(left, top), (right, top), (right + 6, top + 40), (left - 40, top + 40)], fill=(132, 128, 120)
        )
        canvas.rectangle((left, top - 12, right, top), fill=(226, 190, 70) if n % 8 == 0 else (166, 162, 152))
    rail = (60, 84, 96)
    canvas.line([(150, 610), (520, 150)], fill=rail, width=18)
    for n in range(8):
        x, y = 160 + n * 48, 600 - n * 60
        canvas.line([(x, y), (x + 4, y + 110)], fill=rail, width=8)
    if wrong:
        _blot(canvas, rng, (600, 600), 110, (84, 74, 58))
        for _ in range(14):
            x, y = rng.randint(260, 780), rng.randint(420, 680)
            canvas.polygon(
                [(x, y), (x + 34, y - 12), (x + 44, y + 16), (x + 6, y + 22)], fill=(222, 220, 212)
            )


def _door(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    _room(canvas, _tint(rng, (196, 186, 170), (178, 190, 178)), (120, 112, 104))
    leaf = _tint(rng, (38, 82, 120), (120, 44, 44), (40, 96, 74))
    canvas.rectangle((330, 110, 700, 610), fill=(70, 66, 62))
    lean = 34 if wrong else 0
    canvas.polygon([(352, 130), (680, 130 + lean), (680, 604), (352, 604)], fill=leaf)
    canvas.rectangle((420, 180 + lean, 612, 370), fill=(164, 196, 206))
    canvas.ellipse((632, 380, 662, 410), fill=(214, 196, 130))
    canvas.rectangle((520, 134, 680, 150), fill=(160, 160, 160))
    canvas.rectangle((760, 300, 850, 420), fill=(58, 60, 64))
    for n in range(6):
        canvas.ellipse(
            (778 + n % 2 * 34, 316 + n // 2 * 30, 800 + n % 2 * 34, 338 + n // 2 * 30), fill=(190, 190, 184)
        )
    if wrong:
        x, y = 505, 280
        for _ in range(9):
            end = (x + rng.randint(-100, 110), y + rng.randint(-100, 92))
            canvas.line([(x, y), end], fill=(238, 244, 246), width=4)
        canvas.polygon([(352, 480), (430, 604), (352, 604)], fill=(94, 84, 74))


def _bins(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    _room(canvas, _tint(rng, (168, 120, 98), (150, 146, 140)), (138, 134, 128))
    for y in range(90, 580, 34):
        for x in range(-40 + (y // 34) % 2 * 40, _W, 80):
            canvas.rectangle((x, y, x + 76, y + 30), outline=(126, 100, 86))
    for n in range(3):
        x = 110 + n * 290
        body = [(70, 74, 78), (44, 92, 60), (52, 84, 130)][n]
        canvas.polygon([(x, 320), (x + 230, 320), (x + 210, 640), (x + 20, 640)], fill=body)
        lid = 262 if wrong and n != 1 else 292
        canvas.polygon(
            [(x - 8, lid + 34), (x + 240, lid + 34 - (34 if wrong else 0)), (x + 226, lid), (x + 8, lid)],
            fill=body,
        )
        canvas.ellipse((x + 30, 620, x + 70, 662), fill=(24, 24, 24))
        canvas.ellipse((x + 160, 620, x + 200, 662), fill=(24, 24, 24))
    if wrong:
        for _ in range(11):
            x, y, r = rng.randint(90, 900), rng.randint(620, 710), rng.randint(30, 62)
            canvas.ellipse(
                (x - r, y - r, x + r, y + r * 2 // 3),
                fill=rng.choice([(30, 30, 34), (226, 224, 216), (88, 120, 60)]),
            )
        canvas.polygon(
            [(640, 640), (930, 600), (944, 726), (660, 750)], fill=(206, 196, 176), outline=(150, 138, 118)
        )


def _lawn(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    canvas.rectangle((0, 0, _W, 330), fill=_tint(rng, (176, 202, 224), (204, 208, 210)))
    for n in range(3):
        x = n * 360 - 40
        canvas.rectangle((x, 130, x + 300, 360), fill=_tint(rng, (164, 108, 86), (182, 160, 132)))
        for k in range(8):
            left, top = x + 30 + k % 4 * 66, 160 + k // 4 * 90
            canvas.rectangle((left, top, left + 40, top + 54), fill=(210, 224, 230))
    green = (104, 130, 60) if wrong else (84, 150, 66)
    canvas.rectangle((0, 326, _W, _H), fill=green)
    canvas.polygon([(620, 350), (700, 350), (980, _H), (700, _H)], fill=(176, 170, 160))
    for _ in range(900 if wrong else 260):
        x, y = rng.randint(0, 640), rng.randint(380, _H)
        tall = rng.randint(26, 80) if wrong else rng.randint(4, 9)
        canvas.line(
            [(x, y), (x + rng.randint(-9, 9), y - tall)], fill=(70 + rng.randint(0, 60), 120, 50), width=3
        )
    if wrong:
        for _ in range(18):
            x, y = rng.randint(40, 900), rng.randint(480, 740)
            canvas.rectangle(
                (x, y, x + 26, y + 14), fill=rng.choice([(230, 230, 226), (200, 60, 50), (60, 110, 190)])
            )


def _lift(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    _room(canvas, _tint(rng, (188, 196, 200), (206, 200, 186)), (126, 122, 118))
    canvas.rectangle((300, 140, 740, 600), fill=(84, 88, 92))
    gap = 90 if wrong else 4
    canvas.rectangle((318, 160, 520 - gap, 600), fill=(178, 184, 188))
    canvas.rectangle((520 + gap // 3, 160, 722, 600), fill=(170, 176, 180))
    canvas.rectangle((800, 320, 850, 430), fill=(60, 62, 66))
    canvas.ellipse((812, 340, 838, 366), fill=(230, 110, 60) if wrong else (120, 220, 140))
    canvas.rectangle((450, 96, 590, 132), fill=(20, 20, 22))
    if wrong:
        canvas.rectangle((380, 300, 660, 420), fill=(246, 240, 200))
        for y in (330, 360, 390):
            canvas.line([(410, y), (410 + rng.randint(120, 220), y)], fill=(60, 60, 60), width=7)


def _light(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    shade = (96 if wrong else 190) + rng.randint(-8, 8)
    _room(canvas, (shade, shade - 4, shade - 18), (shade - 50, shade - 54, shade - 60))
    for n in range(3):
        out = wrong and n != 2
        x, y, w = 240 + n * 200, 60 + n * 40, 180 - n * 40
        canvas.rectangle((x, y, x + w, y + 34), fill=(116, 114, 108) if out else (255, 252, 226))
    canvas.rectangle((420, 330, 600, 590), fill=(shade - 40, shade - 60, shade - 70))
    canvas.rectangle((700, 210, 820, 260), fill=(30, 130, 70) if not wrong else (40, 66, 52))
    if wrong:
        canvas.line([(330, 96), (350, 170), (338, 200)], fill=(40, 40, 40), width=6)


def _path(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    canvas.rectangle((0, 0, _W, 300), fill=_tint(rng, (170, 198, 216), (196, 200, 204)))
    canvas.rectangle((0, 280, _W, _H), fill=(96, 134, 72))
    canvas.polygon([(400, 290), (600, 290), (900, _H), (120, _H)], fill=(168, 164, 156))
    for n in range(7):
        y = 300 + n * n * 10
        canvas.line(
            [(400 - (y - 290) * 0.6, y), (600 + (y - 290) * 0.63, y)], fill=(128, 124, 116), width=4 + n // 2
        )
    canvas.line([(508, 290), (520, _H)], fill=(128, 124, 116), width=5)
    if wrong:
        canvas.polygon(
            [(330, 560), (520, 530), (560, 620), (300, 660)], fill=(120, 116, 108), outline=(64, 60, 54)
        )
        canvas.line([(330, 560), (520, 530)], fill=(40, 38, 34), width=16)
        _blot(canvas, rng, (640, 660), 60, (74, 104, 56))


def _indoors(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    _room(canvas, _tint(rng, (222, 212, 190), (204, 214, 216)), (164, 128, 92))
    canvas.rectangle((90, 170, 380, 400), fill=(190, 214, 226), outline=(240, 240, 238), width=16)
    for n in range(3):
        x = 430 + n * 180
        canvas.polygon([(x, 560), (x + 130, 550), (x + 150, 580), (x + 10, 592)], fill=(150, 108, 66))
        canvas.line([(x + 16, 590), (x + 10, 690)], fill=(70, 70, 72), width=9)
        canvas.line([(x + 132, 580), (x + 140, 680)], fill=(70, 70, 72), width=9)
    canvas.rectangle((780, 200, 900, 330), fill=(196, 40, 40))
    if wrong:
        _blot(canvas, rng, (640, 130), 130, (158, 140, 104))
        canvas.polygon([(430, 690), (700, 640), (760, 720), (480, 760)], fill=(190, 178, 150))


def _play(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    canvas.rectangle((0, 0, _W, 360), fill=_tint(rng, (168, 204, 230), (198, 206, 212)))
    canvas.rectangle((0, 340, _W, _H), fill=(98, 140, 72))
    canvas.polygon([(60, 520), (960, 500), (1000, 720), (20, 740)], fill=(150, 92, 70))
    for x in (180, 560):
        canvas.line([(x, 180), (x - 70, 620)], fill=(200, 60, 50), width=16)
        canvas.line([(x, 180), (x + 70, 620)], fill=(200, 60, 50), width=16)
    canvas.line([(180, 180), (560, 180)], fill=(200, 60, 50), width=18)
    for n, x in enumerate((290, 440)):
        low = 500 if not (wrong and n) else 400
        canvas.line([(x - 26, 184), (x - 26, low)], fill=(90, 90, 94), width=5)
        if not (wrong and n):
            canvas.line([(x + 26, 184), (x + 26, low)], fill=(90, 90, 94), width=5)
        canvas.polygon(
            [
                (x - 34, low),
                (x + 34, low + (70 if wrong and n else 0)),
                (x + 34, low + 84 if wrong and n else low + 14),
                (x - 34, low + 14),
            ],
            fill=(30, 30, 34),
        )
    canvas.polygon([(700, 260), (760, 260), (940, 640), (860, 650)], fill=(232, 190, 60))
    if wrong:
        _blot(canvas, rng, (300, 660), 70, (86, 58, 48))


def _wall(canvas: ImageDraw.ImageDraw, rng: random.Random, wrong: bool) -> None:
    wall = _tint(rng, (212, 204, 186), (190, 200, 206), (200, 190, 180))
    _room(canvas, wall, (128, 122, 116))
    canvas.rectangle((650, 220, 880, 420), fill=(150, 112, 70))
    canvas.rectangle((668, 236, 862, 404), fill=(60, 96, 84))
    for n in range(4):
        canvas.rectangle(
            (684 + n % 2 * 92, 250 + n // 2 * 78, 760 + n % 2 * 92, 316 + n // 2 * 78), fill=(240, 238, 228)
        )
    if wrong:
        _scrawl(canvas, rng, (150, 260))


_DRAWN: dict[str, Callable[[ImageDraw.ImageDraw, random.Random, bool], None]] = {
    "stairs": _stairs,
    "door": _door,
    "bins": _bins,
    "lawn": _lawn,
    "lift": _lift,
    "light": _light,
    "path": _path,
    "room": _indoors,
    "play": _play,
    "wall": _wall,
}

# What a photo of an item shows, by the first of these words that its key or its area's key holds.
_WORDS = (
    ("graffiti", "wall"), ("light", "light"), ("lift", "lift"), ("lamp", "light"), ("door", "door"), ("exit", "door"),
    ("gate", "door"), ("bin", "bins"), ("dump", "bins"), ("bulk", "bins"), ("swing", "play"), ("frame", "play"),
    ("slide", "play"), ("surface", "play"), ("moving", "play"), ("path", "path"), ("road", "path"), ("step", "path"),
    ("drain", "path"), ("vehicle", "path"), ("litter", "lawn"), ("grass", "lawn"), ("plant", "lawn"), ("tree", "lawn"),
    ("shrub", "lawn"), ("sharps", "lawn"), ("fence", "lawn"), ("boundar", "lawn"), ("stair", "stairs"),
    ("route", "stairs"), ("escape", "stairs"), ("riser", "door"), ("cupboard", "door"), ("damp", "wall"),
    ("kitchen", "room"), ("toilet", "room"), ("room", "room"), ("electric", "room"), ("entrance", "door"),
    ("grounds", "lawn"), ("fire", "stairs"), ("equipment", "play"), ("green", "lawn"), ("ways", "path"),
)  # fmt: skip


def scene_of(*keys: str) -> str:
    """The scene that fits an item best, by its key, then its area's."""
    for key in keys:
        for word, scene in _WORDS:
            if word in key:
                return scene
    return "wall"
