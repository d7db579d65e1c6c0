"""`watmos hazards list | show REF | due`: cases under Awaab's Law, for scripts, with the window's policy and errors."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import workspace_options

if TYPE_CHECKING:
    from watmos_desktop.services.hazard_list import HazardCard
    from watmos_desktop.services.hazard_view import HazardDetail

_STATES = ("open", "overdue", "soon", "emergency", "look", "unsafe", "prevent", "closed")
_MANY = 1_000_000


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    noun = commands.add_parser("hazards", help="damp, mould and other hazards: what ends next")
    verbs = noun.add_subparsers(metavar="what", required=True)
    options = [workspace_options()]
    listed = verbs.add_parser("list", parents=options, help="cases, the one whose clock ends next first")
    listed.add_argument("--state", choices=_STATES, default="open")
    show = verbs.add_parser("show", parents=options, help="one case with its clocks and its log")
    show.add_argument("reference", metavar="REF", help="such as H-7K3M-9D4T")
    due = verbs.add_parser("due", parents=options, help="cases late or ending within three days")
    for parser, run in ((listed, _list), (show, _show), (due, _due)):
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.set_defaults(run=run)


def card_json(card: HazardCard) -> dict[str, Any]:
    """One case: ``reference, hazard, where, level, status, statutory, aware_at, due_at, due, next``.

    Times are ISO with offset; ``due_at`` and ``next`` are null where no clock runs; ``level`` and ``due`` in words.
    """
    return {
        "reference": card.reference,
        "hazard": card.hazard,
        "where": card.where,
        "level": card.level,
        "status": card.status.value,
        "statutory": card.statutory,
        "aware_at": _iso(card.aware_at),
        "due_at": _iso(card.due_at),
        "due": card.due.text,
        "next": card.what_next or None,
    }


def detail_json(detail: HazardDetail) -> dict[str, Any]:
    """``card_json`` with what was found and decided, ``clocks`` and ``log``.

    ``clocks``: ``{"key", "what", "started_at", "due_at", "stopped_at", "late"}``; ``log``, oldest first:
    ``{"at", "what", "how", "text", "outcome", "who"}``.
    """
    names = (
        "what",
        "household",
        "judged",
        "level_reason",
        "findings",
        "safety_works",
        "safety_by",
        "prevention",
        "prevention_by",
        "no_action_reason",
        "closed_reason",
        "repair",
        "unfinished",
    )
    return card_json(detail.card) | {
        **{name: getattr(detail, name) or None for name in names},
        "clocks": [
            {
                "key": one.key,
                "what": one.what,
                "started_at": _iso(one.started_at),
                "due_at": _iso(one.due_at),
                "stopped_at": _iso(one.stopped_at),
                "late": one.late,
            }
            for one in detail.clocks
        ],
        "log": [
            {
                "at": _iso(one.at),
                "what": one.what,
                "how": one.how or None,
                "text": one.text,
                "outcome": one.outcome,
                "who": one.who,
            }
            for one in detail.steps
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    from watmos_desktop.services.clock import LONDON

    return moment.astimezone(LONDON).isoformat() if moment else None


def _list(args: argparse.Namespace) -> int:
    return _print(args, args.state)


def _due(args: argparse.Namespace) -> int:
    return _print(args, "soon")


def _print(args: argparse.Namespace, state: str) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import hazard_list

    with open_store(args) as store, store.read() as session:
        cards = hazard_list.page(session, state, 0, _MANY)
    if args.json:
        print(json.dumps([card_json(card) for card in cards], indent=1, ensure_ascii=False))
        return 0
    for card in cards:
        parts = (card.reference, card.due.text, card.what_next, card.hazard, card.where)
        print(" · ".join(part for part in parts if part))
    if not cards:
        print("None.")
    return 0


def _show(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import hazard_view, hazards, wording
    from watmos_desktop.services.clock import LONDON

    with open_store(args) as store, store.read() as session:
        detail = hazard_view.get(session, hazards.find(session, args.reference))
    if args.json:
        print(json.dumps(detail_json(detail), indent=1, ensure_ascii=False))
        return 0
    card = detail.card
    print(f"{card.reference} · {card.hazard} · {card.where}")
    print(f"{card.stands} · {card.level} · aware {wording.moment(card.aware_at.astimezone(LONDON))}")
    for words in (detail.law, detail.judged, detail.findings, detail.unfinished):
        if words:
            print(words)
    for one in detail.clocks:
        print(f"{one.what}: by {wording.moment(one.due_at.astimezone(LONDON))} · {one.stands.text}")
    for step in detail.steps:
        said = " · ".join(part for part in (step.what, step.how, step.text, step.outcome, step.who) if part)
        print(f"{wording.moment(step.at.astimezone(LONDON))} · {said}")
    return 0
