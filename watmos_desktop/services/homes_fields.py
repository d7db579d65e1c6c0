"""The columns of a list of homes: what each is called, and how a cell gets the one form that is kept.

The headings known are plain words, those of HACT's UK Housing Data Standards and of CORE (regulation.md 10).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

MOST_STOREYS = 80
MOST_BEDROOMS = 20


class UnfitError(ValueError):
    """Why a cell cannot be kept, in words for the person who made the file."""


@dataclass(frozen=True)
class Column:
    """A column: its heading on export, other headings it goes by, how its text is made right or refused."""

    key: str
    heading: str
    also: tuple[str, ...]
    heal: Callable[[str], str]


def plain(heading: str) -> str:
    """A heading as it is compared: ``Post-code *`` and ``POSTCODE`` are the same."""
    return re.sub("[^a-z0-9]", "", heading.casefold())


_SPOILT = re.compile(r"([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,2})")
_LOST = "A spreadsheet shortened it and digits are lost; make the column text and paste it again."
_AS_DATE = re.compile(
    r"[0-9]{1,2}[- /](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.IGNORECASE
)
_POSTCODE = re.compile(r"(GIR0AA|[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2})")
_ORDINAL = re.compile(r"(-?[0-9]{1,2})(?:\.0+)?(?:st|nd|rd|th)?( floor| storey)?")
_STOREYS = {
    "g": 0,
    "gf": 0,
    "ground": 0,
    "groundfloor": 0,
    "lg": -1,
    "lowerground": -1,
    "basement": -1,
    "b": -1,
}


def _unspoilt(text: str) -> str:
    """A number as it was before a spreadsheet took it: ``100012345678.0`` is healed, ``1.00E+11`` is not."""
    if whole := re.fullmatch(r"([0-9]+)\.0+", text):
        return whole[1]
    if spoilt := _SPOILT.fullmatch(text):
        first, rest, power = spoilt[1], spoilt[2] or "", int(spoilt[3])
        if len(rest) < power or rest[power:].strip("0"):
            raise UnfitError(_LOST)
        return first + rest[:power]
    return text


def _line(most: int, *, needed: bool = False) -> Callable[[str], str]:
    """Text on one line, at most so many letters."""

    def heal(text: str) -> str:
        line = " ".join(_safe(re.sub(r"\s*[\r\n]+\s*", ", ", text.strip())).split())
        if needed and not line:
            raise UnfitError("It is empty.")
        if len(line) > most:
            raise UnfitError(f"It is too long; at most {most} letters.")
        return line

    return heal


def _safe(text: str) -> str:
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t":
            raise UnfitError("It has a sign that is no letter.")
    return text


def _code(text: str) -> str:
    return _unspoilt(_line(40, needed=True)(text))


def _number(text: str) -> str:
    number = _unspoilt(_line(40)(text))
    if _AS_DATE.fullmatch(number):
        raise UnfitError("The spreadsheet turned it into a date; type it as text.")
    return number


def _uprn(text: str) -> str:
    digits = _unspoilt("".join(text.split()))
    if not re.fullmatch("[0-9]*", digits):
        raise UnfitError("A UPRN has digits only.")
    digits = digits.lstrip("0")  # the master form has no leading noughts
    if len(digits) > 12:
        raise UnfitError("A UPRN has at most 12 digits.")
    return digits


def _postcode(text: str) -> str:
    joined = "".join(text.upper().split())
    if joined and not _POSTCODE.fullmatch(joined):
        raise UnfitError("It is no postcode; they look like WS1 2AB or SW9 8QR.")
    return f"{joined[:-3]} {joined[-3:]}" if joined else ""


def _storey(text: str) -> str:
    word = plain(text) if not any(sign.isdigit() for sign in text) else ""
    if word in _STOREYS:
        return str(_STOREYS[word])
    found = _ORDINAL.fullmatch(text.strip().casefold())
    if text.strip() and (found is None or abs(int(found[1])) > MOST_STOREYS):
        raise UnfitError("It is no storey; write ground, 1, 2 and so on.")
    return str(int(found[1])) if found else ""


def _bedrooms(text: str) -> str:
    if plain(text) in ("studio", "bedsit"):
        return "0"
    found = re.fullmatch(r"([0-9]{1,2})(?:\.0+)?(?: ?bed(?:room)?s?)?", text.strip().casefold())
    if text.strip() and (found is None or int(found[1]) > MOST_BEDROOMS):
        raise UnfitError(f"It is no number of bedrooms; write 0 to {MOST_BEDROOMS}.")
    return str(int(found[1])) if found else ""


def _notes(text: str) -> str:
    notes = _safe(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(notes) > 4000:
        raise UnfitError("It is too long; at most 4,000 letters.")
    return notes


COLUMNS = (
    Column("code", "Reference", ("Ref", "Home reference", "Property reference", "Property ref", "Propcode",
           "Property code", "Home ref", "Asset reference"), _code),
    Column("uprn", "UPRN", ("Unique property reference number",), _uprn),
    Column("number", "Number", ("Flat", "Flat number", "Unit", "House number", "Door number"), _number),
    Column("address", "Address", ("Full address", "Property address", "Home address"), _line(300)),
    Column("line_1", "Address line 1", ("Address 1", "Addressline1", "Street"), _line(100)),
    Column("line_2", "Address line 2", ("Address 2",), _line(100)),
    Column("line_3", "Address line 3", ("Address 3",), _line(100)),
    Column("town", "Town", ("Town or city", "City", "Post town"), _line(100)),
    Column("postcode", "Postcode", ("Post code", "Postal code", "Postcode full"), _postcode),
    Column("estate", "Estate", ("Estate name", "Scheme", "Scheme name", "Site"), _line(100)),
    Column("block", "Block", ("Block name", "Building", "Building name"), _line(100)),
    Column("storey", "Storey", ("Floor", "Floor level", "Level"), _storey),
    Column("bedrooms", "Bedrooms", ("Beds", "Number of bedrooms", "No of bedrooms"), _bedrooms),
    Column("access_notes", "Access notes", ("Access", "Access information", "Key safe"), _notes),
)  # fmt: skip

BY_HEADING = {plain(name): column for column in COLUMNS for name in (column.heading, *column.also)}
LINES = ("line_1", "line_2", "line_3")


def column_of(heading: str) -> Column | None:
    """The column of that heading; None when it is none of ours."""
    return BY_HEADING.get(plain(heading))
