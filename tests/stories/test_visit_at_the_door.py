"""A whole visit at the real window: at most 45 actions with three follow-ups, cut off by a lock, hidden by one key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests.build import a_home, a_person, a_tenancy
from tests.conftest import Let
from tests.stories.opened import window_of
from tests.stories.person import FakeCamera, Person, a_photo
from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.models.tables import Block, HazardCase, Repair, VisitSignature
from watmos_desktop.services import visit_photos, visit_walk, visit_walk_view, visits, visits_due
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.visit_form import Consent, Kind, Step
from watmos_desktop.services.visit_walk_view import DoorWalk
from watmos_desktop.services.visits import VisitDraft
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.signature import SignaturePad
from watmos_desktop.ui.pages.visits.door import DoorPage
from watmos_desktop.ui.pages.visits.list import VisitsPage
from watmos_desktop.ui.window import PageSpec

ACTIONS = 45


@pytest.fixture
def visit(let: Let) -> UUID:
    let.store.actor = let.landlord.officer
    with let.store.write("a home", undoable=False) as session:
        home = a_home(session, session.get(Block, let.landlord.block_id))
        a_tenancy(session, home, a_person(session, "Ada Okafor"), started_on=date(2023, 11, 2))
        return visits.arrange(session, VisitDraft(home.id))


def door(desk: Desk) -> DoorPage:
    return DoorPage(desk, camera=FakeCamera)


@pytest.fixture
def person(let: Let, visit: UUID, qtbot: QtBot) -> Iterator[Person]:
    """The officer at the real window, with the visit open."""

    def pages(desk: Desk) -> list[PageSpec]:
        return [
            PageSpec("visits", "Visits", "visits", lambda: VisitsPage(desk)),
            PageSpec("visit_door", "At the door", "visits", lambda: door(desk), None, True, tab="visits"),
        ]

    with let.store.read() as session:
        (due, *_) = visits_due.of_home(session, visits.get(session, visit).card.home_id)
    with window_of(let.store, qtbot, pages, size=(1024, 700)) as made:
        made.window.go("visits", due.key)
        yield made


def seen(let: Let, visit_id: UUID) -> DoorWalk:
    with let.store.read() as session:
        return visit_walk_view.load(session, visit_id)


def page(person: Person) -> DoorPage:
    found = person.window.current()
    assert isinstance(found, DoorPage)
    return found


def here(person: Person) -> Step | Consent | None:
    return page(person)._here


def answers(person: Person, found: dict[str, str], until: str = "") -> None:
    """Answer as they stand: the first option, but for what the visit finds; stops before ``until``."""
    while isinstance(one := here(person), Step) and one.question.key != until:
        key = found.get(one.question.key, "1")
        if one.question.kind is Kind.TEXT:
            person.write(key)
            person.key("Ctrl+Return")
        elif one.question.kind is Kind.DAY:
            person.key("Ctrl+Return")  # the day before the visit
        elif one.question.kind is Kind.MANY:
            person.key(key, "Return")
        else:
            person.key(key)


def test_the_whole_form_with_three_follow_ups_and_a_photo(person: Person, let: Let, visit: UUID) -> None:
    person.key("Alt+V")
    assert seen(let, visit).status is VisitStatus.UNDER_WAY
    answers(person, {}, until="damp")
    person.key("P", "Space")
    person.waits(lambda: person.sees("1 photo: 1 of the home. Each is on this device already"))
    person.key("2")
    assert person.sees("Seen 23 Nov 2026") and person.sees("the law's clock counts from then")
    assert person.sees("We look into the hazard by Monday 7 December 2026, as the law asks.")
    answers(person, {"damp_told": "2"}, until="hazards")
    assert person.sees("Told 22 Nov 2026: the law's clock counts from then.")
    answers(person, {"repairs": "2"}, until="repairs_what")
    person.write("tap drips")
    person.key("Return")
    assert person.sees("Tap: drips") and person.sees("Say: Routine.") and person.sees("It will be done by")
    assert seen(let, visit).answers["repairs_what", ""].values == ("Tap: drips",)  # before it goes on
    person.key("Return")
    answers(person, {"adaptations": "2"})
    for _ in range(4):
        assert isinstance(here(person), Consent)
        person.key("1")
    assert here(person) is None and not person.sees("hazard case")  # whoever signs reads this screen
    person.key("Ctrl+Return")
    assert person.sees("Nobody has signed.")
    page(person).card.take_focus()  # type: ignore[union-attr]
    person.write("Ada Okafor")
    person.key("Ctrl+Return")
    person.key("1")
    person.waits(lambda: person.sees("Open a hazard case") and person.sees("Report the repair."))
    assert person.actions <= ACTIONS, person.actions
    walk = seen(let, visit)
    assert walk.status is VisitStatus.COMPLETED and walk.signed == ("Ada Okafor",)
    assert person.sees("Done: the home was seen, and the record is sealed")
    with let.store.read() as session:
        assert visit_walk.intact(session, visit)
        assert len(visit_photos.of(session, visit)) == 1
        (due, *_) = visits_due.of_home(session, visits.get(session, visit).card.home_id)
        made = session.scalars(select(Repair).where(Repair.home_id == due.home_id)).all()
        (case,) = session.scalars(select(HazardCase).where(HazardCase.home_id == due.home_id)).all()
    assert due.due_on == date(2029, 11, 23)
    assert ("tap", "dripping") in {(one.fixture, one.symptom) for one in made}
    assert case.repair_id in {one.id for one in made}
    assert case.aware_at == datetime(2026, 11, 22, tzinfo=LONDON)


def test_a_photo_by_room_is_seen_again_and_goes_without_consent(
    person: Person, let: Let, visit: UUID, qapp: QApplication, tmp_path: Path
) -> None:
    person.key("Alt+V")
    answers(person, {"rooms": "2"}, until="room_state")
    assert person.sees("Kitchen: What is wrong there?")
    person.key("P", "Space")
    person.waits(lambda: person.sees("1 photo: 1 of Kitchen"))
    qapp.clipboard().setImage(a_photo(7, 640, 480))
    person.key("Ctrl+V")
    person.waits(lambda: person.sees("2 photos: 2 of Kitchen"))
    file = tmp_path / "wall.jpg"
    a_photo(8, 640, 480).save(str(file))
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(file))])
    event = QDropEvent(
        QPointF(),
        Qt.DropAction.CopyAction,
        dropped,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    page(person).dropEvent(event)
    person.waits(lambda: person.sees("3 photos: 3 of Kitchen"))
    page(person).photos.strip.tiles()[0].removed.emit()
    assert person.sees("2 photos: 2 of Kitchen")
    assert page(person).notices.undo() and person.sees("3 photos: 3 of Kitchen")
    answers(person, {}, until="safety")
    person.key("P")
    assert person.sees("No photo here.") and page(person).stack.currentIndex() == 0
    answers(person, {})
    person.key("1")
    assert person.sees("May we keep the photos") and person.sees("3 photos: 3 of Kitchen")
    person.key("2", "1", "1")
    (pad,) = page(person).findChildren(SignaturePad)
    person.draw(pad)
    person.key("Ctrl+Return")
    assert seen(let, visit).signed == ("Ada Okafor",)  # by pen
    with let.store.read() as session:
        (signature,) = session.scalars(select(VisitSignature).where(VisitSignature.visit_id == visit))
        assert signature.strokes and signature.person_id == seen(let, visit).signers[0][0]
        assert not visit_photos.of(session, visit) and visit_walk.intact(session, visit)


def test_cut_off_and_resumed_where_it_stopped(person: Person, let: Let, visit: UUID) -> None:
    person.key("Alt+V")
    answers(person, {}, until="damp")
    place = page(person).place()
    assert place == visit
    page(person).leave()  # as a lock does
    person.window.go("visits")
    person.window.go("visit_door", visit)
    one = here(person)
    assert isinstance(one, Step) and one.question.key == "damp"
    person.key("Backspace")
    before = here(person)
    assert isinstance(before, Step) and before.question.key == "rooms"
    person.key("2")  # corrected: now some are not in good order
    asked = here(person)
    assert isinstance(asked, Step) and asked.question.key == "rooms_poor"
    person.key("1", "2", "Return")
    room = here(person)
    assert isinstance(room, Step) and room.room == "kitchen" and person.sees("Kitchen: What is wrong there?")
    person.key("S", "2")
    assert seen(let, visit).answers["room_state", "kitchen"].skipped == "Could not be seen or asked today"
    person.click("The rest another day")
    assert person.window.page_id() == "visits" and seen(let, visit).status is VisitStatus.PLANNED


def test_where_somebody_whispers_one_key_hides_the_screen(person: Person, let: Let, visit: UUID) -> None:
    address = seen_address(let, visit)
    person.key("Alt+V")
    answers(person, {}, until="safety")
    assert person.sees(address) and person.sees("Is anybody here not safe?")
    person.key("F8")
    assert page(person).covered() and not person.sees(address) and not person.sees("not safe")
    person.key("1")  # answers nothing while it is hidden
    assert ("safety", "") not in seen(let, visit).answers
    person.key("F8", "4", "Ctrl+Return")
    answers(person, {})
    for _ in range(4):
        person.key("2")
    assert not person.sees("safeguarding")  # others stand by when it is signed
    person.key("Tab")
    person.write("Rather not")
    person.key("Ctrl+Return")
    assert person.sees("Done: the home was seen") and not person.sees("safeguarding")
    person.key("1")
    person.waits(lambda: person.sees("Ring the safeguarding lead"))
    person.key("Esc")
    with let.store.read() as session:
        (due, *_) = visits_due.of_home(session, visits.get(session, visit).card.home_id)
    person.window.go("visits", due.key)
    person.waits(lambda: person.sees("What it left to do"))  # and later, from the home's visits
    person.button("What it left to do").setFocus()
    person.key("Space", "1")
    person.waits(lambda: person.sees("Ring the safeguarding lead"))
    let.store.actor = let.landlord.manager
    assert seen(let, visit).answers["safety", ""].values == ("asked",)
    let.store.actor = let.landlord.officer


def seen_address(let: Let, visit_id: UUID) -> str:
    with let.store.read() as session:
        return visits.get(session, visit_id).card.address
