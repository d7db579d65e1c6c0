"""What takes an operation off the queue: an answer that names it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from tests.sync.conftest import Device, Joining, OfficeApp
from tests.sync.devices import a_repair, at_office, sync, waiting
from watmos_desktop.services.sync import engine, memory
from watmos_desktop.services.sync.problems import NoNetwork, Suspended
from watmos_office import devices


class _Forgetful:
    """An office that has all of it, answers for the first operation only, and then is away."""

    def __init__(self, device: Device) -> None:
        self._push = device.client.push
        self._away = False

    def push(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if self._away:
            raise NoNetwork
        self._away = True
        answer = self._push(body)
        return {**answer, "results": answer["results"][:1]}


def test_only_what_an_answer_names_leaves_the_queue(
    joined: Joining, office_app: OfficeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = joined()
    sync(one)
    a_repair(one)
    assert waiting(one) == 3
    with monkeypatch.context() as patched:
        patched.setattr(one.client, "push", _Forgetful(one).push)
        with pytest.raises(NoNetwork):
            sync(one)
    assert (waiting(one), memory.load(one.store).acked) == (2, 1)
    sync(one)
    assert (waiting(one), len(at_office(office_app))) == (0, 3)


def test_a_device_that_is_suspended_keeps_everything_and_sends_it_later(
    joined: Joining, office_app: OfficeApp
) -> None:
    one = joined()
    sync(one)
    a_repair(one)
    device = UUID(memory.load(one.store).device)
    with office_app.office.writing() as connection:
        devices.suspend(connection, office_app.office, None, device)
    with pytest.raises(Suspended):
        engine.sync(one.store, one.client)
    assert waiting(one) == 3
    with office_app.office.writing() as connection:
        devices.resume(connection, office_app.office, None, device)
    sync(one)
    assert (waiting(one), len(at_office(office_app))) == (0, 3)
