"""From exec to the window of the real program on a million repairs, beside a bare PySide6 window with a table."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import Row, spell
from bench._big_workspace import PASSPHRASE, big_workspace

AT_MOST = 1.25
ROUNDS = 9
ROOT = Path(__file__).resolve().parent.parent


def run() -> Iterator[Row]:
    home = str(big_workspace())
    _start("bare"), _start("watmos", home)
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(_start("bare"))
        ours.append(_start("watmos", home))
    for place, what in ((0, "time"), (1, "CPU")):
        ratio = median(a["window"][place] / b["window"][place] for a, b in zip(ours, bare, strict=True))
        value, floor = (median(one["window"][place] for one in all_) for all_ in (ours, bare))
        yield Row(f"start to window on 1,020,000 repairs, {what} / bare PySide6", spell(value), spell(floor), ratio,
                  f"at most {AT_MOST:g}×", ratio <= AT_MOST)  # fmt: skip
    for moment, words in (
        ("unlock", "the passphrase can be typed"),
        ("page", "the first page, passphrase given"),
    ):
        wall, cpu = (median(one[moment][place] for one in ours) for place in (0, 1))
        yield Row(f"start until {words}", spell(wall), f"CPU {spell(cpu)}", None, "told", ok=True)


def _start(*which: str) -> dict[str, tuple[float, float]]:
    """Seconds and CPU seconds at each moment that the started program told."""
    program, *rest = which
    # As on a person's machine: compiled once.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"WATMOS_PASSPHRASE": PASSPHRASE, "WATMOS_AS": "Grace Bell", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "bench" / "_start_probe.py"), program, str(time.monotonic()), *rest]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=120)
    lines = (line.split() for line in done.stdout.splitlines())
    return {what: (float(wall), float(cpu)) for what, wall, cpu in lines}
