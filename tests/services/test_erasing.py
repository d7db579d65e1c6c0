"""What a lock leaves of the keys in the program's memory, read from outside (security.md S8)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, Workspace
from watmos_desktop.services import erasing, vault
from watmos_desktop.services.store import Keys

CHILD = """
import gc, sys
from pathlib import Path
from watmos_desktop.services import backup
from watmos_desktop.services.store import Store
store = Store.open(Path(sys.argv[1]), sys.stdin.readline().strip())
store.remember("a", {"fact": 1})
store.blobs.get(store.blobs.put(b"a picture"))
backup.make(store)
print("open", flush=True)
sys.stdin.readline()
store.close()
del store
gc.collect()
print("closed", flush=True)
sys.stdin.readline()
"""


def test_what_is_erased_is_gone_and_a_copy_is_another_object() -> None:
    secret = bytes(range(32))
    twin, word = erasing.copied(secret), "".join(("hunter", "2"))
    with erasing.lent(erasing.copied(secret)) as lent:
        assert lent == secret
    erasing.erase(twin, word)
    assert (lent, twin, word, secret) == (bytes(32), bytes(32), "\0" * 7, bytes(range(32)))


@pytest.mark.skipif(sys.platform != "linux", reason="reads another process by /proc")
def test_no_key_is_left_in_memory_after_a_lock(empty_workspace: Workspace, tmp_path: Path) -> None:
    home = empty_workspace.home
    keys = Keys.of(empty_workspace.key)
    kdf = json.loads((home / vault.FILE).read_text())["kdf"]
    wanted = {
        "data": empty_workspace.key,
        "wrapping": vault._wrapping_key(PASSPHRASE, kdf),
        "database": keys.database,
        "database, in digits": keys.database.hex().encode(),
        "photos": vault.subkey(keys.blobs, "attachment bytes"),
    }
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    command = [sys.executable, "-c", CHILD, str(copy)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(f"{PASSPHRASE}\n")
        child.stdin.flush()
        assert child.stdout.readline() == "open\n"
        assert _copies(child.pid, wanted).keys() == {"database", "photos"}, "what it works with, and no more"
        child.stdin.write("\n")
        child.stdin.flush()
        assert child.stdout.readline() == "closed\n"
        assert _copies(child.pid, wanted) == {}
        child.stdin.write("\n")


def _copies(pid: int, wanted: dict[str, bytes]) -> dict[str, int]:
    """How often each lies in a process's memory; those that do not are left out."""
    found = dict.fromkeys(wanted, 0)
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            first, last = (int(end, 16) for end in span.split("-"))
            memory.seek(first)
            data = memory.read(last - first)
            for name, secret in wanted.items():
                found[name] += data.count(secret)
    return {name: count for name, count in found.items() if count}
