"""The table of policy: what each role may see, change and do. Data only; policy.py asks it (security.md S20-S24)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from watmos_desktop.models.kinds import DataClass, Role


class Action(StrEnum):
    """What someone can do; the value completes the sentence ``Your role may not ...``."""

    SEE = "see this"
    INSPECT = "inspect"
    SIGN = "sign an inspection"
    AMEND = "amend a signed inspection"
    PLAN_INSPECTIONS = "change when inspections are due"
    RAISE_REPAIR = "raise a repair"
    CHANGE_REPAIR = "change how soon a repair is done, or whose it is"
    COMPLETE_REPAIR = "complete a repair"
    EDIT_HOMES = "change estates and homes"
    EDIT_PEOPLE = "change residents and tenancies"
    IMPORT = "import homes"
    EXPORT = "export this list"
    REPORT = "make a report"
    MANAGE_STAFF = "change who works here"
    ORDER_WORK = "order work from a contractor"
    EDIT_CONTRACTORS = "change the register of contractors"
    KEEP_INFORMED = "record what a resident was told"
    OPEN_HAZARD = "open a hazard case"
    JUDGE_HAZARD = "judge a hazard"
    ASK_ADAPTATION = "ask for an adaptation"
    DECIDE_ADAPTATION = "decide on an adaptation"
    PLAN_WORKS = "plan works"
    CONSULT = "record what a household said about planned works"
    VISIT = "visit a home"
    PLAN_VISITS = "plan visits"
    APPROVE_VISIT = "approve a visit"
    DECIDE_TENANCY = "decide on a starter tenancy"


class Part(StrEnum):
    """The parts of the record that roles are told apart by."""

    PLACES = "places"
    WALKS = "walks"
    HOMES = "homes"
    PEOPLE = "people"
    STAFF = "staff"
    CASES = "cases"
    CONFLICTS = "conflicts"
    CONTRACTORS = "contractors"
    WORKS = "works"
    HAZARDS = "hazards"
    ADAPTATIONS = "adaptations"
    PROGRAMMES = "programmes"
    VISITS = "visits"


PARTS: Mapping[str, Part] = {
    "estate": Part.PLACES,
    "block": Part.PLACES,
    "communal_area": Part.PLACES,
    "community_space": Part.PLACES,
    "schedule": Part.PLACES,
    "template_version": Part.PLACES,
    "inspection": Part.WALKS,
    "answer": Part.WALKS,
    "attendance": Part.WALKS,
    "signature": Part.WALKS,
    "amendment": Part.WALKS,
    "defect": Part.WALKS,
    "defect_sighting": Part.WALKS,
    "repair": Part.WALKS,
    "clock": Part.WALKS,
    "attachment": Part.WALKS,
    "home": Part.HOMES,
    "person": Part.PEOPLE,
    "tenancy": Part.PEOPLE,
    "household_member": Part.PEOPLE,
    "staff": Part.STAFF,
    "staff_scope": Part.STAFF,
    "restricted_case": Part.CASES,
    "case_note": Part.CASES,
    "conflict": Part.CONFLICTS,
    "contractor": Part.CONTRACTORS,
    "job": Part.WORKS,
    "appointment": Part.WORKS,
    "variation": Part.WORKS,
    "repair_update": Part.WORKS,
    "repair_note": Part.WORKS,
    "access_attempt": Part.WORKS,
    "repair_feedback": Part.WORKS,
    "hazard_case": Part.HAZARDS,
    "hazard_step": Part.HAZARDS,
    "adaptation": Part.ADAPTATIONS,
    "programme": Part.PROGRAMMES,
    "programme_home": Part.PROGRAMMES,
    "programme_response": Part.PROGRAMMES,
    "visit": Part.VISITS,
    "visit_answer": Part.VISITS,
    "visit_attempt": Part.VISITS,
    "visit_signature": Part.VISITS,
    "visit_consent": Part.VISITS,
    "visit_follow_up": Part.VISITS,
    "visit_need": Part.VISITS,
    "referral": Part.VISITS,
    "tenancy_review": Part.VISITS,
    "leave": Part.VISITS,
    "visit_told": Part.VISITS,
    "lone_day": Part.VISITS,
    "lone_check": Part.VISITS,
    "visitor": Part.VISITS,
}

_C0, _C1, _C2, _C3, _C4 = DataClass
Ceiling = DataClass | None

# For each role and part: the most sensitive class it may see, and the most sensitive it may change.
CEILINGS: Mapping[Role, Mapping[Part, tuple[Ceiling, Ceiling]]] = {
    # A neighbour, not staff: facts of the estate, and what they wrote themselves (``mine``).
    Role.AMBASSADOR: {
        Part.PLACES: (_C0, None),
        Part.WALKS: (_C0, _C2),
        Part.CONTRACTORS: (_C0, None),
        Part.PROGRAMMES: (_C0, None),
    },
    # Gets into homes, so reads access notes; who lives there is not needed to keep a block.
    Role.CARETAKER: {
        Part.PLACES: (_C1, None),
        Part.WALKS: (_C2, _C2),
        Part.HOMES: (_C2, None),
        Part.STAFF: (_C1, None),
        Part.CONFLICTS: (_C3, _C0),  # each as far as may_see_conflict lets its own field through
        Part.CONTRACTORS: (_C2, None),
        Part.WORKS: (_C2, _C2),
        Part.HAZARDS: (_C2, _C2),
        Part.PROGRAMMES: (_C1, None),
    },
    Role.TENANCY_OFFICER: {
        Part.PLACES: (_C1, None),
        Part.WALKS: (_C2, _C2),
        Part.HOMES: (_C2, _C2),
        Part.PEOPLE: (_C3, _C3),
        Part.STAFF: (_C1, None),
        Part.CASES: (_C4, _C4),
        Part.CONFLICTS: (_C3, _C0),
        Part.CONTRACTORS: (_C2, None),
        Part.WORKS: (_C2, _C2),
        Part.HAZARDS: (_C3, _C3),
        Part.ADAPTATIONS: (_C3, _C3),
        Part.PROGRAMMES: (_C2, _C2),
        Part.VISITS: (_C3, _C3),
    },
    Role.ASB_OFFICER: {
        Part.PLACES: (_C1, None),
        Part.WALKS: (_C2, _C2),
        Part.HOMES: (_C2, None),
        Part.PEOPLE: (_C3, None),
        Part.STAFF: (_C1, None),
        Part.CASES: (_C4, _C4),
        Part.CONFLICTS: (_C3, _C0),
        Part.CONTRACTORS: (_C2, None),
        Part.WORKS: (_C2, _C2),
        Part.HAZARDS: (_C3, _C3),
        Part.PROGRAMMES: (_C1, None),
    },
    Role.RESIDENT_VOICE: {
        Part.PLACES: (_C1, None),
        Part.WALKS: (_C2, _C2),
        Part.HOMES: (_C1, None),
        Part.PEOPLE: (_C2, _C2),
        Part.STAFF: (_C1, None),
        Part.CASES: (_C4, _C4),
        Part.CONFLICTS: (_C3, _C0),
        Part.CONTRACTORS: (_C2, None),
        Part.WORKS: (_C2, _C2),
        Part.HAZARDS: (_C2, _C2),
        Part.PROGRAMMES: (_C2, _C2),
    },
    Role.SAFEGUARDING_LEAD: {
        Part.PLACES: (_C1, None),
        Part.WALKS: (_C2, _C2),
        Part.HOMES: (_C4, _C4),
        Part.PEOPLE: (_C4, _C4),
        Part.STAFF: (_C1, None),
        Part.CASES: (_C4, _C4),
        Part.CONFLICTS: (_C3, _C0),
        Part.CONTRACTORS: (_C2, None),
        Part.WORKS: (_C2, _C2),
        Part.HAZARDS: (_C4, _C4),
        Part.ADAPTATIONS: (_C4, _C4),
        Part.PROGRAMMES: (_C2, _C2),
        Part.VISITS: (_C4, _C4),
    },
    Role.MANAGER: {
        Part.PLACES: (_C1, _C1),
        Part.WALKS: (_C2, _C2),
        Part.HOMES: (_C2, _C2),
        Part.PEOPLE: (_C3, _C3),
        Part.STAFF: (_C1, _C1),
        Part.CASES: (_C4, _C4),
        Part.CONFLICTS: (_C3, _C0),
        Part.CONTRACTORS: (_C2, _C2),
        Part.WORKS: (_C2, _C2),
        Part.HAZARDS: (_C3, _C3),
        Part.ADAPTATIONS: (_C3, _C3),
        Part.PROGRAMMES: (_C2, _C2),
        Part.VISITS: (_C3, _C3),
    },
    # Manages people and devices; needs no content (S26).
    Role.ADMINISTRATOR: {Part.PLACES: (_C0, None), Part.STAFF: (_C1, _C1)},
}

_OFFICERS = frozenset(Role) - {Role.AMBASSADOR, Role.ADMINISTRATOR}
_WALKERS = _OFFICERS | {Role.AMBASSADOR}
_MANAGERS = frozenset({Role.MANAGER})
# Who reads what visits found of somebody's safety, beside who wrote it (security.md S22): the leads alone. A manager
# has no need to know, and may know the person whom it is about.
GUARDIANS = frozenset({Role.SAFEGUARDING_LEAD})
_VISITORS = frozenset({Role.TENANCY_OFFICER, Role.SAFEGUARDING_LEAD, Role.MANAGER})

# (action, noun) -> who. What is not written here nobody may do; SEE follows from the ceilings.
ALLOWED: Mapping[tuple[Action, str], frozenset[Role]] = {
    (Action.INSPECT, "inspection"): _WALKERS,
    (Action.SIGN, "inspection"): _WALKERS,
    (Action.AMEND, "inspection"): _OFFICERS,
    (Action.REPORT, "inspection"): _WALKERS,
    (Action.PLAN_INSPECTIONS, "schedule"): _MANAGERS,
    (Action.RAISE_REPAIR, "repair"): _WALKERS,
    # In a home: an ambassador is a neighbour there, and reports what is shared.
    (Action.RAISE_REPAIR, "home"): _OFFICERS,
    (Action.CHANGE_REPAIR, "repair"): _OFFICERS,
    (Action.COMPLETE_REPAIR, "repair"): _OFFICERS,
    (Action.EDIT_HOMES, "home"): _MANAGERS | {Role.TENANCY_OFFICER},
    (Action.EDIT_HOMES, "estate"): _MANAGERS,
    (Action.EDIT_PEOPLE, "person"): _MANAGERS | {Role.TENANCY_OFFICER},
    (Action.IMPORT, "home"): _MANAGERS,
    (Action.EXPORT, "home"): _MANAGERS,
    # What they see of their estates anyway, without who lives there.
    (Action.EXPORT, "repair"): _OFFICERS - {Role.CARETAKER},
    (Action.MANAGE_STAFF, "staff"): _MANAGERS | {Role.ADMINISTRATOR},
    (Action.ORDER_WORK, "job"): _OFFICERS,
    (Action.EDIT_CONTRACTORS, "contractor"): _MANAGERS,
    (Action.KEEP_INFORMED, "repair"): _OFFICERS,
    (Action.OPEN_HAZARD, "hazard_case"): _OFFICERS,
    # The competent person is named in the record; these may record the judgement.
    (Action.JUDGE_HAZARD, "hazard_case"): _OFFICERS - {Role.CARETAKER, Role.RESIDENT_VOICE},
    (Action.ASK_ADAPTATION, "adaptation"): _VISITORS,
    (Action.DECIDE_ADAPTATION, "adaptation"): _MANAGERS | {Role.TENANCY_OFFICER},
    (Action.PLAN_WORKS, "programme"): _MANAGERS,
    (Action.CONSULT, "programme"): _VISITORS | {Role.RESIDENT_VOICE},
    (Action.VISIT, "visit"): _VISITORS,
    (Action.PLAN_VISITS, "visit"): _VISITORS,
    (Action.APPROVE_VISIT, "visit"): _MANAGERS,
    (Action.DECIDE_TENANCY, "tenancy"): _MANAGERS,
}
