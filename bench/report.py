"""The inspection report of 60 items and 40 photos, rendered beside img2pdf's bare pass-through of its photos, and
beside the same content by other engines in plain use: fpdf2, typst, and reportlab's platypus with its own defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import fpdf
import img2pdf
import typst
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Image, SimpleDocTemplate, Table
from reportlab.platypus import Paragraph as Words

from bench import Row, in_turn, spell
from tests.reports.sample import big_report
from watmos_desktop import resources
from watmos_desktop.services.reports.blocks import photos
from watmos_desktop.services.reports.inspection import render
from watmos_desktop.services.reports.inspection_data import InspectionReport

PASS_THROUGH_GOAL = 8.0
LARGEST = 8_000_000
_POINTS = 240
_ROUNDS = 5


def run() -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        engines: dict[str, Callable[[InspectionReport], bytes]] = {
            "ours": render,
            "img2pdf": _pass_through,
            "fpdf2": _fpdf,
            "typst": lambda report: _typst(report, Path(folder)),
            "reportlab defaults": _platypus,
        }
        jobs = [_each_walk(engine) for engine in engines.values()]
        times = dict(zip(engines, in_turn(*jobs, rounds=_ROUNDS), strict=True))
    report = big_report()
    size = len(render(report))
    ours = times.pop("ours")
    for name, theirs in times.items():
        ratio = median(a / b for a, b in zip(ours, theirs, strict=True))
        goal = PASS_THROUGH_GOAL if name == "img2pdf" else 1.0
        said = f"at most {goal:g}×" if goal > 1 else "ahead"
        yield Row(
            f"report of 60 items, 40 photos beside {name}",
            spell(median(ours)),
            spell(median(theirs)),
            ratio,
            said,
            ratio <= goal,
        )
    yield Row("its size", f"{size / 1e6:.1f} MB", "", None, "below 8 MB", size < LARGEST)


def _each_walk(engine: Callable[[InspectionReport], bytes]) -> Callable[[], bytes]:
    """Every round is another inspection, as in life: nobody prints from a cache."""
    walks = iter([big_report(walk=number) for number in range(_ROUNDS + 1)])
    return lambda: engine(next(walks))


def _pass_through(report: InspectionReport) -> bytes:
    done = img2pdf.convert([photo.jpeg for photo in photos(report)])
    assert done
    return bytes(done)


def _lines(report: InspectionReport) -> list[tuple[str, str, str]]:
    return [
        (item.name, item.note, item.grade.value if item.grade else "")
        for area in report.areas
        for item in area.items
    ]


def _fpdf(report: InspectionReport) -> bytes:
    pdf = fpdf.FPDF(format="A4")
    pdf.add_font("Noto", fname=str(resources.path("fonts", "NotoSans-Regular.ttf")))
    pdf.add_font("Noto", style="B", fname=str(resources.path("fonts", "NotoSans-Bold.ttf")))
    pdf.set_font("Noto", size=10)
    pdf.add_page()
    with pdf.table() as table:
        for line in _lines(report):
            table.row(line)
    for photo in photos(report):
        pdf.image(BytesIO(photo.jpeg), w=85)
        pdf.multi_cell(0, text=photo.caption, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _typst(report: InspectionReport, folder: Path) -> bytes:
    """Its photos lie in files, as it wants them."""
    rows = "".join(f"[{a}],[{b}],[{c}]," for a, b, c in _lines(report))
    source = ['#set page("a4")\n#set text(font: "Noto Sans", size: 10pt)\n', f"#table(columns: 3, {rows})\n"]
    for photo in photos(report):
        (folder / f"{photo.number}.jpg").write_bytes(photo.jpeg)
        source.append(f'#figure(image("{photo.number}.jpg", width: 85mm), caption: [{photo.caption}])\n')
    main = folder / "main.typ"
    main.write_text("".join(source), "utf-8")
    fonts = [str(resources.path("fonts"))]
    return bytes(typst.compile(str(main), font_paths=fonts, ignore_system_fonts=True))


def _platypus(report: InspectionReport) -> bytes:
    """As the manual shows it: ASCII85 on, standard fonts, one flowable after the other."""
    before, rl_config.useA85 = rl_config.useA85, 1
    try:
        out, style = BytesIO(), getSampleStyleSheet()["BodyText"]
        story: list[Flowable] = [Table([[Words(part, style) for part in line] for line in _lines(report)])]
        for photo in photos(report):
            story += [Image(BytesIO(photo.jpeg), _POINTS, _POINTS * 0.75), Words(photo.caption, style)]
        SimpleDocTemplate(out, pagesize=A4).build(story)
        return out.getvalue()
    finally:
        rl_config.useA85 = before
