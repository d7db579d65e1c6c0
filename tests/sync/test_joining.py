"""A workspace joins once, by a code that works once, the office that proved itself; else nothing is left behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select

from tests.build import an_estate
from tests.conftest import MANAGER, PASSPHRASE, Workspace
from tests.fakes import FakeClock
from tests.keyrings import Keyring
from tests.network import Faults, Network, hang_up
from tests.sync.conftest import URL, Joining, OfficeApp
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Change, Estate, Outbox, Staff
from watmos_desktop.services import staff, vault
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import engine, joining, keys, memory, problems
from watmos_office import devices
from watmos_office.app import make_app
from watmos_office.office import Office


def test_a_new_workspace_is_made_and_opens_as_the_member(
    office_app: OfficeApp, tmp_path: Path, clock: FakeClock
) -> None:
    member = office_app.member("Amina Yusuf", Role.CARETAKER)
    network = Network(office_app.app)
    home = tmp_path / "new"
    code = office_app.code(member).lower().replace("-", " ")  # as it may be typed
    joined = joining.enrol_at(
        home, PASSPHRASE, f"{URL}/", code, " My  laptop ", clock=clock, transport=network
    )
    assert (joined.url, joined.member, joined.name, joined.role) == (
        URL,
        member,
        "Amina Yusuf",
        Role.CARETAKER,
    )
    store = Store.open(home, PASSPHRASE, clock=clock)
    try:
        assert staff.last_used(store) == member
        assert store.device_id == joined.device
        assert staff.act_as(store, member).name == "Amina Yusuf"
        with store.read() as session:
            assert session.scalar(select(func.count()).select_from(Outbox)) == 0
        device = joining.connect(store, transport=network)
        assert device.hello(_hello(store))["member"]["name"] == "Amina Yusuf"
        device.close()
    finally:
        store.close()


def test_the_first_person_of_a_fresh_workspace_makes_way(joined: Joining) -> None:
    device = joined(Role.MANAGER, "Grace Bell")
    with device.store.read() as session:
        assert [row.id for row in session.scalars(select(Staff))] == [device.member]
        assert session.scalar(select(func.count()).select_from(Change)) == 0
    assert device.store.actor.staff_id == device.member != MANAGER.staff_id


def test_a_workspace_with_records_does_not_join(store: Store, office_app: OfficeApp) -> None:
    with store.write("an estate") as session:
        an_estate(session)
    code = office_app.code(office_app.member("A", Role.MANAGER))
    with pytest.raises(joining.HoldsRecords):
        joining.enrol(store, URL, code, "Laptop", transport=Network(office_app.app))
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Outbox)) == 1


def test_a_device_whose_access_ended_joins_again_with_what_it_holds(joined: Joining) -> None:
    device, other = joined(), joined()
    with device.store.write("an estate") as session:
        an_estate(session, name="Before")
    engine.sync(device.store, device.client)
    with device.store.write("an estate") as session:
        an_estate(session, name="While it was out")
    (device.store.home / keys.TOKENS).unlink()
    with pytest.raises(problems.Revoked):
        joining.connect(device.store, transport=device.network)

    code = joined.office_app.code(other.member)
    with pytest.raises(joining.AnotherPerson):
        joining.enrol(device.store, URL, code, "Laptop", transport=device.network)
    before = memory.load(device.store).device
    code = joined.office_app.code(device.member)
    again = joining.enrol(device.store, URL, code, "Laptop", transport=device.network)
    assert str(again.device) != before
    client = joining.connect(device.store, transport=device.network)
    report = engine.sync(device.store, client)
    client.close()
    assert (report.held, report.conflicts) == (0, 0)
    engine.sync(other.store, other.client)
    for store in (device.store, other.store):
        with store.read() as session:
            assert sorted(session.scalars(select(Estate.name))) == ["Before", "While it was out"]
            assert session.scalar(select(func.count()).select_from(Outbox)) == 0


def test_a_drained_device_that_forgot_even_its_person_joins_again(joined: Joining) -> None:
    device, office = joined(), joined.office_app.office
    joined()  # someone else, who is known here after the first sync
    engine.sync(device.store, device.client)
    with office.writing() as connection:
        devices.drain(connection, office, None, UUID(memory.load(device.store).device))
    engine.sync(device.store, device.client)
    with device.store.read() as session:
        assert session.get(Staff, device.member) is None
    code = joined.office_app.code(device.member)
    joining.enrol(device.store, URL, code, "Laptop", transport=device.network)
    device.client = joining.connect(device.store, transport=device.network)
    engine.sync(device.store, device.client)
    assert device.store.actor.staff_id == device.member


def test_a_workspace_never_changes_its_office(joined: Joining, tmp_path: Path, clock: FakeClock) -> None:
    device = joined()
    office = Office(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other", clock=clock)
    other = OfficeApp(office, make_app(office))
    code = other.code(other.member("Grace Bell", Role.MANAGER))
    with pytest.raises(problems.WrongOffice):
        joining.enrol(device.store, URL, code, "Laptop", transport=Network(other.app))
    hang_up(other.app)
    office.close()


@pytest.mark.parametrize("why", ["wrong", "used", "over"])
def test_a_code_that_does_not_hold_leaves_nothing_behind(
    why: str, office_app: OfficeApp, tmp_path: Path, clock: FakeClock, empty_workspace: Workspace
) -> None:
    network = Network(office_app.app)
    code = office_app.code(office_app.member("A", Role.MANAGER))
    if why == "wrong":
        code = "AAAA-" * 6 + "AAAA"
    elif why == "used":
        other = empty_workspace.open(tmp_path / "first", clock)
        joining.enrol(other, URL, code, "First", transport=network)
        other.close()
    else:
        clock.forward(minutes=16)
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    for home in (tmp_path / "new", full):
        with pytest.raises(joining.CodeRefused) as told:
            joining.enrol_at(home, PASSPHRASE, URL, code, "Laptop", clock=clock, transport=network)
        assert told.value.field == "code"
    assert not (tmp_path / "new").exists()
    assert [path.name for path in full.iterdir()] == ["letter.txt"]


def test_nothing_is_made_where_no_office_answers(tmp_path: Path) -> None:
    class Portal(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            assert b"CODE" not in request.read()
            return httpx.Response(
                200, headers={"content-type": "text/html"}, stream=httpx.ByteStream(b"<html>")
            )

    with pytest.raises(problems.CaptivePortal):
        joining.enrol_at(tmp_path / "new", PASSPHRASE, URL, "CODE", "Laptop", transport=Portal())
    with pytest.raises(problems.NotSafe):
        joining.enrol_at(tmp_path / "new", PASSPHRASE, "http://office.example.org", "CODE", "Laptop")
    assert not (tmp_path / "new").exists()


def test_when_the_reply_is_lost_the_same_code_works_once_more(
    office_app: OfficeApp, tmp_path: Path, clock: FakeClock
) -> None:
    code = office_app.code(office_app.member("Amina", Role.MANAGER))
    network = _LosesTheAnswerOf("/sync/v1/enrol", Network(office_app.app))
    home = tmp_path / "new"
    with pytest.raises(problems.NoNetwork):
        joining.enrol_at(home, PASSPHRASE, URL, code, "Laptop", clock=clock, transport=network)
    assert vault.exists(home)
    done = joining.enrol_at(home, PASSPHRASE, URL, code, "Laptop", clock=clock, transport=network)
    assert done.name == "Amina"
    store = Store.open(home, PASSPHRASE, clock=clock)
    device = joining.connect(store, transport=network)
    assert device.hello(_hello(store))["status"] == "active"
    device.close()
    store.close()


def test_a_lost_reply_to_a_refresh_does_not_lock_a_device_out(joined: Joining, clock: FakeClock) -> None:
    device = joined()
    device.client.hello(_hello(device.store))
    clock.forward(minutes=20)
    device.network.faults = Faults(drop_reply=1.0)
    with pytest.raises(problems.NoNetwork):
        device.client.hello(_hello(device.store))
    device.network.faults = Faults()
    clock.forward(hours=3)  # the train was in the tunnel for longer than anybody's patience
    again = joining.connect(device.store, transport=device.network)
    assert again.hello(_hello(device.store))["status"] == "active"
    again.close()


def test_tokens_survive_a_restart_and_are_not_in_the_database(joined: Joining, clock: FakeClock) -> None:
    device = joined()
    clock.forward(minutes=20)
    device.client.hello(_hello(device.store))  # renewed
    newest = device.client.identity.tokens
    assert keys.load_tokens(device.store) == newest
    assert newest.refresh.encode() not in (device.store.home / keys.TOKENS).read_bytes()
    with device.store.read() as session:
        assert newest.refresh not in str(session.connection().exec_driver_sql("SELECT * FROM meta").all())


def test_a_copy_without_what_lies_beside_the_database_cannot_speak(joined: Joining) -> None:
    device = joined()
    (device.store.home / keys.TOKENS).unlink()
    with pytest.raises(problems.Revoked):
        joining.connect(device.store)


def test_an_authority_is_read_from_pem_alone(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    (tmp_path / "big.pem").write_bytes(b"-----BEGIN CERTIFICATE-----" + b"x" * 100_000)
    for name in ("no.pem", "big.pem", "missing.pem"):
        with pytest.raises(Told):
            joining.read_ca(tmp_path / name)


def test_a_workspace_without_office_says_so(store: Store) -> None:
    with pytest.raises(problems.NotJoined):
        joining.connect(store)
    assert joining.clock_offset(store) == timedelta(0)


# --- the device's key -------------------------------------------------------------------------------------------------


class Broken(Keyring):
    def set_password(self, service: str, name: str, value: str) -> None:
        raise OSError("locked")


def test_the_key_lives_in_the_keystore_where_there_is_one(store: Store) -> None:
    ring = Keyring()
    made = keys.make(store, keys.Keystore(ring))
    assert keys.load(store, keys.Keystore(ring)).private_bytes_raw() == made.private_bytes_raw()
    assert "seed" not in store.recall("device_key")
    with pytest.raises(problems.KeyGone):  # the folder was copied to another computer
        keys.load(store, keys.Keystore(Keyring()))
    with pytest.raises(problems.KeyGone):
        keys.load(store, None)


@pytest.mark.parametrize("stronghold", [None, keys.Keystore(Broken())])
def test_without_a_keystore_the_encrypted_workspace_keeps_it(
    store: Store, stronghold: keys.Keystore | None
) -> None:
    made = keys.make(store, stronghold)
    assert keys.load(store, stronghold).private_bytes_raw() == made.private_bytes_raw()


def test_a_keystore_that_keeps_in_the_clear_or_nowhere_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    assert keys.keystore() is None  # the null backend of conftest.py


def test_a_headless_computer_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nonexistent")
    monkeypatch.setattr("sys.platform", "linux")
    assert keys.keystore() is None


def test_a_workspace_that_was_put_back_is_noticed_offline(store: Store) -> None:
    ring = keys.Keystore(Keyring())
    assert not keys.was_put_back(store, 0, ring)
    keys.raise_anchor(store, 7, ring)
    assert keys.was_put_back(store, 6, ring)
    assert not keys.was_put_back(store, 7, ring)
    store.incarnation = uuid4()  # the program's own restore begins another life
    assert not keys.was_put_back(store, 0, ring)


def test_destroying_leaves_neither_key_nor_tokens(joined: Joining) -> None:
    device = joined()
    ring = keys.Keystore(Keyring())
    keys.make(device.store, ring)
    keys.destroy(device.store, ring)
    with pytest.raises(problems.KeyGone):
        keys.load(device.store, ring)
    assert keys.load_tokens(device.store) is None


class _LosesTheAnswerOf(httpx.BaseTransport):
    """Once."""

    def __init__(self, path: str, network: Network) -> None:
        self._path, self._network, self._lost = path, network, False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._network.handle_request(request)
        if request.url.path == self._path and not self._lost:
            self._lost = True
            raise httpx.ReadTimeout("lost", request=request)
        return answer


def _hello(store: Store) -> dict[str, object]:
    kept = memory.load(store)
    return {
        "incarnation": str(store.incarnation),
        "schema": "0003",
        "epoch": kept.epoch,
        "last_n": 0,
        "hash": "",
        "waiting": 0,
        "photos": 0,
    }
