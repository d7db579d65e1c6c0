"""What is done with photos on a walk: taking, choosing, pasting, placing, drawing, removing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import Scorer
from watmos_desktop.services import attachments, walk
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.marks import Mark
from watmos_desktop.ui.kit.notice import NoticeBar
from watmos_desktop.ui.pages.inspections.course import Course
from watmos_desktop.ui.pages.inspections.pictures import Pictures, plain_marks
from watmos_desktop.ui.pages.inspections.walk_photos import Intake, PhotoScreen
from watmos_desktop.ui.taking import CameraScreen, MakeCamera, choose_files, encode, pictures_in, read_file


class Ground(Protocol):
    """The page that photos are taken on."""

    notices: NoticeBar
    course: Course | None

    def show_screen(self, screen: QWidget) -> None:
        """Put a screen over the walk."""

    def close_screen(self) -> None:
        """Back to the item."""

    def attempt(self, run: Callable[[], object]) -> bool:
        """Run it; False, with its words said in place, when it cannot be done."""

    def refresh(self) -> None:
        """Show the walk as it stands."""

    def show_photos(self) -> None:
        """Show its photos as they stand, and nothing else anew."""

    def reload(self) -> None:
        """Read the walk again and show it."""


class PhotoWork(QObject):
    """The photos of the walk on show; ``camera`` and ``photo`` are its two screens."""

    def __init__(
        self, ground: Ground, desk: Desk, pictures: Pictures, make_camera: MakeCamera, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._ground, self._desk, self._pictures, self._window = ground, desk, pictures, parent
        self._item_key = ""
        self.intake = Intake(desk, self)
        self.intake.added.connect(self._added)
        self.intake.refused.connect(self._refuse)
        self.camera = CameraScreen(make_camera, self._taken, self._choose, ground.close_screen)
        self.photo = PhotoScreen(self._drawn)

    def take_photo(self) -> None:
        """Take a photo of the item on show; without a camera choose a file."""
        course = self._ground.course
        if course is not None and course.carried is None and course.scorer is Scorer.OFFICER:
            self._open_camera(course.item_key, course.item.name)

    def photo_later(self) -> None:
        """Take a photo now and say later of what."""
        course = self._ground.course
        if course is not None and course.scorer is Scorer.OFFICER:
            self._open_camera("", "A photo to place later")

    def place_photo(self, photo_id: UUID) -> None:
        """Give a photo of the tray the item on show."""
        course = self._ground.course
        if course is None or course.carried is not None:
            return
        place = partial(
            walk.place_photo, inspection_id=course.id, photo_id=photo_id, item_key=course.item_key
        )
        if self._ground.attempt(lambda: self._desk.do("placed a photo", place)):
            self._ground.reload()

    def open_photo(self, key: Hashable) -> None:
        """Show a photo large, to draw on it and say what it shows."""
        card = next((one for one in self._cards() if one.id == key), None)
        if card is not None and self._ground.attempt(
            lambda: self.photo.show_photo(card, self._pictures.whole(card.sha256))
        ):
            self._ground.show_screen(self.photo)

    def remove_photo(self, key: Hashable) -> None:
        """Take a photo off the record; six seconds to put it back."""
        if not isinstance(key, UUID):
            return
        if self._ground.attempt(lambda: self._desk.do("removed a photo", attachments.remove, key)):
            self._ground.reload()
            self._ground.notices.offer_undo("Photo removed.", self._put_back)

    def take_in(self, mime: QMimeData) -> None:
        """Put what was pasted or dropped on the item on show."""
        course = self._ground.course
        if course is not None and course.scorer is Scorer.OFFICER:
            self._add(course.item_key, pictures_in(mime))

    def add_files(self, paths: Sequence[Path]) -> None:
        """Put picture files on the item that was chosen for them."""
        self._add(self._item_key, [partial(read_file, path) for path in paths])

    def close_photo(self) -> None:
        """Keep what was drawn and written, and go back."""
        self._drawn(self.photo.caption.text().strip(), self.photo.editor.view.marks())

    def _put_back(self) -> None:
        self._ground.attempt(self._desk.undo)
        self._ground.reload()

    def _open_camera(self, item_key: str, what: str) -> None:
        self._item_key = item_key
        self._ground.show_screen(self.camera)
        if not self.camera.start(what):
            self._ground.close_screen()
            self._choose()

    def _choose(self) -> None:
        choose_files(self._window, self.add_files)

    def _taken(self, image: QImage, stay: bool) -> None:
        self._add(self._item_key, [partial(encode, image)])
        if not stay:
            self._ground.close_screen()

    def _add(self, item_key: str, loaders: Sequence[Callable[[], bytes]]) -> None:
        if self._ground.course is not None:
            for load in loaders:
                self.intake.add(self._ground.course.id, item_key, load)
            self._ground.refresh()

    def _added(self, inspection_id: UUID, cards: Sequence[PhotoCard]) -> None:
        course = self._ground.course
        if course is not None and course.id == inspection_id:
            course.take_photos(cards)
            self._ground.show_photos()

    def _refuse(self, error: BaseException) -> None:
        self._ground.refresh()
        self._ground.notices.tell(error)

    def _drawn(self, caption: str, marks: tuple[Mark, ...]) -> None:
        card, plain = self.photo.card, plain_marks(marks)
        if card is None or (caption, plain) == (card.caption, [dict(one) for one in card.marks]):
            self._ground.close_screen()
            return
        describe = partial(attachments.describe, photo_id=card.id, caption=caption, marks=plain)
        if self._ground.attempt(lambda: self._desk.do("drew on a photo", describe)):
            self._ground.reload()
            self._ground.close_screen()

    def _cards(self) -> list[PhotoCard]:
        course = self._ground.course
        if course is None:
            return []
        return [*course.walk.photos.get(course.item_key, ()), *course.walk.photos.get("", ())]
