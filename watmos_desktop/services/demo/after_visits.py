"""What some of the demo landlord's newest visits found: whole forms, sealed, with what came of each.

A referral whose outcome is known, an adaptation that was asked for, a concern that waits for the safeguarding lead, and
two visits that a manager is to look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, exists, select, update
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import FollowUpKind, VisitKind, VisitStatus
from watmos_desktop.models.tables import HouseholdMember, Person, Visit, VisitAnswer
from watmos_desktop.services import (
    calendar,
    visit_approval,
    visit_concerns,
    visit_form,
    visit_outcomes,
    visit_walk,
)
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo.rows import Rows
from watmos_desktop.services.ids import same_id
from watmos_desktop.services.visit_form import Given, Key, Kind
from watmos_desktop.services.visit_outcomes import Found, Makes

_FINDS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {"money": ("short",), "money_what": ("rent", "fuel"), "benefits": ("yes",), "wellbeing": ("by",)},
    {
        "adaptations": ("yes",),
        "adaptations_what": ("A rail beside the bath",),
        "support": ("have",),
        "communication": ("yes",),
        "communication_what": ("large",),
    },
    {"safety": ("told",), "wellbeing": ("hard",)},
    {"fire": ("yes",), "fire_what": ("alone",)},
    {"pets": ("asked",), "garden": ("help",), "satisfied": ("4",)},
    {"tenancy": ("yes",), "tenancy_what": ("sublet",)},
)
_WHISPER = "She asked me to come back when he is at work. He keeps her bank card."
_OUTCOME = "She gets 38 pounds a week more from this month."


def make(rows: Rows, connection: Connection) -> None:
    """Give the newest well-being visits that have none yet their answers, and what came of them."""
    for row, finds in zip(_newest(connection, len(_FINDS)), _FINDS, strict=False):
        answers = _answers(finds)
        _form(rows, connection, row, answers)
        found = visit_outcomes.found(visit_form.load(), answers)
        for one in found:
            _came(rows, row, one, first=finds is _FINDS[0])
        if "safety" in finds:
            _concern(rows, row)
        why = visit_outcomes.reasons(
            row["kind"], visit_form.load(), answers, signed=True, left_out=frozenset()
        )
        if why:
            _follow_up(rows, row, FollowUpKind.OTHER, visit_approval.ASKED, text="\n".join(why))
        connection.execute(
            update(Visit).where(Visit.id == row["id"]).values(form_version=visit_form.load().version)
        )
        rows.write(connection)
        _seal(connection, row["id"])


def _newest(connection: Connection, most: int) -> list[RowMapping]:
    plain = ~exists().where(VisitAnswer.visit_id == Visit.id)
    done = (Visit.kind == VisitKind.WELLBEING, Visit.status == VisitStatus.COMPLETED, plain)
    table = Visit.__table__
    asked = select(table).where(*done).order_by(Visit.completed_at.desc(), Visit.id).limit(most)
    return list(connection.execute(asked).mappings())


def _answers(finds: Mapping[str, tuple[str, ...]]) -> dict[Key, Given]:
    """The whole form: what was found, else the first answer, which is nothing out of the ordinary."""
    found: dict[Key, Given] = {}
    while missing := visit_form.missing(visit_form.load(), found):
        for step in missing:
            first = ("-",) if step.question.kind is Kind.TEXT else (step.question.options[0].key,)
            found[step.key] = Given(finds.get(step.question.key, first))
    return found


def _form(rows: Rows, connection: Connection, row: RowMapping, answers: Mapping[Key, Given]) -> None:
    apart = {one.key for part in visit_form.load().sections for one in part.questions if one.apart}
    for place, ((key, room), given) in enumerate(answers.items()):
        value = [visit_walk.ASKED] if key in apart else list(given.values)
        rows.add(
            "visit_answer",
            row["started_at"] + timedelta(seconds=40 * place),
            visit_id=row["id"],
            key=key,
            room=room,
            value=value,
            note="",
            skipped="",
            same=False,
            answered_at=row["started_at"] + timedelta(seconds=40 * place),
        )
    for consent in visit_form.load().consents:
        said = {"visit_id": row["id"], "key": consent.key, "given": True, "asked_at": row["completed_at"]}
        rows.add("visit_consent", row["completed_at"], **said)
    rows.add(
        "visit_signature",
        row["completed_at"],
        visit_id=row["id"],
        person_id=None,
        name=_tenant(connection, row["tenancy_id"]),
        strokes=[],
        signed_at=row["completed_at"],
    )


def _tenant(connection: Connection, tenancy_id: UUID) -> str:
    mine = select(Person.name).join(HouseholdMember, HouseholdMember.person_id == Person.id)
    of = (HouseholdMember.tenancy_id == tenancy_id, HouseholdMember.tenant)
    return connection.execute(mine.where(*of).order_by(Person.id).limit(1)).scalar() or "The tenant"


def _came(rows: Rows, row: RowMapping, found: Found, *, first: bool) -> None:
    at, record_id = row["completed_at"], None
    table = {Makes.REFERRAL: "referral", Makes.ADAPTATION: "adaptation"}.get(found.outcome.kind, "")
    if table == "referral":
        closed = at + timedelta(days=9) if first and found.outcome.service == "benefits" else None
        record_id = rows.add(
            "referral",
            at,
            home_id=row["home_id"],
            person_id=None,
            kind=found.outcome.words,
            partner=found.outcome.partner,
            reason=f"Found at visit {row['reference']}.",
            consent=True,
            made_at=at,
            staff_id=row["officer_id"],
            outcome=_OUTCOME if closed else "",
            closed_at=closed,
        )["id"]
    elif table == "adaptation":
        record_id = rows.add(
            "adaptation",
            at,
            prefix="A",
            **{name: row[name] for name in ("estate_id", "block_id", "home_id")},
            what=f"A rail beside the bath. Found at visit {row['reference']}.",
            requested_at=at,
            asked_by=row["officer_id"],
            officer_id=row["officer_id"],
        )["id"]
    days = found.outcome.days
    by = calendar.working_days_after(at.astimezone(LONDON).date(), days) if days else None
    made = {"text": found.words, "promised_on": by, "record_table": table, "record_id": record_id}
    _follow_up(rows, row, visit_outcomes.KIND[found.outcome.kind], found.key, **made)


def _concern(rows: Rows, row: RowMapping) -> None:
    """It waits for the lead: nobody has taken it yet."""
    told = visit_form.load().question("safety").said(("told",))
    for key, text in (("safety", told), ("words", _WHISPER), (visit_concerns.PASSED_ON, "")):
        _follow_up(rows, row, FollowUpKind.SAFEGUARDING, key, text=text)


def _follow_up(rows: Rows, row: RowMapping, kind: FollowUpKind, key: str, **said: Any) -> None:
    given: dict[str, Any] = {"promised_on": None, "left_out": "", "record_table": "", "record_id": None}
    made = rows.add(
        "visit_follow_up", row["completed_at"], visit_id=row["id"], kind=kind, key=key, **(given | said)
    )
    made["id"] = same_id("visit_follow_up", str(row["id"]), key)


def _seal(connection: Connection, visit_id: UUID) -> None:
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        seal = visit_walk.checksum(session, session.get_one(Visit, visit_id))
    connection.execute(update(Visit).where(Visit.id == visit_id).values(checksum=seal))
