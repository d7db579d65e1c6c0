"""`watmos-office …`: thin; every command calls a function of the office."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from watmos_desktop import __version__
from watmos_desktop.services.errors import Told

# Each module here has register(commands); what a command needs it imports itself, so that all start fast.
NOUNS = ("serve", "users", "devices", "cases", "desk", "trust", "bundles", "copies", "demo")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words given as a Told, so that it too is one line."""

    def error(self, message: str) -> NoReturn:
        raise Told(f"{message[:1].upper()}{message[1:]}.", f"`{self.prog} --help` shows how.")


def office_options() -> argparse.ArgumentParser:
    """The parent of every command: ``args.home`` (Path), ``args.database`` (str, empty for SQLite), ``args.json``."""
    options = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _add_office_options(options)
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the words say; returns the exit code.

    0 done; 2 told in one line on stderr what was wrong; 70 a fault that nobody foresaw, named by its type and our
    own lines, never by its message, which could hold anything.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        args = make_parser().parse_args(argv)
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except Told as told:
        print("watmos-office: " + " ".join(str(told).split()), file=sys.stderr)
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
            "watmos-office: Something went wrong that nobody foresaw.",
            *log.recent()[-1].split()[1:],
            file=sys.stderr,
        )
        return 70


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands, each with its own ``run(args) -> int``."""
    parser = _Parser(
        prog="watmos-office", description="The office that devices sync with.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"watmos-office {__version__}")
    _add_office_options(parser)
    told = {name: os.environ.get(f"WATMOS_OFFICE_{name.upper()}", "") for name in ("database", "photos")}
    parser.set_defaults(home=_default_home(), json=False, **told)
    commands = parser.add_subparsers(metavar="command", required=True)
    for noun in NOUNS:
        import_module(f"{__name__}.{noun}").register(commands)
    return parser


def _add_office_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help="the office's folder (or WATMOS_OFFICE_HOME)"
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        help="postgresql://… (or WATMOS_OFFICE_DATABASE, where no other user sees it); otherwise a file in the folder",
    )
    parser.add_argument(
        "--photos",
        metavar="URL",
        help="s3://BUCKET/PREFIX?endpoint=URL (or WATMOS_OFFICE_PHOTOS); otherwise in the folder",
    )
    parser.add_argument("--json", action="store_true", help="for scripts")


def _default_home() -> Path:
    if home := os.environ.get("WATMOS_OFFICE_HOME"):
        return Path(home)
    import platformdirs

    return platformdirs.user_data_path("watmos-office", appauthor=False)
