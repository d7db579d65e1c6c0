"""What each thing that a visit found becomes: its promise before it is made, and the record itself.

One pair of functions for each kind, all within the transaction that seals the visit. A record counts from the moment
at which the question was answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from uuid import uuid4

from watmos_desktop.models.kinds import CaseKind, VisitKind
from watmos_desktop.models.tables import RestrictedCase
from watmos_desktop.services import (
    adaptations,
    calendar,
    policy,
    referrals,
    resident_contact,
    safe_contact,
    visit_repairs,
    visits,
    wording,
)
from watmos_desktop.services.adaptations import Request
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.policy import Action
from watmos_desktop.services.referrals import ReferralDraft
from watmos_desktop.services.visit_outcomes import Makes
from watmos_desktop.services.visit_scene import Ask, Made, Promise
from watmos_desktop.services.visits import VisitDraft


def promise(ask: Ask) -> Promise:
    """What it becomes and by when, before it is made."""
    return _MAKERS[ask.found.outcome.kind][0](ask)


def make(ask: Ask) -> Made:
    """Make it; raises Told where the record cannot be."""
    return _MAKERS[ask.found.outcome.kind][1](ask)


def _promise_adaptation(ask: Ask) -> Promise:
    return _in_days("Request for an adaptation", "Somebody comes to see what would help by {day}.", ask)


def _make_adaptation(ask: Ask) -> Made:
    one = ask.scene.only_tenant
    what = ask.scene.note(ask.found.detail or "Something to make the home easier to live in.")
    made = adaptations.ask(ask.session, Request(ask.scene.home.id, what, one.id if one else None))
    return Made("adaptation", made, _by(ask))


def _promise_referral(ask: Ask) -> Promise:
    becomes = f"Referral to {ask.found.outcome.partner}"
    said = _in_days(becomes, "We pass it on by {day}.", ask)
    if ask.scene.consent is None:
        return Promise(becomes, f"Only if they agree, which is asked at the end. {said.words}", said.by)
    return said


def _make_referral(ask: Ask) -> Made:
    one, outcome = ask.scene.only_tenant, ask.found.outcome
    draft = ReferralDraft(
        ask.scene.home.id,
        outcome.words,
        outcome.partner,
        ask.scene.note(ask.found.detail),
        consent=bool(ask.scene.consent),
        person_id=one.id if one else None,
        made_at=ask.at,
    )
    return Made("referral", referrals.make(ask.session, draft), _by(ask))


def _promise_asb(ask: Ask) -> Promise:
    return _in_days("Case, for named people only", "You hear from us by {day}.", ask)


def _make_asb(ask: Ask) -> Made:
    actor = policy.require(ask.session, Action.VISIT, "visit")
    assert actor.staff_id is not None
    one = ask.scene.only_tenant
    case = RestrictedCase(
        id=uuid4(),
        kind=CaseKind.ASB,
        title=ask.found.outcome.words,
        summary=ask.scene.note(ask.found.detail),
        home_id=ask.scene.home.id,
        person_id=one.id if one else None,
        opened_by=actor.staff_id,
        opened_at=ask.at,
    )
    ask.session.add(case)
    ask.session.flush()
    return Made("restricted_case", case.id, _by(ask))


def _promise_contact(ask: Ask) -> Promise:
    if _reads_contact(ask):
        return Promise("New contact details", "We keep it from today.")
    return Promise("To do: whose it is, and the number, in Homes")


def _make_contact(ask: Ask) -> Made:
    one = ask.person
    if one is None or not _reads_contact(ask):
        return Made()
    phone, email = resident_contact.read(ask.found.detail)
    resident_contact.change(ask.session, one.id, phone=phone, email=email)
    return Made("person", one.id)


def _reads_contact(ask: Ask) -> bool:
    may = policy.may(policy.actor(ask.session), Action.EDIT_PEOPLE, "person")
    return may and ask.person is not None and any(resident_contact.read(ask.found.detail))


def _promise_safe(ask: Ask) -> Promise:
    may = ask.scene.tenants and policy.may(policy.actor(ask.session), Action.EDIT_PEOPLE, "person")
    if not may:
        return Promise("To do: how they are reached, in Homes")
    return Promise("Safe ways of contact", "We use only those ways from today.")


def _make_safe(ask: Ask) -> Made:
    if not ask.scene.tenants or not policy.may(policy.actor(ask.session), Action.EDIT_PEOPLE, "person"):
        return Made()
    for one in ask.scene.tenants:
        safe_contact.save(ask.session, one.id, ask.found.values)
    return Made("person", ask.scene.tenants[0].id)


def _promise_visit(ask: Ask) -> Promise:
    return _in_days("Another visit", "We come again by {day}.", ask)


def _make_visit(ask: Ask) -> Made:
    asked = f"{ask.found.words} ({ask.scene.source})"
    draft = VisitDraft(ask.scene.home.id, VisitKind.FOLLOW_UP, _by(ask), asked)
    return Made("visit", visits.arrange(ask.session, draft), _by(ask))


def _promise_other(ask: Ask) -> Promise:
    return _in_days("To do", "By {day}.", ask)


def _make_other(ask: Ask) -> Made:
    return Made(by=_by(ask))


def _in_days(becomes: str, said: str, ask: Ask) -> Promise:
    by = _by(ask)
    return Promise(becomes, said.format(day=wording.long_day(by)) if by else "", by)


def _by(ask: Ask) -> date | None:
    days = ask.found.outcome.days
    return calendar.working_days_after(ask.at.astimezone(LONDON).date(), days) if days else None


_Promises = Callable[[Ask], Promise]
_Makes = Callable[[Ask], Made]
_MAKERS: Mapping[Makes, tuple[_Promises, _Makes]] = {
    Makes.REPAIR: (visit_repairs.promise_repair, visit_repairs.make_repair),
    Makes.HAZARD: (visit_repairs.promise_hazard, visit_repairs.make_hazard),
    Makes.ADAPTATION: (_promise_adaptation, _make_adaptation),
    Makes.REFERRAL: (_promise_referral, _make_referral),
    Makes.ASB: (_promise_asb, _make_asb),
    Makes.CONTACT: (_promise_contact, _make_contact),
    Makes.SAFE_CONTACT: (_promise_safe, _make_safe),
    Makes.VISIT: (_promise_visit, _make_visit),
    Makes.OTHER: (_promise_other, _make_other),
}
