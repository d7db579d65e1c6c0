"""One open office: its database, its clock, its secrets, its folder. Workers hold nothing else between requests."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.engine import make_url

from watmos_desktop.services.clock import Clock, SystemClock
from watmos_office import schema
from watmos_office.tables import Fact, FeedHead

_SQLITE = (
    "busy_timeout = 10000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -16384",  # KiB
)


class Office:
    """An open office. ``home`` is the folder of its photos and backups; the database may lie elsewhere.

    ``photos`` is the URL of a store for photos instead of a folder in ``home`` (blobstore.py).
    """

    def __init__(self, url: str, home: Path, *, clock: Clock | None = None, photos: str = "") -> None:
        self.home = home
        self.photos = photos
        self.clock = clock or SystemClock()
        self.engine = make_engine(url)
        try:
            self._bring_up()
        except BaseException:
            self.close()
            raise

    @property
    def postgresql(self) -> bool:
        """Whether the database is PostgreSQL (else the embedded SQLite)."""
        return self.engine.dialect.name == "postgresql"

    def _bring_up(self) -> None:
        with schema.alone(self.engine) as connection:
            schema.upgrade(connection)
            if connection.scalar(select(FeedHead.n)) is None:
                connection.execute(insert(FeedHead).values(id=1, n=0))
            _fact(connection, "epoch", {"id": str(uuid4())})
            _fact(connection, "cursor", {"key": _random(32)})
            _fact(connection, "signing", {"seed": _random(32)})
        self.renew()

    def renew(self) -> None:
        """Read again who this office is: after a start, and after a restore, which begins a new epoch."""
        with self.reading() as connection:
            facts = {row.key: row.value for row in connection.execute(select(Fact.key, Fact.value))}
        self.epoch = UUID(facts["epoch"]["id"])
        self.cursor_key = b64decode(facts["cursor"]["key"])
        self.signing_key = Ed25519PrivateKey.from_private_bytes(b64decode(facts["signing"]["seed"]))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may change everything; ``take_numbers`` must be its last statement, if any."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment (REPEATABLE READ on PostgreSQL)."""
        options = {"isolation_level": "REPEATABLE READ"} if self.postgresql else {"reading": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql+psycopg://…``; no value ever appears in an error's text."""
    parsed = make_url(url)
    common = {"hide_parameters": True, "json_serializer": _dumps, "json_deserializer": orjson.loads}
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed, pool_size=5, max_overflow=5, pool_pre_ping=True, **common)
    engine = create_engine(parsed, connect_args={"check_same_thread": False}, **common)

    @event.listens_for(engine, "connect")
    def _pragmas(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        for pragma in _SQLITE:
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def take_numbers(connection: Connection, count: int) -> int:
    """Reserve ``count`` numbers of the feed and lock its head until COMMIT; gives the first of them.

    The lock makes numbers appear in commit order, so no reader's cursor can pass one that is still to come.
    """
    raised = update(FeedHead).where(FeedHead.id == 1).values(n=FeedHead.n + count).returning(FeedHead.n)
    return int(connection.execute(raised).scalar_one()) - count + 1


def head(connection: Connection) -> int:
    """The newest number that is visible."""
    return int(connection.execute(select(FeedHead.n).where(FeedHead.id == 1)).scalar_one())


def _fact(connection: Connection, key: str, first: dict[str, str]) -> None:
    """Keep a fact that is chosen once, at the first start."""
    if connection.scalar(select(Fact.key).where(Fact.key == key)) is None:
        connection.execute(insert(Fact).values(key=key, value=first))


def _random(size: int) -> str:
    return b64encode(secrets.token_bytes(size)).decode()


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()
