"""The forms of a repair in the place of its detail, and the page that says it is done."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.fakes import FakeClock
from tests.landlord import a_picture
from tests.services.test_repair_closing import do, look, notes, reported, row, story
from tests.stories.person import FakeCamera, a_photo
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.kinds import Channel, Priority, RepairStatus
from watmos_desktop.services import attachments, repair_closing, repair_feedback, repair_updates
from watmos_desktop.services.repair_closing import AFTER, Completion
from watmos_desktop.services.repair_feedback import Answer
from watmos_desktop.ui.kit.photos import PhotoStrip
from watmos_desktop.ui.pages.repairs.done import RepairDonePage
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm


@pytest.fixture
def repair(let: Let) -> UUID:
    let.store.actor = let.landlord.officer
    return reported(let)


def press(page: RepairsPage, keys: str) -> None:
    key = QKeySequence(keys)[0]  # type: ignore[index]
    QTest.keyClick(page.window(), key.key(), key.keyboardModifiers())
    QApplication.processEvents()


def form(page: RepairsPage) -> PanelForm:
    (found,) = [one for one in page.detail.findChildren(PanelForm) if one.isVisible()]
    return found


def opened(shown: Shown, repair_id: UUID) -> RepairsPage:
    page: RepairsPage = shown.page(RepairsPage)
    page.open(repair_id)
    QApplication.processEvents()
    return page


def test_told_by_keys_and_taken_back(shown: Shown, let: Let, repair: UUID) -> None:
    page = opened(shown, repair)
    press(page, "Alt+T")
    shown.press(page.detail, "Booked")
    press(page, "Ctrl+S")
    assert "Recorded as told, phone." in page.notices.showing()
    told = [one for one in story(let, repair).entries if one.kind == "told"]
    assert told[0].more == "The contractor is booked and comes as agreed."
    shown.sees(page.detail, "The contractor is booked and comes as agreed.")
    assert page.undo()
    assert [one for one in story(let, repair).entries if one.kind == "told"] == told[1:]


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    shown: Shown, let: Let, repair: UUID, clock: FakeClock
) -> None:
    page = opened(shown, repair)
    press(page, "Alt+T")
    press(page, "Ctrl+S")
    assert "Say what the resident was told." in said(page.detail)
    QTest.keyClicks(form(page).form.fields["text"].widget, "On Friday")
    shown.press(page.detail, "Another day")
    QApplication.processEvents()
    press(page, "Ctrl+S")
    assert "Say what time it was." in said(page.detail)
    QTest.keyClicks(form(page).form.fields["time"].widget, "25:00")
    press(page, "Ctrl+S")
    assert "That is no time of day." in said(page.detail)
    # A colleague's note arrives meanwhile: the form stays as it is.
    do(let, repair_updates.note, repair, "From elsewhere")
    QApplication.processEvents()
    assert form(page).form.fields["text"].value() == "On Friday"
    # Esc goes back and never loses.
    assert page.back() and not page.detail.back()
    press(page, "Alt+T")
    assert form(page).form.fields["text"].value() == "On Friday"
    # Nor does a lock: the form stands open again with its words.
    page.leave()
    again = opened(shown, repair)
    assert form(again).title == "Tell the resident"
    assert form(again).form.fields["text"].value() == "On Friday"
    press(again, "Ctrl+S")
    assert not form_open(again)
    again.leave()
    assert not form_open(opened(shown, repair)), "what was saved is not asked again"


def form_open(page: RepairsPage) -> bool:
    return any(one.isVisible() for one in page.detail.findChildren(PanelForm))


def test_how_soon_needs_its_reason_and_both_clocks_stay_in_sight(
    shown: Shown, let: Let, repair: UUID, clock: FakeClock
) -> None:
    clock.forward(days=1)
    page = opened(shown, repair)
    press(page, "Alt+H")
    assert "Now routine: due" in said(page.detail)
    shown.press(page.detail, "Urgent, 5 working days")
    press(page, "Ctrl+S")
    assert "Say why you decide otherwise." in said(page.detail)
    QTest.keyClicks(form(page).form.fields["reason"].widget, "It floods")
    press(page, "Ctrl+S")
    assert row(let, repair).priority is Priority.URGENT
    assert "Urgent: due Tue 1 Dec." in page.notices.showing()
    for words in (
        "What was promised",
        "Routine, 25 working days: by",
        "Urgent, 5 working days: by Tue 1 Dec",
    ):
        shown.sees(page.detail, words)
    assert notes(let, repair) == ["How soon: routine before, urgent now. It floods"]


def test_after_a_form_the_keyboard_is_on_the_same_button(shown: Shown, repair: UUID, qtbot: QtBot) -> None:
    page = opened(shown, repair)
    shown.press(page.detail, "Note")
    QTest.keyClicks(form(page).form.fields["text"].widget, "Key at number 3")
    press(page, "Ctrl+S")
    qtbot.waitUntil(lambda: getattr(QApplication.focusWidget(), "text", str)() == "Note")


def done_page(shown: Shown, repair_id: UUID) -> RepairDonePage:
    page: RepairDonePage = shown.page(partial(RepairDonePage, camera=FakeCamera))
    page.open(repair_id)
    return page


def test_without_a_photo_it_asks_why_once(shown: Shown, let: Let, repair: UUID) -> None:
    page = done_page(shown, repair)
    assert "Why is there no photo?" not in said(page)
    page.save()
    assert "There is no photo of the finished work." in said(page)
    went = asked(page)
    shown.press(page, "Inside a wall or ceiling")
    page.save()
    assert row(let, repair).status is RepairStatus.COMPLETED
    assert notes(let, repair) == ["Completed without a photo: Inside a wall or ceiling"]
    assert [(name, one.promise) for name, one in went] == [("repairs", "Done in time")]


@pytest.mark.parametrize("way", ["camera", "file", "paste"])
def test_a_photo_comes_from_the_camera_a_file_or_the_clipboard(
    shown: Shown, let: Let, repair: UUID, way: str, tmp_path: object
) -> None:
    page = done_page(shown, repair)
    if way == "camera":
        page.take_photo()
        page._camera.view.take()
    elif way == "file":
        path = tmp_path / "after.jpg"  # type: ignore[operator]
        path.write_bytes(a_picture())
        page.photos.add_files([path])
    else:
        mime = QMimeData()
        mime.setImageData(a_photo())
        page.take_pictures(mime)
    shown.qtbot.waitUntil(lambda: bool(page.photos.stored()))
    page.save()
    assert row(let, repair).status is RepairStatus.COMPLETED and notes(let, repair) == []
    with let.store.read() as session:
        (card,) = attachments.of(session, [repair])[repair]
    assert card.item_key == AFTER


def test_a_lock_keeps_the_photo_and_the_words(shown: Shown, let: Let, repair: UUID) -> None:
    page = done_page(shown, repair)
    page.note.setText("New washer")
    page.photos.add(a_picture)
    shown.qtbot.waitUntil(lambda: bool(page.photos.stored()))
    page.leave()
    again = done_page(shown, repair)
    assert (again.note.text(), len(again.photos.stored())) == ("New washer", 1)
    other = done_page(shown, reported(let, "waste", "slow"))
    assert (other.note.text(), other.photos.stored()) == ("", [])
    again.save()
    assert row(let, repair).status is RepairStatus.COMPLETED


def test_when_it_was_done_is_checked_at_its_field(shown: Shown, let: Let, repair: UUID) -> None:
    page = done_page(shown, repair)
    page.reason.setText("A setting")
    page.when.chips.choose("yesterday")
    page.when._show()
    page.when.time.setText("16:30")
    page.save()
    assert "before it was reported" in said(page)
    assert row(let, repair).status is RepairStatus.REPORTED


def test_photos_before_after_and_after_the_first_time(shown: Shown, let: Let, repair: UUID) -> None:
    def photo(shade: int, key: str) -> None:
        stored = attachments.store(let.store.blobs, a_picture(shade))
        do(let, attachments.attach, "repair", repair, stored, item_key=key)

    photo(40, "")
    photo(90, AFTER)
    do(let, repair_closing.complete, repair, Completion())
    do(let, repair_feedback.contact, repair, Channel.PHONE, Answer(fixed=False, score=1))
    photo(140, AFTER)
    page = opened(shown, repair)
    strips = [one.accessibleName() for one in page.detail.findChildren(PhotoStrip) if one.isVisible()]
    assert strips == ["Before", "After, the first time", "After"]


def test_an_ambassador_reads_facts_and_has_no_buttons(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.ambassador
    page = opened(shown, let.landlord.repair_id)
    text = said(page.detail)
    assert "What happened" in text and "Reported" in text
    for words in ("Tell", "Note", "Done", "How soon", "Whose it is", "Cancel it", "More work"):
        assert not [one for one in buttons(page) if one == words], words


def buttons(page: RepairsPage) -> list[str]:
    from watmos_desktop.ui.kit.button import Button

    return [one.text() for one in page.detail.findChildren(Button) if one.isVisible()]


def test_the_call_after_it_and_what_it_says(shown: Shown, let: Let, repair: UUID, clock: FakeClock) -> None:
    do(let, repair_closing.complete, repair, Completion(without_photo="x"))
    clock.forward(days=1)
    page = opened(shown, repair)
    press(page, "Alt+D")
    press(page, "Ctrl+S")
    assert "Ask how happy they are, from 1 to 5." in said(page.detail)
    shown.press(page.detail, "5 Very happy")
    QTest.keyClicks(form(page).form.fields["comment"].widget, "Quick")
    press(page, "Ctrl+S")
    shown.sees(page.detail, "Says fixed · very happy, 5 of 5")
    (feedback,) = look(let, repair_feedback.of, repair)
    assert (feedback.score, feedback.comment) == (5, "Quick")
