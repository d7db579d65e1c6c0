"""`watmos contractors list`, `watmos repairs order` and `appointments`: the window's services, policy and errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.build import a_contractor
from tests.cli.test_repairs import AMBASSADOR, OFFICER, Run, landlord
from tests.conftest import PASSPHRASE
from tests.landlord import Landlord
from watmos_desktop import cli
from watmos_desktop.models.kinds import Slot
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import access, appointments, order_view, slots, staff
from watmos_desktop.services.access import AttemptDraft
from watmos_desktop.services.calendar import working_days_after
from watmos_desktop.services.clock import SystemClock
from watmos_desktop.services.store import Store

__all__ = ["landlord"]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], landlord: Landlord) -> Run:
    def call(*words: str, person: str = OFFICER) -> tuple[int, str, str]:
        code = cli.main(["--as", person, *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def reference(landlord: Landlord, monkeypatch: pytest.MonkeyPatch) -> str:
    """A door entry repair, and firms for it and not for it."""
    with opened() as store:
        staff.act_as(store, OFFICER)
        with store.write("firms", undoable=False) as session:
            a_contractor(session, "Doorway", code="DOOR-1", trades=["door_entry"], contact="Priya Shah")
            a_contractor(session, "Gone", code="GONE", active=False)
            a_contractor(session, "Joiners", code="JOIN")
            row = session.get(Repair, landlord.repair_id)
            assert row is not None
            return row.reference


class opened:  # noqa: N801 - reads as a verb
    """The workspace of the environment, open for a moment."""

    def __enter__(self) -> Store:
        import os
        from pathlib import Path

        self._store = Store.open(Path(os.environ["WATMOS_HOME"]), PASSPHRASE)
        return self._store

    def __exit__(self, *_: object) -> None:
        self._store.close()


def rows(run: Run, *words: str, **more: Any) -> Any:
    code, out, err = run(*words, "--json", **more)
    assert code == 0, err
    return json.loads(out)


def test_the_register_as_lines_and_json(run: Run, reference: str) -> None:
    found = rows(run, "contractors", "list")
    assert [row["code"] for row in found] == ["DOOR-1", "JOIN"]
    assert found[0]["contact"] == "Priya Shah" and found[0]["trades"] == ["door_entry"]
    assert [row["code"] for row in rows(run, "contractors", "list", "--all", "--search", "gone")] == ["GONE"]
    assert "Doorway · Door entry · Every estate" in run("contractors", "list")[1]
    assert rows(run, "contractors", "list", person=AMBASSADOR)[0]["contact"] is None


def test_without_a_code_it_says_who_is_suggested_and_orders_nothing(run: Run, reference: str) -> None:
    said = rows(run, "repairs", "order", reference)
    assert said["ordered"] is None and [row["code"] for row in said["suggested"]] == ["DOOR-1"]
    assert "Nothing was ordered." in run("repairs", "order", reference)[1]
    assert rows(run, "repairs", "show", reference)["orders"] == []


def test_an_order_its_appointment_and_a_door_are_shown(run: Run, reference: str) -> None:
    done = rows(
        run, "repairs", "order", reference, "--contractor", "door-1", "--next-steps", "Doorway come", "--told", "phone"
    )  # fmt: skip
    assert done["reference"].startswith("J-") and done["status"] == "ordered"
    day = working_days_after(SystemClock().now().date(), 2)
    with opened() as store:
        staff.act_as(store, OFFICER)
        with store.write("booked") as session:
            job = order_view.find(session, done["reference"])
            appointments.book(session, job, slots.when(day, Slot.EVENING))
            access.no_access(session, order_view.get(session, job).repair_id, AttemptDraft(note="Dark"))
    shown = rows(run, "repairs", "show", reference)
    assert shown["orders"][0]["appointments"][0]["day"] == day.isoformat()
    assert shown["no_access"][0]["note"] == "Dark" and shown["status"] == "ordered"
    text = run("repairs", "show", reference)[1]
    assert "evening, 17:00 to 20:00 · booked" in text and "No access:" in text
    (coming,) = rows(run, "repairs", "appointments", "--days", "10")
    assert (coming["repair"], coming["contractor"], coming["from"]) == (reference, "Doorway", "17:00")
    assert rows(run, "repairs", "appointments", "--days", "0") == []
    assert reference in run("repairs", "appointments", "--contractor", "DOOR-1", "--days", "10")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("order", "R-0000-0000", "--contractor", "DOOR-1"), "reference"),
        (("order", "REF", "--contractor", "NOPE"), "no contractor of that code"),
        (("order", "REF", "--contractor", "JOIN"), "does not do door entry"),
        (("order", "REF", "--contractor", "DOOR-1", "--told", "phone"), "what happens next"),
        (("order", "REF", "--contractor", "DOOR-1", "--told", "drum"), "drum"),
        (("appointments", "--days", "400"), "whole number"),
    ],
)
def test_what_is_wrong_is_one_line(run: Run, reference: str, words: tuple[str, ...], said: str) -> None:
    code, out, err = run("repairs", *(reference if word == "REF" else word for word in words))
    assert code == 2 and not out and err.count("\n") == 1 and said in err


def test_an_ambassador_orders_nothing_and_sees_no_order(run: Run, reference: str) -> None:
    rows(run, "repairs", "order", reference, "--contractor", "DOOR-1")
    assert run("repairs", "order", reference, person=AMBASSADOR)[0] == 2
    assert run("repairs", "appointments", person=AMBASSADOR)[0] == 2
    assert rows(run, "repairs", "show", reference, person=AMBASSADOR)["orders"] == []
