"""Tables of text, CSV or XLSX, read as spreadsheets really leave them, and written (security.md S37, 4c).

Reading never evaluates anything: a formula is a cell in trouble. Writing makes text of everything, so that
nothing in a record can become a formula in someone's spreadsheet; reading back gives the same text.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from watmos_desktop.services import files, wording
from watmos_desktop.services.errors import Told

DELIMITERS = ",;\t|"
MOST_BYTES = 200 * 2**20
MOST_UNPACKED = 400 * 2**20
MOST_CELL = 32_767  # what a spreadsheet holds; it would cut the rest off without a word
MOST_ROWS = 200_000
_LOOK_FOR_HEAD = 10  # rows

_FORMULA = "It is a formula; put its result in as text."
_ERROR = "The spreadsheet has an error in this cell."
# What makes a spreadsheet take text for a formula, also behind spaces and quotation marks.
_ACTIVE = re.compile("[\\s\"'\x00]*[=+\\-@\t\r\n\x00＝＋－＠]")


@dataclass(frozen=True)
class Cell:
    """A cell as text, byte for byte; ``trouble`` says why its text cannot be relied on."""

    text: str
    trouble: str = ""


@dataclass(frozen=True)
class Row:
    """A row: ``line`` is its (first) line in the file or its row number in the sheet."""

    line: int
    cells: tuple[Cell, ...]

    @property
    def blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(cell.text.strip() or cell.trouble for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """A table: what its columns are called, and its rows."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]


def read(path: Path, knows: Callable[[str], bool]) -> Sheet:
    """Read a CSV or XLSX file, whichever it is inside; ``knows`` tells whether a text names a column.

    The heading is the row among the first that names the most columns. Raises Told when it is not a table.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError:
        raise Told("That file cannot be opened.", "Check that it is there and closed elsewhere.") from None
    if size > MOST_BYTES:
        raise Told("That file is too big to be a list of homes.", "Split it, at most 200 MB each.")
    if data.startswith(b"PK"):
        tables = _workbook(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Told(
            "That is an old or a password-protected spreadsheet.",
            "Save it as .xlsx without a password, or as CSV.",
        )
    else:
        tables = [partial(_csv, _decoded(data), delimiter) for delimiter in DELIMITERS]
    known, place, table = max(
        ((*_heading(rows(), knows), rows) for rows in tables), key=lambda found: found[0]
    )
    if not known:
        raise Told(
            "No heading of this file is known.",
            "The first row needs headings such as Reference, Address, Postcode, Estate, Block.",
        )
    head, *rows = islice(table(), place, place + MOST_ROWS + 2)
    if len(rows) > MOST_ROWS:
        raise Told(f"That file has more than {MOST_ROWS:,} rows.", "Split it and import one part at a time.")
    return Sheet(tuple(cell.text.strip() for cell in head.cells), tuple(row for row in rows if not row.blank))


def _heading(rows: Iterator[Row], knows: Callable[[str], bool]) -> tuple[int, int]:
    """How many columns the best heading names, and where it is: many sheets begin with a title."""
    scores = [sum(knows(cell.text) for cell in row.cells) for row in islice(rows, _LOOK_FOR_HEAD)]
    best = max(scores, default=0)
    return best, scores.index(best) if best else 0


def _decoded(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decode(data, encoding)
    if data[:200].count(0) * 3 > len(
        data[:200]
    ):  # UTF-16 without its mark: every other byte of English is nought
        return _decode(data, "utf-16-be" if data[:1] == b"\x00" else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(data, "cp1252")


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        raise Told(f"The letters of line {line} cannot be read.", "Save the file as CSV UTF-8.") from None


def _csv(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line, tuple(map(_typed, cells)))
            line = reader.line_num + 1
    except csv.Error:
        yield Row(line, (Cell("", "A quotation mark is missing or out of place from here on."),))


def _typed(text: str) -> Cell:
    """A cell of a CSV file: what starts as a formula would be one, an apostrophe says that it is text."""
    if text.startswith("'") and _ACTIVE.match(text[1:]):
        return Cell(text[1:])
    return Cell(text, _FORMULA if text.lstrip().startswith(("=", "＝")) else "")


def _workbook(data: bytes) -> list[Callable[[], Iterator[Row]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise Told("That spreadsheet is too big.", "Save the one sheet with the homes as CSV.")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    except Told:
        raise
    except Exception:  # a damaged zip or its XML fails in too many ways to list
        raise Told("That spreadsheet is damaged.", "Open it, save it anew, then try once more.") from None
    return [partial(_sheet, sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]


def _sheet(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # some programs write a wrong size
    width = 0
    try:
        for line, cells in enumerate(sheet.iter_rows(), start=1):
            width = max(width, len(cells))  # what is empty at the end is left out of the file
            yield Row(line, tuple(map(_cell, cells)) + (Cell(""),) * (width - len(cells)))
    except Exception:  # as above
        raise Told("That spreadsheet is damaged.", "Open it, save it anew, then try once more.") from None


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell("")
    if cell.data_type == "f":
        return Cell(str(value), _FORMULA)
    if cell.data_type == "e":
        return Cell(str(value), _ERROR)
    if isinstance(value, datetime | date):
        shown = wording.day(value)
        return Cell(shown, "The spreadsheet turned it into a date; type it as text.")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return Cell(str(int(value)))
    return Cell(str(value))


def write(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]], title: str = "Homes") -> None:
    """Write a table whole or not at all: ``.xlsx`` with a sheet of that title, or CSV (UTF-8 with its mark).

    Raises Told for a text that a spreadsheet would cut off or not take, and NotWritten.
    """
    table = [head, *rows]
    for row in table:
        for text in row:
            if len(text) > MOST_CELL:
                raise Told("One text is too long for a spreadsheet.", f"At most {MOST_CELL:,} letters fit.")
    files.write_whole(path, _as_workbook(table, title) if path.suffix.lower() == ".xlsx" else _as_csv(table))


def _as_csv(table: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [("'" + text if _ACTIVE.match(text) else text) for text in row] for row in table
    )
    return out.getvalue().encode("utf-8-sig")


def _as_workbook(table: Iterable[Sequence[str]], title: str) -> bytes:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    try:
        for row in table:
            cells = []
            for text in row:
                cell = WriteOnlyCell(sheet, text)
                cell.data_type = "s"  # never a formula, whatever it starts with
                cell.number_format = "@"
                cells.append(cell)
            sheet.append(cells)
    except IllegalCharacterError:
        raise Told("One text has a sign that no spreadsheet takes.", "Export as CSV instead.") from None
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
