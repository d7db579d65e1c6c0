"""No module and no class grows into a thing that nobody can hold in the head; there are no exceptions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES, METHODS = 400, 32
MODULES = sorted(
    path
    for top in ("watmos_desktop", "watmos_office", "bench")
    for path in (ROOT / top).rglob("*.py")
    if "versions" not in path.parts
)


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > LINES} == {}
    assert len(lengths) > 100


def test_no_class_has_more_public_methods_than_a_page_has_keys() -> None:
    found = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                methods = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
                public = [name for name in methods if name[0] != "_" and name.islower()]  # not Qt's own
                found[f"{path.relative_to(ROOT)}:{node.name}"] = len(public)
    assert {name: count for name, count in found.items() if count > METHODS} == {}


@pytest.mark.parametrize("name", ["utils", "util", "common", "misc", "helpers"])
def test_no_module_is_a_drawer_for_everything(name: str) -> None:
    assert [path for path in MODULES if path.stem == name or name in path.parts] == []
