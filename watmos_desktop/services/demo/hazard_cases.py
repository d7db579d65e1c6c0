"""The demo landlord's hazard cases: one in every state with its clocks and its log, one of them across Christmas."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from watmos_desktop.models.kinds import Channel, HazardLevel, HazardStatus, HazardStepKind
from watmos_desktop.services import promises
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.demo.landlord import Landlord
from watmos_desktop.services.demo.rows import Row, Rows
from watmos_desktop.services.hazard_steps import ACCEPTED, NOTICE
from watmos_desktop.services.hazards import BEGUN, COMPLETE, STEPS_TAKEN

_MOULD = "damp_and_mould"
_BY, _BASIS = "Priya Shah", "Damp surveyor, CSRT"
_BLANK: dict[str, Any] = {
    "status": HazardStatus.OPEN,
    "level": None,
    "judged_at": None,
    "investigated_at": None,
    "closed_at": None,
    "remote": False,
    **dict.fromkeys(
        (
            "household",
            "level_reason",
            "judged_by",
            "judged_basis",
            "findings",
            "safety_works",
            "safety_by",
            "prevention",
            "prevention_by",
            "no_action_reason",
            "closed_reason",
        ),
        "",
    ),
}


class _Case:
    """A case as it grows, step by step, each at its moment."""

    def __init__(
        self, rows: Rows, who: Row, place: Row, hazard: str, aware: datetime, what: str, **more: Any
    ) -> None:
        self._rows, self._who = rows, who
        self._running: dict[str, Row] = {}
        emergency = bool(more.pop("emergency", False))
        self.row = rows.add(
            "hazard_case",
            aware,
            prefix="H",
            estate_id=place.get("estate_id") or place["id"],
            block_id=place.get("block_id") or place["id"],
            home_id=place["id"] if "block_id" in place else None,
            repair_id=None,
            hazard=hazard,
            what=what,
            distinct_from=[],
            aware_at=aware,
            opened_by=who["id"],
            statutory=promises.awaab_applies(hazard, emergency, aware.astimezone(LONDON).date()),
            **(_BLANK | more),
        )
        self.step(aware, HazardStepKind.NOTE, what, "Case opened.")
        self.start("AW.emergency" if emergency else "AW.investigate", aware)

    def start(self, key: str, at: datetime) -> None:
        due = promises.due(key, at)
        self._running[key] = self._rows.add(
            "clock",
            at,
            owner_table="hazard_case",
            owner_id=self.row["id"],
            key=key,
            started_at=at,
            due_at=due.due_at,
            held_from=due.held_from,
            told_at=at,
            stopped_at=None,
        )

    def stop(self, at: datetime, *keys: str) -> None:
        for key in keys:
            if key in self._running:
                self._running.pop(key)["stopped_at"] = at

    def step(
        self,
        at: datetime,
        kind: HazardStepKind,
        text: str = "",
        outcome: str = "",
        how: Channel | None = None,
    ) -> None:
        self._rows.add(
            "hazard_step",
            at,
            case_id=self.row["id"],
            kind=kind,
            at=at,
            how=how,
            text=text,
            outcome=outcome,
            staff_id=self._who["id"],
        )

    def tried(self, at: datetime, how: Channel, text: str, *, notice: bool = False) -> None:
        self.step(at, HazardStepKind.ACCESS_ATTEMPT, text, NOTICE if notice else "No access", how)

    def found(self, at: datetime, level: HazardLevel, reason: str, **said: Any) -> None:
        """The investigation was concluded: what the law asks next starts there."""
        self.row.update(
            said,
            level=level,
            level_reason=reason,
            judged_by=_BY,
            judged_basis=_BASIS,
            judged_at=at,
            investigated_at=at,
            status=HazardStatus.INVESTIGATED,
        )
        self.stop(at, "AW.investigate")
        self.step(at, HazardStepKind.INVESTIGATION, said["findings"], f"Judged by {_BY} ({_BASIS}).")
        self.start("AW.summary", at)
        if level is HazardLevel.SIGNIFICANT:
            self.start("AW.safety", at)
        if said.get("prevention"):
            self.start("AW.steps", at)
            self.start("AW.prevent", at)

    def summary(self, at: datetime, how: Channel = Channel.LETTER) -> None:
        self.stop(at, "AW.summary")
        self.step(at, HazardStepKind.SUMMARY, how=how)

    def safe(self, at: datetime, text: str) -> None:
        self.row["status"] = HazardStatus.SAFE
        self.stop(at, "AW.safety", "AW.emergency")
        self.step(at, HazardStepKind.SAFETY_WORK, text, COMPLETE)

    def prevented(self, at: datetime, outcome: str, text: str) -> None:
        self.stop(at, "AW.steps", *(("AW.prevent",) if outcome != STEPS_TAKEN else ()))
        self.step(at, HazardStepKind.PREVENTION, text, outcome)

    def close(self, at: datetime) -> None:
        self.row.update(status=HazardStatus.CLOSED, closed_at=at)
        self.step(at, HazardStepKind.NOTE, "", "Case closed")


_WORKS = {
    "findings": "Black mould on the outside wall of the back bedroom. The gutter above leaks; the fan does not run.",
    "safety_works": "Mould wash, gutter joint sealed, dehumidifier lent.",
    "safety_by": "Within five working days, by Dry Homes Ltd",
    "prevention": "New gutter along the back wall, humidity-controlled fan, repainting.",
    "prevention_by": "Begun within three weeks",
}
_WHAT = "Black spots on the bedroom wall, back again after wiping."
_BABY = "A baby of five months sleeps in the room; the mother has asthma."


def make(rows: Rows, landlord: Landlord, now: datetime, since: datetime) -> None:
    """Cases of every state on the first estate, as they would stand today."""
    estate = landlord.estates[0]
    homes = [home for home, _ in landlord.homes if home["estate_id"] == estate.row["id"]]
    manager, caretaker = landlord.manager, estate.caretaker or landlord.manager

    def home(number: int) -> Row:
        return homes[number * 3 % len(homes)]

    def ago(days: float, hour: int = 10) -> datetime:
        at = (now - timedelta(days=days)).astimezone(LONDON).replace(hour=hour, minute=20, second=0)
        return min(at, now - timedelta(minutes=5)).astimezone(UTC).replace(microsecond=0)

    soon = (now - timedelta(hours=5)).astimezone(UTC).replace(microsecond=0)
    told = "Socket in the kitchen sparks and smells of burning."
    _Case(rows, manager, home(0), "electrical", soon, told, emergency=True)
    fresh = _Case(rows, caretaker, home(1), _MOULD, ago(4), _WHAT, household=_BABY)
    fresh.tried(ago(2), Channel.DOOR, "Nobody in, card left.")
    # Rung in the day after by somebody who did not know of the first: to be looked at and decided.
    _Case(rows, manager, home(1), _MOULD, ago(3, 15), "Mould in the bedroom; the wall feels wet.")
    late = _Case(rows, manager, home(2), _MOULD, ago(19), "Wet patch by the window, wallpaper off.")
    for days, way, words in (
        (14, Channel.DOOR, "Nobody in, card left."),
        (11, Channel.PHONE, "No answer, message left."),
        (5, Channel.LETTER, "We come tomorrow between 10 and 12."),
    ):
        late.tried(ago(days), way, words, notice=way is Channel.LETTER)
    looked = _Case(rows, manager, home(3), _MOULD, ago(8), _WHAT, household=_BABY)
    looked.found(ago(1), HazardLevel.SIGNIFICANT, "A baby breathes it in every night.", **_WORKS)
    looked.step(ago(1, 15), HazardStepKind.OFFER, "A family room at a hotel near by", how=Channel.PHONE)
    _begun(_Case(rows, manager, home(4), _MOULD, ago(18), _WHAT), ago)
    _Case(rows, manager, home(5), "excess_cold", ago(7), "Living room at 14 degrees with the heating on.")
    nothing = _Case(rows, caretaker, home(6), _MOULD, ago(12), "A mark on the ceiling.", remote=True)
    nothing.found(
        ago(6),
        HazardLevel.NONE,
        "Dry, small, and known where it came from.",
        findings="A dry mark from a bath that ran over in the home above. It wipes off.",
        no_action_reason="It is dry and will not grow; the bath above was mended.",
    )
    nothing.summary(ago(5), Channel.EMAIL)
    stairs = _Case(
        rows, caretaker, estate.blocks[0], "falls_stairs", ago(6), "A nosing is loose on the third flight."
    )
    stairs.step(
        ago(5), HazardStepKind.TOLD, "Sign put up; residents told on the stairs.", how=Channel.IN_PERSON
    )
    year = now.astimezone(LONDON).year - 1
    if (before := datetime(year, 12, 19, 15, 10, tzinfo=LONDON).astimezone(UTC)) > since:
        _across_christmas(_Case(rows, manager, home(7), _MOULD, before, _WHAT, household=_BABY), year)


def _begun(case: _Case, ago: Any) -> None:
    """Looked into, told, made safe in time; what stops it coming back is ordered."""
    case.found(ago(9), HazardLevel.SIGNIFICANT, "Two children share the room.", **_WORKS)
    case.summary(ago(8))
    case.safe(ago(5, 14), "Mould washed off, gutter joint sealed.")
    case.prevented(ago(5, 15), STEPS_TAKEN, "Gutter and fan ordered.")


def _across_christmas(case: _Case, year: int) -> None:
    """From the last Friday before Christmas to a dry wall in February."""

    def at(month: int, day: int, hour: int) -> datetime:
        of = year if month == 12 else year + 1
        return datetime(of, month, day, hour, 30, tzinfo=LONDON).astimezone(UTC)

    case.found(at(12, 22, 11), HazardLevel.SIGNIFICANT, "A baby breathes it in every night.", **_WORKS)
    case.step(
        at(12, 22, 12),
        HazardStepKind.OFFER,
        "A family room at a hotel until it is dry",
        how=Channel.IN_PERSON,
    )
    case.step(at(12, 22, 16), HazardStepKind.OFFER_ANSWER, "From 23 December", ACCEPTED)
    case.summary(at(12, 23, 9))
    case.safe(at(12, 30, 13), "Mould washed off, gutter joint sealed, dehumidifier running.")
    case.prevented(at(1, 12, 9), BEGUN, "Gutter work under way.")
    case.prevented(at(1, 30, 15), COMPLETE, "Gutter, fan and painting done; wall dry.")
    case.close(at(2, 3, 10))
