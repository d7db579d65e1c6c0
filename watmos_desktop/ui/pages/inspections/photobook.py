"""The photobook of a walk: what each answer to an item looks like, in words and in photos from signed walks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Grade
from watmos_desktop.services import wording
from watmos_desktop.services.photobook import Example
from watmos_desktop.services.templates import Choice, Item
from watmos_desktop.ui.kit.look import GRADE_TONES, look
from watmos_desktop.ui.kit.marks import Mark, paint_marks
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.inspections.answers import letters
from watmos_desktop.ui.pages.inspections.pictures import Pictures, marks_of

_WIDE, _HIGH = 252, 156


class Photobook(QWidget):
    """What each grade looks like for an item, and what is asked of it. ``find(item)`` gives the photos."""

    def __init__(
        self,
        pictures: Pictures,
        find: Callable[[Item], Mapping[Grade, Example]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pictures, self._find = pictures, find
        self._item: Item | None = None
        self._examples: Mapping[Grade, Example] = {}
        self._shown: list[ExamplePhoto] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 8)
        self.column.setSpacing(6)

    def show_item(self, item: Item) -> None:
        """Show the guidance of an item; its photos are looked for once."""
        if item is not self._item:
            self._item, self._examples = item, self._find(item)
        while self.column.count():
            taken = self.column.takeAt(0)
            part = taken.widget() if taken is not None else None
            if part is not None:
                part.hide()
                part.deleteLater()
        self.column.addWidget(Heading("What each answer looks like"))
        self._shown = []
        shown: set[Grade] = set()
        for letter, choice in zip(letters(item), item.choices, strict=True):
            self.column.addWidget(_row(letter, choice))
            example = self._examples.get(choice.grade) if choice.grade not in shown else None
            if example is not None:
                shown.add(choice.grade)
                self._shown.append(ExamplePhoto(letter, example))
                self.column.addWidget(self._shown[-1])
        if not shown:
            words = "Photos from your own blocks stand here once a walk with a photo of it is signed."
            self.column.addWidget(Text(words, role="small", wrap=True))
        if asked := _asked(item):
            self.column.addWidget(Text(asked, role="quiet", wrap=True))
        self.show_pictures()

    def show_pictures(self) -> None:
        """Show the photos as far as they are decoded."""
        for one in self._shown:
            one.picture.show_image(self._pictures.image(one.sha256))


class ExamplePhoto(QWidget):
    """A photo of an item so graded, with where and when."""

    def __init__(self, letter: str, example: Example, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sha256 = example.photo.sha256
        self.picture = _Picture(marks_of(example.photo))
        where = f"{example.place}, {wording.day(example.on)}"
        self.picture.setAccessibleName(f"Photo of {letter}: {where}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(2)
        column.addWidget(self.picture)
        column.addWidget(Text(where, role="small", wrap=True))


class _Picture(QWidget):
    """A photo cut to shape, not to be pressed."""

    def __init__(self, marks: tuple[Mark, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image, self._marks = QImage(), marks
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_image(self, image: QImage) -> None:
        """Show this picture."""
        if image.cacheKey() != self._image.cacheKey():
            self._image = image
            self.update()

    def sizeHint(self) -> QSize:
        """As large as the column has room for, at most."""
        return QSize(_WIDE, _HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture and what is drawn on it."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        wide = min(self.width(), _WIDE)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(0, 0, wide, _HIGH), 6, 6)
        painter.setClipPath(shape)
        size = self._image.size().scaled(wide, _HIGH, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        whole = QRectF((wide - size.width()) / 2, (_HIGH - size.height()) / 2, size.width(), size.height())
        painter.drawImage(whole, self._image)
        paint_marks(painter, whole, self._marks, look().colour("mark"))


def _row(letter: str, choice: Choice) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(Pill(letter, GRADE_TONES[choice.grade.value]), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Text(choice.looks, wrap=True), 1)
    return holder


def _asked(item: Item) -> str:
    asked = []
    if item.photo_required:
        asked.append(f"A photo is needed from {item.photo_required} down.")
    if item.critical_fail:
        asked.append(f"{item.critical_fail} here makes its whole area D: it is never averaged away.")
    if item.safety_critical:
        asked.append("Safety: looked at by itself, never covered by “rest of this area OK”.")
    return " ".join(asked)
