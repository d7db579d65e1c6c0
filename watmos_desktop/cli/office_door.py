"""Talking to the office for a command: the client, and the exit codes that scripts go by."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watmos_desktop.services.store import Store
    from watmos_desktop.services.sync.client import Client

DONE, LEFT, TOLD, NO_NETWORK, REFUSED, TOO_OLD = range(6)
CODES = (
    "Codes of exit: 0 done; 1 something is left to do or to look at; 2 told what was wrong; "
    "3 the office was not reached; 4 the office refused this device; 5 this program is too old for the office."
)


@dataclass
class Ended:
    """How a command ended."""

    code: int = DONE


@contextmanager
def exit_code() -> Iterator[Ended]:
    """Say in one line what stood in the way of the office, and give each kind its code; other Tolds pass."""
    from watmos_desktop.services.sync.problems import Busy, NoNetwork, Refused, TooOld, WrongOffice

    ended = Ended()
    try:
        yield ended
    except (NoNetwork, Busy) as told:
        ended.code = NO_NETWORK
        _say(told)
    except TooOld as told:
        ended.code = TOO_OLD
        _say(told)
    except (Refused, WrongOffice) as told:
        ended.code = REFUSED
        _say(told)


@contextmanager
def open_client(store: Store) -> Iterator[Client]:
    """The way to the workspace's office. Raises NotJoined, KeyGone, Revoked."""
    from watmos_desktop.services.sync import joining

    client = joining.connect(store)
    try:
        yield client
    finally:
        client.close()


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json`` as every command for scripts has it."""
    parser.add_argument("--json", action="store_true", help="for scripts")


def _say(told: Exception) -> None:
    print("watmos: " + " ".join(str(told).split()), file=sys.stderr)
