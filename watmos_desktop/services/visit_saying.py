"""What is read out at the door as soon as it was told: how soon, and since when the law counts (R5-R7, AW).

Nothing is made here: it is what ``visit_after`` will make of the answers when the visit is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, FollowUpKind
from watmos_desktop.models.tables import Visit, VisitAnswer
from watmos_desktop.services import policy, repair_places, repair_report, visit_after, visit_outcomes, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_report import ReportDraft
from watmos_desktop.services.visit_faults import Fault
from watmos_desktop.services.visit_form import Key
from watmos_desktop.services.visit_outcomes import KIND
from watmos_desktop.services.wording import Tone

_ALOUD = (
    FollowUpKind.HAZARD,
    FollowUpKind.REPAIR,
    FollowUpKind.ADAPTATION,
)  # of the rest nobody else need hear


@dataclass(frozen=True)
class Say:
    """One thing to say now: what it is about, what is promised, and since when it counts."""

    words: str
    promise: str
    since: str
    tone: Tone


def after(session: Session, visit_id: UUID, asked: Key) -> tuple[Say, ...]:
    """What the answer just given asks to be said; nothing for most. Raises as ``visit_after.proposals`` does."""
    question, room = asked
    about = {
        one.question
        for one in visit_outcomes.load().outcomes
        if KIND[one.kind] in _ALOUD and question in (one.question, one.told_on)
    }
    if not about:
        return ()  # most: nothing is worked out between one question and the next
    mine = {f"{one}:{room}" if room else one for one in about}
    found = []
    for one in visit_after.proposals(session, visit_id):
        if one.key.partition("=")[0] not in mine or one.kind not in _ALOUD or not one.promise:
            continue
        hazard = one.kind is FollowUpKind.HAZARD
        first = _seen(session, visit_id, asked) if question in about else _told(session, visit_id, asked)
        since = f"{first}: the law's clock counts from then." if hazard else ""
        found.append(Say(one.words, one.promise, since, Tone.BAD if hazard else Tone.WARN))
    return tuple(found)


def of_fault(session: Session, visit_id: UUID, fault: Fault) -> Say:
    """How soon a fault is put right, told before it is saved. Raises NotAllowed, NotFound or Told."""
    policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    where = repair_places.where(session, "home", row.home_id)
    draft = ReportDraft(where, fault.fixture, fault.symptom, title=fault.title, how=Channel.IN_PERSON)
    advice = repair_report.advise(session, draft)
    soon = advice.priority.value.capitalize() if advice.raises else "For the household"
    return Say(fault.line, f"{soon}. {advice.read_out}".strip(), "", Tone.WARN)


def _seen(session: Session, visit_id: UUID, asked: Key) -> str:
    here = (VisitAnswer.visit_id == visit_id, VisitAnswer.key == asked[0], VisitAnswer.room == asked[1])
    at = session.scalar(select(VisitAnswer.answered_at).where(*here, ~VisitAnswer.deleted))
    return f"Seen {wording.moment(at.astimezone(LONDON))}" if at else ""


def _told(session: Session, visit_id: UUID, asked: Key) -> str:
    """``Told 12 Nov 2026``: the day that was just given."""
    here = (VisitAnswer.visit_id == visit_id, VisitAnswer.key == asked[0], ~VisitAnswer.deleted)
    value = session.scalar(select(VisitAnswer.value).where(*here))
    return f"Told {wording.day(date.fromisoformat(value[0]))}" if value else ""
