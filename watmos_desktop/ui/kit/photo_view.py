"""A photo to look at and to draw on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.look import look, paint_focus
from watmos_desktop.ui.kit.marks import KINDS, Mark, Point, moved, paint_marks, placed, scaled

_TAP = 0.015


class _Change(QUndoCommand):
    """From one list of marks to another."""

    def __init__(self, view: PhotoView, words: str, after: tuple[Mark, ...]) -> None:
        super().__init__(words)
        self._view, self._before, self._after = view, view.marks(), after

    def redo(self) -> None:
        self._view.put_marks(self._after)

    def undo(self) -> None:
        self._view.put_marks(self._before)


class PhotoView(QWidget):
    """A photo as large as fits, with its marks; draws when a tool is set.

    >>> view = PhotoView("Landing, floor 2"); view.show_photo(image, marks)
    >>> view.set_tool("ellipse")     # or "arrow", "line", "" to look only
    >>> view.marks()                 # (Mark("ellipse", ((0.2, 0.3), (0.4, 0.5))),)

    Drag, or tap to put a mark there. Keys: Enter puts one in the middle, arrows move the last one, + and -
    size it, Delete takes it away, Ctrl+Z undoes. Signal ``changed``.
    """

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.history = QUndoStack(self)
        self._image = QImage()
        self._marks: tuple[Mark, ...] = ()
        self._drawing: list[Point] = []
        self._tool = ""

    def show_photo(self, image: QImage, marks: Sequence[Mark] = ()) -> None:
        """Show a photo with its marks; the drawing history starts anew."""
        self._image, self._marks, self._drawing = image, tuple(marks), []
        self.history.clear()
        self.update()

    def marks(self) -> tuple[Mark, ...]:
        """The marks as drawn."""
        return self._marks

    def put_marks(self, marks: tuple[Mark, ...]) -> None:
        """Show these marks without a step in the history."""
        self._marks = marks
        count = len(marks)
        self.setAccessibleDescription(f"{count} mark{'s' * (count != 1)} drawn" if count else "")
        self.update()
        self.changed.emit()

    def set_tool(self, kind: str) -> None:
        """Draw with a kind of mark; "" only shows."""
        self._tool = kind if kind in KINDS else ""
        self.setCursor(Qt.CursorShape.CrossCursor if self._tool else Qt.CursorShape.ArrowCursor)

    def undo(self) -> bool:
        """Take back the last stroke; False if there is none."""
        if not self.history.canUndo():
            return False
        self.history.undo()
        return True

    def picture_box(self) -> QRectF:
        """Where the photo lies in the widget."""
        if self._image.isNull():
            return QRectF(self.rect())
        size = QSize(self._image.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(left, top, size.width(), size.height())

    def sizeHint(self) -> QSize:
        """A good size to draw on."""
        return QSize(640, 420)

    def minimumSizeHint(self) -> QSize:
        """Still something to see."""
        return QSize(160, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The photo, its marks, and the one being drawn."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = self.picture_box()
        painter.drawImage(box, self._image)
        shown = (*self._marks, *self._unfinished())
        paint_marks(painter, box, shown, look().colour("mark"))
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), 4, look().colour("brand"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a mark."""
        if self._tool and event.button() == Qt.MouseButton.LeftButton:
            self._drawing = [self._share(event)]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on."""
        if self._drawing:
            point = self._share(event)
            self._drawing = [*self._drawing, point] if self._tool == "line" else [self._drawing[0], point]
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish the mark; a tap puts one of a good size."""
        if not self._drawing:
            return
        made = self._unfinished()
        start, self._drawing = self._drawing[0], []
        self._add(made[0] if made else placed(self._tool, start))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Draw without a pointer."""
        steps = {
            Qt.Key.Key_Left: (-0.02, 0.0),
            Qt.Key.Key_Right: (0.02, 0.0),
            Qt.Key.Key_Up: (0.0, -0.02),
            Qt.Key.Key_Down: (0.0, 0.02),
        }
        key = Qt.Key(event.key())
        if self._tool and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._add(placed(self._tool, (0.5, 0.5)))
        elif self._marks and self._tool and key in steps:
            self._replace_last("Move", (moved(self._marks[-1], *steps[key]),))
        elif self._marks and self._tool and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 0.9 if key == Qt.Key.Key_Minus else 1.1
            self._replace_last("Size", (scaled(self._marks[-1], factor),))
        elif self._marks and self._tool and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._replace_last("Remove", ())
        else:
            super().keyPressEvent(event)

    def _share(self, event: QMouseEvent) -> Point:
        box, at = self.picture_box(), event.position()
        x = (at.x() - box.x()) / max(box.width(), 1)
        y = (at.y() - box.y()) / max(box.height(), 1)
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def _unfinished(self) -> tuple[Mark, ...]:
        if len(self._drawing) < 2:
            return ()
        xs, ys = [x for x, _ in self._drawing], [y for _, y in self._drawing]
        if max(xs) - min(xs) < _TAP and max(ys) - min(ys) < _TAP:
            return ()
        return (Mark(self._tool, tuple(self._drawing)),)

    def _add(self, mark: Mark) -> None:
        self.history.push(_Change(self, "Draw", (*self._marks, mark)))

    def _replace_last(self, words: str, new: tuple[Mark, ...]) -> None:
        self.history.push(_Change(self, words, (*self._marks[:-1], *new)))


class PhotoEditor(QWidget):
    """A photo with tools: ring, arrow, line, undo, done.

    >>> editor = PhotoEditor("Landing, floor 2", on_done=lambda marks: ...)
    >>> editor.view.show_photo(image, marks)
    """

    def __init__(
        self,
        name: str,
        on_done: Callable[[tuple[Mark, ...]], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.view = PhotoView(name)
        self.tools = ChipRow(
            "Draw",
            [Choice("ellipse", "Ring  E"), Choice("arrow", "Arrow  A"), Choice("line", "Line  L")],
            self.view.set_tool,
        )
        self.view.set_tool("ellipse")
        self._undo = QuietButton("Undo", self.view.undo, key="Ctrl+Z", symbol="undo")
        self._undo.setEnabled(False)
        self.view.history.canUndoChanged.connect(self._undo.setEnabled)
        done = PrimaryButton("Done", lambda: on_done(self.view.marks()), key="Ctrl+Enter")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.tools, 1)
        row.addWidget(self._undo)
        row.addWidget(done)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self.view, 1)

    def use(self, kind: str) -> None:
        """Choose a tool, as its key does."""
        self.tools.choose(kind)
        self.view.set_tool(kind)
