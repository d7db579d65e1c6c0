"""One repair in full: what was promised, the steps the law asks for, photos, and the walk that raised it."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.models.kinds import RepairStatus
from watmos_desktop.services import history, promises, repairs, wording
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.clocks import RunningClock
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.panes import SidePanel
from watmos_desktop.ui.kit.photos import PhotoStrip
from watmos_desktop.ui.kit.pill import Dot, Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.repairs.thumbnails import Thumbnails

_STEPS = 6
_SEVERAL = 2


class DetailPanel(SidePanel):
    """Shows one repair at a time. ``go_requested(page, id)`` for the inspection it came from; ``photo_opened(key)``."""

    go_requested = Signal(str, object)
    photo_opened = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("Repair", parent)
        self._desk = desk
        self._shown: RepairDetail | None = None
        self._strip: PhotoStrip | None = None
        self._pictures = Thumbnails(desk, self)
        self._pictures.ready.connect(self._show_photos)
        self._nothing()

    def shown_id(self) -> UUID | None:
        """The repair on show."""
        return self._shown.card.id if self._shown else None

    def photo(self, key: object) -> PhotoCard | None:
        """A photo of the repair on show."""
        shown = self._shown.photos if self._shown else ()
        return next((card for card in shown if card.id == key), None)

    def refresh(self) -> None:
        """Read the repair on show again."""
        if self._shown is not None:
            try:
                self.show_repair(self._shown.card.id)
            except Told:
                self._nothing()

    def show_repair(self, repair_id: UUID) -> None:
        """A repair in full; raises NotFound."""
        detail = self._desk.look(repairs.get, repair_id)
        steps = self._desk.look(history.of, "repair", repair_id)
        self.empty()
        self._shown, self._strip = detail, None
        card = detail.card
        self.column.addWidget(Heading(card.title))
        self.column.addWidget(Text(f"{card.reference} · {card.where}", role="quiet", wrap=True).selectable())
        self._pills(detail)
        if card.status is not RepairStatus.SIGNPOSTED:
            self.column.addWidget(Text(f"Promised: {card.promise}", role="strong", wrap=True))
        self.column.addWidget(Text(f"Reported {detail.reported}", wrap=True))
        if detail.completed:
            self.column.addWidget(Text(f"Done {detail.completed}", wrap=True))
        self.column.addWidget(
            Text(detail.contractor or f"For {card.trade.lower()}; no contractor named yet", wrap=True)
        )
        if detail.description:
            self.column.addWidget(Text(detail.description, wrap=True).selectable())
        self._account(detail)
        self._legal(detail)
        self._promises(detail)
        if detail.photos:
            self.column.addWidget(Heading("Photos"))
            self._strip = PhotoStrip("Photos of this repair", on_open=self.photo_opened.emit)
            self.column.addWidget(self._strip)
            self._show_photos()
        if steps:
            self.column.addWidget(Heading("History"))
            for step in steps[:_STEPS]:
                words = f"{step.when} · {step.why}" + (f" · {step.who}" if step.who else "")
                self.column.addWidget(Text(words, role="small", wrap=True))
        self.column.addStretch(1)
        if detail.inspection_id is not None:
            walk = detail.inspection_id
            self.foot.addWidget(
                QuietButton("The inspection", lambda: self.go_requested.emit("inspections", walk))
            )

    def _nothing(self) -> None:
        self.empty()
        self._shown, self._strip = None, None
        self.column.addWidget(Text("Choose a repair to see it here.", role="quiet", wrap=True))
        self.column.addStretch(1)

    def _pills(self, detail: RepairDetail) -> None:
        holder = QWidget()
        row = FlowLayout(holder, gap=8)
        row.addWidget(Pill(detail.card.due.text, Tone(detail.card.due.tone)))
        row.addWidget(Pill(detail.card.priority.value.capitalize(), Tone.INFO))
        if detail.card.hazard:
            row.addWidget(Pill("Possible hazard", Tone.BAD))
        self.column.addWidget(holder)

    def _account(self, detail: RepairDetail) -> None:
        """Whose it is and why, for whom, and why so soon, as it was told."""
        account = detail.account
        if account.person:
            self.column.addWidget(Text(f"For {account.person}", wrap=True))
        if account.whose:
            self.column.addWidget(Heading(account.whose))
            self.column.addWidget(Text(account.reason, wrap=True).selectable())
            if account.guide:
                self.column.addWidget(
                    Text(f"The guide had said: {account.guide.lower()}", role="small", wrap=True)
                )
            if account.cause:
                self.column.addWidget(Text(account.cause, role="small", wrap=True))
        if account.priority_reason:
            words = f"{detail.card.priority.value.capitalize()}: {account.priority_reason}"
            if account.priority_guide:
                words += f" (suggested: {account.priority_guide})"
            self.column.addWidget(Text(words, role="small", wrap=True))

    def _promises(self, detail: RepairDetail) -> None:
        """Every clock that ran or runs, where there is more than the one promise."""
        told = [clock for clock in detail.clocks if clock.what and not clock.key.startswith("AW.")]
        if len(told) < _SEVERAL:
            return
        self.column.addWidget(Heading("What was promised"))
        for clock in sorted(told, key=lambda one: (one.started_at, one.due_at)):
            due = clock.due_at.astimezone(LONDON)
            by = (
                f"{wording.weekday(due)}, {wording.clock_time(due)}"
                if clock.key == "R5"
                else wording.weekday(due)
            )
            if clock.stopped_at is None:
                self._step(Tone(clock.due.tone), f"{clock.what}: by {by}")
            else:
                ended = wording.moment(clock.stopped_at)
                self._step(Tone.INFO, f"{clock.what}: by {by} · ended {ended}")

    def _legal(self, detail: RepairDetail) -> None:
        """The running steps of Awaab's Law, if the hazard falls under it; else that it does not."""
        if not detail.card.hazard:
            return
        seen = detail.card.reported_at.astimezone(LONDON)
        names = {one.id: one.name for one in promises.hazards(seen.date())}
        self.column.addWidget(Heading("Awaab's Law"))
        self.column.addWidget(Text(names.get(detail.card.hazard, "Possible hazard"), role="quiet", wrap=True))
        self._step(Tone.OK, f"Seen {wording.moment(seen)}")
        legal = [clock for clock in detail.clocks if clock.key.startswith("AW.")]
        for clock in legal:
            self._clock(clock)
        if not legal:
            words = "This hazard is not under the law yet; the promise above holds."
            self.column.addWidget(Text(words, role="small", wrap=True))

    def _clock(self, clock: RunningClock) -> None:
        by = wording.weekday(clock.due_at.astimezone(LONDON))
        what = clock.what or "Next step"
        if clock.running:
            self._step(Tone(clock.due.tone), f"{what} by {by} · {clock.due.text.lower()}")
        else:
            self._step(Tone.OK, f"{what}: done (by {by})")

    def _step(self, tone: Tone, words: str) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Dot(tone))
        row.addWidget(Text(words, wrap=True), 1)
        self.column.addWidget(holder)

    def _show_photos(self) -> None:
        if self._strip is not None and self._shown is not None:
            self._strip.show_photos(self._pictures.photos(self._shown.photos))
