"""Read plain data (TOML, JSON) strictly: what is missing, misspelt, too long or left over is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from watmos_desktop.services.errors import Told

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_REQUIRED = object()
_T = TypeVar("_T")


def wrong(where: str, what: str) -> Told:
    """The error for a fault in the data at ``where``."""
    return Told(f"The form cannot be used. In {where}: {what}.", "Ask the office for a corrected form.")


class Reader:
    """One table of the data. Each field is taken once; ``done`` refuses what was not asked for.

    ``where`` grows from table to table with their keys. Every method raises Told.
    """

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise wrong(where, "a table is expected")
        self.where = where
        self._left: dict[str, object] = dict(data)

    def done(self) -> None:
        """Refuse fields that are not known."""
        if self._left:
            raise wrong(self.where, "unknown " + ", ".join(sorted(str(name) for name in self._left)))

    def key(self) -> str:
        """The field ``key``, lower-case words joined by ``_``; it becomes part of ``where``."""
        key = self._take("key", str, _REQUIRED)
        if not _KEY.fullmatch(key):
            raise wrong(self.where, f"{key!r} is not a key")
        if self.where != key:
            self.where = f"{self.where} › {key}"
        return key

    def text(self, name: str, longest: int) -> str:
        """A wording on one line, not empty, without spaces at its ends."""
        return self._wording(name, self._take(name, str, _REQUIRED), longest)

    def texts(self, name: str, count: int, longest: int) -> list[str]:
        """Exactly ``count`` wordings."""
        values = self._take(name, list, _REQUIRED)
        if len(values) != count or not all(isinstance(value, str) for value in values):
            raise wrong(self.where, f"{name} needs {count} wordings")
        return [self._wording(name, value, longest) for value in values]

    def numbers(self, name: str, count: int) -> list[int]:
        """Exactly ``count`` whole numbers from 0 to 1000."""
        values = self._take(name, list, _REQUIRED)
        if len(values) != count or not all(type(value) is int and 0 <= value <= 1000 for value in values):
            raise wrong(self.where, f"{name} needs {count} whole numbers")
        return list(values)

    def whole(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self._take(name, int, _REQUIRED if default is None else default)
        if value != default and not (low <= value <= high and type(value) is int):
            raise wrong(self.where, f"{name} must be {low} to {high}, not {value}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false."""
        return self._take(name, bool, default)

    def one_of(self, name: str, known: Mapping[str, _T]) -> _T:
        """What one of the known words stands for."""
        value = self._take(name, str, _REQUIRED)
        if value not in known:
            raise wrong(self.where, f"{name} cannot be {value!r}; it is one of {', '.join(known)}")
        return known[value]

    def maybe_one_of(self, name: str, known: Mapping[str, _T]) -> _T | None:
        """The same, or None when the field is left out."""
        return self.one_of(name, known) if name in self._left else None

    def table(self, name: str) -> Reader:
        """A table inside this one."""
        return Reader(self._take(name, dict, _REQUIRED), f"{self.where} › {name}")

    def tables(self, name: str, fewest: int, most: int, columns: tuple[str, ...] = ()) -> list[Reader]:
        """A list of ``fewest`` to ``most`` tables.

        With ``columns`` it may be written as text: a line a table, the cells between bars, a dash for none.
        """
        values = self._take(name, object, _REQUIRED)
        if columns and isinstance(values, str):
            values = [self._row(line, columns) for line in values.strip().splitlines()]
        if not isinstance(values, list):
            raise wrong(self.where, f"{name} is not a list")
        if not fewest <= len(values) <= most:
            raise wrong(self.where, f"{len(values)} {name}, not {fewest} to {most}")
        return [Reader(value, self.where) for value in values]

    def _row(self, line: str, columns: tuple[str, ...]) -> dict[str, str]:
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(columns):
            raise wrong(self.where, f"{len(columns)} columns are needed: {line.strip()!r}")
        return {name: cell for name, cell in zip(columns, cells, strict=True) if cell != "-"}

    def _wording(self, name: str, value: str, longest: int) -> str:
        if not value or value != value.strip() or not value.isprintable():
            raise wrong(self.where, f"{name} is empty, or has line breaks or spaces around it")
        if len(value) > longest:
            raise wrong(self.where, f"{name} has {len(value)} letters, {longest} fit: {value!r}")
        return value

    def _take(self, name: str, kind: type[_T], default: object) -> _T:
        value = self._left.pop(name, default)
        if value is _REQUIRED:
            raise wrong(self.where, f"{name} is missing")
        if not isinstance(value, kind):
            raise wrong(self.where, f"{name} is of the wrong kind: {value!r}")
        return value


def distinct(keys: Iterable[str], where: str) -> None:
    """Refuse a key that is there twice."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise wrong(where, f"{key!r} is there twice")
        seen.add(key)
