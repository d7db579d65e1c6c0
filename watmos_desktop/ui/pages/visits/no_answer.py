"""Nobody answered at a visit: how it was tried, the card left, and the day to come again, on one small form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from watmos_desktop.models.kinds import Channel
from watmos_desktop.services import slots, visit_attempts
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.visit_attempts import TryDraft
from watmos_desktop.services.visits_due import DueVisit
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, Line, Lines

_WORDS = {
    Channel.DOOR: "At the door",
    Channel.PHONE: "By phone",
    Channel.TEXT: "By text",
    Channel.EMAIL: "By e-mail",
    Channel.LETTER: "By letter",
}


class NoAnswerFields:
    """The fields of the form for one due visit, and how they are saved."""

    def __init__(self, desk: Desk, due: DueVisit) -> None:
        self._desk, self._due = desk, due
        self.next = desk.look(visit_attempts.after_a_knock, due)
        self.ahead = f"After this: {self.next.rung.words}"
        self._card, self._again = Check("A card was left"), Check("Come again then")
        self._card.setChecked(True)
        ways = [Choice(one.value, _WORDS[one]) for one in visit_attempts.WAYS]
        self.fields = [
            Field("how", "How was it tried?", ChipRow("How was it tried?", ways, self._of_door)),
            Field("card_left", "", self._card),
        ]
        if self.next.slot is not None:
            self._again.setChecked(True)
            said = f"{self.next.when}, said on the card. {self.next.slot.why}."
            self.fields.append(Field("again", "", self._again, help=said))
        note = Lines("For example: lights on, nobody came", rows=2)
        note.setMaximumHeight(note.minimumHeight())
        self.fields += [
            Field("note", "Anything seen or said", note),
            Field("time", "What time, if not just now", Line("For example 09:15"), help="Today."),
        ]

    def save(self, values: Mapping[str, object]) -> str:
        """Record it; gives what is said of it."""
        again = self.next.slot if values.get("again") else None
        how = Channel(str(values["how"]))
        at = self._at(str(values["time"]))
        draft = TryDraft(how, bool(values["card_left"]), str(values["note"]), at, again)
        return self._desk.do("nobody answered", visit_attempts.record, self._due, draft).words

    def _of_door(self, how: str) -> None:
        self._card.setChecked(how == Channel.DOOR)

    def _at(self, typed: str) -> datetime | None:
        if not typed:
            return None
        today = self._desk.store.clock.now().astimezone(LONDON).date()
        return datetime.combine(today, time.fromisoformat(slots.read_time(typed, "time")), LONDON)
