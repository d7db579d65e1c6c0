"""Every kind of attack by everyone who could try it: none succeeds (security.md A1-A18 and what we thought of)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attack import bodies, managing, posing, reading, wording, writing
from tests.attack.oracle import harm, kept, learned
from tests.attack.stage import KINDS, Kind, Stage, Who, set_up
from tests.fakes import FakeClock
from tests.office.conftest import new_database
from watmos_office.office import Office

__all__ = ["bodies", "managing", "posing", "reading", "wording", "writing"]  # each enters its kinds


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One office for all: an attack that fails leaves it as it was, and one that does not is found."""
    home = tmp_path_factory.mktemp("attack")
    office = Office(f"sqlite:///{home / 'office.db'}", home / "office", clock=FakeClock())
    with set_up(office) as made:
        yield made
    office.close()


def some(kind: Kind, share: int) -> tuple[Who, ...]:
    """Some of those who could try a kind, others for each kind; all of them do in ``python3 dev.py attack``."""
    return kind.who[KINDS.index(kind) % min(share, len(kind.who)) :: share]


def succeeded(stage: Stage, kind: Kind, who: Who) -> list[str]:
    """What one attempt gained; nothing when the office held."""
    me = stage.person(who)
    before = kept(stage.office, me)
    gained = kind.run(stage, me)
    return [*(["it succeeded"] if gained else []), *harm(stage, me, before), *learned(stage, me)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_none_succeeds(stage: Stage, kind: Kind) -> None:
    gained = {str(who): found for who in some(kind, 3) if (found := succeeded(stage, kind, who))}
    assert gained == {}


def test_none_succeeds_on_postgresql_either(postgresql: str, tmp_path: Path) -> None:
    """Every kind, by another of those who could try it each time."""
    office = Office(new_database(postgresql), tmp_path / "office", clock=FakeClock())
    gained = {}
    with set_up(office) as stage:
        for kind in KINDS:
            for who in some(kind, 11)[:1]:
                if found := succeeded(stage, kind, who):
                    gained[f"{kind.name}, {who}"] = found
    office.close()
    assert gained == {}


def test_there_are_many_kinds_and_many_who_try() -> None:
    assert len(KINDS) == len({kind.name for kind in KINDS}) >= 80
    assert sum(len(kind.who) for kind in KINDS) >= 700
