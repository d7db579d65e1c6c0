"""What hazards, their levels, steps and clocks are called, and what the law says of each, in plain words."""

from __future__ import annotations

from datetime import date, datetime

from watmos_desktop.models.kinds import Channel, HazardLevel, HazardStatus, HazardStepKind
from watmos_desktop.services import promises
from watmos_desktop.services.clock import LONDON

LEVEL_WORDS = {
    HazardLevel.EMERGENCY: "Emergency hazard",
    HazardLevel.SIGNIFICANT: "Significant hazard",
    HazardLevel.NONE: "No hazard that needs action",
}
STATUS_WORDS = {
    HazardStatus.OPEN: "Being looked into",
    HazardStatus.INVESTIGATED: "Looked into, not safe yet",
    HazardStatus.SAFE: "Made safe",
    HazardStatus.CLOSED: "Closed",
}
NO_HAZARD = "Looked into, nothing to make safe"
STEP_WORDS = {
    HazardStepKind.TOLD: "Tenant told",
    HazardStepKind.CONTACT: "In touch",
    HazardStepKind.ACCESS_ATTEMPT: "Tried to get in",
    HazardStepKind.INVESTIGATION: "Looked into",
    HazardStepKind.ASKED_IN_PERSON: "Tenant asked for a visit in person",
    HazardStepKind.SUMMARY: "Written summary given",
    HazardStepKind.SAFETY_WORK: "Safety work",
    HazardStepKind.PREVENTION: "Work to stop it coming back",
    HazardStepKind.OFFER: "Somewhere else to stay offered",
    HazardStepKind.OFFER_ANSWER: "Answer to the offer",
    HazardStepKind.NOTE: "Note",
}
CHANNEL_WORDS = {
    Channel.PHONE: "by phone",
    Channel.TEXT: "by text message",
    Channel.EMAIL: "by e-mail",
    Channel.LETTER: "by letter",
    Channel.IN_PERSON: "in person",
    Channel.DOOR: "at the door",
    Channel.CARD: "by a card through the door",
}
CLOCK_WORDS = {
    "AW.emergency": "Look into it and make it safe",
    "AW.investigate": "Look into it",
    "AW.reinvestigate": "Look into it in person",
    "AW.summary": "Give the written summary",
    "AW.safety": "Finish the safety work",
    "AW.steps": "Begin, or take steps to begin, the work that stops it coming back",
    "AW.prevent": "Begin the work that stops it coming back, at the latest",
}
UNDER_LAW = "Awaab's Law holds for this case. Each time below is the law's."
OWN_AIM = (
    "Awaab's Law did not hold for this hazard when we learned of it. Good practice: we keep the same times as our "
    "own aim."
)
NEVER_PAUSED = "Nobody letting us in does not stop a clock. What was tried is kept below."


def name(hazard: str, on: date) -> str:
    """A hazard as the list in force that day calls it; an id of another list by its own name there."""
    lists = (promises.hazards(on), promises.hazards(date.max), promises.hazards(date.min))
    return next((one.name for known in lists for one in known if one.id == hazard), hazard)


def day_of(moment: datetime) -> date:
    """The day of a moment in Europe/London, which is the day the law counts from."""
    return moment.astimezone(LONDON).date()
