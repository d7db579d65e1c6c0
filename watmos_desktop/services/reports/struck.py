"""Words on paper that were taken back: crossed out, and still to be read."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.flow import Block
from watmos_desktop.services.reports.text import Text, ink, width_of


@dataclass(frozen=True)
class Struck:
    """Words crossed out line by line, so that they can still be read."""

    text: Text

    @property
    def height(self) -> float:
        """As the words."""
        return self.text.height

    def split(self, room: float) -> tuple[Block, Block] | None:
        """Each part is crossed out."""
        cut = self.text.split(room)
        return None if cut is None else (Struck(cut[0]), Struck(cut[1]))

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """The words, and a line through each of theirs."""
        self.text.draw(canvas, x, top)
        canvas.setStrokeColor(ink(style.BAD))
        canvas.setLineWidth(0.8)
        middle = top - self.text.style.leading / 2
        for line, rtl in self.text.lines:
            long = width_of(line.rstrip(" "), self.text.style)
            left = x + self.text.width - long if rtl and len(self.text.lines) > 1 else x
            canvas.line(left, middle, left + long, middle)
            middle -= self.text.style.leading
