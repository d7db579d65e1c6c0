"""Starting an inspection that no schedule asks for: where, and which."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Subject
from watmos_desktop.services import places, templates
from watmos_desktop.services.places import Place
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Select


class NewForm(QWidget):
    """A place and one of the inspections that fit it; ``chosen(template key, Place)`` when both are."""

    chosen = Signal(str, object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places = {str(place.key): place for place in desk.look(places.walkable)}
        self.where = Select([Choice(key, place_words(place)) for key, place in self._places.items()])
        self.which = ChipRow("Which inspection")
        self.form = Form(
            [
                Field(
                    "where",
                    "Where?",
                    self.where,
                    check=lambda key: "" if key else "Nothing to walk here yet.",
                ),
                Field("which", "Which inspection?", self.which),
            ]
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.form)
        self.where.currentIndexChanged.connect(self._offer)
        self.setFocusProxy(self.where)
        bind(self, "save", self.start)
        self._offer()

    def start(self) -> None:
        """Hand over what was chosen; what is missing is said at its field."""
        if self.form.check():
            self.chosen.emit(self.which.chosen(), self._places[self.where.value()])

    def _offer(self, *_: object) -> None:
        place = self._places.get(self.where.value())
        subject = place.subject if place else None
        fitting = [one for one in templates.load_all().values() if one.subject is subject]
        self.which.offer([Choice(one.key, one.title) for one in fitting])


def place_words(place: Place) -> str:
    """A place in a list of all: ``Lindley House A · Lindley Estate``, ``Lindley Estate (the grounds)``."""
    kinds = {Subject.BLOCK: "", Subject.SPACE: " (community space)", Subject.ESTATE: " (the grounds)"}
    estate = "" if place.subject is Subject.ESTATE else f" · {place.estate}"
    return f"{place.name}{kinds[place.subject]}{estate}"
