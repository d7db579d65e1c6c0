"""Two devices of a demo office without a display: what one recorded is on the other, and a clash is decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import httpx

from watmos_desktop.services.errors import Told

if TYPE_CHECKING:
    from watmos_desktop.cli.driving import Driver
    from watmos_desktop.services.store import Store
    from watmos_desktop.services.sync.client import Client
    from watmos_desktop.ui.desk import Desk
    from watmos_desktop.ui.pages.inspections.walk import WalkPage

HERE, THERE = "Still sticks, seen at noon", "Mended this morning"


class Line(httpx.BaseTransport):
    """A device's way to an office on this computer; ``cut``: it is out of reach."""

    def __init__(self, *, cut: bool = False) -> None:
        self.cut = cut
        self._wire = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry it, or not."""
        if self.cut:
            raise httpx.ConnectError("out of reach", request=request)
        return self._wire.handle_request(request)

    def connect(self, store: Store) -> Client:
        """The way to the office of an open workspace."""
        from watmos_desktop.services.sync import joining

        return joining.connect(store, transport=self)


def meet(home: Path, other: Path, secret: str, out: Path) -> int:
    """Open both, show here what was recorded there, let both write the same note, and decide between the two.

    Raises Told when one of them is not of a demo office, or when nothing has come from the other.
    """
    from watmos_desktop.app import Program
    from watmos_desktop.cli.driving import Driver
    from watmos_desktop.services import files, settings

    screens = files.private_folder(out / "screens")
    lines = Line(), Line()
    drivers: list[Driver] = []
    try:
        for folder, line in zip((home, other), lines, strict=True):
            drivers.append(Driver(Program(folder, connect=line.connect)))
            drivers[-1].open(secret)
            if not settings.is_demo(_desk(drivers[-1]).store):
                raise Told("This workspace holds real records.", "Try it on the demo: python3 dev.py office")
            drivers[-1].sync()
        here, there = drivers
        report = _look(here, screens, files.private_folder(out / "report"))
        written = _both_write(here, there, lines[1])
        note = _decide(there, here, *written, screens)
    finally:
        for driver in drivers:
            driver.program.close()
    print("What the other device recorded without a network is here, with its photos; its report:")
    print(f"  {report}")
    print(f"Both wrote the same note meanwhile. Decided on the review page, on both it is now: {note!r}")
    print(f"Pictures of it are in:\n  {screens}")
    return 0


def _look(driver: Driver, screens: Path, folder: Path) -> Path:
    """The newest inspection that someone else signed, and its report."""
    from watmos_desktop.services import inspections
    from watmos_desktop.ui.pages.inspections.preview import ReportPage

    driver.front()
    newest = _desk(driver).look(inspections.page, inspections.Filter("signed"), 0, 1)
    if not newest:
        raise Told("Nothing has come from the other device yet.", "Let it walk and sync first.")
    driver.window.go("inspections", newest[0].id)
    driver.picture(screens / "01 an inspection from the other device.png")
    driver.window.go("report", newest[0].id)
    page = driver.window.current()
    if not isinstance(page, ReportPage):
        raise Told("The report could not be opened.")
    driver.wait(lambda: page.pdf() or page.notices.showing(), "the report")
    driver.picture(screens / "02 its report.png")
    page.save_to(folder / page.file_name())
    return folder / page.file_name()


def _both_write(here: Driver, there: Driver, line: Line) -> tuple[UUID, str]:
    """One walk under way on both, and at one item two notes, one of them written out of reach; gives the two keys."""
    from watmos_desktop.services import inspections, scoring, walk, walk_view

    desk = _desk(here)
    newest = desk.look(inspections.page, inspections.Filter("signed"), 0, 1)[0]
    walked = desk.look(inspections.get, newest.id).walk
    walk_id = desk.do("began an inspection", walk.begin, walked.template.key, walked.place)
    begun = desk.look(walk_view.load, walk_id)
    area = next(one for one in begun.template.areas if not begun.unchecked(one.key))
    item = area.items[0]
    desk.do(f"graded {item.name}", walk.answer, walk_id, item.key, value=scoring.ok_answer(item).value)
    here.sync()
    there.sync()
    line.cut = True
    for driver, words in ((here, HERE), (there, THERE)):
        driver.front()
        driver.window.go("walk", walk_id)
        _walk_page(driver).go(item.key)
        driver.press("Shift+N", "Ctrl+A")
        driver.write(words)
        driver.press("Ctrl+Return")
    here.sync()
    line.cut = False
    there.sync()
    return walk_id, item.key


def _decide(there: Driver, here: Driver, walk_id: UUID, item: str, screens: Path) -> str:
    """Who was out of reach sees both sides and keeps both; gives the note, the same on the two devices."""
    from watmos_desktop.services import walk_view

    there.window.go("review")
    there.picture(screens / "03 both wrote the same note.png")
    there.press("B")
    there.picture(screens / "04 decided.png")
    there.sync()
    here.sync()
    here.window.go("walk", walk_id)
    _walk_page(here).go(item)
    here.picture(screens / "05 on the other device.png")
    walks = [_desk(driver).look(walk_view.load, walk_id) for driver in (here, there)]
    notes = {one.mine[item].note for one in walks}
    if len(notes) != 1 or not all(words in min(notes) for words in (HERE, THERE)):
        raise Told("The two devices do not show the same.", "Tell the office.")
    return min(notes)


def _walk_page(driver: Driver) -> WalkPage:
    from watmos_desktop.ui.pages.inspections.walk import WalkPage

    page = driver.window.current()
    if not isinstance(page, WalkPage):
        raise Told("The walk could not be opened.")
    return page


def _desk(driver: Driver) -> Desk:
    if driver.program.desk is None:
        raise Told("The workspace was closed meanwhile.")
    return driver.program.desk
