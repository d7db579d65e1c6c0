"""Every page of a workspace that came from the demo office: a scope that hides what records belong to breaks none."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests.network import Network
from tests.stories.person import Person
from tests.sync.conftest import Joining, OfficeApp
from tests.ui.showing import at_once, said
from watmos_desktop.app import Program
from watmos_desktop.services import check, inspections, repairs
from watmos_desktop.services.sync import engine, joining
from watmos_desktop.ui.kit.table import Table
from watmos_office import demo
from watmos_office.tables import Member

SIGNED = inspections.Filter("signed")
PEOPLE = ("M. Kaur", "Mrs Okafor", "R. Adeyemi", "Helen Ward")


@pytest.fixture
def filled(office_app: OfficeApp) -> OfficeApp:
    """An office with the smallest demo landlord that has all kinds of records."""
    demo.fill(office_app.office, 24, 0.25, 1)
    return office_app


def _member(office_app: OfficeApp, name: str) -> UUID:
    with office_app.office.reading() as connection:
        found: UUID = connection.execute(select(Member.id).where(Member.name == name)).scalar_one()
    return found


@pytest.fixture
def opened(joined: Joining, filled: OfficeApp, qtbot: QtBot) -> Iterator[list[Program]]:
    """The program of each of the people."""
    programs = []
    for name in PEOPLE:
        device = joined(member=_member(filled, name))
        engine.sync(device.store, device.client)
        assert isinstance(device.network, Network)
        program = Program(
            device.store.home,
            tasks=at_once(),
            clock=filled.office.clock,
            connect=lambda store, network=device.network: joining.connect(store, transport=network),  # type: ignore[misc]
        )
        program.window.resize(1440, 900)
        program.show()
        program.open_store(device.store)
        programs.append(program)
    yield programs
    for program in programs:
        program.close()
        program.window.close()
        program.window.deleteLater()


@pytest.mark.timeout(300)  # four people's every page: over two minutes on a busy machine
def test_every_page_of_everyone_is_shown_and_reads_well(opened: list[Program], qtbot: QtBot) -> None:
    for program in opened:
        program.window.activateWindow()
        qtbot.waitUntil(program.window.isActiveWindow)
        assert program.desk is not None
        name = program.desk.actor.name
        seen = dict(_tour(program, qtbot))
        assert {"today", "office", "people", "review"} <= seen.keys()
        for page, text in seen.items():
            assert text, (name, page)
            for bad in ("None", "UUID", "00000000-", " ·  · ", "Something went wrong", "“”"):
                assert bad not in text, (name, page, bad, text)
            assert not any(line.strip() in ("·", "by") for line in text.splitlines()), (name, page, text)
        assert [(one.code, one.words) for one in check.run(program.desk.store)] == [], name


def _tour(program: Program, qtbot: QtBot) -> Iterator[tuple[str, str]]:
    """What every page says, the first row of each list, some records by reference, and a walk."""
    window, desk = program.window, program.desk
    assert desk is not None

    def told() -> str:
        qtbot.wait(1)
        return said(window)

    for page in [*program.tabs, "people", "review"]:
        window.go(page)
        yield page, told()
        for table in window.current().findChildren(Table):
            if table.isVisible() and table.model().rowCount():
                table.selectRow(0)
                yield f"{page}, one", told()
    found = [("inspections", one.id) for one in desk.look(inspections.page, SIGNED, 0, 3)]
    if "repairs" in program.tabs:
        found += [("repairs", one.id) for one in desk.look(repairs.page, repairs.Filter("open"), 0, 3)]
    for number, (page, key) in enumerate(found):
        window.go(page, key)
        yield f"{page} {number}", told()
    window.go("today")
    Person(window, qtbot).key("Return")
    yield "walk", told()
