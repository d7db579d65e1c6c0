"""Photos in a row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from watmos_desktop.ui.kit.button import IconButton
from watmos_desktop.ui.kit.flow import FlowLayout, tab_inside
from watmos_desktop.ui.kit.look import look, paint_focus
from watmos_desktop.ui.kit.marks import Mark, paint_marks

_WIDE, _HIGH = 188, 124


@dataclass(frozen=True)
class Photo:
    """A picture (a thumbnail is enough), its caption, and the marks drawn on it."""

    key: Hashable
    image: QImage
    caption: str
    marks: tuple[Mark, ...] = ()


class Thumbnail(QAbstractButton):
    """One photo with its caption; press to see it large, Delete to remove it."""

    removed = Signal()

    def __init__(self, photo: Photo, *, removable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photo = photo
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Photo: {photo.caption}" if photo.caption else "Photo")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._removable = removable
        if removable:
            words = f"Remove photo {photo.caption}".strip()
            self._bin = _Bin("close", words, self.removed.emit, parent=self)

    def parts(self) -> tuple[QWidget, ...]:
        """What Tab stops at: the photo and its cross."""
        return (self, self._bin) if self._removable else (self,)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cross sits in the corner."""
        if self._removable:
            self._bin.adjustSize()
            self._bin.move(self.width() - self._bin.width(), 0)

    def sizeHint(self) -> QSize:
        """The picture, and a line for its caption if it has one."""
        caption = QFontMetrics(look().font("small")).height() + 6 if self._photo.caption else 0
        return QSize(_WIDE, _HIGH + caption)

    def minimumSizeHint(self) -> QSize:
        """Thumbnails keep their size."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; Delete removes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif self._removable and event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture cut to shape, marks, caption, ring."""
        dress, painter = look(), QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(0, 0, _WIDE, _HIGH)
        shape = QPainterPath()
        shape.addRoundedRect(box, 6, 6)
        painter.save()
        painter.setClipPath(shape)
        size = self._photo.image.size().scaled(_WIDE, _HIGH, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        whole = QRectF((_WIDE - size.width()) / 2, (_HIGH - size.height()) / 2, size.width(), size.height())
        painter.drawImage(whole, self._photo.image)
        paint_marks(painter, whole, self._photo.marks, dress.colour("mark"))
        painter.restore()
        if self._photo.caption:
            font = dress.font("small")
            painter.setFont(font)
            painter.setPen(dress.colour("ink2"))
            words = QFontMetrics(font).elidedText(self._photo.caption, Qt.TextElideMode.ElideRight, _WIDE)
            place = QRectF(0, _HIGH + 4, _WIDE, self.height() - _HIGH - 4)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, words)
        if self.hasFocus():
            paint_focus(painter, box, 6, dress.colour("brand"))


class _Bin(IconButton):
    """The cross on a photo: on a round ground, so that it shows on any picture."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """A small disc in a large target."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look().colour("edge"))
        painter.setBrush(look().colour("surface"))
        painter.drawEllipse(QRectF(self.rect()).center(), 13, 13)
        painter.end()
        super().paintEvent(event)


class PhotoStrip(QWidget):
    """Photos side by side, on as many lines as needed.

    >>> strip = PhotoStrip("Photos of this item", on_open=show_large, on_remove=remove)
    >>> strip.show_photos([Photo(id, image, "10:42, floor 2", marks)])

    ``on_remove(key)`` takes it from the record; offer the undo there: ``page.notices.offer_undo(...)``.
    Without it, photos cannot be removed. ``extra`` widgets (camera button, note) follow the photos.
    """

    def __init__(
        self,
        name: str,
        *extra: QWidget,
        on_open: Callable[[Hashable], object],
        on_remove: Callable[[Hashable], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._on_open, self._on_remove, self._extra = on_open, on_remove, extra
        self._tiles: list[Thumbnail] = []
        self._flow = FlowLayout(self, gap=12)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_photos(())

    def show_photos(self, photos: Sequence[Photo]) -> None:
        """Show these photos instead."""
        for widget in (*self._tiles, *self._extra):
            self._flow.removeWidget(widget)
        for tile in self._tiles:
            tile.hide()
            tile.deleteLater()
        self._tiles = [self._tile(photo) for photo in photos]
        for widget in (*self._tiles, *self._extra):
            self._flow.addWidget(widget)
        tab_inside(self, *(part for tile in self._tiles for part in tile.parts()), *self._extra)

    def tiles(self) -> list[Thumbnail]:
        """The photos on show."""
        return list(self._tiles)

    def _tile(self, photo: Photo) -> Thumbnail:
        tile = Thumbnail(photo, removable=self._on_remove is not None, parent=self)
        tile.clicked.connect(lambda _=False: self._on_open(photo.key))
        if self._on_remove is not None:
            remove = self._on_remove
            tile.removed.connect(lambda: remove(photo.key))
        return tile
