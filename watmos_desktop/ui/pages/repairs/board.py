"""The board: repairs side by side by how far they are; arrows go from card to card, Ctrl and an arrow moves one."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Waiting
from watmos_desktop.services import policy, repair_board
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_board import COLUMNS, DONE, WAITING, WAITS, Column
from watmos_desktop.services.repairs import Filter, RepairCard
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import LinkButton, QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import Select
from watmos_desktop.ui.kit.look import Tone, look, paint_focus
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import paint_pill
from watmos_desktop.ui.kit.text import Heading, Text

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class BoardCard(QAbstractButton):
    """One repair: what, where, how it stands. ``stepped(x, y, moves)`` for arrows, with Ctrl they move the card."""

    stepped = Signal(int, int, bool)
    touched = Signal()

    def __init__(self, card: RepairCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = card
        self.setAccessibleName(f"{card.title}, {card.where}, {card.due.text}")
        self.setAccessibleDescription(card.reference)
        self.setToolTip(f"{card.reference} · {card.title} · {card.where}")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def sizeHint(self) -> QSize:
        """Two lines of what, one of where, and the pill."""
        body, small = (QFontMetrics(look().font(role)).height() for role in ("body", "small"))
        return QSize(180, 2 * body + small + round(28 * look().scale) + 30)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The foot of the board speaks of it."""
        super().focusInEvent(event)
        self.touched.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go on; Enter opens."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(*step, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A small white card."""
        painter, dress = QPainter(self), look()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(dress.colour("brand" if self.hasFocus() else "line"))
        painter.setBrush(dress.colour("brand_soft" if self.isDown() else "surface"))
        painter.drawRoundedRect(box, 8, 8)
        inner = self.rect().adjusted(10, 8, -10, -8)
        wraps = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        body, small = dress.font("body", bold=True), dress.font("small")
        height = QFontMetrics(body).height()
        painter.setFont(body)
        painter.setPen(dress.colour("ink"))
        what = inner.adjusted(0, 0, 0, 0)
        what.setHeight(2 * height)
        painter.drawText(what, wraps, _two_lines(self.card.title, QFontMetrics(body), inner.width()))
        metrics = QFontMetrics(small)
        where = inner.adjusted(0, 2 * height + 4, 0, 0)
        painter.setFont(small)
        painter.setPen(dress.colour("ink2"))
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextSingleLine
        painter.drawText(
            where, line, metrics.elidedText(self.card.where, Qt.TextElideMode.ElideRight, inner.width())
        )
        pill = QRectF(inner).adjusted(0, 2 * height + metrics.height() + 8, 0, 0)
        words = f"Waits {WAITS[self.card.waiting]}" if self.card.waiting else self.card.due.text
        tone = Tone.WARN if self.card.waiting else Tone(self.card.due.tone)
        paint_pill(painter, pill, words, tone, dress)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), 8, dress.colour("brand"))


class BoardPage(Page):
    """Four columns. Emits ``open_requested("repairs", id)``, or the page that a move has to ask first."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        self.whose = ChipRow(
            "Whose", [Choice("all", "All I see"), Choice("mine", "Mine")], lambda _: self.refresh()
        )
        plan = QuietButton("Plan", self.show_plan, key=shown_key("plan"))
        back = QuietButton("List", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("Board", "", self.whose, plan, back, parent=parent)
        self._desk = desk
        self._may = policy.may(desk.actor, Action.CHANGE_REPAIR, "repair")
        self.cards: dict[str, list[BoardCard]] = {key: [] for key in COLUMNS}
        self._heads: dict[str, Heading] = {}
        self._scrolls: dict[str, Scroll] = {}
        self._shown: UUID | None = None
        row = QHBoxLayout()
        row.setSpacing(8)
        for key, words in COLUMNS.items():
            column = QVBoxLayout()
            column.setSpacing(8)
            self._heads[key] = Heading(words)
            self._scrolls[key] = Scroll()
            self._scrolls[key].column.setSpacing(8)
            column.addWidget(self._heads[key])
            column.addWidget(self._scrolls[key], 1)
            row.addLayout(column, 1)
        self.body.addLayout(row, 1)
        self.body.addWidget(self._make_foot())
        bind(self, "plan", self.show_plan)
        Fresh(self, desk.changed, self.refresh, {"repair"})
        self.refresh()

    def refresh(self) -> None:
        """Read the columns again; the card in hand keeps the keyboard."""
        columns = self._desk.look(repair_board.of, mine=self.whose.chosen() == "mine")
        had = next(
            (one.card.id for each in self.cards.values() for one in each if one.hasFocus()), self._shown
        )
        for column in columns:
            self._fill(column)
        total = sum(column.total for column in columns if column.key != DONE)
        self.head.say("Board", f"{total:,} open · Enter opens, Ctrl and an arrow moves a card")
        if not self.take(had):
            first = next((each[0] for each in self.cards.values() if each), None)
            self._touch(None)
            if first is not None:
                first.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def take(self, repair_id: UUID | None) -> bool:
        """Put the keyboard on a repair's card; False if it is not on the board."""
        card = next((one for each in self.cards.values() for one in each if one.card.id == repair_id), None)
        if card is None:
            return False
        card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        card.setFocus(Qt.FocusReason.OtherFocusReason)
        self._touch(card)
        return True

    def open(self, argument: object) -> None:
        """Show the board, with the keyboard on a repair if its id is given."""
        self.take(argument if isinstance(argument, UUID) else self._shown)

    def place(self) -> object:
        """The card in hand."""
        return self._shown

    def show_plan(self) -> None:
        """The plan where the card in hand stands."""
        self.open_requested.emit("plan", ("repair", self._shown) if self._shown is not None else None)

    def move_card(self, repair_id: UUID, to: str) -> None:
        """Move a card, or go to the page that has to be asked first; what is not lawful is said."""
        try:
            why = Waiting(self.why.value() or Waiting.RESIDENT.value)
            done = self._desk.do("moved a repair", repair_board.move, repair_id, to, why)
        except Told as told:
            self.notices.tell(told)
            return
        if done.ask:
            self.open_requested.emit(done.ask, repair_id)
            return
        self._shown = repair_id
        self.refresh()
        self.notices.offer_undo(done.words, self._take_back)

    def _take_back(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self.notices.tell(told)

    def _make_foot(self) -> QWidget:
        self._foot = QWidget()
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._words = Text(wrap=True)
        self.why = Select([Choice(one.value, f"waits {words}") for one, words in WAITS.items()])
        self.why.setAccessibleName("What it waits for")
        self.buttons: dict[str, QuietButton] = {}
        row.addWidget(self._words, 1)
        for key, words in COLUMNS.items():
            short = "Done" if key == DONE else words
            self.buttons[key] = QuietButton(
                short, partial(self._move_shown, key), tip=f"Move to {words.lower()}"
            )
            row.addWidget(self.buttons[key])
            if key == WAITING:
                row.addWidget(self.why)
        self._foot.setVisible(False)
        return self._foot

    def _move_shown(self, to: str) -> None:
        if self._shown is not None:
            self.move_card(self._shown, to)

    def _fill(self, column: Column) -> None:
        self._heads[column.key].setText(f"{column.words} · {column.total:,}")
        scroll = self._scrolls[column.key].column
        while scroll.count():
            taken = scroll.takeAt(0)
            part = taken.widget() if taken is not None else None
            if part is not None:
                part.hide()
                part.deleteLater()
        made = [BoardCard(card) for card in column.cards]
        for card in made:
            card.clicked.connect(partial(self.open_requested.emit, "repairs", card.card.id))
            card.touched.connect(partial(self._touch, card))
            card.stepped.connect(partial(self._step, card))
            scroll.addWidget(card)
        self.cards[column.key] = made
        if column.total > len(made):
            words = f"{column.total - len(made):,} more in the list"
            state = "done" if column.key == DONE else "open"
            scroll.addWidget(LinkButton(words, partial(self.open_requested.emit, "repairs", Filter(state))))
        if not made:
            scroll.addWidget(Text("Nothing here.", role="quiet"))
        scroll.addStretch(1)

    def _step(self, card: BoardCard, across: int, down: int, moves: bool) -> None:
        keys = list(COLUMNS)
        here = next(n for n, key in enumerate(keys) if card in self.cards[key])
        if moves and across and self._may:
            if 0 <= here + across < len(keys):
                self.move_card(card.card.id, keys[here + across])
            return
        column, row = here, self.cards[keys[here]].index(card) + down
        while across and 0 <= column + across < len(keys):
            column += across
            if self.cards[keys[column]]:
                break
        cards = self.cards[keys[column]]
        if cards:
            target = cards[min(max(row, 0), len(cards) - 1)]
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scrolls[keys[column]].ensureWidgetVisible(target)

    def _touch(self, card: BoardCard | None) -> None:
        """The foot offers the moves of the card in hand."""
        self._shown = card.card.id if card is not None else None
        for each in self.cards.values():
            for one in each:
                strong = one is card
                one.setFocusPolicy(Qt.FocusPolicy.StrongFocus if strong else Qt.FocusPolicy.ClickFocus)
        self._foot.setVisible(card is not None and self._may)
        if card is not None:
            self._words.setText(f"Move {card.card.reference} to")
            here = repair_board.column_of(card.card)
            for key, button in self.buttons.items():
                button.setEnabled(key != here)


def _two_lines(words: str, metrics: QFontMetrics, width: int) -> str:
    """Words that fit two lines of a width, the second cut with …."""
    first, rest = "", words
    for word in words.split(" "):
        longer = f"{first} {word}".strip()
        if metrics.horizontalAdvance(longer) > width:
            break
        first, rest = longer, words[len(longer) :].lstrip()
    cut = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)
    return f"{first}\n{cut}" if first and rest else first or cut
