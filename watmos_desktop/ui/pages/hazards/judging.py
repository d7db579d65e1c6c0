"""The two forms of the competent person: how serious it is, and the investigation with all that the summary needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from watmos_desktop.models.kinds import HazardLevel
from watmos_desktop.services import hazards
from watmos_desktop.services.hazard_drafts import Investigation, Judgement
from watmos_desktop.services.hazard_view import HazardDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, Line, Lines
from watmos_desktop.ui.pages.hazards.step_form import StepForm, Values, When
from watmos_desktop.ui.pages.hazards.steps import may_tell_household

_LEVELS = {
    HazardLevel.EMERGENCY: "Emergency: safe within 24 hours",
    HazardLevel.SIGNIFICANT: "Significant: safe as a matter of urgency",
    HazardLevel.NONE: "No hazard that needs action",
}
_WORKS = ("safety_works", "safety_by", "nothing_more", "prevention", "prevention_by")
_LEVEL = "How serious is it?"


def _level(*levels: HazardLevel) -> Field:
    return Field("level", _LEVEL, ChipRow(_LEVEL, [Choice(one.value, _LEVELS[one]) for one in levels]))


def _who(desk: Desk, case: HazardDetail) -> list[Field]:
    """Who decided, why they are competent, why so, and who lives there."""
    by, basis = Line(), Line("A qualification, training or role")
    if case.judged:
        name, _, held = case.judged.partition(", ")
        by.setText(name)
        basis.setText(held)
    fields = [
        Field("by", "Who judged it?", by, help="The competent person by name."),
        Field("basis", "Why are they competent?", basis),
        Field("reason", "Why that?", Lines("Judged for the people who live there, as they are", rows=2)),
    ]
    if may_tell_household(desk):
        household = Lines("Age and health: a baby, asthma, someone who cannot get out", rows=2)
        household.setPlainText(case.household)
        fields.append(Field("household", "Who lives there?", household, help="For our staff only."))
    return fields


def _judgement(said: Values, at: datetime) -> Judgement:
    return Judgement(
        HazardLevel(str(said["level"])),
        str(said["by"]),
        str(said["basis"]),
        str(said["reason"]),
        str(said["household"]) if "household" in said else None,
        at,
    )


def judge_form(
    desk: Desk, case: HazardDetail, done: Callable[[str], object], cancel: Callable[[], object], now: datetime
) -> StepForm:
    """How serious it is, before it was looked into."""

    def save(said: Values, at: datetime) -> None:
        desk.do("judged a hazard", hazards.judge, case.card.id, _judgement(said, at))
        done("The judgement is recorded")

    fields = [_level(HazardLevel.EMERGENCY, HazardLevel.SIGNIFICANT), *_who(desk, case)]
    sentence = "An emergency has 24 hours from then; it runs beside what runs already."
    return StepForm("Judge how serious it is", fields, When(now), save, cancel, "Record", sentence=sentence)


def investigation_form(
    desk: Desk, case: HazardDetail, done: Callable[[str], object], cancel: Callable[[], object], now: datetime
) -> StepForm:
    """What was found, how serious it is, and what is done about it and when: the summary is made from this."""
    form = StepForm(
        "Record the investigation",
        [*_found(), *_who(desk, case), *_works()],
        When(now, "When was the investigation concluded?"),
        lambda said, at: _save(desk, case, done, said, at),
        cancel,
        "Record",
        sentence="The tenant reads what stands here, all but who lives there. Write it plainly.",
    )

    def follow() -> None:
        """Only what this level needs is asked for."""
        shown = form.form.fields
        none = shown["level"].value() == HazardLevel.NONE.value
        for name in _WORKS:
            shown[name].setVisible(not none)
        shown["no_action_reason"].setVisible(none)
        for name in ("prevention", "prevention_by"):
            shown[name].setVisible(not none and not shown["nothing_more"].value())

    form.form.edited.connect(follow)
    follow()
    return form


def _found() -> list[Field]:
    remote = Check("It was looked into from afar, by phone or pictures")
    return [
        Field("findings", "What was found?", Lines("Where, how much, and why it is there", rows=4)),
        _level(HazardLevel.SIGNIFICANT, HazardLevel.EMERGENCY, HazardLevel.NONE),
        Field("remote", "", remote, help="The tenant may then ask for a visit in person."),
    ]


def _works() -> list[Field]:
    by = Line("For example: Tue 29 Dec, in the morning, by Dry Homes Ltd")
    later = Line("For example: begun by Mon 11 Jan 2027")
    return [
        Field("safety_works", "What makes it safe?", Lines(rows=3)),
        Field("safety_by", "When will that be done?", by),
        Field("nothing_more", "", Check("Nothing more is needed to stop it coming back")),
        Field("prevention", "What stops it coming back?", Lines(rows=3)),
        Field("prevention_by", "When will that begin?", later),
        Field("no_action_reason", "Why is nothing done?", Lines(rows=3)),
    ]


def _save(desk: Desk, case: HazardDetail, done: Callable[[str], object], said: Values, at: datetime) -> None:
    level = HazardLevel(str(said["level"]))
    none, more = level is HazardLevel.NONE, not said["nothing_more"]
    works = {name: "" if none else str(said[name]) for name in ("safety_works", "safety_by")}
    later = {name: str(said[name]) if more and not none else "" for name in ("prevention", "prevention_by")}
    investigation = Investigation(
        _judgement(said, at),
        str(said["findings"]),
        remote=bool(said["remote"]),
        prevention_needed=more,
        no_action_reason=str(said["no_action_reason"]) if none else "",
        at=at,
        **works,
        **later,
    )
    desk.do("looked into a hazard", hazards.conclude, case.card.id, investigation)
    done("The investigation is recorded")
