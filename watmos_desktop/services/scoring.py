"""What an inspection scores: pure rules over a template and its answers (N1; docs/decisions/0007).

Each answer has a grade; a grade has points; areas and the whole are weighted means of points, in whole per
cent rounded down, and graded by the template's thresholds. Items that are not applicable, not seen or not
answered are outside the mean. A critical fail makes its area D and holds the whole down: it is never averaged
away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from watmos_desktop.models.kinds import Grade, NotScored
from watmos_desktop.services.template_parts import Item, Scoring, Template

_GRADES = tuple(Grade)
_STEADY = 5
"""Per cent within which two scores of the same grade are the same: less is chance, not a trend."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: ``value`` is a grade, yes/no, met/not_met or a count, unless ``not_scored`` says why not.

    ``bulk``: given by "rest of area OK", not one by one. It scores alike and is shown apart.
    """

    value: str = ""
    not_scored: NotScored | None = None
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class AreaScore:
    """An area: of ``total`` items, ``answered`` have a grade and ``not_scored`` are N/A or not seen.

    ``grade``, ``percent`` and ``worst`` are None while nothing has a grade: "not scored".
    """

    key: str
    grade: Grade | None
    percent: int | None
    worst: Grade | None
    answered: int
    not_scored: int
    total: int


@dataclass(frozen=True, slots=True)
class Score:
    """The whole walk. ``critical`` are the keys of items that failed critically, in the order of the walk.

    ``held``: the grade is lower than ``percent`` alone would give, because of a D or a critical fail.
    """

    grade: Grade | None
    percent: int | None
    worst: Grade | None
    answered: int
    not_scored: int
    total: int
    held: bool
    critical: tuple[str, ...]
    areas: tuple[AreaScore, ...]

    @property
    def complete(self) -> bool:
        """Every item has an answer, even if it is N/A or not seen."""
        return self.answered + self.not_scored == self.total

    def area(self, key: str) -> AreaScore:
        """The area with that key; KeyError if there is none."""
        return {one.key: one for one in self.areas}[key]


class Trend(StrEnum):
    """Against the time before."""

    UP = "up"
    SAME = "same"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Difference:
    """An item that two scorers graded apart; ``steps`` > 0: the ambassador graded lower."""

    item: Item
    officer: Grade
    ambassador: Grade
    steps: int


def grade_of(item: Item, answer: Answer | None) -> Grade | None:
    """The grade of an answer; None when there is none or it is not scored. ValueError if it is no answer."""
    if answer is None or answer.not_scored or not answer.value:
        return None
    return item.grade_of(answer.value)


def is_critical(item: Item, grade: Grade | None) -> bool:
    """Whether that grade is a critical fail of the item."""
    return grade is not None and item.critical_fail is not None and grade >= item.critical_fail


def still_needed(item: Item, answer: Answer, *, photos: int, words: bool) -> tuple[str, ...]:
    """``"photo"`` and ``"note"`` where the answer asks for one that is not there.

    ``words``: a note is written or a defect phrase chosen; either says what is wrong.
    """
    grade = grade_of(item, answer)
    if grade is None:
        return ()
    photo = item.photo_required is not None and grade >= item.photo_required and not photos
    note = item.note_required is not None and grade >= item.note_required and not words
    return ("photo",) * photo + ("note",) * note


def score(template: Template, answers: Mapping[str, Answer]) -> Score:
    """Score the answers by item key; keys that the template does not have are ignored."""
    areas = []
    critical: list[str] = []
    everything: list[tuple[Item, Grade]] = []
    for area in template.areas:
        graded = [(item, grade) for item in area.items if (grade := grade_of(item, answers.get(item.key)))]
        failed = [item.key for item, grade in graded if is_critical(item, grade)]
        grade, percent = _mean(graded, template.scoring)
        areas.append(
            AreaScore(
                key=area.key,
                grade=Grade.D if failed else grade,
                percent=percent,
                worst=_worst(graded),
                answered=len(graded),
                not_scored=sum(bool((a := answers.get(item.key)) and a.not_scored) for item in area.items),
                total=len(area.items),
            )
        )
        critical += failed
        everything += graded
    mean, percent = _mean(everything, template.scoring)
    worst = _worst(everything)
    grade = mean
    if grade and worst is Grade.D:
        grade = max(grade, template.scoring.cap_poor)
    if grade and critical:
        grade = max(grade, template.scoring.cap_critical)
    return Score(
        grade=grade,
        percent=percent,
        worst=worst,
        answered=len(everything),
        not_scored=sum(area.not_scored for area in areas),
        total=len(template.items),
        held=grade is not mean,
        critical=tuple(critical),
        areas=tuple(areas),
    )


def compare(now: Score | AreaScore, before: Score | AreaScore | None) -> Trend | None:
    """The arrow beside a score; None when either is not scored. The grade decides, then five per cent."""
    if before is None or now.grade is None or before.grade is None:
        return None
    if now.grade is not before.grade:
        return Trend.UP if now.grade < before.grade else Trend.DOWN
    change = (now.percent or 0) - (before.percent or 0)
    return Trend.SAME if abs(change) < _STEADY else Trend.UP if change > 0 else Trend.DOWN


def differences(
    template: Template, officer: Mapping[str, Answer], ambassador: Mapping[str, Answer]
) -> list[Difference]:
    """Where the two scorers differ by a grade or more, biggest first, then in the order of the walk.

    Only items that both have graded: what one could not see is no difference of view.
    """
    found = []
    for item in template.items:
        one, other = grade_of(item, officer.get(item.key)), grade_of(item, ambassador.get(item.key))
        if one and other and one is not other:
            found.append(Difference(item, one, other, _GRADES.index(other) - _GRADES.index(one)))
    return sorted(found, key=lambda difference: -abs(difference.steps))


def rest_ok(template: Template, area_key: str, answered: Collection[str]) -> list[str]:
    """The items that "rest of area OK" covers: not yet answered and not safety-critical."""
    return [
        item.key
        for item in template.area(area_key).items
        if item.key not in answered and not item.safety_critical
    ]


def ok_answer(item: Item, *, bulk: bool = False) -> Answer:
    """The best answer: A, yes, met or a count of 0; ValueError for a safety-critical item in bulk."""
    if bulk and item.safety_critical:
        raise ValueError(f"{item.key} is looked at by itself")
    return Answer(item.choices[0].value, bulk=bulk)


def _mean(graded: Iterable[tuple[Item, Grade]], scoring: Scoring) -> tuple[Grade | None, int | None]:
    """The grade of the weighted mean and the mean in per cent, rounded down: what is shown decides."""
    points = weight = 0
    for item, grade in graded:
        points += scoring.points[_GRADES.index(grade)] * item.weight
        weight += item.weight
    if not weight:
        return None, None
    percent = points // weight
    passed = (grade for grade, least in zip(_GRADES, scoring.least, strict=False) if percent >= least)
    return next(passed, Grade.D), percent


def _worst(graded: Iterable[tuple[Item, Grade]]) -> Grade | None:
    return max((grade for _, grade in graded), default=None)
