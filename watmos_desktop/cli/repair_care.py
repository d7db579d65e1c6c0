"""`watmos repairs tell | note | complete | asked REF`: what the resident was told and how it ended, for scripts."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import whole_number
from watmos_desktop.models.kinds import Channel

if TYPE_CHECKING:
    from watmos_desktop.services.repair_timeline import Story

_REF = "such as R-7K3M-9D4T"
AT = "when it was, such as 2026-11-23T10:42 (Europe/London); without it now"
_MOST = 5


def add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], options: list[argparse.ArgumentParser]
) -> None:
    """Add the four commands."""
    tell = verbs.add_parser("tell", parents=options, help="record what the resident was told")
    tell.add_argument("reference", metavar="REF", help=_REF)
    tell.add_argument("text", metavar="WORDS", help="as it was said")
    tell.add_argument("--how", choices=[*Channel], required=True)
    note = verbs.add_parser("note", parents=options, help="add a note for colleagues")
    note.add_argument("reference", metavar="REF", help=_REF)
    note.add_argument("text", metavar="WORDS")
    complete = verbs.add_parser("complete", parents=options, help="a repair is done, with a photo or why not")
    complete.add_argument("reference", metavar="REF", help=_REF)
    complete.add_argument("--photo", type=Path, action="append", default=[], metavar="FILE")
    complete.add_argument("--without-photo", default="", metavar="WHY")
    complete.add_argument("--note", default="", metavar="WORDS", help="what was done")
    complete.add_argument("--told", choices=[*Channel], help="how the resident was told that it is done")
    asked = verbs.add_parser("asked", parents=options, help="the resident was asked after it was done")
    asked.add_argument("reference", metavar="REF", help=_REF)
    asked.add_argument("--how", choices=[*Channel], required=True)
    answer = asked.add_mutually_exclusive_group()
    answer.add_argument("--fixed", action="store_true", help="it is fixed")
    answer.add_argument("--not-fixed", action="store_true", help="it is not: the repair opens again")
    asked.add_argument(
        "--score", type=whole_number(_MOST), metavar="N", help="1 very unhappy to 5 very happy"
    )
    asked.add_argument("--comment", default="", metavar="WORDS")
    for parser in (tell, complete, asked):
        parser.add_argument("--at", default="", metavar="TIME", help=AT)
    for parser, run in ((tell, _tell), (note, _note), (complete, _complete), (asked, _asked)):
        parser.add_argument("--json", action="store_true", help="for scripts")
        parser.set_defaults(run=run)


def story_json(story: Story) -> dict[str, Any]:
    """``{"silence", "waiting", "recalls", "timeline": [{"at", "kind", "what", "more", "who"}]}``, newest first."""
    return {
        "silence": story.silence.text if story.silence else None,
        "waiting": story.waiting or None,
        "ask": story.owed.text if story.owed else None,
        "recalls": [one.words for one in story.recalls],
        "timeline": [
            {
                "at": one.at.isoformat(timespec="seconds"),
                "kind": one.kind.value,
                "what": one.what,
                "more": one.more or None,
                "who": one.who or None,
            }
            for one in story.entries
        ],
    }


def print_story(story: Story) -> None:
    """How it stands, then each entry in a line or two."""
    for state in (story.silence, story.owed):
        if state is not None:
            print(state.text)
    for words in (story.waiting, *(one.words for one in story.recalls)):
        if words:
            print(words)
    for one in story.entries:
        print(" · ".join(part for part in (one.when, one.what, one.who) if part))
        if one.more:
            print("    " + "\n    ".join(one.more.splitlines()))


def _tell(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import repair_updates, repairs

    at = moment(args.at)
    with open_store(args) as store, store.write("told the resident") as session:
        found = repairs.find(session, args.reference)
        repair_updates.tell(session, found, args.text, Channel(args.how), told_at=at)
        return _say(args, session, found, "Recorded as told.")


def _note(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import repair_updates, repairs

    with open_store(args) as store, store.write("noted") as session:
        found = repairs.find(session, args.reference)
        repair_updates.note(session, found, args.text)
        return _say(args, session, found, "Noted.")


def _complete(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import attachments, repair_closing, repairs

    done = repair_closing.Completion(
        moment(args.at),
        Channel(args.told) if args.told else None,
        without_photo=args.without_photo,
        note=args.note,
    )
    with open_store(args) as store:
        with store.read() as session:
            found = repairs.find(session, args.reference)
        photos = [attachments.store(store.blobs, read_photo(path)) for path in args.photo]
        with store.write("completed a repair") as session:
            for photo in photos:
                attachments.attach(session, "repair", found, photo, item_key=repair_closing.AFTER)
            said = repair_closing.complete(session, found, done)
            return _say(args, session, found, f"{said}.")


def _asked(args: argparse.Namespace) -> int:
    from watmos_desktop.cli.workspace_door import open_store
    from watmos_desktop.services import repair_feedback, repairs
    from watmos_desktop.services.errors import Told

    if not (args.fixed or args.not_fixed) and (args.score is not None or args.comment):
        raise Told("Say whether it is fixed.", "Add --fixed or --not-fixed.", field="fixed")
    answer = None
    if args.fixed or args.not_fixed:
        answer = repair_feedback.Answer(args.fixed, args.score, args.comment)
    at = moment(args.at)
    with open_store(args) as store, store.write("asked whether it is fixed") as session:
        found = repairs.find(session, args.reference)
        done = repair_feedback.contact(session, found, Channel(args.how), answer, at=at)
        return _say(args, session, found, done.words)


def _say(args: argparse.Namespace, session: Any, repair_id: Any, words: str) -> int:
    """The words, or the repair's status with them, as JSON."""
    from watmos_desktop.services import repairs

    row = repairs.get_row(session, repair_id)
    if args.json:
        said = {"reference": row.reference, "status": row.status.value, "said": words}
        print(json.dumps(said, indent=1, ensure_ascii=False))
    else:
        print(f"{row.reference}: {words}")
    return 0


def moment(typed: str) -> datetime | None:
    """A time as scripts give it, in Europe/London without an offset; None for none. Raises Told."""
    from watmos_desktop.services.clock import LONDON
    from watmos_desktop.services.errors import Told

    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise Told(f"{typed!r} is no day and time.", "Write it as 2026-11-23T10:42.", field="at") from None
    return found if found.tzinfo else found.replace(tzinfo=LONDON)


def read_photo(path: Path) -> bytes:
    """A picture file as it is; raises Told at ``photo``."""
    from watmos_desktop.services.errors import Told
    from watmos_desktop.services.photos import MAX_BYTES

    try:
        if path.stat().st_size > MAX_BYTES:
            raise Told("This file is too large for a photo.", "Save a smaller copy.", field="photo")
        return path.read_bytes()
    except OSError:
        raise Told("A photo's file cannot be read.", "Check its name and place.", field="photo") from None
