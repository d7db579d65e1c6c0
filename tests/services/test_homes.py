"""Estates, homes, residents and staff: found, counted and hidden as the person using the program may see them."""

from __future__ import annotations

from datetime import date

import pytest

from tests import build
from watmos_desktop.models.kinds import Role, TenancyKind
from watmos_desktop.models.tables import Block, Estate, Home, Staff
from watmos_desktop.services import homes, people, staff
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.homes import HomeQuery
from watmos_desktop.services.policy import NOBODY
from watmos_desktop.services.store import Store


@pytest.fixture
def lindley(store: Store) -> tuple[Estate, list[Block], list[Home]]:
    """An estate of two blocks with three homes each, a tenancy in the first; and an estate elsewhere."""
    with store.write("an estate") as session:
        estate = build.an_estate(session)
        blocks = [build.a_block(session, estate, name=f"Lindley House {letter}") for letter in "AB"]
        flats = [
            build.a_home(
                session, block, code=f"L{b}{n}", address=f"Flat {n}, {block.name}", postcode="SW9 8QR"
            )
            for b, block in enumerate(blocks)
            for n in range(3)
        ]
        tenant = build.a_person(session, "Zoë Łukasiewicz", phone="07700 900123", needs="large print")
        build.a_tenancy(session, flats[0], tenant, kind=TenancyKind.STARTER, started_on=date(2026, 4, 4))
        flats[0].access_notes = "small dog"
        far = build.a_home(session, address="1 Mill Street", code="M1")
        build.a_tenancy(session, far, build.a_person(session, "Zoë Elsewhere"))
    return estate, blocks, flats


def test_homes_are_counted_paged_and_searched(store: Store, lindley: object) -> None:
    with store.read() as session:
        assert homes.count(session) == 7
        rows = homes.page(session, HomeQuery(), 0, 100)
        assert [row.code for row in rows] == ["L00", "L01", "L02", "L10", "L11", "L12", "M1"]
        assert [row.code for row in homes.page(session, HomeQuery(), 2, 2)] == ["L02", "L10"]
        for text, count in {
            "lindley house b": 3,
            "sw9 flat 2": 2,
            "L1": 3,
            "mill": 1,
            "zoë": 0,
            "%": 0,
            "_": 0,
        }.items():
            assert homes.count(session, HomeQuery(text)) == count, text
            assert len(homes.page(session, HomeQuery(text), 0, 100)) == count
        assert (rows[0].block, rows[0].estate) == ("Lindley House A", "Lindley Estate")


def test_homes_of_one_estate_or_block(store: Store, lindley: tuple[Estate, list[Block], list[Home]]) -> None:
    estate, blocks, _ = lindley
    with store.read() as session:
        assert homes.count(session, HomeQuery(estate_id=estate.id)) == 6
        assert homes.count(session, HomeQuery(block_id=blocks[1].id)) == 3
        assert [block.name for block in homes.blocks(session, estate.id)] == [
            "Lindley House A",
            "Lindley House B",
        ]
        row = homes.estates(session)[0]
        assert (row.name, row.blocks, row.homes) == ("Lindley Estate", 2, 6)


def test_a_home_with_its_tenancy_as_each_role_may_see_it(
    store: Store, lindley: tuple[Estate, list[Block], list[Home]]
) -> None:
    estate, _, flats = lindley
    seen: dict[Role, tuple[str, str, str] | None] = {}
    for role in (Role.MANAGER, Role.TENANCY_OFFICER, Role.RESIDENT_VOICE, Role.CARETAKER):
        store.actor = build.an_actor(role, estates=[estate])
        with store.read() as session:
            detail = homes.get(session, flats[0].id)
        card = detail.tenancy
        who = card.household[0] if card else None
        seen[role] = (detail.access_notes, who.name if who else "", who.needs if who else "")
    assert seen == {
        Role.MANAGER: ("small dog", "Zoë Łukasiewicz", "large print"),
        Role.TENANCY_OFFICER: ("small dog", "Zoë Łukasiewicz", "large print"),
        Role.RESIDENT_VOICE: ("", "Zoë Łukasiewicz", ""),
        Role.CARETAKER: ("small dog", "", ""),
    }
    store.actor = build.an_actor(Role.TENANCY_OFFICER, estates=[estate])
    with store.read() as session:
        tenancy = people.of_home(session, flats[0].id)
    assert tenancy is not None
    assert tenancy.words == "Starter tenancy, since 4 Apr 2026"


@pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.ADMINISTRATOR])
def test_who_may_not_know_of_homes_finds_none_and_no_number(
    store: Store, lindley: tuple[Estate, list[Block], list[Home]], role: Role
) -> None:
    estate, _, flats = lindley
    store.actor = build.an_actor(role, estates=[estate])
    with store.read() as session:
        assert homes.count(session) == 0
        assert homes.page(session, HomeQuery(), 0, 100) == []
        assert [row.homes for row in homes.estates(session)] == [None]
        with pytest.raises(NotFound):
            homes.get(session, flats[0].id)


def test_residents_are_found_by_name_where_one_looks_after(
    store: Store, lindley: tuple[Estate, list[Block], list[Home]]
) -> None:
    estate, _, flats = lindley
    with store.read() as session:
        assert [row.name for row in people.find(session, "zoë")] == ["Zoë Elsewhere", "Zoë Łukasiewicz"]
        assert people.find(session, " ") == []
    store.actor = build.an_actor(Role.TENANCY_OFFICER, estates=[estate])
    with store.read() as session:
        assert [row.home_id for row in people.find(session, "Zoë")] == [flats[0].id]
    store.actor = build.an_actor(Role.CARETAKER, estates=[estate])
    with store.read() as session:
        assert people.find(session, "Zoë") == []


@pytest.mark.parametrize(
    ("storey", "words"),
    [(None, ""), (-2, "Basement level 2"), (-1, "Basement"), (0, "Ground floor"), (1, "1st floor"), (2, "2nd floor"),
     (3, "3rd floor"), (4, "4th floor"), (11, "11th floor"), (12, "12th floor"), (13, "13th floor"),
     (21, "21st floor")],
)  # fmt: skip
def test_storeys_in_words(storey: int | None, words: str) -> None:
    assert homes.storey_words(storey) == words


# --- staff ---


def test_people_here_are_told_with_what_they_look_after(
    store: Store, lindley: tuple[Estate, list[Block], list[Home]]
) -> None:
    estate, blocks, _ = lindley
    with store.write("staff") as session:
        build.a_staff(session, Role.CARETAKER, "M. Kaur", estates=[estate])
        build.a_staff(session, Role.AMBASSADOR, "Mrs Okafor", blocks=blocks)
        build.a_staff(session, Role.TENANCY_OFFICER, "R. Adeyemi")
        build.a_staff(session, name="Gone", active=False)
    store.actor = NOBODY
    with store.read() as session:
        found = {one.name: (one.words, one.looks_after) for one in staff.people_here(session)}
    assert found == {
        "Grace Bell": ("Manager", "All estates"),
        "M. Kaur": ("Caretaker", "Lindley Estate"),
        "Mrs Okafor": ("Ambassador", "Lindley House A, Lindley House B"),
        "R. Adeyemi": ("Tenancy officer", "No estate yet"),
    }


def test_acting_as_someone_by_name_is_remembered(
    store: Store, lindley: tuple[Estate, list[Block], list[Home]]
) -> None:
    estate, blocks, _ = lindley
    with store.write("staff") as session:
        kaur = build.a_staff(session, Role.CARETAKER, "M. Kaur", estates=[estate], blocks=blocks[:1])
        build.a_staff(session, Role.CARETAKER, "N. Kaur")
    assert staff.last_used(store) == store.actor.staff_id  # the only manager
    actor = staff.act_as(store, "m. kaur", remember=True)
    assert store.actor == actor
    assert (actor.staff_id, set(actor.estates), set(actor.blocks)) == (kaur.id, {estate.id}, {blocks[0].id})
    assert staff.last_used(store) == kaur.id
    assert staff.act_as(store, "bell").name == "Grace Bell"
    with pytest.raises(Told, match="More than one"):
        staff.act_as(store, "Kaur")
    for nobody in ("Smith", "", " "):
        with pytest.raises(Told, match="Nobody of that name") as caught:
            staff.act_as(store, nobody)
        assert "Kaur" not in str(caught.value) and "Bell" not in str(caught.value)
    assert store.actor.name == "Grace Bell"


def test_who_left_cannot_open_the_program(store: Store) -> None:
    with store.write("staff") as session:
        kaur = staff.add_staff(session, "  M.  Kaur ", Role.CARETAKER)
    assert staff.act_as(store, kaur).name == "M. Kaur"
    staff.act_as(store, "Grace Bell")
    with store.write("left") as session:
        staff.leave(session, kaur)
    with pytest.raises(Told):
        staff.act_as(store, kaur)


def test_nobody_ends_their_own_access_and_only_those_who_may_add_people(store: Store) -> None:
    assert store.actor.staff_id is not None
    with pytest.raises(Told, match="your own"), store.write("left") as session:
        staff.leave(session, store.actor.staff_id)
    build.acting(store, Role.TENANCY_OFFICER)
    with pytest.raises(NotAllowed), store.write("staff") as session:
        staff.add_staff(session, "New", Role.MANAGER)


def test_the_first_person_is_written_once(store: Store) -> None:
    with store.apply() as connection:
        connection.execute(Staff.__table__.delete())  # type: ignore[attr-defined]
    store.actor = NOBODY
    assert staff.last_used(store) is None
    actor = staff.first_person(store, "Helen Ward")
    assert (store.actor, actor.role, actor.everywhere) == (actor, Role.MANAGER, True)
    with pytest.raises(Told, match="already"):
        staff.first_person(store, "Someone Else")
    with pytest.raises(Told, match="Say who"), store.write("staff") as session:
        staff.add_staff(session, " ", Role.CARETAKER)
