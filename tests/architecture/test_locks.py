"""No file of the project holds the address of a package registry or a path of somebody's machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "bench/requirements.lock", "packaging/requirements.lock")
# Written in two parts, so that this file is searched too.
ADDRESS = re.compile(
    "(?i)(--(extra-)?"
    + "index-url|--find-"
    + "links|pypi"
    + r"\.org|files\.python"
    + r"hosted|/simple"
    + "/)"
)
MACHINE = re.compile("(/ro" + "ot/|/ho" + r"me/\w+/|/wo" + "rk/|/Us" + r"ers/\w+/|[A-Z]:\\Us" + r"ers)")
# dev.py asks uv to leave addresses out, and says so.
SAYS_SO = {"dev.py": "--no-emit-"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_holds_a_registry_or_a_machines_path() -> None:
    found = []
    for path in tracked():
        try:
            lines = path.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        allowed = SAYS_SO.get(str(path.relative_to(ROOT)))
        for number, line in enumerate(lines, 1):
            if (ADDRESS.search(line) or MACHINE.search(line)) and not (allowed and allowed in line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_is_pinned_with_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    packages = [line for line in text.splitlines() if line and line[0] not in "# "]
    assert packages
    assert [line for line in packages if "==" not in line or "--hash=sha256:" not in line] == []
