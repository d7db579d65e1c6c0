"""`watmos inspections` and `watmos report`: the window's records and policy; one line when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader

from tests.build import a_staff, an_estate
from tests.conftest import PASSPHRASE, Workspace
from tests.landlord import Landlord
from watmos_desktop import cli
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import inspections, instance
from watmos_desktop.services.references import reference

UNKNOWN = reference("I", UUID(int=1))  # well formed, and nobody's
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def landlord(
    landlord_workspace: tuple[Workspace, Landlord],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Any,
) -> Iterator[tuple[Landlord, str]]:
    """The small landlord, closed, as the environment names it; and the reference of its signed walk."""
    workspace, made = landlord_workspace
    store = workspace.open(tmp_path / "workspace", clock)
    store.actor = made.manager
    with store.read() as session:
        signed = inspections.get(session, made.signed_id).card.reference
    with store.write("someone elsewhere") as session:
        a_staff(session, Role.CARETAKER, "E. Elsewhere", estates=[an_estate(session, name="Far Estate")])
    store.close()
    monkeypatch.setenv("WATMOS_HOME", str(store.home))
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("WATMOS_AS", raising=False)
    yield made, signed


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*words: str, person: str = "M. Kaur") -> tuple[int, str, str]:
        code = cli.main(["--as", person, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_list_show_and_due_say_the_same_as_the_services(run: Run, landlord: tuple[Landlord, str]) -> None:
    _, signed = landlord
    code, out, err = run("inspections", "list", "--json")
    rows = json.loads(out)
    assert (code, err, len(rows)) == (0, "", 2)
    assert rows[0] | {"started_at": "", "finished_at": ""} == {
        "reference": signed,
        "template": "Block inspection",
        "place": "Lindley House A",
        "estate": "Lindley Estate",
        "status": "signed",
        "grade": "B",
        "percent": rows[0]["percent"],
        "defects": 3,
        "joint": False,
        "started_at": "",
        "finished_at": "",
        "by": "M. Kaur",
    }
    shown = json.loads(run("inspections", "show", signed, "--json")[1])
    assert shown["reference"] == signed
    assert len(shown["checksum"]) == 64
    items = [item for area in shown["areas"] for item in area["items"]]
    assert len(items) == 30
    assert sum(item["repair"] is not None for item in items) == 3
    assert [one["grade"] for one in shown["trend"]] == ["A", "B"]
    due = json.loads(run("inspections", "due", "--days", "3650", "--json")[1])
    assert {one["place"] for one in due} == {"Lindley House A", "Lindley House B"}
    assert set(due[0]) == {
        "template", "place", "estate", "every", "due_on", "state", "last_grade", "last_on", "begun",
    }  # fmt: skip


def test_people_read_words_without_codes(run: Run, landlord: tuple[Landlord, str]) -> None:
    _, signed = landlord
    code, out, _ = run("inspections", "show", signed)
    assert code == 0
    assert "Lindley House A, Lindley Estate" in out
    assert "rest of area OK" in out
    assert "not_applicable" not in out and "signed" in out
    assert signed in run("inspections", "list")[1]
    assert "Block inspection" in run("inspections", "due", "--days", "3650")[1]


def test_a_reference_may_be_typed_as_it_comes(run: Run, landlord: tuple[Landlord, str]) -> None:
    _, signed = landlord
    assert run("inspections", "show", signed.lower().replace("-", " "))[0] == 0


def test_unknown_and_not_allowed_are_told_alike(run: Run, landlord: tuple[Landlord, str]) -> None:
    _, signed = landlord
    unknown = run("inspections", "show", UNKNOWN)
    assert unknown[0] == 2
    assert unknown[1] == "" and unknown[2].count("\n") == 1
    assert "is not here" in unknown[2]
    assert run("inspections", "show", signed, person="E. Elsewhere") == unknown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("inspections", "show", "nonsense"), "letter wrong"),
        (("inspections",), "what"),
        (("inspections", "list", "--state", "lost"), "lost"),
        (("report", "inspection", UNKNOWN), "--out"),
        (("report", "noticeboard", "Nowhere", "--out", "x.pdf"), "is not here"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    run: Run, landlord: tuple[Landlord, str], words: tuple[str, ...], said: str
) -> None:
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 and said in err


def test_an_ambassador_reads_no_name(run: Run, landlord: tuple[Landlord, str]) -> None:
    _, signed = landlord
    code, out, _ = run("inspections", "show", signed, "--json", person="J. Osei")
    assert code == 0
    assert "Kaur" not in out


def test_a_report_is_written_whole_and_says_where(
    run: Run, landlord: tuple[Landlord, str], tmp_path: Path
) -> None:
    _, signed = landlord
    target = tmp_path / "report.pdf"
    code, out, _ = run("report", "inspection", signed, "--out", str(target))
    assert (code, out) == (0, f"Written: {target}\n")
    assert "Lindley House A" in PdfReader(target).pages[0].extract_text()
    once = target.read_bytes()
    run("report", "inspection", signed, "--out", str(target))
    assert target.read_bytes() == once
    code, _, err = run("report", "inspection", signed, "--out", str(tmp_path / "no" / "report.pdf"))
    assert code == 2 and "folder is not there" in err


def test_a_noticeboard_sheet_is_one_page_without_names(
    run: Run, landlord: tuple[Landlord, str], tmp_path: Path
) -> None:
    target = tmp_path / "sheet.pdf"
    assert run("report", "noticeboard", "Lindley House A", "--out", str(target))[0] == 0
    (page,) = PdfReader(target).pages
    assert "Kaur" not in page.extract_text()


def test_without_a_passphrase_or_while_open_elsewhere_it_says_so(
    run: Run, landlord: tuple[Landlord, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with instance.hold(tmp_path / "workspace"):
        code, _, err = run("inspections", "list")
        assert code == 2 and "already open" in err
    monkeypatch.setenv("WATMOS_PASSPHRASE", "not it at all, sorry")
    assert "not the passphrase" in run("inspections", "list")[2]
    monkeypatch.delenv("WATMOS_PASSPHRASE")
    assert "passphrase is missing" in run("inspections", "list")[2]


def test_headless_leaves_real_records_alone(
    run: Run, landlord: tuple[Landlord, str], tmp_path: Path, qapp: object
) -> None:
    code, _, err = run("headless", "--out", str(tmp_path / "out"))
    assert code == 2 and "real records" in err
    assert not (tmp_path / "out").exists()
