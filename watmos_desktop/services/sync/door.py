"""The one way out of a device: TLS 1.3 or loopback, no redirects, no proxy but a chosen one, answers of bounded size.

Nothing here can be switched off from outside: the environment is not asked (security.md S16), and what an answer
holds is treated as hostile (S34).
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import certifi
import httpx

from watmos_desktop import __version__
from watmos_desktop.services.sync import problems, wire

PACKED_LIMIT = wire.PACKED_BYTES  # of one answer as it comes
_PACK_FROM = 512  # below that, packing costs more than it saves
_CODE_LENGTH = 40
_LONGEST_WAIT = 3600.0  # seconds: an office that asks for more is asked again then
_HOST = re.compile(rb"[a-z0-9]([a-z0-9.:-]*[a-z0-9])?|::[0-9a-f:.]*")
_IDLE = 4.0  # seconds: uvicorn closes an idle connection after 5


@dataclass(frozen=True)
class Reply:
    """A whole answer of the office with a status below 300. ``body`` is as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object; raises CaptivePortal when it is none."""
        found = _parse(self.headers, self.body)
        if found is None:
            raise problems.CaptivePortal
        return found


class Door:
    """Requests to one office. ``url`` is its origin, ``ca`` the PEM of a private authority (else the public ones)."""

    def __init__(
        self, url: str, *, ca: str = "", proxy: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url = origin(url)
        self._http = httpx.Client(
            base_url=self.url,
            transport=transport,
            verify=_trust(ca) if transport is None else True,
            trust_env=False,
            proxy=proxy or None,
            follow_redirects=False,
            timeout=httpx.Timeout(30, connect=10, pool=60),
            limits=httpx.Limits(max_connections=4, keepalive_expiry=_IDLE),
            headers={"user-agent": f"watmos/{__version__}", "accept-encoding": "zstd", "accept": "*/*"},
        )

    def build(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """A request ready to be signed: its target and body as they go over the wire.

        The body is packed where that helps, unless ``headers`` say what it is.
        """
        if headers is None:
            headers = {"content-type": "application/json"} if content else {}
            if len(content) > _PACK_FROM and len(packed := wire.pack(content)) < len(content):
                content, headers = packed, {**headers, "content-encoding": "zstd"}
        built = self._http.build_request(
            method, path, params=dict(query) if query else None, content=content, headers=dict(headers)
        )
        return Request(method, built.url.raw_path.decode("ascii"), content, built)

    def send(self, request: Request, *, limit: int = PACKED_LIMIT) -> Reply:
        """Send it once. Raises Refused, NoNetwork, CaptivePortal, Untrusted, Garbled, or DeadConnection."""
        try:
            answer = self._http.send(request.built, stream=True)
            try:
                body = _read(answer.iter_raw(), limit)
            finally:
                answer.close()
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            raise DeadConnection from None
        except httpx.HTTPError as fault:
            raise (problems.Untrusted() if _is_tls(fault) else problems.NoNetwork()) from None
        return _judge(answer.status_code, answer.headers, body)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()


@dataclass(frozen=True)
class Request:
    """``target`` is PATH?QUERY and ``body`` the bytes, both as they are sent."""

    method: str
    target: str
    body: bytes
    built: httpx.Request


class DeadConnection(problems.NoNetwork):
    """The connection died under the request: an idle one that the other side had closed, or the train's tunnel."""


def origin(url: str) -> str:
    """The address in the form that is used; raises NotSafe unless it is https, or http to this computer itself."""
    try:
        found = httpx.URL(url.strip())
    except httpx.InvalidURL:
        raise problems.NotSafe from None
    bare = (
        _HOST.fullmatch(found.raw_host)
        and found.path in ("", "/")
        and not (found.query or found.fragment or found.userinfo)
    )
    if not bare or not (found.scheme == "https" or (found.scheme == "http" and _is_loopback(found.host))):
        raise problems.NotSafe
    return str(found).rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _trust(ca: str) -> ssl.SSLContext:
    """TLS 1.3 with a checked name; a bare context, since the default one listens to the environment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if ca:
        context.load_verify_locations(cadata=ca)
    else:
        context.load_verify_locations(cafile=certifi.where())
    return context


def _is_tls(fault: BaseException | None) -> bool:
    while fault is not None:
        if isinstance(fault, ssl.SSLError):
            return True
        fault = fault.__cause__ or fault.__context__
    return False


def _read(parts: Iterable[bytes], limit: int) -> bytes:
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > limit:
            raise problems.Garbled
    return bytes(body)


def _judge(status: int, headers: httpx.Headers, body: bytes) -> Reply:
    if 200 <= status < 300:
        if headers.get("content-type", "").startswith("text/html"):
            raise problems.CaptivePortal
        return Reply(status, headers, body)
    said = _parse(headers, body) if status >= 400 else None
    code = said.pop("error", None) if said else None
    wait = _seconds(headers.get("retry-after", ""))
    if isinstance(code, str) and len(code) <= _CODE_LENGTH and code.replace("_", "").isalpha():
        raise problems.refused(code, status, said, wait)
    if status in (429, 502, 503, 504):  # what stands before the office answers for it
        raise problems.refused("busy", status, None, wait)
    raise problems.CaptivePortal


def _parse(headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
    try:
        if (packed := headers.get("content-encoding", "identity")) == "zstd":
            body = wire.unpack(body)
        elif packed != "identity":
            return None
        found = wire.loads(body)
    except (wire.Malformed, wire.TooLarge):
        return None
    return found if isinstance(found, dict) else None


def _seconds(text: str) -> float | None:
    return min(float(text), _LONGEST_WAIT) if text.isascii() and text.isdecimal() else None
