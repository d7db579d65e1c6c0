"""The office: how sync stands, whether it is safe to go home, and the ways to review, people and devices."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import log, policy, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.store import Store
from watmos_desktop.services.sync import bundle, safe, status, unsent
from watmos_desktop.services.sync.bundle import Bundle
from watmos_desktop.services.sync.safe import Safe
from watmos_desktop.services.sync.status import Status
from watmos_desktop.services.sync.unsent import Unsent
from watmos_desktop.services.sync.visit import Progress as Step
from watmos_desktop.ui.actions import shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState, StatTile, TaskCard
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.fresh import Fresh
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page, Progress
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.office.calls import WIDEST
from watmos_desktop.ui.syncing import Syncing

_STEPS = {
    "sending": "Sending what you wrote",
    "loading": "Loading your estates for the first time",
    "reading": "Fetching what is new",
    "photos": "Photos on their way",
}


class OfficeStatusPage(Page):
    """What waits, what went wrong and the next step; *safe to go home*; for who may, people and devices.

    Emits ``open_requested`` with ``review``, ``join``, ``confirm``, ``members``, ``devices`` or ``decisions``.
    """

    def __init__(self, desk: Desk, office: Syncing, parent: QWidget | None = None) -> None:
        self.sync_button = PrimaryButton("Sync now", self.sync_now, key=shown_key("sync"))
        super().__init__("Office", "", self.sync_button, scroll=True, parent=parent)
        self._desk, self._office = desk, office
        self._bar = Progress("Sync")
        self._step = Text("", role="quiet", wrap=True)
        self._working = Card("At work")
        self._working.add(self._step)
        self._working.add(self._bar)
        self.stop_button = QuietButton("Stop for now", self.stop_for_now)
        self._way_out = FlowRow(self.stop_button)
        self._working.add(self._way_out)
        self._parts = QWidget()
        for part in (self._working, self._parts):
            part.setMaximumWidth(WIDEST)
            self.body.addWidget(part)
        self.body.addStretch(1)
        self._show_busy(office.visiting())
        office.busy.connect(self._show_busy)
        office.moved.connect(self._show_step)
        office.told.connect(lambda _: self.refresh())
        Fresh(self, desk.changed, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read how things stand beside the window; the answer is shown when it comes."""
        store = self._desk.store
        self._desk.tasks.read(lambda: _read(self._desk, store), self._show, key="office", owner=self)

    def sync_now(self) -> None:
        """Visit the office; what came of it is always said."""
        self._office.now(self.tell)

    def stop_for_now(self) -> None:
        """End what takes long; what has come stays, and the next visit goes on from there."""
        self._office.pause()
        self._way_out.hide()
        self._step.setText("Stopping once the page under way has come. What is here by then stays.")

    def tell(self, words: str, hint: str, well: bool) -> None:
        """Say what came of a visit; what is in the way has its own card."""
        if well:
            self.notices.say(words, hint, Tone.OK)
        else:
            now = wording.clock_time(self._desk.store.clock.now())
            self.notices.say(f"The office was tried at {now}: {words[0].lower()}{words[1:]}", "", Tone.WARN)

    def save_bundle(self) -> None:
        """Ask where to, and write all that waits into one encrypted file."""
        day = self._desk.store.clock.now().astimezone(LONDON).date().isoformat()
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Write a bundle file", f"watmos-{day}.bundle", "WATMOS bundle (*.bundle)"
        )
        if chosen:
            self.write_bundle(Path(chosen))

    def write_bundle(self, path: Path) -> None:
        """Write the bundle to ``path``, beside the window."""
        store = self._desk.store
        self.notices.say("Writing the bundle file…", "You can go on working.")
        self._desk.tasks.write(
            lambda: bundle.export(store, path), self._written, owner=self, on_error=self._failed
        )

    def _written(self, made: Bundle) -> None:
        counted = f"{wording.count(made.operations, 'change')} and {wording.count(made.photos, 'photo')}"
        self.notices.say(
            f"The bundle file holds {counted}; only the office can open it.",
            "Hand it over on a stick or by mail. All of it stays here until the office has confirmed it.",
            Tone.OK,
        )

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, Told):
            log.fault(error)
        self.notices.tell(error)

    def _show_busy(self, busy: bool) -> None:
        self._working.setVisible(busy)
        self._way_out.hide()
        self._step.setText("Asking the office…")
        self._bar.show_part(0, 0)
        self.sync_button.say("Asking the office…" if busy else "Sync now")

    def _show_step(self, step: Step) -> None:
        if self._office.pausing():
            return
        first = step.step == "loading"
        of = f" of {'about ' if first else ''}{step.whole:,}" if step.whole else ""
        way_out = (
            ". You can work meanwhile, or close the program: it goes on where it stopped." if first else ""
        )
        self._way_out.setVisible(first or step.step == "photos")
        self._step.setText(f"{_STEPS.get(step.step, 'Working')}: {step.done:,}{of}{way_out}")
        self._bar.show_part(step.done, step.whole, self._step.text())

    def _show(self, found: tuple[Status, Safe, Unsent]) -> None:
        now, home, waiting = found
        self.head.say("Office", now.words if now.joined else "This workspace is on this computer alone.")
        self.sync_button.setVisible(now.joined)
        fresh = QWidget()
        fresh.setMaximumWidth(WIDEST)
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in self._cards(now, home, waiting):
            column.addWidget(part)
        self.body.replaceWidget(self._parts, fresh)
        self._parts.hide()
        fresh.show()  # at once: a layout would leave the place empty for a frame
        self._parts.deleteLater()
        self._parts = fresh

    def _cards(self, now: Status, home: Safe, waiting: Unsent) -> list[QWidget]:
        if not now.joined:
            join = PrimaryButton("Join the office", lambda: self.open_requested.emit("join", None))
            return [
                EmptyState(
                    "Not yet connected to an office",
                    "Everything works without one. Once joined, what you record is sent there by itself and what "
                    "others record on your estates comes here.",
                    join,
                )
            ]
        parts: list[QWidget] = []
        if now.problem:
            parts.append(self._problem(now))
        if now.to_review:
            parts.append(
                TaskCard(
                    f"{wording.count(now.to_review, 'thing')} to review",
                    "Changes that met each other, or work that the office holds back.",
                    Pill("Decide", Tone.WARN),
                    self._leading("Review", "review"),
                )
            )
        if now.number:
            parts.append(_waits_for_cases(now.number))
        parts.append(self._safe_card(home, waiting))
        if not now.to_review:
            parts.append(
                TaskCard("Nothing to review", "No changes met each other.", self._leading("Review", "review"))
            )
        if now.cases == "confirmed":
            words = "When a colleague of one of your cases has a new device, you let cases come to it."
            parts.append(TaskCard("Confirm a device", words, self._leading("Confirm a device", "confirm")))
        return parts + self._managing()

    def _problem(self, now: Status) -> Card:
        card = Card()
        card.setAccessibleName(now.problem)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Heading(now.problem), 1)
        row.addWidget(Pill("To do", Tone(now.tone.value)), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(row)
        card.add(Text(now.hint, wrap=True))
        if now.code == status.NEWCOMER:
            card.add(FlowRow(QuietButton("It was me", self._it_was_me)))
        return card

    def _it_was_me(self) -> None:
        status.it_was_me(self._desk.store)
        self.refresh()

    def _safe_card(self, home: Safe, waiting: Unsent) -> Card:
        card = Card("Safe to go home?")
        card.add(Text(home.words, role="strong", wrap=True, tone=Tone(home.tone.value)))
        card.add(Text(home.hint, role="quiet", wrap=True))
        tiles = QHBoxLayout()
        tiles.setSpacing(12)
        for confirmed, all_of_them, noun in (
            (home.confirmed, home.records, "records at the office"),
            (home.photos_confirmed, home.photos, "photos at the office"),
        ):
            tone = Tone.OK if confirmed == all_of_them else Tone.WARN
            tiles.addWidget(StatTile(f"{confirmed:,} of {all_of_them:,}", noun, tone), 1)
        card.body.addLayout(tiles)
        if waiting.names:
            card.add(Heading("Still only here"))
            for one in waiting.names:
                card.add(
                    Text(f"• {' · '.join(part for part in (one.title, one.sentence) if part)}", wrap=True)
                )
            if waiting.more:
                card.add(Text(f"and {waiting.more:,} more", role="quiet"))
        if not home.safe:
            card.add(FlowRow(QuietButton("Write a bundle file…", self.save_bundle)))
        return card

    def _managing(self) -> list[QWidget]:
        if not policy.may(self._desk.actor, Action.MANAGE_STAFF, "staff"):
            return []
        rows = (
            ("People", "Who works here, their role and their places; codes to join with.", "members"),
            ("Devices", "When each was last in touch; suspend, let go or wipe one that is lost.", "devices"),
            ("Held at the office", "Work that could not be taken as it was, for you to decide.", "decisions"),
        )
        return [TaskCard(title, words, self._leading(title, page)) for title, words, page in rows]

    def _leading(self, words: str, page: str) -> QuietButton:
        button = QuietButton("Open", lambda: self.open_requested.emit(page, None))
        button.setAccessibleName(f"Open {words}")
        return button


def _read(desk: Desk, store: Store) -> tuple[Status, Safe, Unsent]:
    return status.status(store), safe.safe_to_go_home(store), desk.look(unsent.unsent)


def _waits_for_cases(number: str) -> Card:
    card = Card("No cases on this device yet")
    card.add(Text("Cases come when a colleague of the case team has confirmed this device.", wrap=True))
    card.add(Text(f"Number of this device: {number}", role="strong"))
    card.add(
        Text(
            "Ring someone of the team or your safeguarding lead; they open Office, Confirm a device, and compare. "
            "It cannot be who made the code for this device. All other work goes on meanwhile.",
            role="quiet",
            wrap=True,
        )
    )
    return card
