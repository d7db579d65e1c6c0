"""`watmos repairs list` by filters, as text, JSON or a spreadsheet; `watmos repairs figures`."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import figures, whole_number

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from watmos_desktop.services.repair_figures import Figures
    from watmos_desktop.services.repairs import Filter, RepairCard

_STATES = ("open", "overdue", "today", "double", "done", "signposted", "cancelled")
_MARKS = ("mine", "nobody", "emergency", "hazard", "waiting", "silent", "communal")
_SORTS = ("due", "reported", "title", "ref", "who", "priority")


def add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], options: list[argparse.ArgumentParser]
) -> None:
    """Add the two commands."""
    listing = verbs.add_parser("list", parents=options, help="by filters; next due first")
    listing.add_argument(
        "--filter",
        action="append",
        default=[],
        choices=(*_STATES, *_MARKS),
        help="one state, and any marks to narrow it: --filter overdue --filter mine",
    )
    listing.add_argument("--state", choices=(*_STATES, *_MARKS), help="the same as one --filter")
    listing.add_argument("--sort", choices=[f"{turn}{sort}" for sort in _SORTS for turn in ("", "-")],
                         default="due", help="a minus turns it: --sort=-reported")  # fmt: skip
    listing.add_argument("--place", default="", metavar="NAME", help="reference or name of a block or estate")
    listing.add_argument("--area", default="", metavar="KEY", help="key of a shared part, such as stairs")
    listing.add_argument("--limit", type=whole_number(1_000_000), default=100, metavar="N")
    listing.add_argument("--search", default="", metavar="WORDS")
    listing.add_argument(
        "--out", type=Path, metavar="FILE", help="all of it as a spreadsheet (.xlsx or .csv)"
    )
    told = verbs.add_parser("figures", parents=options, help="RP02, first-time fix, recalls, satisfaction")
    figures.add_span(told)
    for parser, run in ((listing, _list), (told, _figures)):
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.set_defaults(run=run)


def figures_json(told: Figures) -> dict[str, Any]:
    """``{"from", "to", "score", "unknown_tenure", "figures"}``, of each ``key, words, numerator, denominator, share``.

    ``share`` is in per cent, null where there is nothing to divide by.
    """
    return {
        "from": told.since.isoformat(),
        "to": told.until.isoformat(),
        "score": told.score,
        "unknown_tenure": told.unknown,
        "figures": figures.as_json(told.figures),
    }


def print_cards(cards: list[RepairCard], args: argparse.Namespace) -> int:
    """Say them a line each, or as JSON."""
    if args.json:
        from watmos_desktop.cli.repairs import card_json

        print(json.dumps([card_json(card) for card in cards], indent=1, ensure_ascii=False))
        return 0
    for card in cards:
        print(f"{card.reference}  {card.priority.value:<9}  {card.due.text:<22}  {card.title} · {card.where}")
    return 0


def _list(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import repairs, repairs_export, wording

    with open_store(args) as store, store.read() as session:
        wanted = _wanted(session, args)
        if args.out is None:
            return print_cards(repairs.page(session, wanted, 0, args.limit, sort=args.sort), args)
        rows = tuple(repairs_export.rows(session, wanted, args.sort))
    number = repairs_export.save(repairs_export.Collected(args.out, rows), lambda *_: None)
    print(f"{wording.count(number, 'repair')} exported.")
    return 0


def _wanted(session: Session, args: argparse.Namespace) -> Filter:
    from watmos_desktop.services import repair_places, repairs
    from watmos_desktop.services.errors import Told

    asked = [*args.filter, *([args.state] if args.state else [])]
    states = [name for name in asked if name in _STATES]
    if len(set(states)) > 1:
        raise Told(
            f"Only one of {' and '.join(dict.fromkeys(states))} can be listed.",
            f"Narrow it by {', '.join(_MARKS)}.",
            field="filter",
        )
    wanted = repairs.Filter(
        states[0] if states else "open", args.search, also=frozenset(asked) - set(_STATES), area_key=args.area
    )
    if not args.place:
        return wanted
    place = repair_places.home_or_place(session, args.place)
    if place.home_id is not None or place.space_id is not None:
        raise Told("That is no block or estate.", "Give one of them, or use --search.", field="place")
    return replace(wanted, estate_id=place.estate_id, block_id=place.block_id)


def _figures(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import repair_figures, wording

    with open_store(args) as store, store.read() as session:
        told = repair_figures.get(session, args.since, args.until)
    if args.json:
        print(json.dumps(figures_json(told), indent=1, ensure_ascii=False))
        return 0
    print(f"Completed {wording.day(told.since)} to {wording.day(told.until)}")
    for one in told.figures:
        print(f"{one.text:>8}  {one.numerator:>6,} of {one.denominator:<8,} {one.key:<20} {one.words}")
    if told.score is not None:
        print(f"{told.score:>8.1f}  of 5, the mean answer")
    if told.unknown:
        print(f"{wording.count(told.unknown, 'repair')} in homes of unknown tenure, in no RP02.")
    return 0
