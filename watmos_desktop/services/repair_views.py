"""Views of the list of repairs that a person saved, and how they left it: kept inside the workspace, not synced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from watmos_desktop.services import words
from watmos_desktop.services.errors import Told
from watmos_desktop.services.repair_listing import MARKS, SORTS, STATES, Filter
from watmos_desktop.services.store import Store

MOST = 20
NAME_LIMIT = 40


@dataclass(frozen=True)
class View:
    """A list as someone wants to find it again. ``sort`` as ``repairs.page`` takes it: ``due``, ``-title``."""

    name: str
    wanted: Filter = field(default_factory=Filter)
    sort: str = "due"


def views(store: Store) -> list[View]:
    """The views of whoever uses the program, by name; what makes no sense any more is left out."""
    kept = store.recall(_key(store, "views")).get("views", [])
    found = [_read(one) for one in kept if isinstance(one, dict)]
    return sorted((one for one in found if one is not None), key=lambda one: one.name.casefold())


def save(store: Store, view: View) -> View:
    """Keep a view under its name, in the place of one of the same name. Raises Told at ``name``."""
    name = " ".join(view.name.split())
    if not name:
        raise Told("Give the view a name.", "For example: my emergencies.", field="name")
    words.refuse_unkeepable(name, "name")
    words.fits(name, NAME_LIMIT, "name", "The name")
    others = [one for one in views(store) if one.name.casefold() != name.casefold()]
    if len(others) >= MOST:
        raise Told(f"There are {MOST} views already.", "Forget one that you do not need.", field="name")
    made = View(name, view.wanted, view.sort)
    _keep(store, [*others, made])
    return made


def forget(store: Store, name: str) -> View | None:
    """Take a view away; gives it, for undo, or None if there was none of that name."""
    kept = views(store)
    gone = next((one for one in kept if one.name == name), None)
    _keep(store, [one for one in kept if one is not gone])
    return gone


def left(store: Store) -> View:
    """How this person left the list."""
    return _read(store.recall(_key(store, "left"))) or View("")


def leave(store: Store, view: View) -> None:
    """Remember how this person leaves the list."""
    store.remember(_key(store, "left"), _written(view))


def _key(store: Store, what: str) -> str:
    return f"repairs_{what}:{store.actor.staff_id}"


def _keep(store: Store, kept: list[View]) -> None:
    store.remember(_key(store, "views"), {"views": [_written(one) for one in kept]})


def _written(view: View) -> dict[str, Any]:
    wanted = view.wanted
    return {
        "name": view.name,
        "sort": view.sort,
        "state": wanted.state,
        "also": sorted(wanted.also),
        "text": wanted.text,
        "estate": str(wanted.estate_id or ""),
        "block": str(wanted.block_id or ""),
        "area": wanted.area_key,
    }


def _read(kept: Mapping[str, Any]) -> View | None:
    try:
        wanted = Filter(
            str(kept["state"]),
            str(kept["text"]),
            UUID(kept["block"]) if kept["block"] else None,
            frozenset(map(str, kept["also"])),
            UUID(kept["estate"]) if kept["estate"] else None,
            str(kept["area"]),
        )
        known = wanted.state in STATES and wanted.also <= set(MARKS) and kept["sort"].lstrip("-") in SORTS
        return View(str(kept["name"]), wanted, kept["sort"]) if known else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
