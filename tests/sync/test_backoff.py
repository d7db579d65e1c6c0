"""Devices that lost the office come back spread out, and at once when something changed."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from watmos_desktop.services.sync.backoff import LONGEST, Backoff


def test_the_ceiling_doubles_from_a_second_to_five_minutes() -> None:
    pause = Backoff(lambda: 1.0)
    assert [pause.failed() for _ in range(11)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_it_worked_or_something_changed_so_it_begins_anew() -> None:
    pause = Backoff(lambda: 1.0)
    for _ in range(6):
        pause.failed()
    pause.reset()
    assert pause.failed() == 1


@given(st.integers(0, 200), st.one_of(st.none(), st.floats(0, 3600)), st.integers(0, 2**32))
def test_it_waits_within_its_bounds_and_never_less_than_the_office_asked(
    failures: int, asked: float | None, seed: int
) -> None:
    pause = Backoff(random.Random(seed).random)
    for _ in range(failures):
        pause.failed()
    waited = pause.failed(asked)
    assert (asked or 0) <= waited <= (asked or 0) + LONGEST


def test_a_thousand_devices_told_the_same_second_do_not_come_back_in_it() -> None:
    pauses = [Backoff(random.Random(seed).random).failed(30) for seed in range(1000)]
    seconds = [int(pause) for pause in pauses]
    assert max(seconds.count(second) for second in set(seconds)) < 80
    assert min(pauses) >= 30
