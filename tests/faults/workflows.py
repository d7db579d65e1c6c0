"""What is interrupted: real services on a real workspace, each step acknowledged once it is done."""

from __future__ import annotations

import io
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import select

from tests.build import a_block, a_schedule, acting, an_estate
from tests.fakes import FakeClock
from watmos_desktop.models.kinds import Role, Scale
from watmos_desktop.models.tables import Change, Estate
from watmos_desktop.services import (
    attachments,
    backup,
    check,
    instance,
    photo_child,
    photos,
    proof,
    restore,
    scoring,
    signing,
    vault,
    walk,
    walk_view,
)
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store

PASSPHRASE = "walnut ferry basil quartz"
TEMPLATE = "block_internal"

# The disk is on trial here, in a fork for each fault: a process to decode in would be started hundreds of times.
photo_child.ingest = photos.ingest

Step = tuple[str, Callable[[], Any]]


@dataclass(frozen=True)
class Scene:
    """A closed workspace in which a workflow begins, and what is needed to go on with it."""

    home: Path
    data_key: bytes
    actor: Actor
    walk_id: UUID
    item: str
    phrase: str

    def open(self, home: Path) -> Store:
        """The workspace in ``home`` by its key, as its caretaker."""
        holding = ExitStack()
        holding.enter_context(instance.hold(home))
        store = Store(home, self.data_key, holding, FakeClock())
        store.actor = self.actor
        return store


def picture() -> bytes:
    """A small photo as a camera gives it."""
    found = io.BytesIO()
    Image.linear_gradient("L").resize((160, 120)).convert("RGB").save(found, "JPEG")
    return found.getvalue()


def build(folder: Path) -> dict[str, Scene]:
    """The scenes, by the name of their workflow."""
    started = _started(folder / "started")
    answered = _copied(started, folder / "answered", _answer_all)
    return {
        "photo": started,
        "sign": answered,
        "backup": started,
        "restore": _copied(started, folder / "restore", _back_up_and_go_on),
    }


def _started(home: Path) -> Scene:
    store = Store.create(home, PASSPHRASE, clock=FakeClock())
    with store.write("a block") as session:
        block = a_block(session, name="Lindley House A")
        schedule = a_schedule(session, block, TEMPLATE)
        estate_id = block.estate_id
    staff_id = acting(store, Role.CARETAKER, name="M. Kaur").staff_id
    store.actor = Actor(staff_id, "M. Kaur", Role.CARETAKER, frozenset({estate_id}))
    with store.write("start") as session:
        walk_id = walk.start(session, schedule.id)
        items = walk_view.load(session, walk_id).template.items
    item, phrase = next(
        (item.key, phrase.key)
        for item in items
        for phrase in item.phrases
        if phrase.raises_repair and item.scale is Scale.GRADE
    )
    store.close()
    return Scene(home, bytes(vault.unlock(home, PASSPHRASE)), store.actor, walk_id, item, phrase)


def _copied(scene: Scene, home: Path, change: Callable[[Scene, Store], None]) -> Scene:
    shutil.copytree(scene.home, home)
    store = scene.open(home)
    change(scene, store)
    store.close()
    return Scene(home, scene.data_key, scene.actor, scene.walk_id, scene.item, scene.phrase)


def _answer_all(scene: Scene, store: Store) -> None:
    with store.read() as session:
        template = walk_view.load(session, scene.walk_id).template
    with store.write("all of it") as session:
        for area in template.areas:
            walk.move(session, scene.walk_id, area.items[0].key)
            walk.rest_ok(session, scene.walk_id, area.key)
            for item in area.items:
                if item.safety_critical:
                    value = scoring.ok_answer(item).value
                    walk.answer(session, scene.walk_id, item.key, value=value)


def _back_up_and_go_on(scene: Scene, store: Store) -> None:
    backup.make(store)
    with store.write("later") as session:
        an_estate(session, name="Later")


def steps(name: str, scene: Scene, home: Path, holding: ExitStack) -> list[Step]:
    """The steps of a workflow on a copy of its scene in ``home``; each may be asked for again after it failed."""
    if name == "restore":
        return [("restored", partial(_restore, home))]
    store = scene.open(home)
    holding.callback(store.close)
    if name == "backup":
        return [
            ("backed up", partial(backup.make, store)),
            ("thinned", partial(_thin_later, store)),
            ("closed", store.close),
        ]
    if name == "sign":
        draft = signing.SignatureDraft("M. Kaur", Role.CARETAKER)
        return [
            ("signed", partial(_do, store, "signed", signing.sign, scene.walk_id, [draft])),
            ("closed", store.close),
        ]
    stored: list[attachments.StoredPhoto] = []
    return [
        ("stored", lambda: stored.append(attachments.store(store.blobs, picture()))),
        (
            "graded",
            partial(_do, store, "graded", walk.answer, scene.walk_id, scene.item, phrase=scene.phrase),
        ),
        ("photo", lambda: _do(store, "photo", walk.add_photo, scene.walk_id, stored[-1], scene.item)),
        (
            "noted",
            partial(_do, store, "noted", walk.note, scene.walk_id, scene.item, "By the second landing."),
        ),
        ("closed", store.close),
    ]


def _do(store: Store, why: str, change: Callable[..., Any], *args: Any, **keywords: Any) -> None:
    with store.write(why) as session:
        change(session, *args, **keywords)


def _thin_later(store: Store) -> None:
    assert isinstance(store.clock, FakeClock)
    store.clock.forward(timedelta(days=40))
    backup.make(store)
    backup.thin(store.home / backup.FOLDER, store.clock.now())


def _restore(home: Path) -> None:
    (first,) = (one for one in backup.all_in(home / backup.FOLDER) if one.why == "asked for")
    restore.restore(home, first.path, PASSPHRASE, clock=FakeClock())


@dataclass(frozen=True)
class Seen:
    """A workspace after the workflow: its changes by the words of their write, and how many restores it knows of."""

    changes: dict[str, Counter[str]]
    names: frozenset[str]
    restored: bool
    backups: int


def look(scene: Scene, home: Path) -> tuple[Seen, list[str]]:
    """Open it unaided and see that everything agrees; gives what is there and what is wrong."""
    store = scene.open(home)
    wrong = [f"check: {finding.code}" for finding in check.run(store)]
    with store.read() as session:
        changes: dict[str, Counter[str]] = {}
        for row in session.scalars(select(Change)):
            changes.setdefault(row.why, Counter())[f"{row.table_name} {row.kind}"] += 1
        names = frozenset(session.scalars(select(Estate.name)))
    found = backup.all_in(home / backup.FOLDER)
    for one in found:
        if proof.prove(one.database, store.database_key).changes != one.changes:
            wrong.append("a backup with other changes than it says")
    seen = Seen(changes, names, backup.restored(store) is not None, len(found))
    store.close()
    return seen, wrong


def has_photo(scene: Scene, home: Path) -> bool:
    """Whether the bytes of the photo are on disk, by a record or not."""
    store = scene.open(home)
    try:
        return bool([sha for sha in store.blobs.all() if store.blobs.get(sha)])
    finally:
        store.close()


def judge(name: str, seen: Seen, whole: Seen, acknowledged: set[str], photo_kept: bool) -> list[str]:
    """What is wrong: acknowledged and not there, or there in part. ``whole`` is the same without any fault."""
    wrong = []
    if name == "restore":
        states = {(True, frozenset(whole.names)), (False, whole.names | {"Later"})}
        if (seen.restored, seen.names) not in states:
            wrong.append("neither the old nor the restored workspace")
        if "restored" in acknowledged and not seen.restored:
            wrong.append("restored was acknowledged and is lost")
        return wrong
    if "backed up" in acknowledged and not seen.backups:
        wrong.append("a backup was acknowledged and is lost")
    for step in ("graded", "photo", "noted", "signed"):
        there, wanted = seen.changes.get(step, Counter()), whole.changes.get(step, Counter())
        if there and there != wanted:
            wrong.append(f"{step} is there in part: {dict(there)}")
        if step in acknowledged and not there and wanted:
            wrong.append(f"{step} was acknowledged and is lost")
    if "stored" in acknowledged and not photo_kept:
        wrong.append("a photo was acknowledged and is lost")
    return wrong
