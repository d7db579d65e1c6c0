"""What else stands with a visit that is done: a word for the safeguarding lead, and a manager's approval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from watmos_desktop.services import policy, visit_approval, visit_concerns, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_approval import Approval, Standing
from watmos_desktop.services.visits import VisitCard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.visits.panel import few_lines, toned

Say = Callable[[str | Told], object]
_STANDS = {
    Standing.WAITS: "It waits for a manager",
    Standing.SENT_BACK: "A manager asks about it",
    Standing.APPROVED: "A manager has approved it",
}


def around(desk: Desk, card: VisitCard, say: Say) -> tuple[list[QWidget], list[QWidget]]:
    """The cards above what came of it, and those below. ``say`` hears what was done, or an error."""
    first: list[QWidget] = []
    last: list[QWidget] = []
    approval = desk.look(visit_approval.of_visit, card.id)
    if approval.standing is Standing.APPROVED:
        last.append(_approval(desk, card, approval, say))
    elif approval.standing is not Standing.NOT_NEEDED:
        first.append(_approval(desk, card, approval, say))
    mine = desk.actor.staff_id in (card.officer_id, card.second_id)
    if mine and policy.may(desk.actor, policy.Action.VISIT, "visit"):
        last.append(_for_the_lead(desk, card, say))
    return first, last


def _approval(desk: Desk, card: VisitCard, approval: Approval, say: Say) -> Card:
    shown = Card(_STANDS[approval.standing], margin=14)
    for reason in approval.reasons:
        shown.add(toned(Tone.WARN, reason))
    for what, by, at, text in approval.notes:
        shown.add(Text(f"{what} by {by}, {wording.moment(at.astimezone(LONDON))}", role="small", wrap=True))
        shown.add(Text(text, wrap=True).selectable())
    if approval.at is not None:
        shown.add(Text(f"{approval.by}, {wording.moment(approval.at.astimezone(LONDON))}", role="quiet"))
    mine = desk.actor.staff_id in (card.officer_id, card.second_id)
    manages = policy.may(desk.actor, policy.Action.APPROVE_VISIT, "visit") and not mine
    if approval.standing is Standing.WAITS and manages:
        form = Form(
            [
                Field(
                    "note",
                    "What is to be looked at again, if anything",
                    few_lines("Who visited reads it", 2),
                )
            ]
        )
        shown.add(form)
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        row.addWidget(
            PrimaryButton(
                "Approve", lambda: _do(desk, form, say, "Approved.", visit_approval.approve, card.id)
            )
        )
        row.addWidget(
            QuietButton(
                "Send it back",
                lambda: _do(desk, form, say, "Sent back.", visit_approval.send_back, card.id, _text(form)),
            )
        )
        shown.add(foot)
    if approval.standing is Standing.SENT_BACK and mine:
        form = Form([Field("note", "Your answer", few_lines("The record itself stays as it is", 2))])
        shown.add(form)
        answer = PrimaryButton(
            "Answer", lambda: _do(desk, form, say, "Answered.", visit_approval.answer, card.id, _text(form))
        )
        shown.add(answer)
    return shown


def _for_the_lead(desk: Desk, card: VisitCard, say: Say) -> Card:
    """Whatever was said, the card is the same: who looks over a shoulder learns nothing from it."""
    shown = Card("Was somebody not safe?", margin=14)
    if passed_on := desk.look(visit_concerns.passed_on, card.id):
        shown.add(toned(Tone.OK, passed_on))
    shown.add(
        Text(
            "For the safeguarding lead alone. You will not be able to read it again. In danger, ring 999 first.",
            role="quiet",
            wrap=True,
        )
    )
    form = Form([Field("text", "What was said, or what you saw", few_lines("Their own words are best", 3))])
    shown.add(form)
    foot = QWidget()
    FlowLayout(foot, gap=8).addWidget(
        QuietButton(
            "Pass it on",
            lambda: _do(
                desk,
                form,
                say,
                "Passed on to the safeguarding lead.",
                visit_concerns.tell_lead,
                card.id,
                _text(form),
            ),
        )
    )
    shown.add(foot)
    return shown


def _text(form: Form) -> str:
    (value,) = form.values().values()
    return str(value)


def _do(desk: Desk, form: Form, say: Say, done: str, change: Any, *args: object) -> None:
    try:
        desk.seal(done, change, *args)
    except Told as told:
        if not form.tell(told):
            say(told)
        return
    say(done)
