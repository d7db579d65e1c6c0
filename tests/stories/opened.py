"""The real window of one person, as a story opens and leaves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.stories.person import Person
from watmos_desktop.services.store import Store
from watmos_desktop.ui import theme
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.tasks import Tasks
from watmos_desktop.ui.window import PageSpec, Window


@contextmanager
def window_of(
    store: Store,
    qtbot: QtBot,
    pages: Callable[[Desk], Sequence[PageSpec]],
    *,
    who: str = "R. Adeyemi · Tenancy officer",
    size: tuple[int, int] = (1440, 900),
) -> Iterator[Person]:
    """Whoever uses ``store`` at a window of these pages; every bug in it fails the story."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application, "light")
    errors: list[BaseException] = []
    tasks = Tasks(errors.append)
    window = Window(lambda: QWidget())
    window.resize(*size)
    window.show()
    window.open_pages(pages(Desk(store, tasks)), who)
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield Person(window, qtbot)
    window.lock()
    window.close()
    window.deleteLater()
    tasks.close()
    store.listeners.clear()
    assert not errors, errors
