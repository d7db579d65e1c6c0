"""What an order and an access card say, read from the record as the person ordering may see it (R2, R10)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import HazardStatus, Specialism
from watmos_desktop.models.tables import HazardCase, Home, Repair
from watmos_desktop.services import (
    access,
    attachments,
    clocks,
    order_view,
    places,
    policy,
    repair_words,
    repairs,
    specialists,
    wording,
)
from watmos_desktop.services.blobs import Blobs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.reports.access_card import AccessCard
from watmos_desktop.services.reports.inspection_data import ReportPhoto
from watmos_desktop.services.reports.source import marks
from watmos_desktop.services.reports.work_order import WorkOrder
from watmos_desktop.services.template_parts import HAZARDS

_PRECAUTIONS = {
    Specialism.ASBESTOS: "Asbestos may be there: do not drill, cut or break anything before it is cleared.",
    Specialism.GAS: "Gas: isolate and test for tightness before and after.",
    Specialism.ELECTRICAL: "Electricity: prove dead before you start.",
    Specialism.FIRE: "Fire safety: leave doors, alarms and exits working, or keep watch until they are.",
    Specialism.LIFTS: "Lift: keep people out of the car and off the landings while you work.",
}
# What can hurt who works there; crowding, noise and the like tell of a household and nothing of the work.
_HURTS = frozenset(
    {
        "asbestos",
        "collisions",
        "damp_and_mould",
        "electrical",
        "falls_between_levels",
        "falls_level",
        "falls_stairs",
        "fire_and_explosions",
        "hot_surfaces",
        "indoor_air",
        "lead",
        "radiation",
        "structural_collapse",
        "water_supply",
    }
)


def work_order(session: Session, blobs: Blobs, job_id: UUID) -> WorkOrder:
    """The order of a job; raises NotAllowed or NotFound."""
    policy.require(session, Action.ORDER_WORK, "job")
    job = order_view.get(session, job_id)
    row = repairs.get_row(session, job.repair_id)
    booked = job.next
    return WorkOrder(
        reference=job.reference,
        repair=row.reference,
        contractor=job.contractor,
        where=_where(session, row),
        place=row.place,
        trade=repair_words.TRADE_WORDS[row.trade],
        priority=row.priority.value.capitalize(),
        due=clocks.promise_words(row.due_at, row.priority),
        title=job.title,
        description=row.description,
        instructions=job.instructions,
        access=job.access_notes,
        appointment=booked.when.words if booked else "",
        hazards=_hazards(session, row, job.specialism),
        ordered_at=job.ordered_at,
        photos=_photos(session, blobs, row.id),
        own_appointment=job.specialism in (Specialism.GAS, Specialism.ASBESTOS, Specialism.FIRE),
    )


def access_card(session: Session, repair_id: UUID) -> AccessCard:
    """The card of a repair: with the last call and the next appointment, where there are; raises NotFound."""
    policy.require(session, Action.KEEP_INFORMED, "repair")
    row = repairs.get_row(session, repair_id)
    tried = access.of_repair(session, repair_id)
    live = [job for job in order_view.of_repair(session, repair_id) if job.live]
    called = tried[-1].tried_at.astimezone(LONDON) if tried else None
    booked = next((job.next for job in live if job.next is not None), None)
    said = f"{wording.long_day(called)} at {wording.clock_time(called)}" if called else ""
    return AccessCard(row.reference, session.info["clock"].now(), said, booked.when.words if booked else "")


def _where(session: Session, row: Repair) -> str:
    home = session.get(Home, row.home_id) if row.home_id else None
    if home is not None:
        return ", ".join(part for part in (home.address, home.postcode) if part)
    place = places.get(session, row.estate_id, row.block_id, row.space_id)
    estate = place.estate if place.estate != place.name else ""
    return ", ".join(part for part in (place.name, place.address, estate) if part)


def _hazards(session: Session, row: Repair, specialism: Specialism | None) -> tuple[str, ...]:
    """By name, never what was written of who lives there: of the repair itself, and of open cases at the place."""
    keys = [row.hazard] if row.hazard else []
    if policy.may(policy.actor(session), Action.SEE, "hazard_case"):
        here = (
            HazardCase.home_id == row.home_id
            if row.home_id
            else (HazardCase.block_id == row.block_id) & HazardCase.home_id.is_(None)
        )
        found = session.scalars(
            policy.scope(
                select(HazardCase.hazard).where(
                    or_(here, HazardCase.repair_id == row.id),
                    HazardCase.status != HazardStatus.CLOSED,
                    ~HazardCase.deleted,
                ),
                session,
                HazardCase,
            )
        )
        keys += list(found)
    text = f"{row.title}\n{row.description}\n{row.place}"
    needed = [need.specialism for need in specialists.needs(row.trade, row.fixture, row.hazard, text)]
    said = [_PRECAUTIONS[one] for one in dict.fromkeys([*needed, *([specialism] if specialism else [])])]
    said += [
        f"Possible hazard there: {HAZARDS[key].lower()}." for key in dict.fromkeys(keys) if key in _HURTS
    ]
    return tuple(dict.fromkeys(said))


def _photos(session: Session, blobs: Blobs, repair_id: UUID) -> tuple[ReportPhoto, ...]:
    """Pictures and what is drawn on them; captions stay behind, for they may name someone."""
    found = []
    for card in attachments.of(session, [repair_id]).get(repair_id, []):
        try:
            jpeg = blobs.get(card.sha256)
        except Told:
            jpeg = b""  # not fetched yet: the paper says that it could not be read
        found.append(ReportPhoto(jpeg, marks=marks(card)))
    return tuple(found)
