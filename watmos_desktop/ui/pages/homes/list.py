"""The Homes tab: estates, blocks and homes with a search, and one home in full beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import homes, homes_export, policy, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.homes import HomeQuery
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import SearchField, Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import ListDetail
from watmos_desktop.ui.kit.table import Row, Table
from watmos_desktop.ui.pages.homes.columns import COLUMNS, row_of
from watmos_desktop.ui.pages.homes.detail import DetailPanel

_ALL = "all"


class HomesPage(Page):
    """List and detail. ``open`` takes a home's id. Emits ``open_requested("import", None)``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._search = SearchField("Search homes", self._find, key=shown_key("search"), width=300)
        self.import_button = PrimaryButton("Import homes", lambda: self.open_requested.emit("import", None))
        self.export_button = QuietButton("Export", self.export_as)
        super().__init__("Homes", "", self._search, self.export_button, self.import_button, parent=parent)
        self._desk = desk
        self.import_button.setVisible(policy.may(desk.actor, Action.IMPORT, "home"))
        self.export_button.setVisible(policy.may(desk.actor, Action.EXPORT, "home"))
        self._wanted = HomeQuery()
        self.estates, self.blocks = Select(), Select()
        self.estates.setAccessibleName("Estate")
        self.blocks.setAccessibleName("Block")
        for each in (self.estates, self.blocks):
            each.setMinimumWidth(200)
        above = QWidget()
        filters = QHBoxLayout(above)
        filters.setContentsMargins(0, 0, 0, 0)
        filters.setSpacing(8)
        filters.addWidget(self.estates)
        filters.addWidget(self.blocks)
        filters.addStretch(1)
        self.table = Table("Homes", COLUMNS, self._count, self._page, on_open=self.show_home)
        self.table.moved.connect(self._beside)
        self.detail = DetailPanel(desk)
        self.detail.go_requested.connect(self.open_requested)
        self._listed = QWidget()
        self._column = QVBoxLayout(self._listed)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.table, 1)
        self._empty: EmptyState | None = None
        self._listed.setFocusProxy(self.table)
        self.panes = ListDetail(self._listed, self.detail)
        self.panes.list_shown.connect(above.setVisible)
        self.body.addWidget(above)
        self.body.addWidget(self.panes, 1)
        Fresh(
            self,
            desk.changed,
            self.refresh,
            {
                "home",
                "block",
                "estate",
                "tenancy",
                "person",
                "household_member",
                "adaptation",
                "programme_home",
            },
        )
        self.refresh()
        self.estates.currentIndexChanged.connect(self._pick_estate)
        self.blocks.currentIndexChanged.connect(self._pick_block)

    def refresh(self) -> None:
        """Count and read again; filter, place in the list and detail stay."""
        estates = self._desk.look(homes.estates)
        total = self._desk.look(homes.count)
        blocks = sum(one.blocks for one in estates)
        parts = [
            wording.count(total, "home"),
            wording.count(blocks, "block"),
            wording.count(len(estates), "estate"),
        ]
        self.head.say("Homes", " · ".join(parts))
        self.estates.blockSignals(True)
        self.estates.offer(
            [
                Choice(_ALL, f"All estates ({total:,})"),
                *(Choice(str(one.id), f"{one.name} ({one.homes or 0:,})") for one in estates),
            ]
        )
        self.estates.blockSignals(False)
        self._offer_blocks()
        self._again()
        self.detail.refresh()

    def open(self, argument: object) -> None:
        """Show one home."""
        if isinstance(argument, UUID):
            self.show_home(argument)

    def place(self) -> object:
        """The home on show."""
        return self.detail.shown_id()

    def back(self) -> bool:
        """From the detail to the list, where only one fits."""
        return self.panes.back()

    def search(self) -> bool:
        """Put the cursor into the search."""
        self.panes.back()
        self._search.setFocus()
        self._search.selectAll()
        return True

    def show_home(self, home_id: UUID) -> None:
        """Show one home in full."""
        try:
            self.detail.show_home(home_id)
        except Told as told:
            self.notices.tell(told)
            return
        self.panes.show_detail()

    def export_as(self) -> None:
        """Ask where, then write the homes this person looks after."""
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export homes", "homes.xlsx", "Spreadsheet (*.xlsx);;CSV (*.csv)"
        )
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, path: Path) -> None:
        """Write the homes to a file, whole or not at all, beside the window."""
        self._desk.tasks.read(
            lambda: self._desk.look(homes_export.write, path),
            self._exported,
            owner=self,
            on_error=self.notices.tell,
        )

    def _exported(self, number: int) -> None:
        self.notices.say(
            f"{wording.count(number, 'home')} exported.", "Keep the file as safe as the list itself.", Tone.OK
        )

    def _offer_blocks(self) -> None:
        chosen = self._wanted.estate_id
        rows = self._desk.look(homes.blocks, chosen) if chosen else []
        self.blocks.blockSignals(True)
        self.blocks.offer([Choice(_ALL, "All blocks"), *(Choice(str(one.id), one.name) for one in rows)])
        self.blocks.blockSignals(False)
        self.blocks.setVisible(bool(rows))

    def _pick_estate(self, *_: object) -> None:
        key = self.estates.value()
        self._wanted = replace(
            self._wanted, estate_id=UUID(key) if key not in ("", _ALL) else None, block_id=None
        )
        self.blocks.blockSignals(True)
        self.blocks.choose(_ALL)
        self.blocks.blockSignals(False)
        self._offer_blocks()
        self._again()

    def _pick_block(self, *_: object) -> None:
        key = self.blocks.value()
        self._wanted = replace(self._wanted, block_id=UUID(key) if key not in ("", _ALL) else None)
        self._again()

    def _find(self, text: str) -> None:
        self._wanted = replace(self._wanted, text=text)
        self._again()
        self.table.scrollToTop()

    def _again(self) -> None:
        self.table.refresh()
        if self._empty is not None:
            self._column.removeWidget(self._empty)
            self._empty.hide()
            self._empty.deleteLater()
            self._empty = None
        empty = not self.table.paged.rowCount()
        self.table.setVisible(not empty)
        if empty:
            asked = self._wanted != HomeQuery()
            self._empty = EmptyState(
                "Nothing of that name" if asked else "No homes yet",
                "Try a part of the address, or the whole reference."
                if asked
                else "Import the list of homes from a spreadsheet; it is checked before anything is saved.",
            )
            self._column.addWidget(self._empty, 1)

    def _count(self) -> int:
        return self._desk.look(homes.count, self._wanted)

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        return [row_of(one) for one in self._desk.look(homes.page, self._wanted, offset, limit)]

    def _beside(self, home_id: UUID) -> None:
        if self.panes.beside():
            self.show_home(home_id)
