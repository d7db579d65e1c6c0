"""`watmos visits letter | daysheet | ics`: what a visit needs before it, as files. Nothing is sent."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from watmos_desktop.cli import day, workspace_options

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the three commands to ``watmos visits``."""
    options = [workspace_options()]
    letter = verbs.add_parser("letter", parents=options, help="the letter that says when we come, as a PDF")
    letter.add_argument("reference", metavar="REF", help="such as V-4KQ7-2MWX")
    letter.add_argument("--large", action="store_true", help="in 18 point; else as the household asked")
    letter.add_argument(
        "--language", default="", metavar="NAME", help="such as Polish; else the one they speak"
    )
    letter.add_argument("--told", action="store_true", help="record that it is posted")
    sheet = verbs.add_parser("daysheet", parents=options, help="an officer's day on paper, as a PDF")
    sheet.add_argument("--officer", required=True, metavar="NAME")
    sheet.add_argument("--day", required=True, type=day, metavar="YYYY-MM-DD")
    ics = verbs.add_parser("ics", parents=options, help="a visit, or an officer's week, for a calendar")
    ics.add_argument("reference", metavar="REF", nargs="?", default="", help="one visit")
    ics.add_argument("--officer", default="", metavar="NAME", help="or the week of this officer")
    ics.add_argument(
        "--week", type=day, default=None, metavar="YYYY-MM-DD", help="any day of it; default this one"
    )
    for parser, run in ((letter, _letter), (sheet, _sheet), (ics, _ics)):
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
        parser.set_defaults(run=run)


def _letter(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.models.kinds import Channel
    from watmos_desktop.services import files, visit_letters, visit_notice, visits
    from watmos_desktop.services.reports import visit_letter
    from watmos_desktop.services.visit_letters import Wanted

    with open_store(args) as store:
        with store.read() as session:
            visit_id = visits.find(session, args.reference)
            wanted = Wanted((visit_id,), True if args.large else None, args.language)
            batch = visit_letters.collect(session, wanted)
        files.write_whole(args.out, visit_letter.render(batch.letters))
        if args.told:
            with store.write("wrote when we come") as session:
                visit_notice.tell(session, batch.visits, Channel.LETTER)
    for note in batch.notes:
        print(note)
    print(f"Saved as {args.out}." + (" Recorded as posted." if args.told else ""))
    return 0


def _sheet(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import day_sheet, files, wording
    from watmos_desktop.services.day_sheet import SheetOf
    from watmos_desktop.services.reports import day_sheet as paper

    with open_store(args) as store, store.read() as session:
        data = day_sheet.collect(session, SheetOf(_officer(session, args.officer), args.day))
    files.write_whole(args.out, paper.render(data))
    print(
        f"Saved as {args.out}: {wording.count(len(data.stops), 'visit')}. Keep it on you; shred it tonight."
    )
    return 0


def _ics(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import files, visit_calendar, visits, wording
    from watmos_desktop.services.errors import Told

    if bool(args.reference) == bool(args.officer):
        raise Told("Give the reference of one visit, or --officer for a week.")
    with open_store(args) as store, store.read() as session:
        if args.reference:
            made = visit_calendar.of_visit(session, visits.find(session, args.reference))
        else:
            within = args.week or store.clock.now().date()
            monday = within - timedelta(days=within.weekday())
            made = visit_calendar.of_week(session, _officer(session, args.officer), monday)
    files.write_whole(args.out, made.data)
    print(f"Saved as {args.out}: {wording.count(made.visits, 'visit')}.")
    return 0


def _officer(session: Session, name: str) -> UUID:
    """The id of the officer of that name; raises Told with the names there are."""
    from watmos_desktop.services import visits
    from watmos_desktop.services.errors import Told

    people = visits.officers(session)
    found = [one.id for one in people if one.name == name]
    if not found:
        names = ", ".join(one.name for one in people)
        raise Told(f"Nobody of that name makes visits: {name}.", f"There are {names}.")
    return found[0]
