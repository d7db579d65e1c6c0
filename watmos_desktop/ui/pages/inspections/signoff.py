"""Signing a walk: its score, what is still missing, what it raised, where two scores differ, and the signatures."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QBoxLayout, QGridLayout, QHBoxLayout, QWidget

from watmos_desktop.models.kinds import InspectionStatus, Role, Scorer, Sighting
from watmos_desktop.services import inspections, scoring, signing, wording
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.signing import SignatureDraft
from watmos_desktop.services.walk_view import Walk
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.badge import GradeBadge
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chart import Trend
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.signature import SignaturePad
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.inspections.item_side import PRIORITY_TONES, hazard_words
from watmos_desktop.ui.pages.inspections.joint import difference_words, differences

_BESIDE = 760
_SHOWN = 6
_ARROWS = {
    scoring.Trend.UP: ("▲ higher than last time", Tone.OK),
    scoring.Trend.SAME: ("= as last time", Tone.INFO),
    scoring.Trend.DOWN: ("▼ lower than last time", Tone.WARN),
}
_FOUND = {Sighting.FIXED: Tone.OK, Sighting.NOT_FIXED: Tone.WARN, Sighting.WORSE: Tone.BAD}


class SignOffPage(Page):
    """``open(inspection id)``; asks for ("walk", (id, item)) to go there and ("report", id) once signed."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self.sign_button = PrimaryButton("Sign and make the report", self.sign, key="Ctrl+Enter")
        back = QuietButton("Back to the walk", self.back, key="Esc", symbol="back")
        super().__init__("Sign", parent=parent)
        self._desk = desk
        self._walk: Walk | None = None
        self.gaps: list[QuietButton] = []
        self.score = Card("Score")
        self.missing = Card()
        self.raised = Card()
        self.apart = Card()
        self.signing = Card(
            "Signatures", "Draw with pen, finger or mouse, or type the name. Once signed it never changes."
        )
        self.officer = SignaturePad("Your signature")
        self.ambassador = SignaturePad("The ambassador's signature", typed_label="Or they type their name")
        self._officer_told, self._ambassador_told = (
            Text(role="error", wrap=True),
            Text(role="error", wrap=True),
        )
        for part in (self.officer, self._officer_told, self.ambassador, self._ambassador_told):
            self.signing.add(part)
        self.signing.body.addStretch(1)
        self._scroll = scroll = Scroll()
        left, right = QWidget(), QWidget()
        self._turn = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._turn.setSpacing(16)
        for holder, cards in (
            (left, (self.missing, self.apart, self.score)),
            (right, (self.signing, self.raised)),
        ):
            column = QBoxLayout(QBoxLayout.Direction.TopToBottom, holder)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(12)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            self._turn.addWidget(holder, 1)
        scroll.column.addLayout(self._turn)
        scroll.column.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(back)
        foot.addStretch(1)
        foot.addWidget(self.sign_button)
        self.body.addWidget(scroll, 1)
        self.body.addLayout(foot)
        bind(self, "save", self.sign)

    def open(self, argument: object) -> None:
        """Show what is to be signed; empty signatures each time."""
        self.notices.clear()
        if not isinstance(argument, UUID):
            return
        try:
            detail = self._desk.look(inspections.get, argument)
        except NotFound as error:
            self.notices.tell(error)
            return
        if detail.walk.status is not InspectionStatus.DRAFT:
            self.open_requested.emit("report", argument)
            return
        self._walk = detail.walk
        for pad in (self.officer, self.ambassador):
            pad.clear()
            pad.line.clear()
        self._show(detail)
        self._scroll.verticalScrollBar().setValue(0)
        self._show_first()

    def place(self) -> object:
        """The walk that is being signed."""
        return self._walk.id if self._walk else None

    def leave(self) -> None:
        """Signatures are not kept: they are given again."""
        self._walk = None

    def back(self) -> bool:
        """Back to the walk, where it was."""
        if self._walk is None:
            return False
        self.open_requested.emit("walk", self._walk.id)
        return True

    def sign(self) -> None:
        """Sign it; what is missing is said where it is missing."""
        if self._walk is None:
            return
        self._tell("", "")
        try:
            self._desk.seal("signed an inspection", signing.sign, self._walk.id, self._signatures())
        except Told as error:
            self._refused(error)
            return
        signed, self._walk = self._walk.id, None
        self.open_requested.emit("report", signed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button in focus."""
        focused = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns when there is room."""
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        beside = self.width() >= _BESIDE * look().scale
        self._turn.setDirection(directions.LeftToRight if beside else directions.TopToBottom)

    def _signatures(self) -> list[SignatureDraft]:
        assert self._walk is not None
        actor = self._desk.actor
        mine, theirs = self.officer, self.ambassador
        name = mine.typed() or (actor.name if mine.strokes() else "")
        drafts = [SignatureDraft(name, actor.role or Role.CARETAKER, strokes=mine.strokes())]
        if self._walk.joint:
            name = theirs.typed() or (self._walk.companion if theirs.strokes() else "")
            drafts.append(SignatureDraft(name, Role.AMBASSADOR, Scorer.AMBASSADOR, theirs.strokes()))
        return drafts

    def _refused(self, error: Told) -> None:
        if error.field == "signature":
            self._tell(str(error), "")
            self.officer.line.setFocus(Qt.FocusReason.OtherFocusReason)
        elif error.field == "ambassador_signature":
            self._tell("", str(error))
            self.ambassador.line.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.notices.tell(error)
            self._show_first()

    def _show_first(self) -> None:
        """Put the focus on the first thing to do: the first gap, else signing."""
        first: QWidget = self.gaps[0] if self.gaps else self.sign_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self, officer: str, ambassador: str) -> None:
        for label, words in ((self._officer_told, officer), (self._ambassador_told, ambassador)):
            label.setText(words)
            label.setVisible(bool(words))

    def _show(self, detail: inspections.InspectionDetail) -> None:
        walk = detail.walk
        found = signing.gaps(walk)
        missing = (
            f"{wording.count(len(found), 'thing')} to do before signing"
            if found
            else "Everything is answered"
        )
        self.head.say(f"Sign · {walk.place.name}", f"{walk.template.title} · {missing}")
        self._show_missing(walk, found)
        self._show_score(walk, detail)
        self._show_apart(walk)
        self._show_raised(walk)
        self._tell("", "")
        self.ambassador.setVisible(walk.joint)

    def _show_missing(self, walk: Walk, found: list[signing.Gap]) -> None:
        _begin(self.missing, "Before signing")
        self.missing.setVisible(bool(found))
        self.gaps = []
        for gap in found[:_SHOWN]:
            go = QuietButton("Go there", partial(self._go_there, walk.id, gap.item_key))
            go.setAccessibleName(f"Go there: {gap.words}")
            self.gaps.append(go)
            self.missing.body.addWidget(_line(Text(gap.words, wrap=True), go))
        if len(found) > _SHOWN:
            self.missing.add(Text(f"and {len(found) - _SHOWN} more", role="quiet"))

    def _go_there(self, inspection_id: UUID, item_key: str) -> None:
        self.open_requested.emit("walk", (inspection_id, item_key))

    def _show_score(self, walk: Walk, detail: inspections.InspectionDetail) -> None:
        now = walk.score
        before = scoring.score(walk.template, {key: one.plain for key, one in walk.last.items()})
        _begin(self.score, "Score")
        grade = str(now.grade) if now.grade else "–"
        words = f"{now.percent} %" if now.percent is not None else "Nothing is graded yet"
        if now.held:
            words += ", held down by what cannot be averaged away"
        head = QHBoxLayout()
        head.setSpacing(12)
        for part in (GradeBadge(grade, side=44), Text(words, role="heading"), *_arrow(now, before)):
            head.addWidget(part)
        head.addStretch(1)
        self.score.body.addLayout(head)
        points = [(wording.weekday(on)[4:], str(one)) for on, one in detail.trend]
        if now.grade and points:
            self.score.add(Trend("Grades", [*points[-5:], ("Now", str(now.grade))]))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        for row, area in enumerate(now.areas):
            grid.addWidget(GradeBadge(str(area.grade) if area.grade else "–", side=24), row, 0)
            grid.addWidget(Text(walk.template.area(area.key).name, wrap=True), row, 1)
            for part in _arrow(area, before.area(area.key), short=True):
                grid.addWidget(part, row, 2)
        self.score.body.addLayout(grid)

    def _show_apart(self, walk: Walk) -> None:
        _begin(self.apart, "Where you differ")
        self.apart.setVisible(walk.joint)
        if not walk.joint:
            return
        both, apart = len(walk.theirs), differences(walk)
        counted = wording.count(walk.their_count, "item")
        self.apart.add(
            Text(
                f"{walk.companion} graded {counted}; you both graded {both}. "
                + (
                    "Talk these over; both grades go into the report."
                    if apart
                    else "You agree on all of them."
                ),
                role="quiet",
                wrap=True,
            )
        )
        for one in apart:
            go = QuietButton("Go there", partial(self._go_there, walk.id, one.item.key))
            go.setAccessibleName(f"Go there: {one.item.name}")
            words = Text(f"{one.item.name}. {difference_words(one, walk.companion)}.", wrap=True)
            self.apart.body.addWidget(_line(words, go))

    def _show_raised(self, walk: Walk) -> None:
        poor = [item for item in walk.template.items if item.key in walk.raised]
        _begin(self.raised, f"{wording.count(len(poor), 'repair')} raised" if poor else "No repairs raised")
        for item in poor:
            card = walk.raised[item.key]
            pill = Pill(f"{card.priority.capitalize()} · {card.promise}", PRIORITY_TONES[card.priority])
            self.raised.add(Text(f"{card.title} · {card.reference}", wrap=True))
            self.raised.body.addWidget(pill, 0, Qt.AlignmentFlag.AlignLeft)
            if card.hazard:
                self.raised.add(Text(hazard_words(card), role="strong", wrap=True, tone=Tone.BAD))
        for one in walk.carried:
            if one.outcome is not None:
                found = one.outcome.value.replace("_", " ").capitalize()
                self.raised.body.addWidget(
                    _line(Text(one.title, wrap=True), Pill(found, _FOUND[one.outcome]))
                )


def _begin(card: Card, title: str) -> None:
    """Empty a card and give it its title again."""
    _empty(card.body)
    card.setAccessibleName(title)
    card.add(Text(title, role="heading", wrap=True))


def _empty(layout: QBoxLayout | QGridLayout) -> None:
    while layout.count():
        taken = layout.takeAt(0)
        if taken is None:
            return
        widget, inner = taken.widget(), taken.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner, (QBoxLayout, QGridLayout)):
            _empty(inner)


def _line(*parts: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    for part in parts:
        row.addWidget(part, 1 if isinstance(part, Text) else 0, Qt.AlignmentFlag.AlignVCenter)
    return holder


def _arrow(
    now: scoring.Score | scoring.AreaScore,
    before: scoring.Score | scoring.AreaScore | None,
    *,
    short: bool = False,
) -> list[QWidget]:
    """How it stands against last time, as words with an arrow; nothing when either is not scored."""
    trend = scoring.compare(now, before)
    if trend is None or before is None:
        return []
    words, tone = _ARROWS[trend]
    if short:
        words = f"{words.split(' ')[0]} was {before.grade}, {before.percent} %"
    return [Text(words, role="strong", tone=tone)]
