"""Somebody is sent on to help, only with their consent: what, to whom, and what came of it (T6, T8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Home, Referral
from watmos_desktop.services import policy, words
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action


@dataclass(frozen=True)
class ReferralDraft:
    """What is passed on: ``kind`` of help, ``partner`` who gives it. ``consent``: they were asked, and said yes."""

    home_id: UUID
    kind: str
    partner: str
    reason: str
    consent: bool
    person_id: UUID | None = None
    made_at: datetime | None = None


@dataclass(frozen=True)
class ReferralCard:
    """One referral; ``outcome`` is "" while it is open."""

    id: UUID
    kind: str
    partner: str
    reason: str
    made_at: datetime
    outcome: str
    closed_at: datetime | None


def make(session: Session, draft: ReferralDraft) -> UUID:
    """Record a referral; gives its id. Raises NotAllowed, NotFound, or Told at ``consent``, ``kind`` or ``reason``."""
    actor = policy.require(session, Action.VISIT, "visit")
    home = policy.find(session, Home, draft.home_id, "That home")
    if not draft.consent:
        raise Told(
            "Nothing is passed on without their consent.", "Ask them, and record the answer.", field="consent"
        )
    if not draft.kind.strip() or not draft.partner.strip():
        raise Told("Say what for, and to whom.", "For example: benefits check, money team.", field="kind")
    assert actor.staff_id is not None
    row = Referral(
        home_id=home.id,
        person_id=draft.person_id,
        kind=words.fits(draft.kind.strip(), words.NAME, "kind"),
        partner=words.fits(draft.partner.strip(), words.NAME, "partner"),
        reason=words.fits(draft.reason.strip(), words.NOTE, "reason"),
        consent=True,
        made_at=draft.made_at or session.info["clock"].now(),
        staff_id=actor.staff_id,
    )
    session.add(row)
    session.flush()
    return row.id


def close(session: Session, referral_id: UUID, outcome: str) -> None:
    """Say what came of a referral; raises NotAllowed, NotFound, or Told at ``outcome``."""
    policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Referral, referral_id, "That referral")
    if row.closed_at is not None:
        raise Told("That referral is closed already.", "Make another one if more is needed.")
    if not outcome.strip():
        raise Told("Say what came of it.", "For example: voucher given on 3 Dec.", field="outcome")
    row.outcome = words.fits(outcome.strip(), words.NOTE, "outcome")
    row.closed_at = session.info["clock"].now()


def of_home(session: Session, home_id: UUID) -> list[ReferralCard]:
    """The referrals of a home, the newest first; raises NotAllowed or NotFound."""
    policy.require(session, Action.SEE, "referral")
    home = policy.find(session, Home, home_id, "That home")
    rows = session.scalars(
        select(Referral)
        .where(Referral.home_id == home.id, ~Referral.deleted)
        .order_by(Referral.made_at.desc())
    )
    actor = policy.actor(session)
    seen = [(row, policy.hide(actor, row, "referral")) for row in rows]
    return [
        ReferralCard(
            row.id,
            str(shown.get("kind", "")),
            str(shown.get("partner", "")),
            str(shown.get("reason", "")),
            row.made_at,
            str(shown.get("outcome", "")),
            shown.get("closed_at"),
        )
        for row, shown in seen
    ]
