"""Everything that an ambassador's device receives and keeps, byte for byte: none of a thousand planted words (S21)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import zstandard
from sqlalchemy import Enum

from tests.network import Network
from tests.office.feed import Feed, filled
from tests.sync.conftest import Device, Joining
from tests.sync.devices import sync
from watmos_desktop.models.base import Id
from watmos_desktop.models.kinds import DataClass, Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services import store as stores
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import drift, joining, lives, memory

SECRET, PUBLIC = b"canary", b"harmless"
ROWS = 12  # of each table
_OWNERS = ("repair", "home", "visit", "hazard_case", "restricted_case")


class Listening(Network):
    """Keeps every answer as it came over the wire."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.heard: list[bytes] = []

    def _returned(self, request: Any, answer: Any, fate: Any) -> Any:
        self.heard.append(bytes(answer.body))
        return super()._returned(request, answer, fate)


def plant(feed: Feed, estate: UUID, block: UUID, member: UUID) -> int:
    """Rows of every table wherever the member reads, each word above C0 another canary; gives how many words."""
    number = 0
    for table, model in SYNCED.items():
        for row in range(ROWS):
            data = filled(table, "x", later=f"canary{number:05}later")
            for column in model.__table__.columns:  # type: ignore[attr-defined]
                name = column.key
                if (
                    name not in data
                    or isinstance(column.type, Id | Enum)
                    or not isinstance(data[name], str | dict)
                ):
                    continue
                if data[name] == "2026-11-23" or str(data[name]).startswith("2026-11-23T"):
                    continue
                open_to_all = column.info["class"] is DataClass.ESTATE
                word = f"{'harmless' if open_to_all else 'canary'}{number:05}"
                number += not open_to_all
                data[name] = word if isinstance(data[name], str) else [word]
            places = {"estate_id": str(estate), "block_id": str(block)}
            data |= {name: one for name, one in places.items() if name in data}
            if "owner_table" in data:
                data["owner_table"] = _OWNERS[row % len(_OWNERS)]
            where = ("org", f"block:{block}", f"user:{member}")[row % 3]
            feed.put(table, data, where)
    return number


def kept(device: Device, folder: Path) -> bytes:
    """The decrypted database with its free pages and index, and every other file of the workspace as it lies there."""
    plain = folder / "plain.db"
    key = device.store.database_key
    device.close()
    connection = stores.connect(device.store.database, key)
    connection.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
    connection.execute("SELECT sqlcipher_export('plain')")
    connection.execute("DETACH DATABASE plain")
    connection.close()
    files = [path.read_bytes() for path in device.store.home.rglob("*") if path.is_file()]
    return b"\n".join([plain.read_bytes(), *files])


def unpacked(heard: list[bytes]) -> bytes:
    """What came, as it came and opened."""
    found = []
    for one in heard:
        found.append(one)
        if one[:4] == zstandard.FRAME_HEADER:
            found.append(zstandard.ZstdDecompressor().decompressobj().decompress(one))
    return b"\n".join(found)


def test_none_of_a_thousand_words_is_received_or_kept(joined: Joining, tmp_path: Path) -> None:
    office = joined.office_app.office
    feed, estate, block = Feed(office), uuid4(), uuid4()
    feed.put("estate", {"code": "E1", "name": "Mill", "town": ""}, f"estate:{estate}", rid=estate)
    feed.put("block", {"estate_id": str(estate), "code": "B1", "name": "Weir"}, f"block:{block}", rid=block)
    feed.place(block, estate)
    seen: dict[Role, bytes] = {}
    for role in (Role.AMBASSADOR, Role.MANAGER):
        device = joined(role, estates=[estate])
        network = Listening(joined.office_app.app)
        device.client = joining.connect(device.store, transport=network)
        sync(device)
        assert plant(feed, estate, block, device.member) >= 1000
        sync(device)
        held = memory.load(device.store)
        for bucket in held.held:
            drift._theirs(device.client, bucket)
        forget_and_read_again(device.store)
        sync(device)
        folder = tmp_path / role.value
        folder.mkdir()
        seen[role] = unpacked(network.heard) + kept(device, folder)
    assert SECRET not in seen[Role.AMBASSADOR]
    assert seen[Role.AMBASSADOR].count(PUBLIC) > 300, "what is for everybody does come"
    assert seen[Role.MANAGER].count(SECRET) > 1000, "the words are there for who may read them"


def forget_and_read_again(store: Store) -> None:
    """A whole first load too, not only what is new."""
    lives.read_from_start(store, memory.load(store), "tried")
