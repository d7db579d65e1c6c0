"""One repair in full: its head, then sections (detail_sections.py), or the form that one of them asked for."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from watmos_desktop.models.kinds import RepairStatus
from watmos_desktop.services import policy, repair_timeline, repairs
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import Button
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.later import later
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.panes import SidePanel
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.repairs import deeds
from watmos_desktop.ui.pages.repairs.detail_sections import SECTIONS
from watmos_desktop.ui.pages.repairs.form_drafts import FormDrafts
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm

# A repair's own tables make the page read it again; these are what hangs on it.
_HANGING = {
    "job",
    "appointment",
    "variation",
    "repair_update",
    "repair_note",
    "repair_feedback",
    "access_attempt",
    "hazard_case",
    "hazard_step",
}


class DetailPanel(QStackedWidget):
    """Shows one repair at a time, or a form of it in its place.

    ``go_requested(page, argument)`` for other pages; ``photo_opened(key)``; ``done(words)`` when something was
    saved that can be taken back; ``told(error)``.
    """

    go_requested = Signal(str, object)
    photo_opened = Signal(object)
    done = Signal(str)
    told = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Repair")
        self._desk = desk
        self._shown: RepairDetail | None = None
        self._form: PanelForm | None = None
        self._came_from = ""
        self._drafts = FormDrafts(desk.store)
        self._read = SidePanel("Repair")
        self.addWidget(self._read)
        self._stale = False
        desk.changed.connect(self._note)
        Fresh(self, desk.changed, self.refresh, _HANGING)
        self._nothing()

    def shown_id(self) -> UUID | None:
        """The repair on show."""
        return self._shown.card.id if self._shown else None

    def photo(self, key: object) -> PhotoCard | None:
        """A photo of the repair on show."""
        shown = self._shown.photos if self._shown else ()
        return next((card for card in shown if card.id == key), None)

    def refresh(self) -> None:
        """Read the repair on show again if anything was saved since it was read; a form stays as it is."""
        if self._shown is not None and self._stale:
            try:
                self._show(self._shown.card.id)
            except Told:
                self._nothing()

    def show_repair(self, repair_id: UUID) -> None:
        """A repair in full; raises NotFound. A form of another repair is closed."""
        if repair_id != self.shown_id():
            self.close_form()
        self._show(repair_id)
        left = self._drafts.open
        if left is not None and left[0] == repair_id and self._shown is not None:
            self._drafts.open = None
            deeds.open_again(self._desk, self._shown, left[1], self._go)

    def back(self) -> bool:
        """Close the form; False if none is open."""
        return self.close_form()

    def leave(self) -> None:
        """Keep what is typed over a lock."""
        if self._form is not None and self._shown is not None:
            self._drafts.keep(self._shown.card.id, self._form)
        self._drafts.write(self.shown_id(), self._form)

    def close_form(self) -> bool:
        """Take the form away; False if none is open. Words that were not saved are there when it is opened again."""
        form, self._form = self._form, None
        if form is None:
            return False
        if self._shown is not None:
            (self._drafts.drop if form.saved else self._drafts.keep)(self._shown.card.id, form)
        self.removeWidget(form)
        form.deleteLater()
        self.setCurrentWidget(self._read)
        later(self, self._focus_again)
        return True

    def _note(self, _changed: object) -> None:
        self._stale = True

    def _show(self, repair_id: UUID) -> None:
        with self._desk.at_one_moment():
            self._build(repair_id)

    def _build(self, repair_id: UUID) -> None:
        self._stale = False
        detail = self._desk.look(repairs.get, repair_id)
        down = self._read.scrolled() if repair_id == self.shown_id() else 0
        name = self._focused()
        self._read.empty()
        self._shown = detail
        self._head(detail)
        for build in SECTIONS:
            section = build(self._desk, detail, self._go, self._read)
            if section is not None:
                self._read.column.addWidget(section)
        self._read.column.addStretch(1)
        self._read.foot.addWidget(deeds.bar(self._desk, detail, self._go), 1)
        self._read.scroll_to(down)
        if name:
            self._focus(name)

    def _focused(self) -> str:
        """The name of the button in the panel that has the keyboard, if one has."""
        there = self._read.focusWidget()
        return there.accessibleName() if isinstance(there, Button) and there.hasFocus() else ""

    def _focus(self, name: str) -> None:
        """Give the keyboard to the button of that name, else to the first at the foot."""
        buttons = [one for one in self._read.findChildren(Button) if not one.isHidden() and one.isEnabled()]
        foot = [one for one in buttons if self._read.foot_has(one)]
        found = next((one for one in buttons if one.accessibleName() == name), None) or next(iter(foot), None)
        if found is not None:
            found.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus_again(self) -> None:
        if self._form is None and self.isVisible():
            self._focus(self._came_from)

    def _nothing(self) -> None:
        self.close_form()
        self._read.empty()
        self._shown = None
        self._read.column.addWidget(Text("Choose a repair to see it here.", role="quiet", wrap=True))
        self._read.column.addStretch(1)

    def _head(self, detail: RepairDetail) -> None:
        card, column = detail.card, self._read.column
        column.addWidget(Heading(card.title))
        column.addWidget(Text(f"{card.reference} · {card.where}", role="quiet", wrap=True).selectable())
        pills = [Pill(card.due.text, Tone(card.due.tone)), Pill(card.priority.value.capitalize(), Tone.INFO)]
        if card.hazard:
            pills.append(Pill("Possible hazard", Tone.BAD))
        story = self._desk.look(repair_timeline.standing, card.id)
        pills += [Pill(one.text, Tone(one.tone)) for one in (story.silence, story.owed) if one is not None]
        if detail.untold:
            pills.append(Pill("The new time is not told yet", Tone.WARN))
        if story.waiting:
            pills.append(Pill(story.waiting, Tone.WARN))
        column.addWidget(FlowRow(*pills))
        if card.status is not RepairStatus.SIGNPOSTED:
            column.addWidget(Text(f"Promised: {card.promise}", role="strong", wrap=True))
        asked = f" for {detail.account.person}" if detail.account.person else ""
        column.addWidget(Text(f"Reported {detail.reported}{asked}", wrap=True))
        if detail.completed:
            column.addWidget(Text(f"Done {detail.completed}", wrap=True))
        if detail.contractor:
            column.addWidget(Text(detail.contractor, wrap=True))
        elif not policy.may(self._desk.actor, policy.Action.SEE, "job"):
            column.addWidget(Text(f"For {card.trade.lower()}; no contractor named yet", wrap=True))
        if detail.description:
            column.addWidget(Text(detail.description, wrap=True).selectable())

    def _go(self, page: str, argument: object) -> None:
        """What a section asked for (detail_sections.Go)."""
        if page == "photo":
            self.photo_opened.emit(argument)
        elif page == "form" and isinstance(argument, PanelForm):
            self._open_form(argument)
        elif page == "close":
            self.close_form()
        elif page == "done":
            self.done.emit(str(argument))
        elif page == "told":
            self.told.emit(argument)
        elif page == "repairs" and isinstance(argument, UUID):
            self.show_repair(argument)
        else:
            self.go_requested.emit(page, argument)

    def _open_form(self, form: PanelForm) -> None:
        self._came_from = self._focused()
        self.close_form()
        self._form = form
        form.closes(self.close_form)
        self.addWidget(form)
        self.setCurrentWidget(form)
        form.begin()
        if self._shown is not None:
            self._drafts.put_back(self._shown.card.id, form)
