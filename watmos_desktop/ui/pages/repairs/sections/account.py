"""Whose the repair is and why, for whom, and why so soon, as it was told (R1)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from watmos_desktop.services.repairs import RepairDetail
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.text import Heading
from watmos_desktop.ui.pages.repairs.sections.parts import Section


def build(
    desk: Desk, detail: RepairDetail, go: Callable[[str, object], None], parent: QWidget
) -> QWidget | None:
    """The account of a repair; None where nobody asked, or this person may not know."""
    account = detail.account
    if not (account.person or account.whose or account.priority_reason):
        return None
    section = Section(parent)
    if account.person:
        section.say(f"For {account.person}")
    if account.whose:
        section.add(Heading(account.whose)).say(account.reason)
        if account.guide:
            section.say(f"The guide had said: {account.guide.lower()}", "small")
        if account.cause:
            section.say(account.cause, "small")
    if account.priority_reason:
        words = f"{detail.card.priority.value.capitalize()}: {account.priority_reason}"
        if account.priority_guide:
            words += f" (suggested: {account.priority_guide})"
        section.say(words, "small")
    return section
