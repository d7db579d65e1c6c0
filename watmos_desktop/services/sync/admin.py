"""People, devices and held work of the office, for those who look after them: calls of ``/admin/v1``.

Every function takes the device's ``Client``; the office decides by its token who is asking, and what a role may not do
is answered as if it were not there. Raises NotFound for that, Told with the office's own words, and what ``Client``
raises; an answer that makes no sense is Garbled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from watmos_desktop.models.kinds import Role
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.sync.client import Client
from watmos_desktop.services.sync.problems import Garbled, Refused

T = TypeVar("T")
API = "/admin/v1"
ENDS = ("suspend", "resume", "drain", "wipe")


@dataclass(frozen=True)
class GrantCard:
    """One place that someone looks after: an estate, or one block of it. ``words`` is its name."""

    estate_id: UUID
    block_id: UUID | None
    words: str


@dataclass(frozen=True)
class MemberCard:
    """Someone who works with the program; ``devices`` counts those that can still call."""

    id: UUID
    name: str
    role: Role
    active: bool
    grants: tuple[GrantCard, ...]
    devices: int


@dataclass(frozen=True)
class DeviceCard:
    """A device. ``status``: active, suspended, drain, wipe, wiped; ``alarm``: forked, rewound, reuse or "".

    ``pushed`` operations came from it, ``safe`` of them lie in a verified backup. ``cases``: confirmed, waiting, or
    nothing for a role without them; one that waits shows ``number``, and ``confirmers`` are the safeguarding leads who
    may confirm it.
    """

    id: UUID
    member_id: UUID
    member: str
    name: str
    status: str
    alarm: str
    enrolled_at: datetime
    seen_at: datetime | None
    pushed: int
    safe: int
    cases: str = ""
    number: str = ""
    confirmers: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewCode:
    """A code to join with: it is shown once, lives 15 minutes and works once."""

    member_id: UUID
    name: str
    code: str
    expires_at: datetime


@dataclass(frozen=True)
class HeldCard:
    """One operation in the office's quarantine; ``fields`` is what this person may see of it."""

    id: UUID
    txn: UUID
    member: str
    table: str
    record: UUID
    reason: str
    at: datetime
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class LookCard:
    """Words or a photo of an ambassador that may hold personal data and that nobody has looked at."""

    table: str
    record: UUID
    field: str
    at: datetime


def members(client: Client) -> list[MemberCard]:
    """Everyone, by name."""
    return _all(client, "/members", "members", _member)


def add(
    client: Client, name: str, role: Role, *, estates: Sequence[UUID] = (), blocks: Sequence[UUID] = ()
) -> UUID:
    """Add someone and what they look after; gives their id."""
    body = {"name": name, "role": role.value, "estates": _ids(estates), "blocks": _ids(blocks)}
    return _sense(lambda: UUID(_ask(client, "POST", "/members", body)["member"]))


def disable(client: Client, member: UUID) -> None:
    """End someone's access: their devices may send what they have and get nothing more."""
    _ask(client, "POST", f"/members/{member}/disable", {})


def grant(client: Client, member: UUID, estate: UUID, block: UUID | None = None) -> None:
    """Let someone look after an estate, or one block of it."""
    _ask(client, "POST", f"/members/{member}/grant", _place(estate, block))


def revoke(client: Client, member: UUID, estate: UUID, block: UUID | None = None) -> None:
    """Someone looks after a place no longer."""
    _ask(client, "POST", f"/members/{member}/revoke", _place(estate, block))


def code(client: Client, member: UUID) -> NewCode:
    """A new code with which one device of that person joins."""
    said = _ask(client, "POST", f"/members/{member}/code", {})
    return _sense(
        lambda: NewCode(
            UUID(said["code"]["member_id"]),
            str(said["code"]["name"]),
            str(said["code"]["code"]),
            _moment(said["code"]["expires_at"]),
        )
    )


def devices(client: Client) -> list[DeviceCard]:
    """Every device, by its person's name and then its own."""
    return _all(client, "/devices", "devices", _device)


def end(client: Client, device: UUID, verb: str) -> None:
    """``suspend``, ``resume``, ``drain`` or ``wipe`` a device; ValueError for another word."""
    if verb not in ENDS:
        raise ValueError(verb)
    _ask(client, "POST", f"/devices/{device}/{verb}", {})


def held(client: Client) -> list[HeldCard]:
    """What waits in quarantine, the oldest first, as far as this person may know of it."""
    return _all(client, "/quarantine", "held", _held)


def release(client: Client, operation: UUID) -> bool:
    """Try an operation again with the rest of its action; False when the office still could not take it."""
    results = _ask(client, "POST", f"/quarantine/{operation}/release", {}).get("results", [])
    return _sense(lambda: all(status != "quarantined" for _, status, _ in results))


def dismiss(client: Client, operation: UUID) -> None:
    """Decide that an operation is not applied; its content is kept."""
    _ask(client, "POST", f"/quarantine/{operation}/dismiss", {})


def to_look_at(client: Client) -> list[LookCard]:
    """What of ambassadors waits to be looked at, on the places that this person may read."""
    return _all(client, "/reviews", "reviews", _look)


def looked(client: Client, card: LookCard, *, fine: bool) -> None:
    """Say that it holds no personal data, or that they were removed."""
    body = {"table": card.table, "rid": str(card.record), "field": card.field}
    _ask(client, "POST", "/reviews", body | {"verdict": "fine" if fine else "removed"})


def _ask(client: Client, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    try:
        return client.ask(method, path, body, api=API)
    except Refused as refusal:
        if refusal.code == "not_found":
            raise NotFound("That") from None
        words = refusal.details
        if refusal.code == "told" and isinstance(words.get("message"), str):
            field = str(words.get("field", ""))
            raise Told(words["message"], str(words.get("hint", "")), field=field) from None
        raise


def _all(client: Client, path: str, name: str, read: Callable[[Any], T]) -> list[T]:
    said = _ask(client, "GET", path)
    return _sense(lambda: [read(one) for one in said[name]])


def _sense(read: Callable[[], T]) -> T:
    """What an answer says; the office's word is not believed to be well formed."""
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Garbled from None


def _member(said: Any) -> MemberCard:
    return MemberCard(
        UUID(said["id"]),
        str(said["name"]),
        Role(said["role"]),
        bool(said["active"]),
        tuple(
            GrantCard(UUID(one["estate_id"]), _maybe(one["block_id"]), str(one["words"]))
            for one in said["grants"]
        ),
        int(said["devices"]),
    )


def _device(said: Any) -> DeviceCard:
    return DeviceCard(
        UUID(said["id"]),
        UUID(said["member_id"]),
        str(said["member"]),
        str(said["name"]),
        str(said["status"]),
        str(said["alarm"]),
        _moment(said["enrolled_at"]),
        _moment(said["seen_at"]) if said["seen_at"] else None,
        int(said["pushed"]),
        int(said["safe"]),
        str(said.get("cases", "")),
        str(said.get("number", "")),
        tuple(str(one) for one in said.get("confirmers", ())),
    )


def _held(said: Any) -> HeldCard:
    return HeldCard(
        UUID(said["op_id"]),
        UUID(said["txn_id"]),
        str(said["member"]),
        str(said["table"]),
        UUID(said["rid"]),
        str(said["reason"]),
        _moment(said["at"]),
        dict(said["fields"]),
    )


def _look(said: Any) -> LookCard:
    return LookCard(str(said["table"]), UUID(said["rid"]), str(said["field"]), _moment(said["at"]))


def _ids(some: Sequence[UUID]) -> list[str]:
    return [str(one) for one in some]


def _maybe(text: Any) -> UUID | None:
    return UUID(text) if text else None


def _place(estate: UUID, block: UUID | None) -> dict[str, str | None]:
    return {"estate_id": str(estate), "block_id": str(block) if block else None}


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found
