"""Key presses and clicks of a whole inspection, counted by the story that drives the real window.

30 items in 6 areas, 4 defects with photo, phrase and repair, an ambassador's signature, the report. The floor is
the best of the field apps compared (research: about 50, mostly without the repairs).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from bench import Row

BUDGET = 35
BEST_RIVAL = 50
_STORY = "tests/stories/test_action_budget.py"


def run() -> Iterator[Row]:
    story = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:randomly", _STORY],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "WATMOS_COUNT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    counted = next((line.split()[1] for line in story.stdout.splitlines() if line.startswith("actions ")), "")
    number = int(counted) if counted else BEST_RIVAL * 2
    yield Row(
        "key presses and clicks of a whole inspection",
        counted or "the story failed",
        str(BEST_RIVAL),
        number / BEST_RIVAL,
        f"at most {BUDGET}",
        story.returncode == 0 and number <= BUDGET,
    )
