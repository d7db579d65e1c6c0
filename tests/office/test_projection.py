"""What of a record reaches whom: columns by the policy, whole tables or none, and never a trace of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from tests.fakes import FakeClock
from tests.office.conftest import new_database
from tests.office.feed import STAMP, Feed, filled
from watmos_desktop.models.kinds import DataClass, Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import policy
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.sync import pages, registers, values, wire
from watmos_desktop.services.sync.pages import Page
from watmos_office import bootstrap, checks, exporting, grants, projection, pull, searching
from watmos_office.caller import Caller
from watmos_office.errors import Answer
from watmos_office.office import Office

_NAMES = UUID(int=7)
_OWN = {"staff", "staff_scope"}


@pytest.fixture
def feed(office: Office) -> Feed:
    return Feed(office)


def someone(role: Role) -> Actor:
    return Actor(uuid4(), "Someone", role)


@pytest.mark.parametrize("role", Role)
def test_the_columns_are_those_that_the_policy_allows_and_no_others(role: Role) -> None:
    person = someone(role)
    for table in SYNCED:
        allowed = {name for name in values.known(table) if policy.may_see(person, table, name)}
        if not policy.may(person, Action.SEE, table):
            allowed = set(values.known(table)) if table in _OWN else set()
        assert set(projection.columns(person, table)) == allowed, table


@pytest.mark.parametrize("role", Role)
def test_nobody_receives_a_class_above_their_ceiling(role: Role) -> None:
    """Said once more from the ceilings themselves, without ``may_see``."""
    person = someone(role)
    for table in set(SYNCED) - _OWN:
        ceiling = policy.CEILINGS[role].get(policy.PARTS[table], (None, None))[0]
        for name in projection.columns(person, table):
            found = policy.data_class(table, name)
            assert found is not None
            assert ceiling is not None
            assert found <= ceiling, (table, name)


def test_no_role_and_no_table_is_nothing() -> None:
    assert projection.columns(Actor(uuid4(), "", None), "estate") == ()
    for table in ("member", "token", "op", "outbox", "repair_tally", "", "nothing"):
        assert projection.columns(someone(Role.MANAGER), table) == ()
        assert not projection.visible(someone(Role.MANAGER), table, {})


def everything(feed: Feed, caller: Caller) -> Page:
    return pages.read(pull.pull(feed.office, caller, "", 1000, None))


def test_no_personal_word_ever_reaches_an_ambassador(feed: Feed) -> None:
    """Every column of every table holds its own name and class; only class C0 comes through, by any door."""
    block, estate = uuid4(), uuid4()
    member = feed.member(Role.AMBASSADOR)
    feed.grant(member, estate, block)
    caller = feed.caller(member)
    for table in SYNCED:
        rows = [filled(table, "canary") | {"later": "canary-later-unknown"}]
        if "owner_table" in rows[0]:
            rows = [rows[0] | {"owner_table": owner} for owner in SYNCED]
        if table == "conflict":
            owners = [(owner, field) for owner in SYNCED for field in ("", *values.known(owner))]
            rows = [rows[0] | {"owner_table": owner, "field": field} for owner, field in owners]
        feed.many(table, [(uuid4(), row) for row in rows], f"block:{block}")
    said: list[bytes] = [
        pull.pull(feed.office, caller, "", 5000, None),
        *(bootstrap.bootstrap(feed.office, caller, bucket, "") for bucket in caller.buckets),
    ]
    texts = [str([table.rows for table in pages.read(raw).tables]) for raw in said]
    texts += [
        str(searching.search(feed.office, caller, "canary")),
        str(searching.counts(feed.office, caller)),
    ]
    texts += [line.decode() for line in exporting.export(feed.office, caller.actor, caller.buckets)]
    for text in texts:
        for higher in (*list(DataClass)[1:], "unknown"):
            assert f"-{higher}" not in text
    assert sum("-C0" in text for text in texts) > 3, "the canaries of class C0 sing"


def test_an_ambassador_receives_every_row_of_the_tables_they_see(feed: Feed) -> None:
    """A missing row would say that there is something to hide (S21): only columns go."""
    estate = uuid4()
    ambassador, manager = feed.member(Role.AMBASSADOR), feed.member(Role.MANAGER)
    for member in (ambassador, manager):
        feed.grant(member, estate)
    for table in ("block", "inspection", "answer", "repair", "defect", "schedule"):
        for _ in range(3):
            feed.put(table, filled(table, "x"), f"estate:{estate}")
    neighbour, boss = (everything(feed, feed.caller(member)) for member in (ambassador, manager))
    assert {t.table: [row[0] for row in t.rows] for t in neighbour.tables} == {
        t.table: [row[0] for row in t.rows] for t in boss.tables
    }


def test_stamps_of_hidden_fields_are_not_told(feed: Feed) -> None:
    estate = uuid4()
    member = feed.member(Role.AMBASSADOR)
    feed.grant(member, estate)
    whole = {registers.INSERTED: STAMP, registers.NEWEST: STAMP, registers.OTHERS: STAMP, "deleted": STAMP}
    feed.put(
        "repair", filled("repair", "x"), f"estate:{estate}", stamps=whole | {"title": STAMP, "status": STAMP}
    )
    stamps = everything(feed, feed.caller(member)).tables[0].rows[0][2]
    assert stamps == whole | {"status": STAMP}


@pytest.mark.parametrize("role", [Role.AMBASSADOR, Role.MANAGER])
def test_a_clock_that_was_wrong_is_told_to_nobody(feed: Feed, role: Role) -> None:
    """A device goes on from the highest stamp that it meets: one from the future would put all clocks ahead."""
    estate, member = uuid4(), feed.member(role)
    feed.grant(member, estate)
    told = {registers.INSERTED: STAMP, "status": STAMP}
    moved = told | {registers.CLAIMED: {"status": "f" * 24}}
    feed.put("repair", filled("repair", "x"), f"estate:{estate}", stamps=moved)
    assert everything(feed, feed.caller(member)).tables[0].rows[0][2] == told


def test_fields_of_a_newer_program_reach_only_who_sees_the_whole_table(feed: Feed) -> None:
    estate = uuid4()
    feed.put("repair", filled("repair", "x") | {"later": 7}, f"estate:{estate}")
    feed.put("home", filled("home", "x") | {"later": 7}, f"estate:{estate}")
    wanted = {
        Role.AMBASSADOR: {"repair": None},
        Role.RESIDENT_VOICE: {"repair": {"later": 7}, "home": None},
        Role.CARETAKER: {"repair": {"later": 7}, "home": {"later": 7}},
    }
    for role, unknown in wanted.items():
        member = feed.member(role)
        feed.grant(member, estate)
        page = everything(feed, feed.caller(member))
        assert {table.table: table.rows[0][3] for table in page.tables} == unknown, role


@pytest.mark.parametrize("role", Role)
def test_everyone_knows_who_they_are_and_what_they_look_after(feed: Feed, role: Role) -> None:
    member = feed.member(role)
    own = f"user:{member}"
    feed.put("staff", filled("staff", "me"), own, "org", rid=member)
    other = feed.put("staff", filled("staff", "other"), "org")
    scope = feed.put("staff_scope", filled("staff_scope", "me") | {"staff_id": str(member)}, own)
    page = everything(feed, feed.caller(member))
    rows = {table.table: {row[0]: row for row in table.rows} for table in page.tables}
    assert str(scope) in rows["staff_scope"]
    name = next(table for table in page.tables if table.table == "staff").columns.index("name")
    assert rows["staff"][str(member)][4 + name] == "me-name-C1"
    assert (str(other) in rows["staff"]) is (role is not Role.AMBASSADOR)


def test_what_leaves_is_told_to_whom_it_was_shown_only(feed: Feed) -> None:
    estate = uuid4()
    here = f"estate:{estate}"
    ambassador, manager = feed.member(Role.AMBASSADOR), feed.member(Role.MANAGER)
    for member in (ambassador, manager):
        feed.grant(member, estate)
    callers = [feed.caller(ambassador), feed.caller(manager)]
    cursors = [everything(feed, caller).next for caller in callers]
    feed.put("estate", filled("estate", "x"), here)
    cursors = [everything(feed, caller).next for caller in callers]
    away = f"estate:{uuid4()}"
    put = {
        name: feed.put(table, filled(table, "x") | more, away, gone=(here,))
        for name, table, more in (
            ("repair", "repair", {}),
            ("home", "home", {}),
            ("photo", "attachment", {"owner_table": "repair"}),
            ("photo of a home", "attachment", {"owner_table": "home"}),
            ("conflict", "conflict", {"owner_table": "repair", "field": "title"}),
        )
    }
    told = [
        {rid for _, rid in pages.read(pull.pull(feed.office, caller, cursor, 100, None)).gone}
        for caller, cursor in zip(callers, cursors, strict=True)
    ]
    assert told == [{put["repair"], put["photo"]}, set(put.values())]


def test_a_conflict_is_as_visible_as_every_field_it_is_about() -> None:
    voice, manager, caretaker = (
        someone(Role.RESIDENT_VOICE),
        someone(Role.MANAGER),
        someone(Role.CARETAKER),
    )

    def visible(person: Actor, table: str, field: str) -> bool:
        return projection.visible(person, "conflict", {"owner_table": table, "field": field})

    assert visible(manager, "person", "needs")
    assert not visible(voice, "person", "needs")
    assert visible(voice, "person", "name")
    assert not visible(caretaker, "person", "name")
    assert not visible(voice, "person", ""), "about the record as a whole, so about its needs too"
    assert not visible(someone(Role.AMBASSADOR), "repair", "status")
    for field in ("nothing", "id"):
        assert not visible(voice, "nothing", field)


def test_photos_of_others_are_not_for_ambassadors() -> None:
    member, other = uuid4(), uuid4()
    photo = {"owner_table": "repair", "added_by": str(member)}
    for role in Role:
        caller = Caller(uuid4(), "active", Actor(member, "", role), frozenset(), 1)
        for author in (member, other, None):
            may = projection.may_read_bytes(caller, photo, author)
            if role is Role.AMBASSADOR:
                assert may is (author == member), "whom the office knows, not what the record says"
            else:
                assert may is (role is not Role.ADMINISTRATOR)
        hidden = {"owner_table": "person"}
        assert projection.may_read_bytes(caller, hidden, other) is policy.may(
            caller.actor, Action.SEE, "person"
        )


# --- A world with a case, and one without: nobody who is barred can tell them apart (security.md S22).


class World:
    """One landlord's records under ids that are the same in each world; ``case`` says which world it is."""

    def __init__(self, office: Office, role: Role, *, case: bool) -> None:
        self.feed = feed = Feed(office)
        self.estate, self.block, self.member = self.id("estate"), self.id("block"), self.id("member")
        feed.member(role, "The one who must not know", rid=self.member)
        if role not in (Role.MANAGER, Role.ADMINISTRATOR):
            feed.grant(self.member, self.estate)
        feed.place(self.block, self.estate)
        self.buckets = (f"estate:{self.estate}", f"block:{self.block}")
        self.device = self.id("device")
        self.case = f"case:{self.id('case')}"
        self.hidden = [(table, self.id(f"hidden {table}")) for table in self._HIDDEN]
        if case:
            feed.named(self.id("case"), self.member)
            feed.barred(self.id("case"), self.member)
        for number, table in enumerate(SYNCED):
            if table in {"restricted_case", "case_note", "conflict"}:
                continue
            for bucket in (*self.buckets, "org", f"user:{self.member}")[number % 3 :: 2]:
                self.put(table, f"{table} {bucket}", bucket)
            if case:
                self.put_case(number)
        self.caller = feed.caller(self.member, self.device)

    _HIDDEN = ("restricted_case", "case_note", "attachment", "conflict", "clock")

    def id(self, name: str) -> UUID:
        return uuid5(_NAMES, name)

    def put(self, table: str, name: str, *buckets: str, **more: Any) -> None:
        data = filled(table, name, ids=lambda column: uuid5(_NAMES, f"{name} {column}"))
        self.feed.put(table, data | more, *buckets, rid=self.id(name))

    def put_case(self, number: int) -> None:
        """The case and all that hangs on it, again and again: its traffic must not show either."""
        for table, rid in self.hidden if number < 3 else self.hidden[number % 5 :][:1]:
            data = filled(table, "lantern") | {"owner_table": "restricted_case", "field": "title"}
            known = set(values.known(table))
            kept = {name: value for name, value in data.items() if name in known} | {"code": number}
            self.feed.put(table, kept, self.case, rid=rid)

    def view(self) -> list[Any]:
        """Everything this member is told by every door, sealed cursors as their lengths."""
        office, caller = self.feed.office, self.caller
        with office.reading() as connection:
            found: list[Any] = [
                sorted(grants.held(connection, self.member)),
                grants.actor(connection, self.member),
            ]
        cursors, cursor, more = [], "", True
        while more:
            page = pages.read(pull.pull(office, caller, cursor, 7, None))
            cursor, more = page.next, page.more
            cursors.append(cursor)
            found.append(plain(page))
        found.append(plain(pages.read(pull.pull(office, caller, cursors[1], 100, self.device))))
        for bucket in (*sorted(caller.buckets), self.case, "case:none"):
            found.append(answer(partial(checks.check, office, caller, bucket)))
            after, more = "", True
            while more:
                got = answer(partial(bootstrap.bootstrap, office, caller, bucket, after, 3))
                page = pages.read(got) if isinstance(got, bytes) else Page("", "", 0, "")
                after, more = page.next, page.more
                found.append(plain(page) if isinstance(got, bytes) else got)
        some = [*self.hidden, ("restricted_case", self.id("none")), ("estate", self.id("estate"))]
        found.append(plain(pages.read(pull.rows(office, caller, some))))
        for words in ("lantern", "title", "case", str(self.id("hidden case_note"))):
            found.append(searching.search(office, caller, words))
        found.append(searching.counts(office, caller))
        found += list(exporting.export(office, caller.actor, caller.buckets))
        found += [pull.moved(office, caller, cursors[-1]), pull.moved(office, caller, cursors[0])]
        return found


def plain(page: Page) -> list[Any]:
    return [len(page.head), len(page.next), page.grant_v, page.schema, page.tables, page.gone, page.more]


def answer(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Answer as refusal:
        return refusal.status, refusal.code, refusal.extra


@pytest.fixture
def twin(
    office: Office, request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock
) -> Iterator[Office]:
    """A second office on the same kind of database."""
    if office.postgresql:
        url = new_database(request.getfixturevalue("postgresql"))
    else:
        url = f"sqlite:///{tmp_path / 'twin.db'}"
    made = Office(url, tmp_path / "twin", clock=clock)
    yield made
    made.close()


@pytest.mark.parametrize("role", Role)
def test_who_is_barred_cannot_tell_whether_there_is_a_case(office: Office, twin: Office, role: Role) -> None:
    """Named to the case and barred from it: not one byte differs from a world in which there is none."""
    with_it, without = World(office, role, case=True), World(twin, role, case=False)
    told, quiet = with_it.view(), without.view()
    assert told == quiet
    assert "lantern" not in str(told)
    end = pages.read(pull.pull(office, with_it.caller, "", 20_000, None)).next
    with_it.put_case(99)
    assert not pull.moved(office, with_it.caller, end), "nor when it changes"


def test_who_is_named_and_not_barred_does_see_it(feed: Feed) -> None:
    """The other side of the coin, or the test above would prove nothing."""
    world = World(feed.office, Role.TENANCY_OFFICER, case=True)
    member = feed.member(Role.SAFEGUARDING_LEAD)
    feed.named(world.id("case"), member)
    caller = feed.caller(member)
    page = pages.read(bootstrap.bootstrap(feed.office, caller, world.case, ""))
    assert {table.table for table in page.tables} == set(World._HIDDEN)
    assert searching.search(feed.office, caller, "lantern")


def test_a_record_older_than_a_column_comes_with_what_the_models_say_it_held(feed: Feed) -> None:
    """Else a device would have nothing to put into a column that may not be empty."""
    estate = uuid4()
    member = feed.member(Role.MANAGER)
    feed.grant(member, estate)
    caller, here = feed.caller(member), f"estate:{estate}"
    old = filled("repair", "r")
    for column in ("fixture", "hazard", "status"):
        del old[column]
    feed.put("repair", old, here)
    page = pages.read(bootstrap.bootstrap(feed.office, caller, here, ""))
    (table,) = page.tables
    rid, deleted, _, _, *cells = table.rows[0]
    row = dict(zip(table.columns, cells, strict=True))
    assert (row["fixture"], row["hazard"], row["status"]) == ("", "", "reported")
    digest = wire.digest("repair", UUID(rid), deleted, row)
    assert checks.check(feed.office, caller, here) == {"count": 1, "digest": digest}
