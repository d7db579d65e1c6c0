"""Devices that joined a real office, in this process: real stores, real database, the network of tests/network.py."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import FastAPI

from tests.conftest import Workspace
from tests.fakes import FakeClock
from tests.network import NONE, Faults, Network, hang_up
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import joining
from watmos_desktop.services.sync.client import Client
from watmos_office import devices, members
from watmos_office.app import make_app
from watmos_office.door import Limits
from watmos_office.office import Office

URL = "https://office.example.org"
# A test asks more in a second than a person in a day; how often one may ask is tested at the office.
UNHURRIED = Limits(rate=(1e9, 1e9), photos=(1e9, 1e9), bootstraps=(1e9, 1e9))


@pytest.fixture(autouse=True)
def _no_keystore(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keystore of whoever runs the tests is none of their business."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@dataclass
class OfficeApp:
    """An office on SQLite and the app that serves it, by the clock of the test."""

    office: Office
    app: FastAPI

    def member(
        self, name: str, role: Role, *, estates: Iterable[UUID] = (), blocks: Iterable[UUID] = ()
    ) -> UUID:
        """Someone who works here."""
        with self.office.writing() as connection:
            return members.add(connection, self.office, None, name, role, estates=estates, blocks=blocks)

    def code(self, member: UUID) -> str:
        """A code with which one device of that member joins."""
        with self.office.writing() as connection:
            return devices.new_code(connection, self.office, None, member).code


@pytest.fixture
def office_app(blank_office: Path, tmp_path: Path, clock: FakeClock) -> Iterator[OfficeApp]:
    """An empty office and its app."""
    shutil.copy(blank_office, tmp_path / "office.db")
    office = Office(f"sqlite:///{tmp_path / 'office.db'}", tmp_path / "office", clock=clock)
    app = make_app(office, UNHURRIED)
    yield OfficeApp(office, app)
    hang_up(app)
    office.close()


@dataclass
class Device:
    """A device that joined: its store (opened as its member), its client, and the network between."""

    store: Store
    client: Client
    network: Network
    member: UUID

    def close(self) -> None:
        self.client.close()
        self.store.close()


@dataclass
class Joining:
    """Makes devices of one office; each in a folder of its own."""

    office_app: OfficeApp
    workspace: Workspace
    folder: Path
    devices: list[Device] = field(default_factory=list)

    def __call__(
        self,
        role: Role = Role.MANAGER,
        name: str = "",
        *,
        member: UUID | None = None,
        estates: Iterable[UUID] = (),
        blocks: Iterable[UUID] = (),
        clock: FakeClock | None = None,
        seed: int = 0,
        faults: Faults = NONE,
    ) -> Device:
        """A device of a new member, or one more of ``member``; the mishaps begin after it joined."""
        number = len(self.devices) + 1
        member = member or self.office_app.member(
            name or f"Person {number}", role, estates=estates, blocks=blocks
        )
        clock = clock or self.office_app.office.clock  # type: ignore[assignment]
        assert clock is not None
        store = self.workspace.open(self.folder / f"device{number}", clock)
        network = Network(self.office_app.app, seed)
        joining.enrol(store, URL, self.office_app.code(member), f"Device {number}", transport=network)
        network.faults = faults
        device = Device(store, joining.connect(store, transport=network), network, member)
        self.devices.append(device)
        return device


@pytest.fixture
def joined(office_app: OfficeApp, empty_workspace: Workspace, tmp_path: Path) -> Iterator[Joining]:
    """Call it to get a device that joined ``office_app``."""
    made = Joining(office_app, empty_workspace, tmp_path)
    yield made
    for device in made.devices:
        device.close()
