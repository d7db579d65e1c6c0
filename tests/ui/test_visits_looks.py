"""The pages of the tab Visits in every theme, at the smallest size and with the largest text: named and readable."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QApplication

from tests.build import a_home, a_tenancy
from tests.conftest import Let
from tests.landlord import a_picture
from tests.ui.access import problems
from tests.ui.showing import Shown
from watmos_desktop.models.tables import Block
from watmos_desktop.services import attachments, visit_faults, visit_photos, visit_walk, visits_due
from watmos_desktop.services.visit_form import Step
from watmos_desktop.services.visits_due import Filter
from watmos_desktop.ui import theme
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.visits.door import DoorPage
from watmos_desktop.ui.pages.visits.list import VisitsPage
from watmos_desktop.ui.pages.visits.week import WeekPage


@pytest.mark.parametrize(
    ("scheme", "scale", "width", "height"),
    [("light", 1.0, 820, 540), ("dark", 1.0, 1300, 850), ("sun", 1.0, 820, 540), ("light", 2.0, 1300, 850)],
)
def test_every_part_is_named_large_and_readable(
    let: Let, shown: Shown, qapp: QApplication, scheme: str, scale: float, width: int, height: int
) -> None:
    with let.store.write("homes", undoable=False) as session:
        block = session.get(Block, let.landlord.block_id)
        for n in range(5):
            a_tenancy(session, a_home(session, block), started_on=date(2023, 11, 20 + n))
    let.store.actor = let.landlord.officer
    theme.apply(qapp, scheme, scale)
    page = shown.page(VisitsPage, width, height)
    assert problems(page) == []
    with let.store.read() as session:
        (one, *_) = visits_due.page(session, Filter(), 0, 1)
    page.show_due(one.key)
    assert problems(page) == []
    shown.press(page.detail, "Plan it")
    assert problems(page) == []
    week = shown.page(WeekPage, width, height)
    week.plan()
    assert problems(week) == []
    week.accept()
    week.board.cards()[0].setFocus()
    assert problems(week) == []
    with let.store.read() as session:
        (one, *_) = visits_due.page(session, Filter(), 0, 1)
    page.show_due(one.key)
    page.no_answer()
    qapp.processEvents()
    assert problems(page) == []
    door = shown.page(DoorPage, width, height)
    door.open(one)
    door.skip()
    qapp.processEvents()
    assert door.card is not None and problems(door) == []
    visit = door.visit_id()
    assert visit is not None
    found = {"rooms": "some", "damp": "some", "repairs": "yes"}
    for stop in ("room_state", "damp_where", "repairs_what"):
        while (step := door.step()) is not None and step.question.key != stop:
            first = step.question.options[0].key
            with let.store.write("an answer") as session:
                visit_walk.answer(session, visit, *one_of(step, found.get(step.question.key, first)))
            door.open(visit)
        if stop == "damp_where":  # once more in the window, so that what to say now is on the screen
            door.go_back()
            door.answer(("much",))
            assert "the law's clock counts from then" in " ".join(
                one.text() for one in door.findChildren(Text)
            )
        if stop == "repairs_what":
            door.keep_faults((visit_faults.of_guide("tap", "dripping", "Kitchen"),) * 2)
            door.open(visit)
            door.go_back()
            door.go_ahead()
        qapp.processEvents()
        assert problems(door) == [], stop
    stored = attachments.store(let.store.blobs, a_picture())
    with let.store.write("a photo") as session:
        photo = visit_photos.add(session, visit, stored, "damp", "kitchen")
    door.go_back()
    door.photos.open_photo(photo)
    qapp.processEvents()
    assert problems(door) == []
    door.show_screen(door.photos.camera)
    qapp.processEvents()
    assert problems(door) == []


def one_of(step: Step, value: str) -> tuple[str, list[str], str]:
    return step.question.key, [value], step.room
