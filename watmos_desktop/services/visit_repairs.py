"""Repairs and hazard cases that a visit found: told with priority and due moment, joined to what is open already."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel, HazardStatus, HazardStepKind, Priority
from watmos_desktop.models.tables import HazardCase, Repair
from watmos_desktop.services import (
    clocks,
    guide,
    hazards,
    policy,
    promises,
    repair_report,
    repair_updates,
    repairs,
    wording,
    words,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.hazard_drafts import HazardDraft
from watmos_desktop.services.repair_report import ReportDraft
from watmos_desktop.services.visit_scene import Ask, Made, Promise


def _draft(ask: Ask) -> ReportDraft:
    outcome = ask.found.outcome
    own_words = outcome.fixture in guide.OTHER.values()
    return ReportDraft(
        ask.scene.where,
        outcome.fixture,
        outcome.symptom,
        at_risk=outcome.at_risk,
        place=ask.found.place[: words.LINE],
        note=ask.scene.note(ask.found.detail),
        title=ask.found.title if own_words else "",
        reported_at=ask.at,
        how=Channel.IN_PERSON,
    )


def _twin(ask: Ask) -> Repair | None:
    """The same fault of the same thing that is open in this home already."""
    outcome = ask.found.outcome
    if outcome.fixture in guide.OTHER.values():
        return None
    home = ask.scene.home
    same = (Repair.home_id == home.id, Repair.fixture == outcome.fixture, Repair.symptom == outcome.symptom)
    return ask.session.scalar(
        policy.scope(
            select(Repair).where(*same, Repair.status.in_(repairs.OPEN), ~Repair.deleted), ask.session, Repair
        ).limit(1)
    )


def promise_repair(ask: Ask) -> Promise:
    """Its priority and due moment, or that it is reported already, or whose it is."""
    if (twin := _twin(ask)) is not None:
        due = clocks.promise_words(twin.due_at, twin.priority)
        words_ = f"Reported already, {due}."
        return Promise("Repair", words_, _day(twin.due_at), twin.reference)
    advice = repair_report.advise(ask.session, _draft(ask))
    if not advice.raises:
        return Promise("Advice: it is for the household", advice.read_out)
    return Promise("Repair", advice.read_out, _day(advice.due_at))


def make_repair(ask: Ask) -> Made:
    """Report it, or note at the one that is open that it was seen again."""
    row = _repair(ask)
    return Made("repair", row.id, _day(row.due_at) if row.status in repairs.OPEN else None)


def _repair(ask: Ask) -> Repair:
    if (twin := _twin(ask)) is not None:
        seen = ": ".join(
            part for part in (f"Seen again at visit {ask.scene.visit.reference}", ask.found.place) if part
        )
        repair_updates.keep_note(ask.session, twin, seen)
        return twin
    made = repair_report.report(ask.session, _draft(ask))
    return repairs.get_row(ask.session, made.id)


def _hazard_of(ask: Ask) -> str:
    outcome = ask.found.outcome
    return outcome.hazard or guide.load().fixture(outcome.fixture).symptom(outcome.symptom).hazard


def _open_case(ask: Ask) -> HazardCase | None:
    here = (HazardCase.home_id == ask.scene.home.id, HazardCase.hazard == _hazard_of(ask))
    asked = select(HazardCase).where(*here, HazardCase.status != HazardStatus.CLOSED, ~HazardCase.deleted)
    return ask.session.scalar(policy.scope(asked, ask.session, HazardCase).limit(1))


def promise_hazard(ask: Ask) -> Promise:
    """The repair's promise and the law's, which counts from when it was seen (rule AW)."""
    if (case := _open_case(ask)) is not None:
        by = _law(ask.session, case.id)
        due = f" We look into it by {wording.long_day(by)}." if by else ""
        return Promise("Hazard case", f"A case is open for it already.{due}", by, case.reference)
    repair = promise_repair(ask)
    if repair.already:
        law = repairs.get_row(ask.session, repairs.find(ask.session, repair.already)).reported_at
    else:
        law = ask.at
    law = min(law, ask.aware_at)
    urgent = _draft_priority(ask) is Priority.EMERGENCY
    due_at = promises.due("AW.emergency" if urgent else "AW.investigate", law).due_at
    words = _moment(due_at, by_hour=urgent)
    look = f"We look into the hazard by {words}, as the law asks."
    if due_at < ask.session.info["clock"].now():
        look = f"We should have looked into the hazard by {words}, and we are sorry. It comes first now."
    said = f"{repair.words} {look}"
    return Promise("Repair and hazard case", said.strip(), _day(due_at))


def _draft_priority(ask: Ask) -> Priority:
    twin = _twin(ask)
    return twin.priority if twin else repair_report.advise(ask.session, _draft(ask)).priority


def make_hazard(ask: Ask) -> Made:
    """A repair and its hazard case, or one more entry in the case that is open."""
    if (case := _open_case(ask)) is not None:
        seen = f"Seen again at visit {ask.scene.visit.reference}. {ask.found.words}"
        if (told_on := ask.found.told_on) is not None:
            seen += f" They say that we were told on {wording.day(told_on)}."
        hazards.log(ask.session, case, HazardStepKind.NOTE, ask.at, text=seen)
        return Made("hazard_case", case.id, _law(ask.session, case.id))
    repair = _repair(ask)
    case_id = clocks.open_case(ask.session, repair.id)
    if case_id is None:
        ours = repair.status in repairs.OPEN
        draft = HazardDraft(
            _hazard_of(ask),
            ask.scene.note(ask.found.words),
            repair_id=repair.id if ours else None,
            home_id=None if ours else ask.scene.home.id,
            aware_at=min(repair.reported_at, ask.aware_at) if ours else ask.aware_at,
        )
        case_id = hazards.open_case(ask.session, draft)
    return Made("hazard_case", case_id, _law(ask.session, case_id))


def _law(session: Session, case_id: UUID) -> date | None:
    due = [one.due_at for one in clocks.running(session, case_id)]
    return _day(min(due)) if due else None


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def _moment(moment: datetime, *, by_hour: bool) -> str:
    local = moment.astimezone(LONDON)
    return (
        f"{wording.weekday(local)}, {wording.clock_time(local)}"
        if by_hour
        else wording.long_day(local.date())
    )
