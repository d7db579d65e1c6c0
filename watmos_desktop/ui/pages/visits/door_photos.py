"""Photos at the door: taken, chosen, pasted or dropped, each on disk at once; seen again, moved, removed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import attachments, photos, visit_photos
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_form import Option, Step
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.kit.notice import NoticeBar
from watmos_desktop.ui.kit.photo_view import PhotoView
from watmos_desktop.ui.kit.photos import Photo, PhotoStrip
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.taking import CameraScreen, MakeCamera, choose_files, encode, pictures_in, read_file

_SIDE = 376  # pixels of a thumbnail
_LONGEST_WAIT = 20.0  # seconds that a lock waits for a photo on its way to the disk
HOME = "The home"


class Ground(Protocol):
    """The page at the door, as far as its photos need it."""

    notices: NoticeBar

    def visit_id(self) -> UUID | None:
        """The visit under way."""

    def step(self) -> Step | None:
        """The question on the screen."""

    def show_screen(self, screen: QWidget) -> None:
        """Put a screen over the question."""

    def close_screen(self) -> None:
        """Back to the question."""


class _Rooms(ChipRow):
    """Which room a photo is of."""

    def __init__(self, on_pick: Callable[[str], object]) -> None:
        super().__init__("Which room is it of?", (), on_pick)

    def show_rooms(self, rooms: Sequence[Option], chosen: str) -> None:
        """These rooms and the home as a whole."""
        self.offer([Choice("", HOME), *(Choice(one.key, one.words) for one in rooms)])
        self.choose(chosen)


class LargePhoto(QWidget):
    """One photo as large as fits: which room it is of, and the way to remove it."""

    def __init__(
        self, on_room: Callable[[str], object], on_remove: Callable[[], object], close: Callable[[], object]
    ):
        super().__init__()
        self.card: PhotoCard | None = None
        self.rooms = _Rooms(on_room)
        self.view = PhotoView("Photo")
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        self._close = QuietButton("Close", close, key="Esc")
        row.addWidget(self._close)
        row.addWidget(QuietButton("Remove this photo", on_remove))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.rooms)
        column.addWidget(self.view, 1)
        column.addWidget(foot)
        self.setFocusProxy(self._close)

    def show_photo(self, card: PhotoCard, image: QImage, rooms: Sequence[Option]) -> None:
        """Show a photo."""
        self.card = card
        self.rooms.show_rooms(rooms, card.item_key)
        self.view.show_photo(image)


class Camera(QWidget):
    """The camera, with the room that the photo will be of."""

    def __init__(self, make: MakeCamera, photos_: DoorPhotos, ground: Ground) -> None:
        super().__init__()
        self.rooms = _Rooms(photos_.choose_room)
        self.shutter = CameraScreen(make, photos_.taken, photos_.choose, ground.close_screen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.rooms)
        column.addWidget(self.shutter, 1)
        self.setFocusProxy(self.shutter)


class DoorPhotos(QWidget):
    """The strip below a question, and the two screens over it. ``changed`` when a photo came, moved or went."""

    changed = Signal()

    def __init__(self, ground: Ground, desk: Desk, make_camera: MakeCamera, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._ground, self._desk = ground, desk
        self._room = ""
        self._rooms: tuple[Option, ...] = ()
        self._cards: tuple[PhotoCard, ...] = ()
        self._small: dict[str, QImage] = {}
        self._waiting: list[threading.Event] = []
        self.camera = Camera(make_camera, self, ground)
        self.large = LargePhoto(self._move, self._remove_large, ground.close_screen)
        self._said = Text(role="quiet", wrap=True)
        self.strip = PhotoStrip("Photos of this visit", on_open=self.open_photo, on_remove=self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._said)
        column.addWidget(self.strip)

    # --- what is shown ---

    def show_of(
        self, rooms: tuple[Option, ...], cards: tuple[PhotoCard, ...], words: str, room: str, *, shown: bool
    ) -> None:
        """The photos of a visit in ``words``, and those of ``room`` (of every room, when it is none)."""
        self._rooms, self._cards, self._room = rooms, cards, room
        named = {one.key: one.words for one in rooms}
        here = [one for one in cards if not room or one.item_key == room]
        self._said.setText(f"{words}. Each is on this device already, encrypted." if words else "")
        self.strip.show_photos(
            [Photo(one.id, self._image(one.sha256), named.get(one.item_key, HOME)) for one in here]
        )
        self.setVisible(shown and bool(cards))

    def forget(self) -> None:
        """Every photo on its way is on disk, and none stays here."""
        for one in self._waiting:
            one.wait(_LONGEST_WAIT)
        self._waiting, self._small, self._cards = [], {}, ()
        self.large.card = None
        self.large.view.show_photo(QImage())
        self.strip.show_photos(())

    # --- taking ---

    def take(self) -> None:
        """Take a photo for the question on the screen; without a camera choose a file."""
        step = self._ground.step()
        if step is None:
            return
        if not visit_photos.allowed(step.section, step.question):
            self._ground.notices.say(visit_photos.NONE_HERE, visit_photos.WHY_NONE)
            return
        self._room = step.room
        self.camera.rooms.show_rooms(self._rooms, self._room)
        self._ground.show_screen(self.camera)
        if not self.camera.shutter.start("Take a photo"):
            self._ground.close_screen()
            self.choose()

    def choose_room(self, room: str) -> None:
        """The photos to come are of that room."""
        self._room = room

    def taken(self, image: QImage, stay: bool) -> None:
        """The camera took one."""
        self._add([partial(encode, image)])
        if not stay:
            self._ground.close_screen()

    def choose(self) -> None:
        """Choose picture files."""
        choose_files(self.window(), self.add_files)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Put picture files with the visit."""
        self._add([partial(read_file, path) for path in paths])

    def take_in(self, mime: QMimeData) -> None:
        """Put what was pasted or dropped with the visit."""
        step = self._ground.step()
        if step is not None:
            self._room = step.room
            self._add(pictures_in(mime))

    def _add(self, loaders: Sequence[Callable[[], bytes]]) -> None:
        visit_id, step, room, desk = self._ground.visit_id(), self._ground.step(), self._room, self._desk
        if visit_id is None or step is None:
            return
        for load in loaders:
            saved = threading.Event()
            self._waiting = [*(one for one in self._waiting if not one.is_set()), saved]

            def store(load: Callable[[], bytes] = load, saved: threading.Event = saved) -> None:
                try:
                    photo = attachments.store(desk.store.blobs, load())
                    desk.do(
                        "took a photo at the door", visit_photos.add, visit_id, photo, step.question.key, room
                    )
                finally:
                    saved.set()

            desk.tasks.write(
                store, lambda _: self.changed.emit(), owner=self, on_error=self._ground.notices.tell
            )

    # --- one of them ---

    def open_photo(self, key: Hashable) -> None:
        """Show a photo large."""
        card = next((one for one in self._cards if one.id == key), None)
        if card is None:
            return
        try:
            image = QImage.fromData(self._desk.store.blobs.get(card.sha256))
        except Told as told:
            self._ground.notices.tell(told)
            return
        self.large.show_photo(card, image, self._rooms)
        self._ground.show_screen(self.large)

    def remove(self, key: Hashable) -> None:
        """Take a photo off the visit; six seconds to put it back."""
        visit_id = self._ground.visit_id()
        if (
            isinstance(key, UUID)
            and visit_id is not None
            and self._do("removed a photo", visit_photos.remove, key)
        ):
            self._ground.notices.offer_undo("Photo removed.", self._put_back)

    def _remove_large(self) -> None:
        card = self.large.card
        self._ground.close_screen()
        if card is not None:
            self.remove(card.id)

    def _move(self, room: str) -> None:
        if self.large.card is not None:
            self._do("said which room a photo is of", visit_photos.move, self.large.card.id, room)

    def _put_back(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self._ground.notices.tell(told)
        self.changed.emit()

    def _do(self, why: str, change: Callable[..., object], *args: object) -> bool:
        try:
            self._desk.do(why, change, self._ground.visit_id(), *args)
        except Told as told:
            self._ground.notices.tell(told)
            return False
        self.changed.emit()
        return True

    def _image(self, sha256: str) -> QImage:
        if sha256 not in self._small:
            ground = QImage(94, 62, QImage.Format.Format_RGB32)
            ground.fill(look().colour("track"))
            self._small[sha256] = ground
            blobs = self._desk.store.blobs
            self._desk.tasks.read(
                lambda: (sha256, photos.thumbnail(blobs.get(sha256), _SIDE)),
                self._decoded,
                key=("door photo", sha256),
                owner=self,
                on_error=lambda _: None,  # one that is not on this device keeps its plain ground
            )
        return self._small[sha256]

    def _decoded(self, found: tuple[str, bytes]) -> None:
        sha256, jpeg = found
        self._small[sha256] = QImage.fromData(jpeg)
        self.changed.emit()
