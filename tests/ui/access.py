"""One sweep over a widget tree: names, sizes, nothing cut, Tab order, contrast. For every page's test.

>>> assert problems(page) == []
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QCalendarWidget,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from watmos_desktop.ui.kit.chip import Chip
from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.kit.text import Elided
from watmos_desktop.ui.theme import contrast

PRESSED = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox)


def problems(root: QWidget) -> list[str]:
    """Every way in which the shown widgets under ``root`` are hard to use, in words; empty if none."""
    for _ in range(3):  # a layout asks its parents, which ask theirs
        QCoreApplication.sendPostedEvents()
    parts = list(_parts(root))
    found = [words for part in parts for words in (*_unnamed(part), *_small(part), *_cut(part))]
    return [*found, *_order(root), *_faint(root, parts)]


def _parts(root: QWidget) -> Iterator[QWidget]:
    """Widgets in sight that are not the inside of another."""
    for part in root.findChildren(QWidget):
        parent = part.parentWidget()
        inside = isinstance(parent, (QComboBox, QAbstractSpinBox, QCalendarWidget, QScrollBar))
        if part.isVisibleTo(root) and not inside and not isinstance(part, (QScrollBar, QHeaderView)):
            yield part


def _says(part: QWidget) -> str:
    words = getattr(part, "text", lambda: "")()
    return f"{type(part).__name__} {part.accessibleName() or words or part.objectName()!r}"


def _name(part: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(part)
    return interface.text(QAccessible.Text.Name).strip() if interface is not None else ""


def _takes_tab(part: QWidget) -> bool:
    return bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus) and part.isEnabled()


def _unnamed(part: QWidget) -> Iterator[str]:
    if (_takes_tab(part) or isinstance(part, PRESSED)) and not _name(part):
        yield f"{_says(part)} has no name"


def _small(part: QWidget) -> Iterator[str]:
    if isinstance(part, PRESSED):
        least = 36 if isinstance(part, Chip) else 44
        if part.width() < least or part.height() < least:
            yield f"{_says(part)} is {part.width()} by {part.height()}, less than {least}"


def _cut(part: QWidget) -> Iterator[str]:
    if isinstance(part, Elided) or (isinstance(part, QLabel) and not part.text()):
        return
    if isinstance(part, (QLabel, QAbstractButton)):
        least = part.minimumSizeHint()
        high = part.heightForWidth(part.width()) if part.hasHeightForWidth() else least.height()
        if part.width() < least.width() or part.height() < high:
            yield f"{_says(part)} is cut: {part.width()} by {part.height()} for {least.width()} by {high}"
    parent = part.parentWidget()
    scrolled = parent is not None and isinstance(parent.parentWidget(), QAbstractScrollArea)
    if parent is not None and not scrolled and not parent.rect().contains(part.geometry()):
        yield f"{_says(part)} sticks out of its parent"


def _order(root: QWidget) -> Iterator[str]:
    """Tab goes right or down, never back up on the same column."""
    chain: list[QWidget] = []
    part = root.nextInFocusChain()
    while part is not root and part is not None:
        if _takes_tab(part) and root.isAncestorOf(part) and part.isVisibleTo(root):
            chain.append(part)
        part = part.nextInFocusChain()
    found: list[tuple[int, str]] = []
    for one, other in pairwise([*chain, *chain[:1]]):
        here, there = _box(one, root), _box(other, root)
        same_line = there.top() < here.bottom() and here.top() < there.bottom()
        back = same_line and there.left() < here.left() and not here.contains(there)
        up = there.bottom() <= here.top() and there.left() < here.right()
        if back or up:
            found.append((there.top() - here.top(), f"Tab goes back from {_says(one)} to {_says(other)}"))
    yield from (
        words for _, words in sorted(found)[1:]
    )  # Tab goes round: one way back is from the end to the start


def _box(part: QWidget, root: QWidget) -> QRect:
    return QRect(part.mapTo(root, QPoint(0, 0)), part.size())


def _faint(root: QWidget, parts: list[QWidget]) -> Iterator[str]:
    """Labels and buttons as painted: the strongest pixel against the commonest one."""
    needed = 7.0 if look().scheme == "sun" else 4.5
    image = root.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    for part in parts:
        words = part.text() if isinstance(part, (QLabel, QAbstractButton)) else ""
        seen = part.visibleRegion().boundingRect()
        if not words.strip() or not part.isEnabled() or seen.size() != part.size():
            continue
        ratio = _painted_contrast(image.copy(_box(part, root)))
        if ratio < needed * 0.92:  # thin strokes never reach their full colour
            yield f"{_says(part)} has a contrast of {ratio:.1f}, less than {needed}"


def _painted_contrast(image: QImage) -> float:
    if image.isNull():
        return 21.0
    return _strongest(bytes(image.constBits()))


@lru_cache(2_000)
def _strongest(pixels: bytes) -> float:
    """The contrast of the strongest pixel against the commonest; the same words are painted alike on many pages."""
    colours = Counter(memoryview(pixels).cast("I"))
    ground = QColor.fromRgb(colours.most_common(1)[0][0]).name()
    return max(contrast(QColor.fromRgb(colour).name(), ground) for colour in colours)
