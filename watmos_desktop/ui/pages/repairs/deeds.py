"""The buttons at the foot of a repair, with their keys: what is done most, by how it stands."""

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
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.pages.repairs.care_forms import CallForm, NoteForm, TellForm
from watmos_desktop.ui.pages.repairs.decide_forms import CancelForm, SoonForm, WhoseForm, reopen_form
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm

Go = Callable[[str, object], None]
_ENDED = (RepairStatus.COMPLETED, RepairStatus.CANCELLED)


def bar(desk: Desk, detail: RepairDetail, go: Go) -> QWidget:
    """The buttons this person may press for the repair as it stands; their keys work wherever it is read."""
    row, repair_id = FlowRow(), detail.card.id
    for words, key, run in _deeds(desk, detail, go):
        comes_next = key == "repair_done" and detail.card.status is not RepairStatus.REPORTED
        button = PrimaryButton if comes_next else QuietButton
        row.add(button(words, run, key=shown_key(key) if key else ""))
        if key:
            bind(row, key, run, inside_only=False)
    if detail.shared and detail.card.status in OPEN:
        row.add(QuietButton("On the plan", partial(go, "plan", ("repair", repair_id))))
    if detail.inspection_id is not None:
        row.add(QuietButton("The inspection", partial(go, "inspections", detail.inspection_id)))
    row.setProperty("repair", str(repair_id))
    return row


def _deeds(desk: Desk, detail: RepairDetail, go: Go) -> list[tuple[str, str, Callable[[], object]]]:
    status, repair_id = detail.card.status, detail.card.id
    informs = policy.may(desk.actor, Action.KEEP_INFORMED, "repair")
    completes = policy.may(desk.actor, Action.COMPLETE_REPAIR, "repair")
    found: list[tuple[str, str, Callable[[], object]]] = []
    if completes and status in OPEN:
        found.append(("Done", "repair_done", partial(go, "repair_done", repair_id)))
    if informs and status is RepairStatus.COMPLETED:
        found.append(("Are they happy?", "repair_done", lambda: go("form", CallForm(desk, repair_id, go))))
    if informs:
        found.append(("Tell", "repair_tell", lambda: go("form", TellForm(desk, repair_id, go))))
        found.append(("Note", "repair_note", lambda: go("form", NoteForm(desk, repair_id, go))))
    if completes and status in _ENDED:
        found.append(("Open again", "", lambda: go("form", reopen_form(desk, repair_id, go))))
    return found


def open_again(desk: Desk, detail: RepairDetail, title: str, go: Go) -> None:
    """Open the form of that title, which stood open at a lock, if it may still be opened."""
    for make in _forms(desk, detail, go):
        form = make()
        if form.title == title:
            go("form", form)
            return
        form.deleteLater()


def _forms(desk: Desk, detail: RepairDetail, go: Go) -> list[Callable[[], PanelForm]]:
    """The short forms this person may fill in for the repair as it stands."""
    repair_id, status = detail.card.id, detail.card.status
    found: list[Callable[[], PanelForm]] = []
    if policy.may(desk.actor, Action.KEEP_INFORMED, "repair"):
        found += [partial(TellForm, desk, repair_id, go), partial(NoteForm, desk, repair_id, go)]
        if status is RepairStatus.COMPLETED:
            found.append(partial(CallForm, desk, repair_id, go))
    if policy.may(desk.actor, Action.CHANGE_REPAIR, "repair"):
        if status in OPEN:
            found += [partial(SoonForm, desk, detail, go), partial(CancelForm, desk, repair_id, go)]
        if status in OPEN or status is RepairStatus.SIGNPOSTED:
            found.append(partial(WhoseForm, desk, detail, go))
    if policy.may(desk.actor, Action.COMPLETE_REPAIR, "repair") and status in _ENDED:
        found.append(partial(reopen_form, desk, repair_id, go))
    return found
