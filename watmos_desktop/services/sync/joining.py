"""A workspace joins its office: once, by a code that lives 15 minutes, and for one person (docs/sync.md 3)."""

from __future__ import annotations

import shutil
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Connection, delete, func, select

from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED, Base, Change, Outbox, Staff
from watmos_desktop.services import log, staff, vault
from watmos_desktop.services.clock import Clock
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import OFFICE_CLOCK, Store
from watmos_desktop.services.sync import client, keys, memory, problems, wire
from watmos_desktop.services.sync.door import Door

ADDRESS = "office_door"  # a fact of the workspace
_LONGEST_NAME = 80
_LONGEST_CA = 64 * 1024


class HoldsRecords(Told):
    """Records made before joining could not be told from the office's own."""

    def __init__(self) -> None:
        super().__init__(
            "This workspace holds records already, so it cannot join an office.",
            "Choose an empty folder for the office's workspace; this one stays as it is.",
        )


class AnotherPerson(Told):
    """A workspace stays with the person whom it belongs to."""

    def __init__(self) -> None:
        super().__init__(
            "That code was made for somebody else than the person whom this workspace belongs to.",
            "Ask for a code for them, or join with an empty folder.",
            field="code",
        )


class CodeRefused(Told):
    """The code is unknown, used or over; the office does not say which."""

    def __init__(self) -> None:
        super().__init__(
            "The office does not take this code.",
            "A code works once, for 15 minutes. Check it letter by letter, or ask for a new one.",
            field="code",
        )


@dataclass(frozen=True)
class Joined:
    """Whom this workspace now belongs to, and where its office is."""

    url: str
    device: UUID
    member: UUID
    name: str
    role: Role


def enrol_at(
    home: Path,
    passphrase: str,
    url: str,
    code: str,
    device_name: str,
    *,
    ca: str = "",
    clock: Clock | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Joined:
    """Join with the workspace in ``home``, made with that passphrase when there is none yet.

    ``ca`` is the PEM of a private authority. Raises as ``enrol`` does; a workspace made for it is then gone again,
    but for a reply that got lost: then the same code works once more from the same folder.
    """
    look(url, ca, transport)
    made = not vault.exists(home)
    there = set(home.iterdir()) if home.is_dir() else None
    store = (Store.create if made else Store.open)(home, passphrase, clock=clock)
    keep = not made
    try:
        joined = enrol(store, url, code, device_name, ca=ca, transport=transport)
        keep = True
    except problems.NoNetwork:
        keep = True
        raise
    finally:
        store.close()
        if not keep:
            _remove(home, there)
    return joined


def enrol(
    store: Store,
    url: str,
    code: str,
    device_name: str,
    *,
    ca: str = "",
    transport: httpx.BaseTransport | None = None,
    stronghold: keys.Keystore | None = None,
) -> Joined:
    """Join with an open, empty workspace; afterwards it is used by the member whom the code was for.

    One that belongs to the same office and person joins again, as a new device, with all that it holds: after its
    access was ended or its key was lost. What it has not sent is sent then.
    The office proves its key first, and that key is pinned. ``stronghold`` keeps the device's key (None: the
    computer is asked for one; where there is none, the encrypted workspace does).
    Raises HoldsRecords, AnotherPerson, CodeRefused, NotSafe, NoNetwork, CaptivePortal, Untrusted, WrongOffice.
    """
    name = " ".join(device_name.split())[:_LONGEST_NAME]
    before = _member(store)
    if before is None:
        _clear_first_person(store)
    stronghold = stronghold or keys.keystore()
    door = Door(url, ca=ca, proxy=_address(store).get("proxy", ""), transport=transport)
    try:
        proved = client.health(door)
        if before is not None and b64decode(before.office_key) != proved.key:
            raise problems.WrongOffice
        try:
            key = keys.load(store, stronghold)  # the device's, or made at an attempt whose reply got lost
        except problems.KeyGone:
            key = keys.make(store, stronghold)
        body = {
            "code": code.strip(),
            "name": name or "Device",
            "key": b64encode(key.public_key().public_bytes_raw()).decode("ascii"),
            "proof": b64encode(key.sign(code.strip().encode())).decode("ascii"),
        }
        said = _redeem(door, body)
    finally:
        door.close()
    joined = _read(door.url, said, proved)
    if before is not None and before.member_id != joined.member:
        raise AnotherPerson
    tokens = client.read_tokens(said)
    store.remember(ADDRESS, {"ca": ca, "proxy": _address(store).get("proxy", "")})
    store.remember("device", {"id": str(joined.device)})
    store.device_id = joined.device
    keys.keep_tokens(store, tokens)
    if before is not None:
        _again(store, before, joined)
    else:
        memory.join(
            store,
            url=joined.url,
            device=joined.device,
            member=joined.member,
            name=joined.name,
            role=joined.role,
            office_key=b64encode(proved.key).decode("ascii"),
            epoch=UUID(proved.epoch),
        )
    staff.act_as(store, joined.member, remember=True)
    log.event("office.joined", device=joined.device)
    return joined


def look(url: str, ca: str = "", transport: httpx.BaseTransport | None = None) -> client.Health:
    """Ask whether there is an office at that address; raises NotSafe, NoNetwork, CaptivePortal, Untrusted."""
    door = Door(url, ca=ca, transport=transport)
    try:
        return client.health(door)
    finally:
        door.close()


def connect(
    store: Store,
    *,
    transport: httpx.BaseTransport | None = None,
    stronghold: keys.Keystore | None = None,
) -> client.Client:
    """This workspace's way to its office; close it when done. Raises NotJoined, KeyGone, Revoked (no tokens here)."""
    known = memory.load(store)
    tokens = keys.load_tokens(store)
    if tokens is None:  # a copy of the workspace without what lies beside it
        raise problems.refused("unsigned", 401)
    address = _address(store)
    identity = client.Identity(
        device=UUID(known.device),
        key=keys.load(store, stronghold or keys.keystore()),
        office_key=b64decode(known.office_key),
        tokens=tokens,
        keep_tokens=lambda new: keys.keep_tokens(store, new),
        keep_offset=store.go_by,
        offset=clock_offset(store),
        clock=store.clock,
        ca=address.get("ca", ""),
        proxy=address.get("proxy", ""),
    )
    return client.Client(known.url, identity, transport)


def clock_offset(store: Store) -> timedelta:
    """How far the office's clock is ahead of this device's, as last learnt."""
    return timedelta(seconds=store.recall(OFFICE_CLOCK).get("offset", 0.0))


def use_proxy(store: Store, proxy: str) -> None:
    """Go through that proxy from now on ("" for none); the environment's is never used."""
    store.remember(ADDRESS, {**_address(store), "proxy": proxy.strip()})


def read_ca(path: Path) -> str:
    """The PEM of a private authority; raises Told when the file holds none."""
    try:
        text = path.read_text("ascii") if path.stat().st_size <= _LONGEST_CA else ""
    except (OSError, ValueError):
        text = ""
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise Told(
            "That file holds no certificate.", "Ask the office for its authority as a PEM file.", field="ca"
        )
    return text


def _redeem(door: Door, body: Mapping[str, str]) -> dict[str, Any]:
    try:
        return door.send(door.build("POST", f"{client.API}/enrol", content=wire.dumps(body))).json()
    except problems.Refused as refusal:
        if refusal.code == "not_found":
            raise CodeRefused from None
        raise


def _read(url: str, said: Mapping[str, Any], proved: client.Health) -> Joined:
    try:
        if b64decode(said["office_key"], validate=True) != proved.key or said["epoch"] != proved.epoch:
            raise problems.WrongOffice
        member = said["member"]
        return Joined(
            url, UUID(said["device"]), UUID(member["id"]), str(member["name"]), Role(member["role"])
        )
    except (KeyError, TypeError, ValueError, NotBase64):
        raise problems.Garbled from None


def _address(store: Store) -> dict[str, Any]:
    return store.recall(ADDRESS)


def _member(store: Store) -> memory.Memory | None:
    with store.read() as session:
        return memory.read(session)


def _again(store: Store, before: memory.Memory, joined: Joined) -> None:
    """The office knows a new device with no life yet: this one begins another, in which all is offered again."""
    after = replace(
        before, url=joined.url, device=str(joined.device), incarnation="", acked=0, hash="", status="active"
    )
    with store.apply() as connection:
        memory.write(connection, after)
        memory.know(connection, joined.member, joined.name, joined.role)


def _clear_first_person(store: Store) -> None:
    """A new workspace has its first person and nothing else; the office says who works here from now on."""
    with store.read() as session:
        for name, model in SYNCED.items():
            if name != Staff.__tablename__ and session.scalar(select(model.id).limit(1)) is not None:
                raise HoldsRecords
        if (session.scalar(select(func.count()).select_from(Staff)) or 0) > 1:
            raise HoldsRecords
    with store.apply() as connection:
        for table in (Staff, Outbox, Change):
            _empty(connection, table)


def _empty(connection: Connection, table: type[Base]) -> None:
    connection.execute(delete(table))


def _remove(home: Path, there: set[Path] | None) -> None:
    """Take away the workspace that was made for nothing, and nothing that was there before."""
    for path in set(home.iterdir()) - (there or set()):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if there is None:
        home.rmdir()
