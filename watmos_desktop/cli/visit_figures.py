"""`watmos visits figures`: who was seen within three years, starter tenancies, follow-ups; for people and scripts."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import figures, workspace_options

if TYPE_CHECKING:
    from watmos_desktop.services.visit_figures import VisitFigures


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to ``watmos visits``."""
    parser = verbs.add_parser(
        "figures", parents=[workspace_options()], help="seen in time by estate, tries, starters, follow-ups"
    )
    figures.add_span(parser)
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.set_defaults(run=_figures)


def figures_json(told: VisitFigures) -> dict[str, Any]:
    """``from, to, figures, estates, completed, tries, mean, untold, late, pace, needed, months``.

    A figure has ``key, words, numerator, denominator, share`` (per cent; null where there is nothing to divide by);
    an estate ``name, homes, seen, late, new``; a month ``first, due``: the due curve of the next 36.
    """
    return {
        "from": told.since.isoformat(),
        "to": told.until.isoformat(),
        "figures": figures.as_json(told.figures),
        "estates": [
            {"name": one.name, "homes": one.homes, "seen": one.seen, "late": one.late, "new": one.new}
            for one in told.estates
        ],
        "completed": told.completed,
        "tries": told.tries,
        "mean": None if told.mean is None else round(told.mean, 2),
        "untold": told.untold,
        "late": told.forecast.late,
        "pace": round(told.forecast.pace, 1),
        "needed": told.forecast.needed,
        "months": [{"first": one.first.isoformat(), "due": one.due} for one in told.forecast.months],
    }


def _figures(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import visit_figures, wording

    with open_store(args) as store, store.read() as session:
        told = visit_figures.get(session, args.since, args.until)
    if args.json:
        print(json.dumps(figures_json(told), indent=1, ensure_ascii=False))
        return 0
    print(f"{wording.day(told.since)} to {wording.day(told.until)}")
    for one in told.figures:
        print(figures.line(visit_figures.said(one), one))
    if told.mean is not None:
        print(f"{told.mean:>8.2f}  times at the door for a completed visit ({told.completed:,} visits)")
    for place in told.estates:
        shown = visit_figures.said(place.figure)
        print(f"{shown:>8}  {place.name}: {place.seen} seen, {place.new} not due yet, {place.late} late")
    print(told.forecast.words.text)
    return 0
