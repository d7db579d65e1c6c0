"""The program's own window, offscreen, on a demo landlord with a walk of 60 items begun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from watmos_desktop.app import Program
from watmos_desktop.cli.driving import Driver, application
from watmos_desktop.models.kinds import Subject
from watmos_desktop.models.tables import Inspection, TemplateVersion
from watmos_desktop.services import demo, places, settings, templates, walk
from watmos_desktop.services.store import Store
from watmos_desktop.services.templates import Template
from watmos_desktop.ui.desk import Desk

PASSPHRASE = "granite teapot lantern ferry"
ITEMS = 60
_VERSION = 99


@contextmanager
def demo_window() -> Iterator[tuple[Driver, Desk]]:
    """A landlord of 80 homes with a year behind it, open as its caretaker."""
    application()
    with TemporaryDirectory() as folder:
        home = Path(folder) / "workspace"
        store = Store.create(home, PASSPHRASE)
        demo.make(store, 80, 1, seed=1)
        settings.mark_demo(store)
        store.close()
        program = Program(home, person=demo.FIRST)
        try:
            driver = Driver(program)
            driver.open(PASSPHRASE)
            assert program.desk is not None
            yield driver, program.desk
        finally:
            program.close()


def long_walk(desk: Desk) -> UUID:
    """Begin a walk of 60 items at a block that was walked before."""
    block = next(one for one in desk.look(places.walkable) if one.subject is Subject.BLOCK)

    def begin(session: Any) -> UUID:
        walk_id = walk.begin(session, "block_internal", block)
        template = _long_template()
        session.add(TemplateVersion(key=template.key, version=_VERSION, body=templates.to_dict(template)))
        session.get(Inspection, walk_id).template_version = _VERSION
        return walk_id

    return desk.do("began a long inspection", begin)


def _long_template() -> Template:
    """The block's items, then those of the grounds and the play area, up to 60."""
    base = templates.get("block_internal")
    known, areas = {item.key for item in base.items}, list(base.areas)
    for key in ("estate_grounds", "play_area"):
        more = templates.get(key)
        items = tuple(one for one in more.items if one.key not in known)[: ITEMS - len(known)]
        known |= {one.key for one in items}
        areas.append(replace(more.areas[0], items=items))
    assert len(known) == ITEMS
    return replace(base, version=_VERSION, areas=tuple(areas))
