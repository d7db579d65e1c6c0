"""Planned and complex works: their homes, their days, and no start before people were consulted (R9).

What a programme says of itself is for everyone on the estate to read; what it says of a home is not (C1), nor what
a household answered (C2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import ProgrammeStatus
from watmos_desktop.models.tables import Block, Contractor, Estate, Programme, ProgrammeHome
from watmos_desktop.services import (
    calendar,
    homes,
    policy,
    programme_consulting,
    programme_rows,
    references,
    wording,
    words,
    works_rules,
)
from watmos_desktop.services.errors import Told
from watmos_desktop.services.homes import HomeQuery
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.policy import Action
from watmos_desktop.services.programme_rows import OPEN

_NOT_BEGUN = (ProgrammeStatus.PLANNED, ProgrammeStatus.CONSULTING)
MOST_A_DAY, MOST_DAYS = 50, 60
_MOST_HOMES = 5_000
_EVERY_HOME = HomeQuery()


@dataclass(frozen=True)
class ProgrammeDraft:
    """What is planned, in words that everyone on the estate may read."""

    estate_id: UUID
    name: str
    what: str
    how_long: str = ""
    disturbance: str = ""
    block_id: UUID | None = None
    contractor_id: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Changed:
    """What an edit came to: how many homes were told something else before, and have to be written to again."""

    to_tell_again: int


def create(session: Session, draft: ProgrammeDraft) -> UUID:
    """Plan works; gives their id. Raises NotAllowed, NotFound, or Told at the field that is wrong."""
    policy.require(session, Action.PLAN_WORKS, "programme")
    _check(session, draft)
    row = Programme(estate_id=draft.estate_id)
    _put(row, draft)
    references.add(session, "P", row)
    session.flush()
    return row.id


def edit(session: Session, programme_id: UUID, draft: ProgrammeDraft) -> Changed:
    """Change what is planned. Homes that were written to with other dates or another length must be told again."""
    row = programme_rows.of(session, programme_id, *OPEN)
    if draft.estate_id != row.estate_id:
        raise Told("Works stay on their estate.", "Plan them anew for another.", field="estate")
    _check(session, draft)
    told = (row.starts_on, row.ends_on, row.how_long)
    _put(row, draft)
    consulted = row.consults_until
    if (
        consulted
        and row.starts_on
        and row.starts_on <= consulted
        and row.status is ProgrammeStatus.CONSULTING
    ):
        raise Told(
            "The works would start before people have answered.",
            f"Choose a day after {wording.day(consulted)}.",
            field="starts_on",
        )
    again = 0
    if told != (row.starts_on, row.ends_on, row.how_long):
        again = sum(
            _tell_again(one) for one in programme_rows.each_home(session, row.id) if one.done_at is None
        )
    return Changed(again)


def add_homes(session: Session, programme_id: UUID, query: HomeQuery = _EVERY_HOME) -> int:
    """Add the homes that a query finds on the works' estate (and block); gives how many were not there before.

    Raises Told at ``homes`` when it finds none.
    """
    row = programme_rows.of(session, programme_id, *OPEN)
    asked = HomeQuery(query.text, row.estate_id, query.block_id or row.block_id)
    found = homes.page(session, asked, 0, _MOST_HOMES)
    if not found:
        raise Told("No home was found there.", "Try another block, or a part of the address.", field="homes")
    there = {one.home_id: one for one in programme_rows.ever_in(session, row.id)}
    added = 0
    for home in found:
        known = there.get(home.id)
        if known is None:
            # Two devices that add the same home make the same row: it merges instead of standing there twice.
            key = same_id("programme_home", str(row.id), str(home.id))
            session.add(ProgrammeHome(id=key, programme_id=row.id, home_id=home.id))
        elif known.deleted:
            known.deleted = False
        else:
            continue
        added += 1
    session.flush()
    return added


def remove_home(session: Session, programme_home_id: UUID) -> None:
    """Leave a home out; what it answered stays. Told when its works are done."""
    one, _ = _home(session, programme_home_id, *OPEN)
    if one.done_at is not None:
        raise Told("The works in this home are done.", "It stays in the list.")
    one.deleted = True


def spread(session: Session, programme_id: UUID, first: date, per_day: int, days_each: int) -> Changed:
    """Give each home that is still to do its own day: so many begin each working day, in the order of the homes.

    The works then run from the first home's day to the last home's last one. Raises Told at ``first``, ``per_day``
    or ``days_each``, and at ``homes`` when there are none.
    """
    row = programme_rows.of(session, programme_id, *OPEN)
    _whole(per_day, MOST_A_DAY, "per_day", "homes a day")
    _whole(days_each, MOST_DAYS, "days_each", "working days in a home")
    if row.consults_until and first <= row.consults_until and row.status is ProgrammeStatus.CONSULTING:
        raise Told(
            "That is before people have answered.",
            f"Choose a day after {wording.day(row.consults_until)}.",
            field="first",
        )
    waiting = [
        one for one in programme_rows.in_order(session, row.id) if one.done_at is None and not one.refused
    ]
    if not waiting:
        raise Told("There is no home to plan.", "Add homes first.", field="homes")
    day, last, again = calendar.working_day_from(calendar.known(first)), first, 0
    for number, one in enumerate(waiting):
        if number and number % per_day == 0:
            day = calendar.working_days_after(day, 1)
        if (one.planned_on, one.days) != (day, days_each):
            one.planned_on, one.days = day, days_each
            again += _tell_again(one)
        last = programme_rows.last_day(day, days_each)
    if row.status in _NOT_BEGUN:
        row.starts_on = waiting[0].planned_on
    row.ends_on = last
    return Changed(again)


def start(session: Session, programme_id: UUID, reason: str = "") -> None:
    """Begin the works; refused while anything of the consultation is open, unless a reason is recorded (R9).

    Raises NotAllowed, NotFound, or Told at ``reason`` with all that is open.
    """
    row = programme_rows.of(session, programme_id, *_NOT_BEGUN)
    words.fits(reason, words.NOTE, "reason", "The reason")
    if not list(programme_rows.each_home(session, row.id)):
        raise Told("There is no home in these works.", "Add homes first.", field="homes")
    open_points = programme_consulting.blockers(session, row)
    if open_points and not reason.strip():
        raise Told(" ".join(open_points), "Do that first, or say why it cannot wait.", field="reason")
    row.status, row.started_at = ProgrammeStatus.STARTED, session.info["clock"].now()
    row.start_reason = reason.strip() if open_points else ""


def home_done(session: Session, programme_home_id: UUID, on: date | None = None) -> None:
    """Record that the works in a home are done; Told at ``done_on`` for a day to come or before the start."""
    one, row = _home(session, programme_home_id, ProgrammeStatus.STARTED)
    if one.done_at is not None:
        raise Told("This home is done already.", "Nothing more is to do here.")
    one.done_at = works_rules.happened(session, on, "done_on", row.started_at)
    one.refused = False


def refuse(session: Session, programme_home_id: UUID, refused: bool = True) -> None:
    """The household does not want the works, or does after all; a home that refuses is left out of the progress."""
    one, _ = _home(session, programme_home_id, *OPEN)
    if one.done_at is not None:
        raise Told("The works in this home are done.", "What is done cannot be refused.")
    one.refused = refused


def finish(session: Session, programme_id: UUID) -> None:
    """All is done; Told with how many homes are left."""
    row = programme_rows.of(session, programme_id, ProgrammeStatus.STARTED)
    left = sum(one.done_at is None and not one.refused for one in programme_rows.each_home(session, row.id))
    if left:
        verb = "is" if left == 1 else "are"
        raise Told(
            f"{wording.count(left, 'home')} {verb} not done yet.", "Finish those, or mark those that refused."
        )
    row.status = ProgrammeStatus.FINISHED


def call_off(session: Session, programme_id: UUID, reason: str) -> None:
    """Call the works off; the reason is for everyone to read. Raises Told at ``reason``."""
    row = programme_rows.of(session, programme_id, *OPEN)
    if not reason.strip():
        raise Told("Say why the works are called off.", "Everyone on the estate may read it.", field="reason")
    said = "\n".join(part for part in (row.outcome, f"Called off: {reason.strip()}") if part)
    row.outcome = words.fits(said, words.NOTE, "reason", "The reason")
    row.status = ProgrammeStatus.CANCELLED


def _home(
    session: Session, programme_home_id: UUID, *allowed: ProgrammeStatus
) -> tuple[ProgrammeHome, Programme]:
    policy.require(session, Action.PLAN_WORKS, "programme")
    one = policy.find(session, ProgrammeHome, programme_home_id, "That home")
    return one, programme_rows.of(session, one.programme_id, *allowed)


def _tell_again(one: ProgrammeHome) -> bool:
    """What a letter said holds no longer: the home waits for another one."""
    told, one.written_at = one.written_at is not None, None
    return told


def _put(row: Programme, draft: ProgrammeDraft) -> None:
    row.name, row.what = draft.name.strip(), draft.what.strip()
    row.how_long, row.disturbance = draft.how_long.strip(), draft.disturbance.strip()
    row.block_id, row.contractor_id = draft.block_id, draft.contractor_id
    row.starts_on, row.ends_on = draft.starts_on, draft.ends_on


def _check(session: Session, draft: ProgrammeDraft) -> None:
    policy.find(session, Estate, draft.estate_id, "That estate")
    if draft.block_id is not None:
        block = policy.find(session, Block, draft.block_id, "That block")
        if block.estate_id != draft.estate_id:
            raise Told("That block is not on this estate.", "Choose another.", field="block")
    if draft.contractor_id is not None:
        policy.find(session, Contractor, draft.contractor_id, "That contractor")
    for text, most, field, what in (
        (draft.name, words.NAME, "name", "A name"),
        (draft.what, words.NOTE, "what", "The text"),
        (draft.how_long, words.LINE, "how_long", "The text"),
        (draft.disturbance, words.NOTE, "disturbance", "The text"),
    ):
        words.fits(text, most, field, what)
    if not draft.name.strip():
        raise Told("Give the works a name.", "For example: New kitchens in Lindley House A.", field="name")
    if not draft.what.strip():
        raise Told("Say what will be done.", "It is what the letters will say.", field="what")
    for day in filter(None, (draft.starts_on, draft.ends_on)):
        calendar.known(day)
    if draft.starts_on and draft.ends_on and draft.ends_on < draft.starts_on:
        raise Told("The works would end before they start.", "Check both days.", field="ends_on")


def _whole(number: int, most: int, field: str, what: str) -> None:
    if not 1 <= number <= most:
        raise Told(f"{number} {what} cannot be planned.", f"Choose 1 to {most}.", field=field)
