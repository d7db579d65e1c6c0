"""A small sync overtakes a bulk one, nobody queues without end, and nobody asks too often."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from tests.office.speaking import API, Speaker, join, serving
from watmos_office.app import make_app
from watmos_office.door import Bootstrapping, Limits
from watmos_office.errors import Answer
from watmos_office.lanes import HANDFUL_BODY, SMALL_BODY, Busy, Lane, Lanes
from watmos_office.office import Office
from watmos_office.rates import Attempts, Rate

pytestmark = pytest.mark.parametrize("office", ["sqlite"], indirect=True)


class Held:
    """A bulk request that a test lets go."""

    def __init__(self, app: FastAPI) -> None:
        self.entered = threading.Semaphore(0)
        self.go = threading.Event()
        app.add_api_route("/held", self.route)

    def route(self, call: Bootstrapping) -> dict[str, Any]:
        self.entered.release()
        assert self.go.wait(30)
        return {}


@asynccontextmanager
async def _client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def _until_full(lane: Lane) -> None:
    while lane._room:
        await asyncio.sleep(0)


def test_a_small_sync_overtakes_bulk_and_a_full_queue_says_when_to_come_back(office: Office) -> None:
    app = make_app(office, Limits(small=(1, 4), bulk=(1, 1)))
    held = Held(app)
    with serving(office, app=app) as http:
        device = join(http, office)

    async def bulk(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/held", headers=device.headers("GET", "/held"))

    async def scene() -> None:
        async with _client(app) as client:
            first = asyncio.create_task(bulk(client))
            assert await asyncio.to_thread(held.entered.acquire, timeout=30)
            second = asyncio.create_task(bulk(client))
            await _until_full(app.state.door.lanes.bulk)
            third = await bulk(client)
            assert (third.status_code, third.json()) == (503, {"error": "busy"})
            assert 1 <= int(third.headers["retry-after"]) <= 5
            target = f"{API}/pull"
            small = await client.get(target, headers=device.headers("GET", target))
            assert small.status_code == 200
            assert not first.done()
            assert not second.done()
            held.go.set()
            assert {(await one).status_code for one in (first, second)} == {200}
            assert (await bulk(client)).status_code == 200

    asyncio.run(scene())


def test_a_fault_gives_its_place_and_its_slot_back(office: Office) -> None:
    app = make_app(office, Limits(bulk=(1, 0)))

    def boom(call: Bootstrapping) -> None:
        raise RuntimeError

    app.add_api_route("/boom", boom)
    with serving(office, app=app) as http:
        device = join(http, office)
        for _ in range(3):
            assert http.get("/boom", headers=device.headers("GET", "/boom")).status_code == 500
        stranger = Speaker(http, office, uuid4(), device.key, device.tokens)
        for _ in range(3):
            assert http.get("/boom", headers=stranger.headers("GET", "/boom")).status_code == 401


def test_a_large_body_and_a_pull_after_a_large_one_are_bulk(office: Office) -> None:
    app = make_app(office, Limits(bulk=(1, 0)))
    lanes: Lanes = app.state.door.lanes

    async def fill() -> Any:
        place = lanes.bulk.place()
        await place.__aenter__()
        return place

    with serving(office, app=app) as http:
        device = join(http, office)
        taken = http.portal.call(fill)
        assert device.ask("POST", "/push", b" " * (SMALL_BODY + 1)).json() == {"error": "busy"}
        assert device.ask("POST", "/push", b" " * SMALL_BODY).json() == {"error": "bad_request"}
        assert device.ask("GET", "/pull").status_code == 200
        lanes.brought(device.id, SMALL_BODY + 1)
        assert device.ask("GET", "/pull").json() == {"error": "busy"}
        lanes.brought(device.id, 100)
        assert device.ask("GET", "/pull").status_code == 200
        http.portal.call(taken.__aexit__, None, None, None)
        assert device.ask("POST", "/push", b" " * (SMALL_BODY + 1)).json() == {"error": "bad_request"}


def test_a_handful_of_changes_passes_by_who_brings_a_weekend(office: Office) -> None:
    """The middle lane is full: who says hello with much waits with the whole sync, and nobody else does."""
    app = make_app(office, Limits(middle=(1, 0)))
    lanes: Lanes = app.state.door.lanes

    async def fill() -> Any:
        place = lanes.middle.place()
        await place.__aenter__()
        return place

    with serving(office, app=app) as http:
        laden, light = join(http, office), join(http, office)
        assert laden.hello(waiting=50).status_code == 200
        taken = http.portal.call(fill)
        assert laden.hello(waiting=50).json() == {"error": "busy"}
        assert laden.ask("GET", "/pull").json() == {"error": "busy"}
        assert light.ask("POST", "/push", b" " * (HANDFUL_BODY + 1)).json() == {"error": "busy"}
        assert light.hello(waiting=3).status_code == 200
        assert light.ask("GET", "/pull").status_code == 200
        assert laden.hello(waiting=0).status_code == 200
        assert laden.ask("GET", "/pull").status_code == 200
        http.portal.call(taken.__aexit__, None, None, None)


def test_a_slow_queue_is_full_sooner_and_sends_people_further_away(office: Office) -> None:
    ticks = [0.0]

    async def scene() -> list[int]:
        lane = Lane(1, 100, lambda: ticks[0])
        async with lane.place(), lane.slot():
            ticks[0] += 40.0
        assert lane.queue == 0
        async with lane.place(), lane.place(), lane.place():
            assert lane.queue == 15
            waits = []
            for _ in range(200):
                with pytest.raises(Busy) as told:
                    await lane.place().__aenter__()
                waits.append(told.value.retry_after)
        async with lane.place():
            return waits

    waits = asyncio.run(scene())
    assert 1 <= min(waits) < 10 < 20 < max(waits) <= 30


def test_large_bodies_are_not_read_for_strangers(office: Office) -> None:
    read = []

    async def body() -> AsyncIterator[bytes]:
        for _ in range(100):
            read.append(1)
            yield b" " * 65536

    app = make_app(office)
    with serving(office, app=app) as http:
        device = join(http, office)
        device.tokens = {**device.tokens, "access": "guess"}
        headers = device.headers("POST", f"{API}/push", b"")
        answer = http.post(f"{API}/push", content=body(), headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"error": "unsigned"})
    assert len(read) <= 1


def test_a_body_that_never_comes_is_given_up(office: Office) -> None:
    app = make_app(office, Limits(patience=0.02))
    with serving(office, app=app) as http:
        device = join(http, office)

    async def scene() -> None:
        async def body() -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.Event().wait()

        headers = {**device.headers("POST", f"{API}/hello"), "content-length": "2"}
        async with _client(app) as client:
            answer = await client.post(f"{API}/hello", content=body(), headers=headers)
            assert (answer.status_code, answer.json()) == (503, {"error": "busy"})

    asyncio.run(scene())


def test_a_device_that_asks_too_often_waits_and_no_other(office: Office) -> None:
    ticks = [0.0]
    with serving(office, Limits(tick=lambda: ticks[0])) as http:
        device, other = join(http, office), join(http, office)
        answers = [device.ask("GET", "/pull").status_code for _ in range(121)]
        assert answers == [200] * 120 + [429]
        assert device.ask("GET", "/pull").headers["retry-after"].isdecimal()
        assert other.ask("GET", "/pull").status_code == 200
        assert device.ask("GET", "/bootstrap/org").status_code == 200, "counted apart"
        ticks[0] += 1
        assert [device.ask("GET", "/pull").status_code for _ in range(2)] == [200, 429]


def test_nobody_uses_up_the_rate_of_a_device_without_its_key(office: Office) -> None:
    with serving(office, Limits(rate=(60, 2))) as http:
        device = join(http, office)
        thief = Speaker(http, office, device.id, join(http, office).key, device.tokens)
        assert {thief.hello().status_code for _ in range(5)} == {401}
        assert device.hello().status_code == 200


def test_rates_are_remembered_for_a_bounded_number(office: Office) -> None:
    rate, attempts = Rate(60, 1, lambda: 0), Attempts(1, 60, lambda: 0)
    for key in range(30_000):
        rate.take(key)
        attempts.failed(key)
    assert len(rate._left) == len(attempts._failed) == 20_000
    with pytest.raises(Busy):
        rate.take(29_999)
    with pytest.raises(Answer):
        attempts.check(29_999)
    attempts.check(0)
