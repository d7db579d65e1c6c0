"""What waits on this device to be sent to the office."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Outbox
from watmos_desktop.services import wording


@dataclass(frozen=True)
class Waiting:
    """How many records and photos have changes that the office does not have."""

    records: int
    photos: int

    @property
    def words(self) -> str:
        """``3 records and 4 photos waiting``, ``nothing waiting``."""
        parts = [
            wording.count(number, noun)
            for number, noun in ((self.records, "record"), (self.photos, "photo"))
            if number
        ]
        return " and ".join(parts) + " waiting" if parts else "nothing waiting"


def waiting(session: Session) -> Waiting:
    """Count what the outbox holds: each record once, however often it was changed."""
    photos = Outbox.table_name == "attachment"
    row = session.execute(
        select(
            func.count(Outbox.record_id.distinct()).filter(~photos),
            func.count(Outbox.record_id.distinct()).filter(photos),
        )
    ).one()
    return Waiting(row[0], row[1])
