"""Picking an appointment: a day and a part of it, or agreed times; what is odd about the day is said first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from watmos_desktop.models.kinds import Slot
from watmos_desktop.services import appointments, slots, wording
from watmos_desktop.services.appointments import AppointmentCard, Booked
from watmos_desktop.services.errors import Told
from watmos_desktop.services.order_view import JobCard
from watmos_desktop.services.slots import When
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, DateInput, Line
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm, Values

_OTHER = "other"
_OWN = "Made by the contractor"


class AppointmentForm(PanelForm):
    """Books for an order, or moves its ``booked`` appointment. ``go`` as in detail_sections."""

    def __init__(
        self,
        desk: Desk,
        job: JobCard,
        booked: AppointmentCard | None,
        due_at: datetime,
        go: Callable[[str, object], None],
    ) -> None:
        self._desk, self._job, self._booked, self._due, self._go = desk, job, booked, due_at, go
        now = desk.store.clock.now()
        first = booked.when if booked else desk.look(appointments.propose, job.id)
        days = sorted({*slots.offered(now), first.day})
        self.day = ChipRow("Which day?", on_pick=lambda _: self._remark())
        self.day.offer(
            [
                *(Choice(one.isoformat(), _day_words(one, now.date())) for one in days),
                Choice(_OTHER, "Another day"),
            ]
        )
        self.other = DateInput(first.day)
        self.slot = ChipRow(
            "Which part of it?",
            [
                Choice(one.value, f"{name}, {' to '.join(slots.TIMES[one])}")
                for one, name in slots.NAMES.items()
            ],
            optional=True,
        )
        self.arrives_from, self.arrives_by = Line("09:30"), Line("10:15")
        self.own = Check(_OWN)
        fields = [
            Field("day", "Which day?", self.day),
            Field("other", "Another day", self.other),
            Field("slot", "Which part of it?", self.slot),
            Field("arrives_from", "Or from, as agreed", self.arrives_from),
            Field("arrives_by", "to", self.arrives_by),
        ]
        if booked is None:
            fields.append(
                Field("by_contractor", _OWN, self.own, help="Specialists agree it with the resident.")
            )
        title = "Move the appointment" if booked else "Book an appointment"
        super().__init__(
            title,
            fields,
            self._save,
            "Move" if booked else "Book",
            sentence=f"{job.contractor} · {job.reference}",
        )
        self.remark = Text(role="strong", wrap=True)
        self.form.layout().insertWidget(2, self.remark)  # type: ignore[union-attr]
        self.other.dateChanged.connect(lambda _: self._remark())
        self.day.choose(first.day.isoformat())
        self._fill(first, own=job.specialism is not None and booked is None)
        self._remark()

    def chosen_day(self) -> date:
        """The day of the chip, or of the field for another."""
        picked = self.day.chosen()
        return self.other.value() if picked == _OTHER else date.fromisoformat(picked)

    def _fill(self, first: When, *, own: bool) -> None:
        self.slot.choose("" if first.arrives_from else first.slot.value)
        self.arrives_from.setText(first.arrives_from)
        self.arrives_by.setText(first.arrives_by)
        self.own.setChecked(own)

    def _remark(self) -> None:
        self.form.fields["other"].setVisible(self.day.chosen() == _OTHER)
        try:
            said = slots.remarks(self.chosen_day(), self._due)
        except Told as told:
            said = [str(told)]
        self.remark.setText(" ".join(said))
        self.remark.setVisible(bool(said))

    def _save(self, values: Values) -> None:
        part = str(values["slot"])
        when = slots.when(
            self.chosen_day(),
            Slot(part) if part else None,
            str(values["arrives_from"]),
            str(values["arrives_by"]),
        )
        done: Booked
        if self._booked is not None:
            done = self._desk.do("moved an appointment", appointments.move, self._booked.id, when)
        else:
            own = bool(values["by_contractor"])
            done = self._desk.do(
                "booked an appointment", appointments.book, self._job.id, when, by_contractor=own
            )
        self._go(
            "done", " ".join((f"{'Moved to' if self._booked else 'Booked'} {done.words}.", *done.remarks))
        )


def _day_words(day: date, today: date) -> str:
    return "Today" if day == today else wording.weekday(day)
