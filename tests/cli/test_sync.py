"""`watmos enrol`, `sync`, `status` and `bundle` against an office that runs as a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.build import an_estate
from tests.conftest import PASSPHRASE
from watmos_desktop.cli import main
from watmos_desktop.services import staff
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import memory
from watmos_office.cli import main as office_main

Run = Callable[..., tuple[int, str, str]]


@dataclass
class Serving:
    """A running office; ``stop`` ends it as a service manager does."""

    home: Path
    url: str
    code: str
    member: str
    program: subprocess.Popen[str]

    def stop(self) -> None:
        self.program.terminate()
        self.program.communicate(timeout=20)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Serving]:
    home = tmp_path / "office"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WATMOS")}
    program = subprocess.Popen(
        [sys.executable, "-m", "watmos_office.cli", "serve", "--home", str(home), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert program.stdout is not None
    said = json.loads(program.stdout.readline())
    serving = Serving(home, said["url"], said["first"]["code"], said["first"]["member"], program)
    yield serving
    serving.stop()


@pytest.fixture
def watmos(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("WATMOS_HOME", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

    def run(home: Path, *words: str) -> tuple[int, str, str]:
        code = main(["--home", str(home), *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def _an_estate(home: Path, name: str) -> None:
    store = Store.open(home, PASSPHRASE)
    who = staff.last_used(store)
    assert who is not None
    staff.act_as(store, who)
    with store.write("an estate") as session:
        an_estate(session, name=name)
    store.close()


def _office(office: Serving, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert office_main([*words, "--home", str(office.home), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_from_a_code_to_a_bundle(
    office: Serving, watmos: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    code, said, _ = watmos(one, "enrol", office.url, office.code, "--device", "Laptop")
    assert (code, said.splitlines()[0]) == (0, f"Joined {office.url} as Office administrator, manager.")
    assert watmos(tmp_path / "three", "enrol", office.url, office.code)[0] == 2  # used up
    assert not (tmp_path / "three").exists()

    assert watmos(one, "sync")[0] == 0
    _an_estate(one, "Lindley Estate")
    code, said, _ = watmos(one, "status", "--json")
    status = json.loads(said)
    assert (code, status["records"], status["safe_to_go_home"], status["joined"]) == (1, 1, False, True)
    code, said, _ = watmos(one, "sync")
    assert (code, said.startswith("Sent 1 change, ")) == (0, True)
    code, said, _ = watmos(one, "status")
    assert code == 0
    assert "Safe to go home: the office has confirmed 1 of 1 record and 0 of 0 photos." in said

    again = _office(office, capsys, "device", "code", office.member)
    assert watmos(two, "enrol", office.url, again["code"], "--json")[0] == 0
    code, said, _ = watmos(two, "sync", "--json")
    report = json.loads(said)
    assert (code, report["report"]["pushed"], report["status"]["waiting"]) == (0, 0, 0)
    assert report["report"]["pulled"] >= 1

    _an_estate(one, "Oak Estate")
    code, said, _ = watmos(one, "bundle", "export", str(tmp_path / "out.watmos"))
    assert (code, said.splitlines()[0].split(" to ")[0]) == (0, "Wrote 1 change and 0 photos")
    assert watmos(two, "bundle", "import", str(tmp_path / "out.watmos"))[0] == 0
    assert json.loads(watmos(two, "sync", "--json")[1])["report"]["pulled"] >= 1
    assert watmos(two, "bundle", "import", str(tmp_path / "office"))[0] == 2

    devices = _office(office, capsys, "device", "list")
    listed = devices if isinstance(devices, list) else devices["devices"]
    laptop = next(one["id"] for one in listed if one["name"] == "Laptop")
    assert office_main(["device", "suspend", laptop, "--home", str(office.home)]) == 0
    capsys.readouterr()
    code, _, err = watmos(one, "sync")
    assert (code, err.startswith("watmos: The office has paused this device.")) == (4, True)
    assert "paused" in watmos(one, "status")[1]

    office.stop()
    code, _, err = watmos(two, "sync")
    assert (code, err.startswith("watmos: The office cannot be reached just now.")) == (3, True)
    assert json.loads(watmos(two, "status", "--json")[1])["problem"].startswith(
        "The office cannot be reached"
    )


def test_without_the_office_for_too_long_commands_show_nothing_and_sync_opens_them_again(
    office: Serving, watmos: Run, tmp_path: Path
) -> None:
    home = tmp_path / "one"
    assert watmos(home, "enrol", office.url, office.code)[0] == 0
    assert watmos(home, "sync")[0] == 0
    assert watmos(home, "inspections", "list")[0] == 0
    store = Store.open(home, PASSPHRASE)
    ended = replace(memory.load(store), lease_until="2020-01-01T00:00:00+00:00")
    with store.apply() as connection:
        memory.write(connection, ended)
    store.close()
    for words in (["inspections", "list"], ["export", "homes", str(tmp_path / "out.xlsx")]):
        code, said, err = watmos(home, *words)
        assert (code, said) == (2, "")
        assert "not been in touch with the office for too long" in err
    assert not (tmp_path / "out.xlsx").exists()
    assert watmos(home, "status")[0] == 0, "it tells how things stand, and no record"
    assert watmos(home, "sync")[0] == 0
    assert watmos(home, "inspections", "list")[0] == 0


def test_what_is_wrong_is_told_in_one_line(watmos: Run, tmp_path: Path, store: Store) -> None:
    assert watmos(tmp_path / "new", "enrol", "http://office.example.org", "CODE")[0] == 2
    assert watmos(tmp_path / "new", "enrol", "http://127.0.0.1:9", "CODE")[0] == 3
    assert not (tmp_path / "new").exists()
    store.close()
    for words in (["sync"], ["bundle", "export", "x"], ["bundle", "import", "x"], ["bundle"]):
        code, out, err = watmos(store.home, *words)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
    code, said, _ = watmos(store.home, "status")
    assert (code, said.splitlines()[0]) == (0, "Saved here · nothing waiting · No office yet")


@pytest.mark.parametrize("words", [["sync"], ["status"], ["enrol"], ["bundle", "import"]])
def test_the_codes_of_exit_are_written_down(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*words, "--help"])
    assert "exit" in capsys.readouterr().out
