"""The noticeboard sheet: one page, and nothing about any person."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from io import BytesIO

from pypdf import PdfReader

from tests.reports.reading import copied, links, said
from tests.reports.sample import areas, defects, photo, report, since_last
from tests.reports.scenes import stairwell
from watmos_desktop.models.kinds import Grade
from watmos_desktop.services.reports.inspection_data import Action, Amendment, RecordBox, Signature
from watmos_desktop.services.reports.noticeboard import (
    Coming,
    Noticeboard,
    noticeboard_of,
    render_noticeboard,
)

CANARY = "Canary Quillfeather"


def sheet() -> Noticeboard:
    return noticeboard_of(report(), "Monday 21 December, 10:00")


def test_it_says_what_the_block_wants_to_know_on_one_page() -> None:
    pages = copied(render_noticeboard(sheet()))
    assert len(pages) == 1
    text = re.sub(r"\s+", " ", pages[0])
    for words in (
        "Lindley House A, Chuckery Estate",
        "Looked at on 23 Nov 2026",
        "up from C",
        "Entry phone dead",
        "Offensive graffiti",
        "Made safe by Tue 24 Nov, 10:31",
        "Monday 21 December, 10:00",
        "two estate ambassadors",
    ):
        assert words in text
    assert "Landing lamp out" not in text


def test_no_person_reaches_it() -> None:
    """A canary in everything that could name someone: none is on the sheet."""
    shy = photo(stairwell(), 1, CANARY)
    planted = report(
        walked_by=(CANARY,),
        address=CANARY,
        cover_photo=shy,
        defects=tuple(
            replace(d, place=CANARY, note=CANARY, phrase=CANARY, hazard=CANARY, repair=CANARY, photos=(shy,))
            for d in defects()
        ),
        since_last=tuple(replace(f, place=CANARY, words=CANARY) for f in since_last()),
        actions=(Action(1, CANARY, CANARY, CANARY, CANARY),),
        areas=tuple(
            replace(a, explanation=CANARY, items=tuple(replace(i, note=CANARY) for i in a.items))
            for a in areas()
        ),
        signatures=(Signature(CANARY, CANARY, report().finished, typed=CANARY),),
        amendments=(Amendment(report().finished, CANARY, CANARY),),
        record=RecordBox(CANARY, CANARY),
    )
    pdf = render_noticeboard(noticeboard_of(planted))
    assert CANARY not in said(pdf)[0]
    assert b"Quillfeather" not in pdf
    assert CANARY.encode("utf-16-be") not in pdf
    assert not PdfReader(BytesIO(pdf)).pages[0].images


def test_it_has_no_field_for_a_person() -> None:
    assert {field.name for field in fields(Noticeboard)} == {
        "place",
        "estate",
        "seen_on",
        "grade",
        "previous_grade",
        "fixed",
        "coming",
        "next_walk",
        "ambassadors",
    }


def test_a_good_block_is_thanked() -> None:
    text = copied(render_noticeboard(Noticeboard("Lindley House A", "", date(2026, 11, 23), Grade.A)))[0]
    assert "it all looked good" in text and "Thank you for looking after your block." in text


def test_long_words_stay_on_the_page() -> None:
    long = Noticeboard(
        "x" * 500,
        "y" * 500,
        date(2026, 11, 23),
        Grade.D,
        Grade.A,
        ("long " * 100,) * 9,
        (Coming("z" * 900, "w" * 99),) * 9,
        "n" * 900,
        99,
    )
    assert len(copied(render_noticeboard(long))) == 1


def test_same_data_same_bytes_and_nothing_active() -> None:
    assert render_noticeboard(sheet()) == render_noticeboard(sheet())
    assert links(render_noticeboard(sheet())) == []
