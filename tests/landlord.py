"""A small landlord for tests of pages, stories and screenshots, made through the real services."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from PIL import Image, ImageDraw

from tests.build import (
    a_block,
    a_home,
    a_person,
    a_schedule,
    a_space,
    a_staff,
    a_tenancy,
    an_actor,
    an_estate,
)
from tests.fakes import FakeClock
from watmos_desktop.models.kinds import Priority, RepairStatus, Role, Scale, Trade
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import attachments, repair_raising, scoring, signing, walk, walk_view
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store


@dataclass(frozen=True)
class Landlord:
    """Ids and people of the small landlord. The store is used by the caretaker."""

    estate_id: UUID
    block_id: UUID
    other_block_id: UUID
    schedule_id: UUID
    signed_id: UUID
    repair_id: UUID
    home_id: UUID
    caretaker: Actor
    ambassador: Actor
    officer: Actor
    manager: Actor


def a_picture(shade: int = 120, size: tuple[int, int] = (800, 600)) -> bytes:
    """A JPEG of a wall with a mark on it."""
    image = Image.new("RGB", size, (shade, shade + 10, shade - 20))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, size[1] * 2 // 3, size[0], size[1]), fill=(90, 96, 100))
    draw.ellipse((size[0] // 3, size[1] // 4, size[0] // 2, size[1] // 2), fill=(200, 60, 40))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def make(store: Store, clock: FakeClock) -> Landlord:
    """Two estates, three blocks, one signed walk with three defects, repairs in every state."""
    with store.write("a landlord", undoable=False) as session:
        estate = an_estate(session)
        chuckery = an_estate(session, name="Chuckery Estate")
        house_a = a_block(
            session, estate, name="Lindley House A", postcode="WS1 2AB", address="1-18 Lindley Road"
        )
        house_b = a_block(session, estate, name="Lindley House B", postcode="WS1 2AC")
        a_block(session, chuckery, name="Millers Court")
        a_space(session, estate, name="Lindley Hall")
        homes = [a_home(session, block, storey=n // 2) for block in (house_a, house_b) for n in range(6)]
        a_tenancy(session, homes[0], a_person(session, "Zoë Łukasiewicz", phone="07700 900123"))
        a_tenancy(session, homes[1], a_person(session, "مريم خان", language="Urdu"))
        schedule = a_schedule(session, house_a, "block_internal", starts_on=date(2026, 1, 23))
        a_schedule(
            session, house_b, "block_internal", due_on=date(2026, 11, 16), starts_on=date(2026, 11, 16)
        )
        a_schedule(
            session,
            house_b,
            "fire_safety",
            every_months=3,
            due_on=date(2026, 11, 27),
            starts_on=date(2026, 11, 27),
        )
        people = {
            "caretaker": a_staff(session, Role.CARETAKER, "M. Kaur", estates=[estate]),
            "ambassador": a_staff(session, Role.AMBASSADOR, "J. Osei", estates=[estate]),
            "officer": a_staff(session, Role.TENANCY_OFFICER, "R. Adeyemi", estates=[estate, chuckery]),
            "manager": a_staff(session, Role.MANAGER, "Grace Bell-Owusu"),
        }
    actors = {
        "caretaker": an_actor(Role.CARETAKER, people["caretaker"], estates=[estate]),
        "ambassador": an_actor(Role.AMBASSADOR, people["ambassador"], estates=[estate]),
        "officer": an_actor(Role.TENANCY_OFFICER, people["officer"], estates=[estate, chuckery]),
        "manager": an_actor(Role.MANAGER, people["manager"]),
    }
    store.actor = actors["caretaker"]
    now = clock.now()
    clock.set(now - timedelta(days=58))
    walk_signed(store, schedule.id, {})
    clock.set(now - timedelta(days=28))
    signed = walk_signed(store, schedule.id, {0: "D", 1: "C", 4: "C"})
    clock.set(now)
    ids = _repairs(store, clock, estate.id, house_a.id, house_b.id)
    return Landlord(estate.id, house_a.id, house_b.id, schedule.id, signed, ids[0], homes[0].id, **actors)


def walk_signed(store: Store, schedule_id: UUID, poor: dict[int, str]) -> UUID:
    """Walk what a schedule asks for, with poor grades at some items (by place among the graded), and sign."""
    with store.write("began") as session:
        walk_id = walk.start(session, schedule_id)
        template = walk_view.load(session, walk_id).template
    graded = [item for item in template.items if item.scale is Scale.GRADE]
    for place, letter in poor.items():
        item = graded[place]
        phrase = next((one for one in item.phrases if str(one.grade) == letter), None)
        with store.write(f"graded {item.name}") as session:
            if phrase:
                walk.answer(session, walk_id, item.key, phrase=phrase.key)
            else:
                walk.answer(session, walk_id, item.key, value=letter)
            walk.add_photo(session, walk_id, attachments.store(store.blobs, a_picture(100 + place)), item.key)
    for area in template.areas:
        with store.write(f"rest of {area.name}") as session:
            walk.move(session, walk_id, area.items[0].key)
            for item in area.items:
                if item.safety_critical and item.key not in walk_view.load(session, walk_id).mine:
                    walk.answer(session, walk_id, item.key, value=scoring.ok_answer(item).value)
            walk.rest_ok(session, walk_id, area.key)
    actor = store.actor
    assert actor.role is not None
    with store.write("signed", undoable=False) as session:
        signing.sign(session, walk_id, [signing.SignatureDraft(actor.name, actor.role)])
    return walk_id


def raise_one(store: Store, landlord: Landlord, title: str = "Bin store lock") -> UUID:
    """One more repair, by who uses the store: a step that can be taken back."""
    draft = repair_raising.RepairDraft(
        title,
        Trade.CARPENTRY,
        Priority.ROUTINE,
        store.clock.now(),
        landlord.estate_id,
        landlord.block_id,
    )
    with store.write(f"raised {title}") as session:
        return repair_raising.raise_repair(session, draft).id


def _repairs(store: Store, clock: FakeClock, estate: UUID, house_a: UUID, house_b: UUID) -> list[UUID]:
    now = clock.now()
    rows = [
        (
            "Door entry not working",
            Trade.DOOR_ENTRY,
            Priority.EMERGENCY,
            timedelta(hours=21, minutes=50),
            house_a,
            "",
        ),
        ("Landing light, floor 2", Trade.ELECTRICAL, Priority.URGENT, timedelta(days=12), house_a, ""),
        (
            "Damp on the stair wall",
            Trade.BUILDING,
            Priority.URGENT,
            timedelta(days=4),
            house_b,
            "damp_and_mould",
        ),
        ("Scuffed wall, floor 1", Trade.DECORATING, Priority.ROUTINE, timedelta(days=8), house_b, ""),
        ("Gutter leaking", Trade.ROOFING, Priority.ROUTINE, timedelta(days=40), house_b, ""),
    ]
    found = []
    for title, trade, priority, ago, block, hazard in rows:
        draft = repair_raising.RepairDraft(title, trade, priority, now - ago, estate, block, hazard=hazard)
        with store.write(f"raised {title}") as session:
            found.append(repair_raising.raise_repair(session, draft).id)
    with store.write("mended") as session:
        row = session.get(Repair, found[-1])
        assert row is not None
        row.status, row.completed_at = RepairStatus.COMPLETED, now - timedelta(days=6)
    return found
