"""Two papers of one visit: all that was agreed for the resident, the whole record for us, and nothing restricted.

A canary stands in every answer and word that is not the resident's to read on paper, and in each that only named people
may read; both papers are searched as text and as bytes.
"""

from __future__ import annotations

import re
import zlib
from datetime import timedelta
from uuid import UUID

import pytest

from tests.build import a_home, a_person, a_staff, a_tenancy, an_actor
from tests.conftest import Let
from tests.reports.reading import copied, said
from tests.services.test_visit_after import answers, does
from watmos_desktop.models.kinds import CaseKind, Role
from watmos_desktop.models.tables import Block, Estate, Visit
from watmos_desktop.services import (
    visit_after,
    visit_concerns,
    visit_walk,
    visits,
)
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.reports import visit_collect, visit_resident, visit_staff
from watmos_desktop.services.visits import VisitDraft

WHISPER = "QUAILWHISPER he hits me"
# What the resident's paper never says: who else lives there may read it.
PRIVATE = {
    "contact_what": "QUAILPHONE 07700 900456",
    "household_what": "QUAILHOUSEHOLD he moved in",
    "support_what": "QUAILSUPPORT getting away from him",
    "asb_what": "QUAILNOISE the man at No 7",
    "else_what": "QUAILELSE do not tell him",
}
FINDS = {
    "household": ["changed"],
    "contact": ["changed"],
    "safe_contact": ["some"],
    "safe_contact_how": ["text", "day"],
    "damp": ["much"],
    "damp_where": ["kitchen"],
    "repairs": ["yes"],
    "repairs_what": ["The tap in the bathroom drips"],
    "support": ["need"],
    "adaptations": ["yes"],
    "asb": ["yes"],
    "pets": ["asked"],
    "tenancy": ["yes"],
    "tenancy_what": ["sublet"],
    "else": ["yes"],
    **{key: [text] for key, text in PRIVATE.items()},
}


@pytest.fixture
def lead(let: Let) -> Actor:
    """The safeguarding lead of the estate."""
    with let.store.write("a lead", undoable=False) as session:
        estate = session.get(Estate, let.landlord.estate_id)
        assert estate is not None
        return an_actor(
            Role.SAFEGUARDING_LEAD,
            a_staff(session, Role.SAFEGUARDING_LEAD, "P. Shah", estates=[estate]),
            estates=[estate],
        )


def a_visit(let: Let, safety: str, whisper: str = "") -> UUID:
    """A whole visit that was sealed, with what was said of somebody's safety."""
    let.store.actor = let.landlord.officer
    with let.store.write("a home", undoable=False) as session:
        home = a_home(
            session, session.get(Block, let.landlord.block_id), access_notes="QUAILKEY under the mat"
        )
        ada = a_person(session, "Ada Okafor", phone="07700 900111", needs="QUAILNEEDS")
        a_tenancy(session, home, ada)
        visit = visits.arrange(session, VisitDraft(home.id, asked="QUAILASKED"))
    does(let, visit_walk.start, visit)
    answers(let, visit, FINDS | {"safety": [safety]})
    does(let, visit_walk.skip, visit, "satisfied", "QUAILSKIP somebody was listening")
    does(let, visit_after.leave_out, visit, "pets", "QUAILLEFT he would be angry")
    if whisper:
        does(let, visit_concerns.tell_lead, visit, whisper)
    does(let, visit_walk.sign, visit, "Ada Okafor", (((0.1, 0.2), (0.3, 0.4)),))
    does(let, visit_walk.complete, visit)
    return visit


def theirs(let: Let, visit: UUID, *, large: bool = False) -> bytes:
    with let.store.read() as session:
        return visit_resident.render(visit_collect.resident(session, visit, large=large))


def ours(let: Let, visit: UUID) -> bytes:
    with let.store.read() as session:
        return visit_staff.render(visit_collect.staff(session, visit, let.store.blobs))


def everything(pdf: bytes) -> str:
    """What any reader could take out of a PDF: its text twice over, its bytes, and each stream unpacked."""
    raw = pdf.decode("latin-1")
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            raw += zlib.decompress(stream.strip(b"\r\n")).decode("latin-1")
        except zlib.error:
            continue
    hidden = raw.replace("\x00", "")
    return " ".join((*copied(pdf), *said(pdf), raw, hidden))


def test_the_residents_copy_says_what_was_agreed_and_nothing_else(let: Let) -> None:
    visit = a_visit(let, "told", WHISPER)
    pdf = theirs(let, visit)
    text = " ".join(" ".join(copied(pdf)).split())
    assert len(copied(pdf)) <= 2
    with let.store.read() as session:
        reference = visits.get(session, visit).card.reference
    for words in (
        "R. Adeyemi came to see you on Monday 23 November 2026",
        "Damp or mould in your home: kitchen",
        "By Monday 7 December 2026",
        "The tap in the bathroom drips",
        "Something to make your home easier to live in",
        "Who to ring",
        "If you are not happy",
        "0300 111 3000",
        reference,
    ):
        assert words in text, words
    assert (
        len(set(re.findall(r"[RHA]-[2-9A-Z]{4}-[2-9A-Z]{4}", text))) == 4
    )  # repair and case, repair, adaptation
    whole = everything(pdf)
    assert "QUAIL" not in whole.upper() and "sublet" not in whole.lower() and "safe" not in text.lower()


def test_the_residents_copy_is_the_same_whatever_was_said_of_safety(let: Let, lead: Actor) -> None:
    visit = a_visit(let, "told", WHISPER)
    before = theirs(let, visit)
    large = theirs(let, visit, large=True)
    let.store.actor = lead  # not even for who may read it
    assert theirs(let, visit) == before
    does(let, visit_concerns.take, visit, CaseKind.DOMESTIC_ABUSE)
    assert theirs(let, visit) == before and theirs(let, visit, large=True) == large
    assert "QUAIL" not in everything(large).upper() and large != before
    other = a_visit(let, "no")

    def nameless(pdf: bytes) -> str:
        text = " ".join(" ".join(copied(pdf)).split())
        return re.sub(r"\b[VRHA]-[2-9A-Z]{4}-[2-9A-Z]{4}\b|^.*?For ", "", text)

    assert nameless(theirs(let, other)) == nameless(before)


def test_the_staff_copy_is_whole_but_for_what_is_kept_apart(let: Let, lead: Actor) -> None:
    visit = a_visit(let, "told", WHISPER)
    for reader in (let.landlord.officer, let.landlord.manager):
        let.store.actor = reader
        text = " ".join(" ".join(copied(ours(let, visit))).split())
        for words in (
            "Is anybody here not safe?",
            "Asked. What was said is kept apart.",
            "QUAILLEFT",
            "QUAILSKIP",
        ):
            assert words in text, words
        assert "QUAILWHISPER" not in text
        for words in ("QUAILHOUSEHOLD", "Ada Okafor", "The record is as it was sealed."):
            assert words in text, words
        with let.store.read() as session:
            copy = visit_collect.staff(session, visit)
        assert copy.checksum in text and "23 Nov 2026, 10:42 to 10:42" in text
    let.store.actor = let.landlord.officer
    whole = everything(ours(let, visit))
    assert "QUAILWHISPER" not in whole and "They told me" not in whole and "passed on" not in whole.lower()
    let.store.actor = lead
    text = " ".join(" ".join(copied(ours(let, visit))).split())
    assert "QUAILWHISPER he hits me" in text and "For named people only" in text
    does(let, visit_concerns.take, visit)
    let.store.actor = let.landlord.manager  # of the place, and not of the case
    assert "QUAILWHISPER" not in everything(ours(let, visit))


def test_a_record_that_was_changed_says_so(let: Let) -> None:
    visit = a_visit(let, "no")
    with let.store.write("tampered", undoable=False) as session:
        row = session.get(Visit, visit)
        assert row is not None and row.started_at is not None
        row.completed_at = row.started_at + timedelta(hours=1)
    assert "THE RECORD IS NOT AS IT WAS SEALED" in " ".join(copied(ours(let, visit)))


def test_who_may_not_visit_gets_neither_and_before_it_is_sealed_nobody_does(let: Let) -> None:
    visit = a_visit(let, "no")
    let.store.actor = let.landlord.caretaker
    with let.store.read() as session:
        for collect in (visit_collect.resident, visit_collect.staff):
            with pytest.raises((NotAllowed, NotFound)):
                collect(session, visit)
    let.store.actor = let.landlord.officer
    with let.store.read() as session:
        home = visits.get(session, visit).card.home_id
    again = does(let, visits.arrange, VisitDraft(home))
    with let.store.read() as session, pytest.raises(Told, match="not done yet"):
        visit_collect.resident(session, again)
