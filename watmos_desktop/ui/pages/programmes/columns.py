"""What the rows of planned works, of their homes and of what people said say."""

from __future__ import annotations

from watmos_desktop.models.kinds import ResponseKind
from watmos_desktop.services.programme_answers import Answer
from watmos_desktop.services.programme_cases import ProgrammeCard
from watmos_desktop.services.programme_homes import HomeRow
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.table import Column, Row

COLUMNS = (
    Column("name", "Works and where", 6),
    Column("when", "When", 4),
    Column("step", "Step", 3),
    Column("stands", "How it stands", 4),
)
HOME_COLUMNS = (
    Column("home", "Home", 5),
    Column("when", "Its days", 4),
    Column("written", "Written to", 3),
    Column("said", "They say", 3),
    Column("stands", "How it stands", 4),
)
ANSWER_COLUMNS = (
    Column("home", "Home", 4),
    Column("kind", "They say", 4),
    Column("text", "In their words", 5),
    Column("answered", "Answered", 3),
)
TONES = {
    ResponseKind.AGREES: Tone.OK,
    ResponseKind.CONCERN: Tone.WARN,
    ResponseKind.OBJECTS: Tone.BAD,
    ResponseKind.ASKS: Tone.INFO,
}


def row_of(one: ProgrammeCard) -> Row:
    """Works in one line."""
    cells = (f"{one.name} · {one.where}", one.when or "No days yet", one.words, one.stands.text)
    return Row(one.id, cells, (None, None, None, Tone(one.stands.tone)))


def home_row(one: HomeRow) -> Row:
    """A home of works in one line."""
    cells = (one.address, one.when, one.written, one.said, one.stands.text)
    return Row(one.id, cells, (None, None, None, None, Tone(one.stands.tone)))


def answer_row(one: Answer) -> Row:
    """What a household said in one line."""
    text = " ".join(one.text.split())
    answered = "Not yet" if one.waits else one.answered or "None needed"
    cells = (one.address, one.words, text, answered)
    return Row(one.id, cells, (None, TONES[one.kind], None, Tone.WARN if one.waits else None))
