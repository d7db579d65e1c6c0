"""What the commands that tell figures share: the span of days asked for, each figure as a line and for scripts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from watmos_desktop.cli import day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from watmos_desktop.services.repair_figures import Figure


def add_span(parser: argparse.ArgumentParser) -> None:
    """``--from`` and ``--to``: the first and the last day, as ``args.since`` and ``args.until``."""
    parser.add_argument("--from", dest="since", type=day, metavar="DAY", help="such as 2026-04-01")
    parser.add_argument("--to", dest="until", type=day, metavar="DAY")


def as_json(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """Of each ``key, words, numerator, denominator, share`` (per cent; null where there is nothing to divide by)."""
    return [
        {
            "key": one.key,
            "words": one.words,
            "numerator": one.numerator,
            "denominator": one.denominator,
            "share": None if one.share is None else round(one.share, 1),
        }
        for one in figures
    ]


def line(shown: str, figure: Figure) -> str:
    """``  94.3 %      33 of 35       homes seen in the last three years``."""
    return f"{shown:>8}  {figure.numerator:>6,} of {figure.denominator:<8,} {figure.words}"
