"""The walk: one item after another with big answers, each on disk before the next frame is painted (N1, N2, N3)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from watmos_desktop.models.kinds import InspectionStatus, NotScored, Scorer, Sighting
from watmos_desktop.services import wording
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.page import Progress
from watmos_desktop.ui.pages.inspections import steps, walk_head
from watmos_desktop.ui.pages.inspections.course import Course
from watmos_desktop.ui.pages.inspections.detours import Detours
from watmos_desktop.ui.pages.inspections.dropping import PicturePage
from watmos_desktop.ui.pages.inspections.photo_work import PhotoWork
from watmos_desktop.ui.pages.inspections.pictures import Pictures
from watmos_desktop.ui.pages.inspections.walk_screen import WalkScreen
from watmos_desktop.ui.taking import MakeCamera

_KEEP_AFTER = 800  # ms after the last key, what is being typed is on disk too
_WIDE = 900


class WalkPage(PicturePage):
    """One inspection being walked; ``open(id)`` or ``open((id, item_key))``.

    ``camera`` makes the camera's view. Emits ``open_requested`` with today, signoff or report.
    """

    def __init__(self, desk: Desk, *, camera: MakeCamera = CameraView, parent: QWidget | None = None) -> None:
        self.pause_button = QuietButton("Pause", self._pause, key="Esc", tip="Everything is saved")
        self.finish_button = QuietButton("Finish", self.finish, key=shown_key("finish"))
        super().__init__("Walk", "", self.pause_button, self.finish_button, parent=parent)
        self.course: Course | None = None
        self._desk = desk
        self._resumed = self._told = False
        self._said = ""
        self.pictures = Pictures(desk, self)
        self.photos = PhotoWork(self, desk, self.pictures, camera, self)
        self.detours = Detours(self, desk)
        self.progress = Progress("Answered")
        self.main = WalkScreen(self, self.photos, self.pictures)
        self.stack = QStackedWidget()
        for screen in (
            self.main,
            self.photos.camera,
            self.photos.photo,
            self.detours.repair,
            self.detours.people,
        ):
            self.stack.addWidget(screen)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.stack, 1)
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_AFTER)
        self._keep.timeout.connect(self._keep_words)
        self.main.card.note.textChanged.connect(self._keep.start)
        self.detours.repair.form.edited.connect(self._keep.start)
        self.pictures.ready.connect(self._show_pictures)

    # What the window calls

    def open(self, argument: object) -> None:
        """Show a walk where it was left, or at an item."""
        inspection_id, item_key = argument if isinstance(argument, tuple) else (argument, "")
        if not isinstance(inspection_id, UUID):
            return
        self.notices.clear()
        try:
            course = Course(self._desk, inspection_id)
        except NotFound as error:
            self.course = None
            self.notices.tell(error)
            return
        if course.walk.status is not InspectionStatus.DRAFT:
            self.open_requested.emit("report", inspection_id)
            return
        self.course, self._said = course, ""
        begun = bool(course.walk.mine) or steps.number(course.walk, course.item_key) > 1
        self._resumed = begun and not item_key
        self.attempt(lambda: course.go(item_key or course.item_key))
        self.attempt(course.settle_drafts)
        self.close_screen()
        if course.drafts.repair_item in course.walk.mine:
            self.attempt(lambda: course.go(course.drafts.repair_item))
            self.edit_repair()

    def place(self) -> object:
        """The walk's id: it knows its item itself."""
        return self.course.id if self.course else None

    def leave(self) -> None:
        """Words being typed and photos on their way are on disk before the page is emptied."""
        self._keep_words()
        self.photos.intake.wait()
        self.course = None
        self.pictures.forget()

    def back(self) -> bool:
        """Esc closes what is open; from the item it pauses."""
        card, shown = self.main.card, self.stack.currentWidget()
        if shown is self.detours.repair:
            self.detours.leave_repair()
        elif shown is self.photos.photo:
            self.photos.close_photo()
        elif shown is not self.main:
            self.close_screen()
        elif card.note_is_open():
            self.keep_note()
        elif not card.reason_field.isHidden():
            card.close_fields()
            self.main.take_focus()
        elif not self.main.side.photobook.isHidden():
            self.show_photobook()
        else:
            self._pause()
        return True

    def undo(self) -> bool:
        """Take the last step back and show where it was."""
        if self.stack.currentWidget() is self.photos.photo:
            return self.photos.photo.editor.view.undo()
        course = self.course
        if course is None or self.stack.currentWidget() is not self.main or self.notices.undo():
            return True

        def take_back() -> None:
            words = course.undo()
            self._said = f"took back: {words}" if words else "nothing to take back"

        self._step(take_back)
        return True

    def item_key(self) -> str:
        """The key of the item on show, "" for none."""
        return self.course.item_key if self.course else ""

    # What the screen asks for

    def answer(self, value: str) -> None:
        """Give the item on show this value."""
        self._on_item(lambda course: course.answer(value))

    def phrase(self, key: str) -> None:
        """Say by a phrase what is wrong with it."""
        self._on_item(lambda course: course.phrase(key))

    def not_applicable(self) -> None:
        """There is none here."""
        self._on_item(lambda course: course.not_scored(NotScored.NOT_APPLICABLE))

    def ask_why_not_seen(self) -> None:
        """Open the field for the reason."""
        if self.course is not None and self.course.carried is None:
            self.main.card.open_reason()

    def not_seen(self, reason: str) -> None:
        """It could not be seen."""
        self._on_item(lambda course: course.not_scored(NotScored.NOT_SEEN, reason))

    def rest_ok(self) -> None:
        """Answer the rest of the area at once, safety items aside."""

        def mark(course: Course) -> None:
            area = course.area
            if count := course.rest_ok():
                self._said = f"{wording.count(count, 'item')} marked OK in {area.name}"
            elif course.area is area and course.given is None:
                self._said = "what is left here is looked at one by one"

        self._on_course(mark)

    def look_again(self, found: Sighting) -> None:
        """Say what became of the earlier defect on show."""
        self._on_course(lambda course: course.look_again(found))

    def go(self, item_key: str) -> None:
        """Show an item."""
        self._on_course(lambda course: course.go(item_key))

    def go_area(self, area_key: str) -> None:
        """Show the first open item of an area."""
        self._on_course(lambda course: course.go_area(area_key))

    def onward(self) -> None:
        """Go to the next item; finish when nothing is left to answer or to go to."""
        course = self.course
        if course is None:
            return
        last = not steps.following(course.walk, course.item_key)
        if course.carried is None and (last or not course.walk.missing()):
            self.finish()
        else:
            self._on_course(lambda course: course.onward())

    def backward(self) -> None:
        """Go to the item before."""
        self._on_course(lambda course: course.backward())

    def edit_note(self) -> None:
        """Open the note."""
        course = self.course
        if course is not None and course.carried is None and course.scorer is Scorer.OFFICER:
            self.main.card.open_note(course.note)

    def keep_note(self) -> None:
        """Save the note and close it; it stays open, with the words, when it cannot be saved."""
        if self._save_note():
            self.close_screen()

    def edit_repair(self) -> None:
        """Open the item's repair to raise or change it."""
        if self._save_note():
            self.detours.edit_repair()

    def show_photobook(self) -> None:
        """Show or hide what each answer looks like."""
        book = self.main.side.photobook
        show = self.course is not None and book.isHidden()
        if show and self.course is not None:
            book.show_item(self.course.item)
        book.setVisible(show)

    def join(self, repair_id: UUID) -> None:
        """Add the defect on show to an open repair."""
        self._on_item(lambda course: course.join(repair_id))

    def invite(self) -> None:
        """Say who walks along."""
        self.detours.invite()

    def hand_over(self) -> None:
        """Let the other one grade; without anyone along, ask who."""
        course = self.course
        if course is None or not course.walk.joint:
            self.invite()
            return
        self._on_course(lambda course: course.hand_over())
        self.notices.clear()
        if course.scorer is Scorer.AMBASSADOR:
            who, back = course.walk.companion, f"Hand back  {shown_key('hand_over')}"
            step = "Each grade stays hidden from the other until both are given."
            self.notices.say(f"{who} grades now.", step, Tone.INFO, back, self.hand_over)

    def finish(self) -> None:
        """Go and sign; a note being typed is saved first."""
        if self.course is None:
            return
        if self.main.card.note_is_open():
            self.keep_note()
        else:
            self.open_requested.emit("signoff", self.course.id)

    # What comes to the page itself

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence says as much as there is room for."""
        super().resizeEvent(event)
        self._say_head()

    def take_pictures(self, pictures: QMimeData) -> None:
        """Pictures dropped or pasted go to the item on show."""
        self.photos.take_in(pictures)

    # What the parts of the page use

    def show_screen(self, screen: QWidget) -> None:
        """Put a screen over the walk."""
        self.stack.setCurrentWidget(screen)
        screen.setFocus()

    def close_screen(self) -> None:
        """Back to the item."""
        self.stack.setCurrentWidget(self.main)
        self.main.card.close_fields()
        self.refresh()
        self.main.take_focus()

    def attempt(self, run: Callable[[], object]) -> bool:
        """Run it; what cannot be done is said at its field, and what was typed stays."""
        if self._told:
            self._told = False
            self.notices.clear()
        try:
            run()
        except Told as error:
            card = self.main.card
            field = {"note": card.note_field, "reason": card.reason_field}.get(error.field)
            if field is not None and field.isVisible():
                field.show_error(str(error))
            else:
                self.notices.tell(error)
                self._told = True
            return False
        return True

    def reload(self) -> None:
        """Read the walk again and show it."""
        if self.course is not None:
            self.course.reload()
            self.refresh()

    def show_photos(self) -> None:
        """Show its photos as they stand, and nothing else anew."""
        if self.course is not None:
            self._say_head()
            self.main.show_photos(self.course)

    def refresh(self) -> None:
        """Show the walk as it stands."""
        if self.course is not None:
            self._say_head()
            walk = self.course.walk
            self.progress.show_part(len(walk.mine), len(walk.template.items))
            self.main.show_course(self.course)

    def _say_head(self) -> None:
        if self.course is not None:
            place, area = self.course.walk.place.name, self.course.area.name
            sentence = walk_head.sentence(
                self.course,
                resumed=self._resumed,
                saving=self.photos.intake.waiting(),
                said=self._said,
                roomy=self.width() > _WIDE * look().scale,
            )
            self.head.say(f"{place} · {area}", sentence)

    def _on_item(self, run: Callable[[Course], object]) -> None:
        """Do something to the item on show, unless an earlier defect hides it."""
        if self.course is not None and self.course.carried is None:
            self._on_course(run)

    def _on_course(self, run: Callable[[Course], object]) -> None:
        course = self.course
        if course is not None and self._save_note():
            self._step(lambda: run(course))

    def _step(self, run: Callable[[], object]) -> None:
        """Take a step and show where it led; the focus returns to the name when that is another one."""
        course = self.course
        assert course is not None
        self._resumed, self._said = False, ""
        before = (course.item_key, course.carried)
        if not self.attempt(run):
            return
        self.refresh()
        focused = QApplication.focusWidget()
        inside = focused is not None and self.isAncestorOf(focused) and focused.isVisible()
        if (course.item_key, course.carried) != before or not inside:
            self.main.card.close_fields()
            self.main.take_focus()

    def _save_note(self) -> bool:
        """A note being written is saved; False, with the words still there, when it cannot be."""
        card, course = self.main.card, self.course
        if course is None or not card.note_is_open():
            return True
        return self.attempt(lambda: course.write_note(card.note.toPlainText()))

    def _keep_words(self) -> None:
        """What is being typed goes to the disk as a draft."""
        course = self.course
        if course is None:
            return
        if self.main.card.note_is_open():
            course.drafts.notes[course.item_key] = self.main.card.note.toPlainText()
            self.attempt(course.drafts.keep)
        if self.stack.currentWidget() is self.detours.repair:
            self.detours.keep_repair()

    def _pause(self) -> None:
        if self._save_note():
            self.open_requested.emit("today", None)

    def _show_pictures(self) -> None:
        if self.course is not None:
            self.main.show_pictures(self.course)
