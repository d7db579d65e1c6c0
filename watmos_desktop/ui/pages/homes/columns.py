"""What a row of the Homes list says."""

from __future__ import annotations

from watmos_desktop.services.homes import HomeRow
from watmos_desktop.ui.kit.table import Column, Row

COLUMNS = (
    Column("code", "Reference", 2, sortable=False),
    Column("address", "Home", 5, sortable=False),
    Column("block", "Block", 3, sortable=False),
    Column("estate", "Estate", 3, sortable=False),
)


def row_of(one: HomeRow) -> Row:
    """A home in one line."""
    address = ", ".join(part for part in (one.address, one.postcode) if part)
    return Row(one.id, (one.code, address, one.block, one.estate))
