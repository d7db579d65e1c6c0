"""The tabs whose work is not built yet: whose they are, and what stands on their page."""

from __future__ import annotations

from dataclasses import dataclass

from watmos_desktop.models.kinds import Role

_STAFF = frozenset(Role) - {Role.AMBASSADOR, Role.ADMINISTRATOR}
_OFFICE = _STAFF - {Role.CARETAKER}


@dataclass(frozen=True)
class ComingTab:
    """``where`` is the tab's name in the promises; ``roles`` have the tab; ``until`` says what to do meanwhile."""

    id: str
    words: str
    icon: str
    where: str
    sentence: str
    roles: frozenset[Role]
    until: str = "Until then, keep recording these where you do now."


COMING = (
    ComingTab(
        "asb",
        "ASB",
        "asb",
        "ASB",
        "Reports of anti-social behaviour, from the first call to the last: who was contacted when, what was "
        "agreed, and what is due next.",
        _STAFF,
    ),
    ComingTab(
        "voice",
        "Resident voice",
        "voice",
        "Resident voice",
        "Events, groups, funds and ideas: what residents said, what was decided, and what came of it.",
        _STAFF | {Role.AMBASSADOR},
    ),
    ComingTab(
        "contacts",
        "Contacts",
        "contacts",
        "Contacts",
        "Every query that comes in, acknowledged in time and answered with the next step.",
        _OFFICE,
    ),
    ComingTab(
        "complaints",
        "Complaints",
        "complaints",
        "Complaints",
        "Complaints, compliments and suggestions in both stages, with every clock kept and every action followed.",
        _OFFICE,
    ),
    ComingTab(
        "performance",
        "Performance",
        "performance",
        "Performance",
        "How each promise is kept, month by month, from the records themselves and without personal data.",
        _OFFICE | {Role.ADMINISTRATOR},
        "Figures of repairs and of visits are there already: on their own tabs, in the menu More.",
    ),
)
