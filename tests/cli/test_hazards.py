"""`watmos hazards` and `watmos report hazard`: the window's records and policy; one line when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, Workspace
from tests.fakes import NOW, FakeClock
from tests.landlord import Landlord
from tests.reports.reading import copied
from watmos_desktop import cli
from watmos_desktop.models.kinds import HazardLevel
from watmos_desktop.services import hazards
from watmos_desktop.services.hazard_drafts import HazardDraft, Investigation, Judgement

Run = Callable[..., tuple[int, str, str]]
OFFICER, CARETAKER, AMBASSADOR = "R. Adeyemi", "M. Kaur", "J. Osei"


@pytest.fixture(autouse=True)
def cases(
    landlord_workspace: tuple[Workspace, Landlord],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: FakeClock,
) -> Iterator[None]:
    """Two cases of the small landlord, one looked into; closed, as the environment names it."""
    workspace, made = landlord_workspace
    store = workspace.open(tmp_path / "workspace", clock)
    store.actor = made.officer
    with store.write("two cases") as session:
        draft = HazardDraft("damp_and_mould", home_id=made.home_id, household="A baby", aware_at=NOW)
        case = hazards.open_case(session, draft)
        judged = Judgement(HazardLevel.NONE, "Priya Shah", "Surveyor", "It is dry.")
        found = Investigation(judged, "A splash.", no_action_reason="It wipes off.")
        hazards.conclude(session, case, found)
        hazards.open_case(
            session,
            HazardDraft("electrical", estate_id=made.estate_id, block_id=made.block_id, emergency=True),
        )
    store.close()
    monkeypatch.setenv("WATMOS_HOME", str(store.home))
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("WATMOS_AS", raising=False)
    yield


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str, person: str = OFFICER) -> tuple[int, str, str]:
        code = cli.main(["--as", person, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def listed(run: Run) -> dict[str, dict[str, object]]:
    code, out, _ = run("hazards", "list", "--json")
    assert code == 0
    return {str(row["hazard"]): row for row in json.loads(out)}


def test_cases_are_listed_shown_and_due(run: Run) -> None:
    rows = listed(run)
    assert set(rows) == {"Damp and mould growth", "Electrical hazards"}
    reference = str(rows["Damp and mould growth"]["reference"])
    code, out, _ = run("hazards", "show", reference.lower(), "--json")
    shown = json.loads(out)
    assert code == 0 and shown["household"] == "A baby" and shown["unfinished"] == "the written summary"
    assert {one["key"] for one in shown["clocks"]} == {"AW.investigate", "AW.summary"}
    assert [one["who"] for one in shown["log"]] == [OFFICER, OFFICER]
    assert reference in run("hazards", "show", reference)[1]
    code, out, _ = run("hazards", "due")
    assert code == 0 and str(rows["Electrical hazards"]["reference"]) in out
    assert run("hazards", "list", "--state", "closed")[1] == "None.\n"


def test_who_may_not_know_is_told_in_one_line(run: Run) -> None:
    reference = str(listed(run)["Damp and mould growth"]["reference"])
    _, out, _ = run("hazards", "show", reference, "--json", person=CARETAKER)
    assert json.loads(out)["household"] is None
    for words in (("list",), ("due",), ("show", reference)):
        code, out, err = run("hazards", *words, person=AMBASSADOR)
        assert (code, out) == (2, "") and len(err.splitlines()) == 1
    code, _, err = run("hazards", "show", "H-2222-2222")
    assert code == 2 and len(err.splitlines()) == 1


def test_both_papers_are_written(run: Run, tmp_path: Path) -> None:
    rows = listed(run)
    reference, other = (
        str(rows[name]["reference"]) for name in ("Damp and mould growth", "Electrical hazards")
    )
    for flags, words in (((), "Why we take no action"), (("--log",), "Every step, in order")):
        out = tmp_path / "paper.pdf"
        code, said, _ = run("report", "hazard", reference, "--out", str(out), *flags)
        assert code == 0 and said == f"Written: {out}\n"
        assert words in " ".join(copied(out.read_bytes()))
        out.unlink()
    code, _, err = run("report", "hazard", other, "--out", str(tmp_path / "none.pdf"))
    assert code == 2 and "not been looked into" in err and not (tmp_path / "none.pdf").exists()
