"""`watmos due` and `watmos promises`, called as a function and once as a real program."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from watmos_desktop import cli


@pytest.mark.parametrize(
    ("key", "start", "due_date", "due_at"),
    [
        ("R7", "2026-11-23", "2026-12-30", "2026-12-30T23:59:59+00:00"),
        ("R5", "2026-11-23T10:42Z", "2026-11-24", "2026-11-24T10:42:00+00:00"),
        ("R5", "2026-10-24T20:00:00+01:00", "2026-10-25", "2026-10-25T19:00:00+00:00"),
        ("C1", "2026-07-01 23:30+00:00", "2026-07-06", "2026-07-06T23:59:59+01:00"),
    ],
)
def test_due_for_scripts(
    key: str, start: str, due_date: str, due_at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["due", key, start, "--json"]) == 0
    out = capsys.readouterr()
    assert json.loads(out.out) == {"key": key, "start": start, "due_date": due_date, "due_at": due_at}
    assert out.err == ""


def test_due_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["due", "R7", "2026-11-23"]) == 0
    assert (
        capsys.readouterr().out == "R7 is due by the end of Wednesday 30 December 2026 (25 working days).\n"
    )
    assert cli.main(["due", "R5", "2026-10-24T20:00+01:00"]) == 0
    assert capsys.readouterr().out == "R5 is due at 19:00 on Sunday 25 October 2026 (24 hours).\n"
    assert cli.main(["due", "K4.extended", "2026-12-01"]) == 0
    assert "31 December 2026 (a further 10 working days)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "wrong"),
    [
        (["due", "X9", "2026-11-23"], "no clock 'X9'"),
        (["due", "R5", "2026-11-23T10:42"], "offset"),
        (["due", "C1", "2026-11-23T10:42:00"], "offset"),
        (["due", "R5", "2026-02-30"], "'2026-02-30'"),
        (["due", "R5", "23/11/2026"], "'23/11/2026'"),
        (["due", "R5", "20261123"], "'20261123'"),
        (["due", "R5", "2026-11-23T25:00Z"], "'2026-11-23T25:00Z'"),
        (["due", "R5", "tomorrow\nor so"], "no date"),
        (["due", "R5", ""], "no date"),
        (["due", "R5", "2014-12-31"], "2015 to 2035"),
        (["due", "R7", "2035-12-20"], "2015 to 2035"),
        (["due", "R5", "0001-01-01T00:00+14:00"], "2015 to 2035"),
        (["due", "R5"], "START"),
        (["due", "R5", "2026-11-23", "and\nmore"], "unrecognized"),
        (["nonsense"], "nonsense"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_2(
    argv: list[str], wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(argv) == 2
    out = capsys.readouterr()
    assert out.out == ""
    assert out.err.count("\n") == 1
    assert wrong.lower() in out.err.lower()


def test_all_promises_with_their_clocks(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["promises", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert len(rows) == 57
    assert [clock["key"] for clock in rows["K5"]["clocks"]] == ["K5.ack", "K5", "K5.extended"]
    assert {rows["R7"]["clocks"][0][name] for name in ("amount", "unit", "holds_from")} == {
        25,
        "wd",
        "2026-01-01",
    }
    assert cli.main(["promises"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "R7   Routine repairs · Repairs" in lines
    assert "     R7: 25 working days (repair reported or defect observed → completed)" in lines


def test_the_real_program() -> None:
    def watmos(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "watmos_desktop", *words], capture_output=True, text=True, check=False
        )

    fine = watmos("due", "A1", "2026-12-24", "--json")
    assert (fine.returncode, json.loads(fine.stdout)["due_date"], fine.stderr) == (0, "2026-12-29", "")
    wrong = watmos("due", "A1", "Christmas")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)


def test_what_is_printed_is_utf_8_wherever_it_goes() -> None:
    env = os.environ | {"PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(
        [sys.executable, "-m", "watmos_desktop", "promises"], capture_output=True, env=env, check=True
    )
    assert "query received → acknowledged" in done.stdout.decode("utf-8")


def test_due_loads_neither_qt_nor_the_database_layer() -> None:
    heavy = {
        "PySide6",
        "sqlalchemy",
        "sqlcipher3",
        "alembic",
        "reportlab",
        "PIL",
        "cryptography",
        "argon2",
        "openpyxl",
    }
    code = (
        "import sys; from watmos_desktop.cli import main; main(['due', 'R7', '2026-11-23']); "
        f"print(sorted({heavy} & {{name.split('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("argv", "home", "person"),
    [
        (["look"], "/from/environment", None),
        (["--home", "/a", "--as", "Ada", "look"], "/a", "Ada"),
        (["look", "--home", "/b", "--as", "Ben"], "/b", "Ben"),
        (["--home", "/a", "--as", "Ada", "look", "--home", "/b"], "/b", "Ada"),
    ],
)
def test_the_workspace_may_be_named_before_and_after_a_command(
    argv: list[str], home: str, person: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATMOS_HOME", "/from/environment")
    parser = cli.make_parser()
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    commands.add_parser("look", parents=[cli.workspace_options()])
    args = parser.parse_args(argv)
    assert (args.home, args.person) == (Path(home), person)


def test_without_the_variable_the_platform_names_the_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATMOS_HOME", raising=False)
    assert cli.make_parser().parse_args([]).home.name == "watmos"
