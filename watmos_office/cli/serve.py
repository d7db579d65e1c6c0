"""`watmos-office serve`: the office in the foreground until SIGTERM; `migrate` for the role that owns its tables."""

from __future__ import annotations

import argparse
import json
import os
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watmos_desktop.services.errors import Told
from watmos_office.cli.door import address, opened, plain

if TYPE_CHECKING:
    from watmos_office.office import Office

FIRST = "Office administrator"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    from watmos_office.cli import office_options

    serve = commands.add_parser("serve", parents=[office_options()], help="let devices sync, until SIGTERM")
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen (127.0.0.1)")
    serve.add_argument("--port", type=int, default=8765, metavar="N", help="0 takes any that is free (8765)")
    serve.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes behind the one port (1)"
    )
    serve.add_argument(
        "--tls-cert", type=Path, metavar="FILE", help="the certificate and those above it, PEM"
    )
    serve.add_argument("--tls-key", type=Path, metavar="FILE", help="its key, PEM")
    serve.add_argument(
        "--behind",
        default="",
        metavar="ADDRESS",
        help="a proxy in front: it says where requests come from, so that wrong codes count for each address",
    )
    serve.set_defaults(run=_serve)


def _serve(args: argparse.Namespace) -> int:
    from watmos_office import blobs, blobstore, quarantine, serving

    if not 0 <= args.port < 1 << 16 or not 1 <= args.workers <= 64:
        raise Told(
            "A port is 0 to 65535, and there are 1 to 64 workers.", "Choose other numbers.", field="port"
        )
    door = serving.Door(args.host, args.port, args.workers, args.tls_cert, args.tls_key, args.behind)
    serving.check(door)
    blobstore.at(args.photos, args.home)  # told now rather than at the first photo
    with opened(args, make=True) as office:
        quarantine.after_update(office)
        blobs.sweep(office)
        said: dict[str, Any] = {"office_key": _key(office)}
        if (first := _first(office)) is not None:
            said["first"] = first

    def ready(url: str, port: int) -> None:
        line = {"url": url, "port": port, "pid": os.getpid(), **said}
        print(json.dumps(plain(line), ensure_ascii=False), flush=True)

    serving.serve(door, serving.Named(args.home, address(args), args.photos), ready)
    return 0


def _first(office: Office) -> dict[str, Any] | None:
    """In an empty office: its first manager, and the code with which their device joins."""
    from sqlalchemy import select

    from watmos_desktop.models.kinds import Role
    from watmos_office import devices, members, schema
    from watmos_office.tables import Member

    with schema.alone(office.engine) as connection:
        if connection.execute(select(Member.id).limit(1)).first() is not None:
            return None
        member_id = members.add(connection, office, None, FIRST, Role.MANAGER)
    with office.writing() as connection:
        code = devices.new_code(connection, office, None, member_id)
    return {"member": member_id, "name": FIRST, "code": code.code, "expires_at": code.expires_at}


def _key(office: Office) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return b64encode(office.signing_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
