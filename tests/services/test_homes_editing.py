"""Homes, blocks and community spaces by hand: healed as an import heals them, told at the field, never doubled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.conftest import Let
from watmos_desktop.services import history, homes, homes_editing
from watmos_desktop.services.errors import NotAllowed, Told
from watmos_desktop.services.homes_editing import BlockDraft, HomeDraft, SpaceDraft, Where
from watmos_desktop.services.store import Store

NEW = Where(new_name="Lindley Estate", town="Walsall")


def test_the_first_home_of_an_empty_workspace_brings_its_estate_and_block(store: Store) -> None:
    with store.write("a block") as session:
        block = homes_editing.save_block(
            session, BlockDraft(NEW, "Lindley House", "1-18 Lindley Road", "ws12ab", "4")
        )
        where = Where(homes.block(session, block).estate_id)
        home = homes_editing.save_home(
            session,
            HomeDraft(
                where, "L-14", "14 Lindley House", block, "14", "ws1 2ab", "100071234567.0", "2nd", "studio"
            ),
        )
        homes_editing.save_space(session, SpaceDraft(where, "Lindley Hall"))
    with store.read() as session:
        found, row = homes.get(session, home), homes.block(session, block)
        (space,) = homes.spaces(session)
    assert (found.row.postcode, found.uprn, found.storey, found.bedrooms) == (
        "WS1 2AB",
        "100071234567",
        "2nd floor",
        0,
    )
    assert (found.row.block, found.row.estate, row.storeys, row.postcode) == (
        "Lindley House",
        "Lindley Estate",
        4,
        "WS1 2AB",
    )
    assert space.name == "Lindley Hall"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": " "}, "code"),
        ({"code": "TAKEN"}, "code"),
        ({"address": ""}, "address"),
        ({"postcode": "LINDLEY"}, "postcode"),
        ({"uprn": "1.00E+11"}, "uprn"),
        ({"uprn": "0100000000001"}, "uprn"),
        ({"storey": "up there"}, "storey"),
        ({"bedrooms": "99"}, "bedrooms"),
        ({"where": Where()}, "new_estate"),
        ({"where": Where(new_name="LINDLEY  estate")}, "new_estate"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(
    store: Store, change: dict[str, Any], field: str
) -> None:
    with store.write("one there") as session:
        homes_editing.save_home(session, HomeDraft(NEW, "TAKEN", "1 Lindley Road", uprn="100000000001"))
        where = Where(homes.estates(session)[0].id)
    given: dict[str, Any] = {"where": where, "code": "L-2", "address": "2 Lindley Road"}
    with pytest.raises(Told) as told, store.write("one wrong") as session:
        homes_editing.save_home(session, HomeDraft(**given | change))
    assert told.value.field == field
    with store.read() as session:
        assert homes.count(session) == 1


def test_a_home_is_put_right_and_taken_back(let: Let) -> None:
    let.store.actor = let.landlord.officer
    with let.store.read() as session:
        before = homes.get(session, let.landlord.home_id)
    draft = HomeDraft(
        Where(before.estate_id),
        before.row.code,
        "Flat 1a, Lindley House A",
        before.block_id,
        access_notes="Key safe by the door",
        id=before.row.id,
    )
    with let.store.write("put right") as session:
        homes_editing.save_home(session, draft)
    with let.store.read() as session:
        after, action = homes.get(session, before.row.id), history.last(session)
    assert (after.row.address, after.access_notes) == (draft.address, draft.access_notes)
    assert action is not None
    history.undo(let.store, action)
    with let.store.read() as session:
        assert homes.get(session, before.row.id) == before


def test_a_home_taken_back_and_added_again_is_the_same_home(store: Store) -> None:
    """An import knows a home by its reference: two rows of one reference would double it."""
    ids = []
    for _ in range(2):
        with store.write("added") as session:
            estates = homes.estates(session)
            where = Where(estates[0].id) if estates else NEW
            ids.append(homes_editing.save_home(session, HomeDraft(where, "L-1", "1 Lindley Road")))
        with store.read() as session:
            action = history.last(session)
        assert action is not None
        if len(ids) == 1:
            history.undo(store, action)
            with store.read() as session:
                assert homes.count(session) == 0
    assert ids[0] == ids[1]
    with store.read() as session:
        assert homes.count(session) == 1


def test_who_may(let: Let) -> None:
    """A tenancy officer puts homes right on their own estates and makes no places; a caretaker neither."""
    with let.store.read() as session:
        estate = let.landlord.estate_id
    home = HomeDraft(Where(estate), "L-99", "99 Lindley Road")
    let.store.actor = let.landlord.officer
    with let.store.write("a home") as session:
        homes_editing.save_home(session, home)
    changes: list[Callable[[Session], object]] = [
        lambda session: homes_editing.save_home(session, HomeDraft(NEW, "L-98", "98 Lindley Road")),
        lambda session: homes_editing.save_block(session, BlockDraft(Where(estate), "New House")),
        lambda session: homes_editing.save_space(session, SpaceDraft(Where(estate), "New Hall")),
    ]
    for change in changes:
        with let.store.write("a place") as session, pytest.raises(NotAllowed):
            change(session)
    let.store.actor = let.landlord.caretaker
    with let.store.write("a home") as session, pytest.raises(NotAllowed):
        homes_editing.save_home(session, home)


def test_two_blocks_of_one_name_on_one_estate_are_refused(let: Let) -> None:
    let.store.actor = let.landlord.manager
    where = Where(let.landlord.estate_id)
    with pytest.raises(Told) as told, let.store.write("twice") as session:
        homes_editing.save_block(session, BlockDraft(where, "lindley house a"))
    assert told.value.field == "name"
    for storeys in ("none", "0", "81", "00015000"):
        with pytest.raises(Told) as told, let.store.write("storeys") as session:
            homes_editing.save_block(session, BlockDraft(where, "Lindley House Z", storeys=storeys))
        assert told.value.field == "storeys"
    with let.store.write("put right") as session:
        homes_editing.save_block(
            session, BlockDraft(where, "Lindley House A", storeys="5", lift=True, id=let.landlord.block_id)
        )
        row = homes.block(session, let.landlord.block_id)
    assert (row.storeys, row.lift) == (5, True)
