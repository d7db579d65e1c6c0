"""The devices of the office, for administrators: when each was seen, what it may do, and ending one that is lost."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from watmos_desktop.services import wording
from watmos_desktop.services.sync import admin
from watmos_desktop.services.sync.admin import DeviceCard
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.card import Card, EmptyState
from watmos_desktop.ui.kit.confirm import Confirm
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Heading, Text
from watmos_desktop.ui.pages.office.calls import WIDEST, OfficePage
from watmos_desktop.ui.syncing import Syncing

_STATUS = {
    "active": ("Works", Tone.OK),
    "suspended": ("Suspended", Tone.WARN),
    "drain": ("May only send", Tone.WARN),
    "wipe": ("Wiped when it calls", Tone.BAD),
    "wiped": ("Wiped", Tone.INFO),
}
_ALARM = {
    "forked": "A copy of this device called too. Ask its person whether the workspace was copied; if not, wipe it.",
    "rewound": "It was put back to an earlier state. Nothing was lost: it sent what it had once more.",
    "reuse": "Someone used an old pass of this device. Ask its person; if they know nothing of it, wipe it.",
}
# verb of services.sync.admin, words of the button, the plain consequence, and from which states
_ENDS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "suspend",
        "Suspend",
        "It can neither send nor fetch from its next call on. What is on it stays, and you can let it work again.",
        ("active",),
    ),
    (
        "resume",
        "Let it work again",
        "It sends and fetches as before, and its alarm is cleared.",
        ("suspended",),
    ),
    (
        "drain",
        "Let it go",
        "For a device in good hands: it sends what it still has, for you to look at, and gets nothing more. "
        "It can join again only with a new code.",
        ("active", "suspended"),
    ),
    (
        "wipe",
        "Wipe",
        "For a lost or stolen device: at its next call it destroys its key, and nobody can read what is on it. "
        "What it had not sent is lost. This cannot be taken back.",
        ("active", "suspended", "drain"),
    ),
)


class DevicesPage(OfficePage):
    """A card for each device; each end of one is confirmed where it stands, after its plain consequence."""

    def __init__(self, desk: Desk, office: Syncing, parent: QWidget | None = None) -> None:
        super().__init__(desk, office, "Devices", "Asking the office…")
        self.body.addStretch(1)
        self.confirms: dict[str, Confirm] = {}

    def showEvent(self, event: QShowEvent) -> None:
        """Always as it is now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Ask the office for all devices."""
        self.ask(admin.devices, self.show_devices)

    def show_devices(self, found: list[DeviceCard]) -> None:
        """Show these, alarms first."""
        alarms = sum(bool(one.alarm) for one in found)
        working = sum(one.status == "active" for one in found)
        alarm = f" · {wording.count(alarms, 'alarm')}" if alarms else ""
        self.head.say("Devices", f"{wording.count(len(found), 'device')}, {working} at work{alarm}")
        self.confirms = {}
        parts: list[QWidget] = [
            self._card(one)
            for one in sorted(found, key=lambda device: (not device.alarm, device.status == "wiped"))
        ]
        if not found:
            parts.append(EmptyState("No devices yet", "They appear here when someone joins with a code."))
        self.fill(parts)

    def back(self) -> bool:
        """Esc: leave a question that is open, first."""
        return any(one.leave() for one in self.confirms.values())

    def _card(self, one: DeviceCard) -> Card:
        card = Card()
        card.setMaximumWidth(WIDEST)
        card.setAccessibleName(f"{one.name}, {one.member}")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Heading(one.name), 1)
        if one.alarm:
            head.addWidget(Pill("Alarm", Tone.BAD))
        if one.cases == "waiting" and one.status == "active":
            head.addWidget(Pill("Waits for confirmation", Tone.INFO))
        head.addWidget(Pill(*_STATUS.get(one.status, (one.status, Tone.INFO))))
        card.body.addLayout(head)
        now = self.desk.store.clock.now()
        seen = (
            f"Seen {_lower(wording.ago(one.seen_at, now))}" if one.seen_at else "Never seen since it joined"
        )
        sent = wording.count(one.pushed, "change")
        saved = f"{sent} sent, {one.safe:,} of them in a backup" if one.pushed else "nothing sent yet"
        card.add(Text(f"{one.member} · {seen} · {saved}", role="quiet", wrap=True))
        if one.alarm:
            card.add(
                Text(_ALARM.get(one.alarm, "Something about this device is odd."), role="strong", wrap=True)
            )
        if one.cases == "waiting" and one.status == "active":
            card.add(Text(_waiting(one), wrap=True))
        confirm = Confirm(f"{one.name} of {one.member}")
        self.confirms[str(one.id)] = confirm
        for verb, words, consequence, states in _ENDS:
            if one.status in states:
                confirm.offer(words, consequence, partial(self._end, one, verb, words))
        if one.status != "wiped" and one.status != "wipe":
            card.add(confirm)
        return card

    def _end(self, one: DeviceCard, verb: str, words: str) -> None:
        def done(_: None) -> None:
            self.refresh()
            self.notices.say(
                f"{words}: {one.name} of {one.member}. It holds from its next call.", tone=Tone.OK
            )

        self.ask(lambda client: admin.end(client, one.id, verb), done)


def _waiting(one: DeviceCard) -> str:
    """What does not come to a device yet, and who may change that: never who made its code."""
    leads = f" ({', '.join(one.confirmers)})" if one.confirmers else ""
    return (
        f"No cases come to it yet. {one.member} on another device, a colleague of the case team or a safeguarding "
        f"lead{leads} may confirm it, not who made its code. Number {one.number}."
    )


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]
