"""What a report is told of an inspection: everything the record holds, and nothing its reader may not know."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Let
from tests.fakes import FakeClock
from tests.landlord import a_picture, walk_signed
from watmos_desktop.models.kinds import Grade, Role, Scorer, Sighting
from watmos_desktop.services import attachments, defects, signing, walk, walk_view
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import NOBODY
from watmos_desktop.services.reports import work
from watmos_desktop.services.reports.collect import collect, find, noticeboard
from watmos_desktop.services.reports.inspection_data import InspectionReport
from watmos_desktop.services.reports.noticeboard import Noticeboard


def report(let: Let, inspection_id: Any = None) -> InspectionReport:
    with let.store.read() as session:
        return collect(session, let.store.blobs, inspection_id or let.landlord.signed_id)


def words(thing: object) -> set[str]:
    """Every text in a tree of dataclasses."""
    if isinstance(thing, str):
        return {thing}
    if isinstance(thing, tuple):
        return set().union(*map(words, thing)) if thing else set()
    if is_dataclass(thing) and not isinstance(thing, type):
        return set().union(*(words(getattr(thing, field.name)) for field in fields(thing)))
    return set()


def test_the_cover_says_what_was_signed(let: Let) -> None:
    found = report(let)
    assert (found.place, found.estate, found.template) == (
        "Lindley House A",
        "Lindley Estate",
        "Block inspection",
    )
    assert found.grade is Grade.B
    assert found.previous_grade is Grade.A
    assert [grade for _, grade in found.trend] == [Grade.A, Grade.B]
    assert not found.draft
    assert len(found.record.checksum) == 64
    assert found.record.sync_state == "Not yet at the office"
    assert found.walked_by == ("M. Kaur, caretaker",)


def test_counts_agree_with_the_items(let: Let) -> None:
    found = report(let)
    items = [item for area in found.areas for item in area.items]
    assert found.counts.looked_at == sum(item.grade is not None for item in items) == 30
    assert found.counts.bulk == sum(item.bulk for item in items)
    assert found.counts.one_by_one + found.counts.bulk == found.counts.looked_at
    assert found.counts.safety == sum(item.safety for item in items)
    assert found.counts.defects == len(found.defects) == 3
    assert found.counts.urgent == sum(defect.urgent for defect in found.defects)
    assert not any(item.bulk and item.safety for item in items)


def test_defects_come_worst_first_with_promise_and_photo(let: Let) -> None:
    defects_ = report(let).defects
    assert [defect.number for defect in defects_] == [1, 2, 3]
    assert [defect.grade for defect in defects_] == sorted((d.grade for d in defects_), reverse=True)
    first = defects_[0]
    assert first.grade is Grade.D
    assert first.repair.startswith("R-")
    assert first.due.startswith(("made safe by", "due"))
    assert len(first.photos) == 1
    assert first.photos[0].jpeg.startswith(b"\xff\xd8")
    assert all(defect.checked_individually for defect in defects_)


def test_photo_numbers_are_each_given_once_and_items_point_to_them(let: Let) -> None:
    found = report(let)
    shown = [photo for defect in found.defects for photo in defect.photos] + list(found.other_photos)
    assert sorted(photo.number for photo in shown) == list(range(1, len(shown) + 1))
    pointed = {number for area in found.areas for item in area.items for number in item.photos}
    assert pointed == {photo.number for photo in shown}


def test_every_action_names_who_by_when_and_its_defect(let: Let) -> None:
    found = report(let)
    assert [action.number for action in found.actions] == [1, 2, 3]
    assert all(action.who and action.by and action.status == "Reported" for action in found.actions)
    assert found.what_next[-1].text.startswith("Next inspection")


def test_what_became_of_earlier_defects_stands_with_both_photos(let: Let, clock: FakeClock) -> None:
    with let.store.write("began") as session:
        walk_id = walk.start(session, let.landlord.schedule_id)
        seen = walk_view.load(session, walk_id)
        outcomes = [Sighting.FIXED, Sighting.NOT_FIXED, Sighting.WORSE]
        for carried, outcome in zip(seen.carried, outcomes, strict=True):
            defects.look_again(session, walk_id, carried.id, outcome)
    fixed = seen.carried[0]
    photo = attachments.store(let.store.blobs, a_picture(70))
    with let.store.write("photo") as session:
        walk.add_photo(session, walk_id, photo, fixed.item_key)
    found = report(let, walk_id)
    assert found.draft
    assert [one.outcome for one in found.since_last] == [Sighting.WORSE, Sighting.NOT_FIXED, Sighting.FIXED]
    assert found.counts.fixed == 1
    last = found.since_last[-1]
    assert last.title == fixed.title
    assert last.before is not None and last.after is not None
    assert last.before.jpeg != last.after.jpeg
    assert last.before.number == 0
    repaired = [one for one in found.since_last if one.outcome is not Sighting.FIXED]
    assert [action.number for action in found.actions] == [0] * len(repaired)


def test_two_scores_stand_side_by_side_only_once_signed(let: Let, clock: FakeClock) -> None:
    clock.forward(timedelta(days=1))
    with let.store.write("began") as session:
        walk_id = walk.start(session, let.landlord.schedule_id)
        walk.invite(session, walk_id, let.landlord.ambassador.staff_id)
        seen = walk_view.load(session, walk_id)
        for carried in seen.carried:
            defects.look_again(session, walk_id, carried.id, Sighting.FIXED)
        item = next(
            one for one in seen.template.items if one.safety_critical is False and one.scale == "grade"
        )
        for scorer, value in ((Scorer.OFFICER, "A"), (Scorer.AMBASSADOR, "B")):
            walk.answer(session, walk_id, item.key, value=value, scorer=scorer)
    assert all(area.ambassador_grade is None for area in report(let, walk_id).areas)
    with let.store.write("the rest") as session:
        for area in seen.template.areas:
            walk.move(session, walk_id, area.items[0].key)
            for one in area.items:
                if one.key != item.key:
                    walk.answer(session, walk_id, one.key, value=one.choices[0].value)
    with let.store.write("sign", undoable=False) as session:
        both = [
            signing.SignatureDraft("M. Kaur", Role.CARETAKER),
            signing.SignatureDraft("J. Osei", Role.AMBASSADOR, Scorer.AMBASSADOR),
        ]
        signing.sign(session, walk_id, both)
    found = report(let, walk_id)
    (scores,) = [one for one in found.areas if one.ambassador_grade]
    assert (scores.officer_grade, scores.ambassador_grade) == (Grade.A, Grade.B)
    assert item.name in scores.explanation
    assert found.ambassadors == 1
    assert {signature.name for signature in found.signatures} == {"M. Kaur", "J. Osei"}


def test_an_ambassador_reads_no_name_no_note_and_no_signature(let: Let) -> None:
    with let.store.write("correct") as session:
        signing.amend(session, let.landlord.signed_id, "Mrs Singh in flat 4 told us otherwise")
    assert any("Mrs Singh" in text for text in words(report(let)))
    let.store.actor = let.landlord.ambassador
    found = report(let)
    said = " ".join(words(found))
    assert "Kaur" not in said and "Mrs Singh" not in said
    assert found.signatures == () and found.amendments == ()
    assert found.walked_by == ("the caretaker",)
    assert found.grade is Grade.B and len(found.defects) == 3


def test_the_noticeboard_sheet_names_nobody_whoever_makes_it(let: Let) -> None:
    with let.store.read() as session:
        sheet = noticeboard(session, let.store.blobs, let.landlord.signed_id)
    said = " ".join(words(sheet))
    assert isinstance(sheet, Noticeboard)
    assert "Kaur" not in said
    assert sheet.place == "Lindley House A"
    assert len(sheet.coming) == 3
    assert sheet.next_walk


def test_a_draft_has_no_noticeboard_sheet(let: Let) -> None:
    with let.store.write("began") as session:
        walk_id = walk.start(session, let.landlord.schedule_id)
    with let.store.read() as session, pytest.raises(Told, match="not signed yet"):
        noticeboard(session, let.store.blobs, walk_id)


def test_elsewhere_and_nowhere_are_told_alike(let: Let) -> None:
    told = []
    for actor in (let.landlord.caretaker, NOBODY):
        let.store.actor = actor
        with let.store.read() as session, pytest.raises(Told) as caught:
            collect(session, let.store.blobs, let.landlord.block_id)
        told.append(caught.type)
    assert told[0] is NotFound


def test_a_place_is_found_by_name_or_reference(let: Let) -> None:
    reference = report(let).reference
    with let.store.read() as session:
        for typed in ("lindley  house a", reference, reference.lower().replace("-", " ")):
            assert find(session, typed) == let.landlord.signed_id
        with pytest.raises(NotFound):
            find(session, "Lindley House B")


def test_a_lost_photo_does_not_lose_the_report(let: Let) -> None:
    for sha in list(let.store.blobs.all()):
        let.store.blobs.remove(sha)
    found = report(let)
    assert [photo.jpeg for defect in found.defects for photo in defect.photos] == [b"", b"", b""]
    assert work.inspection(found, lambda *_: None).startswith(b"%PDF")


def test_printing_counts_up_and_can_be_stopped(let: Let) -> None:
    found, told = report(let), []
    pdf = work.inspection(found, lambda done, total: told.append((done, total)))
    assert pdf.startswith(b"%PDF")
    assert told == sorted(told) and told[-1] == (100, 100)
    assert work.inspection(found, lambda *_: None) == pdf

    def stop(done: int, _: int) -> None:
        if done > 50:
            raise KeyError("stop")

    with pytest.raises(KeyError):
        work.inspection(found, stop)


def test_walking_again_shows_last_times_photo_beside_the_new_one(let: Let, clock: FakeClock) -> None:
    with let.store.write("fixed") as session:
        walk_id = walk.start(session, let.landlord.schedule_id)
        for carried in walk_view.load(session, walk_id).carried:
            defects.look_again(session, walk_id, carried.id, Sighting.FIXED)
    clock.forward(timedelta(hours=1))
    again = walk_signed(let.store, let.landlord.schedule_id, {0: "D"})
    assert again == walk_id
    (defect,) = report(let, again).defects
    assert defect.before_photo is not None
    assert defect.before_photo.number == 0
