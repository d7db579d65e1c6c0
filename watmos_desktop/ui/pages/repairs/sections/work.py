"""The work of a repair: who is ordered, when they come, no access, and the next thing to do about each (R2, R10)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import AppointmentStatus, JobStatus
from watmos_desktop.services import access, appointments, order_view, orders, policy
from watmos_desktop.services.appointments import AppointmentCard
from watmos_desktop.services.errors import Told
from watmos_desktop.services.order_view import JobCard
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import OPEN, RepairDetail
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading
from watmos_desktop.ui.pages.repairs.appointment_form import AppointmentForm
from watmos_desktop.ui.pages.repairs.no_access_form import NoAccessForm
from watmos_desktop.ui.pages.repairs.order_form import OrderForm
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm, Values
from watmos_desktop.ui.pages.repairs.sections.parts import Section

Go = Callable[[str, object], None]
_TRIES = 3


def build(desk: Desk, detail: RepairDetail, go: Go, parent: QWidget) -> QWidget | None:
    """Orders and appointments with what can be done about them; None for who may not know of orders."""
    if not policy.may(desk.actor, Action.SEE, "job"):
        return None
    jobs = desk.look(order_view.of_repair, detail.card.id)
    if not jobs and detail.card.status not in OPEN:
        return None
    return _Work(desk, detail, jobs, go, parent)


class _Work(Section):
    def __init__(
        self, desk: Desk, detail: RepairDetail, jobs: list[JobCard], go: Go, parent: QWidget
    ) -> None:
        super().__init__(parent, "Work")
        self._desk, self._detail, self._go = desk, detail, go
        self._orders = detail.card.status in OPEN and policy.may(desk.actor, Action.ORDER_WORK, "job")
        live = [job for job in jobs if job.live]
        if not jobs:
            self.say("Nobody is ordered yet.", "quiet")
        for job in jobs:
            self._job(job)
        self._attempts()
        if self._orders:
            self._buttons(live)

    def _buttons(self, live: list[JobCard]) -> None:
        """What is done on the whole repair; the keys work wherever the repair is read."""
        repair = self._detail.card.id
        order = partial(self._form, lambda: OrderForm(self._desk, repair, self._go))
        no_access = partial(self._form, lambda: NoAccessForm(self._desk, repair, self._go))
        words = "Order more" if live else "Order"
        row = FlowRow(
            (QuietButton if live else PrimaryButton)(words, order, key=shown_key("order")),
            QuietButton("No access", no_access, key=shown_key("no_access")),
        )
        self.add(row)
        bind(self, "order", order, inside_only=False)
        bind(self, "no_access", no_access, inside_only=False)
        if live:
            bind(self, "appointment", partial(self._appointment, live[0]), inside_only=False)
            bind(self, "order_paper", partial(self._paper, live[0].id), inside_only=False)

    def _job(self, job: JobCard) -> None:
        self.add(
            FlowRow(Heading(job.contractor or "No contractor", wrap=False), Pill(job.state, Tone(job.tone)))
        )
        self.say(f"{job.reference} · {job.what} · {job.ordered}", "small")
        if job.instructions:
            self.say(job.instructions)
        if job.parts and job.live:
            self.say(f"Parts: {job.parts}")
        if job.live:
            numbers = [job.phone, f"out of hours {job.emergency_phone}" if job.emergency_phone else ""]
            if any(numbers):
                self.say("Ring " + ", ".join(part for part in numbers if part), "small")
            if job.next is None:
                self.step(Tone.WARN, "No appointment yet")
        for one in job.appointments:
            if one.status is not AppointmentStatus.CANCELLED:
                state = "" if one.status is AppointmentStatus.BOOKED else f"{one.state}: "
                self.step(Tone(one.tone), f"{state}{one.words}")
        if job.live and self._orders:
            self._job_buttons(job)

    def _job_buttons(self, job: JobCard) -> None:
        booked, row = job.next, FlowRow()
        words = "Move" if booked else "Book"
        row.add(
            self._button(
                words,
                f"{words} the appointment of {job.reference}",
                lambda: self._appointment(job),
                "appointment",
            )
        )
        if booked is not None:
            for said, run in self._of_booked(booked):
                row.add(self._button(said, f"{said}: {booked.words}", run))
        if job.status is JobStatus.ORDERED:
            row.add(self._do("Accepted", f"accepted {job.reference}", orders.accept, job.id))
        row.add(self._do("Work done", f"work done {job.reference}", orders.done, job.id))
        row.add(
            self._button(
                "Paper",
                f"Order {job.reference} as paper and e-mail",
                lambda: self._paper(job.id),
                "order_paper",
            )
        )
        row.add(self._button("Take back", f"Take back {job.reference}", lambda: self._take_back(job)))
        self.add(row)

    def _of_booked(self, booked: AppointmentCard) -> list[tuple[str, Callable[[], object]]]:
        """What can have become of an appointment by now."""
        now = self._desk.store.clock.now()
        found: list[tuple[str, Callable[[], object]]] = []
        if booked.when.starts <= now:
            found.append(("They came", partial(self._run, "they came", appointments.kept, booked.id)))
        if booked.when.ends <= now:
            found.append(("Nobody came", partial(self._run, "nobody came", appointments.missed, booked.id)))
        if booked.when.ends > now:
            found.append(
                ("Cancel it", partial(self._run, "cancelled an appointment", appointments.cancel, booked.id))
            )
        return found

    def _attempts(self) -> None:
        tried = self._desk.look(access.of_repair, self._detail.card.id)
        if not tried:
            return
        said = "Nobody let us in" if len(tried) == 1 else f"Nobody let us in, {len(tried)} times"
        self.step(Tone.WARN, f"{said}. The promised time runs on.")
        for one in tried[-_TRIES:]:
            self.say(f"{one.words}: {one.note}" if one.note else one.words, "small")

    def _button(self, words: str, name: str, run: Callable[[], object], key: str = "") -> QuietButton:
        button = QuietButton(words, run, key=shown_key(key) if key else "")
        button.setAccessibleName(name)
        return button

    def _do(self, words: str, why: str, change: Callable[..., object], key: UUID) -> QuietButton:
        return self._button(words, f"{words}: {why.split()[-1]}", partial(self._run, why, change, key))

    def _run(self, why: str, change: Callable[..., object], key: UUID) -> None:
        try:
            self._desk.do(why, change, key)
        except Told as told:
            self._go("told", told)
            return
        self._go("done", f"{why[:1].upper()}{why[1:]}.")

    def _form(self, make: Callable[[], PanelForm]) -> None:
        try:
            self._go("form", make())
        except Told as told:
            self._go("told", told)

    def _appointment(self, job: JobCard) -> None:
        due = self._detail.card.due_at
        self._form(lambda: AppointmentForm(self._desk, job, job.next, due, self._go))

    def _paper(self, job_id: UUID) -> None:
        self._go("work_paper", ("order", job_id))

    def _take_back(self, job: JobCard) -> None:
        def save(values: Values) -> None:
            self._desk.do(f"took back {job.reference}", orders.cancel, job.id, str(values["reason"]))
            self._go("done", f"{job.reference} taken back.")

        field = Field("reason", "Why?", Line("For example: they have nobody this week"))
        sentence = f"{job.contractor} · {job.reference}. Ring them too. The promised time runs on."
        self._form(lambda: PanelForm("Take the order back", [field], save, "Take back", sentence=sentence))
