"""`watmos-office backup`, `restore`, `export` and `migrate`: the office as a whole."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from watmos_desktop.services.errors import Told
from watmos_office.cli.door import opened, say


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    from watmos_office.cli import office_options

    backup = commands.add_parser(
        "backup", parents=[office_options()], help="a whole copy, proved before it counts"
    )
    backup.add_argument(
        "--to", type=Path, metavar="DIR", help="a folder elsewhere, which gets the photos too"
    )
    backup.add_argument("--keep", type=int, default=0, metavar="N", help="then keep only the newest N there")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser(
        "restore", parents=[office_options()], help="bring an empty office back from a copy"
    )
    restore.add_argument("backup", type=Path, metavar="BACKUP", help="its folder")
    restore.set_defaults(run=_restore)

    export = commands.add_parser(
        "export", parents=[office_options()], help="all that one person may see, as JSON lines"
    )
    export.add_argument("user", metavar="USER", help="an id or a name")
    export.add_argument("--out", type=Path, metavar="FILE", help="where to (the screen)")
    export.set_defaults(run=_export)

    migrate = commands.add_parser(
        "migrate", parents=[office_options()], help="as the owner: bring the tables up to date"
    )
    migrate.add_argument(
        "--serve-as", metavar="ROLE", help="a PostgreSQL role that owns nothing and may serve"
    )
    migrate.set_defaults(run=_migrate)


def _backup(args: argparse.Namespace) -> int:
    from watmos_desktop.services import wording
    from watmos_office import backup

    with opened(args) as office:
        made = backup.make(office, args.to)
        gone = backup.thin(made.path.parent, args.keep) if args.keep else 0
    lines = [f"Backed up and proved, {wording.count(made.rows, 'row')}: {made.path}"]
    if args.to:
        lines.append(
            f"Copied {wording.count(made.copied, 'photo')} of {made.photos:,}; the others were there."
        )
        lines += [f"{made.lost:,} photos have no sound bytes here."] if made.lost else []
    else:
        lines.append("It lies beside the office, without photos: copy to another disk with --to.")
    return say(args, {"backup": made, "thinned": gone}, lines)


def _restore(args: argparse.Namespace) -> int:
    from watmos_office import restore

    with opened(args, make=True) as office:
        done = restore.restore(office, args.backup)
    lines = [
        "Restored and proved. Devices offer what they kept again, and read from the start.",
        "Look at `watmos-office device list`: what was ended after this backup works again until you end it.",
    ]
    if done.missing:
        lines.append(
            f"{done.missing:,} photos have no bytes here; devices that still have them send them again."
        )
    return say(args, done, lines)


def _export(args: argparse.Namespace) -> int:
    from watmos_desktop.services import files
    from watmos_office import audit, exporting, grants, members

    with opened(args) as office:
        with office.writing() as connection:
            member_id = members.find(connection, args.user)
            actor = grants.actor(connection, member_id)
            buckets = grants.buckets(connection, actor)
            audit.note(connection, office, None, "export", member_id)
        lines = exporting.export(office, actor, buckets)
        if args.out is not None:
            data = b"".join(lines)
            files.write_whole(args.out, data)
            count = data.count(b"\n")
            return say(args, {"rows": count, "file": args.out}, [f"{count:,} records: {args.out}"])
        for line in lines:
            sys.stdout.buffer.write(line)
    return 0


def _migrate(args: argparse.Namespace) -> int:
    from watmos_office import schema
    from watmos_office.migrations import HEAD

    with opened(args, make=True) as office:
        if args.serve_as:
            if not office.postgresql:
                raise Told("Only PostgreSQL has roles.", "Leave --serve-as out.", field="serve-as")
            with schema.alone(office.engine) as connection:
                schema.let_serve(connection, args.serve_as)
    return say(args, {"revision": HEAD}, ["The tables are up to date."])
