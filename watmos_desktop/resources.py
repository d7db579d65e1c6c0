"""Where everything that is not code lies: in the checkout, the wheel and the packaged program alike."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE / "resources" if (_HERE / "resources").is_dir() else _HERE.parent / "resources"


def path(*names: str) -> Path:
    """The path of a resource, ``path("fonts", "NotoSans-Regular.ttf")``; raises FileNotFoundError."""
    found = _ROOT.joinpath(*names)
    if not found.exists():
        raise FileNotFoundError("/".join(names))
    return found
