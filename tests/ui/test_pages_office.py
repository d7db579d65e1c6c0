"""The pages of the office, on a real one: how it stands, going home, joining, people, devices, held work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from tests import build
from tests.conftest import Workspace
from tests.fakes import FakeClock
from tests.network import Network
from tests.sync.conftest import URL, Device, Joining, OfficeApp
from tests.ui.access import problems
from tests.ui.showing import Shown, asked, at_once, said
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Block, Estate, Repair, Staff
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import admin, bundle, codes, engine, incoming, joining
from watmos_desktop.services.sync.joining import Joined
from watmos_desktop.ui import theme
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.qr import QrCode
from watmos_desktop.ui.pages.office.code_card import CodeCard
from watmos_desktop.ui.pages.office.decisions import DecisionsPage
from watmos_desktop.ui.pages.office.devices import DevicesPage
from watmos_desktop.ui.pages.office.join import JoinPage
from watmos_desktop.ui.pages.office.members import MembersPage
from watmos_desktop.ui.pages.office.page import OfficeStatusPage
from watmos_desktop.ui.syncing import Syncing
from watmos_office import devices, members
from watmos_office.tables import Device as DeviceRow

Show = Callable[..., Any]


class Boss:
    """A manager's device at a real office, with an estate of one block, and its pages."""

    def __init__(self, device: Device, qtbot: QtBot) -> None:
        self.device = device
        self.store = device.store
        with self.store.write("made an estate") as session:
            estate = build.an_estate(session, name="Lindley Estate")
            block = build.a_block(session, estate, name="Lindley House A")
            self.estate_id, self.block_id = estate.id, block.id
        self.desk = Desk(self.store, at_once())
        self.office = Syncing(
            self.desk, connect=lambda store: joining.connect(store, transport=device.network)
        )
        self.office.start()
        self.shown = Shown(self.desk, qtbot)

    def page(self, make: Show, width: int = 1200, height: int = 900) -> Any:
        return self.shown.page(lambda desk: make(desk, self.office), width, height)

    def ask(self, call: Callable[..., Any]) -> Any:
        return call(self.device.client)


@pytest.fixture
def boss(joined: Joining, qtbot: QtBot) -> Iterator[Boss]:
    made = Boss(joined(Role.MANAGER, "Grace Bell"), qtbot)
    yield made
    made.office.stop()
    made.office.finish()
    made.store.listeners.clear()


def save_a_repair(store: Store, boss: Boss, title: str = "Lift stuck at 4") -> None:
    with store.write("raised") as session:
        block = session.get_one(Block, boss.block_id)
        by = session.get_one(Staff, store.actor.staff_id)
        build.a_repair(session, block, by, title=title)


# --- how it stands, and going home ---


def test_all_at_the_office_is_safe_to_go_home(boss: Boss) -> None:
    page = boss.page(OfficeStatusPage)
    text = said(page)
    assert "Safe to go home: the office has confirmed 2 of 2 records" in text
    assert "2 of 2" in text and "0 of 0" in text and "23 Nov 2026, 10:42" in text
    assert "Write a bundle file" not in text
    assert page.head.sentence() == "Saved here · nothing waiting · Office 10:42"


def test_what_is_missing_is_named_and_sync_now_brings_it_there(boss: Boss) -> None:
    page = boss.page(OfficeStatusPage)
    save_a_repair(boss.store, boss)
    boss.shown.sees(page, "Lift stuck at 4")
    assert "Not yet: the office has confirmed 2 of 3 records" in said(page)
    QTest.keyClick(page.sync_button, Qt.Key.Key_Space)
    boss.shown.sees(page, "Safe to go home")
    assert "Sent 1 change" in page.notices.showing()
    assert "Lift stuck at 4" not in said(page)


def test_without_a_network_a_bundle_file_is_the_way_out(boss: Boss, tmp_path: Path) -> None:
    boss.device.network.cut = True
    save_a_repair(boss.store, boss)
    page = boss.page(OfficeStatusPage)
    page.sync_now()
    assert "tried at 10:42: the office cannot be reached just now." in page.notices.showing()
    page.write_bundle(tmp_path / "out.bundle")
    assert "The bundle file holds 1 change and 0 photos" in page.notices.showing()
    assert len(list(bundle.read(tmp_path / "out.bundle"))) == 1
    page.write_bundle(tmp_path / "nowhere" / "out.bundle")
    assert page.notices.showing() and not (tmp_path / "nowhere").exists()


def test_nothing_waiting_makes_no_bundle(boss: Boss, tmp_path: Path) -> None:
    page = boss.page(OfficeStatusPage)
    page.write_bundle(tmp_path / "out.bundle")
    assert "Nothing waits here" in page.notices.showing()


def test_a_problem_stands_first_with_its_next_step(boss: Boss, office_app: OfficeApp) -> None:
    with office_app.office.writing() as connection:
        devices.suspend(connection, office_app.office, None, boss.store.device_id)
    page = boss.page(OfficeStatusPage)
    page.sync_now()
    text = said(page)
    assert text.index("The office has paused this device.") < text.index("Safe to go home?")


def test_who_works_here_hears_of_a_device_that_joined_in_their_name(
    joined: Joining, boss: Boss, clock: FakeClock
) -> None:
    """Whoever makes a code for a colleague could join as them; the colleague is told on what they have."""
    page = boss.page(OfficeStatusPage)
    assert "in your name" not in said(page)
    clock.forward(minutes=1)
    other = joined(member=boss.device.member)
    page.sync_now()
    boss.shown.sees(page, "Another device has joined in your name: ")
    assert "ring your office at once" in said(page) and boss.office.status().code == "newcomer"
    engine.sync(other.store, other.client)
    assert Syncing(Desk(other.store, at_once())).status().code == "", "it knows of no later one"
    boss.shown.press(page, "It was me")
    boss.shown.sees(page, "Safe to go home")
    assert "in your name" not in said(page)
    page.sync_now()
    assert "in your name" not in said(page) and boss.office.status().problem == ""


def test_progress_is_said_while_it_works(boss: Boss) -> None:
    page = boss.page(OfficeStatusPage)
    boss.office.busy.emit(True)
    boss.office.moved.emit(engine.Progress("photos", 3, 40))
    assert "Photos on their way: 3 of 40" in said(page)
    boss.office.moved.emit(engine.Progress("loading", 4000, 12500))
    assert "first time: 4,000 of about 12,500. You can work meanwhile, or close the program" in said(page)
    boss.office.busy.emit(False)
    assert "Photos on their way" not in said(page)


def test_a_first_load_can_be_stopped_and_goes_on_where_it_was(
    joined: Joining, boss: Boss, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "LOAD", 2)  # records a page
    for number in range(6):
        save_a_repair(boss.store, boss, f"Lamp {number}")
    engine.sync(boss.store, boss.device.client)
    other = joined(Role.MANAGER, "Omar Reid")
    desk = Desk(other.store, at_once())
    office = Syncing(desk, connect=lambda store: joining.connect(store, transport=other.network))
    page = Shown(desk, qtbot).page(lambda _: OfficeStatusPage(desk, office))
    steps: list[engine.Progress] = []

    def stop_at_the_second(step: engine.Progress) -> None:
        steps.append(step)
        if step.step == "loading" and len(steps) == 2:
            assert page.stop_button.isVisible()
            page.stop_button.click()
            assert "Stopping once the page under way has come" in said(page)

    def repairs() -> int:
        with other.store.read() as session:
            return session.scalar(select(func.count()).select_from(Repair)) or 0

    office.moved.connect(stop_at_the_second)
    office.start()
    some = steps[-1].done
    assert "You stopped this for now." in said(page) and "when you press Sync now" in said(page)
    assert not page.stop_button.isVisible() and repairs() < 6
    office._hurry()
    office.note(replace(office.status(), records=5))
    assert not office._soon.isActive()  # only the person, or the hour
    del steps[:]
    office.moved.disconnect(stop_at_the_second)
    office.moved.connect(steps.append)
    page.sync_now()
    assert steps[0].done > some  # it counts on: nothing is fetched twice
    assert repairs() == 6 and "You stopped" not in said(page)
    office.stop()
    office.finish()
    other.store.listeners.clear()


def test_who_manages_nobody_is_offered_no_people(joined: Joining, boss: Boss, qtbot: QtBot) -> None:
    engine.sync(boss.store, boss.device.client)
    caretaker = joined(Role.CARETAKER, "M. Kaur", estates=[boss.estate_id])
    desk = Desk(caretaker.store, at_once())
    office = Syncing(desk, connect=lambda _: caretaker.client)
    page = Shown(desk, qtbot).page(lambda _: OfficeStatusPage(desk, office))
    assert "Devices" not in said(page) and "Safe to go home?" in said(page)
    caretaker.store.listeners.clear()


def test_its_ways_lead_on(boss: Boss) -> None:
    page = boss.page(OfficeStatusPage)
    opened = asked(page)
    for name in ("Review", "People", "Devices", "Held at the office"):
        boss.shown.press(page, f"Open {name}")
    assert [name for name, _ in opened] == ["review", "members", "devices", "decisions"]


# --- joining ---


@pytest.fixture
def fresh(empty_workspace: Workspace, tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    """A new workspace with its first person in it, and nothing else."""
    store = empty_workspace.open(tmp_path / "fresh", clock)
    yield store
    store.close()


@pytest.fixture
def join_page(
    fresh: Store, office_app: OfficeApp, qtbot: QtBot
) -> Iterator[tuple[Any, list[Joined], Network]]:
    network, found = Network(office_app.app), list[Joined]()
    desk = Desk(fresh, at_once())
    enrol = partial(joining.enrol, transport=network)
    page = Shown(desk, qtbot).page(lambda _: JoinPage(desk, found.append, enrol=enrol))
    yield page, found, network
    fresh.listeners.clear()


def typed(page: JoinPage, url: str, code: str) -> None:
    for line, text in ((page._url, url), (page._code, code)):
        line.setFocus()
        QTest.keyClicks(line, text)


def test_joining_by_a_code_typed_as_people_type(
    join_page: tuple[JoinPage, list[Joined], Network], office_app: OfficeApp, fresh: Store
) -> None:
    page, found, _ = join_page
    code = office_app.code(office_app.member("Amina Yusuf", Role.CARETAKER))
    typed(page, URL, code.lower().replace("-", " "))
    assert page._code.text() == code
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [one.name for one in found] == ["Amina Yusuf"]
    assert page._code.text() == ""
    assert fresh.actor.name == "Amina Yusuf"


def test_a_pasted_invitation_fills_both_fields(
    join_page: tuple[JoinPage, list[Joined], Network], office_app: OfficeApp
) -> None:
    page, found, _ = join_page
    code = office_app.code(office_app.member("Amina Yusuf", Role.CARETAKER))
    QApplication.clipboard().setText(codes.invitation(URL, code))
    page._code.setFocus()
    QTest.keyClick(page._code, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert (page._url.text(), page._code.text()) == (URL, code)
    page.join()
    assert len(found) == 1


@pytest.mark.parametrize(
    ("url", "code", "field", "words"),
    [
        ("", "0" * 28, "url", "Type the office's address."),
        (URL, "", "code", "Type the code."),
        (URL, "ABCD-EF", "code", "22 more letters or digits."),
        (URL, "0" * 29, "code", "longer than a code"),
        ("http://office.example.org", "0" * 28, "url", "not a safe one"),
        (URL, "0" * 28, "code", "does not take this code"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    join_page: tuple[JoinPage, list[Joined], Network], url: str, code: str, field: str, words: str
) -> None:
    page, found, _ = join_page
    typed(page, url, code)
    page.join()
    assert words in page.form.fields[field].error()
    assert found == [] and page._button.isEnabled()


def test_no_network_and_a_workspace_with_records_are_told_on_the_page(
    join_page: tuple[JoinPage, list[Joined], Network], fresh: Store, office_app: OfficeApp
) -> None:
    page, found, network = join_page
    network.cut = True
    typed(page, URL, office_app.code(office_app.member("Amina Yusuf", Role.CARETAKER)))
    page.join()
    assert "cannot be reached" in page.notices.showing()
    network.cut = False
    with fresh.write("made an estate") as session:
        build.an_estate(session)
    page.join()
    assert "holds records already" in page.notices.showing()
    assert found == []


def test_letters_in_the_middle_of_a_code_can_be_put_right(
    join_page: tuple[JoinPage, list[Joined], Network],
) -> None:
    page, *_ = join_page
    typed(page, URL, "ABCDEFGHJK")
    page._code.setCursorPosition(5)
    QTest.keyClicks(page._code, "9")
    assert page._code.text() == "ABCD-9EFG-HJK"
    assert page._code.cursorPosition() == 6
    page.leave()
    assert page._code.text() == ""


# --- people ---


def test_a_manager_adds_someone_and_hands_over_a_code(boss: Boss, fresh: Store) -> None:
    page = boss.page(MembersPage)
    assert "1 person works here" in page.head.sentence()
    page.form.fill({"name": "M. Kaur", "role": str(Role.CARETAKER), "place": f"e:{boss.estate_id}"})
    boss.shown.press(page, "Add")
    assert "Caretaker · Lindley Estate · no device yet" in said(page)
    boss.shown.press(page, "New code: M. Kaur")
    card = page.findChild(CodeCard)
    assert card is not None and card._code.text().count("-") == 6
    assert "15 min 00 s left" in card._left.words()
    assert len(page.findChildren(QrCode)) == 1
    QTest.keyClick(card._copy, Qt.Key.Key_Space)
    invited = codes.read_invitation(QApplication.clipboard().text())
    assert invited is not None
    joined = joining.enrol(fresh, invited.url, invited.code, "Phone", transport=boss.device.network)
    assert joined.name == "M. Kaur"


def test_a_code_counts_down_and_is_taken_away(boss: Boss, clock: FakeClock) -> None:
    page = boss.page(MembersPage)
    page.new_code(page._found[0])
    card = page.findChild(CodeCard)
    code = card._code.text()
    clock.forward(minutes=14, seconds=30)
    card.tick()
    assert card._left.words() == "30 s left"
    clock.forward(seconds=30)
    card.tick()
    assert code not in said(page) and "This code is over" in card._left.words()
    assert all(not one.isVisible() for one in page.findChildren(QrCode))


def test_places_are_given_and_taken_away(boss: Boss, office_app: OfficeApp) -> None:
    kaur = office_app.member("M. Kaur", Role.CARETAKER, estates=[boss.estate_id])
    page = boss.page(MembersPage)
    boss.shown.press(page, "Change M. Kaur")
    page._grant(next(one for one in page._found if one.id == kaur), f"b:{boss.block_id}")
    (one,) = (card for card in boss.ask(admin.members) if card.id == kaur)
    assert {grant.block_id for grant in one.grants} == {None, boss.block_id}
    boss.shown.press(page, "Take Lindley Estate away from M. Kaur")
    (one,) = (card for card in boss.ask(admin.members) if card.id == kaur)
    assert [grant.block_id for grant in one.grants] == [boss.block_id]


def test_the_end_of_access_is_confirmed_where_it_stands(boss: Boss, office_app: OfficeApp) -> None:
    office_app.member("M. Kaur", Role.CARETAKER, estates=[boss.estate_id])
    page = boss.page(MembersPage)
    boss.shown.press(page, "Change M. Kaur")
    boss.shown.press(page, "End access: M. Kaur")
    assert "get nothing more" in said(page)
    boss.shown.press(page, "Leave it")
    assert all(one.active for one in boss.ask(admin.members))
    boss.shown.press(page, "End access: M. Kaur")
    boss.shown.press(page, "End access now: M. Kaur")
    assert "M. Kaur's access has ended." in page.notices.showing()
    assert [one.name for one in boss.ask(admin.members) if not one.active] == ["M. Kaur"]


def test_nobody_ends_their_own_access(boss: Boss) -> None:
    page = boss.page(MembersPage)
    boss.shown.press(page, "Change Grace Bell")
    assert not [one for one in page.findChildren(QWidget) if one.accessibleName() == "End access: Grace Bell"]
    page._end(page._found[0])
    assert "cannot change your own access" in page.notices.showing()


def test_without_a_network_the_page_says_so(boss: Boss) -> None:
    boss.device.network.cut = True
    page = boss.page(MembersPage)
    assert "cannot be reached" in page.notices.showing()
    page.form.fill({"name": "M. Kaur"})
    page.add_person()
    assert page.form.values()["name"] == "M. Kaur"


# --- devices ---


def test_devices_are_listed_and_ended_after_their_consequence(
    boss: Boss, joined: Joining, office_app: OfficeApp
) -> None:
    kaur = joined(Role.CARETAKER, "M. Kaur")
    with office_app.office.writing() as connection:
        connection.execute(
            DeviceRow.__table__.update()  # type: ignore[attr-defined]
            .where(DeviceRow.id == kaur.store.device_id)
            .values(alarm="reuse")
        )
    page = boss.page(DevicesPage)
    assert page.head.sentence() == "2 devices, 2 at work · 1 alarm"
    text = said(page)
    assert text.index("M. Kaur") < text.index("Grace Bell")
    assert "Someone used an old pass of this device." in text
    for verb, sure, status in (
        ("Suspend", "neither send nor fetch", "suspended"),
        ("Let it work again", "as before", "active"),
        ("Let it go", "gets nothing more", "drain"),
        ("Wipe", "cannot be taken back", "wipe"),
    ):
        name = "Device 2 of M. Kaur"
        boss.shown.press(page, f"{verb}: {name}")
        assert sure in said(page)
        boss.shown.press(page, f"{verb} now: {name}")
        (found,) = (one for one in boss.ask(admin.devices) if one.member == "M. Kaur")
        assert found.status == status
    assert not [one for one in page.confirms.values() if one.isVisible() and one.leave()]


def test_esc_leaves_a_question_open_before_the_page(boss: Boss) -> None:
    page = boss.page(DevicesPage)
    boss.shown.press(page, "Suspend: Device 1 of Grace Bell")
    assert page.back()
    assert not page.back()
    assert [one.status for one in boss.ask(admin.devices)] == ["active"]


# --- held work ---


def test_held_work_is_read_in_words_and_decided(boss: Boss, joined: Joining, office_app: OfficeApp) -> None:
    engine.sync(boss.store, boss.device.client)
    kaur = joined(Role.CARETAKER, "M. Kaur", estates=[boss.estate_id])
    engine.sync(kaur.store, kaur.client)
    with office_app.office.writing() as connection:
        held = members.cards(connection)
        grant = next(one for card in held for one in card.grants if card.name == "M. Kaur")
        members.revoke(connection, office_app.office, None, kaur.member, grant.estate_id)
    for title in ("Lift stuck at 4", "Bin store lock"):
        save_a_repair(kaur.store, boss, title)
    engine.sync(kaur.store, kaur.client)
    page = boss.page(DecisionsPage)
    assert page.head.sentence() == "2 to decide · 0 to look at"
    text = said(page)
    assert "M. Kaur · 23 Nov 2026, 10:42" in text and "do not look after" in text
    assert "Lift stuck at 4" in text and "What is wrong" in text
    first, second = (card for card in boss.ask(admin.held))
    page._release(first)
    assert "It is taken" in page.notices.showing()
    page._dismiss(second)
    assert "left out" in page.notices.showing()
    assert boss.ask(admin.held) == []
    assert "Nothing is held back" in said(page)
    engine.sync(boss.store, boss.device.client)
    with boss.store.read() as session:
        titles = {row.title for row in session.query(Repair)}
    assert titles == {str(first.fields["title"])}


def test_what_an_ambassador_wrote_is_looked_at(boss: Boss, joined: Joining) -> None:
    engine.sync(boss.store, boss.device.client)
    ada = joined(Role.AMBASSADOR, "Ada Obi", estates=[boss.estate_id])
    engine.sync(ada.store, ada.client)
    save_a_repair(ada.store, boss, "Mrs Canary at 14 says the lamp is out")
    engine.sync(ada.store, ada.client)
    engine.sync(boss.store, boss.device.client)
    page = boss.page(DecisionsPage)
    looks = boss.ask(admin.to_look_at)
    assert looks and f"0 to decide · {len(looks)} to look at" == page.head.sentence()
    assert "Mrs Canary" in said(page)
    for one in looks:
        page._looked(one, fine=True)
    assert boss.ask(admin.to_look_at) == []


def test_the_calls_of_administrators_are_not_there_for_others(boss: Boss, joined: Joining) -> None:
    from watmos_desktop.services.errors import NotFound

    kaur = joined(Role.CARETAKER, "M. Kaur")
    for call in (admin.members, admin.devices, admin.held, admin.to_look_at):
        with pytest.raises(NotFound):
            call(kaur.client)
    for act in (
        lambda: admin.code(kaur.client, boss.device.member),
        lambda: admin.end(kaur.client, boss.store.device_id, "wipe"),
        lambda: admin.release(kaur.client, uuid4()),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(ValueError, match="explode"):
        admin.end(kaur.client, boss.store.device_id, "explode")


def test_an_estate_that_the_office_has_is_on_the_form(boss: Boss) -> None:
    with boss.store.read() as session:
        assert session.get(Estate, boss.estate_id) is not None
    page = boss.page(MembersPage)
    words = [page.form.fields["place"].widget.itemText(n) for n in range(3)]
    assert words[1:] == ["Lindley Estate", "Lindley Estate · Lindley House A"]


# --- everyone ---


@pytest.mark.parametrize("scheme", ["light", "dark", "sun"])
@pytest.mark.parametrize(("width", "height"), [(1250, 850), (830, 550)])
def test_everyone_can_use_them(
    boss: Boss,
    office_app: OfficeApp,
    join_page: tuple[JoinPage, list[Joined], Network],
    qapp: QApplication,
    scheme: str,
    width: int,
    height: int,
) -> None:
    theme.apply(qapp, scheme)
    office_app.member("M. Kaur", Role.CARETAKER, estates=[boss.estate_id])
    page, *_ = join_page
    page.resize(width, height)
    assert problems(page) == []
    boss.device.network.cut = True
    save_a_repair(boss.store, boss)
    status = boss.page(OfficeStatusPage, width, height)
    assert problems(status) == []
    boss.device.network.cut = False
    people = boss.page(MembersPage, width, height)
    boss.shown.press(people, "Change M. Kaur")
    boss.shown.press(people, "New code: M. Kaur")
    assert problems(people) == []
    found = boss.page(DevicesPage, width, height)
    boss.shown.press(found, "Suspend: Device 1 of Grace Bell")
    assert problems(found) == []
    assert problems(boss.page(DecisionsPage, width, height)) == []
