"""Today: the next thing first, started by Enter; what else the place needs; the search."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.fakes import FakeClock
from tests.landlord import raise_one
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.kinds import InspectionStatus
from watmos_desktop.services import inspections, repairs, walk
from watmos_desktop.services.errors import NotFound
from watmos_desktop.services.today import Kind
from watmos_desktop.ui.pages.today.page import TodayPage


@pytest.fixture
def page(shown: Shown) -> TodayPage:
    found: TodayPage = shown.page(TodayPage, 1100, 800)
    return found


def test_cards_come_in_the_order_of_what_to_do_next(page: TodayPage) -> None:
    order = {"bad": 0, "warn": 1, "info": 2, "ok": 3}
    tones = [order[card.todo.due.tone.value] for card in page.cards]
    assert tones == sorted(tones)
    assert [card.button.property("role") for card in page.cards] == ["primary"] + ["quiet"] * (
        len(page.cards) - 1
    )
    assert page.head.sentence().endswith("to do on Lindley Estate")


def test_enter_starts_the_first_thing(page: TodayPage, let: Let, qtbot: QtBot) -> None:
    opened = asked(page)
    first = page.cards[0].todo
    assert first.kind is Kind.INSPECTION
    QTest.keyClick(page, Qt.Key.Key_Return)
    ((name, walk_id),) = opened
    assert name == "walk"
    with let.store.read() as session:
        card = inspections.get(session, walk_id).card
    assert card.status is InspectionStatus.DRAFT
    assert f"{card.template} · {card.place}" == first.title


def test_a_walk_that_was_begun_comes_first_and_goes_on(page: TodayPage, let: Let, qtbot: QtBot) -> None:
    with let.store.write("began") as session:
        walk_id = walk.start(session, let.landlord.schedule_id)
    qtbot.waitUntil(lambda: page.cards[0].todo.kind is Kind.DRAFT)
    assert page.cards[0].button.text() == "Go on"
    opened = asked(page)
    QTest.keyClick(page, Qt.Key.Key_Return)
    assert opened == [("walk", walk_id)]


def test_down_goes_to_the_next_card_and_enter_opens_it(page: TodayPage, qtbot: QtBot) -> None:
    opened = asked(page)
    repair = next(n for n, card in enumerate(page.cards) if card.todo.kind is Kind.REPAIR)
    for _ in range(repair + 1):
        QTest.keyClick(page.cards[0].button, Qt.Key.Key_Down)
    assert page.cards[repair].button.hasFocus()
    QTest.keyClick(page.cards[repair].button, Qt.Key.Key_Return)
    assert opened == [("repairs", page.cards[repair].todo.target)]


def test_while_you_are_here_follows_the_chosen_card(page: TodayPage, qtbot: QtBot) -> None:
    house_a = next(card for card in page.cards if card.todo.title == "Block inspection · Lindley House A")
    QTest.mouseClick(
        house_a, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, house_a.rect().topLeft()
    )
    qtbot.waitUntil(lambda: "Lindley House A" in said(page.here))
    assert "open defects to look at again" in said(page.here)
    assert "Last 2 grades" in said(page.here)


def test_ctrl_z_takes_the_last_step_back(page: TodayPage, let: Let) -> None:
    repair_id = raise_one(let.store, let.landlord)
    assert page.undo()
    assert "Taken back: raised Bin store lock" in page.notices.showing()
    with let.store.read() as session, pytest.raises(NotFound):
        repairs.get(session, repair_id)


def test_search_finds_a_home_a_repair_and_a_whole_reference(page: TodayPage, let: Let, qtbot: QtBot) -> None:
    opened = asked(page)
    assert page.search()
    QTest.keyClicks(page.focusWidget(), "gutter")
    QTest.keyClick(page.focusWidget(), Qt.Key.Key_Return)
    assert [found.title for found in page._found] == ["Gutter leaking"]
    assert opened == [("repairs", page._found[0].id)]
    with let.store.read() as session:
        reference = inspections.get(session, let.landlord.signed_id).card.reference
    assert page.search()
    QTest.keyClicks(page.focusWidget(), reference)
    qtbot.waitUntil(lambda: bool(page._found) and page._found[0].page == "inspections")
    assert page.back()
    assert page.cards


def test_a_caretaker_does_not_find_residents_by_name(page: TodayPage, let: Let, qtbot: QtBot) -> None:
    page.search()
    QTest.keyClicks(page.focusWidget(), "ukasiewicz")
    QTest.keyClick(page.focusWidget(), Qt.Key.Key_Return)
    assert page._found == []
    let.store.actor = let.landlord.officer
    page._find("ukasiewicz")
    assert [found.page for found in page._found] == ["homes"]


def test_it_follows_what_is_saved_while_hidden_too(
    page: TodayPage, let: Let, qtbot: QtBot, clock: FakeClock
) -> None:
    page.hide()
    with let.store.write("began") as session:
        walk.start(session, let.landlord.schedule_id)
    assert page.cards[0].todo.kind is not Kind.DRAFT
    page.show()
    qtbot.waitUntil(lambda: page.cards[0].todo.kind is Kind.DRAFT)


@pytest.mark.parametrize("width", [640, 780, 1200])
def test_nothing_is_wider_than_the_page(page: TodayPage, qtbot: QtBot, width: int) -> None:
    page.resize(width, 600)
    qtbot.waitUntil(lambda: page.width() == width)
    for card in page.cards:
        assert card.mapTo(page, card.rect().topRight()).x() < width
        assert card.button.mapTo(page, card.button.rect().topRight()).x() < width
