"""What the two sides say to each other first, and what it gives away about copies and restores."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from tests.fakes import FakeClock
from tests.office.speaking import Speaker, join, member, serving
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync import wire
from watmos_office import hello
from watmos_office.office import Office
from watmos_office.tables import Device, Stream

HASH, OTHER = "a" * 64, "b" * 64


def _pushed(office: Office, device: Speaker, last_n: int, digest: str) -> None:
    assert device.hello().status_code == 200
    with office.writing() as connection:
        connection.execute(update(Stream).values(last_n=last_n, hash=digest, durable_n=last_n - 1))


def _device(office: Office, device: Speaker) -> Any:
    with office.reading() as connection:
        its = select(Device.alarm, Device.seen_at, Device.schema_version).where(Device.id == device.id)
        return connection.execute(its).one()


def test_hello_says_where_the_office_stands(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        who = member(office)
        device = join(http, office, who)
        _pushed(office, device, 7, HASH)
        said = device.hello(last_n=7, hash=HASH).json()
        assert said["stream"] == {"last_n": 7, "hash": HASH, "durable_n": 6}
        assert said["schema"] == [wire.OLDEST, wire.SCHEMA]
        assert said["member"] == {"id": str(who), "name": "Grace Bell", "role": "manager"}
        assert said["epoch"] == str(office.epoch)
        assert (said["status"], said["quarantined"], said["grant_v"]) == ("active", 0, 1)
        assert datetime.fromisoformat(said["time"]) == clock.now()
        assert _device(office, device).seen_at == clock.now()
        assert _device(office, device).schema_version == "0003"


def test_a_lost_reply_is_no_alarm(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        _pushed(office, device, 7, HASH)
        assert device.hello(last_n=4, hash=OTHER, waiting=3).status_code == 200
        assert _device(office, device).alarm == ""


@pytest.mark.parametrize(
    ("told", "code", "alarm"),
    [
        ({"last_n": 4, "hash": OTHER, "waiting": 2}, "rewound", "rewound"),
        ({"last_n": 7, "hash": OTHER}, "forked", "forked"),
        ({"last_n": 8, "hash": OTHER}, "epoch", ""),
        ({"last_n": 7, "hash": HASH, "epoch": str(uuid4())}, "epoch", ""),
    ],
)
def test_a_copy_and_a_restore_are_found_out(
    office: Office, told: dict[str, Any], code: str, alarm: str
) -> None:
    with serving(office) as http:
        device = join(http, office)
        _pushed(office, device, 7, HASH)
        answer = device.hello(**told)
        assert (answer.status_code, answer.json()) == (409, {"error": code, "epoch": str(office.epoch)})
        assert _device(office, device).alarm == alarm
        device.incarnation = uuid4()
        assert device.hello().status_code == 200, "a new incarnation starts clean"


def test_a_device_that_knows_no_epoch_yet_may_begin(office: Office) -> None:
    with serving(office) as http:
        assert join(http, office).hello(epoch=None).status_code == 200


@pytest.mark.parametrize(
    ("role", "buckets", "days"),
    [
        (Role.AMBASSADOR, {"org"}, 7),
        (Role.CARETAKER, {"org", "estate:1"}, 30),
        (Role.ASB_OFFICER, {"org", "case:1"}, 14),
    ],
)
def test_the_lease_is_shorter_the_more_there_is_to_lose(
    clock: FakeClock, role: Role, buckets: set[str], days: int
) -> None:
    assert hello.lease_until(role, frozenset(buckets), clock.now()) - clock.now() == timedelta(days=days)


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_an_old_program_is_told_so_where_it_reads_and_nowhere_else(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        assert device.hello(schema=f"{int(wire.SCHEMA) - 3:04}").status_code == 200
        assert device.hello().json()["schema"][1] == wire.SCHEMA
        device.hello(schema="0000")
        answers = [
            device.ask("GET", "/pull"),
            device.ask("GET", "/bootstrap/org"),
            device.ask("GET", "/check/org"),
        ]
        answers.append(device.ask("POST", "/rows", {"rows": []}))
        assert {(one.status_code, one.content) for one in answers} == {(426, b'{"error":"too_old"}')}
        device.hello(schema=f"{int(wire.SCHEMA) + 1:04}")
        assert device.ask("GET", "/pull").status_code == 200


OUT_OF_SHAPE: list[dict[str, Any]] = [
    {"last_n": -1},
    {"last_n": 1 << 63},
    {"last_n": "7"},
    {"last_n": True},
    {"waiting": 1.5},
    {"hash": "x"},
    {"schema": "1; DROP"},
    {"schema": "٠٠٠٣"},
    {"epoch": "now"},
    {"incarnation": 1},
    {"role": "administrator"},
    {"member": str(uuid4())},
]


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_a_hello_out_of_shape_is_refused(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        for wrong in OUT_OF_SHAPE:
            answer = device.hello(**wrong)
            assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"}), wrong
