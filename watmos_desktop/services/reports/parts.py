"""The parts of an inspection report after its cover, each a section of blocks; what is empty is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.models.kinds import Grade, Sighting
from watmos_desktop.services import wording
from watmos_desktop.services.reports import cover, style
from watmos_desktop.services.reports.flow import (
    Anchor,
    Block,
    Boxed,
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
    Defect,
    Followed,
    InspectionReport,
    Item,
    Point,
    ReportPhoto,
    Signature,
)
from watmos_desktop.services.reports.style import WIDTH, heads, words
from watmos_desktop.services.reports.text import Style, Text, width_of

_PAD = 12.0
_INSIDE = WIDTH - 2 * _PAD
_PHOTO = (256.0, 192.0)
_BEFORE = (124.0, 93.0)
_PAIR = (116.0, 87.0)
_WHOLE = (WIDTH, 300.0)


def sections(report: InspectionReport) -> list[Section]:
    """All parts in the order of competitors.md 5 that have something to say."""
    numbers = {photo.number for photo in photos(report)}
    parts = (
        _since_last(report),
        _defects(report),
        _actions(report),
        _scores(report),
        _items(report, numbers),
        _signed(report),
        _photos(report),
        _record(report),
    )
    return [part for part in parts if part.blocks]


def photos(report: InspectionReport) -> list[ReportPhoto]:
    """Every numbered photo once, in the order of its number."""
    found = [photo for defect in report.defects for photo in defect.photos] + list(report.other_photos)
    return sorted(
        {photo.number: photo for photo in found if photo.number}.values(), key=lambda photo: photo.number
    )


def _lead(text: str) -> Stack:
    return Stack((Text(text, style.QUIET, WIDTH), Space(12)))


def _spaced(blocks: Iterable[Block], gap: float) -> Iterator[Block]:
    for index, block in enumerate(blocks):
        if index:
            yield Space(gap)
        yield block


def _picture(photo: ReportPhoto, w: float, h: float, *, whole: bool = True) -> Drawing:
    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.picture(canvas, photo, x, top - h, w, h, whole=whole)

    return Drawing(h, paint)


def _badge(grade: Grade | None, size: float) -> Drawing:
    return Drawing(size, lambda canvas, x, top: style.badge(canvas, x, top - size, size, grade))


# Since last time


_OUTCOME = {
    Sighting.FIXED: ("fixed", style.OK),
    Sighting.NOT_FIXED: ("not_fixed", style.WARN),
    Sighting.WORSE: ("worse", style.BAD),
    Sighting.NEW: ("new", style.INFO),
}


def _since_last(report: InspectionReport) -> Section:
    if report.previous_date:
        lead = words("since_last.lead", date=wording.day(report.previous_date))
    else:
        lead = words("since_last.lead_no_date")
    cards = [_followed(entry) for entry in report.since_last]
    blocks = (_lead(lead), *_spaced(cards, 11)) if cards else ()
    return Section("since-last", words("since_last.title"), blocks)


def _followed(entry: Followed) -> Block:
    pictures = [
        (words(f"since_last.{name}"), photo)
        for name, photo in (("before", entry.before), ("after", entry.after))
    ]
    shown = [(label, photo) for label, photo in pictures if photo]
    room = _INSIDE - len(shown) * (_PAIR[0] + 10)
    text = Stack(
        (
            _outcome(entry.outcome),
            Space(6),
            Text(entry.title, style.STRONG, room),
            Text(entry.place, style.QUIET, room),
            *([Space(4), Text(entry.words, style.BODY, room)] if entry.words else []),
        )
    )
    cells: list[tuple[float, Block]] = [(0, text)]
    for index, (label, photo) in enumerate(shown):
        caption = " · ".join(part for part in (label, photo.taken) if part)
        picture = Stack((_picture(photo, *_PAIR), Space(3), Text(caption, style.SMALL, _PAIR[0], most=2)))
        cells.append((room + 10 + index * (_PAIR[0] + 10), picture))
    return Boxed(Columns(tuple(cells)), WIDTH, _PAD)


def _outcome(outcome: Sighting) -> Drawing:
    key, colour = _OUTCOME[outcome]

    def paint(canvas: Canvas, x: float, top: float) -> None:
        y = top - 12
        if outcome is Sighting.FIXED:
            cover.tick(canvas, x, y, 10)
        elif outcome is Sighting.WORSE:
            style.triangle(canvas, x, y, 10, colour)
        elif outcome is Sighting.NOT_FIXED:
            canvas.setFillColor(HexColor(f"#{colour}"))
            canvas.rect(x + 1, y + 1, 8, 8, stroke=0, fill=1)
        else:
            style.dot(canvas, x + 5, y + 5, 3.6, filled=True, colour=colour)
        Text(words(f"since_last.{key}"), style.coloured(style.STRONG, colour), 120).draw(canvas, x + 16, top)

    return Drawing(14, paint)


# Defects


def _defects(report: InspectionReport) -> Section:
    cards = [_defect(defect) for defect in report.defects]
    blocks = (_lead(words("defects.lead")), *_spaced(cards, 12)) if cards else ()
    return Section("defects", words("defects.title"), blocks, fresh=True)


def _defect(defect: Defect) -> Block:
    title = Stack(
        (
            Text(f"{defect.number}  {defect.title}", Style(11.5, 15, bold=True), _INSIDE - 44),
            Text(_seen(defect), style.QUIET, _INSIDE - 44),
        )
    )
    head = Columns(((0, _badge(defect.grade, 32)), (44, title)))
    body = _defect_body(defect)
    return Anchor(
        Boxed(Stack((head, Space(10), *body)), WIDTH, _PAD),
        f"defect-{defect.number}",
        f"{defect.number}  {defect.title}",
        level=1,
    )


def _defect_body(defect: Defect) -> Iterator[Block]:
    """Photo at the left, words beside it; words that would run below the photo stand under it in the full width,
    where they may go on over the page."""
    if not defect.photos:
        yield Stack((*_note(defect, _INSIDE), *_promised(defect, _INSIDE)))
        return
    width = _INSIDE - _PHOTO[0] - 14
    before, note, promised = _before(defect), _note(defect, width), _promised(defect, width)
    beside = Stack((*before, *note, *promised))
    long = beside.height > _PHOTO[1] + 18
    if long:
        beside = Stack((*before, *promised))
    yield Columns(((0, _main_photo(defect)), (_PHOTO[0] + 14, beside)))
    if long:
        yield Space(8)
        yield from _note(defect, _INSIDE)


def _before(defect: Defect) -> list[Block]:
    if defect.before_photo is None:
        return []
    caption = " · ".join(part for part in (words("defects.before"), defect.before_photo.taken) if part)
    picture = _picture(defect.before_photo, *_BEFORE, whole=False)
    return [picture, Space(3), Text(caption, style.SMALL, _BEFORE[0] + 40, most=1), Space(7)]


def _note(defect: Defect, width: float) -> list[Block]:
    said = [part for part in (defect.phrase if defect.phrase != defect.title else "", defect.note) if part]
    if not defect.checked_individually:
        said.append(words("defects.bulk"))
    return [Text(part, style.BODY, width) for part in said]


def _promised(defect: Defect, width: float) -> list[Block]:
    """Hazard, priority with the repair, and the date given, in the colour and shape of how soon it is."""
    strong = style.coloured(style.STRONG, style.BAD if defect.urgent else style.WARN)
    repair = words("defects.repair", reference=defect.repair) if defect.repair else ""
    lines = [
        part
        for part in (defect.hazard, " · ".join(filter(None, (defect.priority, repair))), defect.due)
        if part
    ]
    if not lines:
        return []
    texts = [Text(line, strong, width - 14) for line in lines]

    def paint(canvas: Canvas, x: float, top: float) -> None:
        cover.shape(canvas, x, top - 11.5, urgent=defect.urgent)

    return [Space(6), Columns(((0, Drawing(13, paint)), (14, Stack(tuple(texts)))))]


def _seen(defect: Defect) -> str:
    return f"{defect.place} · {words('defects.seen', time=wording.clock_time(defect.seen_at))}"


def _main_photo(defect: Defect) -> Stack:
    photo = defect.photos[0]
    number = words("defects.photo", number=photo.number) if photo.number else ""
    caption = " · ".join(part for part in (number, photo.caption, photo.taken) if part)
    blocks: list[Block] = [_picture(photo, *_PHOTO), Space(4), Text(caption, style.SMALL, _PHOTO[0], most=2)]
    linked: Block = Stack(tuple(blocks))
    if photo.number:
        linked = Linked(linked, f"photo-{photo.number}", _PHOTO[0])
    more = [other for other in defect.photos[1:] if other.number]
    if not more:
        return Stack((linked,))
    return Stack((linked, Space(2), _photo_links(words("defects.more"), [photo.number for photo in more])))


def _photo_links(label: str, numbers: Sequence[int]) -> Columns:
    """``label`` and numbers, each leading to its photo."""
    link = Style(7.5, 10.5, bold=True, colour=style.BRAND)
    cells: list[tuple[float, Block]] = [(0, Text(label, style.SMALL, 120, most=1))]
    x = width_of(label, style.SMALL)
    for index, number in enumerate(numbers):
        text = f"{number}{',' if index < len(numbers) - 1 else ''} "
        width = width_of(text, link)
        cells.append((x, Linked(Text(text, link, width + 2), f"photo-{number}", width)))
        x += width
    return Columns(tuple(cells))


# Tables


def _row(cells: Sequence[tuple[float, Block]], pad: float = 4.5) -> Stack:
    line = Drawing(pad, lambda canvas, x, top: style.rule(canvas, x, top - pad, WIDTH))
    return Stack((Space(pad), Columns(tuple(cells)), line))


def _head(titles: Sequence[str], lefts: Sequence[float]) -> Block:
    strong = style.coloured(Style(8.5, 12, bold=True), style.INK_2)
    bounds = pairwise((*lefts, WIDTH))
    cells = [
        (left + 6, Text(title, strong, right - left - 8))
        for title, (left, right) in zip(titles, bounds, strict=True)
    ]

    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.box(canvas, x, top - 22, WIDTH, 22, fill=style.GROUND, line="", radius=3)
        Columns(tuple(cells)).draw(canvas, x, top - 5)

    return Drawing(22, paint)


def _actions(report: InspectionReport) -> Section:
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
        rows.append(_row(cells))
    table = Rows(_head(heads("actions.head"), lefts), tuple(rows))
    return Section("actions", words("actions.title"), (_lead(words("actions.lead")), table))


# Two scores


_GRADES = tuple(Grade)
_SCALE = (150.0, 128.0)


def _scores(report: InspectionReport) -> Section:
    graded = [area for area in report.areas if area.officer_grade and area.ambassador_grade]
    if not graded:
        return Section("scores", words("scores.title"), ())
    lefts = (0.0, _SCALE[0], _SCALE[0] + _SCALE[1] + 20)
    head = _head((words("scores.head_area"), "", words("scores.head_why")), lefts)
    letters = Drawing(head.height, lambda canvas, x, top: _scale_letters(canvas, x + _SCALE[0], top - 5))
    table = Rows(Columns(((0, head), (0, letters))), tuple(_score(area, lefts[2]) for area in graded))
    return Section("scores", words("scores.title"), (_lead(words("scores.lead")), _legend(), Space(8), table))


def _at(grade: Grade) -> float:
    """Where a grade stands on its scale, A at the right: better is further."""
    return _SCALE[1] * (3 - _GRADES.index(grade)) / 3


def _scale_letters(canvas: Canvas, x: float, top: float) -> None:
    strong = Style(8.5, 12, bold=True, colour=style.INK_2, align="centre")
    for grade in Grade:
        Text(grade.value, strong, 20).draw(canvas, x + _at(grade) - 10, top)


def _officer(canvas: Canvas, x: float, y: float) -> None:
    canvas.setFillColor(HexColor(f"#{style.BRAND}"))
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
        canvas.setStrokeColor(HexColor(f"#{style.INK_2}"))
        canvas.setLineWidth(2)
        canvas.line(x + first, y, x + second, y)
        for grade in Grade:
            style.dot(canvas, x + _at(grade), y, 1.1, filled=True, colour=style.LINE)
        _ambassador(canvas, x + _at(ambassador), y)
        _officer(canvas, x + _at(officer), y)

    why = area.explanation or (words("scores.same") if officer is ambassador else "")
    both = f"{officer.value} · {ambassador.value}"
    cells: list[tuple[float, Block]] = [
        (6, Text(area.name, style.STRONG, _SCALE[0] - 20)),
        (_SCALE[0], Drawing(14, paint)),
        (left + 6, Text(both, style.STRONG, 34)),
        (left + 44, Text(why, style.BODY, WIDTH - left - 50)),
    ]
    return _row(cells, pad=6)


def _legend() -> Drawing:
    def paint(canvas: Canvas, x: float, top: float) -> None:
        _officer(canvas, x + 10, top - 7)
        Text(words("scores.officer"), style.QUIET, 80).draw(canvas, x + 22, top - 1)
        _ambassador(canvas, x + 90, top - 7)
        Text(words("scores.ambassador"), style.QUIET, 90).draw(canvas, x + 102, top - 1)

    return Drawing(14, paint)


# All items


def _items(report: InspectionReport, numbers: set[int]) -> Section:
    areas = [area for area in report.areas if area.items]
    tables = [_area(index, area, numbers) for index, area in enumerate(areas)]
    if not tables:
        return Section("items", words("items.title"), ())
    spread = _spread([item for area in areas for item in area.items])
    blocks = (_lead(words("items.lead")), *spread, _key(), Space(12), *_spaced(tables, 14))
    return Section("items", words("items.title"), blocks, fresh=True)


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
                canvas.setFillColor(HexColor(f"#{style.OF_GRADE[grade]}"))
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
        notes.append(_photo_links(label, shown))
    name: list[Block] = [Text(item.name, style.BODY, 186)]
    if item.safety:
        name.append(Text(words("items.safety"), style.coloured(style.SMALL, style.BRAND), 186))
    cells: list[tuple[float, Block]] = [
        (0, Drawing(13.5, lambda canvas, x, top: _how(canvas, item, x + 9, top - 7))),
        (24, Stack(tuple(name))),
        (218, Stack(tuple(notes))),
        (WIDTH - 27, _badge(item.grade, 17) if item.grade else Stack(())),
    ]
    if not item.grade:
        cells.append((WIDTH - 67, Text(item.answer, Style(9.5, 13.5, align="right"), 60)))
    return _row(cells, pad=3.5)


def _how(canvas: Canvas, item: Item, x: float, y: float) -> None:
    if item.not_scored:
        style.rule(canvas, x - 4, y, 8, style.INK_2)
    else:
        style.dot(canvas, x, y, 3.2, filled=not item.bulk)


# Signatures, photos, record


def _signed(report: InspectionReport) -> Section:
    cards = [_signature(signature) for signature in report.signatures]
    pairs = [
        Columns(tuple((side * (WIDTH / 2 + 6), card) for side, card in enumerate(cards[at : at + 2])))
        for at in range(0, len(cards), 2)
    ]
    blocks: list[Block] = [_lead(words("sign.lead")), *_spaced(pairs, 12)] if cards else []
    if report.amendments:
        rows = tuple(
            _row(
                (
                    (6, Text(wording.moment(entry.at), style.QUIET, 104)),
                    (116, _amendment(entry.who, entry.text)),
                )
            )
            for entry in report.amendments
        )
        blocks += [Space(14), Rows(_head((words("sign.amendments"),), (0.0,)), rows)]
    return Section("signed", words("sign.title"), tuple(blocks))


def _amendment(who: str, text: str) -> Stack:
    return Stack((Text(who, style.STRONG, WIDTH - 124), Text(text, style.BODY, WIDTH - 124)))


def _signature(signature: Signature) -> Block:
    width = WIDTH / 2 - 6
    room = width - 2 * _PAD
    size = (room, room / 3)

    def paint(canvas: Canvas, x: float, top: float) -> None:
        style.rule(canvas, x, top - size[1], size[0])
        if signature.strokes:
            _strokes(canvas, signature.strokes, x, top, size)
        elif signature.typed:
            typed = Text(signature.typed, Style(15, 19, bold=True, colour=style.BRAND), room, most=2)
            typed.draw(canvas, x, top - size[1] + typed.height + 4)

    kind = words("sign.drawn") if signature.strokes else words("sign.typed")
    blocks = (
        Drawing(size[1] + 5, paint),
        Text(signature.name, style.STRONG, room),
        Text(signature.role, style.BODY, room),
        Text(f"{wording.moment(signature.at)}, {kind}", style.SMALL, room),
    )
    return Boxed(Stack(blocks), width, _PAD)


def _strokes(
    canvas: Canvas, strokes: tuple[tuple[Point, ...], ...], x: float, top: float, size: tuple[float, float]
) -> None:
    canvas.setStrokeColor(HexColor(f"#{style.INK}"))
    canvas.setLineWidth(1.4)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for stroke in strokes:
        path = canvas.beginPath()
        at = [(x + px * size[0], top - py * size[1]) for px, py in stroke]
        path.moveTo(*at[0])
        for point in at[1:] or at:
            path.lineTo(*point)
        canvas.drawPath(path, stroke=1, fill=0)
    canvas.setLineCap(0)
    canvas.setLineJoin(0)


def _photos(report: InspectionReport) -> Section:
    of_defect = {photo.number: defect.number for defect in report.defects for photo in defect.photos}
    areas = [area for area in report.areas if area.items]
    of_area = {
        number: index for index, area in enumerate(areas) for item in area.items for number in item.photos
    }
    blocks: list[Block] = []
    for photo in photos(report):
        back: tuple[str, str] | None = None
        if photo.number in of_defect:
            number = of_defect[photo.number]
            back = (words("photos.back", number=number), f"defect-{number}")
        elif photo.number in of_area:
            back = (areas[of_area[photo.number]].name, f"area-{of_area[photo.number]}")
        blocks.append(_photo(photo, back))
    lead = (_lead(words("photos.lead")),) if blocks else ()
    return Section("photos", words("photos.title"), (*lead, *_spaced(blocks, 12)), fresh=True)


def _photo(photo: ReportPhoto, back: tuple[str, str] | None) -> Block:
    number = Text(words("defects.photo", number=photo.number), style.STRONG, 62)
    caption = " · ".join(part for part in (photo.caption, photo.taken) if part)
    cells: list[tuple[float, Block]] = [(0, number), (66, Text(caption, style.BODY, WIDTH - 200))]
    if back:
        right = Style(9.5, 13.5, bold=True, colour=style.BRAND, align="right")
        cells.append((WIDTH - 126, Linked(Text(back[0], right, 126, most=1), back[1], 126)))
    return Anchor(Stack((_picture(photo, *_WHOLE), Space(5), Columns(tuple(cells)))), f"photo-{photo.number}")


def _record(report: InspectionReport) -> Section:
    where = ", ".join(part for part in (report.place, report.estate, report.address) if part)
    version = words("record.version", template=report.template, version=report.template_version)
    lines = (
        ("reference", report.reference),
        ("place", where),
        ("template", version),
        ("device", report.record.device),
        ("started", wording.moment(report.started)),
        ("finished", wording.moment(report.finished)),
        ("photos", str(len(photos(report)))),
        ("sync", report.record.sync_state),
        ("checksum", report.record.checksum),
    )
    rows = [
        Columns(
            (
                (0, Text(words(f"record.{key}"), style.QUIET, 126)),
                (130, Text(value, style.BODY, _INSIDE - 130)),
            )
        )
        for key, value in lines
    ]
    box = Boxed(Stack(tuple(_spaced(rows, 4))), WIDTH, _PAD, style.GROUND)
    return Section("record", words("record.title"), (_lead(words("record.lead")), box))
