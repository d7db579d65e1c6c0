"""Adding one home, block or community space by hand, or putting one right; many at once come by import."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from watmos_desktop.services import homes, homes_editing, policy
from watmos_desktop.services.errors import Told
from watmos_desktop.services.homes_editing import BlockDraft, HomeDraft, SpaceDraft, Where
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Check, Line, Lines, Select
from watmos_desktop.ui.kit.page import Page

_NEW, _NONE = "new", "none"
_WIDTH = 760
_KINDS = {"home": "Home", "block": "Block", "space": "Community space"}


class PlaceFormPage(Page):
    """``open`` takes a kind of place to add, or ``("home", id)`` or ``("block", id)`` to change one.

    What is typed and not saved is kept, encrypted, when the program locks, and stands there again.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        self.save_button = PrimaryButton("Save", self.save, key=shown_key("save"))
        super().__init__("Add a home", "", back, self.save_button, scroll=True, parent=parent)
        self._desk = desk
        self._everything = policy.may(desk.actor, Action.EDIT_HOMES, "estate")
        kinds = [Choice(key, words) for key, words in _KINDS.items() if self._everything or key == "home"]
        self.kind = ChipRow("What to add", kinds, on_pick=self._begin)
        self._card = Card()
        self._card.setMaximumWidth(_WIDTH)
        self.form = Form([])
        self._card.add(self.form)
        self.body.addWidget(self.kind)
        self.body.addWidget(self._card)
        self.body.addStretch(1)
        self._key: UUID | None = None
        self._began: dict[str, str | bool | date] = {}
        self._drafts = f"place form {desk.actor.staff_id}"
        bind(self, "save", self.save)
        self._begin("home")

    def open(self, argument: object) -> None:
        """Begin a new one of a kind, or show one to change."""
        if isinstance(argument, tuple):
            kind, key = argument
            self._begin(kind)
            self._key = key
            {"home": self._fill_home, "block": self._fill_block}[kind](key)
        elif argument in _KINDS:
            self._begin(str(argument))
        self._put_back()

    def place(self) -> object:
        """What is being added or changed."""
        return (self.kind.chosen(), self._key) if self._key else self.kind.chosen()

    def leave(self) -> None:
        """Keep what is typed."""
        values = self.form.values()
        if values != self._began:
            key = str(self._key) if self._key else None
            kept = {"kind": self.kind.chosen(), "id": key, "values": values}
            self._desk.store.remember(self._drafts, kept)

    def save(self) -> None:
        """Save what is written; what is wrong is said at its field."""
        if not self.form.check():
            return
        kind = self.kind.chosen()
        said = self.form.values()
        changed = self._key is not None
        try:
            self._save(kind, dict(said))
        except Told as told:
            if not self.form.tell(told):
                self.notices.tell(told)
            return
        words = said["address"] if kind == "home" else said["name"]
        self._desk.store.remember(self._drafts, {})
        self._began = self.form.values()
        if not changed:
            where = said["estate"]
            self._begin(kind)
            self.form.fill({} if where == _NEW else {"estate": where})
            if kind == "home" and where != _NEW:
                self._offer_blocks()
                self.form.fill({"block": said["block"]})
            self._began = self.form.values()
        self.notices.offer_undo(f"{words} is saved.", self._take_back)

    def _save(self, kind: str, values: dict[str, Any]) -> None:
        place = values.pop("estate")
        new_name, town = values.pop("new_estate", ""), values.pop("town", "")
        new = place in ("", _NEW)
        where = Where(new_name=new_name, town=town) if new else Where(UUID(place))
        if kind == "home":
            block = values.pop("block")
            home = HomeDraft(
                where, block_id=None if block in ("", _NONE) else UUID(block), id=self._key, **values
            )
            self._do(home.code, homes_editing.save_home, home)
        elif kind == "block":
            self._do(values["name"], homes_editing.save_block, BlockDraft(where, id=self._key, **values))
        else:
            self._do(values["name"], homes_editing.save_space, SpaceDraft(where, id=self._key, **values))

    def _do(self, words: str, change: Callable[..., UUID], draft: object) -> None:
        self._desk.do(f"{'changed' if self._key else 'added'} {words}", change, draft)

    def _take_back(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self.notices.tell(told)
            return
        if self._key is not None:
            self.open((self.kind.chosen(), self._key))

    def _begin(self, kind: str) -> None:
        """An empty form of a kind."""
        self._key = None
        self.kind.choose(kind)
        self.kind.setVisible(len(self.kind.chips()) > 1)
        self.head.say(f"Add a {_KINDS[kind].lower()}", "")
        fields = {"home": _home_fields, "block": _block_fields, "space": _space_fields}[kind]()
        estates = self._desk.look(homes.estates)
        self.estates = Select([Choice(str(one.id), one.name) for one in estates])
        if self._everything:
            self.estates.addItem("A new estate", _NEW)
        self._new_estate = [
            Field("new_estate", "Name of the new estate", Line("As people there call it")),
            Field("town", "Town", Line("For example Walsall")),
        ]
        fresh = Form([Field("estate", "Estate", self.estates), *self._new_estate, *fields])
        self._card.body.replaceWidget(self.form, fresh)
        self.form.hide()
        self.form.deleteLater()
        self.form = fresh
        self.estates.currentIndexChanged.connect(self._estate_chosen)
        self._estate_chosen()
        self._began = fresh.values()
        first = fields[0] if self._new_estate[0].isHidden() else self._new_estate[0]
        first.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_back(self) -> None:
        """What was typed when the program locked, if it was this."""
        kept = self._desk.store.recall(self._drafts)
        if kept and (kept["kind"], kept["id"]) == (self.kind.chosen(), str(self._key) if self._key else None):
            self.form.fill(
                {name: kept["values"][name] for name in self.form.fields if name in kept["values"]}
            )
            self._estate_chosen()
            self.form.fill({"block": kept["values"]["block"]} if "block" in self.form.fields else {})

    def _estate_chosen(self, *_: object) -> None:
        new = self.estates.value() in ("", _NEW)
        for field in self._new_estate:
            field.setVisible(new)
        if "block" in self.form.fields:
            self._offer_blocks()

    def _offer_blocks(self) -> None:
        chosen, select = self.estates.value(), self.form.fields["block"].widget
        assert isinstance(select, Select)
        rows = self._desk.look(homes.blocks, UUID(chosen)) if chosen not in ("", _NEW) else []
        select.offer(
            [Choice(_NONE, "No block, a house of its own"), *(Choice(str(one.id), one.name) for one in rows)]
        )

    def _fill_home(self, key: UUID) -> None:
        found = self._desk.look(homes.get, key)
        self.form.fill({"estate": found.estate_id})
        self._estate_chosen()
        self.form.fill(
            {
                "code": found.row.code,
                "number": found.row.number,
                "address": found.row.address,
                "postcode": found.row.postcode,
                "block": found.block_id or _NONE,
                "storey": found.storey,
                "bedrooms": "" if found.bedrooms is None else str(found.bedrooms),
                "uprn": found.uprn,
                "access_notes": found.access_notes,
            }
        )
        self._changing("Change a home", found.row.address)

    def _fill_block(self, key: UUID) -> None:
        found = self._desk.look(homes.block, key)
        self.form.fill({"estate": found.estate_id})
        self._estate_chosen()
        self.form.fill(
            {
                "name": found.name,
                "address": found.address,
                "postcode": found.postcode,
                "storeys": str(found.storeys),
                "lift": found.lift,
            }
        )
        self._changing("Change a block", found.name)

    def _changing(self, title: str, words: str) -> None:
        self.kind.hide()
        self.head.say(title, words)
        self._began = self.form.values()


def _home_fields() -> list[Field]:
    return [
        Field("block", "Block", Select(), help="A block that is not listed is added first."),
        Field("code", "Reference", Line("As in your other systems"), help="A home is known again by it."),
        Field("address", "Address", Line("14 Lindley House, Lindley Road, Walsall")),
        Field("postcode", "Postcode", Line("WS1 2AB")),
        Field("number", "Number", Line("14"), help="As on the door."),
        Field("storey", "Floor", Line("ground, 1, 2"), help="Empty where nobody knows."),
        Field("bedrooms", "Bedrooms", Line("2")),
        Field("uprn", "UPRN", Line("100071234567"), help="Digits only; empty where it is not known."),
        Field("access_notes", "Getting in", Lines("Key safe, buzzer, where to park", rows=2)),
    ]


def _block_fields() -> list[Field]:
    return [
        Field("name", "Name", Line("Lindley House A")),
        Field("address", "Address", Line("1-18 Lindley Road")),
        Field("postcode", "Postcode", Line("WS1 2AB")),
        Field("storeys", "Storeys", Line("4"), help="The ground floor counts, too."),
        Field("lift", "Lift", Check("It has a lift")),
    ]


def _space_fields() -> list[Field]:
    return [
        Field("name", "Name", Line("Lindley Hall")),
        Field("address", "Address", Line("Lindley Road, beside the play area")),
    ]
