"""What the two papers of a hazard case say, as the person using the workspace may see it (rule AW)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import HazardStepKind
from watmos_desktop.models.tables import HazardCase
from watmos_desktop.services import hazard_view, policy
from watmos_desktop.services.errors import Told
from watmos_desktop.services.hazard_view import HazardDetail
from watmos_desktop.services.policy import Action


@dataclass(frozen=True)
class HazardPaper:
    """A case as it is printed. ``printed`` is when; ``checksum`` is over the case, its clocks and its log."""

    case: HazardDetail
    opened_by: str
    in_a_home: bool
    printed: datetime
    checksum: str


def collect(session: Session, case_id: UUID) -> HazardPaper:
    """A case with all that its papers say; raises NotFound or NotAllowed."""
    policy.require(session, Action.OPEN_HAZARD, "hazard_case")
    case = hazard_view.get(session, case_id)
    row = policy.find(session, HazardCase, case_id, "That case")
    return HazardPaper(
        case=case,
        opened_by=hazard_view.who(session, row.opened_by),
        in_a_home=row.home_id is not None,
        printed=session.info["clock"].now(),
        checksum=checksum(case),
    )


def summary(session: Session, case_id: UUID) -> HazardPaper:
    """The same, for the summary that the tenant gets; raises Told before the hazard was looked into."""
    paper = collect(session, case_id)
    if paper.case.investigated_at is None:
        raise Told("It has not been looked into yet.", "Record the investigation; then there is a summary.")
    return paper


def checksum(case: HazardDetail) -> str:
    """SHA-256 over what is told of a case, in its order: what is said of now (how long is left) is left out."""
    steps = [asdict(one) for one in case.log]
    clocks = [(one.key, one.started_at, one.due_at, one.stopped_at) for one in case.clocks]
    texts = (
        case.what,
        case.household,
        case.judged,
        case.level_reason,
        case.findings,
        case.safety_works,
        case.safety_by,
        case.prevention,
        case.prevention_by,
        case.no_action_reason,
        case.closed_reason,
    )
    head = (case.card.id, case.card.reference, case.card.aware_at, case.level, case.card.statutory)
    told = orjson.dumps([head, texts, clocks, steps], option=orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)
    return hashlib.sha256(told).hexdigest()


def last_offer(case: HazardDetail) -> tuple[str, str]:
    """What was last offered as somewhere else to stay, and the answer, each "" when there is none."""
    offer, answer = "", ""
    for one in case.steps:
        if one.kind is HazardStepKind.OFFER:
            offer, answer = one.text, ""
        elif one.kind is HazardStepKind.OFFER_ANSWER:
            answer = " ".join(part for part in (f"{one.outcome}.", one.text) if part)
    return offer, answer
