"""A day with a canary in every field that may hold something personal: none is found outside the encrypted files.

Every canary holds ``MARK``, so that one search for it, in each way that it might be written, finds them all.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import itertools
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import Text, select
from sqlalchemy.exc import IntegrityError

from tests.conftest import PASSPHRASE, Let
from tests.fakes import FakeClock
from tests.ui.showing import at_once, said
from watmos_desktop import cli
from watmos_desktop.app import Program
from watmos_desktop.models.kinds import DataClass, Role, Scale, Scorer, Sighting
from watmos_desktop.models.tables import SYNCED, Attachment, Home, Person, Staff
from watmos_desktop.services import (
    attachments,
    backup,
    check,
    defects,
    log,
    restore,
    scoring,
    signing,
    vault,
    walk,
    walk_view,
)
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store

MARK = "Qjxkzvwqanary"
SECRET = f"walnut {MARK} basil quartz"
# Fields of the landlord's places that are no codes: an address is personal beside a name.
_PLACES = {"name", "address", "title", "postcode", "town", "number"}

_numbers = itertools.count(1)


def canary() -> str:
    """A new one."""
    return f"{MARK}{next(_numbers)}"


# How it might be written


def ways() -> dict[str, bytes]:
    """The mark in each encoding, as bytes that occur wherever it does."""
    found: dict[str, bytes] = {}
    for coding in ("utf-8", "utf-16-le", "utf-16-be"):
        raw = MARK.encode(coding)
        found[coding] = raw
        found[f"hex of {coding}"] = binascii.hexlify(raw)
        found[f"HEX of {coding}"] = binascii.hexlify(raw).upper()
        found[f"percent of {coding}"] = urllib.parse.quote(raw).encode()
        for place in range(3):  # where the mark begins within a group of three bytes
            coded = base64.b64encode(b"\0" * place + raw)
            found[f"base64 of {coding} at {place}"] = coded[4 if place else 0 : len(coded) // 4 * 4 - 4]
    return found


WAYS = ways()


def hits(data: bytes) -> list[str]:
    """In which ways the mark is written in some bytes."""
    return [way for way, raw in WAYS.items() if raw in data]


def inflated(data: bytes) -> Iterator[bytes]:
    """What lies compressed in some bytes, wherever a zlib stream begins."""
    for head in re.finditer(rb"x[\x01\x5e\x9c\xda]", data):
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(data[head.start() : head.start() + (1 << 16)], 1 << 20)


def scan(folder: Path) -> list[str]:
    """Every file below ``folder``, and every name, that holds the mark in any way."""
    found = []
    for path in folder.rglob("*"):
        seen = hits(os.fsencode(path.relative_to(folder)))
        if path.is_file():
            data = path.read_bytes()
            seen += hits(data)
            seen += [f"zlib, {way}" for inner in inflated(data) for way in hits(inner)]
        found += [f"{path.relative_to(folder)}: {way}" for way in seen]
    return found


def test_the_scan_finds_each_way_of_writing_it(tmp_path: Path) -> None:
    """The control: what must not be found later is found here, at any place in a file."""
    for number, before in enumerate((b"", b"a", b"ab", b"abc")):
        raw = before + f"{MARK}77 lives at 12".encode()
        wide = before * 2 + f"{MARK}77 lives at 12".encode("utf-16-le")
        (tmp_path / f"plain{number}").write_bytes(raw)
        (tmp_path / f"wide{number}").write_bytes(wide)
        (tmp_path / f"64 {number}").write_bytes(base64.b64encode(raw))
        (tmp_path / f"64 wide{number}").write_bytes(base64.b64encode(wide))
        (tmp_path / f"hex{number}").write_bytes(binascii.hexlify(raw))
        (tmp_path / f"zlib{number}").write_bytes(b"head" + zlib.compress(raw))
    (tmp_path / f"named {MARK}").mkdir()
    files = {line.split(":")[0] for line in scan(tmp_path)}
    assert files == {path.name for path in tmp_path.iterdir()}


def test_plain_sqlite_would_be_found_out(let: Let, tmp_path: Path) -> None:
    """The other control: the same names in a database that is not encrypted."""
    plant(let.store)
    with let.store.read() as session:
        names = session.scalars(select(Person.name)).all()
    with contextlib.closing(sqlite3.connect(tmp_path / "plain.db")) as plain:
        plain.execute("CREATE TABLE person (name TEXT)")
        plain.executemany("INSERT INTO person VALUES (?)", [(name,) for name in names])
        plain.commit()
    assert {line.split(":")[0] for line in scan(tmp_path)} == {"plain.db"}


# The day


def plant(store: Store) -> int:
    """Write a canary into every text of every record that may hold something personal; gives how many."""
    count = 0
    with store.write(f"planted {canary()}", undoable=False) as session:
        for model in SYNCED.values():
            fields = [
                column.key
                for column in model.__table__.columns  # type: ignore[attr-defined]
                if isinstance(column.type, Text)
                and (column.info.get("class") is not DataClass.ESTATE or column.key in _PLACES)
            ]
            for row in session.scalars(select(model)):
                for name in fields:
                    setattr(row, name, canary())
                    count += 1
    return count


def picture() -> bytes:
    """A photo whose own data say who took it and where."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = canary(), canary()  # description, artist
    found = io.BytesIO()
    Image.linear_gradient("L").resize((320, 240)).convert("RGB").save(
        found, "JPEG", exif=exif, comment=canary()
    )
    return found.getvalue()


def walk_it(let: Let) -> UUID:
    """A joint walk with words wherever words can be given, signed and amended; gives its id."""
    store = let.store

    def do(change: Callable[..., Any], *args: Any, **keywords: Any) -> Any:
        with store.write(f"did {canary()}") as session:
            return change(session, *args, **keywords)

    walk_id: UUID = do(walk.start, let.landlord.schedule_id)
    do(walk.invite, walk_id, None, canary())
    with store.read() as session:
        seen = walk_view.load(session, walk_id)
    items = seen.template.items
    wrong = next(item for item in items if item.scale is Scale.GRADE and item.phrases)
    for area in seen.template.areas:
        do(walk.move, walk_id, area.items[0].key)
        for carried in seen.unchecked(area.key):
            do(defects.look_again, walk_id, carried.id, Sighting.NOT_FIXED, canary())
        for item in area.items:
            fine = scoring.ok_answer(item).value
            given = {"phrase": item.phrases[0].key} if item is wrong else {"value": fine}
            do(walk.answer, walk_id, item.key, **given)
            do(walk.note, walk_id, item.key, f"Asked {canary()} about it.")
            do(walk.answer, walk_id, item.key, value=fine, scorer=Scorer.AMBASSADOR)
    stored = attachments.store(store.blobs, picture())
    photo_id = do(walk.add_photo, walk_id, stored, wrong.key)
    do(
        attachments.describe,
        photo_id,
        caption=canary(),
        marks=[{"kind": "line", "points": [[0.1, 0.1], [0.4, 0.2]]}],
    )
    both = [
        signing.SignatureDraft(canary(), Role.CARETAKER),
        signing.SignatureDraft(canary(), Role.AMBASSADOR, Scorer.AMBASSADOR),
    ]
    do(signing.sign, walk_id, both)
    do(signing.amend, walk_id, f"It was {canary()}.")
    return walk_id


def go_wrong(store: Store) -> None:
    """Writes that fail with a canary in their hands; each is noted, and its words hold none."""

    def missing(session: Any) -> None:
        home = session.scalars(select(Home)).first()
        session.add(Home(estate_id=home.estate_id, code=canary(), number=canary()))  # no address

    def unknown(session: Any) -> None:
        walk.note(session, store.device_id, canary(), canary())

    def bug(session: Any) -> None:
        session.add(Staff(name=canary(), role=Role.CARETAKER))
        session.flush()
        raise ValueError(canary())

    for fails in (missing, unknown, bug):
        with pytest.raises((IntegrityError, Told, ValueError)) as failed, store.write(canary()) as session:
            fails(session)
        log.fault(failed.value)
        if fails is not bug:
            assert MARK not in str(failed.value)


def look_round(program: Program) -> set[str]:
    """Open every tab, search for a canary in each, and give the titles that the window had."""
    titles = set()
    for tab in (*program.tabs, "people"):
        program.window.go(tab)
        for field in program.window.current().findChildren(QLineEdit):
            field.setText(f"{MARK}1")
        program.window.grab()
        titles |= {widget.windowTitle() for widget in QApplication.topLevelWidgets()}
        titles |= {widget.windowFilePath() for widget in QApplication.topLevelWidgets()}
    return titles


def left_in_widgets() -> list[str]:
    """The widgets that still hold a canary."""
    found = []
    for widget in QApplication.allWidgets():
        words = [
            widget.accessibleName(),
            widget.accessibleDescription(),
            widget.toolTip(),
            widget.windowTitle(),
        ]
        if isinstance(widget, QLineEdit):
            words.append(widget.text())
        if isinstance(widget, QPlainTextEdit | QTextEdit):
            words.append(widget.toPlainText())
        elif hasattr(widget, "text") and callable(widget.text):
            words.append(str(widget.text()))
        if any(MARK in text for text in words):
            found.append(type(widget).__name__)
    return found


_CRASH = """
import json, os, signal, sys
from pathlib import Path
from sqlalchemy import select
from watmos_desktop.models.tables import Person
from watmos_desktop.services import log
from watmos_desktop.services.store import Store
given = json.load(sys.stdin)
store = Store.open(Path(given["home"]), given["passphrase"])
log.start(store.home); log.catch_uncaught()
with store.write(given["words"]) as session:
    session.scalars(select(Person)).first().name = given["words"]
with store.write(given["words"]) as session:
    session.scalars(select(Person)).first().name = given["words"] * 1000
    session.flush()
    if given["how"] == "bug":
        raise ValueError(given["words"])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def crash(home: Path, how: str) -> subprocess.CompletedProcess[str]:
    """A program that ends in the middle of a write: killed, or by a bug that nobody caught."""
    given = json.dumps({"home": str(home), "passphrase": SECRET, "words": canary(), "how": how})
    return subprocess.run(
        [sys.executable, "-c", _CRASH], input=given, capture_output=True, text=True, check=False
    )


@pytest.fixture
def fenced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with everything in it that a program may write to: home, settings, cache, temp."""
    for name in (
        "HOME",
        "USERPROFILE",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_CACHE_HOME",
        "XDG_STATE_HOME",
    ):
        monkeypatch.setenv(name, str(tmp_path / "person" / name))
    for name in ("TMPDIR", "TMP", "TEMP", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    return tmp_path


def test_nothing_personal_leaves_the_encrypted_files(
    let: Let, fenced: Path, qtbot: QtBot, clock: FakeClock, capfd: pytest.CaptureFixture[str]
) -> None:
    store, home = let.store, let.store.home
    log.start(home)
    log.catch_uncaught()
    assert plant(store) > 200
    walk_id = walk_it(let)
    go_wrong(store)
    assert is_planted(store)
    made = backup.make(store)
    backup.copy(store, fenced / "stick")
    findings = check.run(store)
    assert MARK not in repr(findings)
    store.close()
    vault.change_passphrase(home, PASSPHRASE, SECRET)

    program = Program(home, tasks=at_once(), clock=clock)
    program.show()
    qtbot.waitExposed(program.window)
    program.unlock(f"{SECRET} and wrong")
    assert isinstance(program.refused, vault.WrongPassphrase)
    program._person = None
    program.unlock(SECRET)
    assert program.desk is not None
    program.become(let.landlord.manager.staff_id)  # type: ignore[arg-type]
    titles = look_round(program)
    assert MARK in said(program.window), "the canaries are on the screen while it is open"
    report(program, walk_id)
    program.window.lock()
    qtbot.waitUntil(lambda: left_in_widgets() == [])
    assert MARK not in repr(titles)
    program.close()
    program.window.close()
    program.window.deleteLater()

    assert crash(home, "killed").returncode == -signal.SIGKILL
    ended = crash(home, "bug")
    assert ended.returncode == 1
    assert MARK not in ended.stdout + ended.stderr
    assert "fault builtins.ValueError" in ended.stderr
    os.environ["WATMOS_PASSPHRASE"] = SECRET
    try:
        for words in (["check", "--json"], ["check"], ["restore"], ["backup"], ["restore", made.path.name]):
            assert cli.main([*words, "--home", str(home)]) in (0, 1)
    finally:
        del os.environ["WATMOS_PASSPHRASE"]
    restore.restore(fenced / "new", next((fenced / "stick").iterdir()), PASSPHRASE, clock=clock)

    printed = "".join(capfd.readouterr())
    assert MARK not in printed
    assert MARK not in log.report()
    assert log.recent()
    log.stop()
    assert (home / "log" / "watmos.log").stat().st_size > 0
    assert scan(fenced) == []


def is_planted(store: Store) -> bool:
    """The canaries are there, for who may see them: otherwise finding none elsewhere would say nothing."""
    with store.read() as session:
        people = session.scalars(select(Person.name)).all()
        photos = session.scalars(select(Attachment.caption)).all()
    return all(MARK in name for name in people) and any(MARK in words for words in photos)


def report(program: Program, walk_id: UUID) -> None:
    """The report of a signed walk, in memory."""
    from watmos_desktop.services.reports import collect, inspection

    assert program.desk is not None
    collected = program.desk.look(collect.collect, program.desk.store.blobs, walk_id)
    assert inspection.render(collected).startswith(b"%PDF-")
