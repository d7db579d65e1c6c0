"""Choices of the person who uses this workspace, remembered inside it and not synced."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from watmos_desktop.services.store import Store

_KEY = "settings"
_DEMO = "demo"
SCHEMES = ("light", "dark", "sun")
LOCK_MINUTES = (1, 2, 5, 10, 15)
TEXT_SCALES = (1.0, 1.25, 1.5, 1.75, 2.0)


@dataclass(frozen=True)
class Settings:
    """``text_scale`` is 1.0 to 2.0; ``lock_minutes`` without a key or touch lock the program."""

    scheme: str = "light"
    text_scale: float = 1.0
    lock_minutes: int = 5
    report_folder: str = ""


def load(store: Store) -> Settings:
    """What was chosen; what makes no sense any more is as if it had never been chosen."""
    kept = store.recall(_KEY)
    known = {field.name: kept[field.name] for field in fields(Settings) if field.name in kept}
    return replace(Settings(), **{name: value for name, value in known.items() if _fits(name, value)})


def change(store: Store, **choices: Any) -> Settings:
    """Remember some choices; raises ValueError for what is none."""
    for name, value in choices.items():
        if not _fits(name, value):
            raise ValueError(f"{value!r} is no {name}")
    new = replace(load(store), **choices)
    store.remember(_KEY, asdict(new))
    return new


def is_demo(store: Store) -> bool:
    """Whether this is the demo landlord, where anyone may try every role."""
    return bool(store.recall(_DEMO))


def mark_demo(store: Store) -> None:
    """Remember that nothing in this workspace is real."""
    store.remember(_DEMO, {"demo": True})


def _fits(name: str, value: object) -> bool:
    allowed: dict[str, tuple[object, ...]] = {
        "scheme": SCHEMES,
        "text_scale": TEXT_SCALES,
        "lock_minutes": LOCK_MINUTES,
    }
    return value in allowed[name] if name in allowed else isinstance(value, str)
