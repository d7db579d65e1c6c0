"""A demo landlord that looks real and is not: estates, homes, people, staff, and years of inspections and repairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta

from sqlalchemy import select

from watmos_desktop.models.tables import Estate
from watmos_desktop.services import attachments, wording
from watmos_desktop.services.demo import (
    after_visits,
    at_home,
    before_visits,
    contracted,
    hazard_cases,
    in_hand,
    landlord,
    people,
    pictures,
    planned,
    this_week,
    visited,
)
from watmos_desktop.services.demo.history import PLACES_PER_SCENE, History, Photos
from watmos_desktop.services.demo.rows import Rows
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store

MOST_HOMES = 20_000
MOST_YEARS = 8  # the clocks know the working days from 2015 on
FIRST = "M. Kaur"  # whose Today page is full


@dataclass(frozen=True)
class Made:
    """What was made."""

    estates: int
    blocks: int
    homes: int
    walks: int
    defects: int
    repairs: int
    photos: int
    rows: int

    @property
    def words(self) -> str:
        """In one sentence."""
        parts = [
            wording.count(self.estates, "estate"),
            wording.count(self.blocks, "block"),
            wording.count(self.homes, "home"),
            wording.count(self.walks, "signed inspection"),
            wording.count(self.defects, "defect"),
            wording.count(self.repairs, "repair"),
        ]
        return ", ".join(parts[:-1]) + f" and {parts[-1]}"


def check(homes: int, years: float) -> None:
    """Raise Told for numbers that no demo has."""
    if not 1 <= homes <= MOST_HOMES or not 0 < years <= MOST_YEARS:
        raise Told(
            f"A demo has 1 to {MOST_HOMES:,} homes and up to {MOST_YEARS} years.", "Choose other numbers."
        )


def make(
    store: Store,
    homes: int,
    years: float,
    seed: int,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Made:
    """Fill an empty workspace with a landlord of so many homes and years; the same seed gives the same landlord.

    ``progress`` hears estates done and all estates. Raises Told for a workspace in use or numbers out of range.
    """
    check(homes, years)
    with store.read() as session:
        if session.scalar(select(Estate.id).limit(1)) is not None:
            raise Told("There are estates in this workspace already.", "Choose an empty folder for the demo.")
    now = store.clock.now()
    since = (now - timedelta(days=round(years * 365.25) + 30)).astimezone(UTC).replace(microsecond=0)
    rows = Rows(seed)
    photos = _photos(store)
    with store.apply() as connection:
        made = landlord.make(rows, homes, since)
        people.make(rows, made, since, now.date())
        history = History(rows, photos, contracted.of_trade(), now, years)
        history.forms(since)
        rows.write(connection)
        for n, place in enumerate(made.estates):
            history.place(place, busy=n == 0)
            rows.write(connection)
            progress(n + 1, len(made.estates))
        hazard_cases.make(rows, made, now, since)
        rows.write(connection)
        planned.make(rows, connection, made, now, since)
        rows.write(connection)
        at_home.make(rows, connection, made, now, years)
        rows.write(connection)
        this_week.make(rows, connection, made, now)
        rows.write(connection)
        contracted.make(rows, connection, made, now, since)
        rows.write(connection)
        visited.make(rows, connection, made, now)
        rows.write(connection)
        after_visits.make(rows, connection)
        before_visits.make(rows, connection, now)
        in_hand.make(rows, connection, now)
        rows.write(connection)
    return Made(
        estates=len(made.estates),
        blocks=sum(len(place.blocks) for place in made.estates),
        homes=len(made.homes),
        walks=history.walks,
        defects=history.defects,
        repairs=history.repairs,
        photos=len(photos),
        rows=rows.written,
    )


def _photos(store: Store) -> Photos:
    """Draw each scene, sound and with something wrong, and keep the pictures with the workspace."""
    return {
        (scene, seed, wrong): attachments.store(store.blobs, pictures.draw(scene, seed, wrong=wrong))
        for scene in pictures.SCENES
        for seed in range(PLACES_PER_SCENE)
        for wrong in (False, True)
    }
