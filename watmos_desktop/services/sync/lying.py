"""Where records lie that have no place of their own: with the record that one of their columns names.

The office puts them there (``watmos_office/buckets.py``), a device counts them there (``drift``): said once for both.
"""

from __future__ import annotations

from collections.abc import Mapping

from watmos_desktop.models.kinds import FollowUpKind

# table -> (column, table of the record that it names); parents before children.
INHERITS: Mapping[str, tuple[str, str]] = {
    "answer": ("inspection_id", "inspection"),
    "attendance": ("inspection_id", "inspection"),
    "signature": ("inspection_id", "inspection"),
    "amendment": ("inspection_id", "inspection"),
    "defect": ("inspection_id", "inspection"),
    "defect_sighting": ("inspection_id", "inspection"),
    "tenancy": ("home_id", "home"),
    "household_member": ("tenancy_id", "tenancy"),
    "tenancy_review": ("tenancy_id", "tenancy"),
    "job": ("repair_id", "repair"),
    "appointment": ("job_id", "job"),
    "variation": ("job_id", "job"),
    "repair_update": ("repair_id", "repair"),
    "repair_note": ("repair_id", "repair"),
    "access_attempt": ("repair_id", "repair"),
    "repair_feedback": ("repair_id", "repair"),
    "hazard_step": ("case_id", "hazard_case"),
    "programme_home": ("programme_id", "programme"),
    "programme_response": ("programme_id", "programme"),
    "visit_answer": ("visit_id", "visit"),
    "visit_attempt": ("visit_id", "visit"),
    "visit_told": ("visit_id", "visit"),
    "visit_signature": ("visit_id", "visit"),
    "visit_consent": ("visit_id", "visit"),
    "visit_follow_up": ("visit_id", "visit"),
    "visit_need": ("home_id", "home"),
    "referral": ("home_id", "home"),
}

# A word of concern does not lie with its visit: only a safeguarding lead of that place reads there, and
# who wrote it (``own_words``), all of them on devices that a second person has confirmed.
CARE = "care:"
CONCERNS = "visit_follow_up"
CONCERN = FollowUpKind.SAFEGUARDING.value
CASE = "restricted_case"


def own_words(member: object) -> str:
    """The bucket of the words of concern that a member wrote."""
    return f"{CARE}user:{member}"


def is_concern(table: str, kind: object, record_table: object) -> bool:
    """Whether a record is a word of concern about somebody's safety, whatever became of it."""
    return table == CONCERNS and (kind == CONCERN or record_table == CASE)
