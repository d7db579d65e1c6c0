"""What comes in is bounded and read strictly; what goes out says nothing of it."""

from __future__ import annotations

import json
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError

from tests.fakes import FakeClock
from tests.office.speaking import API, Http, Speaker, join, serving
from watmos_desktop.services import log
from watmos_office.app import make_app
from watmos_office.door import Limits, Signed
from watmos_office.office import Office, take_numbers
from watmos_office.tables import Place, RowBucket

CANARY = "canary Sunflower 07700 900123"
MIB = 1 << 20


def test_health_proves_the_office_to_anyone(office: Office, clock: FakeClock) -> None:
    with serving(office) as http:
        nonce = "ab" * 16
        answer = http.get(f"{API}/health", params={"nonce": nonce})
        said = answer.json()
        text = f"{nonce}\n{said['time']}\n{said['epoch']}".encode()
        Ed25519PublicKey.from_public_bytes(b64decode(said["key"])).verify(b64decode(said["signature"]), text)
        assert said["epoch"] == str(office.epoch)
        assert parsedate_to_datetime(answer.headers["date"]) == clock.now()
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers
        for wrong in ("", "xyz", "ab", "AB" * 16, "ab" * 33, "ab" * 16 + "\n"):
            assert http.get(f"{API}/health", params={"nonce": wrong}).json() == {"error": "bad_request"}


def _bytes(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    return answer.status_code, sorted(answer.headers.multi_items()), answer.content


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_what_is_not_there_and_what_is_not_yours_are_the_same_bytes(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        answers = [
            device.ask("GET", f"/blobs/{uuid4()}/missing"),
            device.ask("GET", f"/blobs/{uuid4()}/0"),
            device.ask("GET", "/nothing"),
            device.ask("DELETE", "/push"),
            device.ask("GET", "/push"),
            device.ask("POST", "/push/"),
            http.get("/"),
            http.get("/docs"),
            http.get("/redoc"),
            http.get("/openapi.json"),
            http.request("OPTIONS", f"{API}/pull"),
            http.request("TRACE", f"{API}/pull"),
            http.get("/sync/v1/../../etc/passwd"),
            http.get("/sync/v1//pull"),
        ]
    assert _bytes(answers[0])[::2] == (404, b'{"error":"not_found"}')
    assert {str(_bytes(one)) for one in answers} == {str(_bytes(answers[0]))}


SHAPES = {
    "not an object": b"[]",
    "nothing": b"",
    "half": b'{"a": ',
    "not utf-8": b'{"a": "\xff"}',
    "a key twice": b'{"refresh": "a", "refresh": "b"}',
    "a key twice, inside": b'{"a": {"b": 1, "b": 2}}',
    "nan": b'{"a": NaN}',
    "infinity": b'{"a": 1e999}',
    "deep": b'{"a": ' * 40 + b"1" + b"}" * 40,
    "very deep": b"[" * 100_000,
    "a huge number": b'{"a": ' + b"9" * 5000 + b"}",
    "two values": b"{} {}",
}


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_bodies_are_read_strictly(office: Office) -> None:
    with serving(office, Limits(rate=(600, 600))) as http:
        device = join(http, office)
        for path in ("/hello", "/push", "/rows"):
            for shape, body in SHAPES.items():
                answer = device.ask("POST", path, body)
                assert (answer.status_code, answer.content) == (400, b'{"error":"bad_request"}'), (
                    path,
                    shape,
                )
        for shape, body in SHAPES.items():
            assert http.post(f"{API}/enrol", content=body).status_code in (400, 413), shape


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_bombs_and_oversized_bodies_are_refused(office: Office) -> None:
    bomb = zstandard.compress(b"\0" * 100 * MIB, 19)
    many = zstandard.compress(b'{"a": "' + b"x" * 40 * MIB + b'"}', 3)
    assert len(bomb) < 16_000
    with serving(office) as http:
        device = join(http, office)
        packed = {"content-encoding": "zstd"}
        for path in ("/push", "/hello"):
            answer = device.ask("POST", path, bomb, **packed)
            assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})
            assert device.ask("POST", path, many, **packed).status_code == 413
        large = device.ask("POST", "/push", b" " * (8 * MIB + 1))
        assert (large.status_code, large.json()) == (413, {"error": "too_large"})
        assert http.post(f"{API}/enrol", content=bomb, headers=packed).status_code == 413
        assert http.post(f"{API}/enrol", content=b" " * 65537).status_code == 413
        assert device.ask("POST", "/push", b"{}", **{"content-encoding": "gzip"}).status_code == 400
        assert device.ask("POST", "/push", b"no frame", **packed).status_code == 400
        cut = zstandard.compress(json.dumps(device.greeting()).encode())[:-3]
        assert device.ask("POST", "/hello", cut, **packed).status_code == 400
        whole = zstandard.compress(json.dumps(device.greeting()).encode())
        assert device.ask("POST", "/hello", whole, **packed).status_code == 200


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_a_body_that_lies_about_its_length_is_cut_off(office: Office) -> None:
    read = []

    async def endless() -> Any:
        for _ in range(1000):
            read.append(1)
            yield b" " * MIB

    with serving(office) as http:
        device = join(http, office)
        target = f"{API}/push"
        answer = http.post(target, content=endless(), headers=device.headers("POST", target))
        assert answer.status_code == 413
        assert len(read) <= 9
        read.clear()
        honest = {**device.headers("POST", target), "content-length": str(9 * MIB)}
        assert http.post(target, content=endless(), headers=honest).status_code == 413
        assert read == [], "what says that it is too large is not read at all"
        small = {**device.headers("POST", target), "content-length": "10"}
        assert http.post(target, content=endless(), headers=small).status_code == 413
        for length in ("-1", "1e9", "٣", "9" * 30):
            odd = {**device.headers("POST", target), "content-length": length.encode()}
            assert http.post(target, content=b"{}", headers=odd).status_code == 400


def _everywhere(device: Speaker, http: Http) -> list[httpx.Response]:
    """The canary in every place that something can be put in."""
    said = device.greeting()
    answers = [device.ask("POST", "/hello", {**said, name: CANARY}) for name in (*said, CANARY)]
    answers += [device.ask("POST", path, {CANARY: CANARY}) for path in ("/hello", "/push", "/rows", "/token")]
    answers += [device.ask("POST", "/rows", {"rows": [[CANARY, str(uuid4())]]})]
    answers += [device.ask("POST", "/rows", {"rows": [["repair", CANARY]]})]
    answers += [http.post(f"{API}/enrol", json=dict.fromkeys(("code", "name", "key", "proof"), CANARY))]
    answers += [http.get(f"{API}/health", params={"nonce": CANARY}), http.get(f"/{CANARY}")]
    quoted = "canary%20Sunflower"
    for path in ("pull?cursor=", "pull?limit=", "pull?incarnation=", "wait?cursor=", "bootstrap/org?after="):
        answers.append(device.ask("GET", f"/{path}{quoted}"))
    for path in (
        f"bootstrap/{quoted}",
        f"check/{quoted}",
        f"blobs/{quoted}/missing",
        f"blobs/{uuid4()}/{quoted}",
    ):
        answers.append(device.ask("GET", f"/{path}"))
    for name in (
        "watmos-device",
        "watmos-time",
        "watmos-nonce",
        "watmos-signature",
        "authorization",
        "cookie",
    ):
        answers.append(device.ask("POST", "/hello", said, **{name: CANARY}))
    answers.append(device.ask("PUT", f"/blobs/{uuid4()}/0", b"x", **{"watmos-chunk": CANARY}))
    answers.append(device.ask("POST", "/hello", said, **{"content-encoding": CANARY}))
    return answers


def test_nothing_that_came_in_goes_out_again(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    with serving(office) as http:
        answers = _everywhere(join(http, office), http)
    refused = [one for one in answers if one.status_code != 200]
    assert len(refused) >= len(answers) - 1, "a cookie harms nobody"
    assert {one.status_code for one in refused} <= {400, 401, 404, 409}
    for answer in answers:
        assert "canary" not in f"{answer.headers} {answer.text}".lower()
    assert "canary" not in caplog.text.lower()


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_a_fault_is_logged_by_type_and_line_and_answered_without_a_word(
    office: Office, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    app = make_app(office)

    def boom(call: Signed) -> None:
        raise LookupError(CANARY)

    def away(call: Signed) -> None:
        raise OperationalError(CANARY, {"name": CANARY}, Exception(CANARY))

    app.add_api_route("/boom", boom)
    app.add_api_route("/away", away)
    with serving(office, app=app) as http:
        device = join(http, office)
        fault = http.get("/boom", headers=device.headers("GET", "/boom"))
        assert (fault.status_code, fault.content) == (500, b'{"error":"fault"}')
        assert "cache-control" in fault.headers
        busy = http.get("/away", headers=device.headers("GET", "/away"))
        assert (busy.status_code, busy.json()) == (503, {"error": "busy"})
        assert busy.headers["retry-after"].isdecimal()
    said = "\n".join(log.recent())
    assert "builtins.LookupError" in said
    assert "watmos_office/app.py:" in said
    out = capfd.readouterr()
    for text in (said, caplog.text, out.out, out.err):
        assert "canary" not in text.lower()


def test_the_document_names_every_address_and_no_422(office: Office) -> None:
    document = make_app(office).openapi()
    named = {f"{method.upper()} {path}" for path, one in document["paths"].items() for method in one}
    assert {
        f"GET {API}/health",
        f"POST {API}/enrol",
        f"POST {API}/token",
        f"POST {API}/wiped",
        f"POST {API}/hello",
        f"POST {API}/push",
        f"GET {API}/pull",
        f"GET {API}/bootstrap/{{bucket}}",
        f"POST {API}/rows",
        f"GET {API}/check/{{bucket}}",
        f"GET {API}/wait",
        f"GET {API}/blobs/{{attachment}}/missing",
        f"GET {API}/blobs/{{attachment}}/{{index}}",
        f"PUT {API}/blobs/{{attachment}}/{{index}}",
    } <= named
    assert "422" not in json.dumps(document)


@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_answers_are_packed_for_who_can_open_them(office: Office) -> None:
    with serving(office) as http:
        device = join(http, office)
        with office.writing() as connection:
            connection.execute(
                insert(Place), [{"block_id": uuid4(), "estate_id": uuid4()} for _ in range(20)]
            )
        plain = device.ask("POST", "/hello", device.greeting(), **{"accept-encoding": "identity"})
        packed = device.ask("POST", "/hello", device.greeting(), **{"accept-encoding": "zstd"})
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "zstd"
        assert packed.json().keys() == plain.json().keys()
        page = device.ask("GET", "/pull")
        assert page.headers["content-type"] == "application/zstd"
        assert "content-encoding" not in page.headers
        lines = zstandard.ZstdDecompressor().decompressobj().decompress(page.content).splitlines()
        assert json.loads(lines[0])["epoch"] == str(office.epoch)


def test_a_wait_ends_when_something_moved_and_holds_no_slot(office: Office) -> None:
    with serving(office, Limits(small=(1, 5))) as http:
        device = join(http, office)
        forged = device.ask("GET", "/wait?cursor=forged")
        assert (forged.status_code, forged.json()) == (409, {"error": "cursor"})
        page = zstandard.ZstdDecompressor().decompressobj().decompress(device.ask("GET", "/pull").content)
        target = f"{API}/wait?cursor={json.loads(page.splitlines()[-1])['next']}"
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(http.get, target, headers=device.headers("GET", target))
            for _ in range(3):
                assert device.hello().status_code == 200
            assert not waiting.done()
            with office.writing() as connection:
                row = {"bucket": "org", "tbl": "repair", "rid": uuid4(), "seq": take_numbers(connection, 1)}
                connection.execute(insert(RowBucket).values(**row, present=True))
            assert waiting.result(20).json() == {"moved": True}
