"""Words typed into a repair's form and not saved: kept when it is left or the program locks, until they are saved."""

from __future__ import annotations

from uuid import UUID

from watmos_desktop.services.store import Store
from watmos_desktop.ui.kit.inputs import Line, Lines
from watmos_desktop.ui.pages.repairs.panel_form import PanelForm

_MOST = 20  # forms; who begins more has left the first for good


class FormDrafts:
    """What was typed, by repair and by the form's title; each person has their own.

    ``open``: the repair and title of the form that stood open at a lock. Choices are made anew, words are not.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = f"repair forms {store.actor.staff_id}"
        found = store.recall(self._key)
        self._texts: dict[str, dict[str, str]] = dict(found.get("texts", {}))
        self.open: tuple[UUID, str] | None = None
        if found.get("open"):
            repair, title = found["open"]
            self.open = (UUID(repair), str(title))
        self._written = bool(found)

    def put_back(self, repair_id: UUID, form: PanelForm) -> None:
        """Put what was typed into a form that is opened again."""
        for name, text in self._texts.get(_name(repair_id, form), {}).items():
            if name in form.form.fields:
                form.form.fields[name].put(text)

    def keep(self, repair_id: UUID, form: PanelForm) -> None:
        """Keep the words of a form that is closed without being saved."""
        typed = {
            name: str(field.value())
            for name, field in form.form.fields.items()
            if isinstance(field.widget, Line | Lines) and field.value() != form.began.get(name)
        }
        self.drop(repair_id, form)
        if typed:
            self._texts[_name(repair_id, form)] = typed
            while len(self._texts) > _MOST:
                self._texts.pop(next(iter(self._texts)))

    def drop(self, repair_id: UUID, form: PanelForm) -> None:
        """They were saved."""
        self._texts.pop(_name(repair_id, form), None)

    def write(self, repair_id: UUID | None, form: PanelForm | None) -> None:
        """Put them on the disk, encrypted, with the form that stands open."""
        stands = [str(repair_id), form.title] if repair_id is not None and form is not None else None
        if self._texts or stands or self._written:
            self._store.remember(self._key, {"texts": self._texts, "open": stands})
            self._written = bool(self._texts or stands)


def _name(repair_id: UUID, form: PanelForm) -> str:
    return f"{repair_id} {form.title}"
