"""The one door to a workspace: ``read()`` to look, ``write(why)`` to change, ``apply()`` for the office's data.

A workspace is a folder with ``workspace.json`` (the wrapped key), ``watmos.db`` (SQLCipher), ``attachments`` and
``backups``. A write saves the row, its change record and its outbox entry in one transaction or not at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, bindparam, event, select
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from watmos_desktop.models.tables import Meta
from watmos_desktop.services import engines, erasing, files, instance, log, schema, vault
from watmos_desktop.services.blobs import Blobs
from watmos_desktop.services.blobs import Closed as Closed
from watmos_desktop.services.capture import Transaction, WritingSession, refuse_uncaptured
from watmos_desktop.services.clock import Clock, SystemClock
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import NOBODY, Actor
from watmos_desktop.services.stamps import StampClock

DATABASE = "watmos.db"
OFFICE_CLOCK = "office_clock"  # a fact: how far the office's clock is ahead of this device's
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",  # NORMAL lost acknowledged commits in 54 % of simulated power cuts (security.md M2)
    "foreign_keys = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "busy_timeout = 5000",
    "cache_size = -4000",  # KiB; eight are the default here, and each page is decrypted once either way
)

Changed = Mapping[str, frozenset[UUID]]


class DiskFull(Told):
    """Nothing was saved because the disk has no room."""

    def __init__(self) -> None:
        super().__init__(
            "There is no room left on this device, so this was not saved.",
            "Free some space and press the key again; what you typed is still here.",
        )


class CannotSave(Told):
    """Nothing was saved because the disk refused."""

    def __init__(self) -> None:
        super().__init__(
            "The disk of this device did not take it, so this was not saved.",
            "Check that the disk is not read-only or failing, then try once more.",
        )


class CannotOpen(Told):
    """The disk has no room for what opening needs, or does not answer."""

    def __init__(self) -> None:
        super().__init__(
            "The disk of this device is full or does not answer, so the workspace was not opened.",
            "Free some space or check the disk, then open it again. Nothing saved before is lost.",
        )


class NestedWrite(RuntimeError):  # noqa: N818 - says what happened
    """A write was begun inside a write of the same thread: a bug, refused at once, since it would wait for itself."""


def connect(path: Path, key: bytes, *, read_only: bool = False) -> Any:
    """A raw SQLCipher connection with every pragma set; the first statement fails when the key is wrong."""
    connection = sqlcipher.connect(str(path), check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA cipher_log_level = NONE")
    erasing.give_key(connection, key)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
    return connection


@dataclass(frozen=True, slots=True)
class Keys:
    """The two keys that an open workspace works with, 32 bytes each; the data key cannot be found from them."""

    database: bytes = field(repr=False)
    blobs: bytes = field(repr=False)

    @classmethod
    def of(cls, data_key: bytes | bytearray) -> Keys:
        """They are made from the data key."""
        return cls(vault.subkey(data_key, "database"), vault.subkey(data_key, "blobs"))


class Store:
    """An open workspace. Make one with ``Store.create`` or ``Store.open``; close it when done."""

    def __init__(
        self, home: Path, data_key: bytes | bytearray | Keys, holding: ExitStack, clock: Clock
    ) -> None:
        self.home = home
        self.clock = clock
        self.listeners: list[Callable[[Changed], None]] = []
        self.actor: Actor = NOBODY
        self._holding = holding
        self._writing = threading.Lock()
        self._writing_thread: int | None = None
        keys = data_key if isinstance(data_key, Keys) else Keys.of(data_key)
        self._key, self._blobs_key = erasing.copied(keys.database), erasing.copied(keys.blobs)
        self.blobs = Blobs(home / "attachments", keys.blobs)
        if keys is not data_key:
            erasing.erase(keys.database, keys.blobs)
        if isinstance(data_key, bytearray):
            vault.wipe(data_key)  # its subkeys are all that is needed from here on
        self._writer = engines.make(lambda: self._connect(read_only=False), read_only=False)
        self._reader = engines.make(lambda: self._connect(read_only=True), read_only=True)
        self._prepare()

    @classmethod
    def create(cls, home: Path, passphrase: str, *, clock: Clock | None = None) -> Store:
        """Make a new workspace in an empty or missing folder."""
        with ExitStack() as stack:
            stack.enter_context(instance.hold(home))
            data_key = vault.create(home, passphrase)
            return cls(home, data_key, stack.pop_all(), clock or SystemClock())

    @classmethod
    def open(cls, home: Path, passphrase: str, *, code: str = "", clock: Clock | None = None) -> Store:
        """Open a workspace; raises WrongPassphrase, DamagedWorkspace, AlreadyOpen or NoWorkspace, each Told.

        ``code`` is the recovery code of one whose computer lost its secret; without it that raises tie.SecretGone.
        """
        return cls._open(home, lambda: vault.unlock(home, passphrase, code), clock)

    @classmethod
    def reopen(cls, home: Path, keys: Callable[[], Keys], *, clock: Clock | None = None) -> Store:
        """Open a workspace with the keys it had when it was locked in this session; raises as they and ``open`` do."""
        return cls._open(home, keys, clock)

    @classmethod
    def _open(
        cls, home: Path, unlock: Callable[[], bytearray] | Callable[[], Keys], clock: Clock | None
    ) -> Store:
        with ExitStack() as stack:
            if not vault.exists(home):
                raise vault.NoWorkspace
            stack.enter_context(instance.hold(home))
            data_key = unlock()
            if not (home / DATABASE).exists():
                raise vault.DamagedWorkspace("The database of this workspace is missing.")
            store = cls(home, data_key, stack.pop_all(), clock or SystemClock())
            if isinstance(data_key, Keys):
                erasing.erase(data_key.database, data_key.blobs)
            with suppress(Told):  # a backup from before the tie may lie on a disk that is full
                vault.close_backups(home)
            return store

    def _connect(self, *, read_only: bool) -> Any:
        if not self._key:  # a pool that was emptied would fill again for whoever still holds this store
            raise Closed
        return connect(self.database, self._key, read_only=read_only)

    @property
    def database(self) -> Path:
        """The encrypted database file."""
        return self.home / DATABASE

    @property
    def database_key(self) -> bytes:
        """The raw key of the database and its backups."""
        return erasing.copied(self._key)

    @property
    def keys(self) -> Keys:
        """What ``reopen`` needs; empty once closed."""
        return Keys(erasing.copied(self._key), erasing.copied(self._blobs_key))

    def _prepare(self) -> None:
        try:
            with _disk_faults():
                self._bring_up()
        except BaseException as fault:
            self._let_go()
            if isinstance(fault, DiskFull | CannotSave):
                raise CannotOpen from None
            if isinstance(fault, DatabaseError) and not isinstance(fault, OperationalError):
                raise vault.DamagedWorkspace("The database of this workspace is damaged.") from None
            raise
        event.listen(self._writer, "commit", refuse_uncaptured)

    def _bring_up(self) -> None:
        files.clear_leftovers(self.home)
        if not schema.is_current(self._writer):
            if not schema.is_empty(self._writer):
                from watmos_desktop.services import backup

                backup.make(self, "before an update")
            schema.migrate(self._writer)
        with Session(self._writer) as session, session.begin():
            self.device_id = UUID(_meta(session, "device", {"id": str(uuid7())})["id"])
            self.incarnation = UUID(_meta(session, "incarnation", {"id": str(uuid7())})["id"])
            ahead = session.get(Meta, OFFICE_CLOCK)
            self._stamps = StampClock(
                _meta(session, "stamp", {"last": ""})["last"],
                self.incarnation,
                timedelta(seconds=ahead.value.get("offset", 0.0) if ahead else 0.0),
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time; the others wait their turn. Raises NestedWrite."""
        if self._writing_thread == threading.get_ident():
            raise NestedWrite("a write inside a write")
        with self._writing:
            self._writing_thread = threading.get_ident()
            try:
                yield
            finally:
                self._writing_thread = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent moment and can change nothing."""
        with Session(self._reader, info={"actor": self.actor, "clock": self.clock}) as session:
            yield session

    @contextmanager
    def write(
        self, why: str, *, undoable: bool = True, undoes: UUID | None = None
    ) -> Iterator[WritingSession]:
        """A session whose changes are saved, recorded and queued for the office in one transaction.

        ``why`` is shown in the history (``graded Walls and paintwork``). Raises DiskFull or CannotSave, with
        nothing saved; any other exception inside rolls everything back too. Raises NestedWrite inside another.
        """
        with self._alone():
            transaction = Transaction(
                why=why,
                made_at=self.clock.now(),
                staff_id=self.actor.staff_id,
                device_id=self.device_id,
                incarnation=self.incarnation,
                stamps=self._stamps,
                undoable=undoable,
                undoes=undoes,
            )
            info = {"actor": self.actor, "clock": self.clock, "transaction": transaction}
            with WritingSession(self._writer, expire_on_commit=False, info=info) as session, _disk_faults():
                yield session
                session.flush()
                if transaction.touched:
                    session.execute(_STAMP, {"key": "stamp", "value": {"last": self._stamps.last}})
                session.commit()
        self.announce(transaction.touched)

    @contextmanager
    def apply(self, *, foreign_keys: bool = True, durable: bool = True) -> Iterator[Connection]:
        """A connection for what came from the office (or a demo): saved as it is, nothing to send back.

        Without ``foreign_keys`` a record may come without its parent: this person's scope may not hold it. What is
        not ``durable`` does not wait for the disk: a power cut may take it, and nothing else.
        """
        with self._alone(), _disk_faults(), self._writer.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            if not foreign_keys:
                raw.execute("PRAGMA foreign_keys = OFF")  # has no effect within a transaction
            if not durable:
                raw.execute("PRAGMA synchronous = NORMAL")
            try:
                with connection.begin():
                    connection.exec_driver_sql("UPDATE _mode SET applying = 1")
                    yield connection
                    connection.exec_driver_sql("UPDATE _mode SET applying = 0")
            finally:
                if not connection.invalidated:  # else the next one has them on
                    raw.execute("PRAGMA foreign_keys = ON")
                    raw.execute("PRAGMA synchronous = FULL")

    def compact(self) -> None:
        """Give the room of what was deleted back to the disk; takes a second for each 50 MB or so."""
        with self._alone(), _disk_faults(), self._writer.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("VACUUM")

    def renew(self, connection: Connection) -> UUID:
        """Begin a new life (incarnation) within ``apply``; ``lived`` makes it this store's once that is committed."""
        made = uuid7()
        connection.execute(_INCARNATION, {"value": {"id": str(made)}})
        return made

    def lived(self, incarnation: UUID) -> None:
        """From now on everything is stamped and sent in this life."""
        with self._alone():
            self.incarnation = incarnation
            self._stamps = StampClock(self._stamps.last, incarnation, self._stamps.ahead)

    def go_by(self, office_is_ahead: timedelta) -> None:
        """How far the office's clock is ahead of this device's was learnt: kept, and stamps go by the office's."""
        self.remember(OFFICE_CLOCK, {"offset": office_is_ahead.total_seconds()})
        with self._alone():
            self._stamps.ahead = office_is_ahead

    def observe(self, connection: Connection, stamp: str) -> None:
        """A stamp was seen from elsewhere, within ``apply``: the next one given here is later than it."""
        self._stamps.observe(stamp)
        connection.execute(_STAMP, {"value": {"last": self._stamps.last}})

    def announce(self, touched: Mapping[str, set[UUID]]) -> None:
        """Tell who listens which records changed; after the commit."""
        if touched:
            changed = {table: frozenset(ids) for table, ids in touched.items()}
            for listener in tuple(self.listeners):
                try:
                    listener(changed)
                except Exception as error:  # it is saved; who listens may not make it look otherwise
                    log.fault(error)

    def remember(self, key: str, value: dict[str, Any]) -> None:
        """Keep a fact about this workspace (a choice, the last backup); it is not synced."""
        with self._alone(), _disk_faults(), Session(self._writer) as session, session.begin():
            session.merge(Meta(key=key, value=value))

    def recall(self, key: str) -> dict[str, Any]:
        """A fact kept by ``remember``, or an empty dictionary."""
        with self._reader.connect() as connection:
            return dict(connection.execute(_FACT, {"key": key}).scalar() or {})

    def close(self) -> None:
        """Close the database, forget the key and let the folder go."""
        with self._alone():
            if not self._key:
                return
            # Where the disk refuses, the WAL stays and is played in at the next opening.
            with suppress(DatabaseError, sqlcipher.DatabaseError), self._writer.connect() as connection:
                connection.rollback()
                connection.connection.driver_connection.execute(  # type: ignore[union-attr]
                    "PRAGMA wal_checkpoint(TRUNCATE)"
                )
            self._let_go()

    def _let_go(self) -> None:
        gone, self._key, self._blobs_key = (self._key, self._blobs_key), b"", b""
        self._writer.dispose()
        self._reader.dispose()
        self.blobs.forget()
        erasing.erase(*gone)
        self._holding.close()


_FACT = select(Meta.value).where(Meta.key == bindparam("key"))
_STAMP = Meta.__table__.update().where(Meta.key == "stamp")  # type: ignore[attr-defined]
_INCARNATION = Meta.__table__.update().where(Meta.key == "incarnation")  # type: ignore[attr-defined]


def _meta(session: Session, key: str, default: dict[str, Any]) -> dict[str, Any]:
    found = session.scalar(select(Meta).where(Meta.key == key))
    if found is None:
        session.add(Meta(key=key, value=default))
        return default
    return dict(found.value)


@contextmanager
def _disk_faults() -> Iterator[None]:
    """Say in words what the disk refused."""
    try:
        yield
    except OperationalError as fault:
        text = str(fault.orig)
        if "full" in text:
            raise DiskFull from None
        if "disk I/O" in text or "readonly" in text or "unable to open" in text:
            raise CannotSave from None
        raise
