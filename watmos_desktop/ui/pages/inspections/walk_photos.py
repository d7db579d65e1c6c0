"""Photos into the walk: camera, file, paste and drop; the bytes are on disk before the record names them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import attachments, walk
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.marks import Mark
from watmos_desktop.ui.kit.photo_view import PhotoEditor
from watmos_desktop.ui.pages.inspections.pictures import marks_of

_LONGEST_WAIT = 20.0  # seconds that a lock waits for a photo on its way to the disk


class Intake(QObject):
    """Stores photos off the UI thread.

    ``added(walk's id, its photos)`` when one more is on the record; ``refused(error)`` if not.
    """

    added = Signal(object, object)
    refused = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._waiting: list[threading.Event] = []

    def waiting(self) -> int:
        """How many photos are on their way to the disk."""
        return sum(not one.is_set() for one in self._waiting)

    def add(self, inspection_id: UUID, item_key: str, load: Callable[[], bytes]) -> None:
        """Store what ``load`` gives, in the writer's thread, and put it on the item ("" for none yet)."""
        saved = threading.Event()
        self._waiting = [*(one for one in self._waiting if not one.is_set()), saved]
        desk = self._desk

        def store() -> list[PhotoCard]:
            try:
                photo = attachments.store(desk.store.blobs, load())
                desk.do("added a photo", walk.add_photo, inspection_id, photo, item_key)
            finally:
                saved.set()
            return desk.look(attachments.of, [inspection_id]).get(inspection_id, [])

        def tell(cards: list[PhotoCard]) -> None:
            self.added.emit(inspection_id, cards)

        desk.tasks.write(store, tell, owner=self, on_error=self.refused.emit)

    def wait(self) -> None:
        """Come back when every photo is on the disk: before a lock."""
        for one in self._waiting:
            one.wait(_LONGEST_WAIT)
        self._waiting = []


class PhotoScreen(QWidget):
    """One photo large: draw on it, say what it shows. ``on_done(caption, marks)``."""

    def __init__(
        self, on_done: Callable[[str, tuple[Mark, ...]], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.card: PhotoCard | None = None
        self.caption = Line("For example: second floor, by the window")
        self.editor = PhotoEditor("Photo", lambda marks: on_done(self.caption.text().strip(), marks))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.setFocusProxy(self.editor.view)
        column.addWidget(self.editor, 1)
        column.addWidget(Field("caption", "What it shows", self.caption))
        for tool in ("ellipse", "arrow", "line"):
            bind(self, f"draw_{tool}", partial(self.editor.use, tool))
        bind(self, "finish", lambda: on_done(self.caption.text().strip(), self.editor.view.marks()))

    def show_photo(self, card: PhotoCard, image: QImage) -> None:
        """Show a photo to draw on."""
        self.card = card
        self.caption.setText(card.caption)
        self.editor.view.show_photo(image, marks_of(card))
        self.editor.view.setFocus(Qt.FocusReason.OtherFocusReason)
