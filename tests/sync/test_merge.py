"""Two people write at once: nothing they wrote is lost, and the order in which it arrives makes no difference."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sync.world import DECLARED, FAR, FIRST, TABLE, Device, Office, play, stamp, visible
from watmos_desktop.models.kinds import ConflictKind, InspectionStatus
from watmos_desktop.models.tables import SYNCED, Base
from watmos_desktop.services.sync import registers
from watmos_desktop.services.sync.continuing import continued
from watmos_desktop.services.sync.merge import Loss, Merging, RowState, Unlawful, difference, fold, merge
from watmos_desktop.services.sync.registers import Kind
from watmos_desktop.services.sync.wire import Op

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(autouse=True, scope="module")
def _sample() -> Iterator[None]:
    registers.TABLES[TABLE] = DECLARED
    yield
    del registers.TABLES[TABLE]


# What a device does: which device, which register, and how much its clock has moved since.
EDIT = st.tuples(
    st.integers(0, 2),
    st.sampled_from(["title", "note", "day", "count", "add", "remove", "delete", "revive"]),
    st.integers(0, 5),
)
ROUND = st.tuples(
    st.lists(EDIT, max_size=6),
    st.lists(st.integers(0, 2), max_size=8),
    st.lists(st.integers(0, 2), max_size=8),
    st.sets(st.integers(0, 2)),
)


def act(device: Device, what: str, number: int, later: int) -> None:
    """One edit with a value that nobody else ever writes; nothing when there is nothing to do it to."""
    value, wall = f"{what}{number}", device.wall + later
    if what == "count":
        device.edit({"count": number}, wall)
    elif what == "add":
        device.edit({"marks": [*device.data["marks"], f"m{number % 4}"]}, wall)
    elif what == "remove":
        if device.data["marks"]:
            first = min(device.data["marks"])  # whatever order they came in
            device.edit({"marks": [one for one in device.data["marks"] if one != first]}, wall)
    elif what in ("delete", "revive"):
        if device.deleted is (what == "revive"):
            device.edit({"deleted": what == "delete"}, wall)
    elif what == "day":
        device.edit({"day": value, "slot": value.upper()}, wall)
    else:
        device.edit({what: value}, wall)


def run(rounds: list[Any], *, other_order: bool = False, offsets: tuple[int, ...] = (0, 0, 0)) -> Office:
    """Rounds of edits made apart; each is sent in the first or the second order; some devices then pull."""
    office = Office()
    devices = [Device(name, office, wall=2 + offset) for name, offset in zip("abc", offsets, strict=True)]
    number = 0
    for edits, first, second, pulling in rounds:
        for who, what, later in edits:
            number += 1
            act(devices[who], what, number, later)
        play(office, devices, second if other_order else first)
        for who in sorted(pulling):
            devices[who].pull()
    return office


@QUICK
@given(st.lists(ROUND, max_size=5))
def test_the_order_of_arrival_makes_no_difference(rounds: list[Any]) -> None:
    assert visible(run(rounds)) == visible(run(rounds, other_order=True))


@QUICK
@given(st.lists(ROUND, max_size=5), st.randoms(use_true_random=False))
def test_what_comes_again_changes_nothing(rounds: list[Any], chance: Any) -> None:
    office = Office()
    devices = [Device(name, office) for name in "abc"]
    sent: list[Op] = []
    for number, (who, what, later) in enumerate(edit for one in rounds for edit in one[0]):
        act(devices[who], what, number, later)
    for device in devices:
        sent += device.waiting
    play(office, devices, [chance.randrange(3) for _ in range(20)])
    before = visible(office), office.row, list(office.losses)
    for op in chance.sample(sent, len(sent)):
        office.take(op)
    assert (visible(office), office.row, office.losses) == before


class Ledger:
    """What was ever written to title, note and day, and whose author had it before them when writing over it."""

    def __init__(self) -> None:
        self.written: set[tuple[str, str]] = set()
        self.covered: set[tuple[str, str]] = set()

    def act(self, device: Device, what: str, number: int, later: int) -> None:
        """Do it, and note it."""
        before = dict(device.data)
        act(device, what, number, later)
        for name in ("title", "note", "day"):
            if device.data[name] != before[name]:
                self.covered.add((name, before[name]))
                self.written.add((name, device.data[name]))

    def missing(self, office: Office) -> set[tuple[str, str]]:
        """What is neither shown nor kept nor was written over by someone who saw it."""
        row = office.row
        shown = {(name, row.data[name]) for name in ("title", "note", "day")}
        kept = {(name, value) for loss in office.open for name, value in loss.value.items()}
        return self.written - shown - kept - self.covered


@QUICK
@given(st.lists(ROUND, max_size=5), st.tuples(*[st.sampled_from([0, -(10**9), 10**9, 10**12])] * 3))
def test_no_written_value_is_lost_whatever_the_clocks_say(
    rounds: list[Any], offsets: tuple[int, ...]
) -> None:
    """One device's clock may be years away, before or after."""
    ledger, office = Ledger(), Office(latest=stamp(10**6, "f"))
    devices = [
        Device(name, office, wall=max(0, 10**5 + offset)) for name, offset in zip("abc", offsets, strict=True)
    ]
    number = 0
    for edits, order, _, pulling in rounds:
        for who, what, later in edits:
            number += 1
            ledger.act(devices[who], what, number, later)
        play(office, devices, order)
        for who in pulling:
            devices[who].pull()
        assert ledger.missing(office) == set()
        assert office.row.data["slot"] == office.row.data["day"].upper().replace("D0", "s0") or (
            office.row.data["day"], office.row.data["slot"]) == ("d0", "s0")  # fmt: skip
    for device in devices:
        device.pull()
        assert (device.data, device.deleted) == (office.row.data, office.row.deleted)


@QUICK
@given(st.lists(ROUND, min_size=1, max_size=5))
def test_an_edit_that_a_deletion_had_not_seen_is_kept_for_a_decision(rounds: list[Any]) -> None:
    """Every edit of a record that ends deleted was seen by a deletion, or stands in a conflict of that kind."""
    office = Office()
    devices = [Device(name, office) for name in "abc"]
    unseen: set[str] = set()
    number = 0
    for edits, order, _, pulling in rounds:
        for who, what, later in edits:
            number += 1
            before = devices[who].data["title"]
            act(devices[who], what if what in ("title", "delete", "revive") else "title", number, later)
            if devices[who].data["title"] != before:
                unseen.add(devices[who].data["title"])
                unseen.discard(before)
            if devices[who].deleted:
                unseen.discard(devices[who].data["title"])
        play(office, devices, order)
        for who in pulling:
            devices[who].pull()
    if office.row.deleted:
        kept = {value for loss in office.losses for value in loss.value.values()}
        assert unseen <= kept | {"t0"}


def test_an_edit_by_who_had_seen_all_comes_out_as_from_the_long_way() -> None:
    chance, quick = random.Random(7), 0
    for _ in range(4000):
        made = [stamp(wall, who) for wall in range(1, 5) for who in "ab"]
        names = chance.sample(list(FIRST), chance.randint(0, 3))
        stamps: dict[str, Any] = {"*": made[0]} | {name: chance.choice(made) for name in names}
        newest = chance.choice([max(stamps.values()), made[-1]])
        stamps |= chance.choice(
            ({}, {"^": newest}, {"^": newest, "~": chance.choice(made)}, {"=": {"title": made[1]}})
        )
        row = RowState(dict(FIRST), stamps, chance.random() < 0.1, newest)
        said = chance.sample(
            ["title", "title", "note", "newer", *FIRST, "deleted", "id"], chance.randint(0, 2)
        )
        base = {name: chance.choice([stamps.get(name, made[0])] * 5 + made) for name in said}
        base |= chance.choice(({}, {"^": newest}, {"^": newest}, {"^": chance.choice(made)}))
        fields = {name: FIRST.get(name, False) if chance.random() < 0.2 else "said" for name in said}
        one = op(chance.choice("ab"), chance.randint(1, 7), fields, base)
        if (found := continued(row, one)) is not None:
            quick += 1
            assert found == Merging(row, one, one.stamp, ahead=False).outcome()
    assert quick > 50


# --- one case at a time ---


def op(name: str, wall: int, fields: dict[str, Any], base: dict[str, str] | None = None, **other: Any) -> Op:
    given = {"kind": "update", "table": TABLE} | other
    return Op(
        uuid4(), 1, uuid4(), given["table"], uuid4(), given["kind"], fields, base or {}, stamp(wall, name),
        "2026-11-23T10:42:00+00:00",
    )  # fmt: skip


def first(data: dict[str, Any] | None = None) -> RowState:
    return RowState(dict(data or FIRST), {"*": stamp(1, "0")}, False, stamp(1, "0"))


SEEN = {name: stamp(1, "0") for name in (*FIRST, "^", "deleted")}


def test_a_new_row_is_as_it_came() -> None:
    made = op("a", 2, {"id": "x", "title": "t", "deleted": False}, kind="insert")
    outcome = merge(None, made, FAR)
    assert outcome.row == RowState({"title": "t"}, {"*": made.stamp}, False, made.stamp)
    assert outcome.echo and not outcome.losses


def test_a_change_of_what_is_not_there_waits_in_quarantine() -> None:
    for kind in ("update", "delete"):
        with pytest.raises(Unlawful, match="unknown_record"):
            merge(None, op("a", 2, {"title": "t"}, kind=kind), FAR)


def test_both_values_of_a_clash_survive_and_the_later_is_shown() -> None:
    a, b = op("a", 3, {"title": "A"}, SEEN), op("b", 4, {"title": "B"}, SEEN)
    for order, loser in (((a, b), a), ((b, a), a)):
        row, outcome, losses = first(), None, list[Loss]()
        for one in order:
            outcome = merge(row, one, FAR)
            row, losses = outcome.row, [*losses, *outcome.losses]
        assert row.data["title"] == "B"
        assert [(one.field, one.kind, one.value, one.shown, one.stamp) for one in losses] == [
            ("title", ConflictKind.CLASH, {"title": "A"}, {"title": "B"}, loser.stamp)
        ]
        assert outcome is not None and not outcome.echo


def test_the_same_value_twice_is_no_conflict() -> None:
    a, b = op("a", 3, {"title": "same"}, SEEN), op("b", 4, {"title": "same"}, SEEN)
    for order in ((a, b), (b, a)):
        one = merge(first(), order[0], FAR).row
        outcome = merge(one, order[1], FAR)
        assert not [loss for loss in outcome.losses if loss.kind is not ConflictKind.PARALLEL]
        assert outcome.row.stamps["title"] == b.stamp


def test_who_has_seen_a_value_writes_over_it_even_with_a_clock_that_is_years_behind() -> None:
    row = merge(first(), op("a", 10**9, {"title": "A"}, SEEN), FAR).row
    late = op("b", 2, {"title": "B"}, {"title": stamp(10**9, "a"), "^": row.newest})
    outcome = merge(row, late, FAR)
    assert outcome.row.data["title"] == "B" and not outcome.losses
    assert outcome.row.stamps["title"] > row.stamps["title"] and outcome.row.newest > row.newest
    assert not outcome.echo  # its stamp was raised, so the device must hear of it


def test_a_stamp_from_the_future_counts_as_the_latest_allowed() -> None:
    outcome = merge(first(), op("a", 10**9, {"title": "A"}, SEEN), stamp(50, "f"))
    assert outcome.row.stamps["title"] == stamp(50, "a") and not outcome.echo
    again = merge(
        outcome.row, op("a", 10**9 + 1, {"title": "A2"}, {"title": stamp(10**9, "a")}), stamp(50, "f")
    )
    assert again.row.data["title"] == "A2" and not again.losses
    made = merge(None, op("a", 10**9, {"title": "A"}, kind="insert"), stamp(50, "f"))
    assert made.row.newest == stamp(50, "a") and not made.echo


def test_a_value_that_lost_is_settled_by_who_writes_over_it_knowingly() -> None:
    a, b = op("a", 3, {"title": "A"}, SEEN), op("b", 4, {"title": "B"}, SEEN)
    row = merge(merge(first(), a, FAR).row, b, FAR).row
    outcome = merge(row, op("c", 5, {"title": "C"}, {"title": a.stamp}), FAR)
    assert outcome.settled == {("title", a.stamp)}
    assert [loss.value for loss in outcome.losses] == [{"title": "B"}]


def test_fields_that_differ_meet_without_a_clash_and_are_told_once() -> None:
    row = merge(first(), op("a", 3, {"title": "A"}, SEEN), FAR).row
    second = merge(row, op("b", 4, {"note": "B"}, SEEN), FAR)
    assert (second.row.data["title"], second.row.data["note"]) == ("A", "B")
    assert [(one.kind, one.field, one.value) for one in second.losses] == [
        (ConflictKind.PARALLEL, "", {"note": "B"})
    ]
    third = merge(second.row, op("b", 5, {"note": "B2"}, {**SEEN, "note": stamp(4, "b")}), FAR)
    assert not third.losses and not third.echo  # it still has not seen A


def test_an_older_edit_that_arrives_later_is_known_to_be_unseen() -> None:
    """Its stamp is lower than the newest one, so no stamp could tell; the row's version does."""
    row = merge(first(), op("a", 12, {"title": "A"}, SEEN), FAR).row
    row = merge(row, op("b", 11, {"note": "B"}, SEEN), FAR).row
    outcome = merge(row, op("a", 13, {"day": "x", "slot": "y"}, SEEN), FAR)
    assert not outcome.echo
    deleting = replace(op("a", 13, {"deleted": True}, SEEN), base={**SEEN, "title": stamp(12, "a")})
    lost = merge(row, deleting, FAR)
    assert [(loss.kind, loss.value) for loss in lost.losses] == [(ConflictKind.DELETED, {"note": "B"})]


@pytest.mark.parametrize("kind", ["delete", "update"])
def test_deletion_against_an_unseen_edit_ends_alike_in_both_orders(kind: str) -> None:
    gone = op("a", 3, {"deleted": True} if kind == "update" else {}, SEEN, kind=kind)
    edit = op("b", 4, {"title": "B"}, SEEN)
    for order in ((gone, edit), (edit, gone)):
        middle = merge(first(), order[0], FAR).row
        outcome = merge(middle, order[1], FAR)
        assert outcome.row.deleted and outcome.row.data["title"] == "B" and not outcome.echo
        (loss,) = outcome.losses
        assert (loss.kind, loss.field, loss.value) == (ConflictKind.DELETED, "", {"title": "B"})


def test_an_edit_that_has_seen_the_deletion_revives() -> None:
    gone = merge(first(), op("a", 3, {"deleted": True}, SEEN), FAR).row
    back = merge(gone, op("b", 4, {"title": "B"}, {**SEEN, "^": gone.newest}), FAR)
    assert not back.row.deleted and not back.losses and not back.echo
    said = merge(gone, op("b", 4, {"deleted": False}, {**SEEN, "^": gone.newest}), FAR)
    assert not said.row.deleted and said.echo


def test_the_same_record_begun_on_two_devices_merges_field_by_field() -> None:
    a = op("a", 3, {"title": "A", "note": "same", "day": "d", "slot": "s"}, kind="insert")
    b = op("b", 4, {"title": "B", "note": "same", "day": "d"}, kind="insert")
    one = merge(merge(None, a, FAR).row, b, FAR)
    other = merge(merge(None, b, FAR).row, a, FAR)
    assert one.row.data["title"] == other.row.data["title"] == "B"
    assert {loss.field for loss in one.losses} == {loss.field for loss in other.losses} == {"title", "day"}
    assert (one.row.data["day"], one.row.data["slot"]) == ("d", None)  # never one's day and the other's slot


def test_a_group_is_one_register() -> None:
    a, b = op("a", 3, {"day": "1", "slot": "am"}, SEEN), op("b", 4, {"day": "2", "slot": "pm"}, SEEN)
    outcome = merge(merge(first(), b, FAR).row, a, FAR)
    assert (outcome.row.data["day"], outcome.row.data["slot"]) == ("2", "pm")
    assert outcome.losses[0].value == {"day": "1", "slot": "am"}


def test_of_a_set_an_addition_wins_over_a_removal_at_the_same_time() -> None:
    row = merge(first(), op("a", 2, {"marks": {"add": ["x"], "remove": []}}, SEEN), FAR).row
    add = op("b", 3, {"marks": {"add": ["x"], "remove": ["m0"]}}, SEEN)  # had not seen a's
    remove = op("c", 4, {"marks": {"add": [], "remove": ["x"]}}, {**SEEN, "^": row.newest})
    for order in ((add, remove), (remove, add)):
        after = row
        for one in order:
            after = merge(after, one, FAR).row
        assert after.data["marks"] == ["x"]
    alone = merge(row, remove, FAR).row
    assert alone.data["marks"] == ["m0"]


def test_a_set_sent_whole_by_an_older_program_is_taken_as_its_difference() -> None:
    row = merge(first(), op("a", 2, {"marks": ["m0", "x"]}, SEEN), FAR).row
    assert row.data["marks"] == ["m0", "x"]
    assert merge(row, op("a", 3, {"marks": ["x"]}, SEEN), FAR).row.data["marks"] == ["x"]


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.sampled_from("abcdef"), unique=True))
def test_a_set_becomes_another_by_its_difference(before: list[str], after: list[str]) -> None:
    assert set(fold(before, difference(before, after))) == set(after)
    assert fold(before, difference(before, before)) == before
    assert fold(before, difference(before, [*before, "new"])) == [*before, "new"]


# --- guarded ---


def repair(status: str, wall: int, name: str, base: dict[str, str] | None = None) -> Op:
    done = "2026-11-23T10:00:00+00:00" if status == "completed" else None
    return op(name, wall, {"status": status, "completed_at": done}, base, table="repair")


def reported() -> RowState:
    return RowState({"status": "reported", "completed_at": None}, {"*": stamp(1, "0")}, False, stamp(1, "0"))


def test_a_step_that_is_not_lawful_is_kept_and_not_applied() -> None:
    done = merge(reported(), repair("completed", 3, "a", SEEN | {"status": stamp(1, "0")}), FAR)
    assert done.row.data["status"] == "completed" and not done.losses
    seen = {"status": stamp(3, "a"), "completed_at": stamp(3, "a"), "^": done.row.newest}
    outcome = merge(done.row, repair("cancelled", 4, "b", seen), FAR)
    assert outcome.row.data == done.row.data and not outcome.echo
    # It hears of it even when its next change goes through: what it holds is not what is kept.
    noted = merge(outcome.row, op("b", 5, {"title": "x"}, seen, table="repair"), FAR)
    assert not noted.echo
    assert [(loss.kind, loss.field) for loss in outcome.losses] == [(ConflictKind.GUARDED, "status")]
    assert outcome.losses[0].value == {"status": "cancelled", "completed_at": None}
    reopened = merge(done.row, repair("reported", 4, "b", seen), FAR)
    assert reopened.row.data["status"] == "reported" and not reopened.losses


STATES = st.sampled_from(["reported", "ordered", "completed", "cancelled"])


@QUICK
@given(st.permutations(range(3)), st.lists(STATES, min_size=3, max_size=3))
def test_guarded_steps_at_once_are_always_flagged_and_none_is_lost(
    order: list[int], states: list[str]
) -> None:
    base = dict.fromkeys(("status", "completed_at", "^"), stamp(1, "0"))
    ops = [repair(state, 3 + i, "abc"[i], base) for i, state in enumerate(states)]
    row, kept = reported(), []
    for i in order:
        outcome = merge(row, ops[i], FAR)
        before, row = row, outcome.row
        kept += [loss.value["status"] for loss in outcome.losses if loss.kind is ConflictKind.GUARDED]
        moved = before.data["status"] != row.data["status"]
        assert not moved or before.data["status"] == "reported" or outcome.losses
    assert set(states) <= {row.data["status"], *kept}


def test_the_word_of_a_copy_that_nobody_had_told_apart_is_kept() -> None:
    """Two copies of one device bear one tag: what the other wrote was not before this one's eyes."""
    first, office = stamp(1, "a"), stamp(2, "0")
    row = RowState({"title": "t0"}, {"*": first, "title": first}, False, office)
    seen = {"title": first, "^": office}
    other = merge(row, op("a", 5, {"title": "the other copy's"}, seen), FAR).row
    outcome = merge(other, op("a", 9, {"title": "this copy's"}, seen), FAR)
    assert outcome.row.data["title"] == "this copy's"
    assert [loss.value for loss in outcome.losses] == [{"title": "the other copy's"}]
    again = merge(
        outcome.row, op("a", 12, {"title": "after all"}, {"title": stamp(9, "a"), "^": office}), FAR
    )
    assert (again.row.data["title"], again.losses) == ("after all", ()), "its own word it has seen"
    blind = merge(again.row, op("a", 15, {"title": "unlooked"}), FAR)
    assert [loss.value for loss in blind.losses] == [{"title": "after all"}], "no base: nothing was seen"
    back = merge(again.row, op("a", 20, {"title": "put back"}, {"title": stamp(9, "a"), "^": office}), FAR)
    assert [loss.value for loss in back.losses] == [{"title": "after all"}], "written before it was put back"


def test_of_two_copies_with_a_clock_ahead_each_word_is_kept() -> None:
    """The office takes their stamps down to one moment; what each had before its eyes is told by the stamps sent."""
    first, now, far = stamp(1, "a"), stamp(9, "f"), 10**6
    row, open_ = RowState({"title": "t0"}, {"*": first, "title": first}, False, first), list[Loss]()
    ops = [
        op("a", far + 10, {"title": "one"}, {"title": first}),
        op("a", far + 22, {"title": "one again"}, {"title": stamp(far + 10, "a")}),
        op("a", far + 11, {"title": "two"}, {"title": first}),
        op("a", far + 17, {"title": "two again"}, {"title": stamp(far + 11, "a")}),
    ]
    for one in ops:
        outcome = merge(row, one, now)
        row = outcome.row
        open_ = [loss for loss in open_ if (loss.field, loss.stamp) not in outcome.settled]
        open_ += outcome.losses
        stamps = [row.stamps["title"], *(loss.stamp for loss in open_)]
        assert len({*stamps}) == len(stamps), "who looked at one would settle the other"
    assert {row.data["title"], *(loss.value["title"] for loss in open_)} == {"one again", "two again"}
    knowing = {"title": row.stamps["title"], "^": row.newest}
    seen = merge(row, op("b", 12, {"title": "both"}, knowing), FAR).row
    assert seen.data["title"] == "both" and registers.CLAIMED not in seen.stamps


def test_who_writes_twice_with_a_clock_behind_has_no_conflict_with_themselves() -> None:
    row = merge(first(), op("a", 10**6, {"title": "A"}, SEEN), FAR).row
    once = op("b", 2, {"title": "B"}, {"title": stamp(10**6, "a"), "^": row.newest})
    again = op("b", 3, {"title": "B again"}, {"title": once.stamp, "^": row.newest})
    outcome = merge(merge(row, once, FAR).row, again, FAR)
    assert outcome.row.data["title"] == "B again" and not outcome.losses


def test_a_copy_that_deletes_keeps_what_the_other_copy_wrote() -> None:
    first = stamp(1, "a")
    row = RowState({"title": "t0"}, {"*": first}, False, first)
    row = merge(row, op("a", 5, {"title": "the other copy's"}, {"title": first}), FAR).row
    outcome = merge(row, op("a", 6, {}, {"*": first}, kind="delete"), FAR)
    assert outcome.row.deleted
    assert [(loss.kind, loss.value) for loss in outcome.losses] == [
        (ConflictKind.DELETED, {"title": "the other copy's"})
    ]
    own = merge(row, op("a", 6, {}, {"*": first, "title": stamp(5, "a")}, kind="delete"), FAR)
    assert own.row.deleted and not own.losses


def test_what_was_signed_first_stands() -> None:
    group = registers.group_of("inspection", "status")
    blank = dict.fromkeys(group, None)
    row = RowState({**blank, "status": "draft"}, {"*": stamp(1, "0")}, False, stamp(1, "0"))
    seen = dict.fromkeys((*group, "^"), stamp(1, "0"))
    signed = {**blank, "status": "signed", "grade": "A"}
    mine = merge(row, op("a", 3, signed, seen, table="inspection"), FAR).row
    own = seen | dict.fromkeys(group, mine.stamps["status"])
    sealed = merge(mine, op("a", 4, {**signed, "checksum": "ab"}, own, table="inspection"), FAR)
    assert sealed.row.data["checksum"] == "ab" and not sealed.losses  # the second half of one signing
    for later in ({**signed, "grade": "B"}, {**blank, "status": "abandoned"}, {**blank, "status": "draft"}):
        knowing = seen | dict.fromkeys(group, sealed.row.stamps["status"]) | {"^": sealed.row.newest}
        for base in (seen, knowing):
            outcome = merge(sealed.row, op("b", 9, later, base, table="inspection"), FAR)
            assert outcome.row.data["grade"] == "A" and outcome.row.data["status"] == "signed"
            assert [loss.kind for loss in outcome.losses] == [ConflictKind.GUARDED]


def test_rows_that_are_only_added_are_never_edited() -> None:
    row = RowState({"text": "as said"}, {"*": stamp(1, "0")}, False, stamp(1, "0"))
    with pytest.raises(Unlawful, match="append_only"):
        merge(row, op("a", 3, {"text": "other"}, SEEN, table="amendment"), FAR)
    assert merge(row, op("a", 3, {"deleted": True}, SEEN, table="amendment"), FAR).row.deleted


# --- what the models declare ---


def test_every_declared_register_is_of_columns_that_exist_and_of_one_sensitivity() -> None:
    for table, model in SYNCED.items():
        columns = Base.metadata.tables[table].columns
        grouped = [name for group in model.groups for name in group]
        assert len(grouped) == len(set(grouped))
        for name in (*grouped, *model.merges, *model.authors):
            assert name in columns, (table, name)
        for group in model.groups:
            # Someone who may see only part of a group would send the rest empty.
            assert len({columns[name].info["class"] for name in group}) == 1, (table, group)


def test_every_guarded_column_knows_its_steps() -> None:
    for table, model in SYNCED.items():
        for name, kind in model.merges.items():
            if kind is Kind.GUARDED:
                for before in Base.metadata.tables[table].columns[name].type.python_type:
                    assert registers.lawful(table, name, before.value, before.value)
                    assert not registers.lawful(table, name, before.value, "no such state")
    signed, draft = InspectionStatus.SIGNED.value, InspectionStatus.DRAFT.value
    assert registers.lawful("inspection", "status", draft, signed)
    assert not registers.lawful("inspection", "status", signed, draft)


def test_a_device_pushes_neither_staff_nor_a_conflict_but_its_state() -> None:
    assert {table for table in SYNCED if not registers.pushable(table)} == {"staff", "staff_scope"}
    assert not registers.pushable("outbox") and not registers.pushable("member")
    assert registers.pushable("conflict", "state")
    assert not any(registers.pushable("conflict", name) for name in ("value", "kind", "owner_id", "deleted"))
