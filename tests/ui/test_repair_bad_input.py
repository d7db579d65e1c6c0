"""Every field of every form of a repair: what is wrong is said at that field, nothing is saved and nothing is lost."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.conftest import Let
from tests.fakes import FakeClock
from tests.services.test_repair_closing import NO_PHOTO, do, firm, look, reported
from tests.ui.showing import Shown
from watmos_desktop.models.kinds import Channel
from watmos_desktop.services import history, orders, repair_closing
from watmos_desktop.services.orders import OrderDraft
from watmos_desktop.ui.pages.repairs.list import RepairsPage
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm

LINE, NOTE, NUL = "x" * 201, "x" * 4001, "a\x00b"
PHONE = Channel.PHONE.value
Bad = tuple[str, object, str]
# By the key or the words of the button that opens it: what is right in it, and what is wrong at one field.
ORDERED: dict[str, tuple[dict[str, object], list[Bad]]] = {
    "Alt+T": (
        {"text": "On Friday", "how": PHONE},
        [
            ("text", " ", "Say what the resident was told."),
            ("text", NOTE, "letters"),
            ("text", NUL, "cannot be saved"),
        ],
    ),
    "Alt+K": (
        {"text": "Key at 3"},
        [("text", "", "Write what"), ("text", NOTE, "letters"), ("text", NUL, "saved")],
    ),
    "Alt+H": (
        {"reason": "Floods"},
        [("reason", " ", "Say why"), ("reason", LINE, "letters"), ("reason", NUL, "saved")],
    ),
    "Alt+U": ({"reason": "Misuse"}, [("reason", "", "Say why"), ("reason", LINE, "letters")]),
    "Cancel it": (
        {"reason": "In order"},
        [("reason", "", "Say why"), ("reason", LINE, "letters"), ("reason", "x", "order is under way")],
    ),
    "Alt+O": (
        {"instructions": "Clear it", "next_steps": "They come"},
        [
            ("instructions", NOTE, "letters"),
            ("access_notes", NOTE, "letters"),
            ("next_steps", NOTE, "letters"),
            ("access_notes", NUL, "saved"),
        ],
    ),
    "Alt+B": (
        {"slot": "", "arrives_from": "09:00", "arrives_by": "10:00"},
        [
            ("arrives_from", "25:00", "no time of day"),
            ("arrives_by", "noon", "no time of day"),
            ("arrives_by", "08:00", "ends before it begins"),
        ],
    ),
    "Alt+N": (
        {"note": "Lights on"},
        [
            ("time", "9 o'clock", "no time of day"),
            ("time", "23:30", "in time to come"),
            ("note", NOTE, "letters"),
        ],
    ),
    "Alt+M": (
        {"reason": "Cracked", "told": PHONE},
        [
            ("reason", " ", "Say what could not"),
            ("reason", LINE, "letters"),
            ("instructions", NOTE, "letters"),
            ("said", "", "Say what happens next"),
            ("said", NOTE, "letters"),
        ],
    ),
    "Waiting for a part": (
        {"parts": "A pump", "told": PHONE},
        [
            ("parts", "", "Say which part."),
            ("parts", LINE, "letters"),
            ("due_on", date(2026, 1, 1), "today or later"),
            ("said", "", "Say what the resident was told."),
            ("said", NOTE, "letters"),
        ],
    ),
    "Not foreseen": (
        {"text": "New trap", "reason": "Rotten", "pounds": "12"},
        [
            ("text", "", "Say what is different."),
            ("text", NOTE, "letters"),
            ("reason", "", "Say why."),
            ("reason", LINE, "letters"),
            ("pounds", "twelve", "no sum of money"),
            ("pounds", "200000", "goes up to"),
        ],
    ),
}
DONE: dict[str, tuple[dict[str, object], list[Bad]]] = {
    "Alt+D": (
        {"answer": "fixed", "score": "4", "comment": "Quick"},
        [("score", "", "from 1 to 5"), ("comment", NOTE, "letters"), ("comment", NUL, "saved")],
    ),
    "Open again": ({"reason": "Drips"}, [("reason", "", "Say why"), ("reason", LINE, "letters")]),
}


def opened(shown: Shown, page: RepairsPage, how: str) -> PanelForm:
    if "+" in how:
        key = QKeySequence(how)[0]  # type: ignore[index]
        QTest.keyClick(page.window(), key.key(), key.keyboardModifiers())
    else:
        shown.press(page.detail, how)
    shown.qtbot.waitUntil(lambda: len(forms(page)) == 1)
    return forms(page)[0]


def forms(page: RepairsPage) -> list[PanelForm]:
    return [one for one in page.detail.findChildren(PanelForm) if one.isVisible()]


@pytest.mark.parametrize("done", [False, True])
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    shown: Shown, let: Let, clock: FakeClock, done: bool
) -> None:
    let.store.actor = let.landlord.officer
    repair: UUID = reported(let, "waste", "blocked")
    who = firm(let)
    if done:
        do(let, repair_closing.complete, repair, NO_PHOTO)
    else:
        do(let, orders.order, repair, OrderDraft(who))
    page = shown.page(RepairsPage)
    page.open(repair)
    QApplication.processEvents()
    last = look(let, history.last)
    for how, (right, wrong) in (DONE if done else ORDERED).items():
        for name, value, says in wrong:
            form = opened(shown, page, how)
            form.form.fill({key: one for key, one in right.items() if key in form.form.fields})
            form.form.fields[name].put(value)
            before = form.form.values()
            form.save()
            at = (how, name, str(value)[:9])
            assert says in form.form.fields[name].error(), (
                at,
                {k: f.error() for k, f in form.form.fields.items()},
            )
            assert form.isVisible() and form.form.values() == before, at
            assert look(let, history.last) == last, at
            page.detail._drafts.drop(repair, form)
            form.form.fill({key: one for key, one in form.began.items() if key in form.form.fields})
            form.cancel()
            shown.qtbot.waitUntil(lambda: not forms(page))
            QApplication.processEvents()
