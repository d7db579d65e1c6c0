"""Reading what letters and the sheet about planned works say, as far as this person may know it (R9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import TenancyKind
from watmos_desktop.models.tables import Home, HouseholdMember, Person, Programme, ProgrammeHome, Tenancy
from watmos_desktop.services import policy, programme_cases, programme_rows, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.programme_cases import ProgrammeDetail
from watmos_desktop.services.reports.programme_data import HomeLetter, Letter, Letters, Sheet, Works

_LEASES = (TenancyKind.LEASEHOLD, TenancyKind.SHARED_OWNERSHIP)
_AT_ONCE = 500


def letters(
    session: Session,
    programme_id: UUID,
    kind: Letter,
    *,
    large: bool = False,
    home_ids: Collection[UUID] | None = None,
) -> Letters:
    """The letters of works to all homes or some, in the order in which one walks them.

    Homes that refused get no letter about the start. Raises NotAllowed, NotFound, or Told while there is no
    consultation, no first day, or no home to write to.
    """
    actor = policy.require(session, Action.CONSULT, "programme")
    row = policy.find(session, Programme, programme_id, "Those works")
    detail = programme_cases.get(session, row.id)
    if kind is Letter.CONSULTATION and row.consults_until is None:
        raise Told("There is no consultation to write of.", "Open the consultation first.")
    if kind is Letter.START and row.starts_on is None:
        raise Told("There is no day to write of.", "Say when the works start first.", field="starts_on")
    wanted = [
        one
        for one in programme_rows.in_order(session, row.id)
        if (home_ids is None or one.home_id in home_ids) and not (one.refused and kind is Letter.START)
    ]
    if not wanted:
        raise Told("There is no home to write to.", "Add homes first.", field="homes")
    return Letters(kind, _works(session, detail, actor.name), tuple(_homes(session, wanted)), large)


def sheet(session: Session, programme_id: UUID) -> Sheet:
    """What the noticeboard may say of works; raises NotFound."""
    detail = programme_cases.get(session, programme_id)
    works = _works(session, detail, "")
    return Sheet(
        name=works.name,
        place=works.place,
        what=works.what,
        when=works.when,
        how_long=works.how_long,
        disturbance=works.disturbance,
        contractor=works.contractor,
        until=works.until if _asks(session, detail) else "",
        outcome=works.outcome,
        dated=works.dated,
    )


def _asks(session: Session, detail: ProgrammeDetail) -> bool:
    """Whether people can still answer."""
    until = detail.consults_until
    return until is not None and session.info["clock"].now().date() <= until


def _works(session: Session, detail: ProgrammeDetail, staff: str) -> Works:
    until = detail.consults_until
    return Works(
        reference=detail.card.reference,
        name=detail.card.name,
        place=detail.card.where.replace(" · ", ", "),
        what=detail.what,
        when=_span(detail),
        how_long=detail.how_long,
        disturbance=detail.disturbance,
        contractor=detail.contractor,
        until=wording.long_day(until) if until else "",
        outcome=detail.outcome,
        staff=staff,
        dated=session.info["clock"].now().astimezone(LONDON).date(),
    )


def _span(detail: ProgrammeDetail) -> str:
    first, last = detail.starts_on, detail.ends_on
    if first is None:
        return ""
    if last is None or last == first:
        return f"From {wording.long_day(first)}"
    return f"From {wording.long_day(first)} to {wording.long_day(last)}"


def _homes(session: Session, wanted: list[ProgrammeHome]) -> list[HomeLetter]:
    """A few statements for any number of homes."""
    names: dict[UUID, list[str]] = defaultdict(list)
    leases: set[UUID] = set()
    places: dict[UUID, Home] = {}
    ids = [one.home_id for one in wanted]
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        places |= {home.id: home for home in session.scalars(select(Home).where(Home.id.in_(some)))}
        for home_id, kind, name in _tenants(session, some):
            names[home_id].append(name)
            leases |= {home_id} if kind in _LEASES else set()
    return [
        HomeLetter(
            code=places[one.home_id].code,
            address=places[one.home_id].address,
            postcode=places[one.home_id].postcode,
            names=tuple(names[one.home_id]),
            day=wording.long_day(one.planned_on) if one.planned_on else "",
            days=wording.count(one.days, "working day") if one.days and one.planned_on else "",
            lease=one.home_id in leases,
        )
        for one in wanted
    ]


def _tenants(session: Session, homes: list[UUID]) -> list[tuple[UUID, TenancyKind, str]]:
    """Who holds each home now, by name; nobody for who may not know of residents."""
    if not policy.may_see(policy.actor(session), "person", "name"):
        return []
    asked = (
        select(Tenancy.home_id, Tenancy.kind, Person.name)
        .join(HouseholdMember, HouseholdMember.tenancy_id == Tenancy.id)
        .join(Person, Person.id == HouseholdMember.person_id)
        .where(
            Tenancy.home_id.in_(homes),
            Tenancy.ended_on.is_(None),
            HouseholdMember.tenant,
            *(~model.deleted for model in (Tenancy, HouseholdMember, Person)),
        )
        .order_by(Person.name, Person.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked)]
