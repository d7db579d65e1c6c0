"""A page onto which pictures can be dropped, or pasted with Ctrl+V."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.taking import pictures_in


class PicturePage(Page):
    """Hands the pictures to ``take_pictures``."""

    def __init__(self, title: str, sentence: str, *right: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(title, sentence, *right, parent=parent)
        self.setAcceptDrops(True)

    def take_pictures(self, pictures: QMimeData) -> None:
        """What to do with pictures that come in; each page says."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V pastes a copied picture."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.take_pictures(QGuiApplication.clipboard().mimeData())
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Pictures may be dropped anywhere on the page."""
        if pictures_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A picture was dropped."""
        self.take_pictures(event.mimeData())
        event.acceptProposedAction()
