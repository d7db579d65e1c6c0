"""A caretaker walks a block without signal: what is said, what is kept, what comes back next month."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.fakes import FakeClock
from tests.stories.conftest import Block, Office
from watmos_desktop.models.kinds import (
    Grade,
    InspectionStatus,
    NotScored,
    Priority,
    RepairStatus,
    Sighting,
    Trade,
)
from watmos_desktop.services import repair_raising, repairs, scoring, walk
from watmos_desktop.services.repair_raising import RepairDraft
from watmos_desktop.services.store import Store


def begin(office: Office) -> UUID:
    office.person.key("Return")
    place = office.walk.place()
    assert isinstance(place, UUID)
    return place


def finish(office: Office, walk_id: UUID) -> None:
    """Answer what is left, well, and sign by name."""
    person, page = office.person, office.walk
    for area in office.see(walk_id).template.areas:
        if all(item.key in office.see(walk_id).mine for item in area.items):
            continue
        page.go_area(area.key)
        if not all(item.safety_critical for item in area.items):
            person.key("O")
        for item in area.items:
            if item.key not in office.see(walk_id).mine:
                page.go(item.key)
                person.key("1")
    person.key("Ctrl+Return")
    person.click(office.signing.officer.line)
    person.write("M. Kaur")
    person.key("Ctrl+Return")


def test_a_walk_is_started_paused_resumed_and_signed(office: Office) -> None:
    person = office.person
    walk_id = begin(office)
    person.key("A", "B")
    third = office.walk.item_key()
    person.key("Esc")
    assert office.window.page_id() == "today"
    person.key("Return")
    assert office.walk.item_key() == third
    assert person.sees("Resumed at item 3 of 30")
    finish(office, walk_id)
    signed = office.see(walk_id)
    assert signed.status is InspectionStatus.SIGNED
    assert office.window.page_id() == "report"
    assert {key for key, one in signed.mine.items() if not one.bulk} >= {"entrance_door", "entrance_floor"}


def test_a_defect_is_told_on_the_spot_and_its_note_and_photo_go_with_it(office: Office) -> None:
    person = office.person
    walk_id = begin(office)
    office.walk.go("stair_damp")
    damp = office.see(walk_id).template.item("stair_damp")
    place = next(n for n, one in enumerate(damp.phrases, 1) if one.hazard == "damp_and_mould")
    person.key("N")
    person.write("Behind the radiator")  # the note first, the grade after: nothing is lost
    person.key("Ctrl+Return", f"Alt+{place}")
    assert person.sees("This raises a repair")
    assert person.sees("The landlord's clock started 10:42.")
    person.key("P", "Space")
    person.waits(lambda: office.see(walk_id).photos.get("stair_damp"))
    seen = office.see(walk_id)
    card = seen.raised["stair_damp"]
    with office.store.read() as session:
        detail = repairs.get(session, card.id)
    assert detail.description == "Behind the radiator"
    assert len(detail.photos) == 1
    assert {clock.key for clock in detail.clocks} == {"R6", "AW.investigate"} or len(detail.clocks) == 2


def test_undo_goes_to_what_it_took_back(office: Office) -> None:
    person = office.person
    walk_id = begin(office)
    person.key("A", "A", "A")
    office.walk.go_area("grounds")
    person.key("Ctrl+Z")
    assert office.walk.item_key() == "entrance_walls"
    assert set(office.see(walk_id).mine) == {"entrance_door", "entrance_floor"}
    office.walk.go_area("bins")
    person.key("O", "Ctrl+Z")
    assert office.walk.item_key() == "bins_clean"
    assert "bins_clean" not in office.see(walk_id).mine


def test_my_photo_goes_to_the_repair_already_open(office: Office, block: Block, clock: FakeClock) -> None:
    with office.store.write("an older one") as session:
        draft = RepairDraft(
            "Scuffed wall",
            Trade.DECORATING,
            Priority.ROUTINE,
            clock.now(),
            block.estate_id,
            block.id,
            area_key="stairs",
        )
        older = repair_raising.raise_repair(session, draft).id
    clock.forward(days=2)
    person = office.person
    walk_id = begin(office)
    office.walk.go("stair_walls")
    person.key("Alt+2", "P", "Space")
    person.waits(lambda: office.see(walk_id).photos.get("stair_walls"))
    person.waits(lambda: person.sees("Already open here"))
    person.key("+")
    assert office.see(walk_id).raised["stair_walls"].id == older
    assert person.sees("Added to an open repair")
    with office.store.read() as session:
        assert repairs.count(session) == 1
        assert len(repairs.get(session, older).photos) == 1


@pytest.mark.parametrize(
    ("key", "found", "status"),
    [
        ("F", Sighting.FIXED, RepairStatus.COMPLETED),
        ("G", Sighting.NOT_FIXED, RepairStatus.REPORTED),
        ("W", Sighting.WORSE, RepairStatus.REPORTED),
    ],
)
def test_next_month_asks_first_whether_it_was_fixed(
    office: Office, clock: FakeClock, key: str, found: Sighting, status: RepairStatus
) -> None:
    person = office.person
    first = begin(office)
    office.walk.go("stair_walls")
    person.key("Alt+2")
    finish(office, first)
    clock.forward(days=31)
    office.window.go("today")
    office.window.current().refresh()  # type: ignore[attr-defined]
    second = begin(office)
    office.walk.go_area("stairs")
    assert person.sees("From an earlier walk: was it fixed?")
    person.key("A")  # hides the item: no answer is given behind it
    assert not office.see(second).mine
    person.key(key)
    assert office.see(second).carried[0].outcome is found
    assert office.walk.item_key() in {item.key for item in office.see(second).template.area("stairs").items}
    with office.store.read() as session:
        assert repairs.get(session, next(iter(office.see(first).raised.values())).id).card.status is status


def test_what_cannot_be_seen_or_is_not_there_is_outside_the_score(office: Office) -> None:
    person = office.person
    walk_id = begin(office)
    office.walk.go_area("lifts")
    for _ in range(3):
        person.key("X")
    person.key("S")
    person.key("Return")
    assert person.sees("Say why it could not be seen.")
    person.write("Lift out of use")
    person.key("Return")
    mine = office.see(walk_id).mine
    assert mine["lift_alarm"].not_scored is NotScored.NOT_SEEN
    assert mine["lift_alarm"].reason == "Lift out of use"
    assert office.see(walk_id).score.area("lifts").grade is None


def test_a_lock_while_a_note_and_a_repair_are_open_loses_nothing(
    office: Office, opened: Callable[[], Office]
) -> None:
    person = office.person
    begin(office)
    office.walk.go("stair_walls")
    person.key("N")
    person.write("Half a sen")
    office.window.lock()
    office.open_pages()
    assert office.walk.item_key() == "stair_walls"
    assert person.sees("Half a sen")
    person.key("Alt+2", "R")
    title = office.walk.detours.repair.form.fields["title"].widget
    person.click(title)
    person.key("Ctrl+A")
    person.write("Wall by the wind")
    office.window.lock()
    office.open_pages()
    assert office.walk.stack.currentWidget() is office.walk.detours.repair
    assert office.walk.detours.repair.values()["title"] == "Wall by the wind"
    person.key("Ctrl+Return")
    walk_id = office.walk.place()
    assert isinstance(walk_id, UUID)
    seen = office.see(walk_id)
    assert seen.raised["stair_walls"].title == "Wall by the wind"
    assert seen.mine["stair_walls"].note == "Half a sen"


def test_signing_shows_what_is_missing_and_goes_there(office: Office, store: Store) -> None:
    person = office.person
    walk_id = begin(office)
    person.key("Ctrl+Return", "Ctrl+Return")
    assert office.window.page_id() == "signoff"
    assert office.see(walk_id).status is InspectionStatus.DRAFT
    with store.write("all but one") as session:
        template = office.see(walk_id).template
        for item in template.items[:-1]:
            walk.answer(session, walk_id, item.key, value=scoring.ok_answer(item).value)
    office.window.go("signoff", walk_id)
    person.key("Return")  # the first "Go there" has the focus
    assert office.walk.item_key() == template.items[-1].key
    person.key("A", "Space")
    assert office.window.page_id() == "signoff"
    person.key("Ctrl+Return")
    assert person.sees("Your signature is missing.")
    person.write("M. Kaur")
    person.key("Ctrl+Return")
    assert office.see(walk_id).status is InspectionStatus.SIGNED
    assert office.see(walk_id).score.grade is Grade.A
