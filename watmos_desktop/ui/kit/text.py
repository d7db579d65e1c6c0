"""Words on screen: always plain text, whatever a person typed into them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from watmos_desktop.ui.kit.look import Tone


class Text(QLabel):
    """A label. ``role`` is body, quiet, small, strong, heading, title or error; ``wrap`` breaks lines.

    >>> Text("4 things to do", role="quiet", wrap=True)
    """

    def __init__(
        self,
        words: str = "",
        *,
        role: str = "body",
        wrap: bool = False,
        tone: Tone | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(wrap)
        if tone is not None:
            self.setProperty("tone", str(tone))
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
            self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    def selectable(self) -> Text:
        """Let the words be selected and copied with the mouse; returns itself."""
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return self


class Heading(Text):
    """The name of a card or section. ``Heading("Awaab's Law")``."""

    def __init__(self, words: str = "", *, wrap: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(words, role="heading", wrap=wrap, parent=parent)


class Elided(Text):
    """One line that ends in … when there is no room; the whole text stays in the tool tip and for readers.

    >>> Elided("Monthly, 30 items in 6 areas", role="quiet")
    """

    def __init__(self, words: str = "", *, role: str = "body", parent: QWidget | None = None) -> None:
        super().__init__(role=role, parent=parent)
        self._words = words
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.say(words)

    def say(self, words: str) -> None:
        """Show other words."""
        self._words = words
        self.setAccessibleName(words)
        self._fit()

    def words(self) -> str:
        """The whole text."""
        return self._words

    def resizeEvent(self, event: object) -> None:
        """Cut again for the new width."""
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, max(self.width(), 40))
        if shown != self.text():
            self.setText(shown)


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property and let the style sheet see it."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()
