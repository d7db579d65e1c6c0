"""The days of the officers while they are planned: routes of block visits, what each costs, what can still join.

All is in small whole numbers here: stops, places, officers and days by index, times in minutes from the start of a day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from math import hypot

from watmos_desktop.services.planning.model import AFTERNOON, MORNING, Officer, Place, Problem, Settings

ANY, AM, PM = 0, 1, 2
_HALVES = {MORNING: AM, AFTERNOON: PM}
FAR = 1 << 40


class Segment:
    """What an officer does at one place before going on: some visits, in one half of the day if they ask for that."""

    __slots__ = ("at", "half", "held", "minutes", "place", "stops")

    def __init__(self, place: int, half: int, minutes: int, stops: list[int]) -> None:
        self.place, self.half, self.minutes, self.stops = place, half, minutes, stops
        self.at: int | None = None
        self.held = False

    def copy(self) -> Segment:
        """One that can be changed apart."""
        made = Segment(self.place, self.half, self.minutes, list(self.stops))
        made.at, made.held = self.at, self.held
        return made


class Trip:
    """One officer's day, over at ``ends``.

    ``head`` is time given away at its start: to a colleague's visit at ``head_place``, or a morning off.
    """

    __slots__ = ("busy", "ends", "head", "head_place", "metres", "segments", "strict")

    def __init__(self, begins: int, ends: int) -> None:
        self.segments: list[Segment] = []
        self.metres = 0
        self.busy = 0.0
        self.strict = False  # times of day matter: what joins is tried out, not added up
        self.head = float(begins)
        self.head_place = -1
        self.ends = ends

    def copy(self) -> Trip:
        """One that can be changed apart."""
        made = Trip(0, self.ends)
        made.segments = [one.copy() for one in self.segments]
        made.metres, made.busy, made.strict = self.metres, self.busy, self.strict
        made.head, made.head_place = self.head, self.head_place
        return made


@dataclass
class Options:
    """Where a stop may go: its days by index, which officers, and which half of which weekday."""

    low: int
    high: int
    officers: tuple[int, ...]
    halves: dict[int, int] | None
    minutes: int
    place: int


class Board:
    """All trips, by officer and day."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        settings = problem.settings
        self.metres = _ways(problem.places, settings)
        pace = 60 / (settings.speed * 1000)
        self.travel = [[way * pace for way in row] for row in self.metres]
        self.noon = settings.noon - settings.begins
        self.hours = [
            [self._hours(one, day) for day in problem.days] for one in problem.officers
        ]  # minutes from when to when
        self.base = [-1 if one.base is None else one.base for one in problem.officers]
        self.weekday = [day.weekday() for day in problem.days]
        self.works = [
            [
                day.weekday() in one.weekdays and day not in one.away and begins < ends
                for day, (begins, ends) in zip(problem.days, hours, strict=True)
            ]
            for one, hours in zip(problem.officers, self.hours, strict=True)
        ]
        self.trips: dict[tuple[int, int], Trip] = {}
        self.on: list[list[int]] = [[] for _ in problem.days]  # who has a trip on each day
        self.where: dict[int, tuple[int, int]] = {}
        self.second: dict[int, int] = {}
        self.total = 0
        self.options = [self._options(n) for n in range(len(problem.stops))]

    def _hours(self, officer: Officer, day: date) -> tuple[int, int]:
        begins = self.noon if (day, MORNING) in officer.halves else 0
        return begins, min(officer.minutes, self.noon) if (
            day,
            AFTERNOON,
        ) in officer.halves else officer.minutes

    def _options(self, n: int) -> Options:
        stop, days = self.problem.stops[n], self.problem.days
        estate = self.problem.places[stop.place].estate
        officers = [
            place
            for place, one in enumerate(self.problem.officers)
            if not one.estates or estate in one.estates
        ]
        if stop.language:
            # Who speaks it goes, where anybody does.
            speaking = [one for one in officers if stop.language in self.problem.officers[one].languages]
            officers = speaking or officers
        halves: dict[int, int] | None = None
        if stop.times:
            halves = {}
            for weekday, half in sorted(stop.times):
                halves[weekday] = ANY if weekday in halves else _HALVES[half]
        low = min(bisect_left(days, stop.earliest), len(days) - 1) if days else 0
        # A fixed visit belongs on its day, or the last working day before it.
        high = max(0, bisect_right(days, stop.due) - 1)
        if stop.fixed:
            while high > low and not any(self.works[one][high] for one in officers):
                high -= 1
            low = high
        return Options(low, high, tuple(officers), halves, stop.minutes, stop.place)

    # --- what a route costs ---

    def measure(self, officer: int, trip: Trip) -> tuple[int, float]:
        """Metres and minutes of a route; FAR minutes when it cannot be walked so."""
        here = trip.head_place if trip.head_place >= 0 else self.base[officer]
        metres, now = 0, trip.head
        if trip.head_place >= 0 and self.base[officer] >= 0:
            metres = self.metres[self.base[officer]][here]
        for one in trip.segments:
            if here >= 0:
                metres += self.metres[here][one.place]
                now += self.travel[here][one.place]
            if one.at is not None:
                if now > one.at + 1e-6:
                    return metres, FAR
                now = one.at
            elif one.half == PM and now < self.noon:
                now = self.noon
            now += one.minutes
            if one.half == AM and now > self.noon + 1e-6:
                return metres, FAR
            here = one.place
        if self.base[officer] >= 0 and here >= 0:
            metres += self.metres[here][self.base[officer]]
            now += self.travel[here][self.base[officer]]
        return metres, now

    def half(self, options: Options, day: int) -> int | None:
        """Which half of that day suits; None when the day does not."""
        return ANY if options.halves is None else options.halves.get(self.weekday[day])

    # --- putting in and taking out ---

    def best_in(self, n: int, officer: int, day: int, limit: int = FAR) -> tuple[int, int] | None:
        """(metres more, place in the route) of the cheapest way to fit a stop into a day; -1 - k joins segment k."""
        options = self.options[n]
        half = self.half(options, day)
        if half is None or not self.works[officer][day]:
            return None
        trip = self.trips.get((officer, day))
        if trip is None:
            return self._alone(options, officer, day, half, limit)
        room = trip.ends - trip.busy - options.minutes
        if room < -1e-6 and not trip.strict:
            return None
        place = options.place
        for k, one in enumerate(trip.segments):
            if one.place == place and one.half == half and one.at is None:
                if not trip.strict:
                    return (0, -1 - k)
                one.minutes += options.minutes
                fits = self.measure(officer, trip)[1] <= trip.ends
                one.minutes -= options.minutes
                if fits:
                    return (0, -1 - k)
        return self._between(trip, officer, options, half, room, limit)

    def _alone(
        self, options: Options, officer: int, day: int, half: int, limit: int
    ) -> tuple[int, int] | None:
        base, (begins, ends) = self.base[officer], self.hours[officer][day]
        way = 2 * self.metres[base][options.place] if base >= 0 else 0
        ride = 2 * self.travel[base][options.place] if base >= 0 else 0.0
        if way >= limit or begins + ride + options.minutes > ends:
            return None
        if half == PM and self.noon + options.minutes + ride / 2 > ends:
            return None
        if half == AM and begins + ride / 2 + options.minutes > self.noon:
            return None
        return (way, 0)

    def _between(
        self, trip: Trip, officer: int, options: Options, half: int, room: float, limit: int
    ) -> tuple[int, int] | None:
        place, found = options.place, None
        to, ride = self.metres[place], self.travel[place]
        base = self.base[officer]
        before = trip.head_place if trip.head_place >= 0 else base
        exact = trip.strict or half != ANY
        for k in range(len(trip.segments) + 1):
            after = trip.segments[k].place if k < len(trip.segments) else base
            more = (to[before] if before >= 0 else 0) + (to[after] if after >= 0 else 0)
            if before >= 0 and after >= 0:
                more -= self.metres[before][after]
            if more < limit:
                if exact:
                    trip.segments.insert(k, Segment(place, half, options.minutes, []))
                    fits = self.measure(officer, trip)[1] <= trip.ends
                    del trip.segments[k]
                else:
                    longer = (ride[before] if before >= 0 else 0.0) + (ride[after] if after >= 0 else 0.0)
                    if before >= 0 and after >= 0:
                        longer -= self.travel[before][after]
                    fits = longer <= room
                if fits:
                    limit, found = more, (more, k)
            before = after
        return found

    def put(self, n: int, officer: int, day: int, place: int) -> None:
        """Put a stop where ``best_in`` said."""
        options = self.options[n]
        trip = self.trips.get((officer, day))
        if trip is None:
            trip = self._open(officer, day)
        if place < 0:
            one = trip.segments[-1 - place]
            one.stops.append(n)
            one.minutes += options.minutes
        else:
            half = self.half(options, day) or ANY
            trip.segments.insert(place, Segment(options.place, half, options.minutes, [n]))
            trip.strict = trip.strict or half != ANY
        self.where[n] = (officer, day)
        self.renew(officer, trip)

    def _open(self, officer: int, day: int) -> Trip:
        trip = self.trips[officer, day] = Trip(*self.hours[officer][day])
        self.on[day].append(officer)
        self.on[day].sort()
        return trip

    def trip(self, officer: int, day: int) -> Trip:
        """The trip of a day, begun if there is none."""
        return self.trips.get((officer, day)) or self._open(officer, day)

    def renew(self, officer: int, trip: Trip) -> None:
        """Measure a trip again after it was changed."""
        self.total -= trip.metres
        trip.metres, trip.busy = self.measure(officer, trip)
        self.total += trip.metres

    def drop(self, officer: int, day: int, k: int) -> list[int]:
        """Take a segment out of a route and give its stops."""
        trip = self.trips[officer, day]
        stops = trip.segments.pop(k).stops
        for n in stops:
            del self.where[n]
        self._shrunk(officer, day, trip)
        return stops

    def take(self, n: int) -> None:
        """Take one stop out."""
        officer, day = self.where.pop(n)
        trip = self.trips[officer, day]
        for k, one in enumerate(trip.segments):
            if n in one.stops:
                one.stops.remove(n)
                one.minutes -= self.options[n].minutes
                if not one.stops:
                    del trip.segments[k]
                break
        self._shrunk(officer, day, trip)

    def _shrunk(self, officer: int, day: int, trip: Trip) -> None:
        if trip.segments or trip.head_place >= 0:
            trip.strict = any(one.half != ANY or one.at is not None for one in trip.segments)
            self.renew(officer, trip)
            return
        self.total -= trip.metres
        del self.trips[officer, day]
        self.on[day].remove(officer)


def _ways(places: tuple[Place, ...], settings: Settings) -> list[list[int]]:
    """Metres between any two places: nothing within a block, straight lines made longer, else by estate."""

    def way(one: Place, other: Place) -> int:
        if one.key == other.key:
            return 0
        if None not in (one.x, one.y, other.x, other.y):
            straight = hypot(one.x - other.x, one.y - other.y)  # type: ignore[operator]
            return round(straight * settings.detour)
        return settings.same_estate if one.estate == other.estate else settings.other_estate

    return [[way(one, other) for other in places] for one in places]
