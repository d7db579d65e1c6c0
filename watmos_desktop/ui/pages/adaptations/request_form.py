"""A new request for an aid or adaptation: where, for whom, what would help (R8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from watmos_desktop.services import adaptations, homes, search
from watmos_desktop.services.adaptations import Request
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import DateInput, Lines
from watmos_desktop.ui.kit.picker import Option, Picker
from watmos_desktop.ui.stepping import StepForm, Values

_FOUND = 6


class RequestForm(StepForm):
    """``done(id)`` hears which request was made. ``home`` to begin with a home that is known."""

    def __init__(self, desk: Desk, done: Callable[[UUID], object], home: UUID | None = None) -> None:
        self._desk, self._done = desk, done
        self._home: UUID | None = None
        self.where = Picker(
            "Which home?", "Address, name or reference", self._find, self._take, self._no_home
        )
        self.person = ChipRow("For whom?", optional=True)
        place = Field("home", "Which home?", self.where)
        self._place = place
        self._person = Field("person", "For whom?", self.person)
        fields = [
            self._person,
            Field("what", "What would help?", Lines("In the person's own words", rows=4)),
            Field(
                "asked_on", "When did they ask?", DateInput(desk.store.clock.now().astimezone(LONDON).date())
            ),
        ]
        super().__init__("A new request", fields, self._save, "Record the request", before=[place])
        self._person.setVisible(False)
        if home is not None:
            self._go(home)

    def begin(self) -> None:
        """Into the home, or what is asked for when that is known."""
        (self.where if self._home is None else self.form.fields["what"].widget).setFocus()

    def _find(self, text: str) -> Sequence[Option]:
        if not text:
            return []
        found = self._desk.look(search.find, text, _FOUND, ("home", "person"))
        return [
            Option((one.home_id, one.id if one.kind == "person" else None), one.title, one.sentence)
            for one in found
            if one.home_id is not None
        ]

    def _take(self, option: Option) -> None:
        home, person = option.key
        self._go(home, person)
        self.form.fields["what"].widget.setFocus()

    def _go(self, home: UUID, person: UUID | None = None) -> None:
        try:
            row = self._desk.look(homes.get, home).row
            people = self._desk.look(adaptations.household, home)
        except Told as told:
            self._place.show_error(str(told))
            return
        self._home = home
        self._place.show_error("")
        self.where.take(row.address, " · ".join(part for part in (row.block, row.estate) if part))
        self.person.offer([Choice(str(key), name) for key, name in people.items()])
        self.person.choose(str(person) if person in people else "")
        self._person.setVisible(bool(people))

    def _no_home(self) -> None:
        self._home = None
        self.person.offer([])
        self._person.setVisible(False)

    def _save(self, values: Values) -> None:
        if self._home is None:
            self._place.show_error("Say which home: type a part of the address and choose one.")
            self.where.setFocus()
            raise Told("Choose the home first.", "It is the field at the top.")
        person, asked = str(values["person"]), values["asked_on"]
        assert isinstance(asked, date)
        request = Request(self._home, str(values["what"]), UUID(person) if person else None, asked)
        self._done(self._desk.do("recorded a request", adaptations.ask, request))
