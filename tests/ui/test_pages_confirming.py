"""A second person for cases, in the window: what the new device says, who may confirm it, and what that does."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from tests.sync.conftest import Device, Joining
from tests.ui.access import problems
from tests.ui.showing import Shown, at_once, said
from tests.ui.test_pages_office import Boss
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import engine, joining, memory
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.office.confirming import ConfirmingPage
from watmos_desktop.ui.pages.office.devices import DevicesPage
from watmos_desktop.ui.pages.office.page import OfficeStatusPage
from watmos_desktop.ui.syncing import Syncing
from watmos_office import cases, confirming
from watmos_office.records import Change, write_all
from watmos_office.tables import Device as DeviceRow


@pytest.fixture
def boss(joined: Joining, qtbot: QtBot) -> Iterator[Boss]:
    made = Boss(joined(Role.MANAGER, "Grace Bell"), qtbot)
    yield made
    made.office.stop()
    made.office.finish()
    made.store.listeners.clear()


def by_code_of(joined: Joining, boss: Boss, role: Role, name: str) -> Device:
    """Someone whose code the manager made."""
    device = joined(role, name, estates=[boss.estate_id])
    with joined.office_app.office.writing() as connection:
        connection.execute(
            update(DeviceRow)
            .where(DeviceRow.id == UUID(memory.load(device.store).device))
            .values(code_by=boss.device.member)
        )
    return device


def console(joined: Joining, device: Device) -> None:
    office = joined.office_app.office
    with office.writing() as connection:
        confirming.at_console(connection, office, None, UUID(memory.load(device.store).device))


def test_a_lead_confirms_a_device_by_its_number_and_then_the_case_comes(
    joined: Joining, boss: Boss, qtbot: QtBot
) -> None:
    engine.sync(boss.store, boss.device.client)
    officer = by_code_of(joined, boss, Role.TENANCY_OFFICER, "Ann Field")
    office, case = joined.office_app.office, uuid4()
    with office.writing() as connection:
        said_of = {"title": "lantern", "kind": "safeguarding", "opened_by": str(officer.member)}
        change = Change("restricted_case", case, said_of | {"opened_at": "2026-11-23T10:00:00+00:00"})
        write_all(connection, office, [change])
        cases.name(connection, office, None, case, officer.member)
    engine.sync(officer.store, officer.client)
    kept = memory.load(officer.store)
    assert (kept.cases, f"case:{case}" in kept.buckets) == ("waiting", False)

    lead = joined(Role.SAFEGUARDING_LEAD, "Lea Stone", estates=[boss.estate_id])
    console(joined, lead)
    engine.sync(lead.store, lead.client)
    desk = Desk(lead.store, at_once())
    syncing = Syncing(desk, connect=lambda store: joining.connect(store, transport=lead.network))
    syncing.start()
    shown = Shown(desk, qtbot)
    page = shown.page(lambda one: ConfirmingPage(one, syncing), 1024, 600)
    qtbot.waitUntil(lambda: len(page.confirms) == 2)
    assert f"Number {kept.number}" in said(page)
    assert problems(page) == []
    of_hers = "Confirm this device{}: Device 2 of Ann Field"
    shown.press(page, of_hers.format(""))
    shown.press(page, of_hers.format(" now"))
    shown.sees(page, "1 device waiting")
    assert "Grace Bell: Device 1" in said(page)
    engine.sync(officer.store, officer.client)
    assert f"case:{case}" in memory.load(officer.store).held
    syncing.stop()
    syncing.finish()
    lead.store.listeners.clear()


def test_who_made_the_code_sees_that_it_waits_and_cannot_confirm_it(
    joined: Joining, boss: Boss, qtbot: QtBot
) -> None:
    console(joined, boss.device)
    engine.sync(boss.store, boss.device.client)
    by_code_of(joined, boss, Role.TENANCY_OFFICER, "Ann Field")
    page = boss.page(DevicesPage)
    qtbot.waitUntil(lambda: "No cases come to it yet. Ann Field on another device" in said(page))
    assert "not who made its code" in said(page)
    mine = boss.page(ConfirmingPage)
    qtbot.waitUntil(lambda: "No device waits for you" in said(mine))


def test_a_new_device_says_that_cases_come_later_and_how(boss: Boss, qtbot: QtBot) -> None:
    engine.sync(boss.store, boss.device.client)
    page = boss.page(OfficeStatusPage, 1024, 600)
    words = "Cases come when a colleague of the case team has confirmed this device."
    qtbot.waitUntil(lambda: words in said(page))
    assert f"Number of this device: {memory.load(boss.store).number}" in said(page)
    assert problems(page) == []
