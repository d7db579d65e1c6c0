"""Whether a request is from the device it names, and what that device may do at this moment (S15, S19, S28).

Everything is asked anew for each request, so that a suspension or a lost grant holds from the next one on. A
signature covers the method, the address, the time, a nonce and the body as sent; the nonces of the last minutes
are remembered by each worker. Another worker would take a repeated request once more: operations are numbered and
named, so that this changes nothing.
"""

from __future__ import annotations

import hashlib
import re
import threading
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, and_, bindparam, select

from watmos_desktop.services import log
from watmos_office import grants, tokens
from watmos_office.caller import Caller
from watmos_office.errors import Answer, not_found
from watmos_office.office import Office
from watmos_office.tables import Device, Member, Token

SKEW = timedelta(minutes=5)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(\+00:00|Z)")
_NONCE = re.compile(r"[0-9a-f]{32}")
_TOKEN = re.compile(r"[\x21-\x7e]{1,200}")
_MINUTE = 60


@dataclass(frozen=True)
class Claim:
    """What the head of a request says, none of it believed yet."""

    device_id: UUID
    time: str
    nonce: str
    signature: bytes
    token: str | None
    line: str  # METHOD LF PATH?QUERY

    def message(self, body: bytes) -> bytes:
        """What must have been signed; ``body`` as it was sent."""
        return "\n".join([self.line, self.time, self.nonce, hashlib.sha256(body).hexdigest()]).encode()


def unsigned() -> Answer:
    """One answer for every way in which a request fails to prove who sent it."""
    return Answer(401, "unsigned")


class Access:
    """The judge of one worker; its methods may be called from many threads."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._nonces = _Nonces()

    def claim(self, line: str, headers: Mapping[str, str]) -> Claim:
        """What the headers claim, well formed and in time; raises Answer 401 ``unsigned`` or ``clock``."""
        time, nonce = headers.get("watmos-time", ""), headers.get("watmos-nonce", "")
        if not _TIME.fullmatch(time) or not _NONCE.fullmatch(nonce):
            raise unsigned()
        try:
            device_id = UUID(headers.get("watmos-device", ""))
            signature = b64decode(headers.get("watmos-signature", ""), validate=True)
            at = datetime.fromisoformat(time)
        except (ValueError, NotBase64):
            raise unsigned() from None
        now = self._office.clock.now().astimezone(UTC)
        if abs(now - at) > SKEW:
            raise Answer(401, "clock", time=now.isoformat())
        scheme, _, token = headers.get("authorization", "").partition(" ")
        told = scheme.lower() == "bearer" and _TOKEN.fullmatch(token) is not None
        return Claim(device_id, time, nonce, signature, token if told else None, line)

    def expected(self, claim: Claim) -> None:
        """Refuse early, before a large body is read, whom no token lets in; raises Answer."""
        with self._office.reading() as connection:
            row = _row(connection, claim)
        if row is None or not self._lasts(row):
            raise unsigned()

    def device(self, claim: Claim, body: bytes) -> UUID:
        """The device that signed this, without a token; raises Answer as ``caller`` does."""
        with self._office.reading() as connection:
            return self._proven(connection, claim, body).device_id  # type: ignore[no-any-return]

    def erasing(self, claim: Claim, body: bytes) -> tuple[UUID, str]:
        """The device that signed this and its status, whatever that is: it tells that it has wiped itself."""
        with self._office.reading() as connection:
            row = self._signer(connection, claim, body)
        return row.device_id, row.status

    def caller(self, claim: Claim, body: bytes) -> Caller:
        """Who this request comes from and what they may read now.

        Raises Answer: 401 ``unsigned`` or ``replayed``, 403 ``suspended``, 410 ``wipe`` with the office's
        proof. All but the first are told to the device's own key only.
        """
        with self._office.reading() as connection:
            row = self._proven(connection, claim, body)
            if not self._lasts(row):
                raise unsigned()
            caller = _caller(connection, row)
        if row.used_at is None and claim.token is not None:
            tokens.mark_used(self._office, claim.token)
        return caller

    def _proven(self, connection: Connection, claim: Claim, body: bytes) -> Any:
        row = self._signer(connection, claim, body)
        if row.status == "wipe":
            raise Answer(410, "wipe", proof=self._proof(row.device_id))
        if row.status not in ("active", "suspended", "drain"):
            raise unsigned()
        if row.status == "suspended" or not (row.active or row.status == "drain"):
            raise Answer(403, "suspended")
        return row

    def _signer(self, connection: Connection, claim: Claim, body: bytes) -> Any:
        row = _row(connection, claim)
        if row is None:
            raise unsigned()
        try:
            Ed25519PublicKey.from_public_bytes(row.key).verify(claim.signature, claim.message(body))
        except InvalidSignature:
            log.event("access.forged", device=row.device_id)  # failed attempts are noted (S32)
            raise unsigned() from None
        if not self._nonces.take(claim, self._office.clock.now()):
            log.event("access.replayed", device=row.device_id)
            raise Answer(401, "replayed")  # not ``unsigned``, which would end in joining again
        return row

    def _lasts(self, row: Any) -> bool:
        return row.expires_at is not None and row.expires_at > self._office.clock.now()

    def _proof(self, device_id: UUID) -> dict[str, str]:
        """The order to wipe, signed by the office over ``wipe LF DEVICE LF AT``."""
        at = self._office.clock.now().astimezone(UTC).isoformat()
        signature = self._office.signing_key.sign(f"wipe\n{device_id}\n{at}".encode())
        return {"device": str(device_id), "at": at, "signature": b64encode(signature).decode()}


def author(office: Office, device_id: UUID) -> Caller:
    """The device whose signature on something carried here was checked; raises Answer 404 unless it may speak."""
    with office.reading() as connection:
        row = connection.execute(_DEVICE, {"device": device_id}).first()
        if row is None or row.status not in ("active", "drain") or not row.active:
            raise not_found()
        return _caller(connection, row)


def _caller(connection: Connection, row: Any) -> Caller:
    confirmed = row.cases_at is not None
    actor = grants.actor(connection, row.member_id, None if confirmed else row.device_id)
    held = frozenset[str]()
    if row.status != "drain":
        held = grants.buckets(connection, actor, confirmed=confirmed)
    # What changes about cases is told by no number to a device that is not for them.
    version = row.grant_v + (row.case_v if confirmed else len(actor.cases))
    return Caller(row.device_id, row.status, actor, held, version, row.schema_version, confirmed)


def _row(connection: Connection, claim: Claim) -> Any:
    """The device, its member and its token (NULL when it is not one of this device), in one query."""
    digest = tokens.sha256(claim.token) if claim.token else ""
    return connection.execute(_DEVICE_AND_TOKEN, {"device": claim.device_id, "digest": digest}).first()


# Built once: asked for every request.
_DEVICE = (
    select(Device.id.label("device_id"), Device.key, Device.status, Device.schema_version, Device.cases_at)
    .add_columns(Member.id.label("member_id"), Member.active, Member.grant_v, Member.case_v)
    .join(Member, Member.id == Device.member_id)
    .where(Device.id == bindparam("device"))
)
_TOKEN_OF = and_(Token.sha256 == bindparam("digest"), Token.device_id == Device.id, Token.kind == "access")
_DEVICE_AND_TOKEN = _DEVICE.add_columns(Token.expires_at, Token.used_at).outerjoin(Token, _TOKEN_OF)


class _Nonces:
    """The nonces of requests that could still be repeated, by the minute of their own time."""

    def __init__(self) -> None:
        self._minutes: dict[int, set[tuple[UUID, str]]] = {}
        self._lock = threading.Lock()

    def take(self, claim: Claim, now: datetime) -> bool:
        """Whether this nonce is new for its device; it is not from now on."""
        minute = int(datetime.fromisoformat(claim.time).timestamp()) // _MINUTE
        oldest = int((now - SKEW).timestamp()) // _MINUTE
        with self._lock:
            for over in [one for one in self._minutes if one < oldest]:
                del self._minutes[over]
            seen = self._minutes.setdefault(minute, set())
            before = len(seen)
            seen.add((claim.device_id, claim.nonce))
            return len(seen) > before
