"""One inspection beside the list: due, begun or signed; and the few steps to start another."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Grade, InspectionStatus
from watmos_desktop.services import history, inspections, policy, signing, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.inspections import DueCard, InspectionDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.badge import GradeBadge
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.chart import Trend
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Lines
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.panes import SidePanel
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.inspections.columns import state_of
from watmos_desktop.ui.pages.inspections.new import NewForm

_STEPS = 6


class DetailPanel(SidePanel):
    """Shows one thing at a time.

    Signals: ``start_requested(schedule id)``, ``put_away_requested(inspection id)``,
    ``begin_requested(template key, Place)``, ``go_requested(page, id)``, ``told(Told)``.
    """

    start_requested = Signal(object)
    put_away_requested = Signal(object)
    begin_requested = Signal(str, object)
    go_requested = Signal(str, object)
    told = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("Inspection", parent)
        self._desk = desk
        self._walk: UUID | None = None
        self._amendment: Field | None = None
        self.column.addWidget(Text("Choose an inspection to see it here.", role="quiet", wrap=True))
        self.column.addStretch(1)

    def shown_id(self) -> UUID | None:
        """The inspection on show, if it is one that was begun."""
        return self._walk

    def refresh(self) -> None:
        """Read the inspection on show again, unless words are being typed into it."""
        if self._walk is not None and not (self._amendment and self._amendment.widget.hasFocus()):
            try:
                self.show_walk(self._walk)
            except Told:
                self._clear()

    def show_due(self, one: DueCard) -> None:
        """An inspection that is asked for."""
        self._clear()
        self._title(one.template, f"{one.place} · {one.estate}")
        self._pills((one.due.text, Tone(one.due.tone)))
        size = f"{wording.count(one.items, 'item')} in {wording.count(one.areas, 'area')}"
        sentence = f"{one.cadence.capitalize()}, {size}"
        self.column.addWidget(Text(sentence, wrap=True))
        self.column.addWidget(Text(f"Due {wording.long_day(one.due_on)}", wrap=True))
        grades = self._desk.look(inspections.last_grades, one.place_key, one.template_key, 6)
        if grades:
            self.column.addWidget(Heading("Grades so far"))
            row = QHBoxLayout()
            row.setSpacing(6)
            for grade in reversed(grades):
                row.addWidget(GradeBadge(str(grade)))
            row.addStretch(1)
            self.column.addLayout(row)
            if one.last_on:
                self.column.addWidget(Text(f"The last on {wording.day(one.last_on)}", role="quiet"))
        else:
            self.column.addWidget(Text("Never walked before on this computer.", role="quiet", wrap=True))
        self.column.addStretch(1)
        if one.draft_id is not None:
            self.foot.addWidget(PrimaryButton("Go on", lambda: self.go_requested.emit("walk", one.draft_id)))
        elif policy.may(self._desk.actor, policy.Action.INSPECT, "inspection"):
            self.foot.addWidget(PrimaryButton("Start", lambda: self.start_requested.emit(one.schedule_id)))

    def show_walk(self, inspection_id: UUID) -> None:
        """A walk in full: grade, trend, areas, defects, amendments, history. Raises NotFound."""
        detail = self._desk.look(inspections.get, inspection_id)
        steps = self._desk.look(history.of, "inspection", inspection_id)
        self._clear()
        self._walk = inspection_id
        card = detail.card
        self._title(card.template, f"{card.place} · {card.estate}")
        self._pills(state_of(card), *([("With an ambassador", Tone.OK)] if card.joint else []))
        when = f"{card.reference} · {card.when}" + (f" · {card.by}" if card.by else "")
        self.column.addWidget(Text(when, role="quiet", wrap=True).selectable())
        if card.status is InspectionStatus.SIGNED:
            self._show_grade(detail)
        else:
            done, total = len(detail.walk.mine), len(detail.walk.template.items)
            self.column.addWidget(Text(f"{done} of {total} items answered", wrap=True))
        self._show_areas(detail)
        self._show_defects(detail)
        if card.status is InspectionStatus.SIGNED:
            self._show_amendments(detail)
        if steps:
            self.column.addWidget(Heading("History"))
            for step in steps[:_STEPS]:
                words = f"{step.when} · {step.why}" + (f" · {step.who}" if step.who else "")
                self.column.addWidget(Text(words, role="small", wrap=True))
        self.column.addStretch(1)
        self._show_buttons(detail)

    def show_new(self) -> None:
        """Choose a place and an inspection to walk there now."""
        self._clear()
        self._title("Start an inspection", "One that no schedule asks for today.")
        form = NewForm(self._desk)
        start = PrimaryButton("Start", form.start)
        form.chosen.connect(self.begin_requested)
        self.column.addWidget(form)
        self.column.addStretch(1)
        self.foot.addWidget(start)
        form.show()  # at once, not with the next turn of the event loop: it takes the focus
        form.setFocus()

    def keep_draft(self) -> None:
        """Keep what is typed into the amendment, inside the workspace."""
        if self._amendment is not None and self._walk is not None:
            self._desk.store.remember(_draft_key(self._walk), {"text": str(self._amendment.value())})

    def _clear(self) -> None:
        self.keep_draft()
        self._walk, self._amendment = None, None
        self.empty()

    def _title(self, title: str, sentence: str) -> None:
        self.column.addWidget(Heading(title))
        self.column.addWidget(Text(sentence, role="quiet", wrap=True))

    def _pills(self, *pills: tuple[str, Tone]) -> None:
        holder = QWidget()
        row = FlowLayout(holder, gap=8)
        for words, tone in pills:
            row.addWidget(Pill(words, tone))
        self.column.addWidget(holder)

    def _show_grade(self, detail: InspectionDetail) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        row.addWidget(GradeBadge(str(detail.card.grade or ""), side=52))
        words = QVBoxLayout()
        words.setSpacing(0)
        percent = "" if detail.card.percent is None else f"{detail.card.percent} %"
        words.addWidget(Text(_against(detail), role="strong", wrap=True))
        words.addWidget(Text(percent, role="quiet"))
        row.addLayout(words, 1)
        self.column.addWidget(holder)
        if len(detail.trend) > 1:
            points = [(wording.weekday(day).split(" ", 1)[1], str(grade)) for day, grade in detail.trend]
            self.column.addWidget(Trend("Grades so far", points))

    def _show_areas(self, detail: InspectionDetail) -> None:
        score = detail.walk.score
        if not score.answered:
            return
        self.column.addWidget(Heading("Areas"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for number, area in enumerate(detail.walk.template.areas):
            stand = score.area(area.key)
            grid.addWidget(GradeBadge(str(stand.grade or ""), side=24), number, 0)
            grid.addWidget(Text(area.name, wrap=True), number, 1)
            answered = stand.answered + stand.not_scored
            words = "" if answered == stand.total else f"{answered} of {stand.total}"
            grid.addWidget(Text(words, role="small"), number, 2)
        self.column.addLayout(grid)

    def _show_defects(self, detail: InspectionDetail) -> None:
        walk = detail.walk
        poor = [
            item
            for item in walk.template.items
            if (g := walk.mine.get(item.key)) and g.grade in (Grade.C, Grade.D)
        ]
        if not poor:
            return
        self.column.addWidget(Heading(wording.count(len(poor), "defect").capitalize()))
        for item in sorted(poor, key=lambda one: walk.mine[one.key].grade or "", reverse=True):
            given = walk.mine[item.key]
            repair = walk.raised.get(item.key)
            title = item.phrase(given.phrase_key).words if given.phrase_key else item.name
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 4)
            row.setSpacing(12)
            row.addWidget(GradeBadge(str(given.grade or ""), side=24))
            words = QVBoxLayout()
            words.setSpacing(0)
            words.addWidget(Text(title, wrap=True))
            if repair is not None:
                words.addWidget(Text(f"{repair.reference} · {repair.due.text}", role="small", wrap=True))
            if given.note:
                words.addWidget(Text(given.note, role="small", wrap=True))
            row.addLayout(words, 1)
            self.column.addWidget(holder)

    def _show_amendments(self, detail: InspectionDetail) -> None:
        if detail.amendments:
            self.column.addWidget(Heading("Corrections"))
            for when, who, text in detail.amendments:
                self.column.addWidget(Text(f"{when} · {who}", role="small", wrap=True))
                self.column.addWidget(Text(text, wrap=True))
        if not policy.may(self._desk.actor, policy.Action.AMEND, "inspection"):
            return
        lines = Lines(rows=2)
        self._amendment = Field(
            "text",
            "Add a correction",
            lines,
            help="The signed words stay as they are; yours stand beside them.",
        )
        kept = self._desk.store.recall(_draft_key(detail.card.id)).get("text", "")
        self._amendment.put(kept)
        self.column.addWidget(self._amendment)
        self.column.addWidget(QuietButton("Add the correction", self._amend))

    def _amend(self) -> None:
        if self._walk is None or self._amendment is None:
            return
        try:
            self._desk.do("added a correction", signing.amend, self._walk, str(self._amendment.value()))
        except Told as told:
            self._amendment.show_error(str(told))
            return
        self._amendment.put("")
        self._desk.store.remember(_draft_key(self._walk), {"text": ""})
        self.show_walk(self._walk)

    def _show_buttons(self, detail: InspectionDetail) -> None:
        inspection_id = detail.card.id
        if detail.card.status is InspectionStatus.DRAFT:
            self.foot.addWidget(PrimaryButton("Go on", lambda: self.go_requested.emit("walk", inspection_id)))
            self.foot.addWidget(QuietButton("Put away", lambda: self.put_away_requested.emit(inspection_id)))
        elif policy.may(self._desk.actor, policy.Action.REPORT, "inspection"):
            self.foot.addWidget(
                PrimaryButton("Report", lambda: self.go_requested.emit("report", inspection_id))
            )
            sheet = lambda: self.go_requested.emit("report", ("noticeboard", inspection_id))  # noqa: E731
            self.foot.addWidget(QuietButton("Noticeboard sheet", sheet))


def _draft_key(inspection_id: UUID) -> str:
    return f"amendment {inspection_id}"


def _against(detail: InspectionDetail) -> str:
    grades = [grade for _, grade in detail.trend]
    if len(grades) < 2:
        return "The first grade here"
    now, before = grades[-1], grades[-2]
    if now == before:
        return f"The same as before, {before}"
    return f"Up from {before}" if now < before else f"Down from {before}"
