"""`watmos adaptations`, `watmos programmes` and their letters: the window's records and policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.conftest import PASSPHRASE, Workspace
from tests.landlord import Landlord
from tests.services.test_programmes import STARTS
from watmos_desktop import cli
from watmos_desktop.services import adaptations, programme_consulting, programmes
from watmos_desktop.services.adaptations import Request
from watmos_desktop.services.clock import SystemClock
from watmos_desktop.services.programmes import ProgrammeDraft

Run = Callable[..., tuple[int, str, str]]
OFFICER, CARETAKER, AMBASSADOR, MANAGER = "R. Adeyemi", "M. Kaur", "J. Osei", "Grace Bell-Owusu"


@pytest.fixture(autouse=True)
def landlord(
    landlord_workspace: tuple[Workspace, Landlord],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Any,
) -> Iterator[Landlord]:
    """The small landlord with a request and kitchens in consultation, closed."""
    workspace, made = landlord_workspace
    store = workspace.open(tmp_path / "workspace", clock)
    store.actor = made.manager
    with store.write("asked") as session:
        adaptations.ask(session, Request(made.home_id, "A grab rail"))
        draft = ProgrammeDraft(made.estate_id, "New kitchens", "New ones", "8 days", starts_on=STARTS)
        key = programmes.create(session, draft)
        programmes.add_homes(session, key)
        programme_consulting.consult(session, key)
    store.close()
    monkeypatch.setenv("WATMOS_HOME", str(store.home))
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("WATMOS_AS", raising=False)
    monkeypatch.setattr(SystemClock, "now", lambda _: clock.now())
    yield made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str, person: str = OFFICER) -> tuple[int, str, str]:
        code = cli.main(["--as", person, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_request_is_listed_and_shown_to_who_may_know(run: Run) -> None:
    (row,) = json.loads(run("adaptations", "list", "--json")[1])
    assert (row["what"], row["status"], row["waits"]) == ("A grab rail", "requested", "Asked today")
    code, out, _ = run("adaptations", "show", row["reference"], "--json")
    shown = json.loads(out)
    assert code == 0 and shown["assessment"] is None and shown["officer"] == MANAGER
    assert row["reference"] in run("adaptations", "show", row["reference"])[1]
    assert run("adaptations", "list", "--state", "decide", "--json")[1] == "[]\n"
    for person in (CARETAKER, AMBASSADOR):
        assert run("adaptations", "list", "--state", "all", person=person) == (0, "", "")
        assert run("adaptations", "show", row["reference"], person=person)[0] == 2


def test_works_are_listed_and_shown_without_homes_to_a_neighbour(run: Run) -> None:
    (row,) = json.loads(run("programmes", "list", "--json")[1])
    assert (row["name"], row["status"], row["homes"]) == ("New kitchens", "consulting", 12)
    shown = json.loads(run("programmes", "show", row["reference"], "--json")[1])
    assert len(shown["homes"]) == 12 and shown["blockers"]
    assert "Flat " in run("programmes", "show", row["reference"])[1]
    shown = json.loads(run("programmes", "show", row["reference"], "--json", person=AMBASSADOR)[1])
    assert (shown["name"], shown["homes"], shown["answers"]) == ("New kitchens", 0, [])
    assert "Flat " not in run("programmes", "show", row["reference"], person=AMBASSADOR)[1]


def test_letters_and_the_sheet_are_written(run: Run, tmp_path: Path) -> None:
    reference = json.loads(run("programmes", "list", "--json")[1])[0]["reference"]
    paper = tmp_path / "letters.pdf"
    assert run("report", "programme", reference, "--letters", "--out", str(paper))[0] == 0
    assert len(PdfReader(paper).pages) == 24
    assert run("report", "programme", reference, "--letters", "start", "--large", "--out", str(paper))[0] == 0
    sheet = tmp_path / "sheet.pdf"
    assert run("report", "programme", reference, "--out", str(sheet), person=AMBASSADOR)[0] == 0
    assert len(PdfReader(sheet).pages) == 1


def test_what_is_wrong_is_one_line(run: Run, tmp_path: Path) -> None:
    reference = json.loads(run("programmes", "list", "--json")[1])[0]["reference"]
    for words, person in (
        (("programmes", "show", "P-2222-2222"), OFFICER),
        (("programmes", "show", "nonsense"), OFFICER),
        (("adaptations", "list", "--state", "nonsense"), OFFICER),
        (("report", "programme", reference, "--letters", "--out", str(tmp_path / "x.pdf")), CARETAKER),
    ):
        code, out, err = run(*words, person=person)
        assert (code, out, err.count("\n")) == (2, "", 1) and err.startswith("watmos: ")
    assert not (tmp_path / "x.pdf").exists()
