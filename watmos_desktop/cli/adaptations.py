"""`watmos adaptations list | show REF`: requests for aids and adaptations, for scripts, with the window's policy."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import whole_number, workspace_options

if TYPE_CHECKING:
    from watmos_desktop.services.adaptation_cases import AdaptationCard, AdaptationDetail

_STATES = ("open", "mine", "assess", "decide", "fit", "review", "done", "all")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    noun = commands.add_parser("adaptations", help="aids and adaptations: what waits for whom, how long")
    verbs = noun.add_subparsers(metavar="what", required=True)
    options = [workspace_options()]
    listed = verbs.add_parser("list", parents=options, help="what has waited longest first")
    listed.add_argument("--state", choices=_STATES, default="open")
    listed.add_argument("--search", default="", metavar="WORDS")
    listed.add_argument("--limit", type=whole_number(1_000_000), default=100, metavar="N")
    show = verbs.add_parser("show", parents=options, help="one request: assessment, decision, works")
    show.add_argument("reference", metavar="REF", help="such as A-7K3M-9D4T")
    for parser, run in ((listed, _list), (show, _show)):
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.set_defaults(run=run)


def card_json(card: AdaptationCard) -> dict[str, Any]:
    """One request: ``reference, what, home, place, person, officer, status, requested, waits``; null for nobody.

    ``requested`` is a day in words, ``waits`` how long it waits for its next step.
    """
    return {
        "reference": card.reference,
        "what": card.what,
        "home": card.home,
        "place": card.place,
        "person": card.person or None,
        "officer": card.officer or None,
        "status": card.status.value,
        "requested": card.requested,
        "waits": card.waits.text,
    }


def detail_json(one: AdaptationDetail) -> dict[str, Any]:
    """``card_json`` with what was found, decided and fitted; null where it has not come to that."""
    names = ("assessment", "assessed", "decision", "decided", "appeal", "fitted", "review")
    return card_json(one.card) | {
        "kind": one.kind.value if one.kind else None,
        **{name: getattr(one, name) or None for name in names},
        "repair": one.repair.reference if one.repair else None,
        "review_on": one.review_on.isoformat() if one.review_on else None,
    }


def _list(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import adaptation_cases

    wanted = adaptation_cases.Filter(args.state, args.search)
    with open_store(args) as store, store.read() as session:
        cards = adaptation_cases.page(session, wanted, 0, args.limit)
    if args.json:
        print(json.dumps([card_json(card) for card in cards], indent=1, ensure_ascii=False))
        return 0
    for card in cards:
        print(f"{card.reference}  {card.words:<19}  {card.waits.text:<28}  {card.what} · {card.home}")
    return 0


def _show(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import adaptation_cases

    with open_store(args) as store, store.read() as session:
        one = adaptation_cases.get(session, adaptation_cases.find(session, args.reference))
    if args.json:
        print(json.dumps(detail_json(one), indent=1, ensure_ascii=False))
        return 0
    card = one.card
    print(f"{card.reference} · {card.what} · {card.home}")
    print(f"{card.words} · {card.waits.text} · asked {card.requested} · {card.officer or 'no officer yet'}")
    for label, words in (
        (one.assessed, one.assessment),
        (one.decided, one.decision),
        ("To tell", one.appeal),
        ("Works", one.repair.reference if one.repair else ""),
        ("Fitted", one.fitted),
        ("Review", one.review),
    ):
        if words:
            print(f"{label}: {words}")
    return 0
