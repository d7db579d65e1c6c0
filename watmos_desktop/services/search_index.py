"""What search reads: for each noun the folded text of its records, and an index of its grams, kept by triggers.

The index has every three letters that stand together, and every four: each pair of neighbours is written as one
sign (``pairs``), so that three signs tell of four letters. All of it is derived: the tables are made by a migration,
the triggers and the filling by ``make`` after it. Triggers work inside the transaction that changes a record,
whichever door it came through (docs/decisions/0009-search.md).
"""

# ruff: noqa: S608 - every part of the SQL is a name written in this file
from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from operator import add

from sqlalchemy import Connection, inspect

# The fields of each noun that a person may find it by. ``where`` is the name of its place, as lists show it.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "estate": ("name", "town", "code"),
    "block": ("name", "address", "postcode", "uprn", "code"),
    "community_space": ("name", "address", "code"),
    "home": ("address", "number", "postcode", "uprn", "code"),
    "person": ("name",),
    "repair": ("reference", "title", "place", "where"),
    "inspection": ("reference", "where"),
}
_WHERE_COLUMNS = ("estate_id", "block_id", "space_id")
_WHERE = (
    "coalesce((SELECT name FROM block WHERE id = r.block_id), (SELECT name FROM community_space WHERE id = r.space_id),"
    " (SELECT name FROM estate WHERE id = r.estate_id), '')"
)
# The records whose ``where`` is the name of the estate, block or space in NEW, each found on an index.
_NAMED_BY: Mapping[str, tuple[tuple[str, str], ...]] = {
    "estate": (
        ("repair", "estate_id = NEW.id AND block_id IS NULL AND space_id IS NULL"),
        ("inspection", "place_key = NEW.id"),
    ),
    "block": (("repair", "block_id = NEW.id"), ("inspection", "place_key = NEW.id")),
    "community_space": (
        ("repair", "estate_id = NEW.estate_id AND space_id = NEW.id"),
        ("inspection", "place_key = NEW.id"),
    ),
}

# Letters that no decomposition turns into those on a British keyboard.
_OWN_WAY = dict(
    zip("łøđðħŧıſæœßþŋ", ("l", "o", "d", "d", "h", "t", "i", "s", "ae", "oe", "ss", "th", "n"), strict=True)
)
# Latin letters, combining accents, Greek and Cyrillic.
_FOLDED = (range(0xC0, 0x250), range(0x300, 0x370), range(0x370, 0x530), range(0x1E00, 0x1F00))
TEXT_LENGTH = 2000  # letters of a record that are searched; folding doubles them at most
_LAST_ASCII = 0x7F
# A pair as one sign, beyond the letters of living languages. That two pairs share one costs a look, no more.
_PAIR_FIRST, _PAIR_COUNT, _PAIR_STEP = 0x20000, 0xE0000, 1117
_MOST_SIGNS = 50_000
# Triggers that keep what is derived are silent while very many rows are laid down (sync/bulk.py does their work then).
UNLESS_BULK = "(SELECT applying FROM _mode) < 2"


@cache
def fold_table() -> Mapping[str, str]:
    """How letters beyond ASCII are found: ``{"Ł": "l", "é": "e", "Ж": "ж"}``; others as they are written."""
    table = {}
    for number in (number for some in _FOLDED for number in some):
        sign = chr(number)
        small = sign.lower()
        parts = unicodedata.normalize("NFKD", _OWN_WAY.get(small, small))
        plain = "".join(_OWN_WAY.get(part, part) for part in parts if not unicodedata.combining(part))
        if plain != sign:
            table[sign] = plain
    return table


class _Signs(dict[str, str]):
    """The sign of each pair of letters that was met: looking it up takes a sixth of working it out."""

    def __missing__(self, pair: str) -> str:
        if len(self) >= _MOST_SIGNS:
            self.clear()
        found = self[pair] = chr(_PAIR_FIRST + (ord(pair[0]) * _PAIR_STEP + ord(pair[1])) % _PAIR_COUNT)
        return found


_SIGNS = _Signs()


def pairs(text: str) -> str:
    """Each letter but the last with its neighbour, as one sign."""
    return "".join(map(_SIGNS.__getitem__, map(add, text, text[1:])))


def _pairs_of(text: str) -> str:
    one, two = f"unicode(substr({text}, n, 1))", f"unicode(substr({text}, n + 1, 1))"
    sign = f"char({_PAIR_FIRST} + ({one} * {_PAIR_STEP} + {two}) % {_PAIR_COUNT})"
    ordered = f"SELECT {sign} AS sign FROM search_position WHERE n < length({text}) ORDER BY n"
    return f"(SELECT coalesce(group_concat(sign, ''), '') FROM ({ordered}))"


def make(connection: Connection) -> None:
    """Make the triggers afresh and fill what is empty; nothing where the tables are not made yet."""
    there = set(inspect(connection).get_table_names())
    if "search_fold" not in there:
        return
    run = connection.exec_driver_sql
    if not run("SELECT 1 FROM search_fold").first():
        run("INSERT INTO search_fold VALUES (?, ?)", list(fold_table().items()))
        run("INSERT INTO search_position VALUES (?)", [(n,) for n in range(1, 2 * TEXT_LENGTH + 1)])
    for noun, fields in FIELDS.items():
        _make_index_triggers(connection, noun)
        _make_record_triggers(connection, noun, fields)
        run(f"INSERT INTO search_{noun} (id, text) {_texts(noun)} WHERE r.deleted = 0"
            f" AND NOT EXISTS (SELECT 1 FROM search_{noun} WHERE id = r.id) ORDER BY r.id")  # fmt: skip
    for place, named in _NAMED_BY.items():
        _make_name_triggers(connection, place, named)


def refresh(connection: Connection, touched: Mapping[str, Iterable[bytes]]) -> None:
    """What the triggers do, for many records at once; to be called while they are silent (``UNLESS_BULK``).

    ``touched`` are the ids by table of every record that was added, changed or removed.
    """
    if not any(touched.get(noun) for noun in FIELDS):
        return
    run = connection.exec_driver_sql
    run(
        "CREATE TEMP TABLE IF NOT EXISTS search_fresh (noun TEXT, id BLOB, PRIMARY KEY (noun, id)) WITHOUT ROWID"
    )
    run("DELETE FROM temp.search_fresh")
    for noun in FIELDS:
        if ids := [(noun, one) for one in touched.get(noun, ())]:
            run("INSERT OR IGNORE INTO temp.search_fresh VALUES (?, ?)", ids)
    for place, named in _NAMED_BY.items():
        for noun, condition in named if touched.get(place) else ():
            by = condition.replace("NEW.id", "place_id").replace("NEW.estate_id", "place_estate")
            estate = ", estate_id AS place_estate" if "place_estate" in by else ""
            places = (
                f"SELECT id AS place_id{estate} FROM {place} WHERE id IN (SELECT id FROM temp.search_fresh"
            )
            run(f"INSERT OR IGNORE INTO temp.search_fresh SELECT '{noun}', id FROM ({places} WHERE noun = '{place}'))"
                f" JOIN {noun} ON {by}")  # fmt: skip
    for noun in FIELDS:
        _refresh(connection, noun)
    run("DELETE FROM temp.search_fresh")


def _refresh(connection: Connection, noun: str) -> None:
    run = connection.exec_driver_sql
    fresh = f"SELECT id FROM temp.search_fresh WHERE noun = '{noun}'"
    before = {
        row[0]: (row[1], row[2])
        for row in run(f"SELECT id, n, text FROM search_{noun} WHERE id IN ({fresh})")
    }
    now = {row[0]: row[1] for row in run(f"{_texts(noun)} WHERE r.id IN ({fresh}) AND r.deleted = 0")}
    gone = [(n, text, pairs(text)) for key, (n, text) in before.items() if now.get(key) != text]
    new = [(key, text) for key, text in now.items() if before.get(key, (0, None))[1] != text]
    index = f"search_{noun}_index"
    if gone:
        run(f"INSERT INTO {index} ({index}, rowid, text, pairs) VALUES ('delete', ?, ?, ?)", gone)
        run(f"DELETE FROM search_{noun} WHERE n = ?", [(n,) for n, *_ in gone])
    if new:
        first = run(f"SELECT coalesce(max(n), 0) + 1 FROM search_{noun}").scalar_one()
        added = [(n, key, text) for n, (key, text) in enumerate(sorted(new), first)]
        run(f"INSERT INTO search_{noun} (n, id, text) VALUES (?, ?, ?)", added)
        run(f"INSERT INTO {index} (rowid, text, pairs) VALUES (?, ?, ?)",
            [(n, text, pairs(text)) for n, _, text in added])  # fmt: skip


def _make_index_triggers(connection: Connection, noun: str) -> None:
    table, index = f"search_{noun}", f"search_{noun}_index"
    add = f"INSERT INTO {index} (rowid, text, pairs) VALUES (NEW.n, NEW.text, {_pairs_of('NEW.text')});"
    drop = (
        f"INSERT INTO {index} ({index}, rowid, text, pairs)"
        f" VALUES ('delete', OLD.n, OLD.text, {_pairs_of('OLD.text')});"
    )
    _trigger(connection, f"{table}_added", f"AFTER INSERT ON {table}", add)
    _trigger(connection, f"{table}_dropped", f"AFTER DELETE ON {table}", drop)
    _trigger(
        connection, f"{table}_changed", f"AFTER UPDATE OF text ON {table}", drop + add, "OLD.text <> NEW.text"
    )


def _make_record_triggers(connection: Connection, noun: str, fields: tuple[str, ...]) -> None:
    table = f"search_{noun}"
    insert = (
        f"INSERT INTO {table} (id, text) {_texts(noun)} WHERE r.id = NEW.id AND r.deleted = 0"
        f" AND NOT EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id);"
    )
    update = f"UPDATE {table} SET text = ({_texts(noun, key=False)} WHERE r.id = NEW.id) WHERE id = NEW.id;"
    columns = [one for field in fields for one in (_WHERE_COLUMNS if field == "where" else (field,))]
    gone = f"DELETE FROM {table} WHERE id = OLD.id"
    _trigger(connection, f"{table}_record_new", f"AFTER INSERT ON {noun}", insert)
    _trigger(
        connection,
        f"{table}_record_changed",
        f"AFTER UPDATE OF {', '.join([*columns, 'deleted'])} ON {noun}",
        f"{gone} AND NEW.deleted <> 0; {update} {insert}",
    )
    _trigger(connection, f"{table}_record_gone", f"AFTER DELETE ON {noun}", f"{gone};")


def _make_name_triggers(connection: Connection, place: str, named: tuple[tuple[str, str], ...]) -> None:
    """A record may be saved before its place is, and a place may be renamed."""
    body = " ".join(
        f"UPDATE search_{noun} SET text = ({_texts(noun, key=False)} WHERE r.id = search_{noun}.id)"
        f" WHERE id IN (SELECT id FROM {noun} WHERE {condition});"
        for noun, condition in named
    )
    _trigger(connection, f"search_{place}_named", f"AFTER INSERT ON {place}", body)
    _trigger(connection, f"search_{place}_renamed", f"AFTER UPDATE OF name ON {place}", body)


def _trigger(connection: Connection, name: str, event: str, body: str, when: str = "1") -> None:
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} {event} WHEN {UNLESS_BULK} AND {when} BEGIN {body} END"
    )


def _texts(noun: str, *, key: bool = True) -> str:
    """Select the folded text of records, and before it their ids: the fields, one a line."""
    said = " || char(10) || ".join(_WHERE if field == "where" else f"r.{field}" for field in FIELDS[noun])
    one = "substr(t, p.n, 1)"
    folded = (
        f"SELECT group_concat(sign, '') FROM (SELECT coalesce(f.plain, lower({one})) AS sign"
        f" FROM search_position p LEFT JOIN search_fold f ON f.sign = {one} WHERE p.n <= length(t) ORDER BY p.n)"
    )
    plain = f"t NOT GLOB '*[^' || char(1) || '-' || char({_LAST_ASCII}) || ']*'"
    text = f"(SELECT CASE WHEN {plain} THEN lower(t) ELSE ({folded}) END"
    text += f" FROM (SELECT substr({said}, 1, {TEXT_LENGTH}) AS t))"
    return f"SELECT {'r.id, ' if key else ''}{text} FROM {noun} r"
