"""Today: what this person should do now, in the order to do it, and what else a block needs *while you are here*."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import DefectState, Grade, InspectionStatus
from watmos_desktop.models.tables import Defect, Estate, Inspection
from watmos_desktop.services import (
    hazard_doubles,
    hazard_list,
    inspections,
    policy,
    repair_feedback,
    repairs,
    said_fixed,
    templates,
    visit_approval,
    visit_concerns,
    visits_due,
    wording,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.schedules import DueState
from watmos_desktop.services.wording import Deadline

CARDS = 12
_NO_RECORD = UUID(int=0)  # the target of a card that stands for several
_ORDER = {wording.Tone.BAD: 0, wording.Tone.WARN: 1, wording.Tone.INFO: 2, wording.Tone.OK: 3}


class Kind(StrEnum):
    """What a card opens."""

    INSPECTION = "inspection"
    DRAFT = "draft"
    REPAIR = "repair"
    HAZARD = "hazard"
    CONCERN = "concern"
    APPROVAL = "approval"
    TENANCY = "tenancy"


@dataclass(frozen=True)
class Card:
    """One thing to do. ``target`` is the schedule, draft, repair, hazard case or visit that it is about."""

    kind: Kind
    target: UUID
    title: str
    sentence: str
    due: Deadline
    verb: str
    place_key: UUID | None
    template_key: str = ""


@dataclass(frozen=True)
class WhileHere:
    """What else is to know at the place of the first card."""

    place: str
    lines: tuple[str, ...]
    grades: tuple[Grade, ...]


@dataclass(frozen=True)
class Figure:
    """One number with its words and how it stands."""

    value: str
    words: str
    tone: wording.Tone


@dataclass(frozen=True)
class Today:
    """The whole page. ``pressing`` counts what should be done today; ``more`` cards are not shown.

    ``nowhere``: there is no estate yet, so that nothing could be due.
    """

    title: str
    sentence: str
    pressing: int
    more: int
    cards: tuple[Card, ...]
    figures: tuple[Figure, ...]
    nowhere: bool


def get(session: Session) -> Today:
    """The page for the person using the program."""
    now = session.info["clock"].now()
    due = inspections.due(session, within_days=14)
    cards = [*_drafts(session), *(_inspection(one, session) for one in due if one.draft_id is None)]
    cards += [_hazard(one) for one in hazard_list.pressing(session)]
    cards += [_repair(one) for one in _pressing(session)]
    cards += [*_told_twice(session), *_opened_twice(session), *_calls_owed(session), *_said_fixed(session)]
    cards += _of_visits(session)
    cards.sort(key=lambda card: (card.kind is not Kind.DRAFT, _ORDER[card.due.tone]))
    estates = sorted({one.estate for one in due})
    where = f" on {_join(estates)}" if estates else ""
    pressing = [card for card in cards if card.due.tone is not wording.Tone.OK]
    nowhere = not cards and _nowhere(session)
    return Today(
        title=wording.long_day(now).rsplit(" ", 1)[0],
        sentence=f"{wording.count(len(pressing), 'thing')} to do{where}"
        if cards
        else ("No estate is here yet." if nowhere else "Nothing is due. Well done."),
        pressing=len(pressing),
        more=max(len(cards) - CARDS, 0),
        cards=tuple(cards[:CARDS]),
        figures=_figures(session, due),
        nowhere=nowhere,
    )


def _nowhere(session: Session) -> bool:
    estates = policy.scope(select(Estate.id).where(~Estate.deleted), session, Estate)
    return session.scalars(estates.limit(1)).first() is None


def _of_visits(session: Session) -> list[Card]:
    """What waits after visits. A concern is said to who takes it without a word of it: others see the screen, too."""
    found = []
    if concerns := visit_concerns.waiting(session):
        words = wording.count(len(concerns), "word") + " for you alone"
        due = Deadline("Act now", wording.Tone.BAD)
        said = "Open it where nobody looks over your shoulder"
        found.append(Card(Kind.CONCERN, concerns[0].visit_id, words, said, due, "Open", None))
    if number := visit_approval.count(session):
        words = wording.count(number, "visit") + " to look at"
        said = "Done and sealed; policy asks for a second look"
        due = Deadline("Soon", wording.Tone.WARN)
        found.append(Card(Kind.APPROVAL, _NO_RECORD, words, said, due, "Look", None))
    return [*found, *_tenancies(session)]


def _tenancies(session: Session) -> list[Card]:
    """Starter tenancies whose decision is asked for, and an alarm from 10 months on: one card for all of them (T1)."""
    if not policy.may(policy.actor(session), policy.Action.DECIDE_TENANCY, "tenancy"):
        return []
    owed = visits_due.decisions(session)
    if not owed:
        return []
    first, more = owed[0], len(owed) - 1
    title = f"Starter tenancy to decide · {first.address}"
    parts = [f"By {wording.day(first.due_on)}, {first.where}", f"{more} more to decide" if more else ""]
    said = " · ".join(part for part in parts if part)
    return [Card(Kind.TENANCY, first.home_id, title, said, first.due, "Decide", None)]


def _join(names: list[str]) -> str:
    if len(names) > 3:
        return f"{len(names)} estates"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _drafts(session: Session) -> list[Card]:
    actor = policy.actor(session)
    rows = session.scalars(
        select(Inspection.id)
        .where(
            Inspection.status == InspectionStatus.DRAFT,
            Inspection.started_by == actor.staff_id,
            ~Inspection.deleted,
            policy.within(session, Inspection),
        )
        .order_by(Inspection.started_at.desc())
    )
    found = []
    for inspection_id in rows:
        detail = inspections.get(session, inspection_id)
        walk = detail.walk
        total = len(walk.template.items)
        begun = wording.moment(walk.started_at.astimezone(LONDON))
        found.append(
            Card(
                Kind.DRAFT,
                inspection_id,
                f"{walk.template.title} · {walk.place.name}",
                f"Begun {begun} · {len(walk.mine)} of {total} items answered",
                Deadline("Not finished", wording.Tone.WARN),
                "Go on",
                walk.place.key,
                walk.template.key,
            )
        )
    return found


def _inspection(one: inspections.DueCard, session: Session) -> Card:
    defects = open_defects(session, one.place_key, one.template_key)
    parts = [one.cadence.capitalize(), f"{one.items} items in {wording.count(one.areas, 'area')}"]
    if one.last_grade:
        parts.append(f"last grade {one.last_grade}")
    if defects:
        parts.append(f"{wording.count(defects, 'open defect')} to check")
    verb = "Start" if one.state in (DueState.OVERDUE, DueState.TODAY, DueState.SOON) else "Start early"
    return Card(
        Kind.INSPECTION,
        one.schedule_id,
        f"{one.template} · {one.place}",
        " · ".join(parts),
        one.due,
        verb,
        one.place_key,
        one.template_key,
    )


def open_defects(session: Session, place_key: UUID, template_key: str = "") -> int:
    """How many defects are open at a place."""
    statement = select(func.count()).where(
        Defect.place_key == place_key, Defect.state == DefectState.OPEN, ~Defect.deleted
    )
    if template_key:
        statement = statement.where(Defect.template_key == template_key)
    return session.scalar(statement) or 0


def _pressing(session: Session) -> list[repairs.RepairCard]:
    emergencies = repairs.page(session, repairs.Filter("emergency"), 0, 3)
    overdue = repairs.page(session, repairs.Filter("overdue"), 0, 3)
    known = {one.id for one in emergencies}
    return [*emergencies, *(one for one in overdue if one.id not in known)]


def _told_twice(session: Session) -> list[Card]:
    """Open reports that may be one fault: one card, since each decision answers two of them."""
    number = repairs.count(session, repairs.Filter("double"))
    if not number or not policy.may(policy.actor(session), policy.Action.CHANGE_REPAIR, "repair"):
        return []
    first, *_ = repairs.page(session, repairs.Filter("double"), 0, 1)
    title = f"The same fault told twice? · {first.title}"
    told = f"{first.where} · {wording.count(number, 'report')} to look at"
    return [_to_decide(Kind.REPAIR, first.id, title, told)]


def _opened_twice(session: Session) -> list[Card]:
    """Hazard cases that may be one: one card, since each decision answers two of them."""
    found = hazard_doubles.waiting(session)
    if not found:
        return []
    first, number = found[0], wording.count(len(found), "case")
    title = f"The same hazard opened twice? · {first.hazard}"
    return [_to_decide(Kind.HAZARD, first.id, title, f"{first.where} · {number} to look at")]


def _calls_owed(session: Session) -> list[Card]:
    """Residents to be asked whether they are happy, by today or late: one card that opens the oldest (R4)."""
    found = repair_feedback.calls_owed(session)
    if not found:
        return []
    first, late = found[0], len(found)
    more = f" · {wording.count(late - 1, 'more call')} owed" if late > 1 else ""
    title = f"Ask if they are happy · {first.card.title}"
    sentence = f"{first.card.where} · {first.card.reference}{more}"
    return [Card(Kind.REPAIR, first.card.id, title, sentence, first.due, "Ask", None)]


def _said_fixed(session: Session) -> list[Card]:
    """Repairs of which an ambassador found the defect gone: someone who may complete them decides (N3)."""
    found = said_fixed.waiting(session)
    if not found:
        return []
    first, more = found[0], f" · {wording.count(len(found), 'repair')} to look at" if len(found) > 1 else ""
    return [_to_decide(Kind.REPAIR, first.id, f"Said to be fixed · {first.title}", f"{first.where}{more}")]


def _to_decide(kind: Kind, target: UUID, title: str, sentence: str) -> Card:
    return Card(kind, target, title, sentence, Deadline("To decide", wording.Tone.INFO), "Decide", None)


def _repair(one: repairs.RepairCard) -> Card:
    reported = wording.moment(one.reported_at.astimezone(LONDON))
    return Card(
        Kind.REPAIR,
        one.id,
        f"{one.priority.value.capitalize()} repair · {one.title}",
        f"{one.where} · {one.reference} · reported {reported}",
        one.due,
        "Open",
        None,
    )


def _hazard(one: hazard_list.HazardCard) -> Card:
    """A case of which a clock is late or ends within three days."""
    sentence = " · ".join(part for part in (one.what_next, one.level, one.reference) if part)
    return Card(Kind.HAZARD, one.id, f"{one.hazard} · {one.where}", sentence, one.due, "Open", None)


def while_here(session: Session, place_key: UUID, template_key: str) -> WhileHere:
    """What else is to know at a place, for the card beside the list."""
    due = [one for one in inspections.due(session, within_days=31) if one.place_key == place_key]
    lines = [
        f"{one.template}: {one.due.text[0].lower()}{one.due.text[1:]}"
        for one in due
        if one.template_key != template_key
    ]
    if defects := open_defects(session, place_key):
        lines.append(f"{wording.count(defects, 'open defect')} to look at again")
    block = next((one.block_id for one in due if one.block_id), None)
    if block:
        open_repairs = repairs.count(session, repairs.Filter("open", block_id=block))
        if open_repairs:
            lines.append(f"{wording.count(open_repairs, 'repair')} open in this block")
        overdue = repairs.count(session, repairs.Filter("overdue", block_id=block))
        if overdue:
            lines.append(f"{wording.count(overdue, 'repair')} overdue: residents may ask")
    place = due[0].place if due else ""
    shown = template_key if template_key in templates.load_all() else "block_internal"
    return WhileHere(place, tuple(lines), tuple(inspections.last_grades(session, place_key, shown)))


def _figures(session: Session, due: list[inspections.DueCard]) -> tuple[Figure, ...]:
    overdue_walks = sum(one.state is DueState.OVERDUE for one in due)
    overdue = repairs.count(session, repairs.Filter("overdue"))
    return (
        _figure(overdue_walks, "inspections overdue"),
        _figure(overdue, "repairs overdue here"),
        Figure(str(repairs.count(session, repairs.Filter("open"))), "repairs open", wording.Tone.INFO),
        Figure(_signed_this_month(session), "signed this month", wording.Tone.OK),
    )


def _figure(number: int, words: str) -> Figure:
    return Figure(str(number), words, wording.Tone.BAD if number else wording.Tone.OK)


def _signed_this_month(session: Session) -> str:
    now: datetime = session.info["clock"].now()
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    statement = select(func.count()).where(
        Inspection.status == InspectionStatus.SIGNED,
        Inspection.finished_at >= first,
        ~Inspection.deleted,
        policy.within(session, Inspection),
    )
    return str(session.scalar(statement) or 0)
