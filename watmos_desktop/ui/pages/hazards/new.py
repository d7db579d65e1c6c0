"""Opening a case: where, which hazard, since when we know, and who lives there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import hazards, repair_places, repairs
from watmos_desktop.services.errors import Told
from watmos_desktop.services.hazard_drafts import HazardDraft
from watmos_desktop.services.repair_places import Where
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Lines, Select
from watmos_desktop.ui.kit.picker import Option, Picker
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.hazards.step_form import StepForm, Values, When
from watmos_desktop.ui.pages.hazards.steps import may_tell_household

_HOW_SOON = "Could it harm someone badly and at once?"
_COMMON = "damp_and_mould"


class NewCase(QWidget):
    """The form. ``done(case_id)`` once it is opened; ``repair_id``: that repair hands it over; ``home_id``: there."""

    def __init__(
        self,
        desk: Desk,
        now: datetime,
        done: Callable[[UUID], object],
        cancel: Callable[[], object],
        repair_id: UUID | None = None,
        home_id: UUID | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._done, self._repair = desk, done, repair_id
        self._where: Where | None = None
        self._since: datetime | None = None
        hazard, above = "", self._from_repair() if repair_id else self._picker()
        if repair_id is not None:
            card = desk.look(repairs.get, repair_id).card
            hazard, self._since = card.hazard, desk.look(hazards.known_since, repair_id)
        self._when = When(self._since or now, "When was it observed, or were we told?", "aware_at")
        self._hazard = Select()
        self._offer()
        self._hazard.choose(hazard or _COMMON)
        self._when.day.dateChanged.connect(self._offer)
        soon = [Choice("no", "Not at once"), Choice("yes", "Yes: safe within 24 hours")]
        fields = [
            Field("hazard", "Which hazard may it be?", self._hazard),
            Field("soon", _HOW_SOON, ChipRow(_HOW_SOON, soon)),
            Field("what", "What was seen or told?", Lines("Where in the home, how much, since when", rows=3)),
        ]
        if may_tell_household(desk):
            hint = "Age and health: a baby, asthma, someone who cannot get out"
            fields.append(
                Field("household", "Who lives there?", Lines(hint, rows=2), help="For our staff only.")
            )
        self.form = StepForm(
            "Open a hazard case",
            fields,
            self._when,
            self._save,
            cancel,
            "Open the case",
            sentence="The clock starts when it was observed or told, not when this is typed.",
            above=above,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        if home_id is not None:
            self._go_to("home", home_id)

    def begin(self) -> None:
        """Put the cursor into the first field that waits."""
        if self._repair is None and self._where is None:
            self.form.begin()
        else:
            self._hazard.setFocus()

    def _picker(self) -> QWidget:
        self.where = Picker(
            "Where is it?", "Address, name or block", self._find, self._take, self._forget, parent=self
        )
        return self.where

    def _from_repair(self) -> QWidget:
        assert self._repair is not None
        card = self._desk.look(repairs.get, self._repair).card
        words = f"From the repair {card.reference}: {card.title} · {card.where}. Its clock runs on here."
        return Text(words, wrap=True)

    def _find(self, text: str) -> Sequence[Option]:
        """Homes, residents (the home they live in), blocks and estates."""
        found = self._desk.look(repair_places.find, text)
        return [
            Option(
                ("home", hit.home_id) if hit.kind == "person" else (hit.kind, hit.id), hit.title, hit.sentence
            )
            for hit in found
            if hit.kind != "person" or hit.home_id is not None
        ]

    def _take(self, option: Option) -> None:
        self._go_to(*option.key)

    def _go_to(self, kind: str, record_id: UUID) -> None:
        try:
            self._where = self._desk.look(repair_places.where, kind, record_id)
        except Told as told:  # it was taken away, or is not one of ours to report for
            self.form.say(told)
            return
        self.where.take(self._where.name, self._where.sentence)
        self._hazard.setFocus()

    def _forget(self) -> None:
        self._where = None

    def _offer(self) -> None:
        """The list of hazards of that day: it changed in June 2026."""
        shown = self._desk.look(lambda _: hazards.offered(self._when.moment()))
        self._hazard.offer([Choice(one.id, one.name) for one in shown])

    def _save(self, said: Values, at: datetime) -> None:
        place = self._where
        draft = HazardDraft(
            hazard=str(said["hazard"]),
            what=str(said["what"]),
            emergency=said["soon"] == "yes",
            aware_at=at,
            repair_id=self._repair,
            home_id=place.home_id if place else None,
            block_id=place.block_id if place else None,
            estate_id=place.estate_id if place else None,
            household=str(said.get("household", "")),
        )
        self._done(self._desk.do("opened a hazard case", hazards.open_case, draft))
