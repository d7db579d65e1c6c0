"""The weekly sweep takes what nobody names, and nothing that somebody might bring back."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import PASSPHRASE, Let
from tests.fakes import FakeClock
from watmos_desktop.cli import main
from watmos_desktop.models.tables import Attachment
from watmos_desktop.services import sweeping
from watmos_desktop.services.blobs import ORPHAN_AGE
from watmos_desktop.services.store import Store


def _age(store: Store) -> None:
    """Everything on the disk lies there since the day before yesterday."""
    then = time.time() - 2 * ORPHAN_AGE
    for path in store.blobs.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


def test_what_no_record_names_goes_once_a_week(let: Let, clock: FakeClock) -> None:
    store = let.store
    with store.write("removed a photo") as session:
        photos = session.scalars(select(Attachment)).all()
        photos[0].deleted = True
        named = {one.sha256 for one in photos}
    orphan, young = store.blobs.put(b"of a cancelled photo"), b"being added now"
    _age(store)
    fresh = store.blobs.put(young)
    assert sweeping.sweep(store) == 1
    assert not store.blobs.has(orphan)
    assert store.blobs.has(fresh) and all(store.blobs.has(sha) for sha in named)
    again = store.blobs.put(b"another")
    _age(store)
    assert sweeping.sweep(store) == 0 and store.blobs.has(again)
    clock.forward(days=8)
    assert sweeping.sweep(store) == 2


def test_closing_a_workspace_sweeps(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    orphan: Path
    store.blobs.put(b"of a cancelled photo")
    _age(store)
    (orphan,) = [path for path in store.blobs.folder.rglob("*") if path.is_file()]
    home = store.home
    store.close()
    monkeypatch.setenv("WATMOS_PASSPHRASE", PASSPHRASE)
    assert main(["--home", str(home), "status"]) == 0
    assert not orphan.exists()
    assert capsys.readouterr().out
