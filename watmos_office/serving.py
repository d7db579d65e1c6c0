"""The office at its door: one process, or several workers behind one socket, until it is told to stop."""

from __future__ import annotations

import gc
import ipaddress
import multiprocessing
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watmos_desktop.services.errors import Told

if TYPE_CHECKING:
    from fastapi import FastAPI
    from uvicorn import Config

HOME, DATABASE, PHOTOS = (
    "WATMOS_OFFICE_HOME",
    "WATMOS_OFFICE_DATABASE",
    "WATMOS_OFFICE_PHOTOS",
)  # for workers too
_GRACE = 5  # seconds that requests under way may take to end; a long poll is cut and asked again
_BACKLOG = 2048
_COLLECT = 20_000  # new objects from which circles are looked for
_QUIET = {  # what a server writes of its own accord may hold addresses and values
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {name: {"level": "CRITICAL", "propagate": False} for name in ("uvicorn", "uvicorn.error")},
}


@dataclass(frozen=True)
class Door:
    """Where to listen: ``port`` 0 takes any that is free; ``cert`` and ``key`` are PEM files.

    ``behind`` is the address of a proxy in front, whose word for where a request comes from is taken (X-Forwarded-For);
    nobody else's is.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    workers: int = 1
    cert: Path | None = None
    key: Path | None = None
    behind: str = ""


@dataclass(frozen=True)
class Named:
    """Which office: its folder, the address of its database, and of its store for photos (empty: in the folder)."""

    home: Path
    database: str
    photos: str = ""


def check(door: Door) -> None:
    """Raise Told for a door that would let words out unencrypted, or for a certificate that cannot be used."""
    if (door.cert is None) != (door.key is None):
        raise Told(
            "A certificate and its key go together.", "Give --tls-cert and --tls-key.", field="tls-cert"
        )
    if door.cert is None and not _is_loopback(door.host):
        raise Told(
            "Without a certificate the office listens on this computer only.",
            "Give --tls-cert and --tls-key, or --host 127.0.0.1 behind a proxy on the same computer.",
            field="host",
        )
    if door.behind and not _is_address(door.behind):
        raise Told(
            "The proxy in front is named by its address.",
            "Give --behind 127.0.0.1, or leave it out.",
            field="behind",
        )
    if door.cert is not None and door.key is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(door.cert, door.key)
        except (OSError, ValueError) as cause:
            raise Told(
                "The certificate and its key cannot be used.", "Both are PEM files.", field="tls-cert"
            ) from cause


def serve(door: Door, office: Named, ready: Callable[[str, int], None]) -> None:
    """Listen until SIGTERM or SIGINT; ``ready(url, port)`` is called once, when requests are answered.

    Raises Told when the port is taken, or when the workers did not come up.
    """
    from uvicorn import Config

    from watmos_office.app import UVICORN

    check(door)
    listening = _socket(door)
    port = int(listening.getsockname()[1])
    os.environ |= {HOME: str(office.home), DATABASE: office.database, PHOTOS: office.photos}
    config = Config(
        "watmos_office.serving:worker",
        factory=True,
        workers=door.workers,
        proxy_headers=bool(door.behind),
        forwarded_allow_ips=door.behind,
        timeout_graceful_shutdown=_GRACE,
        backlog=_BACKLOG,
        ssl_certfile=door.cert,
        ssl_keyfile=door.key,
        ssl_context_factory=_tls if door.cert else None,
        **{**UVICORN, "log_config": _QUIET},
    )
    host = f"[{door.host}]" if ":" in door.host else door.host
    url = f"{'https' if door.cert else 'http'}://{host}:{port}"
    with closing(listening):
        came_up = (_several if door.workers > 1 else _one)(config, listening, lambda: ready(url, port))
    if not came_up:
        raise Told("The office could not be started.", "`watmos-office status` says what is wrong.")


def worker() -> FastAPI:
    """The app of one worker, on the office that the environment names."""
    from watmos_office.app import make_app
    from watmos_office.office import Office

    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    office = Office(os.environ[DATABASE], Path(os.environ[HOME]), photos=os.environ[PHOTOS])
    app = make_app(office)
    # A batch makes many thousands of objects and no circle: what is loaded by now is not looked through for each.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT)
    return app


def _one(config: Config, listening: socket.socket, ready: Callable[[], None]) -> bool:
    from uvicorn import Server

    class Announcing(Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

    # uvicorn raises the signal again when it has ended: a stop that was asked for is no failure.
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda _number, _frame: None)
    server = Announcing(config)
    server.run([listening])
    return server.started


def _several(config: Config, listening: socket.socket, ready: Callable[[], None]) -> bool:
    from uvicorn.supervisors import Multiprocess

    came_up = threading.Event()

    class Announcing(Multiprocess):
        def init_processes(self) -> None:
            super().init_processes()
            if all(one.wait_until_ready(60, self.should_exit) for one in self.processes):
                came_up.set()
                ready()
            else:
                self.should_exit.set()

    Announcing(config, [listening]).run()
    return came_up.is_set()


def _end_with(parent: Any) -> None:
    """Stop when the parent was killed: nobody would be left to stop this worker."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _socket(door: Door) -> socket.socket:
    """A listening socket; its protocol is said, without which asyncio waits 45 ms before it sends an answer."""
    family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((door.host, door.port))
        listening.listen(_BACKLOG)
    except OSError as cause:
        listening.close()
        raise Told(
            f"The office cannot listen on port {door.port} there.",
            "Choose another --port or --host.",
            field="port",
        ) from cause
    listening.set_inheritable(True)
    return listening


def _tls(_config: Config, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
