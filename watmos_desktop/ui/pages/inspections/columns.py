"""What a row of the Inspections list says."""

from __future__ import annotations

from watmos_desktop.models.kinds import InspectionStatus
from watmos_desktop.services import wording
from watmos_desktop.services.inspections import DueCard, InspectionCard
from watmos_desktop.ui.kit.look import GRADE_TONES, Tone
from watmos_desktop.ui.kit.table import Column, Row

COLUMNS = (
    Column("what", "What and where", 5, sortable=False),
    Column("when", "When", 2, sortable=False),
    Column("grade", "Grade", 1, sortable=False),
    Column("state", "State", 3, sortable=False),
)


def due_row(one: DueCard) -> Row:
    """An inspection that is asked for; a draft of it says so."""
    grade = str(one.last_grade or "")
    state, tone = (one.due.text, Tone(one.due.tone)) if one.draft_id is None else ("Begun", Tone.WARN)
    what = f"{one.template} · {one.place}"
    return Row(
        ("due", one.schedule_id),
        (what, wording.weekday(one.due_on), f"last {grade}" if grade else "", state),
        (None, None, None, tone),
    )


def card_row(one: InspectionCard) -> Row:
    """A walk that was begun or signed."""
    state, tone = state_of(one)
    grade = str(one.grade or "")
    cells = (f"{one.template} · {one.place}", one.when, grade, state)
    return Row(("walk", one.id), cells, (None, None, GRADE_TONES.get(grade), tone))


def state_of(one: InspectionCard) -> tuple[str, Tone]:
    """How a walk stands, in words."""
    if one.status is InspectionStatus.DRAFT:
        return "Not finished", Tone.WARN
    if one.status is InspectionStatus.ABANDONED:
        return "Put away", Tone.INFO
    if not one.defects:
        return "Signed, no defects", Tone.OK
    return f"Signed, {wording.count(one.defects, 'defect')}", Tone.INFO
