"""`watmos demo`: a landlord to try everything on."""

from __future__ import annotations

import argparse
import sys

from watmos_desktop.cli.workspace_door import passphrase


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    from watmos_desktop.cli import workspace_options

    demo = commands.add_parser("demo", parents=[workspace_options()], help="make a landlord to try it on")
    demo.add_argument("--homes", type=int, default=320, metavar="N", help="how many homes (320)")
    demo.add_argument("--years", type=float, default=1, metavar="Y", help="how many years of history (1)")
    demo.add_argument(
        "--seed", type=int, default=1, metavar="S", help="the same number, the same landlord (1)"
    )
    demo.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from watmos_desktop.services import demo, settings, staff
    from watmos_desktop.services.store import Store

    demo.check(args.homes, args.years)
    store = Store.create(args.home, passphrase())
    try:
        made = demo.make(store, args.homes, args.years, args.seed, _progress)
        settings.mark_demo(store)
        staff.act_as(store, demo.FIRST, remember=True)
    finally:
        store.close()
    print(f"Made {made.words}.")
    print(f"Open it with: watmos --home {args.home} --as {demo.FIRST!r}, and the same passphrase.")
    print(
        "Others to try: --as 'Helen Ward' (manager), 'R. Adeyemi' (tenancy officer), 'Mrs Okafor' (ambassador)."
    )
    return 0


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        print(f"\rEstate {done} of {total}", end=end, file=sys.stderr, flush=True)
