"""A value from outside is kept as this program would have written it, or refused: never anything between."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watmos_desktop.models.tables import SYNCED, Base
from watmos_desktop.services.capture import from_json, to_json
from watmos_desktop.services.sync import values
from watmos_desktop.services.sync.values import BadValue, normal

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=50)
# JSON columns that hold a list; the others hold an object.
LISTS = frozenset(
    {
        ("attachment", "marks"),
        ("signature", "strokes"),
        ("visit_signature", "strokes"),
        ("contractor", "trades"),
        ("contractor", "specialisms"),
        ("contractor", "estates"),
        ("repair", "distinct_from"),
        ("hazard_case", "distinct_from"),
        ("repair", "pin"),
        ("person", "safe_ways"),
        ("visit_answer", "value"),
        ("visit_need", "times"),
        ("visitor", "times"),
        ("visitor", "languages"),
    }
)
KINDS: dict[type, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(-(2**53) + 1, 2**53 - 1),
    bool: st.booleans(),
    UUID: st.uuids(),
    date: st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    datetime: st.datetimes(  # of hours that a change of clocks leaves out none equals another
        datetime(1950, 1, 1),  # noqa: DTZ001
        datetime(2100, 1, 1),  # noqa: DTZ001
        timezones=st.timezones(),
        allow_imaginary=False,
    ),
    dict: st.dictionaries(TEXT, st.integers(0, 9) | TEXT, max_size=3),
    list: st.lists(st.integers(0, 9) | TEXT, max_size=3),
}
COLUMNS = [
    (table, column.key)
    for table in SYNCED
    for column in Base.metadata.tables[table].columns
    if column.key in values.known(table)
]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(COLUMNS), st.data())
def test_what_capture_writes_is_normal_and_reads_back(column: tuple[str, str], data: st.DataObject) -> None:
    table, name = column
    kind = Base.metadata.tables[table].columns[name].type.python_type
    if kind not in KINDS and not issubclass(kind, Enum):
        kind = list if column in LISTS else dict
    value = data.draw(st.sampled_from(kind) if issubclass(kind, Enum) else KINDS[kind])
    written = to_json(value)
    assert normal(table, name, written) == written
    read = from_json(SYNCED[table], name, written)
    # An hour that comes twice in one zone equals none of another: the moments are compared.
    assert read == (value.astimezone(UTC) if isinstance(value, datetime) else value)


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("repair", "title", None),
        ("repair", "title", 7),
        ("repair", "title", "nul \x00"),
        ("repair", "title", "half \ud800"),
        ("repair", "title", "x" * 20_001),
        ("repair", "title", {"add": ["x"]}),
        ("repair", "status", "mended"),
        ("repair", "status", ["reported"]),
        ("repair", "estate_id", "7"),
        ("repair", "estate_id", 7),
        ("repair", "estate_id", None),
        ("repair", "due_at", "2026-11-23"),
        ("repair", "due_at", "2026-11-23T10:00:00"),
        ("repair", "due_at", "9999-12-31T23:59:59-12:00"),
        ("repair", "due_at", 1700000000),
        ("repair", "deleted", 1),
        ("repair", "id", "x"),
        ("schedule", "starts_on", "2026-02-30"),
        ("schedule", "starts_on", "0001-01-01"),
        ("schedule", "every_weeks", True),
        ("schedule", "every_weeks", 1.0),
        ("schedule", "every_weeks", 2**53),
        ("schedule", "every_weeks", "4"),
        ("inspection", "joint", "yes"),
        ("inspection", "area_grades", []),
        ("inspection", "area_grades", {"a": "nul \x00"}),
        ("inspection", "area_grades", {"a": "x" * 2**18}),
        ("attachment", "marks", {"a": 1}),
        ("attachment", "marks", {"add": "x"}),
        ("attachment", "marks", {"add": [], "and": []}),
        ("attachment", "marks", "x"),
        ("repair", "new_field", "x" * 2**18),
        ("repair", "new_field", {"deep": "nul \x00"}),
    ],
)
def test_what_its_column_does_not_take_is_refused_and_not_repeated(
    table: str, field: str, value: Any
) -> None:
    with pytest.raises(BadValue) as refused:
        normal(table, field, value)
    assert refused.value.field == field
    assert str(value) not in str(refused.value) or value == 7


def test_one_spelling_of_each() -> None:
    assert normal("repair", "due_at", "2026-11-23T11:42:00+01:00") == "2026-11-23T10:42:00+00:00"
    assert normal("repair", "due_at", "2026-11-23T10:42:00Z") == "2026-11-23T10:42:00+00:00"
    one = uuid4()
    assert normal("repair", "estate_id", str(one).upper()) == str(one)
    assert normal("repair", "completed_at", None) is None
    assert normal("attachment", "marks", {"add": [1]}) == {"add": [1], "remove": []}
    assert normal("repair", "new_field", {"kept": [1.5]}) == {"kept": [1.5]}


def test_known_columns_are_the_models_and_required_ones_have_no_default() -> None:
    assert values.known("estate") == ("code", "name", "town")
    assert values.known("nothing") == () == values.known("outbox")
    assert values.required("estate") == ("code", "name")
    assert to_json(datetime(2026, 11, 23, tzinfo=UTC)) == "2026-11-23T00:00:00+00:00"
