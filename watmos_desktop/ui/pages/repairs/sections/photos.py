"""The photos of a repair, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.photos import PhotoStrip
from watmos_desktop.ui.pages.repairs.sections.parts import Section
from watmos_desktop.ui.pages.repairs.thumbnails import Thumbnails


def build(
    desk: Desk, detail: RepairDetail, go: Callable[[str, object], None], parent: QWidget
) -> QWidget | None:
    """A strip of photos that open large; None where there are none."""
    if not detail.photos:
        return None
    section = Section(parent, "Photos")
    section.add(_Pictures("Photos of this repair", Thumbnails.at(desk), detail.photos, go))
    return section


class _Pictures(PhotoStrip):
    """A strip that shows each photo once it is decoded."""

    def __init__(
        self,
        name: str,
        pictures: Thumbnails,
        cards: Sequence[PhotoCard],
        go: Callable[[str, object], None],
    ) -> None:
        super().__init__(name, on_open=lambda key: go("photo", key))
        self._pictures, self._cards = pictures, cards
        pictures.ready.connect(self._again)
        self._again()

    def _again(self) -> None:
        self.show_photos(self._pictures.photos(self._cards))
