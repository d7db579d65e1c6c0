"""Every action with its words, keys and tip, as data: shortcuts, the F1 page and the tests read this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QWidget

from watmos_desktop.ui.kit.card import Card
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.kit.panes import Scroll
from watmos_desktop.ui.kit.text import Text

EVERYWHERE = "everywhere"
PLACES = {
    EVERYWHERE: "Everywhere",
    "list": "In a list",
    "form": "In a form",
    "repair": "Reading a repair",
    "walk": "On a walk",
    "photo": "Drawing on a photo",
    "report": "Reading a report",
    "visit": "Reading a visit",
    "door": "At the door of a visit",
    "week": "In the week of visits",
    "review": "Reviewing what two people changed",
    "hazard": "In a hazard case",
}


@dataclass(frozen=True)
class Action:
    """What can be done, by which keys (Qt's spelling, the first is the one shown), and where."""

    id: str
    words: str
    keys: tuple[str, ...]
    tip: str
    where: str = EVERYWHERE


ACTIONS: tuple[Action, ...] = (
    Action("theme", "Sun mode", ("F2",), "Go from light to dark to sun and back"),
    Action("lock", "Lock", ("Ctrl+L",), "Lock the program; open forms are kept"),
    Action(
        "curtain", "Hide", ("F8",), "Hide the screen from who looks over your shoulder, and show it again"
    ),
    Action("search", "Search", ("Ctrl+K",), "Find a home, a person or a reference"),
    Action("undo", "Undo", ("Ctrl+Z",), "Take back the last step"),
    Action("back", "Back", ("Esc",), "Go back one step; nothing is lost"),
    Action("keys", "Keys", ("F1",), "Show every key"),
    Action("sync", "Sync now", ("F5",), "Send what waits and fetch what is new, and say how it went"),
    Action("larger", "Larger text", ("Ctrl++", "Ctrl+="), "Make the text larger, up to twice its size"),
    Action("smaller", "Smaller text", ("Ctrl+-",), "Make the text smaller again"),
    Action("tab1", "Tabs", ("Ctrl+1",), "Go to the first tab; Ctrl+2 to the second, and so on to Ctrl+9"),
    *(
        Action(f"tab{number}", f"Tab {number}", (f"Ctrl+{number}",), f"Go to tab {number}")
        for number in range(2, 10)
    ),
    Action("open", "Open", ("Return", "Enter"), "Open the chosen row", "list"),
    Action("new", "New", ("Ctrl+N",), "Start a new record", "list"),
    Action("first", "First", ("Ctrl+Home",), "Go to the first row", "list"),
    Action("last", "Last", ("Ctrl+End",), "Go to the last row", "list"),
    Action(
        "choose_all", "Choose all", ("Ctrl+A",), "Choose every row; Shift and the arrows choose some", "list"
    ),
    Action("give", "Give", ("Alt+G",), "Give the chosen repairs to a colleague", "list"),
    Action("copy_rows", "Copy", ("Ctrl+C",), "Copy the chosen rows as lines of a table", "list"),
    Action("sort_next", "Sort", ("Alt+S",), "Sort by the next column", "list"),
    Action("sort_turn", "Turn round", ("Alt+Shift+S",), "Sort the other way round", "list"),
    Action("export", "Export", ("Ctrl+E",), "Save the list as a spreadsheet", "list"),
    Action("print_list", "Print", ("Ctrl+P",), "See the list as paper, save or print it", "list"),
    Action("board", "Board", ("Ctrl+B",), "See the repairs side by side by how far they are", "list"),
    Action("plan", "Plan", ("Ctrl+M",), "See where the repairs of a block are", "list"),
    Action("save", "Save", ("Ctrl+S", "Ctrl+Return"), "Save and go on", "form"),
    Action("form_photo", "Photo", ("Alt+P",), "Take or choose a photo", "form"),
    Action(
        "add_to_open",
        "Add to the one open",
        ("Alt+A",),
        "Add it to the first repair already open there",
        "form",
    ),
    Action(
        "order", "Order", ("Alt+O",), "Order the work; the suggested contractor is chosen already", "repair"
    ),
    Action("appointment", "Book", ("Alt+B",), "Book the appointment of the order, or move it", "repair"),
    Action("no_access", "No access", ("Alt+N",), "Nobody let us in: record it, and the card left", "repair"),
    Action("order_paper", "Paper", ("Alt+W",), "The order as paper and as an e-mail to copy", "repair"),
    Action("repair_done", "Done", ("Alt+D",), "Complete it; once done, ask whether they are happy", "repair"),
    Action("repair_tell", "Tell", ("Alt+T",), "Record what the resident was told", "repair"),
    Action("repair_note", "Note", ("Alt+K",), "Add a note for colleagues", "repair"),
    Action("repair_more", "More work", ("Alt+M",), "Order what an order could not finish", "repair"),
    Action("repair_soon", "How soon", ("Alt+H",), "Decide anew how soon, with the reason", "repair"),
    Action("repair_whose", "Whose it is", ("Alt+U",), "Decide anew whose it is, with the reason", "repair"),
    Action("grade_a", "Grade A", ("A", "1"), "Answer A, or the first answer", "walk"),
    Action("grade_b", "Grade B", ("B", "2"), "Answer B, or the second answer", "walk"),
    Action("grade_c", "Grade C", ("C", "3"), "Answer C, or the third answer", "walk"),
    Action("grade_d", "Grade D", ("D", "4"), "Answer D, or the fourth answer", "walk"),
    Action("next", "Next", ("Space",), "Go to the next item", "walk"),
    Action("previous", "Back", ("Backspace", "Left"), "Go to the item before", "walk"),
    Action("photo", "Photo", ("P",), "Take or choose a photo", "walk"),
    Action(
        "photo_later", "Photo now, item later", ("Shift+P",), "Take a photo and say later of what", "walk"
    ),
    Action("yes", "Yes", ("Y", "M"), "Answer yes, or met", "walk"),
    Action("note", "Note", ("N",), "Write a note; where the answer is yes or no, answer no", "walk"),
    Action("note_too", "Note", ("Shift+N",), "Write a note, also where N answers no", "walk"),
    Action("repair", "Change", ("R",), "Raise or change the repair", "walk"),
    Action("rest_ok", "Rest of this area OK", ("O",), "Answer the rest of this area at once", "walk"),
    Action("not_applicable", "Not applicable", ("X",), "There is none here", "walk"),
    Action("not_seen", "Not seen", ("S",), "It could not be seen; say why", "walk"),
    Action(
        "phrase1", "What is wrong", ("Alt+1",), "Choose the first phrase; Alt+2 the second, and so on", "walk"
    ),
    *(
        Action(f"phrase{number}", f"Phrase {number}", (f"Alt+{number}",), f"Choose phrase {number}", "walk")
        for number in range(2, 9)
    ),
    Action(
        "join", "Add my photo to that one", ("+",), "Add what you found to the repair already open", "walk"
    ),
    Action("joint", "Walk together", ("J",), "Say who walks with you", "walk"),
    Action("hand_over", "Hand over", ("H",), "Let the ambassador grade, and take over again", "walk"),
    Action("photobook", "Photobook", ("?",), "See what each grade looks like", "walk"),
    Action("fixed", "Fixed", ("F",), "The old defect is gone", "walk"),
    Action("not_fixed", "Not fixed", ("G",), "The old defect is still there", "walk"),
    Action("worse", "Worse", ("W",), "The old defect has grown", "walk"),
    Action("finish", "Finish", ("Ctrl+Return",), "Finish the walk and sign", "walk"),
    Action("shutter", "Take photo", ("Space", "Return"), "Take the photo and go back to the item", "photo"),
    Action("shutter_more", "Take, and stay", ("Shift+Space",), "Take the photo and stay for more", "photo"),
    Action("draw_ellipse", "Ring", ("E",), "Draw a ring round it", "photo"),
    Action("draw_arrow", "Arrow", ("A",), "Point an arrow at it", "photo"),
    Action("draw_line", "Line", ("L",), "Draw freely", "photo"),
    Action("no_answer", "No answer", ("Alt+N",), "Nobody opened: record it, the card and the day", "visit"),
    Action(
        "begin_visit",
        "At the door",
        ("Alt+V",),
        "Somebody opened: begin the visit, or go on with it",
        "visit",
    ),
    Action("visit_told", "Told", ("Alt+T",), "Record that the household was told when we come", "visit"),
    Action("check_in", "Check in", ("Alt+I",), "Say that all is well, when you are out alone", "visit"),
    Action("door1", "First answer", ("1",), "Choose the first answer; 2 the second, and so on", "door"),
    *(
        Action(f"door{number}", f"Answer {number}", (f"{number}",), f"Choose answer {number}", "door")
        for number in range(2, 10)
    ),
    Action("door_on", "Go on", ("Ctrl+Return", "Return"), "Save what is chosen, and go on", "door"),
    Action("door_back", "Back", ("Backspace",), "Go to the question before", "door"),
    Action("door_skip", "Skip", ("S",), "Leave the question out, with a reason", "door"),
    Action("door_same", "Same as last time", ("L",), "Confirm the answer of last time", "door"),
    Action("door_photo", "Photo", ("P",), "Take or choose a photo of the room", "door"),
    Action(
        "visit_earlier", "A day earlier", ("Ctrl+Left",), "Move the visit to the working day before", "week"
    ),
    Action("visit_later", "A day later", ("Ctrl+Right",), "Move the visit to the working day after", "week"),
    Action("pin_visit", "Pin", ("P",), "Keep the visit where it is when the rest is planned anew", "week"),
    Action("week_before", "Week before", ("PgUp",), "Show the week before", "week"),
    Action("week_after", "Week after", ("PgDown",), "Show the week after", "week"),
    Action("accept_plan", "Accept the plan", ("Ctrl+S", "Ctrl+Return"), "Save what is proposed", "week"),
    Action("print", "Print", ("Ctrl+P",), "Print the report", "report"),
    Action("save_file", "Save as", ("Ctrl+S",), "Save the report as a file", "report"),
    Action("hazard_next", "Next step", ("Alt+N",), "Record what the case asks for next", "hazard"),
    Action("hazard_access", "Tried to get in", ("Alt+T",), "Record that nobody let us in", "hazard"),
    Action("hazard_note", "Add to the log", ("Alt+L",), "Add an entry to the log of the case", "hazard"),
    Action("keep_mine", "Keep mine", ("M",), "Keep the value on the left", "review"),
    Action("keep_theirs", "Keep theirs", ("T",), "Keep the value on the right", "review"),
    Action("keep_both", "Keep both", ("B",), "Keep both texts, one below the other", "review"),
)

_MORE_TABS = (
    {f"tab{number}" for number in range(2, 10)}
    | {f"phrase{number}" for number in range(2, 9)}
    | {f"door{number}" for number in range(2, 10)}
)


def action(action_id: str) -> Action:
    """The action of that id; KeyError if there is none."""
    return next((each for each in ACTIONS if each.id == action_id), None) or _unknown(action_id)


def _unknown(action_id: str) -> Action:
    raise KeyError(action_id)


def shown_key(action_id: str) -> str:
    """The first key as people write it, for buttons: ``"Ctrl+Enter"``, ``"Space"``."""
    return action(action_id).keys[0].replace("Return", "Enter")


def bind(widget: QWidget, action_id: str, run: Callable[[], object], *, inside_only: bool = True) -> QAction:
    """Make the action's keys run ``run`` while focus is in ``widget`` (or in its window).

    >>> bind(self, "photo", self.take_photo)
    """
    spec = action(action_id)
    made = QAction(spec.words, widget)
    made.setObjectName(spec.id)
    made.setToolTip(spec.tip)
    made.setShortcuts([QKeySequence(key) for key in spec.keys])
    made.setAutoRepeat(False)
    contexts = Qt.ShortcutContext
    made.setShortcutContext(contexts.WidgetWithChildrenShortcut if inside_only else contexts.WindowShortcut)
    made.triggered.connect(lambda: run())
    widget.addAction(made)
    return made


class KeysPage(Page):
    """F1: every key, grouped by where it works."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Keys", "Everything here also works by touch and mouse.", parent=parent)
        scroll = Scroll()
        for place, title in PLACES.items():
            card = Card(title)
            grid = QGridLayout()
            grid.setHorizontalSpacing(24)
            grid.setColumnStretch(2, 1)
            shown = (spec for spec in ACTIONS if spec.where == place and spec.id not in _MORE_TABS)
            for row, each in enumerate(shown):
                keys = " or ".join(dict.fromkeys(key.replace("Return", "Enter") for key in each.keys))
                grid.addWidget(Text(keys, role="strong"), row, 0)
                grid.addWidget(Text(each.words), row, 1)
                grid.addWidget(Text(each.tip, role="quiet", wrap=True), row, 2)
            card.body.addLayout(grid)
            scroll.column.addWidget(card)
        scroll.column.addStretch(1)
        self.body.addWidget(scroll, 1)
