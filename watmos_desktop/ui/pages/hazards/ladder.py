"""The clocks of a case as a ladder: one rung each, words first, and a thin line of how much time has passed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.hazard_view import LadderClock
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Text

_HIGH = 6


class Share(QWidget):
    """A thin line, filled as far as the time has passed; the words beside it say the same."""

    def __init__(self, share: float, tone: Tone, *, ended: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share, self._tone, self._ended = share, tone, ended
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Low and wide."""
        return QSize(120, _HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The track, and how much of it has passed."""
        dress, painter = look(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(0, 0, self.width(), _HIGH)
        painter.setBrush(dress.colour("track"))
        painter.drawRoundedRect(track, _HIGH / 2, _HIGH / 2)
        if self._share:
            painter.setBrush(dress.colour("ink2" if self._ended else self._tone))
            painter.drawRoundedRect(track.adjusted(0, 0, -track.width() * (1 - self._share), 0), 3, 3)


class Rung(QWidget):
    """One clock: what has to happen, from when to when, how it stands, and the line."""

    def __init__(self, clock: LadderClock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tone, started = Tone(clock.stands.tone), wording.moment(clock.started_at.astimezone(LONDON))
        told = f"{clock.length} from {started} · by {due_words(clock)}"
        self.setAccessibleName(f"{clock.what}: {clock.stands.text}. {told}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(Dot(tone))
        head.addWidget(Text(clock.what, role="strong", wrap=True), 1)
        head.addWidget(Text(clock.stands.text, role="strong", tone=tone))
        column.addLayout(head)
        column.addWidget(Text(told, role="quiet", wrap=True))
        column.addWidget(Share(clock.share, tone, ended=clock.stopped_at is not None))


def due_words(clock: LadderClock) -> str:
    """``Fri 4 Dec``; with the hour for a clock of hours."""
    due = clock.due_at.astimezone(LONDON)
    return f"{wording.weekday(due)}, {wording.clock_time(due)}" if clock.by_hour else wording.weekday(due)
