"""The merge of one operation into one row: a pure function (docs/sync.md 8).

Each register keeps the values that no later writer had seen: the one with the highest stamp is shown, each other is
a ``Loss``, kept by the caller as a record of ``conflict``. Whether a writer had seen a value is told by ``base``
alone; a clock decides only what is shown.

A row has a version, ``newest``: a stamp that grows with every change in the order of merging (field stamps do not:
someone offline writes older ones later). ``base["^"]`` is the version that the device last got from the office, so
that it is known exactly whose changes it had not seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from watmos_desktop.models.kinds import ConflictKind
from watmos_desktop.services.stamps import tag
from watmos_desktop.services.sync import continuing, registers
from watmos_desktop.services.sync.registers import CLAIMED, INSERTED, NEWEST, OTHERS, Kind, Register
from watmos_desktop.services.sync.rowstate import UNMERGED, Loss, Outcome, RowState
from watmos_desktop.services.sync.wire import Op, canonical

_WALL = 16  # digits of a stamp that are its time and counter; the rest names the incarnation


class Unlawful(Exception):  # noqa: N818 - says what it is
    """An operation that may not be merged into this row and belongs in quarantine; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def merge(row: RowState | None, op: Op, latest: str) -> Outcome:
    """Merge an operation into a row, or into none. ``latest``: a stamp from after this moment counts as this one.

    The values of ``op.set`` are normal already (``values.normal``). Raises Unlawful with ``append_only`` for an edit
    of a row that is never edited, ``unknown_record`` for a change of a row that is not there.
    """
    ahead = op.stamp[:_WALL] > latest[:_WALL]
    stamp = latest[:_WALL] + tag(op.stamp) if ahead else op.stamp
    if row is None:
        if op.kind != "insert":
            raise Unlawful("unknown_record")
        data = dict(op.set)
        for name in UNMERGED:
            data.pop(name, None)
        stamps = {INSERTED: stamp, CLAIMED: {INSERTED: op.stamp}} if ahead else {INSERTED: stamp}
        first = RowState(data, stamps, op.set.get("deleted") is True, stamp)
        return Outcome(first, echo=not ahead)
    edit = op.kind == "update" and any(name not in UNMERGED for name in op.set)
    if edit and registers.append_only(op.table):
        raise Unlawful("append_only")
    plainly = None if ahead else continuing.continued(row, op)
    return plainly or Merging(row, op, stamp, ahead=ahead).outcome()


def fold(before: list[Any], change: Mapping[str, Any]) -> list[Any]:
    """A set after a change (``{"add", "remove"}``): what stays keeps its order, what is new comes last."""
    gone = {canonical(one) for one in change.get("remove", ())}
    found = {key: one for one in before if (key := canonical(one)) not in gone}
    for one in change.get("add", ()):
        found.setdefault(canonical(one), one)
    return list(found.values())


def difference(before: list[Any], after: list[Any]) -> dict[str, list[Any]]:
    """The change that makes one set of another."""
    old, new = ({canonical(one): one for one in some} for some in (before, after))
    return {
        "add": [one for key, one in new.items() if key not in old],
        "remove": [one for key, one in old.items() if key not in new],
    }


@dataclass
class Merging:
    """One merge under way."""

    row: RowState
    op: Op
    stamp: str
    ahead: bool
    data: dict[str, Any] = field(init=False)
    stamps: dict[str, Any] = field(init=False)
    deleted: bool = field(init=False)
    losses: list[Loss] = field(default_factory=list)
    settled: set[tuple[str, str]] = field(default_factory=set)
    changed: bool = False
    exact: bool = True  # what the sender holds is what it is now, as far as this operation goes

    def __post_init__(self) -> None:
        self.data, self.stamps, self.deleted = dict(self.row.data), dict(self.row.stamps), self.row.deleted
        self.own = tag(self.stamp)
        self.exact = not self.ahead
        newest = self.row.newest
        # The newest version by anyone else: what the sender must have seen to have seen all.
        others = newest if tag(newest) != self.own else self.stamps.get(OTHERS, "")
        self.seen = self.op.base.get(NEWEST, "")
        if self.seen > newest:
            self.seen = ""  # no version of ours
        self.sees_all = self.seen >= others
        self.version = self.stamp if self.stamp > newest else self._after(newest)

    def outcome(self) -> Outcome:
        fields = {name: value for name, value in self.op.set.items() if name not in UNMERGED}
        deletes = True if self.op.kind == "delete" else self.op.set.get("deleted")
        if self.op.kind == "insert" and deletes is not True:
            deletes = None
        was_deleted = self.deleted
        if fields:
            self._edit(fields)
        if deletes is True:
            self._delete()
        elif was_deleted and (fields or deletes is False):
            self._bring_back(fields, said=deletes is False)
        if fields and deletes is not True and not self.losses and self._is_parallel():
            self.losses.append(Loss("", ConflictKind.PARALLEL, fields, {}, self.stamp))
        exact = self.exact and not self.losses
        row = self.row
        if self.changed or not exact:
            if not exact:
                # The sender has to get this version before it can be said to have seen all.
                self.stamps[OTHERS] = self.version
            elif tag(row.newest) != self.own:
                self.stamps[OTHERS] = row.newest
            self.stamps[NEWEST] = self.version
            row = RowState(self.data, self.stamps, self.deleted, self.version)
        return Outcome(row, tuple(self.losses), frozenset(self.settled), exact and self.sees_all)

    def _edit(self, fields: dict[str, Any]) -> None:
        for register, incoming in self._registers(fields):
            if register.kind is Kind.COUNTER:
                self._count(register, incoming[register.name])
            elif register.kind is Kind.SET:
                self._change_set(register, incoming[register.name])
            else:
                self._write(register, incoming)

    def _is_parallel(self) -> bool:
        """Whether others changed the row meanwhile; told once, for what follows from the same sender too."""
        unseen = self.changed and not self.sees_all and tag(self.row.newest) != self.own
        return unseen and self.op.kind == "update"

    def _registers(self, fields: dict[str, Any]) -> Iterator[tuple[Register, dict[str, Any]]]:
        done = set()
        for name in fields:
            register = registers.register_of(self.op.table, name)
            if register.name in done:
                continue
            done.add(register.name)
            # An insert leaves out what is empty; an older program may not know every column of a group.
            missing: Mapping[str, Any] = {} if self.op.kind == "insert" else self.data
            yield (
                register,
                {one: fields[one] if one in fields else missing.get(one) for one in register.columns},
            )

    def _write(self, register: Register, incoming: dict[str, Any]) -> None:
        present = {name: self.data.get(name) for name in register.columns}
        current, base = self._current(register), self._base(register)
        if base and base != current:
            self.settled.add((register.name, base))
        covers = self._covers(current, base, self._claimed(register))
        # The words of a clock ahead are all taken down to one moment: no two of them may share a stamp.
        stamp = self._later_than(current if covers or current == self.stamp else "", base)
        if incoming == present:
            if stamp > current:
                self._put(register, incoming, stamp)
                self._claim(register, stamp)
            else:
                self.exact = False
            return
        kind = ConflictKind.CLASH
        if register.kind is Kind.GUARDED:
            kind = ConflictKind.GUARDED
            if not self._lawful(register, present, incoming, current):
                self.losses.append(Loss(register.name, kind, incoming, present, self.op.stamp))
                return
        if not covers and stamp < current:
            self.losses.append(Loss(register.name, kind, incoming, present, self.op.stamp))
            return
        if not covers:
            self.losses.append(Loss(register.name, kind, present, incoming, current, own=False))
        self._put(register, incoming, stamp)
        self._claim(register, stamp)

    def _covers(self, current: str, base: str, claimed: str) -> bool:
        """Whether the sender had before their eyes what is shown: it is their base, or a word of their own.

        Two copies of one device bear one tag until they are told apart, and so does one that was put back. Who had
        written what is shown would have as their base the stamp it was sent with, ``claimed``, or a later one; who
        names none has seen nothing, but for a new record, which looks at none.
        """
        if current == base or tag(current) != self.own:
            return current == base
        return base >= claimed if base else self.op.kind == "insert"

    def _later_than(self, current: str, base: str) -> str:
        """The sender's stamp, raised above what it writes over and above what it was looking at."""
        found = self.stamp
        if found <= base <= self.row.newest:
            found = self._after(base)
        if found <= current:
            found = self._after(current)
        self.exact &= found == self.stamp
        return found

    def _lawful(
        self, register: Register, present: dict[str, Any], incoming: dict[str, Any], current: str
    ) -> bool:
        if tag(current) != self.own and registers.final(self.op.table, present, register):
            return False
        guard = register.guard
        return registers.lawful(self.op.table, guard, present[guard], incoming[guard])

    def _count(self, register: Register, change: Any) -> None:
        if not isinstance(change, dict):  # the first count, of an insert
            self._write(register, {register.name: change})
            return
        self._put(
            register,
            {register.name: (self.data.get(register.name) or 0) + change["delta"]},
            max(self.stamp, self._current(register)),
        )

    def _change_set(self, register: Register, change: Any) -> None:
        name = register.name
        present: list[Any] = self.data.get(name) or []
        if not isinstance(change, dict):  # the whole set, of an insert or of an older program
            change = difference(present, change)
        gone = [one for one in change.get("remove", ()) if self._removes(name, one)]
        for one in change.get("add", ()):
            self.stamps[f"{_element(name, one)}:{self.own}"] = self.version
        after = fold(present, {"add": change.get("add", ()), "remove": gone})
        self._put(register, {name: after}, max(self.stamp, self._current(register)))

    def _removes(self, name: str, element: Any) -> bool:
        """Take back the additions that the sender knew of; whether none is left: one at the same time wins."""
        additions = [key for key in self.stamps if key.startswith(_element(name, element))]
        known = [key for key in additions if self._knows(key)]
        for key in known:
            del self.stamps[key]
        return len(known) == len(additions)

    def _knows(self, key: str) -> bool:
        """Whether the sender did it itself or had got the version in which it was done (``PART:…:TAG``)."""
        return key.endswith(f":{self.own}") or self.stamps[key] <= self.seen

    def _delete(self) -> None:
        unseen = {} if self.deleted else self._unseen()
        if unseen:
            value = {name: self.data.get(name) for name in unseen}
            stamp = max(unseen.values())
            self.losses.append(Loss("", ConflictKind.DELETED, value, {"deleted": True}, stamp, own=False))
        self.stamps[f"deleted:{self.own}"] = self.version
        self._set_deleted(True)

    def _bring_back(self, fields: dict[str, Any], *, said: bool) -> None:
        """Revive what was deleted, unless the sender did not know of a deletion."""
        deletions = [key for key in self.stamps if key.startswith("deleted:")]
        known = [key for key in deletions if self._knows(key)]
        if not said and any(key.endswith(f":{self.own}") for key in known):
            return  # deleted here, and edited on the way out
        for key in known:
            del self.stamps[key]
            self.changed = True
        if len(known) < len(deletions):
            self.losses.append(
                Loss("", ConflictKind.DELETED, fields or {"deleted": False}, {"deleted": True}, self.stamp)
            )
        else:
            self.exact &= said
            self._set_deleted(False)

    def _set_deleted(self, deleted: bool) -> None:
        self.deleted, self.changed = deleted, True
        self.stamps["deleted"] = self.version

    def _unseen(self) -> dict[str, str]:
        """The columns that others, or a copy of the device, wrote and who deletes had not seen, with their stamps."""
        base = self.op.base
        found = {}
        for name in self.data:
            current: str = self.stamps.get(name, self.stamps.get(INSERTED, ""))
            if self.sees_all and tag(current) != self.own:
                continue
            claimed = self._claimed(registers.register_of(self.op.table, name))
            if not self._covers(current, base.get(name, base.get(INSERTED, "")), claimed):
                found[name] = current
        return found

    def _current(self, register: Register) -> str:
        found: str = self.stamps.get(register.name, self.stamps.get(INSERTED, ""))
        return found

    def _claimed(self, register: Register) -> str:
        """The stamp that what is shown was sent with: the kept one, unless that was moved."""
        key = register.name if register.name in self.stamps else INSERTED
        found: str = self.stamps.get(CLAIMED, {}).get(key, self.stamps.get(key, ""))
        return found

    def _claim(self, register: Register, stamp: str) -> None:
        """Note with which stamp the sender wrote a register, if it is not the one that is kept."""
        claims = {key: one for key, one in self.stamps.pop(CLAIMED, {}).items() if key != register.name}
        if stamp != self.op.stamp:
            claims[register.name] = self.op.stamp
        if claims:
            self.stamps[CLAIMED] = claims

    def _base(self, register: Register) -> str:
        base = self.op.base
        return next((base[name] for name in register.columns if name in base), "")

    def _put(self, register: Register, values: dict[str, Any], stamp: str) -> None:
        self.data |= values
        self.stamps |= dict.fromkeys(register.columns, stamp)
        self.changed = True

    def _after(self, stamp: str) -> str:
        """A stamp of the sender's just later than another."""
        return f"{int(stamp[:_WALL] or '0', 16) + 1:016x}{self.own}"


def _element(name: str, element: Any) -> str:
    """The key under which the version of an addition to a set is kept."""
    return f"{name}:{hashlib.sha256(canonical(element)).hexdigest()[:16]}"


__all__ = [
    "INSERTED",
    "NEWEST",
    "OTHERS",
    "Loss",
    "Outcome",
    "RowState",
    "Unlawful",
    "difference",
    "fold",
    "merge",
    "tag",
]
