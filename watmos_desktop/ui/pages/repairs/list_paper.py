"""Paper about several repairs: the list as it is on the screen, or a block's sheet for its noticeboard."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.repair_views import View
from watmos_desktop.services.reports import block_repairs, repair_list
from watmos_desktop.services.reports.block_repairs import BlockRepairs
from watmos_desktop.services.reports.repair_list import ListPaper
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.repairs.filters import MARKS, STATES
from watmos_desktop.ui.paper import About, Paper, PaperPage

LIST, SHEET = "list", "sheet"


def in_words(view: View) -> str:
    """``Overdue: mine, emergency``: what a list shows, as the head of its paper."""
    wanted = view.wanted
    marks = ", ".join(words.lower() for key, words in MARKS.items() if key in wanted.also)
    state = STATES.get(wanted.state, wanted.state.capitalize())
    return view.name or (f"{state}: {marks}" if marks else state)


class ListPaperPage(PaperPage):
    """``open`` takes a ``View`` for the list, or a block's id for its sheet."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        papers = {
            LIST: Paper("The list as paper", _collect_list, repair_list.pages, _about_list),
            SHEET: Paper("For the noticeboard", block_repairs.collect, block_repairs.pages, _about_sheet),
        }
        super().__init__(desk, papers, parent=parent)

    def open(self, argument: object) -> None:
        """Make the paper."""
        if argument is not None:
            super().open((LIST if isinstance(argument, View) else SHEET, argument))

    def place(self) -> object:
        """Which list or block."""
        return self._wanted[1] if self._wanted else None


def _collect_list(session: Any, view: View) -> ListPaper:
    return repair_list.collect(session, view.wanted, view.sort, in_words(view))


def _about_list(data: ListPaper) -> About:
    return About(f"{data.title} · {len(data.rows):,} repairs", "Repairs")


def _about_sheet(data: BlockRepairs) -> About:
    return About(f"{data.place} · it names nobody, so anyone may read it", "Repairs for the noticeboard")
