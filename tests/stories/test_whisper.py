"""Somebody whispers that they are not safe: one key hides the screen, the lead hears of it, and nobody else does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.build import a_home, a_person, a_staff, a_tenancy, an_actor
from tests.conftest import Let
from tests.reports.reading import copied
from tests.reports.test_visit_copies import everything
from tests.services.test_visit_form import answered
from tests.stories.opened import window_of
from tests.stories.person import FakeCamera, Person
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Block, Estate, VisitFollowUp
from watmos_desktop.services import (
    history,
    search,
    visit_approval,
    visit_concerns,
    visit_follow_ups,
    visit_walk,
    visit_walk_view,
    visits,
    visits_due,
)
from watmos_desktop.services.errors import NotFound
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.visits import VisitDraft
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.visits.after import AfterPage
from watmos_desktop.ui.pages.visits.concerns import ConcernsPage
from watmos_desktop.ui.pages.visits.copies import CopiesPage
from watmos_desktop.ui.pages.visits.door import DoorPage
from watmos_desktop.ui.pages.visits.list import VisitsPage
from watmos_desktop.ui.window import PageSpec

WHISPER = "QUAIL she said he hits her"
AT_THE_DOOR = "QUAIL not when he is in"


@pytest.fixture
def lead(let: Let) -> Actor:
    with let.store.write("a lead", undoable=False) as session:
        estate = session.get(Estate, let.landlord.estate_id)
        assert estate is not None
        one = a_staff(session, Role.SAFEGUARDING_LEAD, "P. Shah", estates=[estate])
        return an_actor(Role.SAFEGUARDING_LEAD, one, estates=[estate])


@pytest.fixture
def visit(let: Let) -> UUID:
    """A visit under way, answered up to the question whether anybody is not safe."""
    let.store.actor = let.landlord.officer
    with let.store.write("a home", undoable=False) as session:
        home = a_home(session, session.get(Block, let.landlord.block_id))
        a_tenancy(session, home, a_person(session, "Ada Okafor"))
        made = visits.arrange(session, VisitDraft(home.id))
        visit_walk.start(session, made)
        for step in visit_walk_view.load(session, made).missing:
            if step.question.key != "safety":
                visit_walk.answer(session, made, step.question.key, answered(step, 0).values, step.room)
    return made


@contextmanager
def at_the_window(let: Let, who: Actor, qtbot: QtBot) -> Iterator[Person]:
    """Somebody at their own window, with the pages of visits."""
    let.store.actor = who

    def pages(desk: Desk) -> list[PageSpec]:
        hidden: dict[str, Callable[[], QWidget]] = {
            "visit_door": lambda: DoorPage(desk, camera=FakeCamera),
            "visit_after": lambda: AfterPage(desk),
            "visit_copies": lambda: CopiesPage(desk),
            "visit_concerns": lambda: ConcernsPage(desk),
        }
        specs = [PageSpec("visits", "Visits", "visits", lambda: VisitsPage(desk))]
        return specs + [
            PageSpec(key, key, "visits", make, None, True, tab="visits") for key, make in hidden.items()
        ]

    with window_of(let.store, qtbot, pages, who=who.name, size=(1100, 800)) as person:
        yield person


def test_a_whisper_reaches_the_lead_and_nobody_else(
    let: Let, visit: UUID, lead: Actor, qtbot: QtBot, tmp_path: Path
) -> None:
    with at_the_window(let, let.landlord.officer, qtbot) as officer:
        officer.window.go("visit_door", visit)
        page = officer.window.current()
        assert isinstance(page, DoorPage)
        officer.waits(lambda: officer.sees("Is anybody here not safe?"))
        officer.key("F8")
        assert page.covered() and not officer.sees("not safe") and not officer.sees("Flat ")
        officer.key("F8", "4")  # they told me
        officer.write(AT_THE_DOOR)
        officer.key("Ctrl+Return", "1", "1", "1", "1")  # the consents
        officer.window.go("visit_after", visit)
        officer.waits(lambda: officer.sees("Nothing comes of it so far"))
        assert not officer.sees("not safe") and not officer.sees(
            "told me"
        )  # nothing of it among what will be made
        officer.window.go("visit_door", visit)
        page = officer.window.current()
        assert isinstance(page, DoorPage) and page.card is not None
        officer.waits(lambda: officer.sees("Everything was asked"))
        page.card.take_focus()
        officer.write("Ada Okafor")
        officer.key("Ctrl+Return")
        officer.waits(lambda: officer.sees("Done: the home was seen"))
        officer.key("2")
        officer.waits(lambda: officer.sees("Passed on to the safeguarding lead."))
        assert not officer.sees("They told me")
        after = officer.window.current()
        assert isinstance(after, AfterPage)
        form = next(
            one for one in after.findChildren(QWidget) if one.accessibleName().startswith("What was said")
        )
        form.setFocus()
        officer.write(WHISPER)
        officer.button("Pass it on").setFocus()
        officer.key("Space")
        officer.waits(lambda: not officer.sees("QUAIL"))
        officer.window.go("visit_copies", ("resident", visit))
        copies = officer.window.current()
        assert isinstance(copies, CopiesPage)
        officer.waits(copies.pdf)
        assert "Ada Okafor" in " ".join(copied(copies.pdf())) and clean(everything(copies.pdf()))
        copies.save_to(tmp_path / "copy.pdf")
        assert (tmp_path / "copy.pdf").read_bytes() == copies.pdf()
    for reader in (let.landlord.officer, let.landlord.manager):
        others_learn_nothing(let, reader, visit, of_passing=reader is let.landlord.officer)
    with at_the_window(let, lead, qtbot) as her:
        her.window.go("visit_concerns")
        her.waits(lambda: her.sees("They told me"))
        assert her.sees(WHISPER) and her.sees(AT_THE_DOOR) and her.sees("R. Adeyemi")
        her.button("Take the concern").setFocus()
        her.key("Space")
        her.waits(lambda: her.sees("Safeguarding, raised at a visit"))
        assert her.sees("QUAIL") and her.sees("Log")
        her.button("All of them").setFocus()
        her.key("Space")
        her.waits(lambda: her.sees("Your cases"))
        her.button("Open: Safeguarding, raised at a visit").setFocus()
        her.key("Space")
        her.waits(lambda: her.sees("Who looked at it"))
    let.store.actor = let.landlord.manager  # of the place, and not on the case
    with let.store.read() as session:
        assert visit_concerns.waiting(session) == () and visit_concerns.cases(session) == []
    for reader in (let.landlord.officer, let.landlord.manager, let.landlord.caretaker):
        others_learn_nothing(let, reader, visit, of_passing=reader is let.landlord.officer)


def clean(text: str) -> bool:
    """Nothing of the whisper, nor that there was one."""
    return not re.search("quail|told me|safeguard|passed on|concern", text.lower())


def others_learn_nothing(let: Let, reader: Actor, visit: UUID, *, of_passing: bool) -> None:
    """Lists, search, the visit's own follow-ups and the history, for who is not the lead."""
    let.store.actor = reader
    with let.store.read() as session:
        found = [hit.title for word in ("QUAIL", "hits", "told me") for hit in search.find(session, word)]
        assert not found
        if reader is let.landlord.caretaker:
            return
        assert bool(visit_concerns.passed_on(session, visit)) is of_passing
        assert visit_concerns.waiting(session) == ()
        detail = visits.get(session, visit)
        said = [detail, visit_follow_ups.of_visit(session, visit), visit_approval.of_visit(session, visit)]
        said += [visits_due.of_home(session, detail.card.home_id), history.of(session, "visit", visit)]
        assert clean(repr(said))
        rows = session.query(VisitFollowUp.id).filter(
            VisitFollowUp.visit_id == visit, VisitFollowUp.text != ""
        )
        for (key,) in rows:
            if reader is not let.landlord.manager:
                with pytest.raises(NotFound):
                    history.of(session, "visit_follow_up", key)
