"""The sections of a repair in full, in the order of the eye. To add one: its file in ``sections``, its line here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.repairs.sections import (
    closing,
    decisions,
    doubles,
    further,
    hazard,
    history,
    law,
    photos,
    promises,
    told,
    work,
)

Go = Callable[[str, object], None]
"""What a section may ask for: ``go(page, argument)`` opens a page of the window, and of the detail itself

- ``go("photo", id)`` shows a photo of the repair large;
- ``go("form", widget)`` puts a form (panel_form.PanelForm) in the place of the detail until it is closed;
- ``go("close", None)`` closes that form;
- ``go("done", "Told by phone.")`` says what was done and offers to take it back;
- ``go("told", error)`` says an error.
"""

Build = Callable[[Desk, RepairDetail, Go, QWidget], QWidget | None]


def _of_hazard(build: Build, *, known: bool) -> Build:
    """A section that stands first where a hazard is known, and further down where it only might be one."""

    def only(desk: Desk, detail: RepairDetail, go: Go, parent: QWidget) -> QWidget | None:
        return build(desk, detail, go, parent) if bool(detail.card.hazard) is known else None

    return only


SECTIONS: tuple[Build, ...] = (
    closing.build,
    doubles.build,
    law.build,
    _of_hazard(hazard.build, known=True),
    work.build,
    further.build,
    told.build,
    photos.build,
    decisions.build,
    _of_hazard(hazard.build, known=False),
    promises.build,
    history.build,
)
