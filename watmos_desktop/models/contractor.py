"""Contractors: who may be sent for what, where and when (R2, R10)."""

from typing import Any, ClassVar

from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c0, c1, c2
from watmos_desktop.models.kinds import Merge


class Contractor(Synced, Base):
    """A firm or our own team. ``trades`` and ``specialisms`` are codes; ``estates`` ids as text, none is everywhere."""

    __tablename__ = "contractor"
    merges: ClassVar = {"trades": Merge.SET, "specialisms": Merge.SET, "estates": Merge.SET}

    code: Mapped[str] = c0(index=True)
    name: Mapped[str] = c0()
    trades: Mapped[list[Any]] = c0(default=list)
    specialisms: Mapped[list[Any]] = c0(default=list)
    estates: Mapped[list[Any]] = c0(default=list)
    hours: Mapped[str] = c1(default="")
    phone: Mapped[str] = c1(default="")
    emergency_phone: Mapped[str] = c1(default="")
    email: Mapped[str] = c1(default="")
    contact: Mapped[str] = c2(default="")
    registration: Mapped[str] = c1(default="")
    active: Mapped[bool] = c0(default=True)
