"""The Repairs tab on 100,000 repairs in 100,000 homes: pages, filters, orders, chips and the search, beside raw SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from bench import Row, in_turn, spell
from bench._repairs_workspace import NOW, OPEN, REPAIRS, opened
from watmos_desktop.services import repair_care, repair_figures, repair_places, repairs
from watmos_desktop.services.repairs import Filter
from watmos_desktop.services.store import Store

SHOWN = 32  # rows that a table asks for at once
PAGE, SEARCH = 0.1, 0.05  # seconds
ROUNDS = 5
BUSY = 1.25
_OPEN = "deleted = 0 AND status IN ('reported', 'ordered')"
_DONE = "deleted = 0 AND status = 'completed'"
_TWINS = (
    f"SELECT DISTINCT a.id FROM repair a JOIN repair b ON a.{_OPEN.replace(' AND ', ' AND a.')}"
    f" AND b.{_OPEN.replace(' AND ', ' AND b.')} AND a.id <> b.id AND a.estate_id = b.estate_id"
    " AND a.trade = b.trade AND a.block_id IS b.block_id AND a.home_id IS b.home_id AND a.area_key = b.area_key"
    " AND abs(julianday(a.reported_at) - julianday(b.reported_at)) <= 14"
)
TYPED = ("flat 7, lind", "lindley house 3", "zoë alder", "hazel-99", "ws3 4ab", "H31-2-1", "fl", "12")


class Asked:
    """One list as the program asks for it, and the same ids by SQL that a person would write."""

    def __init__(self, name: str, wanted: Filter, sort: str, where: str, order: str) -> None:
        self.name, self.wanted, self.sort = name, wanted, sort
        self.page = f"SELECT * FROM repair WHERE {where} ORDER BY {order}, id LIMIT {SHOWN}"
        self.count = f"SELECT count(*) FROM repair WHERE {where}"


def lists(me: bytes) -> Iterator[Asked]:
    """Every state, mark and order."""
    now, quiet = _sql(NOW), _sql(repair_care.quiet_since(NOW))
    silent = f"home_id IS NOT NULL AND coalesce(last_told_at, reported_at) <= '{quiet}'"
    marks = {
        "mine": f"assigned_to = x'{me.hex()}'",
        "nobody": "assigned_to IS NULL",
        "emergency": "priority = 'emergency'",
        "hazard": "hazard <> ''",
        "waiting": "waiting = 'access'",
        "silent": silent,
        "communal": "home_id IS NULL",
    }
    yield Asked("open", Filter(), "due", _OPEN, "due_at")
    yield Asked("overdue", Filter("overdue"), "due", f"{_OPEN} AND due_at < '{now}'", "due_at")
    yield Asked("done", Filter("done"), "-due", _DONE, "due_at DESC")
    for name, condition in marks.items():
        yield Asked(
            f"open, {name}", Filter(also=frozenset({name})), "due", f"{_OPEN} AND {condition}", "due_at"
        )
    for name in ("mine", "emergency", "communal"):
        wanted = Filter("done", also=frozenset({name}))
        yield Asked(f"done, {name}", wanted, "-due", f"{_DONE} AND {marks[name]}", "due_at DESC")
    both = Filter("overdue", also=frozenset({"emergency", "communal"}))
    where = f"{_OPEN} AND due_at < '{now}' AND priority = 'emergency' AND home_id IS NULL"
    yield Asked("overdue, emergency, communal", both, "due", where, "due_at")
    for sort, column in (("title", "title"), ("ref", "reference"), ("reported", "reported_at")):
        yield Asked(f"open by {sort}", Filter(), sort, _OPEN, column)
        yield Asked(f"done by {sort}", Filter("done"), sort, _DONE, column)
    ranked = "CASE priority WHEN 'emergency' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END"
    named = "(SELECT name FROM staff WHERE staff.id = assigned_to) NULLS LAST"
    for sort, column in (("priority", ranked), ("who", named)):
        yield Asked(f"open by {sort}", Filter(), sort, _OPEN, column)
        yield Asked(f"done by {sort}", Filter("done"), sort, _DONE, column)


def run() -> Iterator[Row]:
    with opened() as store:
        assert store.actor.staff_id is not None
        for asked in lists(store.actor.staff_id.bytes):
            yield _measured(store, asked)
        counts = [one.count for one in lists(store.actor.staff_id.bytes) if one.sort == "due"]
        yield _within(
            store, f"{REPAIRS:,} repairs: the numbers of all chips", PAGE, counts, repairs.chips, Filter()
        )
        yield _within(store, "told twice: the list", PAGE, [_TWINS], repairs.page, Filter("double"), 0, SHOWN)
        for text in TYPED:
            like = " AND ".join(f"address LIKE '%{word.strip(',')}%'" for word in text.split())
            plain = [f"SELECT id FROM home WHERE {like} ORDER BY code"]
            yield _within(store, f"home or person by {text!r}", SEARCH, plain, repair_places.find, text)
        seconds = _times(lambda: _look(store, repair_figures.get), 3)
        yield Row(
            f"the figures of a year over {REPAIRS - OPEN:,} done", spell(seconds), "", None, "told", ok=True
        )


def _measured(store: Store, asked: Asked) -> Row:
    """The exact count and the first page beside both by raw SQL on the same connection, in turns."""

    def ours() -> None:
        with store.read() as session:
            repairs.count(session, asked.wanted)
            repairs.page(session, asked.wanted, 0, SHOWN, sort=asked.sort)

    def plain() -> None:
        with store.read() as session:
            run_ = session.connection().exec_driver_sql
            run_(asked.count).scalar()
            run_(asked.page).all()

    with store.read() as session:
        by_sql = session.connection().exec_driver_sql(asked.count).scalar()
        same = repairs.count(session, asked.wanted) == by_sql
    mine, floor = in_turn(ours, plain, rounds=ROUNDS)
    seconds, ratio = median(mine), median(a / b for a, b in zip(mine, floor, strict=True))
    name = f"{asked.name}: count and first page ({by_sql:,} rows)"
    return _row(name, seconds, median(floor), ratio, PAGE, same=same)


def _within(
    store: Store, name: str, goal: float, plain: list[str], read: Callable[..., object], *args: object
) -> Row:
    """A read of the program beside statements that a person would write, in turns."""

    def floor() -> None:
        with store.read() as session:
            for statement in plain:
                session.connection().exec_driver_sql(statement).all()

    mine, least = in_turn(lambda: _look(store, read, *args), floor, rounds=ROUNDS)
    ratio = median(a / b for a, b in zip(mine, least, strict=True))
    return _row(name, median(mine), median(least), ratio, goal)


def _row(name: str, seconds: float, floor: float, ratio: float, goal: float, *, same: bool = True) -> Row:
    """A busy machine slows both alike: what is no slower than plain SQL is as good as it can be there."""
    words = f"at most {spell(goal)}, or {BUSY:g}× the SQL beside it"
    return Row(name, spell(seconds), spell(floor), ratio, words, same and (seconds <= goal or ratio <= BUSY))


def _times(job: Callable[[], object], rounds: int = ROUNDS) -> float:
    job()
    found = []
    for _ in range(rounds):
        start = perf_counter()
        job()
        found.append(perf_counter() - start)
    return median(found)


def _look(store: Store, read: Callable[..., object], *args: object) -> object:
    with store.read() as session:
        return read(session, *args)


def _sql(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
