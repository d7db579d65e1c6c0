"""Any sequence of a walk's steps, by two people at one place, leaves records that agree with each other."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from tests.build import a_block, a_schedule, a_staff, an_actor, an_estate
from tests.conftest import Workspace
from tests.fakes import FakeClock
from watmos_desktop.models.kinds import (
    DefectState,
    InspectionStatus,
    NotScored,
    Priority,
    RepairStatus,
    Role,
    Scorer,
    Sighting,
    Trade,
)
from watmos_desktop.models.tables import (
    SYNCED,
    Answer,
    Attachment,
    Change,
    Clock,
    Defect,
    DefectSighting,
    Inspection,
    Outbox,
    Repair,
)
from watmos_desktop.services import (
    attachments,
    clocks,
    defects,
    history,
    repair_raising,
    repairs,
    scoring,
    signing,
    walk,
    walk_view,
)
from watmos_desktop.services.capture import to_json
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.signing import SignatureDraft
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync.merge import fold
from watmos_desktop.services.sync.registers import group_of
from watmos_desktop.services.templates import Item, Template

TEMPLATE = "block_internal"
ITEMS = st.integers(0, 3)
Row = dict[str, Any]
EXAMPLES = int(os.environ.get("WATMOS_EXAMPLES", "5"))  # more when the rules of a walk are changed


@dataclass(frozen=True)
class Begun:
    """A block with a signed walk that found something, and two caretakers of it."""

    place: tuple[UUID, UUID, None]
    schedule_id: UUID
    people: tuple[Actor, Actor]
    template: Template
    items: tuple[Item, ...]


def begin(store: Store) -> Begun:
    with store.write("a landlord", undoable=False) as session:
        estate = an_estate(session)
        block = a_block(session, estate)
        schedule = a_schedule(session, block, TEMPLATE)
        staff = [a_staff(session, name=name, estates=[estate]) for name in ("M. Kaur", "J. Bell")]
    one, other = (an_actor(Role.CARETAKER, person, estates=[estate]) for person in staff)
    store.actor = one
    with store.write("the first walk") as session:
        first = walk.start(session, schedule.id)
        template = walk_view.load(session, first).template
    repairing = [item for item in template.items if any(phrase.raises_repair for phrase in item.phrases)]
    hazardous = [item for item in repairing if any(phrase.hazard for phrase in item.phrases)]
    items = (*hazardous[:2], *(item for item in repairing if item not in hazardous))[:4]
    with store.write("found") as session:
        phrase = next(phrase for phrase in items[0].phrases if phrase.raises_repair)
        walk.answer(session, first, items[0].key, phrase=phrase.key)
    finish(store, first)
    return Begun((estate.id, block.id, None), schedule.id, (one, other), template, items)


def finish(store: Store, walk_id: UUID) -> None:
    """Answer what is open, place what is loose, and sign."""
    with store.write("the rest") as session:
        seen = walk_view.load(session, walk_id)
        for one in seen.carried:
            if one.outcome is None:
                defects.look_again(session, walk_id, one.id, Sighting.NOT_FIXED)
        for item in seen.template.items:
            if item.key not in seen.mine:
                walk.answer(session, walk_id, item.key, value=scoring.ok_answer(item).value)
        for photo in seen.photos.get("", ()):
            attachments.remove(session, photo.id)
        session.flush()
        seen = walk_view.load(session, walk_id)
        for item in seen.template.items:
            needs = seen.still_needed(item.key)
            if "photo" in needs:
                walk.add_photo(session, walk_id, attachments.StoredPhoto("f" * 64, 1, 1, 1, None), item.key)
            if "note" in needs:
                walk.note(session, walk_id, item.key, "seen")
    with store.write("signed", undoable=False) as session:
        signing.sign(session, walk_id, [SignatureDraft("x", Role.CARETAKER)])


class WalkMachine(RuleBasedStateMachine):
    """Two caretakers, each with a draft on the same block, after a signed walk that found something."""

    def __init__(self, workspace: Workspace, home: Path, begun: Begun) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.clock.forward(days=30)
        self.store = workspace.open(home, self.clock)
        self.begun, self.people, self.items = begun, begun.people, begun.items
        self.area_of = {item.key: area.key for area in begun.template.areas for item in area.items}
        self.numbers = itertools.count()
        self.sealed = self.of_signed()
        self.store.actor = self.people[0]
        self.walks: dict[UUID, UUID] = {}
        self.before: list[tuple[Actor, Row]] = []

    @initialize()
    def begin(self) -> None:
        for person in reversed(self.people):
            self.store.actor = person
            assert person.staff_id is not None
            self.walks[person.staff_id] = self.do(walk.start, self.begun.schedule_id)

    def do(self, change: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
        with self.store.write("a step") as session:
            return change(session, *args, **keywords)

    def step(self, change: Callable[..., Any], *args: Any, **keywords: Any) -> None:
        """One step on the walk of whoever has the device; a refusal is no fault, and changes nothing."""
        was = self.live()
        try:
            self.do(change, self.id, *args, **keywords)
        except Told:
            assert self.live() == was
            return
        if self.live() != was:
            self.before.append((self.store.actor, was))

    @property
    def id(self) -> UUID:
        assert self.store.actor.staff_id is not None
        return self.walks[self.store.actor.staff_id]

    def live(self) -> Row:
        """Every synced row that is not deleted, as JSON."""
        found = {}
        with self.store.read() as session:
            for table, model in SYNCED.items():
                for one in session.scalars(select(model).where(~model.deleted)):
                    values = {a.key: to_json(getattr(one, a.key)) for a in model.__mapper__.column_attrs}  # type: ignore[attr-defined]
                    values.pop("stamps")
                    found[f"{table} {one.id}"] = values
        return found

    def of_signed(self) -> Row:
        """What may never change of the defects that the signed walk raised."""
        with self.store.read() as session:
            rows = session.scalars(
                select(Defect)
                .join(Inspection, Inspection.id == Defect.inspection_id)
                .where(Inspection.status == InspectionStatus.SIGNED)
            )
            return {
                str(one.id): (
                    one.deleted,
                    one.title,
                    one.phrase_key,
                    one.item_key,
                    one.seen_at,
                    one.repair_id,
                )
                for one in rows
            }

    def photo(self) -> attachments.StoredPhoto:
        return attachments.StoredPhoto(f"{next(self.numbers):064x}", 1000, 800, 600, None)

    def photos(self) -> list[UUID]:
        with self.store.read() as session:
            return [one.id for one in attachments.of(session, [self.id]).get(self.id, ())]

    # What people do

    @rule(place=ITEMS, choice=st.integers(0, 3))
    def grade(self, place: int, choice: int) -> None:
        choices = self.items[place].choices
        self.step(walk.answer, self.items[place].key, value=choices[choice % len(choices)].value)

    @rule(place=ITEMS, phrase=st.integers(0, 2))
    def say_by_phrase(self, place: int, phrase: int) -> None:
        phrases = self.items[place].phrases
        self.step(walk.answer, self.items[place].key, phrase=phrases[phrase % len(phrases)].key)

    @rule(place=ITEMS, kind=st.sampled_from(NotScored))
    def not_scored(self, place: int, kind: NotScored) -> None:
        self.step(walk.answer, self.items[place].key, not_scored=kind, reason="locked")

    @rule(place=ITEMS, text=st.sampled_from(["", "By the lift", "مكسور"]))
    def note(self, place: int, text: str) -> None:
        self.step(walk.note, self.items[place].key, text)

    @rule(place=st.none() | ITEMS)
    def take_photo(self, place: int | None) -> None:
        self.step(walk.add_photo, self.photo(), "" if place is None else self.items[place].key)

    @rule(data=st.data(), place=ITEMS)
    def place_photo(self, data: st.DataObject, place: int) -> None:
        if found := self.photos():
            self.step(walk.place_photo, data.draw(st.sampled_from(found)), self.items[place].key)

    @rule(data=st.data())
    def remove_photo(self, data: st.DataObject) -> None:
        if found := self.photos():
            photo = data.draw(st.sampled_from(found))
            self.step(lambda session, _: attachments.remove(session, photo))

    @rule(data=st.data(), caption=st.sampled_from(["", "Crack"]))
    def draw_on_photo(self, data: st.DataObject, caption: str) -> None:
        if found := self.photos():
            photo = data.draw(st.sampled_from(found))
            marks = [{"kind": "line", "points": [[0.1, 0.2], [0.3, 0.4]]}]
            self.step(lambda session, _: attachments.describe(session, photo, caption=caption, marks=marks))

    @rule(place=ITEMS, priority=st.sampled_from(Priority))
    def raise_by_hand(self, place: int, priority: Priority) -> None:
        draft = repair_raising.RepairDraft(
            "Mend it",
            Trade.HANDYPERSON,
            priority,
            self.clock.now(),
            *self.begun.place,
            description="Ring first",
        )
        self.step(defects.raise_by_hand, self.items[place].key, draft)

    @rule(place=ITEMS, data=st.data())
    def join(self, place: int, data: st.DataObject) -> None:
        with self.store.read() as session:
            found = [one.id for one in repairs.page(session, repairs.Filter("open"), 0, 50)]
        if found:
            self.step(defects.join, self.items[place].key, data.draw(st.sampled_from(found)))

    @rule(outcome=st.sampled_from([Sighting.FIXED, Sighting.NOT_FIXED, Sighting.WORSE]))
    def look_again(self, outcome: Sighting) -> None:
        with self.store.read() as session:
            carried = walk_view.load(session, self.id).carried
        if carried:
            self.step(defects.look_again, carried[0].id, outcome)

    @rule(place=ITEMS)
    def rest_ok(self, place: int) -> None:
        key = self.items[place].key
        self.do(walk.move, self.id, key)
        self.step(walk.rest_ok, self.area_of[key])

    @rule(minutes=st.sampled_from([1, 60 * 20, -60]))
    def time_passes(self, minutes: int) -> None:
        self.clock.set(self.clock.now() + timedelta(minutes=minutes))

    @rule()
    def hand_over_the_device(self) -> None:
        self.store.actor = self.people[self.people.index(self.store.actor) - 1]

    @precondition(lambda self: self.before)
    @rule()
    def undo(self) -> None:
        with self.store.read() as session:
            last = history.last(session)
        if last is None:
            return
        actor, was = self.before[-1]
        try:
            history.undo(self.store, last)
        except Told:
            self.before.clear()  # the other one has changed the same since
            return
        if actor == self.store.actor:
            assert self.live() == was, "undo is not the inverse"
            self.before.pop()
        else:
            self.before.clear()

    # What always holds

    @invariant()
    def a_repair_is_there_as_long_as_a_defect_needs_it(self) -> None:
        with self.store.read() as session:
            live = session.scalars(select(Repair).where(~Repair.deleted)).all()
            wanted = set(
                session.scalars(
                    select(Defect.repair_id).where(~Defect.deleted, Defect.repair_id.is_not(None))
                )
            )
            assert wanted == {one.id for one in live if one.inspection_id is not None}
            for sighting in session.scalars(select(DefectSighting).where(~DefectSighting.deleted)):
                assert not session.get_one(Defect, sighting.defect_id).deleted

    @invariant()
    def one_clock_of_each_kind_runs_for_each_open_repair(self) -> None:
        with self.store.read() as session:
            for repair in session.scalars(select(Repair)):
                rows = session.scalars(select(Clock).where(Clock.owner_id == repair.id, ~Clock.deleted)).all()
                running = [row for row in rows if row.stopped_at is None]
                if repair.deleted:
                    assert not rows
                elif repair.status is RepairStatus.COMPLETED:
                    assert not running
                else:
                    keys = [row.key for row in running]
                    assert [key for key in keys if key in ("R5", "R6", "R7")] == [
                        clocks.REPAIR_CLOCK[repair.priority]
                    ]
                    assert len(keys) == len(set(keys))
                    assert next(row.due_at for row in running if row.key[0] == "R") == repair.due_at

    @invariant()
    def an_answer_is_one_of_its_item(self) -> None:
        with self.store.read() as session:
            for row in session.scalars(select(Answer).where(~Answer.deleted)):
                inspection = session.get_one(Inspection, row.inspection_id)
                item = walk_view.template_of(session, inspection).item(row.item_key)
                assert bool(row.value) is (row.not_scored is None)
                if row.phrase_key:
                    assert item.value_of(item.phrase(row.phrase_key)) == row.value

    @invariant()
    def a_photo_is_shown_elsewhere_only_while_its_walk_has_it(self) -> None:
        with self.store.read() as session:
            rows = session.scalars(select(Attachment).where(~Attachment.deleted)).all()
            kept = {row.sha256: row for row in rows if row.owner_table == "inspection"}
            gone = set(session.scalars(select(Defect.id).where(Defect.deleted)))
            gone |= set(session.scalars(select(Repair.id).where(Repair.deleted)))
            for row in rows:
                if row.owner_table != "inspection" and row.owner_id not in gone:
                    assert (kept[row.sha256].caption, kept[row.sha256].marks) == (row.caption, row.marks)

    @invariant()
    def what_was_signed_stays(self) -> None:
        assert self.sealed == {key: value for key, value in self.of_signed().items() if key in self.sealed}
        with self.store.read() as session:
            assert signing.broken_seals(session) == []

    @invariant()
    def every_change_waits_for_the_office_and_tells_the_whole_row(self) -> None:
        with self.store.read() as session:
            changes = session.scalars(select(Change).order_by(Change.n)).all()
            sent = session.scalars(select(Outbox).order_by(Outbox.n)).all()
            for c, o in zip(changes, sent, strict=True):
                assert (c.txn_id, c.table_name, c.record_id, c.kind) == (
                    o.txn_id, o.table_name, o.record_id, o.kind)  # fmt: skip
                told = {
                    name: fold(c.before[name], value) if name == "marks" and c.kind == "update" else value
                    for name, value in o.fields.items()
                }
                assert c.after.items() <= told.items()  # and the rest of their groups
                assert {group_of(c.table_name, name) for name in c.after} == {
                    group_of(c.table_name, name) for name in told
                }
            stamps = [o.stamp for o in sent]
            assert stamps == sorted(stamps)
            rows: dict[tuple[str, UUID], Row] = {}
            for change in changes:
                rows.setdefault((change.table_name, change.record_id), {}).update(change.after)
            for (table, record_id), told in rows.items():
                row = session.get_one(SYNCED[table], record_id)
                assert {name: to_json(getattr(row, name)) for name in told} == told

    def teardown(self) -> None:
        try:
            if hasattr(self, "walks"):
                for person in self.people:
                    self.store.actor = person
                    finish(self.store, self.id)
                self.every_walk_is_scored_as_its_answers_are()
                self.what_was_signed_stays()
        finally:
            self.store.close()

    def every_walk_is_scored_as_its_answers_are(self) -> None:
        with self.store.read() as session:
            for row in session.scalars(select(Inspection)):
                template = walk_view.template_of(session, row)
                given = walk_view.answers(session, row, template)[Scorer.OFFICER]
                score = scoring.score(template, {key: one.plain for key, one in given.items()})
                assert (row.grade, row.percent) == (score.grade and score.grade.value, score.percent)
                mine = select(func.count()).where(Defect.inspection_id == row.id, ~Defect.deleted)
                assert row.defects == session.scalar(mine)
                assert row.finished_at is not None
                assert row.finished_at >= row.started_at
            open_ = session.scalars(select(Defect).where(Defect.state == DefectState.OPEN, ~Defect.deleted))
            assert all(one.fixed_at is None for one in open_)


def test_any_sequence_of_steps_keeps_the_records_in_agreement(
    empty_workspace: Workspace, tmp_path: Path
) -> None:
    store = empty_workspace.open(tmp_path / "begun", FakeClock())
    begun = begin(store)
    store.close()
    workspace, homes = Workspace(store.home, empty_workspace.key), itertools.count()

    class OnThisBlock(WalkMachine):
        def __init__(self) -> None:
            super().__init__(workspace, tmp_path / str(next(homes)), begun)

    run_state_machine_as_test(
        OnThisBlock,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],  # shrinking a walk takes minutes; the steps are printed as they are
            suppress_health_check=list(HealthCheck),
        ),
    )
