"""How sync stands, in words: *Saved here · 3 waiting · Office 16:42*. Works without a network."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from watmos_desktop.models.kinds import ConflictKind, ConflictState
from watmos_desktop.models.tables import Attachment, Conflict, Held, Outbox
from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import joining, memory, photos, problems
from watmos_desktop.services.wording import Tone

_FACT = "sync_problem"
_KNOWN = "joined_known"
NEWCOMER = "newcomer"
_WAS_IT_YOU = (
    "If that was you, say so under Office. If not, ring your office at once: it can end that device's access."
)
_STALE = timedelta(days=1)  # after a day without the office the strip warns


@dataclass(frozen=True)
class Status:
    """``words`` for the strip; ``problem`` and its next step (``hint``), empty when all is well.

    ``records`` and ``photos`` wait to be sent; ``to_review`` are conflicts and held work that ask for a decision;
    ``office`` is when the office last confirmed, None when it never did. ``cases``: whether they come to this device
    (confirmed, waiting, or nothing for a role without them); ``number`` names it while it waits to be confirmed.
    """

    words: str
    problem: str
    hint: str
    tone: Tone
    joined: bool
    records: int
    photos: int
    to_review: int
    office: datetime | None
    code: str
    cases: str = ""
    number: str = ""

    @property
    def waiting(self) -> int:
        """How many records and photos wait together."""
        return self.records + self.photos

    def as_json(self) -> dict[str, Any]:
        """For scripts: moments in ISO 8601."""
        said = asdict(self) | {"waiting": self.waiting, "tone": self.tone.value}
        return said | {"office": self.office.isoformat() if self.office else None}


def status(store: Store) -> Status:
    """How sync stands now, from what this device knows."""
    lacking = len(photos.unconfirmed(store))
    now = store.clock.now()
    with store.read() as session:
        kept = memory.read(session)
        waiting = select(func.count(Outbox.record_id.distinct())).where(
            Outbox.table_name != Attachment.__tablename__
        )
        records = session.scalar(waiting) or 0
        review = _to_review(session)
    office = memory.moment(kept.finished) if kept else None
    found = store.recall(_FACT) or _newcomer(store, kept) or _clock_problem(store)
    parts = [
        "Saved here",
        f"{records + lacking:,} waiting" if records + lacking else "nothing waiting",
        _office(office, now) if kept else "No office yet",
    ]
    return Status(
        " · ".join(parts),
        found.get("message", ""),
        found.get("hint", ""),
        _tone(found, records + lacking, office, now, joined=kept is not None),
        kept is not None,
        records,
        lacking,
        review,
        office,
        found.get("code", ""),
        kept.cases if kept else "",
        kept.number if kept is not None and kept.cases == "waiting" else "",
    )


def went_well(store: Store) -> None:
    """The last sync came to its end: there is no problem to tell."""
    if store.recall(_FACT):
        store.remember(_FACT, {})


def went_wrong(store: Store, problem: Told) -> None:
    """Remember, for the strip and for `watmos status`, what the last sync ended with."""
    code = problem.code if isinstance(problem, problems.Refused) else type(problem).__name__
    store.remember(_FACT, {"message": problem.message, "hint": problem.hint, "code": code})


def it_was_me(store: Store) -> None:
    """This person knows of the device that last joined in their name: it is not told again."""
    kept = memory.load(store)
    if kept.joined:
        store.remember(_KNOWN, {"at": kept.joined[0]})


def _newcomer(store: Store, kept: memory.Memory | None) -> dict[str, str]:
    """Whoever makes a code for somebody could join as them: so who works here hears of it (security.md 2)."""
    if kept is None or len(kept.joined) != 2 or store.recall(_KNOWN).get("at", "") >= kept.joined[0]:
        return {}
    at = memory.moment(kept.joined[0])
    assert at is not None
    said = (
        f"Another device has joined in your name: {kept.joined[1]}, {wording.moment(at.astimezone(LONDON))}."
    )
    return {"message": said, "hint": _WAS_IT_YOU, "code": NEWCOMER}


def _to_review(session: Any) -> int:
    clashes = select(func.count()).where(
        Conflict.state == ConflictState.OPEN, Conflict.kind != ConflictKind.PARALLEL, ~Conflict.deleted
    )
    held = select(func.count()).select_from(Held).where(~Held.seen)
    return int(session.scalar(clashes) or 0) + int(session.scalar(held) or 0)


def _clock_problem(store: Store) -> dict[str, str]:
    said = problems.clock_words(joining.clock_offset(store))
    return {"message": said[0], "hint": said[1], "code": "clock"} if said else {}


def _office(at: datetime | None, now: datetime) -> str:
    """``Office 16:42`` today, ``Office 22 Nov 2026`` before."""
    if at is None:
        return "Office not reached yet"
    same = at.astimezone(LONDON).date() == now.astimezone(LONDON).date()
    return f"Office {wording.clock_time(at) if same else wording.day(at.astimezone(LONDON))}"


def _tone(problem: dict[str, str], waiting: int, at: datetime | None, now: datetime, *, joined: bool) -> Tone:
    if problem.get("code") in ("suspended", "unsigned", "wipe", "WrongOffice", "KeyGone"):
        return Tone.BAD
    late = joined and (at is None or now - at > _STALE)
    return Tone.WARN if problem or waiting or late else Tone.OK
