"""When somebody out alone should be heard of next, and what is done when they are not: data and arithmetic. Pure.

The steps and minutes are policy data (``resources/lone_working.toml``); elapsed time, also across a clock change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache

from watmos_desktop.services import landlord, wording
from watmos_desktop.services.wording import Deadline, Tone


class State(StrEnum):
    """How a day out alone stands."""

    TO_COME = "to_come"
    OUT = "out"
    SOON = "soon"
    LATE = "late"
    OVERDUE = "overdue"
    BACK = "back"


@dataclass(frozen=True)
class Step:
    """What is done so many minutes after a check-in was due."""

    minutes: int
    words: str


@dataclass(frozen=True)
class Rules:
    """The rules: minutes; who is called by default; ``plain`` is what the program says of itself."""

    every: tuple[int, ...]
    usual: int
    grace: int
    soon: int
    after_last: int
    call: str
    call_phone: str
    steps: tuple[Step, ...]
    plain: str


@dataclass(frozen=True)
class Standing:
    """How it stands now. ``next_at`` is when they should be heard of, ``step`` what is to be done now, if anything."""

    state: State
    next_at: datetime | None
    last_at: datetime | None
    due: Deadline
    step: str = ""

    @property
    def pressing(self) -> bool:
        """Whether somebody has to act."""
        return self.state is State.OVERDUE


@cache
def load() -> Rules:
    """The rules as the office keeps them."""
    data = landlord.merged("lone_working.toml")
    steps = tuple(Step(int(one["minutes"]), str(one["words"])) for one in data["step"])
    return Rules(
        tuple(data["every"]),
        int(data["usual"]),
        int(data["grace"]),
        int(data["soon"]),
        int(data["after_last"]),
        str(data["call"]),
        str(data["call_phone"]),
        steps,
        str(data["words"]["plain"]),
    )


def standing(
    begins_at: datetime,
    ends_at: datetime,
    every: int,
    checks: Sequence[datetime],
    back_at: datetime | None,
    now: datetime,
) -> Standing:
    """How a day stands: due at ``every`` minutes after the last word, at the latest when they are expected back.

    Check-ins of a time to come (a clock that was wrong) count for nothing. Times are aware.
    """
    rules, now, begins_at = load(), now.astimezone(UTC), begins_at.astimezone(UTC)
    heard = [at.astimezone(UTC) for at in checks if at.astimezone(UTC) <= now]
    last = max(heard, default=None)
    if back_at is not None:
        return Standing(
            State.BACK, None, back_at, Deadline(f"Back at {wording.clock_time(back_at)}", Tone.OK)
        )
    if last is None and now < begins_at:
        return Standing(
            State.TO_COME, begins_at, None, Deadline(f"Out from {wording.clock_time(begins_at)}", Tone.INFO)
        )
    due_at = min(max(last or begins_at, begins_at) + timedelta(minutes=every), ends_at.astimezone(UTC))
    if last is not None:  # a check-in after the expected end gives that much time once more, no less
        due_at = max(due_at, last + timedelta(minutes=rules.grace))
    left = due_at - now
    at_end = due_at >= ends_at.astimezone(UTC)
    if left > timedelta(minutes=rules.soon):
        words = f"{'Expected back' if at_end else 'Next check-in'} by {wording.clock_time(due_at)}"
        return Standing(State.OUT, due_at, last, Deadline(words, Tone.OK))
    if left >= timedelta(0):
        return Standing(
            State.SOON, due_at, last, Deadline(f"Check in by {wording.clock_time(due_at)}", Tone.WARN)
        )
    late = int(-left / timedelta(minutes=1))
    if late < rules.grace:
        words = f"Check-in was due at {wording.clock_time(due_at)}"
        return Standing(State.LATE, due_at, last, Deadline(words, Tone.WARN))
    said = "Not back" if at_end else "No check-in"
    words = f"{said} since {wording.clock_time(due_at)}: {_span(late)} late"
    step = [one for one in rules.steps if one.minutes <= late][-1]
    return Standing(State.OVERDUE, due_at, last, Deadline(words, Tone.BAD), step.words)


def filled(words: str, *, name: str, call: str, call_phone: str) -> str:
    """A step's words with who is meant; a name within a name stays."""
    for key, value in (("name", name), ("call_phone", call_phone), ("call", call)):
        words = words.replace("{" + key + "}", value)
    return words


def _span(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, *([f"{rest} min"] if rest or not hours else [])])
