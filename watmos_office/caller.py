"""Who a request comes from, as the token says and the body cannot (security.md S28)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from watmos_desktop.services.policy import Actor


@dataclass(frozen=True)
class Caller:
    """A device and its member. ``status`` is the device's; ``buckets`` are all that it may read now.

    ``schema`` is what the device's last hello said, empty before it. ``confirmed``: cases come to this device, as far
    as its member is named to them (confirming.py).
    """

    device_id: UUID
    status: str
    actor: Actor
    buckets: frozenset[str]
    grant_v: int
    schema: str = ""
    confirmed: bool = False

    @cached_property
    def me(self) -> str:
        """The member as records name them."""
        return str(self.member_id)

    @property
    def member_id(self) -> UUID:
        """The member; every caller has one."""
        assert self.actor.staff_id is not None
        return self.actor.staff_id
