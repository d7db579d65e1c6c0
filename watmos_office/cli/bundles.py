"""`watmos-office bundle import FILE`: what a device without a network wrote, from a stick or a mail."""

from __future__ import annotations

import argparse
from pathlib import Path

from watmos_desktop.services.errors import Told
from watmos_office.cli.door import opened, say


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    from watmos_office.cli import office_options

    noun = commands.add_parser("bundle", help="what devices without a network wrote").add_subparsers(
        metavar="what", required=True
    )
    take = noun.add_parser(
        "import", parents=[office_options()], help="take a bundle file in; twice is as good"
    )
    take.add_argument("file", type=Path, metavar="FILE")
    take.set_defaults(run=_import)


def _import(args: argparse.Namespace) -> int:
    from watmos_desktop.services import wording
    from watmos_desktop.services.sync import bundle
    from watmos_office import carried
    from watmos_office.errors import Answer

    parts = 0
    with opened(args) as office:
        try:
            for part in bundle.read(args.file):
                carried.take(office, part)
                parts += 1
        except Answer as refusal:
            raise Told(
                f"After {wording.count(parts, 'part')} one was refused ({refusal.code}).",
                "Its device may have no access any more, or the file is for another office.",
                field="file",
            ) from None
    return say(args, {"parts": parts}, [f"Taken in: {wording.count(parts, 'part')}."])
