"""Photos drawn by the program: a block from outside, a lobby wall, a stair door, a landing. No noise: flat shapes and
soft light, as a phone would see them, and the same bytes for the same scene every time."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

_W, _H = 1280, 960
Colour = tuple[int, int, int]


def _ground(top: Colour, bottom: Colour) -> Image.Image:
    shade = Image.linear_gradient("L").resize((_W, _H))
    return Image.composite(Image.new("RGB", (_W, _H), bottom), Image.new("RGB", (_W, _H), top), shade)


def _light(image: Image.Image, box: tuple[int, int, int, int], strength: int) -> Image.Image:
    glow = Image.new("L", image.size, 0)
    ImageDraw.Draw(glow).ellipse(box, fill=strength)
    glow = glow.filter(ImageFilter.GaussianBlur(90))
    return Image.composite(Image.new("RGB", image.size, (255, 250, 235)), image, glow)


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=84)
    return out.getvalue()


@cache
def block_outside(shift: int = 0) -> bytes:
    """A four-storey brick block with balconies, path, lawn and a tree."""
    image = _ground((196, 212, 224), (226, 230, 228))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 700, _W, _H), fill=(112, 142, 92))
    draw.polygon([(560, 700), (720, 700), (900, _H), (380, _H)], fill=(176, 170, 160))
    draw.rectangle((170, 170, 1110, 720), fill=(150, 98, 76))
    for row in range(170, 720, 14):
        draw.line((170, row, 1110, row), fill=(140, 90, 70), width=2)
    draw.rectangle((150, 146, 1130, 176), fill=(96, 88, 84))
    for floor in range(4):
        y = 205 + floor * 130
        for column in range(6):
            x = 210 + column * 150
            if floor == 3 and column in (2, 3):
                continue
            draw.rectangle((x, y, x + 92, y + 74), fill=(238, 238, 232))
            lit = (floor + column + shift) % 3 == 0
            draw.rectangle((x + 7, y + 7, x + 85, y + 67), fill=(226, 212, 160) if lit else (112, 134, 146))
            draw.line((x + 46, y + 7, x + 46, y + 67), fill=(238, 238, 232), width=6)
            draw.rectangle(
                (x - 10, y + 80, x + 102, y + 104), fill=(206, 206, 200), outline=(120, 120, 116), width=3
            )
    draw.rectangle((540, 590, 740, 720), fill=(12, 90, 79))
    draw.rectangle((560, 608, 634, 720), fill=(150, 176, 178))
    draw.rectangle((646, 608, 720, 720), fill=(150, 176, 178))
    draw.rectangle((500, 566, 780, 592), fill=(236, 234, 226))
    draw.rectangle((1150, 560, 1174, 760), fill=(92, 72, 54))
    for dx, dy, r in ((0, 0, 120), (-70, 60, 90), (70, 50, 96), (10, -80, 92)):
        draw.ellipse((1162 + dx - r, 480 + dy - r, 1162 + dx + r, 480 + dy + r), fill=(84, 122, 74))
    return _jpeg(_light(image, (-200, -300, 700, 300), 110).filter(ImageFilter.GaussianBlur(0.8)))


@cache
def lobby_wall(painted: bool = True, shift: int = 0) -> bytes:
    """A lobby with skirting, notice frame and tiled floor; ``painted`` shows scrawl on the wall."""
    image = _ground((214 - shift * 3, 204, 186), (190, 178, 158))
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 740), (_W, 740), (_W, _H), (0, _H)], fill=(132, 124, 116))
    for index in range(-8, 18):
        draw.line((640 + (index - 5) * 60, 740, 640 + (index - 5) * 190, _H), fill=(112, 104, 98), width=4)
    for y in (772, 820, 886):
        draw.line((0, y, _W, y), fill=(112, 104, 98), width=4)
    draw.rectangle((0, 712, _W, 744), fill=(92, 84, 76))
    draw.rectangle((880, 180, 1170, 560), fill=(240, 238, 230), outline=(70, 66, 60), width=12)
    for row, width in enumerate((200, 230, 170, 210, 120)):
        draw.rectangle((915, 240 + row * 54, 915 + width, 258 + row * 54), fill=(170, 172, 168))
    draw.rectangle((60, 300, 120, 420), fill=(226, 224, 216), outline=(150, 146, 138), width=4)
    if painted:
        marks = [
            (230, 520),
            (280, 400),
            (330, 530),
            (390, 410),
            (440, 540),
            (500, 420),
            (560, 520),
            (640, 430),
            (720, 500),
        ]
        draw.line([(x + shift * 6, y) for x, y in marks], fill=(46, 62, 132), width=22, joint="curve")
        draw.line((240, 580, 730, 560), fill=(46, 62, 132), width=16)
        draw.arc((300, 330, 470, 470), 20, 300, fill=(150, 40, 48), width=18)
    return _jpeg(_light(image, (300, -400, 1000, 260), 130).filter(ImageFilter.GaussianBlur(1)))


@cache
def stair_door(gap: bool = True, shift: int = 0) -> bytes:
    """A fire door on a landing; ``gap`` leaves it standing open by a hand."""
    image = _ground((188, 196 - shift * 2, 198), (160, 168, 170))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 800, _W, _H), fill=(104, 108, 112))
    draw.rectangle((0, 776, _W, 802), fill=(78, 82, 86))
    draw.rectangle((400, 120, 860, 800), fill=(232, 230, 224))
    draw.rectangle((430, 150, 830, 800), fill=(40, 42, 44))
    left = 470 if gap else 430
    draw.polygon(
        [(left, 150 + (10 if gap else 0)), (830, 150), (830, 800), (left, 790 if gap else 800)],
        fill=(126, 92, 62),
    )
    draw.polygon(
        [(left + 60, 230), (left + 150, 226), (left + 150, 520), (left + 60, 520)], fill=(168, 190, 190)
    )
    for x in range(left + 60, left + 151, 18):
        draw.line((x, 228, x, 520), fill=(120, 140, 140), width=2)
    draw.rectangle((left + 10, 470, left + 34, 580), fill=(202, 204, 206))
    draw.ellipse((560, 96, 610, 116), fill=(190, 190, 190))
    draw.rectangle((600, 160, 760, 190), fill=(150, 152, 154))
    draw.ellipse((650, 560, 720, 630), fill=(28, 92, 160))
    draw.rectangle((980, 240, 1140, 330), fill=(28, 122, 58))
    draw.polygon([(1000, 285), (1040, 256), (1040, 314)], fill=(255, 255, 255))
    draw.rectangle((1040, 276, 1120, 294), fill=(255, 255, 255))
    return _jpeg(_light(image, (800, -300, 1500, 300), 120).filter(ImageFilter.GaussianBlur(1)))


@cache
def stairwell(marked: bool = True, shift: int = 0) -> bytes:
    """Stairs going up with a rail; ``marked`` shows scuffs along the wall. ``shift`` moves the camera a little."""
    image = _ground((206, 210, 198), (176, 180, 170))
    draw = ImageDraw.Draw(image)
    for step in range(9):
        y, x = 900 - step * 74, 80 + step * 96 + shift * 9
        tone = 150 - step * 6
        draw.polygon([(x, y), (_W, y), (_W, y - 74), (x + 96, y - 74)], fill=(tone, tone - 2, tone - 6))
        draw.rectangle((x, y - 14, _W, y), fill=(tone - 50, tone - 50, tone - 52))
    draw.line((60, 660, 1000, -60), fill=(60, 66, 70), width=22)
    for step in range(9):
        x = 110 + step * 96
        draw.line((x, 880 - step * 74, x, 640 - step * 74), fill=(76, 82, 86), width=10)
    if marked:
        for index in range(6):
            draw.line(
                (180 + index * 60, 330 - index * 30, 300 + index * 60, 306 - index * 30),
                fill=(120, 112, 100),
                width=9,
            )
    return _jpeg(_light(image, (-300, -300, 500, 300), 120).filter(ImageFilter.GaussianBlur(1)))


def landing_light(shift: int = 0) -> bytes:
    """Portrait: a landing with a lamp that is out."""
    return _portrait(shift)


@cache
def _portrait(shift: int) -> bytes:
    image = _ground((120, 122, 126), (150, 150, 148)).resize((960, 1280))
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 0), (960, 0), (720, 220), (240, 220)], fill=(206, 204, 198))
    draw.ellipse((380, 60, 580, 150), fill=(168, 166, 158), outline=(110, 108, 104), width=8)
    draw.rectangle((300, 420, 660, 1180), fill=(96, 70, 50), outline=(210, 208, 200), width=22)
    draw.rectangle((360 + shift, 500, 440 + shift, 540), fill=(214, 190, 120))
    draw.rectangle((0, 1180, 960, 1280), fill=(92, 90, 88))
    return _jpeg(image.filter(ImageFilter.GaussianBlur(1.2)))
