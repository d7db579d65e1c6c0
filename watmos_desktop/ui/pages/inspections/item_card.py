"""One item of the walk: its name, what to look for, the answers, phrases, note and photos."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import NotScored, Scorer
from watmos_desktop.services.templates import Item
from watmos_desktop.services.walk_view import Given, Walk
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.kit.button import LinkButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line, Lines
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.photos import Photo
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.inspections.answers import Answers, Phrases
from watmos_desktop.ui.pages.inspections.pictures import Strip
from watmos_desktop.ui.pages.inspections.start import Start

_NEEDS = {"photo": "Needs a photo", "note": "Say what is wrong: choose below or write a note"}
_NOT_SCORED = {NotScored.NOT_APPLICABLE: "Not applicable here", NotScored.NOT_SEEN: "Not seen"}


class Doing(Protocol):
    """What an item card asks the walk to do."""

    def answer(self, value: str) -> None:
        """Give the item on show this value."""

    def phrase(self, key: str) -> None:
        """Say by a phrase what is wrong with it."""

    def not_applicable(self) -> None:
        """It does not exist here."""

    def ask_why_not_seen(self) -> None:
        """Open the field for the reason."""

    def not_seen(self, reason: str) -> None:
        """It could not be seen."""

    def edit_note(self) -> None:
        """Open the note."""

    def keep_note(self) -> None:
        """Close the note and save it."""

    def edit_repair(self) -> None:
        """Open the repair."""

    def show_photobook(self) -> None:
        """Show or hide what each grade looks like."""

    def invite(self) -> None:
        """Say who walks along."""

    def hand_over(self) -> None:
        """Let the other one grade."""


class Photographing(Protocol):
    """What an item card asks of the photos."""

    def photo_later(self) -> None:
        """Take a photo whose item is said later."""

    def open_photo(self, key: Hashable) -> None:
        """Show a photo large, to draw on it."""

    def remove_photo(self, key: Hashable) -> None:
        """Take a photo off the record."""


class ItemCard(Card):
    """The middle of the walk. It shows a ``Walk``'s item and hands every press to ``doing``."""

    def __init__(self, doing: Doing, taking: Photographing, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.name = Start()
        self.setFocusProxy(self.name)
        self._item: Item | None = None
        self._low = False
        self.look_for = Text(role="quiet", wrap=True)
        self.answers = Answers(doing.answer)
        self.phrases = Phrases()
        self.phrases.picked.connect(doing.phrase)
        self.phrases_head = Text("What is wrong?  Alt and the number", role="small")
        self.not_graded = _pill()
        self.needs = _pill()
        self.theirs = _pill()
        self.bulk = _pill()
        self.note = Lines("What did you see?", rows=2)
        self.note.setMaximumHeight(140)
        self.note_field = Field("note", "Note", self.note)
        self.note_shown = Text(wrap=True)
        self.reason = Line("For example: the lift was out of use")
        self.reason_field = Field(
            "reason",
            "Why could it not be seen?",
            self.reason,
            holder=_row(
                self.reason, QuietButton("Save", lambda: doing.not_seen(self.reason.text()), key="Enter")
            ),
        )
        self.reason.returnPressed.connect(lambda: doing.not_seen(self.reason.text()))
        self.photos = Strip("Photos of this item", on_open=taking.open_photo, on_remove=taking.remove_photo)
        self._build(doing, taking)

    def show_item(self, walk: Walk, item: Item, photos: list[Photo], note: str) -> None:
        """Show an item as it stands; ``note`` is what is written or being written about it."""
        given, officer = walk.mine.get(item.key), walk.scorer is Scorer.OFFICER
        if self._item is not item:
            self._item = item
            self.name.say(item.name, f"{item.name}. {item.look_for}")
            self.look_for.setText(item.look_for)
            self.close_fields()
        self.setAccessibleName(f"{item.name}. {item.look_for}")
        self.answers.show_item(item, given, walk.last.get(item.key))
        self.phrases.setVisible(officer)
        self.phrases_head.setVisible(officer and not self._low)
        if officer:
            self.phrases.show_phrases(item.phrases, given.phrase_key if given else "")
        self.together.setVisible(not walk.joint)
        self.hand.setVisible(walk.joint)
        self.hand.say(f"{walk.companion} grades" if officer else "Hand back")
        self.other.setVisible(officer)
        self.later.setVisible(officer)
        self._show_note(note, officer)
        self.show_photos(walk, item, photos)

    def show_photos(self, walk: Walk, item: Item, photos: list[Photo]) -> None:
        """Show the item's photos, and whether one is still needed."""
        officer = walk.scorer is Scorer.OFFICER
        self._say_state(walk, item, walk.mine.get(item.key))
        self.photos.setVisible(officer and bool(photos))
        if officer:
            self.photos.show_photos(photos)

    def show_low(self, low: bool) -> None:
        """Leave out what a low window has no room for."""
        self._low = low
        self.phrases_head.setVisible(not low and not self.phrases.isHidden())

    def open_note(self, text: str) -> None:
        """Put the cursor into the note."""
        self.note.setPlainText(text)
        self.note_box.setVisible(True)
        self.note_shown.setVisible(False)
        self.note_field.show_error("")
        self.note.moveCursor(self.note.textCursor().MoveOperation.End)
        self.note.setFocus(Qt.FocusReason.OtherFocusReason)

    def note_is_open(self) -> bool:
        """Whether a note is being written."""
        return not self.note_box.isHidden()

    def open_reason(self) -> None:
        """Put the cursor where the reason goes."""
        self.reason.clear()
        self.reason_field.show_error("")
        self.reason_field.setVisible(True)
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_fields(self) -> None:
        """Close note and reason."""
        self.note_box.setVisible(False)
        self.reason_field.setVisible(False)

    def open_part(self) -> QWidget | None:
        """The field being written in, which must stay in sight."""
        return next((one for one in (self.note_box, self.reason_field) if not one.isHidden()), None)

    def _say_state(self, walk: Walk, item: Item, given: Given | None) -> None:
        words = _NOT_SCORED[given.not_scored] if given and given.not_scored else ""
        if given and given.reason:
            words += f": {given.reason}"
        _show(self.not_graded, words, Tone.INFO)
        needs = walk.still_needed(item.key)
        _show(self.needs, " · ".join(_NEEDS[need] for need in needs), Tone.WARN)
        _show(self.bulk, "Marked OK with the rest of the area" if given and given.bulk else "", Tone.INFO)
        theirs = walk.theirs.get(item.key)
        who = walk.companion if walk.scorer is Scorer.OFFICER else walk.started_by
        same = bool(theirs and given and theirs.grade is given.grade)
        graded = _grade_words(theirs)
        _show(self.theirs, f"{who} graded {graded}" if theirs else "", Tone.OK if same else Tone.WARN)
        self._states.setVisible(any(not pill.isHidden() for pill in self._pills))

    def _show_note(self, note: str, officer: bool) -> None:
        if self.note_is_open():
            return
        self.note_shown.setText(f"Note: {note}")
        self.note_shown.setVisible(officer and bool(note))

    def _build(self, doing: Doing, taking: Photographing) -> None:
        column = self.body
        column.setSpacing(10)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name)
        words.addWidget(self.look_for)
        head.addLayout(words, 1)
        self.photobook = LinkButton("Photobook", doing.show_photobook, key=shown_key("photobook"))
        head.addWidget(self.photobook, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self.answers)
        self._states = QWidget()
        states = FlowLayout(self._states, gap=8)
        self._pills = (self.not_graded, self.needs, self.theirs, self.bulk)
        for pill in self._pills:
            states.addWidget(pill)
        column.addWidget(self._states)
        column.addWidget(self.phrases_head)
        column.addWidget(self.phrases)
        column.addWidget(self._others(doing, taking))
        column.addWidget(self.reason_field)
        self.note_box = QWidget()
        note = QVBoxLayout(self.note_box)
        note.setContentsMargins(0, 0, 0, 0)
        note.addWidget(self.note_field)
        note.addWidget(
            QuietButton("Keep note", doing.keep_note, key="Ctrl+Enter"), 0, Qt.AlignmentFlag.AlignLeft
        )
        column.addWidget(self.note_box)
        column.addWidget(self.note_shown)
        column.addWidget(self.photos)
        column.addStretch(1)
        for button in self.findChildren(LinkButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _others(self, doing: Doing, taking: Photographing) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, gap=4)
        self.other = LinkButton("Another repair", doing.edit_repair, key=shown_key("repair"))
        self.none_here = LinkButton("Not applicable", doing.not_applicable, key=shown_key("not_applicable"))
        self.unseen = LinkButton("Not seen", doing.ask_why_not_seen, key=shown_key("not_seen"))
        self.later = LinkButton("Photo for later", taking.photo_later, key=shown_key("photo_later"))
        self.together = LinkButton("Walk together", doing.invite, key=shown_key("joint"))
        self.hand = LinkButton("Hand over", doing.hand_over, key=shown_key("hand_over"))
        for button in (self.other, self.none_here, self.unseen, self.later, self.together, self.hand):
            flow.addWidget(button)
        return holder


def _grade_words(given: Given | None) -> str:
    if given is None:
        return ""
    return given.grade.value if given.grade else "it not at all"


def _pill() -> Pill:
    pill = Pill("", Tone.INFO)
    pill.setVisible(False)
    return pill


def _show(pill: Pill, words: str, tone: Tone) -> None:
    if words:
        pill.say(words, tone)
    pill.setVisible(bool(words))


def _row(*parts: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part, 1 if isinstance(part, Line) else 0)
    return holder
