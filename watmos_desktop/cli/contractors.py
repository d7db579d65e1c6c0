"""`watmos contractors list`: the register of contractors, for scripts, as the person asking may see it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import workspace_options

if TYPE_CHECKING:
    from watmos_desktop.services.contractors import ContractorCard


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    noun = commands.add_parser("contractors", help="contractors: who does what, and where")
    verbs = noun.add_subparsers(metavar="what", required=True)
    listing = verbs.add_parser("list", parents=[workspace_options()], help="by name")
    listing.add_argument(
        "--search", default="", metavar="WORDS", help="part of a name, code, trade or estate"
    )
    listing.add_argument("--all", action="store_true", help="those no longer in use too")
    listing.add_argument("--json", action="store_true", help="for scripts")
    listing.set_defaults(run=_list)


def contractor_json(card: ContractorCard) -> dict[str, Any]:
    """One contractor: ``code, name, trades, specialisms, where, hours, phone, emergency_phone, email, contact,
    registration, active``; null where there is none or this person may not know. ``where`` is in words."""
    names = ("hours", "phone", "emergency_phone", "email", "contact", "registration")
    return {
        "code": card.code,
        "name": card.name,
        "trades": [one.value for one in card.trades],
        "specialisms": [one.value for one in card.specialisms],
        "where": card.where,
        **{name: getattr(card, name) or None for name in names},
        "active": card.active,
    }


def _list(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import contractors

    with open_store(args) as store, store.read() as session:
        cards = contractors.listed(session, args.search, all_of_them=args.all)
    if args.json:
        print(json.dumps([contractor_json(card) for card in cards], indent=1, ensure_ascii=False))
        return 0
    for card in cards:
        unused = "" if card.active else " · not in use"
        print(f"{card.code:<12}  {card.name} · {card.does} · {card.where}{unused}")
    return 0
