"""Ids by a seed: with them a run of the simulation is the same each time, to the last stamp."""

from __future__ import annotations

import random
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from uuid_utils import compat

from watmos_desktop.models.base import Base

_OURS = ("watmos_desktop", "watmos_office", "tests.sim", "tests.build")


class Ids:
    """Makes ids that grow, as version 7 does, and ids at random, as version 4 does."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._count = 0x019A_0000_0000

    def grown(self, *_: Any) -> uuid.UUID:
        """The next of version 7."""
        self._count += 1
        low = self._random.getrandbits(76)
        value = self._count << 80 | 7 << 76 | (low >> 64) << 64 | 2 << 62 | low & (1 << 62) - 1
        return uuid.UUID(int=value)

    def thrown(self) -> uuid.UUID:
        """One of version 4."""
        return uuid.UUID(int=self._random.getrandbits(128), version=4)


@contextmanager
def ids(seed: int) -> Iterator[None]:
    """Have everything of ours take its ids from the seed meanwhile."""
    made = Ids(seed)
    kept: list[tuple[Any, str, Any]] = []
    for name, module in list(sys.modules.items()):
        if not name.startswith(_OURS) or name == __name__:
            continue
        for attribute, original, other in (
            ("uuid7", compat.uuid7, made.grown),
            ("uuid4", uuid.uuid4, made.thrown),
        ):
            if getattr(module, attribute, None) is original:
                kept.append((module, attribute, original))
                setattr(module, attribute, other)
    for table in Base.metadata.tables.values():
        for column in table.columns:
            default: Any = column.default
            if default is not None and default.is_callable and column.type.python_type is uuid.UUID:
                kept.append((default, "arg", default.arg))
                default.arg = made.grown
    try:
        yield
    finally:
        for place, attribute, original in reversed(kept):
            setattr(place, attribute, original)
