"""A disk that fails as it is told: killed, torn, without power, full, or refusing once, at its N-th operation.

This is the model; tests/faults/under.py puts it under a process. Only what lies in one folder is counted.

Power loss is modelled as the worst that a file system may do: of what was written since a file's last sync, any
512-byte sectors may be missing, in any order; of the names made, changed or taken in a folder since its last sync, any
number of the latest may never have been.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

SECTOR = 512

# As they are before a disk takes their place (tests/faults/under.py).
_rename, _remove = os.rename, os.unlink


class Mode(StrEnum):
    """What goes wrong."""

    KILL = "kill"  # the program dies before the operation
    TORN = "torn"  # it dies in the middle of a write
    POWER = "power"  # the power fails: what was not synced may be lost
    FULL = "full"  # from here on there is no room
    REFUSED = "refused"  # this one operation fails


@dataclass
class Disk:
    """Operations on what lies in ``folder`` are counted in ``done``; number ``at`` (from 1) fails as ``mode`` says."""

    folder: Path
    mode: Mode = Mode.KILL
    at: int = 0
    seed: int = 0
    done: int = 0
    failed: bool = False
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(f"{self.mode} {self.at} {self.seed}")
        self._root = os.path.realpath(self.folder) + os.sep
        self._synced: dict[int, bytes] = {}  # by inode: what a file surely holds
        self._pending: dict[
            int, list[tuple[int, bytes | None]]
        ] = {}  # (offset, data), or (size, None): cut to it
        self._undo: dict[str, list[Callable[[], None]]] = {}  # by folder: how to take its unsynced names back
        self._shadow = self.folder.parent / f".shadow {os.getpid()}"

    def holds(self, path: Path) -> bool:
        """Whether a path is on this disk."""
        return (os.path.realpath(path) + os.sep).startswith(self._root)

    def room(self) -> None:
        """Make room: what comes now succeeds."""
        self.mode = Mode.KILL
        self.at = 0

    def before(self, name: str, *, needs_room: bool = False) -> bool:
        """Count an operation; dies here if it must; gives whether the operation is to fail."""
        self.done += 1
        self.names.append(name)
        hit = self.done == self.at
        if self.mode is Mode.FULL:
            fails = bool(self.at) and self.done >= self.at and needs_room
        else:
            fails = hit and self.mode is Mode.REFUSED
        self.failed |= fails or hit
        if hit and self.mode is Mode.POWER:
            self.lose_power()
        if hit and (self.mode is Mode.KILL or (self.mode is Mode.TORN and name != "write")):
            os.kill(os.getpid(), signal.SIGKILL)
        return fails

    def write(self, path: Path, offset: int, data: bytes, put: Callable[[bytes], object]) -> None:
        """Remember a write, do it by ``put``, or half of it and die."""
        self._remember(path).append((offset, data))
        if self.done == self.at and self.mode is Mode.TORN:
            put(data[: self._chance.randrange(len(data))] if data else data)
            os.kill(os.getpid(), signal.SIGKILL)
        put(data)

    def cut(self, path: Path, size: int) -> None:
        """Remember that a file is cut to a size."""
        self._remember(path).append((size, None))

    def sync(self, path: Path) -> None:
        """What a file holds is safe now."""
        inode = path.stat().st_ino
        self._synced.pop(inode, None)
        self._pending.pop(inode, None)

    def sync_names(self, folder: Path) -> None:
        """The names in a folder are safe now."""
        self._undo.pop(os.path.realpath(folder), None)

    def made(self, path: Path) -> None:
        """A file or folder got a name."""
        self._pend(path, lambda: shutil.rmtree(path) if path.is_dir() else _remove(path))

    def gone(self, path: Path) -> None:
        """A file is about to lose its name: keep it, so that it can come back."""
        if kept := self._keep(path):
            self._pend(path, lambda: _rename(kept, path))

    def renamed(self, old: Path, new: Path) -> None:
        """A file or folder is about to change its name, perhaps to that of another."""
        kept = self._keep(new)

        def back() -> None:
            _rename(new, old)
            if kept:
                _rename(kept, new)

        self._pend(new, back)

    def lose_power(self) -> None:
        """Take back at random what was not synced, and die."""
        here = {path.stat().st_ino: path for path in self.folder.rglob("*") if path.is_file()}
        for inode, writes in self._pending.items():
            if inode in here:
                here[inode].write_bytes(self._after_power_loss(self._synced[inode], writes))
        for steps in self._undo.values():
            for step in reversed(steps[self._chance.randint(0, len(steps)) :]):
                try:
                    step()
                except OSError:
                    continue  # its folder is gone already
        os.kill(os.getpid(), signal.SIGKILL)

    def _after_power_loss(self, content: bytes, writes: list[tuple[int, bytes | None]]) -> bytes:
        share = self._chance.choice(
            (0.0, 0.1, 0.5, 0.9, 1.0)
        )  # of the sectors, how many had reached the disk
        now = bytearray(content)
        for offset, data in writes:
            if data is None:
                if self._chance.random() < share:
                    del now[offset:]
                    now.extend(bytes(offset - len(now)))
                continue
            start = offset
            while start < offset + len(data):
                end = min((start // SECTOR + 1) * SECTOR, offset + len(data))
                if self._chance.random() < share:
                    now.extend(bytes(max(0, end - len(now))))
                    now[start:end] = data[start - offset : end - offset]
                start = end
        return bytes(now)

    def _remember(self, path: Path) -> list[tuple[int, bytes | None]]:
        inode = path.stat().st_ino
        if inode not in self._pending:
            self._synced[inode] = path.read_bytes()
        return self._pending.setdefault(inode, [])

    def _pend(self, path: Path, undo: Callable[[], None]) -> None:
        self._undo.setdefault(os.path.realpath(path.parent), []).append(undo)

    def _keep(self, path: Path) -> Path | None:
        if not path.is_file():
            return None
        self._shadow.mkdir(exist_ok=True)
        kept = self._shadow / str(self.done)
        os.link(path, kept)
        return kept
