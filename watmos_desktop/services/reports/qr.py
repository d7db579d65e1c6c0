"""A text as a square that a telephone reads, drawn on paper."""

from __future__ import annotations

import segno
from reportlab.pdfgen.canvas import Canvas

_QUIET = 2  # modules of white around it; paper is white beyond


def draw(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """The square of ``side`` points with its lower left corner there: black on white, in one path."""
    rows = [bytes(row) for row in segno.make_qr(text, error="m").matrix]
    module = side / (len(rows) + 2 * _QUIET)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(x, y, side, side, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        start = None
        for across, dark in enumerate((*row, 0)):
            if dark and start is None:
                start = across
            elif not dark and start is not None:
                # Runs, a little taller than a module, so that no hair lines show between the rows.
                low = y + side - (down + 1 + _QUIET) * module
                path.rect(x + (start + _QUIET) * module, low, (across - start) * module, module * 1.02)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)
