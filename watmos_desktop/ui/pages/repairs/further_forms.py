"""Short forms for what a job cannot finish: parts awaited, more work ordered, work that was not foreseen (R3)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from watmos_desktop.models.kinds import Channel
from watmos_desktop.services import order_advice, repair_further
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.order_view import JobCard
from watmos_desktop.services.orders import OrderDraft
from watmos_desktop.services.repair_further import Telling
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import DateInput, Line, Lines
from watmos_desktop.ui.pages.repairs.care_forms import Go, how
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm, Values

_MOST = 5


def told_fields(said: str) -> tuple[Field, Field]:
    """What the resident is told, and how; left open it is for later, and the silence shows."""
    text = Lines("As you said it", rows=2)
    text.setPlainText(said)
    return (
        Field("said", "What is the resident told?", text),
        Field(
            "told",
            "How were they told?",
            how("How were they told?", optional=True),
            help="Leave it open to tell them later.",
        ),
    )


class PartsForm(PanelForm):
    """A job waits for parts until a day."""

    def __init__(self, desk: Desk, job: JobCard, go: Go) -> None:
        self._desk, self._job, self._go = desk, job, go
        today = desk.store.clock.now().astimezone(LONDON).date()
        said, told = told_fields("We wait for a part. We will tell you when it is there.")
        super().__init__(
            "Waiting for a part",
            [
                Field("parts", "Which part?", Line("For example: a pump")),
                Field("due_on", "When does it come?", DateInput(today + timedelta(days=7))),
                said,
                told,
            ],
            self._save,
            "Wait for it",
            sentence=f"{job.contractor} · {job.reference}. The promised time runs on.",
            told_of={"text": "said"},
        )

    def _save(self, values: Values) -> None:
        telling = Telling(Channel(str(values["told"])), str(values["said"])) if values["told"] else None
        due_on = values["due_on"]
        assert isinstance(due_on, date)
        self._desk.do(
            "waiting for a part",
            repair_further.await_parts,
            self._job.id,
            str(values["parts"]),
            due_on,
            telling,
        )
        self._go("done", "Waiting for the part." + ("" if telling else " Tell the resident."))


class MoreWorkForm(PanelForm):
    """What a job could not finish is ordered as work that follows it."""

    def __init__(self, desk: Desk, repair_id: UUID, job: JobCard, go: Go) -> None:
        self._desk, self._job, self._go = desk, job, go
        advice = desk.look(order_advice.advise, repair_id)
        fits = [fit for fit in advice.fits if not fit.missing][:_MOST]
        fits.sort(key=lambda fit: fit.card.id != job.contractor_id)
        firm = ChipRow("Who does it?", [Choice(str(fit.card.id), fit.card.name) for fit in fits])
        said, told = told_fields(
            "More work is needed than one visit could do. We will agree the next day with you."
        )
        super().__init__(
            "More work is needed",
            [
                Field(
                    "reason",
                    "What could not be finished?",
                    Line("For example: the pipe behind is cracked too"),
                ),
                Field("contractor_id", "Who does it?", firm),
                said,
                told,
                Field("instructions", "What should they do?", Lines("As they need to know it", rows=2)),
            ],
            self._save,
            "Order it",
            sentence=f"{job.reference} ends as far as it went; the new order follows it.",
            told_of={"next_steps": "said"},
        )
        self.save_button.setEnabled(bool(fits))

    def _save(self, values: Values) -> None:
        told = Channel(str(values["told"])) if values["told"] else None
        draft = OrderDraft(
            UUID(str(values["contractor_id"])),
            str(values["instructions"]),
            next_steps=str(values["said"]) if told else "",
            told=told,
        )
        self._desk.do(
            "ordered more work", repair_further.follow_on, self._job.id, draft, str(values["reason"])
        )
        self._go("done", "More work is ordered." + ("" if told else " Tell the resident."))


class VariationForm(PanelForm):
    """Work that an order did not foresee: what, why, for how much."""

    def __init__(self, desk: Desk, job: JobCard, go: Go) -> None:
        self._desk, self._job, self._go = desk, job, go
        super().__init__(
            "Not foreseen",
            [
                Field(
                    "text", "What is different?", Lines("For example: a new pump instead of a seal", rows=2)
                ),
                Field("reason", "Why?", Line("A few words")),
                Field(
                    "pounds",
                    "What does it cost, in pounds?",
                    Line("For example 120.50"),
                    help="Empty if nobody said.",
                ),
            ],
            self._save,
            "Record",
            sentence=f"{job.contractor} · {job.reference}",
        )

    def _save(self, values: Values) -> None:
        pence = repair_further.pence_of(str(values["pounds"]))
        self._desk.do(
            "varied an order",
            repair_further.vary,
            self._job.id,
            str(values["text"]),
            str(values["reason"]),
            pence,
        )
        self._go("done", "Recorded with the order.")
