"""Settings, people, and the pages of tabs that are not built yet."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from tests.conftest import PASSPHRASE, Let
from tests.ui.showing import Shown, asked, said
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import backup, promises, settings, staff, vault
from watmos_desktop.ui import theme
from watmos_desktop.ui.pages.coming.page import ComingPage
from watmos_desktop.ui.pages.coming.tabs import COMING, ComingTab
from watmos_desktop.ui.pages.people.page import PeoplePage
from watmos_desktop.ui.pages.people.who import WhoPage
from watmos_desktop.ui.pages.settings.page import SettingsPage

NEW = "copper lantern tidal moss"


@pytest.fixture
def told() -> list[Any]:
    return []


@pytest.fixture
def page(shown: Shown, told: list[Any], qapp: QApplication) -> SettingsPage:
    def wear(scheme: str, scale: float) -> None:
        told.append((scheme, scale))
        theme.apply(qapp, scheme, scale)

    found: SettingsPage = shown.page(partial(SettingsPage, wear=wear, lock_after=told.append))
    return found


def test_a_choice_holds_at_once_and_is_remembered(page: SettingsPage, let: Let, told: list[Any]) -> None:
    for row, key in ((page.scheme, "sun"), (page.text, "1.5"), (page.minutes, "10")):
        chip = row.chips()[key]
        chip.setFocus()
        QTest.keyClick(chip, Qt.Key.Key_Space)
    assert told == [("sun", 1.0), ("sun", 1.5), 10]
    kept = settings.load(let.store)
    assert (kept.scheme, kept.text_scale, kept.lock_minutes) == ("sun", 1.5, 10)


def test_what_makes_no_sense_is_as_if_never_chosen(let: Let) -> None:
    let.store.remember("settings", {"scheme": "neon", "text_scale": 9, "lock_minutes": 0, "other": 1})
    assert settings.load(let.store) == settings.Settings()
    with pytest.raises(ValueError, match="lock_minutes"):
        settings.change(let.store, lock_minutes=100_000)


def test_the_passphrase_is_changed_and_forgotten(page: SettingsPage, shown: Shown, let: Let) -> None:
    for line, text in ((page._old, PASSPHRASE), (page._new, NEW), (page._again, NEW)):
        line.setFocus()
        QTest.keyClicks(line, text)
    shown.press(page, "Change the passphrase")
    assert "The passphrase is changed" in page.notices.showing()
    assert vault.unlock(let.store.home, NEW)
    with pytest.raises(vault.WrongPassphrase):
        vault.unlock(let.store.home, PASSPHRASE)
    assert [line.text() for line in (page._old, page._new, page._again)] == ["", "", ""]


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "words"),
    [
        ("not it at all", NEW, NEW, "old", "not the passphrase"),
        (PASSPHRASE, NEW, "something else", "again", "not the same"),
        (PASSPHRASE, "short", "short", "passphrase", "too short"),
        ("", NEW, NEW, "old", "Type it once more"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    page: SettingsPage, let: Let, old: str, new: str, again: str, field: str, words: str
) -> None:
    page.form.fill({"old": old, "passphrase": new, "again": again})
    page.change_passphrase()
    assert words in page.form.fields[field].error()
    assert vault.unlock(let.store.home, PASSPHRASE)


def test_a_lock_leaves_no_passphrase_in_a_field(page: SettingsPage) -> None:
    page.form.fill({"old": PASSPHRASE})
    page.leave()
    assert page._old.text() == ""


def test_back_up_now_makes_a_proved_backup(page: SettingsPage, shown: Shown, let: Let) -> None:
    shown.press(page, "Back up now")
    assert "made and proved" in page.notices.showing()
    assert backup.latest(let.store.home) is not None
    shown.sees(page, "Last backup 23 Nov 2026, 10:42.")


# --- people ---


def test_who_are_you_is_answered_by_keys(shown: Shown, let: Let) -> None:
    chosen: list[UUID] = []
    with let.store.read() as session:
        people = staff.people_here(session)
    page = shown.page(lambda _: WhoPage(people, chosen.append))
    QTest.keyClick(page, Qt.Key.Key_Return)
    QTest.keyClick(page.buttons[0], Qt.Key.Key_Down)
    QTest.keyClick(page.buttons[1], Qt.Key.Key_Return)
    assert chosen == [people[0].id, people[1].id]


def test_a_manager_adds_someone_and_lets_someone_go(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.manager
    page = shown.page(lambda desk: PeoplePage(desk, None))
    shown.press(page, "Add")
    assert "Say who this is" in page.form.fields["name"].error()
    page.form.fill({"name": "T. Brown", "role": str(Role.CARETAKER), "place": str(let.landlord.estate_id)})
    shown.press(page, "Add")
    shown.sees(page, "Caretaker · Lindley Estate")
    shown.sees(page, "T. Brown")
    shown.press(page, "T. Brown works here no longer")
    with let.store.read() as session:
        assert "T. Brown" not in {one.name for one in staff.people_here(session)}
    assert page.undo()
    with let.store.read() as session:
        assert "T. Brown" in {one.name for one in staff.people_here(session)}


def test_nobody_becomes_someone_else_on_a_real_workspace(shown: Shown, let: Let) -> None:
    page = shown.page(lambda desk: PeoplePage(desk, None))
    shown.sees(page, "R. Adeyemi")
    assert page.form is None
    buttons = [one.accessibleName() for one in page.findChildren(QPushButton)]
    assert not [name for name in buttons if name.startswith(("Use as", "Add"))]
    become: list[UUID] = []
    demo = shown.page(lambda desk: PeoplePage(desk, become.append))
    shown.press(demo, "Use as R. Adeyemi")
    assert become == [let.landlord.officer.staff_id]


def test_an_ambassador_reads_no_names_of_staff(shown: Shown, let: Let) -> None:
    let.store.actor = let.landlord.ambassador
    page = shown.page(lambda desk: PeoplePage(desk, None))
    shown.sees(page, "J. Osei")
    assert "Kaur" not in said(page)


def test_settings_leads_to_people(page: SettingsPage, shown: Shown) -> None:
    opened = asked(page)
    shown.press(page, "People")
    assert opened == [("people", None)]


# --- tabs to come ---


@pytest.mark.parametrize("tab", COMING, ids=lambda tab: tab.id)
def test_a_tab_to_come_says_so_and_lists_its_promises(shown: Shown, tab: ComingTab) -> None:
    page = shown.page(lambda _: ComingPage(tab))
    assert "Not built yet" in page.head.sentence()
    titles = [one.title for one in promises.promises() if tab.where in one.where]
    assert titles
    for title in titles:
        shown.sees(page, title)


def test_every_promise_has_a_tab() -> None:
    built = {"Today", "Repairs", "Inspections", "Homes", "Visits"}
    places = {where for one in promises.promises() for where in one.where}
    assert places <= built | {tab.where for tab in COMING}
