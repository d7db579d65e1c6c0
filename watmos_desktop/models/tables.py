"""Every table in one import, for the services and the migrations."""

from watmos_desktop.models.adaptation import Adaptation
from watmos_desktop.models.attachment import Attachment
from watmos_desktop.models.base import Base, Synced
from watmos_desktop.models.case import CaseNote, RestrictedCase
from watmos_desktop.models.change import Change, Held, Meta, Outbox, Receipt, Sent, UnknownField
from watmos_desktop.models.conflict import Conflict
from watmos_desktop.models.contractor import Contractor
from watmos_desktop.models.defect import Defect, DefectSighting
from watmos_desktop.models.estate import Block, CommunalArea, CommunitySpace, Estate, Home
from watmos_desktop.models.hazard import HazardCase, HazardStep
from watmos_desktop.models.inspection import (
    Amendment,
    Answer,
    Attendance,
    Inspection,
    Schedule,
    Signature,
    TemplateVersion,
)
from watmos_desktop.models.job import Appointment, Job, Variation
from watmos_desktop.models.leave import Leave, Visitor
from watmos_desktop.models.lone import LoneCheck, LoneDay
from watmos_desktop.models.person import HouseholdMember, Person, Tenancy, TenancyReview
from watmos_desktop.models.programme import Programme, ProgrammeHome, ProgrammeResponse
from watmos_desktop.models.repair import Clock, Repair, RepairTally
from watmos_desktop.models.repair_log import AccessAttempt, RepairFeedback, RepairNote, RepairUpdate
from watmos_desktop.models.staff import Staff, StaffScope
from watmos_desktop.models.visit import (
    Referral,
    Visit,
    VisitAnswer,
    VisitAttempt,
    VisitConsent,
    VisitFollowUp,
    VisitNeed,
    VisitSignature,
    VisitTold,
)

_BY_TABLE = {str(mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}

# Parents before children, so that they can be written in this order.
SYNCED: dict[str, type[Synced]] = {
    table.name: _BY_TABLE[table.name]
    for table in Base.metadata.sorted_tables
    if issubclass(_BY_TABLE[table.name], Synced)
}

__all__ = [
    "SYNCED",
    "AccessAttempt",
    "Adaptation",
    "Amendment",
    "Answer",
    "Appointment",
    "Attachment",
    "Attendance",
    "Base",
    "Block",
    "CaseNote",
    "Change",
    "Clock",
    "CommunalArea",
    "CommunitySpace",
    "Conflict",
    "Contractor",
    "Defect",
    "DefectSighting",
    "Estate",
    "HazardCase",
    "HazardStep",
    "Held",
    "Home",
    "HouseholdMember",
    "Inspection",
    "Job",
    "Leave",
    "LoneCheck",
    "LoneDay",
    "Meta",
    "Outbox",
    "Person",
    "Programme",
    "ProgrammeHome",
    "ProgrammeResponse",
    "Receipt",
    "Referral",
    "Repair",
    "RepairFeedback",
    "RepairNote",
    "RepairTally",
    "RepairUpdate",
    "RestrictedCase",
    "Schedule",
    "Sent",
    "Signature",
    "Staff",
    "StaffScope",
    "Synced",
    "TemplateVersion",
    "Tenancy",
    "TenancyReview",
    "UnknownField",
    "Variation",
    "Visit",
    "VisitAnswer",
    "VisitAttempt",
    "VisitConsent",
    "VisitFollowUp",
    "VisitNeed",
    "VisitSignature",
    "VisitTold",
    "Visitor",
]
