"""Both copies of a visit that is done, and the resident's in large print: seen, saved, printed."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.reports import visit_collect, visit_resident, visit_staff
from watmos_desktop.services.reports.visit_copy_data import ResidentCopy, StaffCopy
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.paper import About, Paper, PaperPage

RESIDENT, LARGE, STAFF = "resident", "large", "staff"


class CopiesPage(PaperPage):
    """``open`` takes ``("resident", visit_id)``, ``("large", visit_id)`` or ``("staff", visit_id)``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        def whole(session: Any, visit_id: Any) -> StaffCopy:
            return visit_collect.staff(session, visit_id, desk.store.blobs)

        large = partial(visit_collect.resident, large=True)
        papers = {
            RESIDENT: Paper("Resident's copy", visit_collect.resident, visit_resident.pages, _theirs),
            LARGE: Paper("Resident's copy, large print", large, visit_resident.pages, _theirs),
            STAFF: Paper("Copy for our files", whole, visit_staff.pages, _ours, visit_staff.fit),
        }
        super().__init__(desk, papers, choose=True, parent=parent)


def _theirs(copy: ResidentCopy) -> About:
    size = ", large print" if copy.large else ""
    return About(f"{copy.address} · {copy.reference}", f"Our visit{size}, {copy.reference}")


def _ours(copy: StaffCopy) -> About:
    return About(f"{copy.address} · {copy.reference}", f"Visit record, {copy.reference}")
