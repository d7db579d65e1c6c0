"""`watmos-office device …`: codes to join with, and what becomes of a device."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from uuid import UUID

from watmos_desktop.services.errors import Told
from watmos_office.cli.door import opened, say

if TYPE_CHECKING:
    from watmos_office.devices import NewCode

_DONE = {
    "suspend": "The device is stopped for now; it keeps what it has.",
    "resume": "The device works again.",
    "revoke": "The device may send what it has, into quarantine, and gets nothing more.",
    "wipe": "When the device calls it is told to destroy its key.",
    "confirm": "Cases that its person is named to come to the device from its next call on.",
}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    from watmos_office.cli import office_options

    noun = commands.add_parser("device", help="who may call").add_subparsers(metavar="what", required=True)
    code = noun.add_parser("code", parents=[office_options()], help="a code to join with, for 15 minutes")
    code.add_argument("user", metavar="USER", help="an id or a name")
    code.set_defaults(run=_code)
    noun.add_parser("list", parents=[office_options()], help="every device").set_defaults(run=_list)
    for name, words in (
        ("suspend", "stop a device for now"),
        ("resume", "let it work again"),
        ("revoke", "end one that is in good hands: it may still send what it has"),
        ("wipe", "end one that is lost: it is told to destroy its key"),
        ("confirm", "let cases come to one, after its person has read out the number it shows"),
    ):
        command = noun.add_parser(name, parents=[office_options()], help=words)
        command.add_argument("device", metavar="DEVICE", help="its id, from `device list`")
        command.set_defaults(run=_become, what=name)


def code_lines(code: NewCode) -> list[str]:
    """A code for people: what to type where."""
    until = code.expires_at.strftime("%H:%M")
    return [
        f"Code for {code.name}, until {until}, for one device: {code.code}",
        "On it: watmos enrol URL CODE",
    ]


def _code(args: argparse.Namespace) -> int:
    from watmos_office import devices, members

    with opened(args) as office, office.writing() as connection:
        code = devices.new_code(connection, office, None, members.find(connection, args.user))
    return say(args, code, code_lines(code))


def _list(args: argparse.Namespace) -> int:
    from watmos_desktop.services import wording
    from watmos_office import devices

    with opened(args) as office, office.reading() as connection:
        found = devices.cards(connection)
    lines = []
    for one in found:
        seen = wording.moment(one.seen_at) if one.seen_at else "never"
        alarm = f", alarm: {one.alarm}" if one.alarm else ""
        alarm += f", waits for confirmation for cases (number {one.number})" if one.cases == "waiting" else ""
        lines.append(f"{one.id}  {one.member}, {one.name}: {one.words}{alarm}; last heard of {seen}")
    return say(args, found, lines)


def _become(args: argparse.Namespace) -> int:
    from watmos_office import confirming, devices

    change = {
        "suspend": devices.suspend,
        "resume": devices.resume,
        "revoke": devices.drain,
        "wipe": devices.wipe,
        "confirm": confirming.at_console,
    }[args.what]
    try:
        device_id = UUID(args.device)
    except ValueError as cause:
        raise Told("That is no device's id.", "`watmos-office device list` shows them.") from cause
    with opened(args) as office, office.writing() as connection:
        change(connection, office, None, device_id)
    return say(args, {"device": device_id}, [_DONE[args.what]])
