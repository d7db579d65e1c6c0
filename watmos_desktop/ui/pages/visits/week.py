"""The week of visits: planned by the program on request, moved by hand, pinned, and every conflict said."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import calendar, policy, visits, visits_planning, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visits_due import DueKey
from watmos_desktop.services.visits_planning import Ask, Proposal
from watmos_desktop.ui.actions import action, bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page, Progress
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.visits.board import Entry, WeekBoard
from watmos_desktop.ui.pages.visits.entries import entry_of, monday, proposed_of
from watmos_desktop.ui.tasks import Job

_DAYS = 5
_TABLES = {"visit", "visit_need", "leave", "tenancy_review"}


class WeekPage(Page):
    """One week. ``open`` takes a day of it, or ``"plan"`` to have a fortnight proposed.

    Emits ``open_requested("visits", DueKey)`` for a home in full.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._desk = desk
        self.who = Select()
        self.who.setAccessibleName("Whose week")
        self.plan_button = PrimaryButton("Plan a fortnight", self.plan, key=shown_key("new"))
        super().__init__("Week", "", self.who, self.plan_button, parent=parent)
        may = policy.may(desk.actor, policy.Action.PLAN_VISITS, "visit")
        self.plan_button.setVisible(may)
        self._today = desk.store.clock.now().date()
        self._monday = monday(self._today)
        self._entries: list[Entry] = []
        self._proposal: Proposal | None = None
        self._job: Job | None = None
        self._asked = 0
        self._shown: Entry | None = None
        people = desk.look(visits.officers)
        self.who.offer([Choice("", "Everybody"), *(Choice(str(one.id), one.name) for one in people)])
        if any(one.id == desk.actor.staff_id for one in people):
            self.who.choose(str(desk.actor.staff_id))
        self.who.currentIndexChanged.connect(lambda _: self._other())
        self.body.addWidget(self._weeks())
        self.body.addWidget(self._working())
        self.body.addWidget(self._banner())
        self.board = WeekBoard()
        self.board.chosen.connect(self._choose)
        self.board.opened.connect(self._open_entry)
        self.board.dropped.connect(self._move_to)
        self.body.addWidget(self.board, 1)
        self.body.addWidget(self._foot(may))
        for key, run in (
            ("new", self.plan),
            ("accept_plan", self.accept),
            ("visit_earlier", partial(self._step, -1)),
            ("visit_later", partial(self._step, 1)),
            ("pin_visit", self.pin),
            ("no_answer", self.no_answer),
            ("week_before", partial(self._turn, -1)),
            ("week_after", partial(self._turn, 1)),
        ):
            bind(self, key, run)
        Fresh(self, desk.changed, self.refresh, _TABLES)
        self.refresh()

    # --- the parts ---

    def _weeks(self) -> QWidget:
        holder = QWidget()
        row = FlowLayout(holder, gap=8)
        row.addWidget(QuietButton("Week before", partial(self._turn, -1), key="PgUp", symbol="back"))
        row.addWidget(QuietButton("This week", self._now))
        row.addWidget(QuietButton("Week after", partial(self._turn, 1), key="PgDn"))
        row.addWidget(QuietButton("The due list", lambda: self.open_requested.emit("visits", "now")))
        return holder

    def _working(self) -> QWidget:
        self._busy = Card(margin=12)
        self._busy.add(Text("Planning: who is due, where, and who is near …", wrap=True))
        self.progress = Progress("Planning")
        self._busy.add(self.progress)
        row = QHBoxLayout()
        row.addWidget(QuietButton("Cancel", self.discard, key="Esc"))
        row.addStretch(1)
        self._busy.body.addLayout(row)
        self._busy.hide()
        return self._busy

    def _banner(self) -> QWidget:
        self._offer = Card(margin=12)
        self._said, self._warned = Text(role="strong", wrap=True), Text(role="quiet", wrap=True)
        words = QVBoxLayout()
        words.addWidget(self._said)
        words.addWidget(self._warned)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(words, 1)
        self.accept_button = PrimaryButton("Accept the plan", self.accept, key=shown_key("accept_plan"))
        row.addWidget(self.accept_button)
        row.addWidget(QuietButton("Discard", self.discard, key="Esc"))
        self._offer.body.addLayout(row)
        self._offer.hide()
        return self._offer

    def _foot(self, may: bool) -> QWidget:
        foot = Card(margin=12)
        self._about = Text("Choose a visit to see why it is there.", role="strong", wrap=True)
        self._why = Text(wrap=True)
        foot.add(self._about)
        foot.add(self._why)
        holder = QWidget()
        buttons = FlowLayout(holder, gap=8)
        self._deeds = [
            QuietButton("Earlier", partial(self._step, -1)),
            QuietButton("Later", partial(self._step, 1)),
            QuietButton("Pin", self.pin, key="P"),
            QuietButton("Take out", self.take_out),
            QuietButton("No answer", self.no_answer, key=shown_key("no_answer")),
        ]
        for button, key in zip(self._deeds, ("visit_earlier", "visit_later"), strict=False):
            button.setToolTip(f"{action(key).tip} ({shown_key(key)})")
        self._show_home = QuietButton("The home", self._open_shown)
        for button in (*self._deeds, self._show_home):
            buttons.addWidget(button)
            button.setEnabled(False)
        for button in self._deeds:
            button.setVisible(may)
        foot.add(holder)
        return foot

    # --- what is shown ---

    def refresh(self) -> None:
        """Read the week again; a proposal on show stays."""
        friday = self._monday + timedelta(days=_DAYS - 1)
        cards = self._desk.look(visits.between, self._monday, friday, self._officers())
        said = self._desk.look(visits_planning.conflicts, cards)
        proposed, named = self._proposal, not self.who.value()
        entries = [entry_of(card, said.get(card.id, ()), named=named) for card in cards]
        if proposed is not None:
            moved = {one.visit_id for one in proposed.visits if not one.pinned}
            entries = [entry for entry in entries if entry.visit_id not in moved]
            entries += [
                proposed_of(one, named=named)
                for one in proposed.visits
                if not one.pinned and self._monday <= one.day <= friday
            ]
        entries.sort(key=lambda one: (one.day, one.officer, one.time or "~", one.address))
        self._entries = entries
        days = [self._monday + timedelta(days=n) for n in range(_DAYS)]
        notes = [(day, "" if calendar.is_working_day(day) else "Bank holiday") for day in days]
        self.board.show_week(notes, entries, self._today)
        wrong = sum(bool(entry.conflicts) for entry in entries)
        parts = [wording.count(len(entries), "visit")]
        parts += [wording.count(wrong, "conflict")] if wrong else []
        parts += ["not saved yet"] if proposed else []
        self.head.say(f"Week of {wording.day(self._monday)}", " · ".join(parts))
        kept = next((one for one in entries if self._shown is not None and one.key == self._shown.key), None)
        self._choose(kept)

    def open(self, argument: object) -> None:
        """Show the week of a day, or have a fortnight proposed."""
        if isinstance(argument, date):
            self._monday = monday(argument)
            self.refresh()
        elif argument == "plan":
            self.plan()

    def place(self) -> object:
        """The week on show."""
        return self._monday

    def back(self) -> bool:
        """From planning or a proposal to the calendar; then to the due list."""
        if self._job is not None or self._proposal is not None:
            self.discard()
            return True
        self.open_requested.emit("visits", "now")
        return True

    # --- planning ---

    def plan(self) -> None:
        """Propose the next fortnight for whose week it is; nothing is saved."""
        if not policy.may(self._desk.actor, policy.Action.PLAN_VISITS, "visit") or self._job is not None:
            return
        self.notices.clear()
        try:
            prepared = self._desk.look(visits_planning.prepare, Ask(tuple(self._officers())))
        except Told as told:
            self.notices.tell(told)
            return
        self._proposal = None
        self._offer.hide()
        self._busy.show()
        self.progress.show_part(0, 0)
        self._asked += 1
        asked = self._asked
        job = self._desk.tasks.process(
            visits_planning.propose,
            prepared,
            partial(self._propose, asked),
            progress=self.progress.show_part,
            owner=self,
            on_error=partial(self._failed, asked),
        )
        if not self._busy.isHidden():  # else it was answered at once
            self._job = job

    def _propose(self, asked: int, made: Proposal) -> None:
        if asked != self._asked:
            return
        self._job, self._proposal = None, made
        self._busy.hide()
        self._said.setText(made.words)
        self._warned.setText(". ".join(made.conflicts))
        self._warned.setVisible(bool(made.conflicts))
        self._offer.show()
        self.accept_button.setEnabled(bool(made.visits))
        self._monday = monday(made.visits[0].day if made.visits else made.first)
        self.refresh()
        self.accept_button.setFocus()

    def _failed(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self._job = None
            self._busy.hide()
            self.notices.tell(error)

    def discard(self) -> None:
        """Stop planning, or let the proposal go; nothing was saved."""
        self._asked += 1
        if self._job is not None:
            self._job.cancel()
        self._job, self._proposal = None, None
        self._busy.hide()
        self._offer.hide()
        self.refresh()

    def accept(self) -> None:
        """Save the proposal in one step, which can be taken back."""
        made = self._proposal
        if made is None or not made.visits:
            return
        try:
            saved = self._desk.do("accepted a plan of visits", visits_planning.accept, made)
        except Told as told:
            self.notices.tell(told)
            return
        self._proposal = None
        self._offer.hide()
        self.refresh()
        self.notices.offer_undo(f"{wording.count(saved, 'visit')} planned.", self._take_back)

    # --- by hand ---

    def pin(self) -> None:
        """Keep the chosen visit where it is, or let it go."""
        one = self._mine()
        if one is not None and one.visit_id is not None:
            words = "Let go" if one.pinned else "Pinned"
            self._do("pinned a visit", f"{words}.", visits.pin, one.visit_id, not one.pinned)

    def take_out(self) -> None:
        """Take the chosen visit out of the calendar; its home stays due."""
        one = self._mine()
        if one is not None and one.visit_id is not None:
            self._do(
                "took a visit out of the calendar", "Taken out; it stays due.", visits.unplan, one.visit_id
            )

    def no_answer(self) -> None:
        """Nobody opened at the chosen visit: to the form that records it."""
        one = self._mine()
        if one is not None and one.visit_id is not None:
            self.open_requested.emit("visits", ("no_answer", one.visit_id))

    def _step(self, days: int) -> None:
        one = self._mine()
        if one is None or one.visit_id is None:
            return
        day = one.day + timedelta(days=days)
        while not calendar.is_working_day(day):
            day += timedelta(days=days)
        self._move_to(one.visit_id, day)

    def _move_to(self, visit_id: UUID, day: date) -> None:
        entry = next((one for one in self._entries if one.visit_id == visit_id), None)
        if entry is None or entry.day == day:
            return
        self._monday = monday(day)
        self._do("moved a visit", f"Moved to {wording.weekday(day)}.", visits.move, visit_id, day)
        self.board.focus_on(entry.key)

    def _do(self, why: str, said: str, change: object, visit_id: UUID, *rest: object) -> None:
        try:
            self._desk.do(why, change, visit_id, *rest)  # type: ignore[arg-type]
        except Told as told:
            self.refresh()
            self.notices.tell(told)
            return
        self.refresh()
        wrong = next((one.conflicts for one in self._entries if one.visit_id == visit_id), ())
        self.notices.offer_undo(" ".join([said, *(f"{words}." for words in wrong)]), self._take_back)

    def _take_back(self) -> None:
        try:
            why = self._desk.undo()
        except Told as told:
            self.notices.tell(told)
            return
        self.refresh()
        if why:
            self.notices.say(f"Taken back: {why}.", tone=Tone.OK)

    def _mine(self) -> Entry | None:
        """The chosen visit, if it can be changed."""
        one = self._shown
        fixed = one is None or one.done or one.proposed or one.visit_id is None
        return None if fixed or not policy.may(self._desk.actor, policy.Action.PLAN_VISITS, "visit") else one

    def _choose(self, entry: Entry | None) -> None:
        self._shown = entry
        changes = self._mine() is not None
        for button in self._deeds:
            button.setEnabled(changes)
        self._show_home.setEnabled(entry is not None)
        if entry is None:
            self._about.setText("Choose a visit to see why it is there.")
            self._why.setText("")
            self._why.hide()
            return
        self._deeds[2].setText("Let go" if entry.pinned else "Pin")
        parts = (
            entry.address,
            entry.what,
            f"{wording.weekday(entry.day)}, {entry.time or 'any time'}",
            entry.officer,
        )
        self._about.setText(" · ".join(part for part in parts if part))
        self._why.setText(". ".join([part for part in (entry.why,) if part] + list(entry.conflicts)))
        self._why.setVisible(bool(self._why.text()))

    def _open_shown(self) -> None:
        if self._shown is not None:
            self._open_entry(self._shown)

    def _open_entry(self, entry: Entry) -> None:
        if isinstance(entry.key, DueKey):
            self.open_requested.emit("visits", entry.key)
            return
        assert entry.visit_id is not None
        card = self._desk.look(visits.get, entry.visit_id).card
        self.open_requested.emit("visits", DueKey(card.kind, None, card.home_id))

    def _officers(self) -> list[UUID]:
        return [UUID(self.who.value())] if self.who.value() else []

    def _other(self) -> None:
        self.discard()

    def _now(self) -> None:
        self._monday = monday(self._today)
        self.refresh()

    def _turn(self, weeks: int) -> None:
        self._monday += timedelta(weeks=weeks)
        self.refresh()
