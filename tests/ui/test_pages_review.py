"""The review page: both values side by side, decided by one key, taken back by another."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.sync.disputes import a_conflict, a_held, the
from tests.ui.access import problems
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.kinds import ConflictKind
from watmos_desktop.models.tables import Held, Repair
from watmos_desktop.services.sync import review
from watmos_desktop.ui import theme
from watmos_desktop.ui.kit.button import LinkButton
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.pages.review.page import ReviewPage
from watmos_desktop.ui.window import PageSpec, Window


@pytest.fixture
def disputed(let: Let) -> Let:
    """Two clashes, one parallel edit, one piece of held work."""
    with let.store.write("noted") as session:
        the(session.get(Repair, let.landlord.repair_id)).description = "Rings, nobody hears it"
    a_conflict(let, field="trade", value={"trade": "carpentry"}, kind=ConflictKind.GUARDED)
    a_conflict(let, field="description", value={"description": "Panel is loose"})
    a_conflict(let, field="place", value={"place": "Floor 2"}, kind=ConflictKind.PARALLEL)
    a_held(let, {"title": "Lift stuck at 4", "priority": "emergency"}, "scope")
    return let


@pytest.fixture
def page(disputed: Let, shown: Shown) -> ReviewPage:
    made: ReviewPage = shown.page(ReviewPage)
    return made


def note(let: Let) -> str:
    with let.store.read() as session:
        return the(session.get(Repair, let.landlord.repair_id)).description


def cards(page: ReviewPage) -> list[str]:
    return [part.label for card in page.cards for part in card.item.parts]


def card_of(page: ReviewPage, label: str) -> int:
    return cards(page).index(label)


def test_clashes_come_first_and_parallel_edits_are_quiet(page: ReviewPage) -> None:
    assert page.head.sentence() == "2 clashes to decide · 1 held back by the office · 1 for your information"
    assert sorted(cards(page)) == ["More about it", "Trade"]
    text = said(page)
    assert text.index("Held back by the office") < text.index("For your information")
    assert "Rings, nobody hears it" in text and "Panel is loose" in text
    assert "You" in text and "R. Adeyemi" in text and "23 Nov 2026, 10:32" in text


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        (Qt.Key.Key_M, "Panel is loose"),
        (Qt.Key.Key_T, "Rings, nobody hears it"),
        (Qt.Key.Key_B, "Rings, nobody hears it\nPanel is loose"),
    ],
)
def test_one_key_decides_and_undo_takes_it_back(
    page: ReviewPage, disputed: Let, key: Qt.Key, kept: str
) -> None:
    card = page.cards[card_of(page, "More about it")]
    next(iter(card.buttons.values())).setFocus()
    QTest.keyClick(page, key)
    assert note(disputed) == kept
    assert cards(page) == ["Trade"]
    assert "Kept" in page.notices.showing()
    page.notices.clear()  # the six seconds are over
    assert page.undo()
    assert note(disputed) == "Rings, nobody hears it"
    assert sorted(cards(page)) == ["More about it", "Trade"]


def test_keys_alone_decide_one_after_the_other(page: ReviewPage) -> None:
    QTest.keyClick(page, Qt.Key.Key_Down)
    QTest.keyClick(page, Qt.Key.Key_T)
    assert len(page.cards) == 1
    focused = [button for button in page.cards[0].buttons.values() if button.hasFocus()]
    assert focused, "the next card has the keyboard"
    QTest.keyClick(page, Qt.Key.Key_T)
    assert page.cards == []


def test_both_is_not_offered_where_two_words_cannot_stand_together(page: ReviewPage, disputed: Let) -> None:
    card = page.cards[card_of(page, "Trade")]
    next(iter(card.buttons.values())).setFocus()
    assert review.Choice.BOTH not in card.buttons
    QTest.keyClick(page, Qt.Key.Key_B)
    assert len(page.cards) == 2


def test_what_was_done_elsewhere_is_not_taken_back_here(page: ReviewPage, disputed: Let) -> None:
    assert not page.undo()
    assert note(disputed) == "Rings, nobody hears it"


def test_the_record_can_be_opened(page: ReviewPage, disputed: Let) -> None:
    opened = asked(page)
    link = next(one for one in page.cards[0].findChildren(LinkButton) if one.isVisible())
    QTest.keyClick(link, Qt.Key.Key_Space)
    assert opened == [("repairs", disputed.landlord.repair_id)]


def test_held_work_is_copied_and_read(page: ReviewPage, shown: Shown, disputed: Let) -> None:
    text = said(page)
    assert "Lift stuck at 4" in text and "Emergency" in text
    assert "about a place that you do not look after" in text
    title = "Door entry not working"
    shown.press(page, f"Copy what I wrote: {title}")
    assert "Lift stuck at 4" in QApplication.clipboard().text()
    shown.press(page, f"I have read it: {title}")
    assert "1 held" not in page.head.sentence()
    assert page.undo()
    with disputed.store.read() as session:
        assert [one.seen for one in session.query(Held)] == [False]


def test_parallel_edits_are_put_by_together(page: ReviewPage, shown: Shown) -> None:
    shown.press(page, "I have seen these")
    assert "for your information" not in page.head.sentence()
    assert page.undo()
    assert "1 for your information" in page.head.sentence()


def test_a_conflict_that_arrives_is_shown_at_once(page: ReviewPage, shown: Shown, disputed: Let) -> None:
    a_conflict(disputed, field="contractor", value={"contractor": "Brown & Sons"})
    shown.sees(page, "Brown & Sons")
    assert "Brown & Sons" in said(page)


def test_where_nothing_waits_it_says_what_will_be_here(shown: Shown) -> None:
    page = shown.page(ReviewPage)
    assert page.head.sentence() == "Nothing waits for you."
    assert "Nothing to review" in said(page)
    QTest.keyClick(page, Qt.Key.Key_M)


def test_what_arrives_while_another_page_is_in_sight_has_its_full_height(
    disputed: Let, shown: Shown, qtbot: QtBot
) -> None:
    window = Window(QWidget)
    qtbot.addWidget(window)
    window.resize(1024, 600)
    review_page = PageSpec("review", "To review", "sync", lambda: ReviewPage(shown.desk))
    window.open_pages([review_page, PageSpec("other", "Other", "today", lambda: Page("Other"))], "M. Kaur")
    window.show()
    qtbot.waitExposed(window)
    page = window.current()
    assert isinstance(page, ReviewPage)
    inside = page._scroll.widget()
    assert inside is not None
    for number in range(3):
        window.go("other")
        a_conflict(disputed, field="contractor", value={"contractor": f"Brown {number}"})
        window.resize(1440 - number, 900)
        window.go("review")
        shown.sees(page, f"Brown {number}")
        qtbot.waitUntil(lambda: inside.height() >= inside.heightForWidth(inside.width()), timeout=500)
        assert problems(page) == []


def test_long_words_do_not_break_it(let: Let, shown: Shown) -> None:
    a_conflict(let, field="description", value={"description": "W" * 300 + " end " * 60})
    page = shown.page(ReviewPage, 760, 560)
    assert [words for words in problems(page) if "sticks out" in words] == []


@pytest.mark.parametrize("scheme", ["light", "dark", "sun"])
@pytest.mark.parametrize(("width", "height"), [(1250, 850), (830, 550)])
def test_everyone_can_use_it(
    disputed: Let, shown: Shown, scheme: str, width: int, height: int, qapp: QApplication
) -> None:
    theme.apply(qapp, scheme)
    page = shown.page(ReviewPage, width, height)
    assert problems(page) == []
    shown.desk.store.actor = disputed.landlord.manager
    assert problems(shown.page(ReviewPage, width, height)) == []
