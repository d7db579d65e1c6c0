"""One contractor to read or to change; what is wrong is said at its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import Specialism, Trade
from watmos_desktop.services import contractor_hours, contractors, specialists
from watmos_desktop.services.contractors import ContractorCard, ContractorDraft
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_words import TRADE_WORDS
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.chip import ChipSet, Choice
from watmos_desktop.ui.kit.facts import Facts
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Check, Line
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.panes import SidePanel
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text

_NOTHING = "Choose a contractor to see it here."


class ContractorPanel(SidePanel):
    """A contractor in full. ``on_saved(words)`` hears what was saved; who may change it gets the form."""

    def __init__(
        self,
        desk: Desk,
        on_saved: Callable[[UUID, str], object],
        *,
        edits: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Contractor", parent)
        self._desk, self._on_saved, self._edits = desk, on_saved, edits
        self._shown: UUID | None = None
        self._elsewhere: tuple[UUID, ...] = ()
        self.form: Form | None = None
        self.nothing()
        if edits:
            bind(self, "save", self.save)

    def shown_id(self) -> UUID | None:
        """The contractor on show; None for none or a new one."""
        return self._shown

    def nothing(self) -> None:
        """Show none."""
        self.empty()
        self._shown, self.form = None, None
        self.column.addWidget(Text(_NOTHING, role="quiet", wrap=True))
        self.column.addStretch(1)

    def show_card(self, card: ContractorCard) -> None:
        """A contractor, to be changed by who may."""
        self.empty()
        self._shown = card.id
        if self._edits:
            self._build(card.name, card)
        else:
            self._read(card)

    def begin_new(self) -> None:
        """An empty form."""
        self.empty()
        self._shown = None
        self._build("A new contractor", None)
        assert self.form is not None
        self.form.fields["name"].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self) -> None:
        """Save what is written."""
        if self.form is None or not self.form.check():
            return
        values = self.form.values()
        texts = {name: str(values[name]) for name in _TEXTS}
        draft = ContractorDraft(
            **texts,
            trades=tuple(Trade(key) for key in _ids(values["trades"])),
            specialisms=tuple(Specialism(key) for key in _ids(values["specialisms"])),
            estates=(*(UUID(key) for key in _ids(values["estates"])), *self._elsewhere),
            active=bool(values["active"]),
            id=self._shown,
        )
        try:
            saved = self._desk.do(f"saved {draft.name}", contractors.save, draft)
        except Told as told:
            if not self.form.tell(told):
                raise
            return
        self._on_saved(saved, f"{draft.name} is saved.")

    def _build(self, title: str, card: ContractorCard | None) -> None:
        estates = self._desk.look(contractors.estates)
        known = {key for key, _ in estates}
        self._elsewhere = tuple(one for one in card.estates if one not in known) if card else ()
        trades = sorted(TRADE_WORDS.items(), key=lambda pair: pair[1])
        self.form = Form(
            [
                Field("name", "Name", Line("As on its letters")),
                Field(
                    "code", "Code", Line("For example APEX-1"), help="Short, for lists and the command line."
                ),
                Field(
                    "trades", "Trades", ChipSet("Trades", [Choice(one.value, words) for one, words in trades])
                ),
                Field(
                    "specialisms",
                    "Registered for",
                    ChipSet(
                        "Registered for", [Choice(one.value, specialists.WORDS[one]) for one in Specialism]
                    ),
                    help="Nobody is sent to gas, asbestos or fire work without it.",
                ),
                Field("registration", "What proves it", Line("For example Gas Safe 123456")),
                Field(
                    "estates",
                    "Works on",
                    ChipSet("Works on", [Choice(str(key), name) for key, name in estates]),
                    help="None chosen: every estate.",
                ),
                Field(
                    "hours",
                    "Hours",
                    Line(contractor_hours.USUAL),
                    help=f"{contractor_hours.USUAL} unless it says otherwise; or {contractor_hours.ALWAYS}.",
                ),
                Field("phone", "Phone", Line("0121 496 0123")),
                Field("emergency_phone", "Emergency phone", Line("Answered at night and on bank holidays")),
                Field("email", "E-mail", Line("jobs@apex.example")),
                Field("contact", "Who to ask for", Line("First and last name")),
                Field("active", "In use", Check("In use")),
            ]
        )
        self.form.fill(_values(card) if card else {"active": True})
        self.column.addWidget(Heading(title))
        self.column.addWidget(self.form)
        self.column.addStretch(1)
        self.foot.addWidget(PrimaryButton("Save", self.save, key=shown_key("save")))
        if card is None:
            self.foot.addWidget(QuietButton("Cancel", self.nothing))

    def _read(self, card: ContractorCard) -> None:
        self.column.addWidget(Heading(card.name))
        if not card.active:
            self.column.addWidget(Pill("Not in use", Tone.INFO))
        facts = [
            ("Does", card.does),
            ("Works on", card.where),
            ("Hours", card.hours),
            ("Phone", card.phone),
            ("Emergency phone", card.emergency_phone),
            ("E-mail", card.email),
            ("Ask for", card.contact),
            ("Registration", card.registration),
            ("Code", card.code),
        ]
        self.column.addWidget(Facts([(label, words) for label, words in facts if words]))
        self.column.addStretch(1)


_TEXTS = ("code", "name", "hours", "phone", "emergency_phone", "email", "contact", "registration")


def _ids(value: object) -> list[str]:
    return [key for key in str(value).split(",") if key]


def _values(card: ContractorCard) -> dict[str, object]:
    kept = {name: value for name, value in asdict(card).items() if name in _TEXTS}
    lists = {
        name: ",".join(str(one) for one in getattr(card, name))
        for name in ("trades", "specialisms", "estates")
    }
    return kept | lists | {"active": card.active}
