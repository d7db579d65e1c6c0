"""The program's table on 1,000,000 encrypted repairs beside the same table painting 60 rows that it has in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from PySide6.QtWidgets import QApplication
from sqlalchemy import func, select

from bench import Row, spell
from bench._big_workspace import DONE, opened
from watmos_desktop.models.kinds import RepairStatus
from watmos_desktop.models.tables import Repair
from watmos_desktop.services import repairs
from watmos_desktop.services.store import Store
from watmos_desktop.ui import theme
from watmos_desktop.ui.kit import table as kit
from watmos_desktop.ui.pages.repairs.columns import COLUMNS, row_of

ROUNDS = 15
MEMORY_MIB = 12.0
FIRST_PAINT = 1.25
DONE_LIST = repairs.Filter("done")


class RepairList:
    """The list of completed repairs, as a page of the program gives it to the table."""

    def __init__(self, store: Store) -> None:
        self.store, self.sort = store, "due"

    def count(self) -> int:
        with self.store.read() as session:
            return repairs.count(session, DONE_LIST)

    def page(self, offset: int, limit: int) -> list[kit.Row]:
        with self.store.read() as session:
            cards = repairs.page(session, DONE_LIST, offset, limit, sort=self.sort)
        return [row_of(card) for card in cards]


class Shown:
    """A table as it is made, shown and painted."""

    def __init__(self, count: Callable[[], int], page: Callable[[int, int], Sequence[kit.Row]]) -> None:
        self.table = kit.Table("Repairs", COLUMNS, count, page)
        self.table.resize(1400, 900)
        self.table.grab()

    def jump(self, share: float) -> None:
        bar = self.table.verticalScrollBar()
        bar.setValue(round(bar.maximum() * share))
        self.table.grab()

    def again(self) -> None:
        self.table.refresh()
        self.table.scrollToTop()
        self.table.grab()

    def drop(self) -> None:
        self.table.deleteLater()


def run() -> Iterator[Row]:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply(application, "light")
    with opened() as store:
        listed = RepairList(store)
        rows = listed.page(0, 60)
        plain = Shown(lambda: len(rows), lambda offset, limit: rows[offset : offset + limit])
        extra = _peak_mib(lambda: _life_of_a_list(listed))
        first, floor, end, middle, scroll, sort = [], [], [], [], [], []
        for _ in range(ROUNDS):
            floor.append(
                _timed(lambda: Shown(lambda: len(rows), lambda offset, limit: rows[offset : offset + limit]))
            )
            first.append(_timed(lambda: Shown(listed.count, listed.page)))
            shown = Shown(listed.count, listed.page)
            end.append(_timed(lambda: shown.jump(1.0)))  # noqa: B023
            middle.append(_timed(lambda: shown.jump(0.5)))  # noqa: B023
            scroll.append(_timed(lambda: shown.jump(0.50001)))  # noqa: B023
            listed.sort = "-due"
            sort.append(_timed(shown.again))
            listed.sort = "due"
            shown.drop()
        with store.read() as session:
            recount = select(func.count()).where(Repair.status == RepairStatus.COMPLETED, ~Repair.deleted)
            counted, truly = repairs.count(session, DONE_LIST), session.scalar(recount)
    plain.drop()
    ratio = median(a / b for a, b in zip(first, floor, strict=True))
    name = "list of 1,000,000 repairs"
    yield Row(f"{name}: exact count", f"{counted:,}", f"{truly:,}", None, "equal", counted == truly == DONE)
    yield Row(f"{name}: first paint / 60 rows in memory", spell(median(first)), spell(median(floor)), ratio,
              f"at most {FIRST_PAINT:g}×", ratio <= FIRST_PAINT)  # fmt: skip
    for what, times in (
        ("jump to the end", end),
        ("jump to the middle", middle),
        ("scroll a page", scroll),
        ("sort by due", sort),
    ):
        yield Row(f"{name}: {what}", spell(median(times)), spell(median(floor)), None,
                  "told", ok=True)  # fmt: skip
    yield Row(
        f"{name}: peak extra memory",
        f"{extra:.1f} MiB",
        "",
        None,
        f"at most {MEMORY_MIB:g} MiB",
        extra <= MEMORY_MIB,
    )


def _timed(job: Callable[[], object]) -> float:
    start = perf_counter()
    made = job()
    seconds = perf_counter() - start
    if isinstance(made, Shown):
        made.drop()
    return seconds


def _life_of_a_list(listed: RepairList) -> None:
    shown = Shown(listed.count, listed.page)
    for share in (1.0, 0.5, 0.25, *(n / 40 for n in range(40))):
        shown.jump(share)
    listed.sort = "-due"
    shown.again()
    listed.sort = "due"
    shown.drop()


def _peak_mib(job: Callable[[], object]) -> float:
    """The most memory that a job takes beyond what the process has already; 0 where Linux is not there to tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    before = _status_kib(status, "VmRSS")
    job()
    return (_status_kib(status, "VmHWM") - before) / 1024


def _status_kib(status: Path, field: str) -> int:
    lines = status.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
