"""The card left at a door that nobody opened: two on an A4 sheet, plain English, nothing about anybody.

A card can be read by whoever passes: it names no person, no home and not what is broken. The lower half is for the
next call, with lines to fill in by hand, since few doors have a printer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services.reports import document, qr, style
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, ink

_HALF = PAGE[1] / 2
_BAND = 62.0
_CODE = 118.0
_BODY = Style(12.5, 17.5)
_STRONG = Style(12.5, 17.5, bold=True)
_BIG = Style(30, 36, bold=True)


@dataclass(frozen=True)
class AccessCard:
    """All that a card says: ``called`` and ``proposed`` in words; empty leaves lines to write on, or is left out.

    ``about`` names its words in ``resources/wording/report.toml``: ``card`` for a repair, ``visit_card`` for a visit.
    """

    reference: str
    made_at: datetime
    called: str = ""
    proposed: str = ""
    about: str = "card"


def pages(data: AccessCard, tell: Callable[[int, int], None]) -> bytes:
    """The PDF of the sheet, beside the window; ``tell`` hears how far."""
    tell(0, 1)
    return render(data)


def render(data: AccessCard) -> bytes:
    """One A4 page with two cards; the same data gives the same bytes."""
    out = BytesIO()
    with document.printing():
        canvas = document.begin(out, f"{words('card.title')}, {data.reference}", data.made_at)
        _card(canvas, data, PAGE[1])
        _card(canvas, AccessCard(data.reference, data.made_at, about=data.about), _HALF)
        _cut(canvas)
        canvas.showPage()
        canvas.save()
    return out.getvalue()


def _card(canvas: Canvas, data: AccessCard, top: float) -> None:
    canvas.setFillColor(ink(style.BRAND))
    canvas.rect(0, top - _BAND, PAGE[0], _BAND, stroke=0, fill=1)
    Text(words("card.title"), Style(25, 30, bold=True, colour="FFFFFF"), WIDTH - 110).draw(
        canvas, MARGIN, top - 16
    )
    right = Style(15, 20, bold=True, colour="FFFFFF", align="right")
    Text(words("cover.landlord"), right, 100).draw(canvas, MARGIN + WIDTH - 100, top - 21)
    at = _lines(canvas, data, top - _BAND - 16)
    _square(canvas, data, top - _BAND - 16)
    Text(data.reference, _BIG, WIDTH - _CODE - 24).draw(canvas, MARGIN, at - 2)
    at -= _BIG.leading + 8
    for line in (words(f"{data.about}.runs"), words("card.help")):
        text = Text(line, Style(10.5, 14.5, colour=style.INK_2), WIDTH)
        text.draw(canvas, MARGIN, at)
        at -= text.height + 4


def _lines(canvas: Canvas, data: AccessCard, at: float) -> float:
    room = WIDTH - _CODE - 24
    if data.called:
        at = _line(canvas, words("card.called", when=data.called), _STRONG, room, at)
    else:
        at = _blanks(canvas, room, at)
    at = _line(canvas, words(f"{data.about}.what"), _BODY, room, at) - 6
    at = _line(canvas, words("card.next"), Style(15, 20, bold=True, colour=style.BRAND), room, at)
    if data.proposed:
        at = _line(canvas, words("card.proposed", when=data.proposed), _STRONG, room, at)
    return _line(canvas, words("card.ring", phone=words("card.phone")), _BODY, room, at)


def _line(canvas: Canvas, said: str, look: Style, room: float, at: float) -> float:
    text = Text(said, look, room)
    text.draw(canvas, MARGIN, at)
    return at - text.height - 4


def _blanks(canvas: Canvas, room: float, at: float) -> float:
    """``We called on ____ at ____`` with room for a pen."""
    first, _, last = words("card.called_blank").partition("  ")
    Text(first, _STRONG, room).draw(canvas, MARGIN, at - 6)
    Text(last.strip(), _STRONG, 20).draw(canvas, MARGIN + room * 0.68, at - 6)
    canvas.setStrokeColor(ink(style.INK_2))
    canvas.setLineWidth(0.8)
    for left, right in ((0.25, 0.66), (0.74, 1.0)):
        canvas.line(MARGIN + room * left, at - 22, MARGIN + room * right, at - 22)
    return at - 32


def _square(canvas: Canvas, data: AccessCard, at: float) -> None:
    """The reference to scan, in a mail to us, with the phone below for who reads rather than scans."""
    left = MARGIN + WIDTH - _CODE
    mail = f"mailto:{words(data.about + '.mail')}?subject={data.reference}"
    qr.draw(canvas, mail, left, at - _CODE, _CODE)
    phone = Style(15, 20, bold=True, align="centre")
    Text(words("card.phone"), phone, _CODE + 10).draw(canvas, left - 5, at - _CODE - 4)


def _cut(canvas: Canvas) -> None:
    canvas.setStrokeColor(ink(style.INK_2))
    canvas.setLineWidth(0.5)
    canvas.setDash(4, 4)
    canvas.line(0, _HALF, PAGE[0], _HALF)
    canvas.setDash()
    said = Style(7, 9, colour=style.INK_2, align="right")
    Text(words("card.cut"), said, 60).draw(canvas, PAGE[0] - 64 * mm / 2, _HALF + 10)
