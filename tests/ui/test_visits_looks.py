"""The pages of the tab Visits in every theme, at the smallest size and with the largest text: named and readable."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QApplication

from tests.build import a_home, a_tenancy
from tests.conftest import Let
from tests.ui.access import problems
from tests.ui.showing import Shown
from watmos_desktop.models.tables import Block
from watmos_desktop.services import visits_due
from watmos_desktop.services.visits_due import Filter
from watmos_desktop.ui import theme
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
