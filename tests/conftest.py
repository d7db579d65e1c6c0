"""A real encrypted workspace for each test, made once and copied, and a clock that tests may move."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from tests import landlord
from tests.fakes import FakeClock
from tests.landlord import Landlord
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Staff
from watmos_desktop.services import instance, vault
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store
from watmos_office.office import Office

PASSPHRASE = "walnut ferry basil quartz"
MANAGER = Actor(UUID("01900000-0000-7000-8000-000000000001"), "Grace Bell", Role.MANAGER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What a test left of windows goes in the thread they belong to, once nothing of the test is held.

    Left to a worker's thread of a later test, the collector destroys Qt objects there, timers and event filters
    among them, and the process ends in the next turn of the event loop.
    """
    done = yield
    if "qapp" in getattr(item, "fixturenames", ()):
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        gc.freeze()  # what stays (modules, caches) is not looked at again after each test
    return done


@dataclass(frozen=True)
class Workspace:
    """A closed workspace with one manager in it, and its key."""

    home: Path
    key: bytes

    def open(self, home: Path, clock: FakeClock) -> Store:
        """A copy of it in ``home``, opened by its key: the passphrase takes 0.3 s by design."""
        shutil.copytree(self.home, home)
        holding = ExitStack()
        holding.enter_context(instance.hold(home))
        return Store(home, self.key, holding, clock)


def new_workspace(home: Path) -> Workspace:
    """Make an empty workspace with one manager in it; it takes as long as the passphrase costs."""
    store = Store.create(home, PASSPHRASE, clock=FakeClock())
    with store.apply() as connection:
        manager = {"id": MANAGER.staff_id, "name": MANAGER.name, "role": MANAGER.role}
        connection.execute(Staff.__table__.insert(), manager)  # type: ignore[attr-defined]
    store.close()
    return Workspace(home, bytes(vault.unlock(home, PASSPHRASE)))


@pytest.fixture(scope="session")
def empty_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return new_workspace(tmp_path_factory.mktemp("empty") / "workspace")


@pytest.fixture
def clock() -> FakeClock:
    """Monday 23 Nov 2026, 10:42 in London, until a test moves it."""
    return FakeClock()


@pytest.fixture
def store(empty_workspace: Workspace, tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    """An open, empty workspace in ``tmp_path``, used by its manager; the passphrase is PASSPHRASE."""
    store = empty_workspace.open(tmp_path / "workspace", clock)
    store.actor = MANAGER
    yield store
    store.close()


@dataclass(frozen=True)
class Let:
    """An open copy of the small landlord, used by its caretaker."""

    store: Store
    landlord: Landlord


@pytest.fixture(scope="session")
def landlord_workspace(
    empty_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Workspace, Landlord]:
    clock = FakeClock()
    home = tmp_path_factory.mktemp("landlord") / "workspace"
    store = empty_workspace.open(home, clock)
    made = landlord.make(store, clock)
    store.close()
    return Workspace(home, empty_workspace.key), made


@pytest.fixture
def let(landlord_workspace: tuple[Workspace, Landlord], tmp_path: Path, clock: FakeClock) -> Iterator[Let]:
    """Estates, homes, a signed walk and repairs in ``tmp_path``, made once and copied."""
    workspace, made = landlord_workspace
    store = workspace.open(tmp_path / "workspace", clock)
    store.actor = made.caretaker
    yield Let(store, made)
    store.close()


@pytest.fixture(scope="session")
def blank_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite database of an office that was opened once: a copy of it is quicker than another."""
    home = tmp_path_factory.mktemp("blank")
    Office(f"sqlite:///{home / 'office.db'}", home / "office").close()
    return home / "office.db"
