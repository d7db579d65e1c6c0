"""One sync from beginning to end: compare notes, send, read, photos, and once a day a check that both hold the same.

Every step leaves the workspace whole and can be broken off; the next sync goes on from there (sync.md 1.6-1.12).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from watmos_desktop.models.tables import Outbox
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import (
    bulk,
    drift,
    incoming,
    lease,
    lives,
    memory,
    outgoing,
    owners,
    photos,
    placing,
    purge,
    trust,
    wiping,
    wire,
)
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.incoming import Moved
from watmos_desktop.services.sync.memory import Memory
from watmos_desktop.services.sync.outgoing import Pushed, Ready
from watmos_desktop.services.sync.problems import Refused

ROUNDS = 5  # how often the two may have to begin anew within one sync

_WAITING = select(func.count()).select_from(Outbox)
_BUSY: WeakKeyDictionary[Store, threading.Lock] = WeakKeyDictionary()
_GUARD = threading.Lock()


@dataclass(frozen=True)
class Progress:
    """How far a sync has come: ``sending``, ``loading``, ``reading`` or ``photos``; ``whole`` is 0 when unknown.

    Of ``loading`` it is about how many: the office counts what was removed too.
    """

    step: str
    done: int
    whole: int = 0


@dataclass(frozen=True)
class Report:
    """What one sync did. ``held`` operations wait at the office for a decision; ``more``: something is left to do."""

    pushed: int = 0
    pulled: int = 0
    conflicts: int = 0
    held: int = 0
    photos_sent: int = 0
    photos_left: int = 0
    more: bool = False
    purged: int = 0
    drifted: int = 0


Tell = Callable[[Progress], object]


def sync(store: Store, client: Client, progress: Tell = lambda _: None) -> Report:
    """Exchange everything with the office; one sync at a time in a workspace, others wait for their turn.

    Raises NotJoined, what the client raises (NoNetwork, Refused and its kinds), TooMuchGone, Wiped: all Told.
    Whatever was done by then stays done.
    """
    with _GUARD:
        busy = _BUSY.setdefault(store, threading.Lock())
    with busy:
        try:
            return _Sync(store, client, progress).run()
        except Refused as refusal:
            if refusal.code == "wipe":
                wiping.obey(store, client, memory.load(store), refusal.details.get("proof"))
            raise


class _Sync:
    def __init__(self, store: Store, client: Client, tell: Tell) -> None:
        self._store, self._client, self._tell = store, client, tell
        self._kept = memory.load(store)
        self._pushed = Pushed()
        self._pulled = self._purged = self._drifted = 0
        self._answer: Mapping[str, Any] = {}
        self._quiet = False  # nothing to send, nothing new to read

    def run(self) -> Report:
        self._kept = lives.begin(self._store, self._kept)
        self._update()
        for _ in range(ROUNDS):
            try:
                ready = self._compare()
                if not self._quiet:
                    self._push(ready)
                    if not self._has_read():
                        self._read()
                break
            except Moved:
                self._kept = memory.load(self._store)
            except Refused as refusal:
                self._kept = memory.load(self._store)
                self._begin_anew(refusal)
        else:
            return self._report(more=True)
        sent, left = (0, 0)
        if not (self._quiet and photos.settled(self._store)):
            sent, left = photos.exchange(self._store, self._client, self._of_photos)
        self._kept, self._drifted = drift.check(self._store, self._client, self._kept)
        self._kept = replace(self._kept, finished=self._store.clock.now().isoformat())
        self._note()
        self._purged += purge.own_words(self._store, self._kept)
        if purge.is_much(self._purged):
            self._store.compact()
        return self._report(sent, left, more=bool(left or self._drifted))

    def _update(self) -> None:
        """After an update of the program: what an older one could not hold is laid down."""
        if self._kept.schema == wire.SCHEMA:
            return
        with self._store.apply(foreign_keys=False) as connection:
            touched = placing.replay(connection)
            self._kept = replace(self._kept, schema=wire.SCHEMA)
            memory.write(connection, self._kept)
        incoming.announce(self._store, touched)

    def _compare(self) -> list[Ready] | None:
        """Say hello and put right what the two remember differently; gives what is ready to be sent by then."""
        waiting, left = self._waiting()
        kept, life = self._kept, self._store.incarnation
        hello = {
            "incarnation": str(life),
            "schema": wire.SCHEMA,
            "epoch": kept.epoch or None,
            "last_n": kept.acked,
            "hash": kept.hash,
            "waiting": waiting,
            "photos": left,
            "cursor": kept.cursor,
        }
        ready = None
        if waiting:  # the first batch is made while the office answers
            with ThreadPoolExecutor(1, "hello") as pool:
                coming = pool.submit(self._client.hello, hello)
                ready = outgoing.first(self._store, kept)
                self._answer = coming.result()
        else:
            self._answer = self._client.hello(hello)
        self._kept = lives.agree(self._store, kept, self._answer["stream"])
        if (self._kept.acked, self._kept.hash, self._store.incarnation) != (kept.acked, kept.hash, life):
            ready = None  # the numbers are others now
        self._remember(self._answer)
        trust.follow(self._store, self._client, self._answer)
        cursor, kept = kept.cursor, self._kept
        new = bool(
            waiting
            or kept.asked
            or kept.owners
            or kept.sweeping
            or kept.cursor != cursor
            or {*kept.buckets} - {*kept.held}
        )
        self._quiet = self._answer.get("moved") is False and not new
        if not self._quiet:  # else it is all that is to be kept, at the end
            self._note()
        return ready

    def _note(self) -> None:
        """Keep what is known, and what the office said of the time and of its backups: a power cut may take it."""
        with self._store.apply(durable=False) as connection:
            memory.write(connection, self._kept)
            lease.met(self._store, connection, str(self._answer["time"]))
            outgoing.forget_durable(connection, self._answer["stream"].get("durable_n"))

    def _remember(self, answer: Mapping[str, Any]) -> None:
        """Take in what the office said; lost buckets and new rights have everything read from the start."""
        buckets = frozenset(answer["buckets"])
        # What was granted, not what is held: while all is read anew nothing is held, and yet rows of it are here.
        lost = {*self._kept.buckets} - buckets
        member = answer["member"]
        self._kept = replace(
            self._kept,
            epoch=str(answer["epoch"]),
            buckets=tuple(sorted(buckets)),
            grant_v=int(answer["grant_v"]),
            name=str(member["name"]),
            role=str(member["role"]),
            status=str(answer["status"]),
            quarantined=int(answer["quarantined"]),
            cases=str(answer.get("cases", "")),
            number=str(answer.get("number", "")),
            joined=tuple(str(one) for one in answer.get("joined") or ()),
            lease_until=str(answer["lease_until"]),
            contact=str(answer["time"]),
        )
        if type(records := answer.get("records")) is int and records > 0 and not self._kept.cursor:
            self._kept = replace(self._kept, expected=records, loaded=0)
        changed = lost or self._kept.role != self._kept.read_as
        if changed:
            self._kept = lives.read_from_start(self._store, self._kept, "grants", grants_changed=True)

    def _has_read(self) -> bool:
        """Whether the office said to each push that nobody else wrote anything, so that there is nothing to read."""
        kept = self._kept
        left = kept.asked or kept.owners or kept.sweeping or {*kept.buckets} - {*kept.held}
        return bool(self._pushed.sent) and self._pushed.alone and not left

    def _push(self, ready: list[Ready] | None) -> None:
        waiting, _ = self._waiting()
        before = self._pushed.sent

        def told(kept: Memory, pushed: Pushed) -> None:
            self._kept, self._pushed = kept, self._pushed + pushed
            self._tell(Progress("sending", self._pushed.sent, max(waiting, self._pushed.sent)))

        try:
            outgoing.push(self._store, self._client, self._kept, told, ready)
        except Refused as refusal:
            if refusal.code != "gap":
                raise
            self._kept = lives.resume(self._store, self._kept, int(refusal.details["last_n"]))
            raise Moved from None
        if self._kept.unread and self._pushed.sent > before:
            raise Moved  # what was taken in may have made new buckets: the pages are to bring those too

    def _read(self) -> None:
        store, client = self._store, self._client
        self._kept = incoming.ask(store, client, self._kept)
        if self._kept.sweeping or {*self._kept.buckets} - {*self._kept.held}:
            self._kept = replace(self._kept, owners=True)  # kept with the first rows: it survives a power cut
        with bulk.without_collecting():
            self._kept, count = incoming.load(store, client, self._kept, self._of_load)
            self._pulled += count
            self._kept, count = incoming.pull(store, client, self._kept, self._teller("reading"))
            self._pulled += count
        if self._kept.owners:
            self._kept = incoming.ask(store, client, owners.wanted(store, self._kept))
            self._kept = replace(self._kept, owners=False)
        if self._kept.sweeping:
            self._kept, gone = incoming.end_sweep(store, self._kept)
            self._purged += gone

    def _begin_anew(self, refusal: Refused) -> None:
        if refusal.code in ("rewound", "forked", "epoch"):
            epoch = str(refusal.details.get("epoch", ""))
            self._kept = lives.renew(self._store, self._kept, refusal.code, epoch=epoch)
        elif refusal.code == "cursor":
            self._kept = lives.read_from_start(self._store, self._kept, "cursor")
        else:
            raise refusal

    def _waiting(self) -> tuple[int, int]:
        with self._store.read() as session:
            waiting = session.scalar(_WAITING) or 0
            return waiting, photos.waiting(session)

    def _teller(self, step: str) -> Callable[[int], object]:
        return lambda done: self._tell(Progress(step, self._pulled + done))

    def _of_load(self, done: int, whole: int) -> None:
        self._tell(Progress("loading", done, max(whole, done) if whole else 0))

    def _of_photos(self, done: int, whole: int) -> None:
        self._tell(Progress("photos", done, whole))

    def _report(self, sent: int = 0, left: int = 0, *, more: bool) -> Report:
        return Report(
            pushed=self._pushed.sent,
            pulled=self._pulled,
            conflicts=self._pushed.conflicts,
            held=self._pushed.held,
            photos_sent=sent,
            photos_left=left,
            more=more,
            purged=self._purged,
            drifted=self._drifted,
        )
