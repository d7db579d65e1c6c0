"""Nobody let us in: two keys record it, with the card left and the next slot on the same small form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID

from watmos_desktop.models.kinds import Channel
from watmos_desktop.services import access, slots
from watmos_desktop.services.access import AttemptDraft, NoAccess
from watmos_desktop.services.clock import LONDON
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, Line
from watmos_desktop.ui.pages.repairs.order_form import few_lines
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm, Values

_HOW = (Channel.DOOR, Channel.PHONE, Channel.TEXT, Channel.LETTER)
_SENTENCE = "The promised time runs on. The resident can see from the card what to do next."


class NoAccessForm(PanelForm):
    """How it was tried, whether a card was left, and when we come again. ``go`` as in detail_sections."""

    def __init__(self, desk: Desk, repair_id: UUID, go: Callable[[str, object], None]) -> None:
        self._desk, self._repair, self._go = desk, repair_id, go
        proposed = desk.look(access.proposal, repair_id)
        self.how = ChipRow("How?", [Choice(one.value, access.HOW_WORDS[one]) for one in _HOW], self._of_door)
        self.card = Check("A card was left")
        self.card.setChecked(True)
        self.again = Check("Book the next slot")
        fields = [
            Field("how", "How?", self.how),
            Field("card_left", self.card.text(), self.card),
            Field("note", "Anything seen or said", few_lines("For example: lights on, nobody came", 2)),
            Field("time", "What time, if not just now", Line("For example 09:15"), help="Today."),
        ]
        if proposed is not None:
            fields.insert(
                2,
                Field("again", self.again.text(), self.again, help=f"{proposed.words}; say it on the card."),
            )
        super().__init__(
            "No access", fields, self._save, "Record", sentence=_SENTENCE, told_of={"tried_at": "time"}
        )
        self.foot.addWidget(QuietButton("Card to print", lambda: go("work_paper", ("card", repair_id))))

    def _of_door(self, how: str) -> None:
        self.card.setChecked(how == Channel.DOOR)

    def _save(self, values: Values) -> None:
        draft = AttemptDraft(
            Channel(str(values["how"])),
            bool(values["card_left"]),
            str(values["note"]),
            self._tried_at(str(values["time"])),
            again=bool(values.get("again", False)),
        )
        done: NoAccess = self._desk.do("no access", access.no_access, self._repair, draft)
        self._go("done", done.words)

    def _tried_at(self, typed: str) -> datetime | None:
        if not typed:
            return None
        today = self._desk.store.clock.now().astimezone(LONDON).date()
        return datetime.combine(today, time.fromisoformat(slots.read_time(typed, "time")), LONDON)
