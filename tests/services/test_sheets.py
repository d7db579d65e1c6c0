"""Tables as people's spreadsheets leave them are read; what is written is text and comes back the same."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watmos_desktop.services import sheets
from watmos_desktop.services.errors import Told

HEAD = ["Reference", "Address", "Notes"]
MILL = ["H1", "Łódź Court, “The Mill”", "été"]


def knows(text: str) -> bool:
    return text.strip().casefold() in {"reference", "address", "notes"}


def texts(path: Path) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in sheets.read(path, knows).rows]


def saved(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", list(sheets.DELIMITERS))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_each_encoding_and_delimiter_is_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    data = as_csv([HEAD, MILL], delimiter).encode(encoding)
    assert texts(saved(tmp_path / "homes.csv", data)) == [MILL]


def test_windows_letters_and_curly_quotes_are_read(tmp_path: Path) -> None:
    row = ["H1", "O’Brien “Court”", "café – ½"]
    assert texts(saved(tmp_path / "homes.csv", as_csv([HEAD, row]).encode("cp1252"))) == [row]


def test_utf_16_with_its_mark_of_either_order(tmp_path: Path) -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        data = mark + as_csv([HEAD, MILL]).encode(encoding)
        assert texts(saved(tmp_path / "homes.csv", data)) == [MILL]


def test_a_title_blank_rows_and_a_sep_line_are_no_rows(tmp_path: Path) -> None:
    text = "sep=;\r\nHomes as at 1 Nov;;\r\n\r\nReference;Address;Notes\r\n;;\r\nH1;1 High St;\r\n \r\n"
    sheet = sheets.read(saved(tmp_path / "homes.csv", text.encode()), knows)
    assert sheet.head == ("Reference", "Address", "Notes")
    assert [(row.line, [cell.text for cell in row.cells]) for row in sheet.rows] == [
        (6, ["H1", "1 High St", ""])
    ]


def test_lines_are_counted_through_embedded_newlines(tmp_path: Path) -> None:
    text = 'Reference,Address,Notes\n"H1","1 High St\nWalsall","a\n\nb"\nH2,2 High St\n'
    rows = sheets.read(saved(tmp_path / "homes.csv", text.encode()), knows).rows
    assert [row.line for row in rows] == [2, 6]
    assert [cell.text for cell in rows[0].cells] == ["H1", "1 High St\nWalsall", "a\n\nb"]
    assert len(rows[1].cells) == 2


def test_a_missing_quotation_mark_is_a_row_in_trouble(tmp_path: Path) -> None:
    text = 'Reference,Address,Notes\nH1,1 High St,\nH2,"2 High St,\nH3,3 High St,\n'
    rows = sheets.read(saved(tmp_path / "homes.csv", text.encode()), knows).rows
    assert [row.line for row in rows] == [2, 3]
    assert "quotation mark" in rows[1].cells[0].trouble


@pytest.mark.parametrize("text", ["=1+1", " =A1", "＝1+1", "=HYPERLINK(0)"])
def test_a_formula_in_csv_is_refused_never_worked_out(tmp_path: Path, text: str) -> None:
    (row,) = sheets.read(saved(tmp_path / "h.csv", as_csv([HEAD, ["H1", text, ""]]).encode()), knows).rows
    assert row.cells[1].trouble
    assert not row.cells[0].trouble


@pytest.mark.parametrize("text", ["+44 7700 900123", "-", "@home", "O'Brien", "'quoted'"])
def test_what_only_looks_like_a_formula_is_kept(tmp_path: Path, text: str) -> None:
    (row,) = sheets.read(saved(tmp_path / "h.csv", as_csv([HEAD, ["H1", text, ""]]).encode()), knows).rows
    assert (row.cells[1].text, row.cells[1].trouble) == (text, "")


def workbook(path: Path, *sheets_: tuple[str, list[list[object]], str]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows, state in sheets_:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_gives_text_and_says_what_cannot_be_relied_on(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        list(HEAD),
        ["H1", "=1+1", date(2026, 2, 1)],
        [1001, 100012345678.0, 1.5],
        ["#REF!", None, True],
    ]
    first, second, third = sheets.read(workbook(tmp_path / "h.xlsx", ("Homes", rows, "visible")), knows).rows
    assert [bool(cell.trouble) for cell in first.cells] == [False, True, True]
    assert "date" in first.cells[2].trouble
    assert [cell.text for cell in second.cells] == ["1001", "100012345678", "1.5"]
    assert third.cells[0].trouble
    assert [row.line for row in (first, second, third)] == [2, 3, 4]


def test_the_visible_sheet_with_the_headings_is_read(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "h.xlsx",
        ("Old", [list(HEAD), ["HIDDEN", "x", ""]], "hidden"),
        ("About", [["This list is from the office"]], "visible"),
        ("Homes", [["Homes"], [], list(HEAD), ["H1", "1 High St", None]], "visible"),
    )
    assert texts(path) == [["H1", "1 High St", ""]]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "No heading"),
        (b"a,b\n1,2\n", "No heading"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "password"),
        (b"Reference,Address\nH1,\x81\x8d\n", "line 2"),
    ],
)
def test_what_is_no_table_is_told(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(Told, match=says):
        sheets.read(saved(tmp_path / "file", data), knows)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Told, match="cannot be opened"):
        sheets.read(tmp_path / "none.csv", knows)


def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 2_000_000)
    with pytest.raises(Told, match="too big"):
        sheets.read(path, knows)


def test_too_many_rows_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    rows = [[f"H{n}", "x", ""] for n in range(4)]
    assert len(texts(saved(tmp_path / "h.csv", as_csv([HEAD, *rows[:3]]).encode()))) == 3
    with pytest.raises(Told, match="more than 3 rows"):
        sheets.read(saved(tmp_path / "h.csv", as_csv([HEAD, *rows]).encode()), knows)


# No control characters (refused on import), no surrogates; CR LF would be one line end in a spreadsheet.
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30)
_ROW = st.lists(_TEXT, min_size=3, max_size=3).filter(lambda row: any(text.strip() for text in row))
_NASTY = ["=1+1", "+44", "-x", "@SUM(A1)", "\t=1", "＝1", "'=1", "''=1", '"=1', "' +1", "plain", "' x"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(_ROW, min_size=1, max_size=4))
@pytest.mark.parametrize("name", ["h.csv", "h.xlsx"])
def test_what_is_written_is_read_the_same(tmp_path: Path, name: str, rows: list[list[str]]) -> None:
    sheets.write(tmp_path / name, HEAD, rows)
    assert texts(tmp_path / name) == rows


@pytest.mark.parametrize("name", ["h.csv", "h.xlsx"])
def test_nothing_written_is_a_formula(tmp_path: Path, name: str) -> None:
    sheets.write(tmp_path / name, HEAD, [["H", text, ""] for text in _NASTY])
    assert [row[1] for row in texts(tmp_path / name)] == _NASTY
    if name.endswith("csv"):
        with (tmp_path / name).open(encoding="utf-8-sig", newline="") as file:
            written = [row[1] for row in csv.reader(file)][1:]
        assert not [text for text in written if text.lstrip(' \t"')[:1] in "=+-@＝" and text]
    else:
        book = openpyxl.load_workbook(tmp_path / name)
        assert not [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.data_type == "f"]


def test_a_text_that_a_spreadsheet_would_cut_off_is_told(tmp_path: Path) -> None:
    for name in ("h.csv", "h.xlsx"):
        with pytest.raises(Told, match="too long"):
            sheets.write(tmp_path / name, HEAD, [["H1", "x" * 32_768, ""]])
        assert not (tmp_path / name).exists()
