"""What comes of a visit, in the window: read out, left out with a reason, taken back; a manager's word; both papers."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.build import a_home, a_person, a_tenancy
from tests.conftest import Let
from tests.reports.reading import copied
from tests.services.test_visit_after import answers, does
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.tables import Block
from watmos_desktop.services import visit_after, visit_walk, visits
from watmos_desktop.services.visits import VisitDraft
from watmos_desktop.ui.kit.form import Form
from watmos_desktop.ui.pages.visits.after import AfterPage
from watmos_desktop.ui.pages.visits.approvals import ApprovalsPage
from watmos_desktop.ui.pages.visits.copies import CopiesPage

FINDS = {
    "repairs": ["yes"],
    "repairs_what": ["The tap drips"],
    "fire": ["yes"],
    "fire_what": ["alone"],
    "safe_contact": ["some"],
    "safe_contact_how": ["text"],
}


@pytest.fixture
def visit(let: Let) -> UUID:
    """A visit under way, answered and not sealed."""
    let.store.actor = let.landlord.officer
    with let.store.write("a home", undoable=False) as session:
        home = a_home(session, session.get(Block, let.landlord.block_id))
        a_tenancy(session, home, a_person(session, "Ada Okafor"))
        made = visits.arrange(session, VisitDraft(home.id))
        visit_walk.start(session, made)
    answers(let, made, FINDS)
    return made


def test_each_is_read_out_left_out_and_taken_back(let: Let, visit: UUID, shown: Shown) -> None:
    page = shown.page(AfterPage, 1024, 600)
    page.open(visit)
    shown.sees(page, "It will be done by Wednesday 30 December 2026.")
    assert "We pass it on by Wednesday 25 November 2026." in said(page)
    assert "ways of reaching" not in said(page)  # not before those who stand by
    shown.press(page, "Leave it out: The tap drips")
    (form,) = page.findChildren(Form)
    shown.press(form.parentWidget(), "Leave it out")
    shown.sees(page, "Say why it is left out.")
    form.fill({"reason": "Mended while I was there"})
    shown.press(form.parentWidget(), "Leave it out")
    shown.sees(page, "Mended while I was there")
    assert page.undo()
    shown.sees(page, "It will be done by Wednesday 30 December 2026.")
    shown.press(page, "1 more, for you alone")
    shown.sees(page, "Only some ways of reaching them are safe")
    wanted = asked(page)
    shown.press(page, "To the signature")
    assert wanted == [("visit_door", visit)]
    with let.store.read() as session:
        assert all(one.made for one in visit_after.proposals(session, visit))


def test_a_manager_sends_it_back_and_approves_it(let: Let, visit: UUID, shown: Shown) -> None:
    does(let, visit_walk.complete, visit, "would rather not")
    officer, let.store.actor = let.store.actor, let.landlord.manager
    queue = shown.page(ApprovalsPage, 1024, 600)
    assert "Nobody signed. Fire could be fatal there." in said(queue)
    page = shown.page(AfterPage, 1024, 600)
    page.open(visit)
    shown.press(page, "Send it back")
    shown.sees(page, "Say what is to be looked at again.")
    page.findChildren(Form)[0].fill({"note": "Was the fire service rung?"})
    shown.press(page, "Send it back")
    shown.sees(page, "Sent back.")
    let.store.actor = officer
    page.open(visit)
    shown.sees(page, "Was the fire service rung?")
    page.findChildren(Form)[0].fill({"note": "They come on Thursday"})
    shown.press(page, "Answer")
    let.store.actor = let.landlord.manager
    page.open(visit)
    shown.press(page, "Approve")
    shown.sees(page, "A manager has approved it")
    queue.refresh()
    shown.sees(queue, "Nothing waits")


def test_an_outcome_is_noted_and_both_papers_are_seen(let: Let, visit: UUID, shown: Shown) -> None:
    does(let, visit_walk.complete, visit, "would rather not")
    page = shown.page(CopiesPage, 1024, 600)
    after = shown.page(AfterPage, 1024, 600)
    after.open(visit)
    shown.press(after, "What came of it: Home fire safety visit")
    (field,) = [form.fields["outcome"] for form in after.findChildren(Form) if "outcome" in form.fields]
    field.put("They came on 26 Nov and fitted two alarms")
    shown.press(after, "Note it")
    shown.sees(after, "They came on 26 Nov and fitted two alarms")
    for kind, words, name in (
        ("resident", "What we do, and by when", "Our visit"),
        ("large", "What we do, and by when", "Our visit, large print"),
        ("staff", "The whole form", "Visit record"),
    ):
        page.open((kind, visit))
        shown.qtbot.waitUntil(lambda: bool(page.pdf()))
        assert words in " ".join(copied(page.pdf()))
        assert page.file_name().startswith(name) and "Okafor" not in page.file_name()
