"""The inspection report as a reader gets it: order, links, numbers, words, size, and the same bytes each time."""

from __future__ import annotations

import pickle
import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageDraw
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from tests.reports import scenes
from tests.reports.reading import copied, keys, links, outline, picture, said
from tests.reports.sample import areas, big_report, defects, photo, report
from watmos_desktop.models.kinds import Grade
from watmos_desktop.services.reports import letters, style
from watmos_desktop.services.reports.inspection import render
from watmos_desktop.services.reports.inspection_data import (
    Counts,
    InspectionReport,
    Mark,
    NextStep,
    ReportPhoto,
    Signature,
)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render(report())


def whole(data: bytes) -> str:
    """All words of all pages on one line."""
    return re.sub(r"\s+", " ", " ".join(copied(data)))


def reader(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data))


# The document


def test_same_record_same_bytes_whatever_was_printed_between(pdf: bytes) -> None:
    render(report(place="ক্ষুদ্র محمد 王小明 Ẹ́niọlá", draft=True))
    assert render(pickle.loads(pickle.dumps(report()))) == pdf
    assert render(report(reference="I-OTHER")) != pdf


def test_title_language_and_date_are_those_of_the_record(pdf: bytes) -> None:
    document = reader(pdf)
    assert document.metadata is not None
    assert document.metadata.title == "Lindley House A: Block inspection, 23 Nov 2026"
    assert document.metadata.creation_date_raw == "D:20261123105800Z"
    catalog: Any = document.trailer["/Root"]
    assert catalog["/Lang"] == "en-GB"
    assert "DisplayDocTitle" in str(catalog["/ViewerPreferences"])
    width, height = (float(side) / 72 * 25.4 for side in document.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)


def test_parts_come_in_their_order_with_a_bookmark_each(pdf: bytes) -> None:
    titles = outline(pdf)
    order = [
        "Lindley House A",
        "Since last time",
        "Defects, worst first",
        "1 Offensive graffiti",
        "4 Landing lamp out",
        "Actions",
        "Two scores, side by side",
        "Everything we looked at",
        "Outside",
        "Signed",
        "Photos",
        "Record",
    ]
    at = [titles.index(title) for title in order]
    assert at == sorted(at)


def test_every_page_says_its_number_and_what_it_is(pdf: bytes) -> None:
    pages = copied(pdf)
    for number, text in enumerate(pages, 1):
        assert f"page {number} of {len(pages)}" in text
        assert "Lindley House A · inspection I-4KQ7-2 · 23 Nov 2026" in text


def test_contents_only_above_eight_pages(pdf: bytes) -> None:
    assert len(copied(pdf)) > 8 and "Contents" in copied(pdf)[1]
    short = render(report(other_photos=(), defects=defects()[:1], since_last=(), areas=areas()[:2]))
    assert len(copied(short)) <= 8
    assert "Contents" not in whole(short)


def test_contents_give_the_page_where_each_part_stands(pdf: bytes) -> None:
    pages = copied(pdf)
    for title in ("Since last time", "Actions", "Signed", "Record"):
        number = re.search(rf"^{title}\s+(\d+)$", pages[1], re.M)
        assert number is not None
        assert title in pages[int(number[1]) - 1]


def test_nothing_in_it_can_act_or_fetch(pdf: bytes) -> None:
    assert not keys(pdf) & {
        "/URI",
        "/JavaScript",
        "/JS",
        "/Launch",
        "/OpenAction",
        "/EmbeddedFiles",
        "/AA",
        "/A",
    }


def _page(pages: list[str], words: str) -> int:
    return next(number for number, text in reversed(list(enumerate(pages))) if re.search(words, text, re.M))


def test_photos_and_defects_lead_to_each_other(pdf: bytes) -> None:
    pages = copied(pdf)
    found = {(here, there) for here, there, _ in links(pdf)}
    for defect in defects():
        card = next(
            n
            for n, text in enumerate(pages)
            if n > 1 and re.search(f"^{defect.number} +{defect.title}", text, re.M)
        )
        shown = _page(pages, rf"^Photo {defect.photos[0].number} .*Defect {defect.number}$")
        assert card < shown and {(card, shown), (shown, card)} <= found
    area, lawn = _page(pages, "^Outside A$"), _page(pages, "^Photo 7 .*Outside$")
    assert {(area, lawn), (lawn, area)} <= found


def test_links_lead_to_the_top_of_what_they_name(pdf: bytes) -> None:
    """Photo 2 is lower on its page than photo 1: a link that only knew the page would lead to the wrong one."""
    tops = {top for here, there, top in links(pdf) if there == _page(copied(pdf), "^Photo 2 ")}
    assert len(tops) >= 2


def test_a_link_is_never_made_to_a_photo_that_is_not_there() -> None:
    missing = replace(areas()[0], items=(replace(areas()[0].items[0], photos=(99,)),))
    assert "99" not in whole(render(report(areas=(missing,))))


# What it says


def test_the_cover_is_enough_alone(pdf: bytes) -> None:
    cover = re.sub(r"\s+", " ", copied(pdf)[0])
    for words in (
        "Block inspection",
        "Lindley House A, Chuckery Estate",
        "Monday 23 November 2026, 10:05–10:58",
        "up from C",
        "26 Oct 2026",
        "14 one by one (7 for safety), 9 as rest of area OK",
        "Offensive graffiti",
        "Made safe by Tue 24 Nov, 10:31",
        "Fire door 2B does not close",
        "Marks on walls",
        "next inspection; everything above is looked at again",
        "Walked by Dele Okafor, caretaker and two estate ambassadors",
        "With thanks to the two estate ambassadors",
    ):
        assert words in cover
    assert "Landing lamp out" not in cover


def test_steps_that_do_not_fit_the_cover_are_counted_and_all_walkers_are_named() -> None:
    steps = tuple(NextStep("Mon 30 Nov", f"step {n}") for n in range(9))
    walkers = tuple(f"Walker {n} of the long list of names" for n in range(30))
    pages = copied(render(report(what_next=steps, walked_by=walkers)))
    assert "step 3" in pages[0] and "step 4" not in pages[0]
    assert "and 5 more, in the actions" in pages[0]
    assert "Walker 29" in re.sub(r"\s+", " ", pages[-1])


@pytest.mark.parametrize(
    ("grade", "last", "words"),
    [
        (Grade.A, Grade.B, "up from B"),
        (Grade.D, Grade.C, "down from C"),
        (Grade.C, Grade.C, "the same, C"),
        (Grade.C, None, "first inspection"),
    ],
)
def test_the_last_grade_in_words(grade: Grade, last: Grade | None, words: str) -> None:
    assert words in whole(render(report(grade=grade, previous_grade=last)))


def test_no_defects_is_said_warmly_and_empty_parts_are_left_out() -> None:
    clean = report(
        defects=(),
        actions=(),
        since_last=(),
        areas=(),
        other_photos=(),
        signatures=(),
        amendments=(),
        trend=(),
        cover_photo=None,
        what_next=(),
        walked_by=(),
        ambassadors=0,
        counts=Counts(9, 9, 2, 0, 0, 0, 0),
    )
    text = whole(render(clean))
    assert "Nothing to put right. Thank you to everyone who keeps Lindley House A this way." in text
    assert outline(render(clean)) == ["Lindley House A", "Record"]
    assert not re.search("What happens next|With thanks|Walked by", text)
    assert len(copied(render(clean))) == 2


def test_two_scores_only_when_an_ambassador_graded() -> None:
    alone = tuple(replace(area, ambassador_grade=None) for area in areas())
    assert "Two scores" not in whole(render(report(areas=alone)))


def test_bulk_and_reasons_are_told(pdf: bytes) -> None:
    text = whole(pdf)
    for words in (
        "rest of area OK, in one answer",
        "Not seen: key with the contractor",
        "Seen in passing, not checked one by one.",
    ):
        assert words in text


def test_the_record_box_holds_what_proves_it(pdf: bytes) -> None:
    last = copied(pdf)[-1]
    for words in (
        "I-4KQ7-2",
        "Block inspection, version 3",
        "Tablet Chuckery 2",
        "Not yet at the office",
        report().record.checksum,
        "23 Nov 2026, 10:58",
    ):
        assert words in last


def test_a_draft_says_so_on_every_page(pdf: bytes) -> None:
    assert "DRAFT" not in whole(pdf)
    draft = copied(render(report(draft=True)))
    assert all("DRAFT" in page for page in draft)
    assert "Draft: not yet at the office" in draft[0]


def test_corrections_after_signing_are_printed_with_who_and_when(pdf: bytes) -> None:
    text = whole(pdf)
    assert "25 Nov 2026, 09:12" in text and "Door 2B is on floor 2" in text


NASTY = "Mr <Smith> </para> &#x110000; <img src='/etc/passwd'/> &amp; {place}"


def _everywhere(value: Any, text: str) -> Any:
    """The same data with ``text`` in every field that people fill in."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = {"checksum", "kind", "jpeg"}
        changes = {
            f.name: _everywhere(getattr(value, f.name), text) for f in fields(value) if f.name not in kept
        }
        return replace(value, **changes)
    if isinstance(value, tuple):
        return tuple(_everywhere(part, text) for part in value)
    return text if type(value) is str else value


def test_mark_up_in_every_field_is_only_text() -> None:
    hostile = _everywhere(report(), NASTY)
    data = render(hostile)
    text = re.sub(r"\s", "", "".join(said(data)))
    assert text.count(re.sub(r"\s", "", NASTY)) > 40
    assert not keys(data) & {"/URI", "/JavaScript", "/Launch", "/A"}
    pictures = {
        image.indirect_reference.idnum
        for page in reader(data).pages
        for image in page.images
        if image.indirect_reference
    }
    ours = {p.jpeg for p in _photos(hostile)}
    assert len(pictures) == len(ours)


@pytest.mark.parametrize(
    "text", ["", "🙂👩‍🔧", "محمد", "x" * 300, "e\u0301\x00\u202e\ud800", "\n\n\n", "ক্ষুদ্র王"]
)
def test_any_text_in_every_field_gives_a_report(text: str) -> None:
    assert len(copied(render(_everywhere(report(), text)))) > 3


def test_a_very_long_note_goes_on_over_pages_and_nothing_is_lost() -> None:
    note = "x" * 50_000
    long = replace(defects()[0], note=note)
    assert "".join(said(render(report(defects=(long,))))).count("x") >= 50_000


def test_a_very_long_item_note_splits_its_row_and_repeats_the_area() -> None:
    item = replace(areas()[0].items[0], note="word " * 4_000)
    pages = copied(render(report(areas=(replace(areas()[0], items=(item,)),))))
    full = [page for page in pages if page.count("word") > 100]
    assert len(full) > 1 and all("Entrance and lobby" in page for page in full)
    assert sum(page.count("word ") + page.count("word\n") for page in pages) >= 3_999


def test_no_action_row_is_cut_and_the_head_returns() -> None:
    actions = tuple(
        replace(report().actions[0], number=0, action=f"Action{n} " + "long " * 30 + f"end{n}")
        for n in range(40)
    )
    pages = copied(render(report(actions=actions)))
    held = [page for page in pages if "Action0" in page or "end39" in page]
    assert len(held) == 2 and all("No." in page and "State" in page for page in held)
    for n in range(40):
        assert any(f"Action{n} " in page and f"end{n}" in page for page in pages)


# Photos


def _photos(data: InspectionReport) -> list[ReportPhoto]:
    found = [p for d in data.defects for p in (*d.photos, d.before_photo)] + list(data.other_photos)
    found += [p for f in data.since_last for p in (f.before, f.after)] + [data.cover_photo]
    return [p for p in found if p]


def test_each_photo_is_carried_once_and_byte_for_byte(pdf: bytes) -> None:
    carried = {image.data for page in reader(pdf).pages for image in page.images}
    distinct = {p.jpeg for p in _photos(report())}
    assert len({len(jpeg) for jpeg in distinct}) > 5
    assert all(jpeg in pdf for jpeg in distinct)
    assert sum(pdf.count(jpeg) for jpeg in distinct) == len(distinct)
    assert carried


def test_forty_photos_and_sixty_items_stay_below_eight_megabytes() -> None:
    data = big_report()
    assert len(render(data)) < 8_000_000
    assert len({p.number for p in _photos(data) if p.number}) == 40


def test_a_spoiled_photo_costs_its_place_and_no_more() -> None:
    for jpeg in (b"", b"not a photo", scenes.stairwell()[:200], b"\x89PNG\r\n\x1a\n"):
        spoiled = replace(defects()[0], photos=(photo(jpeg, 1),))
        assert "This photo could not be read" in whole(render(report(defects=(spoiled,))))


def test_marks_are_drawn_on_the_photo() -> None:
    plain = replace(defects()[0], photos=(photo(scenes.lobby_wall(), 1),))
    for mark in (
        Mark("ellipse", ((0.2, 0.2), (0.8, 0.8))),
        Mark("arrow", ((0.1, 0.1), (0.5, 0.5))),
        Mark("line", ((0.1, 0.9), (0.5, 0.2), (0.9, 0.9))),
    ):
        marked = replace(plain, photos=(photo(scenes.lobby_wall(), 1, "", mark),))
        before, after = (picture(render(report(defects=(d,), since_last=())), 1) for d in (plain, marked))
        yellow = ImageChops.difference(before, after).convert("L").point(lambda value: 255 * (value > 15))
        assert yellow.histogram()[255] > 100
    assert render(
        report(defects=(replace(plain, photos=(photo(scenes.lobby_wall(), 1, "", Mark("line", ())),)),))
    )


def test_a_drawn_signature_is_ink_and_a_typed_one_is_words() -> None:
    typed = render(report(signatures=(Signature("", "", report().finished, typed="Rahima Khatun"),)))
    assert "Rahima Khatun" in whole(typed)


# Looks


def _badge(grade: Grade) -> Image.Image:
    """Its outline alone, without the letter."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=(100, 100))
    style.badge(canvas, 10, 10, 80, grade)
    canvas.save()
    drawn = picture(out.getvalue(), width=100).convert("L").point(lambda value: 0 if value < 200 else 255)
    ImageDraw.floodfill(drawn, (0, 0), 128)
    return drawn.point(lambda value: 255 if value == 128 else 0)


def test_grades_differ_in_shape_without_their_colour() -> None:
    shapes = [_badge(grade) for grade in Grade]
    for index, one in enumerate(shapes):
        for other in shapes[index + 1 :]:
            assert ImageChops.difference(one, other).histogram()[255] > 250


def _contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "colour", [style.INK, style.INK_2, style.BRAND, style.OK, style.WARN, style.BAD, style.INFO]
)
@pytest.mark.parametrize("ground", ["FFFFFF", style.GROUND])
def test_text_can_be_read(colour: str, ground: str) -> None:
    assert _contrast(colour, ground) >= 4.5


def test_no_page_runs_into_its_foot_or_its_margin(pdf: bytes) -> None:
    for number in range(1, len(reader(pdf).pages)):
        page = picture(pdf, number, 595).convert("L")
        foot = page.crop((0, 842 - 54, 595, 842 - 46))
        margins = (page.crop((0, 0, 48, 780)), page.crop((547, 0, 595, 780)), page.crop((0, 0, 595, 48)))
        for empty in (foot, *margins):
            assert empty.histogram()[:240] == [0] * 240


# Making it


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    render(report(), told.append)
    assert told[0] == 0 and told[-1] == 1
    assert all(a < b for a, b in pairwise(told))


def test_nothing_printed_stays_in_memory() -> None:
    render(report())
    assert letters.pieces.cache_info().currsize == letters.advance.cache_info().currsize == 0


def test_what_progress_raises_stops_the_work() -> None:
    class CancelledError(Exception):
        pass

    def cancel(share: float) -> None:
        if share > 0.3:
            raise CancelledError

    with pytest.raises(CancelledError):
        render(report(), cancel)
    assert render(report()) == render(report())


def test_a_score_without_grades_and_a_single_walk() -> None:
    plain = report(
        grade=None, previous_grade=None, score="27 of 30 met", trend=((date(2026, 11, 23), Grade.B),)
    )
    assert "27 of 30 met" in copied(render(plain))[0]
