"""The plan of a block or an estate's grounds: its open repairs as pins on a picture, the same as a list beside."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import attachments, block_plans, policy, wording
from watmos_desktop.services.block_plans import Plan
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import EmptyState
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import Select
from watmos_desktop.ui.kit.listed import Listed
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.table import Column, Row, Table
from watmos_desktop.ui.pages.repairs.plan_view import PlanView
from watmos_desktop.ui.taking import read_file

_COLUMNS = (
    Column("number", "No.", 1, sortable=False),
    Column("what", "What and how it stands", 3, sortable=False),
)
_NOTHING = ("Nothing is open here", "What is reported of a shared part here stands in a list, to be pinned.")


class PlanPage(Page):
    """``open`` takes a block's or estate's id, ``("repair", id)`` for where a repair stands, or None for the first.

    Emits ``open_requested("repairs", id)``.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self.blocks = Select()
        self.blocks.setAccessibleName("Block or estate")
        self.blocks.setMinimumWidth(220)
        self.picture_button = QuietButton("Choose a picture", self.choose_picture)
        back = QuietButton("List", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Plan", "", self.blocks, self.picture_button, back, parent=parent)
        self._desk = desk
        self._may = policy.may(desk.actor, Action.CHANGE_REPAIR, "repair")
        self.picture_button.setVisible(policy.may(desk.actor, Action.EDIT_HOMES, "estate"))
        self._block: UUID | None = None
        self._plan: Plan | None = None
        self.view = PlanView()
        self.view.placed.connect(self._put)
        self.view.taken.connect(self._take)
        self.table = Table("Repairs of this place", _COLUMNS, self._count, self._page, on_open=None)
        self.table.moved.connect(self.view.hold)
        self._listed = Listed(self.table, lambda: EmptyState(*_NOTHING))
        self.place_button = QuietButton(
            "Say where", self.begin, tip="Then arrows and Enter, or press the plan"
        )
        self.clear_button = QuietButton("Take it off the plan", partial(self._put, None, None))
        self.open_button = QuietButton("Open the repair", self._open_row)
        self.sheet_button = QuietButton("Sheet for the noticeboard", self._open_sheet)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._listed, 1)
        for button in (self.place_button, self.clear_button, self.open_button, self.sheet_button):
            column.addWidget(button)
        for button in (self.place_button, self.clear_button):
            button.setVisible(self._may)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.view, 3)
        row.addWidget(side, 2)
        self._empty = EmptyState(
            "Nothing to show", "A plan is of one block or estate; you look after none yet."
        )
        self.body.addWidget(self._row, 1)
        self.body.addWidget(self._empty, 1)
        found = desk.look(block_plans.grounds)
        self.blocks.offer([Choice(str(one), words) for one, words in found])
        self.blocks.activated.connect(lambda _: self.show_block(UUID(self.blocks.value())))
        self._row.setVisible(bool(found))
        self._empty.setVisible(not found)
        Fresh(self, desk.changed, self.refresh, {"repair", "attachment"})
        if found:
            self.show_block(found[0][0])

    def open(self, argument: object) -> None:
        """Show a place, or a repair where it stands."""
        match argument:
            case UUID():
                self.show_block(argument)
            case ("repair", UUID() as repair_id):
                try:
                    place = self._desk.look(block_plans.place_of, repair_id)
                except Told as told:
                    self.notices.tell(told)
                    return
                self.show_block(place)
                self._take(repair_id)

    def place(self) -> object:
        """The place on show."""
        return self._block

    def show_block(self, block_id: UUID) -> None:
        """Show the plan of a block or estate; says so where it is not one's own."""
        before, self._block = self._block, block_id
        try:
            self._read()
        except Told as told:
            self._block = before
            self.notices.tell(told)
            return
        self.blocks.choose(str(block_id))
        self._listed.begin()
        self.view.hold(None)
        self.table.setFocus()

    def refresh(self) -> None:
        """Read the plan again; the repair in hand stays."""
        if self._block is None:
            return
        held = self.table.key()
        try:
            self._read()
        except Told as told:
            self.notices.tell(told)
            return
        self._listed.refresh()
        self.view.hold(held)

    def begin(self) -> None:
        """Let the keyboard say where the chosen repair is."""
        if self.table.key() is None and self.table.paged.rowCount():
            self.table.go(0)
        self.view.hold(self.table.key())
        self.view.setFocus()

    def choose_picture(self) -> None:
        """Ask for a picture of the place."""
        chosen, _ = QFileDialog.getOpenFileName(
            self, "A picture of the place", "", "Pictures (*.png *.jpg *.jpeg *.webp)"
        )
        if chosen:
            self.take_picture(Path(chosen))

    def take_picture(self, path: Path) -> None:
        """Use a file as the picture of the place, for everyone who looks after it."""
        block = self._block
        if block is None:
            return
        try:
            stored = attachments.store(self._desk.store.blobs, read_file(path))
            self._desk.do("supplied a plan", block_plans.supply, block, stored)
        except Told as told:
            self.notices.tell(told)
            return
        self.refresh()
        self.notices.offer_undo("The picture is the plan of this place now.", self._take_back)

    def _read(self) -> None:
        assert self._block is not None
        plan = self._plan = self._desk.look(block_plans.of, self._block)
        image = QImage()
        if plan.sha256:
            try:
                image = QImage.fromData(self._desk.store.blobs.get(plan.sha256))
            except Told:
                self.notices.say(
                    "The picture has not come yet.", "The drawing serves until the next sync.", Tone.INFO
                )
        self.view.show_plan(plan, image, places=self._may)
        placed = sum(pin.at is not None for pin in plan.pins)
        named = f"{plan.name}, the grounds" if plan.grounds else f"{plan.name}, {plan.estate}"
        parts = [named, wording.count(len(plan.pins) + plan.more, "open repair")]
        parts += [f"{placed} on the plan"] if plan.pins else []
        self.head.say("Plan", " · ".join(parts))
        for button in (self.place_button, self.clear_button, self.open_button):
            button.setEnabled(bool(plan.pins))
        self.sheet_button.setVisible(not plan.grounds)  # a noticeboard hangs in a block

    def _count(self) -> int:
        return len(self._plan.pins) if self._plan is not None else 0

    def _page(self, offset: int, limit: int) -> list[Row]:
        pins = self._plan.pins[offset : offset + limit] if self._plan is not None else ()
        return [
            Row(
                pin.card.id,
                (
                    str(pin.number),
                    f"{pin.card.title} · {pin.card.due.text}" + ("" if pin.at else " · no place yet"),
                ),
            )
            for pin in pins
        ]

    def _put(self, repair_id: UUID | None, at: tuple[float, float] | None) -> None:
        wanted = repair_id or self.table.key()
        if wanted is None:
            return
        try:
            self._desk.do("pointed at a repair", block_plans.place, wanted, at)
        except Told as told:
            self.notices.tell(told)
            return
        self.refresh()
        self.notices.offer_undo("It is on the plan." if at else "It is off the plan.", self._take_back)

    def _take(self, repair_id: UUID) -> None:
        number = next(
            (n for n in range(self._count()) if self._plan and self._plan.pins[n].card.id == repair_id), None
        )
        if number is not None:
            self.table.go(number)

    def _open_row(self) -> None:
        if self.table.key() is not None:
            self.open_requested.emit("repairs", self.table.key())

    def _open_sheet(self) -> None:
        self.open_requested.emit("list_paper", self._block)

    def _take_back(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self.notices.tell(told)
        self.refresh()
