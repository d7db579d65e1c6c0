"""What stands on the screen at the door: a question with its big answers, what to say now, a consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from watmos_desktop.services import visit_faults, visit_photos
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.visit_faults import Fault
from watmos_desktop.services.visit_form import Consent, Given, Kind, Step
from watmos_desktop.services.visit_saying import Say
from watmos_desktop.services.visit_walk_view import DoorWalk
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.kit.button import Button, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.flow import FlowLayout, FlowRow
from watmos_desktop.ui.kit.inputs import Check, DateInput, Lines
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.text import Text, restyle
from watmos_desktop.ui.pages.visits.door_faults import FaultsBox
from watmos_desktop.ui.pages.visits.panel import toned

_BIG, _WIDE = 56, 1000  # pixels


class Door(Protocol):
    """What a card asks of its page."""

    def answer(self, values: tuple[str, ...]) -> None: ...  # noqa: D102
    def consent(self, given: bool) -> None: ...  # noqa: D102
    def leave_out(self, reason: str) -> None: ...  # noqa: D102
    def same(self) -> None: ...  # noqa: D102
    def go_back(self) -> None: ...  # noqa: D102
    def go_ahead(self) -> None: ...  # noqa: D102
    def take_photo(self) -> None: ...  # noqa: D102
    def keep(self, values: tuple[str, ...]) -> None: ...  # noqa: D102
    def keep_faults(self, faults: tuple[Fault, ...]) -> None: ...  # noqa: D102
    def promise_of(self, fault: Fault) -> Say: ...  # noqa: D102


def _big(button: Button) -> Button:
    button.setMinimumHeight(_BIG)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return button


def _side_by_side(checks: Sequence[Check]) -> QWidget:
    """As many columns as fit, each as wide as the longest answer."""
    holder = QWidget()
    row = FlowLayout(holder, gap=8)
    widest = max(check.sizeHint().width() for check in checks)
    for check in checks:
        check.setMinimumWidth(widest)
        row.addWidget(check)
    return holder


def _day_before(walk: DoorWalk) -> date:
    assert walk.started_at is not None  # it is under way
    return walk.started_at.astimezone(LONDON).date() - timedelta(days=1)


class QuestionCard(Card):
    """One question. A number chooses; of several, Enter saves."""

    def __init__(self, door: Door, walk: DoorWalk, step: Step) -> None:
        super().__init__(margin=20)
        self.setMaximumWidth(round(_WIDE * look().scale))
        self._door, self._step = door, step
        given = walk.answers.get(step.key, Given())
        before = walk.before.get(step.key)
        self.setAccessibleName(step.words)
        self.add(Text(step.section.title, role="quiet"))
        self.add(Text(step.words, role="title", wrap=True))
        self.same_button: QuietButton | None = None
        if before is not None and not given.values:
            self.add(Text(f"Last time: {step.question.said(before.values)}", role="quiet", wrap=True))
            self.same_button = QuietButton("Same as last time", door.same, key=shown_key("door_same"))
            self.add(self.same_button)
        if given.skipped:
            self.add(Text(f"Left out: {given.skipped}", role="quiet", wrap=True))
        self._choices: list[Button] = []
        self._checks: list[Check] = []
        self._text: Lines | None = None
        self._words: Lines | None = None
        self._day: DateInput | None = None
        self._chosen = ""
        self._faults: FaultsBox | None = None
        self._answers(given, walk)
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        if step.question.kind is not Kind.ONE or step.question.own_words:
            self._on = PrimaryButton("Go on", self.save, key=shown_key("door_on"))
            if self._words is not None and self._words.isHidden():
                self._on.hide()
            row.addWidget(self._on)
        row.addWidget(QuietButton("Back", door.go_back, key=shown_key("door_back"), symbol="back"))
        row.addWidget(QuietButton("Skip", self.show_reasons, key=shown_key("door_skip")))
        if visit_photos.allowed(step.section, step.question):
            photo = QuietButton("Photo", door.take_photo, key=shown_key("door_photo"), symbol="camera")
            row.addWidget(photo)
        self.add(foot)
        self._reasons = QWidget()
        reasons = FlowLayout(self._reasons, gap=8)
        self._reason_buttons = [
            QuietButton(words, partial(door.leave_out, words), key=str(n))
            for n, words in enumerate(walk.form.skip, 1)
        ]
        for button in self._reason_buttons:
            reasons.addWidget(button)
        self._reasons.hide()
        self.add(self._reasons)

    def _answers(self, given: Given, walk: DoorWalk) -> None:
        question = self._step.question
        if question.key == visit_faults.ASKED:
            rooms = visit_faults.rooms(walk.form)
            told = visit_faults.read("".join(given.values), [one.words for one in rooms])
            self._faults = FaultsBox(told, rooms, self._door.keep_faults, self._door.promise_of)
            self.add(self._faults)
        elif question.kind is Kind.TEXT:
            self._text = self._lines("In their words", question.words, "".join(given.values))
            self.add(self._text)
        elif question.kind is Kind.DAY:
            self._day = DateInput(date.fromisoformat(given.values[0]) if given.values else _day_before(walk))
            self._day.setAccessibleName(question.words)
            self.add(self._day)
        for number, option in enumerate(question.options, 1):
            if question.kind is Kind.MANY:
                check = Check(f"{number}  {option.words}")
                check.setChecked(option.key in given.values)
                self._checks.append(check)
                continue
            make = PrimaryButton if option.key in given.values else QuietButton
            press = partial(self._door.answer, (option.key,))
            if question.own_words and number > 1:
                press = partial(self._choose, option.key)
            self._choices.append(_big(make(option.words, press, key=str(number))))
            self.add(self._choices[-1])
        if self._checks:
            self.add(_side_by_side(self._checks))
        if question.own_words:
            hint = "What was said, in their own words, or what you saw"
            self._words = self._lines(hint, hint, "".join(given.values[1:]), rows=2)
            self._chosen = "".join(given.values[:1])
            if self._chosen in ("", question.options[0].key):
                self._words.hide()
            self.add(self._words)

    def _lines(self, hint: str, name: str, text: str, rows: int = 3) -> Lines:
        made = Lines(hint, rows=rows)
        made.setMaximumHeight(made.minimumHeight())
        made.setAccessibleName(name)
        made.setPlainText(text)
        return made

    def _choose(self, option: str) -> None:
        """Keep the answer, and ask for the words."""
        assert self._words is not None
        said = self._words.toPlainText().strip()
        self._chosen = option
        self._door.keep((option, said) if said else (option,))
        for button, one in zip(self._choices, self._step.question.options, strict=True):
            restyle(button, "role", "primary" if one.key == option else "quiet")
        self._words.show()
        self._on.show()
        self._words.setFocus(Qt.FocusReason.OtherFocusReason)

    def press(self, number: int) -> None:
        """The number of an answer, or of a reason while those are shown."""
        if not self._reasons.isHidden():
            if number < len(self._reason_buttons):
                self._reason_buttons[number].click()
        elif number < len(self._choices):
            self._choices[number].click()
        elif number < len(self._checks):
            self._checks[number].toggle()

    def save(self) -> None:
        """Save what is chosen or written; of single answers, the one in focus."""
        if self._faults is not None:
            if not self._faults.take() and self._faults.faults:  # they are on disk already
                self._door.go_ahead()
        elif self._words is not None and not self._words.isHidden():
            said = self._words.toPlainText().strip()
            self._door.answer((self._chosen, said) if said else (self._chosen,))
        elif self._day is not None:
            self._door.answer((self._day.value().isoformat(),))
        elif self._text is not None:
            self._door.answer((self._text.toPlainText().strip(),))
        elif self._checks:
            options = self._step.question.options
            chosen = (one.key for one, check in zip(options, self._checks, strict=True) if check.isChecked())
            self._door.answer(tuple(chosen))
        elif focused := next((one for one in self._choices if one.hasFocus()), None):
            focused.click()

    def show_reasons(self) -> None:
        """Offer the reasons for leaving it out."""
        self._reasons.show()
        self._reason_buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def take_focus(self) -> None:
        """To where one answers."""
        line = self._faults.picker.line if self._faults is not None else None
        first = line or self._text or self._day or next(iter([*self._choices, *self._checks]), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)


class SayCard(Card):
    """What to say now of what was just told."""

    def __init__(self, said: Sequence[Say]) -> None:
        super().__init__(margin=12)
        self.setMaximumWidth(round(_WIDE * look().scale))
        self.setAccessibleName("Say now")
        for one in said:
            self.add(toned(Tone(one.tone), f"{one.words}. {one.since}".strip()))
            self.add(Text(f"Say: {one.promise}", wrap=True).selectable())


class ConsentCard(Card):
    """One consent on its own: nothing is ticked beforehand."""

    def __init__(self, door: Door, walk: DoorWalk, consent: Consent) -> None:
        super().__init__(margin=20)
        self.setMaximumWidth(round(_WIDE * look().scale))
        self.setAccessibleName(consent.words)
        self.add(Text("Their consent, each on its own", role="quiet"))
        self.add(Text(consent.words, role="title", wrap=True))
        given = walk.consents.get(consent.key)
        self._choices = []
        for number, (words, value) in enumerate((("Yes", True), ("No", False)), 1):
            make = PrimaryButton if given is value else QuietButton
            self._choices.append(_big(make(words, partial(door.consent, value), key=str(number))))
            self.add(self._choices[-1])
        self.add(FlowRow(QuietButton("Back", door.go_back, key=shown_key("door_back"), symbol="back")))

    def press(self, number: int) -> None:
        """1 is yes, 2 is no."""
        if number < len(self._choices):
            self._choices[number].click()

    def take_focus(self) -> None:
        """To the first answer."""
        self._choices[0].setFocus(Qt.FocusReason.OtherFocusReason)
