"""`watmos inspections list | show REF | due`: what the Inspections tab shows, for scripts, under the same policy."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import whole_number, workspace_options

if TYPE_CHECKING:
    from watmos_desktop.services.inspections import DueCard, InspectionCard, InspectionDetail

_STATES = ("all", "draft", "signed")
_NOT_SCORED = {"not_applicable": "not applicable", "not_seen": "not seen"}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the three commands."""
    noun = commands.add_parser("inspections", help="inspections that are due, begun or signed")
    verbs = noun.add_subparsers(metavar="what", required=True)
    options = [workspace_options()]

    listing = verbs.add_parser("list", parents=options, help="newest first")
    listing.add_argument("--state", choices=_STATES, default="all")
    listing.add_argument("--limit", type=whole_number(1_000_000), default=100, metavar="N")
    show = verbs.add_parser("show", parents=options, help="one inspection with its answers")
    show.add_argument("reference", metavar="REF", help="such as I-4KQ7-2MWX")
    due = verbs.add_parser("due", parents=options, help="what is due, most pressing first")
    due.add_argument(
        "--days", type=whole_number(3_650), default=31, metavar="N", help="how many days ahead (default 31)"
    )
    for parser, run in ((listing, _list), (show, _show), (due, _due)):
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.set_defaults(run=run)


def card_json(card: InspectionCard) -> dict[str, Any]:
    """One inspection: ``reference, template, place, estate, status, grade, percent, defects, joint, started_at,
    finished_at, by``; times are ISO with offset, ``grade`` and ``percent`` null before signing."""
    return {
        "reference": card.reference,
        "template": card.template,
        "place": card.place,
        "estate": card.estate,
        "status": card.status.value,
        "grade": card.grade.value if card.grade else None,
        "percent": card.percent,
        "defects": card.defects,
        "joint": card.joint,
        "started_at": _iso(card.started_at),
        "finished_at": _iso(card.finished_at) if card.finished_at else None,
        "by": card.by,
    }


def detail_json(detail: InspectionDetail) -> dict[str, Any]:
    """``card_json`` with ``template_version, checksum, trend, areas, amendments``.

    ``trend``: ``{"date", "grade"}``, oldest first. ``areas``: ``{"name", "grade", "items"}``; items:
    ``{"key", "name", "value", "grade", "not_scored", "bulk", "safety", "note", "repair"}``, null where there is no
    answer or no repair. ``amendments``: ``{"at", "by", "text"}``.
    """
    walk = detail.walk
    score = walk.score
    areas = []
    for area in walk.template.areas:
        items = []
        for item in area.items:
            given = walk.mine.get(item.key)
            repair = walk.raised.get(item.key)
            items.append(
                {
                    "key": item.key,
                    "name": item.name,
                    "value": given.value or None if given else None,
                    "grade": given.grade.value if given and given.grade else None,
                    "not_scored": given.not_scored.value if given and given.not_scored else None,
                    "bulk": bool(given and given.bulk),
                    "safety": item.safety_critical,
                    "note": given.note if given else "",
                    "repair": repair.reference if repair else None,
                }
            )
        grade = score.area(area.key).grade
        areas.append({"name": area.name, "grade": grade.value if grade else None, "items": items})
    return card_json(detail.card) | {
        "template_version": walk.template.version,
        "checksum": detail.checksum or None,
        "trend": [{"date": day.isoformat(), "grade": grade.value} for day, grade in detail.trend],
        "areas": areas,
        "amendments": [{"at": at, "by": by, "text": text} for at, by, text in detail.amendments],
    }


def due_json(card: DueCard) -> dict[str, Any]:
    """One inspection that is asked for: ``template, place, estate, every, due_on, state, last_grade, last_on,
    begun``; ``state`` is overdue, due_today, soon or later, dates are ISO or null."""
    return {
        "template": card.template,
        "place": card.place,
        "estate": card.estate,
        "every": card.cadence,
        "due_on": card.due_on.isoformat(),
        "state": card.state.value,
        "last_grade": card.last_grade.value if card.last_grade else None,
        "last_on": card.last_on.isoformat() if card.last_on else None,
        "begun": card.draft_id is not None,
    }


def _list(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import inspections

    with open_store(args) as store, store.read() as session:
        cards = inspections.page(session, inspections.Filter(args.state), 0, args.limit)
    if args.json:
        print(json.dumps([card_json(card) for card in cards], indent=1, ensure_ascii=False))
        return 0
    for card in cards:
        grade = card.grade.value if card.grade else "-"
        print(
            f"{card.reference}  {grade}  {card.when:<11}  {card.status.value:<9}  {card.template} · {card.place}"
        )
    return 0


def _show(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import inspections

    with open_store(args) as store, store.read() as session:
        detail = inspections.get(session, inspections.find(session, args.reference))
    if args.json:
        print(json.dumps(detail_json(detail), indent=1, ensure_ascii=False))
        return 0
    card = detail.card
    print(f"{card.reference} · {card.template} · {_where(card)}")
    print(f"{card.status.value} · {card.when}" + (f" · {card.by}" if card.by else ""))
    for area in detail_json(detail)["areas"]:
        print(f"{area['grade'] or '-'}  {area['name']}")
        for item in area["items"]:
            how = "rest of area OK" if item["bulk"] else _NOT_SCORED.get(item["not_scored"], "")
            words = " · ".join(part for part in (item["name"], how, item["repair"], item["note"]) if part)
            print(f"   {item['grade'] or '-'}  {words}")
    for when, who, text in detail.amendments:
        print(f"Correction, {when}, {who}: {text}")
    return 0


def _due(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import inspections

    with open_store(args) as store, store.read() as session:
        cards = inspections.due(session, within_days=args.days)
    if args.json:
        print(json.dumps([due_json(card) for card in cards], indent=1, ensure_ascii=False))
        return 0
    for card in cards:
        print(f"{card.due.text:<16}  {card.template} · {_where(card)} ({card.cadence})")
    return 0


def _iso(when: datetime) -> str:
    from watmos_desktop.services.clock import LONDON

    return when.astimezone(LONDON).isoformat(timespec="seconds")


def _where(card: InspectionCard | DueCard) -> str:
    """``Lindley House A, Lindley Estate``; the grounds of an estate are named once."""
    return card.place if card.place == card.estate else f"{card.place}, {card.estate}"
