"""Reading a list of homes into a preview: what importing it would do, and what is wrong with which cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Block, Estate, Home
from watmos_desktop.services import homes_fields, policy, sheets, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.homes_fields import LINES, UnfitError
from watmos_desktop.services.policy import Action

FIRST_ROWS = 20
AT_ONCE = 400  # rows between two words of progress, and references in one question to the database

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


class Stopped(Told):
    """The person stopped an import; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("The import was stopped.", "Nothing was changed.")


@dataclass(frozen=True)
class Refusal:
    """Why a row cannot be imported: where it stands in the file, what is written there, what is wrong."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class PreviewRow:
    """One row: ``state`` is new or changed; ``changes`` are (heading, before, after)."""

    line: int
    state: str
    code: str
    address: str
    changes: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Plan:
    """One row to be written: ``home_id`` None for a new home; ``before`` is what the preview saw."""

    home_id: UUID | None
    code: str
    values: Mapping[str, str]
    before: Mapping[str, str]


@dataclass(frozen=True)
class Preview:
    """What an import would do. It can be applied when nothing is refused."""

    new: int
    changed: int
    unchanged: int
    refused: tuple[Refusal, ...]
    new_estates: tuple[str, ...]
    new_blocks: tuple[str, ...]
    ignored: tuple[str, ...]
    first: tuple[PreviewRow, ...]
    plan: tuple[Plan, ...]

    @property
    def refused_rows(self) -> int:
        """How many rows of the file are refused."""
        return len({refusal.line for refusal in self.refused})

    @property
    def words(self) -> str:
        """``12 new homes, 3 changed, 400 as they are, 2 rows refused.``"""
        parts = [
            wording.count(self.new, "new home"),
            f"{self.changed:,} changed",
            f"{self.unchanged:,} as they are",
        ]
        if self.refused:
            parts.append(wording.count(self.refused_rows, "row") + " refused")
        return ", ".join(parts) + "."


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def never() -> bool:
    """Nobody stops it."""
    return False


def read(
    session: Session, path: Path, progress: Progress = no_progress, cancelled: Cancelled = never
) -> Preview:
    """Read a CSV or XLSX file; say what importing it would do. Raises NotAllowed, Stopped, Told."""
    policy.require(session, Action.IMPORT, "home")
    sheet = sheets.read(path, lambda text: homes_fields.column_of(text) is not None)
    columns = [homes_fields.column_of(heading) for heading in sheet.head]
    _check_headings(sheet.head)
    reader = _Reader(session, sheet.head)
    total = len(sheet.rows)
    for start in range(0, total, AT_ONCE):
        if cancelled():
            raise Stopped
        reader.take(sheet.rows[start : start + AT_ONCE])
        progress(min(start + AT_ONCE, total), total)
    ignored = tuple(name for name, column in zip(sheet.head, columns, strict=True) if name and column is None)
    return reader.preview(ignored)


def _check_headings(head: Sequence[str]) -> None:
    keys = [column.key for name in head if (column := homes_fields.column_of(name))]
    twice = [name for name in head if (column := homes_fields.column_of(name)) and keys.count(column.key) > 1]
    if twice:
        raise Told(f"Two headings mean the same: {' and '.join(twice)}.", "Keep one of these columns.")
    if "code" not in keys:
        raise Told(
            "There is no column with your reference.", "Call it Reference: a home is known again by it."
        )


class _Reader:
    """Turns rows into a plan, remembering what the file said before."""

    def __init__(self, session: Session, head: Sequence[str]) -> None:
        self.session = session
        self.columns = [homes_fields.column_of(heading) for heading in head]
        self.refused: list[Refusal] = []
        self.plan: list[Plan] = []
        self.first: list[PreviewRow] = []
        self.counts = {"new": 0, "changed": 0, "unchanged": 0}
        self.lines: dict[str, int] = {}
        self.uprns: dict[str, int] = {}
        self.holders: dict[str, str] = {}
        self.estates = {e.name.casefold(): e for e in session.scalars(select(Estate)) if not e.deleted}
        names = select(Estate.name, Block.name).join(Block, Block.estate_id == Estate.id)
        there = session.execute(names.where(Block.deleted.is_(False), Estate.deleted.is_(False)))
        self.blocks = {(estate.casefold(), block.casefold()): block for estate, block in there}
        self.new_estates: dict[str, str] = {}
        self.new_blocks: dict[tuple[str, str], str] = {}

    def take(self, rows: Sequence[sheets.Row]) -> None:
        """Plan some rows."""
        healed = [(row, values) for row in rows if (values := self._healed(row)) is not None]
        known = existing(self.session, [values["code"] for _, values in healed])
        uprns = [values["uprn"] for _, values in healed if values.get("uprn")]
        holders = select(Home.uprn, Home.code).where(Home.uprn.in_(uprns), Home.deleted.is_(False))
        self.holders = {row[0]: row[1] for row in self.session.execute(holders)}
        for row, values in healed:
            home = known.get(values["code"])
            self._name_places(values, home.values if home else {})
            self._plan(row.line, values, home)

    def _refuse(self, line: int, heading: str, value: str, reason: str) -> None:
        self.refused.append(Refusal(line, heading, value[:80], reason))

    def _healed(self, row: sheets.Row) -> dict[str, str] | None:
        """The row's values by column, in the form they are kept in; None when one of them is refused."""
        before = len(self.refused)
        values: dict[str, str] = {}
        for n, cell in enumerate(row.cells):
            column = self.columns[n] if n < len(self.columns) else None
            if cell.trouble and (column is not None or not n):
                self._refuse(row.line, column.heading if column else "", cell.text, cell.trouble)
            elif n >= len(self.columns) and cell.text.strip():
                self._refuse(row.line, "", cell.text, "This row has more cells than there are headings.")
            elif column is not None:
                try:
                    values[column.key] = column.heal(cell.text)
                except UnfitError as unfit:
                    self._refuse(row.line, column.heading, cell.text, str(unfit))
        if len(self.refused) == before and "code" not in values:
            self._refuse(row.line, "Reference", "", "It is empty.")
        return _with_address(values) if len(self.refused) == before else None

    def _name_places(self, values: dict[str, str], was: Mapping[str, str]) -> None:
        """Write estate and block as they are written here; what must not be empty stays as it is."""
        for key in ("estate", "address"):
            if was and not values.get(key):
                values.pop(key, None)
        if estate := self.estates.get(values.get("estate", "").casefold()):
            values["estate"] = estate.name
        if block := values.get("block"):
            place = (values.get("estate", was.get("estate", "")).casefold(), block.casefold())
            values["block"] = self.blocks.get(place, block)

    def _plan(self, line: int, values: dict[str, str], home: Known | None) -> None:
        code, before = values["code"], len(self.refused)
        if code in self.lines:
            self._refuse(line, "Reference", code, f"It is on line {self.lines[code]} already.")
        self.lines.setdefault(code, line)
        self._check_uprn(line, values, home)
        self._check_place(line, values, home)
        if home is None and not values.get("address"):
            self._refuse(line, "Address", "", "A new home needs an address.")
        if len(self.refused) > before:
            return
        was = home.values if home else {}
        changes = tuple(
            (column.heading, was.get(column.key, ""), values[column.key])
            for column in homes_fields.COLUMNS
            if column.key in values and column.key != "town" and values[column.key] != was.get(column.key, "")
        )
        state = "new" if home is None else "changed" if changes or home.deleted else "unchanged"
        self.counts[state] += 1
        address = values.get("address") or was.get("address", "")
        if len(self.first) < FIRST_ROWS and state != "unchanged":
            self.first.append(PreviewRow(line, state, code, address, changes if home else ()))
        if state != "unchanged":
            self._note_places(values, was)
            self.plan.append(Plan(home.id if home else None, code, values, was))

    def _check_uprn(self, line: int, values: dict[str, str], home: Known | None) -> None:
        uprn = values.get("uprn")
        if not uprn or (home and home.values["uprn"] == uprn):
            return
        if uprn in self.uprns or self.holders.get(uprn, values["code"]) != values["code"]:
            where = f"on line {self.uprns[uprn]}" if uprn in self.uprns else "that we know"
            self._refuse(line, "UPRN", uprn, f"Another home {where} has it already.")
        self.uprns.setdefault(uprn, line)

    def _check_place(self, line: int, values: dict[str, str], home: Known | None) -> None:
        name = values.get("estate") or (home.values["estate"] if home else "")
        everywhere = policy.actor(self.session).everywhere
        if not name:
            self._refuse(line, "Estate", "", "A new home needs the name of its estate.")
        elif home is not None and not policy.in_scope(self.session, home.estate_id, home.block_id):
            self._refuse(
                line, "Reference", values["code"], "This reference belongs elsewhere; ask the office."
            )
        elif not everywhere:
            estate = self.estates.get(name.casefold())
            if estate is None or not policy.in_scope(self.session, estate.id, None):
                self._refuse(line, "Estate", name, "It is none of the estates you look after.")

    def _note_places(self, values: dict[str, str], was: Mapping[str, str]) -> None:
        estate = values.get("estate") or was.get("estate", "")
        block = values.get("block", was.get("block", ""))
        if estate.casefold() not in self.estates:
            self.new_estates.setdefault(estate.casefold(), estate)
        place = (estate.casefold(), block.casefold())
        if block and place not in self.blocks:
            self.new_blocks.setdefault(place, f"{block} ({estate})")

    def preview(self, ignored: tuple[str, ...]) -> Preview:
        """What was found so far."""
        return Preview(
            **self.counts,
            refused=tuple(self.refused),
            new_estates=tuple(self.new_estates.values()),
            new_blocks=tuple(self.new_blocks.values()),
            ignored=ignored,
            first=tuple(self.first),
            plan=tuple(self.plan),
        )


def _with_address(values: dict[str, str]) -> dict[str, str]:
    """The lines of an address as one, unless the address itself is there; lines not given change nothing."""
    lines = [values.pop(key) for key in LINES if key in values]
    if lines and not values.get("address"):
        values["address"] = ", ".join(line for line in lines if line)
    return values


@dataclass(frozen=True)
class Known:
    """A home as the database has it, its values in the form that a file has them."""

    id: UUID
    estate_id: UUID
    block_id: UUID | None
    deleted: bool
    values: Mapping[str, str]


def existing(session: Session, codes: Sequence[str]) -> dict[str, Known]:
    """Those of the references that are homes already, removed ones too. Raises NotAllowed."""
    policy.require(session, Action.IMPORT, "home")
    statement = (
        select(Home, Estate.name, Estate.town, Block.name)
        .join(Estate, Home.estate_id == Estate.id)
        .outerjoin(Block, Home.block_id == Block.id)
        .where(Home.code.in_(codes))
    )
    return {
        home.code: Known(
            home.id, home.estate_id, home.block_id, home.deleted, as_text(home, estate, town, block)
        )
        for home, estate, town, block in session.execute(statement)
    }


def as_text(home: Home, estate: str, town: str, block: str | None) -> dict[str, str]:
    """A home's values by column, as a file has them."""
    return {
        "code": home.code,
        "uprn": home.uprn,
        "number": home.number,
        "address": home.address,
        "town": town,
        "postcode": home.postcode,
        "estate": estate,
        "block": block or "",
        "storey": "" if home.storey is None else str(home.storey),
        "bedrooms": "" if home.bedrooms is None else str(home.bedrooms),
        "access_notes": home.access_notes,
    }
