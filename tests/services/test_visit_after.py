"""What comes of a visit: told before it is sealed, made in that one commit, never twice, each naming the other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from tests.build import a_home, a_person, a_staff, a_tenancy, an_actor
from tests.conftest import Let
from tests.fakes import FakeClock
from tests.services.test_visit_form import answered
from watmos_desktop.models.kinds import CaseKind, FollowUpKind, Role
from watmos_desktop.models.tables import (
    Adaptation,
    Block,
    Clock,
    Estate,
    HazardCase,
    Person,
    Referral,
    Repair,
    RestrictedCase,
    Visit,
    VisitFollowUp,
)
from watmos_desktop.services import (
    history,
    today,
    visit_after,
    visit_approval,
    visit_follow_ups,
    visit_form,
    visit_walk,
    visit_walk_view,
    visits,
)
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.visit_after import Proposal
from watmos_desktop.services.visits import VisitDraft

FINDS = {
    "damp": ["some"],
    "damp_where": ["kitchen", "bedroom"],
    "repairs": ["yes"],
    "repairs_what": ["The tap in the bathroom drips"],
    "adaptations": ["yes"],
    "benefits": ["yes"],
    "asb": ["yes"],
    "asb_what": ["Loud music after midnight from No 7"],
    "contact": ["changed"],
    "contact_what": ["now 07700 900456, ada@example.org"],
    "safe_contact": ["some"],
    "safe_contact_how": ["text", "day"],
    "fire": ["yes"],
    "fire_what": ["way_out"],
}


@pytest.fixture
def door(let: Let) -> UUID:
    """A visit under way."""
    let.store.actor = let.landlord.officer
    with let.store.write("a home", undoable=False) as session:
        home = a_home(session, session.get(Block, let.landlord.block_id))
        a_tenancy(session, home, a_person(session, "Ada Okafor"), started_on=date(2023, 12, 1))
        visit = visits.arrange(session, VisitDraft(home.id))
    does(let, visit_walk.start, visit)
    return visit


def does(let: Let, change: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
    with let.store.write(change.__name__) as session:
        return change(session, *args, **keywords)


def answers(let: Let, visit: UUID, finds: dict[str, list[str]], consent: bool = True) -> None:
    """The whole form: what it finds, else nothing out of the ordinary; every consent with that answer."""
    with let.store.write("the form") as session:
        while missing := visit_walk_view.load(session, visit).missing:
            for step in missing:
                given = finds.get(step.question.key) or answered(step, 0).values
                with suppress(NotFound):  # an answer before it made it one that is not asked
                    visit_walk.answer(session, visit, step.question.key, given, step.room)
        for one in visit_form.load().consents:
            visit_walk.consent(session, visit, one.key, consent)


def comes(let: Let, visit: UUID) -> dict[str, Proposal]:
    with let.store.read() as session:
        return {one.key: one for one in visit_after.proposals(session, visit)}


def rows(let: Let, model: Any, *where: Any) -> list[Any]:
    with let.store.read() as session:
        found = list(session.scalars(select(model).where(*where, ~model.deleted)))
        session.expunge_all()
        return found


def kept(let: Let, visit: UUID) -> dict[str, VisitFollowUp]:
    return {one.key: one for one in rows(let, VisitFollowUp, VisitFollowUp.visit_id == visit)}


def test_everything_is_told_and_made_in_one_commit(let: Let, door: UUID, clock: FakeClock) -> None:
    seen_at = clock.now()
    answers(let, door, FINDS)
    clock.set(seen_at + timedelta(days=1))  # the rest on another day
    told = comes(let, door)
    assert " ".join(told) == (
        "contact_what safe_contact_how=any damp fire_what=way_out repairs_what benefits adaptations asb_what"
    )
    assert told["damp"].words == "Damp or mould: Kitchen, Bedroom"
    assert "We look into the hazard by Monday 7 December 2026" in told["damp"].promise
    assert "It will be done by" in told["repairs_what"].promise and told["benefits"].by == date(2026, 11, 30)
    assert not rows(let, Referral) and not kept(let, door)  # told, and nothing made yet
    does(let, visit_walk.complete, door, "would rather not")
    made = kept(let, door)
    (case,) = rows(let, HazardCase, HazardCase.home_id.is_not(None), HazardCase.aware_at == seen_at)
    repair = next(one for one in rows(let, Repair, Repair.id == case.repair_id))
    assert (made["damp"].record_table, made["damp"].record_id) == ("hazard_case", case.id)
    assert repair.reported_at == seen_at and repair.place == "Kitchen, Bedroom"
    reference = rows(let, Visit, Visit.id == door)[0].reference
    assert reference in repair.description and reference in case.what
    (law,) = rows(let, Clock, Clock.owner_id == case.id, Clock.stopped_at.is_(None))
    assert (law.key, law.started_at) == ("AW.investigate", seen_at)
    assert made["damp"].promised_on == date(2026, 12, 7) == told["damp"].by
    (tap,) = rows(let, Repair, Repair.id == made["repairs_what"].record_id)
    assert tap.title == "The tap in the bathroom drips" and reference in tap.description
    assert made["repairs_what"].promised_on == told["repairs_what"].by
    (asked,) = rows(let, Adaptation, Adaptation.id == made["adaptations"].record_id)
    assert reference in asked.what
    (sent,) = rows(let, Referral)
    assert sent.consent and reference in sent.reason and sent.partner == "Our money advice team"
    (quarrel,) = rows(let, RestrictedCase)
    assert quarrel.kind is CaseKind.ASB and "music" in quarrel.summary and quarrel.id.version == 4
    (again,) = rows(let, Visit, Visit.id == made["fire_what=way_out"].record_id)
    assert again.due_on == date(2026, 12, 7) and reference in again.asked
    (ada,) = rows(let, Person, Person.name == "Ada Okafor")
    assert (ada.phone, ada.email, ada.safe_ways) == ("07700 900456", "ada@example.org", ["text", "day"])


def test_new_details_are_kept_with_the_tenant_whose_they_are(let: Let) -> None:
    let.store.actor = let.landlord.officer
    with let.store.write("a home", undoable=False) as session:
        home = a_home(session, session.get(Block, let.landlord.block_id))
        people = [a_person(session, name, phone="07700 900111") for name in ("Ada Okafor", "Ben Okafor")]
        a_tenancy(session, home, *people, started_on=date(2023, 12, 1))
        visit = visits.arrange(session, VisitDraft(home.id))
    does(let, visit_walk.start, visit)
    changed = {"contact": ["changed"], "contact_what": ["07700 900456"], "contact_who": ["Ben Okafor"]}
    answers(let, visit, changed)
    assert comes(let, visit)["contact_what"].words == "New phone or e-mail: Ben Okafor"
    does(let, visit_walk.complete, visit, "no")
    phones = {one.name: one.phone for one in rows(let, Person, Person.id.in_([one.id for one in people]))}
    assert phones == {"Ada Okafor": "07700 900111", "Ben Okafor": "07700 900456"}
    assert kept(let, visit)["contact_what"].record_id == people[1].id


def test_nothing_is_made_twice(let: Let, door: UUID) -> None:
    answers(let, door, FINDS)
    with pytest.raises(RuntimeError, match="power"), let.store.write("cut off") as session:
        visit_walk.complete(session, door, "no")
        raise RuntimeError("power")
    assert not kept(let, door) and not rows(let, Referral)  # all or nothing
    does(let, visit_walk.complete, door, "no")
    models = (Repair, HazardCase, Adaptation, Referral, RestrictedCase, Visit, VisitFollowUp, Clock)
    with let.store.read() as session:
        before = [session.scalar(select(func.count()).select_from(one)) for one in models]
    with pytest.raises(Told, match="is done"):
        does(let, visit_walk.complete, door, "no")
    with let.store.write("again", undoable=False) as session:  # even if a program called it once more
        row = session.get(Visit, door)
        assert row is not None
        visit_after.seal(session, row)
    with let.store.read() as session:
        assert before == [session.scalar(select(func.count()).select_from(one)) for one in models]


def test_what_is_left_out_has_its_reason_and_what_they_refuse_is_not_passed_on(let: Let, door: UUID) -> None:
    answers(let, door, FINDS, consent=False)
    with pytest.raises(Told) as told:
        does(let, visit_after.leave_out, door, "repairs_what", " ")
    assert told.value.field == "reason"
    with pytest.raises(NotFound):
        does(let, visit_after.leave_out, door, "smoke", "not here")
    does(let, visit_after.leave_out, door, "repairs_what", "They mended it while I was there")
    does(let, visit_after.leave_out, door, "adaptations", "Wants to think about it")
    does(let, visit_after.take_in, door, "adaptations")
    does(let, visit_after.leave_out, door, "fire_what=way_out", "Cleared at once")
    does(let, visit_walk.answer, door, "fire", ["no"])  # and then there was nothing
    now = comes(let, door)
    assert now["repairs_what"].left_out and not now["repairs_what"].made and now["adaptations"].made
    assert "did not agree" in now["benefits"].refused
    does(let, visit_walk.complete, door, "no")
    made = kept(let, door)
    assert made["repairs_what"].left_out == "They mended it while I was there"
    assert made["repairs_what"].record_id is None and made["adaptations"].record_id is not None
    assert "did not agree" in made["benefits"].left_out and not rows(let, Referral)
    assert "fire_what=way_out" not in made


def test_what_is_open_already_is_joined(let: Let, door: UUID, clock: FakeClock) -> None:
    answers(let, door, {"damp": ["some"], "smoke": ["broken"]})
    does(let, visit_walk.complete, door, "no")
    first = kept(let, door)
    clock.set(clock.now() + timedelta(days=3))
    with let.store.read() as session:
        home = visits.get(session, door).card.home_id
    second = does(let, visits.arrange, VisitDraft(home, asked="look again"))
    does(let, visit_walk.start, second)
    answers(let, second, {"damp": ["some"], "smoke": ["broken"]})
    told = comes(let, second)
    assert told["damp"].already.startswith("H-") and told["smoke"].already.startswith("R-")
    assert told["damp"].by == date(2026, 12, 7)  # the clock that runs, not a new one
    does(let, visit_walk.complete, second, "no")
    again = kept(let, second)
    assert {key: one.record_id for key, one in again.items()} == {
        key: one.record_id for key, one in first.items()
    }
    assert len(rows(let, HazardCase, HazardCase.home_id == home)) == 1
    assert again["damp"].kind is FollowUpKind.HAZARD


def test_a_manager_looks_at_what_policy_asks_and_sends_it_back(let: Let, door: UUID) -> None:
    answers(let, door, {"fire": ["yes"], "fire_what": ["alone"]})
    does(let, visit_walk.complete, door, "would rather not")
    with pytest.raises(NotAllowed):
        does(let, visit_approval.approve, door)
    officer, let.store.actor = let.store.actor, let.landlord.manager
    with let.store.read() as session:
        (one,) = visit_approval.queue(session)
    assert one.card.id == door and one.approval.reasons == ("Nobody signed.", "Fire could be fatal there.")
    with pytest.raises(Told) as told:
        does(let, visit_approval.send_back, door, " ")
    assert told.value.field == "note"
    does(let, visit_approval.send_back, door, "Was the fire service rung?")
    with pytest.raises(Told, match="not answered"):
        does(let, visit_approval.approve, door)
    let.store.actor = officer
    with let.store.read() as session:
        assert [each.card.id for each in visit_approval.queue(session)] == [door]
    does(let, visit_approval.answer, door, "Yes, they come on Thursday")
    let.store.actor = let.landlord.manager
    does(let, visit_approval.approve, door)
    with let.store.read() as session:
        now = visit_approval.of_visit(session, door)
        assert not visit_approval.queue(session) and visit_walk.intact(session, door)
        assert all(not one.key.startswith("sent") for one in visit_follow_ups.of_visit(session, door))
    assert now.standing is visit_approval.Standing.APPROVED and now.by == let.landlord.manager.name
    assert [(what, text) for what, _, _, text in now.notes] == [
        ("Sent back", "Was the fire service rung?"),
        ("Answered", "Yes, they come on Thursday"),
    ]


def test_nobody_approves_their_own_visit(let: Let, door: UUID) -> None:
    let.store.actor = let.landlord.manager
    does(let, visit_walk.put_off, door)
    does(let, visit_walk.start, door)
    answers(let, door, {})
    does(let, visit_walk.complete, door, "no")
    with let.store.read() as session:
        assert visit_approval.queue(session) == []
    with pytest.raises(Told, match="their own"):
        does(let, visit_approval.approve, door)


def test_the_visit_names_each_record_and_each_record_the_visit(let: Let, door: UUID) -> None:
    answers(let, door, FINDS)
    does(let, visit_walk.complete, door, "no")
    with let.store.read() as session:
        came = {one.key: one for one in visit_follow_ups.of_visit(session, door)}
        reference = visits.get(session, door).card.reference
        for one in came.values():
            if one.record_id is not None:
                assert visit_follow_ups.source(session, one.table, one.record_id) == reference
    assert came["damp"].reference[:3] == "H-" + came["damp"].reference[2] and ", R-" in came["damp"].reference
    assert came["repairs_what"].line.endswith("by Wed 30 Dec 2026") and came["repairs_what"].state
    assert came["benefits"].reference == "to Our money advice team"
    let.store.actor = let.landlord.manager  # not on the case of the neighbours
    with let.store.read() as session:
        assert "asb_what" not in {one.key for one in visit_follow_ups.of_visit(session, door)}


def test_today_says_what_waits_and_nothing_of_a_concern(let: Let, door: UUID) -> None:
    answers(let, door, {"safety": ["told"], "fire": ["yes"], "fire_what": ["alone"]})
    does(let, visit_walk.complete, door, "no")
    with let.store.write("a lead", undoable=False) as session:
        estates = [session.get_one(Estate, let.landlord.estate_id)]
        lead = an_actor(Role.SAFEGUARDING_LEAD, a_staff(session, Role.SAFEGUARDING_LEAD), estates=estates)
    for who, kinds in (
        (let.landlord.officer, set()),
        (let.landlord.manager, {"approval"}),
        (lead, {"concern"}),
    ):
        let.store.actor = who
        with let.store.read() as session:
            found = [one for one in today.get(session).cards if one.kind.value in ("concern", "approval")]
        assert {one.kind.value for one in found} == kinds
        said = repr([(one.title, one.sentence) for one in found])
        assert "Lindley" not in said and "told me" not in said and "safe" not in said.lower()


def test_what_is_only_to_do_is_ticked_off_once(let: Let, door: UUID) -> None:
    answers(let, door, {"pets": ["asked"], "smoke": ["broken"], "safety": ["told"]})
    does(let, visit_walk.complete, door, "no")
    with pytest.raises(NotFound):
        does(let, visit_follow_ups.tick, door, "safety")
    with pytest.raises(Told):
        does(let, visit_follow_ups.tick, door, "smoke")
    does(let, visit_follow_ups.tick, door, "pets")
    with let.store.read() as session:
        came = {one.key: one for one in visit_follow_ups.of_visit(session, door)}
        undo = history.last(session)
    assert came["pets"].state == "Done 23 Nov 2026 by R. Adeyemi" and not came["pets"].to_tick
    assert undo is not None
    history.undo(let.store, undo)
    with let.store.read() as session:
        assert {one.key: one for one in visit_follow_ups.of_visit(session, door)}["pets"].to_tick
