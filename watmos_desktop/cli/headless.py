"""`watmos headless --out DIR`: the main job on the demo landlord without a display, by real key presses.

Opens the real window offscreen, walks an inspection, signs it, makes its PDF, and takes a picture of every tab. In a
workspace that joined a demo office it is done without a network and synced afterwards; ``--other`` is in meeting.py.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from watmos_desktop.cli import workspace_options
from watmos_desktop.models.kinds import Scale, Subject
from watmos_desktop.services.errors import Told

if TYPE_CHECKING:
    from watmos_desktop.app import Program
    from watmos_desktop.cli.driving import Driver
    from watmos_desktop.services.template_parts import Item
    from watmos_desktop.services.walk_view import Walk
    from watmos_desktop.ui.pages.inspections.walk import WalkPage

TEMPLATE = "block_internal"
# Items that get a photo, with the scene it shows: of the first all is well, of the others something is wrong.
SEEN_WELL = {"entrance_door": "door"}
SEEN_WRONG = {
    "entrance_lights": "light",
    "stair_walls": "wall",
    "bins_clean": "bins",
    "grounds_paths": "path",
}


@dataclass(frozen=True)
class _Found:
    report: Path
    pictures: list[Path]
    answered: int
    defects: int


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "headless", parents=[workspace_options()], help="walk a sample inspection without a display"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where the PDF and pictures go"
    )
    parser.add_argument(
        "--other", type=Path, metavar="DIR", help="a second workspace of the same demo office, to meet with"
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.driving import Driver, application
    from watmos_desktop.cli.workspace_door import passphrase

    secret = passphrase()
    app = application()
    from watmos_desktop.app import Program
    from watmos_desktop.cli import meeting

    if args.other is not None:
        return meeting.meet(args.home, args.other, secret, args.out)
    line = meeting.Line(cut=True)
    person = args.person or os.environ.get("WATMOS_AS")
    program = Program(args.home, person=person, connect=line.connect)
    driver = Driver(program)
    try:
        driver.open(secret)
        found = _work(program, driver, args.out)
        line.cut = False
        if said := _sync(driver):
            found.pictures.append(found.pictures[0].with_name(f"{len(found.pictures) + 1:02} office.png"))
            driver.window.go("office")
            driver.picture(found.pictures[-1])
    finally:
        program.close()
        app.quit()
    print(f"Walked {found.answered} items, found {found.defects} things wrong, signed, and made the report:")
    print(f"  {found.report}")
    print(f"Pictures of the walk and of every tab, {len(found.pictures)} of them, are in:")
    print(f"  {found.pictures[0].parent}")
    if said:
        print(f"All of it without a network, and then: {said}.")
    return 0


def _sync(driver: Driver) -> str:
    """Back in reach of the office, where there is one: what the foot says then."""
    from watmos_desktop.services.sync import status

    program = driver.program
    if program.desk is None or not status.status(program.desk.store).joined:
        return ""
    driver.sync()
    return status.status(program.desk.store).words


def _work(program: Program, driver: Driver, out: Path) -> _Found:
    from watmos_desktop.services import files, inspections, settings

    desk = program.desk
    assert desk is not None
    if not settings.is_demo(desk.store):
        raise Told("This workspace holds real records.", "Try it on the demo landlord: python3 dev.py run")
    screens = files.private_folder(out / "screens")
    pictures: list[Path] = []

    def shoot(name: str) -> None:
        pictures.append(screens / f"{len(pictures) + 1:02} {name}.png")
        driver.picture(pictures[-1])

    driver.window.go("today")
    shoot("today")
    walk_id, answered = _walk(program, driver, shoot)
    shoot("sign")
    _sign(driver)
    report = _save_report(driver, files.private_folder(out / "report"))
    shoot("report")
    for tab in program.tabs:
        driver.window.go(tab)
        shoot(f"tab {tab}")
    return _Found(report, pictures, answered, desk.look(inspections.get, walk_id).card.defects)


def _walk(program: Program, driver: Driver, shoot: Callable[[str], None]) -> tuple[UUID, int]:
    """Start what is due, answer every item by key, find a few things wrong and take a photo of each."""
    from watmos_desktop.services import walk_view
    from watmos_desktop.ui.kit.page import Page
    from watmos_desktop.ui.pages.inspections.walk import WalkPage

    desk = program.desk
    assert desk is not None
    _start(program, driver)
    page = driver.window.current()
    if not isinstance(page, WalkPage):
        raise Told("The walk could not be started.", page.notices.showing() if isinstance(page, Page) else "")
    walk_id = page.place()
    assert isinstance(walk_id, UUID)
    shoot("walk")
    shown = False
    while True:
        walk = desk.look(walk_view.load, walk_id)
        if not walk.missing() and not any(walk.unchecked(area.key) for area in walk.template.areas):
            break
        before = _standing(page, walk)
        item = walk.template.item(page.item_key())
        if page.main.carried.isVisible():
            driver.press("F" if len(walk.mine) % 2 else "G")
        elif item.key in walk.mine:
            driver.press("Space")
        elif item.key in SEEN_WRONG and (phrase := _phrase(item)):
            driver.press(f"Alt+{phrase}")
            _paste(page, driver, SEEN_WRONG[item.key], wrong=True)
            if not shown:
                shoot("walk with a defect")
                shown = True
            driver.press("Space")
        else:
            _pass(page, driver, walk, item)
        if before == _standing(page, desk.look(walk_view.load, walk_id)):
            raise Told(f"The walk stands still at “{item.name}”.", "Tell the office.")
    driver.press("Ctrl+Return")
    return walk_id, len(desk.look(walk_view.load, walk_id).mine)


def _start(program: Program, driver: Driver) -> None:
    """The block inspection that is most pressing, by Enter on its card; else any block, by its name."""
    from watmos_desktop.services import places, walk
    from watmos_desktop.ui.pages.today.page import TodayPage

    desk, page = program.desk, driver.window.current()
    assert desk is not None
    assert isinstance(page, TodayPage)
    card = next((one for one in page.cards if one.todo.template_key == TEMPLATE), None)
    if card is not None:
        card.button.setFocus()
        driver.press("Return")
        return
    block = next((one for one in desk.look(places.walkable) if one.subject is Subject.BLOCK), None)
    if block is None:
        raise Told("There is no block to walk here.", "Make the demo landlord first: watmos demo")
    driver.window.go("walk", desk.do("began an inspection", walk.begin, TEMPLATE, block))


def _phrase(item: Item) -> int:
    """The number of the item's first phrase that raises a repair; 0 if none does."""
    return next((number for number, one in enumerate(item.phrases, start=1) if one.raises_repair), 0)


def _pass(page: WalkPage, driver: Driver, walk: Walk, item: Item) -> None:
    """Answer an item that is well: one by one at first, the rest of the later areas at once."""
    if item.key in SEEN_WELL:
        _paste(page, driver, SEEN_WELL[item.key], wrong=False)
    area = next(one for one in walk.template.areas if item in one.items)
    place = walk.template.items.index(item)
    to_find = any(one.key in SEEN_WRONG and one.key not in walk.mine for one in area.items)
    if place > len(walk.template.items) // 2 and not item.safety_critical and not to_find:
        driver.press("O")
    else:
        driver.press("2" if item.scale is Scale.GRADE and place % 4 == 1 else "1")


def _standing(page: WalkPage, walk: Walk) -> tuple[str, int, int]:
    """What changes with every step of a walk."""
    return page.item_key(), len(walk.mine), sum(one.outcome is not None for one in walk.carried)


def _paste(page: WalkPage, driver: Driver, scene: str, *, wrong: bool) -> None:
    """Paste a photo of the item on show and wait until it is on disk."""
    from PySide6.QtGui import QGuiApplication, QImage

    from watmos_desktop.services.demo import pictures

    QGuiApplication.clipboard().setImage(QImage.fromData(pictures.draw(scene, 1, wrong=wrong)))
    driver.press("Ctrl+V")
    driver.wait(lambda: not page.photos.intake.waiting(), "the photo to be saved")


def _sign(driver: Driver) -> None:
    from watmos_desktop.ui.pages.inspections.signoff import SignOffPage

    page = driver.window.current()
    if not isinstance(page, SignOffPage):
        raise Told("The walk could not be finished.", "Tell the office.")
    driver.draw(page.officer.sheet, ((0.1, 0.6), (0.25, 0.3), (0.4, 0.7), (0.6, 0.35), (0.85, 0.6)))
    driver.press("Ctrl+Return")


def _save_report(driver: Driver, folder: Path) -> Path:
    """Wait for the report that opens by itself, and save it."""
    from watmos_desktop.ui.pages.inspections.preview import ReportPage

    page = driver.window.current()
    if not isinstance(page, ReportPage):
        raise Told("The inspection could not be signed.", "Tell the office.")
    driver.wait(lambda: page.pdf() or page.notices.showing(), "the report")
    path = folder / page.file_name()
    page.save_to(path)
    if not path.is_file():
        raise Told("The report could not be saved.", "Choose another folder.")
    return path
