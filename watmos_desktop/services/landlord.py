"""Who the landlord is, as data (resources/landlord.toml): name, telephones, e-mail, merged into every wording."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from watmos_desktop import resources


def wording(name: str) -> dict[str, Any]:
    """A file of ``resources/wording`` with each ``{landlord.phone}`` and the like replaced; raises as ``merged``."""
    return merged("wording", name)


def merged(*path: str) -> dict[str, Any]:
    """A TOML file of ``resources`` with each ``{landlord.phone}`` and the like replaced.

    Raises KeyError where a text asks for what landlord.toml does not say.
    """
    text = resources.path(*path).read_text("utf-8")
    for key, value in _landlord().items():
        text = text.replace("{landlord." + key + "}", value)
    if "{landlord." in text:
        raise KeyError(text[text.index("{landlord.") :][:40])
    return tomllib.loads(text)


@cache
def _landlord() -> dict[str, str]:
    return tomllib.loads(resources.path("landlord.toml").read_text("utf-8"))
