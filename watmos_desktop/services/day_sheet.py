"""What stands on an officer's day sheet, and what does not: paper is lost in a way that a locked device is not.

On it: the route, times, names, a phone that is safe to ring, how to get in, and what to mind that the officer may
see. Never on it: what somebody asked for, anything about safety, and, where this person knows of a restricted matter
at that home, no free text at all. Such a visit says "read it in WATMOS", and so does any visit with something to read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from math import hypot
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, FollowUpKind, VisitStatus
from watmos_desktop.models.tables import Block, Home, RestrictedCase, Staff, Visit, VisitFollowUp, VisitNeed
from watmos_desktop.services import (
    lone_rules,
    lone_working,
    people,
    policy,
    safe_contact,
    visit_notice,
    visits,
)
from watmos_desktop.services.errors import NotFound
from watmos_desktop.services.people import PersonCard
from watmos_desktop.services.policy import Action
from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.day_sheet import DaySheet, Stop
from watmos_desktop.services.visits import VisitCard

_DETOUR = 1.3  # streets against a straight line
_ROUND = 50  # metres


@dataclass(frozen=True)
class SheetOf:
    """Whose day, and which."""

    officer_id: UUID
    day: date


@dataclass(frozen=True)
class _Known:
    """What the sheet needs of a home beside its visit."""

    home: Home
    block: Block | None
    tenants: tuple[PersonCard, ...]
    note: str
    two: bool
    apart: bool


def collect(session: Session, wanted: SheetOf) -> DaySheet:
    """The sheet of one officer's day, as far as this person may know it; raises NotAllowed or NotFound."""
    policy.require(session, Action.PLAN_VISITS, "visit")
    staff = session.get(Staff, wanted.officer_id)
    if staff is None or staff.deleted:
        raise NotFound("That officer")
    cards = [
        one
        for one in visits.between(session, wanted.day, wanted.day, [staff.id])
        if one.status in (VisitStatus.PLANNED, VisitStatus.UNDER_WAY)
    ]
    cards.sort(key=lambda one: (one.start or "~", one.place, one.id))
    apart = _apart(session, {one.home_id for one in cards})
    stops: list[Stop] = []
    before: tuple[VisitCard, _Known] | None = None
    for card in cards:
        known = _known(session, card, apart=card.home_id in apart)
        stops.append(_stop(session, card, known, _way(before, card, known), staff.id))
        before = (card, known)
    rules = lone_rules.load()
    lone = next((one for one in lone_working.on_day(session, wanted.day) if one.staff_id == staff.id), None)
    call, phone = (lone.plan.call_name, lone.plan.call_phone) if lone else (rules.call, rules.call_phone)
    return DaySheet(
        officer=staff.name,
        day=wanted.day,
        made_at=session.info["clock"].now(),
        stops=tuple(stops),
        lone=(lone.words,) if lone else (),
        steps=tuple(_step(one, staff.name, call, phone) for one in rules.steps),
        plain=rules.plain,
    )


def _step(step: lone_rules.Step, name: str, call: str, phone: str) -> str:
    when = (
        style.words("day_sheet.after", minutes=step.minutes)
        if step.minutes
        else style.words("day_sheet.at_once")
    )
    return when + lone_rules.filled(step.words, name=name, call=call, call_phone=phone)


def _stop(session: Session, card: VisitCard, known: _Known, way: str, officer_id: UUID) -> Stop:
    visit = session.get(Visit, card.id)
    assert visit is not None
    safe = safe_contact.of_home(session, card.home_id)
    phone = next((one.phone for one in known.tenants if one.phone), "")
    other = card.second if card.officer_id == officer_id else card.officer
    mind = (
        [f"Two people are to go: with {other}" if other else "Two people are to go"]
        if known.two or other
        else []
    )
    spoken = sorted({one.language for one in known.tenants} - {"", "English"})
    mind += [f"Speaks {', '.join(spoken)}"] if spoken else []
    needs = [one.needs for one in known.tenants if one.needs]
    mind += [] if known.apart else [*needs, *([known.note] if known.note else [])]
    notice = visit_notice.notice(session, card.id)
    return Stop(
        time=f"{card.start}–{card.end}" if card.start else "Any time",
        what=card.what,
        reference=card.reference,
        address=", ".join(part for part in (card.address, known.home.postcode) if part),
        where=card.where,
        way=way,
        at=_at(known.block),
        names=" and ".join(one.name for one in known.tenants),
        phone=phone if safe.allows(Channel.PHONE) else "",
        access=known.home.access_notes,
        mind=tuple(mind),
        told="" if notice.knows else notice.words,
        read=bool(visit.asked or (known.apart and (needs or known.note))),
    )


def _known(session: Session, card: VisitCard, *, apart: bool) -> _Known:
    home = policy.find(session, Home, card.home_id, "That home")
    tenancy = people.of_home(session, home.id)
    need = session.scalar(
        select(VisitNeed)
        .where(VisitNeed.home_id == home.id, ~VisitNeed.deleted)
        .order_by(VisitNeed.id)
        .limit(1)
    )
    tenants = tuple(one for one in tenancy.household if one.tenant) if tenancy else ()
    block = session.get(Block, card.block_id) if card.block_id else None
    note = need.note if need is not None else ""
    return _Known(home, block, tenants, note, need is not None and need.two_people, apart)


def _apart(session: Session, homes: Collection[UUID]) -> set[UUID]:
    """Those of the homes with a restricted matter that this person may know of."""
    cases = select(RestrictedCase.home_id).where(RestrictedCase.home_id.in_(homes), ~RestrictedCase.deleted)
    concerns = (
        select(Visit.home_id)
        .join(VisitFollowUp, VisitFollowUp.visit_id == Visit.id)
        .where(
            Visit.home_id.in_(homes), VisitFollowUp.kind == FollowUpKind.SAFEGUARDING, ~VisitFollowUp.deleted
        )
    )
    found = set(session.scalars(policy.scope(cases, session, RestrictedCase)))
    found |= set(session.scalars(policy.scope(concerns, session, VisitFollowUp)))
    return {one for one in found if one is not None}


def _at(block: Block | None) -> tuple[int, int] | None:
    if block is None or block.easting is None or block.northing is None:
        return None
    return block.easting, block.northing


def _way(before: tuple[VisitCard, _Known] | None, card: VisitCard, known: _Known) -> str:
    """``same block``, ``about 400 m on``; nothing for the first, or where nobody knows."""
    if before is None:
        return ""
    earlier, place = before
    if card.block_id is not None and card.block_id == earlier.block_id:
        return "same block"
    here, there = _at(known.block), _at(place.block)
    if here is None or there is None:
        return ""
    metres = max(_ROUND, round(hypot(here[0] - there[0], here[1] - there[1]) * _DETOUR / _ROUND) * _ROUND)
    return f"about {metres} m on" if metres < 1000 else f"about {metres / 1000:.1f} km on"
