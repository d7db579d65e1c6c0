"""The steps of a case as data: what each is called, when it is offered, its fields, and the service that it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from watmos_desktop.models.kinds import Channel, HazardLevel, HazardStatus, HazardStepKind
from watmos_desktop.services import hazard_steps, hazards, policy
from watmos_desktop.services.hazard_view import HazardDetail, Next
from watmos_desktop.services.policy import Action
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, Lines
from watmos_desktop.ui.pages.hazards.step_form import Values

Fields = Callable[[Desk, HazardDetail], list[Field]]


@dataclass(frozen=True)
class Step:
    """One step: ``words`` on its button, ``done`` once it is saved, ``offered`` for which cases."""

    id: str
    words: str
    done: str
    sentence: str
    fields: Fields
    save: Callable[[Desk, UUID, Values, datetime], object]
    offered: Callable[[HazardDetail], bool]


_WAYS = {
    "letter": "Letter",
    "email": "E-mail",
    "in_person": "In the hand",
    "phone": "Phone",
    "text": "Text",
    "door": "At the door",
    "card": "Card left",
}


def ways(name: str, label: str, *keys: str) -> Field:
    """Chips of how someone was reached; the first is chosen."""
    return Field(name, label, ChipRow(label, [Choice(key, _WAYS[key]) for key in keys]))


def _said(name: str, label: str, hint: str = "", rows: int = 2) -> Field:
    return Field(name, label, Lines(hint, rows=rows))


def _way(values: Values) -> Channel:
    return Channel(str(values["how"]))


def _open(case: HazardDetail) -> bool:
    return case.card.status is not HazardStatus.CLOSED


def _runs(case: HazardDetail, *keys: str) -> bool:
    return any(one.key in keys and one.stopped_at is None for one in case.clocks)


def _summary_fields(_: Desk, __: HazardDetail) -> list[Field]:
    return [ways("how", "How was it given?", "letter", "email", "in_person")]


def _prevention_fields(_: Desk, __: HazardDetail) -> list[Field]:
    choices = [Choice(one, one) for one in hazard_steps.PREVENTION]
    return [
        Field("outcome", "How far is it?", ChipRow("How far is it?", choices)),
        _said("text", "What was done?", "For example: fan ordered from Bell & Sons for 11 Jan"),
    ]


def _access_fields(_: Desk, __: HazardDetail) -> list[Field]:
    return [
        ways("how", "How did you try?", "door", "phone", "text", "email", "letter", "card"),
        Field("notice", "", Check("This was written notice of 24 hours or more")),
        _said("text", "What happened?", "For example: nobody in, card left"),
    ]


def _offer_fields(_: Desk, __: HazardDetail) -> list[Field]:
    return [
        _said("text", "What was offered?", "Where, from when, and that it costs the tenant nothing"),
        ways("how", "How?", "phone", "in_person", "letter", "email", "text"),
    ]


def _answer_fields(_: Desk, __: HazardDetail) -> list[Field]:
    choices = [Choice("yes", "Accepted"), Choice("no", "Declined")]
    return [
        Field("answer", "What did the tenant say?", ChipRow("What did the tenant say?", choices)),
        _said("text", "In their words", "For example: stays with her mother"),
    ]


def _note_fields(_: Desk, __: HazardDetail) -> list[Field]:
    kinds = [Choice("told", "Tenant told"), Choice("contact", "In touch"), Choice("note", "Note")]
    return [
        Field("kind", "What is it?", ChipRow("What is it?", kinds)),
        _said("text", "What was said or done?", rows=3),
        ways("how", "How?", "phone", "text", "email", "letter", "in_person"),
    ]


def _close_fields(_: Desk, case: HazardDetail) -> list[Field]:
    label = "Why is it closed without that?" if case.unfinished else "Anything to add?"
    return [_said("reason", label, rows=3)]


STEPS: tuple[Step, ...] = (
    Step(
        "summary",
        "Record the summary as given",
        "The summary is recorded as given",
        "Print it, or send it as a PDF; then say here how the tenant got it.",
        _summary_fields,
        lambda desk, case, said, at: desk.do(
            "recorded the summary of a hazard", hazard_steps.give_summary, case, _way(said), at
        ),
        lambda case: _runs(case, "AW.summary"),
    ),
    Step(
        "works_told",
        "All works are done: tenant told",
        "It is recorded that all works were done in time",
        "When all works are complete within three working days no summary is owed. The tenant is told still.",
        lambda _, __: [ways("how", "How was the tenant told?", "phone", "in_person", "text", "email")],
        lambda desk, case, said, at: desk.do(
            "told a tenant that all works are done", hazard_steps.tell_works_done, case, _way(said), at
        ),
        lambda case: _runs(case, "AW.summary") and case.card.status is HazardStatus.SAFE,
    ),
    Step(
        "safe",
        "Record it as made safe",
        "It is recorded as made safe",
        "All the safety work is complete.",
        lambda _, __: [_said("text", "What was done, and by whom?", rows=3)],
        lambda desk, case, said, at: desk.do(
            "made a hazard safe", hazard_steps.made_safe, case, str(said["text"]), at
        ),
        lambda case: case.card.status is HazardStatus.INVESTIGATED and case.level is not HazardLevel.NONE,
    ),
    Step(
        "prevent",
        "Work to stop it coming back",
        "It is in the log",
        "Only work that has physically begun ends the twelve weeks.",
        _prevention_fields,
        lambda desk, case, said, at: desk.do(
            "recorded preventative work",
            hazard_steps.prevention,
            case,
            str(said["outcome"]),
            str(said["text"]),
            at,
        ),
        lambda case: bool(case.prevention) and _open(case),
    ),
    Step(
        "access",
        "Tried to get in",
        "The attempt is in the log",
        "Three different ways are expected, one of them written notice of 24 hours. No clock stops.",
        _access_fields,
        lambda desk, case, said, at: desk.do(
            "recorded an attempt at access",
            hazard_steps.tried_access,
            case,
            _way(said),
            str(said["text"]),
            notice=bool(said["notice"]),
            at=at,
        ),
        _open,
    ),
    Step(
        "offer",
        "Offer somewhere else to stay",
        "The offer is in the log",
        "When the home cannot be made safe in time, at our cost, until it is safe.",
        _offer_fields,
        lambda desk, case, said, at: desk.do(
            "offered somewhere else to stay", hazard_steps.offer_stay, case, str(said["text"]), _way(said), at
        ),
        lambda case: _open(case) and not case.offer_waits,
    ),
    Step(
        "answer",
        "Answer to the offer",
        "The answer is in the log",
        "",
        _answer_fields,
        lambda desk, case, said, at: desk.do(
            "recorded an answer to an offer",
            hazard_steps.answer_offer,
            case,
            said["answer"] == "yes",
            str(said["text"]),
            at,
        ),
        lambda case: _open(case) and case.offer_waits,
    ),
    Step(
        "ask",
        "Tenant asks for a visit",
        "Ten working days run from the request",
        "It was looked into from afar: the tenant may ask us to look in person.",
        lambda _, __: [_said("text", "What did the tenant say?")],
        lambda desk, case, said, at: desk.do(
            "recorded a request for a visit", hazards.ask_in_person, case, at, str(said["text"])
        ),
        lambda case: _open(case) and case.can_ask_in_person,
    ),
    Step(
        "again",
        "Reported again, or changed",
        "It is in the log",
        "A case from before the law held comes under it from then.",
        lambda _, __: [_said("text", "What was said, or what has changed?", rows=3)],
        lambda desk, case, said, at: desk.do(
            "recorded that a hazard was reported again", hazard_steps.told_again, case, str(said["text"]), at
        ),
        _open,
    ),
    Step(
        "note",
        "Add to the log",
        "It is in the log",
        "Entries are added, never edited.",
        _note_fields,
        lambda desk, case, said, at: desk.do(
            "added to the log of a hazard",
            hazard_steps.note,
            case,
            HazardStepKind(str(said["kind"])),
            str(said["text"]),
            _way(said),
            at,
        ),
        _open,
    ),
    Step(
        "close",
        "Close the case",
        "The case is closed",
        "",
        _close_fields,
        lambda desk, case, said, at: desk.do(
            "closed a hazard case", hazard_steps.close, case, str(said["reason"]), at
        ),
        _open,
    ),
)
# The step that answers what a case asks for next; looking into it has a form of its own.
OF_NEXT = {Next.SUMMARY: "summary", Next.SAFE: "safe", Next.PREVENT: "prevent", Next.CLOSE: "close"}


def step(step_id: str) -> Step:
    """The step of that id; KeyError if there is none."""
    return {one.id: one for one in STEPS}[step_id]


def may_judge(desk: Desk) -> bool:
    """Whether this person may record what a competent person found."""
    return policy.may(desk.actor, Action.JUDGE_HAZARD, "hazard_case")


def may_tell_household(desk: Desk) -> bool:
    """Whether this person may write about who lives there."""
    return policy.may_change(desk.actor, "hazard_case", "household")
