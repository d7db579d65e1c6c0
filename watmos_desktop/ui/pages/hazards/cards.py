"""The cards of a case that only tell: its times as a ladder, what is known, the log of endeavours."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.hazard_view import HazardDetail, StepLine
from watmos_desktop.services.hazard_words import LEVEL_WORDS
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.facts import Facts
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.hazards.ladder import Rung


def level(case: HazardDetail) -> str:
    """How serious it was judged to be."""
    return LEVEL_WORDS[case.level] if case.level else "Not judged yet"


def times(case: HazardDetail) -> Card:
    """The clocks: what ends next first, then what has ended."""
    card = Card("Times")
    card.add(Text(case.law, role="quiet", wrap=True))
    card.body.setSpacing(14)
    running = sorted((one for one in case.clocks if one.stopped_at is None), key=lambda one: one.due_at)
    for clock in (*running, *(one for one in case.clocks if one.stopped_at is not None)):
        card.add(Rung(clock))
    return card


def known(case: HazardDetail) -> Card:
    """What is known, found and decided."""
    rows = (
        ("What was told", case.what),
        ("How serious", level(case) if case.level else ""),
        ("Judged by", case.judged),
        ("Why", case.level_reason),
        ("Who lives there", case.household),
        ("Found", case.findings),
        ("Looked into", "From afar, by phone or pictures" if case.remote else ""),
        ("To make it safe", " · ".join(part for part in (case.safety_works, case.safety_by) if part)),
        (
            "To stop it coming back",
            " · ".join(part for part in (case.prevention, case.prevention_by) if part),
        ),
        ("Why nothing is done", case.no_action_reason),
    )
    card = Card("What is known")
    shown = [(label, words) for label, words in rows if words]
    card.add(Facts(shown) if shown else Text("Nothing but the hazard yet.", role="quiet", wrap=True))
    return card


def log(steps: tuple[StepLine, ...]) -> Card:
    """The log of endeavours, the newest first."""
    card = Card("Log")
    card.body.setSpacing(10)
    if not steps:
        card.add(Text("Every step is added here, and never edited.", role="quiet", wrap=True))
    for one in reversed(steps):
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(
            Text(" ".join(part for part in (one.what, one.how) if part), role="strong", wrap=True)
        )
        for said in (one.text, one.outcome):
            if said:
                column.addWidget(
                    Text(said, wrap=True, role="quiet" if one.taken_back else "body").selectable()
                )
        when = wording.moment(one.at.astimezone(LONDON))
        about = (when, one.who, f"recorded in {one.case}" if one.case else "")
        column.addWidget(Text(" · ".join(part for part in about if part), role="small", wrap=True))
        if one.taken_back:
            column.addWidget(Text(one.taken_back, role="error", wrap=True))
        card.add(holder)
    return card


def lines(title: str, said: tuple[str, ...]) -> Card:
    """A card of lines."""
    card = Card(title)
    for line in said:
        card.add(Text(line, wrap=True).selectable())
    return card
