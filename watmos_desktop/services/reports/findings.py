"""What was found: what became of the last walk's defects, and this walk's defects, worst first."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.models.kinds import Sighting
from watmos_desktop.services import wording
from watmos_desktop.services.reports import cover, style
from watmos_desktop.services.reports.blocks import (
    INSIDE,
    PAD,
    badge,
    lead,
    photo_links,
    picture,
    spaced,
)
from watmos_desktop.services.reports.flow import (
    Anchor,
    Block,
    Boxed,
    Columns,
    Drawing,
    Linked,
    Section,
    Space,
    Stack,
)
from watmos_desktop.services.reports.inspection_data import (
    Defect,
    Followed,
    InspectionReport,
)
from watmos_desktop.services.reports.style import WIDTH, words
from watmos_desktop.services.reports.text import Style, Text, ink, width_of

_PHOTO = (256.0, 192.0)
_BEFORE = (124.0, 93.0)
_PAIR = (116.0, 87.0)
_LEFT_TO_RIGHT = "\u200e"  # keeps the number before a title that runs the other way
_NAME = Style(11.5, 15, bold=True)
_OUTCOME = {
    Sighting.FIXED: ("fixed", style.OK),
    Sighting.NOT_FIXED: ("not_fixed", style.WARN),
    Sighting.WORSE: ("worse", style.BAD),
    Sighting.NEW: ("new", style.INFO),
}


def since_last(report: InspectionReport) -> Section:
    """Fixed, not fixed, worse or new, with before and after at the same size."""
    if report.previous_date:
        opening = words("since_last.lead", date=wording.day(report.previous_date))
    else:
        opening = words("since_last.lead_no_date")
    cards = [_followed(entry) for entry in report.since_last]
    blocks = (lead(opening), *spaced(cards, 11)) if cards else ()
    return Section("since-last", words("since_last.title"), blocks)


def _followed(entry: Followed) -> Block:
    pictures = [
        (words(f"since_last.{name}"), photo)
        for name, photo in (("before", entry.before), ("after", entry.after))
    ]
    shown = [(label, photo) for label, photo in pictures if photo]
    room = INSIDE - len(shown) * (_PAIR[0] + 10)
    said: list[Block] = [_outcome(entry.outcome), Space(6), Text(entry.title, style.STRONG, room)]
    said.append(Text(entry.place, style.QUIET, room))
    if entry.words:
        said += [Space(4), Text(entry.words, style.BODY, room)]
    cells: list[tuple[float, Block]] = [(0, Stack(tuple(said)))]
    for index, (label, photo) in enumerate(shown):
        caption = " · ".join(part for part in (label, photo.taken) if part)
        side = Stack((picture(photo, *_PAIR), Space(3), Text(caption, style.SMALL, _PAIR[0], most=2)))
        cells.append((room + 10 + index * (_PAIR[0] + 10), side))
    return Boxed(Columns(tuple(cells)), WIDTH, PAD)


def _outcome(outcome: Sighting) -> Drawing:
    key, colour = _OUTCOME[outcome]

    def paint(canvas: Canvas, x: float, top: float) -> None:
        y = top - 12
        if outcome is Sighting.FIXED:
            cover.tick(canvas, x, y, 10)
        elif outcome is Sighting.WORSE:
            style.triangle(canvas, x, y, 10, colour)
        elif outcome is Sighting.NOT_FIXED:
            canvas.setFillColor(ink(colour))
            canvas.rect(x + 1, y + 1, 8, 8, stroke=0, fill=1)
        else:
            style.dot(canvas, x + 5, y + 5, 3.6, filled=True, colour=colour)
        Text(words(f"since_last.{key}"), style.coloured(style.STRONG, colour), 120).draw(canvas, x + 16, top)

    return Drawing(14, paint)


def defect_cards(report: InspectionReport) -> Section:
    """A card for each defect, two a page, with the large photo and the promise."""
    cards = [_defect(defect) for defect in report.defects]
    blocks = (lead(words("defects.lead")), *spaced(cards, 12)) if cards else ()
    return Section("defects", words("defects.title"), blocks, fresh=True)


def _defect(defect: Defect) -> Block:
    room, number = INSIDE - 44, width_of(f"{defect.number}  ", _NAME)
    title = Stack(
        (
            Columns(
                ((0, Text(str(defect.number), _NAME, 30)), (number, Text(defect.title, _NAME, room - number)))
            ),
            Text(_seen(defect), style.QUIET, room),
        )
    )
    head = Columns(((0, badge(defect.grade, 32)), (44, title)))
    body = _defect_body(defect)
    return Anchor(
        Boxed(Stack((head, Space(10), *body)), WIDTH, PAD),
        f"defect-{defect.number}",
        f"{_LEFT_TO_RIGHT}{defect.number}  {defect.title}",
        level=1,
    )


def _defect_body(defect: Defect) -> Iterator[Block]:
    """Photo at the left, words beside it; words that would run below the photo stand under it in the full
    width, where they may go on over the page."""
    if not defect.photos:
        yield Stack((*_note(defect, INSIDE), *_promised(defect, INSIDE)))
        return
    width = INSIDE - _PHOTO[0] - 14
    before, note, promised = _before(defect), _note(defect, width), _promised(defect, width)
    beside = Stack((*before, *note, *promised))
    long = beside.height > _PHOTO[1] + 18
    if long:
        beside = Stack((*before, *promised))
    yield Columns(((0, _main_photo(defect)), (_PHOTO[0] + 14, beside)))
    if long:
        yield Space(8)
        yield from _note(defect, INSIDE)


def _before(defect: Defect) -> list[Block]:
    if defect.before_photo is None:
        return []
    caption = " · ".join(part for part in (words("defects.before"), defect.before_photo.taken) if part)
    photo = picture(defect.before_photo, *_BEFORE, whole=False)
    return [photo, Space(3), Text(caption, style.SMALL, _BEFORE[0] + 40, most=1), Space(7)]


def _note(defect: Defect, width: float) -> list[Block]:
    said = [part for part in (defect.phrase if defect.phrase != defect.title else "", defect.note) if part]
    passing = [] if defect.checked_individually else [Text(words("defects.bulk"), style.QUIET, width)]
    return [*(Text(part, style.BODY, width) for part in said), *passing]


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
    blocks: list[Block] = [picture(photo, *_PHOTO), Space(4), Text(caption, style.SMALL, _PHOTO[0], most=2)]
    linked: Block = Stack(tuple(blocks))
    if photo.number:
        linked = Linked(linked, f"photo-{photo.number}", _PHOTO[0])
    more = [other for other in defect.photos[1:] if other.number]
    if not more:
        return Stack((linked,))
    return Stack((linked, Space(2), photo_links(words("defects.more"), [photo.number for photo in more])))
