"""`watmos-office user …`: who works with the program, and what they look after."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from uuid import UUID

from watmos_desktop.models.kinds import Role
from watmos_desktop.services.errors import Told
from watmos_office.cli.door import opened, say

if TYPE_CHECKING:
    from sqlalchemy import Connection


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    from watmos_office.cli import office_options

    noun = commands.add_parser("user", help="who works with the program").add_subparsers(
        metavar="what", required=True
    )

    add = noun.add_parser(
        "add", parents=[office_options()], help="add someone and, with --code, let them join"
    )
    add.add_argument("name")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    _places(add)
    add.add_argument("--code", action="store_true", help="make a code for their first device too")
    add.set_defaults(run=_add)

    noun.add_parser("list", parents=[office_options()], help="everyone").set_defaults(run=_list)

    disable = noun.add_parser("disable", parents=[office_options()], help="end someone's access")
    disable.add_argument("user", metavar="USER", help="an id or a name")
    disable.set_defaults(run=_disable)

    for name, words in (("grant", "let someone look after a place"), ("revoke", "end that")):
        command = noun.add_parser(name, parents=[office_options()], help=words)
        command.add_argument("user", metavar="USER", help="an id or a name")
        _places(command)
        command.set_defaults(run=_scope, grants=name == "grant")


def _places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--estate", action="append", default=[], metavar="ESTATE", help="its code, name or id"
    )
    parser.add_argument("--block", action="append", default=[], metavar="BLOCK", help="its code, name or id")


def _add(args: argparse.Namespace) -> int:
    from watmos_office import devices, members

    code = None
    with opened(args) as office:
        with office.writing() as connection:
            estates = [_place(connection, "estate", one) for one in args.estate]
            blocks = [_place(connection, "block", one) for one in args.block]
            member_id = members.add(
                connection, office, None, args.name, Role(args.role), estates=estates, blocks=blocks
            )
        if args.code:
            with office.writing() as connection:
                code = devices.new_code(connection, office, None, member_id)
    lines = [f"Added {args.name}: {member_id}"]
    if code is not None:
        from watmos_office.cli.devices import code_lines

        lines += code_lines(code)
    return say(args, {"member": member_id, "code": code}, lines)


def _list(args: argparse.Namespace) -> int:
    from watmos_desktop.services.staff import ROLE_WORDS
    from watmos_office import members

    with opened(args) as office, office.reading() as connection:
        people = members.cards(connection)
    lines = []
    for one in people:
        places = ", ".join(grant.words for grant in one.grants) or "no place in particular"
        ended = "" if one.active else ", access ended"
        lines.append(f"{one.id}  {one.name}, {ROLE_WORDS[one.role].lower()}{ended}: {places}")
    return say(args, people, lines)


def _disable(args: argparse.Namespace) -> int:
    from watmos_office import members

    with opened(args) as office, office.writing() as connection:
        member_id = members.find(connection, args.user)
        members.disable(connection, office, None, member_id)
    return say(
        args, {"member": member_id}, ["Ended their access. Their devices may still send what they have."]
    )


def _scope(args: argparse.Namespace) -> int:
    from watmos_office import members

    with opened(args) as office, office.writing() as connection:
        member_id = members.find(connection, args.user)
        places: list[tuple[UUID, UUID | None]] = [
            (_place(connection, "estate", one), None) for one in args.estate
        ]
        blocks = [_place(connection, "block", one) for one in args.block]
        places += [(members.estate_of(connection, block_id), block_id) for block_id in blocks]
        if not places:
            raise Told("Say which place.", "Give --estate or --block.", field="estate")
        change = members.grant if args.grants else members.revoke
        for estate_id, block_id in places:
            change(connection, office, None, member_id, estate_id, block_id)
        card = next(one for one in members.cards(connection) if one.id == member_id)
    looks_after = ", ".join(grant.words for grant in card.grants) or "no place in particular"
    return say(args, card, [f"They look after {looks_after} now."])


def _place(connection: Connection, table: str, text: str) -> UUID:
    from watmos_office import members

    return members.place(connection, table, text)
