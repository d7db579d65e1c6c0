"""Tab follows the eye: the order of a screen whose parts come late or change their place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QScrollArea, QWidget


def order_tabs(root: QWidget) -> None:
    """Let Tab go through ``root`` as its layouts are read: left to right, top to bottom."""
    for one, other in pairwise(in_order(root)):
        QWidget.setTabOrder(one, other)


def in_order(root: QWidget) -> Iterator[QWidget]:
    """The parts below ``root`` that Tab can reach, in the order of their layouts."""
    if isinstance(root, QScrollArea):
        inside = root.widget()
        if inside is not None:
            yield from in_order(inside)
        return
    layout = root.layout()
    if layout is not None:
        yield from _laid_out(layout)


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        widget, inner = (item.widget(), item.layout()) if item is not None else (None, None)
        if widget is not None:
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
                yield widget
            yield from in_order(widget)
        elif inner is not None:
            yield from _laid_out(inner)
