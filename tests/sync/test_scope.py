"""What a device may hold: lost buckets are forgotten with every copy, and too much gone at once is not believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from tests import build
from tests.fakes import FakeClock
from tests.sync.conftest import Device, Joining, OfficeApp
from tests.sync.devices import a_repair, conflicts, edit, held, settle, shown, state, sync, waiting
from watmos_desktop.models.kinds import CaseKind, Role
from watmos_desktop.models.tables import (
    Attachment,
    Block,
    Change,
    Estate,
    Repair,
    RestrictedCase,
    Sent,
    UnknownField,
)
from watmos_desktop.services.sync import bulk, drift, engine, incoming, lease, lives, memory, owners, review
from watmos_desktop.services.sync.incoming import TooMuchGone
from watmos_desktop.services.sync.pages import Page, TableRows
from watmos_office import cases, confirming, members


def _estate_of(device: Device, repair: UUID) -> UUID:
    with device.store.read() as session:
        return session.get_one(Repair, repair).estate_id


def test_a_lost_estate_is_forgotten_after_its_work_was_pushed(joined: Joining, office_app: OfficeApp) -> None:
    """Case 27: rows, history, sent copies and photos go; what was unsent waits at the office."""
    manager = joined()
    mine, theirs = a_repair(manager), a_repair(manager)
    sync(manager)
    keep, lose = _estate_of(manager, mine), _estate_of(manager, theirs)
    caretaker = joined(Role.CARETAKER, estates=[keep, lose])
    sync(caretaker)
    sha = caretaker.store.blobs.put(b"a photo of a door")
    with caretaker.store.write("a photo") as session:
        session.add(
            Attachment(
                owner_table="repair", owner_id=theirs, sha256=sha, size=17, width=1, height=1,
                taken_at=caretaker.store.clock.now(), added_by=manager.member,
            )
        )  # fmt: skip
    edit(caretaker, theirs, description="cracked glass")
    sync(caretaker)
    edit(caretaker, theirs, description="not sent yet")
    with office_app.office.writing() as connection:
        _end_grant(connection, office_app, caretaker.member, lose)

    report = sync(caretaker)[0]
    assert report.purged >= 3
    assert waiting(caretaker) == 0
    assert shown(caretaker, theirs) is None
    assert shown(caretaker, mine) is not None
    with caretaker.store.read() as session:
        assert session.get(Estate, lose) is None
        about = select(func.count()).where(Change.record_id == theirs)
        assert session.scalar(about) == 0
        assert session.scalar(select(func.count()).where(Sent.record_id == theirs)) == 0
        found = session.connection().exec_driver_sql(
            "SELECT count(*) FROM search_repair WHERE id = ?", (theirs.bytes,)
        )
        assert found.scalar() == 0
    assert any(fields.get("description") == "not sent yet" for _, _, fields in held(caretaker))
    caretaker.store.close()
    raw = b"".join(path.read_bytes() for path in caretaker.store.home.glob("watmos.db*"))
    assert b"cracked glass" not in raw


def _end_grant(connection: Any, office_app: OfficeApp, member: UUID, estate: UUID) -> None:
    members.revoke(connection, office_app.office, None, member, estate_id=estate)


def test_an_estate_lost_while_all_is_read_anew_does_not_stay_for_what_was_pushed_before(
    joined: Joining, office_app: OfficeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is taken in counts as seen; it must not any more once the estate is lost, though nothing is here whole."""
    manager = joined()
    mine, theirs = a_repair(manager), a_repair(manager)
    sync(manager)
    keep, lose = _estate_of(manager, mine), _estate_of(manager, theirs)
    caretaker = joined(Role.CARETAKER, estates=[keep, lose])
    sync(caretaker)
    lives.read_from_start(caretaker.store, memory.load(caretaker.store), "tried")
    edit(caretaker, theirs, title="taken in")

    class PowerCut(BaseException):
        pass

    def dies(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(incoming, "load", dies)
        with pytest.raises(PowerCut):
            sync(caretaker)
    assert waiting(caretaker) == 0
    with office_app.office.writing() as connection:
        _end_grant(connection, office_app, caretaker.member, lose)
    sync(caretaker)
    assert shown(caretaker, theirs) is None
    assert shown(caretaker, mine) is not None


def test_what_happened_while_a_case_was_lost_for_a_moment_comes_all_the_same(
    joined: Joining, office_app: OfficeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost after the hello and named again before the next: the push between may not carry the device past it."""
    one, two = joined(), joined()
    repair, office = a_repair(one), office_app.office
    settle(one, two)
    with one.store.write("opened a case") as session:
        case = RestrictedCase(
            kind=CaseKind.SAFEGUARDING, title="A word", opened_by=one.member, opened_at=one.store.clock.now()
        )
        session.add(case)
        session.flush()
        about = case.id
    sync(one)
    with office.writing() as connection:
        confirming.at_console(connection, office, None, UUID(memory.load(two.store).device))
        cases.name(connection, office, None, about, two.member)
    settle(two)
    edit(two, repair, description="meets nobody")
    push = two.client.push

    def meanwhile(body: Mapping[str, Any]) -> dict[str, Any]:
        with office.writing() as connection:
            cases.unname(connection, office, None, about, two.member)
        with one.store.write("a summary") as session:
            session.get_one(RestrictedCase, about).summary = "written meanwhile"
        sync(one)
        answer = push(body)
        with office.writing() as connection:
            cases.name(connection, office, None, about, two.member)
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(two.client, "push", meanwhile)
        sync(two)
    sync(two)
    assert waiting(two) == 0
    with two.store.read() as reading:
        assert reading.get_one(RestrictedCase, about).summary == "written meanwhile"


def test_a_new_estate_is_loaded_and_a_broken_load_goes_on(joined: Joining, office_app: OfficeApp) -> None:
    manager = joined()
    first, second = a_repair(manager), a_repair(manager)
    sync(manager)
    caretaker = joined(Role.CARETAKER, estates=[_estate_of(manager, first)])
    sync(caretaker)
    assert shown(caretaker, second) is None
    with office_app.office.writing() as connection:
        members.grant(
            connection, office_app.office, None, caretaker.member, estate_id=_estate_of(manager, second)
        )
    sync(caretaker)
    assert (shown(caretaker, second), shown(caretaker, first)) == (
        shown(manager, second),
        shown(manager, first),
    )


class Saying:
    """An office that says what a test wants to hear."""

    def __init__(self, *pages: Page) -> None:
        self.pages = list(pages)

    def pull(self, _cursor: str, _limit: int, _incarnation: UUID | str) -> Page:
        return self.pages.pop(0)

    def bootstrap(self, _bucket: str, _after: str, _limit: int) -> Page:
        return self.pages.pop(0)

    def rows(self, _wanted: Iterable[tuple[str, UUID]]) -> Page:
        return self.pages.pop(0)


def _page(
    device: Device, *tables: TableRows, gone: Iterable[tuple[str, UUID]] = (), next_: str = "n"
) -> Page:
    kept = memory.load(device.store)
    return Page("head", kept.epoch, kept.grant_v, "0003", list(tables), list(gone), next_, more=False)


def test_too_much_gone_at_once_is_not_believed(joined: Joining) -> None:
    one = joined()
    with one.store.write("a street") as session:
        estate = build.an_estate(session)
        blocks = [build.a_block(session, estate).id for _ in range(80)]
    sync(one)
    kept = memory.load(one.store)
    with pytest.raises(TooMuchGone) as told:
        incoming.pull(
            one.store, Saying(_page(one, gone=[("block", rid) for rid in blocks])), kept, lambda _: None
        )
    assert "80" in str(told.value)
    assert memory.load(one.store).cursor == kept.cursor
    with one.store.read() as session:
        assert session.scalar(select(func.count()).select_from(Block)) == 80


def test_what_is_gone_goes_unless_work_on_it_waits(joined: Joining) -> None:
    one = joined()
    first, second = a_repair(one), a_repair(one)
    sync(one)
    edit(one, second, title="unsent")
    kept = memory.load(one.store)
    gone = [("repair", first), ("repair", second)]
    incoming.pull(one.store, Saying(_page(one, gone=gone)), kept, lambda _: None)
    assert (shown(one, first), shown(one, second)) == (None, "unsent")


def test_hidden_columns_are_filled_when_new_and_kept_when_known(joined: Joining) -> None:
    one = joined()
    repair = a_repair(one, description="in my own words")
    sync(one)
    new, stamp = uuid4(), "01a207ff94c000031f2c74e5"
    names = ("estate_id", "status", "reported_at", "due_at", "trade", "priority", "reference")
    values = [
        str(_estate_of(one, repair)),
        "ordered",
        "2026-11-23T10:42:00+00:00",
        "2026-11-24T10:42:00.000001+00:00",
    ]
    rows = [
        [str(rid), False, {"*": stamp}, None, *values, "plumbing", "urgent", "R-1"] for rid in (new, repair)
    ]
    page = _page(one, TableRows("repair", names, rows))
    incoming.pull(one.store, Saying(page), memory.load(one.store), lambda _: None)
    assert (shown(one, new, "title"), shown(one, new, "description")) == ("", "")
    assert shown(one, new, "due_at").microsecond == 1
    assert (shown(one, repair, "description"), shown(one, repair, "reference")) == ("in my own words", "R-1")


def test_what_only_a_newer_program_knows_is_kept_and_replayed(joined: Joining) -> None:
    """Case 29."""
    one = joined()
    repair = a_repair(one)
    sync(one)
    stamp = "01a207ff94c000031f2c74e5"
    pages = (
        TableRows(
            "repair",
            ("title", "warranty"),
            [[str(repair), False, {"*": stamp}, {"crew": 3}, "New", "2 years"]],
        ),
        TableRows("boiler", ("make",), [[str(uuid4()), False, {"*": stamp}, None, "Vaillant"]]),
    )
    incoming.pull(one.store, Saying(_page(one, *pages)), memory.load(one.store), lambda _: None)
    assert shown(one, repair) == "New"
    with one.store.read() as session:
        kept = {(row.table_name, row.field): row.value for row in session.scalars(select(UnknownField))}
    assert kept["repair", "warranty"] == "2 years"
    assert kept["repair", "crew"] == 3
    assert kept["boiler", "make"] == "Vaillant"
    with (
        one.store.apply() as connection
    ):  # an update brings the column ``contractor`` under the name it was kept by
        connection.exec_driver_sql("UPDATE unknown_field SET field = 'contractor' WHERE field = 'warranty'")
    from watmos_desktop.services.sync import placing

    with one.store.apply(foreign_keys=False) as connection:
        assert list(placing.replay(connection)) == ["repair"]
    assert shown(one, repair, "contractor") == "2 years"
    assert waiting(one) == 0


def test_many_rows_at_once_leave_what_triggers_would_have_left(
    joined: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, quiet, slow = joined(), joined(), joined()
    repair = a_repair(one, title="Zażółć the gate")
    sync(one)
    found: list[list[Any]] = []
    for device, many in ((quiet, 1), (slow, 1 << 40)):
        monkeypatch.setattr(bulk, "MANY", many)
        sync(device)
        with device.store.read() as session:
            run = session.connection().exec_driver_sql
            texts = run(
                "SELECT id, text FROM search_repair UNION SELECT id, text FROM search_block ORDER BY 1"
            ).all()
            tally = run("SELECT * FROM repair_tally WHERE n > 0 ORDER BY 1, 2, 3").all()
            triggers = run("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1").all()
            hit = run(
                "SELECT count(*) FROM search_repair_index WHERE search_repair_index MATCH 'gat'"
            ).scalar()
            found.append([texts, tally, triggers, hit])
    assert found[0] == found[1]
    assert found[0][3] == 1
    monkeypatch.setattr(bulk, "MANY", 1)
    edit(one, repair, title="Mend the door")
    sync(one)
    sync(quiet)
    with quiet.store.read() as session:
        run = session.connection().exec_driver_sql
        assert (
            run("SELECT count(*) FROM search_repair_index WHERE search_repair_index MATCH 'gat'").scalar()
            == 0
        )
        assert (
            run("SELECT count(*) FROM search_repair_index WHERE search_repair_index MATCH 'doo'").scalar()
            == 1
        )


def test_a_listening_page_hears_what_came(joined: Joining) -> None:
    one, two = joined(), joined()
    repair = a_repair(one)
    sync(one)
    heard: list[Any] = []
    two.store.listeners.append(heard.append)
    sync(two)
    assert any(repair in changed.get("repair", ()) for changed in heard)


def test_a_difference_without_a_reason_is_found_and_put_right_within_a_day(
    joined: Joining, office_app: OfficeApp
) -> None:
    one, two = joined(), joined()
    repair, other = a_repair(one), a_repair(one)
    settle(one, two)
    assert engine.sync(two.store, two.client).drifted == 0
    with two.store.apply() as connection:
        connection.exec_driver_sql("UPDATE repair SET title = 'rotten' WHERE id = ?", (repair.bytes,))
        connection.exec_driver_sql("DELETE FROM repair WHERE id = ?", (other.bytes,))
    clock = office_app.office.clock
    assert isinstance(clock, FakeClock)
    sync(two)
    assert shown(two, repair) == "rotten"  # not asked twice a day
    clock.forward(days=1, hours=1)
    assert engine.sync(two.store, two.client).drifted == 2
    assert state(one) == state(two)
    assert memory.load(two.store).drifts == 2
    clock.forward(days=1, hours=1)
    assert engine.sync(two.store, two.client).drifted == 0


def test_the_digests_of_both_sides_agree_for_a_whole_landlord(joined: Joining) -> None:
    """What the device can tell of buckets is what the office keeps, so that no day begins with a false alarm."""
    one, two = joined(), joined()
    with one.store.write("people move in") as session:
        home = build.a_home(session)
        build.a_tenancy(session, home, build.a_person(session))
    a_repair(one)
    settle(one, two)
    for device in (one, two):
        kept = memory.load(device.store)
        ours = drift._digests(device.store, kept)
        theirs = {bucket: drift._theirs(device.client, bucket) for bucket in kept.held}
        assert ours == theirs


def test_a_lease_is_not_lengthened_by_the_clock_of_the_device(joined: Joining, office_app: OfficeApp) -> None:
    clock = FakeClock(office_app.office.clock.now())
    one = joined(clock=clock)
    sync(one)
    passed = [0.0]

    def seconds() -> float:
        return passed[0]

    assert not lease.is_over(one.store, seconds=seconds)
    clock.forward(days=20)
    assert not lease.is_over(one.store, seconds=seconds)
    clock.forward(timedelta(days=-20))
    clock.forward(days=11)
    assert not lease.is_over(one.store, seconds=seconds)
    clock.forward(days=20)
    assert lease.is_over(one.store, seconds=seconds)
    clock.forward(timedelta(days=-300))
    with pytest.raises(lease.LeaseOver):
        lease.require(one.store, seconds=seconds)
    office_clock = office_app.office.clock
    assert isinstance(office_clock, FakeClock)
    office_clock.forward(days=31)
    clock.set(office_clock.now())
    sync(one)
    assert not lease.is_over(one.store)
    assert shown(one, a_repair(one)) is not None


def test_a_running_program_counts_the_time_that_has_truly_passed(
    joined: Joining, office_app: OfficeApp
) -> None:
    clock = FakeClock(office_app.office.clock.now())
    one = joined(clock=clock)
    sync(one)
    passed = [0.0]
    until = lease.ends(one.store)
    assert until is not None
    began = lease.now(one.store, seconds=lambda: passed[0])
    lease._running.pop(one.store)
    lease.now(one.store, seconds=lambda: passed[0])
    passed[0] = (until - began).total_seconds() + 60
    assert lease.is_over(one.store, seconds=lambda: passed[0])  # the clock stands still, and it is over


def test_a_member_cannot_be_another_here(joined: Joining) -> None:
    from watmos_desktop.services import staff
    from watmos_desktop.services.errors import Told

    one, two = joined(), joined()
    settle(one, two)
    with pytest.raises(Told):
        staff.act_as(one.store, two.member)
    assert staff.act_as(one.store, one.member).staff_id == one.member


@pytest.mark.parametrize("how", ["new device", "read from the start"])
def test_a_conflict_about_a_deletion_comes_with_what_was_deleted(
    joined: Joining, office_app: OfficeApp, how: str
) -> None:
    """Who reads everything anew can still decide it: the deleted record comes too, by name."""
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    edit(one, repair, deleted=True)
    edit(two, repair, title="still needed")
    settle(one, two)
    reader = joined() if how == "new device" else two
    if reader is two:
        lives.read_from_start(two.store, memory.load(two.store), "tried")
    sync(reader)
    assert [value.get("title") for _, value in conflicts(reader)] == ["still needed"]
    assert shown(reader, repair, "deleted") is True
    with reader.store.read() as session:
        assert review.count(session) == 1
    assert sync(reader) == [engine.Report()]
    clock = office_app.office.clock
    assert isinstance(clock, FakeClock)
    clock.forward(days=1, hours=1)
    kept = memory.load(reader.store)
    ours = drift._digests(reader.store, kept)
    assert ours == {bucket: drift._theirs(reader.client, bucket) for bucket in kept.held}


def test_who_dies_between_the_first_load_and_the_question_for_deleted_owners_asks_again(
    joined: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    edit(one, repair, deleted=True)
    edit(two, repair, title="still needed")
    settle(one, two)
    reader = joined()

    class PowerCut(BaseException):
        pass

    def dies(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(owners, "wanted", dies)
        with pytest.raises(PowerCut):
            sync(reader)
    assert shown(reader, repair, "deleted") is None
    sync(reader)
    assert shown(reader, repair, "deleted") is True
    assert sync(reader) == [engine.Report()], "and once is enough"
    assert not memory.load(reader.store).owners
