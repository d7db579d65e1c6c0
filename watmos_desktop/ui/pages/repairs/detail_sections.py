"""The sections of a repair in full, in the order of the eye. To add one: its file in ``sections``, its line here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.pages.repairs.sections import (
    closing,
    decisions,
    history,
    law,
    photos,
    promises,
    told,
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

SECTIONS: tuple[Build, ...] = (
    closing.build,
    law.build,
    decisions.build,
    photos.build,
    told.build,
    promises.build,
    history.build,
)
