"""Need-to-know cases: domestic abuse, safeguarding, hate incidents. Named people only (security.md S22)."""

import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c4
from watmos_desktop.models.kinds import CaseKind, CaseStatus, Merge


class RestrictedCase(Synced, Base):
    """A case that only its team knows of; its id is random (UUIDv4), so that it does not tell when it was opened."""

    __tablename__ = "restricted_case"
    merges: ClassVar = {"status": Merge.GUARDED}
    authors: ClassVar = ("opened_by",)

    kind: Mapped[CaseKind] = c4()
    status: Mapped[CaseStatus] = c4(default=CaseStatus.OPEN)
    title: Mapped[str] = c4()
    summary: Mapped[str] = c4(default="")
    home_id: Mapped[uuid.UUID | None] = c4(ForeignKey("home.id"), default=None)
    person_id: Mapped[uuid.UUID | None] = c4(ForeignKey("person.id"), default=None)
    opened_by: Mapped[uuid.UUID] = c4(ForeignKey("staff.id"))
    opened_at: Mapped[datetime] = c4()


class CaseNote(Synced, Base):
    """One entry of a case's log; a wrong one is corrected by another, never edited. Without words: somebody looked."""

    __tablename__ = "case_note"
    authors: ClassVar = ("staff_id",)
    append_only = True

    case_id: Mapped[uuid.UUID] = c4(ForeignKey("restricted_case.id"), index=True)
    text: Mapped[str] = c4()
    staff_id: Mapped[uuid.UUID] = c4(ForeignKey("staff.id"))
    made_at: Mapped[datetime] = c4()
