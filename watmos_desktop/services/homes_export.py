"""Exporting homes to a file without a formula in it, which imports again without a change."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Block, Estate, Home
from watmos_desktop.services import policy, sheets
from watmos_desktop.services.homes_fields import COLUMNS, LINES
from watmos_desktop.services.homes_preview import as_text
from watmos_desktop.services.policy import Action


def write(session: Session, path: Path) -> int:
    """Write the homes this person looks after to ``path`` (``.xlsx``, else CSV); gives how many.

    Raises NotAllowed, NotWritten, and Told for a text that the format cannot hold.
    """
    actor = policy.require(session, Action.EXPORT, "home")
    columns = [
        column
        for column in COLUMNS
        if column.key not in LINES
        and (column.key != "access_notes" or policy.may_see(actor, "home", "access_notes"))
    ]
    statement = (
        select(Home, Estate.name, Estate.town, Block.name)
        .join(Estate, Home.estate_id == Estate.id)
        .outerjoin(Block, Home.block_id == Block.id)
        .where(Home.deleted.is_(False))
        .order_by(Home.code)
    )
    rows = []
    for home, estate, town, block in session.execute(policy.scope(statement, session, Home)):
        values = as_text(home, estate, town, block)
        rows.append([values[column.key] for column in columns])
    sheets.write(path, [column.heading for column in columns], rows)
    return len(rows)
