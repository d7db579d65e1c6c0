"""`watmos backup`, `restore`, `check` and `passphrase`: looking after the workspace itself."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from watmos_desktop.cli.workspace_door import passphrase, with_code
from watmos_desktop.services.errors import Told

SOUND, FINDINGS, NOT_OPENED = 0, 1, 2


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the four commands."""
    from watmos_desktop.cli import workspace_options

    def add(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, parents=[workspace_options()], help=words)
        command.set_defaults(run=run)
        return command

    backup = add("backup", _backup, "make a proved backup, or a whole copy elsewhere")
    backup.add_argument("--to", type=Path, metavar="DIR", help="a folder for a whole copy, photos included")
    restore = add("restore", _restore, "put a backup in the place of the workspace")
    restore.add_argument("backup", nargs="?", metavar="BACKUP", help="its folder or name (none: list them)")
    check = add("check", _check, "prove that the workspace is sound (1: findings, 2: it does not open)")
    check.add_argument("--json", action="store_true", help="for scripts")
    words = "change the passphrase (the new one from WATMOS_NEW_PASSPHRASE), or what else opens the workspace"
    change = add("passphrase", _passphrase, words).add_mutually_exclusive_group()
    change.add_argument(
        "--tie", action="store_true", help="tie it to this computer and print a recovery code"
    )
    change.add_argument("--alone", action="store_true", help="let the passphrase alone open it again")


def _backup(args: argparse.Namespace) -> int:
    from watmos_desktop.services import backup, wording
    from watmos_desktop.services.store import Store

    words = passphrase()
    store = with_code(lambda code: Store.open(args.home, words, code=code))
    try:
        if args.to is None:
            made = backup.make(store)
            backup.thin(args.home / backup.FOLDER, store.clock.now())
            print(f"Backed up and proved: {made.path}")
            return 0
        copied = backup.copy(store, args.to, _progress("Photo"))
    finally:
        store.close()
    print(f"Copied and proved, with {wording.count(copied.photos, 'photo')}: {copied.backup.path}")
    if copied.lost:
        print(f"{wording.count(copied.lost, 'photo')} could not be copied: this device has no sound bytes.")
    return 0


def _restore(args: argparse.Namespace) -> int:
    from watmos_desktop.services import backup, keystore, restore, vault, wording

    if args.backup is None:
        return _list(args.home)
    path = Path(args.backup)
    if not path.exists() and path.name == args.backup:
        path = args.home / backup.FOLDER / path
    words = passphrase()
    done = with_code(
        lambda code: restore.restore(args.home, path, words, code=code, progress=_progress("Photo"))
    )
    print(f"Restored what was here on {wording.moment(done.made_at)}.")
    print(
        "What was here until now is the newest backup. Sending to the office waits until it has been asked."
    )
    if vault.is_tied(args.home) and keystore.here() is None:
        print(
            "It asks for the recovery code each time, as this computer has no keystore: `watmos passphrase --alone`."
        )
    return 0


def _list(home: Path) -> int:
    from watmos_desktop.services import backup, wording

    found = backup.all_in(home / backup.FOLDER)
    if not found:
        raise Told("There is no backup in this workspace.", "Give the folder of a copy.", field="backup")
    for one in found:
        print(
            f"{one.path.name}  {wording.moment(one.made_at)}  {wording.count(one.changes, 'change')}, {one.why}"
        )
    return 0


def _check(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from watmos_desktop.services import backup, check, wording
    from watmos_desktop.services.store import Store

    words = passphrase()
    store = with_code(lambda code: Store.open(args.home, words, code=code))
    try:
        findings = check.run(store, _progress("Check"))
        last, restored = backup.latest(args.home), backup.restored(store)
    finally:
        store.close()
    if args.json:
        said = {
            "sound": not findings,
            "findings": [asdict(one) for one in findings],
            "last_backup": last.made_at.isoformat() if last else None,
            "restored_from": restored.made_at.isoformat() if restored else None,
        }
        print(json.dumps(said, indent=1, ensure_ascii=False))
        return FINDINGS if findings else SOUND
    for one in findings:
        print(" ".join([one.words, one.hint, *one.ids]))
    if not findings:
        print("This workspace is sound.")
    print(f"Last backup: {wording.moment(last.made_at) if last else 'none yet'}.")
    if restored:
        print(
            f"On {wording.moment(restored.at)} it was put back to what it was on {wording.moment(restored.made_at)}."
        )
    return FINDINGS if findings else SOUND


def _passphrase(args: argparse.Namespace) -> int:
    from watmos_desktop.services import instance, vault

    if not vault.exists(args.home):
        raise vault.NoWorkspace
    words = passphrase()
    with instance.hold(args.home):
        if args.tie:
            return _tie(args.home, words)
        if args.alone:
            with_code(lambda code: vault.release(args.home, words, code))
            print("The passphrase alone opens this workspace, on any computer.")
            return 0
        new = _new_passphrase()
        with_code(lambda code: vault.change_passphrase(args.home, words, new, code))
    print("The passphrase is changed. Backups in this workspace open with the new one.")
    return 0


def _tie(home: Path, words: str) -> int:
    """Print the code before it holds: who has it in front of them cannot be locked out by a broken computer."""
    from watmos_desktop.services import keystore, tie, vault

    if keystore.here() is None:
        raise tie.NoKeystore
    made = vault.new_tie(home)
    print("Keep this recovery code on paper, away from this computer. It is shown only now.")
    print(f"\n  {made.code}\n", flush=True)
    vault.bind(home, words, made)
    print("This workspace is tied to this computer. Elsewhere it opens by passphrase and code.")
    return 0


def _new_passphrase() -> str:
    if given := os.environ.get("WATMOS_NEW_PASSPHRASE"):
        return given
    if sys.stdin is None or not sys.stdin.isatty():
        raise Told("The new passphrase is missing.", "Put it in WATMOS_NEW_PASSPHRASE, or use a terminal.")
    new = getpass.getpass("New passphrase: ")
    if getpass.getpass("Once more: ") != new:
        raise Told("The two were not the same.", "Type it again; nothing was changed.", field="passphrase")
    return new


def _progress(what: str) -> Callable[[int, int], None]:
    """Tell a terminal how far it is; nothing where the output goes to a file."""

    def tell(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(
                f"\r{what} {done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True
            )

    return tell
