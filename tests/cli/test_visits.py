"""`watmos visits`: the due list, a plan that is only saved when asked to, one visit; the window's own policy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PASSPHRASE, Let, Workspace
from tests.landlord import Landlord
from tests.reports.reading import copied
from tests.services.test_visit_after import answers, does
from watmos_desktop import cli
from watmos_desktop.models.kinds import VisitKind
from watmos_desktop.services import visit_walk, visits
from watmos_desktop.services.visits import VisitDraft


@pytest.fixture
def reference(
    landlord_workspace: tuple[Workspace, Landlord],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Any,
) -> Iterator[str]:
    """The small landlord, closed, as the environment names it; and a visit that somebody asked for."""
    workspace, made = landlord_workspace
    store = workspace.open(tmp_path / "workspace", clock)
    store.actor = made.officer
    with store.write("asked") as session:
        due = clock.now().date() + timedelta(days=3)
        draft = VisitDraft(made.home_id, VisitKind.REQUESTED, due, "The bath is too high")
        visit_id = visits.arrange(session, draft)
        name = visits.get(session, visit_id).card.reference
    store.close()
    monkeypatch.setenv("WATMOS_HOME", str(store.home))
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("WATMOS_AS", made.officer.name)
    yield name


def test_due_plan_and_show(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["visits", "due", "--state", "asked", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["kind"] == "requested" and row["planned_on"] is None
    assert cli.main(["visits", "plan"]) == 0
    assert "Not saved" in capsys.readouterr().out
    assert cli.main(["visits", "show", reference.lower(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["planned_on"] is None
    assert cli.main(["visits", "plan", "--accept", "--json"]) == 0
    planned = json.loads(capsys.readouterr().out)["visits"]
    assert planned and all(one["why"] for one in planned)
    assert cli.main(["visits", "show", reference]) == 0
    shown = capsys.readouterr().out
    assert reference in shown and "The bath is too high" in shown and "Not planned" not in shown


def test_figures_for_people_and_scripts(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["visits", "figures", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["key"] for one in told["figures"]} >= {"H2", "first_time", "T1", "follow_ups"}
    assert told["mean"] is None and len(told["months"]) == 36
    assert sum(one["homes"] for one in told["estates"]) == told["figures"][0]["denominator"]
    assert cli.main(["visits", "figures", "--from", "2026-12-01", "--to", "2026-11-01"]) != 0
    assert "comes after the last" in capsys.readouterr().err
    assert cli.main(["visits", "figures"]) == 0
    assert "homes seen in the last three years" in capsys.readouterr().out
    assert reference


def test_wrong_words_are_one_line(reference: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["visits", "plan", "--officer", "Nobody"]) != 0
    assert "Nobody of that name makes visits" in capsys.readouterr().err
    assert cli.main(["--as", "M. Kaur", "visits", "due"]) != 0
    assert "Your role may not" in capsys.readouterr().err
    assert reference


@pytest.fixture
def done(
    landlord_workspace: tuple[Workspace, Landlord],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Any,
) -> str:
    """A visit that was done at a home with a dripping tap and a whisper, its workspace closed."""
    workspace, made = landlord_workspace
    store = workspace.open(tmp_path / "workspace", clock)
    store.actor = made.officer
    let = Let(store, made)
    visit = does(let, visits.arrange, VisitDraft(made.home_id, VisitKind.REQUESTED, asked="The tap"))
    does(let, visit_walk.start, visit)
    answers(let, visit, {"repairs": ["yes"], "repairs_what": ["The tap drips"], "safety": ["told"]})
    does(let, visit_walk.complete, visit, "would rather not")
    with store.read() as session:
        reference = visits.get(session, visit).card.reference
    store.close()
    monkeypatch.setenv("WATMOS_HOME", str(store.home))
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("WATMOS_AS", made.officer.name)
    return reference


def test_both_copies_and_what_came_of_it(
    done: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["visits", "show", done, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    (tap,) = shown["follow_ups"]
    assert tap["words"] == "The tap drips" and tap["reference"].startswith("R-") and tap["promised_on"]
    assert shown["approval"] == "waits" and "told" not in json.dumps(shown)
    assert cli.main(["visits", "show", done]) == 0
    assert tap["reference"] in (line := capsys.readouterr().out) and "The tap drips" in line
    for audience, more, words in (
        ("resident", [], "What we do, and by when"),
        ("resident", ["--large"], "What we do, and by when"),
        ("staff", [], "The whole form"),
    ):
        out = tmp_path / f"{audience}{len(more)}.pdf"
        assert cli.main(["report", "visit", done, "--audience", audience, "--out", str(out), *more]) == 0
        text = " ".join(" ".join(copied(out.read_bytes())).split())
        assert words in text and tap["reference"] in text and "They told me" not in text
    assert (
        cli.main(["report", "visit", "V-0000-0000", "--audience", "staff", "--out", str(tmp_path / "no.pdf")])
        != 0
    )
    assert not (tmp_path / "no.pdf").exists()
