"""`watmos repairs order REF | appointments`: orders to contractors and who comes when, for scripts (R2, R10)."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import whole_number
from watmos_desktop.models.kinds import Channel, Specialism

if TYPE_CHECKING:
    from watmos_desktop.services.access import AttemptCard
    from watmos_desktop.services.appointments import AppointmentCard
    from watmos_desktop.services.order_view import JobCard


def add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], options: list[argparse.ArgumentParser]
) -> None:
    """Add both commands."""
    order = verbs.add_parser(
        "order", parents=options, help="order the work of a repair, or ask who is suggested"
    )
    order.add_argument("reference", metavar="REF", help="of the repair, such as R-7K3M-9D4T")
    order.add_argument(
        "--contractor", default="", metavar="CODE", help="left out: who is suggested, saving nothing"
    )
    order.add_argument("--instructions", default="", metavar="WORDS")
    order.add_argument("--access", default="", metavar="WORDS", help="how they get in")
    order.add_argument(
        "--contact", action="store_true", help="give them the name and number: access needs it"
    )
    order.add_argument("--next-steps", default="", metavar="WORDS", help="what the resident is told")
    order.add_argument("--told", choices=[*Channel], help="how the resident was told the next steps")
    order.add_argument("--part", choices=[*Specialism], help="for that part alone, before others come")
    order.add_argument("--cleared", default="", metavar="WORDS", help="what was found out about a danger")
    coming = verbs.add_parser("appointments", parents=options, help="who comes when, the next first")
    coming.add_argument("--days", type=whole_number(366), default=7, metavar="N", help="from today on; 7")
    coming.add_argument("--contractor", default="", metavar="CODE")
    for parser, run in ((order, _order), (coming, _appointments)):
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.set_defaults(run=run)


def job_json(job: JobCard) -> dict[str, Any]:
    """One order: ``reference, contractor, what, specialism, status, ordered_at, finished_at, instructions,
    access_notes, next_steps, appointments``; null where there is none or this person may not know."""
    return {
        "reference": job.reference,
        "contractor": job.contractor or None,
        "what": job.what,
        "specialism": job.specialism.value if job.specialism else None,
        "status": job.status.value,
        "ordered_at": _iso(job.ordered_at),
        "finished_at": _iso(job.finished_at) if job.finished_at else None,
        "instructions": job.instructions or None,
        "access_notes": job.access_notes or None,
        "next_steps": job.next_steps or None,
        "appointments": [appointment_json(one) for one in job.appointments],
    }


def appointment_json(one: AppointmentCard) -> dict[str, Any]:
    """One appointment: ``day, slot, from, to, status, by_contractor``."""
    start, end = one.when.times
    return {
        "day": one.when.day.isoformat(),
        "slot": one.when.slot.value,
        "from": start,
        "to": end,
        "status": one.status.value,
        "by_contractor": one.by_contractor,
    }


def work_json(jobs: list[JobCard], tried: list[AttemptCard]) -> dict[str, Any]:
    """What ``watmos repairs show --json`` says of the work: ``orders`` and ``no_access``."""
    return {
        "orders": [job_json(job) for job in jobs],
        "no_access": [
            {"tried_at": _iso(one.tried_at), "card_left": one.card_left, "note": one.note or None}
            for one in tried
        ],
    }


def print_work(jobs: list[JobCard], tried: list[AttemptCard]) -> None:
    """The same in lines."""
    for job in jobs:
        print(f"{job.reference} · {job.contractor} · {job.what} · {job.state.lower()} · {job.ordered}")
        for one in job.appointments:
            print(f"  {one.words} · {one.state.lower()}")
    for attempt in tried:
        print(f"No access: {attempt.words}")


def _order(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import contractors, order_advice, order_view, orders, repairs

    with open_store(args) as store:
        with store.read() as session:
            repair_id = repairs.find(session, args.reference)
            advice = order_advice.advise(session, repair_id)
            firm = contractors.find(session, args.contractor) if args.contractor else None
        if firm is None:
            return _suggest(advice, args)
        draft = orders.OrderDraft(
            firm.id,
            args.instructions,
            args.access,
            args.next_steps,
            Channel(args.told) if args.told else None,
            contact=args.contact,
            part=Specialism(args.part) if args.part else None,
            cleared=args.cleared,
        )
        with store.write(f"ordered {firm.name}") as session:
            job_id = orders.order(session, repair_id, draft)
        with store.read() as session:
            job = order_view.get(session, job_id)
    if args.json:
        print(json.dumps(job_json(job), indent=1, ensure_ascii=False))
    else:
        print(f"{job.reference}: ordered from {job.contractor}.")
    return 0


def _suggest(advice: Any, args: argparse.Namespace) -> int:
    """Who can be sent, the best first, with the reason; who may not, with why."""
    rows = [
        {"code": fit.card.code, "name": fit.card.name, "may_be_sent": not fit.missing, "reason": fit.reason}
        for fit in advice.fits
    ]
    if args.json:
        print(json.dumps({"ordered": None, "suggested": rows}, indent=1, ensure_ascii=False))
        return 0
    for row in rows:
        print(
            f"{row['code']:<12}  {row['name']} · {'' if row['may_be_sent'] else 'not to be sent: '}{row['reason']}"
        )
    print("Nothing was ordered. Say which with --contractor CODE.")
    return 0


def _appointments(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import appointments, contractors
    from watmos_desktop.services.clock import LONDON

    with open_store(args) as store, store.read() as session:
        today = store.clock.now().astimezone(LONDON).date()
        firm = contractors.find(session, args.contractor).id if args.contractor else None
        found = appointments.coming(session, today, today + timedelta(days=args.days), firm)
    if args.json:
        rows = [
            appointment_json(one.appointment)
            | {"job": one.job, "repair": one.repair, "title": one.title, "where": one.where}
            | {"contractor": one.contractor or None}
            for one in found
        ]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return 0
    for one in found:
        print(
            f"{one.appointment.words} · {one.contractor} · {one.job} · {one.repair} · {one.title} · {one.where}"
        )
    return 0


def _iso(when: datetime) -> str:
    from watmos_desktop.services.clock import LONDON

    return when.astimezone(LONDON).isoformat(timespec="seconds")
