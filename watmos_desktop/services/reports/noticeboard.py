"""The noticeboard sheet: one A4 for the lobby. It holds counts and places, never a person's name, home or
note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.models.kinds import Grade, Sighting
from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.reports import cover, style
from watmos_desktop.services.reports.inspection_data import InspectionReport
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, one_line

_BIG = Style(15, 21)
_HEAD = Style(19, 25, bold=True, colour=style.BRAND)
_MOST = 3


@dataclass(frozen=True)
class Coming:
    """Something still to be put right: ``what`` in the office's own phrase, ``when`` as a date in words."""

    what: str
    when: str


@dataclass(frozen=True)
class Noticeboard:
    """All that the sheet says: there is no field for a person, a home, a note or a photo, so that nobody can be
    named by accident. ``next_walk`` is a date in words."""

    place: str
    estate: str
    seen_on: date
    grade: Grade | None = None
    previous_grade: Grade | None = None
    fixed: tuple[str, ...] = ()
    coming: tuple[Coming, ...] = ()
    next_walk: str = ""
    ambassadors: int = 0


def noticeboard_of(report: InspectionReport, next_walk: str = "") -> Noticeboard:
    """The public part of an inspection: grades, titles of defects (the template's own words) and dates, and how
    many ambassadors walked. Names, places inside the block, notes, captions and who does the work stay behind."""
    return Noticeboard(
        report.place,
        report.estate,
        report.started.astimezone(LONDON).date(),
        report.grade,
        report.previous_grade,
        tuple(entry.title for entry in report.since_last if entry.outcome is Sighting.FIXED),
        tuple(Coming(defect.title, defect.due) for defect in report.defects),
        next_walk,
        report.ambassadors,
    )


def render_noticeboard(data: Noticeboard) -> bytes:
    """One A4 page to be read from a step away; the same data gives the same bytes."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=PAGE, pageCompression=1, invariant=1, lang="en-GB")
    day = wording.day(data.seen_on)
    canvas.setTitle(one_line(f"{data.place}: {words('noticeboard.kind')}, {day}"))
    canvas.setAuthor(words("cover.landlord"))
    canvas.setCreator("WATMOS Desktop")
    canvas.setDateFormatter(lambda *_: f"D:{data.seen_on:%Y%m%d}000000Z")
    where = ", ".join(part for part in (data.place, data.estate) if part)
    cover.band(canvas, words("noticeboard.kind"), where, words("noticeboard.seen", date=day))
    top = _grade(canvas, data, PAGE[1] - cover.BAND - 26)
    top = _fixed(canvas, data, top - 26)
    top = _coming(canvas, data, top - 22)
    _walk(canvas, data, top - 22)
    style.rule(canvas, MARGIN, style.FOOT - 14, WIDTH)
    Text(words("noticeboard.foot"), style.SMALL, WIDTH).draw(canvas, MARGIN, style.FOOT - 18)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _grade(canvas: Canvas, data: Noticeboard, top: float) -> float:
    if data.grade is None:
        return top
    height = 132.0
    style.box(canvas, MARGIN, top - height, WIDTH, height, fill=style.GROUND)
    style.badge(canvas, MARGIN + 20, top - 114, 96, data.grade)
    left, room = MARGIN + 140, WIDTH - 160
    Text(words("noticeboard.grade"), style.coloured(_BIG, style.INK_2), room).draw(canvas, left, top - 26)
    says = Text(words(f"grades.{data.grade.value}"), Style(30, 36, bold=True), room, most=1)
    says.draw(canvas, left, top - 47)
    cover.direction(canvas, data.grade, data.previous_grade, left, top - 90, room, Style(14, 19, bold=True))
    return top - height


def _fixed(canvas: Canvas, data: Noticeboard, top: float) -> float:
    Text(words("noticeboard.fixed"), _HEAD, WIDTH).draw(canvas, MARGIN, top)
    top -= 33
    for line in data.fixed[:_MOST]:
        text = Text(line, _BIG, WIDTH - 30, most=2)
        cover.tick(canvas, MARGIN + 2, top - 16, 13)
        text.draw(canvas, MARGIN + 30, top)
        top -= text.height + 5
    if not data.fixed:
        Text(words("noticeboard.fixed_none"), _BIG, WIDTH).draw(canvas, MARGIN, top)
        top -= _BIG.leading
    return top


def _coming(canvas: Canvas, data: Noticeboard, top: float) -> float:
    Text(words("noticeboard.coming"), _HEAD, WIDTH).draw(canvas, MARGIN, top)
    top -= 33
    for entry in data.coming[:_MOST]:
        text = Text(entry.what, _BIG, WIDTH - 170, most=2)
        when = Text(entry.when, Style(15, 21, bold=True, align="right"), 150, most=2)
        cover.shape(canvas, MARGIN + 4, top - 14, urgent=False)
        text.draw(canvas, MARGIN + 30, top)
        when.draw(canvas, MARGIN + WIDTH - 150, top)
        top -= max(text.height, when.height) + 5
    if not data.coming:
        Text(words("noticeboard.coming_none"), _BIG, WIDTH).draw(canvas, MARGIN, top)
        top -= _BIG.leading
    return top


def _walk(canvas: Canvas, data: Noticeboard, top: float) -> None:
    if data.next_walk:
        Text(words("noticeboard.walk"), _HEAD, WIDTH).draw(canvas, MARGIN, top)
        text = Text(words("noticeboard.walk_words", when=data.next_walk), _BIG, WIDTH, most=2)
        text.draw(canvas, MARGIN, top - 33)
        top -= 33 + text.height + 20
    key = {0: "none", 1: "one"}.get(data.ambassadors, "many")
    thanks = words(f"noticeboard.thanks_{key}", count=cover.number_word(data.ambassadors))
    text = Text(thanks, Style(13.5, 19, bold=True, colour=style.BRAND), WIDTH - 40, most=2)
    style.box(canvas, MARGIN, top - text.height - 24, WIDTH, text.height + 24, fill=style.BRAND_SOFT, line="")
    text.draw(canvas, MARGIN + 20, top - 12)
