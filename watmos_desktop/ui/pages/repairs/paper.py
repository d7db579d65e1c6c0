"""Papers about the work on a repair: the contractor's order, with its e-mail to copy, and the card at the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.reports import access_card, collect_visits, collect_work, work_order
from watmos_desktop.services.reports.access_card import AccessCard
from watmos_desktop.services.reports.work_order import WorkOrder
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.clipboard import CLEARED, copy
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.paper import About, Paper, PaperPage

ORDER, CARD, VISIT_CARD = "order", "card", "visit_card"


class WorkPaperPage(PaperPage):
    """``open`` takes ``("order", job id)``, ``("card", repair id)`` or ``("visit_card", visit id)``."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        def order(session: Any, job_id: UUID) -> WorkOrder:
            return collect_work.work_order(session, desk.store.blobs, job_id)

        card = "Card for the door"
        papers = {
            ORDER: Paper("Work order", order, work_order.pages, _about_order, work_order.fit),
            CARD: Paper(card, collect_work.access_card, access_card.pages, _about_card),
            VISIT_CARD: Paper(card, collect_visits.access_card, access_card.pages, _about_card),
        }
        super().__init__(desk, papers, parent=parent)
        self._order: WorkOrder | None = None
        self.copy_button = QuietButton("Copy as e-mail", self.copy_mail)
        self.copy_subject = QuietButton("Copy its subject", self.copy_mail_subject)
        self.bar.addWidget(self.copy_button)
        self.bar.addWidget(self.copy_subject)
        self.bar.addStretch(1)
        self.view.found.connect(self._keep)
        self.view.ready.connect(lambda: self._show_mail(self._order is not None))
        self._show_mail(False)

    def open(self, argument: object) -> None:
        """Make the paper."""
        self._order = None
        self._show_mail(False)
        super().open(argument)

    def leave(self) -> None:
        """Let the paper and the order go."""
        self._order = None
        super().leave()

    def copy_mail(self) -> None:
        """The order as text, ready to paste into a mail."""
        if self._order is not None:
            copy(work_order.email(self._order).body)
            self.notices.say("Copied. Paste it into a mail to the contractor.", CLEARED, Tone.OK)

    def copy_mail_subject(self) -> None:
        """The subject line, which names no place and nobody."""
        if self._order is not None:
            copy(work_order.email(self._order).subject)
            self.notices.say("Copied the subject.", CLEARED, Tone.OK)

    def _keep(self, read: tuple[About, object]) -> None:
        self._order = read[1] if isinstance(read[1], WorkOrder) else None

    def _show_mail(self, on: bool) -> None:
        self.copy_button.setVisible(on)
        self.copy_subject.setVisible(on)


def _about_order(data: WorkOrder) -> About:
    sentence = f"{data.reference} · {data.contractor} · without anything they may not know"
    return About(sentence, f"Work order {data.reference}")


def _about_card(data: AccessCard) -> About:
    sentence = f"{data.reference} · two on a sheet; it names nobody, so anyone may read it"
    return About(sentence, f"Card for the door {data.reference}")
