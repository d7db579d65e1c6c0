"""A visit at the door: one question after another with big answers and keys, each on disk before the next is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.services import visit_faults, visit_photos, visit_saying, visit_walk, visit_walk_view
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_faults import Fault
from watmos_desktop.services.visit_form import Consent, Given, Step
from watmos_desktop.services.visit_saying import Say
from watmos_desktop.services.visit_walk_view import DoorWalk
from watmos_desktop.services.visits_due import DueVisit
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.page import Progress
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.pages.visits.door_cards import ConsentCard, QuestionCard, SayCard
from watmos_desktop.ui.pages.visits.door_end import DoneCard, EndCard
from watmos_desktop.ui.pages.visits.door_screens import DoorScreens
from watmos_desktop.ui.taking import MakeCamera

_KEYS = 9


class DoorPage(DoorScreens):
    """One visit under way. ``open`` takes a ``DueVisit``, which begins it, or the id of one that was begun.

    Nothing waits to be saved: ``Esc`` goes back to the list, and the visit resumes where it stopped.
    """

    def __init__(self, desk: Desk, *, camera: MakeCamera = CameraView, parent: QWidget | None = None) -> None:
        self._desk = desk
        self._walk: DoorWalk | None = None
        self._visit: UUID | None = None
        self._here: Step | Consent | None = None
        self.card: QuestionCard | ConsentCard | EndCard | DoneCard | None = None
        self.hide_button = QuietButton("Hide", self.hide_or_show, key=shown_key("curtain"))
        self.later_button = QuietButton("The rest another day", self.put_off)
        super().__init__(desk, camera, self.later_button, self.hide_button, parent=parent)
        self.progress = Progress("Answered")
        self._scroll = Scroll()
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.progress)
        column.addWidget(self._scroll, 1)
        self.photos.changed.connect(self._show_photos)
        keys: list[tuple[str, Callable[[], object]]] = [
            (f"door{number}", partial(self._press, number - 1)) for number in range(1, _KEYS + 1)
        ]
        keys += [
            ("door_on", self.go_on),
            ("door_back", self.go_back),
            ("door_skip", self.skip),
            ("door_same", self.same),
            ("door_photo", self.take_photo),
        ]
        self.put(shown, keys)

    # --- what the window calls ---

    def open(self, argument: object) -> None:
        """Begin or resume a visit."""
        self.close_screen()
        try:
            if isinstance(argument, DueVisit):
                self._visit = self._desk.do("began a visit", visit_walk.begin, argument)
            elif isinstance(argument, UUID):
                self._visit = argument
            self._read()
        except Told as told:
            self._walk = self._here = None
            self.notices.tell(told)
            return
        assert self._walk is not None
        self._show(self._walk.resumes or self._unasked())

    def place(self) -> object:
        """The visit's id: it knows its question itself."""
        return self._visit

    def leave(self) -> None:
        """Nothing of the visit stays on the page, and every photo on its way is on disk."""
        self._walk = self._here = None
        self.photos.forget()
        self._empty()

    def back(self) -> bool:
        """Esc uncovers the screen, or closes what is over it; else it pauses: everything is saved."""
        if not self.close_open():
            self.open_requested.emit("visits", "mine")
        return True

    # --- photos ---

    def visit_id(self) -> UUID | None:
        """The visit under way."""
        return self._visit

    def step(self) -> Step | None:
        """The question on the screen."""
        return self._here if isinstance(self._here, Step) and not self.covered() else None

    def take_focus(self) -> None:
        """To where one answers."""
        if self.card is not None:
            self.card.take_focus()

    def take_photo(self) -> None:
        """Take a photo for the question on the screen."""
        if isinstance(self.card, QuestionCard):
            self.photos.take()

    def _show_photos(self) -> None:
        walk, here = self._walk, self._here
        if walk is None or self._visit is None:
            return
        cards = self._desk.look(visit_photos.of, self._visit)
        room = here.room if isinstance(here, Step) else ""
        self.photos.show_of(
            visit_faults.rooms(walk.form),
            cards,
            visit_photos.words(walk.form, cards),
            room,
            shown=self._sees_photos(),
        )

    def _sees_photos(self) -> bool:
        """Where photos are seen again: at the questions about the home, and where they are agreed to."""
        here = self._here
        if isinstance(here, Step):
            return visit_photos.allowed(here.section, here.question)
        return isinstance(here, Consent) and here.key == visit_photos.CONSENT

    # --- what is done here ---

    def answer(self, values: tuple[str, ...]) -> None:
        """Save the answer to the question on the screen, and go on."""
        if isinstance(self._here, Step):
            if self._walk is not None and self._walk.answers.get(self._here.key) == Given(values):
                self.go_ahead()  # said again: when it was first seen stays
                return
            key, room = self._here.key
            self._do("answered at the door", visit_walk.answer, key, values, room)

    def go_ahead(self) -> None:
        """To the next question; what is on the screen is saved."""
        self._show(self._next())

    def keep(self, values: tuple[str, ...]) -> None:
        """Put an answer on disk, and stay."""
        if isinstance(self._here, Step):
            self._do("answered at the door", visit_walk.answer, self._here.question.key, values, stay=True)

    def keep_faults(self, faults: tuple[Fault, ...]) -> None:
        """Put what is broken on disk, and stay."""
        self.keep((visit_faults.written(faults),))

    def promise_of(self, fault: Fault) -> Say:
        """What is promised of something that is broken."""
        assert self._visit is not None
        return self._desk.look(visit_saying.of_fault, self._visit, fault)

    def consent(self, given: bool) -> None:
        """Save one consent, and go on."""
        if isinstance(self._here, Consent):
            self._do("asked for a consent", visit_walk.consent, self._here.key, given)

    def leave_out(self, reason: str) -> None:
        """Skip the question on the screen, with the reason."""
        if isinstance(self._here, Step):
            key, room = self._here.key
            self._do("skipped a question", visit_walk.skip, key, reason, room)

    def same(self) -> None:
        """Confirm last time's answer."""
        if isinstance(self._here, Step) and isinstance(self.card, QuestionCard) and self.card.same_button:
            self._do("confirmed last time's answer", visit_walk.same_as_last, *self._here.key)

    def skip(self) -> None:
        """Show the reasons for which a question may be left out."""
        if isinstance(self.card, QuestionCard) and not self.covered():
            self.card.show_reasons()

    def go_on(self) -> None:
        """Save what is chosen or written; at the end, complete the visit."""
        if self.covered():
            return
        if isinstance(self.card, QuestionCard):
            self.card.save()
        elif isinstance(self.card, EndCard):
            self.complete()

    def go_back(self) -> None:
        """Show the question before, with its answer."""
        if self._walk is None or self.covered() or self._walk.status is not VisitStatus.UNDER_WAY:
            return
        course: list[Step | Consent] = [*self._walk.steps, *self._walk.form.consents]
        keys = [one.key for one in course]
        here = keys.index(self._here.key) if self._here is not None and self._here.key in keys else len(keys)
        if here > 0:
            self._show(course[here - 1])

    def put_off(self) -> None:
        """The rest another day: back to what is to do."""
        self._do("put the rest of a visit off", visit_walk.put_off, stay=True)
        if self._walk is not None and self._walk.status is VisitStatus.PLANNED:
            self.open_requested.emit("visits", "now")

    def what_comes(self) -> None:
        """To what will be made of the answers, or what came of them."""
        self.open_requested.emit("visit_after", self._visit)

    def complete(self) -> None:
        """Sign and seal; what is missing is said, and where."""
        card, visit_id = self.card, self._visit
        if not isinstance(card, EndCard) or visit_id is None:
            return
        signed, unsigned = card.signed(), card.unsigned()

        def finish(session: Any) -> None:
            for name, strokes, person_id in signed:
                visit_walk.sign(session, visit_id, name, strokes, person_id)
            visit_walk.complete(session, visit_id, unsigned)

        try:
            self._desk.seal("completed a visit", finish)
            self._read()
        except Told as told:
            if not card.tell(told):
                self.notices.tell(told)
            return
        self._show(None)

    # --- how it is shown ---

    def _press(self, number: int) -> None:
        if self.card is not None and not self.covered():
            self.card.press(number)

    def _do(self, why: str, change: Any, *args: object, stay: bool = False) -> None:
        if self._visit is None or self.covered():
            return
        try:
            self._desk.do(why, change, self._visit, *args)
            self._read()
        except Told as told:
            self.notices.tell(told)
            return
        if not stay:
            here = self._here
            said = (
                self._desk.look(visit_saying.after, self._visit, here.key) if isinstance(here, Step) else ()
            )
            self._show(self._next(), said if self._asks_on() else ())

    def _asks_on(self) -> bool:
        """Whether a question comes next: whoever signs or agrees does not read what was found."""
        return isinstance(self._next(), Step)

    def _read(self) -> None:
        assert self._visit is not None
        self._walk = walk = self._desk.look(visit_walk_view.load, self._visit)
        self.notices.clear()
        total = len(walk.steps) + len(walk.form.consents)
        done = total - len(walk.missing) - sum(one.key not in walk.consents for one in walk.form.consents)
        self.progress.show_part(done, total)
        said = f"{walk.address} · {walk.reference} · {done} of {total} answered, all saved"
        self.head.say(walk.what, said)
        self.later_button.setVisible(walk.status is VisitStatus.UNDER_WAY)

    def _next(self) -> Step | Consent | None:
        """The next question without an answer, from here on and then from the start; then consents; then the end."""
        assert self._walk is not None
        here = self._here.key if isinstance(self._here, Step) else None
        keys = [step.key for step in self._walk.steps]
        at = keys.index(here) if here in keys else -1
        missing = list(self._walk.missing)
        return next((one for one in missing if keys.index(one.key) > at), None) or next(
            iter(missing), self._unasked()
        )

    def _unasked(self) -> Consent | None:
        assert self._walk is not None
        asked = self._walk.consents
        return next((one for one in self._walk.form.consents if one.key not in asked), None)

    def _show(self, one: Step | Consent | None, said: tuple[Say, ...] = ()) -> None:
        walk = self._walk
        assert walk is not None and self._visit is not None
        self._here = one
        self._empty()
        if walk.status is VisitStatus.COMPLETED:
            self.card = DoneCard(walk, lambda: self.open_requested.emit("visits", "now"), self.what_comes)
        elif isinstance(one, Step):
            self.card = QuestionCard(self, walk, one)
            with self._desk.store.write("where a visit is", undoable=False) as session:
                visit_walk.move(session, self._visit, *one.key)
        elif isinstance(one, Consent):
            self.card = ConsentCard(self, walk, one)
        else:
            self.card = EndCard(self, walk)
        if said:
            self._scroll.column.addWidget(SayCard(said))
        self._scroll.column.addWidget(self.card)
        self._scroll.column.addWidget(self.photos)
        self._scroll.column.addStretch(1)
        self._show_photos()
        self.card.take_focus()

    def _empty(self) -> None:
        self.card = None
        while (item := self._scroll.column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                if widget is not self.photos:
                    widget.deleteLater()
