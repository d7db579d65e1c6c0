"""The tables: actions, the two scores of a joint inspection, and every item by area."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.models.kinds import Grade
from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.blocks import (
    badge,
    lead,
    photo_links,
    spaced,
    table_head,
    table_row,
)
from watmos_desktop.services.reports.flow import (
    Anchor,
    Block,
    Columns,
    Drawing,
    Linked,
    Rows,
    Section,
    Space,
    Stack,
)
from watmos_desktop.services.reports.inspection_data import (
    Area,
    InspectionReport,
    Item,
)
from watmos_desktop.services.reports.style import WIDTH, heads, words
from watmos_desktop.services.reports.text import Style, Text, ink

_GRADES = tuple(Grade)
_SCALE = (132.0, 104.0)
_BOTH = Style(9.5, 13.5, bold=True, align="centre")


def actions_table(report: InspectionReport) -> Section:
    """Who does what by when; its number leads to the defect."""
    if not report.actions:
        return Section("actions", words("actions.title"), ())
    lefts = (0.0, 34.0, 232.0, 338.0, 424.0)
    bounds = list(pairwise((*lefts, WIDTH)))
    rows = []
    for action in report.actions:
        number = str(action.number) if action.number else ""
        values = (number, action.action, action.who, action.by, action.status)
        cells: list[tuple[float, Block]] = [
            (left + 6, Text(value, style.BODY, right - left - 10))
            for value, (left, right) in zip(values, bounds, strict=True)
        ]
        if any(defect.number == action.number for defect in report.defects):
            bold = Text(number, style.coloured(style.STRONG, style.BRAND), 24)
            cells[0] = (6, Linked(bold, f"defect-{action.number}", 24))
        rows.append(table_row(cells))
    table = Rows(table_head(heads("actions.head"), lefts), tuple(rows))
    return Section("actions", words("actions.title"), (lead(words("actions.lead")), table))


def two_scores(report: InspectionReport) -> Section:
    """For each area where both grades stand, and why they differ; only for a joint inspection."""
    graded = [area for area in report.areas if area.officer_grade and area.ambassador_grade]
    if not graded:
        return Section("scores", words("scores.title"), ())
    lefts = (0.0, _SCALE[0], _SCALE[0] + _SCALE[1] + 20)
    titles = (words("scores.head_area"), "", words("scores.head_why"))
    head = table_head(titles, (lefts[0], lefts[1], lefts[2] + 50))

    def marks(canvas: Canvas, x: float, top: float) -> None:
        _scale_letters(canvas, x + _SCALE[0], top - 5)
        _officer(canvas, x + lefts[2] + 10, top - 11)
        _ambassador(canvas, x + lefts[2] + 34, top - 11)

    letters = Drawing(head.height, marks)
    table = Rows(Columns(((0, head), (0, letters))), tuple(_score(area, lefts[2]) for area in graded))
    return Section("scores", words("scores.title"), (lead(words("scores.lead")), _legend(), Space(8), table))


def _at(grade: Grade) -> float:
    """Where a grade stands on its scale, A at the right: better is further."""
    return _SCALE[1] * (3 - _GRADES.index(grade)) / 3


def _scale_letters(canvas: Canvas, x: float, top: float) -> None:
    strong = Style(8.5, 12, bold=True, colour=style.INK_2, align="centre")
    for grade in Grade:
        Text(grade.value, strong, 20).draw(canvas, x + _at(grade) - 10, top)


def _officer(canvas: Canvas, x: float, y: float) -> None:
    canvas.setFillColor(ink(style.BRAND))
    canvas.rect(x - 3.6, y - 3.6, 7.2, 7.2, stroke=0, fill=1)


def _ambassador(canvas: Canvas, x: float, y: float) -> None:
    style.dot(canvas, x, y, 6.4, filled=False, colour=style.WARN)


def _score(area: Area, left: float) -> Block:
    officer, ambassador = area.officer_grade, area.ambassador_grade
    assert officer and ambassador

    def paint(canvas: Canvas, x: float, top: float) -> None:
        y = top - 7
        style.rule(canvas, x, y, _SCALE[1])
        first, second = sorted((_at(officer), _at(ambassador)))
        canvas.setStrokeColor(ink(style.INK_2))
        canvas.setLineWidth(2)
        canvas.line(x + first, y, x + second, y)
        for grade in Grade:
            style.dot(canvas, x + _at(grade), y, 1.1, filled=True, colour=style.LINE)
        _ambassador(canvas, x + _at(ambassador), y)
        _officer(canvas, x + _at(officer), y)

    why = area.explanation or (words("scores.same") if officer is ambassador else "")
    cells: list[tuple[float, Block]] = [
        (6, Text(area.name, style.STRONG, _SCALE[0] - 20)),
        (_SCALE[0], Drawing(14, paint)),
        (left, Text(officer.value, _BOTH, 20)),
        (left + 24, Text(ambassador.value, _BOTH, 20)),
        (left + 56, Text(why, style.BODY, WIDTH - left - 62)),
    ]
    return table_row(cells, pad=6)


def _legend() -> Drawing:
    def paint(canvas: Canvas, x: float, top: float) -> None:
        _officer(canvas, x + 10, top - 7)
        Text(words("scores.officer"), style.QUIET, 80).draw(canvas, x + 22, top - 1)
        _ambassador(canvas, x + 90, top - 7)
        Text(words("scores.ambassador"), style.QUIET, 90).draw(canvas, x + 102, top - 1)

    return Drawing(14, paint)


def all_items(report: InspectionReport, numbers: set[int]) -> Section:
    """Every item by area: how it was checked, its answer, notes and photos."""
    areas = [area for area in report.areas if area.items]
    tables = [_area(index, area, numbers) for index, area in enumerate(areas)]
    if not tables:
        return Section("items", words("items.title"), ())
    spread = _spread([item for area in areas for item in area.items])
    blocks = (lead(words("items.lead")), *spread, _key(), Space(12), *spaced(tables, 14))
    return Section("items", words("items.title"), blocks)


def _spread(items: Sequence[Item]) -> list[Block]:
    """A bar of how many items had each grade, with letter and number in each part."""
    counts = [(grade, sum(item.grade is grade for item in items)) for grade in Grade]
    total = sum(count for _, count in counts)
    if total < 2:
        return []

    def paint(canvas: Canvas, x: float, top: float) -> None:
        left = x
        with style.clipped(canvas, x, top - 20, WIDTH, 20, 4):
            for grade, count in counts:
                width = WIDTH * count / total
                canvas.setFillColor(ink(style.OF_GRADE[grade]))
                canvas.rect(left, top - 20, max(width - 1, 0), 20, stroke=0, fill=1)
                inside = Style(9, 12, bold=True, colour=style.ON_BRAND, align="centre")
                if width > 26:
                    Text(f"{grade.value}  {count}", inside, width).draw(canvas, left, top - 4)
                left += width

    return [Text(words("items.spread"), style.QUIET, WIDTH), Space(3), Drawing(20, paint), Space(8)]


def _key() -> Drawing:
    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.dot(canvas, x + 5, top - 6, 3.2, filled=True)
        Text(words("items.one_by_one"), style.QUIET, 120).draw(canvas, x + 15, top)
        style.dot(canvas, x + 128, top - 6, 3.2, filled=False)
        Text(words("items.bulk"), style.QUIET, 170).draw(canvas, x + 138, top)
        style.rule(canvas, x + 288, top - 6, 8, style.INK_2)
        Text(words("items.not_scored"), style.QUIET, 170).draw(canvas, x + 302, top)

    return Drawing(12, paint)


def _area(index: int, area: Area, numbers: set[int]) -> Block:
    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.box(canvas, x, top - 28, WIDTH, 28, fill=style.GROUND, line="", radius=3)
        Text(area.name, Style(10.5, 14, bold=True), WIDTH - 60, most=1).draw(canvas, x + 8, top - 7)
        if area.grade:
            style.badge(canvas, x + WIDTH - 27, top - 24, 20, area.grade)

    rows = tuple(_item(item, numbers) for item in area.items)
    return Anchor(Rows(Drawing(28, paint), rows), f"area-{index}", area.name, level=1)


def _item(item: Item, numbers: set[int]) -> Block:
    said = [part for part in (item.not_scored, item.note) if part]
    if item.ambassador_answer:
        said.append(words("items.ambassador", answer=item.ambassador_answer))
    shown = [number for number in item.photos if number in numbers]
    notes: list[Block] = [Text(part, style.QUIET, 206) for part in said]
    if shown:
        label = words("items.photo_one" if len(shown) == 1 else "items.photo_many", numbers="")
        notes.append(photo_links(label, shown))
    name: list[Block] = [Text(item.name, style.BODY, 186)]
    if item.safety:
        name.append(Text(words("items.safety"), style.coloured(style.SMALL, style.BRAND), 186))
    cells: list[tuple[float, Block]] = [
        (0, Drawing(13.5, lambda canvas, x, top: _how(canvas, item, x + 9, top - 7))),
        (24, Stack(tuple(name))),
        (218, Stack(tuple(notes))),
        (WIDTH - 27, badge(item.grade, 17) if item.grade else Stack(())),
    ]
    if not item.grade:
        cells.append((WIDTH - 67, Text(item.answer, Style(9.5, 13.5, align="right"), 60)))
    return table_row(cells, pad=3.5)


def _how(canvas: Canvas, item: Item, x: float, y: float) -> None:
    if item.not_scored:
        style.rule(canvas, x - 4, y, 8, style.INK_2)
    else:
        style.dot(canvas, x, y, 3.2, filled=not item.bulk)
