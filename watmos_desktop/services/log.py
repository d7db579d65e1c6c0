"""What the program noticed, for whoever helps: event codes and ids, and nothing else (security.md S42).

Nothing is scrubbed, because nothing personal can be passed: a value is an id, a number, a kind or yes and no.
A fault is written as its type and the lines of our own code that it went through, never its message.
"""

from __future__ import annotations

import logging
import platform
import re
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from uuid import UUID

from watmos_desktop import __version__
from watmos_desktop.services import files

FOLDER, FILE = "log", "watmos.log"
LARGEST, OLDER = 512 * 1024, 3  # bytes of a file, and how many older ones are kept
REMEMBERED = 500

Value = UUID | int | float | bool | Enum

_CODE = re.compile(r"[a-z]+(\.[a-z_]+)*")
_ROOT = Path(__file__).resolve().parent.parent
_OURS = {
    _ROOT: _ROOT,
    _ROOT.parent / "watmos_office": _ROOT.parent,
}  # our folders, and what their lines start from
_recent: deque[str] = deque(maxlen=REMEMBERED)
_logger = logging.getLogger("watmos")
_logger.setLevel(logging.INFO)
_logger.propagate = False


class _QuietFile(RotatingFileHandler):
    """Writing the log never stops the work, and says nothing on a screen when the disk is full."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Leave the line out; the newest stay in memory."""


def start(home: Path) -> None:
    """Keep the log in the workspace ``home`` too."""
    stop()
    with suppress(files.NotWritten, OSError):
        folder = files.private_folder(home / FOLDER)
        handler = _QuietFile(
            folder / FILE, maxBytes=LARGEST, backupCount=OLDER, encoding="ascii", errors="backslashreplace"
        )
        handler.setFormatter(logging.Formatter("%(message)s"))
        _logger.addHandler(handler)


def catch_uncaught(tell: Callable[[BaseException], object] | None = None) -> None:
    """Log every fault that nothing caught, in any thread; ``tell`` hears of those in the main one."""

    def uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        _uncaught(error)
        if tell is not None:
            tell(error)

    sys.excepthook = uncaught
    threading.excepthook = _uncaught_in_thread


def stop() -> None:
    """Let go of the file, before the workspace is moved or closed."""
    for handler in tuple(_logger.handlers):
        _logger.removeHandler(handler)
        handler.close()


def event(code: str, /, **values: Value) -> None:
    """Note that something happened: ``event("walk.signed", inspection=id)``.

    Raises TypeError for a code or a value that could hold words.
    """
    if not _CODE.fullmatch(code):
        raise TypeError("an event's code is lower-case words with dots")
    _note(code, *(f"{name}={_plain(value)}" for name, value in values.items()))


def fault(error: BaseException) -> None:
    """Note a fault and what caused it: types and our own lines."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        kind = type(cause)
        word = "fault" if cause is error else "because"
        _note(word, f"{kind.__module__}.{kind.__qualname__}", *_our_frames(cause.__traceback__))
        cause = cause.__cause__ or cause.__context__


def recent() -> list[str]:
    """The newest lines, oldest first, at most 500."""
    return list(_recent)


def report() -> str:
    """What "Copy report" copies: which program on what, and the newest lines."""
    head = f"WATMOS Desktop {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    return "\n".join([head, *_recent]) + "\n"


def _plain(value: Value) -> str:
    if isinstance(value, Enum):  # first: a kind may be a str too, but its words are the program's own
        return str(value.value)
    if isinstance(value, UUID | int | float):
        return str(value)
    raise TypeError(f"{type(value).__name__} may hold words; the log takes ids, numbers and kinds")


def _our_frames(trace: TracebackType | None) -> list[str]:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        path = Path(code.co_filename)
        for folder, root in _OURS.items():
            if path.is_relative_to(folder):
                found.append(f"{path.relative_to(root).as_posix()}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return found


def _note(*words: str) -> None:
    line = " ".join([datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), *words])
    _recent.append(line)
    _logger.info("%s", line)


def _uncaught(error: BaseException) -> None:
    fault(error)
    if sys.stderr is not None:  # a program without a console has none
        print(_recent[-1], file=sys.stderr)  # noqa: T201 - the console of whoever started it


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _uncaught(args.exc_value)
