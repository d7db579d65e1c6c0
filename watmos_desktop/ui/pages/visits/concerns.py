"""For named people only: concerns that visits raised and nobody has taken, and the cases of who looks at this page."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import CaseKind
from watmos_desktop.services import visit_concerns, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_concerns import CASE_WORDS, CaseCard, Concern
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState, TaskCard
from watmos_desktop.ui.kit.chip import Choice
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.inputs import Lines, Select
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.visits.panel import few_lines, toned

_LOOKS = 10  # that are shown; all are kept
_WIDE = 1000  # pixels
_KINDS = (CaseKind.SAFEGUARDING, CaseKind.DOMESTIC_ABUSE, CaseKind.HATE_INCIDENT)
_LEAD = "You see this because you are named to it. Others see neither these cases nor that there are any."


class ConcernsPage(Page):
    """``open`` takes None for all of them, or the id of one case."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__("For named people", "", back, scroll=True, parent=parent)
        self._desk = desk
        self._case: UUID | None = None
        tables = {"visit", "visit_follow_up", "restricted_case", "case_note"}
        Fresh(self, desk.changed, self._when_changed, tables)
        self.refresh()

    def open(self, argument: object) -> None:
        """Show one case, or all that this person may know of."""
        self._case = argument if isinstance(argument, UUID) else None
        self.notices.clear()
        self.refresh()
        if self._case is not None:
            self._note_look(self._case)

    def place(self) -> object:
        """Nothing: after a lock it does not come back by itself."""
        return None

    def back(self) -> bool:
        """Esc leads from a case to all of them."""
        if self._case is None:
            return False
        self.open(None)
        return True

    def leave(self) -> None:
        """Nothing of anybody stays on the page."""
        self._case = None
        self._clear()

    def _clear(self) -> None:
        while (item := self.body.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def refresh(self) -> None:
        """Read it again."""
        self._clear()
        self.head.say("For named people", _LEAD)
        try:
            self._all() if self._case is None else self._one(self._case)
        except Told as told:
            self.notices.tell(told)
        self.body.addStretch(1)

    def _when_changed(self) -> None:
        """What is being written stays."""
        if not any(one.toPlainText() for one in self.findChildren(Lines)):
            self.refresh()

    def _all(self) -> None:
        raised = self._desk.look(visit_concerns.waiting)
        mine = self._desk.look(visit_concerns.cases)
        for concern in raised:
            self._put(self._concern(concern))
        if mine:
            self._put(Heading("Your cases"))
        for number, case in enumerate(mine):
            make = QuietButton if raised or number else PrimaryButton
            button = make("Open", partial(self.open, case.id))
            button.setAccessibleName(f"Open: {case.what}")
            self._put(
                TaskCard(case.what, _line(case), Pill(case.status.value.capitalize(), Tone.INFO), button)
            )
        if not raised and not mine:
            self._put(
                EmptyState(
                    "Nothing waits for you", "What a visit raises about somebody's safety stands here."
                )
            )

    def _concern(self, one: Concern) -> Card:
        card = Card(f"Raised at {one.address}", margin=14)
        when = wording.moment(one.raised_at.astimezone(LONDON))
        card.add(Text(f"{one.visit} · {when} · {one.by}", role="quiet", wrap=True))
        for words in one.words:
            card.add(Text(words, wrap=True).selectable())
        form = Form(
            [Field("kind", "Kind of case", Select([Choice(str(each), CASE_WORDS[each]) for each in _KINDS]))]
        )
        card.add(form)
        foot = QWidget()
        button = PrimaryButton("Take it", lambda: self._take(one, CaseKind(str(form.values()["kind"]))))
        button.setAccessibleName(f"Take the concern of {one.address}")
        FlowLayout(foot, gap=8).addWidget(button)
        card.add(foot)
        return card

    def _take(self, one: Concern, kind: CaseKind) -> None:
        try:
            self._case = self._desk.seal("took a concern", visit_concerns.take, one.visit_id, kind)
        except Told as told:
            self.notices.tell(told)
        self.refresh()

    def _one(self, case_id: UUID) -> None:
        detail = self._desk.look(visit_concerns.case, case_id)
        card = Card(detail.card.what, _line(detail.card), margin=14)
        card.add(Text(detail.summary, wrap=True).selectable())
        self._put(card)
        log = Card("Log", margin=14)
        for at, who, text in detail.notes:
            log.add(toned(Tone.INFO, f"{wording.moment(at.astimezone(LONDON))}, {who}"))
            log.add(Text(text, wrap=True).selectable())
        form = Form([Field("text", "What was done or said", few_lines("Added, never changed", 3))])
        log.add(form)
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        row.addWidget(PrimaryButton("Add it", lambda: self._note(case_id, form)))
        row.addWidget(QuietButton("All of them", partial(self.open, None)))
        log.add(foot)
        self._put(log)
        if detail.looks:
            seen = Card("Who looked at it", "Its team sees this, and nobody else.", margin=14)
            for at, who in detail.looks[:_LOOKS]:
                seen.add(Text(f"{wording.moment(at.astimezone(LONDON))}, {who}", role="quiet", wrap=True))
            if len(detail.looks) > _LOOKS:
                seen.add(Text(f"and {len(detail.looks) - _LOOKS:,} times before", role="quiet"))
            self._put(seen)

    def _note_look(self, case_id: UUID) -> None:
        """That somebody looked is part of the log; a disk that is full keeps nobody from a case."""
        try:
            self._desk.seal("looked at a case", visit_concerns.looked, case_id)
        except Told as told:
            self.notices.tell(told)

    def _note(self, case_id: UUID, form: Form) -> None:
        try:
            self._desk.seal("added to a case", visit_concerns.note, case_id, str(form.values()["text"]))
        except Told as told:
            if not form.tell(told):
                self.notices.tell(told)
            return
        self.refresh()

    def _put(self, widget: QWidget) -> None:
        widget.setMaximumWidth(_WIDE)
        self.body.addWidget(widget)


def _line(case: CaseCard) -> str:
    opened = f"opened {wording.day(case.opened_at.astimezone(LONDON).date())} by {case.opened_by}"
    return " · ".join(part for part in (case.address, opened) if part)
