"""Buttons with their key beside the words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from watmos_desktop.ui.kit.icons import icon
from watmos_desktop.ui.kit.look import look, paint_focus

_GAP = 8


def _icon_side() -> int:
    return round(18 * look().scale)


class Button(QPushButton):
    """Words, the key that presses it in a lighter ink, and an icon if any; 44 px high.

    Use ``PrimaryButton`` or ``QuietButton``. The key is only shown here; ``ui.actions`` makes it work.
    """

    def __init__(
        self,
        words: str,
        on_press: Callable[[], object] | None = None,
        *,
        key: str = "",
        role: str = "quiet",
        symbol: str = "",
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self._key = key
        self._symbol = symbol
        self.setProperty("role", role)
        self.setAccessibleName(words)
        self.setAccessibleDescription(" ".join(part for part in (tip, f"Key {key}" if key else "") if part))
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        if on_press is not None:
            self.clicked.connect(lambda: on_press())

    def say(self, words: str) -> None:
        """Change the words on the button."""
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for icon, words and key."""
        hint = super().sizeHint()
        extra = 0
        if self._key:
            extra += _GAP + self.fontMetrics().horizontalAdvance(self._key)
        if self._symbol:
            extra += _icon_side() + (_GAP if self.text() else 0)
        return QSize(hint.width() + extra, max(hint.height(), 44, self.fontMetrics().height() + 16))

    def minimumSizeHint(self) -> QSize:
        """Words are never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and border by the style sheet; words, key and focus ring here."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.state &= ~QStyle.StateFlag.State_HasFocus
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        self._paint_words(painter)
        if self.hasFocus():
            primary = self.property("role") == "primary"
            inset = 2.0 if primary else 0.0
            box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
            ring = look().colour("on_brand" if primary else "brand")
            paint_focus(painter, box, self._radius() - inset, ring)

    def _radius(self) -> float:
        return 9.0

    def _inks(self) -> tuple[str, str]:
        """Tokens of the words and of the key."""
        if not self.isEnabled():
            return "ink2", "ink2"
        role = self.property("role")
        if role == "primary":
            return "on_brand", "on_brand"
        return ("brand", "ink2") if role == "link" else ("ink", "ink2")

    def _paint_words(self, painter: QPainter) -> None:
        if self.isChecked():
            bold = painter.font()
            bold.setBold(True)
            painter.setFont(bold)
        words_ink, key_ink = (look().colour(token) for token in self._inks())
        metrics = painter.fontMetrics()
        words_width = metrics.horizontalAdvance(self.text())
        key_width = metrics.horizontalAdvance(self._key) + _GAP if self._key else 0
        side = _icon_side()
        icon_width = side + (_GAP if self.text() else 0) if self._symbol else 0
        x = (self.width() - words_width - key_width - icon_width) / 2
        if self._symbol:
            top = (self.height() - side) / 2
            icon(self._symbol, words_ink).paint(painter, round(x), round(top), side, side)
            x += icon_width
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        painter.setPen(words_ink)
        painter.drawText(QRectF(x, 0, words_width + 2, self.height()), flags, self.text())
        if self._key:
            font = painter.font()
            font.setBold(False)
            painter.setFont(font)
            painter.setPen(key_ink)
            painter.drawText(
                QRectF(x + words_width + _GAP, 0, key_width + 2, self.height()), flags, self._key
            )


class PrimaryButton(Button):
    """The one filled button of a page. ``PrimaryButton("Start", start, key="Enter")``."""

    def __init__(
        self,
        words: str,
        on_press: Callable[[], object] | None = None,
        *,
        key: str = "",
        symbol: str = "",
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, on_press, key=key, role="primary", symbol=symbol, tip=tip, parent=parent)


class QuietButton(Button):
    """Every other button. ``QuietButton("Pause", pause, key="Esc")``."""

    def __init__(
        self,
        words: str,
        on_press: Callable[[], object] | None = None,
        *,
        key: str = "",
        symbol: str = "",
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, on_press, key=key, role="quiet", symbol=symbol, tip=tip, parent=parent)


class LinkButton(Button):
    """Words that do something without a frame. ``LinkButton("Photobook", show, key="?")``."""

    def __init__(
        self,
        words: str,
        on_press: Callable[[], object] | None = None,
        *,
        key: str = "",
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, on_press, key=key, role="link", tip=tip, parent=parent)


class IconButton(Button):
    """A square button with a picture only, named by ``words``: ``IconButton("close", "Close", shut)``."""

    def __init__(
        self,
        symbol: str,
        words: str,
        on_press: Callable[[], object] | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", on_press, role="icon", symbol=symbol, tip=words, parent=parent)
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def change(self, symbol: str, words: str) -> None:
        """Another picture and name."""
        self._symbol = symbol
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """A target of 44 by 44."""
        side = max(44, round(36 * look().scale))
        return QSize(side, side)
