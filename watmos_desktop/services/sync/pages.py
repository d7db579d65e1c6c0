"""A page of a pull or a bootstrap: zstd NDJSON, rows by table with their columns named once (docs/sync.md 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from watmos_desktop.services.sync.wire import (
    UNPACKED_BYTES,
    Malformed,
    dumps,
    loads,
    pack,
    parse_id,
    unpack,
)


@dataclass
class TableRows:
    """Rows of one table. A row is ``[rid, deleted, stamps, unknown fields or None, value, …]``, in JSON's terms."""

    table: str
    columns: tuple[str, ...]
    rows: list[list[Any]] = field(default_factory=list)


@dataclass
class Page:
    """One page. ``gone`` lists records that lie in no bucket of the reader any more; ``next`` is a sealed cursor."""

    head: str
    epoch: str
    grant_v: int
    schema: str
    tables: list[TableRows] = field(default_factory=list)
    gone: list[tuple[str, UUID]] = field(default_factory=list)
    next: str = ""
    more: bool = False

    @property
    def count(self) -> int:
        """How many rows it holds."""
        return sum(len(one.rows) for one in self.tables)


def write(page: Page) -> bytes:
    """The page as it is sent."""
    lines = [dumps({"head": page.head, "epoch": page.epoch, "grant_v": page.grant_v, "schema": page.schema})]
    for one in page.tables:
        if one.rows:
            lines.append(dumps({"t": one.table, "c": one.columns}))
            lines += _written(one.rows)
    if page.gone:
        lines.append(dumps({"g": [[table, str(rid)] for table, rid in page.gone]}))
    lines.append(dumps({"next": page.next, "more": page.more, "rows": page.count}))
    return pack(b"\n".join(lines) + b"\n")


def _written(rows: list[list[Any]]) -> list[bytes]:
    try:
        return list(map(orjson.dumps, rows))
    except (TypeError, RecursionError):
        raise Malformed("a value that JSON cannot say") from None


def read(raw: bytes, limit: int = UNPACKED_BYTES) -> Page:
    """The page that came; raises Malformed when it is cut short or in any way not a page, TooLarge over the limit."""
    # Records that are much alike pack better than a hundred to one; a page refused for it would never come.
    body = unpack(raw, limit, ratio=limit)
    if not body.endswith(b"\n"):
        raise Malformed("a page that was cut short")
    # One strict reading for all lines: half the time of one for each.
    lines = loads(b"[" + body[:-1].replace(b"\n", b",") + b"]")
    if len(lines) < 2 or not all(type(one) is dict for one in (lines[0], lines[-1])):
        raise Malformed("a page without its first or last line")
    page = _ends(lines[0], lines[-1])
    current: TableRows | None = None
    for line in lines[1:-1]:
        if type(line) is list:
            if current is None or len(line) != len(current.columns) + 4 or not _is_row(line):
                raise Malformed("a row of a page")
            current.rows.append(line)
        else:
            current = _section(page, line)
    if page.count != lines[-1]["rows"]:
        raise Malformed("a page that was cut short")
    return page


def _ends(first: dict[str, Any], last: dict[str, Any]) -> Page:
    kinds = (
        {"head": str, "epoch": str, "grant_v": int, "schema": str},
        {"next": str, "more": bool, "rows": int},
    )
    for line, wanted in zip((first, last), kinds, strict=True):
        if line.keys() != wanted.keys() or any(type(line[key]) is not kind for key, kind in wanted.items()):
            raise Malformed("a page without its first or last line")
    return Page(**first, next=last["next"], more=last["more"])


def _is_row(line: list[Any]) -> bool:
    return (
        type(line[0]) is str
        and len(line[0]) == 36
        and type(line[1]) is bool
        and type(line[2]) is dict
        and (line[3] is None or type(line[3]) is dict)
    )


def _section(page: Page, line: Any) -> TableRows | None:
    if type(line) is not dict:
        raise Malformed("a line of a page")
    if line.keys() == {"g"} and type(line["g"]) is list:
        for pair in line["g"]:
            if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str:
                raise Malformed("a line of a page")
            page.gone.append((pair[0], parse_id(pair[1])))
        return None
    table, columns = line.get("t"), line.get("c")
    if line.keys() != {"t", "c"} or type(table) is not str or type(columns) is not list:
        raise Malformed("a line of a page")
    if not all(type(name) is str for name in columns) or len(set(columns)) != len(columns):
        raise Malformed("the columns of a page")
    page.tables.append(TableRows(table, tuple(columns)))
    return page.tables[-1]
