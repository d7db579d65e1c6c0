"""Run the benches named, or all, and print one table; exit 1 when a goal is missed."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from pkgutil import iter_modules

import bench
from bench import Row

HEADINGS = ("", "job", "value", "floor", "ratio", "goal")


def main(names: list[str]) -> int:
    known = [module.name for module in iter_modules(bench.__path__) if not module.name.startswith("_")]
    if unknown := set(names) - set(known):
        print(
            f"There is no bench {', '.join(sorted(unknown))}; there are {', '.join(known)}.", file=sys.stderr
        )
        return 2
    rows: list[Row] = []
    for name in names or known:
        print(f"· {name}", file=sys.stderr, flush=True)
        rows += measure(name)
    show(rows)
    return 0 if all(row.ok for row in rows) else 1


def measure(name: str) -> list[Row]:
    """The rows of a bench; one that breaks is a goal missed, and the others are measured all the same."""
    rows: list[Row] = []
    try:
        rows.extend(import_module(f"bench.{name}").run())
    except Exception as error:
        traceback.print_exc()
        rows.append(Row(f"{name}: broke off", type(error).__name__, "", None, "measured", ok=False))
    return rows


def show(rows: list[Row]) -> None:
    cells = [HEADINGS]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}×"
        cells.append(("ok" if row.ok else "MISS", row.name, row.value, row.floor, ratio, row.goal))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
