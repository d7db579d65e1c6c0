"""The dark rail with the tabs."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.icons import icon
from watmos_desktop.ui.kit.look import look, paint_focus
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.text import Elided, Text

WIDE, NARROW, ICONS = 208, 188, 64
_GAP, _TOP, _FOOT = 4, 6, 8  # eleven tabs of 44 px stand on a screen of 600


def _side() -> int:
    return round(20 * min(look().scale, 1.5))


class RailButton(QAbstractButton):
    """A tab: icon, word, and how many things there need me. ``RailButton("today", "Today", 4)``."""

    def __init__(
        self, symbol: str, words: str, count: int | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._symbol = symbol
        self._count = count
        self._bare = False
        self.setText(words)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_count(count)

    def show_count(self, count: int | None) -> None:
        """Another number; None or 0 shows none."""
        self._count = count or None
        self.setAccessibleName(f"{self.text()}, {count:,} to do" if self._count else self.text())
        self.update()

    def show_bare(self, bare: bool) -> None:
        """Icons only, with the words in the tool tip."""
        self._bare = bare
        self.setToolTip(self.text() if bare else "")
        self.update()

    def sizeHint(self) -> QSize:
        """A row of the rail."""
        return QSize(44, max(44, QFontMetrics(look().font("body")).height() + 16))

    def minimumSizeHint(self) -> QSize:
        """At its narrowest the icon stays."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Chosen ground with a bright edge, icon, words, count."""
        dress = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        chosen = self.isChecked()
        if chosen or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            ground = dress.colour("rail_chosen")
            painter.setOpacity(1.0 if chosen else 0.5)
            painter.setBrush(ground)
            painter.drawRoundedRect(box, 8, 8)
            painter.setOpacity(1.0)
        if chosen:
            painter.setBrush(dress.colour("rail_mark"))
            painter.drawRoundedRect(QRectF(0, 8, 4, box.height() - 16), 2, 2)
        ink = Qt.GlobalColor.white if chosen else dress.colour("rail_ink")
        painter.setPen(ink)
        drawn = icon(self._symbol, painter.pen().color())
        side = _side()
        left = (self.width() - side) // 2 if self._bare else 12
        drawn.paint(painter, left, (self.height() - side) // 2, side, side)
        if self._bare:
            self._paint_badge(painter, left)
        else:
            self._paint_words(painter, chosen)
        if self.hasFocus():
            paint_focus(painter, box, 8, dress.colour("rail_mark"))

    def _paint_words(self, painter: QPainter, bold: bool) -> None:
        dress = look()
        number = f"{self._count:,}" if self._count else ""
        strong = dress.font("small", bold=True)
        taken = QFontMetrics(strong).horizontalAdvance(number) + 6 if number else 0
        font = dress.font("body", bold=bold)
        space = self.rect().adjusted(22 + _side(), 0, -10 - taken, 0)
        painter.setFont(font)
        words = QFontMetrics(font).elidedText(self.text(), Qt.TextElideMode.ElideRight, space.width())
        painter.drawText(space, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        painter.setFont(strong)
        edge = self.rect().adjusted(0, 0, -10, 0)
        painter.drawText(edge, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)

    def _paint_badge(self, painter: QPainter, left: int) -> None:
        if self._count:
            font = look().font("small", bold=True)
            font.setPixelSize(11)
            painter.setFont(font)
            painter.drawText(
                QRectF(left + _side() - 6, 1, 26, 14), Qt.AlignmentFlag.AlignLeft, f"{self._count:,}"
            )


class Rail(QWidget):
    """'WATMOS', who is using it, the tabs, and the keys at the foot; ``fit(width)`` chooses its breadth."""

    def __init__(self, brand: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Tabs")
        self._buttons: list[RailButton] = []
        self._wanted: RailButton | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._bring)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(12, _TOP, 12, _FOOT)
        column.setSpacing(_GAP)
        self._brand = Text(brand, role="brand")
        self._person = Elided(role="small")
        self.hide_button = RailButton("eye-off", "Hide the screen")
        self.hide_button.setCheckable(False)
        self.hide_button.setFixedWidth(44)
        self.hide_button.show_bare(True)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self._brand, 1)
        top.addWidget(self.hide_button)
        self._foot = QWidget()
        self._hints = FlowLayout(self._foot, gap=6)
        scroll = Scroll()
        scroll.setObjectName("tabs")
        self._scroll = scroll
        self._tabs = scroll.column
        self._tabs.addStretch(1)
        column.addLayout(top)
        column.addWidget(self._person)
        column.addSpacing(_GAP)
        column.addWidget(scroll, 1)
        column.addWidget(self._foot)
        self.setFixedWidth(WIDE)

    def say(self, person: str, *hints: str) -> None:
        """Who is using it, and the keys worth knowing."""
        self._person.say(person)
        while self._hints.count():
            old = self._hints.takeAt(0)
            widget = old.widget() if old is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for hint in hints:
            self._hints.addWidget(Text(hint, role="small"))

    def fill(self, buttons: list[RailButton]) -> None:
        """Show these tabs instead of the old ones."""
        for old in self._buttons:
            self._tabs.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._buttons = buttons
        for number, button in enumerate(buttons):
            self._tabs.insertWidget(number, button)

    def bring_into_view(self, button: RailButton) -> None:
        """Scroll to a tab, where there are more than fit; once it has its place."""
        self._wanted = button
        self._soon.start()

    def _bring(self) -> None:
        if self._wanted in self._buttons:
            self._scroll.ensureWidgetVisible(self._wanted, 0, 8)

    def fit(self, window_width: int) -> None:
        """208 px; 188 px in a window below 1200 px; icons only below 900 px (each times the text scale)."""
        scale = look().scale
        bare = window_width < 900 * scale
        width = ICONS if bare else round((NARROW if window_width < 1200 * scale else WIDE) * scale)
        self.setFixedWidth(width)
        self._brand.setVisible(not bare)
        self._person.setVisible(not bare)
        self._foot.setVisible(not bare)
        side = 10 if bare else 12
        self._column.setContentsMargins(side, _TOP, side, _FOOT)
        for button in self._buttons:
            button.show_bare(bare)
        self._close_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Many tabs on a small tablet stand without gaps before they scroll."""
        super().resizeEvent(event)
        self._close_up()

    def _close_up(self) -> None:
        """Gaps between the tabs where there is room for them; more tabs than fit scroll, they do not shrink."""
        tabs = sum(button.sizeHint().height() for button in self._buttons)
        room = self._scroll.height()
        gap = _GAP if tabs + _GAP * (len(self._buttons) + 1) <= room else 0
        self._tabs.setSpacing(gap)
        inside = self._scroll.widget()
        if inside is not None:
            inside.setMinimumHeight(self._tabs.minimumSize().height())
