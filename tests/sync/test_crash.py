"""The program dies at every statement and request of a sync, and the office wipes: nothing lost, nothing doubled."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, update

from tests.conftest import PASSPHRASE, Workspace
from tests.sync.conftest import Device, Joining, OfficeApp
from tests.sync.devices import a_repair, at_office, edit, held, settle, shown, state, sync, tick, waiting
from watmos_desktop.services import backup, instance, staff, vault
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import joining, keys, memory, wiping
from watmos_desktop.services.sync.wiping import Wiped
from watmos_office import devices
from watmos_office.tables import Device as DeviceRow


class Stop(BaseException):
    """The power went off."""


@contextmanager
def dying_at(device: Device, n: int, kind: str) -> Iterator[list[int]]:
    """The ``n``-th statement that writes, or the ``n``-th request, never returns; how many there were is counted."""
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == n:
            raise Stop

    engine = device.store._writer
    carry = device.network.handle_request

    def before(request: Any) -> Any:
        count()
        return carry(request)

    def after(request: Any) -> Any:
        answer = carry(request)
        count()
        return answer

    if kind == "statement":
        event.listen(engine, "before_cursor_execute", count)
    else:
        device.network.handle_request = before if kind == "request" else after  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        if kind == "statement":
            event.remove(engine, "before_cursor_execute", count)
        else:
            device.network.handle_request = carry  # type: ignore[method-assign]


def reopen(device: Device, workspace: Workspace) -> None:
    """As after a crash: another process opens the same folder."""
    device.client.close()
    device.store.close()
    holding = ExitStack()
    holding.enter_context(instance.hold(device.store.home))
    device.store = Store(device.store.home, workspace.key, holding, device.store.clock)
    device.client = joining.connect(device.store, transport=device.network)
    staff.act_as(device.store, device.member)


@pytest.mark.parametrize("kind", ["statement", "request", "reply"])
def test_a_sync_that_dies_anywhere_is_taken_up_again(
    joined: Joining, office_app: OfficeApp, empty_workspace: Workspace, kind: str
) -> None:
    """Case 9."""
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    step = 1 if kind != "statement" else 5
    n, operations = 1, 3
    while True:
        tick(office_app)
        edit(one, repair, title=f"one {n}")
        edit(two, repair, contractor=f"two {n}")
        operations += 2
        sync(two)
        died = True
        with dying_at(one, n, kind):
            try:
                sync(one)
                died = False
            except Stop:
                pass
        reopen(one, empty_workspace)
        sync(one)
        sync(two)
        assert (waiting(one), held(one)) == (0, [])
        assert len(at_office(office_app)) == operations
        assert shown(one, repair) == shown(two, repair) == f"one {n}"
        assert shown(one, repair, "contractor") == f"two {n}"
        if not died:
            break
        n += step
    assert n > 3
    settle(one, two)
    assert state(one) == state(two)


def _ordered(office_app: OfficeApp, device: Device) -> None:
    with office_app.office.writing() as connection:
        devices.wipe(connection, office_app.office, None, UUID(memory.load(device.store).device))


def test_a_wiped_device_holds_nothing_and_the_office_knows(joined: Joining, office_app: OfficeApp) -> None:
    """Case 27: a lost device; the others go on."""
    one, two = joined(), joined()
    repair = a_repair(one)
    settle(one, two)
    backup.make(one.store)
    device = UUID(memory.load(one.store).device)
    _ordered(office_app, one)
    with pytest.raises(Wiped):
        sync(one)
    assert not vault.exists(one.store.home)
    assert [path for path in one.store.home.rglob("*") if path.is_file()] == []
    with office_app.office.reading() as connection:
        row = connection.execute(DeviceRow.__table__.select().where(DeviceRow.id == device)).one()
    assert row.status == "wiped"
    sync(two)
    assert shown(two, repair) is not None


def test_an_order_that_the_office_did_not_sign_is_not_obeyed(joined: Joining, office_app: OfficeApp) -> None:
    one, two = joined(), joined()
    kept = memory.load(one.store)
    at = "2026-11-23T10:42:00+00:00"
    forged = {"device": kept.device, "at": at, "signature": "AAAA"}
    assert not wiping.is_order(kept, forged)
    assert not wiping.is_order(kept, None)
    signature = office_app.office.signing_key.sign(f"wipe\n{kept.device}\n{at}".encode())
    from base64 import b64encode

    order = {"device": kept.device, "at": at, "signature": b64encode(signature).decode()}
    assert wiping.is_order(kept, order)
    assert not wiping.is_order(memory.load(two.store), order)  # it is for that device alone
    assert not wiping.is_order(kept, {**order, "at": "2026-11-24T10:42:00+00:00"})
    wiping.obey(one.store, one.client, kept, forged)
    assert vault.exists(one.store.home)


@pytest.mark.parametrize("step", range(1, 5))
def test_a_wipe_broken_off_after_its_first_step_leaves_nothing_to_read(
    joined: Joining, office_app: OfficeApp, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    one = joined()
    a_repair(one)
    backup.make(one.store)
    copies = sorted((one.store.home / backup.FOLDER).glob("*"))
    kept = memory.load(one.store)
    _ordered(office_app, one)
    calls = [0]

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **keywords: Any) -> Any:
            calls[0] += 1
            if calls[0] > step:
                raise Stop
            return work(*args, **keywords)

        return run

    home: Path = one.store.home
    for place, name in ((vault, "destroy_keys"), (keys, "forget"), (vault, "destroy"), (os, "unlink")):
        monkeypatch.setattr(place, name, counted(getattr(place, name)))
    with pytest.raises((Stop, Wiped)):
        sync(one)
    monkeypatch.undo()
    assert kept.device
    for path in (home, *copies):
        with pytest.raises((vault.NoWorkspace, vault.DamagedWorkspace)):
            vault.unlock(path, PASSPHRASE)


def test_a_drained_device_hands_in_its_work_and_forgets(joined: Joining, office_app: OfficeApp) -> None:
    one = joined()
    repair = a_repair(one)
    sync(one)
    edit(one, repair, title="handed in")
    device = UUID(memory.load(one.store).device)
    with office_app.office.writing() as connection:
        connection.execute(update(DeviceRow).where(DeviceRow.id == device).values(status="drain"))
    report = sync(one)[0]
    assert (report.pushed, report.held, waiting(one)) == (1, 1, 0)
    assert shown(one, repair) is None
    assert [fields.get("title") for _, _, fields in held(one)] == ["handed in"]
