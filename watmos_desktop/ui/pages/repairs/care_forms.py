"""Short forms about people: told, noted, and the call after a repair is done (R3, R4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Channel
from watmos_desktop.services import repair_care, repair_feedback, repair_updates
from watmos_desktop.services.repair_feedback import SCORES, Answer
from watmos_desktop.services.repair_updates import HOW_WORDS
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Lines
from watmos_desktop.ui.pages.repairs.moment import WhenFields
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm, Values

Go = Callable[[str, object], None]
CHANNELS = (Channel.PHONE, Channel.IN_PERSON, Channel.TEXT, Channel.EMAIL, Channel.LETTER, Channel.CARD)
_FIXED, _NOT_FIXED, _SILENT = "fixed", "not_fixed", "silent"


def how(label: str, *, optional: bool = False) -> ChipRow:
    """Chips of the ways in which someone is told."""
    return ChipRow(label, [Choice(one.value, HOW_WORDS[one]) for one in CHANNELS], optional=optional)


class Phrases(QWidget):
    """A text with phrases to begin from: a press puts one in, and it can be changed. ``text`` is the input."""

    def __init__(
        self, hint: str, phrases: tuple[tuple[str, str], ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.text = Lines(hint, rows=3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.text)
        row = FlowRow()
        for short, say in phrases:
            row.add(QuietButton(short, partial(self._take, say), tip=say))
        column.addWidget(row)

    def _take(self, say: str) -> None:
        written = self.text.toPlainText().strip()
        self.text.setPlainText(f"{written} {say}" if written else say)
        self.text.setFocus()
        self.text.moveCursor(QTextCursor.MoveOperation.End)


class TellForm(PanelForm):
    """What the resident was told, when and how."""

    def __init__(self, desk: Desk, repair_id: UUID, go: Go) -> None:
        self._desk, self._repair, self._go = desk, repair_id, go
        self.phrases = Phrases("As you said it", repair_care.phrases())
        self.when = WhenFields(desk, "When?")
        super().__init__(
            "Tell the resident",
            [
                Field("how", "How?", how("How?")),
                Field("text", "What were they told?", self.phrases.text, holder=self.phrases),
                *self.when.fields,
            ],
            self._save,
            "Record",
            sentence="It stays as recorded, with your name and the time.",
            told_of={"told_at": "time"},
        )

    def _save(self, values: Values) -> None:
        channel, at = Channel(str(values["how"])), self.when.moment("told_at")
        self._desk.do(
            "told the resident", repair_updates.tell, self._repair, str(values["text"]), channel, told_at=at
        )
        said = HOW_WORDS[channel].lower()
        self._go("done", f"Recorded as told, {said}.")


class NoteForm(PanelForm):
    """A note for colleagues."""

    def __init__(self, desk: Desk, repair_id: UUID, go: Go) -> None:
        self._desk, self._repair, self._go = desk, repair_id, go
        field = Field(
            "text", "What should colleagues know?", Lines("Facts only: the resident may ask to read it")
        )
        super().__init__(
            "Note", [field], self._save, sentence="Added below the others; nobody's note is changed."
        )

    def _save(self, values: Values) -> None:
        self._desk.do("noted", repair_updates.note, self._repair, str(values["text"]))
        self._go("done", "Noted.")


class CallForm(PanelForm):
    """The call after completion: is it fixed, and how happy are they."""

    def __init__(self, desk: Desk, repair_id: UUID, go: Go) -> None:
        self._desk, self._repair, self._go = desk, repair_id, go
        self.answer = ChipRow(
            "Is it fixed?",
            [
                Choice(_FIXED, "Yes, it is fixed"),
                Choice(_NOT_FIXED, "No, it is not"),
                Choice(_SILENT, "Not reached"),
            ],
            lambda _: self._show(),
        )
        self.when = WhenFields(desk, "When did you ask?")
        scores = [Choice(str(score), f"{score} {words}") for score, words in SCORES.items()]
        self.score = ChipRow("How happy are they?", scores, optional=True)
        super().__init__(
            "Are they happy?",
            [
                Field("answer", "Is it fixed?", self.answer),
                Field("score", "How happy are they, from 1 to 5?", self.score),
                Field("comment", "In their words", Lines("What was good, what was not", rows=2)),
                Field("how", "How did you ask?", how("How did you ask?")),
                *self.when.fields,
            ],
            self._save,
            "Record",
            sentence="Not fixed opens the repair again. The first promise stands: no new time begins.",
            told_of={"at": "time"},
        )

    def _show(self) -> None:
        reached = self.answer.chosen() != _SILENT
        for name in ("score", "comment"):
            self.form.fields[name].setVisible(reached)

    def _save(self, values: Values) -> None:
        said: Answer | None = None
        if values["answer"] != _SILENT:
            score = int(str(values["score"])) if values["score"] else None
            said = Answer(values["answer"] == _FIXED, score, str(values["comment"]))
        channel, at = Channel(str(values["how"])), self.when.moment("at")
        done = self._desk.do(
            "asked whether it is fixed", repair_feedback.contact, self._repair, channel, said, at=at
        )
        self._go("done", done.words)
