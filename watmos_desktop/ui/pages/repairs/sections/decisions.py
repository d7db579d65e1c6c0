"""Whose the repair is and why, and why so soon, as it was told; and the way to decide anew (R1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from watmos_desktop.models.kinds import RepairStatus
from watmos_desktop.services import policy
from watmos_desktop.services.policy import Action
from watmos_desktop.services.repairs import OPEN, RepairDetail
from watmos_desktop.ui.actions import bind, shown_key
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.text import Heading
from watmos_desktop.ui.pages.repairs.decide_forms import CancelForm, SoonForm, WhoseForm
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm
from watmos_desktop.ui.pages.repairs.sections.parts import Section

Go = Callable[[str, object], None]
_Form = tuple[str, str, Callable[[], PanelForm]]


def build(desk: Desk, detail: RepairDetail, go: Go, parent: QWidget) -> QWidget | None:
    """What was decided, with its buttons; None where there is nothing to say and nothing this person may decide."""
    account, forms = detail.account, _forms(desk, detail, go)
    if not (forms or account.whose or account.priority_reason):
        return None
    section = Section(parent, "" if account.whose else "Decided")
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
    if forms:
        _buttons(section, forms, go)
    return section


def _forms(desk: Desk, detail: RepairDetail, go: Go) -> list[_Form]:
    """The decisions this person may take on the repair as it stands."""
    status, found = detail.card.status, list[_Form]()
    if not policy.may(desk.actor, Action.CHANGE_REPAIR, "repair"):
        return found
    if status in OPEN:
        found.append(("How soon", "repair_soon", partial(SoonForm, desk, detail, go)))
    if status in OPEN or status is RepairStatus.SIGNPOSTED:
        found.append(("Whose it is", "repair_whose", partial(WhoseForm, desk, detail, go)))
    if status in OPEN:
        found.append(("Cancel it", "", partial(CancelForm, desk, detail.card.id, go)))
    return found


def _buttons(section: Section, forms: list[_Form], go: Go) -> None:
    row = FlowRow()
    for words, key, make in forms:
        run = partial(_open, go, make)
        row.add(QuietButton(words, run, key=shown_key(key) if key else "", tip=f"{words}: decide anew"))
        if key:
            bind(section, key, run, inside_only=False)
    section.add(row)


def _open(go: Callable[[str, object], None], make: Callable[[], PanelForm]) -> None:
    go("form", make())
