"""A new code to join with: large, as a picture, and how long it still lives."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services.clock import Clock
from watmos_desktop.services.sync import codes
from watmos_desktop.services.sync.admin import NewCode
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.clipboard import copy
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.qr import QrCode
from watmos_desktop.ui.kit.text import Text

_TICK_MS = 1000


class CodeCard(Card):
    """``CodeCard(new, url, clock)``: it is shown once, counts down, and empties itself when the time is over."""

    def __init__(self, new: NewCode, url: str, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(f"Code for {new.name}", parent=parent)
        self._new, self._clock = new, clock
        self._code = Text(new.code, role="code", wrap=True).selectable()
        self._code.setAccessibleName(" ".join(new.code.replace("-", " ")))
        self._left = Pill("", Tone.OK)
        self._picture = QrCode(codes.invitation(url, new.code), "The address and the code as a picture")
        row = QHBoxLayout()
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._code)
        words.addWidget(self._left, 0, Qt.AlignmentFlag.AlignLeft)
        words.addWidget(Text(f"Address of the office: {url}", wrap=True).selectable())
        words.addWidget(
            Text(
                "It works once. Show it, read it out or hand it over yourself; it is shown only here.",
                role="quiet",
                wrap=True,
            )
        )
        self._copy = QuietButton("Copy address and code", self._to_clipboard)
        self._text = codes.invitation(url, new.code)
        words.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        row.addLayout(words, 1)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.tick()

    def tick(self) -> None:
        """Say how long it still lives; a code that is over is taken away."""
        left = int((self._new.expires_at - self._clock.now()).total_seconds())
        if left > 0:
            minutes, seconds = divmod(left, 60)
            words = f"{minutes} min {seconds:02} s left" if minutes else f"{seconds} s left"
            self._left.say(words, Tone.OK if minutes >= 5 else Tone.WARN if minutes else Tone.BAD)
            return
        self._timer.stop()
        self._left.say("This code is over", Tone.BAD)
        self._code.setText("Make a new one when they are ready.")
        self._code.setAccessibleName("")
        self._text = ""
        self._picture.setVisible(False)
        self._copy.setVisible(False)

    def _to_clipboard(self) -> None:
        copy(self._text)
        self._copy.say("Copied")
