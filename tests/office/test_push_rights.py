"""What nobody may push: other people's records, words, fields and steps (security.md 3c)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from tests.office.sending import AT, Sender, Town, disable, here, lies, member, record, repair, town
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import templates
from watmos_office.office import Office, head
from watmos_office.tables import CaseMember, Quarantine, Record, Review

APPLIED = ("applied", "")


@pytest.fixture
def small(office: Office) -> Town:
    return town(office)


@pytest.fixture
def officer(office: Office, small: Town) -> Sender:
    """A caretaker of the first estate."""
    return member(office, Role.CARETAKER, estates=small.estates[:1])


def counted(office: Office, model: Any) -> int:
    with office.reading() as connection:
        return connection.scalar(select(func.count()).select_from(model)) or 0


def test_who_wrote_it_is_who_the_token_says(office: Office, small: Town, officer: Sender) -> None:
    """A1."""
    other = member(office, Role.CARETAKER, estates=small.estates[:1])
    forged = officer.new("repair", repair(small, officer, reported_by=str(other.member_id)))
    assert officer.send(forged) == [("quarantined", "author")]


@pytest.mark.parametrize(
    "table", ["staff", "staff_scope", "member", "member_grant", "policy", "audit", "record"]
)
def test_who_works_here_is_not_pushed(table: str, office: Office, small: Town, officer: Sender) -> None:
    """A3."""
    status, reason = officer.send(officer.new(table, {"name": "Eve", "role": "manager", "active": True}))[0]
    assert (status, reason in ("not_pushable", "unknown_table")) == ("quarantined", True)


def test_nothing_beyond_the_senders_estates_is_written_moved_removed_or_brought_back(
    office: Office, small: Town, officer: Sender
) -> None:
    """A4, A5, A6, A12, A13: refused alike, whether the record is there or not."""
    far = member(office, Role.CARETAKER, estates=small.estates[1:])
    theirs, mine = far.new("repair", repair(small, far, 2)), officer.new("repair", repair(small, officer))
    far.send(theirs)
    officer.send(mine)
    there, own, nowhere = UUID(theirs["rid"]), UUID(mine["rid"]), uuid7()
    elsewhere = {"estate_id": str(small.estates[1]), "block_id": str(small.blocks[2]), "space_id": None}
    nearby = {"estate_id": str(small.estates[0]), "block_id": str(small.blocks[0]), "space_id": None}
    tries = [
        *(officer.op("repair", rid, {"title": "Mine"}) for rid in (there, nowhere)),
        *(officer.op("repair", rid, nearby) for rid in (there, nowhere)),
        *(officer.op("repair", rid, {}, "delete") for rid in (there, nowhere)),
        *(officer.op("repair", rid, {"deleted": False}) for rid in (there, nowhere)),
        officer.op("repair", own, elsewhere),
        officer.new("repair", repair(small, officer, 2)),
        officer.new("repair", repair(small, officer), rid=there),
    ]
    assert officer.send(*tries) == [("quarantined", "scope")] * len(tries)
    assert lies(office, "repair", there) == {f"block:{small.blocks[2]}": True}
    assert lies(office, "repair", own) == {f"block:{small.blocks[0]}": True}
    assert record(office, "repair", there).deleted is False


def test_no_reference_tells_whether_something_is_there(office: Office, small: Town, officer: Sender) -> None:
    """A7, A8, A9: to what lies elsewhere, and to what does not exist, the same answer."""
    far = member(office, Role.CARETAKER, estates=small.estates[1:])
    theirs, mine = far.new("repair", repair(small, far, 2)), officer.new("repair", repair(small, officer))
    far.send(theirs)
    officer.send(mine)
    photo = {
        "owner_table": "repair",
        "sha256": "ab" * 32,
        "size": 1,
        "width": 1,
        "height": 1,
        "taken_at": AT,
        "added_by": str(officer.member_id),
    }
    own = officer.new("attachment", {**photo, "owner_id": mine["rid"]})
    assert officer.send(own) == [APPLIED]
    tries = []
    for home, owner in ((small.homes[2], theirs["rid"]), (uuid7(), str(uuid7()))):
        tries += [
            officer.new("repair", repair(small, officer, home_id=str(home))),
            officer.op("repair", UUID(mine["rid"]), {"home_id": str(home)}),
            officer.new("attachment", {**photo, "owner_id": owner}),
            officer.op("attachment", UUID(own["rid"]), {"owner_id": owner}),
            officer.op("attachment", UUID(own["rid"]), {"owner_table": "restricted_case", "owner_id": owner}),
        ]
    assert officer.send(*tries) == [("quarantined", "scope")] * len(tries)


def test_a_child_may_come_with_its_parent(office: Office, small: Town, officer: Sender) -> None:
    walk = officer.new("inspection", inspection(small, officer))
    reply = officer.new("answer", {"inspection_id": walk["rid"], "item_key": "lights", "answered_at": AT})
    assert officer.send(reply, walk, together=True) == [APPLIED, APPLIED]
    assert here(office, "answer", UUID(reply["rid"])) == {f"block:{small.blocks[0]}"}


def inspection(small: Town, me: Sender, **other: Any) -> dict[str, Any]:
    return {
        "reference": "I-1",
        "template_key": "block_weekly",
        "template_version": 1,
        "estate_id": str(small.estates[0]),
        "block_id": str(small.blocks[0]),
        "place_key": str(small.blocks[0]),
        "status": "draft",
        "started_at": AT,
        "started_by": str(me.member_id),
        **other,
    }


SIGNED = {
    "status": "signed",
    "finished_at": AT,
    "grade": "A",
    "percent": 100,
    "area_grades": {},
    "defects": 0,
    "checksum": "",
}


def test_a_signed_walk_never_changes(office: Office, small: Town, officer: Sender) -> None:
    walk = officer.new("inspection", inspection(small, officer))
    rid = UUID(walk["rid"])
    reply = officer.new("answer", {"inspection_id": walk["rid"], "item_key": "lights", "answered_at": AT})
    late = officer.op("answer", UUID(reply["rid"]), {"note": "late"}, base={})
    officer.send(walk, reply)
    name = {"inspection_id": walk["rid"], "name": "Sam", "role": "caretaker", "signed_at": AT}
    signed = officer.op("inspection", rid, SIGNED)
    seen = dict.fromkeys(signed["base"], signed["stamp"])  # a device has its own word before its eyes
    signing = [
        officer.new("signature", name),
        signed,
        officer.op("inspection", rid, {**SIGNED, "checksum": "ab"}, base=seen),
    ]
    assert officer.send(*signing, together=True) == [APPLIED] * 3
    photo = {"owner_table": "inspection", "owner_id": walk["rid"], "sha256": "ab" * 32, "size": 1, "width": 1}
    tries = [
        late,
        officer.op("inspection", rid, {"reference": "I-2"}),
        officer.op("inspection", rid, {**SIGNED, "status": "draft"}),
        officer.op("inspection", rid, {}, "delete"),
        officer.new("answer", {"inspection_id": walk["rid"], "item_key": "bins", "answered_at": AT}),
        officer.new("signature", name),
        officer.new("attachment", {**photo, "height": 1, "taken_at": AT, "added_by": str(officer.member_id)}),
    ]
    assert officer.send(*tries) == [("quarantined", "sealed")] * len(tries)
    said = {"inspection_id": walk["rid"], "staff_id": str(officer.member_id), "text": "B", "made_at": AT}
    amendment = officer.new("amendment", said)
    assert officer.send(amendment) == [APPLIED]
    edit = officer.op("amendment", UUID(amendment["rid"]), {"text": "C"})
    assert officer.send(edit) == [("quarantined", "append_only")]


def test_a_role_writes_what_it_may(office: Office, small: Town, officer: Sender) -> None:
    home = str(small.homes[0])
    tries = [
        officer.op("home", small.homes[0], {"access_notes": "key safe 1234"}),
        officer.op("estate", small.estates[0], {"name": "Mine"}),
        officer.new("tenancy", {"home_id": home, "code": "T", "kind": "starter", "started_on": "2026-11-23"}),
        officer.new("person", {"name": "Ada"}),
        officer.new("restricted_case", {"kind": "safeguarding", "title": "x", "opened_at": AT}),
    ]
    results = officer.send(*tries)
    assert {status for status, _ in results} == {"quarantined"}
    assert [reason for _, reason in results[:4]] == ["role"] * 4


def test_a_role_writes_no_field_above_its_ceiling(office: Office, small: Town) -> None:
    landlord, voice = (
        member(office, role, estates=small.estates) for role in (Role.MANAGER, Role.RESIDENT_VOICE)
    )
    home = {"home_id": str(small.homes[0]), "code": "T", "kind": "starter", "started_on": "2026-11-23"}
    tenancy, person = landlord.new("tenancy", home), landlord.new("person", {"name": "Ada"})
    lives = landlord.new("household_member", {"tenancy_id": tenancy["rid"], "person_id": person["rid"]})
    assert landlord.send(tenancy, person, lives) == [APPLIED] * 3
    tries = [voice.op("person", UUID(person["rid"]), {name: "x"}) for name in ("phone", "needs")]
    assert voice.send(*tries) == [APPLIED, ("quarantined", "role")]


def test_an_ambassador_writes_their_own_words_and_nobody_elses(
    office: Office, small: Town, officer: Sender
) -> None:
    neighbour = member(office, Role.AMBASSADOR, blocks=[(small.estates[0], small.blocks[0])])
    theirs, mine = (
        officer.new("repair", repair(small, officer)),
        neighbour.new("repair", repair(small, neighbour)),
    )
    officer.send(theirs)
    assert neighbour.send(mine) == [APPLIED]
    own, other = UUID(mine["rid"]), UUID(theirs["rid"])
    tries = [
        neighbour.op("repair", other, {"title": "Not me"}),
        neighbour.op("repair", other, {"priority": "emergency", "due_at": AT}),
        neighbour.op("repair", other, {}, "delete"),
        neighbour.op("repair", own, {"status": "completed", "completed_at": AT}),
        neighbour.new("repair", repair(small, neighbour, status="completed")),
        neighbour.op("home", small.homes[0], {"number": "1a"}),
    ]
    assert neighbour.send(*tries) == [("quarantined", "role")] * len(tries)
    hidden = neighbour.new("repair", repair(small, neighbour, home_id=str(small.homes[0])))
    assert neighbour.send(hidden) == [("quarantined", "scope")]
    assert neighbour.send(neighbour.op("repair", own, {"description": "By No 3, Mrs Hart"})) == [APPLIED]
    with office.reading() as connection:
        fields = set(
            connection.scalars(select(Review.field).where(Review.rid == own, Review.state == "open"))
        )
    assert fields == {"title", "description"}


def test_signing_moves_the_schedule_for_whoever_walks(office: Office, small: Town, officer: Sender) -> None:
    manager = member(office, Role.MANAGER)
    fields = {
        "estate_id": str(small.estates[0]),
        "block_id": str(small.blocks[0]),
        "template_key": "block_weekly",
    }
    plan = manager.new("schedule", {**fields, "starts_on": "2026-11-01", "due_on": "2026-11-23"})
    assert manager.send(plan) == [APPLIED]
    moved = officer.op("schedule", UUID(plan["rid"]), {"last_done_on": "2026-11-23", "due_on": "2026-11-30"})
    assert officer.send(moved) == [("quarantined", "role")]
    walk = officer.new("inspection", inspection(small, officer, schedule_id=plan["rid"]))
    officer.send(walk)
    moved = officer.op("schedule", UUID(plan["rid"]), {"last_done_on": "2026-11-23", "due_on": "2026-11-30"})
    signed = officer.op("inspection", UUID(walk["rid"]), SIGNED)
    assert officer.send(signed, moved, together=True) == [APPLIED, APPLIED]


def test_only_the_programs_own_template_comes_along(office: Office, small: Town, officer: Sender) -> None:
    neighbour = member(office, Role.AMBASSADOR, blocks=[(small.estates[0], small.blocks[0])])
    template = next(iter(templates.load_all().values()))
    said = {"key": template.key, "version": template.version, "body": templates.to_dict(template)}
    rid = uuid5(small.estates[0], template.key)
    assert officer.send(officer.new("template_version", said, rid)) == [APPLIED]
    assert neighbour.send(neighbour.new("template_version", said, rid)) == [APPLIED]
    forged = {**said, "body": {**said["body"], "title": "Knock at No 3"}}  # type: ignore[dict-item]
    assert neighbour.send(neighbour.new("template_version", forged)) == [("quarantined", "template")]
    assert here(office, "template_version", rid) == {"org"}


def test_a_case_is_its_makers_and_nobody_else_finds_it(office: Office, small: Town) -> None:
    lead = member(office, Role.SAFEGUARDING_LEAD, estates=small.estates[:1])
    manager = member(office, Role.MANAGER)
    fields = {"kind": "domestic_abuse", "title": "x", "opened_by": str(lead.member_id), "opened_at": AT}
    case = lead.new("restricted_case", fields, uuid4())
    note = lead.new(
        "case_note", {"case_id": case["rid"], "text": "y", "staff_id": str(lead.member_id), "made_at": AT}
    )
    assert lead.send(case, note, together=True) == [APPLIED, APPLIED]
    assert here(office, "case_note", UUID(note["rid"])) == {f"case:{case['rid']}"}
    with office.reading() as connection:
        assert connection.execute(select(CaseMember.case_id, CaseMember.member_id)).all() == [
            (UUID(case["rid"]), lead.member_id)
        ]
    for rid in (case["rid"], str(uuid4())):
        said = {"case_id": rid, "text": "y", "staff_id": str(manager.member_id), "made_at": AT}
        tries = [manager.op("restricted_case", UUID(rid), {"title": "z"}), manager.new("case_note", said)]
        assert manager.send(*tries) == [("quarantined", "scope")] * 2


def test_steps_are_not_skipped(office: Office, small: Town, officer: Sender) -> None:
    """A18: what is completed is not cancelled; both are kept."""
    op = officer.new("repair", repair(small, officer))
    rid = UUID(op["rid"])
    officer.send(op)
    officer.send(officer.op("repair", rid, {"status": "completed", "completed_at": AT}))
    skipped = officer.op("repair", rid, {"status": "cancelled", "completed_at": None})
    assert officer.send(skipped) == [("conflict", "")]
    assert record(office, "repair", rid).data["status"] == "completed"


def test_all_that_a_draining_device_sends_waits(office: Office, small: Town, officer: Sender) -> None:
    disable(office, officer, "drain")
    assert officer.send(officer.new("repair", repair(small, officer))) == [("quarantined", "drain")]
    assert (counted(office, Quarantine), record(office, "repair", uuid7())) == (1, None)


def test_rows_that_say_nothing_new_are_not_sent_around_again(
    office: Office, small: Town, officer: Sender
) -> None:
    with office.reading() as connection:
        before = head(connection)
    template = next(iter(templates.load_all().values()))
    said = {"key": template.key, "version": template.version, "body": templates.to_dict(template)}
    rid = uuid7()
    officer.send(officer.new("template_version", said, rid), officer.new("template_version", said, rid))
    with office.reading() as connection:
        assert head(connection) == before + 1
        assert connection.scalar(select(func.count()).select_from(Record).where(Record.rid == rid)) == 1
