"""What the forms of a due visit offer to choose from."""

from __future__ import annotations

from watmos_desktop.models.kinds import ReviewOutcome

SLOTS = (
    ("09:30-11:30", "9:30 to 11:30"),
    ("10:30-12:30", "10:30 to 12:30"),
    ("13:00-15:00", "13:00 to 15:00"),
    ("14:30-16:30", "14:30 to 16:30"),
)
DECISIONS = {
    ReviewOutcome.CONVERT: "It becomes an assured tenancy",
    ReviewOutcome.EXTEND: "It is extended to 18 months",
    ReviewOutcome.END: "It is to be ended",
}
DECIDED = {
    ReviewOutcome.CONVERT: "It is an assured tenancy now.",
    ReviewOutcome.EXTEND: "Extended to 18 months.",
    ReviewOutcome.END: "It is to be ended.",
}
