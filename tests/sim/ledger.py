"""The ledger: every operation that was ever committed on a device, and every word in it, kept beside the program.

It knows nothing of stamps, bases or merging. It knows what a person typed, what stood there before their eyes when
they did, and on which devices that work lay when one of them was put back or destroyed. From that it says at the end
where each word has to be found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Key = tuple[str, UUID]

# Which columns stand or fall together. Said again here, so that a change of the program's own list is noticed.
TOGETHER = {
    ("repair", "status"): ("status", "completed_at"),
    ("home", "address"): ("address", "postcode"),
    ("home", "postcode"): ("address", "postcode"),
    ("answer", "value"): ("value", "not_scored", "bulk", "phrase_key", "answered_at"),
}


@dataclass(frozen=True)
class Touch:
    """What a person did to one record: ``saw`` is all that was shown of it before, None when it is new."""

    kind: str  # insert, update, delete, add, remove
    key: Key
    said: Mapping[str, Any]
    saw: Mapping[str, Any] | None


@dataclass
class Entry:
    """One committed operation. ``on``: the devices where it should still lie; ``ever``: where it ever was."""

    id: UUID
    txn: UUID
    device: str
    touch: Touch
    on: set[str]
    ever: set[str]
    lost: str = ""


@dataclass
class Ledger:
    """All of them, in the order in which they were committed."""

    entries: dict[UUID, Entry] = field(default_factory=dict)
    by_key: dict[Key, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)

    def commit(self, device: str, txn: UUID, made: Iterable[tuple[UUID, Touch]]) -> None:
        """A save went through on that device."""
        for op, touch in made:
            entry = Entry(op, txn, device, touch, {device}, {device})
            self.entries[op] = entry
            self.by_key[touch.key].append(entry)

    def copied(self, device: str, ops: Iterable[UUID]) -> None:
        """A copy with these operations in it goes on as ``device``."""
        for op in ops:
            self.entries[op].on.add(device)
            self.entries[op].ever.add(device)

    def put_back(self, device: str, to: Iterable[UUID]) -> None:
        """The device holds what it held then, and nothing else."""
        there = set(to)
        for entry in self.entries.values():
            if entry.id in there:
                entry.on.add(device)
            else:
                entry.on.discard(device)

    def forgot(self, device: str) -> None:
        """The device may have lost its copies of what was answered: it was wiped, or had to forget what it held."""
        for entry in self.entries.values():
            entry.on.discard(device)

    def wiped(self, device: str, there: set[UUID]) -> None:
        """The office had the device destroyed, and with it what it had not sent."""
        self.forgot(device)
        for entry in self.entries.values():
            if device in entry.ever and entry.id not in there and not entry.lost:
                entry.lost = f"{device} wiped"

    def all_there(self, there: set[UUID], when: str) -> None:
        """Nothing may be missing but what is known to be lost."""
        for entry in self.entries.values():
            if not entry.lost and entry.id not in there:
                self.wrong.append(f"{when}: {describe(entry)} is nowhere")
                entry.lost = "reported"

    def struck(self, before: set[UUID], after: set[UUID], what: str, *, office: bool) -> None:
        """Something was destroyed: what is now nowhere is lost, if nothing else should have kept it.

        When a device was destroyed, that was the only copy. When the office was put back, each device that had the
        work still has to have it.
        """
        for entry in self.entries.values():
            if entry.lost or entry.id in after or entry.id not in before:
                continue
            if office and entry.on:
                self.wrong.append(f"{what}: {describe(entry)} should be on {sorted(entry.on)}")
            entry.lost = what

    def superseded(self, entry: Entry, name: str, value: Any, taken: set[UUID]) -> bool:
        """Whether somebody who had that value before their eyes wrote over it, or put the record away."""
        table = entry.touch.key[0]
        return any(
            other is not entry
            and other.id in taken
            and other.touch.kind == "update"
            and (other.touch.saw or {}).get(name) == value
            and any(name in TOGETHER.get((table, one), (one,)) for one in other.touch.said)
            for other in self.by_key[entry.touch.key]
        )

    def removed(self, entry: Entry, element: Any, taken: set[UUID]) -> bool:
        """Whether somebody who saw an element of a set took it out."""
        return any(
            other.id in taken and other.touch.kind == "remove" and element in other.touch.said.values()
            for other in self.by_key[entry.touch.key]
        )

    def deleted_by_who_saw(self, entry: Entry, name: str, value: Any, taken: set[UUID]) -> bool:
        """Whether who put the record away had seen that value."""
        return any(
            other.id in taken
            and other.touch.kind == "delete"
            and other.touch.saw is not None
            and other.touch.saw.get(name) == value
            for other in self.by_key[entry.touch.key]
        )


def describe(entry: Entry) -> str:
    """An operation in a few words."""
    table, rid = entry.touch.key
    return (
        f"{entry.touch.kind} of {table} {str(rid)[-6:]} by {entry.device} ({dict(entry.touch.said)!r:.120})"
    )
