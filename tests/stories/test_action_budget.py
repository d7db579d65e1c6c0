"""30 items in 6 areas, 4 defects with photo, phrase and repair, an ambassador's signature, the report: 35 actions."""

from __future__ import annotations

import os
import sys
from uuid import UUID

from tests.stories.conftest import Office
from watmos_desktop.models.kinds import InspectionStatus
from watmos_desktop.services.walk_view import Walk

BUDGET = 35
DEFECTS = {
    "entrance_walls": "Alt+2",
    "stair_lights": "Alt+2",
    "bins_clean": "Alt+4",
    "grounds_paths": "Alt+3",
}


def walk_the_block(office: Office) -> UUID:
    """The whole job as a caretaker who knows the keys does it; gives the inspection's id."""
    person = office.person
    person.key("Return")  # Today: start what is due first
    page = office.walk
    walk_id = page.place()
    assert isinstance(walk_id, UUID)
    person.key("J", "1")  # Mrs Okafor walks along
    template = office.see(walk_id).template
    for area in template.areas:
        for item in area.items:
            if item.key in DEFECTS:
                if page.item_key() != item.key:
                    row = next(one for one in page.main.side.area.rows if one.text() == item.name)
                    person.click(row)
                person.key(DEFECTS[item.key], "P", "Space")
        if not all(item.safety_critical for item in area.items):
            person.key("O")
        for item in area.items:
            if item.key not in office.see(walk_id).mine:  # safety: looked at one by one
                assert page.item_key() == item.key
                person.key("A")
    person.waits(lambda: page.photos.intake.waiting() == 0)
    person.key("Ctrl+Return")
    person.draw(office.signing.officer)
    person.draw(office.signing.ambassador)
    person.key("Ctrl+Return")
    return walk_id


def check(walk: Walk) -> None:
    """All of the job is on the record."""
    assert walk.status is InspectionStatus.SIGNED
    assert len(walk.template.items) == 30
    assert len(walk.template.areas) == 6
    assert not walk.missing()
    assert set(walk.raised) == set(DEFECTS)
    for key in DEFECTS:
        assert walk.mine[key].phrase_key
        assert len(walk.photos[key]) == 1
    assert walk.companion == "Mrs Okafor"


def test_a_whole_inspection_takes_at_most_35_actions(office: Office) -> None:
    walk_id = walk_the_block(office)
    check(office.see(walk_id))
    assert office.window.page_id() == "report"
    assert office.window.current().id == walk_id  # type: ignore[attr-defined]
    assert office.person.actions <= BUDGET, office.person.actions
    assert office.person.typed == 0
    if "WATMOS_COUNT" in os.environ:  # for bench/actions.py
        sys.stdout.write(f"\nactions {office.person.actions}\n")
