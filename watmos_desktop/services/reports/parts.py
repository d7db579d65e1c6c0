"""The parts of an inspection report after its cover, in their order; what is empty is left out."""

from __future__ import annotations

from watmos_desktop.services.reports.blocks import photos
from watmos_desktop.services.reports.closing import photo_pages, record_box, signed
from watmos_desktop.services.reports.findings import defect_cards, since_last
from watmos_desktop.services.reports.flow import Section
from watmos_desktop.services.reports.inspection_data import InspectionReport
from watmos_desktop.services.reports.tables import actions_table, all_items, two_scores


def sections(report: InspectionReport) -> list[Section]:
    """All parts in the order of competitors.md 5 that have something to say."""
    numbers = {photo.number for photo in photos(report)}
    parts = (
        since_last(report),
        defect_cards(report),
        actions_table(report),
        two_scores(report),
        all_items(report, numbers),
        signed(report),
        photo_pages(report),
        record_box(report),
    )
    return [part for part in parts if part.blocks]
