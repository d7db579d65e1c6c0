"""Orders, hazards, adaptations, programmes and visits: where they lie, who writes what, and what is kept apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.office.sending import AT, Sender, Town, here, member, record, repair, town
from tests.office.test_buckets import agrees, photo_of
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import pages
from watmos_office import cases, heldwork, pull
from watmos_office.office import Office

APPLIED = ("applied", "")
ROLE = ("quarantined", "role")
SCOPE = ("quarantined", "scope")


@pytest.fixture
def small(office: Office) -> Town:
    return town(office)


@pytest.fixture
def manager(office: Office, small: Town) -> Sender:
    return member(office, Role.MANAGER)


@pytest.fixture
def officer(office: Office, small: Town) -> Sender:
    return member(office, Role.TENANCY_OFFICER, estates=small.estates[:1])


def visit(small: Town, **other: Any) -> dict[str, Any]:
    place = {"estate_id": str(small.estates[0]), "block_id": str(small.blocks[0])}
    return {"reference": "V-1", **place, "home_id": str(small.homes[0]), "kind": "wellbeing", **other}


def concern(visit_op: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"visit_id": visit_op["rid"], "kind": "safeguarding", "text": "she whispered", **other}


def rid(op: dict[str, Any]) -> UUID:
    return UUID(op["rid"])


def shown(reader: Sender) -> set[str]:
    """The ids of all records that a device of this person is sent."""
    page = pages.read(pull.pull(reader.office, reader.caller, "", 5000, None))
    return {row[0] for table in page.tables for row in table.rows}


def test_what_belongs_to_a_repair_a_visit_or_a_case_lies_with_it(
    office: Office, small: Town, manager: Sender
) -> None:
    me = str(manager.member_id)
    fault = manager.new("repair", repair(small, manager))
    firm = manager.new("contractor", {"code": "C1", "name": "Apex"})
    job = manager.new(
        "job",
        {
            "repair_id": fault["rid"],
            "contractor_id": firm["rid"],
            "reference": "J-1",
            "trade": "electrical",
            "title": "x",
            "ordered_at": AT,
            "ordered_by": me,
        },
    )
    slot = {"day": "2026-11-24", "slot": "morning", "status": "booked", "changed_at": AT}
    booked = manager.new("appointment", {"job_id": job["rid"], **slot})
    told = {"text": "x", "how": "phone", "told_at": AT, "staff_id": me}
    update = manager.new("repair_update", {"repair_id": fault["rid"], **told})
    hazard = manager.new(
        "hazard_case",
        {
            "reference": "H-1",
            "hazard": "damp",
            "aware_at": AT,
            "opened_by": me,
            "estate_id": str(small.estates[0]),
            "block_id": str(small.blocks[0]),
        },
    )
    step = {"case_id": hazard["rid"], "kind": "told", "at": AT, "staff_id": me}
    seen = manager.new("visit", visit(small))
    answer = {"visit_id": seen["rid"], "key": "alarms", "value": ["yes"], "answered_at": AT}
    works = {"reference": "P-1", "estate_id": str(small.estates[0]), "name": "Roofs"}
    programme = manager.new("programme", works)
    home = {"programme_id": programme["rid"], "home_id": str(small.homes[0])}
    away = {"staff_id": me, "starts_on": "2026-11-24", "ends_on": "2026-11-25"}
    need = {"home_id": str(small.homes[0]), "times": ["mornings"]}
    ops = [
        *(fault, firm, job, booked, update, hazard, manager.new("hazard_step", step), seen),
        *(manager.new("visit_answer", answer), programme, manager.new("programme_home", home)),
        *(manager.new("leave", away), manager.new("visit_need", need)),
    ]
    assert manager.send(*ops) == [APPLIED] * len(ops)
    block, estate = {f"block:{small.blocks[0]}"}, {f"estate:{small.estates[0]}"}
    for op in ops:
        wanted = {"contractor": {"org"}, "leave": {"org"}, "programme": estate, "programme_home": estate}
        assert here(office, op["tbl"], rid(op)) == wanted.get(op["tbl"], block), op["tbl"]
    assert manager.send(
        manager.op(
            "visit",
            rid(seen),
            {"estate_id": str(small.estates[1]), "block_id": str(small.blocks[2])},
        )
    ) == [APPLIED]
    assert here(office, "visit_answer", rid(ops[8])) == {f"block:{small.blocks[2]}"}
    agrees(office)


def test_a_word_of_concern_is_for_who_wrote_it_and_the_guardians_of_its_place(
    office: Office, small: Town, officer: Sender
) -> None:
    """Two officers of one estate; what one of them heard at a door the other is not sent (security.md S22)."""
    colleague = member(office, Role.TENANCY_OFFICER, estates=small.estates[:1])
    lead, elsewhere = (member(office, Role.SAFEGUARDING_LEAD, estates=[estate]) for estate in small.estates)
    boss, clerk = member(office, Role.MANAGER), member(office, Role.ADMINISTRATOR)
    seen = officer.new("visit", visit(small))
    plain = officer.new("visit_follow_up", {"visit_id": seen["rid"], "kind": "repair"})
    word = officer.new("visit_follow_up", concern(seen))
    photo = officer.new("attachment", photo_of("visit_follow_up", word["rid"], officer))
    assert officer.send(seen, plain, word, photo) == [APPLIED] * 4
    apart = {f"care:user:{officer.member_id}", f"care:block:{small.blocks[0]}"}
    assert here(office, "visit_follow_up", rid(word)) == here(office, "attachment", rid(photo)) == apart
    agrees(office)
    for reader, sees in (
        *((one, True) for one in (officer, lead)),
        *((one, False) for one in (colleague, elsewhere, boss, clerk)),
    ):
        assert ({word["rid"], photo["rid"]} <= shown(reader)) is sees
        assert sees or shown(reader).isdisjoint({word["rid"], photo["rid"]})
    assert {seen["rid"], plain["rid"]} <= shown(colleague)
    tries = [
        colleague.op("visit_follow_up", rid(word), {"text": "nothing"}),
        colleague.op("visit_follow_up", rid(word), {"kind": "repair"}),
        colleague.op("visit_follow_up", rid(word), {}, "delete"),
    ]
    assert colleague.send(*tries) == [SCOPE] * 3
    assert lead.send(lead.op("visit_follow_up", rid(word), {"promised_on": "2026-11-24"})) == [APPLIED]
    away = {"estate_id": str(small.estates[1]), "block_id": str(small.blocks[2])}
    assert boss.send(boss.op("visit", rid(seen), away)) == [APPLIED]
    assert here(office, "visit_follow_up", rid(word)) == {
        f"care:user:{officer.member_id}",
        f"care:block:{small.blocks[2]}",
    }
    agrees(office)


def test_a_word_of_concern_comes_to_no_device_that_nobody_has_confirmed(
    office: Office, small: Town, officer: Sender
) -> None:
    """Whoever made a code for a colleague and joined as them; on a waiting device of one's own, work goes on."""
    seen = officer.new("visit", visit(small))
    word = officer.new("visit_follow_up", concern(seen))
    photo = officer.new("attachment", photo_of("visit_follow_up", word["rid"], officer))
    assert officer.send(seen, word, photo) == [APPLIED] * 3
    posing = replace(officer, confirmed=False, incarnation=uuid4(), n=0, hash="", tick=0)
    assert shown(posing).isdisjoint({word["rid"], photo["rid"]}) and seen["rid"] in shown(posing)
    fresh = posing.new("visit_follow_up", concern(seen, key="words"))
    assert posing.send(fresh) == [APPLIED]
    assert posing.send(posing.op("visit_follow_up", rid(fresh), {"text": "she said it twice"})) == [APPLIED]
    assert {word["rid"], fresh["rid"]} <= shown(officer) and fresh["rid"] not in shown(posing)


def test_a_concern_that_became_a_case_is_with_the_case_alone(
    office: Office, small: Town, officer: Sender
) -> None:
    lead = member(office, Role.SAFEGUARDING_LEAD, estates=small.estates[:1])
    boss = member(office, Role.MANAGER)
    seen = officer.new("visit", visit(small))
    word = officer.new("visit_follow_up", concern(seen))
    assert officer.send(seen, word) == [APPLIED] * 2
    case = officer.new(
        "restricted_case",
        {"kind": "domestic_abuse", "title": "x", "opened_by": str(officer.member_id), "opened_at": AT},
        uuid4(),
    )
    became = officer.op(
        "visit_follow_up", rid(word), {"record_table": "restricted_case", "record_id": case["rid"]}
    )
    assert officer.send(case, became, together=True) == [APPLIED] * 2
    assert here(office, "visit_follow_up", rid(word)) == {f"case:{case['rid']}"}
    for reader in (lead, boss):
        assert word["rid"] not in shown(reader)
        assert reader.send(reader.op("visit_follow_up", rid(word), {"text": "x"})) == [SCOPE]
    assert word["rid"] in shown(officer)
    with office.writing() as connection:  # named all the same, an exclusion beats it
        cases.name(connection, office, None, rid(case), lead.member_id)
        cases.exclude(connection, office, None, rid(case), lead.member_id)
        cases.name(connection, office, None, rid(case), boss.member_id)
    assert (word["rid"] in shown(lead), word["rid"] in shown(boss)) == (False, True)
    guess = officer.new(
        "visit_follow_up", concern(seen, record_table="restricted_case", record_id=str(uuid4()))
    )
    assert officer.send(guess) == [SCOPE]
    again = concern(seen, record_table="restricted_case", record_id=case["rid"])
    assert lead.send(lead.new("visit_follow_up", again)) == [SCOPE]
    with office.reading() as connection:
        known = {one.member_id for one in heldwork.listing(connection, boss.caller)}
    assert known == {lead.member_id, boss.member_id}, "what waits about their case and their own; no guess"
    agrees(office)


@pytest.mark.parametrize(
    ("role", "taken"),
    [(Role.TENANCY_OFFICER, False), (Role.SAFEGUARDING_LEAD, False), (Role.MANAGER, True)],
)
def test_a_visit_is_approved_by_a_manager_in_their_own_name(
    office: Office, small: Town, officer: Sender, role: Role, taken: bool
) -> None:
    seen = officer.new("visit", visit(small))
    officer.send(seen)
    done = officer.op("visit", rid(seen), {"status": "completed", "completed_at": AT})
    assert officer.send(done) == [APPLIED]
    who = member(office, role, estates=small.estates[:1])
    approval = {"approved_by": str(who.member_id), "approved_at": AT}
    assert who.send(who.op("visit", rid(seen), approval)) == [APPLIED if taken else ROLE]
    other = {**approval, "approved_by": str(officer.member_id)}
    assert who.send(who.op("visit", rid(seen), other)) == [("quarantined", "author") if taken else ROLE]


def test_a_completed_visit_never_changes(office: Office, small: Town, officer: Sender) -> None:
    seen = officer.new("visit", visit(small))
    answer = {"visit_id": seen["rid"], "key": "alarms", "value": ["yes"], "answered_at": AT}
    said = officer.new("visit_answer", answer)
    signed = officer.new("visit_signature", {"visit_id": seen["rid"], "name": "Ada Hart", "signed_at": AT})
    sealed = {"status": "completed", "completed_at": AT}
    done = officer.op("visit", rid(seen), sealed, base=dict.fromkeys(sealed, seen["stamp"]))
    photo = {"owner_table": "visit", "owner_id": seen["rid"], "sha256": "ab" * 32, "size": 1, "width": 1}
    photo |= {"height": 1, "taken_at": AT, "added_by": str(officer.member_id)}
    taken = officer.new("attachment", photo)
    assert officer.send(seen, said, signed, taken, done, together=True) == [APPLIED] * 5
    consent = {"visit_id": seen["rid"], "key": "photos", "given": True, "asked_at": AT}
    tries = [
        officer.op("visit_answer", rid(said), {"value": ["no"]}),
        officer.new("visit_answer", {**answer, "key": "gas"}),
        officer.new("visit_consent", consent),
        officer.new("attachment", photo),
        officer.op("attachment", rid(taken), {"item_key": "hall"}),
        officer.op("attachment", rid(taken), {}, "delete"),
        officer.op("visit", rid(seen), {"planned_on": "2026-12-24"}),
        officer.op("visit", rid(seen), {"status": "cancelled", "completed_at": None}),
        officer.op("visit", rid(seen), {}, "delete"),
    ]
    assert officer.send(*tries) == [("quarantined", "sealed")] * len(tries)
    late = {"visit_id": seen["rid"], "tried_at": AT, "staff_id": str(officer.member_id)}
    follow = officer.new("visit_follow_up", {"visit_id": seen["rid"], "kind": "other"})
    assert officer.send(officer.new("visit_attempt", late), follow) == [APPLIED] * 2


def test_decisions_are_of_who_may_decide(
    office: Office, small: Town, manager: Sender, officer: Sender
) -> None:
    home, me = str(small.homes[0]), str(officer.member_id)
    place = {"estate_id": str(small.estates[0]), "block_id": str(small.blocks[0])}
    lead, voice, keeper = (
        member(office, role, estates=small.estates[:1])
        for role in (Role.SAFEGUARDING_LEAD, Role.RESIDENT_VOICE, Role.CARETAKER)
    )
    aid = officer.new(
        "adaptation",
        {
            **place,
            "reference": "A-1",
            "home_id": home,
            "what": "rail",
            "requested_at": AT,
            "asked_by": me,
        },
    )
    hazard = keeper.new(
        "hazard_case",
        {**place, "reference": "H-1", "hazard": "damp", "aware_at": AT, "opened_by": str(keeper.member_id)},
    )
    works = manager.new("programme", {**place, "reference": "P-1", "name": "Roofs"})
    held = {"home_id": home, "code": "T", "kind": "starter", "started_on": "2026-01-01"}
    tenancy = manager.new("tenancy", held)
    dwelling = manager.new("programme_home", {"programme_id": works["rid"], "home_id": home})
    assert officer.send(aid) == keeper.send(hazard) == [APPLIED]
    assert manager.send(works, dwelling, tenancy) == [APPLIED] * 3
    yes = {"decision_reason": "needed", "decided_at": AT}
    judged = {
        "level": "emergency",
        "level_reason": "x",
        "judged_by": "D Ray",
        "judged_basis": "",
        "judged_at": AT,
    }
    review = {"tenancy_id": tenancy["rid"], "stage": "decision", "made_at": AT}
    decided, boss = {**review, "staff_id": me}, str(manager.member_id)
    looked = {"investigated_at": AT, "findings": "x", "remote": False}
    started = {"status": "started", "started_at": AT, "start_reason": ""}
    for who, op, taken in (
        (lead, lead.op("adaptation", rid(aid), {**yes, "decided_by": str(lead.member_id)}), False),
        (lead, lead.op("adaptation", rid(aid), {"status": "approved"}), False),
        (officer, officer.op("adaptation", rid(aid), {**yes, "decided_by": me}), True),
        (officer, officer.op("adaptation", rid(aid), {"status": "approved"}), True),
        (keeper, keeper.op("hazard_case", rid(hazard), judged), False),
        (voice, voice.op("hazard_case", rid(hazard), looked), False),
        (officer, officer.op("hazard_case", rid(hazard), judged), True),
        (voice, voice.op("programme", rid(works), {"name": "Mine"}), False),
        (officer, officer.op("programme", rid(works), started), False),
        (voice, voice.op("programme_home", rid(dwelling), {"refused": True}), False),
        (voice, voice.op("programme_home", rid(dwelling), {"written_at": AT}), True),
        (officer, officer.new("tenancy_review", {**decided, "outcome": "end"}), False),
        (officer, officer.new("tenancy_review", {**decided, "stage": "month_3", "outcome": "fine"}), True),
        (manager, manager.new("tenancy_review", {**review, "outcome": "extend", "staff_id": boss}), True),
        (officer, officer.new("contractor", {"code": "C", "name": "Mine"}), False),
        (keeper, keeper.new("visit", visit(small)), False),
        (keeper, keeper.new("leave", {"staff_id": me, "starts_on": "2026-11-24", "ends_on": "2026-11-24"}), False),
    ):  # fmt: skip
        status, reason = who.send(op)[0]
        assert (status == "applied") is taken, (op["tbl"], op["set"], reason)
        assert taken or reason == "role", (op["tbl"], op["set"], reason)


def test_an_ambassador_writes_nothing_of_it_and_reads_the_public_facts_alone(
    office: Office, small: Town, manager: Sender, officer: Sender
) -> None:
    neighbour = member(office, Role.AMBASSADOR, blocks=[(small.estates[0], small.blocks[0])])
    mine = neighbour.new("repair", repair(small, neighbour))
    assert neighbour.send(mine) == [APPLIED]
    me = str(neighbour.member_id)
    tries = [
        neighbour.op("repair", rid(mine), {"assigned_to": me}),
        neighbour.op("repair", rid(mine), {"waiting": "access"}),
        neighbour.new("repair_note", {"repair_id": mine["rid"], "text": "x", "made_at": AT, "staff_id": me}),
        neighbour.new("visit", visit(small)),
        neighbour.new("programme", {"reference": "P", "estate_id": str(small.estates[0]), "name": "x"}),
    ]
    assert [status for status, _ in neighbour.send(*tries)] == ["quarantined"] * len(tries)
    firm = manager.new("contractor", {"code": "C1", "name": "Apex", "contact": "Jo Bloggs", "phone": "0300"})
    works = {"reference": "P-1", "estate_id": str(small.estates[0]), "block_id": str(small.blocks[0])}
    plan = manager.new("programme", {**works, "name": "Roofs", "start_reason": "why"})
    job = {"reference": "J", "trade": "electrical", "title": "x", "ordered_at": AT}
    job |= {"ordered_by": str(manager.member_id)}
    order = manager.new("job", {"repair_id": mine["rid"], **job})
    seen = manager.new("visit", visit(small))
    assert manager.send(firm, plan, order, seen) == [APPLIED] * 4
    page = pages.read(pull.pull(office, neighbour.caller, "", 5000, None))
    rows = {table.table: (table.columns, [row[0] for row in table.rows]) for table in page.tables}
    assert {firm["rid"]} == set(rows["contractor"][1])
    assert {plan["rid"]} == set(rows["programme"][1])
    assert {"contact", "phone", "email", "hours"}.isdisjoint(rows["contractor"][0])
    assert "start_reason" not in rows["programme"][0]
    assert rows.keys().isdisjoint(
        {"job", "visit", "visit_follow_up", "appointment", "hazard_case", "adaptation"}
    )


def test_notes_are_added_and_never_edited(office: Office, small: Town, officer: Sender) -> None:
    fault = officer.new("repair", repair(small, officer))
    said = {"repair_id": fault["rid"], "text": "a", "made_at": AT, "staff_id": str(officer.member_id)}
    note = officer.new("repair_note", said)
    assert officer.send(fault, note) == [APPLIED] * 2
    edit = officer.op("repair_note", rid(note), {"text": "b"})
    assert officer.send(edit) == [("quarantined", "append_only")]


def test_an_appointment_merges_as_one_and_trades_as_sets(
    office: Office, small: Town, manager: Sender, officer: Sender
) -> None:
    fault = manager.new("repair", repair(small, manager))
    me = str(manager.member_id)
    job = {"reference": "J", "trade": "electrical", "title": "x", "ordered_at": AT, "ordered_by": me}
    order = manager.new("job", {"repair_id": fault["rid"], **job})
    when = {"day": "2026-11-24", "slot": "morning", "arrives_from": "", "arrives_by": "", "status": "booked"}
    booked = manager.new("appointment", {"job_id": order["rid"], **when, "changed_at": AT})
    firm = manager.new("contractor", {"code": "C1", "name": "Apex", "trades": ["roofing"]})
    assert manager.send(fault, order, booked, firm) == [APPLIED] * 4
    moved = manager.op(
        "appointment", rid(booked), {**when, "day": "2026-11-25", "slot": "evening", "changed_at": AT}
    )
    missed = officer.op("appointment", rid(booked), {**when, "status": "missed", "changed_at": AT})
    boss = member(office, Role.MANAGER)
    more = [
        who.op("contractor", rid(firm), {"trades": {"add": [trade], "remove": []}})
        for who, trade in ((manager, "plumbing"), (boss, "electrical"))
    ]
    assert manager.send(moved, more[0]) == [APPLIED] * 2
    assert officer.send(missed) == [("conflict", "")]
    assert boss.send(more[1])[0][0] in ("applied", "conflict")  # for information: they wrote at once
    now = record(office, "appointment", rid(booked)).data
    assert (now["day"], now["slot"], now["status"]) in (
        ("2026-11-25", "evening", "booked"),
        ("2026-11-24", "morning", "missed"),
    )
    assert set(record(office, "contractor", rid(firm)).data["trades"]) == {
        "roofing",
        "plumbing",
        "electrical",
    }
