"""One run by its seed: so many steps drawn from the rules, then rest, then every check."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import Workspace
from tests.network import Faults
from tests.sim import checks, deciding, mishaps, rules, seeded, work  # noqa: F401 - three fill RULES
from tests.sim.world import TRAIN, World


@dataclass(frozen=True)
class Run:
    """What came of it. ``wrong`` is empty when all is well; ``counts`` says how often what happened."""

    seed: int
    steps: int
    seconds: float
    wrong: tuple[str, ...]
    counts: Counter[str]
    story: tuple[str, ...]


def folder() -> Path:
    """A folder in memory where there is one: nothing here has to outlive the power."""
    shm = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="watmos-sim-", dir=shm if os.access(shm, os.W_OK) else None))


def run(workspace: Workspace, seed: int, steps: int, faults: Faults = TRAIN) -> Run:
    """Play it. The same seed and number of steps give the same run."""
    where, began, story = folder(), time.perf_counter(), []
    chance = random.Random(seed)
    names = list(rules.RULES)
    weights = [weight for weight, _ in rules.RULES.values()]
    world = None
    try:
        with seeded.ids(seed):
            world = World(workspace, where, seed, faults)
            for _ in range(steps):
                name = chance.choices(names, weights)[0]
                world.counts[f"· {name}"] += 1
                story.append(name)
                before = len(world.wrong) + len(world.ledger.wrong)
                rules.RULES[name][1](world, random.Random(chance.getrandbits(64)))
                if len(world.wrong) + len(world.ledger.wrong) > before:
                    break  # what follows would only hide it
            checks.come_to_rest(world)
            wrong = tuple(checks.check(world))
        return Run(seed, len(story), time.perf_counter() - began, wrong, world.counts, tuple(story))
    finally:
        if world is not None:
            with suppress(Exception):
                world.close()
        shutil.rmtree(where, ignore_errors=True)
