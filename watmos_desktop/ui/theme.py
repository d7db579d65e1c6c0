"""Light, dark and sun: tokens from ``resources/theme.toml`` to palette and style sheet."""

from __future__ import annotations

from functools import cache
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from watmos_desktop import resources
from watmos_desktop.ui.kit.look import Look, wear
from watmos_desktop.ui.kit.tokens import tokens

SCHEMES = ("light", "dark", "sun")
_ROLES = {
    QPalette.ColorRole.Window: "background",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "background",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.PlaceholderText: "ink2",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.BrightText: "bad",
    QPalette.ColorRole.Highlight: "brand",
    QPalette.ColorRole.HighlightedText: "on_brand",
    QPalette.ColorRole.Accent: "brand",
    QPalette.ColorRole.Link: "info",
    QPalette.ColorRole.LinkVisited: "info",
    QPalette.ColorRole.ToolTipBase: "ink",
    QPalette.ColorRole.ToolTipText: "background",
    QPalette.ColorRole.Mid: "edge",
    QPalette.ColorRole.Dark: "track",
}


@cache
def _sheet() -> Template:
    return Template(resources.path("style.qss").read_text("utf-8"))


def next_scheme(scheme: str) -> str:
    """The scheme that F2 gives after this one: light, dark, sun, light."""
    return SCHEMES[(SCHEMES.index(scheme) + 1) % len(SCHEMES)]


def contrast(one: str, other: str) -> float:
    """The WCAG 2.2 contrast ratio of two ``#RRGGBB`` colours, 1 to 21."""

    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def load_fonts() -> list[str]:
    """Register the fonts that come with the program; their families, the first for plain text."""
    families: dict[str, None] = {}
    plain = resources.path("fonts", "NotoSans-Regular.ttf")
    others = sorted(resources.path("fonts").glob("NotoSans*.ttf"))
    for file in (plain, *others, resources.path("fonts", "DroidSansFallbackFull.ttf")):
        number = QFontDatabase.addApplicationFont(str(file))
        families |= dict.fromkeys(QFontDatabase.applicationFontFamilies(number))
    return list(families)


def make_look(scheme: str, text_scale: float = 1.0) -> Look:
    """The look of one scheme; ``text_scale`` 1.0 to 2.0 enlarges text, not spaces. ValueError otherwise."""
    if scheme not in SCHEMES or not 1.0 <= text_scale <= 2.0:
        raise ValueError("scheme is light, dark or sun; text_scale 1.0 to 2.0")
    colours = {name: QColor(value) for name, value in tokens()[scheme].items()}
    sizes = {name: value for name, value in tokens()["sizes"].items() if isinstance(value, int)}
    return Look(scheme, text_scale, colours, sizes)


def palette(look: Look) -> QPalette:
    """Every role the style sheet leaves to Qt, from the same tokens."""
    made = QPalette()
    for role, token in _ROLES.items():
        made.setColor(role, look.colour(token))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, look.colour("ink2"))
    return made


def sheet(look: Look) -> str:
    """``style.qss`` with its ``$tokens`` filled in: colours, ``text_*`` in px, sizes."""
    values: dict[str, str | int] = {name: colour.name() for name, colour in look.colours.items()}
    values |= look.sizes
    values |= {f"text_{name}": look.text(name) for name in ("title", "heading", "body", "small")}
    return _sheet().substitute(values)


def apply(app: QApplication, scheme: str, text_scale: float = 1.0) -> Look:
    """Dress the whole program; may be called again at any time. ``text_scale`` is 1.0 to 2.0."""
    new = make_look(scheme, text_scale)
    if not app.property("watmos_fonts"):
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setProperty("watmos_fonts", load_fonts())
    font = QFont(app.property("watmos_fonts"))
    font.setPixelSize(new.text("body"))
    dark = scheme == "dark"
    app.styleHints().setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    wear(app, new)
    app.setFont(font)
    app.setPalette(palette(new))
    if app.styleSheet() != (dressed := sheet(new)):  # reading it again costs a quarter of a second
        app.setStyleSheet(dressed)
    return new
