"""The log of endeavours of a hazard case, ready for a court (s10A(5) Landlord and Tenant Act 1985).

Every step with who, when and how, and each clock with when it was due and when it was done. Pure."""

from __future__ import annotations

from datetime import datetime

from watmos_desktop.models.kinds import HazardStatus
from watmos_desktop.services import wording
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.hazard_view import LadderClock, StepLine
from watmos_desktop.services.hazard_words import LEVEL_WORDS
from watmos_desktop.services.reports import style
from watmos_desktop.services.reports.blocks import spaced, table_head, table_row
from watmos_desktop.services.reports.flow import Block, Boxed, Columns, Lead, Rows, Space, Stack
from watmos_desktop.services.reports.hazard_paper import HazardPaper
from watmos_desktop.services.reports.hazard_sheet import PAD, heading, printed
from watmos_desktop.services.reports.struck import Struck
from watmos_desktop.services.reports.style import WIDTH, heads, words
from watmos_desktop.services.reports.text import Style, Text

_LABEL = 112.0
_CLOCKS = (0.0, 188.0, 286.0, 384.0)
_STEPS = (0.0, 98.0, 412.0)


def render(paper: HazardPaper) -> bytes:
    """The PDF; the same case at the same moment gives the same bytes."""
    case = paper.case
    basis = words("endeavours.basis_law" if case.card.statutory else "endeavours.basis_aim")
    steps_lead = Text(words("endeavours.steps_lead"), style.QUIET, WIDTH)
    blocks: list[Block] = [_facts(paper), Space(16), _times(paper), Space(16)]
    blocks += [
        Lead(heading(words("endeavours.steps"), steps_lead, Space(8)), 120),
        _steps(paper),
        Space(16),
        _record(paper),
    ]
    foot = words("endeavours.foot", where=case.card.where, reference=case.card.reference)
    kicker = words("endeavours.kicker", basis=basis)
    return printed(paper, words("endeavours.kind"), kicker, foot, blocks)


def _facts(paper: HazardPaper) -> Block:
    case = paper.case
    judged = words("endeavours.level_none")
    if case.level is not None:
        judged = words(
            "endeavours.judged",
            level=LEVEL_WORDS[case.level],
            who=case.judged,
            when=_moment(case.judged_at) if case.judged_at else "",
            reason=case.level_reason,
        )
    closed = ""
    if case.closed_at is not None:
        closed = " ".join(part for part in (f"{_moment(case.closed_at)}.", case.closed_reason) if part)
    rows = (
        ("case", case.card.reference),
        ("hazard", case.card.hazard),
        ("where", case.card.where),
        ("aware", _moment(case.card.aware_at)),
        ("opened", paper.opened_by),
        ("law", words("endeavours.law_yes" if case.card.statutory else "endeavours.law_no")),
        ("level", judged),
        ("household", case.household),
        ("repair", case.repair),
        ("stands", case.card.stands if case.card.status is not HazardStatus.CLOSED else ""),
        ("access", " ".join(case.access)),
        ("closed", closed),
    )
    return _pairs([(words(f"endeavours.{key}"), value) for key, value in rows if value])


def _pairs(rows: list[tuple[str, str]], fill: str = "") -> Block:
    room = WIDTH - 2 * PAD
    lines = [
        Columns(
            (
                (0, Text(label, style.QUIET, _LABEL - 8)),
                (_LABEL, Text(value, style.BODY, room - _LABEL)),
            )
        )
        for label, value in rows
    ]
    return Boxed(Stack(tuple(spaced(lines, 4))), WIDTH, PAD, fill)


def _times(paper: HazardPaper) -> Block:
    head = table_head(heads("endeavours.clocks_heads"), _CLOCKS)
    rows = tuple(_time(clock) for clock in paper.case.clocks)
    lead = Text(words("endeavours.clocks_lead"), style.QUIET, WIDTH)
    return heading(words("endeavours.clocks"), lead, Space(8), Rows(head, rows))


def _time(clock: LadderClock) -> Block:
    if clock.stopped_at is None:
        done, colour = words("endeavours.running"), style.BAD if clock.late else style.INK
    else:
        done, colour = _moment(clock.stopped_at), style.BAD if clock.late else style.OK
    if clock.late:
        done = f"{done}, {words('endeavours.late')}"
    what = Stack(
        (
            Text(clock.what, style.STRONG, _CLOCKS[1] - 14),
            Text(f"{clock.length} · {clock.basis}", style.SMALL, _CLOCKS[1] - 14),
        )
    )
    due = _moment(clock.due_at) if clock.by_hour else wording.day(clock.due_at.astimezone(LONDON))
    return table_row(
        (
            (6, what),
            (_CLOCKS[1] + 6, Text(_moment(clock.started_at), style.BODY, 94)),
            (_CLOCKS[2] + 6, Text(due, style.BODY, 94)),
            (_CLOCKS[3] + 6, Text(done, style.coloured(style.STRONG, colour), WIDTH - _CLOCKS[3] - 8)),
        )
    )


def _steps(paper: HazardPaper) -> Block:
    if not paper.case.log:
        return Text(words("endeavours.steps_none"), style.BODY, WIDTH)
    head = table_head(heads("endeavours.steps_heads"), _STEPS)
    return Rows(head, tuple(_step(one) for one in paper.case.log))


def _step(one: StepLine) -> Block:
    room = _STEPS[2] - _STEPS[1] - 14
    title = " ".join(part for part in (one.what, one.how) if part)
    recorded = words("endeavours.double", case=one.case) if one.case else ""
    said = [Text(title, style.STRONG, room)]
    said += [Text(each, style.BODY, room) for each in (one.text, one.outcome, recorded) if each]
    lines: list[Block] = [Struck(each) if one.taken_back else each for each in said]
    if one.taken_back:
        lines.append(Text(one.taken_back, style.coloured(style.STRONG, style.BAD), room))
    return table_row(
        (
            (6, Text(_moment(one.at), style.BODY, _STEPS[1] - 10)),
            (_STEPS[1] + 6, Stack(tuple(lines))),
            (_STEPS[2] + 6, Text(one.who, style.BODY, WIDTH - _STEPS[2] - 8)),
        )
    )


def _record(paper: HazardPaper) -> Block:
    rows = [
        (words("endeavours.printed"), _moment(paper.printed)),
        (words("endeavours.entries"), str(len(paper.case.log))),
    ]
    small = Style(8.2, 13.5)
    sum_of = Stack(
        (
            Text(words("endeavours.checksum"), style.QUIET, WIDTH - 2 * PAD),
            Text(paper.checksum, small, WIDTH - 2 * PAD),
        )
    )
    lines = [
        Columns(((0, Text(label, style.QUIET, _LABEL - 8)), (_LABEL, Text(value, style.BODY, 300))))
        for label, value in rows
    ]
    box = Boxed(Stack((*lines, Space(4), sum_of)), WIDTH, PAD, style.GROUND)
    lead = Text(words("endeavours.record_lead"), style.QUIET, WIDTH)
    return heading(words("endeavours.record"), lead, Space(8), box)


def _moment(when: datetime) -> str:
    return wording.moment(when.astimezone(LONDON))
