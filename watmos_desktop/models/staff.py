"""Who works with the program: staff and ambassadors, and the estates or blocks they look after."""

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from watmos_desktop.models.base import Base, Synced, c1
from watmos_desktop.models.kinds import Role


class Staff(Synced, Base):
    """A member of staff or an ambassador, who opens the program under this name and role."""

    __tablename__ = "staff"

    name: Mapped[str] = c1()
    role: Mapped[Role] = c1()
    active: Mapped[bool] = c1(default=True)


class StaffScope(Synced, Base):
    """One estate, or one block of it, that a person looks after. Without any, a manager sees every estate."""

    __tablename__ = "staff_scope"

    staff_id: Mapped[uuid.UUID] = c1(ForeignKey("staff.id"), index=True)
    estate_id: Mapped[uuid.UUID] = c1(ForeignKey("estate.id"))
    block_id: Mapped[uuid.UUID | None] = c1(ForeignKey("block.id"), default=None)
