"""`watmos sync` and `watmos status`: exchange with the office, and how that stands."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from watmos_desktop.cli.office_door import CODES, DONE, LEFT, add_json

if TYPE_CHECKING:
    from watmos_desktop.services.sync.visit import Progress


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the two commands."""
    from watmos_desktop.cli import workspace_options

    parser = commands.add_parser(
        "sync", parents=[workspace_options()], help="send what waits and fetch what is new", description=CODES
    )
    add_json(parser)
    parser.set_defaults(run=_sync)
    parser = commands.add_parser(
        "status",
        parents=[workspace_options()],
        help="what waits here and when the office last answered; needs no network",
        description=f"1 when something waits or asks for a decision. {CODES}",
    )
    add_json(parser)
    parser.set_defaults(run=_status)


def _sync(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.office_door import exit_code, open_client
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import wording
    from watmos_desktop.services.sync import keys, status
    from watmos_desktop.services.sync.visit import visit

    with exit_code() as ended, open_store(args, shows=False) as store, open_client(store) as client:
        report = visit(store, client, _tell, keys.keystore())
        now = status.status(store)
        left = report.more or report.held or now.waiting or now.to_review
        ended.code = LEFT if left else DONE
        if args.json:
            print(json.dumps({"report": asdict(report), "status": now.as_json()}, ensure_ascii=False))
            return ended.code
        print(
            f"Sent {wording.count(report.pushed, 'change')}, fetched {wording.count(report.pulled, 'record')}."
        )
        if report.photos_sent:
            print(f"Sent {wording.count(report.photos_sent, 'photo')}.")
        if now.to_review:
            print(f"{wording.count(now.to_review, 'thing')} to decide on the review page.")
        print(now.words)
    return ended.code


def _status(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services.sync import safe, status

    with open_store(args, shows=False) as store:
        now, home = status.status(store), safe.safe_to_go_home(store)
    if args.json:
        said = now.as_json() | {"safe_to_go_home": home.safe, "safe_words": home.words}
        print(json.dumps(said, ensure_ascii=False))
    else:
        print(now.words)
        for line in (now.problem, now.hint, home.words, home.hint):
            if line:
                print(line)
    return LEFT if now.waiting or now.to_review else DONE


def _tell(progress: Progress) -> None:
    if sys.stderr.isatty():
        of = f" of {progress.whole:,}" if progress.whole else ""
        print(f"\r{progress.step} {progress.done:,}{of}  ", end="", file=sys.stderr, flush=True)
