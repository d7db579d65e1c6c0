"""The walk's rules: saved as given, bulk told apart, blind scoring, defects and repairs that agree with answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.build import a_block, a_schedule, a_staff, acting
from tests.fakes import FakeClock
from watmos_desktop.models.kinds import (
    Grade,
    InspectionStatus,
    NotScored,
    Priority,
    RepairStatus,
    Role,
    Scale,
    Scorer,
    Sighting,
)
from watmos_desktop.models.tables import Answer, Clock, Defect, Outbox, Repair, Schedule
from watmos_desktop.services import (
    attachments,
    defects,
    history,
    inspections,
    repair_raising,
    repair_words,
    repairs,
    scoring,
    signing,
    walk,
    walk_view,
)
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.signing import SignatureDraft
from watmos_desktop.services.store import Store
from watmos_desktop.services.templates import Item
from watmos_desktop.services.walk_view import Walk

TEMPLATE = "block_internal"
PHOTO = attachments.StoredPhoto("ab" * 32, 1000, 800, 600, None)


@dataclass
class Walking:
    """A walk in progress, with short words for its steps."""

    store: Store
    id: UUID
    clock: FakeClock

    def do(self, function: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
        with self.store.write("a step") as session:
            return function(session, self.id, *args, **keywords)

    def see(self, scorer: Scorer = Scorer.OFFICER) -> Walk:
        with self.store.read() as session:
            return walk_view.load(session, self.id, scorer)

    def item(self, *, safety: bool = False, phrases: bool = True) -> Item:
        """The first item with a repairing phrase that is, or is not, safety-critical."""
        return next(
            item
            for item in self.see().template.items
            if item.safety_critical is safety
            and item.scale is Scale.GRADE
            and any(phrase.raises_repair for phrase in item.phrases) is phrases
        )

    def answer_all(self) -> None:
        template = self.see().template
        for area in template.areas:
            self.do(walk.move, area.items[0].key)
            self.do(walk.rest_ok, area.key)
            for item in area.items:
                if item.safety_critical and item.key not in self.see().mine:
                    self.do(walk.answer, item.key, value=scoring.ok_answer(item).value)

    def sign(self, *extra: SignatureDraft) -> None:
        with self.store.write("sign", undoable=False) as session:
            signing.sign(session, self.id, [SignatureDraft("M. Kaur", Role.CARETAKER), *extra])


@pytest.fixture
def walking(store: Store, clock: FakeClock) -> Walking:
    with store.write("a block") as session:
        block = a_block(session, name="Lindley House A")
        schedule = a_schedule(session, block, TEMPLATE)
        estate_id = block.estate_id
    acting(store, Role.CARETAKER, name="M. Kaur")
    store.actor = store.actor.__class__(
        store.actor.staff_id, "M. Kaur", Role.CARETAKER, estates=frozenset({estate_id})
    )
    with store.write("start") as session:
        return Walking(store, walk.start(session, schedule.id), clock)


def test_starting_twice_gives_the_same_draft(walking: Walking) -> None:
    with walking.store.read() as session:
        (card,) = inspections.due(session)
    with walking.store.write("again") as session:
        assert walk.start(session, card.schedule_id) == walking.id
    assert card.draft_id == walking.id


def test_an_answer_and_the_place_on_the_screen_outlive_the_program(walking: Walking) -> None:
    item = walking.item()
    walking.do(walk.answer, item.key, value="B")
    walking.do(walk.move, item.key)
    seen = walking.see()
    assert (seen.mine[item.key].grade, seen.mine[item.key].bulk, seen.at_item) == (Grade.B, False, item.key)


def test_a_phrase_grades_raises_a_repair_and_tells_its_promise(walking: Walking) -> None:
    item = walking.item()
    phrase = next(one for one in item.phrases if one.raises_repair)
    walking.do(walk.answer, item.key, phrase=phrase.key)
    seen = walking.see()
    assert seen.mine[item.key].grade == phrase.grade
    card = seen.raised[item.key]
    assert card.title == phrase.title
    assert card.due_at == repair_raising.due_for(card.priority, walking.clock.now()).due_at
    with walking.store.read() as session:
        assert session.scalars(select(Clock.key)).all()


def test_another_answer_takes_the_repair_back(walking: Walking) -> None:
    item = walking.item()
    phrase = next(one for one in item.phrases if one.raises_repair)
    walking.do(walk.answer, item.key, phrase=phrase.key)
    walking.do(walk.answer, item.key, value="A")
    assert not walking.see().raised
    with walking.store.read() as session:
        assert session.scalars(select(Repair.deleted)).all() == [True]
        assert session.scalars(select(Defect.deleted)).all() == [True]


def test_undo_takes_back_answer_defect_and_repair_together(walking: Walking) -> None:
    item = walking.item()
    phrase = next(one for one in item.phrases if one.raises_repair)
    walking.do(walk.answer, item.key, phrase=phrase.key)
    with walking.store.read() as session:
        last = history.last(session)
    assert last is not None
    history.undo(walking.store, last)
    seen = walking.see()
    assert item.key not in seen.mine
    assert not seen.raised
    walking.do(walk.answer, item.key, phrase=phrase.key)
    assert walking.see().raised[item.key].title == phrase.title


def test_rest_ok_needs_the_area_opened(walking: Walking) -> None:
    far = walking.see().template.areas[-1]
    with pytest.raises(Told, match="Open this area first"):
        walking.do(walk.rest_ok, far.key)


def test_rest_ok_never_covers_safety_items_nor_what_was_answered(walking: Walking) -> None:
    for area in walking.see().template.areas:
        poor = area.items[0]
        walking.do(walk.move, poor.key)
        walking.do(walk.answer, poor.key, value=poor.choices[-1].value)
        walking.do(walk.rest_ok, area.key)
        seen = walking.see()
        assert seen.mine[poor.key].value == poor.choices[-1].value
        for item in area.items[1:]:
            assert (item.key in seen.mine) is not item.safety_critical
            if item.key in seen.mine:
                assert seen.mine[item.key].bulk


def test_rest_ok_leaves_what_is_still_broken(walking: Walking) -> None:
    item, _ = signed_with_defect(walking)
    seen = walking.see()
    area = walk.area_of(seen.template, item.key)
    walking.do(walk.move, item.key)
    walking.do(defects.look_again, seen.carried[0].id, Sighting.NOT_FIXED)
    walking.do(walk.rest_ok, area)
    assert item.key not in walking.see().mine
    walking.do(defects.look_again, seen.carried[0].id, Sighting.FIXED)
    walking.do(walk.rest_ok, area)
    assert walking.see().mine[item.key].bulk


def test_the_other_scorer_is_hidden_until_both_have_graded(walking: Walking) -> None:
    with walking.store.write("invite") as session:
        ambassador = a_staff(session, Role.AMBASSADOR, "Mrs Okafor")
        walk.invite(session, walking.id, ambassador.id)
    item = walking.item()
    walking.do(walk.answer, item.key, value="C", scorer=Scorer.AMBASSADOR)
    seen = walking.see()
    assert (dict(seen.theirs), seen.their_count, seen.companion) == ({}, 1, "Mrs Okafor")
    assert not seen.raised
    walking.do(walk.answer, item.key, value="A")
    assert walking.see().theirs[item.key].grade is Grade.C
    assert walking.see(Scorer.AMBASSADOR).theirs[item.key].grade is Grade.A


def test_not_seen_needs_a_reason(walking: Walking) -> None:
    item = walking.item()
    with pytest.raises(Told, match="why"):
        walking.do(walk.answer, item.key, not_scored=NotScored.NOT_SEEN)
    walking.do(walk.answer, item.key, not_scored=NotScored.NOT_SEEN, reason="Locked")
    assert walking.see().mine[item.key].grade is None


def test_signing_says_what_is_missing_and_saves_nothing(walking: Walking) -> None:
    with pytest.raises(Told, match="Not answered"):
        walking.sign()
    assert walking.see().status is InspectionStatus.DRAFT


def test_a_signed_walk_is_scored_sealed_and_moves_its_schedule(walking: Walking) -> None:
    walking.answer_all()
    walking.sign()
    with walking.store.read() as session:
        detail = inspections.get(session, walking.id)
        assert detail.card.grade is Grade.A
        assert len(detail.checksum) == 64
        assert signing.broken_seals(session) == []
        schedule = session.scalars(select(Schedule)).one()
        assert schedule.last_done_on == walking.clock.now().date()
        assert schedule.due_on > walking.clock.now().date()


def test_a_signed_walk_never_changes(walking: Walking) -> None:
    walking.answer_all()
    walking.sign()
    key = walking.item().key
    for step in (
        lambda: walking.do(walk.answer, key, value="B"),
        lambda: walking.do(walk.note, key, "later"),
        lambda: walking.do(walk.rest_ok, walking.see().template.areas[0].key),
        lambda: walking.do(walk.add_photo, PHOTO, key),
        lambda: walking.do(walk.abandon),
        walking.sign,
    ):
        with pytest.raises(Told, match="signed"):
            step()
    with walking.store.read() as session:
        assert history.last(session) is None


def test_a_broken_seal_is_found(walking: Walking) -> None:
    walking.answer_all()
    walking.sign()
    with walking.store.apply() as connection:
        connection.execute(Answer.__table__.update().values(value="B"))  # type: ignore[attr-defined]
    with walking.store.read() as session:
        assert signing.broken_seals(session) == [walking.see().reference]


def test_a_joint_walk_needs_both_signatures(walking: Walking) -> None:
    with walking.store.write("invite") as session:
        walk.invite(session, walking.id, None, "Mrs Okafor")
    walking.answer_all()
    with pytest.raises(Told, match="ambassador"):
        walking.sign()
    walking.sign(SignatureDraft("Mrs Okafor", Role.AMBASSADOR, Scorer.AMBASSADOR))
    assert walking.see().status is InspectionStatus.SIGNED


def signed_with_defect(walking: Walking) -> tuple[Item, str]:
    item = walking.item()
    phrase = next(one for one in item.phrases if one.raises_repair)
    walking.do(walk.answer, item.key, phrase=phrase.key)
    walking.do(walk.add_photo, PHOTO, item.key)
    walking.answer_all()
    walking.sign()
    walking.clock.forward(days=31)
    with walking.store.read() as session:
        (card,) = inspections.due(session, within_days=365)
    with walking.store.write("next month") as session:
        walking.id = walk.start(session, card.schedule_id)
    return item, phrase.key


def test_an_open_defect_comes_back_with_its_photo_and_must_be_looked_at(walking: Walking) -> None:
    item, _ = signed_with_defect(walking)
    seen = walking.see()
    (carried,) = seen.carried
    assert (carried.item_key, len(carried.photos), carried.outcome) == (item.key, 1, None)
    assert seen.last[item.key].grade is not None
    walking.answer_all()
    with pytest.raises(Told, match="fixed"):
        walking.sign()


@pytest.mark.parametrize("outcome", [Sighting.FIXED, Sighting.NOT_FIXED, Sighting.WORSE])
def test_looking_again_closes_or_keeps_the_repair(walking: Walking, outcome: Sighting) -> None:
    signed_with_defect(walking)
    (carried,) = walking.see().carried
    walking.do(defects.look_again, carried.id, outcome)
    with walking.store.read() as session:
        repair = session.scalars(select(Repair)).one()
        assert repair.status is (
            RepairStatus.COMPLETED if outcome is Sighting.FIXED else RepairStatus.REPORTED
        )
    assert walking.see().carried[0].outcome is outcome


def test_a_repair_said_to_be_done_opens_again_with_its_first_due_date(walking: Walking) -> None:
    signed_with_defect(walking)
    (carried,) = walking.see().carried
    walking.do(defects.look_again, carried.id, Sighting.FIXED)
    with walking.store.read() as session:
        first = session.scalars(select(Repair.due_at)).one()
    walking.do(defects.look_again, carried.id, Sighting.NOT_FIXED)
    with walking.store.read() as session:
        repair = session.scalars(select(Repair)).one()
        assert (repair.status, repair.due_at) == (RepairStatus.REPORTED, first)


def test_the_same_fault_again_is_the_same_defect(walking: Walking) -> None:
    item, phrase = signed_with_defect(walking)
    walking.do(walk.answer, item.key, phrase=phrase)
    assert walking.see().carried[0].outcome is Sighting.NOT_FIXED
    with walking.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Defect)) == 1
        assert session.scalar(select(func.count()).select_from(Repair)) == 1


def test_joining_an_open_repair_leaves_one_repair_with_both_photos(walking: Walking) -> None:
    item = walking.item()
    phrase = next(one for one in item.phrases if one.raises_repair)
    seen = walking.see()
    area = walk.area_of(seen.template, item.key)
    with walking.store.write("an older one") as session:
        older = repair_raising.raise_repair(
            session,
            repair_raising.RepairDraft(
                "Scuffed wall",
                phrase.trade or next(iter(repair_words.TRADE_WORDS)),
                phrase.priority or next(iter(Priority)),
                walking.clock.now(),
                *seen.place.ids,
                area_key=area,
            ),
        ).id
    with walking.store.read() as session:
        assert [one.id for one in repairs.open_here(session, seen.place.ids, area)] == [older]
    walking.do(walk.answer, item.key, phrase=phrase.key)
    walking.do(walk.add_photo, PHOTO, item.key)
    walking.do(defects.join, item.key, older)
    assert walking.see().raised[item.key].id == older
    with walking.store.read() as session:
        assert repairs.count(session) == 1
        assert len(repairs.get(session, older).photos) == 1


def test_a_photo_taken_first_finds_its_item_later(walking: Walking) -> None:
    photo = walking.do(walk.add_photo, PHOTO)
    assert len(walking.see().photos[""]) == 1
    item = walking.item()
    walking.do(walk.place_photo, photo, item.key)
    assert len(walking.see().photos[item.key]) == 1


def test_every_step_is_recorded_and_queued_for_the_office(walking: Walking) -> None:
    item = walking.item()
    walking.do(walk.answer, item.key, value="B")
    with walking.store.read() as session:
        rows = session.scalars(select(Outbox).where(Outbox.table_name == "answer")).all()
        (step,) = history.of(session, "answer", rows[0].record_id)
        queued = [row.n for row in session.scalars(select(Outbox).order_by(Outbox.n))]
    assert ("value", "nothing", "B") in step.fields
    assert queued == list(range(queued[0], queued[0] + len(queued)))


def test_nobody_walks_elsewhere_or_without_a_role(walking: Walking) -> None:
    acting(walking.store, Role.CARETAKER, name="Someone else")
    with pytest.raises(NotFound):
        walking.see()
    acting(walking.store, Role.ADMINISTRATOR, name="An administrator")
    with pytest.raises((NotAllowed, NotFound)):
        walking.do(walk.answer, "anything", value="A")


def test_due_inspections_come_most_pressing_first(walking: Walking) -> None:
    with walking.store.write("more") as session:
        block = a_block(session)
        a_schedule(session, block, TEMPLATE, due_on=date(2026, 11, 2), starts_on=date(2026, 11, 2))
        a_schedule(session, block, "block_weekly", due_on=date(2026, 11, 27), starts_on=date(2026, 11, 27))
    walking.store.actor = acting(walking.store, Role.MANAGER)
    with walking.store.read() as session:
        due = [one.due_on for one in inspections.due(session)]
    assert due == sorted(due)
    assert len(due) == 3
