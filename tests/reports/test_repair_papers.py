"""The noticeboard's list of repairs and the list as paper, read back from real PDFs."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests import build
from tests.conftest import MANAGER
from tests.fakes import NOW
from tests.reports import reading
from watmos_desktop import resources
from watmos_desktop.models.kinds import Priority, RepairStatus, Role, Trade
from watmos_desktop.models.tables import Block, Staff
from watmos_desktop.services import landlord, lone_rules
from watmos_desktop.services.errors import NotAllowed, NotFound
from watmos_desktop.services.repairs import Filter
from watmos_desktop.services.reports import block_repairs, repair_list, style
from watmos_desktop.services.store import Store

CANARY = "Mrs Canary of flat 7"


@pytest.fixture
def block(store: Store) -> Block:
    with store.write("a block") as session:
        block = build.a_block(session, build.an_estate(session), name="Lindley House C")
        staff = session.get_one(Staff, MANAGER.staff_id)
        home = build.a_home(session, block, address=f"Flat 7, {CANARY}").id
        own = "Make good scratched glass or paint"
        open_: list[dict[str, Any]] = [
            {"title": own, "area_key": "stairs", "due_at": NOW + timedelta(days=3)},
            {
                "title": f"{CANARY} says it drips",
                "description": CANARY,
                "place": CANARY,
                "trade": Trade.PLUMBING,
            },
            {"title": CANARY, "home_id": home},
            {"title": own, "priority": Priority.EMERGENCY, "due_at": NOW + timedelta(hours=3)},
        ]
        for fields in open_:
            build.a_repair(session, block, staff, **fields)
        for days, title in ((3, own), (30, CANARY), (80, own)):
            build.a_repair(session, block, staff, title=title, status=RepairStatus.COMPLETED,
                           completed_at=NOW - timedelta(days=days))  # fmt: skip
    return block


def text_of(pdf: bytes, name: str) -> str:
    """What a PDF says; WATMOS_LOOK is a folder for its pages as pictures."""
    pages = reading.said(pdf)
    if folder := os.environ.get("WATMOS_LOOK"):
        for number in range(len(pages)):
            reading.picture(pdf, number, 900).save(Path(folder) / f"{name}-{number}.png")
    return "\n".join(pages)


def sheet(store: Store, block_id: UUID) -> tuple[block_repairs.BlockRepairs, str]:
    with store.read() as session:
        data = block_repairs.collect(session, block_id)
    pdf = block_repairs.pages(data, lambda *_: None)
    assert pdf == block_repairs.pages(data, lambda *_: None)
    assert len(reading.said(pdf)) == 1
    return data, text_of(pdf, "noticeboard")


def test_it_says_what_is_open_and_promised_and_done_since_last_month_and_names_nobody(
    store: Store, block: Block
) -> None:
    data, said = sheet(store, block.id)
    assert [line.what for line in data.open].count("Make good scratched glass or paint") == 2
    assert "Plumbing repair" in {line.what for line in data.open}
    assert len(data.open) == 3 and len(data.done) == 2  # not the one in a home, not the one of September
    for words in (
        "Repairs in your block",
        "Lindley House C",
        "Reported Mon 23 Nov",
        "Made safe by",
        "Done since 1 Oct 2026",
    ):
        assert words in said
    assert "Canary" not in said and "Canary" not in repr(data)


@pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.CARETAKER])
def test_whoever_prints_it_it_is_the_same(store: Store, block: Block, role: Role) -> None:
    whole = sheet(store, block.id)[0]
    build.acting(store, role, blocks=[block])
    assert sheet(store, block.id)[0] == whole
    with store.write("elsewhere") as session:
        other = build.a_block(session)
    with pytest.raises(NotFound), store.read() as session:
        block_repairs.collect(session, other.id)
    build.acting(store, Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed), store.read() as session:
        block_repairs.collect(session, block.id)


def test_a_full_board_stays_on_one_page_and_says_how_many_more(store: Store, block: Block) -> None:
    with store.write("many") as session:
        staff = session.get_one(Staff, MANAGER.staff_id)
        for _ in range(40):
            build.a_repair(session, block, staff, area_key="stairs")
            build.a_repair(session, block, staff, status=RepairStatus.COMPLETED, completed_at=NOW)
    _, said = sheet(store, block.id)
    assert said.count("more; ask any caretaker") == 2


def test_an_empty_board_says_so(store: Store) -> None:
    with store.write("a quiet block") as session:
        quiet = build.a_block(session).id
    _, said = sheet(store, quiet)
    assert "Nothing is broken that we know of" in said


def test_the_list_as_paper_is_the_list_on_the_screen(store: Store, block: Block) -> None:
    with store.write("many") as session:
        staff = session.get_one(Staff, MANAGER.staff_id)
        for number in range(60):
            build.a_repair(session, block, staff, title=f"Handrail number {number}")
    with store.read() as session:
        data = repair_list.collect(session, Filter(), "-title", "Open, on Lindley Estate")
    pdf = repair_list.pages(data, lambda *_: None)
    assert pdf == repair_list.pages(data, lambda *_: None)
    said = text_of(pdf, "list")
    assert len(data.rows) == 64 and data.more == 0
    assert all(row[0] in said for row in data.rows)
    assert re.findall(r"page (\d) of (\d)", said) == [(str(n), "4") for n in range(1, 5)]
    assert said.index("Handrail number 9") < said.index("Handrail number 10")
    with store.read() as session:
        nothing = repair_list.collect(session, Filter("signposted"), "due", "Not ours")
    assert "Nothing is in this list" in text_of(repair_list.pages(nothing, lambda *_: None), "empty")


def test_who_writes_is_said_in_one_file() -> None:
    """No telephone number or address of ours stands in a text: a landlord puts its own in one place."""
    own = tomllib.loads(resources.path("landlord.toml").read_text("utf-8"))
    lone = resources.path("lone_working.toml")
    for path in (*resources.path("wording").glob("*.toml"), lone):
        text = path.read_text("utf-8")
        assert not [value for key, value in own.items() if key != "name" and value in text], path.name
        assert "{landlord." not in str(landlord.merged(*path.relative_to(resources.path()).parts))
    assert style.words("cover.landlord") == own["name"]
    rules = lone_rules.load()
    assert (rules.call, rules.call_phone) == (own["duty_desk"], own["duty_phone"])
