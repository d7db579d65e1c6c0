"""The rules of visits and starter tenancies as dated data (``resources/rules.toml``; H2, T1, regulation.md 7). Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from watmos_desktop import resources
from watmos_desktop.models.kinds import ReviewStage, VisitKind
from watmos_desktop.services import calendar, promises

REVIEWS = (ReviewStage.WEEK_6, ReviewStage.MONTH_3, ReviewStage.MONTH_6, ReviewStage.MONTH_9)
STAGE_WORDS = {
    ReviewStage.WEEK_6: "6-week review",
    ReviewStage.MONTH_3: "3-month review",
    ReviewStage.MONTH_6: "6-month review",
    ReviewStage.MONTH_9: "9-month review",
    ReviewStage.DECISION: "Decision",
}
KIND_WORDS = {
    VisitKind.WELLBEING: "Well-being visit",
    VisitKind.STARTER: "Starter review",
    VisitKind.SETTLING_IN: "Settling-in visit",
    VisitKind.REQUESTED: "Asked for",
    VisitKind.FOLLOW_UP: "Follow-up",
}


@dataclass(frozen=True)
class Points:
    """How much each reason weighs when two visits ask for the same day; ``late_month`` for each month, up to a most."""

    late: int
    late_month: int
    late_most: int
    soon: int
    soon_days: int
    vulnerable: int
    no_contact: int
    no_contact_tries: int
    damp: int
    asb: int
    asked: int
    starter: int


@dataclass(frozen=True)
class VisitRules:
    """``seen``: the kinds that count as a home seen (H2); the others are lengths in the unit of their name."""

    seen: tuple[VisitKind, ...]
    settling_in_weeks: int
    settling_in_until_months: int
    month_days: int
    pace_weeks: int
    asb_months: int
    points: Points


@dataclass(frozen=True)
class PlanningRules:
    """Minutes and days of the planner; ``begins`` is ``09:30``, ``ahead_days`` how early a home may be visited."""

    begins: str
    day_minutes: int
    window_minutes: int
    working_days: int
    ahead_days: int
    steps: int
    minutes: Mapping[VisitKind, int]


@dataclass(frozen=True)
class Review:
    """When a review of a starter tenancy falls due: so many weeks or months after it started."""

    stage: ReviewStage
    weeks: int = 0
    months: int = 0

    def due(self, started_on: date) -> date:
        """The day, month ends clamped."""
        if self.weeks:
            return started_on + timedelta(weeks=self.weeks)
        return calendar.months_after(started_on, self.months)


@dataclass(frozen=True)
class StarterRules:
    """The rules for a starter tenancy that starts on ``holds_from`` or later.

    ``prompt`` and ``alarms`` are months before the decision falls due; ``granted`` whether such a tenancy can
    still be given; ``warning`` stands for a tenancy that runs past ``ends_on_law_change``, or for all if it is None.
    """

    holds_from: date
    granted: bool
    reviews: tuple[Review, ...]
    prompt: int
    alarms: tuple[int, ...]
    basis: str
    warning: str
    ends_on_law_change: date | None = None

    def warns(self, decides_on: date) -> str:
        """What to know of a change of the law before that decision, or nothing."""
        if self.ends_on_law_change is None or decides_on >= self.ends_on_law_change:
            return self.warning
        return ""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.path("rules.toml").read_text(encoding="utf-8"))


@cache
def visits() -> VisitRules:
    """The rules of visits."""
    data = dict(_data()["visits"])
    return VisitRules(
        **data | {"seen": tuple(VisitKind(one) for one in data["seen"]), "points": Points(**data["points"])}
    )


@cache
def planning() -> PlanningRules:
    """The rules of planning."""
    data = _data()["planning"]
    return PlanningRules(**data | {"minutes": {VisitKind(kind): n for kind, n in data["minutes"].items()}})


@cache
def starters() -> tuple[StarterRules, ...]:
    """Every version of the rules for starter tenancies, oldest first."""
    return tuple(
        StarterRules(
            **row
            | {
                "reviews": tuple(
                    Review(**one | {"stage": ReviewStage(one["stage"])}) for one in row["reviews"]
                ),
                "alarms": tuple(row["alarms"]),
            }
        )
        for row in _data()["starter"]
    )


def starter(started_on: date) -> StarterRules:
    """The rules for a starter tenancy that started that day; the first ones also serve earlier days."""
    return next((one for one in reversed(starters()) if one.holds_from <= started_on), starters()[0])


def decision_due(started_on: date, extended_to: date | None) -> date:
    """By when a starter tenancy is decided: 12 months after its start (T1), or the day it was extended to."""
    return extended_to or promises.due("T1", started_on).due_date


def wellbeing_due(base: date) -> date:
    """Three years after a home was last seen, or since the tenancy started (H2)."""
    return promises.due("H2", base).due_date
