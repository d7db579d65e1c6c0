"""The cover of an inspection report: one page that is enough alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.models.kinds import Grade
from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.inspection_data import Defect, InspectionReport
from watmos_desktop.services.reports.style import MARGIN, PAGE, WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, ink, width_of

BAND = 84.0
_PICTURE = (312.0, 190.0)
_GAP = 11.0
_STEPS = 5
_SMALLEST = (0.8, 0.66)  # of the size of a text in the band, in two lines and in three
_GRADES = tuple(Grade)


def draw_cover(canvas: Canvas, report: InspectionReport) -> None:
    """Band, photo, grade with its trend, four numbers, the worst three, what happens next, thanks."""
    band(canvas, report.template, _where(report), _when(report))
    top = PAGE[1] - BAND - 26
    if report.draft:
        _draft_pill(canvas, PAGE[1] - BAND - 9)
    _hero(canvas, report, top)
    top -= _PICTURE[1] + _GAP
    top = _tiles(canvas, report, top) - 20
    top = _worst(canvas, report, top) - 16
    _closing(canvas, report, top)


def _where(report: InspectionReport) -> str:
    return ", ".join(part for part in (report.place, report.estate) if part)


def _when(report: InspectionReport) -> str:
    day = wording.long_day(report.started.astimezone(LONDON).date())
    return f"{day}, {wording.clock_time(report.started)}–{wording.clock_time(report.finished)}"


def band(canvas: Canvas, title: str, left: str, right: str) -> None:
    """The green head of a cover: what it is, where, whose, when."""
    canvas.setFillColor(ink(style.BRAND))
    canvas.rect(0, PAGE[1] - BAND, PAGE[0], BAND, stroke=0, fill=1)
    pale = "CFE3DE"
    _fitting(title, Style(21, 26, bold=True, colour="FFFFFF"), WIDTH - 110).draw(canvas, MARGIN, PAGE[1] - 18)
    brand = Style(14, 18, bold=True, colour="FFFFFF", align="right")
    Text(words("cover.landlord"), brand, 100).draw(canvas, MARGIN + WIDTH - 100, PAGE[1] - 24)
    when = Style(9.5, 15, colour=pale, align="right")
    beside = min(width_of(right, when) + 1, 215)
    Text(right, when, beside, most=1).draw(canvas, MARGIN + WIDTH - beside, PAGE[1] - 49)
    _fitting(left, Style(11.5, 15, colour=pale), WIDTH - beside - 14).draw(canvas, MARGIN, PAGE[1] - 49)


def _fitting(text: str, large: Style, width: float) -> Text:
    """In one line as large as it fits, else small in two, else in three: an address is not cut in the band."""
    fits = width / max(width_of(text, large), 1)
    if fits >= _SMALLEST[0]:
        return Text(text, replace(large, size=large.size * min(1.0, fits * 0.995)), width, most=1)
    two, three = (
        Text(text, replace(large, size=large.size * share, leading=large.leading * share), width, most)
        for most, share in enumerate(_SMALLEST, 2)
    )
    whole = Text(text, two.style, width).height == two.height
    return two if whole else three


def _draft_pill(canvas: Canvas, top: float) -> None:
    canvas.setFillColor(ink(style.WARN))
    canvas.rect(0, top - 9, PAGE[0], 18, stroke=0, fill=1)
    pill = Style(9, 12, bold=True, colour="FFFFFF", align="centre")
    Text(words("draft.words"), pill, PAGE[0]).draw(canvas, 0, top + 6)


def _hero(canvas: Canvas, report: InspectionReport, top: float) -> None:
    height = _PICTURE[1]
    left, width = MARGIN, WIDTH
    if report.cover_photo:
        style.picture(canvas, report.cover_photo, MARGIN, top - height, *_PICTURE, whole=False)
        left, width = MARGIN + _PICTURE[0] + 14, WIDTH - _PICTURE[0] - 14
    style.box(canvas, left, top - height, width, height, fill=style.GROUND)
    inside, room = left + 15, width - 30
    Text(words("cover.overall"), style.coloured(style.STRONG, style.INK_2), room).draw(
        canvas, inside, top - 13
    )
    size = 52.0
    if report.grade:
        style.badge(canvas, inside, top - 86, size, report.grade)
        left, room = inside + size + 9, room - size - 5
        used = direction(
            canvas, report.grade, report.previous_grade, left, top - 40, room, Style(10.5, 14, bold=True)
        )
        if report.previous_grade and report.previous_date:
            Text(wording.day(report.previous_date), style.QUIET, room).draw(canvas, left, top - 43 - used)
    elif report.score:
        Text(report.score, Style(17, 21, bold=True), room, most=2).draw(canvas, inside, top - 40)
    if len(report.trend) > 1:
        _trend(canvas, report.trend[-8:], inside + 5, top - height + 16, width - 40, 56)


def direction(
    canvas: Canvas, grade: Grade, last: Grade | None, x: float, top: float, width: float, strong: Style
) -> float:
    """The last grade with an arrow: up, down or level. Gives the height used."""
    if last is None:
        text = Text(words("cover.first"), style.coloured(strong, style.INK_2), width)
        text.draw(canvas, x, top)
        return text.height
    step = _GRADES.index(last) - _GRADES.index(grade)
    key, colour = ("up", style.OK) if step > 0 else ("down", style.BAD) if step < 0 else ("same", style.INK_2)
    size = strong.size * 0.85
    foot = top - strong.leading / 2 - size * 0.42
    if step:
        style.triangle(canvas, x, foot, size, colour, down=step < 0)
    else:
        canvas.setFillColor(ink(colour))
        canvas.rect(x, foot + size * 0.3, size, size * 0.35, stroke=0, fill=1)
    left = size + strong.size * 0.4
    text = Text(words(f"cover.{key}", grade=last.value), style.coloured(strong, colour), width - left)
    text.draw(canvas, x + left, top)
    return text.height


def _trend(
    canvas: Canvas, shown: tuple[tuple[date, Grade], ...], x: float, y: float, w: float, h: float
) -> None:
    """Grade at each of the last inspections, each point with its letter, the month below."""
    points = []
    for index, (_, grade) in enumerate(shown):
        at = x + w * index / (len(shown) - 1)
        points.append((at, y + 20 + (h - 20) * (3 - _GRADES.index(grade)) / 3))
    canvas.setStrokeColor(ink(style.LINE))
    canvas.setLineWidth(0.6)
    for level in range(4):
        canvas.line(x - 5, y + 20 + (h - 20) * level / 3, x + w + 5, y + 20 + (h - 20) * level / 3)
    canvas.setStrokeColor(ink(style.BRAND))
    canvas.setLineWidth(1.6)
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    canvas.drawPath(path, stroke=1, fill=0)
    letter = Style(7.5, 9, bold=True, align="centre")
    month = Style(7, 9, colour=style.INK_2, align="centre")
    for (at, up), (day, grade) in zip(points, shown, strict=True):
        style.dot(canvas, at, up, 2.4, filled=True, colour=style.BRAND)
        Text(grade.value, letter, 20).draw(canvas, at - 10, up + 13)
        Text(wording.day(day).split()[1], month, 24).draw(canvas, at - 12, y + 11)


def _tiles(canvas: Canvas, report: InspectionReport, top: float) -> float:
    counts = report.counts
    dated = all(defect.due for defect in report.defects)
    defects = {0: "none", 1: "one"}.get(counts.defects, "dated" if dated else "many")
    looked = words("cover.looked_at", one_by_one=counts.one_by_one, safety=counts.safety, bulk=counts.bulk)
    tiles = (
        (counts.looked_at, looked, style.INK),
        (counts.defects, words(f"cover.defects_{defects}"), style.WARN if counts.defects else style.OK),
        (counts.urgent, words("cover.urgent"), style.BAD if counts.urgent else style.OK),
        (counts.fixed, words("cover.fixed"), style.OK),
    )
    x, height = MARGIN, 60.0
    for (number, caption, colour), share in zip(tiles, (0.35, 0.28, 0.14, 0.23), strict=True):
        width = share * (WIDTH - 3 * _GAP)
        style.box(canvas, x, top - height, width, height)
        Text(f"{number:,}", Style(20, 24, bold=True, colour=colour), width - 22).draw(canvas, x + 11, top - 6)
        Text(caption, Style(7.5, 9.8, colour=style.INK_2), width - 20, most=2).draw(canvas, x + 11, top - 31)
        x += width + _GAP
    return top - height


def _worst(canvas: Canvas, report: InspectionReport, top: float) -> float:
    Text(words("cover.worst"), style.HEAD, WIDTH).draw(canvas, MARGIN, top)
    top -= 24
    if not report.defects:
        style.box(canvas, MARGIN, top - 54, WIDTH, 54, fill=style.BRAND_SOFT, line="")
        tick(canvas, MARGIN + 18, top - 36, 20)
        warm = Text(words("cover.no_defects", place=report.place), Style(11, 15), WIDTH - 70, most=2)
        warm.draw(canvas, MARGIN + 52, top - (54 - warm.height) / 2)
        return top - 54
    for defect in report.defects[:3]:
        _worst_card(canvas, defect, top)
        top -= 68
    return top


def tick(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Fine."""
    canvas.setStrokeColor(ink(style.OK))
    canvas.setLineWidth(size * 0.16)
    canvas.setLineCap(1)
    canvas.line(x, y + size * 0.45, x + size * 0.36, y + size * 0.1)
    canvas.line(x + size * 0.36, y + size * 0.1, x + size, y + size * 0.8)
    canvas.setLineCap(0)


def _worst_card(canvas: Canvas, defect: Defect, top: float) -> None:
    height, x = 61.0, MARGIN + 9
    style.box(canvas, MARGIN, top - height, WIDTH, height)
    if defect.photos:
        style.picture(canvas, defect.photos[0], x, top - height + 7, 80, 47, whole=False)
        x += 91
    style.badge(canvas, x, top - height / 2 - 13, 26, defect.grade)
    x += 37
    due = 118.0
    room = MARGIN + WIDTH - x - due - 20
    title = Text(defect.title, Style(10, 13.5, bold=True), room, most=2)
    repair = words("defects.repair", reference=defect.repair) if defect.repair else ""
    below = Text(" · ".join(filter(None, (defect.place, repair))), style.QUIET, room, most=2)
    start = top - (height - title.height - below.height) / 2
    title.draw(canvas, x, start)
    below.draw(canvas, x, start - title.height)
    promise(canvas, defect, MARGIN + WIDTH - due - 11, top - height / 2, due)
    canvas.linkRect(
        "",
        f"defect-{defect.number}",
        (MARGIN, top - height, MARGIN + WIDTH, top),
        relative=0,
        Border="[0 0 0]",
    )


def promise(canvas: Canvas, defect: Defect, x: float, middle: float, width: float) -> None:
    """The due words at the right with their shape: a triangle to act now, a square for soon."""
    if not defect.due:
        return
    colour = style.BAD if defect.urgent else style.WARN
    text = Text(defect.due, Style(9, 12, bold=True, colour=colour), width - 13, most=3)
    text.draw(canvas, x + 13, middle + text.height / 2)
    shape(canvas, x, middle + text.height / 2 - 10, urgent=defect.urgent)


def shape(canvas: Canvas, x: float, y: float, *, urgent: bool) -> None:
    """Triangle or square before a promise."""
    if urgent:
        style.triangle(canvas, x, y, 8, style.BAD)
    else:
        canvas.setFillColor(ink(style.WARN))
        canvas.rect(x + 0.5, y + 0.5, 7, 7, stroke=0, fill=1)


def _listed(names: tuple[str, ...]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def number_word(number: int) -> str:
    """``two``; figures above ten."""
    named = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return named[number] if number < len(named) else str(number)


def _closing(canvas: Canvas, report: InspectionReport, top: float) -> None:
    if report.what_next:
        Text(words("cover.next"), style.HEAD, WIDTH).draw(canvas, MARGIN, top)
        top -= 21
    shown = report.what_next[: _STEPS if len(report.what_next) <= _STEPS else _STEPS - 1]
    for step in shown:
        Text(step.when, style.STRONG, 92, most=1).draw(canvas, MARGIN, top)
        Text(step.text, style.BODY, WIDTH - 98, most=1).draw(canvas, MARGIN + 98, top)
        top -= 15
    if rest := len(report.what_next) - len(shown):
        Text(words("cover.next_more", count=rest), style.QUIET, WIDTH).draw(canvas, MARGIN + 98, top)
        top -= 15
    top -= 7
    if report.walked_by:
        line = Text(words("cover.walked_by", who=_listed(report.walked_by)), style.QUIET, WIDTH, most=2)
        line.draw(canvas, MARGIN, top)
        top -= line.height + 1
    if report.ambassadors:
        key = "cover.thanks_one" if report.ambassadors == 1 else "cover.thanks_many"
        thanks = style.coloured(style.STRONG, style.BRAND)
        Text(words(key, count=number_word(report.ambassadors)), thanks, WIDTH).draw(canvas, MARGIN, top)
