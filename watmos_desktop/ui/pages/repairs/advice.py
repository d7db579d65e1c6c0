"""What to tell the person who reports a repair: whose it is, how soon, and what is open there already (R1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from watmos_desktop.models.kinds import Priority, Responsibility, TenancyKind
from watmos_desktop.services.repair_account import WHOSE
from watmos_desktop.services.repair_places import Where
from watmos_desktop.services.repair_report import Advice
from watmos_desktop.services.repairs import RepairCard
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Text

_LEASES = (TenancyKind.LEASEHOLD, TenancyKind.SHARED_OWNERSHIP)
_TONES = {
    Responsibility.LANDLORD: Tone.OK,
    Responsibility.SHARED: Tone.WARN,
    Responsibility.RESIDENT: Tone.INFO,
    Responsibility.LEASEHOLDER: Tone.INFO,
}
_PRIORITY_TONES = {Priority.EMERGENCY: Tone.BAD, Priority.URGENT: Tone.WARN, Priority.ROUTINE: Tone.INFO}


class AdviceColumn(QWidget):
    """The cards beside the form. ``on_change()`` when someone decides otherwise; ``on_add(card)`` for one open there.

    ``already`` may stand elsewhere on the page, where it is seen first.

    ``decides``: whether this person may decide otherwise than the guide.
    """

    def __init__(
        self,
        on_change: Callable[[], object],
        on_add: Callable[[RepairCard], object],
        *,
        decides: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._on_change, self._on_add, self._decides = on_change, on_add, decides
        self._whose: Responsibility | None = None
        self._soon: Priority | None = None
        self.open: tuple[RepairCard, ...] = ()
        self.whose = ChipRow("Whose is it?", on_pick=self._decide)
        self.whose_reason = Field(
            "responsibility_reason", "Why do you decide otherwise?", Line("A few words")
        )
        self.priority = ChipRow(
            "How soon?", [Choice(one.value, one.capitalize()) for one in Priority], self._decide_soon
        )
        self.priority_reason = Field("priority_reason", "Why do you decide otherwise?", Line("A few words"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self.already = Card("Already open there")
        self._offers = QVBoxLayout()
        self.already.body.addLayout(self._offers)
        self.read_out = Text(wrap=True).selectable()
        self._held = Text(role="quiet", wrap=True)
        self._whose_pill = Pill("", Tone.INFO)
        whose = Card("Whose is it?")
        for part in (FlowRow(self._whose_pill), self._held, self.whose, self.whose_reason):
            whose.add(part)
        self._because = Text(role="quiet", wrap=True)
        self.promise = Text(role="strong", wrap=True)
        self.soon = Card("How soon?")
        for part in (self.priority, self._because, self.priority_reason, self.promise):
            self.soon.add(part)
        self.say = Card("Read this out")
        self.say.add(self.read_out)
        for card in (self.already, self.say, whose, self.soon):
            self._column.addWidget(card)
        self._column.addStretch(1)

    def lead(self, part: QWidget) -> None:
        """Put a part above the others."""
        self._column.insertWidget(0, part)

    def begin(self) -> None:
        """Forget what was decided for another repair."""
        self.whose_reason.put("")
        self.priority_reason.put("")
        self._whose = self._soon = None

    def written(self) -> dict[str, str]:
        """What someone decided and why, to keep over a lock."""
        return {
            "whose": self._whose or "",
            "whose_reason": str(self.whose_reason.value()),
            "soon": self._soon or "",
            "soon_reason": str(self.priority_reason.value()),
        }

    def put(self, kept: Mapping[str, str]) -> None:
        """Take back what ``written`` gave."""
        self._whose = Responsibility(kept["whose"]) if kept.get("whose") else None
        self._soon = Priority(kept["soon"]) if kept.get("soon") else None
        self.whose_reason.put(kept.get("whose_reason", ""))
        self.priority_reason.put(kept.get("soon_reason", ""))

    def decided(self) -> tuple[Responsibility | None, Priority | None]:
        """What someone decided themselves; None for what the guide says."""
        return self._whose, self._soon

    def show_advice(self, place: Where, advice: Advice, *, tenure_shown: bool) -> None:
        """What the guide says, and what follows from what was decided."""
        lease = place.tenure in _LEASES
        theirs = Responsibility.LEASEHOLDER if lease else Responsibility.RESIDENT
        parties = (Responsibility.LANDLORD, Responsibility.SHARED, theirs)
        names = {
            Responsibility.LANDLORD: "Ours",
            Responsibility.SHARED: "Shared",
            theirs: "Leaseholder's" if lease else "Resident's",
        }
        self.whose.offer([Choice(one.value, names[one]) for one in parties])
        self.whose.choose(advice.party.value)
        self.whose.setVisible(self._decides and not place.shared)
        self.whose_reason.setVisible(advice.party is not advice.verdict.party)
        self._whose_pill.say(WHOSE[advice.party], _TONES[advice.party])
        held = place.held or ("" if place.shared else "Judged as rented")
        self._held.setText(
            held if tenure_shown or place.shared else f"{held}: who lives here is not for your role"
        )
        self._held.setVisible(bool(self._held.text()))
        self.priority.choose(advice.priority.value)
        self.priority.setVisible(self._decides)
        self.priority_reason.setVisible(advice.priority is not advice.suggestion.priority)
        self._because.setText(" ".join(advice.suggestion.reasons))
        self.promise.setText(_promise(advice))
        self.read_out.setText(advice.read_out)
        self.soon.setVisible(advice.raises)
        self._show_open(advice.open)

    def _decide(self, party: str) -> None:
        self._whose = Responsibility(party)
        self._on_change()

    def _decide_soon(self, priority: str) -> None:
        self._soon = Priority(priority)
        self._on_change()

    def _show_open(self, found: tuple[RepairCard, ...]) -> None:
        if [one.id for one in found] != [one.id for one in self.open] or not found:
            while self._offers.count():
                taken = self._offers.takeAt(0)
                part = taken.widget() if taken is not None else None
                if part is not None:
                    part.hide()
                    part.deleteLater()
            for number, one in enumerate(found):
                words = Text(f"{one.title} · {one.reference} · {one.due.text}", wrap=True)
                button = QuietButton(
                    "Add to this one",
                    lambda one=one: self._on_add(one),  # type: ignore[misc]
                    key=shown_key("add_to_open") if number == 0 else "",
                )
                button.setAccessibleName(f"Add to this one: {one.title}")
                self._offers.addWidget(words)
                self._offers.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.open = found
        self.already.setVisible(bool(found))


def pill(advice: Advice) -> tuple[str, Tone]:
    """The promise in a pill: ``Urgent · due Mon 30 Nov``."""
    if not advice.raises:
        return "No repair: told whose it is", Tone.INFO
    return f"{advice.priority.capitalize()} · {advice.promise}", _PRIORITY_TONES[advice.priority]


def _promise(advice: Advice) -> str:
    return f"{advice.priority.capitalize()}: {advice.promise}."
