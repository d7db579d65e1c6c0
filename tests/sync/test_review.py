"""What two people changed at once, in words and decided; what the office holds back, to be read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.build import a_person
from tests.conftest import Let
from tests.sync.disputes import a_conflict, a_held, the
from watmos_desktop.models.kinds import ConflictKind, ConflictState, RepairStatus
from watmos_desktop.models.tables import SYNCED, Conflict, Held, Home, Outbox, Repair
from watmos_desktop.services import history, record_words
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.sync import review
from watmos_desktop.services.sync.review import Choice


def _items(let: Let) -> list[review.Item]:
    with let.store.read() as session:
        return review.items(session)


def _repair(let: Let) -> Repair:
    with let.store.read() as session:
        return the(session.get(Repair, let.landlord.repair_id))


def _state(let: Let, conflict: UUID) -> ConflictState:
    with let.store.read() as session:
        return the(session.get(Conflict, conflict)).state


def test_a_clash_is_told_in_words(let: Let) -> None:
    officer = let.landlord.officer
    a_conflict(let, field="trade", value={"trade": "carpentry"}, made_by="me")
    (item,) = _items(let)
    (part,) = item.parts
    assert (part.label, part.mine, part.theirs) == ("Trade", "Carpentry", "Door entry")
    assert item.mine.who == "You" and item.theirs.who == officer.name
    assert item.mine.keep == "Keep mine" and item.theirs.keep == f"Keep {officer.name}'s"
    assert item.theirs.shown and not item.mine.shown
    assert item.mine.when == "23 Nov 2026, 10:32"
    assert item.sentence.startswith("Repair R-")
    assert (item.page, item.target) == ("repairs", let.landlord.repair_id)
    assert not item.quiet and not item.both


def test_mine_that_is_not_shown_is_written_and_taken_back_by_undo(let: Let) -> None:
    before = _repair(let).description
    conflict = a_conflict(let, field="description", value={"description": "Fuse 3 trips"})
    with let.store.write("decided") as session:
        review.resolve(session, conflict, Choice.MINE)
    assert _repair(let).description == "Fuse 3 trips"
    assert _state(let, conflict) is ConflictState.RESTORED
    with let.store.read() as session:
        sent = session.execute(
            select(Outbox.table_name, Outbox.fields).order_by(Outbox.n.desc()).limit(2)
        ).all()
        step = history.last(session)
    assert {table for table, _ in sent} == {"repair", "conflict"}
    assert {"state": "restored"} in [fields for table, fields in sent if table == "conflict"]
    assert step is not None
    history.undo(let.store, step)
    assert _repair(let).description == before
    assert _state(let, conflict) is ConflictState.OPEN


def test_theirs_that_is_shown_is_kept_without_touching_the_record(let: Let) -> None:
    conflict = a_conflict(let, field="description", value={"description": "Fuse 3 trips"})
    before = _repair(let).stamps
    with let.store.write("decided") as session:
        review.resolve(session, conflict, "theirs")
    assert _repair(let).stamps == before
    assert _state(let, conflict) is ConflictState.KEPT
    assert _items(let) == []


def test_both_texts_stand_one_below_the_other(let: Let) -> None:
    with let.store.write("noted") as session:
        the(session.get(Repair, let.landlord.repair_id)).description = "Rings, nobody hears it"
    conflict = a_conflict(let, field="description", value={"description": "Panel is loose"})
    assert _items(let)[0].both
    with let.store.write("decided") as session:
        review.resolve(session, conflict, Choice.BOTH)
    assert _repair(let).description == "Rings, nobody hears it\nPanel is loose"
    assert _state(let, conflict) is ConflictState.MERGED


def test_both_is_for_texts_alone(let: Let) -> None:
    conflict = a_conflict(let, field="trade", value={"trade": "carpentry"})
    assert not _items(let)[0].both
    with let.store.write("decided") as session, pytest.raises(Told, match="cannot stand together"):
        review.resolve(session, conflict, Choice.BOTH)
    assert _state(let, conflict) is ConflictState.OPEN


def test_what_is_decided_is_not_decided_again(let: Let) -> None:
    conflict = a_conflict(let, field="description", value={"description": "x"})
    for _ in range(2):
        with let.store.write("decided") as session:
            if _state(let, conflict) is ConflictState.OPEN:
                review.resolve(session, conflict, Choice.THEIRS)
            else:
                with pytest.raises(Told, match="decided already"):
                    review.resolve(session, conflict, Choice.THEIRS)


def test_what_was_signed_is_not_decided_over(let: Let) -> None:
    signed = let.landlord.signed_id
    conflict = a_conflict(
        let,
        table="inspection",
        rid=signed,
        field="status",
        value={"status": "draft"},
        kind=ConflictKind.GUARDED,
    )
    with let.store.write("decided") as session, pytest.raises(Told, match="signed, so it never changes"):
        review.resolve(session, conflict, Choice.MINE)
    with let.store.write("decided") as session:
        review.resolve(session, conflict, Choice.THEIRS)
    assert _state(let, conflict) is ConflictState.KEPT


@pytest.mark.parametrize("status", ["completed", "no such state"])
def test_a_step_that_is_not_lawful_is_refused(let: Let, status: str) -> None:
    with let.store.write("put away") as session:
        the(session.get(Repair, let.landlord.repair_id)).status = RepairStatus.CANCELLED
    conflict = a_conflict(let, field="status", value={"status": status}, kind=ConflictKind.GUARDED)
    with let.store.write("decided") as session, pytest.raises(Told, match="not possible any more"):
        review.resolve(session, conflict, Choice.MINE)
    assert _repair(let).status is RepairStatus.CANCELLED


def test_a_removed_record_comes_back_with_the_change(let: Let) -> None:
    with let.store.write("removed") as session:
        the(session.get(Repair, let.landlord.repair_id)).deleted = True
    conflict = a_conflict(
        let, field="description", value={"description": "Still broken"}, shown={}, kind=ConflictKind.DELETED
    )
    (item,) = _items(let)
    assert item.parts[0] == review.Part("The record", "Kept, with the change", "Removed")
    assert item.page == ""
    with let.store.write("decided") as session:
        review.resolve(session, conflict, Choice.MINE)
    row = _repair(let)
    assert not row.deleted and row.description == "Still broken"


def test_parallel_edits_are_apart_and_do_not_count(let: Let) -> None:
    quiet = a_conflict(let, field="place", value={"place": "Floor 2"}, kind=ConflictKind.PARALLEL)
    loud = a_conflict(let, field="description", value={"description": "x"})
    assert [(one.id, one.quiet) for one in _items(let)] == [(loud, False), (quiet, True)]
    with let.store.read() as session:
        assert review.count(session) == 1
    with let.store.write("seen") as session:
        review.put_by(session, [quiet])
    assert [one.id for one in _items(let)] == [loud]


def test_what_a_role_may_not_see_is_not_there(let: Let) -> None:
    with let.store.write("a resident") as session:
        person = a_person(session, "Zoë Canary")
    secret = a_conflict(let, table="person", rid=person.id, field="needs", value={"needs": "Canary needs"})
    assert _items(let) == []  # a caretaker knows no residents
    with let.store.read() as session:
        assert review.count(session) == 0
    for choice in Choice:
        with let.store.write("decided") as session, pytest.raises(NotFound):
            review.resolve(session, secret, choice)
    with let.store.write("seen") as session, pytest.raises(NotFound):
        review.put_by(session, [secret])
    with let.store.write("decided") as session, pytest.raises(NotFound):
        review.resolve(session, uuid4(), Choice.MINE)


def test_who_may_not_write_a_field_may_only_keep_what_is_shown(let: Let) -> None:
    conflict = a_conflict(
        let,
        table="home",
        rid=let.landlord.home_id,
        field="access_notes",
        value={"access_notes": "Dog"},
        shown={"access_notes": ""},
    )
    (item,) = _items(let)  # a caretaker reads access notes and writes none
    assert not item.may_change
    with let.store.write("decided") as session, pytest.raises(NotAllowed):
        review.resolve(session, conflict, Choice.MINE)
    with let.store.read() as session:
        assert the(session.get(Home, let.landlord.home_id)).access_notes == ""


def test_an_ambassador_is_told_no_name(let: Let) -> None:
    let.store.actor = let.landlord.ambassador
    a_conflict(let, field="priority", value={"priority": "urgent"}, made_by="officer", shown_by="caretaker")
    for item in _items(let):
        assert {item.mine.who, item.theirs.who} <= {"Someone else", "Changed again since"}


def test_where_one_person_used_two_devices_the_buttons_differ(let: Let) -> None:
    a_conflict(let, field="description", value={"description": "x"}, made_by="me", shown_by="me")
    (item,) = _items(let)
    assert item.mine.keep != item.theirs.keep


def test_what_was_changed_again_since_names_nobody(let: Let) -> None:
    a_conflict(let, field="description", value={"description": "x"}, shown={"description": "was so then"})
    (item,) = _items(let)
    assert item.theirs.who == "Changed again since" and item.theirs.when == ""


def test_held_work_says_what_was_written_and_why(let: Let) -> None:
    held = a_held(let, {"title": "Lift stuck at 4", "due_at": "2026-11-24T10:00:00+00:00"}, "scope")
    with let.store.read() as session:
        (item,) = review.held(session)
        assert review.count(session) == 1
    assert dict(item.fields) == {"What is wrong": "Lift stuck at 4", "Due": "24 Nov 2026, 10:00"}
    assert "do not look after" in item.why
    assert "Lift stuck at 4" in item.text and item.why in item.text
    with let.store.write("read") as session:
        review.mark_seen(session, held)
    with let.store.read() as session:
        assert review.count(session) == 0
        assert [one.seen for one in review.held(session)] == [True]
        assert session.scalar(select(Held.reason)) == "scope"


def test_every_field_that_sync_sends_has_a_name() -> None:
    unnamed = [
        f"{table}.{column.key}"
        for table, model in SYNCED.items()
        for column in model.__table__.columns  # type: ignore[attr-defined]
        if column.key not in ("id", "deleted", "stamps")
        and column.key not in record_words._table()[table]["fields"]
    ]
    assert unnamed == []
    extra = {table for table in record_words._table() if table not in SYNCED}
    assert extra == set()


@pytest.mark.parametrize(
    ("table", "field", "raw", "words"),
    [
        ("repair", "completed_at", None, "nothing"),
        ("block", "lift", True, "yes"),
        ("tenancy", "kind", "starter", "Starter tenancy"),
        ("tenancy", "started_on", "2026-04-04", "4 Apr 2026"),
        ("staff", "role", "asb_officer", "ASB officer"),
        ("repair", "priority", "nonsense", "nonsense"),
        ("schedule", "template_key", "block_internal", "Block inspection"),
        ("attachment", "marks", {"add": [1, 2], "remove": [3]}, "2 more, 1 taken away"),
        ("signature", "strokes", [[[0, 0]]], "1 entry"),
    ],
)
def test_values_in_words(let: Let, table: str, field: str, raw: Any, words: str) -> None:
    with let.store.read() as session:
        assert record_words.value(session, table, field, raw) == words


def test_a_record_that_is_not_here_has_a_name_too(let: Let) -> None:
    with let.store.read() as session:
        named = record_words.named(session, "repair", uuid4())
        block = record_words.value(session, "repair", "block_id", str(let.landlord.block_id))
    assert named.title == "Repair" and named.page == ""
    assert block == "Lindley House A"


def test_newest_first(let: Let) -> None:
    first = a_conflict(let, field="description", value={"description": "a"}, ago=timedelta(hours=2))
    second = a_conflict(let, field="trade", value={"trade": "roofing"}, ago=timedelta(hours=1))
    assert [one.id for one in _items(let)] == [second, first]
