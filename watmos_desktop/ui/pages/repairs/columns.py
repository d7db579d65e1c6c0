"""What a row of the Repairs list says."""

from __future__ import annotations

from watmos_desktop.models.kinds import Waiting
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.table import Column, Row

COLUMNS = (
    Column("ref", "Reference", 12),
    Column("title", "What and where", 26),
    Column("who", "With", 9),
    Column("priority", "Priority", 11),
    Column("due", "Due", 20),
)
_WAITS = {
    Waiting.ACCESS: "waits to get in",
    Waiting.PARTS: "waits for parts",
    Waiting.APPROVAL: "waits for approval",
    Waiting.RESIDENT: "waits for the resident",
}


def row_of(one: RepairCard) -> Row:
    """A repair in one line."""
    priority = "Hazard" if one.hazard else one.priority.value.capitalize()
    what = f"{one.title} · {one.where}"
    if one.waiting is not None:
        what += f" · {_WAITS[one.waiting]}"
    return Row(
        one.id,
        (one.reference, what, one.who, priority, one.due.text),
        (None, None, None, None, Tone(one.due.tone)),
    )
