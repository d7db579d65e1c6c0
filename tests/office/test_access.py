"""A request counts only from the device that signed it, and only as far as the office says at that moment."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from tests.fakes import FakeClock
from tests.office.speaking import (
    API,
    Http,
    Speaker,
    become,
    join,
    let_cases_come,
    member,
    serving,
    signed,
)
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import log
from watmos_office.office import Office
from watmos_office.tables import CaseMember, Device, Member, Token

UNSIGNED = (401, {"error": "unsigned"})
REPLAYED = (401, {"error": "replayed"})


def _said(answer: httpx.Response) -> tuple[int, dict[str, object]]:
    return answer.status_code, answer.json()


def _raw(device: Speaker, http: Http, headers: dict[str, str], body: bytes | None = None) -> httpx.Response:
    body = json.dumps(device.greeting()).encode() if body is None else body
    return http.post(f"{API}/hello", content=body, headers=headers)


def test_a_stolen_token_without_the_key_is_worth_nothing(office: Office) -> None:
    with serving(office) as http:
        device, thief = join(http, office), join(http, office)
        bearer = {"authorization": f"Bearer {device.tokens['access']}"}
        assert _said(_raw(device, http, bearer)) == UNSIGNED
        # signed by the thief's own device; and in the victim's name with the thief's key
        assert _said(thief.ask("POST", "/hello", thief.greeting(), **bearer)) == UNSIGNED
        assert _said(Speaker(http, office, device.id, thief.key, device.tokens).hello()) == UNSIGNED
        assert log.recent()[-1].endswith(f"access.forged device={device.id}")
        assert device.hello().status_code == 200


def test_a_key_without_a_token_is_worth_nothing(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        body = json.dumps(device.greeting()).encode()
        assert (
            _said(_raw(device, http, device.headers("POST", f"{API}/hello", body, bearer=False))) == UNSIGNED
        )
        for strange in (
            "Bearer guess",
            "Bearer a b",
            device.tokens["access"],
            "Basic " + device.tokens["access"],
        ):
            assert _said(device.ask("POST", "/hello", device.greeting(), authorization=strange)) == UNSIGNED


CHANGES: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "another time": lambda one: one | {"watmos-time": "2026-11-23T10:43:00+00:00"},
    "another nonce": lambda one: one | {"watmos-nonce": "0" * 32},
    "another device": lambda one: one | {"watmos-device": str(uuid4())},
    "a time of no zone": lambda one: one | {"watmos-time": one["watmos-time"][:19]},
    "a time that is none": lambda one: one | {"watmos-time": "2026-13-45T99:99:99+00:00"},
    "a short nonce": lambda one: one | {"watmos-nonce": "00"},
    "a signature of nothing": lambda one: one | {"watmos-signature": ""},
    "a signature that is none": lambda one: one | {"watmos-signature": "!"},
    "a device that is none": lambda one: one | {"watmos-device": "me"},
    "no time": lambda one: {name: one[name] for name in one if name != "watmos-time"},
}


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_nothing_signed_can_be_changed(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        body = json.dumps(device.greeting()).encode()
        for change, made in CHANGES.items():
            headers = device.headers("POST", f"{API}/hello", body)
            assert _said(_raw(device, http, made(headers), body)) == UNSIGNED, change
            assert _raw(device, http, headers, body).status_code == 200, "a failed attempt uses no nonce up"


def test_neither_the_body_nor_the_address_nor_the_method_can_be_changed(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        body = json.dumps(device.greeting()).encode()
        headers = device.headers("POST", f"{API}/hello", body)
        assert _said(_raw(device, http, headers, body + b" ")) == UNSIGNED
        assert _said(http.post(f"{API}/rows", content=body, headers=headers)) == UNSIGNED
        target = f"{API}/pull?limit=1"
        pull = device.headers("GET", target)
        assert _said(http.get(f"{API}/pull?limit=2", headers=pull)) == UNSIGNED
        assert _said(http.get(f"{API}/pull", headers=pull)) == UNSIGNED


def test_a_request_is_taken_once(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        device = join(http, office)
        body = json.dumps(device.greeting()).encode()
        headers = device.headers("POST", f"{API}/hello", body)
        assert _raw(device, http, headers, body).status_code == 200
        assert _said(_raw(device, http, headers, body)) == REPLAYED
        clock.forward(minutes=4, seconds=59)
        assert _said(_raw(device, http, headers, body)) == REPLAYED, (
            "remembered as long as its time is in time"
        )
        clock.forward(minutes=1)
        assert _raw(device, http, headers, body).json()["error"] == "clock"


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=3650)])
def test_a_clock_that_is_off_is_told_the_office_time(
    office: Office, clock: FakeClock, off: timedelta
) -> None:
    with serving(office) as http:
        device = join(http, office)
        body = json.dumps(device.greeting()).encode()
        wrong = signed(device.id, device.key, "POST", f"{API}/hello", clock.now() + off, body)
        bearer = {"authorization": f"Bearer {device.tokens['access']}"}
        answer = _raw(device, http, wrong | bearer, body)
        now = clock.now().astimezone(UTC)
        assert _said(answer) == (401, {"error": "clock", "time": now.isoformat()})
        assert parsedate_to_datetime(answer.headers["date"]) == now.replace(microsecond=0)
        near = signed(device.id, device.key, "POST", f"{API}/hello", clock.now() - timedelta(minutes=5), body)
        assert _raw(device, http, near | bearer, body).status_code == 200


def test_suspension_holds_from_the_next_request_on_and_ends_so(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        become(office, device.id, "suspended")
        assert _said(device.hello()) == (403, {"error": "suspended"})
        assert _said(device.renew()) == (403, {"error": "suspended"})
        stranger = Speaker(http, office, device.id, Ed25519PrivateKey.generate(), device.tokens)
        assert _said(stranger.hello()) == UNSIGNED, "told to the device's own key only"
        become(office, device.id, "active")
        assert device.hello().status_code == 200


def test_a_member_who_left_is_suspended_with_all_devices(office: Office) -> None:
    with serving(office) as http:
        who = member(office)
        devices = [join(http, office, who) for _ in range(2)]
        with office.writing() as connection:
            connection.execute(update(Member).where(Member.id == who).values(active=False))
        assert {one.hello().status_code for one in devices} == {403}


def test_a_wipe_is_ordered_with_the_offices_proof_until_the_device_tells(
    office: Office, clock: FakeClock
) -> None:
    with serving(office) as http:
        device = join(http, office)
        become(office, device.id, "wipe")
        clock.forward(days=400)  # no token lasts that long; the key does
        for answer in (device.hello(), device.renew(), device.ask("GET", "/pull")):
            assert answer.status_code == 410
            proof = answer.json()["proof"]
            assert (answer.json()["error"], proof["device"]) == ("wipe", str(device.id))
            order = f"wipe\n{device.id}\n{proof['at']}".encode()
            office.signing_key.public_key().verify(b64decode(proof["signature"]), order)
        assert device.ask("POST", "/wiped").json() == {}
        assert device.ask("POST", "/wiped").json() == {}, "its answer may get lost"
        assert _said(device.hello()) == UNSIGNED
        assert _said(device.renew()) == UNSIGNED
    with office.reading() as connection:
        assert connection.scalar(select(Device.status)) == "wiped"
        assert connection.scalar(select(Token.sha256)) is None


def test_a_device_that_was_not_told_to_cannot_be_wiped(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        assert _said(device.ask("POST", "/wiped")) == UNSIGNED
        assert device.hello().status_code == 200


def test_a_draining_device_may_speak_and_hears_no_more(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        assert device.hello().json()["buckets"] != []
        become(office, device.id, "drain")
        said = device.hello().json()
        assert (said["status"], said["buckets"]) == ("drain", [])


def test_grants_hold_from_the_next_request_on(office: Office) -> None:
    with serving(office) as http:
        who, case = member(office, Role.ASB_OFFICER), uuid4()
        device = join(http, office, who)
        let_cases_come(office, device.id)
        before = device.hello().json()
        with office.writing() as connection:
            connection.execute(CaseMember.__table__.insert().values(case_id=case, member_id=who))  # type: ignore[attr-defined]
            connection.execute(update(Member).where(Member.id == who).values(grant_v=2))
        after = device.hello().json()
        assert f"case:{case}" not in before["buckets"]
        assert f"case:{case}" in after["buckets"]
        assert (before["grant_v"], after["grant_v"]) == (1, 2)
