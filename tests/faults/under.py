"""Puts a disk under a process: a SQLite VFS over the real one, and the functions of ``os`` that write.

SQLCipher's library gives out ``sqlite3_vfs_register``, so ctypes is enough and no compiler is needed.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3

from tests.faults.disk import Disk, Mode

SQLITE_FULL, IOERR_WRITE, IOERR_FSYNC, IOERR_TRUNCATE, IOERR_DELETE = 13, 778, 1034, 1546, 2570
_CREATE, _JOURNALS = (
    0x4,
    0x800 | 0x80000,
)  # SQLITE_OPEN_CREATE; main journal and WAL, whose first sync syncs the name


def install(disk: Disk) -> None:
    """Put the disk under everything that this process does from now on: for a process that was forked for it."""
    _Os(disk).register()
    _Vfs(disk).register()


class _Os:
    """The functions of ``os`` that services/files.py and pathlib write with, seen by a disk."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._opened: dict[int, Path] = {}
        self._real = {name: getattr(os, name) for name in _WRITING}

    def register(self) -> None:
        """Take the place of the real ones."""
        for name in _WRITING:
            setattr(os, name, getattr(self, name))

    def _before(self, name: str, *, needs_room: bool = False) -> None:
        if self._disk.before(name, needs_room=needs_room):
            number = errno.ENOSPC if self._disk.mode is Mode.FULL else errno.EIO
            raise OSError(number, os.strerror(number))

    def _here(self, path: Any, keywords: dict[str, Any]) -> Path | None:
        """The path if it is on the disk; shutil's own removing (with ``dir_fd``) is left alone."""
        found = Path(os.fsdecode(path))
        return found if "dir_fd" not in keywords and self._disk.holds(found) else None

    def open(self, path: Any, flags: int, *args: Any, **keywords: Any) -> int:
        """Like ``os.open``."""
        here = self._here(path, keywords)
        new = here is not None and flags & os.O_CREAT and not here.exists()
        if new:
            self._before("create", needs_room=True)
        number: int = self._real["open"](path, flags, *args, **keywords)
        if here is not None:
            self._opened[number] = here
            if new:
                self._disk.made(here)
        return number

    def close(self, number: int) -> None:
        """Like ``os.close``."""
        self._opened.pop(number, None)
        self._real["close"](number)

    def write(self, number: int, data: Any) -> int:
        """Like ``os.write``; all of it is taken."""
        write = self._real["write"]
        if number not in self._opened:
            return int(write(number, data))
        self._before("write", needs_room=True)
        raw, offset = bytes(data), os.lseek(number, 0, os.SEEK_CUR)
        self._disk.write(self._opened[number], offset, raw, lambda some: write(number, some))
        return len(raw)

    def fsync(self, number: int) -> None:
        """Like ``os.fsync``, in the model alone: what is safe is kept there, and the real one only costs time."""
        if path := self._opened.get(number):
            self._before("sync")
            if path.is_dir():
                self._disk.sync_names(path)
            else:
                self._disk.sync(path)

    def rename(self, old: Any, new: Any, **keywords: Any) -> None:
        """Like ``os.rename``."""
        if here := self._here(new, keywords):
            self._before("rename")
            self._disk.renamed(Path(os.fsdecode(old)), here)
        self._real["rename"](old, new, **keywords)

    replace = rename

    def unlink(self, path: Any, **keywords: Any) -> None:
        """Like ``os.unlink``."""
        if (here := self._here(path, keywords)) and here.exists():
            self._before("unlink")
            self._disk.gone(here)
        self._real["unlink"](path, **keywords)

    def mkdir(self, path: Any, *args: Any, **keywords: Any) -> None:
        """Like ``os.mkdir``."""
        here = self._here(path, keywords)
        new = here is not None and not here.exists()
        if new:
            self._before("mkdir", needs_room=True)
        self._real["mkdir"](path, *args, **keywords)
        if here is not None and new:
            self._disk.made(here)


_WRITING = ("open", "close", "write", "fsync", "rename", "replace", "unlink", "mkdir")


_P, _I, _L = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_WRITE = ctypes.CFUNCTYPE(_I, _P, _P, _I, _L)  # (file, data, amount, offset)
_TRUNCATE = ctypes.CFUNCTYPE(_I, _P, _L)  # (file, size)
_SYNC = ctypes.CFUNCTYPE(_I, _P, _I)  # (file, flags)
_CLOSE = ctypes.CFUNCTYPE(_I, _P)
_OPEN = ctypes.CFUNCTYPE(
    _I, _P, _P, _P, _I, _P
)  # (vfs, name, file, flags, out); SQLite keeps the name's address
_DELETE = ctypes.CFUNCTYPE(_I, _P, ctypes.c_char_p, _I)  # (vfs, name, sync the folder)


class _VfsHead(ctypes.Structure):
    """The beginning of ``sqlite3_vfs`` (sqlite.org/c3ref/vfs.html); what follows is copied as it is."""

    _fields_ = (
        ("version", _I),
        ("file_size", _I),
        ("path_size", _I),
        ("next", _P),
        ("name", ctypes.c_char_p),
        ("data", _P),
        ("open", _P),
        ("delete", _P),
    )


class _Methods(ctypes.Structure):
    """The beginning of ``sqlite3_io_methods`` (sqlite.org/c3ref/io_methods.html)."""

    _fields_ = (
        ("version", _I),
        ("close", _P),
        ("read", _P),
        ("write", _P),
        ("truncate", _P),
        ("sync", _P),
    )


_VFS_SIZE, _METHODS_SIZE = 21 * 8, 19 * 8  # both structures, version 3, on a 64-bit machine


@dataclass
class _Opened:
    path: Path
    new_journal: bool


class _Vfs:
    """The real VFS with its writes, cuts, syncs, new files and deletions seen by a disk."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._files: dict[int, _Opened] = {}
        self._library = ctypes.CDLL(sqlcipher3._sqlite3.__file__)
        self._library.sqlite3_vfs_find.restype = _P
        real = self._library.sqlite3_vfs_find(None)
        self._memory = ctypes.create_string_buffer(ctypes.string_at(real, _VFS_SIZE), _VFS_SIZE)
        self._vfs = _VfsHead.from_buffer(self._memory)
        self._real_open, self._real_delete = _OPEN(self._vfs.open), _DELETE(self._vfs.delete)
        self._tables: dict[int, Any] = {}
        self._kept: list[Any] = [_OPEN(self._open), _DELETE(self._delete)]
        self._vfs.open, self._vfs.delete = (ctypes.cast(function, _P) for function in self._kept)
        self._vfs.name = b"failing"
        _alive.append(self)

    def register(self) -> None:
        """Make it the one that every new connection uses."""
        assert self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1) == 0

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        path = Path(os.fsdecode(ctypes.string_at(name))) if name else None
        if path is None or not self._disk.holds(path):
            return int(self._real_open(vfs, name, file, flags, out))
        new = bool(flags & _CREATE) and not path.exists()
        if new and self._disk.before("create", needs_room=True):
            return SQLITE_FULL if self._disk.mode is Mode.FULL else IOERR_WRITE
        result = int(self._real_open(vfs, name, file, flags, out))
        if result == 0:
            if new:
                self._disk.made(path)
            self._files[file] = _Opened(path, new and bool(flags & _JOURNALS))
            methods = ctypes.cast(file, ctypes.POINTER(_P))
            methods[0] = self._table(methods[0])
        return result

    def _delete(self, vfs: int, name: bytes, sync: int) -> int:
        path = Path(os.fsdecode(name))
        if not path.exists() or not self._disk.holds(path):
            return int(self._real_delete(vfs, name, sync))
        if self._disk.before("unlink"):
            return IOERR_DELETE
        self._disk.gone(path)
        result = int(self._real_delete(vfs, name, 0))
        if sync and result == 0:
            self._disk.sync_names(path.parent)
        return result

    def _table(self, real: int) -> int:
        """The methods of a file with ours in the place of three of them."""
        if real not in self._tables:
            memory = ctypes.create_string_buffer(ctypes.string_at(real, _METHODS_SIZE), _METHODS_SIZE)
            methods = _Methods.from_buffer(memory)
            ours = (
                _CLOSE(self._closing(_CLOSE(methods.close))),
                _WRITE(self._writing(_WRITE(methods.write))),
                _TRUNCATE(self._cutting(_TRUNCATE(methods.truncate))),
                _SYNC(self._syncing(_SYNC(methods.sync))),
            )
            methods.close, methods.write, methods.truncate, methods.sync = (
                ctypes.cast(function, _P) for function in ours
            )
            self._kept.append(ours)
            self._tables[real] = memory
        return ctypes.addressof(self._tables[real])

    def _closing(self, real: Any) -> Callable[[int], int]:
        def close(file: int) -> int:
            self._files.pop(file, None)
            return int(real(file))

        return close

    def _writing(self, real: Any) -> Callable[[int, int, int, int], int]:
        def write(file: int, data: int, amount: int, offset: int) -> int:
            if self._disk.before("write", needs_room=True):
                return SQLITE_FULL if self._disk.mode is Mode.FULL else IOERR_WRITE
            result = [0]

            def put(some: bytes) -> None:
                result[0] = int(real(file, ctypes.cast(ctypes.c_char_p(some), _P), len(some), offset))

            self._disk.write(self._files[file].path, offset, ctypes.string_at(data, amount), put)
            return result[0]

        return write

    def _cutting(self, real: Any) -> Callable[[int, int], int]:
        def cut(file: int, size: int) -> int:
            if self._disk.before("cut"):
                return IOERR_TRUNCATE
            self._disk.cut(self._files[file].path, size)
            return int(real(file, size))

        return cut

    def _syncing(self, real: Any) -> Callable[[int, int], int]:
        def sync(file: int, flags: int) -> int:
            if self._disk.before("sync"):
                return IOERR_FSYNC
            opened = self._files[file]
            self._disk.sync(opened.path)
            if opened.new_journal:
                self._disk.sync_names(opened.path.parent)
                opened.new_journal = False
            return 0

        return sync


_alive: list[Any] = []  # SQLite keeps pointers into them for as long as the process lives
