"""The Homes tab: estates, blocks and homes with a search, and one home in full beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from watmos_desktop.services import homes, homes_export, policy, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.homes import HomeQuery
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import SearchField, Select
from watmos_desktop.ui.kit.listed import Listed
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
        self.add_button = QuietButton("Add", self._add, key=shown_key("new"))
        super().__init__("Homes", "", self._search, self.import_button, parent=parent)
        self._desk = desk
        self.import_button.setVisible(policy.may(desk.actor, Action.IMPORT, "home"))
        self.export_button.setVisible(policy.may(desk.actor, Action.EXPORT, "home"))
        self.add_button.setVisible(policy.may(desk.actor, Action.EDIT_HOMES, "home"))
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
        self.block_button = QuietButton("Change this block", self._change_block)
        self.block_button.hide()
        filters.addWidget(self.block_button)
        filters.addStretch(1)
        filters.addWidget(self.export_button)
        filters.addWidget(self.add_button)
        self.table = Table("Homes", COLUMNS, self._count, self._page, on_open=self.show_home)
        self.table.moved.connect(self._beside)
        self.detail = DetailPanel(desk)
        self.detail.go_requested.connect(self.open_requested)
        self._listed = Listed(self.table, self._nothing)
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
        if self.add_button.isVisibleTo(self):
            bind(self, "new", self._add)
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
        self._listed.refresh()
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

    def _add(self) -> None:
        self.open_requested.emit("home_form", "home")

    def _change_block(self) -> None:
        if self._wanted.block_id is not None:
            self.open_requested.emit("home_form", ("block", self._wanted.block_id))

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
        self._offer_change()

    def _offer_change(self) -> None:
        changes = policy.may(self._desk.actor, Action.EDIT_HOMES, "estate")
        self.block_button.setVisible(changes and self._wanted.block_id is not None)

    def _pick_estate(self, *_: object) -> None:
        key = self.estates.value()
        self._wanted = replace(
            self._wanted, estate_id=UUID(key) if key not in ("", _ALL) else None, block_id=None
        )
        self.blocks.blockSignals(True)
        self.blocks.choose(_ALL)
        self.blocks.blockSignals(False)
        self._offer_blocks()
        self._listed.begin()

    def _pick_block(self, *_: object) -> None:
        key = self.blocks.value()
        self._wanted = replace(self._wanted, block_id=UUID(key) if key not in ("", _ALL) else None)
        self._offer_change()
        self._listed.begin()

    def _find(self, text: str) -> None:
        self._wanted = replace(self._wanted, text=text)
        self._listed.begin()

    def _nothing(self) -> EmptyState:
        if self._wanted != HomeQuery():
            return EmptyState("Nothing of that name", "Try a part of the address, or the whole reference.")
        if not policy.may(self._desk.actor, Action.EDIT_HOMES, "home"):
            return EmptyState("No homes yet", "A manager imports or adds them.")
        words = "Import the list of homes from a spreadsheet, or add the first by hand."
        return EmptyState("No homes yet", words, QuietButton("Add the first home", self._add))

    def _count(self) -> int:
        return self._desk.look(homes.count, self._wanted)

    def _page(self, offset: int, limit: int) -> Sequence[Row]:
        return [row_of(one) for one in self._desk.look(homes.page, self._wanted, offset, limit)]

    def _beside(self, home_id: UUID) -> None:
        if self.panes.beside():
            self.show_home(home_id)
