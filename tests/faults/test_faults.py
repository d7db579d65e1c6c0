"""The short, seeded part of the campaign that ``python3 dev.py faults`` runs in full, and controls that must be red.

Acknowledged means there; not acknowledged means wholly there or not at all; opens unaided; ``check`` finds nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.campaign import CONTROLS
from tests.faults.disk import SECTOR, Disk, Mode

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(600),  # each fault is a process; a busy machine takes its time
    pytest.mark.skipif(
        not hasattr(os, "fork"), reason="a process is forked for each fault; this system cannot"
    ),
]
ROOT = Path(__file__).resolve().parents[2]


def campaign(*words: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults", "--json", "--workers", "1", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("workflow", "runs", "operations"),
    [("photo", 16, 100), ("sign", 12, 40), ("backup", 8, 100), ("restore", 5, 100)],
)
def test_no_fault_loses_anything(workflow: str, runs: int, operations: int) -> None:
    found = campaign("--only", workflow, "--runs", str(runs))
    assert found["wrong"] == []
    assert found["runs"] == runs
    assert found["operations"][workflow] > operations, "the disk does not see every operation"


@pytest.mark.parametrize("control", CONTROLS)
def test_a_safety_net_taken_away_is_noticed(control: str) -> None:
    found = campaign("--only", "photo", "--only", "sign", "--runs", "80", "--control", control)
    assert len(found["wrong"]) >= 1
    assert found["runs"] < 80


# The disk itself


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def test_what_was_synced_stays_and_the_rest_may_go(folder: Path) -> None:
    """Over many seeds a file of two synced and two unsynced sectors ends in each way that it may, and in no other."""
    old, new = b"a" * 2 * SECTOR, b"b" * 2 * SECTOR
    seen = set()
    for seed in range(60):
        disk = Disk(folder, Mode.POWER, at=99, seed=seed)
        content = disk._after_power_loss(old, [(SECTOR, new)])
        seen.add(content)
        assert content[:SECTOR] == b"a" * SECTOR
        assert len(content) in (2 * SECTOR, 3 * SECTOR)
    assert old in seen
    assert b"a" * SECTOR + new in seen
    assert len(seen) == 4  # also: only the first of the two, only the second


def test_a_sync_forgets_what_was_pending(folder: Path) -> None:
    disk = Disk(folder)
    (folder / "file").write_bytes(b"old")
    disk.write(folder / "file", 0, b"new", lambda data: (folder / "file").write_bytes(data))
    assert disk._pending
    disk.sync(folder / "file")
    assert not disk._pending


def test_only_its_own_folder_is_on_the_disk(folder: Path) -> None:
    disk = Disk(folder)
    assert disk.holds(folder)
    assert disk.holds(folder / "a" / "b")
    assert not disk.holds(folder.parent)
    assert not disk.holds(folder.parent / "disk2")
