"""The story of a repair, newest first: told, noted, knocked, ordered, promised, done, asked; with who (R3)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import repair_timeline
from watmos_desktop.services.repair_timeline import Entry, Kind
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Dot
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.repairs.sections.parts import Section

_FIRST = 6


def build(
    desk: Desk, detail: RepairDetail, go: Callable[[str, object], None], parent: QWidget
) -> QWidget | None:
    """The newest entries, and the others on a press."""
    story = desk.look(repair_timeline.of, detail.card.id)
    section = Section(parent, "What happened")
    for entry in story.entries[:_FIRST]:
        section.add(_line(entry))
    older = story.entries[_FIRST:]
    if older:
        row = FlowRow()

        def show() -> None:
            row.hide()
            for entry in older:
                section.add(_line(entry))

        row.add(QuietButton(f"Show {len(older)} older", show))
        section.add(row)
    return section


def _line(entry: Entry) -> QWidget:
    """One entry: its shape and line, the words said, then when and who in small."""
    holder = QWidget()
    holder.setAccessibleName(f"{entry.what}. {entry.more} {entry.when} {entry.who}".strip())
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    side = QVBoxLayout()
    side.setContentsMargins(0, 5, 0, 0)
    side.addWidget(Dot(Tone(entry.tone)))
    side.addStretch(1)
    row.addLayout(side)
    words = QVBoxLayout()
    words.setSpacing(0)
    quiet = entry.kind is Kind.PROMISE and Tone(entry.tone) is Tone.INFO
    words.addWidget(Text(entry.what, role="quiet" if quiet else "strong", wrap=True))
    if entry.more:
        words.addWidget(Text(entry.more, wrap=True).selectable())
    words.addWidget(Text(" · ".join(part for part in (entry.when, entry.who) if part), role="small"))
    row.addLayout(words, 1)
    return holder
