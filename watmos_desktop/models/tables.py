"""Every table in one import, for the services and the migrations."""

from watmos_desktop.models.attachment import Attachment
from watmos_desktop.models.base import Base, Synced
from watmos_desktop.models.case import CaseNote, RestrictedCase
from watmos_desktop.models.change import Change, Held, Meta, Outbox, Receipt, Sent, UnknownField
from watmos_desktop.models.conflict import Conflict
from watmos_desktop.models.defect import Defect, DefectSighting
from watmos_desktop.models.estate import Block, CommunalArea, CommunitySpace, Estate, Home
from watmos_desktop.models.inspection import (
    Amendment,
    Answer,
    Attendance,
    Inspection,
    Schedule,
    Signature,
    TemplateVersion,
)
from watmos_desktop.models.person import HouseholdMember, Person, Tenancy
from watmos_desktop.models.repair import Clock, Repair, RepairTally
from watmos_desktop.models.staff import Staff, StaffScope

_BY_TABLE = {str(mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}

# Parents before children, so that they can be written in this order.
SYNCED: dict[str, type[Synced]] = {
    table.name: _BY_TABLE[table.name]
    for table in Base.metadata.sorted_tables
    if issubclass(_BY_TABLE[table.name], Synced)
}

__all__ = [
    "SYNCED",
    "Amendment",
    "Answer",
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
    "Defect",
    "DefectSighting",
    "Estate",
    "Held",
    "Home",
    "HouseholdMember",
    "Inspection",
    "Meta",
    "Outbox",
    "Person",
    "Receipt",
    "Repair",
    "RepairTally",
    "RestrictedCase",
    "Schedule",
    "Sent",
    "Signature",
    "Staff",
    "StaffScope",
    "Synced",
    "TemplateVersion",
    "Tenancy",
    "UnknownField",
]
