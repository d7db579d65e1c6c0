"""The page at the door as a stack: the question, the camera, a photo large; paste and drop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from watmos_desktop.services.visit_form import Step
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.curtain import Curtain
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.pages.visits.door_photos import DoorPhotos
from watmos_desktop.ui.taking import MakeCamera, pictures_in

Keys = Sequence[tuple[str, Callable[[], object]]]


class DoorScreens(Page):
    """What shows one thing at a time; the page says what the question is and where the focus belongs."""

    def __init__(
        self, desk: Desk, camera: MakeCamera, *right: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__("Visit", "", *right, parent=parent)
        self._acts: list[QAction] = []
        self.stack = QStackedWidget()
        self.photos = DoorPhotos(self, desk, camera, self)
        self.setAcceptDrops(True)

    def put(self, question: QWidget, keys: Keys) -> None:
        """The question itself, and the keys that are its own."""
        for screen in (question, self.photos.camera, self.photos.large):
            self.stack.addWidget(screen)
        self.body.addWidget(self.stack, 1)
        self._acts = [bind(self, key, run, inside_only=False) for key, run in keys]

    # --- what the page says ---

    def visit_id(self) -> UUID | None:
        """The visit under way."""
        raise NotImplementedError

    def step(self) -> Step | None:
        """The question on the screen."""
        raise NotImplementedError

    def take_focus(self) -> None:
        """To where one answers."""
        raise NotImplementedError

    # --- screens ---

    def covered(self) -> bool:
        """Whether the screen is hidden from who looks over a shoulder."""
        curtain = Curtain.over(self)
        return curtain is not None and curtain.covered()

    def hide_or_show(self) -> None:
        """One key hides everything about the home and its people, and shows it again."""
        if (curtain := Curtain.over(self)) is not None:
            curtain.turn()

    def show_screen(self, screen: QWidget) -> None:
        """Put the camera or a photo over the question."""
        self._turn_to(self.stack.indexOf(screen))
        screen.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_screen(self) -> None:
        """Back to the question."""
        self._turn_to(0)
        self.take_focus()

    def close_open(self) -> bool:
        """Close what is over the question; False when nothing is."""
        over = self.stack.currentIndex() != 0
        if over:
            self.close_screen()
        return over

    def _turn_to(self, index: int) -> None:
        self.stack.setCurrentIndex(index)
        for act in self._acts:  # a screen over the question has keys of its own
            act.setEnabled(index == 0)

    # --- pictures from elsewhere ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V pastes a copied picture."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.photos.take_in(QGuiApplication.clipboard().mimeData())
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Pictures may be dropped on a question."""
        if self.step() is not None and pictures_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A picture was dropped."""
        self.photos.take_in(event.mimeData())
        event.acceptProposedAction()
