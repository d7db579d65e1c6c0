"""Reporting a repair: where, what, whose it is, how soon, told at first contact (promises R1, R2, R5-R7, N3).

What is ours is a repair with its clocks; what is the household's is signposted and kept as an enquiry without a clock.
An emergency is made safe whosever it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import (
    Cause,
    Channel,
    Priority,
    RepairStatus,
    Responsibility,
    TenancyKind,
)
from watmos_desktop.models.tables import Block, CommunitySpace, Estate, Home, Repair
from watmos_desktop.services import (
    clocks,
    guide,
    homes,
    policy,
    promises,
    recalls,
    references,
    repair_updates,
    repair_words,
    repairs,
    search,
    wording,
    words,
)
from watmos_desktop.services import places as parts
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repair_account import WHOSE
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.services.search import Hit

PLACES = ("home", "person", "block", "estate", "community_space")
_OFFERED = 4
AGAIN = "We mended this not long ago, so it counts as the same fault again."


@dataclass(frozen=True)
class Where:
    """Where something is broken. ``people`` are the household, as far as this person may know of it.

    ``at_risk``: whether the record says that someone there needs repairs sooner; False where it may not be seen.
    """

    estate_id: UUID
    block_id: UUID | None
    space_id: UUID | None
    home_id: UUID | None
    name: str
    sentence: str
    tenure: TenancyKind | None = None
    held: str = ""
    people: tuple[tuple[UUID, str], ...] = ()
    at_risk: bool = False

    @property
    def shared(self) -> bool:
        """Whether it is no home."""
        return self.home_id is None


@dataclass(frozen=True)
class ReportDraft:
    """What is known when a repair is reported. ``priority`` and ``responsibility`` None: as the guide says.

    ``title`` is for what the guide has no name for. ``reported_at`` None: now. ``how``: how the person in a home is
    told whose it is and what is promised, there and then; None where nobody was.
    ``area_key``: a shared part of the block (``places.areas``).
    """

    where: Where
    fixture: str
    symptom: str
    cause: Cause = Cause.WEAR
    person_id: UUID | None = None
    at_risk: bool = False
    place: str = ""
    note: str = ""
    title: str = ""
    priority: Priority | None = None
    priority_reason: str = ""
    responsibility: Responsibility | None = None
    responsibility_reason: str = ""
    reported_at: datetime | None = None
    how: Channel | None = Channel.PHONE
    area_key: str = ""


@dataclass(frozen=True)
class Advice:
    """What to tell the person now, before anything is saved.

    ``raises`` is False when it will be signposted; ``promise`` is then empty. ``open`` are repairs already under way.
    """

    verdict: guide.Verdict
    party: Responsibility
    suggestion: guide.Suggestion
    priority: Priority
    due_at: datetime
    promise: str
    read_out: str
    raises: bool
    open: tuple[RepairCard, ...]


@dataclass(frozen=True)
class Reported:
    """What came of it: a repair with its promise, or an enquiry that was ``signposted``."""

    id: UUID
    reference: str
    promise: str
    signposted: bool


def places(session: Session, text: str, limit: int = 6) -> list[Hit]:
    """Homes, residents, blocks, estates and spaces by a few letters; the first blocks looked after without any."""
    if typed := search.fold(text.strip()):
        found = search.find(session, text, kinds=PLACES)
        # A block before the flats that carry its name.
        return sorted(found, key=lambda hit: not search.fold(hit.title).startswith(typed))[:limit]
    return [
        Hit("block", one.id, one.name, f"{one.estate} · {one.address}".rstrip(" ·"))
        for one in homes.blocks(session)[:limit]
    ]


def where(session: Session, kind: str, record_id: UUID) -> Where:
    """The place of a hit (``home``: also a person's); raises NotFound, NotAllowed for a home not to be reported for."""
    if kind == "home":
        return _home(session, record_id)
    if kind == "block":
        block = policy.find(session, Block, record_id, "That block")
        estate = session.get(Estate, block.estate_id)
        return Where(block.estate_id, block.id, None, None, block.name, estate.name if estate else "")
    if kind == "community_space":
        space = policy.find(session, CommunitySpace, record_id, "That place")
        return Where(space.estate_id, None, space.id, None, space.name, space.address)
    estate = policy.find(session, Estate, record_id, "That estate")
    if not policy.in_scope(session, estate.id, None):
        raise NotFound("That estate")
    return Where(estate.id, None, None, None, estate.name, "The grounds")


def _home(session: Session, home_id: UUID) -> Where:
    policy.require(session, Action.RAISE_REPAIR, "home")
    home = homes.get(session, home_id)
    held = home.tenancy
    household = held.household if held else ()
    return Where(
        home.estate_id,
        home.block_id,
        None,
        home_id,
        home.row.address,
        " · ".join(part for part in (home.row.block, home.row.estate) if part),
        held.kind if held else None,
        held.words if held else "",
        tuple((one.id, one.name) for one in household if one.name),
        any(one.needs for one in household),
    )


def advise(session: Session, draft: ReportDraft) -> Advice:
    """Whose it is, how soon, what is promised and what is open there already; raises Told for what is missing."""
    known, at = guide.load(), _at(session, draft)
    thing = known.fixture(draft.fixture)
    if thing.shared is not draft.where.shared:
        raise Told("That is not found there.", "Choose what is broken once more.", field="what")
    tenure = draft.where.tenure
    verdict = known.whose(draft.fixture, tenure, draft.cause)
    suggestion = known.suggest(
        draft.fixture,
        draft.symptom,
        at_risk=draft.at_risk or draft.where.at_risk,
        tenure=tenure,
        on=at.astimezone(LONDON).date(),
    )
    party = draft.responsibility or verdict.party
    priority = draft.priority or suggestion.priority
    raises = party not in guide.THEIRS or priority is Priority.EMERGENCY
    if party in guide.THEIRS:  # only what is ours is held to the Right to Repair, or to the law on hazards
        suggestion = replace(suggestion, clock="", hazard="")
    due_at = promised(priority, suggestion.clock, at)
    promise = clocks.promise_words(due_at, priority)
    advice = Advice(
        verdict,
        party,
        suggestion,
        priority,
        due_at,
        promise if raises else "",
        "",
        raises,
        tuple(open_there(session, draft.where, draft.fixture)),
    )
    again = raises and recalls.earlier(session, Repair(**_placed(draft, thing), reported_at=at)) is not None
    return replace(advice, read_out=_read_out(draft, advice) + (f" {AGAIN}" if again else ""))


def _placed(draft: ReportDraft, thing: guide.Fixture) -> dict[str, Any]:
    """Where and what, as a repair keeps it."""
    place = draft.where
    return {
        "estate_id": place.estate_id,
        "block_id": place.block_id,
        "space_id": place.space_id,
        "home_id": place.home_id,
        "area_key": draft.area_key,
        "fixture": draft.fixture,
        "trade": thing.trade,
    }


def _read_out(draft: ReportDraft, advice: Advice) -> str:
    """What to say to the person, whole sentences in their order."""
    verdict = advice.verdict
    say = [advice.suggestion.advice] if advice.suggestion.advice else []
    decided = draft.responsibility not in (None, verdict.party)
    if advice.raises and advice.party in guide.THEIRS:
        say.append("We will come and make it safe first, whoever has to mend it after that.")
    if not decided:
        say += [part for part in (verdict.reason, verdict.signpost) if part]
    if advice.raises:
        day = wording.long_day(advice.due_at.astimezone(LONDON).date())
        emergency = advice.priority is Priority.EMERGENCY
        say.append(f"It will be {advice.promise}." if emergency else f"It will be done by {day}.")
    return " ".join(say)


def promised(priority: Priority, clock: str, at: datetime) -> datetime:
    """The moment to tell: that of the priority, or of the Right to Repair where that comes first."""
    keys = [clocks.REPAIR_CLOCK[priority], *([clock] if clock else [])]
    return min(promises.due(key, at).due_at for key in keys)


def open_there(session: Session, place: Where, fixture: str) -> list[RepairCard]:
    """Open repairs of the same home, or of the same trade or thing in the same shared place."""
    thing = guide.load().fixture(fixture)
    if place.home_id is not None:
        return repairs.open_where(session, Repair.home_id == place.home_id)[:_OFFERED]
    here = (
        Repair.home_id.is_(None),
        Repair.estate_id == place.estate_id,
        Repair.block_id.is_(None) if place.block_id is None else Repair.block_id == place.block_id,
        Repair.space_id.is_(None) if place.space_id is None else Repair.space_id == place.space_id,
        or_(Repair.trade == thing.trade, Repair.fixture == fixture),
    )
    return repairs.open_where(session, and_(*here))[:_OFFERED]


def report(session: Session, draft: ReportDraft) -> Reported:
    """Save what was reported: a repair with its clocks from the moment it was reported, or a signposted enquiry.

    Raises NotAllowed, NotFound, or Told at the field that is wrong; nothing is then saved.
    """
    actor = policy.require(session, Action.RAISE_REPAIR, "repair")
    draft = replace(draft, where=_again(session, draft.where))
    _check(session, draft)
    advice, at = advise(session, draft), _at(session, draft)
    _check_changes(session, draft, advice)
    thing = guide.load().fixture(draft.fixture)
    title = draft.title.strip() or guide.title(thing, thing.symptom(draft.symptom))
    block = draft.where.block_id if draft.where.shared else None
    part = parts.area_name(session, block, draft.area_key)
    exactly = ", ".join(one for one in (part, draft.place) if one)
    repair_words.check(title, draft.note, exactly)
    row = Repair(
        **_placed(draft, thing),
        reported_for=draft.person_id,
        place=exactly,
        title=title,
        description=draft.note,
        priority=advice.priority,
        priority_reason=draft.priority_reason or advice.suggestion.reasons[0],
        status=RepairStatus.REPORTED if advice.raises else RepairStatus.SIGNPOSTED,
        reported_at=at,
        reported_by=actor.staff_id,
        due_at=advice.due_at if advice.raises else at,
        hazard=advice.suggestion.hazard if advice.raises else "",
        symptom=draft.symptom,
        cause=draft.cause,
        priority_guide=advice.suggestion.priority,
        responsibility=advice.party,
        responsibility_guide=advice.verdict.party,
        responsibility_reason=draft.responsibility_reason or advice.verdict.reason,
    )
    references.add(session, "R", row)
    if advice.raises:
        start_clocks(session, row, advice.suggestion.clock)
    session.flush()
    if advice.raises:
        recalls.link(session, row)
    if row.home_id is not None and draft.how is not None:
        repair_updates.record(session, row, advice.read_out or WHOSE[advice.party], draft.how, at)
    return Reported(row.id, row.reference, advice.promise, not advice.raises)


def start_clocks(session: Session, row: Repair, right: str) -> None:
    """Start the clocks of a repair from the moment it was reported: of its priority, its right, its hazard."""
    for key in filter(None, (clocks.REPAIR_CLOCK[row.priority], right)):
        clocks.start(session, "repair", row.id, key, row.reported_at)
    clocks.start_hazard(session, row, row.hazard, row.priority, row.reported_at)


def add_to(session: Session, repair_id: UUID, note: str) -> None:
    """Add what was reported again to a repair already open, as a note of its own: nothing is written over.

    Raises NotFound; Told when it is open no more, when the words are too many, or this person may write no notes.
    """
    actor = policy.require(session, Action.RAISE_REPAIR, "repair")
    row = repairs.get_row(session, repair_id)
    if row.status not in repairs.OPEN:
        raise Told("That repair is not open any more.", "Report it anew.")
    if not note.strip():
        return
    if not policy.may(actor, Action.KEEP_INFORMED, "repair"):
        raise Told(
            "You can add a photo to that repair, but no words.", "Report it anew to say more.", field="note"
        )
    repair_updates.keep_note(session, row, words.fits(f"Reported again: {note.strip()}", words.NOTE, "note"))


def _again(session: Session, place: Where) -> Where:
    """The place as the record says it now: what a page held may be old, and is not believed."""
    if place.home_id is not None:
        return _home(session, place.home_id)
    if not policy.in_scope(session, place.estate_id, place.block_id):
        raise NotFound("That place")
    if place.block_id is not None:
        return where(session, "block", place.block_id)
    if place.space_id is not None:
        return where(session, "community_space", place.space_id)
    return where(session, "estate", place.estate_id)


def _check(session: Session, draft: ReportDraft) -> None:
    words.fits(draft.priority_reason, words.LINE, "priority_reason", "The reason")
    words.fits(draft.responsibility_reason, words.LINE, "responsibility_reason", "The reason")
    if draft.person_id is not None and draft.person_id not in {one for one, _ in draft.where.people}:
        raise Told(
            "That person does not live there.", "Choose someone of the household, or no one.", field="person"
        )
    if _at(session, draft) > session.info["clock"].now():
        raise Told(
            "It cannot be reported before it happened.", "Give a time that has passed.", field="reported_at"
        )


def _check_changes(session: Session, draft: ReportDraft, advice: Advice) -> None:
    """Another answer than the guide's needs the right to give it, and its reason."""
    for changed, reason, field in (
        (advice.party is not advice.verdict.party, draft.responsibility_reason, "responsibility_reason"),
        (advice.priority is not advice.suggestion.priority, draft.priority_reason, "priority_reason"),
    ):
        if changed:
            policy.require(session, Action.CHANGE_REPAIR, "repair")
            if not reason.strip():
                raise Told("Say why you decide otherwise.", "A few words are enough.", field=field)


def _at(session: Session, draft: ReportDraft) -> datetime:
    found: datetime = draft.reported_at or session.info["clock"].now()
    return found


def home_or_place(session: Session, code: str) -> Where:
    """The place of a code or whole name as scripts give it: a home's, block's, space's or estate's; raises Told."""
    for model, kind in (
        (Home, "home"),
        (Block, "block"),
        (CommunitySpace, "community_space"),
        (Estate, "estate"),
    ):
        if not policy.may(policy.actor(session), Action.SEE, kind):
            continue
        found = search.by_code(session, model, code)
        if len(found) > 1:
            raise Told(f"There are several called {code!r}.", "Give the reference instead.", field="place")
        if found:
            return where(session, kind, found[0])
    raise NotFound("That place")
