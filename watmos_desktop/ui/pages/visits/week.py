"""The week of visits: planned by the program on request, moved by hand, pinned, and every conflict said."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import calendar, policy, visits, visits_due, visits_planning, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visits_due import DueKey, DueVisit
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.menu import Entry as MenuEntry
from watmos_desktop.ui.kit.menu import MenuButton
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.pages.visits import sections
from watmos_desktop.ui.pages.visits.board import Entry, WeekBoard
from watmos_desktop.ui.pages.visits.entries import entry_of, monday, proposed_of
from watmos_desktop.ui.pages.visits.panel import WeekOf
from watmos_desktop.ui.pages.visits.week_foot import Deeds, WeekFoot
from watmos_desktop.ui.pages.visits.week_planning import Planning

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
        may = self._may_plan = policy.may(desk.actor, policy.Action.PLAN_VISITS, "visit")
        self.plan_button.setVisible(may)
        self._today = desk.store.clock.now().date()
        self._monday = monday(self._today)
        self._entries: list[Entry] = []
        self._shown: Entry | None = None
        people = desk.look(visits.officers)
        self.who.offer([Choice("", "Everybody"), *(Choice(str(one.id), one.name) for one in people)])
        if any(one.id == desk.actor.staff_id for one in people):
            self.who.choose(str(desk.actor.staff_id))
        self.who.currentIndexChanged.connect(lambda _: self._other())
        self.body.addWidget(self._weeks())
        self.planning = Planning(desk, self._officers)
        self.planning.changed.connect(self._proposed)
        self.planning.accepted.connect(self._accepted)
        self.planning.failed.connect(self.notices.tell)
        self.body.addWidget(self.planning)
        self.board = WeekBoard()
        self.board.chosen.connect(self._choose)
        self.board.opened.connect(self._open_entry)
        self.board.dropped.connect(self._move_to)
        self.body.addWidget(self.board, 1)
        self.foot = self._foot(may)
        self.body.addWidget(self.foot)
        for key, run in (
            ("new", self.plan),
            ("accept_plan", self.accept),
            ("visit_earlier", partial(self._step, -1)),
            ("visit_later", partial(self._step, 1)),
            ("pin_visit", self.pin),
            ("begin_visit", self.begin),
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
        self.more_button = MenuButton("More", self._more)
        row.addWidget(self.more_button)
        self.more_button.setVisible(bool(self._more()[0]))  # with a parent: else it would be a window
        return holder

    def _foot(self, may: bool) -> WeekFoot:
        deeds: Deeds = [
            ("Earlier", "visit_earlier", partial(self._step, -1)),
            ("Later", "visit_later", partial(self._step, 1)),
            ("Pin", "pin_visit", self.pin),
            ("Take out", "", self.take_out),
            ("At the door", "begin_visit", self.begin),
            ("No answer", "no_answer", self.no_answer),
        ]
        return WeekFoot(deeds, [("The home", "", self._open_shown)], may=may)

    def _more(self) -> list[list[MenuEntry]]:
        return [
            [
                MenuEntry(way.words, partial(self._to, way.page), way.stroke)
                for way in sections.WEEK_MORE
                if way.offered(self._desk)
            ]
        ]

    def _to(self, page: str) -> None:
        self.open_requested.emit(
            page, WeekOf(self._monday, UUID(self.who.value()) if self.who.value() else None)
        )

    # --- what is shown ---

    def refresh(self) -> None:
        """Read the week again; a proposal on show stays."""
        friday = self._monday + timedelta(days=_DAYS - 1)
        cards = self._desk.look(visits.between, self._monday, friday, self._officers())
        said = self._desk.look(visits_planning.conflicts, cards)
        proposed, named = self.planning.proposal, not self.who.value()
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
        if self.planning.at_work():
            self.planning.discard()
            return True
        self.open_requested.emit("visits", "now")
        return True

    # --- planning ---

    def plan(self) -> None:
        """Propose the next fortnight for whose week it is; nothing is saved."""
        self.notices.clear()
        self.planning.plan()

    def accept(self) -> None:
        """Save the proposal on show in one step, which can be taken back."""
        self.planning.accept()

    def _proposed(self) -> None:
        made = self.planning.proposal
        self.plan_button.setVisible(self._may_plan and made is None)  # one thing to press: accept it
        if made is not None:
            self._monday = monday(made.visits[0].day if made.visits else made.first)
        self.refresh()

    def _accepted(self, saved: int) -> None:
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

    def begin(self) -> None:
        """Somebody opened at the chosen visit: to the questions, or on with them."""
        one = self._mine()
        due = self._due_of(one) if one is not None else None
        if due is not None and not due.decision:
            self.open_requested.emit("visit_door", due)

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
        proposal = self.planning.proposal is not None
        self.foot.show_entry(entry, changes=self._mine() is not None, proposal=proposal)

    def _open_shown(self) -> None:
        if self._shown is not None:
            self._open_entry(self._shown)

    def _open_entry(self, entry: Entry) -> None:
        """A visit that is to do in the list, one that is done with what came of it."""
        may = policy.may(self._desk.actor, policy.Action.VISIT, "visit")
        if entry.done and may:
            self.open_requested.emit("visit_after", entry.visit_id)
        elif isinstance(entry.key, DueKey):
            self.open_requested.emit("visits", entry.key)
        elif (due := self._due_of(entry)) is not None:
            self.open_requested.emit("visits", due.key)

    def _due_of(self, entry: Entry) -> DueVisit | None:
        """What is due at the home of a visit: that visit, or what comes next."""
        assert entry.visit_id is not None
        card = self._desk.look(visits.get, entry.visit_id).card
        found = self._desk.look(visits_due.of_home, card.home_id)
        return next((one for one in found if one.visit_id == entry.visit_id), next(iter(found), None))

    def _officers(self) -> list[UUID]:
        return [UUID(self.who.value())] if self.who.value() else []

    def _other(self) -> None:
        self.planning.discard()

    def _now(self) -> None:
        self._monday = monday(self._today)
        self.refresh()

    def _turn(self, weeks: int) -> None:
        self._monday += timedelta(weeks=weeks)
        self.refresh()
