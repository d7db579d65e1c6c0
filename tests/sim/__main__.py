"""The long simulation: ``python3 dev.py sim [--seed S] [--steps N] [--runs R]``."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections import Counter

from tests.conftest import new_workspace
from tests.sim import running


def main() -> int:
    """Run it, print what it found; 1 when anything did not hold."""
    parser = argparse.ArgumentParser(prog="dev.py sim", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed; the same number, the same run")
    parser.add_argument("--steps", type=int, default=300, help="steps of a run (default: 300)")
    parser.add_argument(
        "--runs", type=int, default=20, help="how many runs, each with the next seed (default: 20)"
    )
    parser.add_argument("--seconds", type=float, default=0, help="no new run after so long")
    parser.add_argument("--story", action="store_true", help="print the steps of a run that fails")
    parser.add_argument("--json", action="store_true", help="for scripts")
    args = parser.parse_args()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    top, began, counts, failed = running.folder(), time.monotonic(), Counter[str](), []
    steps = runs = 0
    try:
        workspace = new_workspace(top / "workspace")
        for seed in range(args.seed, args.seed + args.runs):
            if args.seconds and time.monotonic() - began > args.seconds:
                break
            done = running.run(workspace, seed, args.steps)
            steps, runs, counts = steps + done.steps, runs + 1, counts + done.counts
            if done.wrong:
                failed.append(done)
                print(f"seed {seed}, step {done.steps}: {len(done.wrong)} wrong", file=sys.stderr)
                for words in done.wrong[:8]:
                    print("  " + words[:600], file=sys.stderr)
                if args.story:
                    print("  " + " ".join(done.story[-40:]), file=sys.stderr)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    seconds = time.monotonic() - began
    if args.json:
        print(
            json.dumps(
                {
                    "runs": runs,
                    "steps": steps,
                    "seconds": seconds,
                    "failed": [one.seed for one in failed],
                    "counts": counts,
                }
            )
        )
    else:
        for name, number in sorted(counts.items()):
            print(f"{number:8,}  {name}")
        print(
            f"{runs} runs, {steps:,} steps in {seconds:.0f} s ({steps / seconds:.0f} a second); {len(failed)} failed."
        )
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
