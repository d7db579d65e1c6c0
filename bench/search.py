"""Search as you type over 1,020,000 encrypted repairs: each keystroke, beside LIKE over the same records, same rows."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from time import perf_counter
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bench import Row, spell
from bench._big_workspace import opened
from watmos_desktop.models.tables import Block, Repair
from watmos_desktop.services import search
from watmos_desktop.services.store import Store

WORST = 0.008
LIMIT = 20
ROUNDS = 7
# Common words, rare ones, words that never meet, words of one and two letters, and what the index cannot tell apart.
TYPED = (
    "emergency light flickering",
    "lindley hou",
    "gutter leaking 7",
    "radiator gutter",
    "ing ting king",
    "estate",
    "stairs, floor 11",
    "R-",
    "50% _x",
)


def keystrokes() -> list[str]:
    """Every text that was in the field while the phrases above were typed."""
    texts = [phrase[: n + 1] for phrase in TYPED for n in range(len(phrase))]
    return list(dict.fromkeys(text for text in texts if text.strip() and not text.endswith(" ")))


def run() -> Iterator[Row]:
    with opened() as store:
        texts = keystrokes() + _references(store)
        seconds = {text: median(_asked(store, text)[0] for _ in range(ROUNDS)) for text in texts}
        whole = [median(_find(store, text) for _ in range(3)) for text in texts]
        plain = {text: _plainly(store, text) for text in texts}
        same = sum(_asked(store, text)[1] == rows for text, (_, rows) in plain.items())
    worst = max(texts, key=lambda text: seconds[text])
    likes = sorted(one for one, _ in plain.values())
    name = f"search, {len(texts)} keystrokes over 1,020,000 repairs"
    yield Row(f"{name}: same rows as LIKE", f"{same}", f"{len(texts)}", None, "all", same == len(texts))
    yield Row(
        f"{name}: 95th of 100", spell(_p95(seconds.values())), spell(_p95(likes)), None, "told", ok=True
    )
    yield Row(f"{name}: worst ({worst!r})", spell(seconds[worst]), spell(likes[-1]), None,
              f"at most {spell(WORST)}", seconds[worst] <= WORST)  # fmt: skip
    yield Row("the search on Today, all kinds: worst", spell(max(whole)), "", None, "told", ok=True)


def _references(store: Store) -> list[str]:
    with store.read() as session:
        found = session.scalars(select(Repair.reference).order_by(Repair.id).offset(5000).limit(1)).one()
    return [found[:n].lower() for n in range(3, len(found) + 1)]


def _asked(store: Store, text: str) -> tuple[float, list[UUID]]:
    start = perf_counter()
    with store.read() as session:
        found = search.ids(session, "repair", text, LIMIT)
    return perf_counter() - start, found


def _find(store: Store, text: str) -> float:
    start = perf_counter()
    with store.read() as session:
        search.find(session, text)
    return perf_counter() - start


def _plainly(store: Store, text: str) -> tuple[float, list[UUID]]:
    start = perf_counter()
    with store.read() as session:
        found = _like(session, text)
    return perf_counter() - start, found


def _like(session: Session, text: str) -> list[UUID]:
    columns = (Repair.title, Repair.place, Repair.reference, func.coalesce(Block.name, ""))
    statement = select(Repair.id).outerjoin(Block, Block.id == Repair.block_id).where(~Repair.deleted)
    for word in text.split():
        statement = statement.where(or_(*(column.contains(word, autoescape=True) for column in columns)))
    return list(session.scalars(statement.order_by(Repair.id.desc()).limit(LIMIT)))


def _p95(values: object) -> float:
    ordered = sorted(values)  # type: ignore[call-overload]
    return float(ordered[int(len(ordered) * 0.95)])
