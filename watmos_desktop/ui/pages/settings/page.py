"""Settings: how it looks, when it locks, the passphrase, backups, and where everything lies."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.services import backup, settings, staff, vault, wording
from watmos_desktop.services.backup import Backup
from watmos_desktop.services.clock import LONDON
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.chip import ChipRow, Choice
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import Tone, look
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.text import Text
from watmos_desktop.ui.pages.settings.pin_card import PinCard
from watmos_desktop.ui.pages.settings.tying import State, TyingCard, state

_SCHEMES = {"light": "Light", "dark": "Dark", "sun": "Sun: black on white, for outdoors"}


class SettingsPage(Page):
    """Every choice holds at once and is remembered in the workspace.

    ``wear(scheme, text scale)`` dresses the window, ``lock_after(minutes)`` sets its clock. Emits
    ``open_requested("people", None)`` or ``("office", None)``.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        wear: Callable[[str, float], object],
        lock_after: Callable[[int], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Settings", "They hold on this computer, at once.", scroll=True, parent=parent)
        self._desk, self._wear, self._lock_after = desk, wear, lock_after
        chosen = settings.load(desk.store)
        self.scheme = ChipRow("Colours", [Choice(key, words) for key, words in _SCHEMES.items()])
        self.scheme.choose(look().scheme)
        self.scheme.picked.connect(self._pick_look)
        self.text = ChipRow(
            "Text size", [Choice(str(scale), f"{round(scale * 100)} %") for scale in settings.TEXT_SCALES]
        )
        self.text.choose(str(look().scale))
        self.text.picked.connect(self._pick_look)
        self.minutes = ChipRow(
            "Lock after", [Choice(str(one), wording.count(one, "minute")) for one in settings.LOCK_MINUTES]
        )
        self.minutes.choose(str(chosen.lock_minutes))
        self.minutes.picked.connect(self._pick_minutes)
        # A column of its own: a card that is capped in width would be measured as high as at the page's width.
        holder = QWidget()
        holder.setMaximumWidth(round(760 * max(1.0, look().scale)))
        self._cards = QVBoxLayout(holder)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(12)
        row = QHBoxLayout()
        row.addWidget(holder, 100)
        row.addStretch(1)
        self.body.addLayout(row)
        self._who_card()
        self._look_card()
        self._lock_card()
        self.pin = PinCard(desk, self.notices)
        self._add(self.pin)
        self._passphrase_card()
        self.tying = TyingCard(desk, self.notices, self._tied)
        self._new_here = False
        self._add(self.tying)
        self._backup_card()
        self.body.addStretch(1)

    def open(self, argument: object) -> None:
        """``"tie"``: the recovery code of a workspace that was made just now."""
        if argument == "tie":
            self._new_here = True
            self._offer_tie()

    def leave(self) -> None:
        """Passphrases and codes never wait for the next unlock."""
        self._forget()
        self.pin.forget()
        self.tying.forget()

    def back_up(self) -> None:
        """Make a backup now, beside the window."""
        self._backup_button.setEnabled(False)
        self._backup_button.say("Making it…")
        store = self._desk.store
        self._desk.tasks.write(
            lambda: backup.make(store), self._backed_up, owner=self, on_error=self._backup_failed
        )

    def change_passphrase(self) -> None:
        """Wrap the key by the new passphrase; the data stay as they are."""
        if not self.form.check() or not self._change_button.isEnabled():
            return
        old, new = self._old.text(), self._new.text()
        home = self._desk.store.home
        self._change_button.setEnabled(False)
        self._desk.tasks.write(
            lambda: vault.change_passphrase(home, old, new),
            self._changed,
            owner=self,
            on_error=self._not_changed,
        )

    def _add(self, card: Card) -> None:
        self._cards.addWidget(card)

    def _who_card(self) -> None:
        actor = self._desk.actor
        role = staff.ROLE_WORDS[actor.role] if actor.role else ""
        card = Card("Who is using this", f"{actor.name} · {role}")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(QuietButton("People", lambda: self.open_requested.emit("people", None)))
        row.addWidget(QuietButton("Office", lambda: self.open_requested.emit("office", None)))
        row.addStretch(1)
        card.body.addLayout(row)
        self._add(card)

    def _look_card(self) -> None:
        card = Card("How it looks")
        card.add(Text("Colours (F2)", role="strong"))
        card.add(self.scheme)
        card.add(Text("Text size (Ctrl++ and Ctrl+-)", role="strong"))
        card.add(self.text)
        self._add(card)

    def _lock_card(self) -> None:
        card = Card(
            "Locking", "It locks by itself after this time without a key or touch, and with Ctrl+L at once."
        )
        card.add(self.minutes)
        self._add(card)

    def _passphrase_card(self) -> None:
        self._old, self._new, self._again = Line(secret=True), Line(secret=True), Line(secret=True)
        self.form = Form(
            [
                Field("old", "Passphrase now", self._old, check=lambda v: "" if v else "Type it once more."),
                Field(
                    "passphrase",
                    "New passphrase",
                    self._new,
                    help="Four words you can picture are best. It cannot be recovered: keep it safe.",
                    check=lambda v: "" if v else "Choose a new one.",
                ),
                Field("again", "The new passphrase again", self._again, check=self._check_again),
            ]
        )
        self._change_button = QuietButton("Change the passphrase", self.change_passphrase)
        card = Card("Passphrase", "Backups made before keep the old one.")
        card.add(self.form)
        row = QHBoxLayout()
        row.addWidget(self._change_button)
        row.addStretch(1)
        card.body.addLayout(row)
        self._add(card)

    def _backup_card(self) -> None:
        card = Card("Backups and place")
        self._last = Text("", wrap=True)
        self._say_last(backup.latest(self._desk.store.home))
        card.add(self._last)
        card.add(
            Text(
                f"Everything lies encrypted in {self._desk.store.home}", role="quiet", wrap=True
            ).selectable()
        )
        self._backup_button = QuietButton("Back up now", self.back_up)
        row = QHBoxLayout()
        row.addWidget(self._backup_button)
        row.addStretch(1)
        card.body.addLayout(row)
        self._add(card)

    def _pick_look(self, _: str) -> None:
        scheme, scale = self.scheme.chosen(), float(self.text.chosen())
        self._wear(scheme, scale)
        settings.change(self._desk.store, scheme=scheme, text_scale=scale)

    def _pick_minutes(self, chosen: str) -> None:
        self._lock_after(int(chosen))
        settings.change(self._desk.store, lock_minutes=int(chosen))

    def _check_again(self, _: object) -> str:
        return "" if self._again.text() == self._new.text() else "The two are not the same."

    def _changed(self, _: None) -> None:
        self._change_button.setEnabled(True)
        self._forget()
        self.notices.say("The passphrase is changed.", "Use the new one from now on.", Tone.OK)
        home = self._desk.store.home
        self._desk.tasks.read(lambda: state(home), self._tie_too, owner=self)

    def _tie_too(self, now: State) -> None:
        """A workspace from before there were ties gets its own with the change of passphrase."""
        if now.keystore and not now.tied:
            self._offer_tie()

    def _offer_tie(self) -> None:
        self.tying.begin()

    def _tied(self) -> None:
        if self._new_here:
            self._new_here = False
            self.open_requested.emit("today", None)

    def _not_changed(self, error: BaseException) -> None:
        self._change_button.setEnabled(True)
        if isinstance(error, vault.WrongPassphrase):
            self.form.fields["old"].show_error(str(error))
            self._old.setFocus()
        elif not self.form.tell(error):
            self.notices.tell(error)

    def _forget(self) -> None:
        for line in (self._old, self._new, self._again):
            line.clear()

    def _backed_up(self, made: Backup) -> None:
        self._backup_button.setEnabled(True)
        self._backup_button.say("Back up now")
        self._say_last(made)
        self.notices.say("The backup is made and proved.", tone=Tone.OK)

    def _backup_failed(self, error: BaseException) -> None:
        self._backup_button.setEnabled(True)
        self._backup_button.say("Back up now")
        self.notices.tell(error)

    def _say_last(self, last: Backup | None) -> None:
        when = wording.moment(last.made_at.astimezone(LONDON)) if last else ""
        self._last.setText(
            f"Last backup {when}." if last else "No backup yet: one is made when you close the program."
        )
