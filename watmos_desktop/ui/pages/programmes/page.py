"""One programme of planned works: at a glance, its homes, answers and letters; the next step in its head (R9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import ProgrammeStatus
from watmos_desktop.services import programme_cases, programmes
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.programme_cases import ProgrammeDetail
from watmos_desktop.services.programme_homes import HomeRow
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.pages.programmes.answers import AnswersView
from watmos_desktop.ui.pages.programmes.forms import Forms
from watmos_desktop.ui.pages.programmes.homes import HomesView
from watmos_desktop.ui.pages.programmes.letters import LettersView
from watmos_desktop.ui.pages.programmes.overview import Overview
from watmos_desktop.ui.stepping import StepForm, StepPanel

OVERVIEW, HOMES, ANSWERS, LETTERS = "overview", "homes", "answers", "letters"
_TABLES = {"programme", "programme_home", "programme_response"}


class ProgrammePage(Page):
    """``open`` takes the id of works, ``"new"`` to plan some, or ``("letters", id)``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self._back = QuietButton("Back", self._go_back, key="Esc", symbol="back")
        self.next_button = PrimaryButton("", self._next_step)
        super().__init__("Planned works", "", self._back, self.next_button, parent=parent)
        self._desk = desk
        self._shown: ProgrammeDetail | None = None
        self._next: Callable[[], object] = self.refresh
        self.forms = Forms(desk, self._done, self._made)
        self.chips = ChipRow("What to see", on_pick=self._pick)
        self.overview = Overview()
        self.homes, self.answers, self.letters = HomesView(desk), AnswersView(desk), LettersView(desk)
        self._views = {
            OVERVIEW: self.overview,
            HOMES: self.homes,
            ANSWERS: self.answers,
            LETTERS: self.letters,
        }
        self._stack = QStackedWidget()
        for view in self._views.values():
            self._stack.addWidget(view)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.chips)
        column.addWidget(self._stack, 1)
        self.steps = StepPanel("Planned works", inside)
        self.steps.closed.connect(self._closed_form)
        self.body.addWidget(self.steps, 1)
        self.homes.done.connect(self._done)
        self.homes.told.connect(self.notices.tell)
        self.homes.go_requested.connect(self.open_requested)
        self.homes.respond_asked.connect(self._respond)
        self.homes.letter_asked.connect(self._letter)
        self.homes.earlier_asked.connect(lambda home: self._ask(self.forms.home_done(home)))
        self.answers.answer_asked.connect(lambda one: self._ask(self.forms.answer(one)))
        self.letters.done.connect(self._done)
        self.letters.told.connect(self.notices.tell)
        self.letters.said.connect(lambda words: self.notices.say(words, tone=Tone.OK))
        self.next_button.setVisible(False)
        bind(self, "save", self._save)
        bind(self, "print", self.letters.print_it)
        Fresh(self, desk.changed, self.refresh, _TABLES)

    def refresh(self) -> None:
        """Read the works on show again."""
        if self._shown is not None:
            try:
                self._show(self._shown.card.id)
            except Told as told:
                self.notices.tell(told)

    def open(self, argument: object) -> None:
        """Show works, or plan some."""
        if argument == "new":
            self._shown = None
            self.head.say("Planned works")
            form = self.forms.plan()
            form.cancelled.connect(self.closed)
            self._ask(form)
            return
        view, programme_id = argument if isinstance(argument, tuple) else (OVERVIEW, argument)
        if not isinstance(programme_id, UUID):
            return
        self.steps.close_form()
        try:
            self._show(programme_id)
        except Told as told:
            self.notices.tell(told)
            return
        self._go_to(str(view))

    def place(self) -> object:
        """Which works, and what of them."""
        return (self.chips.chosen(), self._shown.card.id) if self._shown else None

    def leave(self) -> None:
        """Let the letters go: they are made again after the unlock."""
        self.letters.leave()

    def back(self) -> bool:
        """From a form to the works, from a home to the list, from a part to the overview."""
        if self.steps.close_form():
            return self._shown is not None
        view = self._stack.currentWidget()
        if isinstance(view, (HomesView, AnswersView, LettersView)):
            if not view.back():
                self._go_to(OVERVIEW)
                self.chips.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def search(self) -> bool:
        """Put the cursor into the search of the homes."""
        if self._stack.currentWidget() is not self.homes:
            return False
        self.homes.search.setFocus()
        return True

    def undo(self) -> bool:
        """Take back the last step."""
        if not self.notices.undo():
            self._take_back()
        return True

    def _go_back(self) -> None:
        if not self.back():
            self.closed.emit()

    def _show(self, programme_id: UUID) -> None:
        one = self._desk.look(programme_cases.get, programme_id)
        self._shown = one
        parts = [one.card.reference, one.card.where, one.card.when, one.card.stands.text]
        self.head.say(one.card.name, " · ".join(part for part in parts if part))
        answers = sum(number for _, number in one.answers)
        choices = [Choice(OVERVIEW, "Overview")]
        if one.sees_homes:
            total = one.card.progress.total + one.card.progress.refused
            choices += [Choice(HOMES, "Homes", total), Choice(ANSWERS, "Answers", answers)]
        choices.append(Choice(LETTERS, "Letters" if one.may_consult else "Noticeboard"))
        self.chips.offer(choices)
        self.overview.show_works(one, self._more(one))
        if one.sees_homes:
            self.homes.show_works(one)
            self.answers.show_works(one)
        self.letters.show_works(one)
        self._say_next(one)

    def _say_next(self, one: ProgrammeDetail) -> None:
        words, self._next = self._next_of(one)
        self.next_button.say(words or "Nothing")
        papers = self._stack.currentWidget() is self.letters  # they have their own: Save as
        self.next_button.setVisible(bool(words) and not self.steps.asks() and not papers)

    def _next_of(self, one: ProgrammeDetail) -> tuple[str, Callable[[], object]]:
        """The one thing to do next, for who may do it."""
        status, far = one.card.status, one.card.progress
        if one.may_plan:
            if (
                status in (ProgrammeStatus.PLANNED, ProgrammeStatus.CONSULTING)
                and not far.total + far.refused
            ):
                return "Add homes", lambda: self._ask(self.forms.add_homes(one))
            if status is ProgrammeStatus.PLANNED:
                return "Ask people for their view", lambda: self._ask(self.forms.consult(one))
        if status is ProgrammeStatus.CONSULTING and one.may_consult:
            if far.written < far.total:
                return "Write to them", lambda: self._go_to(LETTERS)
            if one.unanswered:
                return "Answer them", lambda: self._go_to(ANSWERS)
        if one.may_plan and status is ProgrammeStatus.CONSULTING:
            if not one.outcome and one.consults_until and self._today() > one.consults_until:
                return "Write what came of it", lambda: self._ask(self.forms.outcome(one))
            return "Start the works", self._start
        if one.may_plan and status is ProgrammeStatus.STARTED and far.total and far.done == far.total:
            return "Finish the works", self._finish
        return "", self.refresh

    def _more(self, one: ProgrammeDetail) -> list[tuple[str, Callable[[], object]]]:
        """What else may be done, besides the next step."""
        status = one.card.status
        if not one.may_plan or status in (ProgrammeStatus.FINISHED, ProgrammeStatus.CANCELLED):
            return []
        forms, ask = self.forms, self._ask
        found: list[tuple[str, Callable[[], object]]] = [
            ("Change the works", lambda: ask(forms.plan(one))),
            ("Add homes", lambda: ask(forms.add_homes(one))),
        ]
        if one.card.progress.total:
            found.append(("Plan the days", lambda: ask(forms.spread(one))))
        if status is ProgrammeStatus.CONSULTING:
            found.append(("Change the consultation", lambda: ask(forms.consult(one))))
            found.append(("What came of it", lambda: ask(forms.outcome(one))))
        if status is not ProgrammeStatus.STARTED and one.card.progress.total:
            found.append(("Start the works", self._start))
        found.append(("Call off", lambda: ask(forms.call_off(one))))
        return found

    def _save(self) -> None:
        """The form that is open, else the letters on show."""
        if self.steps.asks():
            self.steps.save()
        elif self._stack.currentWidget() is self.letters:
            self.letters.save_as()

    def _next_step(self) -> None:
        self._next()

    def _start(self) -> None:
        """Start; where something is open, only with a reason."""
        one = self._shown
        if one is None:
            return
        if one.blockers:
            self._ask(self.forms.start(one))
            return
        self._seal("started the works", "The works are under way.", programmes.start, one.card.id)

    def _finish(self) -> None:
        if self._shown is not None:
            self._seal("finished the works", "Finished.", programmes.finish, self._shown.card.id)

    def _seal(self, why: str, words: str, change: Callable[..., object], programme_id: UUID) -> None:
        try:
            self._desk.do(why, change, programme_id)
        except Told as told:
            self.notices.tell(told)
            return
        self._done(words)

    def _respond(self, home: HomeRow) -> None:
        if self._shown is not None:
            self._ask(self.forms.respond(self._shown.card.id, home))

    def _letter(self, home: HomeRow) -> None:
        self._go_to(LETTERS)
        self.letters.only(home.home_id, home.address)

    def _ask(self, form: StepForm) -> None:
        self.notices.clear()
        self.steps.ask(form)
        self.next_button.setVisible(False)

    def _closed_form(self) -> None:
        if self._shown is not None:
            self._say_next(self._shown)

    def _pick(self, view: str) -> None:
        self._stack.setCurrentWidget(self._views[view])
        if self._shown is not None:
            self._say_next(self._shown)

    def _go_to(self, view: str) -> None:
        if view in self.chips.chips():
            self.chips.choose(view)
            self._pick(view)

    def _made(self, programme_id: UUID) -> None:
        self._show(programme_id)
        self._go_to(OVERVIEW)
        self._done("Planned. Add the homes that the works reach.")

    def _done(self, words: str) -> None:
        self.refresh()
        self.notices.offer_undo(words, self._take_back)

    def _take_back(self) -> None:
        try:
            why = self._desk.undo()
        except Told as told:
            self.notices.tell(told)
            return
        self.refresh()
        if why:
            self.notices.say(f"Taken back: {why}.", tone=Tone.OK)

    def _today(self) -> date:
        return self._desk.store.clock.now().astimezone(LONDON).date()
