"""What is wanted of the list now and then: saved views, a place, paper, a spreadsheet, the board and the plan."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from watmos_desktop.services import policy, repair_views, repairs_export, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_views import View
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.menu import Entry
from watmos_desktop.ui.kit.page import Progress
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.tasks import Job

if TYPE_CHECKING:
    from watmos_desktop.ui.pages.repairs.list import RepairsPage

_ROOMS = (
    ("hazards", "Damp and hazards", "hazard_case"),
    ("adaptations", "Aids and adaptations", "adaptation"),
    ("programmes", "Planned works", "programme"),
    ("contractors", "Contractors", "job"),
)


class More:
    """The menu of the Repairs page, and the strip below the filters where a name is asked or progress is shown."""

    def __init__(self, desk: Desk, page: RepairsPage) -> None:
        self._desk, self._page = desk, page
        self._job: Job | None = None
        self._asking = False
        self.strip = QWidget()
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._words = Text(wrap=True)
        self.name = Line("For example: my emergencies")
        self.name.setAccessibleName("Name of the view")
        self.name.setMaxLength(repair_views.NAME_LIMIT)
        self.name.setFixedWidth(280)
        self.name.returnPressed.connect(self.save_view)
        self.save_button = PrimaryButton("Save the view", self.save_view)
        self.progress = Progress("Exporting")
        self.cancel_button = QuietButton("Cancel", self.back, key="Esc")
        for part in (self._words, self.name, self.save_button):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel_button)
        row.addStretch(0)
        self.strip.setVisible(False)
        bind(page, "export", self.export_as)
        bind(page, "board", partial(page.open_requested.emit, "board", None))
        bind(page, "plan", self.show_plan)
        bind(page, "print_list", self.show_paper)

    def groups(self) -> list[list[Entry]]:
        """The menu as things stand now."""
        page, now = self._page, self._page.view()
        saved = repair_views.views(self._desk.store)
        shown = next((one for one in saved if (one.wanted, one.sort) == (now.wanted, now.sort)), None)
        views = [Entry(one.name, partial(page.show_view, one), chosen=one is shown) for one in saved]
        keep = [Entry("Save this view", self.ask_name)] if shown is None else []
        keep += [Entry(f"Forget “{shown.name}”", partial(self.forget, shown.name))] if shown else []
        place = [Entry("Choose an estate, block or area", page.filters.ask_place)]
        out = (
            [Entry("Export as a spreadsheet", self.export_as, shown_key("export"))]
            if self._may_export()
            else []
        )
        looks = [
            Entry("Board", partial(page.open_requested.emit, "board", None), shown_key("board")),
            Entry("Plan of its block or estate", self.show_plan, shown_key("plan")),
        ]
        if policy.may(self._desk.actor, Action.CHANGE_REPAIR, "repair"):
            looks.append(Entry("Figures", partial(page.open_requested.emit, "figures", None)))
        out = [Entry("The list as paper", self.show_paper, shown_key("print_list")), *out]
        if block := now.wanted.block_id:
            sheet = partial(page.open_requested.emit, "list_paper", block)
            out.append(Entry("Sheet for the noticeboard", sheet))
        return [views, keep, place, looks, out, self._rooms()]

    def show_paper(self) -> None:
        """The list as it is now, to print or save."""
        self._page.open_requested.emit("list_paper", self._page.view())

    def show_plan(self) -> None:
        """The plan where the chosen repair stands, else of the place that the list is of, else the first."""
        wanted, chosen = self._page.view().wanted, self._page.table.key()
        place = wanted.block_id or wanted.estate_id
        self._page.open_requested.emit("plan", ("repair", chosen) if chosen is not None else place)

    def ask_name(self) -> None:
        """Ask what the view should be called."""
        self._show("Call this view", naming=True)
        self._asking = True
        self.name.clear()
        self.name.setFocus()

    def show_beside(self, listed: bool) -> None:
        """A name is asked for the list: while a repair stands there alone, the question waits."""
        if self._asking:
            self.strip.setVisible(listed)

    def save_view(self) -> None:
        """Keep what is on show under the name typed; what is wrong is said and the name stays."""
        try:
            now = self._page.view()
            made = repair_views.save(self._desk.store, View(self.name.text(), now.wanted, now.sort))
        except Told as told:
            self._page.notices.tell(told)
            return
        self._close()
        self._page.notices.say(f"Saved as “{made.name}”; it is in the menu More.", tone=Tone.OK)
        self._page.table.setFocus()

    def forget(self, name: str) -> None:
        """Take a view away, with a way back."""
        gone = repair_views.forget(self._desk.store, name)
        if gone is not None:
            put_back = partial(repair_views.save, self._desk.store, gone)
            self._page.notices.offer_undo(f"“{name}” is forgotten.", put_back)

    def back(self) -> bool:
        """Stop asking, or stop the export; False if there is nothing to stop."""
        if self.strip.isHidden():
            return False
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self._page.notices.say("Stopped. Nothing was left behind.")
        self._close()
        self._page.table.setFocus()
        return True

    def export_as(self) -> None:
        """Ask where, then write what the list shows."""
        if not self._may_export():
            return
        chosen, _ = QFileDialog.getSaveFileName(
            self._page, "Export repairs", "repairs.xlsx", "Spreadsheet (*.xlsx);;CSV (*.csv)"
        )
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, path: Path) -> None:
        """Write the list to a file, whole or not at all, with progress and a way to stop."""
        view = self._page.view()
        asked = repairs_export.Asked(view.wanted, view.sort, path)
        self._show("Exporting…", naming=False)
        self._job = self._desk.tasks.process(
            repairs_export.save,
            asked,
            self._exported,
            prepare=partial(repairs_export.collect, self._desk.store),
            progress=self.progress.show_part,
            owner=self._page,
            on_error=self._failed,
        )

    def _exported(self, number: int) -> None:
        self._job = None
        self._close()
        words = f"{wording.count(number, 'repair')} exported."
        self._page.notices.say(words, "Keep the file as safe as the list itself.", Tone.OK)

    def _failed(self, error: BaseException) -> None:
        self._job = None
        self._close()
        self._page.notices.tell(error)

    def _rooms(self) -> list[Entry]:
        """Pages of this tab without a place in the rail, as far as this person may know of what is in them."""
        return [
            Entry(words, partial(self._page.open_requested.emit, page, None))
            for page, words, noun in _ROOMS
            if policy.may(self._desk.actor, Action.SEE, noun)
        ]

    def _may_export(self) -> bool:
        return policy.may(self._desk.actor, Action.EXPORT, "repair")

    def _close(self) -> None:
        self._asking = False
        self.strip.setVisible(False)

    def _show(self, words: str, *, naming: bool) -> None:
        self._asking = False
        self._words.setText(words)
        for part in (self.name, self.save_button):
            part.setVisible(naming)
        self.progress.setVisible(not naming)
        self.progress.show_part(0, 0)
        self.strip.setVisible(True)
