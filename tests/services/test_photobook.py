"""The photobook: the newest photo of each grade from signed walks this person may see, never of the walk itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tests.build import an_actor
from tests.conftest import Let
from tests.landlord import a_picture
from watmos_desktop.models.kinds import Grade, Role, Scale
from watmos_desktop.services import attachments, photobook, templates, walk
from watmos_desktop.services.photobook import Example

FORM = "block_internal"
ITEMS = [item for item in templates.get(FORM).items if item.scale is Scale.GRADE]


def shown(let: Let, place: int, walk_id: object = None) -> Mapping[Grade, Example]:
    with let.store.read() as session:
        return photobook.of_item(session, walk_id or let.landlord.estate_id, FORM, ITEMS[place])  # type: ignore[arg-type]


def test_each_grade_shows_its_newest_photo_with_where_and_when(let: Let) -> None:
    found = shown(let, 0)
    assert list(found) == [Grade.D]
    assert (found[Grade.D].place, found[Grade.D].on) == ("Lindley House A", date(2026, 10, 26))
    assert found[Grade.D].photo.item_key == ITEMS[0].key
    assert list(shown(let, 1)) == [Grade.C]
    assert shown(let, 2) == {}  # graded and never photographed


def test_neither_the_walk_itself_nor_one_not_signed_is_shown(let: Let) -> None:
    assert shown(let, 0, let.landlord.signed_id) == {}
    with let.store.write("began") as session:
        draft = walk.start(session, let.landlord.schedule_id)
        walk.answer(session, draft, ITEMS[0].key, value="A")
        photo = attachments.store(let.store.blobs, a_picture(90))
        walk.add_photo(session, draft, photo, ITEMS[0].key)
    assert list(shown(let, 0)) == [Grade.D]


def test_who_looks_after_other_estates_sees_none_and_an_ambassador_no_words(let: Let) -> None:
    let.store.actor = an_actor(Role.CARETAKER)
    assert shown(let, 0) == {}
    let.store.actor = let.landlord.ambassador
    assert shown(let, 0)[Grade.D].photo.caption == ""
