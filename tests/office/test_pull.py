"""The feed: each row once, in order, nothing of others, no echo; a first load that can be broken off anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from tests.office.feed import Feed, filled
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import pages, wire
from watmos_desktop.services.sync.pages import Page
from watmos_office import bootstrap, checks, outward, pull
from watmos_office.caller import Caller
from watmos_office.errors import Answer
from watmos_office.office import Office

_LIVE = uuid4()


@pytest.fixture
def feed(office: Office) -> Feed:
    return Feed(office)


@pytest.fixture
def estate() -> UUID:
    return uuid4()


@pytest.fixture
def caller(feed: Feed, estate: UUID) -> Caller:
    member = feed.member(Role.TENANCY_OFFICER)
    feed.grant(member, estate)
    return feed.caller(member)


def ids(page: Page) -> list[str]:
    return [row[0] for table in page.tables for row in table.rows]


def read(
    office: Office, caller: Caller, cursor: str = "", limit: int = 100, live: UUID | None = None
) -> Page:
    return pages.read(pull.pull(office, caller, cursor, limit, live))


def everything(office: Office, caller: Caller, cursor: str = "", limit: int = 100) -> tuple[list[str], str]:
    found: list[str] = []
    while True:
        page = read(office, caller, cursor, limit)
        found, cursor = found + ids(page), page.next
        if not page.more:
            return found, cursor


def refused(call: Callable[[], object]) -> tuple[int, str, dict[str, Any]]:
    with pytest.raises(Answer) as caught:
        call()
    return caught.value.status, caught.value.code, caught.value.extra


def test_rows_come_in_order_and_each_once(feed: Feed, estate: UUID, caller: Caller) -> None:
    own = f"user:{caller.member_id}"
    put = [feed.put("repair", filled("repair", "r"), f"estate:{estate}", own) for _ in range(7)]
    found, cursor = everything(feed.office, caller, limit=100)
    assert found == [str(rid) for rid in put]
    feed.put("repair", filled("repair", "again"), f"estate:{estate}", rid=put[2])
    page = read(feed.office, caller, cursor)
    assert ids(page) == [str(put[2])]
    assert (
        dict(zip(page.tables[0].columns, page.tables[0].rows[0][4:], strict=True))["title"]
        == "again-title-C1"
    )
    assert page.gone == []
    assert not page.more


def test_pages_follow_each_other_without_a_gap(feed: Feed, estate: UUID, caller: Caller) -> None:
    put = [str(feed.put("repair", filled("repair", "r"), f"estate:{estate}")) for _ in range(11)]
    for limit in (1, 2, 5, 11, 12):
        assert everything(feed.office, caller, limit=limit)[0] == put
    first = read(feed.office, caller, limit=5)
    assert (len(ids(first)), first.more) == (5, True)


def test_entries_of_one_number_stay_on_one_page(feed: Feed, estate: UUID, caller: Caller) -> None:
    put = [feed.put("repair", filled("repair", "r"), f"estate:{estate}") for _ in range(4)]
    with feed.office.writing() as connection:
        connection.exec_driver_sql("UPDATE row_bucket SET seq = 2")
    for limit in (1, 2, 3):
        found, _ = everything(feed.office, caller, limit=limit)
        assert sorted(found) == sorted(map(str, put)), limit


def test_a_page_stays_small_however_large_its_rows(
    feed: Feed, estate: UUID, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward, "LARGEST", 3_000)
    put = [str(feed.put("repair", filled("repair", "r"), f"estate:{estate}")) for _ in range(9)]
    assert 1 <= len(ids(read(feed.office, caller))) < 9
    assert everything(feed.office, caller)[0] == put
    assert sorted(loaded(feed.office, caller, f"estate:{estate}")) == sorted(put)


def test_records_that_are_much_alike_are_no_bomb(feed: Feed, estate: UUID, caller: Caller) -> None:
    data = filled("repair", "r") | {"description": "The same long words. " * 500}
    feed.many("repair", [(uuid4(), data) for _ in range(200)], f"estate:{estate}")
    assert len(ids(read(feed.office, caller, limit=1000))) == 200
    assert len(loaded(feed.office, caller, f"estate:{estate}", 1000)) == 200


def test_nothing_of_other_buckets_and_their_traffic_is_not_even_told(
    feed: Feed, estate: UUID, caller: Caller
) -> None:
    mine = str(feed.put("repair", filled("repair", "r"), f"estate:{estate}"))
    found, cursor = everything(feed.office, caller)
    assert found == [mine]
    for _ in range(5):
        feed.put("repair", filled("repair", "theirs"), f"estate:{uuid4()}", f"case:{uuid4()}")
    assert not pull.moved(feed.office, caller, cursor)
    page = read(feed.office, caller, cursor)
    assert (ids(page), page.gone, page.more) == ([], [], False)
    assert len(page.next) == len(cursor)


def test_own_writes_do_not_come_back_unless_they_became_something_else(
    feed: Feed, estate: UUID, caller: Caller
) -> None:
    rid = feed.put("repair", filled("repair", "r"), f"estate:{estate}", echo=_LIVE)
    assert ids(read(feed.office, caller, live=_LIVE)) == []
    assert ids(read(feed.office, caller, live=uuid4())) == [str(rid)]
    assert ids(read(feed.office, caller, live=None)) == [str(rid)]
    merged = feed.put("repair", filled("repair", "merged"), f"estate:{estate}")
    assert ids(read(feed.office, caller, live=_LIVE, limit=1)) == [str(merged)], (
        "echoes take no room on a page"
    )


def test_what_left_every_bucket_is_gone_and_what_moved_within_is_not(
    feed: Feed, estate: UUID, caller: Caller
) -> None:
    here, own = f"estate:{estate}", f"user:{caller.member_id}"  # the first is numbered first
    away = feed.put("repair", filled("repair", "r"), here)
    moved = feed.put("repair", filled("repair", "r"), here)
    _, cursor = everything(feed.office, caller)
    feed.put("repair", filled("repair", "r"), f"estate:{uuid4()}", rid=away, gone=(here,))
    feed.put("repair", filled("repair", "r"), own, rid=moved, gone=(here,))
    page = read(feed.office, caller, cursor)
    assert page.gone == [("repair", away)]
    assert ids(page) == [str(moved)]


def test_a_device_that_has_nothing_is_not_told_what_is_gone(feed: Feed, estate: UUID, caller: Caller) -> None:
    feed.put("repair", filled("repair", "r"), f"estate:{uuid4()}", gone=(f"estate:{estate}",))
    assert read(feed.office, caller).gone == []


def test_a_deleted_row_comes_as_deleted(feed: Feed, estate: UUID, caller: Caller) -> None:
    rid = feed.put("repair", filled("repair", "r"), f"estate:{estate}")
    _, cursor = everything(feed.office, caller)
    feed.put("repair", filled("repair", "r"), f"estate:{estate}", rid=rid, deleted=True)
    page = read(feed.office, caller, cursor)
    assert [row[:2] for row in page.tables[0].rows] == [[str(rid), True]]


def test_cursors_are_of_one_device_one_use_and_one_epoch(feed: Feed, estate: UUID, caller: Caller) -> None:
    office = feed.office
    feed.put("repair", filled("repair", "r"), f"estate:{estate}")
    feed.put("repair", filled("repair", "r"), f"estate:{estate}")
    page = read(office, caller)
    other = feed.caller(caller.member_id)
    first = pages.read(bootstrap.bootstrap(office, caller, f"estate:{estate}", "", 1))
    flipped = page.next[:-2] + ("A" if page.next[-2] != "A" else "B") + page.next[-1]
    for foreign in (
        flipped,
        "",
        page.next[:-4],
        "7",
        "é" * 40,
        "A" * 5000,
        first.next,
        "=" * 9,
        " " + page.next,
    ):
        if foreign:
            assert refused(partial(read, office, caller, foreign))[:2] == (409, "cursor"), foreign[:20]
    assert refused(lambda: read(office, other, page.next))[:2] == (409, "cursor")
    assert refused(lambda: pull.moved(office, other, page.next))[:2] == (409, "cursor")
    assert refused(lambda: bootstrap.bootstrap(office, other, f"estate:{estate}", first.next))[:2] == (
        409,
        "cursor",
    )
    own = f"user:{caller.member_id}"
    assert refused(lambda: bootstrap.bootstrap(office, caller, own, first.next))[:2] == (409, "cursor")
    ahead = pull.seal_cursor(office, caller.device_id, 1_000)
    assert refused(lambda: read(office, caller, ahead))[:2] == (409, "cursor")
    office.epoch = uuid4()
    assert refused(lambda: read(office, caller, page.next))[:2] == (409, "epoch")
    assert refused(lambda: bootstrap.bootstrap(office, caller, f"estate:{estate}", first.next))[:2] == (
        409,
        "epoch",
    )


def test_cursors_tell_nothing(feed: Feed, caller: Caller) -> None:
    office, device = feed.office, caller.device_id
    some = {pull.seal_cursor(office, device, n) for n in (0, 0, 1, 2**40)}
    assert len(some) == 4
    assert {len(one) for one in some} == {70}


def test_asking_when_nothing_happened_costs_one_query(feed: Feed, estate: UUID, caller: Caller) -> None:
    feed.put("repair", filled("repair", "r"), f"estate:{estate}")
    _, cursor = everything(feed.office, caller)
    said: list[str] = []
    event.listen(feed.office.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
    read(feed.office, caller, cursor)
    assert len([one for one in said if one != "BEGIN"]) == 1


def test_rows_gives_what_is_theirs_and_calls_the_rest_gone(feed: Feed, estate: UUID, caller: Caller) -> None:
    mine = feed.put("repair", filled("repair", "r"), f"estate:{estate}")
    theirs = feed.put("repair", filled("repair", "r"), f"estate:{uuid4()}")
    left = feed.put("repair", filled("repair", "r"), f"estate:{uuid4()}", gone=(f"estate:{estate}",))
    wanted = [("repair", mine), ("repair", theirs), ("repair", left), ("repair", _LIVE), ("token", mine)]
    page = pages.read(pull.rows(feed.office, caller, [*wanted, ("repair", mine)]))
    assert ids(page) == [str(mine)]
    assert page.gone == wanted[1:]
    assert refused(lambda: pull.rows(feed.office, caller, [("repair", mine)] * 501))[:2] == (
        400,
        "bad_request",
    )


def loaded(office: Office, caller: Caller, bucket: str, limit: int = 5) -> list[str]:
    found: list[str] = []
    after, more = "", True
    while more:
        page = pages.read(bootstrap.bootstrap(office, caller, bucket, after, limit))
        found, after, more = found + ids(page), page.next, page.more
    return found


def test_a_first_load_gives_live_rows_parents_first_and_goes_on_anywhere(
    feed: Feed, estate: UUID, caller: Caller
) -> None:
    here = f"estate:{estate}"
    repairs = sorted(feed.put("repair", filled("repair", "r"), here) for _ in range(7))
    feed.put("repair", filled("repair", "r"), here, deleted=True)
    feed.put("repair", filled("repair", "r"), f"estate:{uuid4()}", gone=(here,))
    feed.put("repair", filled("repair", "r"), f"estate:{uuid4()}")
    block = feed.put("block", filled("block", "b"), here)
    wanted = [str(block), *map(str, repairs)]
    for limit in (1, 2, 3, 7, 8, 100):
        assert loaded(feed.office, caller, here, limit) == wanted, limit


def test_several_buckets_load_as_one_and_what_lies_in_two_comes_once(
    feed: Feed, estate: UUID, caller: Caller
) -> None:
    here = f"estate:{estate}"
    both = feed.put("block", filled("block", "b"), here, "org")
    rest = [*(feed.put("repair", filled("repair", "r"), here) for _ in range(3))]
    rest.append(feed.put("repair", filled("repair", "r"), "org"))
    for limit in (1, 2, 100):
        assert loaded(feed.office, caller, f"{here},org", limit) == [str(both), *map(str, sorted(rest))], (
            limit
        )
    nowhere: tuple[int, str, dict[str, Any]] = (404, "not_found", {})
    theirs = f"{here},estate:{uuid4()}"
    assert refused(partial(bootstrap.bootstrap, feed.office, caller, theirs, "")) == nowhere
    first = pages.read(bootstrap.bootstrap(feed.office, caller, f"{here},org", "", 1))
    other = refused(partial(bootstrap.bootstrap, feed.office, caller, here, first.next))
    assert other[:2] == (409, "cursor")  # a place in another list of buckets


def test_what_changes_during_a_first_load_comes_with_the_next_pull(
    feed: Feed, estate: UUID, caller: Caller
) -> None:
    here = f"estate:{estate}"
    rids = sorted(feed.put("repair", filled("repair", "r"), here) for _ in range(4))
    first = pages.read(bootstrap.bootstrap(feed.office, caller, here, "", 2))
    feed.put("repair", filled("repair", "new"), here, rid=rids[0])
    feed.put("repair", filled("repair", "new"), f"estate:{uuid4()}", rid=rids[1], gone=(here,))
    page = read(feed.office, caller, first.head)
    assert ids(page) == [str(rids[0])]
    assert page.gone == [("repair", rids[1])]


def test_a_bucket_that_is_not_theirs_is_not_there(feed: Feed, caller: Caller) -> None:
    there = f"estate:{uuid4()}"
    feed.put("repair", filled("repair", "r"), there)
    nowhere: tuple[int, str, dict[str, Any]] = (404, "not_found", {})
    for bucket in (there, "estate:none", ""):
        assert refused(partial(bootstrap.bootstrap, feed.office, caller, bucket, "")) == nowhere
        assert refused(partial(checks.check, feed.office, caller, bucket)) == nowhere


@pytest.mark.parametrize("role", [Role.TENANCY_OFFICER, Role.RESIDENT_VOICE, Role.AMBASSADOR])
def test_the_check_is_over_what_the_device_received(feed: Feed, estate: UUID, role: Role) -> None:
    here = f"estate:{estate}"
    member = feed.member(role)
    feed.grant(member, estate)
    caller = feed.caller(member)
    for name in ("repair", "repair", "home", "block", "person"):
        feed.put(name, filled(name, "x"), here)
    for owner in ("repair", "home", "person"):
        feed.put("attachment", filled("attachment", "x") | {"owner_table": owner}, here)
    feed.put("repair", filled("repair", "r") | {"block_id": None}, here)
    feed.put("repair", filled("repair", "r"), here, deleted=True)
    page = pages.read(bootstrap.bootstrap(feed.office, caller, here, ""))
    digest = 0
    for table in page.tables:
        for rid, deleted, _, _, *values in table.rows:
            fields = dict(zip(table.columns, values, strict=True))
            digest ^= wire.digest(table.table, UUID(rid), deleted, fields)
    assert page.count == (5 if role is Role.AMBASSADOR else 9)
    assert checks.check(feed.office, caller, here) == {"count": page.count, "digest": digest}


def test_who_waits_is_told_when_their_own_part_moves(
    feed: Feed, estate: UUID, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull, "_LOOK", 0.0)
    _, cursor = everything(feed.office, caller)
    calls: list[float] = []

    async def pause(seconds: float) -> None:
        calls.append(seconds)
        if len(calls) == 2:
            feed.put("repair", filled("repair", "r"), f"estate:{uuid4()}")
        if len(calls) == 4:
            feed.put("repair", filled("repair", "r"), f"estate:{estate}")

    assert asyncio.run(pull.wait(feed.office, caller, cursor, pause=pause))
    assert len(calls) == 4, "another estate's traffic woke nobody"
    _, cursor = everything(feed.office, caller)
    assert not asyncio.run(pull.wait(feed.office, caller, cursor, seconds=0, pause=pause))
    assert refused(lambda: asyncio.run(pull.wait(feed.office, caller, "forged")))[:2] == (409, "cursor")


_STEPS = st.lists(
    st.tuples(
        st.integers(0, 5),  # which record
        st.sets(st.sampled_from(["a", "b", "theirs"])),  # where it lies from now on
        st.booleans(),  # deleted
        st.sampled_from(["", "pull", "pull"]),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS, limit=st.integers(1, 4))
def test_whatever_happens_a_reader_holds_exactly_what_is_theirs(
    office: Office, steps: list[tuple[int, set[str], bool, str]], limit: int
) -> None:
    """Any writes, moves and deletions, pulled at any moment and in pages of any size."""
    feed = Feed(office)
    member, places = feed.member(Role.CARETAKER), {name: uuid4() for name in ("a", "b", "theirs")}
    feed.grant(member, places["a"])
    feed.grant(member, places["b"])
    caller = feed.caller(member)
    truth: dict[UUID, tuple[set[str], bool, str]] = {}
    rids = [uuid4() for _ in range(6)]
    held: dict[str, tuple[bool, str]] = {}
    cursor = read(office, caller).next
    for number, (which, where, deleted, then) in enumerate([*steps, (0, set(), False, "pull")]):
        rid, title = rids[which], str(number)
        before = truth.get(rid, (set(), False, ""))[0]
        truth[rid] = (where, deleted, title)
        feed.put(
            "repair",
            {"title": title},
            *(f"estate:{places[name]}" for name in where),
            rid=rid,
            deleted=deleted,
            gone=tuple(f"estate:{places[name]}" for name in before - where),
        )
        more = then == "pull"
        while more:
            page = read(office, caller, cursor, limit)
            for table in page.tables:
                at = table.columns.index("title") + 4
                held |= {row[0]: (row[1], row[at]) for row in table.rows}
            for _, gone in page.gone:
                held.pop(str(gone), None)
            cursor, more = page.next, page.more
    assert held == {
        str(rid): (deleted, title) for rid, (where, deleted, title) in truth.items() if where & {"a", "b"}
    }
