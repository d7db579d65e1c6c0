"""`watmos-office status`, `conflicts`, `quarantine`, `reviews` and `audit`: how the office stands, and what waits."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from watmos_desktop.services.errors import Told
from watmos_office.cli.door import opened, say

if TYPE_CHECKING:
    from watmos_office.audit import Head


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    from watmos_office.cli import office_options

    options = office_options()
    commands.add_parser("status", parents=[options], help="how the office stands").set_defaults(run=_status)
    commands.add_parser("conflicts", parents=[options], help="values that wait for a decision").set_defaults(
        run=_conflicts
    )
    commands.add_parser(
        "reviews", parents=[options], help="what ambassadors wrote and nobody has seen"
    ).set_defaults(run=_reviews)
    noun = commands.add_parser("quarantine", help="work that was not applied")
    what = noun.add_subparsers(metavar="what", required=True)
    what.add_parser("list", parents=[options], help="what waits, by ids").set_defaults(run=_held)
    for name, run, words in (
        ("show", _show, "the content of one, which may be personal"),
        ("release", _release, "try one again, with the rest of its action"),
        ("dismiss", _dismiss, "leave one unapplied; it is kept"),
    ):
        command = what.add_parser(name, parents=[options], help=words)
        command.add_argument("op", metavar="ID")
        command.set_defaults(run=run)
    noted = commands.add_parser("audit", help="what administrators did").add_subparsers(
        metavar="what", required=True
    )
    verify = noted.add_parser("verify", parents=[options], help="prove that nothing was changed or removed")
    verify.add_argument("--known", metavar="N:HASH", help="a head noted earlier, to see a cut-off end")
    verify.set_defaults(run=_verify)


def _status(args: argparse.Namespace) -> int:
    from watmos_desktop.services import wording
    from watmos_office import standing

    with opened(args) as office:
        found = standing.now(office)
    backed_up = wording.moment(found.backed_up_at) if found.backed_up_at else "never"
    lines = [
        f"{found.database}, {found.records:,} records, {found.photos:,} photos",
        f"{wording.count(found.members, 'person', 'people')}, {wording.count(found.devices, 'device')}"
        + (f", {wording.count(found.alarms, 'alarm')}" if found.alarms else ""),
        f"Waiting: {found.conflicts:,} conflicts, {found.quarantine:,} held operations, {found.reviews:,} reviews",
        f"Last backup: {backed_up}; {found.unsafe:,} operations since",
        f"Audit: {found.audit_n}:{found.audit_hash}",
    ]
    return say(args, found, lines)


def _conflicts(args: argparse.Namespace) -> int:
    from sqlalchemy import select

    from watmos_office.tables import Record

    open_ = (Record.tbl == "conflict", Record.deleted.is_(False), Record.data["state"].as_string() == "open")
    with opened(args) as office, office.reading() as connection:
        rows = connection.execute(select(Record.rid, Record.data).where(*open_).order_by(Record.rid)).all()
    # Where and when, not what: the values are as sensitive as their fields.
    names = ("owner_table", "owner_id", "field", "kind", "made_at")
    found = [{"id": row.rid, **{name: row.data.get(name) for name in names}} for row in rows]
    lines = [
        f"{one['id']}  {one['kind']}: {one['field']} of {one['owner_table']} {one['owner_id']}"
        for one in found
    ]
    return say(args, found, lines or ["No conflict waits."])


def _reviews(args: argparse.Namespace) -> int:
    from sqlalchemy import select

    from watmos_office.tables import Review

    with opened(args) as office, office.reading() as connection:
        asked = select(Review.tbl, Review.rid, Review.field, Review.at).where(Review.state == "open")
        found = [row._asdict() for row in connection.execute(asked.order_by(Review.at, Review.rid))]
    lines = [f"{one['field']} of {one['tbl']} {one['rid']}" for one in found]
    return say(args, found, lines or ["Nothing waits to be looked at."])


def _held(args: argparse.Namespace) -> int:
    from watmos_office import quarantine

    with opened(args) as office, office.reading() as connection:
        found = quarantine.listing(connection)
    lines = [
        f"{one.op_id}  {one.reason}: {one.table} {one.rid}, from device {one.device_id}" for one in found
    ]
    return say(args, found, lines or ["Nothing is held."])


def _show(args: argparse.Namespace) -> int:
    import json

    from sqlalchemy import select

    from watmos_desktop.services.errors import NotFound
    from watmos_office import audit
    from watmos_office.tables import Quarantine

    op = _id(args.op)
    with opened(args) as office, office.writing() as connection:
        body = connection.execute(select(Quarantine.body).where(Quarantine.op_id == op)).scalar()
        if body is None:
            raise NotFound("That operation")
        audit.note(connection, office, None, "quarantine.show", op)
    return say(args, body, [json.dumps(body, indent=1, ensure_ascii=False)])


def _release(args: argparse.Namespace) -> int:
    from watmos_office import audit, quarantine

    op = _id(args.op)
    with opened(args) as office, _not_found("That operation"):
        results = quarantine.release(office, op, None)
        with office.writing() as connection:
            audit.note(connection, office, None, "quarantine.release", op)
    lines = [" ".join(part for part in (str(one), status, reason) if part) for one, status, reason in results]
    return say(args, results, lines)


def _dismiss(args: argparse.Namespace) -> int:
    from watmos_office import audit, quarantine

    op = _id(args.op)
    with opened(args) as office, _not_found("That operation"), office.writing() as connection:
        quarantine.dismiss(connection, office, op, None)
        audit.note(connection, office, None, "quarantine.dismiss", op)
    return say(args, {"op": op}, ["It stays unapplied, and is kept."])


def _verify(args: argparse.Namespace) -> int:
    from watmos_office import audit

    known = _known(args.known) if args.known else None
    with opened(args) as office, office.reading() as connection:
        proof = audit.verify(connection, known)
    if not proof.sound:
        raise Told(
            f"The audit is not as it was written, from entry {proof.broken_at} on.", "Keep a copy; ask why."
        )
    lines = [
        f"{proof.entries} entries, all as they were written.",
        f"Note this: {proof.head.n}:{proof.head.hash}",
    ]
    return say(args, proof, lines)


def _known(text: str) -> Head:
    from watmos_office.audit import Head

    n, _, digest = text.partition(":")
    if not n.isdecimal() or not digest:
        raise Told(
            "That is no head of the audit.", "Write N:HASH as `watmos-office audit verify` printed it."
        )
    return Head(int(n), digest)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as cause:
        raise Told("That is no id.", "`watmos-office quarantine list` shows them.") from cause


@contextmanager
def _not_found(what: str) -> Iterator[None]:
    """What the door would answer 404 is said in words here."""
    from watmos_desktop.services.errors import NotFound
    from watmos_office.errors import Answer

    try:
        yield
    except Answer as answer:
        if answer.status != 404:
            raise
        raise NotFound(what) from answer
