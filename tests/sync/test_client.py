"""Nothing of a device goes to anybody who has not proved to be its office, by any way (security.md S16, S18, S34)."""

from __future__ import annotations

import json
import secrets
import socket
import ssl
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.fakes import NOW, FakeClock
from tests.sync.tls import Certificate, Recorder, certificate, serve
from watmos_desktop.services.clock import SystemClock
from watmos_desktop.services.errors import Told
from watmos_desktop.services.sync import client, problems, wire
from watmos_desktop.services.sync.client import Client, Identity, Tokens
from watmos_desktop.services.sync.door import DeadConnection, Door, origin

OFFICE = Ed25519PrivateKey.generate()
SECRET = "nothing of this may leave"


def an_identity(clock: FakeClock | SystemClock, **more: Any) -> Identity:
    """A device of ``OFFICE`` whose tokens last for a day; ``kept`` on it lists the tokens it kept."""
    kept: list[Tokens] = []
    tokens = Tokens("access-1", "refresh-1", clock.now().astimezone(UTC) + timedelta(days=1))
    given: dict[str, Any] = {
        "device": uuid4(),
        "key": Ed25519PrivateKey.generate(),
        "office_key": OFFICE.public_key().public_bytes_raw(),
        "tokens": tokens,
        "keep_tokens": kept.append,
        "clock": clock,
    }
    return Identity(**given | more)


def on_the_wire(answer: httpx.Response) -> httpx.Response:
    """An answer that is still to be read, as it comes from a network."""
    if not answer.is_stream_consumed:
        return answer
    return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))


def a_health(nonce: str, now: datetime, key: Ed25519PrivateKey = OFFICE) -> dict[str, str]:
    time, epoch = now.astimezone(UTC).isoformat(), str(uuid4())
    signature = key.sign(f"{nonce}\n{time}\n{epoch}".encode())
    public = key.public_key().public_bytes_raw()
    return {
        "time": time,
        "epoch": epoch,
        "key": b64encode(public).decode(),
        "signature": b64encode(signature).decode(),
    }


@dataclass
class Office(httpx.BaseTransport):
    """What stands at the other end of a wire: health by itself, the rest as the test says, each request noted."""

    clock: FakeClock = field(default_factory=FakeClock)
    answers: list[Callable[[httpx.Request], httpx.Response]] = field(default_factory=list)
    seen: list[httpx.Request] = field(default_factory=list)
    key: Ed25519PrivateKey = OFFICE

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if request.url.path.endswith("/health"):
            said = a_health(request.url.params["nonce"], self.clock.now(), self.key)
            return on_the_wire(httpx.Response(200, json=said))
        self.seen.append(request)
        return on_the_wire(self.answers.pop(0)(request))


def says(status: int, body: Any, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(status, json=body, headers=headers)


def raises(fault: type[httpx.HTTPError]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise fault("broken", request=request)  # type: ignore[call-arg]

    return answer


def moved(device: Client) -> bool:
    """The smallest signed request there is."""
    return device.ask("GET", "/wait")["moved"] is True


@contextmanager
def talking(office: Office, clock: FakeClock | None = None, **more: Any) -> Iterator[Client]:
    made = Client("https://office.example.org", an_identity(clock or office.clock, **more), office)
    with closing(made):
        yield made


# --- who answers -------------------------------------------------------------------------------------------------


@pytest.fixture
def good(tmp_path: Path) -> Certificate:
    return certificate(tmp_path / "good")


def _refused(url: str, ca: str) -> type[Told]:
    with closing(Client(url, an_identity(SystemClock(), ca=ca))) as device, pytest.raises(Told) as told:
        device.push({"ops": [SECRET]})
    return type(told.value)


def test_a_good_certificate_of_the_pinned_authority_is_let_through_with_tls_1_3(good: Certificate) -> None:
    async def answering(scope: Any, receive: Any, send: Any) -> None:
        nonce = scope["query_string"].decode().partition("=")[2]
        body = json.dumps(a_health(nonce, SystemClock().now()) if nonce else {"moved": True}).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    recorder = Recorder(answering)
    with (
        serve(recorder, good) as url,
        closing(Client(url, an_identity(SystemClock(), ca=good.ca))) as device,
    ):
        assert moved(device) is True
    assert recorder.paths == ["/sync/v1/health", "/sync/v1/wait"]


@pytest.mark.parametrize(
    "wrong", ["expired", "other host", "self-signed", "another authority", "public", "TLS 1.2"]
)
def test_nothing_is_sent_to_who_cannot_prove_itself(wrong: str, good: Certificate, tmp_path: Path) -> None:
    made, ca, newest = good, good.ca, None
    if wrong == "expired":
        made = certificate(tmp_path / "bad", days=-1)
        ca = made.ca
    elif wrong == "other host":
        made = certificate(tmp_path / "bad", host="office.example.org")
        ca = made.ca
    elif wrong == "self-signed":
        made = certificate(tmp_path / "bad", self_signed=True)
    elif wrong == "another authority":
        ca = certificate(tmp_path / "other").ca
    elif wrong == "public":
        ca = ""
    else:
        newest = ssl.TLSVersion.TLSv1_2
    recorder = Recorder()
    with serve(recorder, made, newest=newest) as url:
        assert _refused(url, ca) is problems.Untrusted
    assert (recorder.bytes, recorder.paths) == (0, [])


def test_the_environment_can_neither_divert_nor_weaken(
    good: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    with socket.create_server(("127.0.0.1", 0)) as proxy, serve(recorder, good) as url:
        proxy.settimeout(0.2)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("SSL_CERT_FILE", str(good.cert.with_name("ca.pem")))
        good.cert.with_name("ca.pem").write_text(good.ca)
        monkeypatch.setenv("SSLKEYLOGFILE", str(good.cert.with_name("keys.log")))
        assert _refused(url, "") is problems.Untrusted  # trusted by the environment alone
        assert _refused(url, good.ca) is problems.CaptivePortal  # reached, past the proxy; it is no office
        with pytest.raises(TimeoutError):
            proxy.accept()
    assert not good.cert.with_name("keys.log").exists()
    assert set(recorder.paths) == {"/sync/v1/health"}


def test_a_chosen_proxy_is_used(good: Certificate) -> None:
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def answer() -> None:
            connection, _ = proxy.accept()
            with connection:
                seen.append(connection.recv(1000))
                connection.sendall(b"HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        identity = an_identity(SystemClock(), proxy=f"http://127.0.0.1:{proxy.getsockname()[1]}")
        with (
            closing(Client("https://office.example.org", identity)) as device,
            pytest.raises(problems.NoNetwork),
        ):
            device.push({"ops": [SECRET]})
        thread.join()
    assert seen[0].startswith(b"CONNECT office.example.org:443")


@pytest.mark.parametrize(
    "url",
    ["http://office.example.org", "http://10.0.0.7", "ftp://office.example.org", "office.example.org", "", "https://",
     "https://a@office.example.org", "https://office.example.org/path", "https://office.example.org?x=1",
     "http://127.0.0.1.example.org", "https://[", "http://localhost.example.org"],
)  # fmt: skip
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(problems.NotSafe):
        origin(url)


def test_safe_addresses_lose_what_they_do_not_need() -> None:
    assert origin(" https://Office.Example.org/ ") == "https://office.example.org"
    assert origin("http://127.0.0.1:8080") == "http://127.0.0.1:8080"
    assert origin("http://[::1]:8080/") == "http://[::1]:8080"
    assert origin("http://localhost:1") == "http://localhost:1"


def test_another_key_is_another_office_and_gets_nothing() -> None:
    office = Office(key=Ed25519PrivateKey.generate())
    with talking(office) as device, pytest.raises(problems.WrongOffice):
        device.push({"ops": [SECRET]})
    assert office.seen == []


@pytest.mark.parametrize("status", [200, 302, 403, 404, 511])
def test_a_page_of_the_network_is_no_answer(status: int) -> None:
    class Portal(httpx.BaseTransport):
        seen = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            self.seen += len(request.read())
            headers = {"content-type": "text/html", "location": "https://elsewhere.example.org/"}
            page = httpx.ByteStream(b"<html>Please log in</html>")
            return httpx.Response(status, headers=headers, stream=page)

    portal = Portal()
    made = Client("https://office.example.org", an_identity(FakeClock()), portal)
    with closing(made) as device, pytest.raises(problems.CaptivePortal):
        device.push({"ops": [SECRET]})
    assert portal.seen == 0


def test_after_trouble_the_office_has_to_prove_itself_again() -> None:
    office = Office(answers=[says(200, {"moved": False}), raises(httpx.ConnectTimeout)])
    with talking(office) as device:
        moved(device)
        with pytest.raises(problems.NoNetwork):
            moved(device)
        office.key = Ed25519PrivateKey.generate()
        with pytest.raises(problems.WrongOffice):
            moved(device)
    assert len(office.seen) == 2


# --- what is sent --------------------------------------------------------------------------------------------------


def test_every_request_is_signed_over_what_goes_over_the_wire() -> None:
    office = Office(answers=[says(200, {}), says(200, {})])
    with talking(office) as device:
        device.push({"ops": ["x" * 2000]})
        device.check("estate:é ?&")
        public = Ed25519PublicKey.from_public_bytes(device.identity.key.public_key().public_bytes_raw())
    for request in office.seen:
        told = request.headers
        signed = client.signed_text(
            request.method,
            request.url.raw_path.decode(),
            told["watmos-time"],
            told["watmos-nonce"],
            request.content,
        )
        public.verify(b64decode(told["watmos-signature"]), signed)
        assert told["authorization"] == "Bearer access-1"
        assert told["watmos-time"] == "2026-11-23T10:42:00+00:00"
    assert office.seen[0].headers["content-encoding"] == "zstd"
    assert json.loads(wire.unpack(office.seen[0].content)) == {"ops": ["x" * 2000]}
    assert len({request.headers["watmos-nonce"] for request in office.seen}) == 2


def test_a_dead_connection_is_tried_once_more_and_signed_anew() -> None:
    office = Office(answers=[raises(httpx.RemoteProtocolError), says(200, {"moved": True})])
    with talking(office) as device:
        assert moved(device) is True
    first, second = office.seen
    assert first.headers["watmos-nonce"] != second.headers["watmos-nonce"]
    office.seen.clear()
    office.answers = [raises(httpx.ReadError), raises(httpx.WriteError)]
    with talking(office) as device, pytest.raises(DeadConnection):
        moved(device)
    assert len(office.seen) == 2


def test_a_request_that_the_network_doubled_is_signed_anew() -> None:
    office = Office(answers=[says(401, {"error": "replayed"}), says(200, {"moved": True})])
    with talking(office) as device:
        assert moved(device) is True
    assert len({request.headers["watmos-nonce"] for request in office.seen}) == 2
    office.seen.clear()
    office.answers = [*[says(401, {"error": "replayed"})] * 5, says(200, {"moved": False})]
    with talking(office) as device:
        assert moved(device) is False, "doubled again and again"
    assert len({request.headers["watmos-nonce"] for request in office.seen}) == 6
    office.answers = [says(401, {"error": "replayed"})] * 6
    with talking(office) as device, pytest.raises(problems.Refused):
        moved(device)


# --- clocks and tokens -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-24 * 3650, -2, 3, 24 * 3650])
def test_a_wrong_clock_is_put_right_and_sync_goes_on(hours: int) -> None:
    heard: list[timedelta] = []
    clock = FakeClock(NOW + timedelta(hours=hours))
    office = Office(answers=[says(200, {"moved": True})])
    with talking(office, clock, keep_offset=heard.append) as device:
        device.identity.tokens = Tokens("access-1", "refresh-1", NOW + timedelta(minutes=15))
        assert moved(device) is True
    assert office.seen[0].headers["watmos-time"] == "2026-11-23T10:42:00+00:00"
    assert heard == [timedelta(hours=-hours)]


def test_the_office_s_word_on_time_is_taken_from_its_refusal() -> None:
    office = Office()
    office.answers = [
        says(401, {"error": "clock", "time": "2026-11-23T12:00:00+00:00"}),
        says(200, {"moved": True}),
    ]
    with talking(office) as device:
        assert moved(device) is True
    assert office.seen[1].headers["watmos-time"] == "2026-11-23T12:00:00+00:00"


def test_tokens_are_kept_before_they_are_used() -> None:
    office = Office()
    kept: list[tuple[str, int]] = []
    new = {"access": "access-2", "refresh": "refresh-2", "expires_at": "2026-11-23T11:00:00+00:00"}
    office.answers = [says(401, {"error": "unsigned"}), says(200, new), says(200, {"moved": True})]
    with talking(office, keep_tokens=lambda t: kept.append((t.refresh, len(office.seen)))) as device:
        assert moved(device) is True
    assert kept == [("refresh-2", 2)]  # after the answer of the second request, before the third
    assert "authorization" not in office.seen[1].headers
    assert json.loads(office.seen[1].content) == {"refresh": "refresh-1"}
    assert office.seen[2].headers["authorization"] == "Bearer access-2"


def test_a_token_about_to_end_is_renewed_first() -> None:
    office = Office()
    new = {"access": "access-2", "refresh": "refresh-2", "expires_at": "2026-11-23T11:00:00+00:00"}
    office.answers = [says(200, new), says(200, {"moved": True})]
    with talking(office, tokens=Tokens("access-1", "refresh-1", NOW + timedelta(seconds=30))) as device:
        assert moved(device) is True
    assert [request.url.path for request in office.seen] == ["/sync/v1/token", "/sync/v1/wait"]


def test_a_device_that_the_office_no_longer_knows_is_told_so() -> None:
    office = Office(answers=[says(401, {"error": "unsigned"}), says(401, {"error": "unsigned"})])
    with talking(office) as device, pytest.raises(problems.Revoked, match="does not know this device"):
        moved(device)


# --- what comes back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "suspended", problems.Suspended),
        (410, "wipe", problems.Revoked),
        (426, "too_old", problems.TooOld),
        (429, "busy", problems.Busy),
        (503, "busy", problems.Busy),
        (409, "gap", problems.Refused),
        (404, "not_found", problems.Refused),
        (500, "internal", problems.Refused),
    ],
)
def test_a_refusal_has_its_code_and_its_words(status: int, code: str, kind: type[problems.Refused]) -> None:
    body = {"error": code, "last_n": 7}
    office = Office(answers=[says(status, body, **{"retry-after": "12"})])
    with talking(office) as device, pytest.raises(kind) as told:
        device.hello({})
    assert (told.value.code, told.value.status, told.value.details) == (code, status, {"last_n": 7})
    assert told.value.retry_after == 12
    assert told.value.message.endswith(".")
    assert told.value.hint.endswith(".")


def test_what_stands_before_the_office_is_busy_for_it() -> None:
    office = Office(answers=[lambda _: httpx.Response(502, content=b"<html>nginx</html>")])
    with talking(office) as device, pytest.raises(problems.Busy):
        device.hello({})


BOMB = zstandard.ZstdCompressor().compress(b"[" + b" " * (64 << 20) + b"]")


@pytest.mark.parametrize(
    "response",
    [
        lambda: httpx.Response(200, content=b"x" * (9 << 20)),
        lambda: httpx.Response(200, content=BOMB, headers={"content-encoding": "zstd"}),
        lambda: httpx.Response(200, content=b'{"a":1,"a":2}'),
        lambda: httpx.Response(200, content=b"[" * 100_000),
        lambda: httpx.Response(200, content=b'{"a": NaN}'),
        lambda: httpx.Response(200, content=b"\xff\xfe"),
        lambda: httpx.Response(200, content=b"[1]"),
        lambda: httpx.Response(200, content=b""),
        lambda: httpx.Response(200, stream=httpx.ByteStream(b"{}"), headers={"content-encoding": "gzip"}),
    ],
)
def test_a_hostile_answer_is_told_and_nothing_more(response: Callable[[], httpx.Response]) -> None:
    office = Office(answers=[lambda _: response()] * 2)
    with talking(office) as device, pytest.raises(problems.NoNetwork):
        device.hello({})
    office.answers = [lambda _: response()]
    with talking(office) as device, pytest.raises(problems.NoNetwork):
        device.pull("", 10, uuid4())


def test_a_chunk_is_never_larger_than_a_chunk() -> None:
    office = Office(answers=[lambda _: httpx.Response(200, content=secrets.token_bytes(client.CHUNK + 1))])
    with talking(office) as device, pytest.raises(problems.Garbled):
        device.get_chunk(uuid4(), 0)


def test_no_switch_turns_the_checks_off() -> None:
    parameters = Door.__init__.__annotations__.keys() - {"return"}
    assert parameters == {"url", "ca", "proxy", "transport"}
