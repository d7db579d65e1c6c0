"""A small herd: many devices in the same second are all drained, and nobody sees an error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.herd import herd

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(300),
    pytest.mark.skipif(os.name == "nt", reason="needs process groups"),
]


def test_forty_devices_in_one_second(tmp_path: Path) -> None:
    found = herd.run("sqlite", tmp_path, devices=40, changes=20, homes=4, processes=1)
    assert found.errors == []
    assert found.requests >= 40 * 3
    assert found.rows >= 40  # what the others on the estate wrote
    assert found.probes > 0
