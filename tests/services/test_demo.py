"""The demo landlord: real-looking, the same for the same seed, sound in every record, and full for its caretaker."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import func, select

from tests.conftest import Workspace
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import (
    DefectState,
    JobStatus,
    RepairStatus,
    Role,
    Specialism,
    VisitStatus,
    Waiting,
)
from watmos_desktop.models.tables import (
    SYNCED,
    AccessAttempt,
    Answer,
    Attachment,
    Clock,
    Defect,
    DefectSighting,
    Home,
    Inspection,
    Job,
    Outbox,
    Person,
    Repair,
    RepairFeedback,
    RepairUpdate,
    Schedule,
    Staff,
    Visit,
)
from watmos_desktop.services import (
    appointments,
    contractors,
    demo,
    hazard_doubles,
    hazard_list,
    hazard_view,
    lone_working,
    promises,
    repair_timeline,
    repairs,
    schedules,
    signing,
    specialists,
    staff,
    templates,
    today,
    visit_approval,
    visit_concerns,
    visit_figures,
    visit_follow_ups,
    visit_notice,
    visit_officers,
    visit_walk,
    visits,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo import contracted, pictures
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports import visit_collect, visit_resident
from watmos_desktop.services.store import Store


@pytest.fixture(scope="module")
def landlord(empty_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A small demo landlord, made once; tests only look."""
    store = empty_workspace.open(tmp_path_factory.mktemp("demo") / "workspace", FakeClock())
    demo.make(store, 150, 0.5, 7)
    staff.act_as(store, "Helen Ward")
    yield store
    store.close()


def counted(store: Store, model: type, *where: object) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


def test_it_has_what_was_asked_for_and_nothing_to_send(landlord: Store) -> None:
    assert counted(landlord, Home) == 150
    assert counted(landlord, Outbox) == 0
    with landlord.read() as session:
        assert set(session.scalars(select(Staff.role))) == set(Role)


def test_names_come_in_many_scripts(landlord: Store) -> None:
    with landlord.read() as session:
        text = " ".join(session.scalars(select(Person.name)))
    for script in ("Łł", "ਕਗ", "বম", "اح", "ãçõ"):
        assert any(sign in text for sign in script), script


def test_the_caretaker_has_a_full_day(landlord: Store) -> None:
    staff.act_as(landlord, demo.FIRST)
    with landlord.read() as session:
        page = today.get(session)
    staff.act_as(landlord, "Helen Ward")
    words = " ".join(card.due.text for card in page.cards)
    assert len(page.cards) >= 6
    assert "late" in words and "Due today" in words


def test_every_signed_record_has_its_true_seal(landlord: Store) -> None:
    assert counted(landlord, Inspection, Inspection.checksum == "") == 0
    with landlord.read() as session:
        assert signing.broken_seals(session) == []
    grades = {"A", "B", "C"}
    with landlord.read() as session:
        assert grades <= set(session.scalars(select(Inspection.grade)))


def test_answers_are_those_of_the_form_and_whole(landlord: Store) -> None:
    with landlord.read() as session:
        for inspection in session.scalars(select(Inspection).limit(60)):
            template = templates.get(inspection.template_key, inspection.template_version)
            rows = session.scalars(select(Answer).where(Answer.inspection_id == inspection.id)).all()
            officer = [row for row in rows if row.scorer == "officer"]
            assert {row.item_key for row in officer} == {item.key for item in template.items}
            for row in rows:
                item = template.item(row.item_key)
                assert bool(row.value) != bool(row.not_scored)
                assert not (row.bulk and item.safety_critical)
                if row.value:
                    item.grade_of(row.value)
                if row.phrase_key:
                    assert row.value == item.value_of(item.phrase(row.phrase_key))


def test_defects_repairs_and_clocks_agree(landlord: Store) -> None:
    with landlord.read() as session:
        for defect, repair in session.execute(
            select(Defect, Repair).outerjoin(Repair, Defect.repair_id == Repair.id)
        ):
            seen = session.scalars(
                select(DefectSighting.outcome).where(DefectSighting.defect_id == defect.id)
            ).all()
            assert (defect.state is DefectState.FIXED) == ("fixed" in seen) == (defect.fixed_at is not None)
            assert seen.count("new") == 1
            if repair is not None and defect.fixed_at:
                assert repair.completed_at and repair.completed_at < defect.fixed_at
        for repair in session.scalars(select(Repair)):
            assert (repair.status is RepairStatus.COMPLETED) == (repair.completed_at is not None)
            if repair.status is RepairStatus.SIGNPOSTED:
                continue
            running = session.scalars(select(Clock).where(Clock.owner_id == repair.id)).all()
            assert repair.due_at in {clock.due_at for clock in running}
            assert repair.reported_at < repair.due_at and repair.reported_at < NOW
    for state in (RepairStatus.COMPLETED, RepairStatus.ORDERED):
        assert counted(landlord, Repair, Repair.status == state)
    assert counted(landlord, Repair, Repair.completed_at.is_(None), Repair.due_at < NOW)


def test_repairs_in_homes_are_told_left_in_silence_asked_and_called_back(landlord: Store) -> None:
    at_home = (Repair.home_id.is_not(None),)
    assert counted(landlord, Repair, *at_home, Repair.status == RepairStatus.SIGNPOSTED)
    assert counted(landlord, Repair, *at_home, Repair.recall_of.is_not(None))
    assert counted(landlord, RepairFeedback, RepairFeedback.score.is_not(None))
    with landlord.read() as session:
        asked = session.scalars(select(Repair.id).where(*at_home))
        stories = [repair_timeline.of(session, repair_id) for repair_id in asked]
        assert any(one.silence for one in stories) and any(one.owed for one in stories)
        for update in session.scalars(select(RepairUpdate)):
            row = session.get_one(Repair, update.repair_id)
            assert row.last_told_at is not None and update.told_at <= row.last_told_at <= NOW
            assert row.reported_at <= update.told_at


def test_the_lists_of_repairs_have_something_to_do(landlord: Store) -> None:
    with landlord.read() as session:
        chips = repairs.chips(session, repairs.Filter())
        ordered = session.scalars(select(Job.ordered_at)).all()
    assert chips["state_open"] >= 15
    assert chips["mark_emergency"] and chips["state_overdue"] and chips["mark_silent"]
    assert sum(8 <= at.astimezone(LONDON).hour < 18 for at in ordered) > 0.9 * len(ordered)  # not at night


def test_schedules_stand_where_their_last_walk_left_them(landlord: Store) -> None:
    with landlord.read() as session:
        for row in session.scalars(select(Schedule)):
            strict = templates.load_all()[row.template_key].every.strict
            cadence = schedules.Cadence(row.every_weeks, row.every_months, strict)
            assert row.due_on == schedules.due_after(cadence, row.starts_on, row.last_done_on)
            last = session.scalar(
                select(func.max(Inspection.finished_at)).where(Inspection.schedule_id == row.id)
            )
            assert (last.date() if last else None) == row.last_done_on


def test_photos_are_there_and_are_pictures(landlord: Store) -> None:
    with landlord.read() as session:
        rows = session.execute(
            select(Attachment.sha256, Attachment.width, Attachment.height).distinct()
        ).all()
    assert 4 <= len(rows) <= 40
    for sha256, width, height in rows:
        assert Image.open(io.BytesIO(landlord.blobs.get(sha256))).size == (width, height)


def test_the_same_seed_gives_the_same_landlord(empty_workspace: Workspace, tmp_path: Path) -> None:
    found = []
    for n, seed in enumerate((3, 3, 4)):
        store = empty_workspace.open(tmp_path / str(n), FakeClock())
        demo.make(store, 40, 0.15, seed)
        with store.read() as session:
            rows = {
                table: sorted(map(str, session.execute(select(model.id, model.stamps)).all()))
                for table, model in SYNCED.items()
            }
            rows["seals"] = sorted(session.scalars(select(Inspection.checksum)))
            rows["names"] = sorted(session.scalars(select(Person.name)))
        found.append(rows)
        store.close()
    assert found[0] == found[1]
    assert found[0] != found[2]


@pytest.mark.parametrize(("homes", "years"), [(0, 1), (20_001, 1), (10, 0), (10, 9), (10, -1)])
def test_numbers_that_no_landlord_has_are_told(store: Store, homes: int, years: float) -> None:
    with pytest.raises(Told, match="A demo has"):
        demo.make(store, homes, years, 1)
    assert counted(store, Home) == 0


def test_a_workspace_in_use_is_left_alone(landlord: Store) -> None:
    with pytest.raises(Told, match="estates in this workspace"):
        demo.make(landlord, 10, 1, 1)
    assert counted(landlord, Home) == 150


def test_each_scene_shows_the_same_place_with_and_without_its_defect() -> None:
    for scene in pictures.SCENES:
        sound, wrong, elsewhere = (
            pictures.draw(scene, 0, wrong=False),
            pictures.draw(scene, 0, wrong=True),
            pictures.draw(scene, 1, wrong=False),
        )
        assert len({sound, wrong, elsewhere}) == 3
        assert sound == pictures.draw(scene, 0, wrong=False)


def test_every_item_of_every_form_has_a_scene() -> None:
    for template in templates.load_all().values():
        for area in template.areas:
            assert {pictures.scene_of(item.key, area.key) for item in area.items} <= set(pictures.SCENES)


def test_hazard_cases_stand_in_every_state_with_the_clocks_of_the_law(landlord: Store) -> None:
    with landlord.read() as session:
        counts = {state: hazard_list.count(session, state) for state in hazard_list.STATES}
        details = [hazard_view.get(session, one.id) for one in hazard_list.page(session)]
        assert len(hazard_doubles.waiting(session)) == 1  # one pair to decide
    assert all(
        counts[state] for state in ("open", "overdue", "soon", "emergency", "look", "unsafe", "prevent")
    )
    assert {one.next for one in details} >= {
        hazard_view.Next.LOOK,
        hazard_view.Next.SUMMARY,
        hazard_view.Next.PREVENT,
        hazard_view.Next.CLOSE,
    }
    for one in details:
        for clock in one.clocks:
            assert clock.due_at == promises.due(clock.key, clock.started_at).due_at


def test_every_trade_has_a_contractor_who_may_be_sent_and_orders_that_stand(landlord: Store) -> None:
    names = contracted.of_trade()
    with landlord.read() as session:
        firms = {one.name: one for one in contractors.listed(session)}
        coming = appointments.coming(session, NOW.date(), NOW.date() + timedelta(days=14))
        jobs = session.scalars(select(Job)).all()
        tried = session.scalars(select(AccessAttempt)).all()
        waiting = session.scalars(select(Repair).where(Repair.waiting == Waiting.ACCESS)).all()
        repairs_ = {one.id: one for one in session.scalars(select(Repair))}
    for trade, name in names.items():
        needed = {need.specialism for need in specialists.needs(trade)}
        assert trade in firms[name].trades and needed <= set(firms[name].specialisms)
    assert {one for firm in firms.values() for one in firm.specialisms} == set(Specialism)
    assert len(jobs) > 10 and len(coming) > 3
    assert {one.repair_id for one in tried} == {one.id for one in waiting}
    for job in jobs:
        repair = repairs_[job.repair_id]
        assert repair.reported_at < job.ordered_at <= (repair.completed_at or NOW)
        assert (job.status is JobStatus.DONE) is (repair.status is RepairStatus.COMPLETED)
        assert repair.contractor in firms


def test_visits_found_something_and_their_records_are_sound(landlord: Store) -> None:
    staff.act_as(landlord, _one(landlord, Role.MANAGER))
    with landlord.read() as session:
        done = list(session.scalars(select(Visit.id).where(Visit.checksum != "")))
        assert len(done) == 6 and all(visit_walk.intact(session, one) for one in done)
        assert len(visit_approval.queue(session)) == 2
        came = [each for one in done for each in visit_follow_ups.of_visit(session, one)]
        assert {"Referral", "Adaptation", "To do"} <= {visit_follow_ups.KIND_WORDS[one.kind] for one in came}
        assert sum(one.waits for one in came) == 3
        for one in done:
            assert visit_resident.render(visit_collect.resident(session, one)).startswith(b"%PDF")
    staff.act_as(landlord, _one(landlord, Role.SAFEGUARDING_LEAD))
    with landlord.read() as session:
        assert len(visit_concerns.waiting(session)) == 1


def test_the_week_of_who_visits_is_planned_told_tried_and_walked_alone(landlord: Store) -> None:
    """Every page of visits has something to show, and nothing in it is out of order."""
    staff.act_as(landlord, _one(landlord, Role.TENANCY_OFFICER))
    with landlord.read() as session:
        now = landlord.clock.now()
        mine = visits.week(
            session, now.date() - timedelta(days=now.weekday()), [landlord.actor.staff_id or UUID(int=0)]
        )
        planned = [one for one in mine if one.status is VisitStatus.PLANNED]
        assert len(planned) >= 8 and len(
            {(one.planned_on, one.start, one.officer) for one in planned}
        ) == len(planned)
        notices = [visit_notice.notice(session, one.id) for one in planned]
        assert sum(one.knows for one in notices) >= 5 and any(one.moved for one in notices)
        assert any(not one.told for one in notices)
        assert max(len(visits.get(session, one.id).attempts) for one in planned) == 4
        out = lone_working.on_day(session)
        assert any(one.checks for one in out) and not any(one.standing.pressing for one in out)
        assert (visit_figures.get(session).mean or 0) > 1
        assert all(one.languages for one in visit_officers.team(session))
    staff.act_as(landlord, "Helen Ward")


def _one(store: Store, role: Role) -> UUID:
    with store.read() as session:
        found = session.scalars(select(Staff.id).where(Staff.role == role).order_by(Staff.name)).first()
    assert found is not None
    return found
