"""One home that is due, in full: a frame for the sections and buttons of sections.py, and for a short form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from watmos_desktop.services import policy, visits, visits_due
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visits_due import DueKey
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import Button, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.form import Form
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.panes import SidePanel
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.visits import deeds, sections
from watmos_desktop.ui.pages.visits.panel import Asked, Deed, Shown, toned


class DetailPanel(SidePanel):
    """Shows one due visit at a time. ``done(words)`` after a change that can be undone; ``told(error)``.

    ``go_requested(page, argument)`` for another page of the window.
    """

    done = Signal(str)
    told = Signal(object)
    go_requested = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("Visit", parent)
        self._desk = desk
        self._shown: Shown | None = None
        self._asking = False
        self._run: Callable[[], object] | None = None
        bind(self, "save", lambda: self._run() if self._run else None)
        self._nothing()

    def shown_key(self) -> DueKey | None:
        """What is on show."""
        return self._shown.due.key if self._shown else None

    def refresh(self) -> None:
        """Read again what is on show, unless a form is open; what is no longer due gives way to the home's next."""
        if self._shown is not None and not self._asking:
            try:
                self.show_due(self._shown.due.key)
            except Told:
                self._nothing()

    def show_due(self, key: DueKey) -> None:
        """A due visit in full; raises NotFound for a home that is not here."""
        due = self._desk.look(visits_due.of_home, key.home_id)
        one = next((each for each in due if each.key == key), None) or next(iter(due), None)
        if one is None:
            self._nothing()
            return
        visit = self._desk.look(visits.get, one.visit_id) if one.visit_id is not None else None
        self.empty()
        self._shown = shown = Shown(self._desk, self.go, one, tuple(due), visit)
        self._asking, self._run = False, None
        self.column.addWidget(Heading(one.address))
        self.column.addWidget(Text(f"{one.what} · {one.where}", role="quiet", wrap=True).selectable())
        holder = QWidget()
        pills = FlowLayout(holder, gap=8)
        pills.addWidget(Pill(one.due.text, Tone(one.due.tone)))
        if one.pinned:
            pills.addWidget(Pill("Pinned", Tone.INFO))
        self.column.addWidget(holder)
        today = self._desk.store.clock.now().date()
        on_the_way = one.planned_on is not None and one.planned_on <= today
        self._row(sections.FIRST, first=on_the_way)
        for build in sections.SECTIONS:
            part = build(shown)
            if part is not None:
                self.column.addWidget(part)
        self._row(sections.ACTIONS)
        self.column.addStretch(1)
        for number, deed in enumerate(self._offered(sections.FOOT)):
            self.foot.addWidget(self._button(deed, first=number == 0 and not on_the_way))

    def go(self, page: str, argument: object) -> None:
        """What a section or button asks for (panel.Go)."""
        if page == "form":
            assert isinstance(argument, Asked)
            self._ask(argument)
        elif page == "done":
            self._close()
            self.done.emit(str(argument))
        elif page == "told":
            self.told.emit(argument)
        else:
            self.go_requested.emit(page, argument)

    def begin(self) -> None:
        """Somebody opened at the visit on show: to the questions, or on with them."""
        if (shown := self._at_the_door()) is not None:
            deeds.begin(shown)

    def no_answer(self) -> None:
        """Nobody opened at the visit on show: record it."""
        if (shown := self._at_the_door()) is not None:
            deeds.no_answer(shown)

    def _at_the_door(self) -> Shown | None:
        shown, may = self._shown, policy.may(self._desk.actor, policy.Action.VISIT, "visit")
        return shown if shown is not None and not shown.due.decision and not self._asking and may else None

    def _row(self, found: tuple[Deed, ...], *, first: bool = False) -> None:
        offered = self._offered(found)
        if not offered:
            return
        holder = QWidget()
        row = FlowLayout(holder, gap=8)
        for number, deed in enumerate(offered):
            row.addWidget(self._button(deed, first=first and number == 0))
        self.column.addWidget(holder)

    def _offered(self, found: tuple[Deed, ...]) -> list[Deed]:
        shown = self._shown
        return [deed for deed in found if shown is not None and deed.offered(shown)]

    def _button(self, deed: Deed, *, first: bool = False) -> Button:
        shown = self._shown
        assert shown is not None
        make = PrimaryButton if first else QuietButton
        key = shown_key(deed.key) if deed.key else ""
        return make(deed.said(shown), partial(deed.run, shown), key=key)

    def _ask(self, asked: Asked) -> None:
        self.empty()
        self._asking = True
        self.column.addWidget(Heading(asked.title))
        if asked.sentence:
            self.column.addWidget(Text(asked.sentence, role="quiet", wrap=True).selectable())
        for words in asked.warnings:
            self.column.addWidget(toned(Tone.WARN, words))
        form = Form(asked.fields)
        form.fill(dict(asked.filled or {}))
        self.column.addWidget(form)
        self.column.addStretch(1)

        def run() -> None:
            try:
                words = asked.save(form.values())
            except Told as told:
                if not form.tell(told):
                    self.told.emit(told)
                return
            self.go("done", words)

        self._run = run
        self.foot.addWidget(PrimaryButton(asked.verb, run, key=shown_key("save")))
        self.foot.addWidget(QuietButton("Leave it", self._close))
        next(iter(form.fields.values())).widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close(self) -> None:
        self._asking, self._run = False, None
        self.refresh()

    def _nothing(self) -> None:
        self.empty()
        self._shown = self._run = None
        self._asking = False
        self.column.addWidget(Text("Choose a home to see why it is due.", role="quiet", wrap=True))
        self.column.addStretch(1)
