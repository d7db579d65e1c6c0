"""What came of a visit, as it stands now: each with the reference of its record and its promise, or why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import FollowUpKind, RepairStatus, VisitStatus
from watmos_desktop.models.tables import (
    Adaptation,
    HazardCase,
    Referral,
    RestrictedCase,
    Staff,
    Visit,
    VisitFollowUp,
)
from watmos_desktop.services import adaptation_cases, hazard_list, policy, repairs, stamps, visits, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action

KIND_WORDS = {
    FollowUpKind.REPAIR: "Repair",
    FollowUpKind.HAZARD: "Hazard case",
    FollowUpKind.ADAPTATION: "Adaptation",
    FollowUpKind.REFERRAL: "Referral",
    FollowUpKind.ASB: "Anti-social behaviour",
    FollowUpKind.CONTACT: "Contact details",
    FollowUpKind.OTHER: "To do",
}
WAITING = "Waiting for an answer"  # a referral whose outcome is not known yet
NOTES = (
    "approval:",
    "sent_back:",
    "answered:",
)  # keys of what was written about an approval (visit_approval)


@dataclass(frozen=True)
class FollowUp:
    """One thing that came of a visit. ``reference`` and ``state`` are "" where this person may not know of it."""

    key: str
    kind: FollowUpKind
    words: str
    reference: str
    table: str
    record_id: UUID | None
    promised_on: date | None
    left_out: str
    state: str

    @property
    def to_tick(self) -> bool:
        """Whether it is a note of what to do that nobody has done."""
        return not self.table and not self.left_out

    @property
    def waits(self) -> bool:
        """Whether somebody was sent on to help and nobody has said what came of it."""
        return self.table == Referral.__tablename__ and self.state == WAITING

    @property
    def promise(self) -> str:
        """``by Mon 14 Dec 2026``; "" where no day was promised."""
        return f"by {wording.weekday(self.promised_on)} {self.promised_on.year}" if self.promised_on else ""

    @property
    def line(self) -> str:
        """``Damp or mould: Kitchen · H-7K3M-9D4T · by Mon 7 Dec 2026``; or why it was left out."""
        if self.left_out:
            return f"{self.words}: left out. {self.left_out}"
        return " · ".join(part for part in (self.words, self.reference, self.promise) if part)


def of_visit(session: Session, visit_id: UUID) -> tuple[FollowUp, ...]:
    """What came of a visit, in the order in which it was found; raises NotFound.

    A concern about somebody's safety is not here (``visit_concerns``), a restricted case only for its team.
    """
    row = policy.find(session, Visit, visit_id, "That visit")
    if not policy.may(policy.actor(session), Action.SEE, "visit_follow_up"):
        return ()
    there = (VisitFollowUp.visit_id == row.id, ~VisitFollowUp.deleted)
    asked = select(VisitFollowUp).where(*there, VisitFollowUp.kind != FollowUpKind.SAFEGUARDING)
    found = session.scalars(policy.scope(asked, session, VisitFollowUp))
    ours = (one for one in found if not one.key.startswith(NOTES))
    return tuple(_shown(session, one) for one in sorted(ours, key=lambda one: (_ORDER[one.kind], one.key)))


_ORDER = {kind: place for place, kind in enumerate(FollowUpKind)}


def _shown(session: Session, row: VisitFollowUp) -> FollowUp:
    reference, state = "", ""
    if row.record_id is not None and row.record_table == Staff.__tablename__:
        by = session.get(Staff, row.record_id)
        on = stamps.moment(row.stamps.get("record_id", "")).astimezone(LONDON).date()
        state = f"Done {wording.day(on)}" + (f" by {by.name}" if by is not None else "")
    elif row.record_id is not None and row.record_table in _RECORDS:
        with suppress(NotFound):  # not for this person, or removed since: alike
            reference, state = _RECORDS[row.record_table](session, row.record_id)
    return FollowUp(
        row.key,
        row.kind,
        row.text,
        reference,
        row.record_table,
        row.record_id,
        row.promised_on,
        row.left_out,
        state,
    )


def _repair(session: Session, record_id: UUID) -> tuple[str, str]:
    row = repairs.get_row(session, record_id)
    if row.status is RepairStatus.COMPLETED and row.completed_at is not None:
        return row.reference, f"Done {wording.day(row.completed_at.astimezone(LONDON).date())}"
    card = repairs.cards(session, [row.id])[row.id]
    return row.reference, card.due.text if row.status in repairs.OPEN else row.status.value.capitalize()


def _hazard(session: Session, record_id: UUID) -> tuple[str, str]:
    row = policy.find(session, HazardCase, record_id, "That case")
    card = hazard_list.card(session, row.id)
    repair = f", {repairs.get_row(session, row.repair_id).reference}" if row.repair_id else ""
    return f"{row.reference}{repair}", card.due.text


def _adaptation(session: Session, record_id: UUID) -> tuple[str, str]:
    row = policy.find(session, Adaptation, record_id, "That request")
    return row.reference, adaptation_cases.get(session, row.id).card.status.value.capitalize()


def _referral(session: Session, record_id: UUID) -> tuple[str, str]:
    row = policy.find(session, Referral, record_id, "That referral")
    return f"to {row.partner}", row.outcome or WAITING


def _case(session: Session, record_id: UUID) -> tuple[str, str]:
    policy.find(session, RestrictedCase, record_id, "That case")
    return "a case for named people", ""


def _visit(session: Session, record_id: UUID) -> tuple[str, str]:
    card = visits.get(session, record_id).card
    return card.reference, card.when


_RECORDS: Mapping[str, Callable[[Session, UUID], tuple[str, str]]] = {
    "repair": _repair,
    "hazard_case": _hazard,
    "adaptation": _adaptation,
    "referral": _referral,
    "restricted_case": _case,
    "visit": _visit,
}


def tick(session: Session, visit_id: UUID, key: str) -> None:
    """What was only a note of what to do is done; who did it stands with it. Raises NotAllowed, NotFound or Told."""
    person = policy.require(session, Action.VISIT, "visit")
    visit = policy.find(session, Visit, visit_id, "That visit")
    there = (VisitFollowUp.visit_id == visit.id, VisitFollowUp.key == key, ~VisitFollowUp.deleted)
    row = session.scalar(policy.scope(select(VisitFollowUp).where(*there), session, VisitFollowUp))
    if row is None or row.kind is FollowUpKind.SAFEGUARDING or key.startswith(NOTES):
        raise NotFound("That follow-up")
    if row.record_id is not None or row.left_out or visit.status is not VisitStatus.COMPLETED:
        raise Told("That is no note of what to do.", "Go on with its own record.")
    row.record_table, row.record_id = Staff.__tablename__, person.staff_id


def source(session: Session, table: str, record_id: UUID) -> str:
    """The reference of the visit that a record came from, as far as this person may know of it; "" for none."""
    if not policy.may(policy.actor(session), Action.SEE, "visit_follow_up"):
        return ""
    there = (
        VisitFollowUp.record_table == table,
        VisitFollowUp.record_id == record_id,
        ~VisitFollowUp.deleted,
    )
    asked = select(Visit.reference).join(VisitFollowUp, VisitFollowUp.visit_id == Visit.id).where(*there)
    return (
        session.scalar(policy.scope(asked.order_by(Visit.completed_at), session, VisitFollowUp).limit(1))
        or ""
    )
