"""What a row of the list of adaptations says."""

from __future__ import annotations

from watmos_desktop.services.adaptation_cases import AdaptationCard
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.table import Column, Row

COLUMNS = (
    Column("what", "What, where and for whom", 6),
    Column("officer", "Officer", 2),
    Column("step", "Next", 2),
    Column("waits", "How it stands", 5),
)


def row_of(one: AdaptationCard) -> Row:
    """A request in one line."""
    where = " · ".join(part for part in (one.what.splitlines()[0], one.person, one.home) if part)
    return Row(
        one.id,
        (where, one.officer or "Nobody yet", one.words, one.waits.text),
        (None, None, None, Tone(one.waits.tone)),
    )
