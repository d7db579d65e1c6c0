"""Before a visit in the window: the letter is made and recorded as posted; a missed check-in shows on any page."""

from __future__ import annotations

from datetime import date, timedelta

from tests.conftest import Let
from tests.ui.access import problems
from tests.ui.showing import Shown
from watmos_desktop.models.kinds import VisitKind
from watmos_desktop.services import lone_working, visit_notice, visits
from watmos_desktop.services.visits import Slot, VisitDraft
from watmos_desktop.ui.pages.visits.letter import LetterPage
from watmos_desktop.ui.pages.visits.lone import LonePage

DAY = date(2026, 12, 8)


def test_the_letter_is_seen_and_that_it_was_posted_is_recorded(let: Let, shown: Shown) -> None:
    let.store.actor = officer = let.landlord.officer
    assert officer.staff_id is not None
    with let.store.write("planned") as session:
        slot = Slot(officer.staff_id, DAY, "10:00", "12:00")
        visit_id = visits.arrange(
            session, VisitDraft(let.landlord.home_id, VisitKind.WELLBEING, DAY, slot=slot)
        )
    page = shown.page(LetterPage, 820, 540)
    page.open(visit_id)
    shown.qtbot.waitUntil(lambda: bool(page.pdf()))
    assert page.pdf().startswith(b"%PDF") and problems(page) == []
    page.told()
    with let.store.read() as session:
        assert visit_notice.notice(session, visit_id).knows
    assert page.notices.undo()
    with let.store.read() as session:
        assert not visit_notice.notice(session, visit_id).knows


def test_a_day_out_alone_is_planned_checked_in_and_ended_by_keys(let: Let, shown: Shown) -> None:
    let.store.actor = let.landlord.officer
    page = shown.page(LonePage, 820, 540)
    page.check_in()  # without a plan, to the plan
    assert page.form is not None and problems(page) == []
    page.form.fill({"ends_at": "10:00"})
    page.save()
    assert page.form.fields["ends_at"].error()
    page.form.fill({"ends_at": "16:30"})
    page.save()
    page.check_in()
    with let.store.read() as session:
        mine = lone_working.mine(session)
    assert page.form is None and mine is not None and len(mine.checks) == 1
    let.store.clock.forward(timedelta(minutes=72))  # type: ignore[attr-defined]
    page.refresh()
    shown.sees(page, "Duty desk rings R. Adeyemi.")
    assert problems(page) == []
