"""Many devices sync in the same second: ``python3 dev.py herd``."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.herd import costs, herd
from tests.served import DATABASES


def main() -> int:
    """Run it, print what was measured; 1 when a person would have seen an error."""
    parser = argparse.ArgumentParser(prog="dev.py herd", description=__doc__)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=50, help="of each device (default: 50)")
    parser.add_argument(
        "--jitter", type=float, default=0, help="seconds over which they begin (default: one)"
    )
    parser.add_argument("--homes", type=int, default=80, help="on each estate, of four devices (default: 80)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=DATABASES, action="append", help="one database (default: both)")
    parser.add_argument("--costs", action="store_true", help="what one request of each kind costs instead")
    parser.add_argument("--json", action="store_true", help="for scripts")
    args = parser.parse_args()
    if args.costs:
        return _costs(args.database or DATABASES)
    wrong = 0
    for kind in args.database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="watmos-herd-") as folder:
            found = herd.run(
                kind,
                Path(folder),
                devices=args.devices,
                changes=args.changes,
                jitter=args.jitter,
                homes=args.homes,
                seed=args.seed,
            )
        wrong += len(found.errors)
        print(json.dumps(asdict(found)) if args.json else _words(found))
    return 1 if wrong else 0


def _costs(kinds: Sequence[str]) -> int:
    for kind in kinds:
        with tempfile.TemporaryDirectory(prefix="watmos-herd-") as folder:
            for cost in costs.run(kind, Path(folder)):
                print(f"{kind}: {cost.what}: {cost.office:.1f} ms CPU, database {cost.database:.1f} ms")
    return 0


def _words(found: herd.Result) -> str:
    """The figures as a person reads them."""
    spread = f"over {found.jitter:.0f} s" if found.jitter else "in one second"
    lines = [
        f"{found.database}: {found.devices:,} devices x {found.changes} changes {spread}",
        f"  drained in {found.total:.1f} s; a device took {found.p50:.1f} s (p50), {found.p95:.1f} s (p95),"
        f" {found.slowest:.1f} s (most); {len(found.errors)} errors",
        f"  small sync: {found.probe_p50 * 1000:.0f} ms (p50), {found.probe_p95 * 1000:.0f} ms (p95),"
        f" {found.probe_most * 1000:.0f} ms (most of {found.probes}), {found.idle_p50 * 1000:.0f} ms when idle;"
        f" told to wait {found.probes_busy} times",
        f"  {found.requests:,} requests, {found.busy:,} told to wait, {found.rows:,} rows read",
        f"  office: {found.rss_mb:.0f} MB, {found.office_cpu:.1f} s CPU, {found.connections} connections;"
        f" herd: {found.herd_cpu:.1f} s CPU",
    ]
    return "\n".join([*lines, *(f"  ERROR: {words}" for words in found.errors[:20])])


if __name__ == "__main__":
    raise SystemExit(main())
