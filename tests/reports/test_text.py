"""Any text prints as it was typed, in any script, and costs seconds at most (security.md M4-M6, S38)."""

from __future__ import annotations

import re
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab import rl_config

from tests.reports.reading import STYLE, actual_texts, copied, page_of, picture, said
from watmos_desktop import resources
from watmos_desktop.services.reports import letters
from watmos_desktop.services.reports.text import Style, Text, one_line, width_of

HOSTILE = (
    "Mr <Smith> called",
    "<b>bold",
    "</para>",
    "&#x110000;",
    "&amp; & &lt;",
    "<img src='/etc/passwd'/>",
    "<img src='http://example.org/x.png'/>",
    "<a href='javascript:alert(1)'>x</a>",
    "<jo@example.com>",
    "<font color='[[[x]]]'>y</font>",
    "<onDraw name='x'/>",
    "<unknown>kept</unknown>",
    "(unbalanced ) ( \\ \\) brackets",
    "100% {place} {0} %s $HOME",
    "]]> --> <!-- <![CDATA[",
)
# Names as people here write them; pdfium must give back every one.
NAMES = (
    "Łódź",
    "Ngũgĩ wa Thiong’o",
    "Ẹ́niọlá",
    "Nguyễn Thị Hạnh",
    "محمد بن عبد الله الأحمد",
    "فاطمہ بیگم",
    "السلام لا إله",
    "রহিমা খাতুন",
    "শ্রীমতী ক্ষুদ্র",
    "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "王小明 李娜 張偉",
    "હિતેશ પટેલ",
    "हिन्दी शर्मा",
    "தமிழ் செல்வி",
    "ሰላማዊት",
    "משה כהן",
    "สมชาย",
    "Ελένη Παπαδοπούλου",
    "Наталія",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_mark_up_is_only_text(text: str) -> None:
    pdf = page_of(text)
    assert said(pdf) == [text]
    for active in (b"/URI", b"/JavaScript", b"/JS", b"/Launch", b"/Subtype /Image", b"/EmbeddedFile"):
        assert active not in pdf


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bold", [False, True])
def test_a_name_is_copied_as_it_was_typed(name: str, bold: bool) -> None:
    # pdfium guesses the direction of a whole page from its letters: a report has English around each name.
    around = "Walked by the caretaker and two estate ambassadors"
    pdf = page_of(f"{around}\n{name}\n{around}", style=Style(10, 14, bold=bold))
    assert copied(pdf)[0].split("\n") == [around, name, around]


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_has_a_glyph(name: str) -> None:
    drawn = [piece for bold in (False, True) for piece in letters.pieces(name, bold)]
    assert all(piece.plain for piece in drawn)
    glyphs = [glyph for piece in drawn if piece.shaped for glyph in piece.face.shape(piece.shown, False)[0]]
    assert all(not {"\0", "\ufffd"} & set(glyph.codes) for glyph in glyphs)


def test_a_right_to_left_name_stays_in_its_place_in_an_english_line() -> None:
    shown = [
        text for _, text, _ in letters.visual(letters.pieces("Flat 3, محمد (Block A)", False), False, False)
    ]
    assert [text.strip() for text in shown] == ["Flat 3,", "محمد", "(Block A)"]


def test_numbers_inside_arabic_keep_their_order() -> None:
    shown = [text for _, text, _ in letters.visual(letters.pieces("شقة 12 ب", False), False, True)]
    assert "12" in "".join(shown)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("🙂", "[slightly smiling face]"),
        ("👩‍🔧", "[woman, wrench]"),
        ("👍🏽", "[thumbs up sign]"),
        ("🇬🇧", "[flag GB]"),
        ("5️⃣", "5"),
        ("❤️", "[heavy black heart]"),
        ("✓ done", "[check mark] done"),
        ("bell\x07", "bell[U+0007]"),
        ("nul\x00l", "nul[U+0000]l"),
        ("safe\u202eexe.jpg", "safe[right-to-left override]exe.jpg"),
        ("half \ud83d pair", "half � pair"),
        ("private \ue123 use", "private [U+E123] use"),
        ("한", "[hangul syllable han]"),
        ("𠮷", "[cjk unified ideograph-20bb7]"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
    ],
)
def test_what_no_font_has_is_named(typed: str, printed: str) -> None:
    shown = Text(typed, STYLE, 400)
    assert "".join(piece.shown for line, _ in shown.lines for piece in letters.pieces(line, False)) == printed
    page_of(typed)


def test_tabs_and_line_ends_of_every_kind() -> None:
    assert [line for line, _ in Text("a\r\nb\nc\u2028d\ve", STYLE, 400).lines] == list("abcde")
    assert said(page_of("a\tb"))[0].split() == ["a", "b"]


def test_a_decomposed_letter_is_drawn_composed_and_copied_as_typed() -> None:
    assert list(actual_texts(page_of("Jose\u0301"))) == ["Jose\u0301"]


def test_marks_piled_on_a_letter_do_not_cover_the_lines_above() -> None:
    piled = "a" + "\u0301" * 40
    shown = "".join(piece.shown for piece in letters.pieces(piled, False))
    assert shown.count("\u0301") == 4 and "[combining acute accent]" in shown


@pytest.mark.parametrize("unit", ["x", "ক", "م", "王", "🙂", "e\u0301", "<", " ", "ab "])
def test_fifty_thousand_characters_take_seconds(unit: str) -> None:
    began = process_time()
    pdf = page_of((unit * 50_000)[: 50_000 if unit != "🙂" else 5_000])
    assert process_time() - began < 8
    if unit == "x":
        assert "".join(said(pdf)) == unit * 50_000


TYPED = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("aA \u200d\u200c\u0301\u0654अ्কিم🙂王<&\t"),
    ),
    max_size=60,
)


@settings(max_examples=100, deadline=None)
@given(TYPED, st.floats(20, 300))
def test_lines_are_the_text_and_fit(text: str, width: float) -> None:
    paragraph = re.sub("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", "", text)
    lines = [line for line, _ in Text(paragraph, STYLE, width).lines]
    assert "".join(lines) == paragraph
    for line in lines:
        bare = line.rstrip(" ")
        assert width_of(bare, STYLE) <= width * 1.02 or (len(line) <= 60 and _unbroken(bare))


def _unbroken(line: str) -> bool:
    """A single cluster, or letters that join into something wider than apart: these may stand out."""
    return len([p for p in letters.clusters(line, False) if p.shown]) <= 16 or any(map(letters.is_rtl, line))


@settings(max_examples=100, deadline=None)
@given(TYPED)
def test_no_glyph_is_missing_whatever_is_typed(text: str) -> None:
    page_of(text)
    for piece in letters.pieces(one_line(text), False):
        assert all(ord(char) in piece.face.covers or char in "\u200c\u200d" for char in piece.shown)


def test_a_shortened_text_ends_in_an_ellipsis_and_fits() -> None:
    text = Text("word " * 400, STYLE, 200, most=2)
    assert text.height == 28
    assert text.lines[-1][0].endswith("…")
    assert width_of(text.lines[-1][0], STYLE) <= 200


def test_a_glyph_has_the_same_code_whatever_was_shaped_before() -> None:
    """Else the bytes of a report would depend on the reports before it."""
    words = ("শ্রীমতী", "ক্ষুদ্র", "স্ত্রী")
    first, second = (letters.Face("NotoSansBengali-Regular", joins=True) for _ in range(2))
    codes = {word: first.shape(word, False) for word in words}
    assert {word: second.shape(word, False) for word in reversed(words)} == codes


def test_nothing_of_a_printed_text_stays_in_memory() -> None:
    page_of("Rahima Khatun 王")
    letters.forget()
    assert letters.pieces.cache_info().currsize == letters.advance.cache_info().currsize == 0


def test_shaping_draws_joined_letters_not_single_ones() -> None:
    """The picture of a shaped word differs from its letters set apart."""
    joined, apart = picture(page_of("محمد")), picture(page_of("م\u200cح\u200cم\u200cد"))
    assert joined.tobytes() != apart.tobytes()


def test_only_one_module_writes_words_on_paper() -> None:
    writes = re.compile(
        r"\b(Paragraph|drawString|drawRightString|drawCentredString|beginText|Preformatted|XPreformatted)\("
    )
    root = Path(resources.__file__).parent
    found = {file.name for file in root.rglob("*.py") if writes.search(file.read_text("utf-8"))}
    assert found == {"text.py"}


def test_reportlab_may_fetch_nothing() -> None:
    assert rl_config.trustedHosts == [] and rl_config.trustedSchemes == []
