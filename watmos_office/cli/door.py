"""How a command opens the office, and how it says what it found."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from watmos_desktop.services.errors import Told

if TYPE_CHECKING:
    from watmos_office.office import Office


@contextmanager
def opened(args: argparse.Namespace, *, make: bool = False) -> Iterator[Office]:
    """The office that the options name. With ``make`` a new one may be made; raises Told otherwise."""
    from sqlalchemy.exc import OperationalError

    from watmos_desktop.services import files
    from watmos_office.office import Office

    url = address(args)
    if not make and not args.database and not (args.home / "office.db").is_file():
        raise Told(
            "There is no office in that folder.", "`watmos-office serve --home DIR` makes one.", field="home"
        )
    files.private_folder(args.home)
    try:
        office = Office(url, args.home, photos=args.photos)
    except OperationalError as cause:
        raise Told(
            "The office's database does not answer.",
            "Check that it runs, and the address, name and password.",
        ) from cause
    try:
        yield office
    finally:
        office.close()


def address(args: argparse.Namespace) -> str:
    """The database's address as SQLAlchemy wants it; raises Told, which repeats nothing of it."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    if not args.database:
        return f"sqlite:///{Path(args.home).resolve() / 'office.db'}"
    try:
        url = make_url(args.database)
    except ArgumentError as cause:
        raise _no_address() from cause
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("postgresql+psycopg", "sqlite") or not url.database:
        raise _no_address()
    return url.render_as_string(hide_password=False)


def _no_address() -> Told:
    return Told(
        "That is no address of a database.",
        "Write postgresql://NAME:PASSWORD@HOST/DATABASE.",
        field="database",
    )


def say(args: argparse.Namespace, found: Any, lines: list[str]) -> int:
    """Print ``found`` as one JSON document, or the lines for people; gives the exit code 0."""
    if args.json:
        print(json.dumps(plain(found), ensure_ascii=False))
    else:
        for line in lines:
            print(line)
    return 0


def plain(value: Any) -> Any:
    """A dataclass, and what lies in it, as JSON keeps it."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, (UUID, Path)) else value
