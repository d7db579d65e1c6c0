"""The strip tells the truth in words, and nobody goes home believing more than the office confirmed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import build
from tests.fakes import FakeClock
from tests.network import Faults
from tests.sync.conftest import Device, Joining
from tests.sync.test_photos import take
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import problems, safe, status
from watmos_desktop.services.sync.visit import visit
from watmos_desktop.services.wording import Tone


def go(device: Device) -> None:
    visit(device.store, device.client)


def test_before_there_is_an_office(store: Store) -> None:
    with store.write("an estate") as session:
        build.an_estate(session)
    now = status.status(store)
    assert now.words == "Saved here · 1 waiting · No office yet"
    assert (now.joined, now.problem, now.office) == (False, "", None)
    assert not safe.safe_to_go_home(store).safe


def test_the_strip_through_a_day(joined: Joining, clock: FakeClock) -> None:
    device = joined()
    assert status.status(device.store).words == "Saved here · nothing waiting · Office not reached yet"
    go(device)
    now = status.status(device.store)
    assert (now.words, now.tone) == ("Saved here · nothing waiting · Office 10:42", Tone.OK)
    clock.forward(minutes=5)
    take(device, 500, 600)
    now = status.status(device.store)
    assert (now.records, now.photos, now.waiting, now.tone) == (3, 2, 5, Tone.WARN)
    assert now.words == "Saved here · 5 waiting · Office 10:42"
    home = safe.safe_to_go_home(device.store)
    assert home.words == "Not yet: the office has confirmed 0 of 3 records and 0 of 2 photos."
    go(device)
    assert status.status(device.store).words == "Saved here · nothing waiting · Office 10:47"
    home = safe.safe_to_go_home(device.store)
    assert home.safe
    assert home.words == "Safe to go home: the office has confirmed 3 of 3 records and 2 of 2 photos."
    assert home.hint == "Confirmed on 23 Nov 2026, 10:47."
    clock.forward(days=2)
    now = status.status(device.store)
    assert (now.words, now.tone) == ("Saved here · nothing waiting · Office 23 Nov 2026", Tone.WARN)
    assert safe.safe_to_go_home(device.store).words.endswith("0 of 0 records and 0 of 0 photos.")


def test_a_photo_on_its_way_keeps_one_from_going_home(joined: Joining) -> None:
    device = joined()
    go(device)
    (sha256,) = take(device, 500)
    path = device.store.blobs._path(sha256)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"x")
    go(device)
    home = safe.safe_to_go_home(device.store)
    assert (home.safe, home.confirmed, home.records, home.photos_confirmed, home.photos) == (
        False,
        3,
        3,
        0,
        1,
    )
    path.write_bytes(whole)
    go(device)
    assert safe.safe_to_go_home(device.store).safe


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ("portal", problems.CaptivePortal, "This network shows a page of its own instead of the office."),
        ("drop_request", problems.NoNetwork, "The office cannot be reached just now."),
        ("busy", problems.Busy, "The office is busy just now."),
    ],
)
def test_a_problem_is_told_until_it_is_over(
    fault: str, kind: type[Exception], said: str, joined: Joining
) -> None:
    device = joined()
    go(device)
    device.network.faults = Faults(**{fault: 1.0})
    with pytest.raises(kind):
        go(device)
    now = status.status(device.store)
    assert (now.problem, now.tone) == (said, Tone.WARN)
    assert now.hint
    device.network.faults = Faults()
    go(device)
    assert status.status(device.store).problem == ""


def test_a_wrong_clock_is_told_and_sync_goes_on(joined: Joining, clock: FakeClock) -> None:
    slow = FakeClock(clock.now() - timedelta(hours=2, minutes=10))
    device = joined(clock=slow)
    go(device)
    now = status.status(device.store)
    assert now.problem == "This device's clock is 2 h 10 min behind."
    assert "Sync goes on" in now.hint


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (timedelta(minutes=4), None),
        (timedelta(minutes=-7), "This device's clock is 7 min ahead."),
        (timedelta(hours=3), "This device's clock is 3 h behind."),
    ],
)
def test_how_far_a_clock_is_off(offset: timedelta, said: str | None) -> None:
    words = problems.clock_words(offset)
    assert (words[0] if words else None) == said
