"""`watmos-office authorities`: what devices are to trust from now on, before the office's certificate changes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from watmos_desktop.services.errors import Told
from watmos_office.cli.door import opened, say

if TYPE_CHECKING:
    from watmos_office.trust import Authority


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    from watmos_office.cli import office_options

    command = commands.add_parser(
        "authorities",
        parents=[office_options()],
        help="the private authorities that devices trust: announce old and new 90 days before the certificate changes",
    )
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="PEM; none: what was announced")
    command.set_defaults(run=_authorities)


def _authorities(args: argparse.Namespace) -> int:
    from watmos_office import trust

    with opened(args) as office:
        if args.files:
            pem = b"\n".join(_bytes(path) for path in args.files)
            with office.writing() as connection:
                found = trust.announce(connection, office, pem)
        else:
            with office.reading() as connection:
                found = trust.announced(connection, office)
    lines = [_line(one) for one in found]
    if args.files:
        lines.append("Devices that joined by a private authority trust these from their next call on.")
    return say(args, found, lines or ["Nothing was announced: each device trusts what it joined with."])


def _line(one: Authority) -> str:
    from watmos_desktop.services import wording

    ends = "" if one.lasts else ": announce the next one now"
    return f"{one.name}, until {wording.day(one.until.date())}{ends}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        raise Told(f"{path.name} cannot be read.", "Check the path.", field="file") from cause
