"""Reporting a repair: where, what, and at once whose it is and how soon; six keys for what is shared (R1, R5-R7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.models.kinds import Cause
from watmos_desktop.services import attachments, policy, repair_report
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_account import WHOSE
from watmos_desktop.services.repair_report import ReportDraft, Reported
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.pages.repairs.advice import AdviceColumn, pill
from watmos_desktop.ui.pages.repairs.report_asked import Asked
from watmos_desktop.ui.pages.repairs.report_details import Details
from watmos_desktop.ui.pages.repairs.report_photos import PhotoTray
from watmos_desktop.ui.pages.repairs.report_words import Unsaved
from watmos_desktop.ui.taking import CameraScreen, MakeCamera, encode

_BESIDE = 900
_SENTENCE = "Where, and what; the rest is suggested."
_FIELDS = {"note": "description", "place": "exactly", "reported_at": "when"}  # as the form calls them


class ReportRepairPage(Page):
    """The form. ``open`` takes a home's id, or "new". Emits ``open_requested("repairs", Reported)``."""

    def __init__(self, desk: Desk, camera: MakeCamera = CameraView, parent: QWidget | None = None) -> None:
        super().__init__("Report a repair", _SENTENCE, parent=parent)
        self._desk = desk
        self._unsaved = Unsaved(desk.store)
        self._saving = False
        self.asked = Asked(desk)
        self.asked.placed.connect(self._of_place)
        self.asked.picked.connect(self._of_fault)
        self.asked.changed.connect(self._advise)
        self.photos = PhotoTray(desk, self.take_photo, self.notices)
        self.photos.settled.connect(self._wait_for_photos)
        self.details = Details(desk, self.photos, self._advise)
        decides = policy.may(desk.actor, policy.Action.CHANGE_REPAIR, "repair")
        self.advice = AdviceColumn(self._advise, self._add_to, decides=decides)
        reasons = (self.advice.whose_reason, self.advice.priority_reason)
        self.fields = self.asked.fields | self.details.fields | {one.name: one for one in reasons}
        self._build()
        self._camera = CameraScreen(camera, self._taken, self.photos.choose, self._close_camera)
        self.body.addWidget(self._camera, 1)
        self._close_camera()
        bind(self, "save", self.save)
        bind(self, "form_photo", self.take_photo)
        bind(self, "add_to_open", self._add_to_first)
        self._clear()
        self._restore()

    def open(self, argument: object) -> None:
        """Begin, in a home if its id is given; what was begun and not saved stays."""
        if isinstance(argument, UUID):
            self._clear()
            self.asked.go_to("home", argument)
        self.asked.begin()

    def place(self) -> object:
        """Here."""
        return "new"

    def leave(self) -> None:
        """Keep what is written over a lock."""
        written = self.asked.written() | self.details.written() | self.advice.written()
        self._unsaved.keep(self.asked.record, self.asked.fault, written, self.photos.stored())

    def back(self) -> bool:
        """From the camera to the form; then to the list, with everything kept for next time."""
        if self._camera.isVisible():
            self._close_camera()
            return True
        self.leave()
        return False

    def search(self) -> bool:
        """Put the cursor into the field that finds."""
        self.asked.begin()
        return True

    def save(self) -> None:
        """Report it, once its photos are on disk; what is wrong is said at its field."""
        self._saving = self.photos.waiting()
        if self._saving:
            return
        draft = self._draft()
        if draft is None:
            self.asked.complain()
        else:
            self._send("reported a repair", repair_report.report, draft)

    def take_photo(self) -> None:
        """Take a photo; without a camera choose a file."""
        for shown in (self._form, self._foot):
            shown.setVisible(False)
        self._camera.setVisible(True)
        self._camera.setFocus()
        if not self._camera.start("A photo of what is wrong"):
            self._close_camera()
            self.photos.choose()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What to say stands beside the form, or below it; what is open there already comes first in both."""
        super().resizeEvent(event)
        beside = self.width() - 48 >= _BESIDE * look().scale
        self._aside.setVisible(beside)
        (self._aside if beside else self._scroll).column.insertWidget(0 if beside else 2, self.advice)
        if beside:
            self.advice.lead(self.advice.already)
        else:
            self._scroll.column.insertWidget(1, self.advice.already)

    def _build(self) -> None:
        self._form = QWidget()
        row = QHBoxLayout(self._form)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self._scroll, self._aside = Scroll(), Scroll()
        for card in (self.asked, self.details):
            self._scroll.column.addWidget(card)
        self._scroll.column.addStretch(1)
        self._aside.column.addWidget(self.advice)
        self._aside.column.addStretch(1)
        row.addWidget(self._scroll, 3)
        row.addWidget(self._aside, 2)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(QuietButton("Back", self._go_back, key="Esc", symbol="back"))
        foot.addStretch(1)
        self.pill = Pill("", Tone.INFO)
        self.save_button = PrimaryButton("Report it", self.save, key="Ctrl+Enter")
        foot.addWidget(self.pill)
        foot.addSpacing(8)
        foot.addWidget(self.save_button)
        self.body.addWidget(self._form, 1)
        self.body.addWidget(self._foot)

    def _go_back(self) -> None:
        self.leave()
        self.closed.emit()

    def _clear(self) -> None:
        self.photos.clear()
        self.details.clear()
        self.asked.clear()

    def _restore(self) -> None:
        kept = self._unsaved
        if kept.place is None:
            return
        self.asked.go_to(*kept.place)
        if self.asked.where is None:
            return
        if kept.fault is not None:
            self.asked.choose_fault(*kept.fault)
        for part in (self.asked, self.details, self.advice):
            part.put(kept.words)
        self.photos.restore(kept.photos)
        self._advise()

    def _of_place(self) -> None:
        place = self.asked.where
        assert place is not None
        self.details.begin(place.block_id, shared=place.shared)

    def _of_fault(self) -> None:
        self.details.cause.choose(Cause.WEAR.value)
        self.advice.begin()
        self._advise()
        self.details.cause.setFocus(Qt.FocusReason.OtherFocusReason)

    def _draft(self) -> ReportDraft | None:
        """What the form says; None before there is a place and a fault."""
        asked, details = self.asked, self.details
        if asked.where is None or asked.fault is None:
            return None
        responsibility, priority = self.advice.decided()
        return ReportDraft(
            asked.where,
            *asked.fault,
            cause=Cause(details.cause.chosen()),
            person_id=asked.person_id(),
            at_risk=asked.at_risk.isChecked() and not asked.where.shared,
            place=details.exactly.words(),
            note=details.note.toPlainText().strip(),
            title=asked.title.text().strip() if asked.unnamed() else "",
            priority=priority,
            priority_reason=str(self.advice.priority_reason.value()),
            responsibility=responsibility,
            responsibility_reason=str(self.advice.whose_reason.value()),
            reported_at=details.reported_at(),
            how=details.told(),
            area_key=details.exactly.area(),
        )

    def _advise(self) -> None:
        """Ask the guide again, and show what belongs to what is said so far."""
        draft = self._draft()
        self.asked.show_parts()
        self.details.setVisible(draft is not None)
        self.advice.setVisible(draft is not None)
        self.pill.setVisible(draft is not None)
        if draft is None:
            self.advice.already.setVisible(False)
            self.head.say("Report a repair", _SENTENCE)
            return
        advice = self._desk.look(repair_report.advise, draft)
        seen = policy.may(self._desk.actor, policy.Action.SEE, "tenancy")
        self.advice.show_advice(draft.where, advice, tenure_shown=seen)
        self.pill.say(*pill(advice))
        self.head.say("Report a repair", WHOSE[advice.party] if self._aside.isVisible() else advice.read_out)
        self.save_button.say("Report it" if advice.raises else "Keep as told")

    def _add_to(self, card: RepairCard) -> None:
        draft = self._draft()
        if draft is not None:
            self._send("added to an open repair", repair_report.add_to, card.id, draft)

    def _add_to_first(self) -> None:
        if self.advice.open:
            self._add_to(self.advice.open[0])

    def _send(self, why: str, change: Callable[..., Reported], *args: object) -> None:
        """Save it with its photos, and go to the repair; what is wrong is said at its field."""
        try:
            self.details.when.moment("reported_at")  # a time that is none is said before anything is saved
            done = self._desk.do(why, self._with_photos, change, *args)
        except Told as told:
            self._tell(told)
            return
        self._clear()
        self._unsaved.forget()
        self.open_requested.emit("repairs", done)

    def _with_photos(self, session: Any, change: Callable[..., Reported], *args: object) -> Reported:
        done = change(session, *args)
        for photo in self.photos.stored():
            attachments.attach(session, "repair", done.id, photo)
        return done

    def _tell(self, told: Told) -> None:
        field = self.fields.get(_FIELDS.get(told.field, told.field))
        if field is None or not field.isVisible():
            self.notices.tell(told)
            return
        field.show_error(str(told))
        field.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_camera(self) -> None:
        self._camera.setVisible(False)
        for shown in (self._form, self._foot):
            shown.setVisible(True)

    def _wait_for_photos(self) -> None:
        """Save what was asked to be saved while a photo was on its way to the disk."""
        if self._saving and not self.photos.waiting():
            self.save()

    def _taken(self, image: QImage, stay: bool) -> None:
        self.photos.add(partial(encode, image))
        if not stay:
            self._close_camera()
            self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)
