"""Printing beside the window: photos made fit for paper, then the pages; ``tell`` hears how far and may stop it.

The window fits the photos in a thread and has the pages made by a worker process: originals are three times as large,
and packing them for the worker would hold the window up. Nothing of the database is imported here, so that the
worker starts quickly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from watmos_desktop.services import photos
from watmos_desktop.services.errors import Told
from watmos_desktop.services.reports.inspection import render
from watmos_desktop.services.reports.inspection_data import InspectionReport, ReportPhoto
from watmos_desktop.services.reports.noticeboard import Noticeboard, render_noticeboard

Tell = Callable[[int, int], None]
PHOTO_MM = 174.0  # the width of a page between its margins, at which the photo pages show them


_PHOTOS_SHARE = 60  # of 100, when there are any


def inspection(report: InspectionReport, tell: Tell) -> bytes:
    """The PDF of an inspection report; ``tell`` counts photos and pages alike, out of 100."""
    return pages(fit(report, tell), tell)


def fit(report: InspectionReport, tell: Tell) -> InspectionReport:
    """The same report with each photo no larger than paper needs it."""
    return _Fitter(report, tell).report()


def pages(report: InspectionReport, tell: Tell) -> bytes:
    """The PDF of a report whose photos are fit for paper."""
    before = _PHOTOS_SHARE if _photos(report) else 0
    return render(report, lambda share: tell(before + round(share * (100 - before)), 100))


def noticeboard(sheet: Noticeboard, tell: Tell) -> bytes:
    """The PDF of a noticeboard sheet."""
    tell(0, 1)
    return render_noticeboard(sheet)


class _Fitter:
    """Makes each photo fit for paper once, however often the report shows it."""

    def __init__(self, report: InspectionReport, tell: Tell) -> None:
        self._report, self._tell = report, tell
        self._made: dict[bytes, bytes] = {}
        self._total = len({photo.jpeg for photo in _photos(report)})

    def report(self) -> InspectionReport:
        """The same report with every photo fit for paper."""
        report = self._report
        return replace(
            report,
            cover_photo=self._fit(report.cover_photo),
            defects=tuple(
                replace(one, photos=self._all(one.photos), before_photo=self._fit(one.before_photo))
                for one in report.defects
            ),
            since_last=tuple(
                replace(one, before=self._fit(one.before), after=self._fit(one.after))
                for one in report.since_last
            ),
            other_photos=self._all(report.other_photos),
        )

    def _all(self, shown: tuple[ReportPhoto, ...]) -> tuple[ReportPhoto, ...]:
        return tuple(fit for photo in shown if (fit := self._fit(photo)))

    def _fit(self, photo: ReportPhoto | None) -> ReportPhoto | None:
        if photo is None or not photo.jpeg:
            return photo
        if photo.jpeg not in self._made:
            self._tell(round(_PHOTOS_SHARE * len(self._made) / self._total), 100)
            try:
                self._made[photo.jpeg] = photos.for_paper(photo.jpeg, PHOTO_MM)
            except Told:
                self._made[photo.jpeg] = b""  # the paper says that it could not be read
        return replace(photo, jpeg=self._made[photo.jpeg])


def _photos(report: InspectionReport) -> list[ReportPhoto]:
    shown = [report.cover_photo, *report.other_photos]
    for defect in report.defects:
        shown += [*defect.photos, defect.before_photo]
    for followed in report.since_last:
        shown += [followed.before, followed.after]
    return [photo for photo in shown if photo is not None and photo.jpeg]
