"""When people of the demo landlord work: what is done at night is an emergency or an invention."""

from __future__ import annotations

from datetime import UTC, datetime

from watmos_desktop.services.clock import LONDON

_FIRST, _LAST = 8, 18


def by_day(at: datetime, after: datetime) -> datetime:
    """The same day at an hour when people work, unless that is no longer ``after`` what went before."""
    local = at.astimezone(LONDON)
    if _FIRST <= local.hour < _LAST:
        return at
    moved = local.replace(hour=_FIRST + local.hour % (_LAST - _FIRST)).astimezone(UTC)
    return moved if moved > after else at
