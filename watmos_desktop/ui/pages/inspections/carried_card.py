"""An open defect of an earlier walk, on top of its area: the old photo, and what became of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Sighting
from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.walk_view import Carried
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.grade import GradeTile
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.photo_view import PhotoView
from watmos_desktop.ui.kit.photos import Photo
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.inspections.start import Start

_ANSWERS = (
    (Sighting.FIXED, "fixed", "Fixed", "It is gone; its repair is closed", Tone.OK),
    (Sighting.NOT_FIXED, "not_fixed", "Not fixed", "Still there; its repair stays open", Tone.WARN),
    (Sighting.WORSE, "worse", "Worse", "It has grown; it counts as D now", Tone.BAD),
)


class OldPhoto(PhotoView):
    """A photo that takes what room is left."""

    def sizeHint(self) -> QSize:
        """Enough to see what it was."""
        return QSize(320, 190)


class CarriedCard(Card):
    """One earlier defect to look at. ``on_outcome(sighting)`` gets what was found."""

    def __init__(self, on_outcome: Callable[[Sighting], object], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.title = Start()
        self.setFocusProxy(self.title)
        self.about = Text(role="quiet", wrap=True)
        self.repair = Pill("", Tone.INFO)
        self.view = OldPhoto("The photo of then")
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tiles: dict[Sighting, GradeTile] = {}
        answers = QHBoxLayout()
        answers.setSpacing(12)
        for sighting, action_id, words, means, tone in _ANSWERS:
            tile = GradeTile(words, f"{means}\nKey {shown_key(action_id)}", tone)
            tile.setCheckable(False)
            tile.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tile.clicked.connect(lambda _=False, found=sighting: on_outcome(found))
            self.tiles[sighting] = tile
            answers.addWidget(tile)
        words_column = QVBoxLayout()
        words_column.setSpacing(4)
        words_column.addWidget(Text("From an earlier walk: was it fixed?", role="strong"))
        words_column.addWidget(self.title)
        words_column.addWidget(self.about)
        words_column.addWidget(self.repair, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.setSpacing(12)
        self.body.addLayout(words_column)
        self.body.addLayout(answers)
        self.add(self.view, 1)
        self.body.addStretch(0)

    def show_defect(self, carried: Carried, photo: Photo | None) -> None:
        """Show a defect and the newest photo of it."""
        self.title.say(carried.title, f"From an earlier walk: {carried.title}. Was it fixed?")
        seen = wording.day(carried.seen_at.astimezone(LONDON))
        where = f"{carried.place} · " if carried.place else ""
        self.about.setText(f"{where}seen {seen}, graded {carried.grade} · {carried.reference}")
        self.setAccessibleName(f"From an earlier walk: {carried.title}. Was it fixed?")
        self.repair.setVisible(carried.repair is not None)
        if carried.repair is not None:
            due = carried.repair.due
            self.repair.say(f"Repair {carried.repair.reference} · {due.text}", Tone(due.tone))
        self.view.setVisible(photo is not None)
        if photo is not None:
            self.view.show_photo(photo.image, photo.marks)
