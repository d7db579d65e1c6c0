"""`watmos self-test`: does this very program work here? On a workspace of its own, which is gone afterwards."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from watmos_desktop.services.errors import Told

if TYPE_CHECKING:
    from watmos_desktop.app import Program
    from watmos_desktop.cli.driving import Driver

_HOMES, _YEARS = 12, 0.25
_PASSPHRASE = "self test, nothing real"  # noqa: S105 - the workspace is deleted at once


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("self-test", help="check that this program works on this computer")
    parser.set_defaults(run=_run)


def _run(_: argparse.Namespace) -> int:
    from watmos_desktop.cli.driving import Driver, application

    app = application()
    from watmos_desktop.app import Program
    from watmos_desktop.services import demo, settings
    from watmos_desktop.services.store import Store

    with tempfile.TemporaryDirectory(prefix="watmos-self-test-") as folder:
        home = Path(folder) / "workspace"
        store = Store.create(home, _PASSPHRASE)
        demo.make(store, _HOMES, _YEARS, seed=1)
        settings.mark_demo(store)
        store.close()
        print("Made an encrypted workspace with a small landlord in it.")
        program = Program(home, person=demo.FIRST)
        driver = Driver(program)
        try:
            driver.open(_PASSPHRASE)
            _draw_pages(program, driver)
            _make_report(program, driver)
        finally:
            program.close()
    app.quit()
    print("Everything works.")
    return 0


def _draw_pages(program: Program, driver: Driver) -> None:
    for scheme in ("light", "dark", "sun"):
        program.window.set_scheme(scheme)
        for tab in program.tabs:
            program.window.go(tab)
            driver.settle()
            if program.window.grab().isNull():
                raise Told(f"The page {tab} could not be drawn.", "Tell the office.")
    print(f"Drew {len(program.tabs)} pages in light, dark and sun.")


def _make_report(program: Program, driver: Driver) -> None:
    from watmos_desktop.services import inspections
    from watmos_desktop.ui.pages.inspections.preview import ReportPage

    assert program.desk is not None
    (card,) = program.desk.look(inspections.page, inspections.Filter("signed"), 0, 1)
    program.window.go("report", card.id)
    page = program.window.current()
    assert isinstance(page, ReportPage)
    driver.wait(lambda: page.pdf() or page.notices.showing(), "the report")
    if not page.pdf().startswith(b"%PDF") or not page.preview.page_count():
        raise Told("The report could not be made.", "Tell the office.")
    print(f"Made a report of {page.preview.page_count()} pages in a worker process.")
