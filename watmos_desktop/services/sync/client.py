"""Talks to the office as docs/sync.md says: each request signed, each answer bounded, each refusal with its name.

A ``Client`` is used from one or several threads. Before it sends anything of this device it makes sure, by a
signature, that it is the office that answers.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from uuid import UUID

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from watmos_desktop.services.clock import Clock, SystemClock
from watmos_desktop.services.sync import pages, problems, wire
from watmos_desktop.services.sync.door import PACKED_LIMIT, DeadConnection, Door, Reply, Request
from watmos_desktop.services.sync.keys import Tokens
from watmos_desktop.services.sync.problems import (
    Busy,
    CaptivePortal,
    Garbled,
    NoNetwork,
    Refused,
    Revoked,
    Suspended,
    TooOld,
    Untrusted,
    WrongOffice,
)

API = "/sync/v1"
CHUNK = 256 * 1024  # bytes; the office says so too
_SOON = timedelta(seconds=60)  # a token that ends sooner is renewed first
_FORGIVEN = {"clock": 1, "replayed": 5}  # how often the office may say so of one request
_STEADY = timedelta(seconds=2)  # `Date` has whole seconds: less than this is no news
_OCTETS = {"content-type": "application/octet-stream"}


@dataclass
class Identity:
    """Who this device is to its office. ``keep_tokens`` must have kept them when it returns.

    ``offset`` is the office's clock less this device's; ``keep_offset`` hears when it changes.
    """

    device: UUID
    key: Ed25519PrivateKey
    office_key: bytes
    tokens: Tokens
    keep_tokens: Callable[[Tokens], None]
    keep_offset: Callable[[timedelta], None] = lambda _: None
    offset: timedelta = timedelta(0)
    clock: Clock = field(default_factory=SystemClock)
    ca: str = ""
    proxy: str = ""

    def now(self) -> datetime:
        """The office's present moment, as well as this device knows, in UTC."""
        return self.clock.now().astimezone(UTC) + self.offset


@dataclass(frozen=True)
class Health:
    """What the office says of itself, proved: ``key`` is its Ed25519 public key (32 bytes)."""

    time: datetime
    epoch: str
    key: bytes


class Client:
    """One device's way to its office. Every method raises Refused (or a kind of it), NoNetwork or WrongOffice."""

    def __init__(self, url: str, identity: Identity, transport: httpx.BaseTransport | None = None) -> None:
        self.identity = identity
        self._transport = transport
        self._door = Door(url, ca=identity.ca, proxy=identity.proxy, transport=transport)
        self._renewing = threading.Lock()
        self._sure = False

    def hello(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Compare notes (docs/sync.md 4)."""
        return self.ask("POST", "/hello", body)

    def push(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send operations (docs/sync.md 5)."""
        return self.ask("POST", "/push", body)

    def pull(self, cursor: str, limit: int, incarnation: UUID | str) -> pages.Page:
        """What changed since ``cursor``."""
        query = {"cursor": cursor, "limit": limit, "incarnation": str(incarnation)}
        return _page(self._send("GET", "/pull", query=query))

    def bootstrap(self, bucket: str, after: str, limit: int) -> pages.Page:
        """A whole bucket, page by page."""
        query = {"after": after, "limit": limit}
        return _page(self._send("GET", f"/bootstrap/{bucket}", query=query))

    def rows(self, wanted: Iterable[tuple[str, UUID]]) -> pages.Page:
        """The present state of some records."""
        body = {"rows": [[table, str(rid)] for table, rid in wanted]}
        return _page(self._send("POST", "/rows", content=wire.dumps(body)))

    def check(self, bucket: str) -> dict[str, Any]:
        """``count`` and ``digest`` of a bucket as this device should hold it."""
        return self.ask("GET", f"/check/{bucket}")

    def missing(self, attachment: UUID) -> dict[str, Any]:
        """Which chunks of a photo the office lacks; with all there, its receipt (docs/sync.md 7)."""
        return self.ask("GET", f"/blobs/{attachment}/missing")

    def put_chunk(self, attachment: UUID, index: int, chunk: bytes) -> dict[str, Any]:
        """Send one chunk; the last one missing is answered with a receipt."""
        path = f"/blobs/{attachment}/{index}"
        headers = {**_OCTETS, "watmos-chunk": hashlib.sha256(chunk).hexdigest()}
        return self._send("PUT", path, content=chunk, headers=headers).json()

    def get_chunk(self, attachment: UUID, index: int) -> bytes:
        """One chunk of a photo."""
        return self._send("GET", f"/blobs/{attachment}/{index}", limit=CHUNK).body

    def put_bundle(self, part: bytes) -> dict[str, Any]:
        """Hand over one sealed part of another device's bundle."""
        return self._send("POST", "/bundle", content=part, headers=_OCTETS).json()

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, api: str = API
    ) -> dict[str, Any]:
        """Any other signed request, JSON up and JSON down; ``path`` follows ``/sync/v1``, or another ``api``."""
        return self._send(method, path, api=api, content=wire.dumps(body) if body is not None else b"").json()

    def tell_wiped(self) -> None:
        """Tell the office that this device has wiped itself: signed, and without a token, which it would not renew."""
        self.identity.keep_offset = lambda _: None  # there is nothing left to keep it in
        self._signed(_Wanted("POST", f"{API}/wiped"), access="")

    def health(self) -> Health:
        """Make sure that it is the office that answers; raises CaptivePortal, WrongOffice."""
        found = health(self._door)
        if found.key != self.identity.office_key:
            raise WrongOffice
        self._learn(found.time)
        self._sure = True
        return found

    def prove_under(self, ca: str) -> None:
        """Make sure that the office proves itself by its certificate under these authorities (PEM) too; raises Told."""
        door = Door(self._door.url, ca=ca, proxy=self.identity.proxy, transport=self._transport)
        try:
            if health(door).key != self.identity.office_key:
                raise WrongOffice
        finally:
            door.close()

    def renew(self) -> None:
        """Change the refresh token for new tokens, kept before they are used."""
        self._renew(self.identity.tokens)

    def close(self) -> None:
        """Let go of the connections."""
        self._door.close()

    def _send(self, method: str, path: str, *, api: str = API, **more: Any) -> Reply:
        wanted = _Wanted(method, f"{api}{path}", **more)
        if not self._sure:
            self.health()
        used = self.identity.tokens
        try:
            if used.expires_at - self.identity.now() < _SOON:
                self._renew(used)
            used = self.identity.tokens
            try:
                return self._signed(wanted, used.access)
            except Revoked as refusal:
                if refusal.code != "unsigned":
                    raise
                self._renew(used)
                return self._signed(wanted, self.identity.tokens.access)
        except NoNetwork:
            self._sure = False  # who answers the next time has to prove itself again
            raise

    def _signed(self, wanted: _Wanted, access: str) -> Reply:
        """Send it; each thing that may go wrong by itself is forgiven once, and the request signed anew.

        A network that doubles what it carries may do so again and again: then the office's answer is lost, not refused.
        """
        forgiven: Counter[str] = Counter()
        while True:
            request = wanted.build(self._door)
            self._sign(request, access)
            try:
                reply = self._door.send(request, limit=wanted.limit)
            except DeadConnection:
                if forgiven["dead"]:
                    raise
                forgiven["dead"] += 1
            except Refused as refusal:
                if forgiven[refusal.code] >= _FORGIVEN.get(refusal.code, 0):
                    raise
                forgiven[refusal.code] += 1
                if refusal.code == "clock":
                    self._learn(_moment(refusal.details.get("time")))
            else:
                self._learn_date(reply)
                return reply

    def _sign(self, request: Request, access: str) -> None:
        when, nonce = wire_time(self.identity.now()), secrets.token_hex(16)
        said = signed_text(request.method, request.target, when, nonce, request.body)
        headers = request.built.headers
        headers["watmos-device"] = str(self.identity.device)
        headers["watmos-time"] = when
        headers["watmos-nonce"] = nonce
        headers["watmos-signature"] = b64encode(self.identity.key.sign(said)).decode("ascii")
        if access:
            headers["authorization"] = f"Bearer {access}"

    def _renew(self, used: Tokens) -> None:
        with self._renewing:
            if self.identity.tokens != used:
                return  # another thread was quicker
            wanted = _Wanted("POST", f"{API}/token", content=wire.dumps({"refresh": used.refresh}))
            tokens = read_tokens(self._signed(wanted, access="").json())
            self.identity.keep_tokens(tokens)
            self.identity.tokens = tokens

    def _learn_date(self, reply: Reply) -> None:
        try:
            said = parsedate_to_datetime(reply.headers.get("date", ""))
        except ValueError:
            return
        if said.tzinfo is not None:
            self._learn(said)

    def _learn(self, office: datetime) -> None:
        offset = office - self.identity.clock.now().astimezone(UTC)
        if abs(offset - self.identity.offset) > _STEADY:
            self.identity.offset = offset
            self.identity.keep_offset(offset)


@dataclass(frozen=True)
class _Wanted:
    """One request as it is meant; it is built and signed anew each time it is sent."""

    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    content: bytes = b""
    headers: Mapping[str, str] | None = None  # given: the body is sent as it is
    limit: int = PACKED_LIMIT

    def build(self, door: Door) -> Request:
        return door.build(
            self.method, self.path, query=self.query, content=self.content, headers=self.headers
        )


def signed_text(method: str, target: str, time: str, nonce: str, body: bytes) -> bytes:
    """What a request's signature covers; ``target`` is PATH?QUERY and ``body`` the bytes as sent."""
    return "\n".join([method, target, time, nonce, hashlib.sha256(body).hexdigest()]).encode()


def wire_time(moment: datetime) -> str:
    """``2026-11-23T10:42:00+00:00``."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def health(door: Door) -> Health:
    """Ask the office to prove its key. Raises CaptivePortal when what answers cannot."""
    nonce = secrets.token_hex(16)
    request = door.build("GET", f"{API}/health", query={"nonce": nonce})
    said = door.send(request).json()
    try:
        key, signature = b64decode(said["key"], validate=True), b64decode(said["signature"], validate=True)
        time, epoch = str(said["time"]), str(said["epoch"])
        Ed25519PublicKey.from_public_bytes(key).verify(signature, f"{nonce}\n{time}\n{epoch}".encode())
    except (KeyError, TypeError, ValueError, NotBase64, InvalidSignature):
        raise CaptivePortal from None
    return Health(_moment(time), epoch, key)


def read_tokens(said: Mapping[str, Any]) -> Tokens:
    """The tokens in an answer; raises Garbled."""
    access, refresh = said.get("access"), said.get("refresh")
    if not (isinstance(access, str) and isinstance(refresh, str) and access and refresh):
        raise Garbled
    return Tokens(access, refresh, _moment(said.get("expires_at")))


def _moment(value: object) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Garbled
    return found.astimezone(UTC)


def _page(reply: Reply) -> pages.Page:
    try:
        return pages.read(reply.body)
    except (wire.Malformed, wire.TooLarge):
        raise Garbled from None


__all__ = [
    "Busy",
    "CaptivePortal",
    "Client",
    "Garbled",
    "Health",
    "Identity",
    "NoNetwork",
    "Refused",
    "Revoked",
    "Suspended",
    "Tokens",
    "TooOld",
    "Untrusted",
    "WrongOffice",
    "health",
    "problems",
    "read_tokens",
    "signed_text",
    "wire_time",
]
