"""At most 6 actions report a repair of a shared part, at most 9 one in a home: by keys alone, with a photo.

A piece of text counts as one action, as in the comparison of other programs (research/competitors.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from uuid import UUID

import pytest
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.stories.opened import window_of
from tests.stories.person import FakeCamera, Person
from watmos_desktop.models.kinds import Priority
from watmos_desktop.services import repairs
from watmos_desktop.services.repairs import Filter, RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.report import ReportRepairPage
from watmos_desktop.ui.window import PageSpec

COMMUNAL, HOME = 6, 9


def pages(desk: Desk) -> list[PageSpec]:
    report = partial(ReportRepairPage, desk, camera=FakeCamera)
    return [
        PageSpec("repairs", "Repairs", "repairs", partial(RepairsPage, desk)),
        PageSpec("new_repair", "Report", "repairs", report, hidden=True, tab="repairs"),
    ]


@pytest.fixture
def person(let: Let, qtbot: QtBot) -> Iterator[Person]:
    """Someone at the real window, on the Repairs tab."""
    let.store.actor = let.landlord.officer
    with window_of(let.store, qtbot, pages) as opened:
        yield opened


def saved(person: Person, let: Let) -> RepairDetail:
    person.waits(lambda: person.window.page_id() == "repairs")
    shown = person.window.current().place()  # type: ignore[attr-defined]
    assert isinstance(shown, UUID)
    with let.store.read() as session:
        return repairs.get(session, shown)


def photo(person: Person) -> None:
    assert isinstance(person.window.current(), ReportRepairPage)
    person.key("Alt+P", "Space")


def test_a_lift_in_six_actions(person: Person, let: Let) -> None:
    person.key("Ctrl+N")
    person.write("lindley house a lift lamp")
    person.key("Return")
    photo(person)
    person.key("Ctrl+Return")
    seen = saved(person, let)
    assert person.actions + person.texts <= COMMUNAL
    assert (seen.card.title, seen.card.where) == ("Lift: lamp or buttons in it broken", "Lindley House A")
    assert (seen.card.priority, len(seen.photos)) == (Priority.ROUTINE, 1)
    assert seen.account.whose == "Ours to mend"


def test_a_home_in_nine_actions_with_who_how_and_a_note_of_the_cause(person: Person, let: Let) -> None:
    person.key("Ctrl+N")
    person.write("lukasie")  # the name, without its accents
    person.key("Return")
    person.write("window glass")
    person.key("Return", "Right")
    assert person.sees("We will put it right so that the home stays safe.")
    photo(person)
    person.key("Ctrl+Return")
    seen = saved(person, let)
    assert person.actions + person.texts <= HOME
    assert seen.account.person == "Zoë Łukasiewicz"
    assert (seen.account.whose, seen.account.cause) == (
        "Ours to mend, cost or work may be shared",
        "Broken by accident",
    )
    assert len(seen.photos) == 1
    person.key("Ctrl+Z")  # and taken back
    with let.store.read() as session:
        assert not repairs.page(session, Filter("open", "window"), 0, 9)
