"""Tying the workspace to this computer, and the recovery code that opens it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from watmos_desktop.services import keystore, recovery_code, vault
from watmos_desktop.services.errors import Told
from watmos_desktop.services.tie import Tie
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.button import PrimaryButton, QuietButton
from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.clipboard import CLEARED, copy
from watmos_desktop.ui.kit.flow import FlowRow
from watmos_desktop.ui.kit.form import Field, Form
from watmos_desktop.ui.kit.inputs import Line
from watmos_desktop.ui.kit.later import later
from watmos_desktop.ui.kit.look import Tone
from watmos_desktop.ui.kit.notice import NoticeBar
from watmos_desktop.ui.kit.pill import Pill
from watmos_desktop.ui.kit.text import Text

_IN_A_ROW = 4
_UNTIED = (
    "Whoever copies its folder or a backup can try passphrases on the copy, for as long as they like. Tied to this "
    "computer, a copy opens nowhere else without the recovery code."
)
_TIED = "A copy of its folder or of a backup opens on another computer only by the passphrase and the recovery code."
_NONE = (
    "This computer has no keystore that keeps a secret, so the workspace opens by the passphrase alone: a copy of it "
    "is as safe as the passphrase is long."
)
_STRANGE = (
    "It is tied to another computer, and this one has no keystore: it asks for the recovery code each time, until you "
    "let the passphrase alone open it."
)
_KEEP = (
    "Write it on paper or print it, and keep it away from this computer: in a safe, or with your manager. With your "
    "passphrase it opens this workspace and its backups when this computer is broken, lost or set up anew. It is shown "
    "only now; a new one can be made here at any time, and ends this one."
)


@dataclass(frozen=True)
class State:
    """Whether the workspace is tied, and whether this computer has a keystore."""

    tied: bool
    keystore: bool


def state(home: Path) -> State:
    """How it stands; takes up to three seconds, where a keystore does not answer."""
    return State(vault.is_tied(home), keystore.here() is not None)


class TyingCard(Card):
    """Says how it stands; ``begin`` shows a new code, which holds once its last group was typed."""

    def __init__(
        self, desk: Desk, notices: NoticeBar, done: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__("This computer", parent=parent)
        self._desk, self._notices, self._done = desk, notices, done
        self._home = desk.store.home
        self._tie: Tie | None = None
        self.pill = Pill("", Tone.INFO)
        self.words = Text("", wrap=True)
        self.body.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignLeft)
        self.add(self.words)
        self.tie_button = QuietButton("Tie this workspace to this computer", self.begin)
        self.code_button = QuietButton("Make a new recovery code", self.begin)
        self.release_button = QuietButton("Let the passphrase alone open it", self.begin_release)
        self._row = FlowRow(self.tie_button, self.code_button, self.release_button)
        self.add(self._row)
        self.code_part = self._code_part()
        self.release_part = self._release_part()
        self.add(self.code_part)
        self.add(self.release_part)
        self.forget()
        self.refresh()

    def refresh(self) -> None:
        """Ask how it stands, beside the window."""
        home = self._home
        self._desk.tasks.read(lambda: state(home), self._show, owner=self)

    def begin(self) -> None:
        """Make a code and show it; nothing holds yet."""
        home = self._home
        self.forget()
        self._desk.tasks.read(lambda: vault.new_tie(home), self._show_code, owner=self, on_error=self._tell)

    def begin_release(self) -> None:
        """Ask for the passphrase, and for the code where this computer has no keystore."""
        self.forget()
        self._row.setVisible(False)
        self.release_part.setVisible(True)
        self.release_form.fields["passphrase"].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """No code and no passphrase stays on the page."""
        self._tie = None
        self._code.setText("")
        self._code.setAccessibleName("")
        for form in (self.form, self.release_form):
            for field in form.fields.values():
                field.put("")
        self.code_part.setVisible(False)
        self.release_part.setVisible(False)
        self._row.setVisible(True)

    def bind(self) -> None:
        """The last group shows that the whole was written down: the code holds from now on."""
        made = self._tie
        if made is None or not self._hold.isEnabled() or not self.form.check():
            return
        home, passphrase = self._home, self._passphrase.text()
        self._wait(True)
        self._desk.tasks.write(
            lambda: vault.bind(home, passphrase, made), self._bound, owner=self, on_error=self._tell
        )

    def release(self) -> None:
        """The passphrase alone opens it again."""
        if not self._let_go.isEnabled() or not self.release_form.check():
            return
        home, passphrase, code = self._home, self._alone.text(), self._alone_code.text()
        self._wait(True)
        self._desk.tasks.write(
            lambda: vault.release(home, passphrase, code), self._released, owner=self, on_error=self._tell
        )

    def _code_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Text("Your recovery code", role="strong"))
        self._code = Text("", role="code", wrap=True).selectable()
        column.addWidget(self._code)
        column.addWidget(Text(_KEEP, wrap=True))
        self._last, self._passphrase = Line("XXXXX"), Line(secret=True)
        self.form = Form(
            [
                Field(
                    "code",
                    "The last group of the code",
                    self._last,
                    help="From your paper.",
                    check=self._check_last,
                ),
                Field(
                    "passphrase",
                    "Your passphrase",
                    self._passphrase,
                    check=lambda v: "" if v else "Type it once more.",
                ),
            ]
        )
        column.addWidget(self.form)
        self._hold = PrimaryButton("I have kept the code: tie it", self.bind)
        column.addWidget(
            FlowRow(
                self._hold, QuietButton("Copy the code", self._copy), QuietButton("Not now", self._not_now)
            )
        )
        for line in (self._last, self._passphrase):
            line.returnPressed.connect(self.bind)
        return part

    def _release_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self._alone, self._alone_code = Line(secret=True), Line("XXXXX XXXXX …")
        self.release_form = Form(
            [
                Field(
                    "passphrase",
                    "Your passphrase",
                    self._alone,
                    check=lambda v: "" if v else "Type it once more.",
                ),
                Field(
                    "code",
                    "Recovery code",
                    self._alone_code,
                    help="Only where this computer has lost its own key; else leave it empty.",
                ),
            ]
        )
        column.addWidget(
            Text("From then on a copy is as safe as the passphrase is long.", role="strong", wrap=True)
        )
        column.addWidget(self.release_form)
        self._let_go = QuietButton("Let the passphrase alone open it", self.release)
        self._let_go.setAccessibleName("Let the passphrase alone open it from now on")
        column.addWidget(FlowRow(self._let_go, QuietButton("Leave it tied", self.forget)))
        self._alone.returnPressed.connect(self.release)
        return part

    def _show(self, now: State) -> None:
        self.pill.say(
            "Tied to this computer" if now.tied and now.keystore else "Tied" if now.tied else "Not tied",
            Tone.OK if now.tied else Tone.WARN if now.keystore else Tone.INFO,
        )
        words = (_TIED if now.keystore else _STRANGE) if now.tied else (_UNTIED if now.keystore else _NONE)
        self.words.setText(words)
        self.tie_button.setVisible(now.keystore and not now.tied)
        self.code_button.setVisible(now.keystore and now.tied)
        self.release_button.setVisible(now.tied)

    def _show_code(self, made: Tie) -> None:
        self._tie = made
        groups = made.code.split()
        rows = [groups[at : at + _IN_A_ROW] for at in range(0, len(groups), _IN_A_ROW)]
        self._code.setText("\n".join("  ".join(row) for row in rows))
        self._code.setAccessibleName(", ".join(" ".join(group) for group in groups))
        self._row.setVisible(False)
        self.code_part.setVisible(True)
        self._last.setFocus(Qt.FocusReason.OtherFocusReason)
        later(self, self._bring)

    def _bring(self) -> None:
        """Scroll until the code stands at the top, with the field below it."""
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        inside = above.widget() if above is not None else None
        if above is not None and inside is not None:
            above.verticalScrollBar().setValue(self.code_part.mapTo(inside, QPoint(0, 0)).y())

    def _check_last(self, _: object) -> str:
        typed = self._last.text().upper().strip().translate(str.maketrans("OIL", "011"))
        right = self._tie is not None and typed == recovery_code.last_group(self._tie.code)
        return "" if right else "That is not its last group: compare your paper with the code above."

    def _copy(self) -> None:
        if self._tie is not None:
            copy(self._tie.code)
            self._notices.say("Copied. Paste it where it is safe, not on this computer.", CLEARED, Tone.OK)

    def _not_now(self) -> None:
        self.forget()
        self._done()

    def _bound(self, _: None) -> None:
        self._wait(False)
        self.forget()
        self.refresh()
        self._notices.say(
            "This workspace is tied to this computer, and its backups in this folder with it.",
            "Copies made earlier on other disks still open by the passphrase alone: make new ones, delete those.",
            Tone.OK,
        )
        self._done()

    def _released(self, _: None) -> None:
        self._wait(False)
        self.forget()
        self.refresh()
        self._notices.say("The passphrase alone opens this workspace, on any computer.", tone=Tone.OK)

    def _tell(self, error: BaseException) -> None:
        self._wait(False)
        form = self.release_form if self.release_part.isVisible() else self.form
        shown = isinstance(error, Told) and (self._tie is not None or self.release_part.isVisible())
        if not (shown and form.tell(error)):
            self._notices.tell(error)

    def _wait(self, busy: bool) -> None:
        self._hold.setEnabled(not busy)
        self._let_go.setEnabled(not busy)
