"""The log takes no words: only codes, ids, numbers and kinds; a fault is its type and our own lines."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from watmos_desktop.models.kinds import Role
from watmos_desktop.services import log, references
from watmos_desktop.services.errors import Told

SECRET = "Zoë Łukasiewicz"


class _Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    log._recent.clear()
    log.start(tmp_path)
    log.catch_uncaught()
    yield tmp_path
    log.stop()


def written(home: Path) -> str:
    return "".join(path.read_text(encoding="ascii") for path in sorted((home / "log").iterdir()))


def test_an_event_is_a_code_with_ids_numbers_and_kinds(home: Path) -> None:
    number = uuid7()
    log.event("walk.signed", inspection=number, items=30, role=Role.CARETAKER, joint=True)
    (line,) = log.recent()
    assert line.endswith(f"walk.signed inspection={number} items=30 role=caretaker joint=True")
    assert written(home) == line + "\n"


@pytest.mark.parametrize("value", [SECRET, b"x", None, ["x"], Path("x"), {"a": 1}])
def test_words_are_refused(home: Path, value: Any) -> None:
    with pytest.raises(TypeError) as told:
        log.event("walk.signed", name=value)
    with pytest.raises(TypeError):
        log.event(f"opened {SECRET}")
    assert SECRET not in str(told.value)
    assert written(home) == ""


def test_a_fault_is_its_type_its_cause_and_our_own_lines(home: Path) -> None:
    try:
        try:
            references.read_reference(f"{SECRET}, flat 3")
        except Told as cause:
            raise KeyError(SECRET) from cause
    except KeyError as error:
        log.fault(error)
    text = written(home)
    assert "fault builtins.KeyError" in text
    assert "because watmos_desktop.services.errors.Told services/references.py:" in text
    assert "Zo" not in text
    assert "test_log" not in text


def test_an_exception_that_causes_itself_does_not_go_round_for_ever() -> None:
    first, second = KeyError(), ValueError()
    first.__context__, second.__context__ = second, first
    log.fault(first)
    assert len(log.recent()) == 2


def test_uncaught_faults_are_written_without_their_words(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sys.excepthook(ValueError, ValueError(SECRET), None)
    args = threading.ExceptHookArgs((ValueError, ValueError(SECRET), None, None))
    threading.excepthook(args)
    assert written(home).count("fault builtins.ValueError") == 2
    assert "Zo" not in written(home) + capsys.readouterr().err


def test_the_file_rolls_over_and_the_newest_500_stay_in_memory(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "LARGEST", 4096)
    log.start(home)
    for number in range(700):
        log.event("tick", n=number)
    assert len(list((home / "log").iterdir())) == 1 + log.OLDER
    assert all(path.stat().st_size <= 4096 for path in (home / "log").iterdir())
    assert len(log.recent()) == 500
    assert log.recent()[-1].endswith("tick n=699")
    assert log.report().splitlines()[0].startswith("WATMOS Desktop ")
    assert len(log.report().splitlines()) == 501


def test_a_disk_that_refuses_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"")
    log.start(in_the_way)
    log.event("tick")
    log.start(tmp_path)
    for handler in log._logger.handlers:
        handler.stream.close()  # type: ignore[attr-defined]
        handler.stream = _Full()  # type: ignore[attr-defined]
    log.event("tock")
    assert [line.split()[-1] for line in log.recent()] == ["tick", "tock"]
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such rights there")
def test_only_its_owner_may_read_it(home: Path) -> None:
    assert (home / "log").stat().st_mode & 0o077 == 0
