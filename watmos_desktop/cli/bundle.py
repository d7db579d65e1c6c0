"""`watmos bundle export|import`: a way to the office without a network."""

from __future__ import annotations

import argparse
from pathlib import Path

from watmos_desktop.cli.office_door import CODES, DONE


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the two commands."""
    from watmos_desktop.cli import workspace_options

    bundle = commands.add_parser("bundle", help="take what waits to the office in a file")
    actions = bundle.add_subparsers(metavar="action", required=True)
    parser = actions.add_parser(
        "export",
        parents=[workspace_options()],
        help="write what waits into a file that only the office can open",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.set_defaults(run=_export)
    parser = actions.add_parser(
        "import",
        parents=[workspace_options()],
        help="hand a file over to the office, from any joined device with a network",
        description=CODES,
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.set_defaults(run=_import)


def _export(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import wording
    from watmos_desktop.services.sync import bundle

    with open_store(args, shows=False) as store:
        made = bundle.export(store, args.file)
    said = f"{wording.count(made.operations, 'change')} and {wording.count(made.photos, 'photo')}"
    print(f"Wrote {said} to {made.path}. Only the office can open it.")
    print("They wait here too until the office has confirmed them.")
    return DONE


def _import(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.office_door import exit_code, open_client
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import wording
    from watmos_desktop.services.sync import bundle

    with exit_code() as ended, open_store(args, shows=False) as store, open_client(store) as client:
        count = bundle.carry(args.file, client)
        print(f"The office has taken the bundle, {wording.count(count, 'part')}.")
    return ended.code
