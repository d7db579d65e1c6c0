"""Lists of repairs: exact counts that triggers keep, and pages that are the list, wherever they are cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from tests import build
from tests.conftest import MANAGER
from tests.fakes import NOW, FakeClock
from watmos_desktop.models.kinds import Priority, RepairStatus, Role, Trade, Waiting
from watmos_desktop.models.tables import Block, Estate, Repair, RepairTally
from watmos_desktop.services import repair_care, repair_listing, repairs
from watmos_desktop.services.references import reference
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.services.store import Store

COUNT = 800
STATES = repair_listing.STATES
SORTS = tuple(f"{turned}{sort}" for sort in repair_listing.SORTS for turned in ("", "-"))
INDEXED = ("open", "overdue", "today", "emergency", "hazard", "waiting", "silent", "done")


@pytest.fixture
def many(store: Store) -> Store:
    """Some repairs in three blocks of two estates, in a home and on their grounds."""
    random = Random(20261123)
    with store.write("places") as session:
        one, two = build.an_estate(session), build.an_estate(session)
        blocks: list[Block | None] = [
            build.a_block(session, one),
            build.a_block(session, one),
            build.a_block(session, two),
            None,
        ]
        staff, home = build.a_staff(session), build.a_home(session, blocks[0]).id
    with store.apply() as connection:
        rows = [a_row(random, one, random.choice(blocks), staff.id) for _ in range(COUNT)]
        for row in random.sample([row for row in rows if row["block_id"] == blocks[0].id], 100):  # type: ignore[union-attr]
            row["home_id"] = home
        connection.execute(Repair.__table__.insert(), rows)  # type: ignore[attr-defined]
    return store


def a_row(random: Random, estate: Estate, block: Block | None, staff: object) -> dict[str, Any]:
    number = uuid7()
    return {
        "id": number,
        "deleted": random.random() < 0.05,
        "stamps": {},
        "reference": reference("R", number),
        "estate_id": block.estate_id if block else estate.id,
        "block_id": block.id if block else None,
        "area_key": random.choice(("", "stairs")),
        "home_id": None,
        "place": random.choice(("Stairs", "Lobby", "")),
        "title": random.choice(("Light out", "Gutter blocked", "Łatch loose")),
        "description": "",
        "trade": Trade.ELECTRICAL,
        "priority": random.choice(tuple(Priority)),
        "priority_reason": "",
        "status": random.choice(tuple(RepairStatus)),
        "reported_at": NOW - timedelta(hours=random.randrange(2000)),
        "reported_by": staff,
        "due_at": NOW + timedelta(hours=random.randrange(-500, 500)),
        "completed_at": NOW,
        "contractor": "",
        "hazard": random.choice(("", "", "damp_mould")),
        "waiting": random.choice((None, *Waiting)),
        "assigned_to": random.choice((None, staff, MANAGER.staff_id)),
        "last_told_at": random.choice((None, NOW - timedelta(days=random.randrange(30)))),
        "fixture": random.choice(("", "light", "gutter")),
    }


def test_the_tally_is_a_recount_whatever_happens(many: Store) -> None:
    random, table = Random(7), Repair.__table__
    with many.read() as session:
        ids = list(session.scalars(select(Repair.id)))
    changes: list[dict[str, Any]] = [
        {"status": RepairStatus.COMPLETED},
        {"status": RepairStatus.REPORTED, "priority": Priority.EMERGENCY},
        {"deleted": True},
        {"deleted": False, "hazard": "fire"},
        {"block_id": None},
        {"title": "no matter"},
    ]
    for _ in range(30):
        with many.apply() as connection:
            some = table.c.id.in_(random.sample(ids, random.choice((1, 7, 200))))
            connection.execute(table.update().where(some).values(random.choice(changes)))  # type: ignore[attr-defined]
    with many.apply() as connection:
        connection.execute(table.delete().where(table.c.id.in_(random.sample(ids, 50))))  # type: ignore[attr-defined]
    with many.read() as session:
        kept = {tuple(row[:5]): row[5] for row in session.execute(select(RepairTally.__table__)) if row[5]}
        columns = (Repair.estate_id, Repair.block_id, Repair.status, Repair.priority, Repair.hazard != "")
        counted = session.execute(select(*columns, func.count()).where(~Repair.deleted).group_by(*columns))
        nowhere = type(ids[0])(int=0)
        assert kept == {(row[0], row[1] or nowhere, *row[2:5]): row[5] for row in counted}
        assert len(kept) > 50


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CARETAKER, Role.AMBASSADOR, Role.ADMINISTRATOR])
def test_every_count_is_the_length_of_its_list(many: Store, role: Role) -> None:
    with many.read() as session:
        blocks = list(session.scalars(select(Block)))
        estates = list(session.scalars(select(Estate)))
    everywhere = role is Role.MANAGER
    many.actor = build.an_actor(
        role, estates=() if everywhere else estates[1:], blocks=() if everywhere else blocks[:1]
    )
    seen = 0
    with many.read() as session:
        for state in STATES:
            for block in (None, *blocks):
                for text in ("", "gutter", "latch l"):
                    wanted = repairs.Filter(state, text, block.id if block else None)
                    listed = repairs.page(session, wanted, 0, COUNT)
                    assert repairs.count(session, wanted) == len(listed), wanted
                    seen += len(listed)
    assert (seen == 0) == (role is Role.ADMINISTRATOR)


def test_a_statement_that_is_kept_is_asked_for_who_and_when_it_is_asked(
    many: Store, clock: FakeClock
) -> None:
    with many.read() as session:
        estates = list(session.scalars(select(Estate)))
        every = list(session.scalars(select(Repair).where(~Repair.deleted)))
        session.expunge_all()
    told = set()
    for days in (0, 3, 9):
        clock.set(NOW + timedelta(days=days))
        for mine in ([], estates[:1], estates[1:]):
            role = Role.CARETAKER if mine else Role.MANAGER
            many.actor = build.an_actor(role, estates=mine)
            places = {estate.id for estate in mine or estates}
            late = [row for row in every if row.estate_id in places and row.status in repairs.OPEN]
            late = [row for row in late if row.due_at < clock.now()]
            with many.read() as session:
                listed = repairs.page(session, repairs.Filter("overdue"), 0, COUNT)
                assert repairs.count(session, repairs.Filter("overdue")) == len(late)
            assert {card.id for card in listed} == {row.id for row in late}
            told.add(len(late))
    assert len(told) == 9


BY: dict[str, Callable[[RepairCard], Any]] = {
    "due": lambda card: card.due_at,
    "reported": lambda card: card.reported_at,
    "title": lambda card: card.title,
    "ref": lambda card: card.reference,
    "who": lambda card: card.who or "\U0010ffff",
    "priority": lambda card: list(Priority).index(card.priority),
}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(STATES),
    st.sampled_from(SORTS),
    st.integers(0, COUNT + 10),
    st.integers(0, 300),
    st.booleans(),
)
def test_a_page_is_a_part_of_the_list_from_either_end(
    many: Store, state: str, sort: str, offset: int, limit: int, far: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch, many.read() as session:
        patch.setattr(repairs, "_FAR", 0 if far else COUNT)
        whole = repairs.page(session, repairs.Filter(state), 0, COUNT, sort=sort)
        falling = sort.startswith("-")
        keys = [BY[sort.lstrip("-")](card) for card in whole]
        assert keys == sorted(keys, reverse=falling)
        if "ref" not in sort:
            ids = [(key, card.id) for key, card in zip(keys, whole, strict=True)]
            assert ids == sorted(ids, reverse=falling)
        assert (
            repairs.page(session, repairs.Filter(state), offset, limit, sort=sort)
            == whole[offset : offset + limit]
        )


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(STATES),
    st.frozensets(st.sampled_from(repair_listing.MARKS), max_size=3),
    st.integers(0, 3),
    st.booleans(),
)
def test_every_chip_says_how_many_its_list_would_hold_and_marks_narrow_together(
    many: Store, state: str, also: frozenset[str], place: int, area: bool
) -> None:
    with many.read() as session:
        blocks = [None, *session.scalars(select(Block.id))]
        wanted = repairs.Filter(state, block_id=blocks[place], also=also, area_key="stairs" if area else "")
        for key, number in repairs.chips(session, wanted).items():
            kind, name = key.split("_")
            other = replace(wanted, state=name) if kind == "state" else replace(wanted, also=also | {name})
            assert number == repairs.count(session, other) == len(repairs.page(session, other, 0, COUNT)), key
        whole = {card.id for card in repairs.page(session, replace(wanted, also=frozenset()), 0, COUNT)}
        for card in repairs.page(session, wanted, 0, COUNT):
            row = repairs.get_row(session, card.id)
            assert card.id in whole
            for name in also - (
                repair_listing.OPEN_MARKS if state in repair_listing.CLOSED_STATES else set()
            ):
                assert MARKED[name](row), name


MARKED: dict[str, Callable[[Repair], bool]] = {
    "mine": lambda row: row.assigned_to == MANAGER.staff_id,
    "nobody": lambda row: row.assigned_to is None,
    "emergency": lambda row: row.priority is Priority.EMERGENCY,
    "hazard": lambda row: row.hazard != "",
    "waiting": lambda row: row.waiting is Waiting.ACCESS,
    "silent": lambda row: (
        row.home_id is not None and repair_care.silence(row.last_told_at or row.reported_at, NOW) is not None
    ),
    "communal": lambda row: row.home_id is None,
}


@pytest.mark.parametrize("state", INDEXED)
def test_the_lists_are_read_from_their_indexes_alone(many: Store, state: str) -> None:
    """Without them a million rows are read, and sorted, for each page: the statements as they are sent."""
    index = "ix_repair_done" if state == "done" else "ix_repair_open"
    with many.read() as session:
        sent = sent_by(session)
        for also in ((), ("mine",), ("nobody",), ("emergency",), ("communal",)):
            wanted = repairs.Filter(state, also=frozenset(also))
            repairs.count(session, wanted)
            repairs.page(session, wanted, 10, 5)
        repairs.page(session, repairs.Filter(state), 10, 5, sort="who")
        run = session.connection().exec_driver_sql
        for statement, values in [
            one for one in sent if "FROM repair" in one[0] and "repair_tally" not in one[0]
        ]:
            steps = [step[3] for step in run(f"EXPLAIN QUERY PLAN {statement}", values)]
            walked = [step for step in steps if step.startswith(("SCAN repair", "SEARCH repair USING"))]
            assert any(index in step for step in walked), steps
            assert all(index in step or "INTEGER PRIMARY KEY" in step for step in walked), steps


def sent_by(session: Session) -> list[tuple[str, Any]]:
    """Every statement that the session sends from now on, with its values."""
    sent: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, values: Any, *___: object) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, values))

    event.listen(session.connection(), "before_cursor_execute", note)
    return sent
