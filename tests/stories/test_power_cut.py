"""The power goes mid-walk: a real window in its own process is killed after so many answers, and reopened."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest

from tests.conftest import Workspace
from tests.fakes import FakeClock
from tests.stories.conftest import Block
from watmos_desktop.services import instance, walk, walk_view
from watmos_desktop.services.store import Store

KEYS = ("A", "B", "Alt+2", "Space", "A", "O", "1", "B", "C")
_WALK = """
import os, sys
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from watmos_desktop.models.kinds import Role
from watmos_desktop.services import instance
from watmos_desktop.services.policy import Actor
from watmos_desktop.services.store import Store
from watmos_desktop.ui import theme
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.inspections.walk import WalkPage
from watmos_desktop.ui.tasks import Tasks
from watmos_desktop.ui.window import PageSpec, Window

home, key, staff, block, walk_id, *keys = sys.argv[1:]
app = QApplication([])
theme.apply(app, "light")
holding = ExitStack()
holding.enter_context(instance.hold(Path(home)))
from watmos_desktop.services.clock import SystemClock
store = Store(Path(home), bytes.fromhex(key), holding, SystemClock())
store.actor = Actor(UUID(staff), "M. Kaur", Role.CARETAKER, blocks=frozenset({UUID(block)}))
desk = Desk(store, Tasks(lambda error: os._exit(3)))
window = Window(QWidget)
window.resize(1280, 800)
window.show()
window.open_pages([PageSpec("walk", "Walk", "inspections", lambda: WalkPage(desk))], "M. Kaur")
window.go("walk", UUID(walk_id))
window.activateWindow()
QTest.qWaitForWindowActive(window)
for one in keys:
    pressed = QKeySequence(one)[0]
    QTest.keyClick(window.windowHandle(), pressed.key(), pressed.keyboardModifiers())
    page = window.current()
    print(page.item_key(), flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("presses", [3, len(KEYS)])
def test_a_killed_walk_resumes_on_its_item_with_every_answer(
    presses: int,
    block: Block,
    store: Store,
    clock: FakeClock,
    tmp_path: Path,
    empty_workspace: Workspace,
) -> None:
    with store.write("start") as session:
        walk_id = walk.start(session, block.schedule_id)
    actor = store.actor
    home = tmp_path / "killed"
    store.close()
    shutil.copytree(tmp_path / "workspace", home)
    arguments = [str(home), empty_workspace.key.hex(), str(actor.staff_id), str(block.id), str(walk_id)]
    done = subprocess.run(
        [sys.executable, "-c", _WALK, *arguments, *KEYS[:presses]],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    shown = done.stdout.split()
    reopened = _open(home, empty_workspace.key, clock)
    try:
        reopened.actor = actor
        with reopened.read() as session:
            seen = walk_view.load(session, UUID(str(walk_id)))
    finally:
        reopened.close()
    assert seen.at_item == shown[-1]
    assert {key: one.value for key, one in seen.mine.items() if not one.bulk} == _expected(presses)
    if presses >= KEYS.index("O") + 1:
        assert not [item.key for item in seen.template.area("entrance").items if item.key not in seen.mine]
    if presses >= 3:
        assert set(seen.raised) == {"entrance_walls"}


def _open(home: Path, key: bytes, clock: FakeClock) -> Store:
    holding = ExitStack()
    holding.enter_context(instance.hold(home))
    return Store(home, key, holding, clock)


def _expected(presses: int) -> dict[str, str]:
    """What those keys say, worked out by hand."""
    steps: tuple[dict[str, str], ...] = (
        {"entrance_door": "A"},
        {"entrance_floor": "B"},
        {"entrance_walls": "C"},  # by a phrase
        {},
        {"entrance_lights": "A"},
        {},  # the rest of the entrance, in bulk
        {"lift_working": "yes"},
        {"lift_doors": "B"},
        {"lift_clean": "C"},
    )
    said: dict[str, str] = {}
    for step in steps[:presses]:
        said |= step
    return said
