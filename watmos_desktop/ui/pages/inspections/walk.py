"""The walk: one item after another with big answers, each on disk before the next frame is painted (N1, N2, N3)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from watmos_desktop.models.kinds import InspectionStatus, NotScored, Scorer, Sighting
from watmos_desktop.services import attachments, walk, wording
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.repairs import RepairDraft
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.marks import Mark
from watmos_desktop.ui.kit.page import Page, Progress
from watmos_desktop.ui.pages.inspections import joint, steps
from watmos_desktop.ui.pages.inspections.course import POOR, Course
from watmos_desktop.ui.pages.inspections.joint import InviteScreen
from watmos_desktop.ui.pages.inspections.pictures import LARGE, Pictures, plain_marks
from watmos_desktop.ui.pages.inspections.repair_form import RepairScreen
from watmos_desktop.ui.pages.inspections.walk_photos import (
    CameraScreen,
    Intake,
    MakeCamera,
    PhotoScreen,
    as_bytes,
    choose_files,
    pictures_in,
    read_file,
)
from watmos_desktop.ui.pages.inspections.walk_screen import WalkScreen

_WIDE = 900
_KEEP_AFTER = 800  # ms after the last key, a note being typed is on disk too


class WalkPage(Page):
    """One inspection being walked; ``open(id)`` or ``open((id, item_key))``.

    ``camera`` makes the camera's view. Emits ``open_requested`` with today, signoff or report.
    """

    def __init__(self, desk: Desk, *, camera: MakeCamera = CameraView, parent: QWidget | None = None) -> None:
        self.pause_button = QuietButton("Pause", self._pause, key="Esc", tip="Everything is saved")
        self.finish_button = QuietButton("Finish", self.finish, key=shown_key("finish"))
        super().__init__("Walk", "", self.pause_button, self.finish_button, parent=parent)
        self._desk = desk
        self._course: Course | None = None
        self._resumed = False
        self._said = ""
        self._for_later = False
        self._told = False
        self.pictures = Pictures(desk, self)
        self.intake = Intake(desk, self)
        self.progress = Progress("Answered")
        self.main = WalkScreen(self, self.pictures)
        self.camera = CameraScreen(camera, self._photo_taken, self._choose_files, self._close)
        self.photo = PhotoScreen(self._photo_done)
        self.repair = RepairScreen(self._save_repair, self._give_up_repair)
        self.people = InviteScreen(self._invited, self._close)
        self.stack = QStackedWidget()
        for screen in (self.main, self.camera, self.photo, self.repair, self.people):
            self.stack.addWidget(screen)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.stack, 1)
        self.setAcceptDrops(True)
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_AFTER)
        self._keep.timeout.connect(self._keep_words)
        self.main.card.note.textChanged.connect(self._keep.start)
        self.repair.form.edited.connect(self._keep.start)
        self.pictures.ready.connect(self._show_pictures)
        self.intake.added.connect(self._photo_added)
        self.intake.refused.connect(self._refuse)

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
            self._course = None
            self.notices.tell(error)
            return
        if course.walk.status is not InspectionStatus.DRAFT:
            self.open_requested.emit("report", inspection_id)
            return
        self._course = course
        self._resumed = not item_key and (
            bool(course.walk.mine) or steps.number(course.walk, course.item_key) > 1
        )
        self._said = ""
        self._show(self.main)
        self._step(lambda: course.go(item_key or course.item_key), keep_resumed=True)
        self.main.take_focus()
        if course.drafts.repair_item in course.walk.mine:
            self._step(lambda: course.go(course.drafts.repair_item), keep_resumed=True)
            self.edit_repair()

    def place(self) -> object:
        """The walk's id: it knows its item itself."""
        return self._course.id if self._course else None

    def leave(self) -> None:
        """Words being typed and photos on their way are on disk before the page is emptied."""
        self._keep_words()
        self.intake.wait()
        self._course = None
        self.pictures.forget()

    def back(self) -> bool:
        """Esc closes what is open; from the item it pauses."""
        card = self.main.card
        if self.stack.currentWidget() is self.repair:
            self._give_up_repair()
        elif self.stack.currentWidget() is self.photo:
            self._photo_done(self.photo.caption.text().strip(), self.photo.editor.view.marks())
        elif self.stack.currentWidget() is not self.main:
            self._close()
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
        if self.stack.currentWidget() is self.photo:
            return self.photo.editor.view.undo()
        if self._course is None or self.stack.currentWidget() is not self.main or self.notices.undo():
            return True
        course = self._course

        def take_back() -> None:
            words = course.undo()
            self._said = f"took back: {words}" if words else "nothing to take back"

        try:
            self._step(take_back)
        except NotFound:  # the walk itself was the last step
            self._course = None
            self.open_requested.emit("today", None)
        return True

    def item_key(self) -> str:
        """The key of the item on show, "" for none."""
        return self._course.item_key if self._course else ""

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
        if self._course is not None and self._course.carried is None:
            self.main.card.open_reason()

    def not_seen(self, reason: str) -> None:
        """It could not be seen."""
        self._on_item(lambda course: course.not_scored(NotScored.NOT_SEEN, reason))

    def rest_ok(self) -> None:
        """Answer the rest of the area at once, safety items aside."""

        def mark(course: Course) -> None:
            name, count = course.area.name, course.rest_ok()
            if count:
                self._said = f"{wording.count(count, 'item')} marked OK in {name}"
            elif course.area.name == name and course.given is None:
                self._said = "safety items are looked at one by one"

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
        course = self._course
        if course is None:
            return
        if course.carried is None and (
            not course.walk.missing() or not steps.following(course.walk, course.item_key)
        ):
            self.finish()
        else:
            self._on_course(lambda course: course.onward())

    def backward(self) -> None:
        """Go to the item before."""
        self._on_course(lambda course: course.backward())

    def edit_note(self) -> None:
        """Open the note."""
        course = self._course
        if course is not None and course.carried is None and course.scorer is Scorer.OFFICER:
            self.main.card.open_note(course.note)

    def keep_note(self) -> None:
        """Save the note and close it; it stays open, with the words, when it cannot be saved."""
        text, course = self.main.card.note.toPlainText(), self._course
        if course is not None and self._try(lambda: course.write_note(text)):
            self.main.card.close_fields()
            self.refresh()
            self.main.take_focus()

    def edit_repair(self) -> None:
        """Open the item's repair to raise or change it."""
        course = self._course
        if course is None or course.carried is not None or course.scorer is Scorer.AMBASSADOR:
            return
        if course.given is None or not (course.given.phrase_key or course.given.grade in POOR):
            self.notices.say(
                "Grade this item C or D, or choose what is wrong, first.",
                "Then the repair has a place to go.",
            )
            return
        self._keep_words()
        kept = course.drafts.repair if course.drafts.repair_item == course.item_key else {}
        self._show(self.repair)
        self.repair.show_repair(
            course.walk, course.item, course.area.name, self._desk.store.clock.now(), kept
        )

    def show_photobook(self) -> None:
        """Show or hide what each answer looks like."""
        book = self.main.side.photobook
        if self._course is not None and book.isHidden():
            book.show_item(self._course.item)
            book.setVisible(True)
        else:
            book.setVisible(False)

    def join(self, repair_id: UUID) -> None:
        """Add the defect on show to an open repair."""
        self._on_item(lambda course: course.join(repair_id))

    def invite(self) -> None:
        """Say who walks along."""
        if self._course is not None:
            self._show(self.people)
            self.people.show_people(joint.ambassadors(self._desk))

    def hand_over(self) -> None:
        """Let the other one grade; without anyone along, ask who."""
        course = self._course
        if course is None:
            return
        if not course.walk.joint:
            self.invite()
            return
        self._on_course(lambda course: course.hand_over())
        if course.scorer is Scorer.AMBASSADOR:
            who = course.walk.companion
            step = "Each grade stays hidden from the other until both are given."
            self.notices.say(
                f"{who} grades now.", step, Tone.INFO, f"Hand back  {shown_key('hand_over')}", self.hand_over
            )
        else:
            self.notices.clear()

    def finish(self) -> None:
        """Go and sign; a note being typed is saved first."""
        if self._course is None:
            return
        if self.main.card.note_is_open():
            self.keep_note()
            return
        self._keep_words()
        self.open_requested.emit("signoff", self._course.id)

    # Photos

    def take_photo(self) -> None:
        """Take a photo of the item on show; without a camera choose a file."""
        if (
            self._course is not None
            and self._course.carried is None
            and self._course.scorer is Scorer.OFFICER
        ):
            self._open_camera(later=False)

    def photo_later(self) -> None:
        """Take a photo now and say later of what."""
        if self._course is not None and self._course.scorer is Scorer.OFFICER:
            self._open_camera(later=True)

    def place_photo(self, photo_id: UUID) -> None:
        """Give a photo of the tray the item on show."""
        self._on_item(
            lambda course: self._desk.do(
                "placed a photo", walk.place_photo, course.id, photo_id, course.item_key
            )
        )
        self._reload()

    def open_photo(self, key: Hashable) -> None:
        """Show a photo large, to draw on it and say what it shows."""
        card = next((one for one in self._photos() if one.id == key), None)
        if card is not None and self._try(
            lambda: self.photo.show_photo(card, self.pictures.whole(card.sha256))
        ):
            self._show(self.photo)
            self.photo.editor.view.setFocus()

    def remove_photo(self, key: Hashable) -> None:
        """Take a photo off the record; six seconds to put it back."""
        if isinstance(key, UUID) and self._try(
            lambda: self._desk.do("removed a photo", attachments.remove, key)
        ):
            self._reload()
            self.notices.offer_undo("Photo removed.", self._put_photo_back)

    def _put_photo_back(self) -> None:
        self._desk.undo()
        self._reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence says as much as there is room for."""
        super().resizeEvent(event)
        if self._course is not None:
            self._say_head()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V puts a copied picture on the item."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._add(pictures_in(QGuiApplication.clipboard().mimeData()))
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Pictures may be dropped anywhere on the walk."""
        if pictures_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A dropped picture goes to the item on show."""
        self._add(pictures_in(event.mimeData()))
        event.acceptProposedAction()

    def _open_camera(self, *, later: bool) -> None:
        assert self._course is not None
        self._for_later = later
        self._show(self.camera)
        if not self.camera.start("A photo to place later" if later else self._course.item.name):
            self._close()
            self._choose_files()

    def _choose_files(self) -> None:
        def take(paths: Sequence[Path]) -> None:
            self._add([partial(read_file, path) for path in paths])

        choose_files(self, take)

    def _photo_taken(self, image: QImage, stay: bool) -> None:
        self._add([as_bytes(image)])
        if not stay:
            self._close()

    def _add(self, loaders: Sequence[Callable[[], bytes]]) -> None:
        if self._course is None:
            return
        item_key = "" if self._for_later else self._course.item_key
        for load in loaders:
            self.intake.add(self._course.id, item_key, load)
        self.refresh()

    def _photo_added(self) -> None:
        self._reload()

    def _refuse(self, error: BaseException) -> None:
        self.refresh()
        self.notices.tell(error)

    def _photo_done(self, caption: str, marks: tuple[Mark, ...]) -> None:
        card = self.photo.card
        if card is not None and (caption, plain_marks(marks)) != (
            card.caption,
            [dict(one) for one in card.marks],
        ):
            describe = attachments.describe
            if not self._try(
                lambda: self._desk.do(
                    "drew on a photo", describe, card.id, caption=caption, marks=plain_marks(marks)
                )
            ):
                return
            self._reload()
        self._close()

    def _photos(self) -> list[attachments.PhotoCard]:
        course = self._course
        return (
            [*course.walk.photos.get(course.item_key, ()), *course.walk.photos.get("", ())] if course else []
        )

    # Behind it all

    def refresh(self) -> None:
        """Show the walk as it stands."""
        if self._course is None:
            return
        course, main = self._course, self.main
        walk_, item, area, carried = course.walk, course.item, course.area, course.carried
        self._say_head()
        self.progress.show_part(len(walk_.mine), len(walk_.template.items))
        main.chips.show_walk(walk_, area.key)
        main.show_carried(carried is not None)
        if carried is not None:
            photos = self.pictures.photos(carried.photos[-1:], LARGE)
            main.carried.show_defect(carried, photos[0] if photos else None)
        else:
            photos = self.pictures.photos(walk_.photos.get(item.key, ()))
            main.card.show_item(walk_, item, photos, course.note)
        officer = course.scorer is Scorer.OFFICER
        side = main.side
        side.repair.show_repair(walk_, item)
        side.open.show_open(course.open_here() if carried is None else ())
        side.tray.show_tray(walk_.photos.get("", ()) if officer else ())
        side.area.show_area(walk_, area, item.key)
        if not side.photobook.isHidden():
            side.photobook.show_item(item)
        for button in (main.note, main.photo):
            button.setVisible(officer)
        if not officer:
            side.repair.setVisible(False)
        main.next.say("Next" if carried is not None or walk_.missing() else "Finish")

    def _say_head(self) -> None:
        assert self._course is not None
        place, area = self._course.walk.place.name, self._course.area.name
        self.head.say(f"{place} · {area}", self._sentence())

    def _sentence(self) -> str:
        assert self._course is not None
        walk_ = self._course.walk
        number, total = steps.number(walk_, self._course.item_key), len(walk_.template.items)
        parts = [f"Resumed at item {number} of {total}" if self._resumed else f"Item {number} of {total}"]
        if waiting := self.intake.waiting():
            parts.append(f"saving {wording.count(waiting, 'photo')}")
        if walk_.saved_at is not None:
            parts.append(f"saved {wording.clock_time(walk_.saved_at)}")
        if self._said:
            parts.append(self._said)
        elif walk_.joint and self._course.scorer is Scorer.OFFICER:
            hidden = " (hidden until you both have)" if self.width() > _WIDE * look().scale else ""
            parts.append(f"{walk_.companion} is scoring too{hidden}")
        return " · ".join(parts)

    def _on_item(self, run: Callable[[Course], object]) -> None:
        """Do something to the item on show, unless an earlier defect hides it."""
        if self._course is not None and self._course.carried is None:
            self._on_course(run)

    def _on_course(self, run: Callable[[Course], object]) -> None:
        course = self._course
        if course is not None:
            self._keep_words()
            self._step(lambda: run(course))

    def _step(self, run: Callable[[], object], *, keep_resumed: bool = False) -> None:
        """Take a step and show where it led; the focus returns to the card when that is another one."""
        course = self._course
        assert course is not None
        if not keep_resumed:
            self._resumed, self._said = False, ""
        before = (course.item_key, course.carried)
        if not self._try(run):
            return
        self.refresh()
        focused = QApplication.focusWidget()
        inside = focused is not None and self.isAncestorOf(focused) and focused.isVisible()
        if (course.item_key, course.carried) != before or not inside:
            self.main.card.close_fields()
            self.main.take_focus()

    def _try(self, run: Callable[[], object]) -> bool:
        """Run it; what goes wrong is said at its field, and what was typed stays."""
        if self._told:
            self._told = False
            self.notices.clear()
        try:
            run()
        except NotFound:
            raise
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

    def _keep_words(self) -> None:
        """What is being typed goes to the disk as a draft."""
        course = self._course
        if course is None:
            return
        if self.main.card.note_is_open():
            course.drafts.notes[course.item_key] = self.main.card.note.toPlainText()
        if self.stack.currentWidget() is self.repair:
            course.drafts.repair, course.drafts.repair_item = self.repair.values(), course.item_key
        self._try(course.drafts.keep)

    def _save_repair(self, draft: RepairDraft) -> None:
        course = self._course
        if course is None:
            return
        try:
            course.raise_repair(draft)
        except Told as error:
            if not self.repair.tell(error):
                self.notices.tell(error)
            return
        self._close()

    def _give_up_repair(self) -> None:
        if self._course is not None:
            self._course.drafts.drop_repair()
            self._close()
            self._keep_words()

    def _invited(self, staff_id: UUID | None, name: str) -> None:
        course = self._course
        if course is None:
            return
        try:
            course.invite(staff_id, name)
        except Told as error:
            self.people.field.show_error(str(error))
            return
        self._close()

    def _close(self) -> None:
        self._show(self.main)
        self.refresh()
        self.main.take_focus()

    def _show(self, screen: QWidget) -> None:
        self.stack.setCurrentWidget(screen)
        self.main.take_focus() if screen is self.main else screen.setFocus()

    def _pause(self) -> None:
        self._keep_words()
        self.open_requested.emit("today", None)

    def _reload(self) -> None:
        if self._course is not None:
            self._course.reload()
            self.refresh()

    def _show_pictures(self) -> None:
        if self._course is not None:
            self.main.side.open.show_open((), again=True)
            self.refresh()
