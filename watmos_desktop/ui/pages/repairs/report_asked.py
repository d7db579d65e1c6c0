"""The first of a report: where it is, who asks, who is at risk there, and what is wrong; found by a few letters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from watmos_desktop.services import guide, repair_places
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_places import Where
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, Line
from watmos_desktop.ui.kit.picker import Option, Picker
from watmos_desktop.ui.pages.repairs.report_area import found_places


class Asked(Card):
    """``where``, ``record`` (kind and id) and ``fault`` (thing and fault by key) are None until they are chosen.

    Signals: ``placed`` for another place, ``picked`` for another fault, ``changed`` for all else.
    """

    placed = Signal()
    picked = Signal()
    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._desk = desk
        self.where: Where | None = None
        self.record: tuple[str, UUID] | None = None
        self.fault: tuple[str, str] | None = None
        self.body.setSpacing(16)
        self.place = Picker(
            "Where is it?",
            "A name, address, block or estate; what is wrong may follow",
            partial(found_places, desk),
            self._take_place,
            self._no_place,
        )
        self.what = Picker(
            "What is wrong?", "For example: toilet blocked", self._faults, self._take_fault, self._no_fault
        )
        self.person = ChipRow("Who is asking?", on_pick=lambda _: self.changed.emit(), optional=True)
        self.at_risk = Check("Someone at home needs it sooner: a baby, old age, illness or disability")
        self.at_risk.toggled.connect(lambda _: self.changed.emit())
        self.title = Line("For example: cat flap broken")
        self.fields = {
            "place": Field("place", "Where is it?", self.place),
            "person": Field("person", "Who is asking?", self.person),
            "what": Field("what", "What is wrong?", self.what),
            "title": Field("title", "What is it?", self.title),
        }
        for part in (self.fields["place"], self.fields["person"], self.at_risk):
            self.add(part)
        for part in (self.fields["what"], self.fields["title"]):
            self.add(part)

    def begin(self) -> None:
        """Put the cursor where the next word goes."""
        (self.what if self.where else self.place).setFocus(Qt.FocusReason.OtherFocusReason)

    def complain(self) -> None:
        """Say what is missing, at its field."""
        if self.where is None:
            self.fields["place"].show_error("Say where: choose one from the list.")
        else:
            self.fields["what"].show_error("Say what is broken: choose one from the list.")
        self.begin()

    def unnamed(self) -> bool:
        """Whether it is something that the guide has no name for."""
        return self.fault is not None and self.fault[0] in guide.OTHER.values()

    def person_id(self) -> UUID | None:
        """Who asks, of those who live there."""
        chosen = self.person.chosen()
        return UUID(chosen) if chosen else None

    def clear(self) -> None:
        """Nothing is said."""
        self.title.clear()
        self.place.clear()
        self._no_place()

    def go_to(self, kind: str, record_id: UUID, person: UUID | None = None) -> None:
        """Choose a place by its kind and id, and who asks there."""
        try:
            self.where = self._desk.look(repair_places.where, kind, record_id)
        except Told as told:
            self.fields["place"].show_error(str(told))
            return
        self.record = (kind, record_id)
        self.fields["place"].show_error("")
        place = self.where
        self.place.take(place.name, " · ".join(part for part in (place.sentence, place.held) if part))
        self.person.offer([Choice(str(one), name) for one, name in place.people])
        self.person.choose(str(person) if person else "")
        self.at_risk.setChecked(place.at_risk)
        self.what.clear()
        self.placed.emit()
        self._no_fault()
        self.what.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_fault(self, thing: str, fault: str) -> None:
        """Choose what is wrong by the keys of the guide."""
        self.fault = (thing, fault)
        fixture = guide.load().fixture(thing)
        self.what.take(fixture.name, fixture.symptom(fault).words)
        self.fields["what"].show_error("")
        self.picked.emit()

    def show_parts(self) -> None:
        """Only what can be said now is asked."""
        self.fields["what"].setVisible(self.where is not None)
        self.fields["person"].setVisible(bool(self.where and self.where.people))
        self.at_risk.setVisible(self.where is not None and not self.where.shared)
        self.fields["title"].setVisible(self.unnamed())

    def written(self) -> dict[str, Any]:
        """What is written and chosen beside place and fault, to keep over a lock."""
        return {
            "title": self.title.text(),
            "at_risk": self.at_risk.isChecked(),
            "person": self.person.chosen(),
        }

    def put(self, kept: Mapping[str, Any]) -> None:
        """Show what ``written`` gave."""
        self.title.setText(kept.get("title", ""))
        self.at_risk.setChecked(bool(kept.get("at_risk")))
        self.person.choose(kept.get("person", ""))

    def _take_place(self, option: Option) -> None:
        kind, record_id, person, fault = option.key
        self.go_to(kind, record_id, person)
        if fault is not None and self.where is not None:
            self.choose_fault(*fault)

    def _no_place(self) -> None:
        self.where = self.record = None
        self.person.offer([])
        self._no_fault()

    def _faults(self, text: str) -> list[Option]:
        if self.where is None:
            return []
        known, shared = guide.load(), self.where.shared
        found = known.find(text, shared=shared)
        if not found and text:
            thing = known.fixture(guide.OTHER[shared])
            found = [(thing, fault) for fault in thing.symptoms]
        return [Option((thing.key, fault.key, text), thing.name, fault.words) for thing, fault in found]

    def _take_fault(self, option: Option) -> None:
        thing, fault, typed = option.key
        if thing in guide.OTHER.values():
            self.title.setText(str(typed)[:1].upper() + str(typed)[1:])
        self.choose_fault(thing, fault)

    def _no_fault(self) -> None:
        self.fault = None
        self.changed.emit()
