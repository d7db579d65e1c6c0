"""A row as the office keeps it, and what comes of merging an operation into it (docs/sync.md 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from watmos_desktop.models.kinds import ConflictKind

UNMERGED = ("id", "deleted", "stamps")  # what an operation may say beside the fields that are merged


@dataclass(slots=True)  # not frozen, like ``wire.Op``: nobody changes one
class RowState:
    """A row as merged so far: every field but ``id`` and ``deleted`` as JSON, who wrote which last, its version."""

    data: dict[str, Any]
    stamps: dict[str, Any]
    deleted: bool
    newest: str


@dataclass(frozen=True, slots=True)
class Loss:
    """A value that is not shown. ``field`` names the register; it is empty when it is about the whole row.

    ``value`` is what was written under ``stamp``, ``shown`` what is shown instead. ``own``: the sender of the
    operation wrote it; else someone before, and the sender's is shown.
    """

    field: str
    kind: ConflictKind
    value: dict[str, Any]
    shown: dict[str, Any]
    stamp: str
    own: bool = True


@dataclass(slots=True)
class Outcome:
    """What became of an operation.

    ``settled`` are (register, stamp) of values the writer was looking at: an open clash of that row and register
    with that stamp is closed by it. ``echo``: the sender holds exactly this state, nothing need be sent back.
    """

    row: RowState
    losses: tuple[Loss, ...] = ()
    settled: frozenset[tuple[str, str]] = frozenset()
    echo: bool = False
