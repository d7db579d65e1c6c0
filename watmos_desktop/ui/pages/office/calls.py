"""What the pages of administrators share: ask the office beside the window, show what is waited for and what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.services import log
from watmos_desktop.services.errors import Told
from watmos_desktop.services.sync.client import Client
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.page import Page, Progress
from watmos_desktop.ui.syncing import Syncing

T = TypeVar("T")
WIDEST = 860


class OfficePage(Page):
    """A page whose content is the office's own and is read anew each time it is shown; nothing of it is kept here."""

    def __init__(self, desk: Desk, office: Syncing, title: str, sentence: str) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        super().__init__(title, sentence, back, scroll=True)
        self.desk, self.office = desk, office
        self._bar = Progress("Asking the office")
        self._bar.setVisible(False)
        self.body.addWidget(self._bar)
        self._list = QWidget()
        self.body.addWidget(self._list)

    def fill(self, parts: Sequence[QWidget]) -> None:
        """Show these below the head instead of what was there."""
        fresh = QWidget()
        fresh.setMaximumWidth(WIDEST)  # its height is worked out for its own width, not for the page's
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in parts:
            column.addWidget(part)
        self.body.replaceWidget(self._list, fresh)
        self._list.hide()
        fresh.show()  # at once: a layout would leave the place empty for a frame
        self._list.deleteLater()
        self._list = fresh

    def ask(
        self,
        call: Callable[[Client], T],
        then: Callable[[T], object],
        refused: Callable[[Told], bool] = lambda _: False,
    ) -> None:
        """Ask the office; ``refused`` may show an error at its field and say so."""

        def answered(value: T) -> None:
            self._bar.setVisible(False)
            then(value)

        def failed(error: BaseException) -> None:
            self._bar.setVisible(False)
            if not isinstance(error, Told):
                log.fault(error)
            elif refused(error):
                return
            self.notices.tell(error)

        self._bar.setVisible(True)
        self._bar.show_part(0, 0)
        self.office.ask(call, answered, owner=self, on_error=failed)
