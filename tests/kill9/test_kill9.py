"""The short, seeded part of ``python3 dev.py kill9``: what was committed is at the office once, whoever was killed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from uuid import uuid4

import pytest

from tests.kill9 import campaign, compare

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL"),
]


def test_four_deaths_lose_and_double_nothing(tmp_path: Path) -> None:
    result = campaign.run("sqlite", tmp_path, ops=200, kills=4, seed=3)
    assert result.wrong == []
    assert result.ops >= 200
    assert sum(result.kills.values()) == 4
    assert result.found["lost"] == result.found["doubled"] == 0

    # The books do notice: an operation that never arrived, and one that nobody wrote down.
    ledger = tmp_path / "0.ledger"
    lines = ledger.read_bytes().splitlines(keepends=True)
    ghost = json.dumps({**json.loads(lines[-1]), "op": str(uuid4())}).encode() + b"\n"
    ledger.write_bytes(b"".join(lines[:-1]) + ghost)
    found: dict[str, int] = {}
    wrong: list[str] = []
    compare.everything(f"sqlite:///{tmp_path / 'office.db'}", tmp_path, [], found, wrong)
    assert (found["lost"], found["doubled"]) == (1, 1)
    assert wrong
