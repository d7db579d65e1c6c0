"""The table of colours and sizes, as it is written: the first frame needs one colour of it and nothing else."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from watmos_desktop import resources


@cache
def tokens() -> dict[str, Any]:
    """``theme.toml`` as it stands: ``sizes`` and one table of ``#RRGGBB`` for each scheme."""
    return tomllib.loads(resources.path("theme.toml").read_text("utf-8"))
