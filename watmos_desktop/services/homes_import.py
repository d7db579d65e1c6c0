"""Importing homes as previewed: all of it, in one write that can be undone, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.tables import Block, Estate, Home
from watmos_desktop.services import homes_editing, policy, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.homes_preview import (
    AT_ONCE,
    Cancelled,
    Known,
    Plan,
    Preview,
    Progress,
    Stopped,
    existing,
    never,
    no_progress,
    read,
)
from watmos_desktop.services.policy import Action
from watmos_desktop.services.store import Store

__all__ = ["Preview", "Stopped", "apply", "read"]


def apply(
    store: Store, preview: Preview, progress: Progress = no_progress, cancelled: Cancelled = never
) -> int:
    """Import what was previewed, all of it or nothing; gives how many homes were written.

    Raises Told when rows were refused or a home changed since the preview, NotAllowed, Stopped.
    """
    if preview.refused:
        rows = wording.count(preview.refused_rows, "row")
        raise Told(
            f"{rows} cannot be imported, so nothing was.", "Put them right in the file and try once more."
        )
    with store.write("imported homes") as session:
        policy.require(session, Action.IMPORT, "home")
        places = _Places(session)
        for done, (plans, known) in enumerate(_batches(session, preview.plan)):
            if cancelled():
                raise Stopped
            for plan in plans:
                _write(session, plan, known.get(plan.code), places)
            session.flush()
            progress(min((done + 1) * AT_ONCE, len(preview.plan)), len(preview.plan))
    return len(preview.plan)


def _batches(session: Session, plan: Sequence[Plan]) -> Iterator[tuple[Sequence[Plan], dict[str, Known]]]:
    for start in range(0, len(plan), AT_ONCE):
        some = plan[start : start + AT_ONCE]
        yield some, existing(session, [one.code for one in some])


def _write(session: Session, plan: Plan, known: Known | None, places: _Places) -> None:
    if (known.id if known else None) != plan.home_id or (known.values if known else {}) != plan.before:
        raise Told("A home was changed since this preview.", "Read the file once more; nothing was imported.")
    values = {**plan.before, **plan.values}
    if known and not values["estate"]:
        values["estate"] = known.values["estate"]
    estate, block = places.of(
        values["estate"] or plan.before.get("estate", ""), values.get("block", ""), values
    )
    fields: dict[str, Any] = {
        "estate_id": estate,
        "block_id": block,
        "code": plan.code,
        "storey": int(values["storey"]) if values.get("storey") else None,
        "bedrooms": int(values["bedrooms"]) if values.get("bedrooms") else None,
        "deleted": False,
    }
    fields |= {key: values.get(key, "") for key in ("uprn", "number", "address", "postcode", "access_notes")}
    if known is None:
        session.add(Home(**fields))
        return
    home = session.get_one(Home, known.id)
    for name, value in fields.items():
        setattr(home, name, value)


class _Places:
    """Estates and blocks by name, made when they are missing."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.estates = {e.name.casefold(): e.id for e in session.scalars(select(Estate)) if not e.deleted}
        self.blocks = {
            (b.estate_id, b.name.casefold()): b.id for b in session.scalars(select(Block)) if not b.deleted
        }
        self.codes = homes_editing.codes(session)

    def of(self, estate: str, block: str, values: Mapping[str, str]) -> tuple[UUID, UUID | None]:
        """The ids of an estate and a block of it."""
        if estate.casefold() not in self.estates:
            row = Estate(code=self._code(estate), name=estate, town=values.get("town", ""))
            self.estates[estate.casefold()] = self._added(row)
        estate_id = self.estates[estate.casefold()]
        key = (estate_id, block.casefold())
        if block and key not in self.blocks:
            postcode = values.get("postcode", "")
            new = Block(
                estate_id=estate_id, code=self._code(f"{estate} {block}"), name=block, postcode=postcode
            )
            self.blocks[key] = self._added(new)
        return estate_id, self.blocks.get(key)

    def _added(self, row: Estate | Block) -> UUID:
        self.session.add(row)
        self.session.flush()
        return row.id

    def _code(self, name: str) -> str:
        return homes_editing.free_code(self.session, name, self.codes)
