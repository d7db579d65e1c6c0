"""What a row of the due list says."""

from __future__ import annotations

from watmos_desktop.services.visits_due import DueVisit
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.table import Column, Row

COLUMNS = (
    Column("home", "Home", 4, sortable=False),
    Column("points", "Why", 5),
    Column("planned", "Planned", 3, sortable=False),
    Column("due", "Due", 4),
)


def row_of(one: DueVisit) -> Row:
    """A visit that is due, in one line."""
    reasons = [reason for reason in one.reasons if reason != one.due.text]
    why = " · ".join([one.what, *reasons])
    planned = "A manager decides" if one.decision else one.planned or "Not yet"
    return Row(one.key, (one.address, why, planned, one.due.text), (None, None, None, Tone(one.due.tone)))
