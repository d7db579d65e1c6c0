"""The noticeboard sheet of planned works: one A4 for the lobby, with nobody's name and no home (R9)."""

from __future__ import annotations

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services import wording
from watmos_desktop.services.reports import cover, document, style
from watmos_desktop.services.reports.programme_data import Sheet
from watmos_desktop.services.reports.programme_words import words
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH
from watmos_desktop.services.reports.text import Style, Text

_BIG = Style(14, 20)
_HEAD = Style(16, 22, bold=True, colour=style.BRAND)
_NAME = Style(27, 33, bold=True)
_STRONG = Style(17, 23, bold=True)


def render_sheet(data: Sheet) -> bytes:
    """One A4 page to be read from a step away; the same data gives the same bytes."""
    out = BytesIO()
    canvas = document.begin(out, f"{data.name}, {data.place}", data.dated)
    cover.band(canvas, words("sheet.kind"), data.place, wording.day(data.dated))
    top = PAGE[1] - cover.BAND - 24
    name = Text(data.name, _NAME, WIDTH, most=2)
    name.draw(canvas, MARGIN, top)
    top -= name.height + 14
    top = _dates(canvas, data, top) - 18
    for key, said, most in (
        ("sheet.what", data.what, 7),
        ("sheet.notice", data.disturbance, 5),
        ("sheet.outcome", data.outcome, 5),
    ):
        if said:
            Text(words(key), _HEAD, WIDTH).draw(canvas, MARGIN, top)
            text = Text(said, _BIG, WIDTH, most=most)
            text.draw(canvas, MARGIN, top - _HEAD.leading - 2)
            top -= _HEAD.leading + text.height + 16
    if data.until:
        _until(canvas, data, top)
    _foot(canvas, data)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _dates(canvas: Canvas, data: Sheet, top: float) -> float:
    """When, and how long, side by side in a soft box."""
    said = [("sheet.when", data.when), ("sheet.how_long", data.how_long)]
    shown = [(words(key), Text(text, _STRONG, WIDTH / 2 - 34, most=3)) for key, text in said if text]
    if not shown:
        return top
    height = 52 + max(text.height for _, text in shown)
    style.box(canvas, MARGIN, top - height, WIDTH, height, fill=style.BRAND_SOFT, line="")
    for number, (label, text) in enumerate(shown):
        left = MARGIN + 18 + number * WIDTH / 2
        Text(label, style.coloured(_BIG, style.INK_2), WIDTH / 2 - 34).draw(canvas, left, top - 14)
        text.draw(canvas, left, top - 36)
    return top - height


def _until(canvas: Canvas, data: Sheet, top: float) -> None:
    title = Text(words("sheet.until", until=data.until), _STRONG, WIDTH - 40, most=2)
    how = Text(words("sheet.until_words"), _BIG, WIDTH - 40, most=4)
    height = title.height + how.height + 34
    style.box(canvas, MARGIN, top - height, WIDTH, height, fill=style.GROUND)
    title.draw(canvas, MARGIN + 20, top - 14)
    how.draw(canvas, MARGIN + 20, top - 20 - title.height)


def _foot(canvas: Canvas, data: Sheet) -> None:
    who = words("sheet.who", contractor=data.contractor) + " " if data.contractor else ""
    ask = Text(who + words("sheet.contact"), Style(13, 18, bold=True), WIDTH, most=3)
    ask.draw(canvas, MARGIN, style.FOOT + ask.height - 4)
    style.rule(canvas, MARGIN, style.FOOT - 14, WIDTH)
    Text(words("sheet.foot"), style.SMALL, WIDTH).draw(canvas, MARGIN, style.FOOT - 18)
