"""Who may see and do what: every role against every field, action and place."""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from tests import build
from tests.fakes import NOW
from watmos_desktop.models.kinds import CaseKind, DataClass, Role
from watmos_desktop.models.tables import (
    SYNCED,
    Answer,
    Attachment,
    Base,
    Block,
    CaseNote,
    Change,
    CommunalArea,
    CommunitySpace,
    Defect,
    Estate,
    Home,
    HouseholdMember,
    Inspection,
    Meta,
    Person,
    Repair,
    RestrictedCase,
    Schedule,
    Tenancy,
)
from watmos_desktop.services import policy
from watmos_desktop.services.errors import NotAllowed, NotFound
from watmos_desktop.services.policy import NOBODY, Action, Actor
from watmos_desktop.services.store import Store

LOCAL = {"change", "outbox", "meta", "sent", "held", "unknown_field", "receipt"}

# The most sensitive class seen and changed: a second hand's copy, so that a change of rule is made twice.
GRID = """
                   places  walks  homes  people  staff  cases  conflicts contractors works hazards adaptations programmes visits
caretaker          1-      22     2-     --      1-     --     30        2-          22    22      --          1-         --
ambassador         0-      02     --     --      --     --     --        0-          --    --      --          0-         --
tenancy_officer    1-      22     22     33      1-     44     30        2-          22    33      33          22         33
asb_officer        1-      22     2-     3-      1-     44     30        2-          22    33      --          1-         --
resident_voice     1-      22     1-     22      1-     44     30        2-          22    22      --          22         --
safeguarding_lead  1-      22     44     44      1-     44     30        2-          22    44      44          22         44
manager            11      22     22     33      11     44     30        22          22    33      33          22         33
administrator      0-      --     --     --      11     --     --        --          --    --      --          --         --
"""  # noqa: E501 - one line a role
PARTS = {
    "places": "estate block communal_area community_space schedule template_version",
    "walks": "inspection answer attendance signature amendment defect defect_sighting repair clock"
    " attachment",
    "homes": "home",
    "people": "person tenancy household_member",
    "staff": "staff staff_scope",
    "cases": "restricted_case case_note",
    "conflicts": "conflict",
    "contractors": "contractor",
    "works": "job appointment variation repair_update repair_note access_attempt repair_feedback",
    "hazards": "hazard_case hazard_step",
    "adaptations": "adaptation",
    "programmes": "programme programme_home programme_response",
    "visits": "visit visit_answer visit_attempt visit_signature visit_consent visit_follow_up visit_need"
    " referral tenancy_review leave visitor visit_told lone_day lone_check",
}


def ceilings() -> dict[tuple[str, str], str]:
    head, *lines = GRID.strip().splitlines()
    found: dict[tuple[str, str], str] = {}
    for line in lines:
        role, *cells = line.split()
        for part, cell in zip(head.split(), cells, strict=True):
            found |= {(role, table): cell for table in PARTS[part].split()}
    return found


def test_every_column_of_every_synced_table_says_how_sensitive_it_is() -> None:
    unclassed = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name not in LOCAL
        for column in table.columns
        if not isinstance(column.info.get("class"), DataClass)
    ]
    assert unclassed == []


def test_every_synced_table_belongs_to_a_part() -> None:
    assert set(policy.PARTS) == set(SYNCED)
    assert {table for tables in PARTS.values() for table in tables.split()} == set(SYNCED)


@pytest.mark.parametrize("role", [*Role, None])
def test_each_role_sees_and_changes_exactly_what_the_grid_says(role: Role | None) -> None:
    wanted, actor, checks = ceilings(), Actor(None, "", role), 0
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            cell = wanted.get((str(role), table.name), "--")
            level = column.info["class"].value[1] if table.name in SYNCED else "9"
            sees, changes = (ceiling != "-" and level <= ceiling for ceiling in cell)
            assert policy.may_see(actor, table.name, column.name) is sees, (role, table.name, column.name)
            assert policy.may_change(actor, table.name, column.name) is changes
            checks += 2
    assert checks > 300


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("name", ["", "secret", "no_such_column"])
def test_what_is_not_there_is_not_seen(role: Role | None, name: str) -> None:
    actor = Actor(None, "", role)
    assert not policy.may_see(actor, "home", name)
    assert not policy.may_see(actor, name, "id")
    assert not policy.may_see(actor, "meta", "value", mine=True)


MANAGES, WALKS = "manager", "caretaker tenancy_officer asb_officer resident_voice safeguarding_lead manager"
VISITS = f"tenancy_officer safeguarding_lead {MANAGES}"
ACTIONS = {
    (Action.INSPECT, "inspection"): f"ambassador {WALKS}",
    (Action.SIGN, "inspection"): f"ambassador {WALKS}",
    (Action.REPORT, "inspection"): f"ambassador {WALKS}",
    (Action.AMEND, "inspection"): WALKS,
    (Action.PLAN_INSPECTIONS, "schedule"): MANAGES,
    (Action.RAISE_REPAIR, "repair"): f"ambassador {WALKS}",
    (Action.RAISE_REPAIR, "home"): WALKS,
    (Action.CHANGE_REPAIR, "repair"): WALKS,
    (Action.COMPLETE_REPAIR, "repair"): WALKS,
    (Action.EDIT_HOMES, "home"): f"tenancy_officer {MANAGES}",
    (Action.EDIT_HOMES, "estate"): MANAGES,
    (Action.EDIT_PEOPLE, "person"): f"tenancy_officer {MANAGES}",
    (Action.IMPORT, "home"): MANAGES,
    (Action.EXPORT, "home"): MANAGES,
    (Action.EXPORT, "repair"): "tenancy_officer asb_officer resident_voice safeguarding_lead manager",
    (Action.MANAGE_STAFF, "staff"): f"administrator {MANAGES}",
    (Action.ORDER_WORK, "job"): WALKS,
    (Action.EDIT_CONTRACTORS, "contractor"): MANAGES,
    (Action.KEEP_INFORMED, "repair"): WALKS,
    (Action.OPEN_HAZARD, "hazard_case"): WALKS,
    (Action.JUDGE_HAZARD, "hazard_case"): "tenancy_officer asb_officer safeguarding_lead manager",
    (Action.ASK_ADAPTATION, "adaptation"): VISITS,
    (Action.DECIDE_ADAPTATION, "adaptation"): f"tenancy_officer {MANAGES}",
    (Action.PLAN_WORKS, "programme"): MANAGES,
    (Action.CONSULT, "programme"): f"resident_voice {VISITS}",
    (Action.VISIT, "visit"): VISITS,
    (Action.PLAN_VISITS, "visit"): VISITS,
    (Action.APPROVE_VISIT, "visit"): MANAGES,
    (Action.DECIDE_TENANCY, "tenancy"): MANAGES,
}


def test_each_role_does_exactly_what_is_written_and_nothing_else() -> None:
    nouns = [*Base.metadata.tables, "nothing"]
    for role, action, noun in itertools.product([*Role, None], Action, nouns):
        if action is not Action.SEE:
            wanted = str(role) in ACTIONS.get((action, noun), "").split()
            assert policy.may(Actor(None, "", role), action, noun) is wanted, (role, action, noun)


def test_a_table_is_seen_by_those_who_may_read_a_field_of_its_own() -> None:
    def seers(noun: str) -> set[Role]:
        return {role for role in Role if policy.may(Actor(None, "", role), Action.SEE, noun)}

    assert Role.AMBASSADOR in seers("inspection") and Role.AMBASSADOR in seers("estate")
    assert seers("home") == set(Role) - {Role.AMBASSADOR, Role.ADMINISTRATOR}
    assert seers("person") == set(Role) - {Role.AMBASSADOR, Role.ADMINISTRATOR, Role.CARETAKER}
    assert Role.AMBASSADOR not in seers("signature") | seers("attendance") | seers("amendment")
    assert not policy.may(NOBODY, Action.SEE, "estate")
    assert not policy.may(Actor(None, "", Role.MANAGER), Action.SEE, "change")


def test_require_names_the_action_and_gives_the_person(store: Store) -> None:
    with store.read() as session:
        assert policy.require(session, Action.IMPORT, "home") == store.actor
    build.acting(store, Role.AMBASSADOR)
    with store.read() as session, pytest.raises(NotAllowed, match="import homes"):
        policy.require(session, Action.IMPORT, "home")


def test_an_ambassador_reads_what_they_wrote_themselves_and_no_other_words() -> None:
    ambassador = Actor(None, "", Role.AMBASSADOR)
    row = {"id": 1, "value": "B", "note": "Mrs Singh in 4 says so", "unknown": "?"}
    assert policy.hide(ambassador, row, "answer") == {"id": 1, "value": "B"}
    assert policy.hide(ambassador, row, "answer", mine=True) == {
        "id": 1,
        "value": "B",
        "note": "Mrs Singh in 4 says so",
    }
    assert policy.hide(ambassador, {"name": "Mrs Singh"}, "person", mine=True) == {}
    assert policy.hide(NOBODY, row, "answer", mine=True) == {}


def test_hide_takes_a_row_of_the_database_too() -> None:
    answer = Answer(item_key="lights", value="C", note="told by Mrs Singh")
    seen = policy.hide(Actor(None, "", Role.AMBASSADOR), answer, "answer")
    assert seen["value"] == "C"
    assert "note" not in seen and "reason" not in seen


@pytest.mark.parametrize("role", Role)
def test_a_conflict_is_as_secret_as_the_field_it_is_about(role: Role) -> None:
    actor = Actor(None, "", role)
    staff = role not in (Role.AMBASSADOR, Role.ADMINISTRATOR)
    for table in SYNCED:
        columns = [
            one for one in Base.metadata.tables[table].columns if one.key not in ("id", "deleted", "stamps")
        ]
        for column in columns:
            wanted = staff and policy.may_see(actor, table, column.key)
            assert policy.may_see_conflict(actor, table, column.key) is wanted, (table, column.key)
        whole = staff and all(policy.may_see(actor, table, column.key) for column in columns)
        assert policy.may_see_conflict(actor, table, "") is whole
    for table, field in (("home", "no_such"), ("meta", "value"), ("nothing", ""), ("", "")):
        assert not policy.may_see_conflict(actor, table, field)


# --- where ---


@pytest.fixture
def two_estates(store: Store) -> tuple[list[Estate], list[Block]]:
    """Two estates of two blocks; in each block a home with a person, an inspection, a defect, a repair."""
    estates, blocks = [], []
    with store.write("two estates") as session:
        staff = build.a_staff(session)
        for name in ("Lindley Estate", "Chuckery Road"):
            estate = build.an_estate(session, name=name)
            estates.append(estate)
            build.a_space(session, estate)
            for letter in "AB":
                block = build.a_block(session, estate, name=f"{name} {letter}")
                blocks.append(block)
                session.add(CommunalArea(block_id=block.id, key="stairs", name="Stairs"))
                home = build.a_home(session, block)
                build.a_tenancy(session, home, build.a_person(session, f"Tenant of {block.name}"))
                inspection = build.an_inspection(session, block, staff)
                build.a_schedule(session, block)
                build.a_defect(session, inspection)
                build.a_repair(session, block, staff)
    return estates, blocks


MODELS = (Block, Home, Inspection, Repair, Defect, CommunalArea, Schedule, Tenancy, HouseholdMember, Person)


def counts(store: Store, model: type) -> int:
    with store.read() as session:
        return session.scalar(policy.scope(select(func.count()).select_from(model), session, model)) or 0


@pytest.mark.parametrize("model", MODELS)
def test_counts_stop_at_what_a_person_looks_after(
    model: type, store: Store, two_estates: tuple[list[Estate], list[Block]]
) -> None:
    estates, blocks = two_estates
    expected = {
        (): 4,
        (estates[0],): 2,
        (estates[0], estates[1]): 4,
    }
    for some, count in expected.items():
        store.actor = build.an_actor(Role.MANAGER, estates=some)
        assert counts(store, model) == count
    for some_blocks, count in {(blocks[3],): 1, (blocks[0], blocks[2]): 2}.items():
        store.actor = build.an_actor(Role.CARETAKER, blocks=some_blocks)
        assert counts(store, model) == count
    store.actor = build.an_actor(Role.CARETAKER, estates=estates[:1], blocks=blocks[3:])
    assert counts(store, model) == 3


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.MANAGER, Role.ADMINISTRATOR)])
def test_a_role_without_estates_sees_nothing(
    role: Role, store: Store, two_estates: tuple[list[Estate], list[Block]]
) -> None:
    store.actor = build.an_actor(role)
    assert [counts(store, model) for model in (*MODELS, Estate, CommunitySpace)] == [0] * (len(MODELS) + 2)
    store.actor = NOBODY
    assert counts(store, Estate) == 0


def test_someone_with_one_block_knows_the_name_of_its_estate_and_no_hall(
    store: Store, two_estates: tuple[list[Estate], list[Block]]
) -> None:
    estates, blocks = two_estates
    store.actor = build.an_actor(Role.CARETAKER, blocks=blocks[:1])
    assert counts(store, Estate) == 1
    assert counts(store, CommunitySpace) == 0
    with store.read() as session:
        assert policy.in_scope(session, estates[0].id, blocks[0].id)
        assert not policy.in_scope(session, estates[0].id, blocks[1].id)
        assert not policy.in_scope(session, estates[0].id, None)
        assert not policy.in_scope(session, None, None)


def test_elsewhere_and_nowhere_are_told_alike(
    store: Store, two_estates: tuple[list[Estate], list[Block]]
) -> None:
    estates, blocks = two_estates
    store.actor = build.an_actor(Role.CARETAKER, estates=estates[:1])
    told = []
    with store.read() as session:
        assert policy.find(session, Block, blocks[0].id).id == blocks[0].id
        for missing in (blocks[2].id, uuid7()):
            with pytest.raises(NotFound) as caught:
                policy.find(session, Block, missing, "That block")
            told.append(str(caught.value))
    assert told[0] == told[1]
    store.actor = build.an_actor(Role.AMBASSADOR, estates=estates)
    with store.read() as session:
        home = session.scalars(select(Home.id)).first()
        assert home is not None
        with pytest.raises(NotFound):
            policy.find(session, Home, home)


@pytest.mark.parametrize("model", [Attachment, Change, Meta])
def test_a_record_without_a_place_cannot_be_scoped_by_mistake(model: type, store: Store) -> None:
    build.acting(store, Role.CARETAKER)
    with store.read() as session, pytest.raises(TypeError):
        policy.scope(select(model), session, model)


@pytest.mark.parametrize("role", [*Role, None])
def test_a_case_is_found_by_who_opened_it_and_who_is_named_and_by_nobody_else(
    role: Role | None, store: Store, two_estates: tuple[list[Estate], list[Block]]
) -> None:
    with store.write("two cases") as session:
        opener = build.a_staff(session)
        cases = [
            RestrictedCase(kind=CaseKind.SAFEGUARDING, title=title, opened_by=opener.id, opened_at=NOW)
            for title in ("one", "two")
        ]
        session.add_all(cases)
        session.flush()
        session.add_all(
            CaseNote(case_id=one.id, text="seen", staff_id=opener.id, made_at=NOW) for one in cases
        )
    estates = frozenset(estate.id for estate in two_estates[0])
    named = role not in (None, Role.AMBASSADOR, Role.ADMINISTRATOR, Role.CARETAKER)
    someone = uuid7()
    for staff_id, given, expected in (
        (someone, frozenset[UUID](), 0),
        (someone, frozenset({cases[0].id}), 1),
        (opener.id, frozenset[UUID](), 2),
        (None, frozenset[UUID](), 0),
    ):
        store.actor = Actor(staff_id, "", role, estates=estates, cases=given)
        if role is not None:
            assert [counts(store, model) for model in (RestrictedCase, CaseNote)] == [expected] * 2
        with store.read() as session:
            found = 0
            for case in cases:
                try:
                    found += policy.find(session, RestrictedCase, case.id).id == case.id
                except NotFound:
                    continue
            assert found == (expected if named else 0)
