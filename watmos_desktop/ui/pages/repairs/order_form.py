"""Ordering from a repair's detail: the suggested contractor is chosen already, so that two keys order (R2, R10)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from watmos_desktop.models.kinds import Channel, Specialism
from watmos_desktop.services import order_advice, orders, repairs
from watmos_desktop.services.contractors import Fit
from watmos_desktop.services.order_advice import Advice
from watmos_desktop.services.orders import OrderDraft
from watmos_desktop.services.repair_updates import HOW_WORDS
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, Line, Lines
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm, Values

_MOST = 5
_TOLD = (Channel.PHONE, Channel.IN_PERSON, Channel.TEXT, Channel.EMAIL, Channel.LETTER)


def few_lines(hint: str, rows: int) -> Lines:
    """Lines no higher than their rows, so that the whole form stays in sight."""
    made = Lines(hint, rows=rows)
    made.setMaximumHeight(made.minimumHeight())
    return made


class OrderForm(PanelForm):
    """Who, what to do, how to get in, what the resident is told. ``go`` as in detail_sections."""

    def __init__(self, desk: Desk, repair_id: UUID, go: Callable[[str, object], None]) -> None:
        self._desk, self._go, self._repair = desk, go, repair_id
        self._advice: Advice = desk.look(order_advice.advise, repair_id)
        self._card: RepairCard = desk.look(repairs.get, repair_id).card
        self._fits = {
            str(fit.card.id): fit for fit in self._advice.fits if not fit.missing or self._first_part(fit)
        }
        self._said = self._advice.next_steps
        self.firm = ChipRow("Who?", on_pick=lambda _: self._explain())
        self.firm.offer([Choice(key, fit.card.name) for key, fit in list(self._fits.items())[:_MOST]])
        self.next_steps = few_lines("Who comes, and by when", 3)
        self.contact = Check("Give their name and number")
        self._cleared = any(not need.firm for need in self._advice.needs)
        super().__init__("Order the work", self._fields(), self._order, "Order")
        self._why = Text(role="quiet", wrap=True)
        self.form.fields["contractor_id"].layout().addWidget(self._why)  # type: ignore[union-attr]
        self.next_steps.setPlainText(self._said)
        self.save_button.setEnabled(bool(self._fits))
        self.foot.addWidget(QuietButton("Contractors", lambda: go("contractors", None)))
        self._explain()

    def _fields(self) -> list[Field]:
        home = self._advice.home_access
        fields = [
            Field("contractor_id", "Who?", self.firm),
            Field("instructions", "What they should do", few_lines("More than the repair says", 2)),
            Field(
                "access_notes",
                "How they get in",
                few_lines("For example: buzzer 3 seconds, then push", 2),
                help=f"The home's record says: {home} Write only what the contractor needs." if home else "",
            ),
            Field(
                "contact",
                self.contact.text(),
                self.contact,
                help=f"Only where access needs it: {self._advice.contact}",
            ),
            Field("next_steps", "What happens next", self.next_steps, help="As the resident is told it."),
            Field(
                "told",
                "How were they told?",
                ChipRow(
                    "How were they told?", [Choice(one.value, HOW_WORDS[one]) for one in _TOLD], optional=True
                ),
                help="Leave it open to tell them later.",
            ),
        ]
        if self._cleared:
            fields.insert(
                2,
                Field(
                    "cleared",
                    "What was found out about the danger",
                    Line("For example: survey of 3 Mar, no asbestos"),
                    help="Only where a survey or a check cleared it.",
                ),
            )
        return [field for field in fields if field.name != "contact" or self._advice.contact]

    def _first_part(self, fit: Fit) -> bool:
        """Who is licensed for asbestos may come first and for that alone."""
        needed = {need.specialism for need in self._advice.needs}
        return Specialism.ASBESTOS in needed and Specialism.ASBESTOS in fit.card.specialisms

    def _explain(self) -> None:
        """Why this one, the number for now, and who may not be sent; the words for the resident follow the choice."""
        fit = self._fits.get(self.firm.chosen())
        lines = []
        if fit is None:
            lines.append(
                "Nobody in the register may be sent for this. Add a contractor, or give one its specialism."
            )
        elif fit.missing:
            lines.append("For the asbestos part only; order the rest when that is done.")
        else:
            lines.append(fit.reason)
        if fit is not None and fit.ring:
            lines.append(f"Ring {fit.ring}" + (" now." if self._card.priority == "emergency" else "."))
        refused = [
            one.card.name for one in self._advice.fits if one.missing and str(one.card.id) not in self._fits
        ]
        if refused:
            need = next(
                one for one in self._advice.fits if one.missing and str(one.card.id) not in self._fits
            )
            lines.append(f"May not be sent: {', '.join(refused)}. {need.missing[0].sentence}")
        self._why.setText("\n".join(lines))
        if fit is not None and self.next_steps.toPlainText().strip() in ("", self._said):
            self._said = order_advice.next_steps(fit.card.name, self._advice.needs, self._card.promise)
            self.next_steps.setPlainText(self._said)

    def _order(self, values: Values) -> None:
        fit = self._fits[self.firm.chosen()]
        told = str(values["told"])
        draft = OrderDraft(
            fit.card.id,
            str(values["instructions"]),
            str(values["access_notes"]),
            str(values["next_steps"]),
            Channel(told) if told else None,
            contact=bool(values.get("contact", False)),
            part=Specialism.ASBESTOS if fit.missing else None,
            cleared=str(values.get("cleared", "")),
        )
        self._desk.do(f"ordered {fit.card.name}", orders.order, self._repair, draft)
        self._go("done", f"Ordered from {fit.card.name}.")
