"""What a row of the Repairs list says."""

from __future__ import annotations

from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.table import Column, Row

COLUMNS = (
    Column("ref", "Reference", 3, sortable=False),
    Column("title", "What and where", 6),
    Column("priority", "Priority", 2, sortable=False),
    Column("due", "Due", 4),
)


def row_of(one: RepairCard) -> Row:
    """A repair in one line."""
    priority = "Hazard" if one.hazard else one.priority.value.capitalize()
    cells = (one.reference, f"{one.title} · {one.where}", priority, one.due.text)
    return Row(one.id, cells, (None, None, None, Tone(one.due.tone)))
