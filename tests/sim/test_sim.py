"""The short seeded part of the simulation; the long one is ``python3 dev.py sim``."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import Workspace
from tests.sim import running
from tests.sim.machine import Machine

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def _no_keystore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.mark.parametrize("seed", (2, 7))
def test_after_everything_that_may_happen_all_see_the_same_and_every_word_is_somewhere(
    seed: int, empty_workspace: Workspace
) -> None:
    done = running.run(empty_workspace, seed, 60)
    assert done.wrong == ()
    assert done.counts["applied"] >= 15


def test_the_same_seed_is_the_same_run(empty_workspace: Workspace) -> None:
    first, second = (running.run(empty_workspace, 5, 15) for _ in range(2))
    assert (first.story, first.counts) == (second.story, second.counts)


def test_hypothesis_finds_no_short_way_to_anything_wrong(empty_workspace: Workspace) -> None:
    Machine.workspace = empty_workspace
    few = settings(
        max_examples=2,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=few)
