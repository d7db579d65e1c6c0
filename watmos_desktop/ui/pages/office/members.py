"""Who works here, for administrators: someone new, their role and places, a code to join with, the end of access."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.models.kinds import Role
from watmos_desktop.services import homes, staff, wording
from watmos_desktop.services.sync import admin
from watmos_desktop.services.sync.admin import GrantCard, MemberCard, NewCode
from watmos_desktop.services.sync.client import Client
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.confirm import Confirm
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Line, Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.office.calls import WIDEST, OfficePage
from watmos_desktop.ui.pages.office.code_card import CodeCard
from watmos_desktop.ui.syncing import Syncing

_EVERYWHERE = "all"
_END = (
    "Their devices may still send what they hold, for you to look at, and get nothing more. "
    "What they recorded stays. They can come back only with a new code."
)


class MembersPage(OfficePage):
    """A card for each person; the chosen one opens where it stands, with places, a new code and the end of access."""

    def __init__(self, desk: Desk, office: Syncing, parent: QWidget | None = None) -> None:
        super().__init__(desk, office, "People", "Asking the office…")
        self.cards: dict[UUID, Card] = {}
        self._chosen: UUID | None = None
        self._found: list[MemberCard] = []
        self._code: CodeCard | None = None
        self._places = self._offered()
        self.form = Form(
            [
                Field(
                    "name",
                    "Name",
                    Line("First and last name"),
                    check=lambda v: "" if v else "Say who this is.",
                ),
                Field(
                    "role",
                    "Role",
                    Select([Choice(str(role), words) for role, words in staff.ROLE_WORDS.items()]),
                ),
                Field(
                    "place",
                    "Looks after",
                    Select(
                        [Choice(_EVERYWHERE, "Every estate (managers and administrators)"), *self._places]
                    ),
                ),
            ]
        )
        card = Card("Someone new")
        card.setMaximumWidth(WIDEST)
        card.add(self.form)
        row = QHBoxLayout()
        row.addWidget(PrimaryButton("Add", self.add_person))
        row.addStretch(1)
        card.body.addLayout(row)
        self.body.addWidget(card)
        self.body.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Always as it is now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask the office for everyone."""
        self.ask(admin.members, self.show_members)

    def show_members(self, found: list[MemberCard]) -> None:
        """Show these: who works here first, then who did."""
        self._found = sorted(found, key=lambda one: (not one.active, one.name))
        active = sum(one.active for one in found)
        sentence = wording.count(active, "person works here", "people work here")
        self.head.say("People", f"{sentence}. What they may see follows from role and places.")
        self._draw()

    def leave(self) -> None:
        """A code is not kept over a lock."""
        self._code = None

    def back(self) -> bool:
        """Esc: close what is open, first."""
        if self._chosen is None and self._code is None:
            return False
        self._chosen, self._code = None, None
        self._draw()
        return True

    def add_person(self) -> None:
        """Add who is written in the form, and open their card."""
        if not self.form.check():
            return
        values = {name: str(value) for name, value in self.form.values().items()}
        estates, blocks = self._place(values["place"])

        def added(member: UUID) -> None:
            self.form.fill({"name": ""})
            self._chosen = member
            self.refresh()
            self.notices.say(
                f"{values['name']} works here now.", "Make a code for their device next.", Tone.OK
            )

        self.ask(
            lambda client: admin.add(
                client, values["name"], Role(values["role"]), estates=estates, blocks=blocks
            ),
            added,
            self.form.tell,
        )

    def new_code(self, one: MemberCard) -> None:
        """Make a code for a device of theirs and show it, once."""

        def made(new: NewCode) -> None:
            url = self.office.address()
            self._code = CodeCard(new, url, self.desk.store.clock)
            self._code.setMaximumWidth(WIDEST)
            self._chosen = one.id
            self._draw()

        self.ask(lambda client: admin.code(client, one.id), made)

    def _draw(self) -> None:
        self.cards = {}
        parts: list[QWidget] = []
        for one in self._found:
            self.cards[one.id] = self._card(one)
            parts.append(self.cards[one.id])
            if self._code is not None and one.id == self._chosen:
                parts.append(self._code)
        self.fill(parts or [EmptyState("Nobody yet", "Add someone below.")])

    def _card(self, one: MemberCard) -> Card:
        card = Card()
        card.setMaximumWidth(WIDEST)
        card.setAccessibleName(one.name)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Heading(one.name), 1)
        if one.id == self.desk.actor.staff_id:
            head.addWidget(Pill("You", Tone.INFO))
        if not one.active:
            head.addWidget(Pill("Access ended", Tone.WARN))
        card.body.addLayout(head)
        places = ", ".join(grant.words for grant in one.grants)
        everywhere = "All estates" if one.role in (Role.MANAGER, Role.ADMINISTRATOR) else "No estate yet"
        device = wording.count(one.devices, "device") if one.devices else "no device yet"
        words = f"{staff.ROLE_WORDS[one.role]} · {places or everywhere} · {device}"
        card.add(Text(words, role="quiet", wrap=True))
        if not one.active:
            return card
        if one.id == self._chosen:
            self._open_card(card, one)
        else:
            row = QHBoxLayout()
            button = QuietButton("Change", partial(self._choose, one.id))
            button.setAccessibleName(f"Change {one.name}")
            row.addWidget(button)
            row.addStretch(1)
            card.body.addLayout(row)
        return card

    def _open_card(self, card: Card, one: MemberCard) -> None:
        for grant in one.grants:
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(Text(f"Looks after {grant.words}", wrap=True), 1, Qt.AlignmentFlag.AlignVCenter)
            button = QuietButton("Take away", partial(self._revoke, one, grant))
            button.setAccessibleName(f"Take {grant.words} away from {one.name}")
            row.addWidget(button)
            card.body.addLayout(row)
        if self._places:
            row = QHBoxLayout()
            row.setSpacing(12)
            choice = Select(self._places)
            choice.setAccessibleName(f"One more place for {one.name}")
            row.addWidget(choice, 1)
            button = QuietButton("Look after this too", lambda: self._grant(one, choice.value()))
            button.setAccessibleName(f"Let {one.name} look after this too")
            row.addWidget(button)
            card.body.addLayout(row)
        confirm = Confirm(one.name)
        confirm.offer("New code", "", partial(self.new_code, one))
        if one.id != self.desk.actor.staff_id:
            confirm.offer("End access", _END, partial(self._end, one))
        confirm.offer("Close", "", self.back)
        card.add(confirm)

    def _choose(self, member: UUID) -> None:
        self._chosen, self._code = member, None
        self._draw()

    def _grant(self, one: MemberCard, chosen: str) -> None:
        estates, blocks = self._place(chosen)
        if estates:
            self._change(lambda client: admin.grant(client, one.id, estates[0]), "Their places are changed.")
        elif blocks:
            estate = next(each for each in self._blocks if each[1] == blocks[0])[0]
            self._change(
                lambda client: admin.grant(client, one.id, estate, blocks[0]), "Their places are changed."
            )

    def _revoke(self, one: MemberCard, grant: GrantCard) -> None:
        self._change(
            lambda client: admin.revoke(client, one.id, grant.estate_id, grant.block_id),
            f"{one.name} does not look after {grant.words} any more; it leaves their devices at the next sync.",
        )

    def _end(self, one: MemberCard) -> None:
        self._chosen = None
        self._change(lambda client: admin.disable(client, one.id), f"{one.name}'s access has ended.")

    def _change(self, call: Callable[[Client], None], words: str) -> None:
        def done(_: None) -> None:
            self.refresh()
            self.notices.say(words, tone=Tone.OK)

        self.ask(call, done)

    def _offered(self) -> list[Choice]:
        """Estates and their blocks as this device knows them: ``e:ID`` and ``b:ID``."""
        self._blocks: list[tuple[UUID, UUID]] = []
        choices: list[Choice] = []
        for estate in self.desk.look(homes.estates):
            choices.append(Choice(f"e:{estate.id}", estate.name))
            for block in self.desk.look(homes.blocks, estate.id):
                self._blocks.append((estate.id, block.id))
                choices.append(Choice(f"b:{block.id}", f"{estate.name} · {block.name}"))
        return choices

    def _place(self, chosen: str) -> tuple[list[UUID], list[UUID]]:
        kind, _, key = chosen.partition(":")
        if kind == "e":
            return [UUID(key)], []
        return ([], [UUID(key)]) if kind == "b" else ([], [])
