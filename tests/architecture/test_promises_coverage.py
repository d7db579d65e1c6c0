"""The README's table holds every promise once, says where it is kept, and names a test for each that works."""

from __future__ import annotations

import re
from pathlib import Path

from watmos_desktop.services import promises

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
TABS = {
    "Contacts",
    "Resident voice",
    "Inspections",
    "Homes",
    "Visits",
    "Repairs",
    "ASB",
    "Performance",
    "Complaints",
}
STATE = re.compile(r"^(.+) · `(tests/[\w/]+\.py)`$")


def rows() -> list[tuple[str, ...]]:
    return ROW.findall((ROOT / "README.md").read_text("utf-8"))


def test_every_promise_stands_in_the_table_exactly_once_and_in_order() -> None:
    assert [row[0] for row in rows()] == [one.id for one in promises.promises()]


def test_every_promise_says_where() -> None:
    for promise, _, where, _ in rows():
        assert set(where.split(", ")) <= TABS, promise


def test_what_is_not_to_come_names_a_test_that_is_there() -> None:
    for promise, _, _, state in rows():
        if state == "to come":
            continue
        named = STATE.match(state)
        assert named, f"{promise}: {state}"
        assert (ROOT / named[2]).is_file(), named[2]
