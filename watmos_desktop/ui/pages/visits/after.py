"""What comes of this visit: before it is sealed each thing with its promise to read out; afterwards each reference."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from watmos_desktop.models.kinds import VisitStatus
from watmos_desktop.services import policy, referrals, visit_after, visit_follow_ups, visits, wording
from watmos_desktop.services.errors import Told
from watmos_desktop.services.visit_after import Proposal
from watmos_desktop.services.visit_follow_ups import FollowUp
from watmos_desktop.services.visits import VisitCard
from watmos_desktop.ui.actions import bind
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import Button, PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.flow import FlowLayout
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.visits import after_cards
from watmos_desktop.ui.pages.visits.copies import LARGE, RESIDENT, STAFF

_WIDE = 1000  # pixels
_TITLE = "What comes of this visit"
_OPENS = {"repair": "repairs", "hazard_case": "hazard", "adaptation": "adaptations"}


class AfterPage(Page):
    """``open`` takes the id of a visit that is under way or done."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        back = QuietButton("Back", lambda: self.closed.emit(), key="Esc", symbol="back")
        self.on_button = PrimaryButton("To the signature", self.to_door)
        super().__init__(_TITLE, "", back, self.on_button, parent=parent)
        self._desk = desk
        self._visit: UUID | None = None
        self._save: Callable[[], object] | None = None
        self._alone = False
        self._scroll = Scroll()
        self.body.addWidget(self._scroll, 1)
        bind(self, "save", lambda: self._save() if self._save else None)

    def open(self, argument: object) -> None:
        """Show what comes of this visit, or what came of it."""
        assert isinstance(argument, UUID)
        self._visit, self._alone = argument, False
        self.notices.clear()
        self.refresh()

    def place(self) -> object:
        """The visit's id."""
        return self._visit

    def leave(self) -> None:
        """Nothing of the visit stays on the page."""
        self._empty()
        self.head.say(_TITLE)

    def to_door(self) -> None:
        """Back to the door: the signature comes next."""
        self.open_requested.emit("visit_door", self._visit)

    def refresh(self) -> None:
        """Read it again."""
        if self._visit is None:
            return
        self._empty()
        self._save = None
        try:
            card = self._desk.look(visits.get, self._visit).card
            self.head.say(_TITLE, f"{card.what} · {card.address} · {card.reference}")
            sealed = card.status is VisitStatus.COMPLETED
            self.on_button.setVisible(card.status is VisitStatus.UNDER_WAY)
            self._done(card) if sealed else self._to_come(self._visit)
        except Told as told:
            self.on_button.setVisible(False)
            self.notices.tell(told)
        self._scroll.column.addStretch(1)

    # --- before it is sealed ---

    def _to_come(self, visit_id: UUID) -> None:
        found = self._desk.look(visit_after.proposals, visit_id)
        if not found:
            self._put(
                EmptyState(
                    "Nothing comes of it so far",
                    "What the answers ask us to do will stand here, with its day.",
                )
            )
            return
        self._put(
            Text(
                "Read out each promise. Nothing is made before the visit is sealed.", role="quiet", wrap=True
            )
        )
        for one in (each for each in found if each.aloud):
            self._put(self._proposal(one))
        quiet = [each for each in found if not each.aloud]
        if quiet and not self._alone:
            words = f"{len(quiet)} more, for you alone"
            holder = QWidget()
            FlowLayout(holder, gap=8).addWidget(QuietButton(words, self.show_alone))
            self._put(holder)
        for one in quiet if self._alone else ():
            self._put(self._proposal(one))

    def show_alone(self) -> None:
        """Show what is not read out, too: others may stand by until then."""
        self._alone = True
        self.refresh()

    def _proposal(self, one: Proposal) -> Card:
        if not one.made:
            right: list[QWidget] = [Pill("Will not be made", Tone.INFO)]
            if one.left_out:
                right.append(_named(QuietButton("Make it after all", partial(self.take_in, one)), one.words))
            return _card(one.words, one.left_out or one.refused, *right)
        leave = _named(QuietButton("Leave it out", lambda: self.ask_why(card, one)), one.words)
        by = [Pill(f"By {wording.weekday(one.by)}", Tone.WARN)] if one.by else []
        card = _card(one.words, f"{one.becomes} {one.already}".strip(), *by, leave)
        if one.promise:
            card.add(Text(one.promise, wrap=True))
        return card

    def ask_why(self, card: Card, one: Proposal) -> None:
        """Ask why nothing is made of it, on the card itself."""
        field = Field("reason", "Why is nothing made of it?", Line("For example: mended while I was there"))

        def leave(words: str) -> str:
            assert self._visit is not None
            self._desk.do("left out a follow-up", visit_after.leave_out, self._visit, one.key, words)
            return "Left out."

        self._ask(card, field, "Leave it out", leave)

    def ask_outcome(self, card: Card, one: FollowUp) -> None:
        """Ask what came of a referral, on the card itself."""
        field = Field("outcome", "What came of it?", Line("For example: voucher given on 3 Dec"))

        def close(words: str) -> str:
            assert one.record_id is not None
            self._desk.do("said what came of a referral", referrals.close, one.record_id, words)
            return "Noted."

        self._ask(card, field, "Note it", close)

    def _ask(self, card: Card, field: Field, verb: str, run: Callable[[str], str]) -> None:
        for button in card.findChildren(Button):
            button.hide()
        form = Form([field])
        card.add(form)

        def save() -> None:
            try:
                done = run(str(field.value()))
            except Told as told:
                if not form.tell(told):
                    self.notices.tell(told)
                return
            self.refresh()
            self.notices.offer_undo(done, self._take_back)

        self._save = save
        foot = QWidget()
        row = FlowLayout(foot, gap=8)
        row.addWidget(PrimaryButton(verb, save))
        row.addWidget(QuietButton("Keep it as it is", self.refresh))
        card.add(foot)
        field.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def tick(self, one: FollowUp) -> None:
        """A note of what to do is done."""
        assert self._visit is not None
        try:
            self._desk.do("did what a visit left to do", visit_follow_ups.tick, self._visit, one.key)
        except Told as told:
            self.notices.tell(told)
            return
        self.refresh()
        self.notices.offer_undo("Done.", self._take_back)

    def take_in(self, one: Proposal) -> None:
        """Make it after all."""
        assert self._visit is not None
        try:
            self._desk.do("took a follow-up in again", visit_after.take_in, self._visit, one.key)
        except Told as told:
            self.notices.tell(told)
        self.refresh()

    def _take_back(self) -> None:
        try:
            self._desk.undo()
        except Told as told:
            self.notices.tell(told)
        self.refresh()

    # --- afterwards ---

    def _done(self, card: VisitCard) -> None:
        copies = QWidget()
        row = FlowLayout(copies, gap=8)
        for kind, words in (
            (RESIDENT, "Resident's copy"),
            (LARGE, "In large print"),
            (STAFF, "Copy for our files"),
        ):
            make = PrimaryButton if kind == RESIDENT else QuietButton
            row.addWidget(make(words, partial(self.open_requested.emit, "visit_copies", (kind, card.id))))
        if policy.may(self._desk.actor, policy.Action.VISIT, "visit"):
            self._put(copies)
        first, last = after_cards.around(self._desk, card, self._told_or_done)
        for part in first:
            self._put(part)
        came = self._desk.look(visit_follow_ups.of_visit, card.id)
        if not came:
            self._put(EmptyState("Nothing was left to do", "The visit found nothing that asks for more."))
        for one in came:
            self._put(self._follow_up(one))
        for part in last:
            self._put(part)

    def _follow_up(self, one: FollowUp) -> Card:
        right: list[QWidget] = []
        page = _OPENS.get(one.table) if one.reference else None
        if page is not None:
            go = partial(self.open_requested.emit, page, one.record_id)
            right.append(_named(QuietButton("Open", go), one.words))
        if one.waits and policy.may(self._desk.actor, policy.Action.VISIT, "visit"):
            right.append(
                _named(QuietButton("What came of it", lambda: self.ask_outcome(card, one)), one.words)
            )
        if one.to_tick and policy.may(self._desk.actor, policy.Action.VISIT, "visit"):
            right.append(_named(QuietButton("Done", partial(self.tick, one)), one.words))
        said = " · ".join(part for part in (one.reference, one.promise, one.state) if part)
        if one.left_out:
            said = f"Left out: {one.left_out}"
        card = _card(one.words, said or visit_follow_ups.KIND_WORDS[one.kind], *right)
        return card

    def _told_or_done(self, said: str | Told) -> None:
        if isinstance(said, Told):
            self.notices.tell(said)
            return
        self.refresh()
        self.notices.say(said, tone=Tone.OK)

    # --- parts ---

    def _put(self, widget: QWidget) -> None:
        widget.setMaximumWidth(_WIDE)
        self._scroll.column.addWidget(widget)

    def _empty(self) -> None:
        while (item := self._scroll.column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


def _card(title: str, quiet: str, *right: QWidget) -> Card:
    """A card with its title and a quiet line below, and at the right of them a pill or a button."""
    card = Card(margin=14)
    card.setAccessibleName(title)
    row = QHBoxLayout()
    row.setSpacing(8)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(Heading(title))
    words.addWidget(Text(quiet, role="quiet", wrap=True).selectable())
    row.addLayout(words, 1)
    for part in right:
        row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
    card.body.addLayout(row)
    return card


def _named(button: Button, what: str) -> Button:
    """The button, told apart from others of the same words."""
    button.setAccessibleName(f"{button.text()}: {what}")
    return button
