"""A real office of its own process, behind TLS and a relay that counts bytes, and devices that joined it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from watmos_desktop.services import staff
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import joining
from watmos_desktop.services.sync.client import Client

PASSPHRASE = "granite teapot lantern ferry"


class Relay:
    """Passes what comes on, and counts it both ways."""

    def __init__(self, port: int) -> None:
        self.bytes = 0
        self._to = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._door.accept()
            far = socket.create_connection(("127.0.0.1", self._to))
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                self.bytes += len(data)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@dataclass
class Served:
    """An office that is up."""

    home: Path
    url: str
    code: str
    ca: str
    relay: Relay
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of CPU of the office so far."""
        times = [one.cpu_times() for one in [self.process, *self.process.children(recursive=True)]]
        return sum(one.user + one.system for one in times)

    def rss(self) -> int:
        """Bytes of memory of the office now."""
        return sum(one.memory_info().rss for one in [self.process, *self.process.children(recursive=True)])

    def new_code(self, member: str) -> str:
        """A code for one more device of that member."""
        return str(office(self.home, "device", "code", member)["code"])

    def join(self, folder: Path, code: str) -> tuple[Store, Client]:
        """A new workspace that joined."""
        joined = joining.enrol_at(folder, PASSPHRASE, self.url, code, folder.name, ca=self.ca)
        store = Store.open(folder, PASSPHRASE)
        staff.act_as(store, joined.member)
        return store, joining.connect(store)


def office(home: Path, *words: str) -> Any:
    """What a `watmos-office` command answers."""
    command = [sys.executable, "-m", "watmos_office.cli", "--home", str(home), "--json", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@contextmanager
def served(home: Path, *words: str) -> Iterator[Served]:
    """An office in ``home`` with TLS, until the end of the block; ``words`` go to `serve`."""
    home.mkdir(parents=True, exist_ok=True)
    certificate, key = _certificate(home)
    command = [sys.executable, "-m", "watmos_office.cli", "--home", str(home), "serve", "--port", "0"]
    command += ["--tls-cert", str(certificate), "--tls-key", str(key), *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert process.stdout
        said = json.loads(process.stdout.readline())
        relay = Relay(said["port"])
        yield Served(
            home,
            f"https://127.0.0.1:{relay.port}",
            said.get("first", {}).get("code", ""),
            certificate.read_text(encoding="ascii"),
            relay,
            psutil.Process(process.pid),
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "WATMOS bench")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    files = folder / "tls.pem", folder / "tls.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files
