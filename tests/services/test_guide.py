"""The guide has an answer with its reason for everything that can be asked, and refuses data that has not."""

from __future__ import annotations

import tomllib
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watmos_desktop import resources
from watmos_desktop.models.kinds import Cause, Priority, Responsibility, TenancyKind
from watmos_desktop.services import guide
from watmos_desktop.services.errors import Told

KNOWN = guide.load()
WINTER, SUMMER = date(2026, 11, 23), date(2026, 7, 1)
FAULTS = [(thing, fault) for thing in KNOWN.fixtures.values() for fault in thing.symptoms]
RENTED = {TenancyKind.STARTER, TenancyKind.ASSURED, TenancyKind.SECURE}


def raw() -> dict[str, Any]:
    return tomllib.loads(resources.path("repair_guide.toml").read_text("utf-8"))


def test_every_thing_tenure_and_cause_has_a_verdict_with_a_reason() -> None:
    for thing, tenure, cause in product(KNOWN.fixtures.values(), [*TenancyKind, None], Cause):
        verdict = KNOWN.whose(thing.key, tenure, cause)
        assert verdict.reason.endswith("."), (thing.key, tenure, cause)
        assert bool(verdict.signpost) is (verdict.party is not Responsibility.LANDLORD)
        assert thing.shared <= (verdict.party is Responsibility.LANDLORD)
        if tenure in RENTED:
            assert verdict.party is not Responsibility.LEASEHOLDER
        elif tenure is not None:
            assert verdict.party is not Responsibility.RESIDENT, (thing.key, tenure, cause)
    assert len(KNOWN.fixtures) > 60


@given(
    st.sampled_from(FAULTS),
    st.sampled_from([*TenancyKind, None]),
    st.booleans(),
    st.dates(date(2020, 1, 1), date(2029, 12, 31)),
)
@settings(max_examples=100)
def test_every_fault_has_a_priority_and_nobody_at_risk_waits_longer(
    fault: tuple[guide.Fixture, guide.Symptom], tenure: TenancyKind | None, at_risk: bool, on: date
) -> None:
    thing, shows = fault
    found = KNOWN.suggest(thing.key, shows.key, at_risk=at_risk, tenure=tenure, on=on)
    plain = KNOWN.suggest(thing.key, shows.key, at_risk=False, tenure=tenure, on=on)
    assert found.reasons and all(reason.endswith(".") for reason in found.reasons)
    assert not guide.sooner(plain.priority, found.priority)
    assert (guide.AT_RISK in found.reasons) is (found.priority is not plain.priority)
    assert not found.clock or (tenure in RENTED and not thing.shared)
    assert len(guide.title(thing, shows)) <= 80


@pytest.mark.parametrize(
    ("thing", "tenure", "cause", "party"),
    [
        ("boiler", TenancyKind.SECURE, Cause.WEAR, "landlord"),
        ("boiler", TenancyKind.LEASEHOLD, Cause.WEAR, "leaseholder"),
        ("boiler", TenancyKind.SHARED_OWNERSHIP, Cause.WEAR, "leaseholder"),
        ("toilet_seat", TenancyKind.ASSURED, Cause.WEAR, "resident"),
        ("window", TenancyKind.ASSURED, Cause.ACCIDENT, "shared"),
        ("front_door", TenancyKind.STARTER, Cause.CRIME, "landlord"),
        ("damp", TenancyKind.SECURE, Cause.MISUSE, "landlord"),  # how a home is lived in is no answer to damp
        ("roof", TenancyKind.LEASEHOLD, Cause.WEAR, "landlord"),
        ("smoke_alarm", TenancyKind.ASSURED, Cause.MISUSE, "landlord"),
        ("lift", None, Cause.MISUSE, "landlord"),
    ],
)
def test_well_known_answers(thing: str, tenure: TenancyKind | None, cause: Cause, party: str) -> None:
    assert KNOWN.whose(thing, tenure, cause).party == party


def test_heating_is_one_working_day_in_the_cold_months_and_three_in_the_others() -> None:
    days = [date(2026, 10, 30), date(2026, 10, 31), WINTER, date(2027, 5, 1), date(2027, 5, 2), SUMMER]
    found = [
        KNOWN.suggest("boiler", "no_heating", at_risk=False, tenure=TenancyKind.SECURE, on=day).clock
        for day in days
    ]
    assert found == ["RR.3", "RR.1", "RR.1", "RR.1", "RR.3", "RR.3"]


def test_a_baby_at_home_makes_no_heating_an_emergency() -> None:
    found = KNOWN.suggest("boiler", "no_heating", at_risk=True, tenure=TenancyKind.SECURE, on=WINTER)
    assert (found.priority, found.reasons[1]) == (Priority.EMERGENCY, guide.AT_RISK)


def test_a_few_letters_find_the_fault() -> None:
    first = [KNOWN.find(text, shared=False)[0] for text in ("toilet block", "loo", "heating", "mould")]
    assert [(thing.key, fault.key) for thing, fault in first] == [
        ("toilet", "only_blocked"),
        ("toilet", "only_blocked"),
        ("heating", "none"),
        ("damp", "mould"),
    ]
    assert [one.key for one, _ in KNOWN.find("lift lamp", shared=True)] == ["lift"]
    assert KNOWN.find("lift lamp", shared=False) == KNOWN.find("", shared=True) == []


def broken(path: str, old: str, new: str) -> dict[str, Any]:
    data = raw()
    holder = data
    *above, last = path.split(".")
    for name in above:
        holder = holder[int(name)] if isinstance(holder, list) else holder[name]
    assert old in holder[last]
    holder[last] = holder[last].replace(old, new, 1)
    return data


@pytest.mark.parametrize(
    "data",
    [
        broken("list.symptoms", "| emergency |", "| now |"),
        broken("list.symptoms", "| cold\n", "| warm\n"),
        broken("list.symptoms", "boiler | no_both", "boilr | no_both"),
        broken("list.symptoms", "urgent | emergency | heating", "emergency | urgent | heating"),
        broken("list.fixtures", "| installation |", "| nothing |"),
        broken("list.fixtures", "| home |", "| garden |"),
        broken("causes", "wear ", "rust "),
        broken("profile.0.rules", "landlord.structure", "landlord.nothing"),
        broken("profile.0.rules", "landlord.structure", "nobody.structure"),
        broken("profile.0.rules", "accident", "wear"),
        broken("right_to_repair.tenures", "secure", "squat"),
        broken("right_to_repair.cold_from", "10-31", "13-31"),
        raw() | {"surplus": 1},
    ],
)
def test_data_with_a_fault_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(Told, match="cannot be used"):
        guide.from_dict(data)
