"""One device of the simulation: a real workspace, its way to the office, and the ways in which it may die."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import httpx
from sqlalchemy import event

from tests.fakes import FakeClock
from tests.network import Network
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import instance, staff
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import joining, memory
from watmos_desktop.services.sync.client import Client


class Stop(BaseException):
    """The power of a device went off."""


class Away(RuntimeError):  # noqa: N818 - says what happened
    """The power of the office went off."""


class Served(Protocol):
    """What a way leads to."""

    dead: bool


class Way(Network):
    """A device's way to the office, which may be dead."""

    served: Served

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As on a train; whatever a dying office says does not arrive."""
        if self.served.dead:
            raise httpx.ConnectError("nobody there", request=request)
        answer = super().handle_request(request)
        if self.served.dead:
            raise httpx.ReadError("nobody there any more", request=request)
        return answer


def open_store(home: Path, key: bytes, clock: FakeClock) -> Store:
    """As another process would; by the key, since a passphrase takes its time by design."""
    holding = ExitStack()
    holding.enter_context(instance.hold(home))
    return Store(home, key, holding, clock)


@dataclass
class Computer:
    """One device. ``gone``: wiped. ``copies``: older states of its folder with the operations that were in them."""

    name: str
    member: UUID
    role: Role
    store: Store
    key: bytes
    way: Way
    clock: FakeClock
    client: Client | None = None
    gone: bool = False
    copies: list[tuple[Path, frozenset[UUID]]] = field(default_factory=list)

    def connect(self) -> Client:
        """As a program that starts."""
        self.hang_up()
        self.client = joining.connect(self.store, transport=self.way)
        return self.client

    def hang_up(self) -> None:
        """Let go of the connections."""
        if self.client is not None:
            self.client.close()
            self.client = None

    def close(self) -> None:
        """End the program."""
        self.hang_up()
        if not self.gone:
            self.store.close()

    def reopen(self, home: Path) -> None:
        """Another process opens the folder, or a copy of it."""
        self.hang_up()
        self.store.close()
        self.store = open_store(home, self.key, self.clock)
        self.act()

    def act(self) -> None:
        """Work as its person, unless their own record was taken away with their access."""
        with suppress(Told):
            staff.act_as(self.store, self.member)

    def copy(self, to: Path) -> None:
        """Leave a copy of the folder as it is now."""
        home = self.store.home
        self.hang_up()
        self.store.close()
        shutil.copytree(home, to)
        self.store = open_store(home, self.key, self.clock)
        self.act()

    def ops(self) -> frozenset[UUID]:
        """What lies here now: waiting, answered, or held with its content."""
        if self.gone:
            return frozenset()
        with self.store.read() as session:
            run = session.connection().exec_driver_sql
            rows = run("SELECT op_id FROM outbox UNION SELECT op_id FROM sent UNION SELECT op_id FROM held")
            return frozenset(UUID(bytes=op) for (op,) in rows)

    def waiting(self) -> int:
        """How many operations have not been answered."""
        with self.store.read() as session:
            return int(session.connection().exec_driver_sql("SELECT count(*) FROM outbox").scalar_one())

    def id(self) -> UUID:
        """Under which the office knows it."""
        return UUID(memory.load(self.store).device)

    @contextmanager
    def dying(self, n: int, kind: str) -> Iterator[None]:
        """Its ``n``-th ``statement`` that writes, ``request`` or ``reply`` from now is its last."""
        seen = [0]

        def count(*_: Any) -> None:
            seen[0] += 1
            if seen[0] == n:
                raise Stop

        carry, writer = self.way.handle_request, self.store._writer

        def before(request: httpx.Request) -> httpx.Response:
            count()
            return carry(request)

        def after(request: httpx.Request) -> httpx.Response:
            answer = carry(request)
            count()
            return answer

        if kind == "statement":
            event.listen(writer, "before_cursor_execute", count)
        else:
            self.way.handle_request = before if kind == "request" else after  # type: ignore[method-assign]
        try:
            yield
        finally:
            if kind == "statement":
                event.remove(writer, "before_cursor_execute", count)
            else:
                del self.way.handle_request
