"""`watmos …`: thin; every command calls a service. Without a command the window opens."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from watmos_desktop import __version__
from watmos_desktop.services.errors import Told

# Each module here has register(commands); what a command needs it imports itself, so that all start fast.
NOUNS = (
    "promises",
    "homes",
    "demo",
    "inspections",
    "repairs",
    "visits",
    "contractors",
    "hazards",
    "adaptations",
    "programmes",
    "report",
    "headless",
    "workspace",
    "selftest",
    "enrol",
    "sync",
    "bundle",
)

_DIGITS = 19


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words given as a Told, so that it too is one line."""

    def error(self, message: str) -> NoReturn:
        raise Told(f"{message[:1].upper()}{message[1:]}.", f"`{self.prog} --help` shows how.")


def workspace_options() -> argparse.ArgumentParser:
    """The parent of commands that open a workspace: ``args.home`` (Path), ``args.person`` (str or None).

    Nothing is set where an option is left out, so that one given before the command still counts.
    """
    options = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _add_workspace_options(options)
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the words say; returns the exit code.

    0 done; 2 told in one line on stderr what was wrong; 70 a fault that nobody foresaw, named by its type and our
    own lines, never by its message, which could hold anything.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A redirected stream on Windows could not hold most names, nor an arrow.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        # Without a command the window opens, and does not wait for what the commands import.
        args, more = _window_parser().parse_known_args(argv)
        if more:
            args = make_parser().parse_args(argv)
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except Told as told:
        print("watmos: " + " ".join(str(told).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read this has seen enough, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from watmos_desktop.services import log

        log.fault(error)
        print(
            "watmos: Something went wrong that nobody foresaw.",
            *log.recent()[-1].split()[1:],
            file=sys.stderr,
        )
        return 70


def whole_number(most: int) -> Callable[[str], int]:
    """The type of an argument that is a whole number from 0 to ``most``."""

    def number(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) < _DIGITS and int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text[:20]!r} is no whole number from 0 to {most:,}")
        return int(text)

    return number


def day(text: str) -> date:
    """The type of an argument that is a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no day; write it as 2026-04-01") from None


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands, each with its own ``run(args) -> int``."""
    parser = _window_parser()
    parser.add_argument("-h", "--help", action="help", help="show this help and exit")
    parser.add_argument("--version", action="version", version=f"watmos {__version__}")
    commands = parser.add_subparsers(metavar="command")
    for noun in NOUNS:
        import_module(f"{__name__}.{noun}").register(commands)
    return parser


def _window_parser() -> _Parser:
    """What the window itself understands."""
    description = "Keep the landlord's promises, with or without signal."
    parser = _Parser(prog="watmos", description=description, add_help=False, allow_abbrev=False)
    _add_workspace_options(parser)
    parser.set_defaults(run=_open_window, home=_default_home(), person=None)
    return parser


def _add_workspace_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", type=Path, metavar="DIR", help="the workspace's folder (or WATMOS_HOME)")
    parser.add_argument("--as", dest="person", metavar="NAME", help="who is using it")


def _default_home() -> Path:
    if home := os.environ.get("WATMOS_HOME"):
        return Path(home)
    import platformdirs

    return platformdirs.user_data_path("watmos", appauthor=False)


def _open_window(args: argparse.Namespace) -> int:
    from watmos_desktop.cli import window

    return window.show(home=args.home, person=args.person)
