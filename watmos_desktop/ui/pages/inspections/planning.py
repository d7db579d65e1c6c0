"""When inspections are due: how often each place is walked with which form, kept as it is chosen (N1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import inspection_plans, places, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.inspection_plans import PlannedForm
from watmos_desktop.services.places import Place
from watmos_desktop.services.schedules import Cadence
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import DateInput, Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.inspections.new import place_words
from watmos_desktop.ui.pages.inspections.reading import order_tabs

_NEVER = "never"
_WIDTH = 760
_KEEP_AFTER = 700  # ms after the last choice


class InspectionPlanPage(Page):
    """One place at a time, a card for each form that fits it. ``open`` takes the key of a place."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("When inspections are due", "", back, scroll=True, parent=parent)
        self._desk = desk
        self._places: dict[str, Place] = {}
        self.where = Select()
        self.field = Field("where", "Where?", self.where)
        self._new = QWidget()
        self._cards = QWidget()
        self.cards: dict[str, FormCard] = {}
        self._shown: Place | None = None
        self._focused = ""
        self._soon = QTimer(self)  # arrows pass over other choices on their way
        self._soon.setSingleShot(True)
        self._soon.setInterval(_KEEP_AFTER)
        self._soon.timeout.connect(self.keep)
        holder = QWidget()
        holder.setMaximumWidth(_WIDTH)
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        for part in (self._new, self.field, self._cards):
            self._column.addWidget(part)
        across = QHBoxLayout()  # the height of wrapped words is worked out for the width they get
        across.addWidget(holder, 1)
        across.addStretch(0)
        self.body.addLayout(across)
        self.body.addStretch(1)
        Fresh(self, desk.changed, self.refresh, {"schedule", "block", "estate", "community_space"})
        self.refresh()
        self.where.currentIndexChanged.connect(self._chosen)

    def refresh(self) -> None:
        """Read places and plans again; the place on show stays."""
        self.keep()
        found = self._desk.look(places.walkable)
        new = self._desk.look(inspection_plans.unplanned)
        self._places = {str(place.key): place for place in found}
        self.where.blockSignals(True)
        self.where.offer([Choice(key, place_words(place)) for key, place in self._places.items()])
        self.where.blockSignals(False)
        planned = f"{len(found) - len(new)} of {wording.count(len(found), 'place')} planned"
        self.head.say("When inspections are due", planned if found else "")
        self.field.setVisible(bool(found))
        self._offer_usual(len(new), len(found))
        self._show_forms()

    def open(self, argument: object) -> None:
        """Show one place."""
        self.where.choose(str(argument))

    def place(self) -> object:
        """The place on show."""
        return self.where.value()

    def leave(self) -> None:
        """What was chosen a moment ago is kept, too."""
        self.keep()

    def hideEvent(self, event: QHideEvent) -> None:
        """So it is when another page is shown."""
        self.keep()
        super().hideEvent(event)

    def plan_usual(self) -> None:
        """Plan every place that has nothing planned, as the forms suggest."""
        try:
            number = self._desk.do("planned the usual inspections", inspection_plans.plan_usual)
        except Told as told:
            self.notices.tell(told)
            return
        self.notices.offer_undo(f"{wording.count(number, 'place')} planned.", self._take_back)

    def keep(self) -> None:
        """Save what was chosen for the place on show, in one step that can be taken back."""
        self._soon.stop()
        changed = [card for card in self.cards.values() if card.changed()]
        place = self._shown
        if place is None or not changed:
            return

        def change(session: Any) -> None:
            for card in changed:
                if (often := card.chosen()) is not None:
                    inspection_plans.plan(session, place, card.form.template_key, often, card.first.value())
                elif card.form.schedule_id is not None:
                    inspection_plans.stop(session, card.form.schedule_id)

        words = ", ".join(card.words() for card in changed)
        self._focused = next((key for key, card in self.cards.items() if card.often.hasFocus()), "")
        self.cards = {}  # what is refused or saved is read anew
        try:
            self._desk.do(f"planned inspections of {place.name}", change)
        except Told as told:
            self._show_forms()
            self.notices.tell(told)
            return
        self._show_forms()
        self.notices.offer_undo(f"{place.name}: {words}.", self._take_back)

    def _take_back(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self.notices.tell(told)
        self._show_forms()

    def _chosen(self, *_: object) -> None:
        """Another place: what was chosen for the one before is kept first."""
        self.keep()
        self._show_forms()

    def _offer_usual(self, new: int, all_of_them: int) -> None:
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        if not all_of_them:
            words = "Add or import the first homes; their blocks and estates are planned here."
            column.addWidget(EmptyState("No place to inspect yet", words))
        elif new:
            title = f"{wording.count(new, 'place')} with nothing planned"
            words = "Each form says how often it is usually walked. First days are spread over that time."
            card = Card(title, words)
            card.add(FlowRow(PrimaryButton("Plan the usual for them", self.plan_usual)))
            column.addWidget(card)
        self._new = self._put(self._new, fresh)

    def _show_forms(self) -> None:
        self._shown = place = self._places.get(self.where.value())
        focused = next((key for key, card in self.cards.items() if card.often.hasFocus()), self._focused)
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.cards = {}
        for form in self._desk.look(inspection_plans.of_place, place) if place else []:
            card = FormCard(form, self._soon.start)
            self.cards[form.template_key] = card
            column.addWidget(card)
        self._cards = self._put(self._cards, fresh)
        if focused in self.cards:
            self.cards[focused].often.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put(self, old: QWidget, fresh: QWidget) -> QWidget:
        self._column.replaceWidget(old, fresh)
        old.hide()
        old.deleteLater()
        order_tabs(self)
        return fresh


class FormCard(Card):
    """One form: how often, from when on, how it stands, how it was kept. ``on_edit()`` hears that it was changed."""

    def __init__(
        self, form: PlannedForm, on_edit: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self.form = form
        self.setAccessibleName(form.title)
        pill = [Pill(form.due.text, Tone(form.due.tone))] if form.due else []
        self.add(FlowRow(Heading(form.title), *pill))
        self.add(Text(form.about, role="quiet", wrap=True))
        offered = dict.fromkeys([*inspection_plans.OFTEN, *([form.often] if form.often else [])])
        self._often = {_key(one): one for one in offered}
        choices = [Choice(key, _often_words(one, form)) for key, one in self._often.items()]
        self.often = Select([Choice(_NEVER, "Not planned"), *choices])
        self.often.setAccessibleName(f"How often: {form.title}")
        self.often.choose(_key(form.often) if form.often else _NEVER)
        self._since = Text("from", role="quiet")
        self.first = DateInput(form.starts_on)
        self.first.setAccessibleName(f"First day: {form.title}")
        row = QHBoxLayout()
        for part in (self.often, self._since, self.first):
            row.addWidget(part)
        row.addStretch(1)
        self.body.addLayout(row)
        if kept := _kept(form):
            self.add(Text(kept, role="small", wrap=True))
        self._show_first()
        self.often.currentIndexChanged.connect(self._show_first)
        self.often.currentIndexChanged.connect(on_edit)
        self.first.dateChanged.connect(on_edit)

    def chosen(self) -> Cadence | None:
        """How often, or None for not at all."""
        return self._often.get(self.often.value())

    def changed(self) -> bool:
        """Whether something else is chosen than what is planned."""
        often = self.chosen()
        moved = often is not None and self.first.value() != self.form.starts_on
        return often != self.form.often or moved

    def words(self) -> str:
        """What is chosen: ``fire safety walk every 3 months from 24 Nov 2026``."""
        often, title = self.chosen(), self.form.title.lower()
        return f"{title} {often} from {wording.day(self.first.value())}" if often else f"{title} not planned"

    def _show_first(self, *_: object) -> None:
        for each in (self.first, self._since):
            each.setVisible(self.chosen() is not None)


def _key(often: Cadence) -> str:
    return f"{often.weeks}-{often.months}"


def _often_words(often: Cadence, form: PlannedForm) -> str:
    usual = " (usual)" if _key(often) == _key(form.usual) else ""
    words = str(often)
    return f"{words[:1].upper()}{words[1:]}{usual}"


def _kept(form: PlannedForm) -> str:
    """``Since 23 Jan 2026: 9 of 10 in time, 1 late.``; nothing before the first day."""
    kept = form.kept
    if kept is None or not kept.occasions:
        return ""
    parts = [f"{kept.on_time} of {kept.occasions} in time"]
    parts += [f"{kept.late} late"] if kept.late else []
    parts += [f"{kept.missed} missed"] if kept.missed else []
    return f"Since {wording.day(form.starts_on)}: {', '.join(parts)}."
