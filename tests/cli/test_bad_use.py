"""Whatever is asked wrongly: exit code 2 and one line that says the next step, nothing personal, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from uuid_utils.compat import uuid7

from tests.conftest import PASSPHRASE, Let
from watmos_desktop.cli import main
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Inspection, Staff
from watmos_desktop.services import inspections, log, references, staff
from watmos_desktop.services.store import DATABASE, Store

Out = pytest.CaptureFixture[str]


@pytest.fixture
def home(let: Let, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small landlord, closed; commands find it and use it as its caretaker."""
    staff.act_as(let.store, "M. Kaur", remember=True)
    let.store.close()
    monkeypatch.setenv("WATMOS_HOME", str(let.store.home))
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("WATMOS_AS", raising=False)
    return let.store.home


def refused(words: list[str], capsys: Out) -> str:
    """The one line with which a command is refused."""
    code = main(words)
    out, err = capsys.readouterr()
    assert (code, err.count("\n"), err[:8]) == (2, 1, "watmos: ")
    assert "Traceback" not in out + err
    return err


def reference(store_home: Path) -> str:
    store = Store.open(store_home, PASSPHRASE)
    try:
        with store.read() as session:
            return session.query(Inspection.reference).limit(1).scalar() or ""
    finally:
        store.close()


READING = (
    ["inspections", "list"],
    ["inspections", "due"],
    ["inspections", "show", "I-AAAA-AAAA"],
    ["report", "inspection", "I-AAAA-AAAA", "--out", "x.pdf"],
    ["report", "noticeboard", "Nowhere House", "--out", "x.pdf"],
    ["export", "homes", "x.csv"],
    ["import", "homes", "x.csv"],
)


@pytest.mark.parametrize("words", [*READING, ["backup"], ["check"]])
def test_a_missing_home_a_wrong_passphrase_and_a_damaged_file(
    home: Path, words: list[str], capsys: Out, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no workspace" in refused([*words, "--home", str(tmp_path / "nowhere")], capsys).lower()
    monkeypatch.setenv("WATMOS_PASSPHRASE", "not the right words at all")
    assert "passphrase" in refused(words, capsys)
    monkeypatch.setenv("WATMOS_PASSPHRASE", "")
    assert "passphrase" in refused(words, capsys)


@pytest.mark.parametrize("words", [*READING, ["backup"]])
def test_a_torn_database(
    home: Path, words: list[str], capsys: Out, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = (home / DATABASE).read_bytes()
    (home / DATABASE).write_bytes(data[:4096] + os.urandom(len(data) - 4096))
    assert "damaged" in refused(words, capsys)


@pytest.mark.parametrize(
    "words",
    [
        ["inspections"],
        ["inspections", "list", "--state", "lost"],
        ["inspections", "list", "--limit", "many"],
        ["inspections", "list", "--limit", "99999999999999999999999"],
        ["inspections", "due", "--days", "99999999999"],
        ["inspections", "show", "I-AAAA-AAAA"],
        ["inspections", "show", "\udcff"],
        ["report"],
        ["report", "inspection", "nothing", "--out", "x.pdf"],
        ["report", "noticeboard", "", "--out", "x.pdf"],
        ["export", "homes", "x.doc"],
        ["import", "homes", "nothing.csv"],
        ["import", "homes", "."],
        ["restore", "nothing"],
        ["backup", "--to", "/proc/nowhere"],
        ["demo", "--homes", "-1"],
        ["due"],
        ["due", "R5", "2026-02-30"],
        ["fly"],
        ["inspections", "list", "--as", "Nobody Here"],
        ["inspections", "list", "--as", "\udcff"],
        ["inspections", "list", "--limit", "-1"],
    ],
)  # fmt: skip
def test_words_that_make_no_sense(
    home: Path, words: list[str], capsys: Out, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here" / "something").write_text("x")
    line = refused(words, capsys)
    assert "Kaur" not in line
    assert "Bell" not in line


@pytest.mark.parametrize("kind", ["inspection", "noticeboard", "export"])
@pytest.mark.parametrize("where", ["missing/x.xlsx", "here", "/proc/x.xlsx"])
def test_a_file_that_cannot_be_written(
    home: Path, kind: str, where: str, capsys: Out, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    who = ["--as", "Grace Bell-Owusu"]
    if kind == "export":
        refused(["export", "homes", where, *who], capsys)
    else:
        refused(
            [
                "report",
                kind,
                reference(home) if kind == "inspection" else "Lindley House A",
                "--out",
                where,
                *who,
            ],
            capsys,
        )
    assert not list(tmp_path.glob("**/*.part"))


def test_an_ambassador_asks_for_what_is_not_theirs(home: Path, capsys: Out, tmp_path: Path) -> None:
    osei = ["--as", "J. Osei"]
    refused(["export", "homes", str(tmp_path / "x.csv"), *osei], capsys)
    store = Store.open(home, PASSPHRASE)
    with store.write("someone", undoable=False) as session:
        session.add(Staff(name="Nia Far", role=Role.AMBASSADOR))
    store.close()
    far = ["--as", "Nia Far"]
    known = reference(home)
    missing = refused(["inspections", "show", references.reference("I", uuid7()), *far], capsys)
    assert refused(["inspections", "show", known, *far], capsys).split(".")[0] == missing.split(".")[0]
    refused(["report", "inspection", known, "--out", str(tmp_path / "x.pdf"), *far], capsys)


def test_a_reader_that_goes_away_is_no_fault(home: Path) -> None:
    command = [sys.executable, "-m", "watmos_desktop", "promises"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_a_script_does_not_change_who_the_window_opens_as(home: Path, capsys: Out) -> None:
    def last() -> object:
        store = Store.open(home, PASSPHRASE)
        try:
            return staff.last_used(store)
        finally:
            store.close()

    before = last()
    assert main(["inspections", "list", "--as", "Grace Bell-Owusu"]) == 0
    assert last() == before


def test_what_nobody_foresaw_is_one_line_too(
    home: Path, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("Mrs Canary, flat 4")

    monkeypatch.setattr(inspections, "page", fails)
    assert main(["inspections", "list"]) == 70
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), "RuntimeError" in err, "Canary" in err) == ("", 1, True, False)
    assert "RuntimeError" in log.recent()[-1]
