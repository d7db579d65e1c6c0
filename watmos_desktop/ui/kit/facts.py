"""Fields of a record with their values, one below the other."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.ui.kit.look import look
from watmos_desktop.ui.kit.text import Text

_LABEL = 150  # pixels at 100 %


class Facts(QWidget):
    """``Facts([("What is wrong", "Lift stuck at 4"), ("Priority", "Emergency")])``; the values can be selected.

    Rows, not a grid: a grid that is measured before it is shown keeps the height of nothing.
    """

    def __init__(self, rows: Iterable[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for label, words in rows:
            row = QHBoxLayout()
            row.setSpacing(16)
            name = Text(label, role="quiet", wrap=True)
            name.setFixedWidth(round(_LABEL * look().scale))
            row.addWidget(name)
            row.addWidget(Text(words, wrap=True).selectable(), 1)
            column.addLayout(row)
