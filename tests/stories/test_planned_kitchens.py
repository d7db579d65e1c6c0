"""Planned kitchens, through the real window: refused, asked, answered, written to, started, a home done (R9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from tests.stories.person import Person
from watmos_desktop.models.kinds import ProgrammeStatus
from watmos_desktop.services import programme_cases, programme_homes
from watmos_desktop.services.programme_cases import Filter, ProgrammeDetail
from watmos_desktop.ui import theme
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.programmes.list import ProgrammesPage
from watmos_desktop.ui.pages.programmes.page import ProgrammePage
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.tasks import Tasks
from watmos_desktop.ui.window import PageSpec, Window


@pytest.fixture
def person(let: Let, qtbot: QtBot, qapp: QApplication) -> Iterator[Person]:
    """The manager at the real window, on the Repairs tab; every bug in it fails the story."""
    theme.apply(qapp, "light")
    let.store.actor = let.landlord.manager
    errors: list[BaseException] = []
    tasks = Tasks(errors.append)
    desk = Desk(let.store, tasks)
    window = Window(lambda: QWidget())
    window.resize(1440, 900)
    window.show()
    window.open_pages(
        [
            PageSpec("repairs", "Repairs", "repairs", lambda: RepairsPage(desk)),
            *(
                PageSpec(key, words, "repairs", partial(make, desk), hidden=True, tab="repairs")
                for key, words, make in (
                    ("programmes", "Planned works", ProgrammesPage),
                    ("programme", "Works", ProgrammePage),
                )
            ),
        ],
        "Grace Bell-Owusu · Manager",
    )
    qtbot.waitExposed(window)
    window.activateWindow()
    yield Person(window, qtbot)
    window.lock()
    window.close()
    window.deleteLater()
    tasks.close()
    let.store.listeners.clear()
    assert not errors, errors


def works(let: Let) -> ProgrammeDetail:
    """What is kept of the only works there are."""
    with let.store.read() as session:
        (card,) = programme_cases.page(session, Filter("all"), 0, 9)
        return programme_cases.get(session, card.id)


def fill(person: Person, **words: str) -> None:
    """Type into fields of the form in sight, by their names."""
    form: Any = person.window.current().steps._form.form  # type: ignore[attr-defined]
    for name, text in words.items():
        form.fields[name].widget.setFocus()
        person.write(text)


def choose(person: Person, name: str, value: object) -> None:
    """Choose in a list or a calendar of the form, which a test cannot open."""
    form: Any = person.window.current().steps._form.form  # type: ignore[attr-defined]
    form.fields[name].put(value)


def page(person: Person) -> ProgrammePage:
    found = person.window.current()
    assert isinstance(found, ProgrammePage)
    return found


def test_kitchens_from_the_plan_to_the_first_home(person: Person, let: Let, clock: FakeClock) -> None:
    menu: Any = next(one for one in person.window.findChildren(QWidget) if hasattr(one, "menu_now"))
    entry = next(one for one in menu.menu_now().actions() if one.text() == "Planned works")
    entry.trigger()
    person.waits(lambda: person.window.page_id() == "programmes")
    assert person.sees("No works are planned")

    # Planned: what, when and how long; then the homes of one block.
    person.key("Ctrl+N")
    fill(
        person,
        name="New kitchens, Lindley House A",
        what="Old kitchens out, new ones in.",
        how_long="8 working days",
        disturbance="Drilling from 9 to 3. No water for an hour.",
    )
    choose(person, "block", f"{let.landlord.estate_id} {let.landlord.block_id}")
    choose(person, "starts_on", (NOW + timedelta(days=56)).date())
    choose(person, "ends_on", (NOW + timedelta(days=100)).date())
    person.key("Ctrl+S")
    assert person.sees("Planned. Add the homes that the works reach.")
    person.click(page(person).next_button)
    person.key("Ctrl+S")
    assert works(let).card.progress.total == 6

    # A start is refused: nobody was asked.
    person.click("Start the works")
    assert person.sees("Nobody has been consulted.")
    person.key("Ctrl+S")
    assert person.sees("Do that first, or say why it cannot wait.")
    person.key("Esc")
    assert works(let).card.status is ProgrammeStatus.PLANNED

    # Asked, for thirty days.
    person.click("Ask people for their view")
    person.key("Ctrl+S")
    assert works(let).card.stands.text == "Answers until Wed 23 Dec"

    # Everyone gets a letter.
    person.click("Write to them")
    person.click("Make the letters")
    person.waits(lambda: page(person).letters.pdf())
    assert (
        page(person).letters.preview.page_count() == 12
    )  # a letter and its answer page for each of six homes
    assert "Zoë Łukasiewicz" in page(person).letters.preview.text(1)
    person.click("They have gone out")
    assert works(let).card.progress.written == 6

    # One asks, and is answered.
    person.click(page(person).chips.chips()["homes"])
    page(person).homes.table.setFocus()
    page(person).homes.table.go(0)
    person.key("Return")
    person.click("Record what they say")
    person.click(page(person).steps._form.form.fields["kind"].widget.chips()["asks"])  # type: ignore[union-attr]
    fill(person, text="Where do I cook?")
    person.key("Ctrl+S")
    assert works(let).unanswered == 1
    person.click(page(person).next_button)  # Answer them
    page(person).answers.table.setFocus()
    page(person).answers.table.go(0)
    person.key("Return")
    person.click(page_answer(person))
    fill(person, answer="We lend you a hob.")
    person.key("Ctrl+S")
    assert works(let).unanswered == 0

    # The window closes, what came of it is written down, and the works start without a reason.
    clock.set(NOW + timedelta(days=31))
    page(person).refresh()
    person.click("Write what came of it")
    fill(person, outcome="All agree. We lend hobs.")
    person.key("Ctrl+S")
    assert works(let).blockers == ()
    person.click(page(person).next_button)
    begun = works(let)
    assert (begun.card.status, begun.start_reason) == (ProgrammeStatus.STARTED, "")

    # The first home is done, by mistake, taken back, and done.
    person.click(page(person).chips.chips()["homes"])
    page(person).homes.table.setFocus()
    page(person).homes.table.go(0)
    person.key("Return")
    person.click("Done today")
    assert works(let).card.progress.done == 1
    page(person).homes.table.setFocus()
    person.key("Ctrl+Z")
    assert works(let).card.progress.done == 0
    person.click("Done today")
    assert person.sees("1 of 6 homes done")
    with let.store.read() as session:
        rows = programme_homes.homes_page(session, begun.card.id, 0, 9, "done")
    assert [row.stands.text for row in rows] == ["Done Thu 24 Dec"]


def page_answer(person: Person) -> QWidget:
    """The button beside the answer; the page's next step has the same words."""
    side = page(person).answers.side
    return next(one for one in side.findChildren(QWidget) if one.accessibleName() == "Answer them")
