"""Planning of visits: homes, officers and days in, a plan with its reasons out. Pure: no database, no clock, no chance.

``plan(Problem)`` places every visit on a day with an officer: first as a plain due-date order would, which nobody is
made later than; then day by day with who is nearest; then by a search of so many steps. The same problem gives the same
plan on every machine. How it compares with other ways: ``bench/planner.py``.
"""

from __future__ import annotations

from watmos_desktop.services.planning.model import (
    Late,
    Officer,
    Pin,
    Place,
    Plan,
    Planned,
    Problem,
    Settings,
    Stop,
)
from watmos_desktop.services.planning.planner import plan

__all__ = ["Late", "Officer", "Pin", "Place", "Plan", "Planned", "Problem", "Settings", "Stop", "plan"]
