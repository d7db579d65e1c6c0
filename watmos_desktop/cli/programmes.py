"""`watmos programmes list | show REF`: planned works, for scripts, with the window's policy and errors."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import whole_number, workspace_options

if TYPE_CHECKING:
    from watmos_desktop.services.programme_answers import Answer
    from watmos_desktop.services.programme_cases import ProgrammeCard, ProgrammeDetail
    from watmos_desktop.services.programme_homes import HomeRow

_STATES = ("open", "planned", "consulting", "started", "over", "all")
_MANY = 1_000_000


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    noun = commands.add_parser("programmes", help="planned works: consultation, homes, how far")
    verbs = noun.add_subparsers(metavar="what", required=True)
    options = [workspace_options()]
    listed = verbs.add_parser("list", parents=options, help="what starts next first")
    listed.add_argument("--state", choices=_STATES, default="open")
    listed.add_argument("--search", default="", metavar="WORDS")
    listed.add_argument("--limit", type=whole_number(_MANY), default=100, metavar="N")
    show = verbs.add_parser("show", parents=options, help="one programme with its homes and answers")
    show.add_argument("reference", metavar="REF", help="such as P-7K3M-9D4T")
    for parser, run in ((listed, _list), (show, _show)):
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.set_defaults(run=run)


def card_json(card: ProgrammeCard) -> dict[str, Any]:
    """Works: ``reference, name, where, when, status, stands, homes, done, refused``; numbers 0 for who may not know."""
    return {
        "reference": card.reference,
        "name": card.name,
        "where": card.where,
        "when": card.when,
        "status": card.status.value,
        "stands": card.stands.text,
        "homes": card.progress.total + card.progress.refused,
        "done": card.progress.done,
        "refused": card.progress.refused,
    }


def detail_json(one: ProgrammeDetail, homes: list[HomeRow] | None, answers: list[Answer]) -> dict[str, Any]:
    """``card_json`` with what is said of the works, ``blockers``, ``homes`` and ``answers``.

    ``homes`` is left as the number for who may not know of homes, else
    ``{"code", "address", "when", "written", "said", "stands"}``; ``answers``:
    ``{"address", "kind", "received", "text", "answer", "waits"}``.
    """
    names = (
        "what",
        "how_long",
        "disturbance",
        "contractor",
        "consultation",
        "outcome",
        "started",
        "start_reason",
    )
    said = card_json(one.card) | {name: getattr(one, name) or None for name in names}
    said |= {"blockers": list(one.blockers), "unanswered": one.unanswered}
    if homes is not None:
        keys = ("code", "address", "when", "written", "said")
        said["homes"] = [
            {key: getattr(row, key) for key in keys} | {"stands": row.stands.text} for row in homes
        ]
    said["answers"] = [
        {
            "address": row.address,
            "kind": row.kind.value,
            "received": row.received,
            "text": row.text,
            "answer": row.answer or None,
            "waits": row.waits,
        }
        for row in answers
    ]
    return said


def _list(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import programme_cases

    wanted = programme_cases.Filter(args.state, args.search)
    with open_store(args) as store, store.read() as session:
        cards = programme_cases.page(session, wanted, 0, args.limit)
    if args.json:
        print(json.dumps([card_json(card) for card in cards], indent=1, ensure_ascii=False))
        return 0
    for card in cards:
        print(f"{card.reference}  {card.words:<15}  {card.stands.text:<26}  {card.name} · {card.where}")
    return 0


def _show(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import programme_answers, programme_cases, programme_homes

    with open_store(args) as store, store.read() as session:
        one = programme_cases.get(session, programme_cases.find(session, args.reference))
        key = one.card.id
        homes = programme_homes.homes_page(session, key, 0, _MANY) if one.sees_homes else None
        answers = programme_answers.listed(session, key)
    if args.json:
        print(json.dumps(detail_json(one, homes, answers), indent=1, ensure_ascii=False))
        return 0
    card = one.card
    print(f"{card.reference} · {card.name} · {card.where}")
    print(" · ".join(part for part in (card.words, card.stands.text, card.when, one.how_long) if part))
    for words in (one.what, one.disturbance, one.outcome, one.start_reason, *one.blockers):
        if words:
            print(words)
    for row in homes or []:
        print(f"{row.address}: {row.when} · {row.stands.text}" + (f" · {row.said}" if row.said else ""))
    return 0
