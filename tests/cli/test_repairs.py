"""`watmos repairs`: the window's records and policy; one line when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import PASSPHRASE, Workspace
from tests.landlord import Landlord, a_picture
from watmos_desktop import cli
from watmos_desktop.models.tables import Home
from watmos_desktop.services.clock import SystemClock
from watmos_desktop.services.store import Store

Run = Callable[..., tuple[int, str, str]]
OFFICER, AMBASSADOR = "R. Adeyemi", "J. Osei"


@pytest.fixture(autouse=True)
def landlord(
    landlord_workspace: tuple[Workspace, Landlord],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Any,
) -> Iterator[Landlord]:
    """The small landlord, closed, as the environment names it."""
    workspace, made = landlord_workspace
    store = workspace.open(tmp_path / "workspace", clock)
    store.close()
    monkeypatch.setenv("WATMOS_HOME", str(store.home))
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("WATMOS_AS", raising=False)
    monkeypatch.setattr(SystemClock, "now", lambda _: clock.now())
    yield made


@pytest.fixture
def flat(landlord: Landlord, tmp_path: Path) -> str:
    """The address of a home where someone lives."""
    store = Store.open(tmp_path / "workspace", PASSPHRASE)
    with store.read() as session:
        address = session.get_one(Home, landlord.home_id).address
    store.close()
    return address


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str, person: str = OFFICER) -> tuple[int, str, str]:
        code = cli.main(["--as", person, "repairs", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_one_is_reported_listed_and_shown(run: Run) -> None:
    code, out, _ = run("report", "Lindley House A", "lift", "light", "--note", "Third floor", "--json")
    said = json.loads(out)
    assert code == 0 and said["raises"] and said["whose"] == "landlord" and said["priority"] == "routine"
    code, out, _ = run("list", "--json")
    listed = {row["reference"]: row for row in json.loads(out)}
    assert code == 0 and listed[said["reference"]]["where"] == "Lindley House A"
    code, out, _ = run("show", said["reference"].lower().replace("-", " "), "--json")
    shown = json.loads(out)
    assert shown["description"] == "Third floor" and [one["key"] for one in shown["clocks"]] == ["R7"]
    assert shown["account"]["whose"] == "Ours to mend"
    assert run("show", said["reference"])[1].startswith(said["reference"])
    assert said["reference"] in run("report", "lindley house a", "lift", "fault", "--ask")[1]


def test_a_report_says_who_asked_when_where_and_how_they_were_told_with_photos(
    run: Run, flat: str, tmp_path: Path
) -> None:
    photo = tmp_path / "toilet.jpg"
    photo.write_bytes(a_picture())
    home = ("report", flat, "toilet", "blocked", "--json")
    said = run(
        *home,
        *("--person", "zoe lukasiewicz", "--at", "2026-11-23T09:15", "--told", "in_person"),
        *("--photo", str(photo), "--exactly", "Upstairs"),
    )
    reference = json.loads(said[1])["reference"]
    shown = json.loads(run("show", reference, "--json")[1])
    assert (shown["photos"], shown["account"]["person"]) == (1, "Zoë Łukasiewicz")
    assert shown["reported_at"] == "2026-11-23T09:15:00+00:00"
    assert [one["what"] for one in shown["timeline"] if one["kind"] == "told"] == ["Told in person"]
    part = json.loads(run("report", "Lindley House A", "lift", "light", "--area", "lifts", "--json")[1])
    assert json.loads(run("show", part["reference"], "--json")[1])["where"].startswith("Lindley House A · ")
    before = run("list", "--json")[1]
    for words, says in (
        (["--person", "A. Stranger"], "Nobody of that name lives there."),
        (["--at", "yesterday"], "no day and time"),
        (["--at", "2027-01-01T09:00"], "before it happened"),
        (["--photo", str(tmp_path / "none.jpg")], "cannot be read"),
        (["--area", "moat"], "no such part"),
        (["--told", "shouting"], "shouting"),
    ):
        code, out, err = run(*home, *words)
        assert (code, out, err.count("\n")) == (2, "", 1) and says in err, words
    assert run("list", "--json")[1] == before
    silent = json.loads(run(*home, "--told", "nobody")[1])["reference"]
    assert not [
        one for one in json.loads(run("show", silent, "--json")[1])["timeline"] if one["kind"] == "told"
    ]


def test_due_lists_what_is_late_first(run: Run) -> None:
    _, out, _ = run("due", "--json")
    rows = json.loads(out)
    assert rows and rows == sorted(rows, key=lambda row: row["due_at"])
    assert "late" in rows[0]["due"]
    assert run("due")[1].count("\n") == len(rows)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["report", "Nowhere", "lift", "dead"], "is not here"),
        (["report", "Lindley House A", "toilet", "blocked"], "not found there"),
        (["report", "Lindley House A", "lift", "purple"], "how it shows"),
        (["report", "Lindley House A", "lift", "dead", "--priority", "routine"], "why you decide otherwise"),
        (["report", "Lindley House A", "lift", "dead", "--cause", "rust"], "rust"),
        (["show", "R-0000-0000"], "letter wrong"),
        (["list", "--state", "lost"], "lost"),
        ([], "what"),
    ],
)
def test_bad_use_is_one_line(run: Run, words: list[str], says: str) -> None:
    code, out, err = run(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_an_ambassador_may_not_report_for_a_home(run: Run, flat: str) -> None:
    code, _, err = run("report", "Lindley House A", "lift", "dead", "--json", person=AMBASSADOR)
    assert (code, err) == (0, "")
    assert run("report", flat, "toilet", "blocked", "--ask")[0] == 0
    code, out, err = run("report", flat, "toilet", "blocked", person=AMBASSADOR)
    assert (code, out) == (2, "") and "not here" in err


def test_a_list_is_narrowed_sorted_and_saved_as_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("list", "--json")
    whole = json.loads(out)
    assert code == 0 and len(whole) > 2
    for names in (
        ["emergency"],
        ["overdue"],
        ["open", "hazard"],
        ["nobody", "communal"],
        ["mine"],
        ["double"],
    ):
        words = [word for name in names for word in ("--filter", name)]
        code, out, _ = run("list", "--json", *words)
        assert code == 0 and {row["reference"] for row in json.loads(out)} <= {
            row["reference"] for row in whole
        }
    emergency = json.loads(run("list", "--state", "emergency", "--json")[1])
    assert emergency and all(row["priority"] == "emergency" for row in emergency)
    titles = [row["title"] for row in json.loads(run("list", "--sort=-title", "--json")[1])]
    assert titles == sorted(titles, reverse=True)
    here = json.loads(run("list", "--place", "Lindley House A", "--json")[1])
    assert here and all("Lindley House A" in row["where"] for row in here)
    path = tmp_path / "repairs.xlsx"
    code, out, _ = run("list", "--out", str(path))
    sheet = openpyxl.load_workbook(path)["Repairs"]
    rows = list(sheet.iter_rows(values_only=True))
    assert code == 0 and out == f"{len(whole)} repairs exported.\n"
    assert [row[0] for row in rows] == ["Reference", *(row["reference"] for row in whole)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list", "--filter", "open", "--filter", "done"], "Only one of open and done"),
        (["list", "--place", "Nowhere"], "That place"),
        (["list", "--out", "/nowhere/at/all.xlsx"], ""),
        (["figures", "--from", "2026-12-01", "--to", "2026-11-01"], "comes after the last"),
    ],
)
def test_a_list_that_cannot_be_is_one_line(run: Run, words: list[str], said: str) -> None:
    code, out, err = run(*words)
    assert code == 2 and not out and said in err and len(err.splitlines()) <= 2


def test_a_neighbour_may_not_export_nor_see_figures(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "repairs.csv"
    for words in (["list", "--out", str(path)], ["figures"]):
        code, out, err = run(*words, person=AMBASSADOR)
        assert code == 2 and not out and "Your role may not" in err
    assert not path.exists()


def test_figures_say_what_they_are_made_of(run: Run) -> None:
    told = json.loads(run("figures", "--json")[1])
    assert (told["from"], told["to"]) == ("2026-04-01", "2026-11-23")
    figures = {one["key"]: one for one in told["figures"]}
    assert figures["RP02(1)"] == figures["RP02(1)"] | {"numerator": 0, "denominator": 0, "share": None}
    assert figures["overdue"]["denominator"] == len(json.loads(run("list", "--json")[1]))
    out = run("figures", "--from", "2026-11-01")[1]
    assert out.startswith("Completed 1 Nov 2026 to 23 Nov 2026") and "n/a" in out
