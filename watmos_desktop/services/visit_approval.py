"""A manager looks at some visits after they are sealed: which ones is data (``visit_after.toml``), the record stays.

Approved, or sent back with a note; who visited answers, and it comes to the manager again. Nobody approves their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import FollowUpKind, VisitStatus
from watmos_desktop.models.tables import Staff, Visit, VisitFollowUp, VisitSignature
from watmos_desktop.services import policy, visit_form, visit_outcomes, visit_walk_view, visits, words
from watmos_desktop.services.capture import never_undone
from watmos_desktop.services.errors import Told
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.policy import Action
from watmos_desktop.services.visits import VisitCard

ASKED, _SENT_BACK, _ANSWERED = "approval:", "sent_back:", "answered:"  # keys of what is kept with the visit


class Standing(StrEnum):
    """How a visit stands with its approval."""

    NOT_NEEDED = "not_needed"
    WAITS = "waits"
    SENT_BACK = "sent_back"
    APPROVED = "approved"


@dataclass(frozen=True)
class Approval:
    """Why a visit is looked at, how that stands, and what was written: sent back or answered, who, when, what."""

    standing: Standing
    reasons: tuple[str, ...] = ()
    by: str = ""
    at: datetime | None = None
    notes: tuple[tuple[str, str, datetime, str], ...] = ()


@dataclass(frozen=True)
class Waiting:
    """A visit in the queue, with why."""

    card: VisitCard
    approval: Approval


def ask(session: Session, row: Visit) -> None:
    """Note why a manager is to look at a visit, if one is; called when it is sealed, in the same commit."""
    rows = _follow_ups(session, row.id)
    why = visit_outcomes.reasons(
        row.kind,
        visit_form.of_version(row.form_version),
        visit_walk_view.answers(session, row),
        signed=_signed(session, row.id),
        left_out=frozenset(one.kind for one in rows if one.left_out),
    )
    known = same_id("visit_follow_up", str(row.id), ASKED)
    if why and session.get(VisitFollowUp, known) is None:
        session.add(
            VisitFollowUp(id=known, visit_id=row.id, kind=FollowUpKind.OTHER, key=ASKED, text="\n".join(why))
        )
        session.flush()


def of_visit(session: Session, visit_id: UUID) -> Approval:
    """How a visit stands with its approval; raises NotFound."""
    return _of(session, policy.find(session, Visit, visit_id, "That visit"))


def queue(session: Session) -> list[Waiting]:
    """What waits: for a manager the visits to look at, for who visited those sent back to them; the oldest first."""
    return [Waiting(visits.get(session, row.id).card, _of(session, row)) for row in _waiting(session)]


def count(session: Session) -> int:
    """How many wait for this person."""
    return len(_waiting(session)) if policy.may(policy.actor(session), Action.SEE, "visit") else 0


def _waiting(session: Session) -> list[Visit]:
    """Whose turn it is follows from what was written last: sent back, or nothing and answered."""
    person = policy.require(session, Action.SEE, "visit")
    asked = (
        select(Visit)
        .join(VisitFollowUp, VisitFollowUp.visit_id == Visit.id)
        .where(
            VisitFollowUp.key == ASKED,
            ~VisitFollowUp.deleted,
            Visit.status == VisitStatus.COMPLETED,
            Visit.approved_at.is_(None),
            ~Visit.deleted,
        )
        .order_by(Visit.completed_at, Visit.id)
    )
    rows = list(session.scalars(policy.scope(asked, session, Visit)))
    written: dict[UUID, list[VisitFollowUp]] = {}
    there = (VisitFollowUp.visit_id.in_([row.id for row in rows]), ~VisitFollowUp.deleted)
    for one in session.scalars(select(VisitFollowUp).where(*there, VisitFollowUp.key.contains(":"))):
        written.setdefault(one.visit_id, []).append(one)
    manages = policy.may(person, Action.APPROVE_VISIT, "visit")
    found = []
    for row in rows:
        notes = _written(written.get(row.id, []))
        back = bool(notes) and notes[-1].key.startswith(_SENT_BACK)
        mine = person.staff_id in (row.officer_id, row.second_id)
        if back if mine else manages and not back:
            found.append(row)
    return found


def approve(session: Session, visit_id: UUID) -> None:
    """A manager has looked at it and it is right; raises NotAllowed, NotFound, or Told."""
    person = policy.require(session, Action.APPROVE_VISIT, "visit")
    row, approval = _looked_at(session, visit_id)
    if approval.standing is Standing.SENT_BACK:
        raise Told("It was sent back and is not answered yet.", "Wait for the answer.")
    never_undone(session)
    row.approved_by, row.approved_at = person.staff_id, session.info["clock"].now()


def send_back(session: Session, visit_id: UUID, note: str) -> None:
    """Ask who visited about it; raises NotAllowed, NotFound, or Told at ``note``."""
    policy.require(session, Action.APPROVE_VISIT, "visit")
    row, approval = _looked_at(session, visit_id)
    if approval.standing is Standing.SENT_BACK:
        raise Told("It was sent back already.", "Wait for the answer.")
    _write(session, row, f"{_SENT_BACK}{len(approval.notes)}", note, "Say what is to be looked at again.")


def answer(session: Session, visit_id: UUID, note: str) -> None:
    """Who visited answers what was asked, and it goes to the manager again. Raises NotFound, or Told at ``note``."""
    person = policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    approval = _of(session, row)
    if approval.standing is not Standing.SENT_BACK or person.staff_id not in (row.officer_id, row.second_id):
        raise Told("Nothing was asked about that visit.", "It stays as it is.")
    _write(session, row, f"{_ANSWERED}{len(approval.notes)}", note, "Say what you found, or did.")


def _looked_at(session: Session, visit_id: UUID) -> tuple[Visit, Approval]:
    row = policy.find(session, Visit, visit_id, "That visit")
    approval = _of(session, row)
    if approval.standing in (Standing.NOT_NEEDED, Standing.APPROVED):
        raise Told("That visit does not wait for an approval.", "It stays as it is.")
    if policy.actor(session).staff_id in (row.officer_id, row.second_id):
        raise Told("Nobody approves their own visit.", "Another manager looks at it.")
    return row, approval


def _of(session: Session, row: Visit) -> Approval:
    rows = _follow_ups(session, row.id)
    asked = next((one for one in rows if one.key == ASKED), None)
    if row.status is not VisitStatus.COMPLETED or asked is None:
        return Approval(Standing.NOT_NEEDED)
    reasons = tuple(asked.text.splitlines())
    notes = tuple(_note(session, one) for one in _written(rows))
    if row.approved_at is not None:
        return Approval(Standing.APPROVED, reasons, _name(session, row.approved_by), row.approved_at, notes)
    back = bool(notes) and notes[-1][0] == "Sent back"
    return Approval(Standing.SENT_BACK if back else Standing.WAITS, reasons, notes=notes)


def _follow_ups(session: Session, visit_id: UUID) -> list[VisitFollowUp]:
    there = (VisitFollowUp.visit_id == visit_id, ~VisitFollowUp.deleted)
    apart = VisitFollowUp.kind != FollowUpKind.SAFEGUARDING
    return list(session.scalars(select(VisitFollowUp).where(*there, apart)))


def _written(rows: list[VisitFollowUp]) -> list[VisitFollowUp]:
    ours = [one for one in rows if one.key.startswith((_SENT_BACK, _ANSWERED))]
    return sorted(ours, key=lambda one: (int(one.key.partition(":")[2]), one.id))


def _note(session: Session, one: VisitFollowUp) -> tuple[str, str, datetime, str]:
    what = "Sent back" if one.key.startswith(_SENT_BACK) else "Answered"
    at = datetime.fromtimestamp((one.id.int >> 80) / 1000, tz=session.info["clock"].now().tzinfo)
    return what, _name(session, one.record_id), at, one.text


def _write(session: Session, row: Visit, key: str, note: str, missing: str) -> None:
    if not note.strip():
        raise Told(missing, "A sentence is enough.", field="note")
    text = words.fits(note.strip(), words.NOTE, "note")
    written = VisitFollowUp(visit_id=row.id, kind=FollowUpKind.OTHER, key=key, text=text)
    written.record_table, written.record_id = "staff", policy.actor(session).staff_id
    session.add(written)
    session.flush()


def _signed(session: Session, visit_id: UUID) -> bool:
    there = (VisitSignature.visit_id == visit_id, ~VisitSignature.deleted)
    return session.scalar(select(VisitSignature.id).where(*there).limit(1)) is not None


def _name(session: Session, staff_id: UUID | None) -> str:
    found = session.get(Staff, staff_id) if staff_id else None
    return found.name if found is not None else ""
