"""Kill the office, its workers, its database and its devices while they work: ``python3 dev.py kill9``."""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.kill9 import campaign
from tests.served import DATABASES


def main() -> int:
    """Run it, print what it found; 1 when anything was lost, doubled or differs."""
    parser = argparse.ArgumentParser(prog="dev.py kill9", description=__doc__)
    parser.add_argument("--ops", type=int, default=10_000, help="operations in all (default: 10,000)")
    parser.add_argument("--kills", type=int, default=36, help="how many deaths (default: 36)")
    parser.add_argument("--seed", type=int, default=1, help="chooses who dies, and when")
    parser.add_argument("--database", choices=DATABASES, action="append", help="one database (default: both)")
    parser.add_argument("--json", action="store_true", help="for scripts")
    args = parser.parse_args()
    wrong = 0
    for kind in args.database or DATABASES:
        with tempfile.TemporaryDirectory(prefix="watmos-kill9-") as folder:
            result = campaign.run(kind, Path(folder), ops=args.ops, kills=args.kills, seed=args.seed)
        wrong += len(result.wrong)
        if args.json:
            print(json.dumps(asdict(result)))
            continue
        deaths = ", ".join(f"{count} {name}" for name, count in sorted(result.kills.items()))
        total = sum(result.kills.values())
        print(f"{kind}: {result.ops:,} operations, {total} kills ({deaths}), {result.seconds:.0f} s")
        print("  " + ", ".join(f"{name} {count:,}" for name, count in result.found.items()))
        for words in result.wrong[:40]:
            print("  WRONG: " + words)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
