"""Typed text is kept byte for byte or refused at its field, whichever service it came through (security.md 4c)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import MANAGER, Let
from watmos_desktop.models.kinds import NotScored, Priority, Role, Sighting, Trade
from watmos_desktop.models.tables import (
    Amendment,
    Answer,
    Attachment,
    Attendance,
    DefectSighting,
    Repair,
    Signature,
    Staff,
)
from watmos_desktop.services import (
    attachments,
    defects,
    repair_raising,
    scoring,
    signing,
    staff,
    walk,
    walk_view,
)
from watmos_desktop.services.errors import Told

PHOTO = attachments.StoredPhoto("ab" * 32, 1000, 800, 600, None)
Write = Callable[[Session, Let, Any, str], None]


def _reason(session: Session, let: Let, at: Any, text: str) -> None:
    walk.answer(session, at.walk, at.item.key, not_scored=NotScored.NOT_SEEN, reason=text)


def _note(session: Session, let: Let, at: Any, text: str) -> None:
    walk.note(session, at.walk, at.item.key, text)


def _invite(session: Session, let: Let, at: Any, text: str) -> None:
    walk.invite(session, at.walk, None, text)


def _sighting(session: Session, let: Let, at: Any, text: str) -> None:
    defects.look_again(session, at.walk, at.carried, Sighting.NOT_FIXED, text)


def _caption(session: Session, let: Let, at: Any, text: str) -> None:
    photo = walk.add_photo(session, at.walk, PHOTO, at.item.key)
    attachments.describe(session, photo, caption=text)


def _attached(session: Session, let: Let, at: Any, text: str) -> None:
    attachments.attach(session, "inspection", at.walk, PHOTO, caption=text)


def _by_hand(*fields: str) -> Write:
    def write(session: Session, let: Let, at: Any, text: str) -> None:
        draft = repair_raising.RepairDraft(
            "Mend it", Trade.GLAZING, Priority.ROUTINE, let.store.clock.now(), let.landlord.estate_id
        )
        words: dict[str, Any] = dict.fromkeys(fields, text)
        defects.raise_by_hand(session, at.walk, at.item.key, replace(draft, **words))

    return write


def _raised(session: Session, let: Let, at: Any, text: str) -> None:
    draft = repair_raising.RepairDraft(
        text, Trade.GLAZING, Priority.ROUTINE, let.store.clock.now(), let.landlord.estate_id
    )
    repair_raising.raise_repair(session, draft)


def _amend(session: Session, let: Let, at: Any, text: str) -> None:
    signing.amend(session, let.landlord.signed_id, text)


def _staff(session: Session, let: Let, at: Any, text: str) -> None:
    session.info["actor"] = MANAGER
    staff.add_staff(session, text, Role.CARETAKER)


def _sign(session: Session, let: Let, at: Any, text: str) -> None:
    seen = walk_view.load(session, at.walk)
    for item in seen.template.items:
        walk.answer(session, at.walk, item.key, value=scoring.ok_answer(item).value)
    for one in seen.carried:
        defects.look_again(session, at.walk, one.id, Sighting.FIXED)
    session.flush()
    signing.sign(session, at.walk, [signing.SignatureDraft(text, Role.CARETAKER)])


# What writes, the field it is refused at, how long it may be, and the column it is kept in.
WRITES: dict[str, tuple[Write, str, int, Any]] = {
    "reason": (_reason, "reason", 4000, Answer.reason),
    "note": (_note, "note", 4000, Answer.note),
    "companion": (_invite, "name", 100, Attendance.name),
    "sighting": (_sighting, "note", 4000, DefectSighting.note),
    "caption": (_caption, "caption", 500, Attachment.caption),
    "attached": (_attached, "caption", 500, Attachment.caption),
    "title": (_by_hand("title"), "title", 80, Repair.title),
    "place": (_by_hand("place"), "place", 200, Repair.place),
    "description": (_by_hand("description"), "description", 4000, Repair.description),
    "repair": (_raised, "title", 80, Repair.title),
    "amendment": (_amend, "text", 4000, Amendment.text),
    "staff": (_staff, "name", 100, Staff.name),
    "signature": (_sign, "signature", 100, Signature.name),
}


class At:
    """An item graded poor in a walk under way, and a defect of the walk before."""

    def __init__(self, let: Let) -> None:
        with let.store.write("begun") as session:
            self.walk = walk.start(session, let.landlord.schedule_id)
            seen = walk_view.load(session, self.walk)
            self.item = next(one for one in seen.template.items if one.choices[-1].value == "D")
            self.carried = seen.carried[0].id
            walk.answer(session, self.walk, self.item.key, value="D")


@pytest.fixture
def at(let: Let) -> At:
    return At(let)


def write(let: Let, at: At, name: str, text: str) -> None:
    with let.store.write("typed") as session:
        WRITES[name][0](session, let, at, text)


@pytest.mark.parametrize("text", ["a\x00b", "half \ud83d", "\udc80", "{long}"])
@pytest.mark.parametrize("name", WRITES)
def test_what_cannot_be_kept_is_refused_at_its_field(let: Let, at: At, name: str, text: str) -> None:
    _, field, most, column = WRITES[name]
    text = text.replace("{long}", "x" * (most + 1))
    with pytest.raises(Told) as told:
        write(let, at, name, text)
    assert told.value.field == field
    with let.store.read() as session:
        assert text not in session.scalars(select(column)).all()


@pytest.mark.parametrize(
    "text",
    [
        "👩🏽‍🔧🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "مكسور \u202eabc",
        "Zoë Łódź",
        "Zoe\u0308",
        "<b>&#x110000;</para>",
        "'; DROP--",
        "=1+1\ufffe",
        "ড় ਪੰਜਾਬੀ 漢字",
        "a\u200bb\u2028c",
        "{most}",
    ],
)
@pytest.mark.parametrize("name", WRITES)
def test_everything_else_is_kept_byte_for_byte(let: Let, at: At, name: str, text: str) -> None:
    _, _, most, column = WRITES[name]
    text = text.replace("{most}", "ż" * most)
    if name == "staff":
        text = " ".join(text.split())  # spaces of names are put in order
    write(let, at, name, text)
    with let.store.read() as session:
        assert text in session.scalars(select(column)).all()


def test_the_write_door_refuses_it_from_any_service(let: Let) -> None:
    with pytest.raises(Told) as told, let.store.write("past every service") as session:
        session.add(Staff(name="x\x00", role=Role.CARETAKER))
    assert told.value.field == "name"
