"""A push: every operation answered by name, streams without gaps or forks, nothing taken that may not be."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from tests.fakes import FakeClock
from tests.office.sending import Sender, Town, here, member, record, repair, town
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import pages
from watmos_office import pull
from watmos_office.cursors import seal_cursor
from watmos_office.errors import Answer
from watmos_office.office import Office, head
from watmos_office.push import push
from watmos_office.tables import Device, Op, Quarantine, RowBucket

APPLIED = ("applied", "")
POISON: list[dict[str, Any]] = [
    {"title": "nul \x00 inside"},
    {"reported_at": "2026-02-29T10:00:00+00:00"},
    {"reported_at": "0000-01-01T00:00:00+00:00"},
    {"due_at": "10000-01-01T00:00:00+00:00"},
    {"completed_at": "2026-11-23T10:00:00"},
    {"title": 7},
    {"title": "x" * 1_000_000},
    {"title": None},
    {"status": "finished"},
    {"block_id": "12abc"},
    {"home_id": "٣"},
    {"id": str(uuid4())},
    {"deleted": "yes"},
    {"stamps": {"*": "f" * 24}},
    {"^": "f" * 24},
    {"newer": "a\x00b"},
    {"newer": "x" * 100_000},
]


@pytest.fixture
def small(office: Office) -> Town:
    return town(office)


@pytest.fixture
def officer(office: Office, small: Town) -> Sender:
    """A caretaker of the first estate."""
    return member(office, Role.CARETAKER, estates=small.estates[:1])


def refused(sender: Sender, body: dict[str, Any]) -> tuple[int, str, dict[str, object]]:
    with pytest.raises(Answer) as caught:
        push(sender.office, sender.caller, body)
    return caught.value.status, caught.value.code, caught.value.extra


def counted(office: Office, model: Any) -> int:
    with office.reading() as connection:
        return connection.scalar(select(func.count()).select_from(model)) or 0


def test_who_wrote_alone_is_carried_on_and_nobody_else(office: Office, small: Town, officer: Sender) -> None:
    other = member(office, Role.CARETAKER, estates=small.estates[:1])
    far = member(office, Role.CARETAKER, estates=small.estates[1:])

    def news(cursor: str) -> list[str]:
        page = pages.read(pull.pull(office, officer.caller, cursor, 100, officer.incarnation))
        return [row[0] for table in page.tables for row in table.rows]

    def sent(cursor: str, *ops: dict[str, Any]) -> str | None:
        answer = push(office, officer.caller, {**officer.body(ops), "cursor": cursor})
        officer.n, officer.hash = answer["last_n"], answer["hash"]
        return answer.get("cursor")

    with office.reading() as connection:
        start = seal_cursor(office, officer.device_id, head(connection))
    mine = officer.new("repair", repair(small, officer))
    rid = UUID(mine["rid"])
    next_ = sent(start, mine, officer.new("repair", repair(small, officer)))
    assert next_
    assert news(next_) == []
    far.send(far.new("repair", repair(small, far, 2)))  # nothing to do with them
    next_ = sent(next_, officer.op("repair", rid, {"title": "Lamp out again"}))
    assert next_
    stale = officer.op("repair", rid, {"title": "stale"})
    theirs = other.op("repair", rid, {"title": "theirs"})
    assert other.send(theirs) == [APPLIED]
    assert news(next_) == [str(rid)]
    assert sent(next_, officer.new("repair", repair(small, officer))) is None  # theirs is still to be read
    with office.reading() as connection:
        now = seal_cursor(office, officer.device_id, head(connection))
    assert sent(now, stale) is None  # a conflict came of it, which is to be read
    for bad in ("", "x", 7, next_[:-2]):
        assert sent(bad, officer.new("repair", repair(small, officer))) is None  # type: ignore[arg-type]


def test_a_new_record_lies_in_its_block_and_is_numbered(office: Office, small: Town, officer: Sender) -> None:
    op = officer.new("repair", repair(small, officer))
    with office.reading() as connection:
        before = head(connection)
    assert officer.send(op) == [APPLIED]
    row = record(office, "repair", UUID(op["rid"]))
    assert (row.data["title"], row.author, row.echo) == ("Lamp out", officer.member_id, officer.incarnation)
    assert here(office, "repair", UUID(op["rid"])) == {f"block:{small.blocks[0]}"}
    with office.reading() as connection:
        assert head(connection) == before + 1 == connection.scalar(select(func.max(RowBucket.seq)))


def test_a_push_again_changes_nothing_and_says_so(office: Office, small: Town, officer: Sender) -> None:
    body = officer.body(
        [officer.new("repair", repair(small, officer)), officer.new("repair", {"title": "x"})]
    )
    first = push(office, officer.caller, body)
    rows, feed = counted(office, Op), counted(office, RowBucket)
    again = push(office, officer.caller, body)
    assert [status for _, status, _ in first["results"]] == ["applied", "quarantined"]
    assert [(status, reason) for _, status, reason in again["results"]] == [
        ("duplicate", ""),
        ("quarantined", "bad_value"),
    ]
    assert (again["last_n"], again["hash"]) == (first["last_n"], first["hash"])
    assert (counted(office, Op), counted(office, RowBucket)) == (rows, feed)


def test_a_batch_that_begins_before_what_is_known_goes_on_after_it(
    office: Office, small: Town, officer: Sender
) -> None:
    ops = [officer.new("repair", repair(small, officer)) for _ in range(4)]
    whole = officer.body(ops)
    part = {**whole, "ops": whole["ops"][:2]}
    push(office, officer.caller, part)
    answer = push(office, officer.caller, whole)
    assert [status for _, status, _ in answer["results"]] == ["duplicate", "duplicate", "applied", "applied"]
    assert push(office, officer.caller, part)["last_n"] == 4  # an old part once more, days later


def test_a_gap_is_told_and_nothing_is_taken(office: Office, small: Town, officer: Sender) -> None:
    officer.send(officer.new("repair", repair(small, officer)))
    ahead = officer.body([officer.new("repair", repair(small, officer))], first_n=3)
    assert refused(officer, ahead) == (409, "gap", {"last_n": 1})
    stranger = {**ahead, "incarnation": str(uuid4()), "prev_hash": "0" * 64}
    assert refused(officer, stranger) == (409, "gap", {"last_n": 0})
    assert counted(office, Op) == 1


@pytest.mark.parametrize("how", ["other words", "other chain", "old part", "old words"])
def test_a_copy_of_a_device_is_found_and_told(how: str, office: Office, small: Town, officer: Sender) -> None:
    ops = [officer.new("repair", repair(small, officer)) for _ in range(3)]
    first = officer.body(ops)
    officer.deliver(first)
    other = officer.new("repair", repair(small, officer))
    bodies = {
        "other words": {**first, "ops": [*first["ops"][:2], {**other, "n": 3}]},
        "other chain": {**officer.body([other]), "prev_hash": "0" * 64},
        "old part": {**first, "ops": [{**other, "n": 1}]},
        "old words": {**first, "ops": [{**first["ops"][0], "set": {}}]},
    }
    assert refused(officer, bodies[how])[:2] == (409, "forked")
    with office.reading() as connection:
        assert connection.scalar(select(Device.alarm)) == "forked"
    assert counted(office, Op) == 3


def test_a_new_life_may_begin_anywhere_and_offer_all_again(
    office: Office, small: Town, officer: Sender
) -> None:
    op = officer.new("repair", repair(small, officer))
    officer.send(op)
    twin = officer.reborn()
    answer = push(office, twin.caller, twin.body([op, twin.new("repair", repair(small, twin))], first_n=9))
    assert [status for _, status, _ in answer["results"]] == ["duplicate", "applied"]
    assert answer["last_n"] == 10
    assert counted(office, Op) == 2


def test_requests_that_are_none_are_refused(office: Office, small: Town, officer: Sender) -> None:
    body = officer.body([officer.new("repair", repair(small, officer)) for _ in range(2)])
    double = {**body["ops"][0], "n": 2}
    broken: list[dict[str, Any]] = [
        {},
        {**body, "ops": None},
        {**body, "first_n": True},
        {**body, "first_n": 0},
        {**body, "incarnation": "me"},
        {**body, "prev_hash": 1},
        {**body, "ops": ["op"]},
        {**body, "ops": [{}]},
        {**body, "ops": [body["ops"][1], body["ops"][0]]},
        {**body, "ops": [body["ops"][0], double]},
    ]
    for one in broken:
        assert refused(officer, one)[:2] == (400, "bad_request")
    many = {**body, "ops": body["ops"] * 1001}
    assert refused(officer, many)[:2] == (413, "too_large")


def test_poison_waits_with_its_content_and_the_good_rows_around_it_land(
    office: Office, small: Town, officer: Sender
) -> None:
    """Security.md M11: what SQLite takes and PostgreSQL does not must never stop the queue."""
    ops = []
    for bad in POISON:
        ops.append(officer.new("repair", repair(small, officer)))
        ops.append(officer.new("repair", repair(small, officer, **bad)))
    results = officer.send(*ops, officer.new("repair", repair(small, officer)))
    assert results[::2] == [APPLIED] * (len(POISON) + 1)
    assert set(results[1::2]) == {("quarantined", "bad_value")}
    with office.reading() as connection:
        kept = {row.op_id: row.body for row in connection.execute(select(Quarantine.op_id, Quarantine.body))}
    assert [kept[UUID(op["id"])]["set"] for op in ops[1::2]] == [op["set"] for op in ops[1::2]]


def test_what_cannot_be_read_waits_too_when_it_has_a_name(
    office: Office, small: Town, officer: Sender
) -> None:
    good = officer.new("repair", repair(small, officer))
    odd = [
        {**officer.new("repair", {}), "kind": "upsert"},
        {**officer.new("repair", {}), "stamp": "9" * 30},
        {**officer.new("repair", {}), "rid": "../../etc"},
        {**officer.new("repair", {}), "user_id": str(uuid4())},
        {key: value for key, value in officer.new("repair", {}).items() if key != "set"},
    ]
    assert officer.send(*odd, good) == [("quarantined", "malformed")] * len(odd) + [APPLIED]


def test_an_action_is_taken_whole_or_not_at_all(office: Office, small: Town, officer: Sender) -> None:
    known = officer.new("repair", repair(small, officer))
    officer.send(known)
    good = officer.new("repair", repair(small, officer))
    edit = officer.op("repair", UUID(known["rid"]), {"title": "Edited"})
    bad = officer.new("repair", repair(small, officer, status="finished"))
    results = officer.send(good, edit, bad, together=True)
    assert results == [("quarantined", "txn"), ("quarantined", "txn"), ("quarantined", "bad_value")]
    assert record(office, "repair", UUID(good["rid"])) is None
    assert record(office, "repair", UUID(known["rid"])).data["title"] == "Lamp out"


def test_the_rest_of_an_action_waits_for_its_beginning(office: Office, small: Town, officer: Sender) -> None:
    txn = str(uuid7())
    bad = {**officer.new("repair", repair(small, officer, status="finished")), "txn": txn}
    rest = {**officer.new("repair", repair(small, officer)), "txn": txn}
    officer.deliver(officer.body([bad]))
    assert officer.deliver(officer.body([rest])) == [("quarantined", "txn")]


def test_an_id_used_again_for_other_words_never_replaces_them(
    office: Office, small: Town, officer: Sender
) -> None:
    """A14, A15: replayed with other content, by the same device or another."""
    mine = officer.new("repair", repair(small, officer))
    officer.send(mine)
    other = member(office, Role.CARETAKER, estates=small.estates[:1])
    theft = other.new("repair", repair(small, other, title="Stolen"), id=mine["id"])
    assert other.send(theft) == [("quarantined", "collision")]
    assert officer.send({**mine, "set": {**mine["set"], "title": "Changed"}}) == [
        ("quarantined", "collision")
    ]
    assert record(office, "repair", UUID(mine["rid"])).data["title"] == "Lamp out"
    assert counted(office, Quarantine) == 2


def test_a_clock_from_the_year_9999_wins_no_more_than_two_minutes(
    office: Office, small: Town, officer: Sender
) -> None:
    """A16, A17."""
    op = officer.new("repair", repair(small, officer))
    officer.send(op)
    rid, tag = UUID(op["rid"]), officer.incarnation.hex[:8]
    for upper in ("e677d21fdbffffff", "ffffffffffffffff", "8000000000000000"):
        assert officer.send(officer.op("repair", rid, {"title": upper}, stamp=upper + tag))[0][0] == "applied"
    assert (
        int(record(office, "repair", rid).newest[:12], 16) < office.clock.now().timestamp() * 1000 + 121_000
    )
    forged = officer.op("repair", rid, {"title": "office"}, stamp="0" * 16 + "0ff1ce00")
    assert officer.send(forged) == [("quarantined", "bad_stamp")]


def test_two_who_wrote_at_once_leave_a_conflict_where_the_record_lies(
    office: Office, small: Town, officer: Sender, clock: FakeClock
) -> None:
    other = member(office, Role.TENANCY_OFFICER, estates=small.estates[:1])
    op = officer.new("repair", repair(small, officer))
    officer.send(op)
    rid = UUID(op["rid"])
    mine = officer.op("repair", rid, {"title": "Lamp flickers"})
    clock.forward(minutes=1)
    theirs = other.op("repair", rid, {"title": "Lamp broken"})
    assert officer.send(mine) == [APPLIED]
    assert other.send(theirs) == [("conflict", "")]
    assert record(office, "repair", rid).data["title"] == "Lamp broken"
    kept = uuid5(UUID(theirs["id"]), "title")
    row = record(office, "conflict", kept)
    assert (row.data["state"], row.data["value"]) == ("open", {"title": "Lamp flickers"})
    assert (row.data["made_by"], row.data["shown_by"]) == (str(officer.member_id), str(other.member_id))
    assert here(office, "conflict", kept) == here(office, "repair", rid)

    assert officer.send(officer.op("conflict", kept, {"value": {}})) == [("quarantined", "not_pushable")]
    assert officer.send(officer.new("conflict", {"state": "open"})) == [("quarantined", "not_pushable")]
    assert officer.send(officer.op("conflict", kept, {"state": "kept"})) == [APPLIED]
    assert record(office, "conflict", kept).data["state"] == "kept"


def test_a_conflict_closes_when_its_author_writes_on(
    office: Office, small: Town, officer: Sender, clock: FakeClock
) -> None:
    other = member(office, Role.TENANCY_OFFICER, estates=small.estates[:1])
    op = officer.new("repair", repair(small, officer))
    officer.send(op)
    rid = UUID(op["rid"])
    mine = officer.op("repair", rid, {"title": "One"})
    clock.forward(minutes=1)
    theirs = other.op("repair", rid, {"title": "Two"})
    officer.send(mine)
    other.send(theirs)
    lost = uuid5(UUID(theirs["id"]), "title")
    officer.send(officer.op("repair", rid, {"title": "Three"}))
    assert record(office, "conflict", lost).data["state"] == "open"  # looked at "Two": nobody has at "One"
    officer.send(officer.op("repair", rid, {"title": "One after all"}, base={"title": mine["stamp"]}))
    assert record(office, "conflict", lost).data["state"] == "kept"


def test_a_field_of_a_newer_program_is_kept_and_a_table_of_one_waits(
    office: Office, small: Town, officer: Sender
) -> None:
    op = officer.new("repair", repair(small, officer, smell="damp"))
    assert officer.send(op, officer.new("hovercraft", {"x": 1}), officer.new("a\x00\nb", {}, base={})) == [
        APPLIED,
        ("quarantined", "unknown_table"),
        ("quarantined", "unknown_table"),
    ]
    assert record(office, "repair", UUID(op["rid"])).data["smell"] == "damp"
