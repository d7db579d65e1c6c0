"""Two programs that synchronise too, beside which ours is measured: PouchDB with express-pouchdb, Anki with its server.

Both run as programs of their own from ``out/peers``, installed from bench/peers (locked by hash) at the first use.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent / "peers"
FOLDER = HERE.parent.parent / "out" / "peers"
Steps = dict[str, dict[str, float]]


def pouch(records: list[dict[str, Any]], changes: int, batch: int | None = None) -> Steps | None:
    """The steps of PouchDB; None where there is no node and npm."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    home = FOLDER / "node"
    if not (home / "node_modules").exists():
        home.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, home)
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=home, check=True)
    for script in HERE.glob("*.mjs"):  # node looks for its modules beside the script
        shutil.copy(script, home)
    return _steps(["node", str(home / "pouch.mjs")], records, changes, [str(batch)] if batch else [])


def anki(records: list[dict[str, Any]], changes: int) -> Steps | None:
    """The steps of Anki; None where its wheel cannot be had."""
    home = FOLDER / "anki"
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = home / "installed"
    if not stamp.exists():
        venv.create(home, with_pip=True, clear=True)
        words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        if subprocess.run([python, *words, "-r", HERE / "requirements.lock"], check=False).returncode:
            return None
        stamp.touch()
    return _steps([str(python), str(HERE / "anki_peer.py")], records, changes, [])


def _steps(program: list[str], records: list[dict[str, Any]], changes: int, more: list[str]) -> Steps:
    with TemporaryDirectory(prefix="peer-") as folder:
        given = Path(folder) / "records.json"
        given.write_text(json.dumps(records), encoding="utf-8")
        home = Path(folder) / "home"
        home.mkdir()
        words = [*program, str(given), str(changes), str(home), *more]
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=300)
    found: Steps = json.loads(done.stdout.splitlines()[-1])
    return found
