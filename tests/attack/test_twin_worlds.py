"""Two worlds: in one there is a case about somebody who works here, in the other it never was.

That person's own device lives the same days in both, with the real engine, while the team works on the case. Every
answer it hears, and everything its workspace then holds, is the same to the byte; what is sealed or random by nature
(cursors, tokens, the ids of its own requests) is compared by its length (security.md S22).
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import httpx
import pytest
import zstandard
from sqlalchemy import insert, text

from tests import build
from tests.conftest import Workspace
from tests.fakes import FakeClock
from tests.network import Network, hang_up
from tests.sync.conftest import UNHURRIED, URL, Device, OfficeApp
from watmos_desktop.models.kinds import CaseKind, Role
from watmos_desktop.models.tables import (
    Attachment,
    Block,
    CaseNote,
    Repair,
    RestrictedCase,
    Staff,
)
from watmos_desktop.services import check, homes, log, repairs, search, staff, today
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.sync import engine, joining, memory, review, status
from watmos_office import cases, confirming, pull
from watmos_office.app import make_app
from watmos_office.office import Office
from watmos_office.tables import CaseMember

_IDS = UUID(int=22)
_SEALED = re.compile(r"(?<=nonce=)[0-9a-f]+|(?<![A-Za-z0-9_+/-])(?![0-9a-f]{64}\b)[A-Za-z0-9_+/-]{43,}={0,2}")
# In the answers to its own pushes: the ids and the chain of its own operations.
_OWN = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CHAIN = re.compile(
    r'(?:(?<="hash":")|(?<="hash": "))[0-9a-f]{64}'
    r"""|(?:(?<="op_id":")|(?<="txn_id":")|(?<='op_id': ')|(?<='txn_id': ')"""
    r"""|(?<=HeldItem\(id=UUID\('))[0-9a-f-]{36}"""
)
# Random by nature: the ids of operations and actions, and the seals on what is kept here.
_RANDOM = {"op_id", "txn_id", "incarnation", "hash", "device_id"}
PERPETRATORS = (
    Role.TENANCY_OFFICER,
    Role.MANAGER,
    Role.ADMINISTRATOR,
    Role.CARETAKER,
    Role.AMBASSADOR,
    Role.RESIDENT_VOICE,
    Role.ASB_OFFICER,
)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No keystore, and a wait that looks once."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setitem(pull.wait.__kwdefaults__ or {}, "seconds", 0.0)


class Listening(Network):
    """A device's way to the office that keeps what was asked and what was heard."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.heard: list[Any] = []

    def _returned(self, request: httpx.Request, answer: Any, fate: str) -> httpx.Response:
        body = bytes(answer.body)
        if body.startswith(b"(\xb5/\xfd"):
            body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        said = _CHAIN.sub(_length, _SEALED.sub(_length, body.decode("utf-8", "replace")))
        target = _SEALED.sub(_length, request.url.raw_path.decode())
        if target.endswith("/push"):
            said = _OWN.sub(_length, said)
        heads = [one for one in answer.headers if one[0] != b"content-length"]
        self.heard.append((request.method, target, len(request.content) > 0, answer.status, heads, said))
        return super()._returned(request, answer, fate)


def _length(found: re.Match[str]) -> str:
    return f"<{len(found.group())}>"


@dataclass(frozen=True)
class Origin:
    """An office and joined devices, closed, before either world begins."""

    home: Path
    key: bytes
    members: dict[str, UUID]
    place: dict[str, UUID]


def _id(name: str) -> UUID:
    return uuid5(_IDS, name)


@pytest.fixture(scope="module")
def origin(empty_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Origin:
    home, clock = tmp_path_factory.mktemp("origin"), FakeClock()
    office = Office(f"sqlite:///{home / 'office.db'}", home / "office", clock=clock)
    app = make_app(office, UNHURRIED)
    there = OfficeApp(office, app)
    boss = there.member("Boss", Role.MANAGER)
    who: dict[str, UUID] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        first = _join(there, empty_workspace, home / "boss", boss, clock)
        with first.store.write("a landlord") as session:
            block = build.a_block(session)
            flat = build.a_home(session, block)
            person = build.a_person(session)
            build.a_tenancy(session, flat, person)
            build.a_repair(session, block, session.get_one(Staff, boss), id=_id("repair"))
            place = {"estate": block.estate_id, "block": block.id, "home": flat.id, "person": person.id}
        engine.sync(first.store, first.client)
        everybody = [*PERPETRATORS, Role.SAFEGUARDING_LEAD]
        for role in everybody:
            estates = [] if role in (Role.MANAGER, Role.ADMINISTRATOR) else [place["estate"]]
            who[role] = there.member(f"The {role}", role, estates=estates)
        who["lead 2"] = who[Role.SAFEGUARDING_LEAD]
        for name, member in who.items():
            device = _join(there, empty_workspace, home / str(name), member, clock)
            engine.sync(device.store, device.client)
            device.close()
        first.close()
    hang_up(app)
    office.close()
    return Origin(home, empty_workspace.key, who, place)


def _join(there: OfficeApp, workspace: Workspace, home: Path, member: UUID, clock: FakeClock) -> Device:
    store, network = workspace.open(home, clock), Network(there.app)
    joining.enrol(store, URL, there.code(member), "Laptop", transport=network)
    device = UUID(memory.load(store).device)
    with there.office.writing() as connection, suppress(NotFound):  # nothing waits in a role without cases
        confirming.at_console(connection, there.office, None, device)
    return Device(store, joining.connect(store, transport=network), network, member)


@dataclass
class World:
    """One of the two; ``case`` says which."""

    origin: Origin
    home: Path
    role: Role
    case: bool
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.home.mkdir()
        shutil.copy(self.origin.home / "office.db", self.home)
        if (self.origin.home / "office").exists():
            shutil.copytree(self.origin.home / "office", self.home / "office")
        self.clock.forward(minutes=5)
        self.office = Office(f"sqlite:///{self.home / 'office.db'}", self.home / "office", clock=self.clock)
        self.app = make_app(self.office, UNHURRIED)
        self.they = self._open(str(self.role))
        self.lead, self.second = self._open(str(Role.SAFEGUARDING_LEAD)), self._open("lead 2")
        self.views: list[Any] = []

    def _open(self, name: str) -> Device:
        store = Workspace(self.origin.home / name, self.origin.key).open(self.home / name, self.clock)
        network = Listening(self.app)
        staff.act_as(store, self.origin.members[name])
        return Device(store, joining.connect(store, transport=network), network, self.origin.members[name])

    def close(self) -> None:
        for device in (self.they, self.lead, self.second):
            device.close()
        hang_up(self.app)
        self.office.close()

    def live(self) -> None:
        """Some days, with somebody looking and asking all the time."""
        self.they_look()
        self.everyday(self.lead, "first")
        self.on_the_case(self._open_case)
        self.they_look()
        self.everyday(self.they, "own")
        self.on_the_case(self._quarrel)
        self.they_look()
        self.on_the_case(self._held)
        self.everyday(self.second, "second")
        self.they_look()
        self.on_the_case(self._close)
        self.clock.forward(timedelta(days=1, minutes=3))  # the daily check of both sides
        self.they_look()

    def on_the_case(self, work: Any) -> None:
        """What the team does in one world; in the other the same time goes by."""
        before = self.clock.now()
        self._team_syncs()
        if self.case:
            work()
        self.clock.set(before + timedelta(minutes=10))
        self._team_syncs()

    def _team_syncs(self) -> None:
        """The team's devices call at the same times in both worlds."""
        for device in (self.lead, self.second):
            engine.sync(device.store, device.client)

    def everyday(self, device: Device, name: str) -> None:
        """Work that has nothing to do with any case."""
        self.clock.forward(minutes=1)
        try:
            with device.store.write("everyday") as session:
                row = session.get(Repair, _id("repair"))
                if row is not None and device is not self.they:
                    row.title = f"Lamp out, {name}"
                block = session.get_one(Block, self.origin.place["block"])
                me = session.get_one(Staff, device.member)
                build.a_repair(session, block, me, id=_id(f"repair {name}"), reference=f"R-{name}")
        except (Told, LookupError):
            assert device is self.they, "who may not write only reads"
        if device is not self.they:
            engine.sync(device.store, device.client)

    def _open_case(self) -> None:
        place = self.origin.place
        with self.lead.store.write("lantern") as session:
            case = RestrictedCase(
                id=_id("case"),
                kind=CaseKind.SAFEGUARDING,
                title="lantern",
                summary="lantern",
                home_id=place["home"],
                person_id=place["person"],
                opened_by=self.lead.member,
                opened_at=self.clock.now(),
            )
            session.add(case)
            session.flush()
            note = CaseNote(
                case_id=case.id, text="lantern", staff_id=self.lead.member, made_at=self.clock.now()
            )
            sha = self.lead.store.blobs.put(b"lantern" * 90)
            photo = Attachment(
                owner_table="restricted_case",
                owner_id=case.id,
                sha256=sha,
                size=630,
                width=1,
                height=1,
                caption="lantern",
                taken_at=self.clock.now(),
                added_by=self.lead.member,
            )
            session.add_all([note, photo])
        engine.sync(self.lead.store, self.lead.client)
        they = self.origin.members[str(self.role)]
        with self.office.writing() as connection:
            cases.exclude(connection, self.office, None, _id("case"), they)
            connection.execute(
                insert(CaseMember).values(case_id=_id("case"), member_id=they)
            )  # named all the same

    def _quarrel(self) -> None:
        """Two devices of the team change the case at once: there is a conflict about it."""
        for number, device in enumerate((self.lead, self.second)):
            self.clock.forward(seconds=1)
            with device.store.write("lantern") as session:
                session.get_one(RestrictedCase, _id("case")).summary = f"lantern {number}"
        engine.sync(self.second.store, self.second.client)

    def _held(self) -> None:
        """Something about the case is held: it names what is not there."""
        with self.lead.store.write("lantern") as session:
            case = session.get_one(RestrictedCase, _id("case"))
            case.title = "lantern"
            photo = Attachment(
                owner_table="case_note",
                owner_id=_id("none"),
                sha256="0" * 64,
                size=9,
                width=1,
                height=1,
                caption="lantern",
                taken_at=self.clock.now(),
                added_by=self.lead.member,
            )
            session.add(photo)

    def _close(self) -> None:
        with self.lead.store.write("lantern") as session:
            session.get_one(RestrictedCase, _id("case")).deleted = True

    def they_look(self) -> None:
        """They poll, sync, search and read whatever their program shows, and ask for more than it would."""
        device, client = self.they, self.they.client
        cursor = memory.load(device.store).cursor
        self.views.append(("moved", client.ask("GET", f"/wait?cursor={cursor}")["moved"]))
        self.views.append(("sync", engine.sync(device.store, client)))
        case = _id("case")
        for bucket in (f"case:{case}", "case:none", *memory.load(device.store).buckets):
            self.views.append(_answered(lambda b=bucket: client.check(b)))
        self.views.append(_answered(lambda: client.rows([("restricted_case", case), ("home", case)]).gone))
        for path in ("members", "devices", "quarantine", "reviews", "standing"):
            self.views.append(_answered(lambda p=path: client.ask("GET", f"/{p}", api="/admin/v1")))
        self.views.append(_answered(lambda: client.bootstrap(f"case:{case}", "", 10)))
        self.views.append(_answered(lambda: client.ask("GET", f"/blobs/{case}/missing")))
        with device.store.read() as session:
            for words in ("lantern", "Lamp", str(case)):
                self.views.append(_answered(lambda w=words: search.find(session, w)))
            for look in (today.get, homes.estates, review.items, review.held, review.count, repairs.count):
                self.views.append(_answered(lambda f=look: f(session)))
            home = self.origin.place["home"]
            self.views.append(_answered(lambda: homes.get(session, home)))
        self.views.append(("status", status.status(device.store).as_json()))
        self.views.append(("check", [str(one) for one in check.run(device.store)]))


def _answered(ask: Any) -> Any:
    try:
        return ask()
    except (Told, TypeError) as refused:
        return type(refused).__name__, str(refused)


def held_here(device: Device) -> dict[str, Any]:
    """Everything in a workspace: each table of its database, and how many files of which size lie beside it."""
    found: dict[str, Any] = {}
    with device.store.read() as session:
        names = session.scalars(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
            )
        ).all()
        for name in names:
            rows = session.execute(text(f'SELECT * FROM "{name}"')).mappings().all()
            plain = [{key: _plain(key, value) for key, value in row.items()} for row in rows]
            found[name] = sorted(json.dumps(row, default=str, sort_keys=True) for row in plain)
    files = sorted(path.stat().st_size for path in (device.store.home / "blobs").rglob("*") if path.is_file())
    return found | {"": files}


def _plain(key: str, value: Any) -> Any:
    if key in _RANDOM and value is not None:
        return len(value)
    return _CHAIN.sub(_length, _SEALED.sub(_length, value)) if isinstance(value, str) else value


@pytest.fixture
def worlds(origin: Origin, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[World, World]]:
    both = (
        World(origin, tmp_path / "with", request.param, True),
        World(origin, tmp_path / "without", request.param, False),
    )
    yield both
    for one in both:
        one.close()


@pytest.mark.parametrize("worlds", PERPETRATORS, indirect=True, ids=str)
def test_who_is_the_subject_of_a_case_lives_in_a_world_without_it(worlds: tuple[World, World]) -> None:
    told, logs, held = [], [], []
    for world in worlds:
        before = len(log.recent())
        world.live()
        logs.append(list(log.recent()[before:]))
        told.append((world.they.network.heard, [_CHAIN.sub(_length, str(one)) for one in world.views]))  # type: ignore[attr-defined]
        held.append(held_here(world.they))
    for one, other in zip(told[0][0], told[1][0], strict=False):
        assert one == other
    assert len(told[0][0]) == len(told[1][0])
    assert told[0][1] == told[1][1]
    for table, rows in held[0].items():
        assert rows == held[1][table], table
    assert "lantern" not in str(told[0][0]).replace("w=lantern", "")
    assert "lantern" in str(held_here(worlds[0].lead)), "the team does see it, or this would prove nothing"
