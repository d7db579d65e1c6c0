"""The register of contractors and who is suggested: trade, specialism, estate, in hours or not (R2, R10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.build import a_contractor, acting
from tests.conftest import Let
from tests.fakes import NOW
from watmos_desktop.models.kinds import Role, Specialism, Trade
from watmos_desktop.models.tables import Contractor
from watmos_desktop.services import contractor_hours, contractors, specialists
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.contractors import ContractorDraft, Fault
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.store import Store

GOOD = ContractorDraft(
    code="apex-1",
    name="  Apex   Heating ",
    trades=(Trade.PLUMBING, Trade.HEATING),
    specialisms=(Specialism.GAS,),
    hours="Mon to Fri 8 to 17, Sat 9-13",
    phone="0121 496 0123",
    emergency_phone="0121 496 0999",
    email="jobs@apex.example",
    contact="Priya Shah",
    registration="Gas Safe 123456",
)


def saved(store: Store, draft: ContractorDraft = GOOD) -> Any:
    with store.write("register") as session:
        return contractors.save(session, draft)


def test_what_is_saved_comes_back_tidy(store: Store) -> None:
    key = saved(store)
    with store.read() as session:
        card = contractors.get(session, key)
        assert contractors.find(session, " Apex-1 ").id == key
    assert (card.code, card.name, card.where) == ("APEX-1", "Apex Heating", "Every estate")
    assert card.does == "Plumbing, heating; registered for gas"
    assert card.specialisms == (Specialism.GAS,) and card.contact == "Priya Shah"
    changed = replace(GOOD, id=key, name="Apex Heat", active=False)
    assert saved(store, changed) == key
    with store.read() as session:
        assert contractors.listed(session) == []
        assert [one.name for one in contractors.listed(session, "gas", all_of_them=True)] == ["Apex Heat"]
        with pytest.raises(Told) as told:
            contractors.find(session, "APEX-1")
    assert told.value.field == "contractor"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("code", {"code": ""}),
        ("code", {"code": "a b"}),
        ("code", {"code": "X" * 21}),
        ("name", {"name": "  "}),
        ("name", {"name": "x" * 101}),
        ("trades", {"trades": ()}),
        ("hours", {"hours": "when we like"}),
        ("hours", {"hours": "Fri-Mon 8-17"}),
        ("hours", {"hours": "17-8"}),
        ("phone", {"phone": "12"}),
        ("phone", {"phone": "", "email": ""}),
        ("emergency_phone", {"emergency_phone": "ring the bell"}),
        ("email", {"email": "jobs at apex"}),
        ("contact", {"contact": "y" * 101}),
        ("registration", {"registration": " "}),
        ("name", {"name": "Apex\x00"}),
    ],
)
def test_what_is_wrong_is_told_at_its_field(store: Store, field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(Told) as told:
        saved(store, replace(GOOD, **wrong))
    assert told.value.field == field or "\x00" in str(wrong)
    assert told.value.hint


def test_a_code_is_one_contractors_alone(store: Store) -> None:
    saved(store)
    with pytest.raises(Told) as told:
        saved(store, replace(GOOD, name="Another"))
    assert told.value.field == "code"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
def test_only_managers_change_the_register(store: Store, role: Role) -> None:
    acting(store, role)
    with pytest.raises(NotAllowed), store.write("register") as session:
        contractors.save(session, GOOD)


def test_an_ambassador_sees_no_number_and_no_name_of_a_person(let: Let) -> None:
    let.store.actor = let.landlord.manager
    saved(let.store)
    let.store.actor = let.landlord.ambassador
    with let.store.read() as session:
        (card,) = contractors.listed(session)
    assert card.name == "Apex Heating"
    assert not (
        card.phone or card.emergency_phone or card.email or card.contact or card.registration or card.hours
    )


def fault(let: Let, trade: Trade = Trade.HEATING, *, emergency: bool = False) -> Fault:
    return Fault(trade, let.landlord.estate_id, specialists.needs(trade), emergency)


def firms(let: Let) -> None:
    with let.store.write("firms", undoable=False) as session:
        heat = {"trades": ["heating"], "specialisms": ["gas"]}
        a_contractor(session, "Everywhere Gas", **heat)
        a_contractor(session, "Lindley Gas", estates=[str(let.landlord.estate_id)], **heat)
        a_contractor(session, "Night Gas", emergency_phone="0121 496 0999", **heat)
        a_contractor(session, "No Licence", trades=["heating"])
        a_contractor(session, "Elsewhere Gas", estates=["01900000-0000-7000-8000-00000000abcd"], **heat)
        a_contractor(session, "Gone Gas", active=False, **heat)
        a_contractor(session, "Joiners")


def names(let: Let, wanted: Fault, at: datetime = NOW) -> list[str]:
    with let.store.read() as session:
        return [fit.card.name for fit in contractors.suggest(session, wanted, at)]


def test_the_suggestion_is_trade_licence_estate_then_hours_with_its_reason(let: Let) -> None:
    firms(let)
    assert names(let, fault(let)) == ["Lindley Gas", "Everywhere Gas", "Night Gas", "No Licence"]
    with let.store.read() as session:
        first, *_, last = contractors.suggest(session, fault(let), NOW)
    assert first.reason == "Heating, on the Gas Safe Register, looks after Lindley Estate, at work now."
    assert first.ring == "0121 496 0123" and not first.missing
    assert [need.specialism for need in last.missing] == [Specialism.GAS]
    assert "Only a firm on the Gas Safe Register may be sent." in last.reason


@pytest.mark.parametrize(
    "night", [NOW.replace(hour=2), NOW.replace(hour=17), datetime(2026, 12, 25, 11, tzinfo=LONDON)]
)
def test_an_emergency_at_night_goes_to_who_answers(let: Let, night: datetime) -> None:
    firms(let)
    assert names(let, fault(let, emergency=True), night)[0] == "Night Gas"
    assert names(let, fault(let), night)[0] == "Lindley Gas"
    with let.store.read() as session:
        first = contractors.suggest(session, fault(let, emergency=True), night)[0]
    assert first.ring == "0121 496 0999" and "emergency number" in first.reason


def test_hours_that_another_device_wrote_wrong_are_the_usual_ones(let: Let) -> None:
    with let.store.write("a firm", undoable=False) as session:
        a_contractor(session, hours="anytime-ish")
    assert names(let, fault(let, Trade.CARPENTRY)) == ["Apex Carpentry"]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 13), st.integers(0, 1439)
)
def test_open_hours_are_what_was_written(day: int, one: int, other: int, ahead: int, minute: int) -> None:
    start, end = sorted((one, other))
    name = ("Mon", "Tuesday", "wed", "Thu", "FRI", "Sat", "Sun")[day]
    text = f"{name} {start // 60}:{start % 60:02} - {end // 60:02}.{end % 60:02}"
    moment = NOW.replace(hour=minute // 60, minute=minute % 60) + timedelta(days=ahead)
    if start == end:
        with pytest.raises(Told):
            contractor_hours.read(text)
        return
    expected = moment.weekday() == day and start <= minute < end
    assert contractor_hours.read(text).open_at(moment) is expected
    assert contractor_hours.read("24 hours").open_at(moment)


@given(st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_text_of_hours_is_a_bug(text: str) -> None:
    try:
        contractor_hours.read(text)
    except Told as told:
        assert told.field == "hours"


def test_every_specialism_has_its_words() -> None:
    for one in Specialism:
        assert specialists.WORDS[one] and specialists.REGISTERED[one] and one in specialists.ORDER


@pytest.mark.parametrize(
    ("trade", "fixture", "hazard", "text", "expected"),
    [
        (Trade.HEATING, "boiler", "", "", [(Specialism.GAS, True)]),
        (Trade.LIFTS, "", "", "", [(Specialism.LIFTS, True)]),
        (Trade.FIRE_SAFETY, "fire_door", "", "", [(Specialism.FIRE, True)]),
        (Trade.ELECTRICAL, "", "", "", [(Specialism.ELECTRICAL, True)]),
        (Trade.BUILDING, "ceiling", "asbestos", "", [(Specialism.ASBESTOS, True)]),
        (Trade.BUILDING, "ceiling", "", "May be Asbestos", [(Specialism.ASBESTOS, False)]),
        (
            Trade.HEATING,
            "boiler",
            "",
            "asbestos flue",
            [(Specialism.ASBESTOS, False), (Specialism.GAS, True)],
        ),
        (Trade.CARPENTRY, "front_door", "", "fire door closer", [(Specialism.FIRE, False)]),
        (Trade.PLUMBING, "tap", "", "Magasin gasket", []),
    ],
)
def test_what_a_fault_needs(
    trade: Trade, fixture: str, hazard: str, text: str, expected: list[tuple[Specialism, bool]]
) -> None:
    found = specialists.needs(trade, fixture, hazard, text)
    assert [(need.specialism, need.firm) for need in found] == expected
    assert all("Only a firm" in need.sentence for need in found)


def test_the_row_keeps_codes(store: Store) -> None:
    key = saved(store)
    with store.read() as session:
        row = session.get(Contractor, key)
        assert row is not None and row.trades == ["plumbing", "heating"] and row.specialisms == ["gas"]
