"""When a job cannot finish: follow-on work linked to it, parts awaited with their date, what was varied (R3).

Each of them is told to the resident, or the silence shows (repair_care.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, JobKind, Waiting
from watmos_desktop.models.tables import Job, Repair, Variation
from watmos_desktop.services import orders, policy, repair_updates, repairs, wording, words
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.orders import OrderDraft
from watmos_desktop.services.policy import Action

MOST_PENCE = 100_000_00  # a larger sum is a slip of the finger, or a programme of works
_LONGEST_WAIT = 366  # days


@dataclass(frozen=True)
class Telling:
    """How the resident was told on the spot, and in which words."""

    how: Channel
    said: str


def follow_on(session: Session, job_id: UUID, draft: OrderDraft, reason: str) -> UUID:
    """Order what a job could not finish: that job is done as far as it went, the new one follows it. Gives its id.

    ``draft.next_steps`` and ``draft.told`` tell the resident what comes next. Raises what ``orders.order`` raises,
    and Told at ``reason`` without one.
    """
    policy.require(session, Action.ORDER_WORK, "job")
    because = _said(reason, "reason", "Say what could not be finished.")
    words.fits(because, words.LINE, "reason", "The reason")
    job = policy.find(session, Job, job_id, "That order")
    row = _open(session, job.repair_id)
    if job.status in orders.LIVE:
        orders.done(session, job.id)
    made = orders.order(session, row.id, replace(draft, kind=JobKind.FOLLOW_ON, follows_id=job.id))
    repair_updates.keep_note(session, row, f"More work after {job.reference}: {because}")
    return made


def await_parts(
    session: Session, job_id: UUID, parts: str, due_on: date, told: Telling | None = None
) -> None:
    """A job waits for parts until a day; no clock of the repair stops for it.

    Raises NotAllowed, NotFound, or Told: at ``parts`` or ``due_on``.
    """
    job = orders.live(session, job_id)
    row = _open(session, job.repair_id)
    job.parts = words.fits(_said(parts, "parts", "Say which part."), words.LINE, "parts", "The part")
    today = session.info["clock"].now().astimezone(LONDON).date()
    if not 0 <= (due_on - today).days <= _LONGEST_WAIT:
        raise Told(
            "Parts come today or later, within a year.", "Ask the contractor for the day.", field="due_on"
        )
    job.parts_due_on = due_on
    row.waiting = Waiting.PARTS
    repair_updates.keep_note(session, row, f"{awaited(job)} ({job.reference})")
    _tell(session, row, told)
    session.flush()


def parts_came(session: Session, job_id: UUID) -> None:
    """The parts are there: the job goes on. Raises Told where none were awaited."""
    job = orders.live(session, job_id)
    row = _open(session, job.repair_id)
    if not job.parts:
        raise Told("No parts are awaited for that order.", "Look at the other orders.")
    repair_updates.keep_note(session, row, f"The part is there: {job.parts} ({job.reference})")
    job.parts, job.parts_due_on = "", None
    others = select(Job.id).where(
        Job.repair_id == row.id, Job.id != job.id, Job.parts != "", Job.status.in_(orders.LIVE), ~Job.deleted
    )
    if row.waiting is Waiting.PARTS and session.scalar(others.limit(1)) is None:
        row.waiting = None
    session.flush()


def vary(session: Session, job_id: UUID, text: str, reason: str, pence: int | None) -> UUID:
    """Record work that an order did not foresee, why, and what it costs in pence (None: nobody said).

    Less is a negative number. Raises NotAllowed, NotFound, or Told: at ``text``, ``reason`` or ``pounds``.
    """
    job = orders.live(session, job_id)
    actor = policy.actor(session)
    if pence is not None and abs(pence) > MOST_PENCE:
        raise Told(
            f"A variation goes up to {money(MOST_PENCE)}.",
            "Check the sum, or plan the works.",
            field="pounds",
        )
    assert actor.staff_id is not None
    varied = Variation(
        job_id=job.id,
        text=words.fits(_said(text, "text", "Say what is different."), words.NOTE, "text", "This"),
        reason=words.fits(_said(reason, "reason", "Say why."), words.LINE, "reason", "The reason"),
        pence=pence,
        staff_id=actor.staff_id,
        made_at=session.info["clock"].now(),
    )
    session.add(varied)
    session.flush()
    return varied.id


def not_a_recall(session: Session, repair_id: UUID, reason: str) -> None:
    """Say that a repair is another fault than the one it was linked to, with the reason.

    Raises NotAllowed, NotFound, or Told at ``reason``.
    """
    policy.require(session, Action.CHANGE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    because = words.fits(
        _said(reason, "reason", "Say why it is another fault."), words.LINE, "reason", "The reason"
    )
    if row.recall_of is None:
        raise Told("That repair is not counted as a recall.", "Nothing needs to be changed.")
    row.recall_of = None
    repair_updates.keep_note(session, row, f"Another fault, no recall: {because}")


def pence_of(typed: str) -> int | None:
    """Pounds as people type them, in pence: ``"£1,240.50"`` is 124050, "" is None; raises Told at ``pounds``."""
    plain = typed.strip().replace("£", "").replace(",", "").replace(" ", "")
    if not plain:
        return None
    sign = -1 if plain.startswith(("-", "−")) else 1
    pounds, dot, rest = (plain[1:] if sign < 0 else plain).partition(".")
    digits = pounds.isascii() and pounds.isdigit() and (not rest or (rest.isascii() and rest.isdigit()))
    if not digits or len(rest) > 2 or (dot and not rest) or len(pounds) > 9:
        raise Told("That is no sum of money.", "Write it as 85 or 85.50.", field="pounds")
    return sign * (int(pounds) * 100 + int(rest.ljust(2, "0") or "0"))


def money(pence: int) -> str:
    """``£1,240.50``, ``£85``, ``−£20``."""
    pounds, rest = divmod(abs(pence), 100)
    return f"{'−' if pence < 0 else ''}£{pounds:,}" + (f".{rest:02}" if rest else "")


def awaited(job: Job) -> str:
    """``Waiting for a pump until Thu 3 Dec``; "" for a job that waits for none."""
    if not job.parts:
        return ""
    until = f" until {wording.weekday(job.parts_due_on)}" if job.parts_due_on else ""
    return f"Waiting for {job.parts[:1].lower()}{job.parts[1:]}{until}"


def _open(session: Session, repair_id: UUID) -> Repair:
    row = repairs.get_row(session, repair_id)
    if row.status not in repairs.OPEN:
        raise Told("That repair is not open any more.", "Open it again first, with the reason.")
    return row


def _said(text: str, field: str, ask: str) -> str:
    if not text.strip():
        raise Told(ask, "A few words are enough.", field=field)
    return words.fits(text.strip(), words.NOTE, field, "This")


def _tell(session: Session, row: Repair, told: Telling | None) -> None:
    if told is not None:
        if not told.said.strip():
            raise Told("Say what the resident was told.", "A sentence is enough.", field="said")
        repair_updates.record(session, row, told.said, told.how, session.info["clock"].now())
