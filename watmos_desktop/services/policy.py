"""What a role may see and do: one table, deny by default, used by every service (security.md S20-S24).

Three questions, each answered here and nowhere else, from the table in policy_table.py: may this role see (or
change) a field of that data class in that part of the record (``may_see``, ``may_change``); may it take that action
(``may``, ``require``); does the record lie on the estates and blocks this person looks after (``scope``,
``in_scope``, ``find``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import DataClass, FollowUpKind, Role, VisitStatus
from watmos_desktop.models.tables import (
    SYNCED,
    Base,
    Block,
    CaseNote,
    Contractor,
    Estate,
    HazardCase,
    Home,
    HouseholdMember,
    Inspection,
    Job,
    Leave,
    LoneCheck,
    LoneDay,
    Person,
    Programme,
    Repair,
    RestrictedCase,
    Synced,
    Tenancy,
    Visit,
    VisitFollowUp,
    Visitor,
)
from watmos_desktop.services.errors import NotAllowed, NotFound
from watmos_desktop.services.policy_table import ALLOWED as ALLOWED
from watmos_desktop.services.policy_table import CEILINGS as CEILINGS
from watmos_desktop.services.policy_table import GUARDIANS as GUARDIANS
from watmos_desktop.services.policy_table import PARTS as PARTS
from watmos_desktop.services.policy_table import Action as Action
from watmos_desktop.services.policy_table import Ceiling
from watmos_desktop.services.policy_table import Part as Part


@dataclass(frozen=True)
class Actor:
    """Who is using the program. ``estates`` and ``blocks`` are what they look after.

    ``cases`` are the need-to-know cases they are named to; no role makes up for not being named (security.md S22).
    """

    staff_id: UUID | None
    name: str
    role: Role | None
    estates: frozenset[UUID] = frozenset()
    blocks: frozenset[UUID] = frozenset()
    cases: frozenset[UUID] = frozenset()

    @property
    def everywhere(self) -> bool:
        """Whether they look after every estate: managers and administrators given none in particular."""
        return self.role in _EVERYWHERE and not self.estates and not self.blocks


NOBODY = Actor(None, "", None)
_EVERYWHERE = (Role.MANAGER, Role.ADMINISTRATOR)
_EVERYONES = (Contractor, Leave, Visitor, LoneDay, LoneCheck)  # of no estate: whoever may see one sees all


_OWN_WORDS = frozenset(table for table, part in PARTS.items() if part is Part.WALKS)
_SHARED = frozenset({"id", "deleted", "stamps"})


def actor(session: Session) -> Actor:
    """Who is using this session; NOBODY, who may do nothing, when it was not said."""
    found: Actor = session.info.get("actor", NOBODY)
    return found


@cache  # asked for each cell of a list
def data_class(table: str, column: str) -> DataClass | None:
    """How sensitive a column is; None for what no one is ever shown, and for what is not there."""
    if table not in SYNCED:
        return None
    found = Base.metadata.tables[table].columns.get(column)
    return None if found is None else found.info.get("class")


def may_see(actor: Actor, table: str, column: str, *, mine: bool = False) -> bool:
    """Whether this person may see that field; ``mine`` when they wrote it themselves on a walk."""
    if mine and actor.role is not None and table in _OWN_WORDS:
        return data_class(table, column) is not None
    return _reaches(actor, table, column, change=False)


def may_change(actor: Actor, table: str, column: str) -> bool:
    """Whether this person may write that field."""
    return _reaches(actor, table, column, change=True)


def _reaches(actor: Actor, table: str, column: str, *, change: bool) -> bool:
    needed = data_class(table, column)
    ceiling = _ceilings(actor, table)[change]
    return needed is not None and ceiling is not None and needed <= ceiling


def _ceilings(actor: Actor, table: str) -> tuple[Ceiling, Ceiling]:
    part = PARTS.get(table)
    if actor.role is None or part is None:
        return None, None
    return CEILINGS[actor.role].get(part, (None, None))


def may_see_conflict(actor: Actor, owner_table: str, field: str) -> bool:
    """Whether this person may see a conflict about that field; without one it is about any of the record's."""
    if not may_see(actor, "conflict", "value"):
        return False
    names = [field] if field else [name for name in _columns(owner_table) if name not in _SHARED]
    return bool(names) and all(may_see(actor, owner_table, name) for name in names)


def _columns(table: str) -> list[str]:
    return list(Base.metadata.tables[table].columns.keys()) if table in SYNCED else []


def may(actor: Actor, action: Action, noun: str) -> bool:
    """Whether this person's role takes that action on that noun (a table's name), anywhere at all."""
    if action is Action.SEE:
        # A table whose own fields all lie above the ceiling is not seen, not even counted.
        ceiling = _ceilings(actor, noun)[0]
        return ceiling is not None and ceiling >= _lowest(noun)
    return actor.role in ALLOWED.get((action, noun), frozenset())


def _lowest(table: str) -> DataClass:
    """The least sensitive class among a table's own fields, those of every synced row aside."""
    columns = Base.metadata.tables[table].columns
    classes: list[DataClass] = [one.info["class"] for one in columns if one.key not in _SHARED]
    return min(classes)


def require(session: Session, action: Action, noun: str) -> Actor:
    """The person using this session; raises NotAllowed when their role does not do that."""
    person = actor(session)
    if not may(person, action, noun):
        raise NotAllowed(str(action))
    return person


def hide(actor: Actor, row: Synced | Mapping[str, Any], table: str, *, mine: bool = False) -> dict[str, Any]:
    """The fields of a row that this person may see; the others are not there at all."""
    names = row.keys() if isinstance(row, Mapping) else Base.metadata.tables[table].columns.keys()
    return {
        name: row[name] if isinstance(row, Mapping) else getattr(row, name)
        for name in names
        if may_see(actor, table, name, mine=mine)
    }


_Columns = TypeVarTuple("_Columns")
_Row = TypeVar("_Row", bound=Synced)


def scope(statement: Select[*_Columns], session: Session, model: type[Synced]) -> Select[*_Columns]:
    """The same statement, for rows of ``model`` where this person looks after only; for counts too."""
    return statement.where(within(session, model))


def within(session: Session, model: type[Synced]) -> ColumnElement[bool]:
    """The condition that a row of ``model`` lies where this person looks after; TypeError if it has none."""
    return reach(actor(session), model)


def reach(person: Actor, model: type[Synced]) -> ColumnElement[bool]:
    """``within`` for a person who is known: what a statement that is kept can be made from."""
    if person.role is None:
        return false()
    if model in (RestrictedCase, CaseNote):
        return _named(person, model)
    here = true() if person.everywhere or model in _EVERYONES else _within(person, model)
    return and_(here, _not_kept_apart(person)) if model is VisitFollowUp else here


def _named(person: Actor, model: Any) -> ColumnElement[bool]:
    """Need to know: those who opened a case and those named to it, wherever they work."""
    mine = or_(RestrictedCase.opened_by == person.staff_id, RestrictedCase.id.in_(person.cases))
    return mine if model is RestrictedCase else CaseNote.case_id.in_(select(RestrictedCase.id).where(mine))


def _not_kept_apart(person: Actor) -> ColumnElement[bool]:
    """A word of concern is for its visit's officers until that is sealed, and for the guardians; then for its team.

    What stays for its officers is a mark without words: that it was passed on.
    """
    is_case = VisitFollowUp.record_table == RestrictedCase.__tablename__
    team = VisitFollowUp.record_id.in_(select(RestrictedCase.id).where(_named(person, RestrictedCase)))
    if person.role in GUARDIANS:
        return or_(~is_case, team)
    own = select(Visit.id).where(or_(Visit.officer_id == person.staff_id, Visit.second_id == person.staff_id))
    under_way = own.where(Visit.status != VisitStatus.COMPLETED)
    mine = or_(
        VisitFollowUp.visit_id.in_(under_way), and_(VisitFollowUp.visit_id.in_(own), VisitFollowUp.text == "")
    )
    return or_(and_(~is_case, or_(VisitFollowUp.kind != FollowUpKind.SAFEGUARDING, mine)), team)


def _within(person: Actor, model: Any) -> ColumnElement[bool]:
    if model is Estate:
        through_block = select(Block.estate_id).where(Block.id.in_(person.blocks))
        return or_(Estate.id.in_(person.estates), Estate.id.in_(through_block))
    if model is Block:
        return or_(Block.estate_id.in_(person.estates), Block.id.in_(person.blocks))
    if hasattr(model, "estate_id"):
        conditions = [model.estate_id.in_(person.estates)]
        if person.blocks and hasattr(model, "block_id"):
            conditions.append(model.block_id.in_(person.blocks))
        return or_(*conditions)
    if model is Person:
        return Person.id.in_(select(HouseholdMember.person_id).where(_within(person, HouseholdMember)))
    for column, parent in _PARENTS.items():
        if hasattr(model, column):
            key: ColumnElement[Any] = getattr(model, column)
            return key.in_(select(parent.id).where(_within(person, parent)))
    raise TypeError(f"{model.__name__} has no place of its own; scope the record it belongs to")


# A row without an estate of its own lies where the record lies that it belongs to.
_PARENTS: Mapping[str, Any] = {
    "inspection_id": Inspection,
    "repair_id": Repair,
    "job_id": Job,
    "case_id": HazardCase,
    "programme_id": Programme,
    "visit_id": Visit,
    "home_id": Home,
    "tenancy_id": Tenancy,
    "block_id": Block,
}


def in_scope(session: Session, estate_id: UUID | None, block_id: UUID | None) -> bool:
    """Whether a place is one this person looks after."""
    person = actor(session)
    return person.everywhere or estate_id in person.estates or block_id in person.blocks


def find(session: Session, model: type[_Row], record_id: UUID, what: str = "That record") -> _Row:
    """The record; raises NotFound alike when there is none, it was removed, or it lies elsewhere."""
    table = str(model.__tablename__)  # type: ignore[attr-defined]
    statement = scope(select(model).where(model.id == record_id, model.deleted.is_(False)), session, model)
    row = session.scalar(statement) if may(actor(session), Action.SEE, table) else None
    if row is None:
        raise NotFound(what)
    return row
