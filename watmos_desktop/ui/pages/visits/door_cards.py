"""What stands on the screen at the door: a question with its big answers, a consent, the end, what is left to do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_form import Consent, Given, Kind, Step
from watmos_desktop.services.visit_walk_view import DoorWalk
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.kit.button import Button, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, Line, Lines
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.signature import SignaturePad, Stroke
from watmos_desktop.ui.kit.text import Heading, Text

_BIG, _WIDE = 56, 1000  # pixels
_WORRY = (
    "Somebody may not be safe. Ring the safeguarding lead before you do anything else: it is kept apart here,"
)
_WORRY_2 = "but this program rings nobody."


class Door(Protocol):
    """What a card asks of its page."""

    def answer(self, values: tuple[str, ...]) -> None: ...  # noqa: D102
    def consent(self, given: bool) -> None: ...  # noqa: D102
    def leave_out(self, reason: str) -> None: ...  # noqa: D102
    def same(self) -> None: ...  # noqa: D102
    def go_back(self) -> None: ...  # noqa: D102
    def complete(self) -> None: ...  # noqa: D102


def _big(button: Button) -> Button:
    button.setMinimumHeight(_BIG)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return button


def _line(tone: Tone, words: str) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    row.addWidget(Dot(tone))
    row.addWidget(Text(words, wrap=True), 1)
    return holder


class QuestionCard(Card):
    """One question. A number chooses; of several, Enter saves."""

    def __init__(self, door: Door, walk: DoorWalk, step: Step) -> None:
        super().__init__(margin=20)
        self.setMaximumWidth(_WIDE)
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
        self._answers(given)
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        row.addWidget(QuietButton("Back", door.go_back, key=shown_key("door_back"), symbol="back"))
        row.addWidget(QuietButton("Skip", self.show_reasons, key=shown_key("door_skip")))
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

    def _answers(self, given: Given) -> None:
        question = self._step.question
        if question.kind is Kind.TEXT:
            self._text = Lines("In their words", rows=3)
            self._text.setMaximumHeight(self._text.minimumHeight())
            self._text.setAccessibleName(question.words)
            self._text.setPlainText("".join(given.values))
            self.add(self._text)
        for number, option in enumerate(question.options, 1):
            if question.kind is Kind.MANY:
                check = Check(f"{number}  {option.words}")
                check.setChecked(option.key in given.values)
                self._checks.append(check)
                self.add(check)
                continue
            make = PrimaryButton if option.key in given.values else QuietButton
            press = partial(self._door.answer, (option.key,))
            self._choices.append(_big(make(option.words, press, key=str(number))))
            self.add(self._choices[-1])
        if question.kind is not Kind.ONE:
            self.add(PrimaryButton("Go on", self.save, key=shown_key("door_on")))

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
        if self._text is not None:
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
        first = self._text or next(iter([*self._choices, *self._checks]), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)


class ConsentCard(Card):
    """One consent on its own: nothing is ticked beforehand."""

    def __init__(self, door: Door, walk: DoorWalk, consent: Consent) -> None:
        super().__init__(margin=20)
        self.setMaximumWidth(_WIDE)
        self.setAccessibleName(consent.words)
        self.add(Text("Their consent, each on its own", role="quiet"))
        self.add(Text(consent.words, role="title", wrap=True))
        given = walk.consents.get(consent.key)
        self._choices = []
        for number, (words, value) in enumerate((("Yes", True), ("No", False)), 1):
            make = PrimaryButton if given is value else QuietButton
            self._choices.append(_big(make(words, partial(door.consent, value), key=str(number))))
            self.add(self._choices[-1])
        self.add(QuietButton("Back", door.go_back, key=shown_key("door_back"), symbol="back"))

    def press(self, number: int) -> None:
        """1 is yes, 2 is no."""
        if number < len(self._choices):
            self._choices[number].click()

    def take_focus(self) -> None:
        """To the first answer."""
        self._choices[0].setFocus(Qt.FocusReason.OtherFocusReason)


class EndCard(Card):
    """A signature for each tenant; then it is sealed."""

    def __init__(self, door: Door, walk: DoorWalk) -> None:
        super().__init__(margin=20)
        self.setMaximumWidth(_WIDE)
        # Nothing of what was found stands here: whoever signs reads this screen.
        self.add(Heading("Everything was asked"))
        self._pads = [
            (name, SignaturePad(f"Signature of {name}")) for name in walk.tenants or ("the tenant",)
        ]
        for _, pad in self._pads:
            self.add(pad)
        self._unsigned = Field("signature", "Why nobody signs, if so", Line("For example: would rather not"))
        self.add(self._unsigned)
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        row.addWidget(PrimaryButton("Complete the visit", door.complete, key=shown_key("door_on")))
        row.addWidget(QuietButton("Back", door.go_back, key=shown_key("door_back"), symbol="back"))
        self.add(foot)

    def signed(self) -> list[tuple[str, tuple[Stroke, ...]]]:
        """Who signed: the name typed, else the tenant's, with what was drawn."""
        return [(pad.typed() or name, pad.strokes()) for name, pad in self._pads if pad.is_signed()]

    def unsigned(self) -> str:
        """Why nobody signs."""
        return str(self._unsigned.value())

    def tell(self, told: Told) -> bool:
        """Say at the field that nobody has signed; False for anything else."""
        if told.field != "signature":
            return False
        self._unsigned.show_error(str(told))
        self._unsigned.widget.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def press(self, number: int) -> None:
        """Numbers mean nothing here."""

    def take_focus(self) -> None:
        """To the first name: it can be typed at once."""
        self._pads[0][1].line.setFocus(Qt.FocusReason.OtherFocusReason)


class DoneCard(Card):
    """A visit that is done and sealed; what is left to do is shown on request, out of the sight of others."""

    def __init__(self, walk: DoorWalk, leave: Callable[[], object]) -> None:
        super().__init__(margin=20)
        self.setMaximumWidth(_WIDE)
        self.add(Heading("Done: the home was seen, and the record is sealed"))
        self._leave = PrimaryButton("To the visits", leave, key="Esc")
        self._show = QuietButton("What is left to do, for you alone", self.show_to_do, key="1")
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        row.addWidget(self._leave)
        row.addWidget(self._show)
        self.add(foot)
        self._walk = walk

    def show_to_do(self) -> None:
        """Show it, once."""
        if self._show.isVisibleTo(self):
            self._leave.setFocus(Qt.FocusReason.OtherFocusReason)
            self._show.hide()
            _to_do(self, self._walk)

    def press(self, number: int) -> None:
        """1 shows what is left to do."""
        if number == 0:
            self.show_to_do()

    def take_focus(self) -> None:
        """To the way out."""
        self._leave.setFocus(Qt.FocusReason.OtherFocusReason)


def _to_do(card: Card, walk: DoorWalk) -> None:
    if walk.worry:
        card.add(_line(Tone.BAD, f"{_WORRY} {_WORRY_2}"))
    card.add(Text("To do after this visit" if walk.to_do else "Nothing was left to do.", role="strong"))
    for words in walk.to_do:
        card.add(_line(Tone.WARN, words))
