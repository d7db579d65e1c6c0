"""Anki with its own sync server: normal sync of notes, first push and pull, changes each way, nothing to do.

python anki_peer.py RECORDS CHANGES FOLDER -> one line of JSON: {step: {wall, cpu, bytes}}. Run by Anki's own Python.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anki.collection import Collection
from anki.sync_pb2 import SyncCollectionResponse

_CHANGES = SyncCollectionResponse.ChangesRequired


class Counter:
    """A relay on loopback that counts what passes; Anki's server tells nothing of its bytes."""

    def __init__(self, to: int) -> None:
        self.bytes = 0
        self._to = to
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


def main(records_file: str, changes: str, folder: str) -> None:
    records = json.loads(Path(records_file).read_text(encoding="utf-8"))
    home = Path(folder)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "anki.syncserver"],
        env=os.environ
        | {
            "SYNC_USER1": "a:b",
            "SYNC_BASE": str(home / "server"),
            "SYNC_HOST": "127.0.0.1",
            "SYNC_PORT": str(port),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        print(json.dumps(_measure(records, int(changes), home, Counter(port), server.pid)))
    finally:
        server.kill()


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _measure(
    records: list[dict[str, Any]], changes: int, home: Path, relay: Counter, pid: int
) -> dict[str, dict[str, float]]:
    endpoint = f"http://127.0.0.1:{relay.port}/"
    one, two = (Collection(str(home / f"{name}.anki2")) for name in ("one", "two"))
    auth = one.sync_login("a", "b", endpoint)
    auth.endpoint = endpoint
    model = one.models.by_name("Basic")
    assert model
    first = one.new_note(model)  # an empty collection would be sent whole again
    first.fields = ["first", "first"]
    one.add_note(first, 1)
    _whole(one, auth, upload=True)
    _whole(two, auth, upload=False)
    steps: dict[str, dict[str, float]] = {}

    def step(name: str, work: Callable[[], None]) -> None:
        bytes_, cpu, start = relay.bytes, _cpu(pid), time.perf_counter()
        work()
        wall = time.perf_counter() - start
        steps[name] = {"wall": wall, "cpu": _cpu(pid) - cpu, "bytes": relay.bytes - bytes_}

    notes = []
    for record in records:
        note = one.new_note(model)
        note.fields = [record["id"], json.dumps(record)]
        one.add_note(note, 1)
        notes.append(note)
    time.sleep(1.1)  # its times have steps of one second
    step("first push", lambda: _sync(one, auth))
    step("first pull", lambda: _sync(two, auth))
    time.sleep(1.1)
    for note in notes[:changes]:
        note.fields[1] = "changed " + note.fields[1]
    one.update_notes(notes[:changes])
    step("changes up", lambda: _sync(one, auth))
    step("changes down", lambda: _sync(two, auth))
    step("nothing to do", lambda: _sync(two, auth))
    if two.note_count() != len(records) + 1:
        raise SystemExit(f"only {two.note_count()} arrived")
    return steps


def _whole(collection: Collection, auth: Any, *, upload: bool) -> None:
    answer = collection.sync_collection(auth, False)
    if answer.required in (_CHANGES.NO_CHANGES, _CHANGES.NORMAL_SYNC):
        return
    collection.close_for_full_sync()
    collection.full_upload_or_download(auth=auth, server_usn=None, upload=upload)
    collection.reopen(after_full_sync=True)


def _sync(collection: Collection, auth: Any) -> None:
    answer = collection.sync_collection(auth, False)
    if answer.required != _CHANGES.NO_CHANGES:
        raise SystemExit(f"no normal sync: {answer.required}")


def _cpu(pid: int) -> float:
    """Seconds of CPU of this process and the server."""
    ticks = os.sysconf("SC_CLK_TCK")
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / ticks


if __name__ == "__main__":
    main(*sys.argv[1:])
