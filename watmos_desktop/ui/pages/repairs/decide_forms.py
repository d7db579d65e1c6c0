"""Short forms that decide: how soon, whose it is, cancelled, opened again, no recall; each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from watmos_desktop.models.kinds import Channel, Priority, Responsibility
from watmos_desktop.services import repair_care, repair_changes, repair_closing, repair_further
from watmos_desktop.services.clocks import promise_words
from watmos_desktop.services.repair_account import WHOSE
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.pages.repairs.care_forms import Go, how
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm, Values

_WITHIN = {
    Priority.EMERGENCY: "Emergency, 24 hours",
    Priority.URGENT: "Urgent, 5 working days",
    Priority.ROUTINE: "Routine, 25 working days",
}


def reason(hint: str = "A few words") -> Field:
    """The field that each decision asks for."""
    return Field("reason", "Why?", Line(hint), help="It stands in the history, for whoever asks.")


def told_at_once(detail: RepairDetail) -> list[Field]:
    """How the resident is told of what is decided; nobody in particular waits for a shared part."""
    if detail.account.home_id is None:
        return []
    ask = "How was the resident told?"
    return [Field("told", ask, how(ask, optional=True), help="Leave it open to tell them later.")]


def _channel(values: Values) -> Channel | None:
    return Channel(str(values["told"])) if values.get("told") else None


class SoonForm(PanelForm):
    """How soon, anew: both clocks stay in the history."""

    def __init__(self, desk: Desk, detail: RepairDetail, go: Go) -> None:
        self._desk, self._repair, self._go = desk, detail.card.id, go
        choices = [Choice(one.value, _WITHIN[one]) for one in Priority if one is not detail.card.priority]
        now = f"Now {detail.card.priority.value}: {promise_words(detail.card.due_at, detail.card.priority)}."
        super().__init__(
            "How soon?",
            [
                Field("priority", "How soon should it be?", ChipRow("How soon should it be?", choices)),
                reason(),
                *told_at_once(detail),
            ],
            self._save,
            "Decide",
            sentence=f"{now} What was promised stays in the history. Sooner counts from now, later from the report.",
        )

    def _save(self, values: Values) -> None:
        priority = Priority(str(values["priority"]))
        why = f"{priority.value} now"
        because, told = str(values["reason"]), _channel(values)
        said = self._desk.do(why, repair_changes.set_priority, self._repair, priority, because, told)
        self._go("done", said)


class WhoseForm(PanelForm):
    """Whose it is, anew: what becomes ours gets its clocks from the report."""

    def __init__(self, desk: Desk, detail: RepairDetail, go: Go) -> None:
        self._desk, self._repair, self._go = desk, detail.card.id, go
        parties = [one for one in Responsibility if WHOSE[one] != detail.account.whose]
        choices = [Choice(one.value, WHOSE[one]) for one in parties]
        sentence = f"Until now: {detail.account.whose.lower()}. " if detail.account.whose else ""
        super().__init__(
            "Whose is it?",
            [
                Field("responsibility", "Whose is it?", ChipRow("Whose is it?", choices)),
                reason(),
                *told_at_once(detail),
            ],
            self._save,
            "Decide",
            sentence=f"{sentence}What becomes ours counts from the day it was reported.",
        )

    def _save(self, values: Values) -> None:
        party = Responsibility(str(values["responsibility"]))
        said = self._desk.do(
            "decided whose it is",
            repair_changes.set_responsibility,
            self._repair,
            party,
            str(values["reason"]),
            _channel(values),
        )
        self._go("done", said)


class CancelForm(PanelForm):
    """Cancelled with its reason, and the resident told of it."""

    def __init__(self, desk: Desk, repair_id: UUID, go: Go) -> None:
        self._desk, self._repair, self._go = desk, repair_id, go
        self.reason = Line("Or in your words")
        self.phrases = ChipRow(
            "Why?", [Choice(one, one) for one in repair_care.words("cancel")], self._take, optional=True
        )
        super().__init__(
            "Cancel the repair",
            [
                Field("phrase", "Why?", self.phrases),
                Field("reason", "The reason", self.reason),
                Field("told", "How was the resident told?", how("How was the resident told?", optional=True)),
            ],
            self._save,
            "Cancel it",
            sentence="Its promise ends and stays in the history.",
        )

    def _take(self, phrase: str) -> None:
        self.reason.setText(phrase)

    def _save(self, values: Values) -> None:
        self._desk.do(
            "cancelled", repair_closing.cancel, self._repair, str(values["reason"]), _channel(values)
        )
        self._go("done", "Cancelled.")


class ReasonForm(PanelForm):
    """A decision that needs its reason alone. ``decide(reason)`` gives the words to say."""

    def __init__(self, title: str, sentence: str, words: str, decide: Callable[[str], str], go: Go) -> None:
        self._decide, self._go = decide, go
        super().__init__(title, [reason()], self._save, words, sentence=sentence)

    def _save(self, values: Values) -> None:
        self._go("done", self._decide(str(values["reason"])))


def reopen_form(desk: Desk, repair_id: UUID, go: Go) -> ReasonForm:
    """Open a repair again."""

    def decide(why: str) -> str:
        return desk.do("opened again", repair_closing.reopen, repair_id, why)

    sentence = "Its first promise runs on as it was told; no new time begins."
    return ReasonForm("Open the repair again", sentence, "Open again", decide, go)


def no_recall_form(desk: Desk, repair_id: UUID, go: Go) -> ReasonForm:
    """Say that it is another fault."""

    def decide(why: str) -> str:
        desk.do("another fault, no recall", repair_further.not_a_recall, repair_id, why)
        return "Counted as a fault of its own."

    sentence = "It came soon after another was done, so it counts as the same fault until you say otherwise."
    return ReasonForm("Another fault?", sentence, "Another fault", decide, go)
