"""What a walk never does: double a defect, lose a hazard's clock, write over words by hand, touch what is sealed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.conftest import Let
from tests.fakes import FakeClock
from watmos_desktop.models.kinds import (
    InspectionStatus,
    NotScored,
    Priority,
    RepairStatus,
    Role,
    Scale,
    Sighting,
    Trade,
)
from watmos_desktop.models.tables import (
    Attachment,
    Attendance,
    Block,
    Clock,
    Defect,
    Inspection,
    Repair,
    Schedule,
    Signature,
    TemplateVersion,
)
from watmos_desktop.services import (
    attachments,
    defects,
    history,
    inspections,
    repair_raising,
    repairs,
    scoring,
    signing,
    templates,
    walk,
    walk_view,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.templates import Item, Phrase
from watmos_desktop.services.walk_view import Walk

PHOTO = attachments.StoredPhoto("ab" * 32, 1000, 800, 600, None)
BY_HAND = repair_raising.RepairDraft(
    "Mend it",
    Trade.GLAZING,
    Priority.ROUTINE,
    datetime(2020, 1, 1, tzinfo=LONDON),
    UUID(int=0),
    description="Ring the bell of the shop first",
)


@dataclass
class On:
    """A walk under way on the landlord's first block, where a signed one found three defects."""

    let: Let
    id: UUID
    clock: FakeClock

    def do(self, change: Any, *args: Any, **keywords: Any) -> Any:
        with self.let.store.write("a step") as session:
            return change(session, *args, **keywords)

    def step(self, change: Any, *args: Any, **keywords: Any) -> Any:
        return self.do(change, self.id, *args, **keywords)

    def see(self) -> Walk:
        with self.let.store.read() as session:
            return walk_view.load(session, self.id)

    def all(self, model: Any, *where: Any) -> list[Any]:
        with self.let.store.read() as session:
            return list(session.scalars(select(model).where(~model.deleted, *where)))

    def mine(self, model: Any) -> list[Any]:
        return self.all(model, model.inspection_id == self.id)

    def undo(self) -> None:
        with self.let.store.read() as session:
            last = history.last(session)
        assert last is not None
        history.undo(self.let.store, last)

    def free(self) -> tuple[Item, Phrase]:
        """An item without an earlier defect, and a phrase of it that raises a repair and is no hazard."""
        taken = {one.item_key for one in self.see().carried}
        return next(
            (item, phrase)
            for item in self.see().template.items
            for phrase in item.phrases
            if item.key not in taken and phrase.raises_repair and not phrase.hazard
        )

    def sign(self) -> None:
        seen = self.see()
        for one in seen.carried:
            if one.outcome is None:
                self.step(defects.look_again, one.id, Sighting.NOT_FIXED)
        for item in seen.template.items:
            if item.key not in seen.mine:
                self.step(walk.answer, item.key, value=scoring.ok_answer(item).value)
        for item in seen.template.items:
            if "photo" in self.see().still_needed(item.key):
                self.step(walk.add_photo, replace(PHOTO, sha256="cd" * 32), item.key)
        actor = self.let.store.actor
        self.step(signing.sign, [signing.SignatureDraft(actor.name, Role.MANAGER)])


@pytest.fixture
def on(let: Let, clock: FakeClock) -> On:
    with let.store.write("begun") as session:
        return On(let, walk.start(session, let.landlord.schedule_id), clock)


# One fault, one defect


def test_a_grade_and_then_the_phrase_of_last_time_is_the_same_defect(on: On) -> None:
    with on.let.store.read() as session:
        known = session.scalars(select(Defect).where(Defect.repair_id.is_not(None))).first()
    assert known is not None
    on.step(walk.answer, known.item_key, value=known.grade)
    assert len(on.mine(Defect)) == 1
    on.step(walk.answer, known.item_key, phrase=known.phrase_key)
    assert (on.mine(Defect), on.mine(Repair)) == ([], [])
    assert [one.outcome for one in on.see().carried if one.id == known.id] == [Sighting.NOT_FIXED]


def test_another_answer_asks_again_about_the_defect_of_last_time(on: On) -> None:
    with on.let.store.read() as session:
        known = session.scalars(select(Defect).where(Defect.repair_id.is_not(None))).first()
    assert known is not None
    on.step(walk.answer, known.item_key, phrase=known.phrase_key)
    on.clock.forward(minutes=1)
    on.step(walk.answer, known.item_key, value="A")
    assert [one.outcome for one in on.see().carried if one.id == known.id] == [None]


def test_what_the_officer_said_of_it_stays(on: On) -> None:
    with on.let.store.read() as session:
        known = session.scalars(select(Defect).where(Defect.repair_id.is_not(None))).first()
    assert known is not None
    on.step(walk.answer, known.item_key, phrase=known.phrase_key)
    on.clock.forward(minutes=1)
    on.step(defects.look_again, known.id, Sighting.WORSE)
    on.step(walk.answer, known.item_key, value="A")
    assert [one.outcome for one in on.see().carried if one.id == known.id] == [Sighting.WORSE]


def test_a_colleagues_walk_under_way_is_not_built_upon(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    on.let.store.actor = on.let.landlord.officer
    other = On(on.let, on.do(walk.start, on.let.landlord.schedule_id), on.clock)
    assert item.key not in {one.item_key for one in other.see().carried}
    other.step(walk.answer, item.key, phrase=phrase.key)
    assert len(other.mine(Defect)) == 1
    assert len(on.mine(Defect)) == 1


def test_a_signed_walk_is_not_asked_about_later_defects(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    on.sign()
    with on.let.store.read() as session:
        before = walk_view.load(session, on.let.landlord.signed_id)
    assert item.key not in {one.item_key for one in before.carried}


def test_worse_said_by_mistake_leaves_no_trace_on_the_defect(on: On) -> None:
    (carried,) = [one for one in on.see().carried if one.grade == "C"][:1]
    on.step(defects.look_again, carried.id, Sighting.WORSE)
    assert [one.grade for one in on.see().carried if one.id == carried.id] == ["D"]
    on.step(defects.look_again, carried.id, Sighting.NOT_FIXED)
    assert [one.grade for one in on.see().carried if one.id == carried.id] == ["C"]


def test_a_walks_own_or_removed_defect_is_not_looked_at_again(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    (own,) = on.mine(Defect)
    with pytest.raises(NotFound):
        on.step(defects.look_again, own.id, Sighting.FIXED)


# Repairs


def test_a_repair_shared_by_two_items_outlives_the_one_that_raised_it(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    other = next(one for one in on.see().template.items if one.scale is Scale.GRADE and one.key != item.key)
    on.step(walk.answer, other.key, value="D")
    repair_id = on.see().raised[item.key].id
    on.step(defects.join, other.key, repair_id)
    on.step(walk.answer, item.key, value="A")
    assert on.see().raised[other.key].id == repair_id
    on.step(walk.answer, other.key, value="A")
    assert not on.mine(Repair)


def test_a_note_does_not_write_over_words_written_by_hand(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    on.step(walk.note, item.key, "By the lift")
    assert [one.description for one in on.mine(Repair)] == ["By the lift"]
    on.step(defects.raise_by_hand, item.key, BY_HAND)
    on.step(walk.note, item.key, "By the door")
    on.step(walk.answer, item.key, phrase=phrase.key)
    assert [one.description for one in on.mine(Repair)] == [BY_HAND.description]


def test_a_repair_by_hand_takes_its_facts_from_the_walk(on: On) -> None:
    item, _ = on.free()
    on.step(walk.answer, item.key, value=item.choices[-1].value)
    seen_at = on.clock.now()
    on.clock.forward(hours=3)
    on.step(defects.raise_by_hand, item.key, BY_HAND)
    (repair,) = on.mine(Repair)
    assert (repair.reported_at, repair.block_id, repair.inspection_id) == (
        seen_at,
        on.let.landlord.block_id,
        on.id,
    )


def test_only_an_open_repair_of_this_place_is_joined(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    for elsewhere in on.all(Repair, Repair.block_id == on.let.landlord.other_block_id):
        with pytest.raises(NotFound):
            on.step(defects.join, item.key, elsewhere.id)
    own = on.see().raised[item.key].id
    on.step(walk.answer, item.key, value="A")
    on.step(walk.answer, item.key, value=item.choices[-1].value)
    with pytest.raises(NotFound):
        on.step(defects.join, item.key, own)  # withdrawn meanwhile


def test_what_was_told_of_a_signed_walk_is_not_rewritten(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    repair_id = on.see().raised[item.key].id
    on.sign()
    words: dict[str, Any] = {"title": "x", "trade": Trade.GLAZING, "place": "", "description": ""}
    with pytest.raises(Told, match="signed"):
        on.do(repair_raising.change, repair_id, priority=Priority.EMERGENCY, **words)
    with pytest.raises(Told, match="signed"):
        on.do(repair_raising.withdraw, repair_id)


def test_a_withdrawn_repair_is_not_here(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    repair_id = on.see().raised[item.key].id
    on.undo()
    with pytest.raises(NotFound), on.let.store.read() as session:
        repairs.get(session, repair_id)


# Clocks


def hazard(on: On, priority: Priority, hazard_id: str = "") -> tuple[Item, Phrase]:
    taken = {one.item_key for one in on.see().carried}
    return next(
        (item, phrase)
        for item in on.see().template.items
        for phrase in item.phrases
        if item.key not in taken
        and phrase.raises_repair
        and phrase.hazard
        and (not hazard_id or phrase.hazard == hazard_id)
        and phrase.priority is priority
    )


def running(on: On, repair_id: UUID) -> set[str]:
    return {one.key for one in on.all(Clock, Clock.owner_id == repair_id) if one.stopped_at is None}


def test_a_hazard_keeps_its_clock_when_it_joins_a_repair_without_one(on: On) -> None:
    item, phrase = hazard(on, Priority.EMERGENCY)
    older = on.do(
        repair_raising.raise_repair,
        replace(
            BY_HAND,
            seen_at=on.clock.now() - timedelta(days=2),
            estate_id=on.let.landlord.estate_id,
            block_id=on.let.landlord.block_id,
        ),
    )
    on.step(walk.answer, item.key, phrase=phrase.key)
    seen_at = on.clock.now()
    on.clock.forward(minutes=5)
    on.step(defects.join, item.key, older.id)
    assert running(on, older.id) == {"R7", "AW.emergency"}
    (clock,) = [one for one in on.all(Clock, Clock.owner_id == older.id) if one.key == "AW.emergency"]
    assert clock.started_at == seen_at
    assert [one.due_at for one in on.all(Repair, Repair.id == older.id)] == [older.due_at]
    on.step(walk.answer, item.key, value="A")
    assert running(on, older.id) == {"R7"}
    assert [one.hazard for one in on.all(Repair, Repair.id == older.id)] == [""]


def test_another_priority_starts_the_right_clocks_and_keeps_the_old_ones_in_history(on: On) -> None:
    item, phrase = hazard(on, Priority.EMERGENCY)
    on.step(walk.answer, item.key, phrase=phrase.key)
    repair_id = on.see().raised[item.key].id
    assert running(on, repair_id) == {"R5", "AW.emergency"}
    for priority in (Priority.URGENT, Priority.ROUTINE, Priority.EMERGENCY):
        on.clock.forward(minutes=10)
        on.step(defects.raise_by_hand, item.key, replace(BY_HAND, priority=priority))
    assert running(on, repair_id) == {"R5", "AW.emergency"}
    rows = on.all(Clock, Clock.owner_id == repair_id)
    assert sorted(one.key for one in rows if one.key[0] == "R") == ["R5", "R5", "R6", "R7"]
    stops = [one.stopped_at for one in rows if one.stopped_at]
    assert len(stops) == len(rows) - 2
    first = min(rows, key=lambda one: (one.key != "R5", one.stopped_at is None))
    assert first.stopped_at == on.clock.now() - timedelta(minutes=20)  # and no later change moved it


def test_the_clock_runs_from_the_first_sight_whatever_phrase_it_ends_with(on: On) -> None:
    item, phrase = hazard(on, Priority.EMERGENCY)
    on.step(walk.answer, item.key, value=str(phrase.grade))
    seen_at = on.clock.now()
    on.clock.forward(days=3)
    on.step(walk.answer, item.key, phrase=phrase.key)
    (repair,) = on.mine(Repair)
    assert repair.reported_at == seen_at


@pytest.mark.parametrize(
    ("day", "statutory"),
    [
        (datetime(2026, 11, 29, 12, tzinfo=LONDON), False),
        (datetime(2026, 11, 30, tzinfo=LONDON), True),
    ],
)
def test_a_hazard_of_the_second_phase_has_a_clock_from_its_day_on(
    on: On, day: datetime, statutory: bool
) -> None:
    draft = replace(
        BY_HAND,
        seen_at=day,
        estate_id=on.let.landlord.estate_id,
        hazard="electrical",
        priority=Priority.URGENT,
    )
    on.let.store.actor = on.let.landlord.manager
    repair = on.do(repair_raising.raise_repair, draft)
    assert ("AW.investigate" in running(on, repair.id)) is statutory


def test_done_stops_the_clocks_and_not_done_lets_them_run_on(on: On) -> None:
    (carried, *_) = [one for one in on.see().carried if one.repair]
    assert carried.repair is not None
    before = running(on, carried.repair.id)
    on.step(defects.look_again, carried.id, Sighting.FIXED)
    assert running(on, carried.repair.id) == set()
    on.step(defects.look_again, carried.id, Sighting.NOT_FIXED)
    assert running(on, carried.repair.id) == before


# Photos


def test_a_removed_photo_is_gone_wherever_it_was_shown_and_undo_brings_it_back(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    photo = on.step(walk.add_photo, PHOTO, item.key)
    assert len(on.all(Attachment, Attachment.sha256 == PHOTO.sha256)) == 3
    on.do(attachments.describe, photo, caption="The crack", marks=[{"kind": "line", "points": []}])
    assert {one.caption for one in on.all(Attachment, Attachment.sha256 == PHOTO.sha256)} == {"The crack"}
    on.do(attachments.remove, photo)
    assert on.all(Attachment, Attachment.sha256 == PHOTO.sha256) == []
    on.undo()
    assert len(on.all(Attachment, Attachment.sha256 == PHOTO.sha256)) == 3


def test_a_photo_leaves_a_repair_that_its_defect_leaves(on: On) -> None:
    item, phrase = on.free()
    older = next(
        one
        for one in on.all(Repair, Repair.block_id == on.let.landlord.block_id)
        if one.status in repairs.OPEN
    )
    on.step(walk.answer, item.key, phrase=phrase.key)
    on.step(walk.add_photo, PHOTO, item.key)
    on.step(defects.join, item.key, older.id)
    on.step(walk.answer, item.key, value="A")
    assert on.all(Attachment, Attachment.owner_id == older.id, Attachment.sha256 == PHOTO.sha256) == []


# What is sealed


def test_nothing_of_a_signed_walk_can_be_changed_by_any_service(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    photo = on.step(walk.add_photo, PHOTO, item.key)
    (carried, *_) = on.see().carried
    on.sign()
    (open_repair, *_) = on.all(Repair, Repair.block_id == on.let.landlord.block_id)
    on.let.store.actor = on.let.landlord.manager
    for change, *args in (
        (attachments.describe, photo),
        (attachments.remove, photo),
        (attachments.share, photo, "repair", open_repair.id),
        (attachments.unshare, photo, open_repair.id),
        (attachments.attach, "inspection", on.id, PHOTO),
        (walk.place_photo, on.id, photo, item.key),
        (walk.answer, on.id, item.key),
        (walk.note, on.id, item.key, "x"),
        (walk.move, on.id, item.key),
        (walk.invite, on.id, None, "x"),
        (walk.abandon, on.id),
        (defects.join, on.id, item.key, open_repair.id),
        (defects.raise_by_hand, on.id, item.key, BY_HAND),
        (defects.look_again, on.id, carried.id, Sighting.FIXED),
        (signing.sign, on.id, []),
    ):
        with pytest.raises(Told, match="signed"):
            on.do(change, *args)
    with on.let.store.read() as session:
        assert signing.broken_seals(session) == []


@pytest.mark.parametrize(
    "change",
    [{"caption": "x"}, {"marks": [1]}, {"taken_at": datetime(2020, 1, 1, tzinfo=LONDON)}, {"item_key": ""}],
)
def test_the_seal_covers_every_fact_of_a_photo(on: On, change: dict[str, Any]) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    on.step(walk.add_photo, PHOTO, item.key)
    on.sign()
    with on.let.store.apply() as connection:
        connection.execute(Attachment.__table__.update().values(**change))  # type: ignore[attr-defined]
    with on.let.store.read() as session:
        assert on.see().reference in signing.broken_seals(session)


def test_a_walk_signed_elsewhere_meanwhile_is_not_undone(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    with on.let.store.read() as session:
        last = history.last(session)
    assert last is not None
    with on.let.store.apply() as connection:
        connection.execute(
            Inspection.__table__.update()  # type: ignore[attr-defined]
            .where(Inspection.id == on.id)
            .values(status=InspectionStatus.SIGNED)
        )
    with pytest.raises(Told, match="changed again"):
        history.undo(on.let.store, last)


def test_a_record_that_others_worked_on_is_not_undone_away(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    (repair,) = on.mine(Repair)
    with on.let.store.apply() as connection:
        connection.execute(
            Repair.__table__.update().where(Repair.id == repair.id).values(status=RepairStatus.ORDERED)  # type: ignore[attr-defined]
        )
    with pytest.raises(Told, match="changed again"):
        on.undo()
    assert len(on.mine(Repair)) == 1


def test_undo_does_not_reach_behind_a_walk_begun_since(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    with on.let.store.read() as session:
        mine = history.last(session)
        hall = next(one for one in inspections.due(session) if one.draft_id is None)
    assert mine is not None
    on.do(walk.start, hall.schedule_id)
    with on.let.store.read() as session:
        assert history.last(session) is None
    with pytest.raises(Told):
        history.undo(on.let.store, mine)


def test_undo_in_every_order_brings_back_what_was(on: On) -> None:
    item, phrase = on.free()
    older = next(
        one
        for one in on.all(Repair, Repair.block_id == on.let.landlord.block_id)
        if one.status in repairs.OPEN
    )
    (carried, *_) = on.see().carried
    seen = [on.see()]
    for change, *args in (
        (walk.answer, item.key, phrase.grade.value),
        (walk.answer, item.key, "", phrase.key),
        (walk.note, item.key, "By the lift"),
        (walk.add_photo, PHOTO, item.key),
        (defects.join, item.key, older.id),
        (defects.look_again, carried.id, Sighting.FIXED),
        (walk.invite, None, "Mrs Okafor"),
    ):
        keywords = dict(zip(("value", "phrase"), args[1:], strict=False)) if change is walk.answer else {}
        on.step(change, *(args[:1] if keywords else args), **keywords)
        seen.append(on.see())
    for before in reversed(seen[:-1]):
        on.undo()
        assert replace(on.see(), saved_at=None) == replace(before, saved_at=None)


def test_an_invitation_taken_back_can_be_given_again(on: On) -> None:
    on.step(walk.invite, None, "Mrs Okafor")
    on.undo()
    assert on.see().companion == ""
    on.step(walk.invite, None, "Mrs Okafor")
    assert on.see().companion == "Mrs Okafor"
    on.step(walk.invite, None, "Mrs Okafor")
    assert len(on.mine(Attendance)) == 2


# Answers and signatures


def test_not_scored_leaves_no_value_and_takes_the_defect_back(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    on.step(walk.answer, item.key, value="A", phrase=phrase.key, not_scored=NotScored.NOT_APPLICABLE)
    given = on.see().mine[item.key]
    assert (given.value, given.phrase_key, given.grade) == ("", "", None)
    assert not on.mine(Defect)


def test_a_phrase_or_count_that_is_none_is_told(on: On) -> None:
    item, _ = on.free()
    with pytest.raises(NotFound):
        on.step(walk.answer, item.key, phrase="nonsense")
    for count in (one for one in on.see().template.items if one.scale is Scale.COUNT):
        with pytest.raises(Told):
            on.step(walk.answer, count.key, value="9" * 10_000)


def test_who_signs_signs_in_their_own_role_and_once(on: On) -> None:
    on.sign()
    (signature,) = on.mine(Signature)
    assert signature.role is Role.CARETAKER  # whatever the draft said
    assert signature.staff_id == on.let.store.actor.staff_id


def test_a_clock_set_back_during_a_walk_ends_it_no_earlier_than_it_began(on: On) -> None:
    item, phrase = on.free()
    on.step(walk.answer, item.key, phrase=phrase.key)
    last = on.all(Schedule, Schedule.id == on.let.landlord.schedule_id)[0].last_done_on
    on.clock.forward(days=-200)
    on.step(walk.answer, item.key, value="A")
    on.sign()
    (row,) = on.all(Inspection, Inspection.id == on.id)
    assert row.finished_at >= row.started_at
    (schedule,) = on.all(Schedule, Schedule.id == on.let.landlord.schedule_id)
    assert schedule.last_done_on >= last


@pytest.mark.parametrize(
    "begin", [datetime(2027, 3, 27, 23, 50, tzinfo=LONDON), datetime(2026, 10, 24, 23, 50, tzinfo=LONDON)]
)
def test_a_walk_over_midnight_and_a_clock_change_counts_for_the_day_it_was_signed(
    let: Let, clock: FakeClock, begin: datetime
) -> None:
    clock.set(begin)
    let.store.actor = let.landlord.caretaker
    with let.store.write("begun") as session:
        on = On(let, walk.start(session, let.landlord.schedule_id), clock)
    item, phrase = on.free()
    clock.forward(hours=2)
    on.step(walk.answer, item.key, phrase=phrase.key)
    (repair,) = on.mine(Repair)
    assert repair.due_at == repair_raising.due_for(repair.priority, clock.now()).due_at
    on.sign()
    (schedule,) = on.all(Schedule, Schedule.id == let.landlord.schedule_id)
    assert schedule.last_done_on == max(clock.now().date(), date(2026, 10, 26))


# The ground shifts


def test_a_form_changed_since_leaves_a_draft_its_own_questions(on: On) -> None:
    (version,) = on.all(TemplateVersion)
    shorter = replace(on.see().template, version=version.version + 1, areas=on.see().template.areas[:1])
    with on.let.store.write("a newer form") as session:
        session.add(
            TemplateVersion(key=version.key, version=version.version + 1, body=templates.to_dict(shorter))
        )
    assert len(on.see().template.areas) > 1
    on.sign()


def test_a_block_removed_ends_what_is_asked_of_it_but_not_a_walk_under_way(on: On) -> None:
    on.let.store.actor = on.let.landlord.manager
    with on.let.store.write("pulled down") as session:
        session.get_one(Block, on.let.landlord.block_id).deleted = True
    on.let.store.actor = on.let.landlord.caretaker
    on.sign()
    with on.let.store.read() as session:
        assert on.let.landlord.block_id not in {
            one.block_id for one in inspections.due(session, within_days=999)
        }
    with pytest.raises(NotFound):
        on.do(walk.start, on.let.landlord.schedule_id)


def test_a_walk_whose_place_is_no_longer_mine_is_not_there(on: On) -> None:
    item, phrase = on.free()
    on.let.store.actor = replace(on.let.store.actor, estates=frozenset())
    with pytest.raises(NotFound):
        on.step(walk.answer, item.key, phrase=phrase.key)
    with pytest.raises(NotFound):
        on.see()


def test_an_unfinished_walk_put_away_says_so(on: On) -> None:
    on.step(walk.abandon)
    with pytest.raises(Told, match="put away"):
        on.step(walk.abandon)


# An ambassador walks


@pytest.fixture
def neighbour(on: On) -> On:
    """A walk that the ambassador began, beside the caretaker's."""
    on.let.store.actor = on.let.landlord.ambassador
    return On(on.let, on.do(walk.start, on.let.landlord.schedule_id), on.clock)


def test_an_ambassador_walks_raises_and_signs_alone(neighbour: On) -> None:
    item, phrase = neighbour.free()
    neighbour.step(walk.answer, item.key, phrase=phrase.key)
    assert neighbour.see().raised[item.key].title == phrase.title
    neighbour.sign()
    assert neighbour.see().status is InspectionStatus.SIGNED


def test_an_ambassador_sees_what_they_wrote_and_nobody_elses_words(on: On, neighbour: On) -> None:
    item, phrase = neighbour.free()
    neighbour.step(walk.answer, item.key, phrase=phrase.key)
    neighbour.step(walk.note, item.key, "My own words")
    photo = neighbour.step(walk.add_photo, PHOTO, item.key)
    neighbour.do(attachments.describe, photo, caption="My own caption")
    neighbour.step(defects.raise_by_hand, item.key, replace(BY_HAND, title="My own title", place="My place"))
    seen = neighbour.see()
    assert seen.mine[item.key].note == "My own words"
    assert seen.photos[item.key][0].caption == "My own caption"
    assert seen.raised[item.key].title == "My own title"
    with on.let.store.read() as session:
        own = repairs.get(session, seen.raised[item.key].id)
    assert (own.description, "My place" in own.card.where) == (BY_HAND.description, True)


def test_an_ambassador_reads_no_title_or_reason_that_staff_typed(on: On) -> None:
    item, _ = on.free()
    on.step(walk.answer, item.key, value=item.choices[-1].value)
    typed = replace(BY_HAND, title="Mrs Canary, flat 4, again", place="Canary's door", description="Canary")
    with on.let.store.write("walking with Mrs Canary") as session:
        repair_id = defects.raise_by_hand(session, on.id, item.key, typed)
    on.let.store.actor = on.let.landlord.ambassador
    with on.let.store.read() as session:
        told = [
            repairs.get(session, repair_id),
            repairs.page(session, repairs.Filter(), 0, 50),
            history.of(session, "repair", repair_id),
            history.of(session, "inspection", on.id),
        ]
    assert "Canary" not in str(told)
    assert "Glazing repair" in str(told)


def test_an_ambassador_writes_on_no_walk_but_their_own_and_nobody_on_theirs(on: On, neighbour: On) -> None:
    item, _ = on.free()
    for change, *args in (
        (
            walk.answer,
            item.key,
        ),
        (walk.abandon,),
        (signing.sign, []),
    ):
        with pytest.raises(Told, match="Someone else began"):
            on.step(change, *args)
    on.let.store.actor = on.let.landlord.officer
    with pytest.raises(Told, match="Someone else began"):
        neighbour.step(walk.answer, item.key, value="A")
    on.step(walk.answer, item.key, value="A")  # a colleague goes on with a colleague's walk
    on.let.store.actor = on.let.landlord.manager
    neighbour.step(walk.abandon)


def test_an_ambassador_says_fixed_and_the_repair_waits_for_staff(neighbour: On) -> None:
    (carried, *_) = [one for one in neighbour.see().carried if one.repair]
    assert carried.repair is not None
    neighbour.step(defects.look_again, carried.id, Sighting.FIXED)
    (repair,) = neighbour.all(Repair, Repair.id == carried.repair.id)
    assert repair.status in repairs.OPEN
    assert [one.outcome for one in neighbour.see().carried if one.id == carried.id] == [Sighting.FIXED]


def test_an_ambassadors_note_leaves_someone_elses_repair_alone(neighbour: On) -> None:
    item, phrase = neighbour.free()
    other = next(
        one
        for one in neighbour.all(Repair, Repair.block_id == neighbour.let.landlord.block_id)
        if one.status in repairs.OPEN and one.inspection_id is None
    )
    neighbour.step(walk.answer, item.key, phrase=phrase.key)
    neighbour.step(defects.join, item.key, other.id)
    neighbour.step(walk.note, item.key, "My words")
    (kept,) = neighbour.all(Repair, Repair.id == other.id)
    assert kept.description == other.description


def test_nobody_invites_themselves(neighbour: On) -> None:
    with pytest.raises(NotFound):
        neighbour.step(walk.invite, neighbour.let.landlord.ambassador.staff_id)
