"""`watmos-office case …`: who is named to a restricted case, and from whom it is kept."""

from __future__ import annotations

import argparse
from uuid import UUID

from watmos_desktop.services.errors import Told
from watmos_office.cli.door import opened, say

_DONE = {
    "name": "They are named to the case.",
    "unname": "They are no longer named to the case.",
    "exclude": "The case is kept from them, whatever their role.",
    "include": "The exclusion has ended; they are not named to the case.",
}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    from watmos_office.cli import office_options

    noun = commands.add_parser("case", help="restricted cases").add_subparsers(metavar="what", required=True)
    for name, words in (
        ("name", "let someone work on a case"),
        ("unname", "end that"),
        ("exclude", "keep a case from someone, whatever their role"),
        ("include", "end an exclusion that was a mistake"),
    ):
        command = noun.add_parser(name, parents=[office_options()], help=words)
        command.add_argument("case", metavar="CASE", help="its id")
        command.add_argument("user", metavar="USER", help="an id or a name")
        command.set_defaults(run=_change, what=name)


def _change(args: argparse.Namespace) -> int:
    from watmos_office import cases, members

    change = {"name": cases.name, "unname": cases.unname, "exclude": cases.exclude, "include": cases.include}
    try:
        case_id = UUID(args.case)
    except ValueError as cause:
        raise Told("That is no case's id.", "Its team sees it on the case.") from cause
    with opened(args) as office, office.writing() as connection:
        member_id = members.find(connection, args.user)
        change[args.what](connection, office, None, case_id, member_id)
    return say(args, {"case": case_id, "member": member_id}, [_DONE[args.what]])
