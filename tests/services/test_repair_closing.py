"""The end of a repair: photo or reason, the call after it, not fixed, cancelled, recalls, what was not finished."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.conftest import Let
from tests.fakes import FakeClock
from tests.landlord import a_picture
from watmos_desktop.models.kinds import (
    Channel,
    JobKind,
    JobStatus,
    Priority,
    RepairStatus,
    Responsibility,
    Trade,
    Waiting,
)
from watmos_desktop.models.tables import Clock, Contractor, Job, Repair
from watmos_desktop.services import (
    attachments,
    clocks,
    history,
    orders,
    recalls,
    repair_changes,
    repair_closing,
    repair_feedback,
    repair_further,
    repair_places,
    repair_report,
    repair_timeline,
    repairs,
    today,
)
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.orders import OrderDraft
from watmos_desktop.services.repair_closing import AFTER, Completion
from watmos_desktop.services.repair_feedback import Answer
from watmos_desktop.services.repair_further import Telling
from watmos_desktop.services.repair_report import ReportDraft
from watmos_desktop.services.repairs import Filter

NO_PHOTO = Completion(without_photo="A setting")


@pytest.fixture
def officer(let: Let) -> Let:
    let.store.actor = let.landlord.officer
    return let


def do(let: Let, change: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
    with let.store.write("a step") as session:
        return change(session, *args, **keywords)


def look(let: Let, read: Callable[..., Any], *args: Any) -> Any:
    with let.store.read() as session:
        return read(session, *args)


def reported(let: Let, thing: str = "tap", fault: str = "dripping", **more: Any) -> UUID:
    place = look(let, repair_places.where, "home", let.landlord.home_id)
    done: repair_report.Reported = do(let, repair_report.report, ReportDraft(place, thing, fault, **more))
    return done.id


def row(let: Let, repair_id: UUID) -> Repair:
    found: Repair = look(let, repairs.get_row, repair_id)
    return found


def firm(let: Let, name: str = "Flow Plumbing") -> UUID:
    with let.store.write("a firm", undoable=False) as session:
        made = Contractor(code=name[:4], name=name, trades=[one.value for one in Trade], specialisms=[])
        session.add(made)
        session.flush()
        return made.id


def with_photo(let: Let, repair_id: UUID) -> None:
    stored = attachments.store(let.store.blobs, a_picture())
    do(let, attachments.attach, "repair", repair_id, stored, item_key=AFTER)


def story(let: Let, repair_id: UUID) -> repair_timeline.Story:
    found: repair_timeline.Story = look(let, repair_timeline.of, repair_id)
    return found


def notes(let: Let, repair_id: UUID) -> list[str]:
    return [one.more for one in story(let, repair_id).entries if one.kind == "note"]


def undo(let: Let) -> None:
    with let.store.read() as session:
        last = history.last(session)
    assert last is not None
    history.undo(let.store, last)


def test_a_photo_is_asked_for_and_a_reason_to_go_without_is_kept(officer: Let, clock: FakeClock) -> None:
    found = reported(officer)
    clock.forward(days=1)
    with pytest.raises(Told) as told:
        do(officer, repair_closing.complete, found, Completion())
    assert told.value.field == "without_photo"
    assert row(officer, found).status is RepairStatus.REPORTED
    words = do(
        officer, repair_closing.complete, found, Completion(without_photo="Inside a wall", note="New washer")
    )
    assert words == "Done in time"
    assert notes(officer, found) == ["New washer", "Completed without a photo: Inside a wall"]
    assert row(officer, found).completed_at == clock.now()
    undo(officer)
    assert row(officer, found).status is RepairStatus.REPORTED
    assert notes(officer, found) == []
    with_photo(officer, found)
    do(officer, repair_closing.complete, found, Completion(told=Channel.IN_PERSON))
    assert notes(officer, found) == []
    first = story(officer, found).entries[0]
    assert (first.kind, first.what) == ("done", "Done")


def test_done_counts_when_it_was_and_not_when_it_cannot_be(officer: Let, clock: FakeClock) -> None:
    found = reported(officer)
    start = clock.now()
    clock.forward(days=90)
    for wrong in (start - timedelta(minutes=1), clock.now() + timedelta(minutes=1)):
        with pytest.raises(Told) as told:
            do(officer, repair_closing.complete, found, Completion(wrong, without_photo="x"))
        assert told.value.field == "done_at"
    at = start + timedelta(days=2)
    assert do(officer, repair_closing.complete, found, Completion(at, without_photo="x")) == "Done in time"
    assert row(officer, found).completed_at == at
    with pytest.raises(Told, match="not open"):
        do(officer, repair_closing.complete, found, NO_PHOTO)


def test_completing_finishes_the_orders(officer: Let, clock: FakeClock) -> None:
    found, who = reported(officer), firm(officer)
    job = do(officer, orders.order, found, OrderDraft(who))
    clock.forward(hours=3)
    do(officer, repair_closing.complete, found, NO_PHOTO)
    with officer.store.read() as session:
        kept = session.get_one(Job, job)
    assert (kept.status, kept.finished_at) == (JobStatus.DONE, clock.now())


def test_not_fixed_opens_it_again_and_the_first_promise_stands(officer: Let, clock: FakeClock) -> None:
    found = reported(officer)
    first = row(officer, found).due_at
    clock.forward(days=3)
    with_photo(officer, found)
    do(officer, repair_closing.complete, found, Completion())
    assert story(officer, found).owed is not None
    clock.forward(days=1)
    asked = do(officer, repair_feedback.contact, found, Channel.PHONE, None)
    assert story(officer, found).owed.text == "Asked, no answer yet"  # type: ignore[union-attr]
    clock.forward(days=1)
    said = Answer(fixed=False, score=2, comment="Drips still")
    contacted = do(officer, repair_feedback.contact, found, Channel.PHONE, said)
    assert contacted.reopened and contacted.feedback_id == asked.feedback_id
    assert "is open again. The first promise stands: due" in contacted.words
    kept = row(officer, found)
    assert (kept.status, kept.completed_at, kept.due_at) == (RepairStatus.REPORTED, None, first)
    with officer.store.read() as session:
        running = [(one.due_at, one.key) for one in clocks.running(session, found)]
        assert sorted(running) == sorted(
            (one.due_at, one.key) for one in session.scalars(select(Clock).where(Clock.owner_id == found))
        )
    with pytest.raises(Told, match="no photo"):  # the old photo shows what was not fixed
        do(officer, repair_closing.complete, found, Completion())
    with pytest.raises(Told) as told:
        do(
            officer,
            repair_closing.complete,
            found,
            Completion(clock.now() - timedelta(hours=30), without_photo="x"),
        )
    assert told.value.field == "done_at"
    undo(officer)
    assert row(officer, found).status is RepairStatus.COMPLETED
    assert look(officer, repair_feedback.of, found)[0].score is None


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (Answer(fixed=True), "score"),
        (Answer(fixed=True, score=6), "score"),
        (Answer(fixed=False, score=0), "score"),
        (Answer(fixed=True, score=5, comment="x" * 4001), "comment"),
    ],
)
def test_a_wrong_answer_is_told_at_its_field(officer: Let, answer: Answer, field: str) -> None:
    found = reported(officer)
    with pytest.raises(Told, match="not done"):
        do(officer, repair_feedback.contact, found, Channel.PHONE, None)
    do(officer, repair_closing.complete, found, NO_PHOTO)
    with pytest.raises(Told) as told:
        do(officer, repair_feedback.contact, found, Channel.PHONE, answer)
    assert told.value.field == field


def test_cancelled_needs_a_reason_and_no_order_and_comes_back_with_its_clock(
    officer: Let, clock: FakeClock
) -> None:
    found, who = reported(officer), firm(officer)
    due = row(officer, found).due_at
    job = do(officer, orders.order, found, OrderDraft(who))
    clock.forward(minutes=5)
    with pytest.raises(Told, match="order is under way"):
        do(officer, repair_closing.cancel, found, "Found in order")
    do(officer, orders.cancel, job, "Not needed")
    with pytest.raises(Told) as told:
        do(officer, repair_closing.cancel, found, " ")
    assert told.value.field == "reason"
    do(officer, repair_closing.cancel, found, "Found in order", Channel.PHONE)
    assert row(officer, found).status is RepairStatus.CANCELLED
    (card,) = look(officer, repairs.page, Filter("cancelled"), 0, 9)
    assert (card.id, card.due.text, look(officer, repairs.count, Filter("cancelled"))) == (
        found,
        "Cancelled",
        1,
    )
    clock.forward(days=1)
    do(officer, repair_closing.reopen, found, "Drips again")
    kept = row(officer, found)
    assert (kept.status, kept.due_at) == (RepairStatus.REPORTED, due)
    with officer.store.read() as session:
        assert due in {one.due_at for one in clocks.running(session, found)}
    with pytest.raises(Told, match="is open"):
        do(officer, repair_closing.reopen, found, "Again")


def test_a_possible_hazard_is_neither_cancelled_nor_signposted_away(officer: Let) -> None:
    found = reported(officer, "damp", "mould")
    if not any(one.key.startswith("AW.") for one in look(officer, clocks.running, found)):
        pytest.fail("the guide starts the clock of the law for mould")
    with pytest.raises(Told, match="possible hazard"):
        do(officer, repair_closing.cancel, found, "By mistake")
    with pytest.raises(Told, match="possible hazard"):
        do(officer, repair_changes.set_responsibility, found, Responsibility.RESIDENT, "Their doing")


def test_the_same_fault_within_28_days_is_a_recall_until_someone_says_otherwise(
    officer: Let, clock: FakeClock
) -> None:
    first = reported(officer)
    do(officer, repair_closing.complete, first, NO_PHOTO)
    clock.forward(days=28)
    place = look(officer, repair_places.where, "home", officer.landlord.home_id)
    advice = look(officer, repair_report.advise, ReportDraft(place, "tap", "dripping"))
    assert advice.read_out.endswith(repair_report.AGAIN)
    again, other = reported(officer), reported(officer, "socket", "dead")
    assert row(officer, again).recall_of == first
    assert row(officer, other).recall_of is None
    reference = row(officer, again).reference
    assert [one.words for one in story(officer, first).recalls] == [f"Came back Mon 21 Dec as {reference}"]
    assert story(officer, again).recalls[0].words.endswith("done Mon 23 Nov")
    do(officer, repair_further.not_a_recall, again, "The other tap")
    assert row(officer, again).recall_of is None
    assert "Another fault, no recall: The other tap" in notes(officer, again)
    undo(officer)
    assert row(officer, again).recall_of == first
    do(officer, repair_closing.complete, again, NO_PHOTO)
    clock.forward(days=28, minutes=1)
    assert row(officer, reported(officer)).recall_of is None


def test_what_could_not_be_finished_goes_on_in_a_linked_order(officer: Let, clock: FakeClock) -> None:
    found, who = reported(officer), firm(officer)
    job = do(officer, orders.order, found, OrderDraft(who))
    clock.forward(hours=2)
    for bad, field in ((("", date(2026, 12, 3)), "parts"), (("A pump", date(2026, 11, 1)), "due_on")):
        with pytest.raises(Told) as told:
            do(officer, repair_further.await_parts, job, *bad)
        assert told.value.field == field
    say = Telling(Channel.PHONE, "The pump comes on 3 December.")
    do(officer, repair_further.await_parts, job, "A pump", date(2026, 12, 3), say)
    kept = row(officer, found)
    assert (kept.waiting, kept.last_told_at) == (Waiting.PARTS, clock.now())
    assert story(officer, found).waiting == "Waiting for a pump until Thu 3 Dec"
    do(officer, repair_further.vary, job, "A new pump", "The old one is worn", 12_050)
    do(officer, repair_further.parts_came, job)
    assert row(officer, found).waiting is None
    more = OrderDraft(who, next_steps="They come back on Friday.", told=Channel.PHONE)
    following = do(officer, repair_further.follow_on, job, more, "The pipe behind is cracked too")
    with officer.store.read() as session:
        old, new = session.get_one(Job, job), session.get_one(Job, following)
    assert (old.status, new.follows_id, new.kind) == (JobStatus.DONE, job, JobKind.FOLLOW_ON)
    said = [one.what for one in story(officer, found).entries]
    assert f"Varied {old.reference} · £120.50" in said
    assert any(one.startswith("Follow-on work ordered from Flow Plumbing") for one in said)


@pytest.mark.parametrize(
    ("typed", "pence"), [("£1,240.50", 124_050), ("85", 8_500), ("-20", -2_000), ("", None), ("0.5", 50)]
)
def test_money_is_read_as_people_type_it(typed: str, pence: int | None) -> None:
    assert repair_further.pence_of(typed) == pence
    if pence is not None:
        assert repair_further.pence_of(repair_further.money(pence)) == pence


@pytest.mark.parametrize("typed", ["eighty", "1.2.3", "5.", "1.234", "--2", "٣", "9999999999"])
def test_what_is_no_money_is_told(typed: str) -> None:
    with pytest.raises(Told) as told:
        repair_further.pence_of(typed)
    assert told.value.field == "pounds"


def test_an_ambassador_closes_nothing_and_hears_no_words(officer: Let) -> None:
    place = look(officer, repair_places.where, "block", officer.landlord.block_id)
    found = do(officer, repair_report.report, ReportDraft(place, "paths", "worn")).id
    do(officer, repair_changes.set_priority, found, Priority.EMERGENCY, "Mrs Khan fell")
    officer.store.actor = officer.landlord.ambassador
    for change, args in (
        (repair_closing.complete, (NO_PHOTO,)),
        (repair_closing.cancel, ("x",)),
        (repair_feedback.contact, (Channel.PHONE, None)),
    ):
        with pytest.raises(NotAllowed):
            do(officer, change, found, *args)
    told = story(officer, found)
    assert {one.kind for one in told.entries} <= {"reported", "promise", "done"}
    assert "Khan" not in repr(told) and "Adeyemi" not in repr(told)


STEPS = (
    "complete",
    "cancel",
    "reopen",
    "not_fixed",
    "happy",
    "ours",
    "theirs",
    "order",
    "take_back",
    "sooner",
    "later",
    "emergency",
    "parts",
)
LAWFUL = {
    RepairStatus.REPORTED: {
        RepairStatus.ORDERED,
        RepairStatus.COMPLETED,
        RepairStatus.CANCELLED,
        RepairStatus.SIGNPOSTED,
    },
    RepairStatus.ORDERED: {RepairStatus.REPORTED, RepairStatus.COMPLETED},
    RepairStatus.COMPLETED: {RepairStatus.REPORTED},
    RepairStatus.CANCELLED: {RepairStatus.REPORTED},
    RepairStatus.SIGNPOSTED: {RepairStatus.REPORTED},
}


def take(let: Let, found: UUID, who: UUID, step: str) -> None:
    with let.store.read() as session:
        jobs = list(session.scalars(select(Job.id).where(Job.repair_id == found).order_by(Job.ordered_at)))
    job = jobs[-1] if jobs else uuid.uuid4()
    said = Answer(fixed=step == "happy", score=4)
    steps: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
        "complete": (repair_closing.complete, (found, NO_PHOTO)),
        "cancel": (repair_closing.cancel, (found, "Because")),
        "reopen": (repair_closing.reopen, (found, "Because")),
        "not_fixed": (repair_feedback.contact, (found, Channel.PHONE, said)),
        "happy": (repair_feedback.contact, (found, Channel.PHONE, said)),
        "ours": (repair_changes.set_responsibility, (found, Responsibility.LANDLORD, "Because")),
        "theirs": (repair_changes.set_responsibility, (found, Responsibility.RESIDENT, "Because")),
        "order": (orders.order, (found, OrderDraft(who))),
        "take_back": (orders.cancel, (job, "Because")),
        "sooner": (repair_changes.set_priority, (found, Priority.URGENT, "Because")),
        "later": (repair_changes.set_priority, (found, Priority.ROUTINE, "Because")),
        "emergency": (repair_changes.set_priority, (found, Priority.EMERGENCY, "Because")),
        "parts": (repair_further.await_parts, (job, "Pump", date(2027, 6, 1))),
    }
    change, args = steps[step]
    try:
        do(let, change, *args)
    except Told:
        return


def told(let: Let, found: UUID) -> dict[UUID, tuple[str, datetime, datetime]]:
    with let.store.read() as session:
        rows = session.scalars(select(Clock).where(Clock.owner_id == found, ~Clock.deleted))
        return {one.id: (one.key, one.started_at, one.due_at) for one in rows}


@given(
    start=st.sampled_from([("tap", "dripping"), ("toilet", "only_blocked"), ("toilet_seat", "broken")]),
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=12),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_order_of_steps_is_unlawful_and_nothing_told_is_rewritten(
    officer: Let, clock: FakeClock, start: tuple[str, str], steps: list[str]
) -> None:
    with officer.store.read() as session:
        who = session.scalar(select(Contractor.id))
    who = who or firm(officer)
    found = reported(officer, *start)
    clocks_told = told(officer, found)
    for step in steps:
        clock.forward(hours=1)
        before = row(officer, found)
        take(officer, found, who, step)
        after, now_told = row(officer, found), told(officer, found)
        assert after.status is before.status or after.status in LAWFUL[before.status], step
        # Every clock that was ever told stays as it was told.
        assert clocks_told.items() <= now_told.items(), step
        clocks_told = now_told
        with officer.store.read() as session:
            running = {one.key for one in clocks.running(session, found)}
        if after.status in repairs.OPEN:
            assert clocks.REPAIR_CLOCK[after.priority] in running, step
            assert len(running & {"R5", "R6", "R7"}) == 1, step
            assert after.completed_at is None
        else:
            assert not running, step
            assert (after.completed_at is not None) is (after.status is RepairStatus.COMPLETED)
            assert after.waiting is None


def test_a_recall_may_lie_where_one_may_not_look(officer: Let) -> None:
    first = reported(officer)
    do(officer, repair_closing.complete, first, NO_PHOTO)
    again = reported(officer)
    officer.store.actor = officer.landlord.caretaker
    with officer.store.read() as session:
        assert len(recalls.of(session, repairs.get_row(session, again))) == 1


def test_a_call_that_is_due_is_on_today_until_they_were_asked(officer: Let, clock: FakeClock) -> None:
    def calls() -> list[str]:
        return [one.title for one in look(officer, today.get).cards if one.title.startswith("Ask if they")]

    first = reported(officer)
    do(officer, repair_closing.complete, first, NO_PHOTO)
    assert calls() == []  # not due yet
    by = look(officer, repair_timeline.of, first).owed.text
    clock.set(clock.now() + timedelta(days=10))
    assert by.startswith("Ask by") and len(calls()) == 1
    do(officer, repair_feedback.contact, first, Channel.PHONE, None)
    assert calls() == []  # asked in vain is asked
    second = reported(officer, "toilet", "leaking")
    do(officer, repair_closing.complete, second, NO_PHOTO)
    clock.set(clock.now() + timedelta(days=20))
    assert len(calls()) == 1
    clock.set(clock.now() + timedelta(days=20))
    assert calls() == []  # nobody remembers it any more
