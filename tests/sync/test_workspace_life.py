"""What a workspace that joined must go on doing: backups, checks, undo, being put back, being wiped."""

from __future__ import annotations

import shutil
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.conftest import PASSPHRASE
from tests.fakes import FakeClock
from tests.keyrings import Keyring
from tests.sync.conftest import Device, Joining, OfficeApp
from tests.sync.devices import a_repair, at_office, edit, settle, shown, state, sync, tick
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import Attachment, Repair
from watmos_desktop.services import backup, check, history, restore, vault
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import joining, keys, memory
from watmos_desktop.services.sync.visit import visit
from watmos_desktop.services.sync.wiping import Wiped
from watmos_office import devices
from watmos_office.tables import Device as DeviceRow


def _reopen(device: Device) -> None:
    home, clock = device.store.home, device.store.clock
    device.store = Store.open(home, PASSPHRASE, clock=clock)
    device.client = joining.connect(device.store, transport=device.network)


def _close(device: Device) -> None:
    device.client.close()
    device.store.close()


def _estate_of(device: Device, repair: UUID) -> UUID:
    with device.store.read() as session:
        return session.get_one(Repair, repair).estate_id


def test_a_workspace_whose_scope_hides_parents_is_sound_and_is_backed_up_and_restored(
    joined: Joining, clock: FakeClock
) -> None:
    manager = joined(name="Grace Bell")
    estates = [_estate_of(manager, a_repair(manager)) for _ in range(2)]
    sync(manager)
    joined(Role.CARETAKER, "D. Osei", estates=estates[1:])
    caretaker = joined(Role.CARETAKER, "M. Kaur", estates=estates[:1])
    sync(caretaker)
    with caretaker.store.read() as session:
        assert session.execute(text("PRAGMA foreign_key_check")).all(), "a premise of this test"
    assert check.run(caretaker.store) == []
    saved = backup.make(caretaker.store)
    before = state(caretaker)
    home = caretaker.store.home
    _close(caretaker)
    restore.restore(home, saved.path, PASSPHRASE, clock=clock)
    _reopen(caretaker)
    assert state(caretaker) == before


def test_a_workspace_without_an_office_still_has_its_references_proved(store: Store) -> None:
    backup.make(store)
    with store.apply(foreign_keys=False) as connection:
        connection.execute(
            text(
                "INSERT INTO staff_scope (id, deleted, stamps, staff_id, estate_id) VALUES ('a', 0, '{}', 'b', 'c')"
            )
        )
    with pytest.raises(backup.BackupFailed):
        backup.make(store)


def test_a_workspace_put_back_by_hand_begins_another_life_before_it_sends(
    joined: Joining, office_app: OfficeApp
) -> None:
    ring = keys.Keystore(Keyring())
    one, two = joined(), joined()
    repair = a_repair(one)
    visit(one.store, one.client, stronghold=ring)
    home, copy = one.store.home, one.store.home.with_name("copy")
    _close(one)
    shutil.copytree(home, copy)
    _reopen(one)
    tick(office_app)
    edit(one, repair, title="after the copy")
    visit(one.store, one.client, stronghold=ring)
    life = one.store.incarnation
    _close(one)
    shutil.copyfile(copy / "watmos.db", home / "watmos.db")
    _reopen(one)
    assert one.store.incarnation == life

    one.network.cut = True
    tick(office_app)
    edit(one, repair, description="written in the copy")
    with pytest.raises(Exception, match="reached"):
        visit(one.store, one.client, stronghold=ring)
    assert one.store.incarnation != life, "noticed without a network"
    one.network.cut = False
    visit(one.store, one.client, stronghold=ring)
    settle(one, two)
    assert shown(one, repair) == "after the copy"
    assert shown(two, repair, "description") == "written in the copy"
    assert "quarantined" not in at_office(office_app).values()


def test_a_wiped_device_says_so_even_with_a_token_that_has_ended(
    joined: Joining, office_app: OfficeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Keyring()
    monkeypatch.setattr(keys, "keystore", lambda: keys.Keystore(ring))
    device = joined()
    visit(device.store, device.client, stronghold=keys.keystore())
    assert ring.kept
    number = UUID(memory.load(device.store).device)
    with office_app.office.writing() as connection:
        devices.wipe(connection, office_app.office, None, number)
    clock = office_app.office.clock
    assert isinstance(clock, FakeClock)
    clock.forward(hours=2)
    assert device.client.identity.tokens.expires_at < clock.now() - timedelta(minutes=1)
    with pytest.raises(Wiped):
        visit(device.store, device.client)
    assert not vault.exists(device.store.home)
    assert [path for path in device.store.home.rglob("*") if path.is_file()] == []
    assert ring.kept == {}, "neither key nor anchor is left in the keystore"
    with office_app.office.reading() as connection:
        row = connection.execute(DeviceRow.__table__.select().where(DeviceRow.id == number)).one()
    assert row.status == "wiped"


def test_what_came_from_the_office_can_be_changed_and_taken_back(
    joined: Joining, office_app: OfficeApp
) -> None:
    one, two = joined(), joined()
    repair = a_repair(one, title="from the other")
    settle(one, two)
    tick(office_app)
    edit(two, repair, title="changed here")
    with two.store.read() as session:
        last = history.last(session)
    assert last is not None and last.why == "changed a repair"
    history.undo(two.store, last)
    assert shown(two, repair) == "from the other"
    settle(two, one)
    assert state(one) == state(two)
    with two.store.read() as session:
        steps = history.of(session, "repair", repair)
    assert {step.why for step in steps} >= {"changed a repair"}
    assert check.run(two.store) == []


def test_what_the_office_changed_since_is_not_taken_back_blindly(
    joined: Joining, office_app: OfficeApp
) -> None:
    one, two = joined(), joined()
    repair = a_repair(one, title="first")
    settle(one, two)
    tick(office_app)
    edit(two, repair, title="second, here")
    settle(two, one)
    tick(office_app)
    edit(one, repair, title="third, there")
    settle(one, two)
    with two.store.read() as session:
        last = history.last(session)
    if last is not None:
        with pytest.raises(Told):
            history.undo(two.store, last)
    assert shown(two, repair) == "third, there"


def test_an_ambassador_asks_for_a_neighbours_photo_once_a_day_and_check_is_silent(
    joined: Joining, office_app: OfficeApp, clock: FakeClock
) -> None:
    manager = joined()
    repair = a_repair(manager)
    with manager.store.write("a photo") as session:
        sha = manager.store.blobs.put(b"a photo of a door")
        session.add(
            Attachment(
                owner_table="repair", owner_id=repair, sha256=sha, size=17, width=1, height=1,
                taken_at=clock.now(), added_by=manager.member,
            )
        )  # fmt: skip
    sync(manager)
    ambassador = joined(Role.AMBASSADOR, "Mrs Okafor", estates=[_estate_of(manager, repair)])
    asked: list[UUID] = []
    fetch = ambassador.client.get_chunk

    def counted(attachment: UUID, index: int) -> bytes:
        asked.append(attachment)
        return fetch(attachment, index)

    ambassador.client.get_chunk = counted  # type: ignore[method-assign]
    report, again = sync(ambassador), sync(ambassador)
    assert len(asked) == 1
    assert not report[0].more and not again[0].more, "nothing is left to do for them"
    assert check.run(ambassador.store) == []
    clock.forward(days=1)
    sync(ambassador)
    assert len(asked) == 2
    ambassador.store.blobs.put(b"a photo of a door")
    path = next(one for one in ambassador.store.blobs.folder.rglob("*") if one.is_file())
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert [one.code for one in check.run(ambassador.store)] == ["photo.damaged"]


def test_a_photo_that_nobody_else_has_is_missed_until_the_office_has_it(
    joined: Joining, clock: FakeClock
) -> None:
    device = joined()
    repair = a_repair(device)
    with device.store.write("a photo") as session:
        sha = device.store.blobs.put(b"a photo of a door")
        session.add(
            Attachment(
                owner_table="repair", owner_id=repair, sha256=sha, size=17, width=1, height=1,
                taken_at=clock.now(), added_by=device.member,
            )
        )  # fmt: skip
    device.store.blobs.remove(sha)
    assert [one.code for one in check.run(device.store)] == ["photo.lost"]
    device.store.blobs.put(b"a photo of a door")
    sync(device)
    device.store.blobs.remove(sha)
    assert check.run(device.store) == [], "the office has it, and gives it again"
    sync(device)
    assert device.store.blobs.has(sha)
