"""One program at a time on a workspace, also after a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from watmos_desktop.services.errors import Told
from watmos_desktop.services.instance import AlreadyOpen, hold

OTHER = """
import sys
from pathlib import Path
from watmos_desktop.services.instance import AlreadyOpen, hold
try:
    with hold(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except AlreadyOpen:
    print("refused", flush=True)
"""


@contextmanager
def other_program(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A second program that takes the workspace, and its first word: held or refused."""
    command = [sys.executable, "-c", OTHER, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        try:
            yield program, program.stdout.readline().strip()
        finally:
            program.kill()


def test_a_second_program_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    home = tmp_path / "workspace"
    with hold(home), other_program(home) as (_, word):
        assert word == "refused"
    with other_program(home) as (program, word):
        assert word == "held"
        with pytest.raises(AlreadyOpen), hold(home):
            raise AssertionError("both hold the workspace")
        program.communicate("")
    with hold(home):
        pass


def test_a_killed_program_leaves_nothing_locked(tmp_path: Path) -> None:
    with other_program(tmp_path) as (program, word):
        assert word == "held"
        program.send_signal(signal.SIGKILL)
        program.wait()
        with hold(tmp_path):
            pass


def test_the_same_program_cannot_hold_it_twice(tmp_path: Path) -> None:
    with hold(tmp_path):
        for _ in range(2):  # the refused second one must not let go of the first
            with pytest.raises(AlreadyOpen), hold(tmp_path):
                raise AssertionError("held twice")
    with hold(tmp_path):
        pass


def test_an_error_inside_lets_go(tmp_path: Path) -> None:
    with pytest.raises(Told, match="as said"), hold(tmp_path):
        raise Told("as said")
    with hold(tmp_path):
        pass


def test_two_workspaces_do_not_meet(tmp_path: Path) -> None:
    with hold(tmp_path / "a"):
        with hold(tmp_path / "b"):
            pass
        with hold(tmp_path / "b"), pytest.raises(AlreadyOpen), hold(tmp_path / "a"):
            raise AssertionError("a second time")


def test_the_words_say_what_to_do() -> None:
    told = AlreadyOpen()
    assert "already open" in told.message
    assert "close it" in told.hint
