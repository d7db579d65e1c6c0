"""The same hazard opened twice: what may be a double, to decide; what was closed as one, to see and take back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from watmos_desktop.services import hazard_doubles, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.hazard_doubles import Doubles
from watmos_desktop.services.hazard_list import HazardCard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.text import Text


class TwiceCard(Card):
    """Signals ``opened(case)`` to look at another, ``decided(case, words)`` what came of it, ``told(error)``."""

    opened = Signal(object)
    decided = Signal(object, str)
    told = Signal(object)

    def __init__(self, desk: Desk, case_id: UUID, found: Doubles, parent: QWidget | None = None) -> None:
        super().__init__("Opened twice?" if found.possible else "Opened twice", parent=parent)
        self._desk, self._case = desk, case_id
        for one in found.possible:
            self._say(
                _about(one),
                QuietButton("Same hazard", partial(self._merge, one.id), tip=one.reference),
                QuietButton("Another hazard", partial(self._apart, one.id), tip=one.reference),
                QuietButton(f"Open {one.reference}", partial(self.opened.emit, one.id)),
            )
        if found.possible:
            words = "The one known first goes on with its clocks; the other is closed."
            self.add(Text(words, role="quiet", wrap=True))
        for one in found.closed:
            self._say(
                f"Also opened as {one.reference}; its log is part of this one.",
                QuietButton("Another hazard after all", partial(self._apart, one.id), tip=one.reference),
            )
        if (kept := found.kept) is not None:
            self._say(
                f"Goes on as {kept.reference}, which was known first.",
                QuietButton(f"Open {kept.reference}", partial(self.opened.emit, kept.id)),
                QuietButton("Another hazard after all", partial(self._apart, kept.id)),
            )

    def _say(self, words: str, *buttons: QuietButton) -> None:
        self.add(Text(words, wrap=True))
        if buttons:
            self.add(FlowRow(*buttons))

    def _merge(self, other: UUID) -> None:
        def run() -> None:
            came = self._desk.do("closed a double", hazard_doubles.merge, self._case, other)
            self.decided.emit(came.kept_id, f"{came.closed} is closed as the double of {came.kept}")

        self._try(run)

    def _apart(self, other: UUID) -> None:
        def run() -> None:
            self._desk.do("told two hazards apart", hazard_doubles.tell_apart, self._case, other)
            self.decided.emit(self._case, "Kept apart: they are two hazards")

        self._try(run)

    def _try(self, run: Callable[[], None]) -> None:
        try:
            run()
        except Told as error:
            self.told.emit(error)


def _about(one: HazardCard) -> str:
    aware = wording.moment(one.aware_at.astimezone(LONDON))
    return f"{one.reference} · {one.hazard} · {one.level.lower()}, we became aware {aware}"
