"""Members and their grants: what the office keeps, and what devices read of it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from tests.office.sending import town
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.policy import Actor
from watmos_office import audit, devices, grants, members
from watmos_office.office import Office
from watmos_office.tables import Code, Member, Record


def add(office: Office, name: str, role: Role, by: Actor | None = None, **places: list[UUID]) -> UUID:
    with office.writing() as connection:
        return members.add(connection, office, by, name, role, **places)


def staff(office: Office, member_id: UUID) -> dict[str, object]:
    with office.reading() as connection:
        found = select(Record.data).where(Record.tbl == "staff", Record.rid == member_id)
        return dict(connection.execute(found).scalar_one())


def scopes(office: Office, member_id: UUID) -> list[bool]:
    """Whether each record of what they look after has been removed."""
    with office.reading() as connection:
        rows = connection.execute(
            select(Record.data, Record.deleted).where(Record.tbl == "staff_scope")
        ).all()
    return [row.deleted for row in rows if row.data["staff_id"] == str(member_id)]


def version(office: Office, member_id: UUID) -> int:
    with office.reading() as connection:
        return int(connection.execute(select(Member.grant_v).where(Member.id == member_id)).scalar_one())


def test_a_member_is_a_row_of_the_office_and_a_record_of_the_feed(office: Office) -> None:
    place = town(office)
    member_id = add(office, "  Ada   Lovelace ", Role.CARETAKER, estates=[place.estates[0]])
    assert staff(office, member_id) == {"name": "Ada Lovelace", "role": "caretaker", "active": True}
    assert scopes(office, member_id) == [False]
    with office.reading() as connection:
        assert f"estate:{place.estates[0]}" in grants.held(connection, member_id)
        card = next(one for one in members.cards(connection) if one.id == member_id)
    assert [grant.estate_id for grant in card.grants] == [place.estates[0]]


def test_a_grant_that_ends_removes_its_record_and_raises_the_version(office: Office) -> None:
    place = town(office)
    member_id = add(office, "Ada", Role.CARETAKER)
    with office.writing() as connection:
        members.grant(connection, office, None, member_id, place.estates[0], place.blocks[0])
    with office.writing() as connection:
        members.grant(connection, office, None, member_id, place.estates[0], place.blocks[0])  # twice is once
    assert version(office, member_id) == 2
    with office.writing() as connection:
        members.revoke(connection, office, None, member_id, place.estates[0], place.blocks[0])
    assert (scopes(office, member_id), version(office, member_id)) == ([True], 3)
    with office.reading() as connection:
        assert f"block:{place.blocks[0]}" not in grants.held(connection, member_id)


def test_who_is_disabled_holds_nothing_and_joins_no_more(office: Office) -> None:
    add(office, "Grace", Role.MANAGER)
    member_id = add(office, "Ada", Role.MANAGER)
    with office.writing() as connection:
        members.disable(connection, office, None, member_id)
    assert staff(office, member_id)["active"] is False
    with office.reading() as connection:
        assert grants.held(connection, member_id) == frozenset()
    with pytest.raises(Told, match="has ended"), office.writing() as connection:
        devices.new_code(connection, office, None, member_id)


def test_the_last_who_may_manage_staff_stays(office: Office) -> None:
    member_id = add(office, "Grace", Role.ADMINISTRATOR)
    with pytest.raises(Told, match="Nobody would be left"), office.writing() as connection:
        members.disable(connection, office, None, member_id)


def test_nobody_changes_their_own_access_or_gives_what_they_do_not_look_after(office: Office) -> None:
    place = town(office)
    wide = add(office, "Helen", Role.MANAGER)
    narrow = add(office, "Grace", Role.MANAGER, estates=[place.estates[0]])
    with office.reading() as connection:
        me = grants.actor(connection, narrow)
    below = add(office, "Ada", Role.CARETAKER, me, estates=[place.estates[0]])
    with pytest.raises(Told, match="your own"), office.writing() as connection:
        members.grant(connection, office, me, narrow, place.estates[0])
    with pytest.raises(NotFound), office.writing() as connection:
        members.grant(connection, office, me, below, place.estates[1])
    with pytest.raises(NotAllowed), office.writing() as connection:
        members.disable(connection, office, me, wide)
    with pytest.raises(NotAllowed):
        add(office, "Everywhere", Role.MANAGER, me)
    with pytest.raises(NotFound), office.writing() as connection:
        members.grant(connection, office, None, below, uuid4())


def test_the_last_grant_of_a_manager_is_not_taken_away_to_show_them_everything(office: Office) -> None:
    place = town(office)
    narrow = add(office, "Grace", Role.MANAGER, estates=[place.estates[0]])
    with pytest.raises(Told, match="looks after all"), office.writing() as connection:
        members.revoke(connection, office, None, narrow, place.estates[0])


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b"])
def test_a_name_is_checked(office: Office, name: str) -> None:
    with pytest.raises(Told):
        add(office, name, Role.CARETAKER)


def test_a_code_is_kept_as_its_hash_and_read_however_it_is_typed(office: Office) -> None:
    member_id = add(office, "Ada", Role.CARETAKER)
    with office.writing() as connection:
        made = devices.new_code(connection, office, None, member_id)
    typed = " " + made.code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    with office.reading() as connection:
        kept = connection.execute(select(Code.sha256)).scalar_one()
    assert devices.code_hash(typed) == kept
    assert made.code not in str(kept)


def test_the_audit_shows_every_change_removal_swap_and_cut(office: Office) -> None:
    for name in ("Ada", "Grace", "Helen"):
        add(office, name, Role.MANAGER)
    with office.reading() as connection:
        known = audit.head(connection)
        assert audit.verify(connection, known).sound
    assert known.n == 3
    for broken in (
        "UPDATE audit SET what = 'member.grant' WHERE n = 2",
        "DELETE FROM audit WHERE n = 2",
        "DELETE FROM audit WHERE n = 3",
        "UPDATE audit SET n = 10 - n WHERE n IN (1, 2)",
        "DELETE FROM audit",
    ):
        with office.engine.connect() as connection, connection.begin() as undone:
            connection.exec_driver_sql(broken)
            assert not audit.verify(connection, known).sound, broken
            undone.rollback()
