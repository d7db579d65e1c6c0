"""Who visits and when: leave with half days, the half days of a week, languages. The plan is made around all of it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import cast
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import visit_needs, visit_officers, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_officers import Away, LeaveDraft, OfficerCard
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.chip import ChipSet, Choice
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import Check, DateInput, Line, Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.text import Heading, Text

WEEK = "visit_week"


class TeamPage(Page):
    """A card for each officer, and one form at a time on top. Emits ``open_requested("visit_week", "plan")``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        self.add_button = PrimaryButton("Add leave", self.add, key=shown_key("new"))
        # In the head, where it is in sight however long the form is.
        self.keep_button = PrimaryButton("Keep it", self.save, key=shown_key("save"))
        right = (back, self.add_button, self.keep_button)
        super().__init__("Leave and languages", "", *right, scroll=True, parent=parent)
        self._desk = desk
        self._team: list[OfficerCard] = []
        self.form: Form | None = None
        self._asked: UUID | None = None  # whose hours the form is about; None for a leave
        self._shown: list[QWidget] = []
        self.body.addStretch(1)
        bind(self, "new", self.add)
        bind(self, "save", self.save)
        Fresh(self, desk.changed, self._changed, {"leave", "visitor", "staff", "visit"})
        self.refresh()

    def back(self) -> bool:
        """From a form to the cards; then where one came from."""
        if self.form is None:
            return False
        self._leave_form()
        return True

    def _changed(self) -> None:
        if self.form is None:
            self.refresh()

    def refresh(self) -> None:
        """Read again who visits."""
        self._team = self._desk.look(visit_officers.team)
        today: date = self._desk.store.clock.now().date()
        away = sum(any(list(one.halves(today)) for one in officer.leave) for officer in self._team)
        self.add_button.setVisible(self.form is None and bool(self._team))
        self.keep_button.setVisible(self.form is not None)
        said = f"{wording.count(len(self._team), 'officer')} · {away} on leave today"
        self.head.say("Leave and languages", said)
        for card in self._shown:
            self.body.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._shown = []
        if not self._team:
            self._put(EmptyState("Nobody makes visits yet", "A manager adds tenancy officers in People."))
            return
        if self.form is not None:
            self._put(self._asking(self.form))
            self.setTabOrder(list(self.form.fields.values())[-1].widget, self.keep_button)
        for officer in self._team:
            self._put(self._card(officer))

    # --- the parts ---

    def _card(self, officer: OfficerCard) -> QWidget:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Heading(officer.name))
        words.addWidget(Text(officer.hours, wrap=True))
        spoken = ", ".join(("English", *officer.languages))
        words.addWidget(Text(spoken, role="quiet", wrap=True))
        row.addLayout(words, 1)
        hours = QuietButton("Days and languages", partial(self.ask_hours, officer))
        hours.setAccessibleName(f"Days and languages of {officer.name}")
        add = QuietButton("Add leave", partial(self.add, officer.id))
        add.setAccessibleName(f"Add leave for {officer.name}")
        row.addWidget(hours)
        row.addWidget(add)
        card.body.addLayout(row)
        for away in officer.leave:
            card.body.addLayout(self._away(officer, away))
        if not officer.leave:
            card.add(Text("No leave to come.", role="small"))
        return card

    def _away(self, officer: OfficerCard, away: Away) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Text(f"On leave {away.words}", wrap=True), 1)
        gone = QuietButton("Take back", partial(self.remove, away))
        gone.setAccessibleName(f"Take back the leave of {officer.name}, {away.words}")
        row.addWidget(gone)
        return row

    def _asking(self, form: Form) -> QWidget:
        whose = next((one.name for one in self._team if one.id == self._asked), "")
        card = Card(f"Days and languages of {whose}" if whose else "Add leave")
        card.add(form)
        return card

    # --- what is done here ---

    def add(self, staff_id: UUID | None = None) -> None:
        """Ask for a leave, of the person using the program unless another is named."""
        if not self._team:
            return
        today: date = self._desk.store.clock.now().date()
        who = Select([Choice(str(one.id), one.name) for one in self._team])
        self._asked = None
        self.form = Form(
            [
                Field("staff_id", "Who", who),
                Field("starts_on", "First day", DateInput(today)),
                Field("from_noon", "", Check("From noon of the first day")),
                Field("ends_on", "Last day", DateInput(today)),
                Field("until_noon", "", Check("Until noon of the last day")),
            ]
        )
        who.choose(str(staff_id or self._desk.actor.staff_id))
        self._open_form("starts_on")

    def ask_hours(self, officer: OfficerCard) -> None:
        """Ask for the half days on which somebody visits, and for what they speak."""
        times = ChipSet("Half days", [Choice(key, visit_needs.time_words(key)) for key in visit_needs.TIMES])
        self._asked = officer.id
        self.form = Form(
            [
                Field("times", "When they visit; none means every working day", times),
                Field(
                    "languages",
                    "Languages beside English",
                    Line("Polish, Urdu"),
                    help="In which they can make a visit; a comma between them.",
                ),
            ]
        )
        self.form.fill({"times": ",".join(officer.times), "languages": ", ".join(officer.languages)})
        self._open_form("languages")

    def save(self) -> None:
        """Keep what the form says."""
        form = self.form
        if form is None:
            return
        values = form.values()
        try:
            if self._asked is not None:
                times = [key for key in str(values["times"]).split(",") if key]
                spoken = str(values["languages"]).split(",")
                self._desk.do(
                    "changed when somebody visits", visit_officers.save_hours, self._asked, times, spoken
                )
                said, planned = "Saved. The next plan keeps to it.", 0
            else:
                kept = self._desk.do("kept a leave", visit_officers.add_leave, _draft(values))
                said, planned = kept.words, kept.visits
        except Told as told:
            if not form.tell(told):
                self.notices.tell(told)
            return
        self._leave_form()
        if planned:
            self.notices.say(said, "", Tone.WARN, "Plan again", self._plan_again)
        else:
            self.notices.offer_undo(said, self._take_back)

    def remove(self, away: Away) -> None:
        """Take a leave back; that can be undone."""
        try:
            self._desk.do("took a leave back", visit_officers.remove_leave, away.id)
        except Told as told:
            self.notices.tell(told)
            return
        self.refresh()
        self.notices.offer_undo(f"Taken back: {away.words}.", self._take_back)

    def _plan_again(self) -> None:
        self.open_requested.emit(WEEK, "plan")

    def _take_back(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self.notices.tell(told)
        self.refresh()

    def _open_form(self, first: str) -> None:
        assert self.form is not None
        self.notices.clear()
        self.refresh()
        self.form.fields[first].widget.setFocus()

    def _leave_form(self) -> None:
        self.form, self._asked = None, None
        self.refresh()
        self.add_button.setFocus()

    def _put(self, card: QWidget) -> None:
        self.body.insertWidget(self.body.count() - 1, card)  # above the room that is left
        self._shown.append(card)


def _draft(values: dict[str, str | bool | date]) -> LeaveDraft:
    return LeaveDraft(
        UUID(str(values["staff_id"])),
        cast("date", values["starts_on"]),
        cast("date", values["ends_on"]),
        bool(values["from_noon"]),
        bool(values["until_noon"]),
    )
