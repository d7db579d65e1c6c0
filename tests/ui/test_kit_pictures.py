"""Photos, marks, signatures, the PDF on screen, and a device without a camera."""

from __future__ import annotations

import io
from collections.abc import Hashable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from reportlab.pdfgen import canvas

from tests.ui.access import problems
from watmos_desktop.ui.kit.button import PrimaryButton
from watmos_desktop.ui.kit.camera import CameraView
from watmos_desktop.ui.kit.marks import KINDS, Mark, moved, paint_marks, placed, scaled
from watmos_desktop.ui.kit.pdf import PdfPreview
from watmos_desktop.ui.kit.photo_view import PhotoEditor, PhotoView
from watmos_desktop.ui.kit.photos import Photo, PhotoStrip
from watmos_desktop.ui.kit.signature import SignaturePad, paint_strokes

shares = st.floats(0, 1)
points = st.tuples(shares, shares)
marks = st.builds(Mark, st.sampled_from(KINDS), st.lists(points, min_size=2, max_size=8).map(tuple))


def grey(width: int = 400, height: int = 300) -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(QColor("#808080"))
    return made


def _show(qtbot: QtBot, widget: QWidget, width: int = 800, height: int = 600) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()


def _drag(qtbot: QtBot, widget: QWidget, start: QPoint, *on: QPoint) -> None:
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    for point in on:
        QTest.mouseMove(widget, point)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=on[-1] if on else start)


@given(marks, shares.map(lambda x: 4 * x - 2), shares.map(lambda x: 4 * x - 2), st.floats(0.2, 5))
@settings(max_examples=100, deadline=None)
def test_marks_stay_inside_the_picture(mark: Mark, dx: float, dy: float, factor: float) -> None:
    for made in (moved(mark, dx, dy), scaled(mark, factor)):
        assert made.kind == mark.kind
        assert all(-1e-9 <= share <= 1 + 1e-9 for point in made.points for share in point)


@given(st.sampled_from(KINDS), points)
@settings(max_examples=60, deadline=None)
def test_a_tap_puts_a_mark_inside_the_picture(kind: str, at: tuple[float, float]) -> None:
    made = placed(kind, at)
    assert all(-1e-9 <= share <= 1 + 1e-9 for point in made.points for share in point)
    assert made.kind == kind


def test_marks_are_painted_at_their_place_at_any_size() -> None:
    for width in (200, 1600):
        image = grey(width, width)
        painter = QPainter(image)
        box = QRectF(0, 0, width, width)
        paint_marks(painter, box, [Mark("line", ((0.1, 0.5), (0.9, 0.5)))], QColor("#FFD23F"))
        painter.end()
        assert image.pixelColor(width // 2, width // 2).name() == "#ffd23f"
        assert image.pixelColor(width // 2, width // 5).name() == "#808080"


def test_drawing_by_drag_tap_and_key_and_taking_it_back(qtbot: QtBot) -> None:
    view = PhotoView("Landing")
    _show(qtbot, view)
    view.show_photo(grey())
    box = view.picture_box()
    middle = box.center().toPoint()
    _drag(qtbot, view, middle, middle + QPoint(80, 60))
    assert view.marks() == ()
    view.set_tool("ellipse")
    _drag(qtbot, view, middle, middle + QPoint(80, 60))
    (ring,) = view.marks()
    assert ring.kind == "ellipse"
    assert ring.points[0] == pytest.approx((0.5, 0.5), abs=0.01)
    view.set_tool("arrow")
    _drag(qtbot, view, middle)
    view.set_tool("line")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)
    before = view.marks()[-1]
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.marks()[-1].points[0][0] == pytest.approx(before.points[0][0] + 0.02)
    assert [mark.kind for mark in view.marks()] == ["ellipse", "arrow", "line"]
    assert view.accessibleDescription() == "3 marks drawn"
    for _ in range(4):
        assert view.undo()
    assert view.marks() == ()
    assert not view.undo()


def test_the_editor_hands_over_the_marks(qtbot: QtBot) -> None:
    done: list[tuple[Mark, ...]] = []
    editor = PhotoEditor("Landing", done.append)
    _show(qtbot, editor)
    editor.view.show_photo(grey())
    editor.use("arrow")
    _drag(qtbot, editor.view, editor.view.picture_box().center().toPoint())
    (button,) = editor.findChildren(PrimaryButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [mark.kind for mark in done[0]] == ["arrow"]
    assert problems(editor) == []


def test_photos_open_and_are_removed(qtbot: QtBot) -> None:
    told: list[tuple[str, Hashable]] = []
    strip = PhotoStrip(
        "Photos",
        PrimaryButton("Photo", key="P", symbol="camera"),
        on_open=lambda key: told.append(("open", key)),
        on_remove=lambda key: told.append(("remove", key)),
    )
    strip.show_photos([Photo("a", grey(), "10:42, floor 2"), Photo("b", grey(300, 400), "26 Oct 2026")])
    _show(qtbot, strip, 700, 400)
    first, second = strip.tiles()
    QTest.mouseClick(first, Qt.MouseButton.LeftButton, pos=QPoint(20, 90))
    QTest.keyClick(second, Qt.Key.Key_Return)
    QTest.keyClick(second, Qt.Key.Key_Delete)
    QTest.mouseClick(first._bin, Qt.MouseButton.LeftButton)
    assert told == [("open", "a"), ("open", "b"), ("remove", "b"), ("remove", "a")]
    assert problems(strip) == []


def test_signing_by_hand_or_by_name(qtbot: QtBot) -> None:
    pad = SignaturePad("Ambassador's signature")
    _show(qtbot, pad)
    assert not pad.is_signed()
    sheet = pad.sheet
    _drag(qtbot, sheet, QPoint(40, 60), QPoint(80, 30), QPoint(120, 70))
    _drag(qtbot, sheet, QPoint(150, 50), QPoint(190, 55))
    assert [len(stroke) for stroke in pad.strokes()] == [3, 2]
    assert all(0 <= share <= 1 for stroke in pad.strokes() for point in stroke for share in point)
    pad.undo()
    assert len(pad.strokes()) == 1
    assert problems(pad) == []
    pad.clear()
    assert not pad.is_signed()
    QTest.keyClicks(pad.line, " Mrs Okafor ")
    assert pad.typed() == "Mrs Okafor"
    assert pad.is_signed()


def test_a_signature_is_painted_where_it_was_drawn() -> None:
    image = QImage(400, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_strokes(painter, QRectF(image.rect()), [((0.0, 0.5), (1.0, 0.5)), ((0.5, 0.9),)], QColor("black"))
    painter.end()
    assert image.pixelColor(QPointF(200, 50).toPoint()).lightness() < 60
    assert image.pixelColor(200, 20).name() == "#ffffff"


def _pdf(pages: int) -> bytes:
    made = io.BytesIO()
    drawn = canvas.Canvas(made)
    for number in range(1, pages + 1):
        drawn.drawString(100, 700, f"Page number {number}")
        drawn.showPage()
    drawn.save()
    return made.getvalue()


def test_a_pdf_is_shown_from_memory(qtbot: QtBot) -> None:
    saved: list[int] = []
    preview = PdfPreview("Report", on_save=lambda: saved.append(1), on_print=lambda: saved.append(2))
    _show(qtbot, preview)
    assert (preview.page(), preview.page_count()) == (0, 0)
    assert preview.show_pdf(_pdf(3))
    assert (preview.page(), preview.page_count()) == (1, 3)
    assert "Page number 2" in preview.text(2)
    preview.turn(1)
    assert preview.page() == 2
    preview.turn(9)
    assert preview.page() == 3
    preview.zoom(1.25)
    preview.fit()
    assert problems(preview) == []
    assert not preview.show_pdf(b"no PDF at all")
    preview.show_pdf(_pdf(1))
    preview.empty()
    assert preview.page_count() == 0


def test_without_a_camera_a_file_is_offered(qtbot: QtBot) -> None:
    told: list[str] = []
    camera = CameraView(
        lambda _: None, lambda: told.append("file"), lambda: told.append("close"), find=lambda: None
    )
    _show(qtbot, camera)
    assert not camera.start()
    offered = [part for part in camera.findChildren(PrimaryButton) if part.isVisible()]
    assert [part.text() for part in offered] == ["Choose a file"]
    QTest.mouseClick(offered[0], Qt.MouseButton.LeftButton)
    assert told == ["file"]
    assert problems(camera) == []
