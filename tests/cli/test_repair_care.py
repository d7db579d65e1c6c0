"""`watmos repairs tell | note | complete | asked`: the same story and the same errors as in the window."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_repairs import AMBASSADOR, Run, landlord, run
from tests.landlord import a_picture

__all__ = ["landlord", "run"]


@pytest.fixture
def reference(run: Run) -> str:
    said = json.loads(run("report", "Lindley House A", "lift", "light", "--json")[1])
    return str(said["reference"])


def story(run: Run, reference: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("show", reference, "--json")[1])["timeline"]
    return found


def test_told_noted_completed_asked_and_open_again(run: Run, reference: str, tmp_path: Path) -> None:
    assert run("tell", reference, "The lamp comes on Friday.", "--how", "phone")[0] == 0
    assert run("note", reference, "Ladder needed")[0] == 0
    picture = tmp_path / "lamp.jpg"
    picture.write_bytes(a_picture())
    code, out, _ = run("complete", reference, "--photo", str(picture), "--note", "New lamp")
    assert (code, out) == (0, f"{reference}: Done in time.\n")
    code, out, _ = run("asked", reference, "--how", "phone", "--not-fixed", "--score", "2", "--json")
    said = json.loads(out)
    assert code == 0 and said["status"] == "reported" and "The first promise stands" in said["said"]
    told = story(run, reference)
    assert {"told", "note", "asked", "reported", "promise"} <= {one["kind"] for one in told}
    assert "The lamp comes on Friday." in {one["more"] for one in told}
    assert "Ladder needed" in run("show", reference)[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("complete",), "There is no photo of the finished work."),
        (("complete", "--photo", "nowhere.jpg"), "cannot be read"),
        (("complete", "--without-photo", "x", "--at", "tomorrow"), "no day and time"),
        (("complete", "--without-photo", "x", "--at", "2020-01-01T10:00"), "before it was reported"),
        (("tell", " ", "--how", "phone"), "Say what the resident was told."),
        (("tell", "x", "--how", "pigeon"), "invalid choice"),
        (("note", "x" * 4001), "can have 4,000 letters"),
        (("asked", "--how", "phone"), "That repair is not done."),
        (("asked", "--how", "phone", "--score", "3"), "Say whether it is fixed."),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    run: Run,
    reference: str,
    words: tuple[str, ...],
    said: str,
) -> None:
    code, out, err = run(words[0], reference, *words[1:])
    assert (code, out) == (2, "") and said in err and err.count("\n") == 1
    assert "kind" not in err and story(run, reference)[0]["kind"] in {"promise", "reported"}


def test_an_ambassador_may_do_none_of_it(run: Run, reference: str) -> None:
    for words in (("tell", "x", "--how", "phone"), ("note", "x"), ("complete", "--without-photo", "x")):
        code, _, err = run(words[0], reference, *words[1:], person=AMBASSADOR)
        assert code == 2 and "Your role may not" in err
