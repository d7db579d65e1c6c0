"""One home, as much of it as this person's role may see."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from watmos_desktop.services import adaptation_cases, hazard_list, history, homes, policy, programme_cases
from watmos_desktop.services.errors import Told
from watmos_desktop.services.homes import HomeDetail
from watmos_desktop.services.people import PersonCard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.panes import SidePanel
from watmos_desktop.ui.kit.text import Heading, Text

_STEPS = 6


class DetailPanel(SidePanel):
    """Shows one home at a time; what the role may not see is not there at all. ``go_requested(page, argument)``."""

    go_requested = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("Home", parent)
        self._desk = desk
        self._home: UUID | None = None
        self._nothing()

    def shown_id(self) -> UUID | None:
        """The home on show."""
        return self._home

    def refresh(self) -> None:
        """Read the home on show again."""
        if self._home is not None:
            try:
                self.show_home(self._home)
            except Told:
                self._nothing()

    def show_home(self, home_id: UUID) -> None:
        """A home in full; raises NotFound."""
        detail = self._desk.look(homes.get, home_id)
        steps = self._desk.look(history.of, "home", home_id)
        self.empty()
        self._home = home_id
        row = detail.row
        self.column.addWidget(Heading(row.address))
        where = " · ".join(part for part in (row.block, row.estate, row.postcode) if part)
        self.column.addWidget(Text(where, role="quiet", wrap=True).selectable())
        self._facts(detail)
        if policy.may(self._desk.actor, policy.Action.EDIT_HOMES, "home"):
            words = "Change this home"
            self.column.addWidget(FlowRow(self._leads(words, "home_form", ("home", home_id), words)))
        if detail.access_notes:
            self.column.addWidget(Heading("Getting in"))
            self.column.addWidget(Text(detail.access_notes, wrap=True).selectable())
        if detail.tenancy is not None:
            self.column.addWidget(Heading("Who lives here"))
            self.column.addWidget(Text(detail.tenancy.words, role="quiet", wrap=True))
            for person in detail.tenancy.household:
                self._person(person)
        self._hazards(home_id)
        self._plans(home_id)
        if steps:
            self.column.addWidget(Heading("History"))
            for step in steps[:_STEPS]:
                words = f"{step.when} · {step.why}" + (f" · {step.who}" if step.who else "")
                self.column.addWidget(Text(words, role="small", wrap=True))
        self.column.addStretch(1)

    def _nothing(self) -> None:
        self.empty()
        self._home = None
        self.column.addWidget(Text("Choose a home to see it here.", role="quiet", wrap=True))
        self.column.addStretch(1)

    def _hazards(self, home_id: UUID) -> None:
        """Damp, mould and other hazards that have a case here, and the way to open one."""
        cases = self._desk.look(hazard_list.of_home, home_id)
        if cases:
            self.column.addWidget(Heading("Damp and hazards"))
        for one in cases:
            words = f"{one.hazard}: {one.what_next or one.stands}, {one.due.text}"
            self.column.addWidget(Text(words, wrap=True).selectable())
            self.column.addWidget(FlowRow(self._leads("Open", "hazard", one.id, words)))
        if policy.may(self._desk.actor, policy.Action.OPEN_HAZARD, "hazard_case"):
            words = "Open a hazard case"
            self.column.addWidget(FlowRow(self._leads(words, "hazards", ("home", home_id), words)))

    def _plans(self, home_id: UUID) -> None:
        """Works that reach this home, and the aids asked for, for who may know of them."""
        works = self._desk.look(programme_cases.of_home, home_id)
        aids = self._desk.look(adaptation_cases.of_home, home_id)
        asks = policy.may(self._desk.actor, policy.Action.ASK_ADAPTATION, "adaptation")
        rows = [
            *((f"{one.name}: {row.when}, {row.stands.text}", ("programme", one.id)) for one, row in works),
            *((f"{one.what.splitlines()[0]}: {one.waits.text}", ("adaptations", one.id)) for one in aids),
        ]
        if rows:
            self.column.addWidget(Heading("Planned and asked for"))
        for words, (page, key) in rows:
            self.column.addWidget(Text(words, wrap=True).selectable())
            self.column.addWidget(FlowRow(self._leads("Open", page, key, words)))
        if asks:
            new = self._leads(
                "Ask for an adaptation", "adaptations", ("new", home_id), "Ask for an adaptation"
            )
            self.column.addWidget(FlowRow(new))

    def _leads(self, words: str, page: str, argument: object, about: str) -> QuietButton:
        button = QuietButton(words, lambda: self.go_requested.emit(page, argument))
        button.setAccessibleName(words if words == about else f"{words}: {about}")
        return button

    def _facts(self, detail: HomeDetail) -> None:
        facts = {
            "Reference": detail.row.code,
            "UPRN": detail.uprn,
            "Floor": detail.storey,
            "Bedrooms": "" if detail.bedrooms is None else str(detail.bedrooms),
        }
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for number, (name, value) in enumerate((name, value) for name, value in facts.items() if value):
            grid.addWidget(Text(name, role="quiet"), number, 0)
            grid.addWidget(Text(value, wrap=True).selectable(), number, 1)
        self.column.addLayout(grid)

    def _person(self, person: PersonCard) -> None:
        who = person.name or "Name not shown to your role"
        role = "tenant" if person.tenant else person.relation
        self.column.addWidget(Text(f"{who} · {role}" if role else who, role="strong", wrap=True).selectable())
        language = "" if person.language in ("", "English") else f"speaks {person.language}"
        facts = " · ".join(part for part in (person.phone, person.email, language) if part)
        if facts:
            self.column.addWidget(Text(facts, role="quiet", wrap=True).selectable())
        if person.needs:
            self.column.addWidget(Text(person.needs, wrap=True))
