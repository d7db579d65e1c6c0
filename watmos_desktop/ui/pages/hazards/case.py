"""One hazard case: its next step, its clocks as a ladder, what is known, and the log of endeavours."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import hazard_doubles, hazard_view, policy, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.hazard_doubles import Doubles
from watmos_desktop.services.hazard_view import HazardDetail, Next
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import Button, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.hazards import cards, judging
from watmos_desktop.ui.pages.hazards.step_form import StepForm, When
from watmos_desktop.ui.pages.hazards.steps import OF_NEXT, STEPS, Step, may_judge, step
from watmos_desktop.ui.pages.hazards.twice import TwiceCard

_BESIDE = 1000
_NEXT = {
    Next.LOOK: "Look into it",
    Next.SUMMARY: "Give the tenant the written summary",
    Next.SAFE: "Make it safe",
    Next.PREVENT: "Begin the work that stops it coming back",
    Next.CLOSE: "All is done: close the case",
    Next.NOTHING: "This case is closed",
}


class HazardPage(Page):
    """``open`` takes the id of a case, or ``("opened", id)``: that can be taken back.

    Emits ``open_requested`` with ``repairs`` or ``hazard_paper``.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", self._leave, key="Esc", symbol="back")
        super().__init__("Hazard case", "", back, parent=parent)
        self._desk = desk
        self._case: HazardDetail | None = None
        self.form: StepForm | None = None
        self.main: Button | None = None
        self._scroll = Scroll()
        self._beside = QHBoxLayout()
        self._beside.setSpacing(16)
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        for column in (self._left, self._right):
            column.setSpacing(12)
        self._beside.addLayout(self._left, 3)
        self._beside.addLayout(self._right, 2)
        self._scroll.column.addLayout(self._beside)
        self._scroll.column.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        bind(self, "hazard_next", self.take_next)
        bind(self, "hazard_access", partial(self.begin, "access"))
        bind(self, "hazard_note", partial(self.begin, "note"))
        Fresh(self, desk.changed, self.refresh, {"hazard_case", "hazard_step", "clock"})
        self._show_nothing()

    def open(self, argument: object) -> None:
        """Show this case."""
        opened = isinstance(argument, tuple)
        case_id = argument[1] if isinstance(argument, tuple) else argument
        assert isinstance(case_id, UUID)
        self.form = None
        self._read(case_id)
        self._scroll.verticalScrollBar().setValue(0)
        self._focus(self.main)
        if opened:
            self.notices.offer_undo("The case is open; its clock runs.", self._take_back_opening)

    def place(self) -> object:
        """The case on show."""
        return self._case.card.id if self._case else None

    def back(self) -> bool:
        """Close the form; False if none is open."""
        if self.form is None:
            return False
        self.form = None
        self._show()
        self._focus(self.main)
        return True

    def refresh(self) -> None:
        """Read the case again; the focus stays at its button. A form stays as it is."""
        if self._case is None or self.form is not None:
            return
        had = self.focusWidget()
        name = had.accessibleName() if isinstance(had, Button) and had.hasFocus() else ""
        self._read(self._case.card.id)
        if name:
            shown = (one for one in self.findChildren(Button) if one.accessibleName() == name)
            self._focus(next((one for one in shown if one.isVisibleTo(self)), self.main))

    def take_next(self) -> None:
        """What the case asks for next."""
        if self._case is None or self.form is not None:
            return
        if self._case.next is Next.LOOK:
            self.begin("look")
        elif self._case.next in OF_NEXT:
            self.begin(OF_NEXT[self._case.next])

    def begin(self, step_id: str) -> None:
        """Show the form of a step in the place of the next step, where it is offered."""
        case = self._case
        if case is None or self.form is not None or not self._writes():
            return
        now = self._desk.store.clock.now()
        if step_id in ("look", "judge"):
            if not may_judge(self._desk):
                return
            make = judging.investigation_form if step_id == "look" else judging.judge_form
            self.form = make(self._desk, case, self._done, self.back, now)
        else:
            wanted = step(step_id)
            if not wanted.offered(case):
                return
            self.form = self._form(wanted, case)
        self.form.pin(self.body)
        self._show()
        self.form.show()  # at once: the next key is for it
        self._scroll.verticalScrollBar().setValue(0)
        self.form.begin()

    def undo(self) -> bool:
        """Take back the last step while it is offered."""
        return self.notices.undo()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is known goes below when there is no room beside."""
        super().resizeEvent(event)
        beside = self.width() >= _BESIDE * look().scale
        ways = QBoxLayout.Direction
        self._beside.setDirection(ways.LeftToRight if beside else ways.TopToBottom)

    def _form(self, wanted: Step, case: HazardDetail) -> StepForm:
        now = self._desk.store.clock.now()
        sentence = wanted.sentence
        if wanted.id == "close" and case.unfinished:
            sentence = f"Not done yet: {case.unfinished}."

        def save(said: dict[str, object], at: object) -> None:
            wanted.save(self._desk, case.card.id, said, at)  # type: ignore[arg-type]
            self._done(wanted.done)

        return StepForm(
            wanted.words, wanted.fields(self._desk, case), When(now), save, self.back, sentence=sentence
        )

    def _done(self, words: str) -> None:
        self.form = None
        assert self._case is not None
        self._read(self._case.card.id)
        self.notices.offer_undo(f"{words}.", self._take_back)
        self._focus(self.main)

    def _go_on(self, case_id: UUID) -> None:
        """Show another case: what is said of this one is said no more."""
        self.notices.clear()
        self.open(case_id)

    def _doubles(self, case: HazardDetail, found: Doubles) -> Card:
        shown = TwiceCard(self._desk, case.card.id, found)
        shown.opened.connect(self._go_on)
        shown.decided.connect(self._decided)
        shown.told.connect(self.notices.tell)
        return shown

    def _decided(self, case_id: UUID, words: str) -> None:
        self.open(case_id)
        self.notices.offer_undo(f"{words}.", self._take_back)

    def _focus(self, button: Button | None) -> None:
        """The keyboard goes to that button, else stays with the page, whose keys work on."""
        (button or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_back(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self.notices.tell(told)
        self.refresh()

    def _take_back_opening(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self.notices.tell(told)
            return
        self._case = None
        self._show_nothing()
        self.closed.emit()

    def _leave(self) -> None:
        if not self.back():
            self.closed.emit()

    def _writes(self) -> bool:
        return policy.may(self._desk.actor, Action.OPEN_HAZARD, "hazard_case")

    def _read(self, case_id: UUID) -> None:
        try:
            self._case = self._desk.look(hazard_view.get, case_id)
        except Told as told:
            self._case = None
            self._show_nothing()
            self.notices.tell(told)
            return
        self._show()

    def _show_nothing(self) -> None:
        self.head.say("Hazard case")
        self._clear()
        self._left.addWidget(EmptyState("No case is open here", "Choose one from Damp and hazards."))

    def _show(self) -> None:
        case = self._case
        assert case is not None
        aware = wording.moment(case.card.aware_at.astimezone(LONDON))
        about = f"{case.card.where} · {case.card.reference} · we became aware {aware}"
        self.head.say(case.card.hazard, about)
        kept = self.form
        self._clear(keep=kept)
        self.main = None
        self._left.addWidget(kept if kept is not None else self._next_card(case))
        self._left.addWidget(cards.times(case))
        self._left.addWidget(cards.log(case.log))
        self._left.addStretch(1)
        if self._writes() and (found := self._desk.look(hazard_doubles.of, case.card.id)) != Doubles():
            self._left.insertWidget(0, self._doubles(case, found))
        self._right.addWidget(self._papers(case))
        self._right.addWidget(cards.known(case))
        for title, lines in (("Access", case.access), ("Somewhere else to stay", case.stay)):
            if lines:
                self._right.addWidget(cards.lines(title, lines))
        self._right.addStretch(1)
        self._lay_out()

    def _lay_out(self) -> None:
        """Give every part its place now: left to itself the first frame would show them squeezed."""
        for column in (self._left, self._right):
            for number in range(column.count()):
                item = column.itemAt(number)
                if item is not None and (part := item.widget()) is not None:
                    part.setVisible(True)
        inside = self._scroll.column.parentWidget()
        assert inside is not None
        for _ in range(2):  # how high it is follows from how wide, and that from whether it scrolls
            QCoreApplication.sendEvent(inside, QEvent(QEvent.Type.LayoutRequest))

    def _next_card(self, case: HazardDetail) -> Card:
        card = Card()
        card.setAccessibleName("Next step")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Heading(_NEXT[case.next]), 1)
        row.addWidget(Pill(case.card.due.text, Tone(case.card.due.tone)), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        card.add(Text(f"{case.card.stands} · {cards.level(case)}", role="quiet", wrap=True))
        if case.closed_reason:
            card.add(Text(case.closed_reason, wrap=True).selectable())
        if not self._writes():
            return card
        wanted = OF_NEXT.get(case.next, "")
        if case.next is Next.LOOK and may_judge(self._desk):
            self.main = self._primary("Record the investigation", "look")
        elif case.next is Next.LOOK:
            card.add(Text("Someone who may judge hazards records what was found.", wrap=True))
        elif wanted:
            self.main = self._primary(step(wanted).words, wanted)
        if self.main is not None:
            card.add(FlowRow(self.main))
        others = self._others(case, wanted)
        if others:
            card.add(FlowRow(*others))
        return card

    def _primary(self, words: str, step_id: str) -> Button:
        return PrimaryButton(words, lambda: self.begin(step_id), key=shown_key("hazard_next"))

    def _others(self, case: HazardDetail, wanted: str) -> list[Button]:
        """What else can be done now, quietly."""
        keys = {"access": shown_key("hazard_access"), "note": shown_key("hazard_note")}
        offers: list[tuple[str, str]] = []
        if may_judge(self._desk) and case.investigated_at is None and case.next is not Next.NOTHING:
            offers.append(("judge", "Judge how serious it is"))
        looks = any(one.key in _LOOKS and one.stopped_at is None for one in case.clocks)
        if looks and case.next is not Next.LOOK and may_judge(self._desk):
            offers.append(("look", "Record the investigation"))
        offers += [(one.id, one.words) for one in STEPS if one.id != wanted and one.offered(case)]
        return [QuietButton(words, partial(self.begin, key), key=keys.get(key, "")) for key, words in offers]

    def _papers(self, case: HazardDetail) -> Card:
        card = Card("Papers")
        ask: Callable[[str], object] = lambda kind: self.open_requested.emit(  # noqa: E731
            "hazard_paper", (kind, case.card.id)
        )
        buttons: list[Button] = []
        if self._writes():
            if case.investigated_at is not None:
                buttons.append(QuietButton("Written summary", partial(ask, "summary")))
            buttons.append(QuietButton("Log for a court", partial(ask, "log")))
        if case.repair_id is not None and case.repair:
            repair = case.repair_id
            go = lambda: self.open_requested.emit("repairs", repair)  # noqa: E731
            buttons.append(QuietButton(f"Repair {case.repair}", go))
        card.add(FlowRow(*buttons))
        return card

    def _clear(self, keep: QWidget | None = None) -> None:
        for column in (self._left, self._right):
            while column.count():
                taken = column.takeAt(0)
                part = taken.widget() if taken is not None else None
                if part is not None and part is not keep:
                    part.hide()
                    part.deleteLater()


_LOOKS = ("AW.investigate", "AW.reinvestigate", "AW.emergency")
