"""Importing homes: a preview that says what would happen, then all or nothing; again updates and never doubles."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests import build
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Block, Change, Estate, Home, Outbox
from watmos_desktop.services import homes, homes_export, homes_fields, homes_import
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.homes_fields import UnfitError
from watmos_desktop.services.homes_import import Preview, Stopped
from watmos_desktop.services.store import Store

HEAD = ["Reference", "UPRN", "Address", "Postcode", "Estate", "Block", "Storey", "Bedrooms"]
FIRST = [
    "H1",
    "100012345678",
    "Flat 1, Lindley House",
    "WS1 2AB",
    "Lindley Estate",
    "Lindley House",
    "0",
    "2",
]
SECOND = ["H2", "", "Flat 2, Lindley House", "WS1 2AB", "Lindley Estate", "Lindley House", "1", "1"]


def table(tmp_path: Path, *rows: list[str], head: list[str] | None = None) -> Path:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([head or HEAD, *rows])
    path = tmp_path / "homes.csv"
    path.write_text(out.getvalue(), "utf-8", newline="")
    return path


def preview(store: Store, path: Path) -> Preview:
    with store.read() as session:
        return homes_import.read(session, path)


def imported(store: Store, path: Path) -> Preview:
    found = preview(store, path)
    homes_import.apply(store, found)
    return found


def number_of(store: Store, model: type) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def home(store: Store, code: str) -> Home:
    with store.read() as session:
        return session.scalars(select(Home).where(Home.code == code)).one()


def test_a_first_import_makes_homes_blocks_and_estates_and_says_so_first(
    store: Store, tmp_path: Path
) -> None:
    path = table(tmp_path, FIRST, SECOND)
    found = preview(store, path)
    assert (found.new, found.changed, found.unchanged, found.refused) == (2, 0, 0, ())
    assert found.new_estates == ("Lindley Estate",)
    assert found.new_blocks == ("Lindley House (Lindley Estate)",)
    assert found.words == "2 new homes, 0 changed, 0 as they are."
    assert [row.code for row in found.first] == ["H1", "H2"]
    assert number_of(store, Home) == 0
    assert homes_import.apply(store, found) == 2
    row = home(store, "H1")
    assert (row.uprn, row.address, row.storey, row.bedrooms) == ("100012345678", FIRST[2], 0, 2)
    with store.read() as session:
        (estate,) = homes.estates(session)
        (block,) = homes.blocks(session)
    assert (estate.name, estate.homes, block.name) == ("Lindley Estate", 2, "Lindley House")


def test_every_row_goes_through_the_door(store: Store, tmp_path: Path) -> None:
    imported(store, table(tmp_path, FIRST, SECOND))
    assert number_of(store, Change) == number_of(store, Outbox) == 4
    with store.read() as session:
        assert set(session.scalars(select(Change.why))) == {"imported homes"}


def test_importing_again_changes_nothing_and_a_change_is_only_a_change(store: Store, tmp_path: Path) -> None:
    imported(store, table(tmp_path, FIRST, SECOND))
    again = imported(store, table(tmp_path, FIRST, SECOND))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    moved = [*FIRST[:6], "3", ""]
    third = imported(store, table(tmp_path, moved, SECOND))
    assert (third.new, third.changed, third.unchanged) == (0, 1, 1)
    assert third.first[0].changes == (("Storey", "0", "3"), ("Bedrooms", "2", ""))
    assert (home(store, "H1").storey, home(store, "H1").bedrooms) == (3, None)
    assert number_of(store, Home) == 2


def test_columns_that_are_not_there_change_nothing(store: Store, tmp_path: Path) -> None:
    imported(store, table(tmp_path, FIRST))
    found = imported(store, table(tmp_path, ["H1", "mind the dog"], head=["Ref", "Access notes"]))
    assert (found.new, found.changed) == (0, 1)
    row = home(store, "H1")
    assert (row.access_notes, row.address, row.uprn, row.storey) == ("mind the dog", FIRST[2], FIRST[1], 0)
    assert row.block_id is not None


def test_a_short_row_and_an_empty_estate_keep_what_is_there(store: Store, tmp_path: Path) -> None:
    imported(store, table(tmp_path, FIRST))
    found = imported(store, table(tmp_path, ["H1", "", "Flat 1, Lindley House"]))
    assert found.first[0].changes == (("UPRN", "100012345678", ""),)
    found = imported(store, table(tmp_path, ["H1", "", "", "WS1 2AB", "", "Lindley House", "0", "2"]))
    assert (found.changed, found.unchanged) == (0, 1)
    assert home(store, "H1").address == FIRST[2]


def test_names_of_estates_and_blocks_are_known_in_any_case(store: Store, tmp_path: Path) -> None:
    imported(store, table(tmp_path, FIRST))
    found = imported(store, table(tmp_path, [*SECOND[:4], "LINDLEY  estate", "lindley house", "", ""]))
    assert (found.new_estates, found.new_blocks) == ((), ())
    assert (number_of(store, Estate), number_of(store, Block)) == (1, 1)


def test_headings_of_core_and_others_are_known_and_strange_ones_named(store: Store, tmp_path: Path) -> None:
    head = ["tenancycode", "propcode", "UPRN", "address_line1", "address_line2", "town_or_city", "Post-Code *", "la",
            "Scheme", "Building", "Floor level", "No of bedrooms"]  # fmt: skip
    row = [
        "T1",
        "H1",
        "100012345678",
        "Flat 1",
        "2 High St",
        "Walsall",
        "ws12ab",
        "E08",
        "Lindley",
        "A",
        "Ground",
        "2 bed",
    ]
    found = imported(store, table(tmp_path, row, head=head))
    assert found.ignored == ("tenancycode", "la")
    row_ = home(store, "H1")
    assert (row_.address, row_.postcode, row_.storey, row_.bedrooms) == ("Flat 1, 2 High St", "WS1 2AB", 0, 2)
    with store.read() as session:
        assert session.scalars(select(Estate.town)).one() == "Walsall"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("UPRN", "1.00E+11", "digits are lost"),
        ("UPRN", "1.0001234E+11", "digits are lost"),
        ("UPRN", "1234567890123", "at most 12"),
        ("UPRN", "10001234567X", "digits only"),
        ("UPRN", "١٢٣", "digits only"),
        ("Postcode", "WS1", "no postcode"),
        ("Storey", "upstairs", "no storey"),
        ("Storey", "²", "no storey"),
        ("Bedrooms", "99", "no number of bedrooms"),
        ("Reference", "", "empty"),
        ("Reference", "1E+5", "digits are lost"),
        ("Address", "=1+1", "formula"),
        ("Address", "1 High\x00St", "no letter"),
        ("Address", "x" * 301, "too long"),
        ("Estate", "", "name of its estate"),
    ],
)
def test_a_bad_cell_is_named_with_its_line_and_nothing_is_imported(
    store: Store, tmp_path: Path, column: str, value: str, reason: str
) -> None:
    bad = [value if heading == column else text for heading, text in zip(HEAD, FIRST, strict=True)]
    found = preview(store, table(tmp_path, SECOND, bad))
    (refusal,) = found.refused
    assert (refusal.line, refusal.column, refusal.value) == (3, column, value[:80])
    assert reason in refusal.reason
    with pytest.raises(Told, match="1 row cannot be imported"):
        homes_import.apply(store, found)
    assert number_of(store, Home) == 0


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("100012345678.0", "100012345678"),
        ("1.00012345678E+11", "100012345678"),
        (" 100 012 345 678 ", "100012345678"),
        ("000012345678", "12345678"),
        ("", ""),
    ],
)
def test_a_uprn_that_a_spreadsheet_only_dressed_up_is_healed(
    store: Store, tmp_path: Path, written: str, kept: str
) -> None:
    imported(store, table(tmp_path, [FIRST[0], written, *FIRST[2:]]))
    assert home(store, "H1").uprn == kept


@given(uprn=st.integers(1, 999_999_999_999))
@settings(max_examples=80)
def test_a_uprn_is_kept_whole_or_refused_never_changed(uprn: int) -> None:
    heal = homes_fields.BY_HEADING["uprn"].heal
    assert heal(str(uprn)) == heal(f"{uprn}.0") == heal(f"0{uprn}") == str(uprn)
    for digits in range(12):
        shown = f"{uprn:.{digits}E}"
        try:
            assert heal(shown) == str(uprn) or int(float(shown)) != uprn
        except UnfitError:
            assert digits < len(str(uprn)) - 1


def test_doubles_in_the_file_are_refused_where_they_come_second(store: Store, tmp_path: Path) -> None:
    found = preview(store, table(tmp_path, FIRST, SECOND, FIRST, ["H3", *FIRST[1:]]))
    assert [(one.line, one.column) for one in found.refused] == [(4, "Reference"), (4, "UPRN"), (5, "UPRN")]
    assert found.refused_rows == 2
    assert "on line 2" in found.refused[0].reason


def test_a_uprn_that_another_home_has_is_refused(store: Store, tmp_path: Path) -> None:
    imported(store, table(tmp_path, FIRST))
    (refusal,) = preview(store, table(tmp_path, ["H9", *FIRST[1:]])).refused
    assert (refusal.column, refusal.line) == ("UPRN", 2)


def test_a_row_with_more_cells_than_headings_is_refused(store: Store, tmp_path: Path) -> None:
    (refusal,) = preview(store, table(tmp_path, [*FIRST, "what is this"])).refused
    assert refusal.value == "what is this"


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (["Address", "Estate"], "no column with your reference"),
        (["Ref", "Reference", "Address"], "mean the same"),
    ],
)
def test_headings_that_cannot_work_are_told(store: Store, tmp_path: Path, head: list[str], says: str) -> None:
    with pytest.raises(Told, match=says):
        preview(store, table(tmp_path, ["a"] * len(head), head=head))


def test_a_flat_number_that_became_a_date_is_refused(store: Store, tmp_path: Path) -> None:
    row = ["H1", "02-Jan", "1 High St", "Lindley"]
    (refusal,) = preview(store, table(tmp_path, row, head=["Ref", "Flat", "Address", "Estate"])).refused
    assert (refusal.column, refusal.value) == ("Number", "02-Jan")


def test_a_removed_home_comes_back_under_its_reference(store: Store, tmp_path: Path) -> None:
    imported(store, table(tmp_path, FIRST))
    with store.write("removed") as session:
        session.scalars(select(Home)).one().deleted = True
    found = imported(store, table(tmp_path, FIRST))
    assert (found.new, found.changed) == (0, 1)
    assert not home(store, "H1").deleted


def test_stopped_part_way_leaves_nothing(store: Store, tmp_path: Path) -> None:
    rows = [[f"H{n}", "", "1 High St", "", "Lindley Estate", "", "", ""] for n in range(1000)]
    found = preview(store, table(tmp_path, *rows))
    heard: list[tuple[int, int]] = []
    with pytest.raises(Stopped):
        homes_import.apply(
            store, found, lambda done, total: heard.append((done, total)), lambda: len(heard) == 2
        )
    assert heard == [(400, 1000), (800, 1000)]
    assert number_of(store, Home) == number_of(store, Estate) == number_of(store, Outbox) == 0
    with store.read() as session, pytest.raises(Stopped):
        homes_import.read(session, table(tmp_path, *rows), cancelled=lambda: True)
    assert homes_import.apply(store, found) == 1000


def test_a_home_changed_since_the_preview_stops_the_import(store: Store, tmp_path: Path) -> None:
    imported(store, table(tmp_path, FIRST))
    found = preview(store, table(tmp_path, [*FIRST[:6], "5", "2"], SECOND))
    with store.write("meanwhile") as session:
        session.scalars(select(Home)).one().access_notes = "new dog"
    with pytest.raises(Told, match="changed since"):
        homes_import.apply(store, found)
    assert number_of(store, Home) == 1
    assert home(store, "H1").storey == 0


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
def test_only_a_manager_imports_and_exports(store: Store, tmp_path: Path, role: Role) -> None:
    found = preview(store, table(tmp_path, FIRST))
    build.acting(store, role)
    with pytest.raises(NotAllowed):
        preview(store, table(tmp_path, FIRST))
    with pytest.raises(NotAllowed):
        homes_import.apply(store, found)
    with store.read() as session, pytest.raises(NotAllowed):
        homes_export.write(session, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_manager_of_one_estate_imports_there_alone(store: Store, tmp_path: Path) -> None:
    other = ["H7", "", "1 Mill St", "", "Millers Court", "", "", ""]
    imported(store, table(tmp_path, FIRST, other))
    with store.read() as session:
        mine = session.scalars(select(Estate).where(Estate.name == "Lindley Estate")).one()
    store.actor = build.an_actor(Role.MANAGER, estates=[mine])
    assert preview(store, table(tmp_path, [*FIRST[:6], "7", "1"], SECOND)).refused == ()
    elsewhere = [
        ["H7", "", "2 Mill St", "", "Millers Court", "", "", ""],
        ["H8", *other[1:]],
        ["H9", *other[1:4], "New", "", "", ""],
    ]
    found = preview(store, table(tmp_path, *elsewhere))
    assert found.refused_rows == 3
    with store.read() as session:
        assert homes_export.write(session, tmp_path / "mine.csv") == 1


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_is_exported_imports_without_a_change(store: Store, tmp_path: Path, name: str) -> None:
    with store.write("homes") as session:
        block = build.a_block(session, name='=Łódź "House"')
        build.a_home(session, block, code="H1", address="+1 High St, 'Mill'", uprn="100012345678", storey=-1)
        build.a_home(session, block, code="=H2", access_notes="=cmd|'/c calc'!A1\nsecond line", bedrooms=0)
        build.a_home(session, block, code="H3", block_id=None, number="'7", storey=12, postcode="SW9 8QR")
    with store.read() as session:
        assert homes_export.write(session, tmp_path / name) == 3
    found = preview(store, tmp_path / name)
    assert found.refused == ()
    assert (found.new, found.changed, found.unchanged) == (0, 0, 3)


def test_a_spreadsheet_with_numbers_for_text_imports(store: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEAD)
    sheet.append([1001, 100012345678, "1 High St", "WS1 2AB", "Lindley", None, 0.0, 2])
    book.save(tmp_path / "h.xlsx")
    imported(store, tmp_path / "h.xlsx")
    row_ = home(store, "1001")
    assert (row_.uprn, row_.storey, row_.bedrooms) == ("100012345678", 0, 2)


def test_estates_that_share_their_letters_get_codes_of_their_own(store: Store, tmp_path: Path) -> None:
    rows = [["A", "Mill Court"], ["B", "MILL-COURT!"], ["C", "চৌধুরী"], ["D", "***"]]
    rows = [[code, "1 High St", estate, "A"] for code, estate in rows]
    imported(store, table(tmp_path, *rows, head=["Ref", "Address", "Estate", "Block"]))
    with store.read() as session:
        codes = list(session.scalars(select(Estate.code))) + list(session.scalars(select(Block.code)))
    assert len(set(codes)) == 8
