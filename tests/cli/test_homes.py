"""`watmos demo`, `watmos export homes`, `watmos import homes`: exit codes, JSON, who is asked, what is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE
from watmos_desktop.cli import main


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("WATMOS_AS", raising=False)


def test_a_demo_is_made_exported_and_imported_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, sheet = str(tmp_path / "demo"), tmp_path / "homes.csv"
    assert main(["demo", "--home", home, "--homes", "20", "--years", "0.1", "--seed", "2"]) == 0
    said = capsys.readouterr().out
    assert "20 homes" in said and "M. Kaur" in said and home in said

    assert main(["--home", home, "export", "homes", str(sheet)]) == 2  # the caretaker may not
    assert "may not export" in capsys.readouterr().err
    assert main(["--home", home, "export", "homes", str(sheet), "--as", "Helen Ward"]) == 0
    assert "20 homes" in capsys.readouterr().out

    monkeypatch.setenv("WATMOS_AS", "Helen Ward")  # a name given once is not remembered
    assert main(["--home", home, "import", "homes", str(sheet), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unchanged"] == 20

    text = sheet.read_text("utf-8-sig").replace(",0,", ",upstairs,", 1)
    sheet.write_text(text, "utf-8")
    assert main(["--home", home, "import", "homes", str(sheet), "--yes"]) == 1
    said = capsys.readouterr().out
    assert "line 2, Storey: 'upstairs'" in said and "Nothing was imported" in said
    assert main(["--home", home, "import", "homes", str(sheet), "--yes", "--json"]) == 1
    (refusal,) = json.loads(capsys.readouterr().out)["refused"]
    assert (refusal["line"], refusal["column"], refusal["value"]) == (2, "Storey", "upstairs")

    sheet.write_text(text.replace(",upstairs,", ",3,"), "utf-8")
    monkeypatch.setattr("sys.stdin", None)
    assert main(["--home", home, "import", "homes", str(sheet)]) == 0
    assert "Nothing was imported" in capsys.readouterr().out
    assert main(["--home", home, "import", "homes", str(sheet), "--yes"]) == 0
    assert "1 home written" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["import", "homes"], "FILE"),
        (["import", "tenants", "x.csv"], "tenants"),
        (["import"], "what"),
        (["import", "homes", "x.csv"], "no workspace"),
        (["demo", "--homes", "many"], "homes"),
        (["demo", "--homes", "0"], "1 to 20,000"),
    ],
)
def test_bad_use_is_one_line_and_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert main(["--home", str(tmp_path / "none"), *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert says in err
    assert not (tmp_path / "none").exists()


def test_without_a_passphrase_or_a_terminal_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WATMOS_PASSPHRASE")
    monkeypatch.setattr("sys.stdin", None)
    assert main(["--home", str(tmp_path), "demo"]) == 2
    assert "WATMOS_PASSPHRASE" in capsys.readouterr().err
