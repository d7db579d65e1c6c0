"""`watmos enrol URL CODE`: join an office with an empty or a new workspace."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    from watmos_desktop.cli import workspace_options

    parser = commands.add_parser(
        "enrol",
        parents=[workspace_options()],
        help="join an office by a code from its administrator",
        description="Makes the workspace when there is none. Codes of exit: as `watmos sync --help` says.",
    )
    parser.add_argument("url", metavar="URL", help="the office's address: https://office.example.org")
    parser.add_argument("code", metavar="CODE", help="works once, for 15 minutes")
    parser.add_argument("--ca", type=Path, metavar="FILE", help="the office's own authority, as PEM")
    parser.add_argument("--device", default="", metavar="NAME", help="what the office calls this device")
    parser.add_argument("--demo", action="store_true", help="the office is a demo: nothing in it is real")
    parser.add_argument("--json", action="store_true", help="for scripts")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    import json

    from watmos_desktop.cli.office_door import exit_code
    from watmos_desktop.cli.workspace_door import passphrase
    from watmos_desktop.services import staff
    from watmos_desktop.services.sync import joining

    with exit_code() as ended:
        ca = joining.read_ca(args.ca) if args.ca else ""
        name = args.device or platform.node() or "Device"
        secret = passphrase()
        joined = joining.enrol_at(args.home, secret, args.url, args.code, name, ca=ca)
        if args.demo:
            _mark_demo(args.home, secret)
        if args.json:
            said = {"url": joined.url, "device": str(joined.device), "member": str(joined.member)}
            print(json.dumps(said | {"name": joined.name, "role": joined.role.value}))
        else:
            print(f"Joined {joined.url} as {joined.name}, {staff.ROLE_WORDS[joined.role].lower()}.")
            print("`watmos sync` fetches what you look after.")
    return ended.code


def _mark_demo(home: Path, secret: str) -> None:
    from watmos_desktop.services import settings
    from watmos_desktop.services.store import Store

    store = Store.open(home, secret)
    try:
        settings.mark_demo(store)
    finally:
        store.close()
