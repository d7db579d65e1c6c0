"""Records lie where what they belong to lies, and go along when it moves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from tests.office.sending import AT, Sender, Town, here, lies, member, record, repair, town
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.sync import lying
from watmos_office import buckets, records
from watmos_office.buckets import NOWHERE, Key
from watmos_office.office import Office
from watmos_office.records import Change
from watmos_office.tables import Member, Place, Record, RowBucket

APPLIED = ("applied", "")


@pytest.fixture
def small(office: Office) -> Town:
    return town(office)


@pytest.fixture
def manager(office: Office, small: Town) -> Sender:
    return member(office, Role.MANAGER)


@pytest.fixture
def officer(office: Office, small: Town) -> Sender:
    return member(office, Role.TENANCY_OFFICER, estates=small.estates)


def agrees(office: Office) -> None:
    """Every record lies where the rules, asked one by one, say that it lies."""
    with office.reading() as connection:
        held: dict[tuple[str, UUID], set[str]] = {}
        for row in connection.execute(select(RowBucket).where(RowBucket.present.is_(True))):
            held.setdefault((row.tbl, row.rid), set()).add(row.bucket)
        for row in connection.execute(select(Record.tbl, Record.rid, Record.data)).all():
            said = buckets.of(connection, row.tbl, row.rid, row.data)
            assert held.get((row.tbl, row.rid), set()) == said, row.tbl


def household(small: Town, me: Sender, home: int) -> list[dict[str, Any]]:
    """A person with a tenancy of a home."""
    tenancy = me.new(
        "tenancy",
        {"home_id": str(small.homes[home]), "code": "T1", "kind": "starter", "started_on": "2026-11-23"},
    )
    person = me.new("person", {"name": "Ada Hart"})
    belongs = me.new("household_member", {"tenancy_id": tenancy["rid"], "person_id": person["rid"]})
    return [person, tenancy, belongs]


def rid(op: dict[str, Any]) -> UUID:
    return UUID(op["rid"])


def test_every_table_has_its_place() -> None:
    """A table that is added without a rule would reach nobody."""
    owned = buckets.OWNED | lying.INHERITS.keys()
    data = {"estate_id": "e", "block_id": "b", "staff_id": "s", "case_id": "c"}

    class Nothing:
        def buckets(self, key: Key) -> frozenset[str]:
            return NOWHERE

        def blocks(self, estate_id: str) -> list[str]:
            return []

        def households(self, person_id: str) -> frozenset[str]:
            return NOWHERE

        def author(self, key: Key) -> str:
            return "a"

    nowhere = {table for table in SYNCED if not buckets.place(Nothing(), table, "r", data)}
    assert nowhere == owned


def test_places_lie_in_themselves_and_an_estate_in_its_blocks_too(office: Office, small: Town) -> None:
    one, two = small.blocks[:2]
    estate = small.estates[0]
    assert here(office, "estate", estate) == {f"estate:{estate}", f"block:{one}", f"block:{two}"}
    assert here(office, "block", one) == here(office, "home", small.homes[0]) == {f"block:{one}"}
    agrees(office)


def test_a_walk_that_moves_takes_all_along(office: Office, small: Town, manager: Sender) -> None:
    fields = {
        "reference": "I-1",
        "template_key": "block_weekly",
        "template_version": 1,
        "estate_id": str(small.estates[0]),
        "block_id": str(small.blocks[0]),
        "place_key": str(small.blocks[0]),
        "started_at": AT,
        "started_by": str(manager.member_id),
    }
    walk = manager.new("inspection", fields)
    reply = manager.new("answer", {"inspection_id": walk["rid"], "item_key": "lights", "answered_at": AT})
    defect_fields = {
        "reference": "D-1",
        "place_key": str(small.blocks[0]),
        "template_key": "t",
        "area_key": "a",
    }
    defect = manager.new(
        "defect",
        {**defect_fields, "item_key": "i", "title": "x", "inspection_id": walk["rid"], "seen_at": AT},
    )
    photo = manager.new("attachment", photo_of("defect", defect["rid"], manager))
    assert manager.send(walk, reply, defect, photo) == [APPLIED] * 4
    moved = manager.op(
        "inspection",
        rid(walk),
        {
            "estate_id": str(small.estates[1]),
            "block_id": str(small.blocks[2]),
            "place_key": str(small.blocks[2]),
        },
    )
    assert manager.send(moved) == [APPLIED]
    for op in (walk, reply, defect, photo):
        assert lies(office, op["tbl"], rid(op)) == {
            f"block:{small.blocks[0]}": False,
            f"block:{small.blocks[2]}": True,
        }
    assert record(office, "answer", rid(reply)).echo is None  # whoever wrote it may have let it go
    agrees(office)


def photo_of(table: str, owner: str, me: Sender) -> dict[str, Any]:
    return {
        "owner_table": table,
        "owner_id": owner,
        "sha256": "ab" * 32,
        "size": 1,
        "width": 1,
        "height": 1,
        "taken_at": AT,
        "added_by": str(me.member_id),
    }


def test_a_person_lies_with_their_homes_and_with_nobody_before(
    office: Office, small: Town, officer: Sender
) -> None:
    person, tenancy, belongs = household(small, officer, 0)
    officer.send(person)
    assert here(office, "person", rid(person)) == {f"user:{officer.member_id}"}
    assert officer.send(tenancy, belongs) == [APPLIED, APPLIED]
    assert lies(office, "person", rid(person)) == {
        f"user:{officer.member_id}": False,
        f"block:{small.blocks[0]}": True,
    }
    again = household(small, officer, 3)
    again[2]["set"]["person_id"] = person["rid"]
    assert officer.send(*again[1:]) == [APPLIED, APPLIED]
    both = {f"block:{small.blocks[0]}", f"block:{small.blocks[3]}"}
    assert here(office, "person", rid(person)) == both
    officer.send(officer.op("household_member", rid(belongs), {}, "delete"))
    assert here(office, "person", rid(person)) == {f"block:{small.blocks[3]}"}
    officer.send(officer.op("household_member", rid(again[2]), {}, "delete"))
    assert here(office, "person", rid(person)) == both  # who left the last home is not lost
    agrees(office)


def test_a_home_that_moves_takes_its_household_and_its_people_along(
    office: Office, small: Town, officer: Sender
) -> None:
    ops = household(small, officer, 0)
    officer.send(*ops)
    elsewhere = {"estate_id": str(small.estates[1]), "block_id": str(small.blocks[2])}
    assert officer.send(officer.op("home", small.homes[0], elsewhere)) == [APPLIED]
    for op in ops:
        assert here(office, op["tbl"], rid(op)) == {f"block:{small.blocks[2]}"}
    agrees(office)


def test_who_sees_a_person_at_one_home_may_write_but_not_take_them_from_another(
    office: Office, small: Town, officer: Sender
) -> None:
    here_only = member(office, Role.TENANCY_OFFICER, estates=small.estates[:1])
    person, tenancy, belongs = household(small, officer, 0)
    other = household(small, officer, 2)
    other[2]["set"]["person_id"] = person["rid"]
    officer.send(person, tenancy, belongs, *other[1:])
    assert here_only.send(here_only.op("person", rid(person), {"phone": "0300"})) == [APPLIED]
    gone = here_only.op("household_member", rid(other[2]), {}, "delete")
    assert here_only.send(gone) == [("quarantined", "scope")]


def test_an_estate_that_is_new_is_its_makers_and_a_block_moves_between_both(
    office: Office, small: Town, manager: Sender
) -> None:
    local = member(office, Role.MANAGER, estates=small.estates[:1])
    estate, block = uuid7(), uuid7()
    ops = [
        manager.new("estate", {"code": "E9", "name": "New"}, estate),
        manager.new("block", {"estate_id": str(estate), "code": "B9", "name": "New"}, block),
    ]
    ops.append(
        manager.new("repair", {**repair(small, manager), "estate_id": str(estate), "block_id": str(block)})
    )
    assert manager.send(*ops) == [APPLIED] * 3
    assert here(office, "estate", estate) == {f"estate:{estate}", f"block:{block}"}
    assert local.send(local.new("estate", {"code": "E8", "name": "Mine"})) == [("quarantined", "scope")]
    taken = local.op("block", block, {"estate_id": str(small.estates[0])})
    given = local.op("block", small.blocks[0], {"estate_id": str(small.estates[1])})
    assert local.send(taken, given) == [("quarantined", "scope")] * 2

    grown = grant_versions(office)
    moved = manager.op("block", block, {"estate_id": str(small.estates[0])})
    assert manager.send(moved) == [APPLIED]
    assert here(office, "estate", estate) == {f"estate:{estate}"}
    assert f"block:{block}" in here(office, "estate", small.estates[0])
    with office.reading() as connection:
        assert connection.scalar(select(Place.estate_id).where(Place.block_id == block)) == small.estates[0]
    after = grant_versions(office)
    assert after[local.member_id] == grown[local.member_id] + 1
    assert after[manager.member_id] == grown[manager.member_id] + 1
    agrees(office)


def grant_versions(office: Office) -> dict[UUID, int]:
    with office.reading() as connection:
        return {row.id: row.grant_v for row in connection.execute(select(Member.id, Member.grant_v))}


def test_what_a_refused_action_moved_is_where_it_was(office: Office, small: Town, manager: Sender) -> None:
    before = {
        table: here(office, *table) for table in (("home", small.homes[0]), ("estate", small.estates[0]))
    }
    move = {"estate_id": str(small.estates[1]), "block_id": str(small.blocks[2])}
    ops = [
        manager.op("home", small.homes[0], move),
        manager.op("block", small.blocks[1], {"estate_id": str(small.estates[1])}),
        manager.new("repair", repair(small, manager, block_id=str(uuid7()))),
    ]
    assert manager.send(*ops, together=True)[2] == ("quarantined", "scope")
    assert {table: here(office, *table) for table in before} == before
    agrees(office)


def test_the_office_writes_many_records_in_any_order_and_changes_them(office: Office, small: Town) -> None:
    home, tenancy, person, belongs = (uuid7() for _ in range(4))
    changes = [
        Change("household_member", belongs, {"tenancy_id": str(tenancy), "person_id": str(person)}),
        Change("person", person, {"name": "Ada Hart"}),
        Change(
            "tenancy",
            tenancy,
            {"home_id": str(home), "code": "T", "kind": "secure", "started_on": "2020-01-01"},
        ),
        Change("home", home, {"estate_id": str(small.estates[0]), "code": "H9", "address": "9 Weir House"}),
    ]
    with office.writing() as connection:
        assert records.write_all(connection, office, changes) == 4
    assert here(office, "person", person) == {f"estate:{small.estates[0]}"}
    with office.writing() as connection:
        records.write_all(connection, office, [Change("home", home, {"block_id": str(small.blocks[1])})])
        records.write_all(connection, office, [Change("person", person, deleted=True)])
    assert here(office, "person", person) == {f"block:{small.blocks[1]}"}
    row = record(office, "home", home)
    assert (row.data["address"], row.newest[16:]) == ("9 Weir House", "0ff1ce00")
    assert record(office, "person", person).deleted
    agrees(office)
