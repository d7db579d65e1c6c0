"""A repair is done: the photo, when it was, whether they were told. Four keys: done, photo, take it, save (R4)."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.models.kinds import Channel
from watmos_desktop.services import attachments, repair_care, repair_closing, repairs
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_closing import AFTER, AFTER_BEFORE, Completion
from watmos_desktop.services.repair_report import Reported
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.repairs.care_forms import how
from watmos_desktop.ui.pages.repairs.done_draft import Kept
from watmos_desktop.ui.pages.repairs.moment import WhenFields
from watmos_desktop.ui.pages.repairs.report_photos import PhotoTray
from watmos_desktop.ui.pages.repairs.thumbnails import Strip, Thumbnails
from watmos_desktop.ui.taking import CameraScreen, MakeCamera, encode, pictures_in


class RepairDonePage(Page):
    """The form. ``open`` takes the repair's id. Emits ``open_requested("repairs", Reported)`` when it is done."""

    def __init__(self, desk: Desk, camera: MakeCamera = CameraView, parent: QWidget | None = None) -> None:
        super().__init__("Done", "", parent=parent)
        self.setAcceptDrops(True)
        self._desk = desk
        self._kept = Kept(desk.store)
        self._detail: RepairDetail | None = None
        self._saving = False
        self.photos = PhotoTray(desk, self.take_photo, self.notices)
        self.photos.settled.connect(self._after_photo)
        self._was = Strip("Before", Thumbnails.at(desk), [], lambda _: None)
        self.when = WhenFields(desk, "When was it done?")
        self.told = how("How was the resident told?", optional=True)
        self.note = Line("For example: new washer and tap head")
        self.reason = Line("Or in your words")
        phrases = repair_care.words("without_photo")
        self.phrases = ChipRow(
            "Why is there none?", [Choice(one, one) for one in phrases], self._take, optional=True
        )
        self._without = Field("without_photo", "The reason", self.reason)
        self.form = Form(
            [
                Field("phrase", "Why is there no photo?", self.phrases),
                self._without,
                Field("note", "What was done?", self.note),
                *self.when.fields,
                Field(
                    "told",
                    "How was the resident told that it is done?",
                    self.told,
                    help="Leave it open where nobody was there: the call after it comes next.",
                ),
            ]
        )
        self._build()
        self._camera = CameraScreen(camera, self._taken, self.photos.choose, self._close_camera)
        self.body.addWidget(self._camera, 1)
        self._close_camera()
        bind(self, "save", self.save)
        bind(self, "form_photo", self.take_photo)

    def open(self, argument: object) -> None:
        """Show the repair; what was begun on it and not saved stays."""
        if not isinstance(argument, UUID):
            return
        try:
            detail = self._desk.look(repairs.get, argument)
        except Told as told:
            self.notices.tell(told)
            return
        again = self._detail is not None and self._detail.card.id == argument
        self._detail = detail
        card = detail.card
        self.head.say(f"Done: {card.title}", f"{card.reference} · {card.where} · {card.due.text}")
        self._show_before()
        if not again:
            self._clear()
            self._restore()
        self.save_button.setEnabled(card.status in repairs.OPEN)
        self.photos.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self) -> object:
        """The repair."""
        return self._detail.card.id if self._detail else None

    def leave(self) -> None:
        """Keep what is written over a lock."""
        if self._detail is not None:
            written = {"note": self.note.text(), "reason": self.reason.text(), "told": self.told.chosen()}
            self._kept.keep(self._detail.card.id, written, self.photos.stored())

    def back(self) -> bool:
        """From the camera to the form; then to the repair, with everything kept for next time."""
        if self._camera.isVisible():
            self._close_camera()
            return True
        self.leave()
        return False

    def save(self) -> None:
        """Complete it, once its photos are on disk; what is wrong is said at its field."""
        self._saving = self.photos.waiting()
        if self._saving or self._detail is None or self._detail.card.status not in repairs.OPEN:
            return
        card = self._detail.card
        try:
            done = Completion(
                self.when.moment("done_at"),
                Channel(self.told.chosen()) if self.told.chosen() else None,
                without_photo=self.reason.text() if not self.photos.stored() else "",
                note=self.note.text(),
            )
            said = self._desk.do(f"completed {card.reference}", self._complete, done)
        except Told as told:
            self._tell(told)
            return
        self._kept.forget()
        self._clear()
        self._detail = None
        self.open_requested.emit("repairs", Reported(card.id, card.reference, said, signposted=False))

    def take_photo(self) -> None:
        """Take a photo of the finished work; without a camera choose a file."""
        self._paper.setVisible(False)
        self._foot.setVisible(False)
        self._camera.setVisible(True)
        self._camera.setFocus()
        if not self._camera.start("The finished work, from where the fault was seen"):
            self._close_camera()
            self.photos.choose()

    def take_pictures(self, pictures: QMimeData) -> None:
        """Pictures that were pasted or dropped."""
        for load in pictures_in(pictures):
            self.photos.add(load)

    def _complete(self, session: object, done: Completion) -> str:
        assert self._detail is not None
        repair_id = self._detail.card.id
        for photo in self.photos.stored():
            attachments.attach(session, "repair", repair_id, photo, item_key=AFTER)  # type: ignore[arg-type]
        return repair_closing.complete(session, repair_id, done)  # type: ignore[arg-type]

    def _build(self) -> None:
        self._paper = QWidget()
        row = QHBoxLayout(self._paper)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        left, right = Scroll(), Scroll()
        self._before = Card("Before")
        self._none = Text("No photo was taken of the fault.", role="quiet", wrap=True)
        self._before.add(self._none)
        self._before.add(self._was)
        after = Card("After", "From where the fault was seen, so that the two can be laid side by side.")
        after.add(self.photos)
        for card in (after, self._before):
            left.column.addWidget(card)
        left.column.addStretch(1)
        facts = Card()
        facts.add(self.form)
        right.column.addWidget(facts)
        right.column.addStretch(1)
        row.addWidget(left, 1)
        row.addWidget(right, 1)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(QuietButton("Back", self._go_back, key="Esc", symbol="back"))
        foot.addStretch(1)
        self.save_button = PrimaryButton("It is done", self.save, key=shown_key("save"))
        foot.addWidget(self.save_button)
        self.body.addWidget(self._paper, 1)
        self.body.addWidget(self._foot)

    def _show_before(self) -> None:
        assert self._detail is not None
        cards = [one for one in self._detail.photos if one.item_key not in (AFTER, AFTER_BEFORE)]
        self._was.show_cards(cards)
        self._was.setVisible(bool(cards))
        self._none.setVisible(not cards)

    def _take(self, phrase: str) -> None:
        self.reason.setText(phrase)

    def _tell(self, told: Told) -> None:
        """Say what is wrong at its field; the one for no photo shows once it is asked for."""
        if told.field == "without_photo":
            self._ask_why(True)
        when = "time" if self.when.chosen() else "when"
        field = when if told.field == "done_at" else told.field
        if not self.form.tell(Told(told.message, told.hint, field=field)):
            self.notices.tell(told)
        if told.field == "without_photo":
            self.phrases.chips()[next(iter(self.phrases.chips()))].setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_why(self, ask: bool) -> None:
        for field in (self.form.fields["phrase"], self._without):
            field.setVisible(ask)

    def _clear(self) -> None:
        self.photos.clear()
        self.when.clear()
        self.phrases.choose("")
        self.told.choose("")
        for field in (self.form.fields["note"], self._without):
            field.put("")
        self._ask_why(False)

    def _restore(self) -> None:
        """Put back what a lock or Back left, if it was of this repair."""
        if self._detail is None or self._kept.repair != self._detail.card.id:
            return
        self.note.setText(self._kept.words.get("note", ""))
        self.reason.setText(self._kept.words.get("reason", ""))
        self.told.choose(self._kept.words.get("told", ""))
        self.photos.restore(self._kept.photos)
        self._ask_why(bool(self.reason.text()))

    def _go_back(self) -> None:
        if not self.back() and self._detail is not None:
            self.open_requested.emit("repairs", self._detail.card.id)

    def _close_camera(self) -> None:
        self._camera.setVisible(False)
        self._paper.setVisible(True)
        self._foot.setVisible(True)

    def _taken(self, image: QImage, stay: bool) -> None:
        self.photos.add(partial(encode, image))
        if not stay:
            self._close_camera()
            self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _after_photo(self) -> None:
        """Once there is a photo nobody is asked why there is none; save what waited for one."""
        if self.photos.stored():
            self._ask_why(False)
        if self._saving and not self.photos.waiting():
            self.save()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V pastes a copied picture."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.take_pictures(QGuiApplication.clipboard().mimeData())
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Pictures may be dropped anywhere on the page."""
        if pictures_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A picture was dropped."""
        self.take_pictures(event.mimeData())
        event.acceptProposedAction()
