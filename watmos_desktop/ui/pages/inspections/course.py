"""A walk under way: where it is, and every step as one write that also says where it goes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from watmos_desktop.models.kinds import Grade, NotScored, Scorer, Sighting
from watmos_desktop.services import attachments, defects, photobook, repairs, walk, walk_view
from watmos_desktop.services.errors import Told
from watmos_desktop.services.photobook import Example
from watmos_desktop.services.repair_raising import RepairDraft
from watmos_desktop.services.templates import Area, Item
from watmos_desktop.services.walk_view import Carried, Given, Walk
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.inspections import steps
from watmos_desktop.ui.pages.inspections.drafts import Drafts
from watmos_desktop.ui.pages.inspections.item_side import OpenHere

POOR = (Grade.C, Grade.D)


class Course:
    """One person's way through one walk; every method saves at once and raises Told with nothing changed.

    >>> course = Course(desk, inspection_id); course.answer("A"); course.item_key     # the next open item
    """

    def __init__(self, desk: Desk, inspection_id: UUID) -> None:
        self._desk = desk
        self.id = inspection_id
        self.scorer = Scorer.OFFICER
        self.passed: set[UUID] = set()
        self.walk: Walk = desk.look(walk_view.load, inspection_id)
        self.drafts = Drafts(desk.store, inspection_id)
        self.item_key = self.walk.at_item or self.walk.template.items[0].key

    @property
    def item(self) -> Item:
        """The item on show."""
        return self.walk.template.item(self.item_key)

    @property
    def area(self) -> Area:
        """The area it lies in."""
        return steps.area_of(self.walk, self.item_key)

    @property
    def given(self) -> Given | None:
        """The answer to it, if any."""
        return self.walk.mine.get(self.item_key)

    @property
    def carried(self) -> Carried | None:
        """The earlier defect to look at before the item, if any."""
        return next(iter(steps.to_look_at(self.walk, self.item_key, self.passed)), None)

    @property
    def note(self) -> str:
        """What is written about the item, saved or being typed."""
        kept = self.drafts.notes.get(self.item_key)
        return kept if kept is not None else (self.given.note if self.given else "")

    def reload(self) -> None:
        """Read the walk again."""
        self.walk = self._desk.look(walk_view.load, self.id, self.scorer, self.walk)

    def take_photos(self, cards: Iterable[attachments.PhotoCard]) -> None:
        """These are its photos now; nothing else has changed."""
        photos: dict[str, tuple[attachments.PhotoCard, ...]] = {}
        for card in cards:
            photos[card.item_key] = (*photos.get(card.item_key, ()), card)
        self.walk = replace(self.walk, photos=photos)

    def go(self, item_key: str) -> None:
        """Show an item; a walk cut off now resumes there."""
        self._desk.do("moved on", walk.move, self.id, item_key)
        self.item_key = item_key
        opened = self.walk.opened | {self.area.key}
        self.walk = replace(self.walk, at_item=item_key, opened=opened)

    def go_area(self, area_key: str) -> None:
        """Show the first open item of an area, the first when all are answered; its earlier defects again."""
        area = self.walk.template.area(area_key)
        self.passed -= {one.id for one in self.walk.carried if one.area_key == area_key}
        self.go(next((item.key for item in area.items if item.key not in self.walk.mine), area.items[0].key))

    def onward(self) -> bool:
        """Go to the next item, past an earlier defect first; False at the end."""
        if self.carried is not None:
            self.passed.add(self.carried.id)
            return True
        following = steps.following(self.walk, self.item_key)
        if following:
            self.go(following)
        return bool(following)

    def backward(self) -> None:
        """Go to the item before; the first stays."""
        if before := steps.following(self.walk, self.item_key, -1):
            self.go(before)

    def answer(self, value: str) -> None:
        """Answer the item; a good answer goes on to the next open one."""
        given, item = self.given, self.item
        then = item.key
        if not steps.stays(self.walk, item, value, words=bool(self.note.strip())):
            then = steps.next_open(self.walk, item.key, (item.key,)) or item.key
        if given is not None and given.value == value and given.not_scored is None and not given.bulk:
            if then != item.key:
                self.go(then)  # the same answer again takes no phrase and no repair away
            return
        self._give(then, value=value)

    def phrase(self, key: str) -> None:
        """Say by a phrase what is wrong; the same phrase again takes it back and leaves the grade."""
        given = self.given
        if given is not None and given.phrase_key == key:
            self._give(self.item_key, value=given.value)
        else:
            self._give(self.item_key, phrase=key)

    def not_scored(self, kind: NotScored, reason: str = "") -> None:
        """There is none here, or it could not be seen: go on."""
        then = steps.next_open(self.walk, self.item_key, (self.item_key,)) or self.item_key
        self._give(then, not_scored=kind, reason=reason)

    def rest_ok(self) -> int:
        """Answer the rest of the area at once and go on; gives how many were marked."""
        if self.carried is not None:
            raise Told("First say if this was fixed.", "Then mark the rest of the area as OK.")
        area = self.area

        def change(session: Any) -> tuple[str, ...]:
            keys = walk.rest_ok(session, self.id, area.key, self.scorer)
            then = steps.after_rest_ok(self.walk, area.key, keys)
            if then and then != self.item_key:
                walk.move(session, self.id, then)
            return keys

        keys = self._desk.do(f"marked the rest of {area.name} OK", change)
        self.item_key = steps.after_rest_ok(self.walk, area.key, keys) or self.item_key
        self.reload()
        return len(keys)

    def look_again(self, found: Sighting) -> None:
        """Say what became of the earlier defect on show."""
        carried = self.carried
        if carried is None:
            return
        words = found.value.replace("_", " ")
        self._desk.do(f"{carried.title}: {words}", defects.look_again, self.id, carried.id, found)
        self.reload()

    def write_note(self, text: str) -> None:
        """Save a note; without an answer yet it is kept and saved with it."""
        if self.given is None:
            if text.strip():
                self.drafts.notes[self.item_key] = text
            else:
                self.drafts.notes.pop(self.item_key, None)
        else:
            if text != self.given.note:
                self._desk.do(f"note on {self.item.name}", walk.note, self.id, self.item_key, text)
                self.reload()
            self.drafts.notes.pop(self.item_key, None)
        self.drafts.keep()

    def settle_drafts(self) -> None:
        """Save notes that were being written when the program ended, where their item has an answer."""
        for item_key in [key for key in self.drafts.notes if key in self.walk.mine]:
            text = self.drafts.notes[item_key]
            if text != self.walk.mine[item_key].note:
                self._desk.do("note kept", walk.note, self.id, item_key, text)
            del self.drafts.notes[item_key]
        self.drafts.keep()
        self.reload()

    def raise_repair(self, draft: RepairDraft) -> None:
        """Raise or change the item's repair in the officer's own words."""
        self._desk.do(f"repair: {draft.title}", defects.raise_by_hand, self.id, self.item_key, draft)
        self.drafts.drop_repair()
        self.drafts.keep()
        self.reload()

    def join(self, repair_id: UUID) -> None:
        """Add what was found to a repair already open."""
        self._desk.do("added to an open repair", defects.join, self.id, self.item_key, repair_id)
        self.reload()

    def invite(self, staff_id: UUID | None, name: str) -> None:
        """Walk together with someone."""
        self._desk.do(f"walking with {name}", walk.invite, self.id, staff_id, name)
        self.reload()

    def hand_over(self) -> None:
        """Let the other one grade, from their first open item on."""
        officer = self.scorer is Scorer.OFFICER
        self.scorer = Scorer.AMBASSADOR if officer else Scorer.OFFICER
        self.reload()
        missing = self.walk.missing()
        if self.item_key in self.walk.mine and missing:
            self.go(missing[0])

    def undo(self) -> str:
        """Take the last step back and go to where it was; gives its words, "" when there is none."""
        before = self.walk
        words = self._desk.undo()
        self.reload()
        changed = steps.moved(before, self.walk)
        if changed and changed != self.item_key:
            self.go(changed)
        return words

    def examples(self, item: Item) -> Mapping[Grade, Example]:
        """Photos of what each grade of an item looks like."""
        return self._desk.look(photobook.of_item, self.id, self.walk.template.key, item)

    def open_here(self) -> tuple[OpenHere, ...]:
        """Repairs already open in the area that the item's defect could be added to instead."""
        given = self.given
        if given is None or self.scorer is Scorer.AMBASSADOR or not (given.phrase_key or given.grade in POOR):
            return ()

        def read(session: Any) -> tuple[OpenHere, ...]:
            cards = repairs.open_here(session, self.walk.place.ids, self.area.key)
            mine = {card.id for card in self.walk.raised.values()}
            others = [card for card in cards if card.id not in mine]
            photos = attachments.of(session, [card.id for card in others])
            return tuple(OpenHere(card, tuple(photos.get(card.id, ()))) for card in others)

        return self._desk.look(read)

    def _give(self, then: str, **answer: Any) -> None:
        """Answer the item, with the note that waited for it, and move: one write."""
        item_key, scorer = self.item_key, self.scorer
        note = self.drafts.notes.get(item_key, "") if scorer is Scorer.OFFICER else ""

        def change(session: Any) -> None:
            walk.answer(session, self.id, item_key, scorer=scorer, **answer)
            if note.strip():
                walk.note(session, self.id, item_key, note)
            if then != item_key:
                walk.move(session, self.id, then)

        self._desk.do(f"graded {self.item.name}", change)
        if self.drafts.notes.pop(item_key, None) is not None:
            self.drafts.keep()
        self.item_key = then
        self.reload()
