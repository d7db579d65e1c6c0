"""A PIN: what it opens, for how long, how often it may be tried, and that it is no key of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PASSPHRASE, Let
from tests.fakes import FakeClock
from tests.keyrings import derive_once
from watmos_desktop.services import pin, vault
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store

PIN, WRONG = "480215", "480216"


class Ticks:
    """The clock that nobody can set."""

    def __init__(self) -> None:
        self.now = 5000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    derive_once(monkeypatch)


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def locked(let: Let, clock: FakeClock, ticks: Ticks) -> pin.Session:
    session = pin.Session(let.store.home, clock=clock, ticks=ticks)
    pin.choose(let.store, PIN)
    assert session.hold(let.store)
    let.store.close()
    return session


def test_it_opens_again_what_the_passphrase_opened(locked: pin.Session, let: Let, clock: FakeClock) -> None:
    assert locked.offers()
    again = Store.reopen(let.store.home, lambda: locked.open(PIN), clock=clock)
    assert again.device_id == let.store.device_id
    assert again.blobs is not None
    assert not locked.offers()  # nothing is held while it is open
    assert locked.hold(again)  # and again at the next lock
    again.close()


def test_what_is_held_is_neither_key_nor_pin(locked: pin.Session, let: Let) -> None:
    keys = locked.open(PIN)
    held = [value for value in vars(locked).values() if isinstance(value, bytes | bytearray)]
    assert not any(key in one for key in (keys.database, keys.blobs) for one in held)
    assert PIN not in str(vars(locked))
    assert keys.database.hex() not in repr(keys)


def test_five_wrong_tries_leave_only_the_passphrase(locked: pin.Session, let: Let) -> None:
    for left in (4, 3, 2, 1):
        with pytest.raises(pin.WrongPin) as told:
            locked.open(WRONG)
        assert told.value.left == left
    with pytest.raises(pin.PinOver, match="5 times"):
        locked.open(WRONG)
    assert not locked.offers()
    with pytest.raises(pin.PinOver):
        locked.open(PIN)  # the right one, too late
    assert pin.tried(let.store.home) == 5


def test_the_count_is_on_the_disk_before_the_try_is_judged(
    locked: pin.Session, let: Let, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    stretched = pin._stretched

    def judged(digits: str, salt: bytes) -> bytes:
        seen.append(pin.tried(let.store.home))
        return stretched(digits, salt)

    monkeypatch.setattr(pin, "_stretched", judged)
    with pytest.raises(pin.WrongPin):
        locked.open(WRONG)
    locked.open(PIN)
    assert seen == [1, 2]
    assert pin.tried(let.store.home) == 0  # the right one ends the count


def test_taking_the_count_off_the_disk_wins_nothing(locked: pin.Session, let: Let) -> None:
    file = let.store.home / pin.FILE
    for left_behind in (None, b"0", None, b"-3"):
        with pytest.raises(pin.WrongPin):
            locked.open(WRONG)
        file.unlink() if left_behind is None else file.write_bytes(left_behind)
    with pytest.raises(pin.PinOver):
        locked.open(WRONG)


def test_a_count_that_makes_no_sense_or_cannot_be_kept_refuses(
    locked: pin.Session, let: Let, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise Told("no room")

    with monkeypatch.context() as patch:
        patch.setattr(pin, "write_whole", full)
        with pytest.raises(pin.PinOver, match="counted"):
            locked.open(PIN)
    (let.store.home / pin.FILE).write_bytes(b"\xff")
    assert not locked.offers()


@pytest.mark.parametrize(
    ("ticked", "walled"),
    [(8.0, 8.0), (8.0, 0.0), (0.1, 8.0), (2.0, -1.0), (1.0, 0.5), (-0.1, 0.1)],
    ids=["eight hours", "asleep, clock kept", "clock ahead", "clock back", "clock slowed", "ticks back"],
)
def test_after_eight_hours_or_with_a_changed_clock_it_is_over(
    locked: pin.Session, clock: FakeClock, ticks: Ticks, ticked: float, walled: float
) -> None:
    ticks.now += ticked * 3600
    clock.forward(hours=walled)
    assert not locked.offers()
    with pytest.raises(pin.PinOver, match="eight hours"):
        locked.open(PIN)


def test_within_eight_hours_it_opens(locked: pin.Session, clock: FakeClock, ticks: Ticks) -> None:
    ticks.now += 7.9 * 3600
    clock.forward(hours=7.9)
    assert locked.open(PIN).database


def test_without_a_pin_nothing_is_held(let: Let, clock: FakeClock) -> None:
    session = pin.Session(let.store.home, clock=clock)
    assert not session.hold(let.store)
    pin.choose(let.store, PIN)
    assert pin.is_set(let.store)
    assert session.hold(let.store)
    pin.take_away(let.store)
    assert not session.hold(let.store)
    assert not session.offers()


@pytest.mark.parametrize(
    "digits", ["", "48021", "4802151234567", "48021a", "٤٨٠٢١٥", "111111", "123456", "987654", "121212"]
)
def test_a_weak_pin_is_refused_in_words(digits: str) -> None:
    with pytest.raises(pin.WeakPin) as told:
        pin.check(digits)
    assert told.value.field == "pin"


_KILLED = """
import os, signal, sys
from pathlib import Path
from watmos_desktop.services import pin
from watmos_desktop.services.store import Store
home = Path(sys.argv[1])
store = Store.open(home, sys.argv[2])
pin.choose(store, sys.argv[3])
session = pin.Session(home)
session.hold(store)
store.close()
for _ in range(3):
    try:
        session.open("935718")
    except pin.WrongPin:
        pass
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Linux does")
def test_a_killed_program_leaves_the_count_and_no_way_in_by_pin(let: Let) -> None:
    home = let.store.home
    let.store.close()
    run = [sys.executable, "-c", _KILLED, str(home), PASSPHRASE, PIN]
    done = subprocess.run(run, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert pin.tried(home) == 3  # told to whoever opens it with the passphrase
    later = pin.Session(home)  # another run of the program: nothing is held, the right PIN opens nothing
    with pytest.raises(pin.PinOver):
        later.open(PIN)
    for path in home.rglob("*"):
        assert not path.is_file() or PIN.encode() not in path.read_bytes()
    assert vault.unlock(home, PASSPHRASE)


def test_the_folder_holds_nothing_that_a_pin_opens(let: Let) -> None:
    """What the PIN seals is never written: but for the count, the folder has the files it had before."""
    before = {path.name for path in Path(let.store.home).iterdir()}
    session = pin.Session(let.store.home)
    pin.choose(let.store, PIN)
    session.hold(let.store)
    with pytest.raises(pin.WrongPin):
        session.open(WRONG)
    assert {path.name for path in Path(let.store.home).iterdir()} - before <= {pin.FILE}
