"""`watmos visits due | plan | show REF`: who is due and why, a fortnight proposed or accepted, one visit."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import visit_figures, visit_papers, whole_number, workspace_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from watmos_desktop.services.visit_follow_ups import FollowUp
    from watmos_desktop.services.visits import VisitDetail
    from watmos_desktop.services.visits_due import DueVisit
    from watmos_desktop.services.visits_planning import Proposal

_STATES = ("now", "late", "month", "starter", "asked", "mine", "all")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the three commands."""
    noun = commands.add_parser("visits", help="homes that are due a visit, and when they are planned")
    verbs = noun.add_subparsers(metavar="what", required=True)
    options = [workspace_options()]
    due = verbs.add_parser("due", parents=options, help="who is due and why, the most pressing first")
    due.add_argument("--state", choices=_STATES, default="now")
    due.add_argument("--limit", type=whole_number(1_000_000), default=100, metavar="N")
    plan = verbs.add_parser("plan", parents=options, help="propose the next working days; nothing is saved")
    plan.add_argument(
        "--days", type=whole_number(260), default=10, metavar="N", help="working days (default 10)"
    )
    plan.add_argument("--officer", metavar="NAME", help="for one officer only")
    plan.add_argument("--accept", action="store_true", help="save it, in one step that can be taken back")
    show = verbs.add_parser("show", parents=options, help="one visit")
    show.add_argument("reference", metavar="REF", help="such as V-4KQ7-2MWX")
    for parser, run in ((due, _due), (plan, _plan), (show, _show)):
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.set_defaults(run=run)
    visit_figures.register(verbs)
    visit_papers.register(verbs)


def due_json(one: DueVisit) -> dict[str, Any]:
    """``kind, stage, address, where, due_on, due, points, reasons, last_seen, planned_on, window, officer``."""
    return {
        "kind": one.kind.value,
        "stage": one.stage.value if one.stage else None,
        "address": one.address,
        "where": one.where,
        "due_on": one.due_on.isoformat(),
        "due": one.due.text,
        "points": one.points,
        "reasons": list(one.reasons),
        "last_seen": one.last_seen.isoformat() if one.last_seen else None,
        "planned_on": one.planned_on.isoformat() if one.planned_on else None,
        "window": one.window or None,
        "officer": one.officer or None,
    }


def plan_json(made: Proposal) -> dict[str, Any]:
    """The proposal: ``first, last, late, left, km, officer_days, missing, conflicts, visits``."""
    return {
        "first": made.first.isoformat(),
        "last": made.last.isoformat(),
        "late": made.late,
        "left": made.left,
        "km": made.km,
        "officer_days": made.trips,
        "missing": made.missing,
        "conflicts": list(made.conflicts),
        "visits": [
            {
                "day": one.day.isoformat(),
                "start": one.start,
                "end": one.end,
                "order": one.order,
                "officer": one.officer,
                "second": one.second or None,
                "address": one.address,
                "what": one.what,
                "due_on": one.due_on.isoformat(),
                "pinned": one.pinned,
                "why": one.why,
            }
            for one in made.visits
        ],
    }


def visit_json(detail: VisitDetail, came: Sequence[FollowUp] = (), approval: str = "") -> dict[str, Any]:
    """``reference, kind, status, address, due_on, planned_on, start, end, officer, why, asked, attempts``, and
    ``approval, follow_ups``: of each ``kind, words, reference, promised_on, state, left_out``.
    """
    card = detail.card
    return {
        "reference": card.reference,
        "kind": card.kind.value,
        "status": card.status.value,
        "address": card.address,
        "where": card.where,
        "due_on": card.due_on.isoformat() if card.due_on else None,
        "planned_on": card.planned_on.isoformat() if card.planned_on else None,
        "start": card.start or None,
        "end": card.end or None,
        "officer": card.who or None,
        "pinned": card.pinned,
        "why": card.why,
        "asked": detail.asked,
        "completed_at": card.completed_at.isoformat() if card.completed_at else None,
        "attempts": [one.when.isoformat() for one in detail.attempts],
        "approval": approval or None,
        "follow_ups": [
            {
                "kind": one.kind.value,
                "words": one.words,
                "reference": one.reference or None,
                "promised_on": one.promised_on.isoformat() if one.promised_on else None,
                "state": one.state or None,
                "left_out": one.left_out or None,
            }
            for one in came
        ],
    }


def _due(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import visits_due

    with open_store(args) as store, store.read() as session:
        rows = visits_due.page(session, visits_due.Filter(args.state), 0, args.limit)
    if args.json:
        print(json.dumps([due_json(one) for one in rows], indent=1, ensure_ascii=False))
        return 0
    for one in rows:
        print(f"{one.due.text:<18}  {one.what} · {one.address}  ({'; '.join(one.reasons)})")
    return 0


def _plan(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import visits, visits_planning, wording
    from watmos_desktop.services.errors import Told

    with open_store(args) as store:
        with store.read() as session:
            people = visits.officers(session)
            chosen = tuple(one.id for one in people if one.name == args.officer)
            if args.officer and not chosen:
                names = ", ".join(one.name for one in people)
                raise Told(f"Nobody of that name makes visits: {args.officer}.", f"There are {names}.")
            asked = visits_planning.Ask(chosen, None, args.days)
            prepared = visits_planning.prepare(session, asked)
        made = visits_planning.propose(prepared)
        if args.accept:
            with store.write("accepted a plan of visits") as session:
                visits_planning.accept(session, made)
    if args.json:
        print(json.dumps(plan_json(made), indent=1, ensure_ascii=False))
        return 0
    for one in made.visits:
        print(
            f"{wording.weekday(one.day):<10}  {one.start} to {one.end}  {one.officer:<16}  {one.address}: {one.why}"
        )
    print(made.words + (" Saved." if args.accept else " Not saved: --accept saves it."))
    for words in made.conflicts:
        print(words)
    return 0


def _show(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import visit_approval, visit_concerns, visit_follow_ups, visits

    with open_store(args) as store, store.read() as session:
        key = visits.find(session, args.reference)
        detail = visits.get(session, key)
        came = visit_follow_ups.of_visit(session, key)
        approval = visit_approval.of_visit(session, key).standing
        passed_on = visit_concerns.passed_on(session, key)
    if args.json:
        print(json.dumps(visit_json(detail, came, approval.value), indent=1, ensure_ascii=False))
        return 0
    card = detail.card
    print(f"{card.reference}  {card.what}  {card.address}")
    print(", ".join(part for part in (card.when, card.who) if part))
    if approval is not visit_approval.Standing.NOT_NEEDED:
        print(f"Approval: {approval.value.replace('_', ' ')}")
    for words in (
        card.why,
        detail.asked,
        *(one.words for one in detail.attempts),
        *(one.line for one in came),
        passed_on,
    ):
        if words:
            print(words)
    return 0
