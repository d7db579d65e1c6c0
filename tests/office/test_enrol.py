"""A code makes one device, however many try; a lost reply costs nobody a new code."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select, update

from tests.fakes import FakeClock
from tests.office.speaking import API, Speaker, become, code_for, enrolment, join, member, serving
from watmos_office import enrol
from watmos_office.door import Limits
from watmos_office.errors import Answer
from watmos_office.office import Office
from watmos_office.tables import Code, Device, Member, Token


def test_one_of_a_thousand_redeemers_wins(office: Office) -> None:
    code = code_for(office, member(office))
    keys = [Ed25519PrivateKey.generate() for _ in range(1000)]

    def redeem(key: Ed25519PrivateKey) -> str:
        public = key.public_key().public_bytes_raw()
        try:
            return str(enrol.redeem(office, code, "laptop", public, key.sign(code.encode()))["device"])
        except Answer as refusal:
            return refusal.code

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(redeem, keys))
    assert outcomes.count("not_found") == 999
    with office.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Device)) == 1
        assert connection.scalar(select(func.count()).select_from(Token)) == 2


def test_joining_gives_a_device_its_member_and_tokens(office: Office) -> None:
    who = member(office)
    key = Ed25519PrivateKey.generate()
    with serving(office) as http:
        answer = http.post(f"{API}/enrol", json=enrolment(code_for(office, who), key)).json()
        speaker = join(http, office, who)
        assert speaker.hello().status_code == 200
    assert answer["member"] == {"id": str(who), "name": "Grace Bell", "role": "manager"}
    assert answer["epoch"] == str(office.epoch)
    with office.reading() as connection:
        kept = connection.execute(select(Token.sha256)).scalars().all()
        assert answer["access"] not in kept
        assert answer["refresh"] not in kept
        assert connection.scalar(select(Code.used_at).limit(1)) is not None


def test_a_code_can_be_typed_in_small_letters_without_hyphens(office: Office) -> None:
    code = code_for(office, member(office)).lower().replace("-", " ")
    with serving(office) as http:
        assert (
            http.post(f"{API}/enrol", json=enrolment(code, Ed25519PrivateKey.generate())).status_code == 200
        )


def test_what_is_wrong_with_a_code_nobody_learns(office: Office, clock: FakeClock) -> None:
    used, over, gone, proof = (code_for(office, member(office)) for _ in range(4))
    left = member(office)
    gone = code_for(office, left)
    mine, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    with office.writing() as connection:
        connection.execute(update(Member).where(Member.id == left).values(active=False))
    with serving(office) as http:
        assert http.post(f"{API}/enrol", json=enrolment(used, other)).status_code == 200
        stolen = enrolment(proof, other) | {"key": enrolment(proof, mine)["key"]}
        said = [enrolment("AAAA-BBBB", mine), enrolment(used, mine), enrolment(gone, mine), stolen]
        answers = [http.post(f"{API}/enrol", json=one) for one in said]
        clock.forward(minutes=15)
        answers += [http.post(f"{API}/enrol", json=enrolment(over, mine))]
        elsewhere = http.get("/sync/v1/nothing")
    assert {(one.status_code, one.content) for one in answers} == {(404, elsewhere.content)}


def test_after_a_lost_reply_the_same_key_joins_as_the_same_device(office: Office, clock: FakeClock) -> None:
    code, key = code_for(office, member(office)), Ed25519PrivateKey.generate()
    said = enrolment(code, key)
    with serving(office) as http:
        first = http.post(f"{API}/enrol", json=said).json()
        clock.forward(minutes=3)
        again = http.post(f"{API}/enrol", json=said).json()
        assert again["device"] == first["device"]
        assert again["access"] != first["access"]
        clock.forward(minutes=12)
        assert http.post(f"{API}/enrol", json=said).status_code == 404


def test_a_device_that_was_heard_of_is_not_made_again(office: Office) -> None:
    code, key = code_for(office, member(office)), Ed25519PrivateKey.generate()
    with serving(office) as http:
        found = http.post(f"{API}/enrol", json=enrolment(code, key)).json()
        device = Speaker(http, office, UUID(found["device"]), key, found)
        assert device.hello().status_code == 200
        assert http.post(f"{API}/enrol", json=enrolment(code, key)).status_code == 404
        assert device.hello().status_code == 200


def test_a_suspended_device_is_not_brought_back_by_its_code(office: Office) -> None:
    code, key = code_for(office, member(office)), Ed25519PrivateKey.generate()
    with serving(office) as http:
        found = http.post(f"{API}/enrol", json=enrolment(code, key)).json()
        become(office, UUID(found["device"]), "suspended")
        assert http.post(f"{API}/enrol", json=enrolment(code, key)).status_code == 404


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_guessing_codes_is_slowed_down_and_joining_is_not(office: Office) -> None:
    ticks = [0.0]
    with serving(office, Limits(tick=lambda: ticks[0])) as http:
        for _ in range(12):
            join(http, office)
        key = Ed25519PrivateKey.generate()
        guesses = [http.post(f"{API}/enrol", json=enrolment(uuid4().hex, key)) for _ in range(11)]
        assert [one.status_code for one in guesses] == [404] * 10 + [429]
        assert 300 <= int(guesses[-1].headers["retry-after"]) <= 310
        ticks[0] = 300.0
        join(http, office)


OUT_OF_SHAPE: list[dict[str, object]] = [
    {"name": ""},
    {"name": "x" * 101},
    {"name": "two\nlines"},
    {"name": "nul\x00"},
    {"name": "\ud800"},
    {"key": "AAAA"},
    {"key": "not base64!"},
    {"proof": "ä"},
    {"code": 7},
    {"role": "administrator"},
]


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_an_enrolment_out_of_shape_is_refused(office: Office) -> None:
    with serving(office, Limits(failures=(100, 300))) as http:
        said = enrolment(code_for(office, member(office)), Ed25519PrivateKey.generate())
        for wrong in OUT_OF_SHAPE:
            answer = http.post(f"{API}/enrol", content=json.dumps({**said, **wrong}))
            assert answer.status_code in (400, 404), wrong
            assert answer.json()["error"] in ("bad_request", "not_found")
        assert http.post(f"{API}/enrol", json=said).status_code == 200
