"""A second client, written from docs/sync.md alone: it signs by hand, so that the two cannot agree on a mistake."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from sqlalchemy import insert, update

from watmos_desktop.models.kinds import Role
from watmos_office import confirming, devices, walls
from watmos_office.app import make_app
from watmos_office.door import Limits
from watmos_office.office import Office
from watmos_office.tables import Device, Member

API = "/sync/v1"


def member(office: Office, role: Role = Role.MANAGER, name: str = "Grace Bell") -> UUID:
    """A new member without grants."""
    member_id = uuid4()
    with office.writing() as connection:
        values = {"id": member_id, "name": name, "role": role.value, "made_at": office.clock.now()}
        connection.execute(insert(Member).values(**values, active=True, grant_v=1))
    return member_id


def code_for(office: Office, member_id: UUID) -> str:
    with office.writing() as connection:
        return devices.new_code(connection, office, None, member_id).code


def let_cases_come(office: Office, device_id: UUID) -> None:
    """Confirm a device for cases, as the console does."""
    with office.writing() as connection:
        confirming.at_console(connection, office, None, device_id)


def become(office: Office, device_id: UUID, status: str) -> None:
    with office.writing() as connection:
        connection.execute(update(Device).where(Device.id == device_id).values(status=status))


def enrolment(code: str, key: Ed25519PrivateKey) -> dict[str, str]:
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    proof = b64encode(key.sign(code.encode())).decode()
    return {"code": code, "name": "Grace's laptop", "key": public, "proof": proof}


def signed(
    device: UUID, key: Ed25519PrivateKey, method: str, target: str, at: datetime, body: bytes, nonce: str = ""
) -> dict[str, str]:
    """The headers of docs/sync.md 2, without Authorization."""
    time, nonce = at.astimezone(UTC).replace(microsecond=0).isoformat(), nonce or secrets.token_hex(16)
    said = "\n".join([method, target, time, nonce, hashlib.sha256(body).hexdigest()])
    signature = b64encode(key.sign(said.encode())).decode()
    names = ("watmos-device", "watmos-time", "watmos-nonce", "watmos-signature")
    return dict(zip(names, (str(device), time, nonce, signature), strict=True))


@dataclass(frozen=True)
class Http:
    """Requests to an office in this process, over its whole ASGI program."""

    portal: BlockingPortal
    client: httpx.AsyncClient

    def request(self, method: str, path: str, **what: Any) -> httpx.Response:
        return self.portal.call(partial(self.client.request, method, path, **what))

    def get(self, path: str, **what: Any) -> httpx.Response:
        return self.request("GET", path, **what)

    def post(self, path: str, **what: Any) -> httpx.Response:
        return self.request("POST", path, **what)


@dataclass
class Speaker:
    """An enrolled device."""

    http: Http
    office: Office
    id: UUID
    key: Ed25519PrivateKey
    tokens: dict[str, str]
    incarnation: UUID = field(default_factory=uuid4)

    def headers(self, method: str, target: str, body: bytes = b"", *, bearer: bool = True) -> dict[str, str]:
        made = signed(self.id, self.key, method, target, self.office.clock.now(), body)
        return made | ({"authorization": f"Bearer {self.tokens['access']}"} if bearer else {})

    def ask(self, method: str, path: str, body: Any = None, **more: str) -> httpx.Response:
        """A signed request; a body that is not bytes goes as JSON."""
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.headers(method, API + path, raw, bearer=path != "/token")
        return self.http.request(method, API + path, content=raw, headers=headers | more)

    def greeting(self, **other: Any) -> dict[str, Any]:
        said = {"incarnation": str(self.incarnation), "schema": "0003", "epoch": str(self.office.epoch)}
        return {**said, "last_n": 0, "hash": "", "waiting": 0, "photos": 0, **other}

    def hello(self, **other: Any) -> httpx.Response:
        return self.ask("POST", "/hello", self.greeting(**other))

    def renew(self) -> httpx.Response:
        """Ask for new tokens and keep them when they come."""
        answer = self.ask("POST", "/token", {"refresh": self.tokens["refresh"]})
        if answer.status_code == 200:
            self.tokens = answer.json()
        return answer


@contextmanager
def serving(office: Office, limits: Limits | None = None, app: FastAPI | None = None) -> Iterator[Http]:
    with office.writing() as connection:
        walls.build(connection)
    transport = httpx.ASGITransport(app or make_app(office, limits))
    with start_blocking_portal() as portal:
        client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")
        yield Http(portal, client)
        portal.call(client.aclose)


def join(http: Http, office: Office, member_id: UUID | None = None) -> Speaker:
    key = Ed25519PrivateKey.generate()
    said = enrolment(code_for(office, member_id or member(office)), key)
    answer = http.post(f"{API}/enrol", json=said)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    tokens = {name: found[name] for name in ("access", "refresh", "expires_at")}
    return Speaker(http, office, UUID(found["device"]), key, tokens)
