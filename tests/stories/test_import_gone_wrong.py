"""A landlord's first list of homes: refused where a spreadsheet spoilt it, put right, imported, planned, by keys."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.stories.opened import window_of
from tests.stories.person import Person
from watmos_desktop.services import homes, inspections
from watmos_desktop.services.store import Store
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.homes.import_page import ImportPage
from watmos_desktop.ui.pages.homes.list import HomesPage
from watmos_desktop.ui.pages.inspections.list import InspectionsPage
from watmos_desktop.ui.pages.inspections.planning import InspectionPlanPage
from watmos_desktop.ui.window import PageSpec

HEAD = "Property reference;UPRN;Address;Post code;Scheme;Building\n"
ROWS = [f"M{n};10001234567{n};{n} Mill House;WS2 9ZZ;Chuckery;Mill House\n" for n in range(1, 9)]
SPOILT = "M9;1.00E+11;9 Mill House;WS2 9ZZ;Chuckery;Mill House\n"
TWICE = ROWS[2]


def pages(desk: Desk) -> list[PageSpec]:
    hidden = partial(PageSpec, hidden=True)
    return [
        PageSpec("homes", "Homes", "homes", partial(HomesPage, desk)),
        PageSpec("inspections", "Inspections", "inspections", partial(InspectionsPage, desk)),
        hidden("import", "Import homes", "homes", partial(ImportPage, desk), tab="homes"),
        hidden(
            "inspection_plan", "When due", "inspections", partial(InspectionPlanPage, desk), tab="inspections"
        ),
    ]


@pytest.fixture
def person(store: Store, qtbot: QtBot) -> Iterator[Person]:
    with window_of(store, qtbot, pages, who="Grace Bell · Manager") as opened:
        yield opened


def there(store: Store) -> int:
    with store.read() as session:
        return homes.count(session)


def chosen(person: Person, path: Path) -> ImportPage:
    """The file as the system's own dialog hands it over."""
    person.window.go("import")
    page = person.window.current()
    assert isinstance(page, ImportPage)
    page.read_file(path)
    return page


def test_a_list_gone_wrong_and_put_right(person: Person, store: Store, tmp_path: Path) -> None:
    person.key("Ctrl+1")
    person.waits(lambda: person.sees("No homes yet"))
    path = tmp_path / "homes.csv"
    path.write_text("\ufeff" + HEAD + "".join(ROWS) + SPOILT + TWICE, encoding="utf-16")
    chosen(person, path)
    person.waits(lambda: person.sees("These rows cannot be imported"))
    assert person.sees("Line 10") and person.sees("digits are lost")
    assert person.sees("Line 11") and person.sees("It is on line 4 already")
    person.key("Ctrl+S")
    assert there(store) == 0  # all of it or nothing

    path.write_text(HEAD + "".join(ROWS), encoding="cp1252")
    page = chosen(person, path)
    person.waits(lambda: page.apply_button.isVisible() and page.apply_button.text() == "Import 8 homes")
    person.key("Ctrl+S")
    person.waits(lambda: there(store) == 8)
    person.waits(lambda: person.sees("8 homes imported"))
    person.key("Ctrl+Z")
    person.waits(lambda: there(store) == 0)
    page = chosen(person, path)
    person.waits(lambda: page.apply_button.isVisible() and page.apply_button.isEnabled())
    person.key("Ctrl+S")
    person.waits(lambda: there(store) == 8)

    page = chosen(person, path)  # the same file again doubles nothing
    person.waits(lambda: person.sees("8 as they are"))
    person.key("Ctrl+2")
    person.window.go("inspection_plan")
    person.click("Plan the usual for them")
    with store.read() as session:
        due = inspections.due(session, within_days=92)
    assert {one.place for one in due} == {"Mill House", "Chuckery"}
    assert {one.template_key for one in due} == {
        "block_internal",
        "block_weekly",
        "fire_safety",
        "estate_grounds",
    }
