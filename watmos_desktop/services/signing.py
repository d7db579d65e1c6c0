"""Signing an inspection: complete, scored, sealed with a checksum; afterwards only amendments are added."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import InspectionStatus, Role, Scorer
from watmos_desktop.models.tables import (
    Amendment,
    Answer,
    Attachment,
    Attendance,
    Defect,
    DefectSighting,
    Inspection,
    Schedule,
    Signature,
    Synced,
)
from watmos_desktop.services import policy, schedules, templates, walk_row, walk_view, words
from watmos_desktop.services.capture import never_undone, to_json
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.walk_view import Walk

AMENDMENT_LIMIT = words.NOTE


@dataclass(frozen=True)
class SignatureDraft:
    """A signature: ``strokes`` drawn (points between 0 and 1), or the typed name alone."""

    name: str
    role: Role
    scorer: Scorer = Scorer.OFFICER
    strokes: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True)
class Gap:
    """Something still missing before signing; ``item_key`` is where to go for it."""

    item_key: str
    words: str


def gaps(walk: Walk) -> list[Gap]:
    """What is missing before this walk can be signed, in the order of the walk."""
    found: list[Gap] = []
    for area in walk.template.areas:
        first = area.items[0].key
        found += [Gap(first, f"Say if it was fixed: {one.title}") for one in walk.unchecked(area.key)]
        found += [
            Gap(item.key, words)
            for item in area.items
            for words in (
                [f"Not answered: {item.name}"]
                if item.key not in walk.mine
                else [f"Needs a {need}: {item.name}" for need in walk.still_needed(item.key)]
            )
        ]
    return found + [Gap(walk.at_item, "A photo has no item yet") for _ in walk.photos.get("", ())]


def sign(session: Session, inspection_id: UUID, signatures: list[SignatureDraft]) -> Inspection:
    """Sign a walk: nothing missing, the officer and in a joint walk the ambassador named. It never changes again.

    Scores it, thanks the ambassador (N2), moves the schedule on (N1) and seals the record with its checksum.
    """
    policy.require(session, Action.SIGN, "inspection")
    inspection = walk_row.writable(session, inspection_id)
    walk = walk_view.load(session, inspection_id)
    signing = _signing(walk, signatures)
    if missing := gaps(walk):
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise Told(
            f"Before signing: {missing[0].words}{more}.",
            "Press Enter to go there.",
            field=missing[0].item_key,
        )
    never_undone(session)
    # A clock put back meanwhile does not end a walk before it began.
    now = max(session.info["clock"].now(), walk.started_at, walk.saved_at or walk.started_at)
    score = walk.score
    actor = policy.actor(session)
    for draft in signing:
        officer = draft.scorer is Scorer.OFFICER
        session.add(
            Signature(
                inspection_id=inspection.id,
                staff_id=actor.staff_id if officer else None,
                scorer=draft.scorer,
                name=draft.name.strip(),
                role=actor.role if officer else Role.AMBASSADOR,
                strokes=[[list(point) for point in stroke] for stroke in draft.strokes],
                signed_at=now,
            )
        )
    inspection.status = InspectionStatus.SIGNED
    inspection.finished_at = now
    inspection.grade = score.grade.value if score.grade else None
    inspection.percent = score.percent
    inspection.area_grades = {area.key: area.grade.value if area.grade else None for area in score.areas}
    inspection.defects = _count_defects(session, inspection)
    _thank(session, inspection)
    _move_schedule(session, inspection)
    session.flush()
    inspection.checksum = record_checksum(session, inspection)
    return inspection


def _signing(walk: Walk, signatures: list[SignatureDraft]) -> list[SignatureDraft]:
    """Whose signatures count: the walker's, and in a joint walk the ambassador's; raises Told when one is missing."""
    by_scorer = {draft.scorer: draft for draft in signatures}
    if Scorer.OFFICER not in by_scorer or not by_scorer[Scorer.OFFICER].name.strip():
        raise Told("Your signature is missing.", "Draw it, or type your name.", field="signature")
    if walk.joint and (Scorer.AMBASSADOR not in by_scorer or not by_scorer[Scorer.AMBASSADOR].name.strip()):
        raise Told(
            "The ambassador's signature is missing.",
            "They draw it, or type their name.",
            field="ambassador_signature",
        )
    fields = {Scorer.OFFICER: "signature"} | (
        {Scorer.AMBASSADOR: "ambassador_signature"} if walk.joint else {}
    )
    for scorer, field in fields.items():
        words.fits(by_scorer[scorer].name, words.NAME, field, "A name")
    return [by_scorer[scorer] for scorer in fields]


def _count_defects(session: Session, inspection: Inspection) -> int:
    mine = select(func.count()).where(Defect.inspection_id == inspection.id, ~Defect.deleted)
    return session.scalar(mine) or 0


def _thank(session: Session, inspection: Inspection) -> None:
    rows = select(Attendance).where(
        Attendance.inspection_id == inspection.id, Attendance.role == Role.AMBASSADOR, ~Attendance.deleted
    )
    for row in session.scalars(rows):
        row.thanked_at = inspection.finished_at


def _move_schedule(session: Session, inspection: Inspection) -> None:
    schedule = session.get(Schedule, inspection.schedule_id) if inspection.schedule_id else None
    if schedule is None or inspection.finished_at is None:
        return
    done_on = inspection.finished_at.astimezone(LONDON).date()
    schedule.last_done_on = max(done_on, schedule.last_done_on or done_on)
    cadence = templates.cadence(
        schedule.template_key, weeks=schedule.every_weeks, months=schedule.every_months
    )
    schedule.due_on = schedules.due_after(cadence, schedule.starts_on, schedule.last_done_on)


def amend(session: Session, inspection_id: UUID, text: str, item_key: str = "") -> None:
    """Say what should be corrected in a signed inspection; the signed words stay beside it."""
    actor = policy.require(session, Action.AMEND, "inspection")
    inspection = walk_row.get(session, inspection_id)
    if inspection.status is not InspectionStatus.SIGNED:
        raise Told("This inspection is not signed yet.", "Change the answer itself.")
    if not text.strip():
        raise Told("Say what should be corrected.", "Write one sentence.", field="text")
    words.fits(text, AMENDMENT_LIMIT, "text", "An amendment")
    session.add(
        Amendment(
            inspection_id=inspection.id,
            staff_id=actor.staff_id,
            item_key=item_key,
            text=text,
            made_at=session.info["clock"].now(),
        )
    )


_SEALED: dict[str, tuple[str, ...]] = {
    "answer": (
        "item_key",
        "scorer",
        "value",
        "not_scored",
        "bulk",
        "phrase_key",
        "note",
        "reason",
        "answered_at",
    ),
    "defect_sighting": ("defect_id", "outcome", "note", "seen_at"),
    "signature": ("scorer", "name", "role", "strokes", "signed_at"),
    "attendance": ("name", "role"),
    "photos": ("item_key", "sha256", "caption", "marks", "taken_at"),
}
_HEAD = (
    "reference",
    "template_key",
    "template_version",
    "place_key",
    "joint",
    "started_by",
    "started_at",
    "finished_at",
    "grade",
    "percent",
    "area_grades",
)


def record_checksum(session: Session, inspection: Inspection) -> str:
    """SHA-256 (hex) of what was signed: head, answers, sightings, signatures, attendance and photos, in one order."""
    rows: dict[str, Iterable[object]] = {
        model.__tablename__: session.scalars(
            select(model).where(model.inspection_id == inspection.id, ~model.deleted)
        )
        for model in (Answer, DefectSighting, Signature, Attendance)
    }
    photos = select(Attachment).where(Attachment.owner_id == inspection.id, ~Attachment.deleted)
    return checksum_of(inspection, {**rows, "photos": session.scalars(photos)})


def checksum_of(head: object, rows: Mapping[str, Iterable[object]]) -> str:
    """The checksum of a record at hand: the inspection, and by table what belongs to it, in any order."""
    record: dict[str, Any] = {"head": _values(head, _HEAD)}
    for table, names in _SEALED.items():
        record[table] = sorted((_values(row, names) for row in rows.get(table, ())), key=_canonical)
    return hashlib.sha256(_canonical(record).encode()).hexdigest()


def _values(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: to_json(getattr(row, name)) for name in names}


def sees_whole(actor: policy.Actor) -> bool:
    """Whether this person's role may see all that a signature seals: else it cannot be proved on their device."""
    sealed = {**_SEALED, "attachment": _SEALED["photos"], Inspection.__tablename__: _HEAD}
    return all(
        policy.may_see(actor, table, name)
        for table, names in sealed.items()
        if table != "photos"
        for name in names
    )


def is_sealed(session: Session, row: Synced) -> bool:
    """Whether a row is part of a finished inspection, which never changes."""
    walk_id = None
    if isinstance(row, Answer | DefectSighting | Signature | Attendance):
        walk_id = row.inspection_id
    elif isinstance(row, Attachment) and row.owner_table == Inspection.__tablename__:
        walk_id = row.owner_id
    elif isinstance(row, Inspection):
        walk_id = row.id
    inspection = session.get(Inspection, walk_id) if walk_id is not None else None
    return inspection is not None and inspection.status is InspectionStatus.SIGNED


_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def broken_seals(session: Session) -> list[str]:
    """References of signed inspections whose record is not the one that was signed; empty when all is sound."""
    rows = session.scalars(
        select(Inspection).where(Inspection.status == InspectionStatus.SIGNED, Inspection.checksum != "")
    )
    return [row.reference for row in rows if record_checksum(session, row) != row.checksum]
