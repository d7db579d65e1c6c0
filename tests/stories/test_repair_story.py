"""From "whose is it?" to "are you happy?": a leak at night, and a leaseholder's boiler, by keys at the real window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from tests.build import a_home, a_person, a_tenancy
from tests.conftest import Let
from tests.fakes import FakeClock
from tests.stories.opened import window_of
from tests.stories.person import FakeCamera, Person
from watmos_desktop.models.kinds import (
    JobKind,
    Priority,
    RepairStatus,
    Responsibility,
    TenancyKind,
    Trade,
)
from watmos_desktop.models.tables import Block, Clock, Contractor, Job
from watmos_desktop.services import repair_timeline, repairs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.repair_timeline import Story
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.repairs.done import RepairDonePage
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.report import ReportRepairPage
from watmos_desktop.ui.window import PageSpec

NIGHT = datetime(2026, 11, 24, 2, 10, tzinfo=LONDON)


def pages(desk: Desk) -> list[PageSpec]:
    report, done = partial(ReportRepairPage, desk, FakeCamera), partial(RepairDonePage, desk, FakeCamera)
    return [
        PageSpec("repairs", "Repairs", "repairs", partial(RepairsPage, desk)),
        PageSpec("new_repair", "Report", "repairs", report, hidden=True, tab="repairs"),
        PageSpec("repair_done", "Done", "repairs", done, hidden=True, tab="repairs"),
    ]


@pytest.fixture
def person(let: Let, clock: FakeClock, qtbot: QtBot) -> Iterator[Person]:
    """The duty officer at the real window, on the Repairs tab, at ten past two."""
    clock.set(NIGHT)
    with let.store.write("a firm", undoable=False) as session:
        trades = [Trade.PLUMBING.value, Trade.HEATING.value]
        session.add(Contractor(code="FLOW", name="Flow Plumbing", trades=trades, specialisms=["gas"]))
    let.store.actor = let.landlord.officer
    with window_of(let.store, qtbot, pages) as opened:
        yield opened


def detail(person: Person, let: Let) -> RepairDetail:
    person.waits(lambda: person.window.page_id() == "repairs")
    shown = person.window.current().place()  # type: ignore[attr-defined]
    assert isinstance(shown, UUID)
    with let.store.read() as session:
        return repairs.get(session, shown)


def story(let: Let, repair_id: UUID) -> Story:
    with let.store.read() as session:
        return repair_timeline.of(session, repair_id)


def test_a_leak_at_night(person: Person, let: Let, clock: FakeClock) -> None:
    # Ten past two: a radiator floods the floor, and there is a baby.
    person.key("Ctrl+N")
    person.write("zoe luk")
    person.key("Return")
    page = person.window.current()
    assert isinstance(page, ReportRepairPage)
    person.click(page.asked.at_risk)
    page.asked.what.setFocus()
    person.write("heating leak")
    person.key("Return", "Ctrl+S")
    found = detail(person, let)
    assert found.account.priority_reason  # urgent by itself; the baby makes it an emergency
    repair_id, first = found.card.id, found.card.due_at
    assert (found.card.priority, first) == (Priority.EMERGENCY, NIGHT + timedelta(hours=24))
    assert [one.what for one in story(let, repair_id).entries if one.kind == "told"] == ["Told by phone"]
    # Ordered there and then, made safe within three hours.
    clock.forward(minutes=4)
    person.key("Alt+O")
    person.key("Ctrl+S")
    assert detail(person, let).card.status is RepairStatus.ORDERED
    clock.forward(hours=3)
    # They cannot finish: the ceiling has to dry and be made good. That is told, too.
    person.key("Alt+M")
    person.write("The valve is shut and the flat is safe; the radiator has to be renewed")
    person.click("Phone")
    person.key("Ctrl+S")
    with let.store.read() as session:
        jobs = list(session.scalars(select(Job).where(Job.repair_id == repair_id).order_by(Job.ordered_at)))
    assert [one.kind for one in jobs] == [JobKind.ORDER, JobKind.FOLLOW_ON]
    assert jobs[1].follows_id == jobs[0].id
    clock.forward(hours=6)
    person.key("Alt+T")
    person.click("Booked")
    person.key("Ctrl+S")
    assert person.sees("Recorded as told, phone")
    # Done, with a photo: four actions.
    clock.forward(hours=5)
    before = person.actions
    person.key("Alt+D")
    person.key("Alt+P", "Space")
    done_page = person.window.current()
    assert isinstance(done_page, RepairDonePage)
    person.waits(lambda: done_page.photos.stored())
    person.key("Ctrl+S")
    assert person.actions - before == 4
    done = detail(person, let)
    assert done.card.due.text == "Done Tue 24 Nov"
    # The call after it: it drips again.
    clock.forward(days=1)
    person.key("Alt+D")
    person.click("No, it is not")
    person.click("2 Unhappy")
    person.key("Ctrl+S")
    again = detail(person, let)
    assert again.card.status is RepairStatus.REPORTED
    assert again.card.due_at == first, "no silent new promise"
    assert person.sees("The first promise stands")
    assert any("Says not fixed" in one.what for one in story(let, repair_id).entries)
    # Taken back with one key: it is done again, and nothing of the call is left.
    person.key("Ctrl+Z")
    assert detail(person, let).card.status is RepairStatus.COMPLETED


def test_a_leaseholders_boiler_is_theirs_until_someone_decides_with_a_reason(
    person: Person, let: Let, clock: FakeClock
) -> None:
    actor, let.store.actor = let.store.actor, let.landlord.manager
    with let.store.write("a lease", undoable=False) as session:
        home = a_home(session, session.get(Block, let.landlord.block_id), address="Flat 40, Lindley House A")
        a_tenancy(session, home, a_person(session, "Lee Holder"), kind=TenancyKind.LEASEHOLD)
    let.store.actor = actor
    person.key("Ctrl+N")
    person.write("lee holder")
    person.key("Return")
    person.write("boiler nois")
    person.key("Return", "Ctrl+S")
    found = detail(person, let)
    assert found.card.status is RepairStatus.SIGNPOSTED
    assert not found.clocks
    clock.forward(days=1)
    person.key("Alt+U")
    person.key("Ctrl+S")
    assert person.sees("Say why you decide otherwise.")
    person.write("The boiler serves the whole landing")
    person.key("Ctrl+S")
    ours = detail(person, let)
    assert ours.card.status is RepairStatus.REPORTED
    assert ours.account.whose == "Ours to mend"
    assert [one.started_at for one in ours.clocks] == [ours.card.reported_at]
    assert ours.card.due_at == datetime(2026, 12, 1, 23, 59, 59, tzinfo=LONDON)
    said = [one.more for one in story(let, ours.card.id).entries if one.kind == "note"]
    assert said == ["Whose it is: ours. The boiler serves the whole landing"]
    with let.store.read() as session:
        kept = repairs.get_row(session, ours.card.id)
        assert kept.responsibility is Responsibility.LANDLORD
        assert session.scalar(select(Clock.key).where(Clock.owner_id == kept.id)) == "R6"
