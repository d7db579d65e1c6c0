"""Any record, field and value in words, as a person may read them: for the review of what sync brought together."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from watmos_desktop import resources
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED, Synced
from watmos_desktop.services import people, policy, repair_words, staff, templates, wording
from watmos_desktop.services.capture import from_json
from watmos_desktop.services.clock import LONDON

NOTHING = "nothing"
_OWNERS = ("inspection_id", "tenancy_id", "case_id", "home_id", "defect_id", "block_id", "staff_id")
_NAMED = ("title", "name", "address", "reference")  # the first that there is and may be seen names a record


@dataclass(frozen=True)
class Named:
    """A record in words: ``Damp on the stair wall``, ``Repair R-3VWA-8 · Lindley House B``, and its page if any."""

    title: str
    sentence: str
    page: str
    id: UUID


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(resources.path("records.toml").read_text("utf-8"))


def kind(table: str) -> str:
    """What a record of that table is called: ``Repair``."""
    return str(_table()[table]["record"]) if table in _table() else "Record"


def label(table: str, field: str) -> str:
    """What a field is called: ``More about it``."""
    known = _table().get(table, {}).get("fields", {})
    return str(known.get(field) or field.removesuffix("_id").replace("_", " ").capitalize())


def is_text(table: str, field: str) -> bool:
    """Whether two texts of this field may stand one below the other."""
    return field in _table().get(table, {}).get("long", ())


def named(session: Session, table: str, record_id: UUID) -> Named:
    """A record in words; what this person may not read is left out, also where nothing is left but the kind."""
    row = session.get(SYNCED[table], record_id) if table in SYNCED else None
    if row is None:
        return Named(kind(table), "It is not on this device.", "", record_id)
    title = _title(session, table, row)
    owner = _owner(session, table, row)
    about = kind(table)
    reference = getattr(row, "reference", "")
    if reference and policy.may_see(policy.actor(session), table, "reference"):
        about = f"{about} {reference}"
    parts = [about, owner.title if owner else _place(session, row)]
    page = str(_table().get(table, {}).get("page", ""))
    target = (page, record_id) if page or owner is None else (owner.page, owner.id)
    sentence = " · ".join(part for part in parts if part and part != title)
    return Named(title or kind(table), sentence, *target)


def value(session: Session, table: str, field: str, raw: Any) -> str:
    """A value as JSON keeps it, in words: ``Urgent``, ``23 Nov 2026, 10:42``, ``M. Kaur``; never a code or an id."""
    if raw is None or raw in ("", [], {}):
        return NOTHING
    if isinstance(raw, Mapping) and ("add" in raw or "remove" in raw):
        changed = [(raw.get("add"), "more"), (raw.get("remove"), "taken away")]
        return ", ".join(f"{len(some)} {words}" for some, words in changed if some) or NOTHING
    if isinstance(raw, list | dict):
        return wording.count(len(raw), "entry", "entries")
    if table in SYNCED and field in inspect(SYNCED[table]).columns:
        try:
            raw = from_json(SYNCED[table], field, raw)
        except (ValueError, TypeError):
            return str(raw)
    return _plain(session, table, field, raw)


def _plain(session: Session, table: str, field: str, found: Any) -> str:
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, Role):
        return staff.ROLE_WORDS[found]
    if isinstance(found, Enum):
        words = people.KIND_WORDS.get(found) if field == "kind" else None  # type: ignore[call-overload]
        return str(words or str(found.value).replace("_", " ").capitalize())
    if isinstance(found, datetime):
        return wording.moment(found.astimezone(LONDON))
    if isinstance(found, date):
        return wording.day(found)
    if isinstance(found, UUID):
        return _of_id(session, table, field, found)
    return _form_words(str(found), field)


def _of_id(session: Session, table: str, field: str, found: UUID) -> str:
    columns = SYNCED[table].__table__.columns  # type: ignore[attr-defined]
    keys = columns[field].foreign_keys
    target = next((key.column.table.name for key in keys), "staff" if field.endswith("_by") else "")
    if not target:
        return "another record"
    if target == "staff":
        return who(session, found)
    return named(session, target, found).title


def who(session: Session, staff_id: UUID | None) -> str:
    """Who did something: ``You``, their name where this person may know names of staff, else ``Someone else``."""
    actor = policy.actor(session)
    if staff_id is not None and staff_id == actor.staff_id:
        return "You"
    row = session.get(SYNCED["staff"], staff_id) if staff_id is not None else None
    if row is None or not policy.may_see(actor, "staff", "name"):
        return "Someone else"
    return str(row.name)  # type: ignore[attr-defined]


def _form_words(found: str, field: str) -> str:
    """Keys of forms in the form's own words; other text as it is."""
    if field.endswith("_key") or field == "hazard":
        return _of_forms().get((field, found)) or found.replace("_", " ").capitalize()
    return found


@cache
def _of_forms() -> Mapping[tuple[str, str], str]:
    words: dict[tuple[str, str], str] = {}
    for key, form in templates.load_all().items():
        words["template_key", key] = form.title
        for area in form.areas:
            words["area_key", area.key] = area.name
            for item in area.items:
                words["item_key", item.key] = item.name
                words |= {("phrase_key", phrase.key): phrase.words for phrase in item.phrases}
    return words


def _title(session: Session, table: str, row: Synced) -> str:
    actor = policy.actor(session)
    if table == "repair":
        return repair_words.shown(actor, row)[0]
    if table == "inspection":
        return _form_words(str(row.template_key), "template_key")  # type: ignore[attr-defined]
    for column in _NAMED:
        if (found := getattr(row, column, "")) and policy.may_see(actor, table, column):
            return str(found)
    if (item := getattr(row, "item_key", "")) and policy.may_see(actor, table, "item_key"):
        return _form_words(item, "item_key")
    return ""


def _owner(session: Session, table: str, row: Synced) -> Named | None:
    """The record that this one is a part of."""
    owner_table = getattr(row, "owner_table", "")
    if owner_table:
        return named(session, owner_table, row.owner_id)  # type: ignore[attr-defined]
    if _table().get(table, {}).get("page"):
        return None
    columns = SYNCED[table].__table__.columns  # type: ignore[attr-defined]
    for column in _OWNERS:
        found = getattr(row, column, None)
        if found is not None:
            keys = list(columns[column].foreign_keys)
            return named(session, keys[0].column.table.name, found) if keys else None
    return None


def _place(session: Session, row: Synced) -> str:
    for column, table in (("block_id", "block"), ("space_id", "community_space"), ("estate_id", "estate")):
        found = getattr(row, column, None)
        place = session.get(SYNCED[table], found) if found is not None else None
        if place is not None:
            return str(place.name)  # type: ignore[attr-defined]
    return ""
