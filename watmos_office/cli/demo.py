"""`watmos-office demo`: a landlord to try everything on."""

from __future__ import annotations

import argparse
import sys

from watmos_office.cli.door import opened, say


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    from watmos_office.cli import office_options

    demo = commands.add_parser(
        "demo", parents=[office_options()], help="fill an empty office with a landlord"
    )
    demo.add_argument("--homes", type=int, default=320, metavar="N", help="how many homes (320)")
    demo.add_argument("--years", type=float, default=1, metavar="Y", help="how many years of history (1)")
    demo.add_argument(
        "--seed", type=int, default=1, metavar="S", help="the same number, the same landlord (1)"
    )
    demo.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from watmos_desktop.services.demo import FIRST
    from watmos_office import demo

    with opened(args, make=True) as office:
        filled = demo.fill(office, args.homes, args.years, args.seed, _progress)
    lines = [
        f"Made {filled.made.words}, and {filled.members} people who work there.",
        f"Let one join: watmos-office device code {FIRST!r}",
    ]
    return say(args, filled, lines)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\rEstate {done} of {total}", end=end, file=sys.stderr, flush=True)
