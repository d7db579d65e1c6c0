"""The registers of a row: what changes together and how it merges, as the models declare it (docs/sync.md 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from watmos_desktop.models.kinds import (
    AdaptationStatus,
    CaseStatus,
    DefectState,
    HazardStatus,
    InspectionStatus,
    JobStatus,
    Merge,
    ProgrammeStatus,
    RepairStatus,
    VisitStatus,
)
from watmos_desktop.models.tables import SYNCED, Conflict

Kind = Merge

# Keys of ``stamps`` that are no columns: the insert, the newest version, the newest version by anyone else than
# who made that. ``deleted`` is the version at which the row was deleted or brought back.
INSERTED, NEWEST, OTHERS = "*", "^", "~"
# For the office alone: by register the stamp that was sent, where the kept one was moved (a clock ahead or behind).
# No device may see it, or it would set its own clock by it.
CLAIMED = "="

# What a device may not push: who works here and who looks after what is the office's alone (security.md S28).
_OFFICE_ONLY = frozenset({"staff", "staff_scope"})
_CONFLICT = Conflict.__tablename__
_CONFLICT_FIELDS = frozenset({"state"})

# Steps that are not lawful; a step from anywhere else is, and so is no step.
_UNLAWFUL: Mapping[tuple[str, str], frozenset[tuple[str, str]]] = {
    ("repair", "status"): frozenset(
        {
            (RepairStatus.COMPLETED, RepairStatus.CANCELLED),
            (RepairStatus.CANCELLED, RepairStatus.COMPLETED),
        }
    ),
    ("inspection", "status"): frozenset(
        {
            (InspectionStatus.SIGNED, InspectionStatus.DRAFT),
            (InspectionStatus.SIGNED, InspectionStatus.ABANDONED),
        }
    ),
    ("restricted_case", "status"): frozenset({(CaseStatus.CLOSED, CaseStatus.MONITORING)}),
    ("job", "status"): frozenset(
        {(JobStatus.DONE, JobStatus.CANCELLED), (JobStatus.CANCELLED, JobStatus.DONE)}
    ),
    ("hazard_case", "status"): frozenset({(HazardStatus.OPEN, HazardStatus.SAFE)}),
    ("adaptation", "status"): frozenset(
        {
            (AdaptationStatus.DECLINED, AdaptationStatus.FITTED),
            (AdaptationStatus.REQUESTED, AdaptationStatus.FITTED),
        }
    ),
    ("programme", "status"): frozenset(
        {
            (ProgrammeStatus.FINISHED, ProgrammeStatus.PLANNED),
            (ProgrammeStatus.FINISHED, ProgrammeStatus.CANCELLED),
            (ProgrammeStatus.CANCELLED, ProgrammeStatus.STARTED),
        }
    ),
    ("visit", "status"): frozenset(
        {
            (VisitStatus.COMPLETED, VisitStatus.PLANNED),
            (VisitStatus.COMPLETED, VisitStatus.UNDER_WAY),
            (VisitStatus.COMPLETED, VisitStatus.CANCELLED),
        }
    ),
}
_STATES: Mapping[tuple[str, str], frozenset[str]] = {
    ("repair", "status"): frozenset(RepairStatus),
    ("inspection", "status"): frozenset(InspectionStatus),
    ("defect", "state"): frozenset(DefectState),
    ("restricted_case", "status"): frozenset(CaseStatus),
    ("job", "status"): frozenset(JobStatus),
    ("hazard_case", "status"): frozenset(HazardStatus),
    ("adaptation", "status"): frozenset(AdaptationStatus),
    ("programme", "status"): frozenset(ProgrammeStatus),
    ("visit", "status"): frozenset(VisitStatus),
}
# A state that nobody else replaces: what was signed first stands, whatever its stamp.
_FINAL = frozenset(
    {
        ("inspection", "status", InspectionStatus.SIGNED.value),
        ("visit", "status", VisitStatus.COMPLETED.value),
    }
)


@dataclass(frozen=True)
class Register:
    """Columns that change together, by the name of the first; ``guard`` is the column whose steps are guarded."""

    name: str
    columns: tuple[str, ...]
    kind: Kind = Kind.LWW
    guard: str = ""


@dataclass(frozen=True)
class Declared:
    """What a table declares. Columns that are not in ``registers`` are each a last-writer-wins register alone."""

    registers: Mapping[str, Register] = field(default_factory=dict)
    append_only: bool = False
    authors: tuple[str, ...] = ()


def declare(
    merges: Mapping[str, Merge],
    groups: tuple[tuple[str, ...], ...] = (),
    *,
    append_only: bool = False,
    authors: tuple[str, ...] = (),
) -> Declared:
    """The registers of a table from what its model says; a group with a guarded column is guarded as a whole."""
    found: dict[str, Register] = {}
    for columns in (*groups, *((name,) for name in merges if not any(name in group for group in groups))):
        kinds = {merges[name] for name in columns if name in merges}
        guard = next((name for name in columns if merges.get(name) is Kind.GUARDED), "")
        one = Register(columns[0], columns, kinds.pop() if kinds else Kind.LWW, guard)
        found |= dict.fromkeys(columns, one)
    return Declared(found, append_only, authors)


TABLES: dict[str, Declared] = {
    table: declare(model.merges, model.groups, append_only=model.append_only, authors=model.authors)
    for table, model in SYNCED.items()
}
_PLAIN = Declared()


def declared(table: str) -> Declared:
    """What a table declares; nothing for one that is not known here."""
    return TABLES.get(table, _PLAIN)


def register_of(table: str, name: str) -> Register:
    """The register that a column is part of."""
    return declared(table).registers.get(name) or _alone(name)


@cache
def _alone(name: str) -> Register:
    return Register(name, (name,))


def kind_of(table: str, field: str) -> Kind:
    """How a column merges."""
    return register_of(table, field).kind


def group_of(table: str, field: str) -> tuple[str, ...]:
    """All columns of a column's register: itself alone when it belongs to no group."""
    return register_of(table, field).columns


def append_only(table: str) -> bool:
    """Whether rows of a table are added and never edited; one added by mistake may be deleted."""
    return declared(table).append_only


def author_fields(table: str) -> tuple[str, ...]:
    """The columns that must name whoever sends the row (or nobody, where the column may be empty)."""
    return declared(table).authors


def pushable(table: str, field: str = "") -> bool:
    """Whether a device may send operations on a table, or on one field of it; of a conflict only its state."""
    if table == _CONFLICT:
        return field in _CONFLICT_FIELDS or not field
    return table in SYNCED and table not in _OFFICE_ONLY


def lawful(table: str, field: str, before: Any, after: Any) -> bool:
    """Whether a guarded column may go from one value to another; staying where it is is always lawful."""
    if before == after:
        return True
    states = _STATES.get((table, field))
    return states is None or (
        after in states and (before, after) not in _UNLAWFUL.get((table, field), frozenset())
    )


def final(table: str, data: Mapping[str, Any], register: Register) -> bool:
    """Whether a guarded register stands where only the device that brought it there may still change it."""
    return (table, register.guard, data.get(register.guard)) in _FINAL


def is_column_stamp(key: str) -> bool:
    """Whether a key of ``stamps`` is a column's own stamp; the others are versions of the row and of elements."""
    return key not in (INSERTED, NEWEST, OTHERS, CLAIMED, "deleted") and ":" not in key
