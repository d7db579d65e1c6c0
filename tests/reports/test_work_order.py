"""The contractor's order and the card at the door, read back: what they need, and nothing that they may not know."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from tests.build import a_contractor
from tests.conftest import Let
from tests.fakes import NOW, FakeClock
from tests.landlord import a_picture
from tests.reports.reading import copied, keys, picture
from tests.services.test_orders import a_fault
from watmos_desktop.models.kinds import Channel, HazardLevel, Priority, Role, Slot
from watmos_desktop.models.tables import Attachment, HazardCase, Home, Person, Repair
from watmos_desktop.services import (
    access,
    appointments,
    attachments,
    order_view,
    orders,
    repair_updates,
    slots,
)
from watmos_desktop.services.access import AttemptDraft
from watmos_desktop.services.errors import NotAllowed
from watmos_desktop.services.orders import OrderDraft
from watmos_desktop.services.reports import access_card, collect_work, work_order
from watmos_desktop.services.reports.access_card import AccessCard
from watmos_desktop.services.reports.work_order import WorkOrder

CANARY = "Quillfeather"


@pytest.fixture
def job(let: Let) -> UUID:
    """An order in a home where everything that a contractor may not know is a canary."""
    let.store.actor = let.landlord.officer
    photo = attachments.store(let.store.blobs, a_picture())
    with let.store.apply() as connection:
        connection.execute(
            update(Person).values(needs=f"{CANARY} needs", language=f"{CANARY}ish", email=CANARY)
        )
        zoe = Person.name.startswith("Zoë")
        connection.execute(update(Person).where(zoe).values(name=f"Zoë {CANARY}"))
    with let.store.write("a fault", undoable=False) as session:
        repair_id = a_fault(
            session,
            let,
            description="Shows F28",
            place="Airing cupboard",
            priority_reason=f"{CANARY} priority",
            responsibility_reason=f"{CANARY} responsibility",
        )
        home = session.get(Home, let.landlord.home_id)
        row = session.get(Repair, repair_id)
        assert home is not None and row is not None
        home.access_notes = f"{CANARY} dangerous dog, do not go alone"
        session.add(
            HazardCase(
                reference="H-2222-2222", estate_id=home.estate_id, home_id=home.id, hazard="damp_and_mould",
                what=f"{CANARY} what", aware_at=NOW, opened_by=let.landlord.officer.staff_id,
                household=f"{CANARY} baby", findings=f"{CANARY} findings", level=HazardLevel.SIGNIFICANT,
                level_reason=f"{CANARY} level",
            )
        )  # fmt: skip
        session.add(
            HazardCase(
                reference="H-2222-2223", estate_id=home.estate_id, home_id=home.id, hazard="crowding",
                aware_at=NOW, opened_by=let.landlord.officer.staff_id,
            )
        )  # fmt: skip
        attachments.attach(session, "repair", repair_id, photo, caption=f"{CANARY} caption")
        repair_updates.tell(session, repair_id, f"{CANARY} told", Channel.PHONE)
        repair_updates.note(session, repair_id, f"{CANARY} note")
        firm = a_contractor(session, "Apex Heating", trades=["heating"], specialisms=["gas"], contact=CANARY)
        job = orders.order(
            session,
            repair_id,
            OrderDraft(firm.id, "Bring a PCB", "Buzzer 3 seconds", f"{CANARY} next steps", Channel.PHONE),
        )
        access.no_access(session, repair_id, AttemptDraft(note=f"{CANARY} attempt"))
        appointments.book(session, job, slots.when(NOW.date().replace(day=24), Slot.SCHOOL_RUN))
    return job


def collected(let: Let, job: UUID) -> WorkOrder:
    with let.store.read() as session:
        return collect_work.work_order(session, let.store.blobs, job)


def told(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(copied(pdf)))


def test_the_order_says_what_the_work_needs(let: Let, job: UUID) -> None:
    data = collected(let, job)
    text, mail = told(work_order.render(data)), work_order.email(data)
    for words in (
        data.reference, data.repair, "For Apex Heating", "Urgent: due",
        "Tue 24 Nov, between school runs, 09:30 to 14:30",
        "Gas: isolate", "damp and mould", "Lindley House A", "WS1 2AB", "Airing cupboard", "Buzzer 3 seconds",
        "Heating: Boiler: no heating", "Shows F28", "Bring a PCB", "Cannot get in",
    ):  # fmt: skip
        assert words in text, words
        assert words in " ".join(mail.body.split()), words
    assert mail.subject == f"Work order {data.reference}: heating, {data.due}"
    assert len(data.photos) == 1 and "Photos are on the order as PDF: 1." in mail.body


def test_what_the_contractor_may_not_know_is_nowhere_in_it(let: Let, job: UUID) -> None:
    data = collected(let, job)
    pdf = work_order.render(work_order.fit(data, lambda *_: None))
    mail = work_order.email(data)
    for text in (
        told(pdf),
        mail.subject,
        mail.body,
        repr(replace(data, photos=())),
        repr(data.photos[0].caption),
    ):
        assert CANARY not in text and "crowding" not in text and "dog" not in text
    assert CANARY.encode() not in pdf
    with let.store.read() as session:
        control = session.get(Home, let.landlord.home_id)
        assert control is not None and CANARY in control.access_notes


def test_the_net_would_catch_a_name_put_there_by_hand(let: Let, job: UUID) -> None:
    """The control: what someone writes for access does reach the paper."""
    with let.store.write("again") as session:
        card = order_view.get(session, job)
        orders.cancel(session, job, "again")
        assert card.contractor_id is not None
        again = orders.order(session, card.repair_id, OrderDraft(card.contractor_id, contact=True))
    assert f"Zoë {CANARY}, 07700 900123" in told(work_order.render(collected(let, again)))


def test_the_same_order_is_the_same_bytes_and_carries_nothing_more(let: Let, job: UUID) -> None:
    data = collected(let, job)
    assert work_order.render(data) == work_order.render(data)
    assert not {"/JavaScript", "/JS", "/EmbeddedFiles", "/URI", "/Annots"} & keys(work_order.render(data))


def test_a_long_order_flows_over_pages_and_loses_no_word(let: Let, job: UUID) -> None:
    data = collected(let, job)
    many = " ".join(f"word{n}" for n in range(1500))
    pages = copied(
        work_order.render(replace(data, instructions=many, hazards=tuple("One hazard" for _ in range(40))))
    )
    text = re.sub(r"\s+", " ", " ".join(pages))
    assert len(pages) > 2
    assert all(
        f"word{n} " in text or f"word{n}\n" in text or text.endswith(f"word{n}") for n in (0, 700, 1499)
    )
    assert all("Cannot get in" in page and "page" in page for page in pages)


def test_words_of_every_script_and_mark_up_print_as_they_were_typed(let: Let, job: UUID) -> None:
    data = replace(collected(let, job), instructions="<b>مريم</b> & ਗੁਰਪ੍ਰੀਤ", photos=())
    assert "<b>" in told(work_order.render(data)) and "مريم" in told(work_order.render(data))


def test_a_photo_that_cannot_be_read_costs_no_order(let: Let, job: UUID) -> None:
    with let.store.apply() as connection:
        connection.execute(update(Attachment).values(sha256="0" * 64))
    data = work_order.fit(collected(let, job), lambda *_: None)
    assert "could not be read" in told(work_order.render(data))


def test_a_square_says_the_reference_in_black_on_white(let: Let, job: UUID) -> None:
    data = replace(collected(let, job), reference="J-7K3M-9D4T")
    drawn = picture(work_order.render(data), 0, 595)
    square = drawn.crop((595 - 51 - 78, 108, 595 - 51, 186)).convert("L")
    dark = sum(square.histogram()[:80])
    assert 0.25 < dark / (78 * 78) < 0.6


def test_the_card_names_nobody_no_home_and_nothing_broken(let: Let, job: UUID) -> None:
    with let.store.read() as session:
        repair_id = order_view.get(session, job).repair_id
        data = collect_work.access_card(session, repair_id)
    pdf = access_card.render(data)
    (text,) = (re.sub(r"\s+", " ", page) for page in copied(pdf))
    assert text.count(data.reference) == 2 and text.count("Sorry we missed you") == 2
    assert "We called on Monday 23 November 2026 at 10:42." in text
    assert "We come again on Tue 24 Nov, between school runs, 09:30 to 14:30." in text
    assert "03069 990 140" in text and "promised date" in text
    for private in (CANARY, "Zoë", "Lindley", "WS1", "oiler", "eating", "Apex", "dog", "J-"):
        assert private not in text, private
    assert set(AccessCard.__dataclass_fields__) == {"reference", "made_at", "called", "proposed", "about"}


def test_before_the_first_call_the_card_has_lines_to_write_on(let: Let) -> None:
    with let.store.read() as session:
        data = collect_work.access_card(session, let.landlord.repair_id)
    assert (data.called, data.proposed) == ("", "")
    assert "We called on at" in re.sub(r"\s+", " ", copied(access_card.render(data))[0])


@pytest.mark.parametrize("role", ["ambassador"])
def test_who_may_not_order_makes_no_paper(let: Let, job: UUID, role: str, clock: FakeClock) -> None:
    repair_id = let.landlord.repair_id
    let.store.actor = getattr(let.landlord, role)
    assert let.store.actor.role is Role.AMBASSADOR
    reads: list[Any] = [
        lambda session: collect_work.work_order(session, let.store.blobs, job),
        lambda session: collect_work.access_card(session, repair_id),
    ]
    for read in reads:
        with let.store.read() as session, pytest.raises(NotAllowed):
            read(session)


def test_an_emergency_says_made_safe_by_when(let: Let, job: UUID) -> None:
    with let.store.write("sooner", undoable=False) as session:
        row = session.get(Repair, order_view.get(session, job).repair_id)
        assert row is not None
        row.priority = Priority.EMERGENCY
    assert "Emergency: made safe by" in told(work_order.render(collected(let, job)))
