"""Colours can be read, sizes follow the text scale, and every word has a font."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtGui import QFont, QFontMetrics, QPalette, QRawFont
from PySide6.QtWidgets import QApplication, QLabel

from watmos_desktop.ui import theme
from watmos_desktop.ui.kit.look import GRADE_TONES, Tone, look
from watmos_desktop.ui.kit.tokens import tokens

TEXT = [
    *(
        ("ink", ground)
        for ground in ("background", "surface", "brand_soft", *(f"{tone}_soft" for tone in Tone))
    ),
    ("ink2", "background"),
    ("ink2", "surface"),
    ("on_brand", "brand"),
    ("brand", "brand_soft"),
    ("brand", "surface"),
    ("brand", "background"),
    ("rail_ink", "rail"),
    *((str(tone), ground) for tone in Tone for ground in (f"{tone}_soft", "surface", "background")),
]
SHAPES = [
    ("edge", "surface"),
    ("edge", "background"),
    ("brand", "track"),
    ("rail_mark", "rail"),
    ("rail_mark", "rail_chosen"),
    *((str(tone), "track") for tone in Tone),
]


@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_text_can_be_read(scheme: str) -> None:
    colours = tokens()[scheme]
    needed = 7.0 if scheme == "sun" else 4.5
    faint = {
        pair: round(theme.contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair in TEXT
        if theme.contrast(colours[pair[0]], colours[pair[1]]) < needed
    }
    assert faint == {}
    assert theme.contrast("#FFFFFF", colours["rail_chosen"]) >= needed


@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_shapes_can_be_seen(scheme: str) -> None:
    colours = tokens()[scheme]
    assert {pair for pair in SHAPES if theme.contrast(colours[pair[0]], colours[pair[1]]) < 3.0} == set()


def test_contrast_is_the_one_of_wcag() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert theme.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    assert theme.contrast("#FFFFFF", "#767676") == theme.contrast("#767676", "#FFFFFF")


def test_every_scheme_has_every_token() -> None:
    names = [set(tokens()[scheme]) for scheme in theme.SCHEMES]
    assert names[0] == names[1] == names[2]
    assert {str(tone) for tone in GRADE_TONES.values()} == {str(tone) for tone in Tone}


@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_apply_dresses_palette_and_sheet(dressed: QApplication, scheme: str) -> None:
    theme.apply(dressed, scheme)
    assert dressed.palette().color(QPalette.ColorRole.Window) == look().colour("background")
    assert look().scheme == scheme
    assert "$" not in dressed.styleSheet()
    assert look().colour("brand").name() in dressed.styleSheet()


def test_text_grows_to_twice_its_size(dressed: QApplication) -> None:
    small = QFontMetrics(look().font("title")).height()
    theme.apply(dressed, "light", 2.0)
    assert QFontMetrics(look().font("title")).height() >= 1.9 * small
    assert dressed.font().pixelSize() == 28


@pytest.mark.parametrize(("scheme", "scale"), [("pink", 1.0), ("light", 0.9), ("light", 2.1)])
def test_other_schemes_and_scales_are_refused(scheme: str, scale: float) -> None:
    with pytest.raises(ValueError, match="light, dark or sun"):
        theme.make_look(scheme, scale)


def test_f2_goes_round() -> None:
    assert [theme.next_scheme(scheme) for scheme in ("light", "dark", "sun")] == ["dark", "sun", "light"]


@pytest.mark.parametrize("words", ["Łódź", "خالد", "শিমুল", "ਹਰਪ੍ਰੀਤ", "李娜", "Mrs Okafor"])
def test_every_name_has_its_letters(dressed: QApplication, words: str) -> None:
    families = dressed.property("watmos_fonts")
    raw = [QRawFont.fromFont(QFont(family)) for family in families]
    assert all(any(font.supportsCharacter(ord(letter)) for font in raw) for letter in words)
    label = QLabel(words)
    assert set(families) <= set(label.font().families())


def test_the_frame_imports_nothing_heavy() -> None:
    heavy = "sqlalchemy, sqlcipher3, reportlab, PIL, holidays, PySide6.QtMultimedia, PySide6.QtPdf"
    code = (
        "import sys; import watmos_desktop.ui.window, watmos_desktop.ui.tasks, watmos_desktop.ui.pages.unlock.page;"
        f"print([name for name in '{heavy}'.split(', ') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
