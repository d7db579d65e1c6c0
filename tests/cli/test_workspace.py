"""`watmos backup`, `restore`, `check`, `passphrase`: words for people, exit codes for scripts."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from tests.build import an_estate
from tests.conftest import PASSPHRASE
from tests.keyrings import Keyring, sit_at
from watmos_desktop.cli import main, workspace_door
from watmos_desktop.models.tables import Person
from watmos_desktop.services import backup, vault
from watmos_desktop.services.store import Store

NEWER = "gravel tulip anchor mosaic"


@pytest.fixture
def home(store: Store, monkeypatch: pytest.MonkeyPatch) -> Path:
    with store.write("an estate") as session:
        an_estate(session)
    store.close()
    monkeypatch.setenv("WATMOS_HOME", str(store.home))
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    return store.home


def test_backup_list_restore_and_check(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup"]) == 0
    made = backup.latest(home)
    assert made is not None
    assert str(made.path) in capsys.readouterr().out
    assert main(["restore"]) == 0
    assert f"{made.path.name}  " in capsys.readouterr().out
    assert main(["restore", made.path.name]) == 0
    assert capsys.readouterr().out.startswith("Restored what was here on ")
    assert main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "This workspace is sound."
    assert said[1].startswith("Last backup: ")
    assert "it was put back to what it was on" in said[2]


def test_a_whole_copy_and_a_restore_into_an_empty_folder(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "--to", str(tmp_path / "stick")]) == 0
    (copied,) = (tmp_path / "stick").iterdir()
    assert "with 0 photos" in capsys.readouterr().out
    assert main(["restore", str(copied), "--home", str(tmp_path / "new")]) == 0
    capsys.readouterr()
    assert main(["check", "--json", "--home", str(tmp_path / "new")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["sound"], said["findings"], said["last_backup"]) == (True, [], None)
    assert said["restored_from"]


def test_check_says_1_for_findings_and_2_when_it_does_not_open(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(home, PASSPHRASE)
    with store.apply() as connection:
        connection.exec_driver_sql("UPDATE estate SET name = 'Canary Wharf'")
    store.close()
    assert main(["check"]) == 1
    printed = capsys.readouterr().out
    assert "1 record is not as the history says, in “estate”." in printed
    assert "Canary" not in printed
    monkeypatch.setenv("WATMOS_PASSPHRASE", "quite another one")
    assert main(["check"]) == 2
    assert "not the passphrase" in capsys.readouterr().err
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    (home / "watmos.db").write_bytes(b"\x17" * 8192)
    assert main(["check"]) == 2
    assert "damaged" in capsys.readouterr().err


def test_a_restore_that_is_refused_says_so_in_one_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore"]) == 2
    assert main(["restore", "watmos-nowhere"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "Nothing was changed" in said[1]


def test_the_passphrase_is_changed_and_old_backups_follow(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["backup"]) == 0
    made = backup.latest(home)
    assert made is not None
    assert main(["passphrase"]) == 2  # nobody to ask
    assert "WATMOS_NEW_PASSPHRASE" in capsys.readouterr().err
    monkeypatch.setenv("WATMOS_NEW_PASSPHRASE", "short")
    assert main(["passphrase"]) == 2
    monkeypatch.setenv("WATMOS_NEW_PASSPHRASE", NEWER)
    assert main(["passphrase"]) == 0
    assert main(["check"]) == 2
    monkeypatch.setenv("WATMOS_PASSPHRASE", NEWER)
    assert main(["restore", made.path.name]) == 0
    assert main(["check"]) == 0
    assert PASSPHRASE not in capsys.readouterr().out


def test_changing_the_passphrase_of_nothing_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("WATMOS_NEW_PASSPHRASE", NEWER)
    assert main(["passphrase", "--home", str(tmp_path / "new")]) == 2
    assert not (tmp_path / "new").exists()


def test_a_command_that_changed_something_leaves_a_backup(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = store.home
    store.close()
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    args = argparse.Namespace(home=home, person="Grace Bell")
    with workspace_door.open_store(args) as opened, opened.write("a person") as session:
        session.add(Person(name="Someone New"))
    assert len(backup.all_in(home / backup.FOLDER)) == 1
    with workspace_door.open_store(args):
        pass
    assert len(backup.all_in(home / backup.FOLDER)) == 1, "nothing changed, so nothing to keep"


def test_a_tie_prints_its_code_and_scripts_elsewhere_open_by_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    computer = sit_at(monkeypatch, None)
    assert main(["passphrase", "--tie"]) != 0
    assert "no keystore" in capsys.readouterr().err and not vault.is_tied(home)
    computer.ring = Keyring()
    assert main(["passphrase", "--tie"]) == 0
    code = capsys.readouterr().out.split("\n\n")[1].strip()
    assert len(code.split()) == 11 and main(["check"]) == 0
    capsys.readouterr()

    computer.ring = None
    assert main(["check"]) != 0
    assert "recovery code" in capsys.readouterr().err
    monkeypatch.setenv("WATMOS_RECOVERY_CODE", code)
    assert main(["check"]) == 0
    assert main(["backup"]) == 0
    made = backup.latest(home)
    assert made is not None
    assert main(["restore", made.path.name]) == 0
    assert "--alone" in capsys.readouterr().out
    assert main(["passphrase", "--alone"]) == 0
    monkeypatch.delenv("WATMOS_RECOVERY_CODE")
    assert main(["check"]) == 0
