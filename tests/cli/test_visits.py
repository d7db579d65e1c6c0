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


def test_letter_day_sheet_and_calendar_file_of_a_planned_visit(
    reference: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letter, sheet, calendar = (tmp_path / name for name in ("letter.pdf", "sheet.pdf", "visit.ics"))
    assert "has no day yet" in refused(capsys, "letter", reference, "--out", str(letter))
    assert cli.main(["visits", "plan", "--accept", "--json"]) == 0
    (one,) = (row for row in json.loads(capsys.readouterr().out)["visits"] if row["what"] == "Asked for")
    day, officer, street = one["day"], one["officer"], one["address"].split(",")[0]
    sizes = {}
    for more in ([], ["--large"], ["--language", "Polish"]):
        assert cli.main(["visits", "letter", reference, "--out", str(letter), *more]) == 0
        text = " ".join(" ".join(copied(letter.read_bytes())).split())
        assert reference in text and street in text and officer in text
        sizes[" ".join(more)] = text
    assert len(set(sizes.values())) == 3 and "Recorded" not in capsys.readouterr().out
    told = ["visits", "letter", reference, "--told", "--out", str(letter)]
    assert cli.main(told) == 0 and "Recorded as posted." in capsys.readouterr().out

    of_day = ["--officer", officer, "--day", day]
    assert cli.main(["visits", "daysheet", *of_day, "--out", str(sheet)]) == 0
    assert "shred it" in capsys.readouterr().out
    text = " ".join(" ".join(copied(sheet.read_bytes())).split())
    assert officer in text and street in text and "The bath is too high" not in text
    for words in ([reference], ["--officer", officer, "--week", day]):
        assert cli.main(["visits", "ics", *words, "--out", str(calendar)]) == 0
        entry = calendar.read_bytes().decode().replace("\r\n ", "")
        assert entry.startswith("BEGIN:VCALENDAR\r\n") and entry.endswith("END:VCALENDAR\r\n")
        assert f"SUMMARY:Visit {reference}\r\n" in entry and f"DTSTART:{day.replace('-', '')}T" in entry
        assert "bath" not in entry

    calendar.unlink()
    capsys.readouterr()
    for words, said in (
        (["letter", "V-AAAA-AAAA", "--out", str(tmp_path / "no")], "a letter wrong"),
        (["letter", reference], "--out"),
        (["daysheet", "--officer", "Nobody", "--day", day, "--out", str(tmp_path / "no")], "There are"),
        (
            ["daysheet", "--officer", officer, "--day", "tomorrow", "--out", str(tmp_path / "no")],
            "2026-04-01",
        ),
        (["ics", "--out", str(calendar)], "or --officer"),
        (["ics", reference, "--officer", officer, "--out", str(calendar)], "or --officer"),
        (["ics", reference, "--out", str(tmp_path / "nowhere" / "visit.ics")], ""),
    ):
        assert said in refused(capsys, *words), words
    assert not calendar.exists() and not (tmp_path / "no").exists()


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line with which a command about visits is refused; its exit code is 2."""
    try:
        code: object = cli.main(["visits", *words])
    except SystemExit as ended:
        code = ended.code
    out, said = capsys.readouterr()
    assert (code, said.count("\n"), out) == (2, 1, ""), said
    return said


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
