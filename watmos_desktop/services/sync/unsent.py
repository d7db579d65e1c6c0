"""What the office does not have yet, by name, so that a person can see what they would take home."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Outbox
from watmos_desktop.services import record_words
from watmos_desktop.services.record_words import Named

_OWN = ("answer", "defect_sighting", "attendance", "signature", "clock", "attachment")  # said by their record


@dataclass(frozen=True)
class Unsent:
    """Records with unsent changes, newest first, and how many more there are."""

    names: tuple[Named, ...]
    more: int


def unsent(session: Session, limit: int = 8) -> Unsent:
    """Name what waits; parts of a record, as the answers of a walk, are one with it."""
    rows = session.execute(
        select(Outbox.table_name, Outbox.record_id)
        .group_by(Outbox.table_name, Outbox.record_id)
        .order_by(func.max(Outbox.n).desc())
        .limit(40 * limit)
    ).all()
    found: dict[object, Named] = {}
    for table, record_id in rows:
        named = record_words.named(session, table, record_id)
        if table in _OWN and named.id != record_id:
            named = Named(named.sentence.rpartition(" · ")[2] or named.title, "", named.page, named.id)
        found.setdefault(named.id, named)
    names = tuple(found.values())
    return Unsent(names[:limit], max(0, len(names) - limit))
