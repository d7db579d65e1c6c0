"""Who works here: the list for those who may see it, and a change of person on a demo landlord."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.models.kinds import Role
from watmos_desktop.services import homes, policy, staff
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.staff import StaffCard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, TaskCard
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import Line, Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading

_EVERYWHERE = "all"


class PeoplePage(Page):
    """People with role and place. ``become`` is None where the workspace is one person's own.

    ``manages`` is False where an office says who works here; its own page of people changes that.
    """

    def __init__(
        self,
        desk: Desk,
        become: Callable[[UUID], object] | None,
        *,
        manages: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("People", "", back, scroll=True, parent=parent)
        self._desk, self._become = desk, become
        self._manages = manages and policy.may(desk.actor, Action.MANAGE_STAFF, "staff")
        self._list = QWidget()
        self.body.addWidget(self._list)
        self.form: Form | None = None
        if self._manages:
            self._add_form()
        self.body.addStretch(1)
        Fresh(self, desk.changed, self.refresh, {"staff", "staff_scope"})
        self.refresh()

    def refresh(self) -> None:
        """Read who works here again."""
        people = self._desk.look(staff.people_here)
        if not policy.may_see(self._desk.actor, "staff", "name"):
            people = [one for one in people if one.id == self._desk.actor.staff_id or self._become]
        self.head.say("People", f"You are using this as {self._desk.actor.name}.")
        fresh = Card()
        fresh.setMaximumWidth(760)
        fresh.body.addWidget(Heading("Who works here"))
        for one in people:
            fresh.body.addWidget(self._person(one))
        self.body.replaceWidget(self._list, fresh)
        self._list.hide()
        self._list.deleteLater()
        self._list = fresh

    def add_person(self) -> None:
        """Add who is written in the form."""
        if self.form is None or not self.form.check():
            return
        values = self.form.values()
        place = str(values["place"])
        estates = () if place == _EVERYWHERE else (UUID(place),)
        try:
            self._desk.do(
                "someone new works here",
                staff.add_staff,
                str(values["name"]),
                Role(str(values["role"])),
                estates=estates,
            )
        except Told as told:
            if not self.form.tell(told):
                self.notices.tell(told)
            return
        self.form.fill({"name": ""})
        self.notices.say(f"{values['name']} works here now.", tone=Tone.OK)

    def _person(self, one: StaffCard) -> QWidget:
        right: list[QWidget] = []
        if one.id == self._desk.actor.staff_id:
            right.append(Pill("You", Tone.INFO))
        else:
            if self._become is not None:
                become = self._become
                button = QuietButton("Use as", lambda: become(one.id))
                button.setAccessibleName(f"Use as {one.name}")
                right.append(button)
            if self._manages:
                leave = QuietButton("Works here no longer", lambda: self._leave(one))
                leave.setAccessibleName(f"{one.name} works here no longer")
                right.append(leave)
        return TaskCard(one.name, f"{one.words} · {one.looks_after}", *right)

    def _leave(self, one: StaffCard) -> None:
        try:
            self._desk.do(f"{one.name} left", staff.leave, one.id)
        except Told as told:
            self.notices.tell(told)
            return
        self.notices.offer_undo(f"{one.name} works here no longer.", self._desk.undo)

    def _add_form(self) -> None:
        places = [Choice(_EVERYWHERE, "Every estate (managers and administrators)")]
        places += [Choice(str(one.id), one.name) for one in self._desk.look(homes.estates)]
        self.form = Form(
            [
                Field("name", "Name", Line("First and last name")),
                Field(
                    "role",
                    "Role",
                    Select([Choice(str(role), words) for role, words in staff.ROLE_WORDS.items()]),
                ),
                Field("place", "Looks after", Select(places)),
            ]
        )
        card = Card("Someone new")
        card.setMaximumWidth(760)
        card.add(self.form)
        row = QHBoxLayout()
        row.addWidget(PrimaryButton("Add", self.add_person))
        row.addStretch(1)
        card.body.addLayout(row)
        self.body.addWidget(card)
