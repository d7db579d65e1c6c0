"""The walk's page by keys and clicks: scales, counts, photos, errors in place, touch sizes and reading order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import event

from tests.build import a_block, a_schedule, a_staff, an_actor
from tests.stories.person import FakeCamera, Person, a_photo
from tests.ui.access import problems
from watmos_desktop.models.kinds import Grade, Role, Scale
from watmos_desktop.services import templates, walk, walk_view
from watmos_desktop.services.store import DiskFull, Store
from watmos_desktop.services.walk_view import Walk
from watmos_desktop.ui import theme
from watmos_desktop.ui.desk import Desk
from watmos_desktop.ui.kit.page import Page
from watmos_desktop.ui.pages.inspections import answers, steps
from watmos_desktop.ui.pages.inspections.signoff import SignOffPage
from watmos_desktop.ui.pages.inspections.walk import WalkPage
from watmos_desktop.ui.tasks import Tasks
from watmos_desktop.ui.window import PageSpec, Window


class Walking:
    """One walk in a window of its own, and someone at it."""

    def __init__(self, store: Store, walk_id: UUID, qtbot: QtBot, camera: type[FakeCamera]) -> None:
        self.store, self.id = store, walk_id
        self.errors: list[BaseException] = []
        self.tasks = Tasks(self.errors.append)
        self.desk = Desk(store, self.tasks)
        self.window = Window(QWidget)
        self.window.resize(1440, 900)
        self.window.show()
        self.window.open_pages(
            [
                PageSpec("walk", "Walk", "inspections", lambda: WalkPage(self.desk, camera=camera)),
                PageSpec("signoff", "Sign", "inspections", lambda: SignOffPage(self.desk)),
                PageSpec("today", "Today", "today", lambda: Page("Today")),
            ],
            "M. Kaur",
        )
        self.window.go("walk", walk_id)
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.person = Person(self.window, qtbot)

    @property
    def page(self) -> WalkPage:
        page = self.window.current()
        assert isinstance(page, WalkPage)
        return page

    def see(self) -> Walk:
        with self.store.read() as session:
            return walk_view.load(session, self.id)

    def close(self) -> None:
        self.window.lock()
        self.window.close()
        self.window.deleteLater()
        self.tasks.close()
        assert not self.errors, self.errors


class NoCamera(FakeCamera):
    """A device without a camera."""

    def start(self) -> bool:
        return False


@pytest.fixture
def begin(store: Store, qtbot: QtBot, dressed: QApplication) -> Iterator[Callable[..., Walking]]:
    """Begin a walk of a block by its template."""
    opened: list[Walking] = []

    def make(template: str = "block_internal", camera: type[FakeCamera] = FakeCamera) -> Walking:
        with store.write("a block") as session:
            block = a_block(session, name="Lindley House A")
            schedule = a_schedule(session, block, template)
            caretaker = a_staff(session, Role.CARETAKER, "M. Kaur", blocks=[block])
            store.actor = an_actor(Role.CARETAKER, caretaker, blocks=[block])
        with store.write("start") as session:
            walk_id = walk.start(session, schedule.id)
        opened.append(Walking(store, walk_id, qtbot, camera))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def walking(begin: Callable[..., Walking]) -> Walking:
    return begin()


@pytest.mark.parametrize(("key", "value"), [("A", "A"), ("2", "B"), ("C", "C"), ("4", "D")])
def test_letters_and_numbers_grade(walking: Walking, key: str, value: str) -> None:
    walking.person.key(key)
    assert walking.see().mine["entrance_door"].value == value
    stays = value in "CD"
    assert (walking.page.item_key() == "entrance_door") is stays


def test_the_tile_is_one_click(walking: Walking) -> None:
    walking.person.click(walking.page.main.card.answers.row.tiles()["B"])
    assert walking.see().mine["entrance_door"].value == "B"
    assert walking.person.actions == 1


@pytest.mark.parametrize(
    ("item_key", "key", "value"),
    [
        ("lift_working", "Y", "yes"),
        ("lift_working", "N", "no"),
        ("lift_working", "1", "yes"),
        ("lift_alarm", "M", "met"),
        ("lift_alarm", "B", "not_met"),
    ],
)
def test_yes_no_and_met_have_their_own_keys(walking: Walking, item_key: str, key: str, value: str) -> None:
    walking.page.go(item_key)
    walking.person.key(key)
    assert walking.see().mine[item_key].value == value
    walking.page.go(item_key)
    walking.person.key("Shift+N")
    assert walking.page.main.card.note_is_open()


def test_a_count_is_typed_stepped_or_pressed(walking: Walking) -> None:
    def counted() -> str:
        return walking.see().mine["bins_bulk"].value

    person = walking.person
    walking.page.go("bins_bulk")
    person.key("1")
    assert (counted(), walking.page.item_key()) == ("1", "bins_secure")  # one thing is still a B: it goes on
    walking.page.go("bins_bulk")
    person.key("4")
    person.key("2")
    assert counted() == "42"
    person.key("-", "-", "+")
    assert counted() == "41"
    person.click("One less")
    assert counted() == "40"
    assert walking.page.main.card.answers.row.chosen() == "6+"
    person.click(walking.page.main.card.answers.row.tiles()["0"])
    assert counted() == "0"


def test_every_item_of_every_template_has_tiles_that_answer_it() -> None:
    for template in templates.load_all().values():
        for item in template.items:
            letters = answers.letters(item)
            assert len(set(letters)) == len(item.choices)
            if item.scale is Scale.COUNT:
                assert letters[-1].endswith("+")


def test_the_same_answer_again_takes_no_repair_away(walking: Walking) -> None:
    walking.page.go("stair_walls")
    walking.person.key("Alt+2", "C")
    assert set(walking.see().raised) == {"stair_walls"}
    walking.person.key("Alt+2")  # the same phrase again takes it back, and leaves the grade
    seen = walking.see()
    assert (dict(seen.raised), seen.mine["stair_walls"].grade) == ({}, Grade.C)


def test_rest_ok_stops_at_safety_and_then_opens_the_next_area(walking: Walking) -> None:
    walking.page.go_area("stairs")
    walking.person.key("O")
    assert walking.page.item_key() == "stair_treads"
    assert walking.person.sees("6 items marked OK in Stairs and landings")
    walking.person.key("O")
    assert walking.person.sees("looked at one by one")
    walking.person.key("A")
    assert walking.page.item_key() == "bins_clean"
    assert walking.see().opened >= {"stairs", "bins"}


def test_last_times_grade_is_framed(walking: Walking) -> None:
    tiles = walking.page.main.card.answers.row.tiles()
    assert not any(tile.accessibleDescription() for tile in tiles.values())


def test_a_photo_may_come_before_its_item(walking: Walking) -> None:
    person = walking.person
    person.key("Shift+P", "Shift+Space", "Space")
    person.waits(lambda: len(walking.see().photos.get("", ())) == 2)
    walking.page.go("stair_walls")
    tray = walking.page.main.side.tray.strip
    person.waits(lambda: not walking.tasks.busy())
    QApplication.processEvents()  # what was decoded last is handed over: from here on the tiles stay
    person.waits(lambda: len(tray.tiles()) == 2 and all(tile.isVisible() for tile in tray.tiles()))
    person.click(tray.tiles()[0])
    assert len(walking.see().photos["stair_walls"]) == 1
    assert len(walking.see().photos[""]) == 1


def test_files_are_pasted_and_dropped_and_a_bad_one_is_told(walking: Walking, tmp_path: Path) -> None:
    good, bad = tmp_path / "wall.png", tmp_path / "letter.jpg"
    assert a_photo().save(str(good))
    bad.write_bytes(b"Dear Sir")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(good)), QUrl.fromLocalFile(str(bad))])
    QGuiApplication.clipboard().setMimeData(mime)
    walking.person.key("Ctrl+V")
    walking.person.waits(lambda: walking.page.photos.intake.waiting() == 0)
    walking.person.waits(lambda: walking.see().photos.get("entrance_door"))
    walking.person.waits(walking.page.notices.showing)
    assert "photo" in walking.page.notices.showing()
    assert len(walking.see().photos["entrance_door"]) == 1


def test_a_photo_that_comes_in_holds_the_window_up_with_no_reading(walking: Walking, tmp_path: Path) -> None:
    """Forty may come within seconds: they are read beside the window, and the photos alone are shown."""
    photo = tmp_path / "wall.png"
    assert a_photo().save(str(photo))
    page, threads = walking.page, list[str]()
    engine = walking.store._reader

    def note(*_: object) -> None:
        threads.append(threading.current_thread().name)

    event.listen(engine, "before_cursor_execute", note)
    for key in ("stair_walls", "entrance_door"):
        page.photos.intake.add(walking.id, key, photo.read_bytes)
    tiles = page.main.card.photos.tiles
    walking.person.waits(lambda: len(tiles()) == 1 and not walking.tasks.busy())
    event.remove(engine, "before_cursor_execute", note)
    assert threads
    assert threading.current_thread().name not in threads
    page.go("stair_walls")
    assert len(tiles()) == 1


def test_without_a_camera_files_are_chosen(begin: Callable[..., Walking], tmp_path: Path) -> None:
    walking = begin(camera=NoCamera)
    walking.page.go("stair_walls")
    photo = tmp_path / "wall.jpg"
    assert a_photo().save(str(photo))
    walking.page.photos._item_key = "stair_walls"
    walking.page.photos.add_files([photo])
    walking.person.waits(lambda: walking.see().photos.get("stair_walls"))


def test_drawing_and_words_on_a_photo_are_kept_and_removal_can_be_taken_back(walking: Walking) -> None:
    person, page = walking.person, walking.page
    person.key("P", "Space")
    person.waits(lambda: walking.see().photos.get("entrance_door"))
    person.waits(lambda: page.main.card.photos.tiles() and page.main.card.photos.tiles()[0].isVisible())
    person.click(page.main.card.photos.tiles()[0])
    person.key("E", "Return")
    person.click(page.photos.photo.caption)
    person.write("Lock plate")
    person.key("Ctrl+Return")
    (card,) = walking.see().photos["entrance_door"]
    assert card.marks, page.stack.currentWidget()
    assert (card.caption, card.marks[0]["kind"]) == ("Lock plate", "ellipse")
    person.click("Remove photo Lock plate")
    assert "entrance_door" not in walking.see().photos
    person.key("Ctrl+Z")
    assert len(walking.see().photos["entrance_door"]) == 1


def test_a_repair_is_told_its_promise_before_it_is_saved(walking: Walking) -> None:
    person, page = walking.person, walking.page
    page.go("stair_walls")
    person.key("R")
    assert "Grade this item C or D" in page.notices.showing()
    person.key("C", "R")
    form = page.detours.repair
    person.click(form.priority.chips()["urgent"])
    assert form.promise.text().startswith("Urgent: due Mon 30 Nov.")
    person.key("Ctrl+Return")
    assert "Say in a few words what is wrong." in form.form.fields["title"].error()
    person.write("Loose plaster above the door")
    person.key("Ctrl+Return")
    card = walking.see().raised["stair_walls"]
    assert (card.title, card.promise) == ("Loose plaster above the door", "due Mon 30 Nov")


def test_a_full_disk_keeps_what_was_typed(walking: Walking, monkeypatch: pytest.MonkeyPatch) -> None:
    person, page = walking.person, walking.page
    person.key("A", "Backspace", "N")
    person.write("The closer leaks oil")

    def full(*_: object, **__: object) -> None:
        raise DiskFull

    with monkeypatch.context() as patch:
        patch.setattr(Desk, "do", full)
        person.key("Ctrl+Return")
        assert "no room left" in page.notices.showing()
        assert page.main.card.note.toPlainText() == "The closer leaks oil"
    person.key("Ctrl+Return")
    assert walking.see().mine["entrance_door"].note == "The closer leaks oil"
    assert not page.notices.showing()


def test_a_note_too_long_is_told_at_its_field(walking: Walking) -> None:
    walking.person.key("A", "Backspace", "N")
    walking.page.main.card.note.setPlainText("x" * 5000)
    walking.person.key("Ctrl+Return")
    assert "4,000" in walking.page.main.card.note_field.error()
    assert len(walking.page.main.card.note.toPlainText()) == 5000


def test_space_presses_what_tab_led_to_and_else_goes_on(walking: Walking) -> None:
    walking.person.key("Space")
    assert walking.page.item_key() == "entrance_floor"
    walking.page.main.card.answers.row.tiles()["B"].setFocus()
    walking.person.key("Space")
    assert walking.see().mine["entrance_floor"].value == "B"
    assert walking.page.item_key() == "entrance_walls"
    walking.person.key("Backspace", "Left")
    assert walking.page.item_key() == "entrance_door"


def test_undo_stops_where_the_walk_began(walking: Walking) -> None:
    walking.person.key("Ctrl+Z")
    assert walking.window.page_id() == "walk"
    assert "nothing to take back" in walking.page.head.sentence()


def test_the_photobook_says_what_each_answer_looks_like(walking: Walking) -> None:
    walking.page.go("stair_treads")
    walking.person.key("?")
    for choice in walking.see().template.item("stair_treads").choices:
        assert walking.person.sees(choice.looks)
    assert walking.person.sees("never covered by")
    walking.person.key("Esc")
    assert walking.page.main.side.photobook.isHidden()
    assert walking.window.page_id() == "walk"


def told(page: QWidget) -> str:
    """What the sweep finds; where a part is scrolled, places say nothing about the order of Tab."""
    scrolled = page.window().height() < 900
    return "\n".join(one for one in problems(page) if not (scrolled and one.startswith("Tab goes back")))


@pytest.mark.parametrize("scheme", theme.SCHEMES)
@pytest.mark.parametrize(("width", "height", "scale"), [(1440, 900, 1.0), (1024, 600, 1.0), (1024, 600, 2.0)])
def test_all_can_be_seen_named_and_pressed(
    walking: Walking, qapp: QApplication, scheme: str, width: int, height: int, scale: float
) -> None:
    theme.apply(qapp, scheme, scale)
    walking.window.resize(width, height)
    walking.page.go("stair_damp")
    walking.person.key("Alt+2")
    assert told(walking.page) == ""
    for into in ("R", "J", "P"):
        walking.person.key(into)
        assert told(walking.page) == ""
        walking.person.key("Esc")
    walking.person.key("Ctrl+Return")
    assert told(walking.window.current()) == ""


def test_a_lock_empties_the_page(walking: Walking) -> None:
    page = walking.page
    walking.window.lock()
    assert page.course is None
    assert not page.pictures._known


def test_where_a_walk_goes_next(walking: Walking) -> None:
    seen = walking.see()
    keys = [item.key for item in seen.template.items]
    assert steps.next_open(seen, keys[0], (keys[0], keys[1])) == keys[2]
    assert steps.next_open(seen, keys[-1]) == keys[0]
    assert steps.next_open(seen, keys[0], keys) == ""
    assert [steps.following(seen, keys[0], -1), steps.following(seen, keys[-1])] == ["", ""]


def test_a_picture_from_the_clipboard_is_taken_in(walking: Walking) -> None:
    QGuiApplication.clipboard().setImage(QImage(a_photo()))
    walking.person.key("Ctrl+V")
    walking.person.waits(lambda: walking.see().photos.get("entrance_door"))
