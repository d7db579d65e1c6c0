"""A real server on loopback for a test: uvicorn in a thread, and certificates as good or bad as the test wants."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass
class Recorder:
    """An app that notes every byte that reaches ``app`` (or nobody, who answers 404)."""

    app: App | None = None
    bytes: int = 0
    paths: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.paths.append(scope["path"])
        self.bytes += sum(len(name) + len(value) for name, value in scope["headers"])

        async def counted() -> Any:
            message = await receive()
            self.bytes += len(message.get("body", b""))
            return message

        if self.app is not None:
            await self.app(scope, counted, send)
            return
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key as PEM files, and the PEM text of what signed it."""

    cert: Path
    key: Path
    ca: str


def certificate(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    days: int = 30,
    self_signed: bool = False,
    by: str = "Test authority",
) -> Certificate:
    """A certificate for ``host``, ended when ``days`` is negative; signed by an authority of its own or by itself."""
    folder.mkdir(exist_ok=True)
    authority = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    root = _sign(by, authority, by, authority, days=365, ca=True)
    if self_signed:
        made = _sign(host, key, host, key, days=days, ca=False)
    else:
        made = _sign(host, key, by, authority, days=days, ca=False)
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(private)
    return Certificate(
        folder / "cert.pem", folder / "key.pem", root.public_bytes(Encoding.PEM).decode("ascii")
    )


@contextmanager
def serve(
    app: App, cert: Certificate | None = None, *, newest: ssl.TLSVersion | None = None
) -> Iterator[str]:
    """``app`` behind uvicorn on a free port of 127.0.0.1; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,
        ssl_certfile=cert.cert if cert else None,
        ssl_keyfile=cert.key if cert else None,
    )
    config.load()
    if newest is not None:
        assert config.ssl is not None
        config.ssl.maximum_version = newest
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if cert else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def _sign(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: str,
    with_key: ec.EllipticCurvePrivateKey,
    *,
    days: int,
    ca: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    ends = now + timedelta(days=days)
    try:
        named: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        named = x509.DNSName(name.replace(" ", "-"))
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, by)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, ends) - timedelta(days=2))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(with_key, hashes.SHA256())
    )
