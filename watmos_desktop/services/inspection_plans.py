"""How often each place is walked, with which form, from when on: the plan that what is due follows (promise N1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import InspectionStatus
from watmos_desktop.models.tables import Inspection, Schedule
from watmos_desktop.services import calendar, inspections, places, policy, schedules, templates
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.places import Place
from watmos_desktop.services.policy import Action
from watmos_desktop.services.schedules import Cadence, Regularity
from watmos_desktop.services.templates import Template
from watmos_desktop.services.wording import Deadline

OFTEN = (
    Cadence(weeks=1),
    Cadence(weeks=2),
    Cadence(months=1),
    Cadence(months=2),
    Cadence(months=3),
    Cadence(months=6),
    Cadence(months=12),
)
_NOT_EVERYWHERE = frozenset({"play_area"})  # only some estates have one: planned where somebody says so
_YEAR = 366


@dataclass(frozen=True)
class PlannedForm:
    """One form that fits a place, and how often it is walked there; ``often`` is None where it is not planned.

    ``kept``: how its days from ``starts_on`` until today were kept (N1), None where it is not planned.
    """

    template_key: str
    title: str
    about: str
    usual: Cadence
    schedule_id: UUID | None
    often: Cadence | None
    starts_on: date
    due: Deadline | None
    kept: Regularity | None


def of_place(session: Session, where: Place) -> list[PlannedForm]:
    """Every form that fits a place, by title, with its plan there. Raises NotAllowed."""
    policy.require(session, Action.PLAN_INSPECTIONS, "schedule")
    today = session.info["clock"].now().date()
    planned = {row.template_key: row for row in _schedules(session, where)}
    signed = _signed(session, where)
    found = []
    for form in _fitting(where):
        row = planned.get(form.key)
        often = inspections.cadence(row) if row else None
        found.append(
            PlannedForm(
                form.key,
                form.title,
                form.about,
                form.every,
                row.id if row else None,
                Cadence(often.weeks, often.months) if often else None,
                row.starts_on if row else calendar.working_day_from(today + timedelta(days=1)),
                inspections.due_words(row, today) if row else None,
                schedules.regularity(often, row.starts_on, signed.get(form.key, ()), today)
                if row and often
                else None,
            )
        )
    return found


def plan(session: Session, place: Place, template_key: str, often: Cadence, first: date) -> UUID:
    """Walk a place with a form that often, first due on ``first``; what was planned before is changed.

    Inspections that were signed still count. Gives the schedule's id; raises NotAllowed, NotFound, Told.
    """
    policy.require(session, Action.PLAN_INSPECTIONS, "schedule")
    place = places.get(session, *place.ids)
    if template_key not in {form.key for form in _fitting(place)}:
        raise Told("That inspection is not for such a place.", "Choose one of those listed.", field="which")
    today = session.info["clock"].now().date()
    if abs((first - today).days) > _YEAR:
        raise Told("That is more than a year away.", "Choose a day within a year.", field="first")
    row = next((one for one in _schedules(session, place) if one.template_key == template_key), None)
    cadence = templates.cadence(template_key, weeks=often.weeks, months=often.months)
    last = row.last_done_on if row else None
    due_on = schedules.due_after(cadence, first, last)
    if row is None:
        estate, block, space = place.ids
        row = Schedule(
            estate_id=estate,
            block_id=block,
            space_id=space,
            template_key=template_key,
            every_weeks=often.weeks,
            every_months=often.months,
            starts_on=first,
            due_on=due_on,
        )
        session.add(row)
        session.flush()
        return row.id
    row.every_weeks, row.every_months, row.starts_on, row.due_on = often.weeks, often.months, first, due_on
    return row.id


def stop(session: Session, schedule_id: UUID) -> None:
    """Plan it no longer; signed inspections stay. Raises NotAllowed, NotFound."""
    policy.require(session, Action.PLAN_INSPECTIONS, "schedule")
    policy.find(session, Schedule, schedule_id, "That plan").deleted = True


def unplanned(session: Session) -> list[Place]:
    """The places of this person where nothing is planned at all. Raises NotAllowed."""
    policy.require(session, Action.PLAN_INSPECTIONS, "schedule")
    found = select(Schedule.block_id, Schedule.space_id, Schedule.estate_id).where(~Schedule.deleted)
    planned = {block or space or estate for block, space, estate in session.execute(found)}
    return [place for place in places.walkable(session) if place.key not in planned]


def plan_usual(session: Session) -> int:
    """Plan each place that has nothing planned as its forms suggest; gives how many places. Raises NotAllowed.

    First days are spread over each form's own interval, on working days: not every block is due on one morning.
    """
    new = unplanned(session)
    tomorrow = session.info["clock"].now().date() + timedelta(days=1)
    for n, place in enumerate(new):
        for form in _fitting(place):
            if form.key in _NOT_EVERYWHERE:
                continue
            span = (form.every.after(tomorrow) - tomorrow).days
            first = calendar.working_day_from(tomorrow + timedelta(days=n * span // len(new)))
            plan(session, place, form.key, form.every, first)
    return len(new)


def _fitting(place: Place) -> list[Template]:
    return [form for form in templates.load_all().values() if form.subject is place.subject]


def _schedules(session: Session, place: Place) -> list[Schedule]:
    estate, block, space = place.ids
    return list(
        session.scalars(
            select(Schedule)
            .where(Schedule.estate_id == estate, Schedule.block_id == block, Schedule.space_id == space)
            .where(~Schedule.deleted)
            .order_by(Schedule.due_on)
        )
    )


def _signed(session: Session, place: Place) -> dict[str, list[date]]:
    """The days on which a place was walked, by form."""
    rows = session.execute(
        select(Inspection.template_key, Inspection.finished_at).where(
            Inspection.place_key == place.key,
            Inspection.status == InspectionStatus.SIGNED,
            Inspection.finished_at.is_not(None),
            ~Inspection.deleted,
        )
    )
    found: dict[str, list[date]] = {}
    for key, finished in rows:
        assert finished is not None
        found.setdefault(key, []).append(finished.astimezone(LONDON).date())
    return found
