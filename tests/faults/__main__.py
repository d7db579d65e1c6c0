"""The long campaign: ``python3 dev.py faults [--seed S] [--runs N]``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

from tests.faults import campaign


def main() -> int:
    """Run it, print what it found; 1 when anything was lost or a control stayed green."""
    parser = argparse.ArgumentParser(prog="dev.py faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same number, the same faults")
    parser.add_argument("--runs", type=int, default=0, help="how many, chosen at random (default: every one)")
    parser.add_argument("--power", type=int, default=4, help="power cuts at each operation (default: 4)")
    parser.add_argument("--only", choices=campaign.WORKFLOWS, action="append", help="one workflow")
    parser.add_argument("--control", choices=campaign.CONTROLS, help="break a safety net: must turn red")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true", help="for scripts")
    args = parser.parse_args()
    if not hasattr(os, "fork"):
        print("The fault tests need fork, which this system has not.", file=sys.stderr)
        return 2
    started = time.monotonic()
    result = campaign.run(
        workflows=args.only or campaign.WORKFLOWS,
        seed=args.seed,
        runs=args.runs,
        power=args.power,
        control=args.control or "",
        workers=args.workers,
    )
    if args.json:
        print(json.dumps(result.as_json()))
    else:
        print(result.table())
        print(
            f"{result.runs:,} faults in {time.monotonic() - started:.0f} s; {len(result.wrong)} went wrong."
        )
        for words in result.wrong[:40]:
            print("  " + words)
    return 1 if result.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
