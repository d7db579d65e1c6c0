"""The wording of letters and sheets about planned works (``resources/wording/programme.toml``)."""

from __future__ import annotations

import re
from functools import cache

from watmos_desktop.services import landlord

_NAME = re.compile(r"\{([a-z_]+)\}")


@cache
def _wording() -> dict[str, dict[str, str]]:
    return landlord.wording("programme.toml")


def words(key: str, **values: str) -> str:
    """The office's wording for ``section.name`` with each ``{name}`` replaced once: a name within a value stays."""
    section, name = key.split(".")
    return _NAME.sub(lambda found: values.get(found[1], found[0]), _wording()[section][name])
