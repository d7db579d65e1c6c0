"""The office's pages for ``tests.shots``: a device that joined a real office in this process, with things to decide."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select

from tests import build, landlord
from tests.conftest import Let
from tests.fakes import FakeClock
from tests.landlord import Landlord
from tests.network import Network, hang_up
from tests.sync.disputes import a_conflict, a_held
from watmos_desktop.app import Program
from watmos_desktop.cli.driving import Driver
from watmos_desktop.models.kinds import ConflictKind, Role
from watmos_desktop.models.tables import Block, Home
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import engine, joining
from watmos_desktop.services.sync.client import Client
from watmos_desktop.ui.pages.office.devices import DevicesPage
from watmos_desktop.ui.pages.office.join import JoinPage
from watmos_desktop.ui.pages.office.members import MembersPage
from watmos_desktop.ui.tasks import AtOnce, Tasks
from watmos_office import devices, members
from watmos_office.app import make_app
from watmos_office.door import Limits
from watmos_office.office import Office

Go = Callable[[], object]
_URL = "https://office.example.org"
_PEOPLE = (("M. Kaur", Role.CARETAKER, "Tablet 7"), ("R. Adeyemi", Role.CARETAKER, "Van laptop"))
_PASSPHRASE = "pictures of nothing real"


@contextmanager
def driver() -> Iterator[tuple[Driver, list[tuple[str, Go]]]]:
    """A window on the device of a manager, and the pages to take pictures of, by name."""
    with tempfile.TemporaryDirectory(prefix="watmos-shots-") as folder:
        clock = FakeClock()
        office = Office(f"sqlite:///{folder}/office.db", Path(folder) / "office", clock=clock)
        app = make_app(office, Limits(rate=(1e9, 1e9), photos=(1e9, 1e9), bootstraps=(1e9, 1e9)))
        network = Network(app)
        boss = _member(office, "Grace Bell-Owusu", Role.MANAGER)
        store = _join(office, app, boss, Path(folder) / "boss", "Office laptop", clock)
        estate = _places(store)
        with closing(joining.connect(store, transport=network)) as client:
            engine.sync(store, client)
            people = [_member(office, name, role, estate) for name, role, _ in _PEOPLE]
            for member, (_, _, device) in zip(people, _PEOPLE, strict=True):
                _join(office, app, member, Path(folder) / device, device, clock).close()
            engine.sync(store, client)
        made = _landlord(store, estate, people)
        program = Program(
            store.home, clock=clock, tasks=Tasks(_raise, AtOnce()), connect=partial(_connect, network)
        )
        window = Driver(program)
        program.show()
        program.open_store(store)
        yield window, list(_pages(window, network, Let(store, made)))
        program.close()
        hang_up(app)
        office.close()


def _pages(window: Driver, network: Network, let: Let) -> Iterator[tuple[str, Go]]:
    frame, program = window.window, window.program
    once: set[str] = set()

    def disputes() -> None:
        a_conflict(let, field="description", value={"description": "Panel is loose, the bell rings inside"})
        a_conflict(let, field="trade", value={"trade": "electrical"}, kind=ConflictKind.GUARDED)
        a_conflict(let, field="place", value={"place": "Floor 2"}, kind=ConflictKind.PARALLEL)
        a_held(let, {"title": "Lift stuck at 4", "priority": "emergency", "trade": "lifts"}, "scope")

    def review() -> None:
        if "review" not in once:
            once.add("review")
            disputes()
        frame.go("review")

    def offline() -> None:
        network.cut = True
        landlord.raise_one(let.store, let.landlord)
        frame.go("office")
        program.sync_now()

    def online(page: str) -> None:
        network.cut = False
        frame.go(page)

    def code() -> None:
        online("members")
        page = frame.current()
        assert isinstance(page, MembersPage)
        page.new_code(next(one for one in page._found if one.name == "M. Kaur"))

    def suspend() -> None:
        online("devices")
        page = frame.current()
        assert isinstance(page, DevicesPage)
        confirm = next(iter(page.confirms.values()))
        next(iter(confirm.buttons.values())).click()

    def join() -> None:
        page = JoinPage(program.desk, lambda _: None)  # type: ignore[arg-type]
        frame._stack.addWidget(page)
        frame._stack.setCurrentWidget(page)

    yield "40 office", lambda: online("office")
    yield "41 to review", review
    yield "42 people, a new code", code
    yield "43 devices", suspend
    yield "44 held at the office", lambda: online("decisions")
    yield "45 office, no network", offline
    yield "46 join", join


def _places(store: Store) -> UUID:
    with store.write("an estate", undoable=False) as session:
        estate = build.an_estate(session)
        for name in ("Lindley House A", "Lindley House B"):
            block = build.a_block(session, estate, name=name)
            for _ in range(3):
                build.a_home(session, block)
        return estate.id


def _landlord(store: Store, estate: UUID, people: list[UUID]) -> Landlord:
    """The ids that disputes ask for; the repair was raised here."""
    with store.read() as session:
        block, other = session.scalars(select(Block.id).order_by(Block.name))
        home = session.scalars(select(Home.id)).first()
    assert home is not None
    actors = [Actor(member, name, role) for member, (name, role, _) in zip(people, _PEOPLE, strict=True)]
    kaur, adeyemi = actors
    ids = Landlord(estate, block, other, home, home, home, home, kaur, kaur, adeyemi, store.actor)
    repair = landlord.raise_one(store, ids, "Door entry not working")
    return replace(ids, repair_id=repair)


def _connect(network: Network, store: Store) -> Client:
    return joining.connect(store, transport=network)


def _raise(error: BaseException) -> None:
    raise error


def _member(office: Office, name: str, role: Role, *estates: UUID) -> UUID:
    with office.writing() as connection:
        return members.add(connection, office, None, name, role, estates=estates)


def _join(office: Office, app: FastAPI, member: UUID, home: Path, name: str, clock: FakeClock) -> Store:
    with office.writing() as connection:
        code = devices.new_code(connection, office, None, member).code
    store = Store.create(home, _PASSPHRASE, clock=clock)
    joining.enrol(store, _URL, code, name, transport=Network(app))
    return store
