"""Working alone: my day with its check-ins, and who else is out. A plan and a reminder, not an alarm: it says so."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from watmos_desktop.services import lone_rules, lone_working, policy, slots, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.lone_rules import State
from watmos_desktop.services.lone_working import LoneCard, Plan
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import Line, Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.visits.panel import toned

_EACH_MS = 15_000


class LonePage(Page):
    """My plan, a check-in by one key, and everyone who is out; read again as the clock goes on."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Working alone", "", back, scroll=True, parent=parent)
        self._desk = desk
        self._mine: LoneCard | None = None
        self.form: Form | None = None
        self._cards: list[QWidget] = []
        self.body.addStretch(1)
        bind(self, "check_in", self.check_in)
        bind(self, "save", self.save)
        Fresh(self, desk.changed, self.tick, {"lone_day", "lone_check"})
        self._ticks = QTimer(self)
        self._ticks.setInterval(_EACH_MS)
        self._ticks.timeout.connect(self.tick)
        self._ticks.start()
        self.refresh()

    def open(self, argument: object) -> None:
        """Show today."""
        self.form = None
        self.refresh()

    def back(self) -> bool:
        """From the form to the day; then where one came from."""
        if self.form is None or self._mine is None or self._mine.standing.state is State.BACK:
            return False
        self.form = None
        self.refresh()
        return True

    def tick(self) -> None:
        """The clock went on, or somebody checked in; a form that is being filled in stays."""
        if self.isVisible() and self.form is None:
            self.refresh()

    def refresh(self) -> None:
        """Read who is out, and how it stands."""
        found = self._desk.look(lone_working.on_day)
        self._mine = next((one for one in found if one.mine), None)
        others = [one for one in found if not one.mine]
        here = self._focused()
        for card in self._cards:
            self.body.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        self._put(self._plain())
        if self.form is not None:
            self._put(self._planning(self.form))
        elif self._mine is None or self._mine.standing.state is State.BACK:
            self._put(self._not_out())
        else:
            self._put(self._out(self._mine))
        self._put(self._others(others))
        pressing = sum(one.standing.pressing for one in found)
        said = (
            f"{wording.count(pressing, 'person', 'people')} to ring now" if pressing else "Nobody is overdue"
        )
        out = sum(one.standing.state not in (State.BACK, State.TO_COME) for one in found)
        self.head.say("Working alone", f"{out} out now · {said}")
        self._focus(here)

    # --- the parts ---

    def _plain(self) -> QWidget:
        card = Card(margin=12)
        card.add(toned(Tone.WARN, lone_rules.load().plain))
        return card

    def _not_out(self) -> QWidget:
        back = self._mine is not None
        card = Card("You are back" if back else "You have no plan for today")
        if self._mine is not None:
            card.add(toned(Tone.OK, self._mine.standing.due.text))
        else:
            words = "Say until when you are out, and who is to ring you when they do not hear from you."
            card.add(Text(words, role="quiet", wrap=True))
        if policy.may(self._desk.actor, policy.Action.VISIT, "visit"):
            words = "Go out again" if back else "Plan my day"
            card.add(FlowRow(PrimaryButton(words, self.plan, key=shown_key("check_in"))))
        return card

    def _out(self, mine: LoneCard) -> QWidget:
        due = mine.standing.due
        card = Card("You")
        card.add(FlowRow(Pill(due.text, Tone(due.tone))))
        card.add(Text(mine.words, wrap=True))
        if mine.step:
            card.add(toned(Tone.BAD, mine.step))
        card.add(
            FlowRow(
                PrimaryButton("All is well", self.check_in, key=shown_key("check_in")),
                QuietButton("I am back", partial(self._heard, mine.id, back=True)),
                QuietButton("Change the plan", self.plan),
            )
        )
        for check in reversed(mine.checks):
            card.add(toned(Tone.OK, check.words))
        return card

    def _planning(self, form: Form) -> QWidget:
        card = Card("Your day")
        card.add(form)
        leave = QuietButton("Leave it", self._leave_form)
        card.add(FlowRow(PrimaryButton("Keep this plan", self.save, key=shown_key("save")), leave))
        return card

    def _others(self, others: list[LoneCard]) -> QWidget:
        card = Card("Colleagues")
        if not others:
            card.add(Text("Nobody else has a plan for today.", role="quiet", wrap=True))
        may = policy.may(self._desk.actor, policy.Action.VISIT, "visit")
        for one in others:
            card.add(Heading(one.name))
            card.add(FlowRow(Pill(one.standing.due.text, Tone(one.standing.due.tone))))
            card.add(Text(one.words, role="quiet", wrap=True))
            if one.step:
                card.add(toned(Tone.BAD, one.step))
            if may and one.standing.state is not State.BACK:
                spoke = QuietButton("I spoke to them", partial(self._heard, one.id, back=False))
                ended = QuietButton("They are back", partial(self._heard, one.id, back=True))
                spoke.setAccessibleName(f"I spoke to {one.name}")
                ended.setAccessibleName(f"{one.name} is back")
                card.add(FlowRow(spoke, ended))
            for check in one.checks[-1:]:
                card.add(Text(f"Last heard of: {check.words}", role="small", wrap=True))
        return card

    # --- what is done here ---

    def check_in(self) -> None:
        """All is well; without a plan, to the plan."""
        if self.form is not None:
            return
        if self._mine is None or self._mine.standing.state is State.BACK:
            self.plan()
        else:
            self._heard(self._mine.id, back=False)

    def plan(self) -> None:
        """Ask for the day: until when, how often, who is called."""
        if not policy.may(self._desk.actor, policy.Action.VISIT, "visit"):
            return
        out = self._mine is not None and self._mine.standing.state is not State.BACK
        draft = self._mine.plan if self._mine is not None and out else self._desk.look(lone_working.propose)
        every = [Choice(str(one), f"Every {one} minutes") for one in lone_rules.load().every]
        self.form = Form(
            [
                Field("begins_at", "Out from", Line("For example 9:30")),
                Field("ends_at", "Back by", Line("For example 16:30")),
                Field("every", "How often do you check in?", Select(every)),
                Field(
                    "call_name",
                    "Who rings you when you do not?",
                    Line("A colleague who is at work until then"),
                ),
                Field("call_phone", "Their number", Line("The number they ring from, or are reached on")),
            ]
        )
        self.form.fill(
            {
                "begins_at": wording.clock_time(draft.begins_at),
                "ends_at": wording.clock_time(draft.ends_at),
                "every": str(draft.every),
                "call_name": draft.call_name,
                "call_phone": draft.call_phone,
            }
        )
        self.refresh()
        self.form.fields["ends_at"].widget.setFocus()

    def save(self) -> None:
        """Keep the plan that is being made."""
        form = self.form
        if form is None:
            return
        values = form.values()
        try:
            draft = Plan(
                self._moment(str(values["begins_at"]), "begins_at"),
                self._moment(str(values["ends_at"]), "ends_at"),
                int(str(values["every"])),
                str(values["call_name"]),
                str(values["call_phone"]),
            )
            self._desk.do("planned a day out alone", lone_working.plan, draft)
        except Told as told:
            if not form.tell(told):
                self.notices.tell(told)
            return
        self._leave_form()
        self.notices.say("Your day is planned.", "Check in here, and say when you are back.", Tone.OK)

    def _moment(self, typed: str, field: str) -> datetime:
        """A time of today; one that is long over is of tomorrow, for who works into the night."""
        now = self._desk.store.clock.now().astimezone(LONDON)
        found = datetime.combine(now.date(), time.fromisoformat(slots.read_time(typed, field)), LONDON)
        if field == "ends_at" and found < now - timedelta(hours=12):
            found += timedelta(days=1)
        return found

    def _heard(self, lone_id: UUID, *, back: bool) -> None:
        try:
            self._desk.do("heard of who is out", lone_working.check_in, lone_id, back=back)
        except Told as told:
            self.notices.tell(told)
            return
        self.notices.offer_undo("Back." if back else "Checked in.", self._desk.undo)

    def _leave_form(self) -> None:
        self.form = None
        self.refresh()

    def _put(self, card: QWidget) -> None:
        self.body.insertWidget(self.body.count() - 1, card)
        self._cards.append(card)

    def _focused(self) -> str:
        """The name of the button that has the keyboard, so that it has it again after a refresh."""
        focused = self.focusWidget()
        return focused.accessibleName() if focused is not None and focused.hasFocus() else ""

    def _focus(self, name: str) -> None:
        for card in self._cards if name else ():
            for one in card.findChildren(QuietButton) + card.findChildren(PrimaryButton):
                if one.accessibleName() == name:
                    one.setFocus()
                    return
