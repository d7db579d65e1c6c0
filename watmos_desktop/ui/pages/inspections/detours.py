"""The two forms over the walk: the repair in the officer's own words, and who walks along."""

from __future__ import annotations

from uuid import UUID

from watmos_desktop.models.kinds import Scorer
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_raising import RepairDraft
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.inspections import joint
from watmos_desktop.ui.pages.inspections.course import POOR
from watmos_desktop.ui.pages.inspections.joint import InviteScreen
from watmos_desktop.ui.pages.inspections.photo_work import Ground
from watmos_desktop.ui.pages.inspections.repair_form import RepairScreen


class Detours:
    """``repair`` and ``people`` are screens of the walk's page; each saves and goes back to the item."""

    def __init__(self, ground: Ground, desk: Desk) -> None:
        self._ground, self._desk = ground, desk
        self.repair = RepairScreen(self._save, self.leave_repair)
        self.people = InviteScreen(self._invited, ground.close_screen)

    def edit_repair(self) -> None:
        """Open the item's repair to raise or change it."""
        course = self._ground.course
        if course is None or course.carried is not None or course.scorer is Scorer.AMBASSADOR:
            return
        if course.given is None or not (course.given.phrase_key or course.given.grade in POOR):
            self._ground.notices.say(
                "Grade this item C or D, or choose what is wrong, first.",
                "Then the repair has a place to go.",
            )
            return
        kept = course.drafts.repair if course.drafts.repair_item == course.item_key else {}
        self._ground.show_screen(self.repair)
        now = self._desk.store.clock.now()
        self.repair.show_repair(course.walk, course.item, course.area.name, now, kept)
        self.keep_repair()

    def keep_repair(self) -> None:
        """The form as it stands goes to the disk: it opens again with these words after a lock."""
        course = self._ground.course
        if course is not None:
            course.drafts.repair, course.drafts.repair_item = self.repair.values(), course.item_key
            self._ground.attempt(course.drafts.keep)

    def leave_repair(self) -> None:
        """Back to the item without saving; the repair stays as it was."""
        course = self._ground.course
        if course is not None:
            course.drafts.drop_repair()
            self._ground.attempt(course.drafts.keep)
        self._ground.close_screen()

    def invite(self) -> None:
        """Ask who walks along."""
        if self._ground.course is not None:
            self._ground.show_screen(self.people)
            self.people.show_people(joint.ambassadors(self._desk))

    def _save(self, draft: RepairDraft) -> None:
        course = self._ground.course
        if course is None:
            return
        try:
            course.raise_repair(draft)
        except Told as error:
            if not self.repair.tell(error):
                self._ground.notices.tell(error)
            return
        self._ground.close_screen()

    def _invited(self, staff_id: UUID | None, name: str) -> None:
        course = self._ground.course
        if course is None:
            return
        try:
            course.invite(staff_id, name)
        except Told as error:
            self.people.field.show_error(str(error))
            return
        self._ground.close_screen()
