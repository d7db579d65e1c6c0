"""The photos of a repair: before, after, and after the first time where it was opened again; oldest first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.repair_closing import AFTER, AFTER_BEFORE
from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.repairs.sections.parts import Section
from watmos_desktop.ui.pages.repairs.thumbnails import Strip, Thumbnails

_LATER = {AFTER_BEFORE: "After, the first time", AFTER: "After"}


def build(
    desk: Desk, detail: RepairDetail, go: Callable[[str, object], None], parent: QWidget
) -> QWidget | None:
    """Strips of photos that open large; None where there are none."""
    if not detail.photos:
        return None
    section, pictures, show = Section(parent, "Photos"), Thumbnails.at(desk), partial(go, "photo")
    before = [card for card in detail.photos if card.item_key not in _LATER]
    if len(before) == len(detail.photos):
        return section.add(Strip("Photos of this repair", pictures, before, show))
    if before:
        section.say("Before", "quiet").add(Strip("Before", pictures, before, show))
    for key, words in _LATER.items():
        later = [card for card in detail.photos if card.item_key == key]
        if later:
            section.say(words, "quiet").add(Strip(words, pictures, later, show))
    return section
