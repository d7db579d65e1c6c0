"""`watmos repairs list | show | due | report | order | tell | note | complete | …`: the Repairs tab for scripts."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import repair_care, repair_lists, repair_orders, workspace_options
from watmos_desktop.models.kinds import Cause, Channel, Priority, Responsibility

if TYPE_CHECKING:
    from uuid import UUID

    from watmos_desktop.services.repair_places import Where
    from watmos_desktop.services.repair_report import Advice, ReportDraft, Reported
    from watmos_desktop.services.repairs import RepairCard, RepairDetail

_NOBODY = "nobody"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands; lists are in repair_lists.py, orders in repair_orders.py, the rest in repair_care.py."""
    noun = commands.add_parser("repairs", help="repairs: what is open, what is due, report one")
    verbs = noun.add_subparsers(metavar="what", required=True)
    options = [workspace_options()]
    repair_lists.add(verbs, options)
    repair_orders.add(verbs, options)
    repair_care.add(verbs, options)
    show = verbs.add_parser("show", parents=options, help="one repair, whose it is and its clocks")
    show.add_argument("reference", metavar="REF", help="such as R-7K3M-9D4T")
    due = verbs.add_parser("due", parents=options, help="what is late or due today")
    report = verbs.add_parser("report", parents=options, help="report one: whose it is and how soon is told")
    _ask(report)
    for parser, run in ((show, _show), (due, _due), (report, _report)):
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.set_defaults(run=run)


def _ask(report: argparse.ArgumentParser) -> None:
    """What a report says."""
    report.add_argument("place", help="reference or whole name of a home, block, space or estate")
    report.add_argument("thing", help="key of a thing in the guide, such as toilet")
    report.add_argument("fault", help="key of its fault, such as blocked")
    report.add_argument("--cause", choices=[*Cause], default=Cause.WEAR.value)
    report.add_argument("--at-risk", action="store_true", help="someone at home needs it sooner")
    report.add_argument(
        "--person", dest="asker", default="", metavar="NAME", help="who asks, of those who live there"
    )
    report.add_argument("--area", default="", metavar="KEY", help="key of a shared part, such as stairs")
    report.add_argument("--exactly", default="", metavar="WORDS", help="where exactly")
    report.add_argument("--photo", type=Path, action="append", default=[], metavar="FILE")
    report.add_argument("--at", default="", metavar="TIME", help=repair_care.AT)
    report.add_argument(
        "--told",
        choices=[*Channel, _NOBODY],
        default=Channel.PHONE.value,
        help="how they are told, in a home",
    )
    report.add_argument("--note", default="", metavar="WORDS")
    report.add_argument("--title", default="", metavar="WORDS", help="own words for what it is")
    report.add_argument("--priority", choices=[*Priority], help="other than suggested")
    report.add_argument("--priority-reason", default="", metavar="WORDS")
    report.add_argument("--whose", choices=[*Responsibility], help="other than the guide says")
    report.add_argument("--whose-reason", default="", metavar="WORDS")
    report.add_argument("--ask", action="store_true", help="say what would be told; save nothing")


def card_json(card: RepairCard) -> dict[str, Any]:
    """One repair: ``reference, title, where, trade, priority, status, reported_at, due_at, due, hazard``.

    Times are ISO with offset; ``due`` is in words; ``hazard`` is null where there is none.
    """
    return {
        "reference": card.reference,
        "title": card.title,
        "where": card.where,
        "trade": card.trade,
        "priority": card.priority.value,
        "status": card.status.value,
        "reported_at": _iso(card.reported_at),
        "due_at": _iso(card.due_at),
        "due": card.due.text,
        "hazard": card.hazard or None,
    }


def detail_json(detail: RepairDetail) -> dict[str, Any]:
    """``card_json`` with ``description, contractor, photos`` (a number), ``account`` and ``clocks``.

    ``account``: ``home, person, whose, reason, guide, cause, priority_reason, priority_guide``, null where nobody
    said or this person may not know. ``clocks``: ``key, what, started_at, due_at, told_at, stopped_at``.
    """
    names = ("home", "person", "whose", "reason", "guide", "cause", "priority_reason", "priority_guide")
    return card_json(detail.card) | {
        "description": detail.description,
        "contractor": detail.contractor or None,
        "photos": len(detail.photos),
        "account": {name: getattr(detail.account, name) or None for name in names},
        "clocks": [
            {
                "key": one.key,
                "what": one.what,
                "started_at": _iso(one.started_at),
                "due_at": _iso(one.due_at),
                "told_at": _iso(one.told_at) if one.told_at else None,
                "stopped_at": _iso(one.stopped_at) if one.stopped_at else None,
            }
            for one in detail.clocks
        ],
    }


def _due(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import repairs

    with open_store(args) as store, store.read() as session:
        cards = [
            card
            for state in ("overdue", "today")
            for card in repairs.page(session, repairs.Filter(state), 0, 1_000_000)
        ]
    return repair_lists.print_cards(cards, args)


def _show(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import access, order_view, repair_timeline, repairs, wording
    from watmos_desktop.services.clock import LONDON

    with open_store(args) as store, store.read() as session:
        detail = repairs.get(session, repairs.find(session, args.reference))
        jobs = order_view.of_repair(session, detail.card.id)
        tried = access.of_repair(session, detail.card.id)
        story = repair_timeline.of(session, detail.card.id)
    if args.json:
        said = detail_json(detail) | repair_orders.work_json(jobs, tried) | repair_care.story_json(story)
        print(json.dumps(said, indent=1, ensure_ascii=False))
        return 0
    card, account = detail.card, detail.account
    print(f"{card.reference} · {card.title} · {card.where}")
    print(f"{card.status.value} · {card.priority.value} · {card.due.text} · reported {detail.reported}")
    for words in (account.whose, account.reason, account.cause, account.priority_reason, detail.description):
        if words:
            print(words)
    for one in detail.clocks:
        ended = f", ended {wording.moment(one.stopped_at)}" if one.stopped_at else ""
        print(f"{one.what or one.key}: by {wording.moment(one.due_at.astimezone(LONDON))}{ended}")
    repair_orders.print_work(jobs, tried)
    repair_care.print_story(story)
    return 0


def _report(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import attachments, repair_places, repair_report

    done = None
    with open_store(args) as store:
        with store.read() as session:
            draft = _draft(args, repair_places.home_or_place(session, args.place))
            advice = repair_report.advise(session, draft)
        if not args.ask:
            photos = [attachments.store(store.blobs, repair_care.read_photo(path)) for path in args.photo]
            with store.write("reported a repair") as session:
                done = repair_report.report(session, draft)
                for photo in photos:
                    attachments.attach(session, "repair", done.id, photo)
    return _say(args, advice, done)


def _draft(args: argparse.Namespace, where: Where) -> ReportDraft:
    from watmos_desktop.services.repair_report import ReportDraft

    return ReportDraft(
        where,
        args.thing,
        args.fault,
        Cause(args.cause),
        _asker(where, args.asker) if args.asker else None,
        at_risk=args.at_risk,
        place=args.exactly,
        note=args.note,
        title=args.title,
        priority=Priority(args.priority) if args.priority else None,
        priority_reason=args.priority_reason,
        responsibility=Responsibility(args.whose) if args.whose else None,
        responsibility_reason=args.whose_reason,
        reported_at=repair_care.moment(args.at),
        how=None if args.told == _NOBODY else Channel(args.told),
        area_key=args.area,
    )


def _asker(where: Where, name: str) -> UUID:
    """Who of the household has that name, accents and capitals aside; raises Told at ``person``."""
    from watmos_desktop.services.errors import Told
    from watmos_desktop.services.search_query import fold

    found = [one for one, called in where.people if fold(called) == fold(name)]
    if len(found) != 1:
        raise Told("Nobody of that name lives there.", "Leave it out, or look at the home.", field="person")
    return found[0]


def _say(args: argparse.Namespace, advice: Advice, done: Reported | None) -> int:
    if args.json:
        said = {
            "reference": done.reference if done else None,
            "raises": advice.raises,
            "whose": advice.party.value,
            "priority": advice.priority.value,
            "reasons": list(advice.suggestion.reasons),
            "due_at": _iso(advice.due_at) if advice.raises else None,
            "read_out": advice.read_out,
            "open": [card.reference for card in advice.open],
        }
        print(json.dumps(said, indent=1, ensure_ascii=False))
        return 0
    print(f"{done.reference}: {advice.read_out}" if done else advice.read_out)
    for card in advice.open:
        print(f"Already open there: {card.reference} · {card.title} · {card.due.text}")
    return 0


def _iso(when: datetime) -> str:
    from watmos_desktop.services.clock import LONDON

    return when.astimezone(LONDON).isoformat(timespec="seconds")
