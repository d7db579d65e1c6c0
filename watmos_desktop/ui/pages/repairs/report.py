"""Reporting a repair: where, what, and at once whose it is and how soon; six keys for what is shared (R1, R5-R7)."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.models.kinds import Cause
from watmos_desktop.services import attachments, guide, policy, repair_report
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_account import WHOSE
from watmos_desktop.services.repair_report import ReportDraft, Reported, Where
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Check, Line, Lines
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.picker import Option, Picker
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.pages.repairs.advice import AdviceColumn, pill
from watmos_desktop.ui.pages.repairs.report_area import Exactly, found_places
from watmos_desktop.ui.pages.repairs.report_photos import PhotoTray
from watmos_desktop.ui.pages.repairs.report_words import Unsaved
from watmos_desktop.ui.taking import CameraScreen, MakeCamera, encode

_BESIDE = 900
_SENTENCE = "Where, and what; the rest is suggested."


class ReportRepairPage(Page):
    """The form. ``open`` takes a home's id, or "new". Emits ``open_requested("repairs", Reported | repair id)``."""

    def __init__(self, desk: Desk, camera: MakeCamera = CameraView, parent: QWidget | None = None) -> None:
        super().__init__("Report a repair", _SENTENCE, parent=parent)
        self._desk = desk
        self._unsaved = Unsaved(desk.store)
        self._saving = False
        self._where: Where | None = None
        self._place: tuple[str, UUID] | None = None
        self._fault: tuple[str, str] | None = None
        self.where = Picker(
            "Where is it?",
            "A name, address, block or estate",
            partial(found_places, desk),
            self._take_place,
            self._no_place,
        )
        self.what = Picker(
            "What is wrong?", "For example: toilet blocked", self._faults, self._take_fault, self._no_fault
        )
        self.person = ChipRow("Who is asking?", on_pick=lambda _: self._advise(), optional=True)
        self.at_risk = Check("Someone at home needs it sooner: a baby, old age, illness or disability")
        self.at_risk.toggled.connect(lambda _: self._advise())
        self.cause = ChipRow(
            "How did it happen?",
            [Choice(key.value, words) for key, words in guide.load().causes.items()],
            lambda _: self._advise(),
        )
        self.exactly = Exactly(desk)
        self.note = Lines("What the contractor should know", rows=2)
        self.note.setMaximumHeight(round(110 * look().scale))
        self.title = Line("For example: cat flap broken")
        self.photos = PhotoTray(desk, self.take_photo, self.notices)
        self.photos.settled.connect(self._wait_for_photos)
        self.fields = {
            "place": Field("place", "Where is it?", self.where),
            "person": Field("person", "Who is asking?", self.person),
            "what": Field("what", "What is wrong?", self.what),
            "title": Field("title", "What is it?", self.title),
            "cause": Field("cause", "How did it happen?", self.cause),
            "exactly": Field("exactly", "Where exactly?", self.exactly.line, holder=self.exactly),
            "description": Field("description", "Anything else", self.note),
        }
        decides = policy.may(desk.actor, policy.Action.CHANGE_REPAIR, "repair")
        self.advice = AdviceColumn(self._advise, self._add_to, decides=decides)
        self.fields |= {one.name: one for one in (self.advice.whose_reason, self.advice.priority_reason)}
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
            self._go_to("home", argument)
        (self.what if self._where else self.where).setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> object:
        """Here."""
        return "new"

    def leave(self) -> None:
        """Keep what is written over a lock."""
        self._unsaved.keep(self._place, self._fault, self._draft(), self.photos.stored())

    def back(self) -> bool:
        """From the camera to the form; then to the list, with everything kept for next time."""
        if self._camera.isVisible():
            self._close_camera()
            return True
        self.leave()
        return False

    def search(self) -> bool:
        """Put the cursor into the field that finds."""
        (self.what if self._where else self.where).setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def save(self) -> None:
        """Report it, once its photos are on disk; what is wrong is said at its field."""
        self._saving = self.photos.waiting()
        if self._saving:
            return
        draft = self._draft()
        if draft is None:
            self.fields["what" if self._where else "place"].show_error(
                "Say what is broken: choose one from the list."
                if self._where
                else "Say where: choose one from the list."
            )
            self.search()
            return
        try:
            done = self._desk.do("reported a repair", self._report, draft)
        except Told as told:
            self._tell(told)
            return
        self._finish(done)

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
        """What to say stands beside the form, or below it where there is no room."""
        super().resizeEvent(event)
        beside = self.width() - 48 >= _BESIDE * look().scale
        self._aside.setVisible(beside)
        (self._aside if beside else self._scroll).column.insertWidget(0 if beside else 2, self.advice)

    def _build(self) -> None:
        self._form = QWidget()
        row = QHBoxLayout(self._form)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self._scroll, self._aside = Scroll(), Scroll()
        card = self._first = Card()
        card.body.setSpacing(16)
        for name in ("place", "person"):
            card.add(self.fields[name])
        card.add(self.at_risk)
        for name in ("what", "title"):
            card.add(self.fields[name])
        self._scroll.column.addWidget(card)
        card = self._more = Card()
        card.body.setSpacing(16)
        for name in ("cause", "exactly", "description"):
            card.add(self.fields[name])
        card.add(self.photos)
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
        self.note.clear()
        self.exactly.put("")
        self.title.clear()
        self.where.clear()
        self._no_place()

    def _restore(self) -> None:
        kept = self._unsaved
        if kept.place is None:
            return
        self._go_to(*kept.place)
        if self._where is None:
            return
        if kept.fault is not None:
            self._choose_fault(*kept.fault)
        self.note.setPlainText(kept.note)
        self.exactly.put(kept.exactly, kept.area)
        self.title.setText(kept.title)
        self.at_risk.setChecked(kept.at_risk)
        self.cause.choose(kept.cause)
        self.photos.restore(kept.photos)
        self._advise()

    def _take_place(self, option: Option) -> None:
        kind, record_id, person = option.key
        self._go_to(kind, record_id, person)

    def _go_to(self, kind: str, record_id: UUID, person: UUID | None = None) -> None:
        try:
            self._where = self._desk.look(repair_report.where, kind, record_id)
        except Told as told:
            self.fields["place"].show_error(str(told))
            return
        self._place = (kind, record_id)
        self.fields["place"].show_error("")
        place = self._where
        self.where.take(place.name, " · ".join(part for part in (place.sentence, place.held) if part))
        self.person.offer([Choice(str(one), name) for one, name in place.people])
        self.person.choose(str(person) if person else "")
        self.at_risk.setChecked(place.at_risk)
        self.exactly.offer(place.block_id if place.shared else None)
        self.what.clear()
        self._no_fault()
        self.what.setFocus(Qt.FocusReason.OtherFocusReason)

    def _no_place(self) -> None:
        self._where = self._place = None
        self.person.offer([])
        self._no_fault()

    def _faults(self, text: str) -> list[Option]:
        if self._where is None:
            return []
        known, shared = guide.load(), self._where.shared
        found = known.find(text, shared=shared)
        if not found and text:
            thing = known.fixture(guide.OTHER[shared])
            found = [(thing, fault) for fault in thing.symptoms]
        return [Option((thing.key, fault.key, text), thing.name, fault.words) for thing, fault in found]

    def _take_fault(self, option: Option) -> None:
        thing, fault, typed = option.key
        if thing in guide.OTHER.values():
            self.title.setText(str(typed)[:1].upper() + str(typed)[1:])
        self._choose_fault(thing, fault)
        self.cause.chips()[self.cause.chosen()].setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_fault(self, thing: str, fault: str) -> None:
        self._fault = (thing, fault)
        fixture = guide.load().fixture(thing)
        self.what.take(fixture.name, fixture.symptom(fault).words)
        self.fields["what"].show_error("")
        self.cause.choose(Cause.WEAR.value)
        self.advice.begin()
        self._advise()

    def _no_fault(self) -> None:
        self._fault = None
        self._show_parts()

    def _draft(self) -> ReportDraft | None:
        """What the form says; None before there is a place and a fault."""
        if self._where is None or self._fault is None:
            return None
        thing, fault = self._fault
        person = self.person.chosen()
        responsibility, priority = self.advice.decided()
        return ReportDraft(
            self._where,
            thing,
            fault,
            Cause(self.cause.chosen()),
            UUID(person) if person else None,
            self.at_risk.isChecked() and not self._where.shared,
            self.exactly.words(),
            self.note.toPlainText().strip(),
            self.title.text().strip() if thing in guide.OTHER.values() else "",
            priority,
            str(self.advice.priority_reason.value()),
            responsibility,
            str(self.advice.whose_reason.value()),
            area_key=self.exactly.area(),
        )

    def _advise(self) -> None:
        """Ask the guide again."""
        draft = self._draft()
        if draft is None:
            return
        advice = self._desk.look(repair_report.advise, draft)
        seen = policy.may(self._desk.actor, policy.Action.SEE, "tenancy")
        self.advice.show_advice(draft.where, advice, tenure_shown=seen)
        self.pill.say(*pill(advice))
        self.head.say("Report a repair", WHOSE[advice.party] if self._aside.isVisible() else advice.read_out)
        self.save_button.say("Report it" if advice.raises else "Keep as told")
        self._show_parts()

    def _show_parts(self) -> None:
        place, fault = self._where, self._fault
        self.fields["what"].setVisible(place is not None)
        self.fields["person"].setVisible(bool(place and place.people))
        self.at_risk.setVisible(place is not None and not place.shared)
        self.fields["title"].setVisible(
            bool(fault) and fault is not None and fault[0] in guide.OTHER.values()
        )
        self._more.setVisible(fault is not None)
        self.advice.setVisible(fault is not None)
        self.pill.setVisible(fault is not None)
        if fault is None:
            self.head.say("Report a repair", _SENTENCE)

    def _report(self, session: object, draft: ReportDraft) -> Reported:
        done = repair_report.report(session, draft)  # type: ignore[arg-type]
        for photo in self.photos.stored():
            attachments.attach(session, "repair", done.id, photo)  # type: ignore[arg-type]
        return done

    def _add_to(self, card: RepairCard) -> None:
        try:
            self._desk.do("added to an open repair", self._append, card.id)
        except Told as told:
            self._tell(told)
            return
        self._forget()
        self.open_requested.emit("repairs", Reported(card.id, card.reference, "", signposted=False))

    def _append(self, session: object, repair_id: UUID) -> None:
        words = self.note.toPlainText().strip()
        repair_report.add_to(session, repair_id, words)  # type: ignore[arg-type]
        for photo in self.photos.stored():
            attachments.attach(session, "repair", repair_id, photo)  # type: ignore[arg-type]

    def _add_to_first(self) -> None:
        if self.advice.open:
            self._add_to(self.advice.open[0])

    def _finish(self, done: Reported) -> None:
        self._forget()
        self.open_requested.emit("repairs", done)

    def _forget(self) -> None:
        self._clear()
        self._unsaved.forget()

    def _tell(self, told: Told) -> None:
        field = self.fields.get({"note": "description", "place": "exactly"}.get(told.field, told.field))
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
