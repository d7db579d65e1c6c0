"""What waits is kept with its content, can be tried again, and is never deleted."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select
from uuid_utils.compat import uuid7

from tests.office.sending import Sender, Town, disable, member, moment, record, repair, town
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.sync import wire
from watmos_office import quarantine, reviews
from watmos_office.errors import Answer
from watmos_office.office import Office
from watmos_office.tables import Grant, Op, Quarantine

WAITS = ("quarantined", "scope")


@pytest.fixture
def small(office: Office) -> Town:
    return town(office)


@pytest.fixture
def officer(office: Office, small: Town) -> Sender:
    return member(office, Role.CARETAKER, estates=small.estates[:1])


def let_in(office: Office, sender: Sender, estate: UUID) -> None:
    with office.writing() as connection:
        row = {"id": uuid7(), "member_id": sender.member_id, "estate_id": estate}
        at = moment("2026-11-23T10:00:00+00:00")
        connection.execute(insert(Grant).values(**row, block_id=None, from_at=at, to_at=None))


def test_released_work_is_taken_as_its_authors_with_the_whole_action(
    office: Office, small: Town, officer: Sender
) -> None:
    ops = [officer.new("repair", repair(small, officer, block)) for block in (0, 2)]
    assert officer.send(*ops, together=True) == [("quarantined", "txn"), WAITS]
    first = UUID(ops[0]["id"])
    assert {result[1:] for result in quarantine.release(office, first, None)} == {
        ("quarantined", "txn"),
        WAITS,
    }
    let_in(office, officer, small.estates[1])
    results = quarantine.release(office, first, None)
    assert [result[1:] for result in results] == [("applied", "")] * 2
    assert record(office, "repair", UUID(ops[1]["rid"])).author == officer.member_id
    with office.reading() as connection:
        assert quarantine.listing(connection) == []
        assert len(quarantine.listing(connection, state="released")) == 2
        assert set(connection.scalars(select(Op.status))) == {"applied"}
    body = officer.body(ops, first_n=1)
    with pytest.raises(Answer):
        quarantine.release(office, first, None)
    assert len(body["ops"]) == 2


def test_a_device_that_asks_again_learns_that_its_work_was_released(
    office: Office, small: Town, officer: Sender
) -> None:
    op = officer.new("repair", repair(small, officer, 2))
    body = officer.body([op])
    assert officer.deliver(body) == [WAITS]
    assert officer.deliver(body) == [WAITS]
    let_in(office, officer, small.estates[1])
    quarantine.release(office, UUID(op["id"]), None)
    assert officer.deliver(body) == [("duplicate", "")]


def test_who_releases_may_answer_for_it_but_the_words_stay_their_authors(
    office: Office, small: Town, officer: Sender
) -> None:
    manager = member(office, Role.MANAGER)
    disable(office, officer, "drain")
    op = officer.new("repair", repair(small, officer, 2))
    assert officer.send(op) == [("quarantined", "drain")]
    assert quarantine.release(office, UUID(op["id"]), None)[0][1:] == WAITS
    assert quarantine.release(office, UUID(op["id"]), manager.member_id)[0][1:] == ("applied", "")
    row = record(office, "repair", UUID(op["rid"]))
    assert (row.author, row.data["reported_by"]) == (officer.member_id, str(officer.member_id))
    with office.reading() as connection:
        assert connection.scalar(select(Quarantine.decided_by)) == manager.member_id


def test_dismissed_work_is_kept(office: Office, small: Town, officer: Sender) -> None:
    op = officer.new("repair", repair(small, officer, 2))
    officer.send(op)
    with office.writing() as connection:
        quarantine.dismiss(connection, office, UUID(op["id"]), officer.member_id)
    with office.reading() as connection:
        (kept,) = quarantine.listing(connection, state="dismissed")
        assert quarantine.fields(connection, officer.caller.actor, kept.op_id)["title"] == "Lamp out"
    with pytest.raises(Answer), office.writing() as connection:
        quarantine.dismiss(connection, office, UUID(op["id"]), officer.member_id)
    with pytest.raises(Answer):
        quarantine.release(office, UUID(op["id"]), None)


def test_held_content_shows_nobody_more_than_the_record_would(office: Office, small: Town) -> None:
    lead = member(office, Role.SAFEGUARDING_LEAD, estates=small.estates[:1])
    fields = {"kind": "domestic_abuse", "title": "x", "opened_by": str(lead.member_id)}
    case = lead.new("restricted_case", fields, uuid4())  # without the moment it was opened: not whole
    late = lead.new("repair", repair(small, lead, 2))
    assert lead.send(case, late) == [("quarantined", "bad_value"), WAITS]
    administrator, other = Actor(uuid7(), "", Role.ADMINISTRATOR), Actor(uuid7(), "", Role.SAFEGUARDING_LEAD)
    named = Actor(uuid7(), "", Role.SAFEGUARDING_LEAD, cases=frozenset({UUID(case["rid"])}))
    with office.reading() as connection:
        for actor in (administrator, other):
            assert quarantine.fields(connection, actor, UUID(case["id"])) == {}
        assert quarantine.fields(connection, named, UUID(case["id"]))["title"] == "x"
        assert quarantine.fields(connection, lead.caller.actor, UUID(case["id"]))["title"] == "x"
        assert quarantine.fields(connection, administrator, UUID(late["id"])) == {}
        with pytest.raises(Answer):
            quarantine.fields(connection, named, uuid7())


def test_what_came_from_a_newer_program_is_taken_after_the_upgrade(
    office: Office, small: Town, officer: Sender
) -> None:
    op = officer.new("repair", repair(small, officer))
    with pytest.MonkeyPatch.context() as older:
        older.delitem(SYNCED, "repair")
        assert officer.send(op) == [("quarantined", "unknown_table")]
        assert quarantine.replay(office) == 0
    assert quarantine.replay(office) == 1
    assert record(office, "repair", UUID(op["rid"])).data["title"] == "Lamp out"
    assert quarantine.replay(office) == 0


def test_that_happens_once_at_the_start_after_an_update(office: Office, small: Town, officer: Sender) -> None:
    op = officer.new("repair", repair(small, officer))
    with pytest.MonkeyPatch.context() as older:
        older.delitem(SYNCED, "repair")
        older.setattr(wire, "SCHEMA", "0001")
        assert officer.send(op) == [("quarantined", "unknown_table")]
        assert quarantine.after_update(office) == 0
    assert quarantine.after_update(office) == 1
    assert record(office, "repair", UUID(op["rid"])).data["title"] == "Lamp out"
    with pytest.MonkeyPatch.context() as never:
        never.setattr(quarantine, "replay", None)
        assert quarantine.after_update(office) == 0


def test_a_photo_and_the_words_of_an_ambassador_wait_until_someone_looked(
    office: Office, small: Town
) -> None:
    neighbour = member(office, Role.AMBASSADOR, blocks=[(small.estates[0], small.blocks[0])])
    op = neighbour.new("repair", repair(small, neighbour, description="Ask Mrs Hart"))
    neighbour.send(op)
    key = ("repair", op["rid"])
    held = [f"block:{small.blocks[0]}"]
    with office.writing() as connection:
        assert [one.field for one in reviews.waiting(connection, held)] == ["description", "title"]
        assert reviews.waiting(connection, [f"block:{small.blocks[1]}"]) == []
        reviews.decide(connection, office, uuid7(), key, "title", reviews.Verdict.FINE, held)
        assert [one.field for one in reviews.waiting(connection, held)] == ["description"]
        with pytest.raises(Answer):
            reviews.decide(connection, office, uuid7(), key, "title", reviews.Verdict.FINE, held)
    neighbour.send(neighbour.op("repair", UUID(op["rid"]), {"title": "Lamp out again"}))
    with office.reading() as connection:
        assert len(reviews.waiting(connection, held)) == 2
