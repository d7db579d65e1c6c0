"""What the office holds back of everyone's work, and what ambassadors wrote: for those who decide."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from watmos_desktop.services import record_words, wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.sync import admin, review
from watmos_desktop.services.sync.admin import HeldCard, LookCard
from watmos_desktop.services.sync.client import Client
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState, TaskCard
from watmos_desktop.ui.kit.confirm import Confirm
from watmos_desktop.ui.kit.facts import Facts
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.office.calls import WIDEST, OfficePage
from watmos_desktop.ui.syncing import Syncing

_DISMISS = "It is not applied, and its author is not asked again. Its content is kept at the office."


class DecisionsPage(OfficePage):
    """Each piece of held work with who, why and what; it is taken after all, or left out. Then words to look at."""

    def __init__(self, desk: Desk, office: Syncing, parent: QWidget | None = None) -> None:
        super().__init__(desk, office, "Held at the office", "Asking the office…")
        self.body.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Always as it is now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask the office for both lists."""
        self.ask(_both, self.show_lists)

    def show_lists(self, found: tuple[list[HeldCard], list[LookCard]]) -> None:
        """Show what waits for a decision, then what waits for a look."""
        held, looks = found
        parts: list[QWidget] = [self._held(one) for one in held]
        if looks:
            parts.append(Heading("Written or photographed by ambassadors, not looked at yet"))
            parts += [self._look(one) for one in looks]
        if not parts:
            parts.append(
                EmptyState(
                    "Nothing is held back",
                    "Work that the office cannot take as it is waits here with all its words, until you decide.",
                )
            )
        sentence = f"{len(held)} to decide · {len(looks)} to look at" if held or looks else "Nothing waits."
        self.head.say("Held at the office", sentence)
        self.fill(parts)

    def _held(self, one: HeldCard) -> Card:
        named = self.desk.look(record_words.named, one.table, one.record)
        card = Card(named.title)
        card.setMaximumWidth(WIDEST)
        when = wording.moment(one.at.astimezone(LONDON))
        card.add(Text(f"{one.member} · {when} · {named.sentence}", role="quiet", wrap=True))
        card.add(Text(review.why_held(one.reason), role="strong", wrap=True))
        said = self.desk.look(_in_words, one)
        card.add(Facts(said))
        if not one.fields:
            card.add(Text("Your role may not read what it says.", role="quiet", wrap=True))
        confirm = Confirm(named.title)
        confirm.offer("Take it after all", "", partial(self._release, one))
        confirm.offer("Leave it out", _DISMISS, partial(self._dismiss, one))
        card.add(confirm)
        return card

    def _look(self, one: LookCard) -> Card:
        named = self.desk.look(record_words.named, one.table, one.record)
        field = "Photo" if one.field == "photo" else record_words.label(one.table, one.field)
        fine = QuietButton("Holds nothing personal", partial(self._looked, one, fine=True))
        gone = QuietButton("I took it out", partial(self._looked, one, fine=False))
        for button in (fine, gone):
            button.setAccessibleName(f"{button.text()}: {field} of {named.title}")
        card = TaskCard(f"{named.title} · {field}", named.sentence, fine, gone)
        card.setMaximumWidth(WIDEST)
        return card

    def _release(self, one: HeldCard) -> None:
        def done(taken: bool) -> None:
            self.refresh()
            if taken:
                self.notices.say("It is taken, in its author's words and in your name.", tone=Tone.OK)
            else:
                self.notices.say(
                    "It still cannot be taken.", "It stays here; enter it by hand if it matters.", Tone.WARN
                )

        self.ask(lambda client: admin.release(client, one.id), done)

    def _dismiss(self, one: HeldCard) -> None:
        def done(_: None) -> None:
            self.refresh()
            self.notices.say("It is left out; its content is kept.", tone=Tone.OK)

        self.ask(lambda client: admin.dismiss(client, one.id), done)

    def _looked(self, one: LookCard, *, fine: bool) -> None:
        self.ask(lambda client: admin.looked(client, one, fine=fine), lambda _: self.refresh())


def _in_words(session: Any, one: HeldCard) -> list[tuple[str, str]]:
    return [
        (record_words.label(one.table, field), record_words.value(session, one.table, field, raw))
        for field, raw in one.fields.items()
    ]


def _both(client: Client) -> tuple[list[HeldCard], list[LookCard]]:
    return admin.held(client), admin.to_look_at(client)
