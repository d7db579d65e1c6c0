"""The same rules as a Hypothesis state machine: it looks for the shortest way to something wrong."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.conftest import Workspace
from tests.sim import checks, mishaps, rules, running, seeded, work
from tests.sim.world import World

luck = st.integers(0, 2**32 - 1)


class Machine(RuleBasedStateMachine):
    """One world; each rule draws its own luck, so that leaving one out changes none of the others."""

    workspace: Workspace

    def __init__(self) -> None:
        super().__init__()
        self.holding = ExitStack()
        self.folder = running.folder()
        self.holding.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.holding.enter_context(seeded.ids(1))
        self.world = World(self.workspace, self.folder, 1)
        self.holding.callback(self.world.close)

    def is_well(self) -> bool:
        """Whether nothing is wrong yet."""
        return not self.world.wrong and not self.world.ledger.wrong

    def teardown(self) -> None:
        """Rest, and every check."""
        try:
            checks.come_to_rest(self.world)
            wrong = checks.check(self.world)
            assert not wrong, "\n".join(wrong[:10])
        finally:
            self.holding.close()


def _as_rule(function: rules.Rule) -> Callable[..., Any]:
    def step(self: Machine, luck: int) -> None:
        function(self.world, random.Random(luck))

    return rule(luck=luck)(precondition(Machine.is_well)(step))


for _name, (_weight, _function) in rules.RULES.items():
    setattr(Machine, _name, _as_rule(_function))
# What is everyday is drawn more often: Hypothesis takes each rule as likely as another.
for _number in range(12):
    setattr(Machine, f"sync_{_number}", _as_rule(mishaps.sync))
for _number in range(6):
    setattr(Machine, f"edit_a_repair_{_number}", _as_rule(work.edit_a_repair))
