"""`watmos import homes` and `watmos export homes`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from watmos_desktop.cli.workspace_door import open_store
from watmos_desktop.services import wording

if TYPE_CHECKING:
    from watmos_desktop.services.homes_import import Preview

_MOST_REFUSALS = 50  # on screen; --json has them all


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands."""
    from watmos_desktop.cli import workspace_options

    shared = workspace_options()
    importing = commands.add_parser("import", help="read a list into the workspace")
    nouns = importing.add_subparsers(metavar="what", required=True)
    homes = nouns.add_parser("homes", parents=[shared], help="homes, from CSV or XLSX")
    homes.add_argument("file", type=Path, metavar="FILE")
    homes.add_argument("--yes", action="store_true", help="import without asking")
    homes.add_argument("--json", action="store_true", help="for scripts")
    homes.set_defaults(run=_import)
    exporting = commands.add_parser("export", help="write a list to a file")
    nouns = exporting.add_subparsers(metavar="what", required=True)
    homes = nouns.add_parser("homes", parents=[shared], help="homes, to .xlsx or .csv")
    homes.add_argument("file", type=Path, metavar="FILE")
    homes.set_defaults(run=_export)


def _import(args: argparse.Namespace) -> int:
    from watmos_desktop.services import homes_import

    with open_store(args) as store:
        with store.read() as session:
            preview = homes_import.read(session, args.file)
        if not args.json:
            _show(preview)
        done = not preview.refused and (args.yes or _agreed(preview))
        written = homes_import.apply(store, preview) if done else 0
    if args.json:
        print(json.dumps(_as_json(preview, written if done else None), ensure_ascii=False, indent=1))
    elif preview.refused:
        print("Nothing was imported: put these rows right first.")
    else:
        print(f"Imported: {wording.count(written, 'home')} written." if done else "Nothing was imported.")
    return 1 if preview.refused else 0


def _agreed(preview: Preview) -> bool:
    """Ask where there is someone to ask; without an answer nothing is done."""
    if not preview.plan:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        print("Add --yes to import.", file=sys.stderr)
        return False
    return input("Import? [y/N] ").strip().lower() in ("y", "yes")


def _show(preview: Preview) -> None:
    print(preview.words)
    for words, names in (("New estates", preview.new_estates), ("New blocks", preview.new_blocks)):
        if names:
            print(f"{words}: {', '.join(names)}.")
    if preview.ignored:
        print(f"Columns not used: {', '.join(preview.ignored)}.")
    for row in preview.first:
        changes = "; ".join(
            f"{name}: {before or '-'} -> {after or '-'}" for name, before, after in row.changes
        )
        print(
            f"  line {row.line}: {row.state} {row.code}, {row.address}" + (f" ({changes})" if changes else "")
        )
    for one in preview.refused[:_MOST_REFUSALS]:
        where = f"line {one.line}" + (f", {one.column}" if one.column else "")
        print(f"  {where}: {one.value!r}. {one.reason}")
    if len(preview.refused) > _MOST_REFUSALS:
        print(f"  and {len(preview.refused) - _MOST_REFUSALS:,} more; --json lists them all.")


def _as_json(preview: Preview, written: int | None) -> dict[str, object]:
    """``imported`` is null when nothing was."""
    return {
        "new": preview.new,
        "changed": preview.changed,
        "unchanged": preview.unchanged,
        "refused": [asdict(refusal) for refusal in preview.refused],
        "new_estates": preview.new_estates,
        "new_blocks": preview.new_blocks,
        "ignored_columns": preview.ignored,
        "imported": written,
    }


def _export(args: argparse.Namespace) -> int:
    from watmos_desktop.services import homes_export

    with open_store(args) as store, store.read() as session:
        written = homes_export.write(session, args.file)
    print(f"Wrote {wording.count(written, 'home')} to {args.file}.")
    return 0
