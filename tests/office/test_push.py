"""A push: every operation answered by name, streams without gaps or forks, nothing taken that may not be."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from tests.fakes import FakeClock
from tests.office.sending import AT, Sender, Town, disable, here, lies, member, record, repair, town
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import templates
from watmos_office.errors import Answer
from watmos_office.office import Office, head
from watmos_office.push import push
from watmos_office.tables import CaseMember, Device, Op, Quarantine, Record, Review, RowBucket

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
    many = {**body, "ops": body["ops"] * 251}
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
    assert officer.send(op, officer.new("visit", {"x": 1}), officer.new("a\x00\nb", {}, base={})) == [
        APPLIED,
        ("quarantined", "unknown_table"),
        ("quarantined", "unknown_table"),
    ]
    assert record(office, "repair", UUID(op["rid"])).data["smell"] == "damp"


def test_who_wrote_it_is_who_the_token_says(office: Office, small: Town, officer: Sender) -> None:
    """A1."""
    other = member(office, Role.CARETAKER, estates=small.estates[:1])
    forged = officer.new("repair", repair(small, officer, reported_by=str(other.member_id)))
    assert officer.send(forged) == [("quarantined", "author")]


@pytest.mark.parametrize(
    "table", ["staff", "staff_scope", "member", "member_grant", "policy", "audit", "record"]
)
def test_who_works_here_is_not_pushed(table: str, office: Office, small: Town, officer: Sender) -> None:
    """A3."""
    status, reason = officer.send(officer.new(table, {"name": "Eve", "role": "manager", "active": True}))[0]
    assert (status, reason in ("not_pushable", "unknown_table")) == ("quarantined", True)


def test_nothing_beyond_the_senders_estates_is_written_moved_removed_or_brought_back(
    office: Office, small: Town, officer: Sender
) -> None:
    """A4, A5, A6, A12, A13: refused alike, whether the record is there or not."""
    far = member(office, Role.CARETAKER, estates=small.estates[1:])
    theirs, mine = far.new("repair", repair(small, far, 2)), officer.new("repair", repair(small, officer))
    far.send(theirs)
    officer.send(mine)
    there, own, nowhere = UUID(theirs["rid"]), UUID(mine["rid"]), uuid7()
    elsewhere = {"estate_id": str(small.estates[1]), "block_id": str(small.blocks[2]), "space_id": None}
    nearby = {"estate_id": str(small.estates[0]), "block_id": str(small.blocks[0]), "space_id": None}
    tries = [
        *(officer.op("repair", rid, {"title": "Mine"}) for rid in (there, nowhere)),
        *(officer.op("repair", rid, nearby) for rid in (there, nowhere)),
        *(officer.op("repair", rid, {}, "delete") for rid in (there, nowhere)),
        *(officer.op("repair", rid, {"deleted": False}) for rid in (there, nowhere)),
        officer.op("repair", own, elsewhere),
        officer.new("repair", repair(small, officer, 2)),
        officer.new("repair", repair(small, officer), rid=there),
    ]
    assert officer.send(*tries) == [("quarantined", "scope")] * len(tries)
    assert lies(office, "repair", there) == {f"block:{small.blocks[2]}": True}
    assert lies(office, "repair", own) == {f"block:{small.blocks[0]}": True}
    assert record(office, "repair", there).deleted is False


def test_no_reference_tells_whether_something_is_there(office: Office, small: Town, officer: Sender) -> None:
    """A7, A8, A9: to what lies elsewhere, and to what does not exist, the same answer."""
    far = member(office, Role.CARETAKER, estates=small.estates[1:])
    theirs, mine = far.new("repair", repair(small, far, 2)), officer.new("repair", repair(small, officer))
    far.send(theirs)
    officer.send(mine)
    photo = {
        "owner_table": "repair",
        "sha256": "ab" * 32,
        "size": 1,
        "width": 1,
        "height": 1,
        "taken_at": AT,
        "added_by": str(officer.member_id),
    }
    own = officer.new("attachment", {**photo, "owner_id": mine["rid"]})
    assert officer.send(own) == [APPLIED]
    tries = []
    for home, owner in ((small.homes[2], theirs["rid"]), (uuid7(), str(uuid7()))):
        tries += [
            officer.new("repair", repair(small, officer, home_id=str(home))),
            officer.op("repair", UUID(mine["rid"]), {"home_id": str(home)}),
            officer.new("attachment", {**photo, "owner_id": owner}),
            officer.op("attachment", UUID(own["rid"]), {"owner_id": owner}),
            officer.op("attachment", UUID(own["rid"]), {"owner_table": "restricted_case", "owner_id": owner}),
        ]
    assert officer.send(*tries) == [("quarantined", "scope")] * len(tries)


def test_a_child_may_come_with_its_parent(office: Office, small: Town, officer: Sender) -> None:
    walk = officer.new("inspection", inspection(small, officer))
    reply = officer.new("answer", {"inspection_id": walk["rid"], "item_key": "lights", "answered_at": AT})
    assert officer.send(reply, walk, together=True) == [APPLIED, APPLIED]
    assert here(office, "answer", UUID(reply["rid"])) == {f"block:{small.blocks[0]}"}


def inspection(small: Town, me: Sender, **other: Any) -> dict[str, Any]:
    return {
        "reference": "I-1",
        "template_key": "block_weekly",
        "template_version": 1,
        "estate_id": str(small.estates[0]),
        "block_id": str(small.blocks[0]),
        "place_key": str(small.blocks[0]),
        "status": "draft",
        "started_at": AT,
        "started_by": str(me.member_id),
        **other,
    }


SIGNED = {
    "status": "signed",
    "finished_at": AT,
    "grade": "A",
    "percent": 100,
    "area_grades": {},
    "defects": 0,
    "checksum": "",
}


def test_a_signed_walk_never_changes(office: Office, small: Town, officer: Sender) -> None:
    walk = officer.new("inspection", inspection(small, officer))
    rid = UUID(walk["rid"])
    reply = officer.new("answer", {"inspection_id": walk["rid"], "item_key": "lights", "answered_at": AT})
    late = officer.op("answer", UUID(reply["rid"]), {"note": "late"}, base={})
    officer.send(walk, reply)
    name = {"inspection_id": walk["rid"], "name": "Sam", "role": "caretaker", "signed_at": AT}
    signing = [
        officer.new("signature", name),
        officer.op("inspection", rid, SIGNED),
        officer.op("inspection", rid, {**SIGNED, "checksum": "ab"}),
    ]
    assert officer.send(*signing, together=True) == [APPLIED] * 3
    photo = {"owner_table": "inspection", "owner_id": walk["rid"], "sha256": "ab" * 32, "size": 1, "width": 1}
    tries = [
        late,
        officer.op("inspection", rid, {"reference": "I-2"}),
        officer.op("inspection", rid, {**SIGNED, "status": "draft"}),
        officer.op("inspection", rid, {}, "delete"),
        officer.new("answer", {"inspection_id": walk["rid"], "item_key": "bins", "answered_at": AT}),
        officer.new("signature", name),
        officer.new("attachment", {**photo, "height": 1, "taken_at": AT, "added_by": str(officer.member_id)}),
    ]
    assert officer.send(*tries) == [("quarantined", "sealed")] * len(tries)
    said = {"inspection_id": walk["rid"], "staff_id": str(officer.member_id), "text": "B", "made_at": AT}
    amendment = officer.new("amendment", said)
    assert officer.send(amendment) == [APPLIED]
    edit = officer.op("amendment", UUID(amendment["rid"]), {"text": "C"})
    assert officer.send(edit) == [("quarantined", "append_only")]


def test_a_role_writes_what_it_may(office: Office, small: Town, officer: Sender) -> None:
    home = str(small.homes[0])
    tries = [
        officer.op("home", small.homes[0], {"access_notes": "key safe 1234"}),
        officer.op("estate", small.estates[0], {"name": "Mine"}),
        officer.new("tenancy", {"home_id": home, "code": "T", "kind": "starter", "started_on": "2026-11-23"}),
        officer.new("person", {"name": "Ada"}),
        officer.new("restricted_case", {"kind": "safeguarding", "title": "x", "opened_at": AT}),
    ]
    results = officer.send(*tries)
    assert {status for status, _ in results} == {"quarantined"}
    assert [reason for _, reason in results[:4]] == ["role"] * 4


def test_a_role_writes_no_field_above_its_ceiling(office: Office, small: Town) -> None:
    landlord, voice = (
        member(office, role, estates=small.estates) for role in (Role.MANAGER, Role.RESIDENT_VOICE)
    )
    home = {"home_id": str(small.homes[0]), "code": "T", "kind": "starter", "started_on": "2026-11-23"}
    tenancy, person = landlord.new("tenancy", home), landlord.new("person", {"name": "Ada"})
    lives = landlord.new("household_member", {"tenancy_id": tenancy["rid"], "person_id": person["rid"]})
    assert landlord.send(tenancy, person, lives) == [APPLIED] * 3
    tries = [voice.op("person", UUID(person["rid"]), {name: "x"}) for name in ("phone", "needs")]
    assert voice.send(*tries) == [APPLIED, ("quarantined", "role")]


def test_an_ambassador_writes_their_own_words_and_nobody_elses(
    office: Office, small: Town, officer: Sender
) -> None:
    neighbour = member(office, Role.AMBASSADOR, blocks=[(small.estates[0], small.blocks[0])])
    theirs, mine = (
        officer.new("repair", repair(small, officer)),
        neighbour.new("repair", repair(small, neighbour)),
    )
    officer.send(theirs)
    assert neighbour.send(mine) == [APPLIED]
    own, other = UUID(mine["rid"]), UUID(theirs["rid"])
    tries = [
        neighbour.op("repair", other, {"title": "Not me"}),
        neighbour.op("repair", other, {"priority": "emergency", "due_at": AT}),
        neighbour.op("repair", other, {}, "delete"),
        neighbour.op("repair", own, {"status": "completed", "completed_at": AT}),
        neighbour.new("repair", repair(small, neighbour, status="completed")),
        neighbour.op("home", small.homes[0], {"number": "1a"}),
    ]
    assert neighbour.send(*tries) == [("quarantined", "role")] * len(tries)
    hidden = neighbour.new("repair", repair(small, neighbour, home_id=str(small.homes[0])))
    assert neighbour.send(hidden) == [("quarantined", "scope")]
    assert neighbour.send(neighbour.op("repair", own, {"description": "By No 3, Mrs Hart"})) == [APPLIED]
    with office.reading() as connection:
        fields = set(
            connection.scalars(select(Review.field).where(Review.rid == own, Review.state == "open"))
        )
    assert fields == {"title", "description"}


def test_signing_moves_the_schedule_for_whoever_walks(office: Office, small: Town, officer: Sender) -> None:
    manager = member(office, Role.MANAGER)
    fields = {
        "estate_id": str(small.estates[0]),
        "block_id": str(small.blocks[0]),
        "template_key": "block_weekly",
    }
    plan = manager.new("schedule", {**fields, "starts_on": "2026-11-01", "due_on": "2026-11-23"})
    assert manager.send(plan) == [APPLIED]
    moved = officer.op("schedule", UUID(plan["rid"]), {"last_done_on": "2026-11-23", "due_on": "2026-11-30"})
    assert officer.send(moved) == [("quarantined", "role")]
    walk = officer.new("inspection", inspection(small, officer, schedule_id=plan["rid"]))
    officer.send(walk)
    moved = officer.op("schedule", UUID(plan["rid"]), {"last_done_on": "2026-11-23", "due_on": "2026-11-30"})
    signed = officer.op("inspection", UUID(walk["rid"]), SIGNED)
    assert officer.send(signed, moved, together=True) == [APPLIED, APPLIED]


def test_only_the_programs_own_template_comes_along(office: Office, small: Town, officer: Sender) -> None:
    neighbour = member(office, Role.AMBASSADOR, blocks=[(small.estates[0], small.blocks[0])])
    template = next(iter(templates.load_all().values()))
    said = {"key": template.key, "version": template.version, "body": templates.to_dict(template)}
    rid = uuid5(small.estates[0], template.key)
    assert officer.send(officer.new("template_version", said, rid)) == [APPLIED]
    assert neighbour.send(neighbour.new("template_version", said, rid)) == [APPLIED]
    forged = {**said, "body": {**said["body"], "title": "Knock at No 3"}}  # type: ignore[dict-item]
    assert neighbour.send(neighbour.new("template_version", forged)) == [("quarantined", "template")]
    assert here(office, "template_version", rid) == {"org"}


def test_a_case_is_its_makers_and_nobody_else_finds_it(office: Office, small: Town) -> None:
    lead = member(office, Role.SAFEGUARDING_LEAD, estates=small.estates[:1])
    manager = member(office, Role.MANAGER)
    fields = {"kind": "domestic_abuse", "title": "x", "opened_by": str(lead.member_id), "opened_at": AT}
    case = lead.new("restricted_case", fields, uuid4())
    note = lead.new(
        "case_note", {"case_id": case["rid"], "text": "y", "staff_id": str(lead.member_id), "made_at": AT}
    )
    assert lead.send(case, note, together=True) == [APPLIED, APPLIED]
    assert here(office, "case_note", UUID(note["rid"])) == {f"case:{case['rid']}"}
    with office.reading() as connection:
        assert connection.execute(select(CaseMember.case_id, CaseMember.member_id)).all() == [
            (UUID(case["rid"]), lead.member_id)
        ]
    for rid in (case["rid"], str(uuid4())):
        said = {"case_id": rid, "text": "y", "staff_id": str(manager.member_id), "made_at": AT}
        tries = [manager.op("restricted_case", UUID(rid), {"title": "z"}), manager.new("case_note", said)]
        assert manager.send(*tries) == [("quarantined", "scope")] * 2


def test_steps_are_not_skipped(office: Office, small: Town, officer: Sender) -> None:
    """A18: what is completed is not cancelled; both are kept."""
    op = officer.new("repair", repair(small, officer))
    rid = UUID(op["rid"])
    officer.send(op)
    officer.send(officer.op("repair", rid, {"status": "completed", "completed_at": AT}))
    skipped = officer.op("repair", rid, {"status": "cancelled", "completed_at": None})
    assert officer.send(skipped) == [("conflict", "")]
    assert record(office, "repair", rid).data["status"] == "completed"


def test_all_that_a_draining_device_sends_waits(office: Office, small: Town, officer: Sender) -> None:
    disable(office, officer, "drain")
    assert officer.send(officer.new("repair", repair(small, officer))) == [("quarantined", "drain")]
    assert (counted(office, Quarantine), record(office, "repair", uuid7())) == (1, None)


def test_rows_that_say_nothing_new_are_not_sent_around_again(
    office: Office, small: Town, officer: Sender
) -> None:
    with office.reading() as connection:
        before = head(connection)
    template = next(iter(templates.load_all().values()))
    said = {"key": template.key, "version": template.version, "body": templates.to_dict(template)}
    rid = uuid7()
    officer.send(officer.new("template_version", said, rid), officer.new("template_version", said, rid))
    with office.reading() as connection:
        assert head(connection) == before + 1
        assert connection.scalar(select(func.count()).select_from(Record).where(Record.rid == rid)) == 1
