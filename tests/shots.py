"""Pictures of every page in every theme and size, and in large text: ``python -m tests.shots OUT [WORDS …]``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from tests import shots_office, shots_repairs, shots_visits
from watmos_desktop.app import Program
from watmos_desktop.cli.driving import Driver, application
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import (
    adaptation_cases,
    contractors,
    demo,
    hazard_list,
    homes,
    inspections,
    programme_cases,
    repairs,
    settings,
    staff,
    visits_due,
    walk,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.store import Store
from watmos_desktop.ui.pages.homes.import_page import ImportPage
from watmos_desktop.ui.pages.inspections.preview import ReportPage
from watmos_desktop.ui.pages.inspections.walk import WalkPage
from watmos_desktop.ui.pages.unlock.page import UnlockPage
from watmos_desktop.ui.pages.visits.week import WeekPage
from watmos_desktop.ui.window import Window

PASSPHRASE = "pictures of nothing real"
SIZES = ((1024, 600), (1440, 900))
SCHEMES = ("light", "dark", "sun")
Look = tuple[str, tuple[int, int], float]
LOOKS: tuple[Look, ...] = (
    *((scheme, size, 1.0) for scheme in SCHEMES for size in SIZES),
    ("light", SIZES[1], 2.0),
)
_HOMES = """Reference,Address,Postcode,Estate,Block
P1,1 Picture Row,WS1 2AB,Lindley Estate,Picture Row
P2,2 Picture Row,WS1 2AB,Lindley Estate,Picture Row
"""

Go = Callable[[], object]


def main(out: Path, only: tuple[str, ...] = ()) -> int:
    """Make a demo landlord in a temporary folder and walk every page of it in every look; ``only`` names some."""
    app = application()
    with tempfile.TemporaryDirectory(prefix="watmos-shots-") as folder:
        home = Path(folder) / "workspace"
        store = Store.create(home, PASSPHRASE)
        demo.make(store, 90, 0.6, seed=1)
        settings.mark_demo(store)
        manager = _manager(store)
        store.close()
        table = Path(folder) / "homes.csv"
        table.write_text(_HOMES, encoding="utf-8")
        program = Program(home, person=manager)
        driver = Driver(program)
        driver.open(PASSPHRASE)
        made = 0 if only else _locked(out, driver)
        made += _everything(out, driver, _some(_pages(driver, table), only))
        program.close()
    if not only:
        with shots_office.driver() as (other, pages):
            made += _everything(out, other, pages)
    app.quit()
    print(f"{made} pictures in {out}")  # noqa: T201
    return 0


def _manager(store: Store) -> str:
    with store.read() as session:
        return next(one.name for one in staff.people_here(session) if one.role is Role.MANAGER)


def _some(pages: Iterator[tuple[str, Go]], only: tuple[str, ...]) -> list[tuple[str, Go]]:
    return [(name, go) for name, go in pages if not only or any(words in name for words in only)]


def _folder(out: Path, look: Look) -> Path:
    scheme, size, scale = look
    text = f" text {scale:.0%}" if scale > 1 else ""
    folder = out / f"{scheme} {size[0]}x{size[1]}{text}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _each_look(driver: Driver, window: Window) -> Iterator[Look]:
    for look in LOOKS:
        scheme, size, scale = look
        driver.window.set_scheme(scheme, scale)
        window.resize(*size)
        yield look


def _locked(out: Path, driver: Driver) -> int:
    """The page in front of it all: unlocking, making a workspace, and a PIN after a lock."""
    made = 0
    for name in ("01 unlock", "02 make a workspace", "01 unlock by PIN"):
        new = name == "02 make a workspace"
        page = UnlockPage(lambda _: None, lambda *_: None, new=new, on_demo=lambda: None)
        if name.endswith("PIN"):
            page.offer_pin(lambda _: None, datetime(2026, 11, 23, 17, 30, tzinfo=LONDON))
        window = Window(partial(_same, page))
        window.show()
        for look in _each_look(driver, window):
            driver.settle()
            window.grab().save(str(_folder(out, look) / f"{name}.png"))
            made += 1
        window.close()
        window.deleteLater()
    return made


def _same(page: UnlockPage) -> UnlockPage:
    return page


def _everything(out: Path, driver: Driver, pages: list[tuple[str, Go]]) -> int:
    """Page after page in one look, then the next: a change of theme costs more than a page."""
    for look in _each_look(driver, driver.window):
        for name, go in pages:
            go()
            driver.picture(_folder(out, look) / f"{name}.png")
    return len(pages) * len(LOOKS)


def _pages(driver: Driver, table: Path) -> Iterator[tuple[str, Go]]:
    program, window = driver.program, driver.window
    desk = program.desk
    assert desk is not None
    number = 2

    def page(words: str, go: Go) -> tuple[str, Go]:
        nonlocal number
        number += 1
        return f"{number:02} {words}", go

    for tab in program.tabs:
        yield page(tab, partial(window.go, tab))
    signed = desk.look(inspections.page, inspections.Filter("signed"), 0, 200)
    poor = min(signed, key=lambda card: (card.template != "Block inspection", -card.defects))
    yield page("an inspection", lambda: window.go("inspections", poor.id))
    yield page("a new inspection", lambda: window.go("inspections", "new"))
    late = desk.look(repairs.page, repairs.Filter("open"), 0, 50) or desk.look(
        repairs.page, repairs.Filter("done"), 0, 50
    )
    chosen = next((one for one in late if one.hazard), late[0])
    yield page("a repair", lambda: window.go("repairs", chosen.id))
    for name, go in shots_repairs.pages(driver, desk):
        yield page(name, go)
    yield page("contractors", lambda: window.go("contractors", desk.look(contractors.listed)[0].id))
    yield page("damp and hazards", lambda: window.go("hazards", "list"))
    yield page("a new hazard case", lambda: window.go("hazards", ("new", None)))
    cases = desk.look(hazard_list.page)
    yield page("a hazard case", lambda: window.go("hazard", cases[-1].id))
    request = desk.look(adaptation_cases.page, adaptation_cases.Filter("decide"), 0, 1)[0]
    yield page("an adaptation", lambda: window.go("adaptations", request.id))
    works = desk.look(programme_cases.page, programme_cases.Filter("consulting"), 0, 1)[0]
    yield page("planned works", lambda: window.go("programmes"))
    yield page("works in consultation", lambda: window.go("programme", works.id))
    home = desk.look(homes.page, homes.HomeQuery(), 3, 1)[0]
    yield page("a home", lambda: window.go("homes", home.id))
    due = desk.look(visits_due.page, visits_due.Filter(), 0, 1)
    yield page("a home due a visit", lambda: window.go("visits", due[0].key))
    yield page("the week of visits", lambda: _week(driver))
    for name, go in shots_visits.pages(driver, desk):
        yield page(name, go)
    yield page("import", lambda: window.go("import"))
    yield page("import, what it would do", lambda: _preview(driver, table))
    yield page("people", lambda: window.go("people"))
    yield page("keys", lambda: window.go("keys"))
    walks = desk.look(inspections.due, within_days=60)
    block = next(one for one in walks if one.template_key == "block_internal")
    walk_id = desk.do("began", walk.start, block.schedule_id)
    yield page("walk", lambda: window.go("walk", walk_id))
    yield page("walk, something wrong", lambda: _wrong(driver))
    yield page("sign", lambda: window.go("signoff", walk_id))
    yield page("report", lambda: _report(driver, poor.id))
    yield page("noticeboard sheet", lambda: _report(driver, ("noticeboard", poor.id)))


def _week(driver: Driver) -> None:
    """A fortnight as it is proposed."""
    driver.window.go("visit_week")
    page = driver.window.current()
    assert isinstance(page, WeekPage)
    page.planning.discard()
    page.plan()
    driver.wait(page.planning.accept_button.isVisible, "the plan")


def _preview(driver: Driver, table: Path) -> None:
    driver.window.go("import")
    page = driver.window.current()
    assert isinstance(page, ImportPage)
    page.read_file(table)
    driver.wait(lambda: page.apply_button.isVisible(), "the preview")


def _wrong(driver: Driver) -> None:
    page = driver.window.current()
    assert isinstance(page, WalkPage)
    first = page.main.chips.chips
    page.go_area(next(iter(first)))
    while page.main.carried.isVisible():
        driver.press("F")
    driver.press("Alt+1")


def _report(driver: Driver, argument: object) -> None:
    driver.window.go("report", argument)
    page = driver.window.current()
    assert isinstance(page, ReportPage)
    driver.wait(page.pdf, "the report")


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), tuple(sys.argv[2:])))
