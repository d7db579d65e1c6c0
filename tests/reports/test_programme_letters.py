"""Letters about planned works: one home a letter, any name as it was typed, plain or large; the sheet names nobody."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from tests.build import a_home, a_person, a_tenancy
from tests.conftest import Let
from tests.reports.reading import copied, outline, picture
from tests.services.test_programmes import do, draft, homes, look
from watmos_desktop.models.kinds import Channel, ResponseKind, TenancyKind
from watmos_desktop.models.tables import Block, HouseholdMember
from watmos_desktop.services import programme_consulting, programmes
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.programme_consulting import ResponseDraft
from watmos_desktop.services.reports import programme_collect
from watmos_desktop.services.reports.programme_data import HomeLetter, Letter, Letters, Sheet, Works
from watmos_desktop.services.reports.programme_letters import render, render_each
from watmos_desktop.services.reports.programme_sheet import render_sheet
from watmos_desktop.services.reports.programme_words import words

WORKS = Works(
    reference="P-7K3M-9D4T",
    name="New kitchens",
    place="Lindley House A",
    what="Old kitchens are taken out and new ones put in.",
    when="From Monday 11 January 2027 to Friday 26 February 2027",
    how_long="8 working days",
    disturbance="Drilling from 9 am to 3 pm. The water is off for an hour on two mornings.",
    contractor="Midland Kitchens Ltd",
    until="Wednesday 23 December 2026",
    outcome="We begin at nine, not at eight.",
    staff="Grace Bell-Owusu",
    dated=date(2026, 11, 23),
)
HOSTILE = ("Łódź Świętokrzyska", "مريم خان", "Mr <Smith> & Sons", "<b>{until}</b>", "Zoë\u202e evil")
HOMES = tuple(
    HomeLetter(f"H{n}", f"Flat {n}, Lindley House A", "WS1 2AB", (name,)) for n, name in enumerate(HOSTILE)
)


def letters(kind: Letter = Letter.CONSULTATION, **more: Any) -> Letters:
    return replace(Letters(kind, WORKS, HOMES), **more)


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_a_letter_says_what_when_how_long_what_is_noticed_and_how_to_answer_until_when() -> None:
    said = flat(" ".join(copied(render(letters(homes=HOMES[:1])))))
    for part in (
        "Dear Łódź Świętokrzyska,",
        "New kitchens: we ask for your view",
        WORKS.what,
        "From Monday 11 January 2027 to Friday 26 February 2027.",
        "How long it takes in a home: 8 working days.",
        "The water is off for an hour on two mornings.",
        "Midland Kitchens Ltd",
        "Please answer by Wednesday 23 December 2026.",
        "Ask for Grace Bell-Owusu",
        "Our reference: P-7K3M-9D4T · H0",
        "Your answer",
        "I do not want it",
    ):
        assert part in said, part


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("kind", list(Letter))
def test_every_name_prints_as_it_was_typed(kind: Letter, large: bool) -> None:
    said = flat(" ".join(copied(render(letters(kind, large=large)))))
    for name in ("Łódź Świętokrzyska", "مريم خان", "Mr <Smith> & Sons", "<b>{until}</b>"):
        assert said.count(name) >= 2, name  # in the window and in the greeting


def test_a_name_within_what_is_put_in_stays_as_it_was_typed() -> None:
    said = words("reply.about", name="{reference} {other}", reference="P-1")
    assert said == "About: {reference} {other}, P-1"


def test_no_letter_holds_a_word_of_another_home() -> None:
    for (name, pdf), home in zip(render_each(letters()), HOMES, strict=True):
        said = flat(" ".join(copied(pdf)))
        assert home.address in said
        assert not any(other.address in said for other in HOMES if other is not home)
        assert name == f"P-7K3M-9D4T consultation {HOMES.index(home) + 1:04} {home.code}.pdf"


def test_each_letter_begins_a_page_and_counts_its_own() -> None:
    pages = copied(render(letters()))
    firsts = [page for page in pages if "Page 1 of" in page]
    assert len(firsts) == len(HOMES)
    assert [one for one in pages if "Your answer" in one] == pages[1::2]  # on the back of its letter
    assert outline(render(letters())) == [home.address for home in HOMES]


def test_what_only_a_machine_reads_names_nobody() -> None:
    pdf = render(letters())
    told = str(PdfReader(BytesIO(pdf)).metadata)
    assert not any(name in told for name in HOSTILE)


def test_large_print_is_eighteen_points_and_nothing_is_lost() -> None:
    plain, large = (flat(" ".join(copied(render(letters(large=big))))) for big in (False, True))
    for part in (WORKS.what, WORKS.disturbance, words("consultation.help")):
        assert part in plain and part in large
    assert len(copied(render(letters(large=True)))) > len(copied(render(letters())))


def test_a_long_text_goes_on_over_pages_without_losing_a_word() -> None:
    long = " ".join(f"word{n}" for n in range(900))
    said = flat(" ".join(copied(render(letters(homes=HOMES[:1], works=replace(WORKS, what=long))))))
    assert all(f"word{n} " in said + " " for n in range(900))


def test_nothing_is_drawn_outside_the_page_or_over_the_foot() -> None:
    """The margins stay white, whatever is on the page."""
    wide = HomeLetter("H" * 40, "X" * 300, "WS1 2AB", ("W" * 100, "V" * 100, "U" * 100, "T" * 100))
    for large in (False, True):
        image = picture(render(letters(homes=(wide,), large=large)), width=420)
        for column in (*range(30), *range(395, 420)):
            assert {image.getpixel((column, row)) for row in range(image.height)} == {(255, 255, 255)}


def test_who_holds_no_tenancy_is_written_to_as_the_resident() -> None:
    said = flat(" ".join(copied(render(letters(homes=(HomeLetter("H9", "Flat 9", ""),))))))
    assert "The resident" in said and "Dear resident," in said


def test_the_letter_about_the_start_says_the_day_of_that_home() -> None:
    own = replace(HOMES[0], day="Tuesday 12 January 2027", days="8 working days", lease=True)
    said = flat(" ".join(copied(render(letters(Letter.START, homes=(own, HOMES[1]))))))
    assert "In your home: Tuesday 12 January 2027. It takes 8 working days." in said
    assert said.count("If you own your lease") == 1
    assert "What you told us, and what we do We begin at nine, not at eight." in said
    assert "New kitchens: the works begin" in said and "Your answer" not in said


def test_the_same_letters_are_the_same_bytes_and_progress_is_told() -> None:
    heard: list[tuple[int, int]] = []
    one = render(letters(), lambda done, total: heard.append((done, total)))
    assert one == render(letters())
    assert heard == [(n, 5) for n in range(6)]


def test_the_sheet_has_no_field_for_anyone_and_one_page() -> None:
    assert not {"names", "address", "code", "home", "person", "staff"} & {one.name for one in fields(Sheet)}
    sheet = Sheet(*(getattr(WORKS, one.name) for one in fields(Sheet)))
    (page,) = copied(render_sheet(replace(sheet, what=sheet.what * 60, disturbance="Noise. " * 200)))
    for part in ("New kitchens", "8 working days", "Tell us what you think", "Nobody's name"):
        assert part in flat(page)


@pytest.fixture
def manager(let: Let) -> Let:
    let.store.actor = let.landlord.manager
    with let.store.write("more people") as session:
        block = session.get_one(Block, let.landlord.block_id)
        shared = a_home(session, block, number="90", address="Flat 90, Lindley House A")
        a_tenancy(session, shared, a_person(session, "B. Two"), a_person(session, "A. One"))
        past = a_home(session, block, number="91", address="Flat 91, Lindley House A")
        a_tenancy(session, past, a_person(session, "Gone Before"), ended_on=let.store.clock.now().date())
        lease = a_home(session, block, number="92", address="Flat 92, Lindley House A")
        held = a_tenancy(session, lease, a_person(session, "Own Er"), kind=TenancyKind.LEASEHOLD)
        child = a_person(session, "Child Er").id
        session.add(HouseholdMember(tenancy_id=held.id, person_id=child, tenant=False, relation="son"))
    return let


def works(let: Let) -> UUID:
    key: UUID = do(let, programmes.create, draft(let))
    do(let, programmes.add_homes, key)
    do(let, programme_consulting.consult, key)
    return key


def test_collected_are_those_who_hold_each_home_now(manager: Let) -> None:
    made = look(manager, programme_collect.letters, works(manager), Letter.CONSULTATION)
    named = {one.address: one for one in made.homes}
    assert named["Flat 90, Lindley House A"].names == ("A. One", "B. Two")
    assert named["Flat 91, Lindley House A"].names == ()
    assert (named["Flat 92, Lindley House A"].names, named["Flat 92, Lindley House A"].lease) == (
        ("Own Er",),
        True,
    )
    assert "مريم خان" in {name for one in made.homes for name in one.names}
    assert (made.works.until, made.works.staff) == ("Wednesday 23 December 2026", "Grace Bell-Owusu")


def test_homes_that_refused_are_asked_and_not_told_of_a_day(manager: Let) -> None:
    key = works(manager)
    row = homes(manager, key)[0]
    do(manager, programmes.refuse, row.id)
    asked = look(manager, programme_collect.letters, key, Letter.CONSULTATION)
    told = look(manager, programme_collect.letters, key, Letter.START)
    assert len(asked.homes) == len(told.homes) + 1
    one = look(manager, programme_collect.letters, key, Letter.CONSULTATION, home_ids=[row.home_id])
    assert [home.code for home in one.homes] == [row.code]


def test_letters_are_for_those_who_consult_and_of_something_that_is_there_to_tell(manager: Let) -> None:
    key = planned_without_consultation(manager)
    with pytest.raises(Told, match="no consultation"):
        look(manager, programme_collect.letters, key, Letter.CONSULTATION)
    manager.store.actor = manager.landlord.caretaker
    with pytest.raises(NotAllowed):
        look(manager, programme_collect.letters, key, Letter.START)


def planned_without_consultation(let: Let) -> UUID:
    key: UUID = do(let, programmes.create, draft(let))
    do(let, programmes.add_homes, key)
    return key


def test_the_sheet_collected_says_nothing_of_what_a_household_said(manager: Let) -> None:
    key = works(manager)
    row = homes(manager, key)[0]
    said = ResponseDraft(row.home_id, ResponseKind.OBJECTS, Channel.PHONE, "CANARY is ill")
    do(manager, programme_consulting.respond, key, said)
    manager.store.actor = manager.landlord.ambassador
    sheet = look(manager, programme_collect.sheet, key)
    (page,) = copied(render_sheet(sheet))
    assert "CANARY" not in page and row.address not in page
    assert "Tell us what you think until Wednesday 23 December 2026" in flat(page)
