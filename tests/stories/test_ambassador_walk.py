"""Mrs Okafor walks along: she grades blind on the same device, both grades are shown once given, both sign (N2)."""

from __future__ import annotations

from sqlalchemy import select

from tests.stories.conftest import Office
from tests.stories.test_caretaker_walk import begin
from watmos_desktop.models.kinds import Grade, InspectionStatus, Role, Scorer
from watmos_desktop.models.tables import Attendance, Signature
from watmos_desktop.services import scoring, walk


def test_neither_sees_the_other_until_both_have_graded(office: Office) -> None:
    person = office.person
    walk_id = begin(office)
    person.key("J", "1")
    office.walk.go("stair_walls")
    person.key("C", "H")
    assert person.sees("Mrs Okafor grades now.")
    page = office.walk
    page.go("stair_walls")
    assert page.main.card.answers.row.chosen() == ""
    assert not page.main.side.repair.isVisible()
    assert not page.main.card.phrases.isVisible()
    row = next(one for one in page.main.side.area.rows if one.text() == "Walls and paintwork")
    assert "not answered" in row.accessibleName()
    person.key("A", "H")
    page.go("stair_walls")
    assert person.sees("Mrs Okafor graded A")
    seen = office.see(walk_id)
    assert (seen.mine["stair_walls"].grade, seen.theirs["stair_walls"].grade) == (Grade.C, Grade.A)
    assert page.item_key() == "stair_walls"


def test_her_grades_raise_nothing_and_her_undo_is_hers(office: Office) -> None:
    person = office.person
    walk_id = begin(office)
    person.key("J", "1", "H")
    office.walk.go("stair_walls")
    person.key("D")
    assert not office.see(walk_id).raised
    assert office.see(walk_id).their_count == 1
    person.key("Ctrl+Z")
    assert office.see(walk_id).their_count == 0
    assert office.walk.item_key() == "stair_walls"


def test_a_joint_walk_ends_with_the_differences_and_both_signatures(office: Office) -> None:
    person = office.person
    walk_id = begin(office)
    person.key("J", "1")
    with office.store.write("both grade") as session:
        template = office.see(walk_id).template
        for item in template.items:
            best = scoring.ok_answer(item).value
            walk.answer(session, walk_id, item.key, value=best)
            worse = item.key == "stair_walls"
            walk.answer(session, walk_id, item.key, value="C" if worse else best, scorer=Scorer.AMBASSADOR)
    person.key("Ctrl+Return")
    assert person.sees("Mrs Okafor graded C, 2 grades lower than your A")
    person.draw(office.signing.officer)
    person.key("Ctrl+Return")
    assert person.sees("The ambassador's signature is missing.")
    assert office.see(walk_id).status is InspectionStatus.DRAFT
    person.write("Mrs A. Okafor")  # the cursor is in her line
    person.key("Ctrl+Return")
    assert office.see(walk_id).status is InspectionStatus.SIGNED
    with office.store.read() as session:
        signatures = {one.scorer: one for one in session.scalars(select(Signature))}
        assert signatures[Scorer.OFFICER].strokes
        assert signatures[Scorer.AMBASSADOR].name == "Mrs A. Okafor"
        thanked = session.scalar(select(Attendance.thanked_at).where(Attendance.role == Role.AMBASSADOR))
        assert thanked is not None


def test_someone_without_an_account_may_walk_along(office: Office) -> None:
    person = office.person
    walk_id = begin(office)
    person.key("J")
    person.click(office.walk.detours.people.name)
    person.key("Return")
    assert person.sees("Say who walks with you.")
    person.write("Mr Łuczak")
    person.key("Return")
    seen = office.see(walk_id)
    assert (seen.joint, seen.companion) == (True, "Mr Łuczak")
