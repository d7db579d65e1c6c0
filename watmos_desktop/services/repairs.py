"""Repairs: found by id, reference or filter, listed by what is due next, shown in full, ended and opened again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Select, and_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Priority, RepairStatus, Waiting
from watmos_desktop.models.tables import Repair, Staff
from watmos_desktop.services import (
    attachments,
    clocks,
    policy,
    repair_account,
    repair_listing,
    repair_words,
    search_query,
    wording,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound
from watmos_desktop.services.references import read_reference
from watmos_desktop.services.repair_listing import CARD, seen
from watmos_desktop.services.repair_listing import OPEN as OPEN
from watmos_desktop.services.repair_listing import SORTS as SORTS
from watmos_desktop.services.repair_listing import Filter as Filter

_FAR = 1000
_ALL_OPEN = Filter()


@dataclass(frozen=True, slots=True)
class RepairCard:
    """A repair in one line, ready to show. ``who`` it is given to, as far as this person may know."""

    id: UUID
    reference: str
    title: str
    where: str
    trade: str
    priority: Priority
    status: RepairStatus
    due_at: datetime
    due: wording.Deadline
    reported_at: datetime
    hazard: str = ""
    who: str = ""
    waiting: Waiting | None = None
    double: bool = False

    @property
    def promise(self) -> str:
        """The promise as it is told: ``due Wed 30 Dec``."""
        return clocks.promise_words(self.due_at, self.priority)


@dataclass(frozen=True)
class RepairDetail:
    """All that this person may see of a repair."""

    card: RepairCard
    description: str
    contractor: str
    reported: str
    completed: str
    photos: tuple[attachments.PhotoCard, ...]
    account: repair_account.Account
    clocks: tuple[clocks.RunningClock, ...]
    inspection_id: UUID | None
    shared: bool

    @property
    def untold(self) -> bool:
        """Whether somebody waits at home who was not told yet by when it will be done."""
        return self.account.home_id is not None and any(
            clock.running and clock.told_at is None and clock.key.startswith("R") for clock in self.clocks
        )


def complete(session: Session, row: Repair, at: datetime) -> None:
    """Mark a repair as done: its clocks stop."""
    row.status, row.completed_at = RepairStatus.COMPLETED, at
    clocks.stop(session, row.id, at)


def reopen(session: Session, row: Repair) -> None:
    """A repair said to be done is not: its clocks run on, and the first due date stays in view."""
    if row.completed_at is not None:
        clocks.run_on(session, row.id, row.completed_at)
    row.status, row.completed_at = RepairStatus.REPORTED, None


def get_row(session: Session, repair_id: UUID) -> Repair:
    """The row of a repair that this person may know of; raises NotFound. Of one moment it is read once."""
    known: dict[UUID, Repair] = session.info.get("moment", {})
    row = known.get(repair_id) or session.scalar(
        repair_listing.one(policy.actor(session)), {"repair_id": repair_id}
    )
    if row is None:
        raise NotFound("That repair")
    known[repair_id] = row
    return row


def count(session: Session, wanted: Filter = _ALL_OPEN) -> int:
    """How many repairs the list holds for this person."""
    statement = repair_listing.counted(policy.actor(session), wanted, _among(session, wanted))
    return _asked(session, statement, repair_listing.moments(session.info["clock"].now())).scalar() or 0


def chips(session: Session, wanted: Filter) -> dict[str, int]:
    """For the chips above the list: how many it would show with each state and each mark, the rest as it is.

    Keys are those of ``repair_listing.STATES`` and MARKS, as ``state_overdue`` and ``mark_mine``; a list of what is
    done has only the marks that are counted at once. The words of the search are not looked at.
    """
    wanted = replace(wanted, text="")
    asked = repair_listing.moments(session.info["clock"].now())
    row = _asked(session, repair_listing.chips(policy.actor(session), wanted), asked).mappings().one()
    found: dict[str, int] = dict(row)
    for state in ("double", *repair_listing.CLOSED_STATES):
        found[f"state_{state}"] = count(session, replace(wanted, state=state))
    if wanted.state in repair_listing.CLOSED_STATES:
        for mark in repair_listing.MARKS:
            narrowed = replace(wanted, also=wanted.also | {mark})
            found.pop(f"mark_{mark}")
            if repair_listing.tallied(narrowed) or mark == "mine":
                found[f"mark_{mark}"] = count(session, narrowed)
    return found


def page(session: Session, wanted: Filter, offset: int, limit: int, *, sort: str = "due") -> list[RepairCard]:
    """Some rows of the list, next due first (``sort``: one of SORTS, ``-`` in front turns it)."""
    falling, take = sort.startswith("-"), limit
    if turned := offset > _FAR and 2 * offset > (total := count(session, wanted)):
        # The nearer end is fewer steps away.
        take = max(0, min(limit, total - offset))
        offset, falling = total - offset - take, not falling
    asked = repair_listing.moments(session.info["clock"].now()) | {"skip": offset, "take": take}
    among, column = _among(session, wanted), sort.lstrip("-")
    if column == repair_listing.WHO:
        found = _by_who(session, wanted, falling, among, asked)
    else:
        statement = repair_listing.listed(policy.actor(session), wanted, column, falling, among)
        found = _told(session, statement, asked)
    return found[::-1] if turned else found


def _by_who(
    session: Session,
    wanted: Filter,
    falling: bool,
    among: ColumnElement[bool] | None,
    asked: dict[str, Any],
) -> list[RepairCard]:
    """Rows by the name of who has them, nobody last: counted by person first, then only those in view are read."""
    person, skip, take = policy.actor(session), asked["skip"], asked["take"]
    counted = _asked(session, repair_listing.whose(person, wanted, among), asked)
    numbers: dict[UUID | None, int] = {row.assigned_to: row.n for row in counted}
    staff = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(numbers)))
    names: dict[UUID | None, str] = {row.id: row.name for row in staff}
    statement = repair_listing.listed_of(person, wanted, falling, among)
    found: list[RepairCard] = []
    for whom in sorted(numbers, key=lambda one: (one is None, names.get(one, ""), one), reverse=falling):
        if skip < numbers[whom] and len(found) < take:
            theirs = {"whom": whom, "skip": skip, "take": take - len(found)}
            found += _told(session, statement, asked | theirs)
        skip = max(0, skip - numbers[whom])
    return found


def open_here(
    session: Session, place: tuple[UUID, UUID | None, UUID | None], area_key: str
) -> list[RepairCard]:
    """Open repairs in one area of a place (estate, block, space), offered before a second is raised."""
    estate_id, block_id, space_id = place
    here = (
        Repair.estate_id == estate_id,
        Repair.block_id.is_(None) if block_id is None else Repair.block_id == block_id,
        Repair.space_id.is_(None) if space_id is None else Repair.space_id == space_id,
        Repair.home_id.is_(None),
        Repair.area_key == area_key,
    )
    return open_where(session, and_(*here))


def open_where(session: Session, where: ColumnElement[bool]) -> list[RepairCard]:
    """Open repairs that meet a condition, next due first."""
    return _cards(session, and_(where, Repair.status.in_(OPEN)))


def cards(session: Session, ids: list[UUID]) -> dict[UUID, RepairCard]:
    """Some repairs by id."""
    return {card.id: card for card in _cards(session, Repair.id.in_(ids))} if ids else {}


def get(session: Session, repair_id: UUID) -> RepairDetail:
    """One repair with its photos and clocks; raises NotFound."""
    row = get_row(session, repair_id)
    (card,) = _cards(session, Repair.id == repair_id)
    actor = policy.actor(session)
    shown = policy.may_see(actor, "repair", "description", mine=row.reported_by == actor.staff_id)
    return RepairDetail(
        card=card,
        description=row.description if shown else "",
        contractor=row.contractor,
        reported=wording.moment(row.reported_at.astimezone(LONDON)),
        completed=wording.moment(row.completed_at.astimezone(LONDON)) if row.completed_at else "",
        photos=tuple(_photos(session, [repair_id, *(one.id for one in doubles(session, repair_id))])),
        account=repair_account.of(session, row),
        clocks=tuple(clocks.of(session, repair_id, session.info["clock"].now())),
        inspection_id=row.inspection_id,
        shared=row.home_id is None,
    )


def doubles(session: Session, repair_id: UUID) -> list[Repair]:
    """The reports closed as the same fault as this one, oldest first: they are shown with it."""
    return list(session.scalars(repair_listing.CLOSED_AS_DOUBLES, {"repair_id": repair_id}))


def _photos(session: Session, ids: list[UUID]) -> list[attachments.PhotoCard]:
    found = attachments.of(session, ids)
    return sorted((one for each in found.values() for one in each), key=lambda one: (one.taken_at, one.id))


def find(session: Session, typed: str) -> UUID:
    """The id of the repair with that reference; raises Told or NotFound."""
    typed = read_reference(typed)
    found = session.scalar(
        select(Repair.id).where(Repair.reference == typed, ~Repair.deleted, seen(policy.actor(session)))
    )
    if found is None:
        raise NotFound("That repair")
    return found


def _among(session: Session, wanted: Filter) -> ColumnElement[bool] | None:
    return search_query.among(session, "repair", wanted.text) if wanted.text else None


def _asked(session: Session, statement: Select[*tuple[Any, ...]], asked: dict[str, Any]) -> CursorResult[Any]:
    """Rows of columns straight from the connection: the session would look for objects in them."""
    session.flush()
    return session.connection().execute(statement, asked)


def _cards(session: Session, where: ColumnElement[bool]) -> list[RepairCard]:
    statement = CARD.where(where, ~Repair.deleted, seen(policy.actor(session)))
    return _told(session, statement.order_by(Repair.due_at, Repair.id), {})


def _told(session: Session, statement: Select[*tuple[Any, ...]], asked: dict[str, Any]) -> list[RepairCard]:
    """The rows of a statement of ``CARD``'s columns, in words."""
    now, rows = session.info["clock"].now(), _asked(session, statement, asked)
    actor = policy.actor(session)
    homes, people = policy.may_see(actor, "home", "address"), policy.may_see(actor, "staff", "name")
    return [
        RepairCard(
            id=row.id,
            reference=row.reference,
            title=title,
            where=" · ".join(part for part in ((row.home if homes else "") or row.where, place) if part),
            trade=repair_words.TRADE_WORDS[row.trade],
            priority=row.priority,
            status=row.status,
            due_at=row.due_at,
            due=clocks.deadline(row.due_at, row.priority, now) if row.status in OPEN else _done(row),
            reported_at=row.reported_at,
            hazard=row.hazard,
            who=(row.who or "") if people else "",
            waiting=row.waiting,
            double=row.duplicate_of is not None,
        )
        for row, title, place in repair_words.each_shown(actor, rows)
    ]


def _done(row: Any) -> wording.Deadline:
    if row.duplicate_of is not None:
        return wording.Deadline("Told twice", wording.Tone.INFO)
    if row.status is RepairStatus.SIGNPOSTED:
        return wording.Deadline("Not ours to mend", wording.Tone.INFO)
    if row.status is RepairStatus.CANCELLED or row.completed_at is None:
        return wording.Deadline("Cancelled", wording.Tone.INFO)
    when = wording.weekday(row.completed_at.astimezone(LONDON))
    late = row.completed_at.replace(microsecond=0) > row.due_at  # a due day ends at 23:59:59
    return wording.Deadline(
        f"Done {when}" + (", late" if late else ""), wording.Tone.WARN if late else wording.Tone.OK
    )
