"""Which buckets reach whom: grants, blocks as they stand, cases by name, and the exclusion that beats them all."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.office.feed import Feed
from watmos_desktop.models.kinds import Role
from watmos_office import grants
from watmos_office.office import Office


@pytest.fixture
def feed(office: Office) -> Feed:
    return Feed(office)


def held(feed: Feed, member: object) -> frozenset[str]:
    with feed.office.reading() as connection:
        return grants.held(connection, member)  # type: ignore[arg-type]


def own(member: object, *, visits: bool = True) -> set[str]:
    """What is everybody's, wherever they work; who visits has the words of concern that they wrote."""
    return {"org", f"user:{member}"} | ({f"care:user:{member}"} if visits else set())


def test_a_grant_on_an_estate_reaches_its_blocks_as_they_stand(feed: Feed) -> None:
    estate, other, block, elsewhere = uuid4(), uuid4(), uuid4(), uuid4()
    feed.place(block, estate)
    feed.place(elsewhere, other)
    member = feed.member(Role.CARETAKER)
    feed.grant(member, estate)
    assert held(feed, member) == {"org", f"user:{member}", f"estate:{estate}", f"block:{block}"}


def test_a_grant_on_a_block_reaches_that_block_alone(feed: Feed) -> None:
    estate, block, neighbour = uuid4(), uuid4(), uuid4()
    feed.place(block, estate)
    feed.place(neighbour, estate)
    member = feed.member(Role.AMBASSADOR)
    feed.grant(member, estate, block)
    assert held(feed, member) == {"org", f"user:{member}", f"block:{block}"}


def test_an_ended_grant_gives_nothing(feed: Feed) -> None:
    member = feed.member(Role.MANAGER)
    feed.grant(member, uuid4(), ended=True)
    caretaker = feed.member(Role.CARETAKER)
    feed.grant(caretaker, uuid4(), ended=True)
    assert held(feed, caretaker) == {"org", f"user:{caretaker}"}
    assert held(feed, member) == own(member), "and there is nowhere yet to be everywhere"


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMINISTRATOR])
def test_who_is_given_nothing_in_particular_looks_after_every_estate_but_no_case(
    feed: Feed, role: Role
) -> None:
    estate, block, case = uuid4(), uuid4(), uuid4()
    feed.put("estate", {"code": "E1", "name": "Elm"}, f"estate:{estate}", rid=estate)
    feed.place(block, estate)
    feed.put("restricted_case", {"title": "no"}, f"case:{case}", rid=case)
    member = feed.member(role)
    places = {f"estate:{estate}", f"block:{block}"}
    expected = own(member, visits=role is Role.MANAGER) | places
    assert held(feed, member) == expected, "others' words of concern are the lead's alone"
    feed.grant(member, uuid4())
    assert f"estate:{estate}" not in held(feed, member)


@pytest.mark.parametrize("role", [Role.TENANCY_OFFICER, Role.CARETAKER, Role.SAFEGUARDING_LEAD])
def test_other_roles_without_grants_hold_no_estate(feed: Feed, role: Role) -> None:
    estate = uuid4()
    feed.put("estate", {"code": "E1", "name": "Elm"}, f"estate:{estate}", rid=estate)
    member = feed.member(role)
    assert held(feed, member) == own(member, visits=role is not Role.CARETAKER)


def test_a_case_reaches_who_is_named_and_never_who_is_barred(feed: Feed) -> None:
    case, other = uuid4(), uuid4()
    member, perpetrator = feed.member(Role.TENANCY_OFFICER), feed.member(Role.SAFEGUARDING_LEAD)
    for who in (member, perpetrator):
        feed.named(case, who)
    feed.barred(case, perpetrator)
    feed.named(other, perpetrator)
    assert f"case:{case}" in held(feed, member)
    assert f"case:{case}" not in held(feed, perpetrator)
    assert f"case:{other}" in held(feed, perpetrator)
    assert feed.caller(perpetrator).actor.cases == {other}


@pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.ADMINISTRATOR, Role.CARETAKER])
def test_a_role_without_cases_holds_none_even_when_named(feed: Feed, role: Role) -> None:
    case, member = uuid4(), feed.member(role)
    feed.named(case, member)
    assert f"case:{case}" not in held(feed, member)


def test_who_is_disabled_or_unknown_holds_nothing_and_is_nobody(feed: Feed) -> None:
    member = feed.member(Role.MANAGER, active=False)
    feed.named(uuid4(), member)
    for who in (member, uuid4()):
        assert held(feed, who) == frozenset()
        assert feed.caller(who).actor.role is None
