"""Letters and the sheet made beside the window: what a worker process runs; ``tell`` hears how far and may stop it."""

from __future__ import annotations

from collections.abc import Callable

from watmos_desktop.services.reports.programme_data import Letters, Sheet
from watmos_desktop.services.reports.programme_letters import render, render_each
from watmos_desktop.services.reports.programme_sheet import render_sheet

Tell = Callable[[int, int], None]


def letters(made_of: Letters, tell: Tell) -> bytes:
    """All letters as one PDF."""
    return render(made_of, tell)


def each(made_of: Letters, tell: Tell) -> list[tuple[str, bytes]]:
    """A PDF for each home, by the name of its file."""
    return render_each(made_of, tell)


def sheet(made_of: Sheet, tell: Tell) -> bytes:
    """The noticeboard sheet."""
    tell(0, 1)
    return render_sheet(made_of)
