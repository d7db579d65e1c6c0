"""`watmos report inspection | noticeboard | hazard | programme | visit REF --out FILE`: papers as PDF."""

from __future__ import annotations

import argparse
from pathlib import Path

from watmos_desktop.cli import workspace_options


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the papers."""
    noun = commands.add_parser("report", help="papers as PDF")
    kinds = noun.add_subparsers(metavar="which", required=True)
    options = [workspace_options()]
    inspection = kinds.add_parser("inspection", parents=options, help="the report of one inspection")
    inspection.add_argument("reference", metavar="REF", help="such as I-4KQ7-2MWX")
    inspection.set_defaults(run=_inspection)
    sheet = kinds.add_parser("noticeboard", parents=options, help="one page for the lobby, without names")
    sheet.add_argument("place", metavar="PLACE", help="a block's name, or the reference of an inspection")
    sheet.set_defaults(run=_noticeboard)
    hazard = kinds.add_parser("hazard", parents=options, help="the written summary of a hazard case")
    hazard.add_argument("reference", metavar="REF", help="such as H-7K3M-9D4T")
    hazard.add_argument("--log", action="store_true", help="the log of endeavours instead, for a court")
    hazard.set_defaults(run=_hazard)
    works = kinds.add_parser("programme", parents=options, help="letters about planned works, or their sheet")
    works.add_argument("reference", metavar="REF", help="such as P-7K3M-9D4T")
    works.add_argument("--letters", choices=("consultation", "start"), nargs="?", const="consultation")
    works.add_argument("--large", action="store_true", help="18 point")
    works.set_defaults(run=_programme)
    visit = kinds.add_parser("visit", parents=options, help="a copy of a visit that is done")
    visit.add_argument("reference", metavar="REF", help="such as V-4KQ7-2MWX")
    visit.add_argument("--audience", choices=("resident", "staff"), required=True, help="whose copy")
    visit.add_argument("--large", action="store_true", help="18 point, for the resident's copy")
    visit.set_defaults(run=_visit)
    for parser in (inspection, sheet, hazard, works, visit):
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the PDF to write")


def _inspection(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import inspections
    from watmos_desktop.services.reports import collect, work

    with open_store(args) as store, store.read() as session:
        report = collect.collect(session, store.blobs, inspections.find(session, args.reference))
    return _write(args.out, work.inspection(report, _quietly))


def _noticeboard(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services.reports import collect, work

    with open_store(args) as store, store.read() as session:
        sheet = collect.noticeboard(session, store.blobs, collect.find(session, args.place))
    return _write(args.out, work.noticeboard(sheet, _quietly))


def _hazard(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import hazards
    from watmos_desktop.services.reports import hazard_paper, hazard_work

    read = hazard_paper.collect if args.log else hazard_paper.summary
    with open_store(args) as store, store.read() as session:
        paper = read(session, hazards.find(session, args.reference))
    return _write(args.out, (hazard_work.log if args.log else hazard_work.summary)(paper, _quietly))


def _programme(args: argparse.Namespace) -> int:
    """Without ``--letters`` the sheet for the lobby, which names nobody."""
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import programme_cases
    from watmos_desktop.services.reports import programme_collect, programme_work
    from watmos_desktop.services.reports.programme_data import Letter

    with open_store(args) as store, store.read() as session:
        key = programme_cases.find(session, args.reference)
        if args.letters is None:
            return _write(args.out, programme_work.sheet(programme_collect.sheet(session, key), _quietly))
        kind = Letter(args.letters)
        letters = programme_collect.letters(session, key, kind, large=args.large)
    return _write(args.out, programme_work.letters(letters, _quietly))


def _visit(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import visits
    from watmos_desktop.services.reports import visit_collect, visit_resident, visit_staff

    with open_store(args) as store, store.read() as session:
        key = visits.find(session, args.reference)
        if args.audience == "resident":
            copy = visit_collect.resident(session, key, large=args.large)
            return _write(args.out, visit_resident.pages(copy, _quietly))
        whole = visit_collect.staff(session, key, store.blobs)
    return _write(args.out, visit_staff.pages(visit_staff.fit(whole, _quietly), _quietly))


def _quietly(_done: int, _total: int) -> None:
    """Nobody watches a command's progress."""


def _write(path: Path, pdf: bytes) -> int:
    from watmos_desktop.services import files

    files.write_whole(path, pdf)
    print(f"Written: {path}")
    return 0
