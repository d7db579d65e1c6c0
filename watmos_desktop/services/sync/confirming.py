"""Devices that wait until a second person lets cases come to them, for who may be that person (security.md 2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from watmos_desktop.services.errors import NotFound
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.problems import Garbled, Refused


@dataclass(frozen=True)
class Waiting:
    """A device that waits. ``number`` is shown on it too, so that the right one is confirmed."""

    id: UUID
    member: str
    name: str
    number: str
    enrolled_at: datetime


def listing(client: Client) -> list[Waiting]:
    """The devices that this person may confirm, the oldest first; raises what ``Client`` raises."""
    said = client.ask("GET", "/confirm")
    try:
        return [
            Waiting(
                UUID(one["id"]),
                str(one["member"]),
                str(one["name"]),
                str(one["number"]),
                datetime.fromisoformat(one["enrolled_at"]),
            )
            for one in said["devices"]
        ]
    except (KeyError, TypeError, ValueError):
        raise Garbled from None


def confirm(client: Client, device: UUID) -> None:
    """Let cases come to that device. Raises NotFound when it is not there, or not this person's to confirm."""
    try:
        client.ask("POST", f"/confirm/{device}", {})
    except Refused as refusal:
        if refusal.code == "not_found":
            raise NotFound("That device") from None
        raise
