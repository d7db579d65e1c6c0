"""Within records that many may write: what only some decide, and what bears the name of who decided it.

The roles are the policy's; here stands which fields and values are a decision, judged from what an operation says.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from watmos_desktop.models.kinds import AdaptationStatus, ReviewOutcome
from watmos_desktop.services import policy
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.sync import values

_Needed = tuple[Action, str]

_PLAN: _Needed = (Action.PLAN_WORKS, "programme")
_JUDGE: _Needed = (Action.JUDGE_HAZARD, "hazard_case")
_DECIDE: _Needed = (Action.DECIDE_ADAPTATION, "adaptation")
_APPROVE: _Needed = (Action.APPROVE_VISIT, "visit")
_CHANGE: _Needed = (Action.CHANGE_REPAIR, "repair")

# Fields that only who may take that action writes.
_FIELDS: Mapping[str, Mapping[str, _Needed]] = {
    "repair": dict.fromkeys(("assigned_to", "waiting"), _CHANGE),
    "programme": dict.fromkeys(values.known("programme"), _PLAN),
    "programme_home": {
        **dict.fromkeys(values.known("programme_home"), _PLAN),
        "written_at": (Action.CONSULT, "programme"),
    },
    "hazard_case": dict.fromkeys(
        (
            *("level", "level_reason", "judged_by", "judged_basis", "judged_at"),
            *("investigated_at", "findings", "remote"),
        ),
        _JUDGE,
    ),
    "adaptation": dict.fromkeys(("decision_reason", "decided_by", "decided_at"), _DECIDE),
    "visit": dict.fromkeys(("approved_by", "approved_at"), _APPROVE),
}
# Values that are a decision, whoever may write the field otherwise.
_VALUES: Mapping[str, tuple[str, frozenset[str], _Needed]] = {
    "adaptation": (
        "status",
        frozenset({AdaptationStatus.APPROVED.value, AdaptationStatus.DECLINED.value}),
        _DECIDE,
    ),
    "tenancy_review": (
        "outcome",
        frozenset({ReviewOutcome.CONVERT.value, ReviewOutcome.EXTEND.value, ReviewOutcome.END.value}),
        (Action.DECIDE_TENANCY, "tenancy"),
    ),
}
# Who decided: the one whom the token names, or nobody.
_SIGNED: Mapping[str, str] = {"adaptation": "decided_by", "visit": "approved_by"}


def concerned(table: str, names: Set[str]) -> bool:
    """Whether any of these fields may be a decision, or bear the name of who took it."""
    decided = _VALUES[table][0] if table in _VALUES else ""
    return not names.isdisjoint({*_FIELDS.get(table, {}), decided, _SIGNED.get(table, "")})


def refused(actor: Actor, me: str, table: str, said: Mapping[str, Any]) -> str:
    """Why this member may not say that, a code; nothing when they may. ``said`` of an insert has no neutral values."""
    for name in _FIELDS.get(table, {}).keys() & said.keys():
        if not policy.may(actor, *_FIELDS[table][name]):
            return "role"
    if table in _VALUES:
        name, decisions, needed = _VALUES[table]
        if said.get(name) in decisions and not policy.may(actor, *needed):
            return "role"
    named = _SIGNED.get(table)
    return "author" if named and said.get(named) not in (None, me) else ""
