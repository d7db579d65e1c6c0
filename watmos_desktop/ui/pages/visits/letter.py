"""Before a visit: the letter, the text or the e-mail that says when we come, and that they were told."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Channel
from watmos_desktop.services import safe_contact, visit_calendar, visit_letters, visit_notice, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports import visit_letter, visit_words
from watmos_desktop.services.reports.visit_letter import Batch
from watmos_desktop.services.visit_letters import Facts, Wanted
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.chip import ChipRow, ChipSet, Choice
from watmos_desktop.ui.kit.clipboard import CLEARED, copy
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import Check, Select
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll, SidePanel
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.visits import papers
from watmos_desktop.ui.pages.visits.panel import Part, WeekOf
from watmos_desktop.ui.paper import About, Paper, PaperView

_LETTER, _TEXT, _EMAIL = Channel.LETTER.value, Channel.TEXT.value, Channel.EMAIL.value
_DONE = {_LETTER: "It is posted", _TEXT: "It is sent", _EMAIL: "It is sent"}
_MOST = 8  # lines about single letters of many
_NARROW, _NARROW_LARGE = 280, 236  # pixels that the words beside the letter need, and in larger text at 100 %


class LetterPage(Page):
    """``open`` takes a visit's id, or a ``WeekOf`` for a letter to everyone of a week who was not told yet.

    Nothing is sent from here. That a household was told is recorded by who told them.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Letter", "", back, parent=parent)
        self._desk = desk
        self._wanted: UUID | WeekOf | None = None
        self._visits: tuple[UUID, ...] = ()
        self._facts: Facts | None = None
        self._batch: Batch | None = None
        ways = [Choice(_LETTER, "Letter"), Choice(_TEXT, "Text"), Choice(_EMAIL, "E-mail")]
        self.chips = ChipRow("How they are told", ways, lambda _: self._make())
        self.large = Check("Large print, 18 point")
        self.large.toggled.connect(lambda _: self._make())
        self.language = Select(_languages())
        self.language.setAccessibleName("Language")
        self.language.currentIndexChanged.connect(lambda _: self._make())
        self.told_button = PrimaryButton("It is posted", self.told, key=shown_key("visit_told"))
        self.phone_button = QuietButton("Told by phone", partial(self._record, Channel.PHONE))
        self.safe_button = QuietButton("Safe ways", self.ask_safe)
        self.calendar_button = QuietButton("Calendar file", self.save_calendar)
        self.view = PaperView(desk, "Letter")
        self.view.found.connect(self._found)
        self.view.told.connect(self._refused)
        self.view.saved.connect(lambda path: self.notices.say(f"Saved as {path.name}.", tone=Tone.OK))
        self.view.stopped.connect(lambda: self.notices.say("Stopped. Nothing was left behind."))
        self._right = QVBoxLayout()
        self._other: QWidget | None = None
        self._about = Part()
        row = QHBoxLayout()
        row.setSpacing(16)
        self._side = self._panel()
        row.addWidget(self._side, 2)
        row.addLayout(self._right, 5)
        self._right.addWidget(self.view, 1)
        self.body.addLayout(row, 1)
        bind(self, "visit_told", self.told)
        Fresh(self, desk.changed, self._look, {"visit", "visit_told", "person", "household_member"})

    def open(self, argument: object) -> None:
        """Make the letter of this visit, or the letters of that week."""
        if isinstance(argument, UUID | WeekOf):
            self._wanted = argument
            self.notices.clear()
            self._look(again=True)

    def place(self) -> object:
        """Which letter, or whose week."""
        return self._wanted

    def leave(self) -> None:
        """Let the letter go: it is made again after the unlock."""
        self.view.empty()
        self._put(None)

    def pdf(self) -> bytes:
        """The letters on show, empty while they are being made."""
        return self.view.pdf()

    # --- what is shown ---

    def showEvent(self, event: QShowEvent) -> None:
        """What stands beside the letter has room for its words at their size."""
        self._side.setMinimumWidth(max(_NARROW, round(_NARROW_LARGE * look().scale)))
        super().showEvent(event)

    def _panel(self) -> SidePanel:
        panel = SidePanel("How they are told")
        panel.column.addWidget(self.chips)
        panel.column.addWidget(self.language)
        panel.column.addWidget(self.large)
        self._lines = QVBoxLayout()
        self._lines.addWidget(self._about)
        panel.column.addLayout(self._lines)
        panel.column.addWidget(FlowRow(self.phone_button, self.safe_button, self.calendar_button))
        panel.column.addStretch(1)
        panel.foot.addWidget(self.told_button)
        return panel

    def _look(self, *, again: bool = False) -> None:
        """Read who is told and what they know; make the letter anew when it may have changed."""
        wanted = self._wanted
        if isinstance(wanted, UUID):
            before = self._facts
            self._facts = self._desk.look(visit_letters.facts, wanted)
            self._visits = (wanted,)
            if again:
                self._quietly(large=self._facts.safe.large)
            again = (
                again or before is None or before.card != self._facts.card or before.safe != self._facts.safe
            )
        elif isinstance(wanted, WeekOf):
            officers = [wanted.officer_id] if wanted.officer_id else []
            last = wanted.monday + timedelta(days=6)
            found = self._desk.look(visit_notice.to_tell, wanted.monday, last, officers)
            visits_now = tuple(one.id for one in found)
            again = again or visits_now != self._visits
            self._facts, self._visits = None, visits_now
        one = self._facts is not None
        for part in (self.chips, self.phone_button, self.safe_button, self.calendar_button, self.large):
            part.setVisible(one)
        if not one:
            self.chips.choose(_LETTER)
        if again:
            self._make()
        else:
            self._say()

    def _make(self) -> None:
        how = self.chips.chosen()
        self._batch = None
        self._put(None)
        self.large.setVisible(how == _LETTER and self._facts is not None)
        self.told_button.say(_DONE[how] if len(self._visits) == 1 else "They are posted")
        if not self._visits:
            self.view.empty()
            sentence = "Visits planned or moved from now on appear here until they are told."
            self._put(EmptyState("Everybody of this week was told", sentence))
        elif how == _LETTER:
            large = self.large.isChecked() if self._facts is not None else None
            wanted = Wanted(self._visits, large, self.language.value())
            self.view.make(Paper("The letters", visit_letters.collect, visit_letter.pages, _about), wanted)
        else:
            self.view.empty()
            self._put(self._words(how))
        self._say()

    def _words(self, how: str) -> QWidget:
        """The text or e-mail to copy, or why there is none."""
        language, visit_id = self.language.value(), self._visits[0]
        try:
            if how == _TEXT:
                subject, body = "", self._desk.look(visit_letters.text, visit_id, language)
            else:
                mail = self._desk.look(visit_letters.email, visit_id, language)
                subject, body = mail.subject, mail.body
        except Told as told:
            return self._why_not(told)
        self.told_button.setEnabled(True)
        to = (self._facts.phone if how == _TEXT else self._facts.email) if self._facts else ""
        card = Card()
        card.add(Heading(f"To {to}"))
        if subject:
            card.add(Text(subject, role="strong", wrap=True).selectable())
        card.add(Text(body, wrap=True).selectable())
        buttons = [QuietButton("Copy the subject", partial(self._copy, subject))] if subject else []
        card.add(FlowRow(*buttons, QuietButton("Copy the words", partial(self._copy, body))))
        holder = Scroll()
        holder.column.addWidget(card)
        holder.column.addStretch(1)
        return holder

    def _why_not(self, told: Told) -> QWidget:
        self.told_button.setEnabled(False)
        return EmptyState(told.message, told.hint)

    def _found(self, read: tuple[About, Batch]) -> None:
        self._batch = read[1]
        self.told_button.setEnabled(True)
        self._say()

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, Told):
            self._put(self._why_not(error))
        else:
            self.notices.tell(error)

    def _say(self) -> None:
        """The head, and the lines about who is told and what stands in for what."""
        about = Part()
        if self._facts is not None:
            card = self._facts.card
            self.head.say(
                "Say when we come", " · ".join(one for one in (card.when, card.who, card.address) if one)
            )
            self._one(about, self._facts)
        elif isinstance(self._wanted, WeekOf):
            self.head.say("Letters", f"Week of {wording.day(self._wanted.monday)}: who was not told yet")
            self._many(about)
        self._lines.replaceWidget(self._about, about)
        self._about.hide()
        self._about.deleteLater()
        self._about = about

    def _one(self, about: Part, facts: Facts) -> None:
        about.text(" and ".join(facts.names) or "Nobody holds this home now", "strong")
        for told in facts.notice.told:
            about.line(Tone.OK, told.words)
        if not facts.notice.knows:
            about.line(Tone.WARN, facts.notice.words)
        about.line(
            Tone.INFO if facts.safe.allows(Channel(self.chips.chosen())) else Tone.BAD, facts.safe.words
        )
        note = visit_words.choose(facts.speaks, self.language.value()).note
        if note:
            about.line(Tone.INFO, note)

    def _many(self, about: Part) -> None:
        if self._batch is None:
            return
        about.text(wording.count(len(self._batch.letters), "letter"), "strong")
        for left in self._batch.left_out[:_MOST]:
            about.line(Tone.WARN, f"Not written, {left.address}: {left.why}")
        more = len(self._batch.left_out) - _MOST
        if more > 0:
            about.line(Tone.WARN, f"and {more} more without a letter")
        for note in self._batch.notes[:_MOST]:
            about.line(Tone.INFO, note)

    def _put(self, other: QWidget | None) -> None:
        """Show this in the place of the paper; None for the paper."""
        if self._other is not None:
            self._right.removeWidget(self._other)
            self._other.hide()
            self._other.deleteLater()
        self._other = other
        self.view.setVisible(other is None)
        if other is not None:
            self._right.addWidget(other, 1)

    def _quietly(self, *, large: bool) -> None:
        for part in (self.large, self.language):
            part.blockSignals(True)
        self.large.setChecked(large)
        self.language.choose("")
        for part in (self.large, self.language):
            part.blockSignals(False)

    # --- what is done here ---

    def told(self) -> None:
        """Record that what is on show was posted or sent."""
        if self.told_button.isEnabled() and self._visits:
            self._record(Channel(self.chips.chosen()))

    def _record(self, how: Channel) -> None:
        ids = self._batch.visits if self._batch is not None and how is Channel.LETTER else self._visits
        try:
            number = self._desk.do("told when we come", visit_notice.tell, ids, how)
        except Told as told:
            self.notices.tell(told)
            return
        homes = "" if number == 1 else f" for {number} homes"
        self.notices.offer_undo(f"Recorded{homes}: they know when we come.", self._desk.undo)

    def ask_safe(self) -> None:
        """Which ways are safe, for each who holds the home."""
        if self._facts is None:
            return
        choices = [*(Choice(key, words) for key, words in safe_contact.WAYS.items()),
                   Choice(safe_contact.BY_DAY, "Daytime only")]  # fmt: skip
        fields = [
            Field(
                str(person_id), f"{name}: which ways are safe? None chosen means any.", ChipSet(name, choices)
            )
            for person_id, name in self._facts.tenants
        ]
        form = Form(fields)
        card = Card(
            "Safe ways to reach them", "Whoever lives there may open post and read a phone. Ask when alone."
        )
        card.add(form)
        save = PrimaryButton("Save", partial(self._save_safe, form))
        card.add(FlowRow(save, QuietButton("Leave it", self._make)))
        holder = Scroll()
        holder.column.addWidget(card)
        holder.column.addStretch(1)
        self.view.empty()
        self._put(holder)
        next(iter(fields)).widget.setFocus() if fields else save.setFocus()

    def _save_safe(self, form: Form) -> None:
        for person_id, chosen in form.values().items():
            ways = [key for key in str(chosen).split(",") if key]
            self._desk.do("noted which ways are safe", safe_contact.save, UUID(person_id), ways)
        self._look(again=True)

    def save_calendar(self) -> None:
        """The visit as a file for a calendar."""
        if isinstance(self._wanted, UUID):
            papers.save_calendar(
                self, self.view.last_folder(), partial(self._desk.look, visit_calendar.of_visit, self._wanted)
            )

    def _copy(self, words: str) -> None:
        copy(words)
        self.notices.say("Copied. Paste it where you send it from, then say so here.", CLEARED, Tone.OK)


def _languages() -> list[Choice]:
    """The language they speak, or one that a person chooses."""
    known = [
        Choice(one.name, one.name if one.checked else f"{one.name} (not checked yet)")
        for one in visit_words.languages()
    ]
    return [Choice("", "In the language they speak"), *known]


def _about(batch: Batch) -> About:
    first = batch.letters[0]
    if len(batch.letters) == 1:
        return About(first.address, f"Letter {first.reference}")
    return About("", f"Letters from {first.dated.isoformat()}")
