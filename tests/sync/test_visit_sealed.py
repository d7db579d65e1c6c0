"""A visit that was sealed away from the office: taken as one piece, and its whisper reaches the lead's device alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text

from tests import build
from tests.conftest import Let
from tests.services.test_visit_after import FINDS, answers
from tests.sync.conftest import Device, Joining, OfficeApp
from tests.sync.devices import conflicts, held, settle, state
from watmos_desktop.models.kinds import FollowUpKind, Role
from watmos_desktop.models.tables import Visit, VisitFollowUp
from watmos_desktop.services import (
    staff,
    visit_approval,
    visit_concerns,
    visit_follow_ups,
    visit_walk,
    visits,
)
from watmos_desktop.services.sync import memory
from watmos_desktop.services.visits import VisitDraft
from watmos_office import backup, cases, confirming
from watmos_office.tables import Audit

WHISPER = "QUAIL he hits me"


def raw(device: Device) -> str:
    """Every word of the tables that a whisper could lie in, whatever the policy shows: what is on that disk."""
    with device.store.read() as session:
        found = [
            str(row)
            for table in ("visit_follow_up", "restricted_case", "case_note", "visit_answer")
            for row in session.execute(text(f"SELECT * FROM {table}"))
        ]
    return " ".join(found)


def trusted(office_app: OfficeApp, device: Device) -> None:
    with office_app.office.writing() as connection:
        known = UUID(memory.load(device.store).device)
        confirming.at_console(connection, office_app.office, None, known)


def a_home(manager: Device) -> tuple[UUID, UUID, UUID]:
    """A home let since 2023, at the office: its block, estate and itself."""
    with manager.store.write("a home") as session:
        block = build.a_block(session)
        home = build.a_home(session, block)
        build.a_tenancy(session, home, build.a_person(session, "Ada Okafor"), started_on=date(2023, 12, 1))
        found = block.id, block.estate_id, home.id
    settle(manager)
    return found


def sealed(officer: Device, home_id: UUID) -> UUID:
    """A visit of that home, with a whisper."""
    with officer.store.write("begun") as session:
        visit = visits.arrange(session, VisitDraft(home_id))
        visit_walk.start(session, visit)
    answers(Let(officer.store, None), visit, FINDS | {"safety": ["told"]})  # type: ignore[arg-type]
    with officer.store.write("sealed") as session:
        visit_concerns.tell_lead(session, visit, WHISPER)
        visit_walk.complete(session, visit, "would rather not")
    return visit


def test_a_sealed_visit_is_taken_whole_and_its_whisper_reaches_the_lead_alone(
    joined: Joining, office_app: OfficeApp
) -> None:
    manager = joined(Role.MANAGER, "Grace Bell")
    block_id, estate_id, home_id = a_home(manager)
    officer = joined(Role.TENANCY_OFFICER, "R. Adeyemi", estates=[estate_id])
    colleague = joined(Role.TENANCY_OFFICER, "C. Colleague", blocks=[block_id])
    lead = joined(Role.SAFEGUARDING_LEAD, "P. Shah", estates=[estate_id])
    everyone = (officer, colleague, lead, manager)
    for device in (officer, lead, manager):
        trusted(office_app, device)
    settle(*everyone)
    for device in (officer, colleague, lead):
        staff.act_as(device.store, device.member)
    visit = sealed(officer, home_id)
    with (
        officer.store.read() as session
    ):  # an id that could be worked out would tell who asks that it is taken
        secret = select(VisitFollowUp.id).where(VisitFollowUp.kind == FollowUpKind.SAFEGUARDING)
        assert [one.version for one in session.scalars(secret)] == [4] * 3
    settle(*everyone)
    assert [held(device) for device in everyone] == [[]] * 4
    assert [conflicts(device) for device in everyone] == [[]] * 4
    came = {}
    for device in everyone:
        with device.store.read() as session:
            came[device.member] = visit_follow_ups.of_visit(session, visit)
            assert visit_walk.intact(session, visit)
    with officer.store.read() as session:
        assert visit_concerns.passed_on(session, visit) and not visit_concerns.waiting(session)
    told = {one.key: one.reference for one in came[officer.member]}
    assert "asb_what" in told and {one.key for one in came[colleague.member]} == told.keys() - {"asb_what"}
    assert all(one.reference == told[one.key] for one in came[colleague.member])
    for device in (colleague, manager):  # a manager may be a friend of whom it is about
        assert all(words not in raw(device) for words in ("QUAIL", "They told", "passed_on"))
    with lead.store.read() as session:
        (concern,) = visit_concerns.waiting(session)
    assert concern.words == ("They told me", WHISPER) and concern.by == "R. Adeyemi"
    with lead.store.write("took it") as session:
        case = visit_concerns.take(session, visit)
    settle(*everyone)
    assert [held(device) for device in everyone] == [[]] * 4
    for device in (officer, colleague, manager):
        assert "QUAIL" not in raw(device)  # gone from the disk of who wrote it, too
    with lead.store.read() as session:
        assert WHISPER in visit_concerns.case(session, case).summary
    with officer.store.read() as session:
        assert visit_concerns.passed_on(session, visit)
    with office_app.office.writing() as connection:  # the lead needs a second pair of eyes
        cases.name(connection, office_app.office, lead.member, case, manager.member)
    settle(manager)
    staff.act_as(manager.store, manager.member)
    for _ in range(2):  # once an hour is enough
        with manager.store.write("looked", undoable=False) as session:
            visit_concerns.looked(session, case)
    settle(manager, lead)
    with lead.store.read() as session:
        assert [who for _, who in visit_concerns.case(session, case).looks] == ["Grace Bell"]
    with office_app.office.reading() as connection:
        fetched = select(Audit.who).where(Audit.what == "case.fetch", Audit.about.startswith(str(case)))
        assert manager.member in set(connection.scalars(fetched))
    with manager.store.read() as session:
        assert WHISPER in visit_concerns.case(session, case).summary
        assert [one.card.id for one in visit_approval.queue(session)] == [visit]
    with manager.store.write("looked at") as session:
        visit_approval.approve(session, visit)
    settle(*everyone)
    with officer.store.read() as session:
        assert visit_approval.of_visit(session, visit).by == "Grace Bell" and visit_walk.intact(
            session, visit
        )
    shared = ("visit", "visit_answer", "repair", "hazard_case", "adaptation", "referral", "clock")
    assert all(state(officer)[table] == state(manager)[table] for table in shared)


def test_a_whisper_comes_to_no_device_that_joined_in_its_writer_s_name_and_leaves_their_own(
    joined: Joining, office_app: OfficeApp, tmp_path: Path
) -> None:
    """Who makes a code for a colleague can join as them; what that colleague heard at a door is not for them."""
    manager = joined(Role.MANAGER, "Grace Bell")
    _, estate_id, home_id = a_home(manager)
    officer = joined(Role.TENANCY_OFFICER, "R. Adeyemi", estates=[estate_id])
    lead = joined(Role.SAFEGUARDING_LEAD, "P. Shah", estates=[estate_id])
    trusted(office_app, lead)
    settle(officer, lead)
    for device in (officer, lead):
        staff.act_as(device.store, device.member)
    visit = sealed(officer, home_id)
    settle(officer, lead)
    assert held(officer) == [] and WHISPER in raw(lead)
    assert WHISPER in raw(officer), "the office may yet be put back: until its backup has them they stay"
    posing = joined(member=officer.member)
    settle(posing)
    with posing.store.read() as session:
        assert session.get(Visit, visit) is not None, "the visit itself is ordinary work"
    assert all(words not in raw(posing) for words in ("QUAIL", "They told", "passed_on"))
    backup.make(office_app.office, tmp_path / "copies")
    settle(officer, posing)
    assert "QUAIL" not in raw(officer) and WHISPER in raw(lead)
    with officer.store.read() as session:
        assert visit_concerns.passed_on(session, visit) and visit_walk.intact(session, visit)
