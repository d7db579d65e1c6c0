"""Reads a sealed visit for its two papers, as the person who prints may see it (issue 5, item 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import FollowUpKind, VisitStatus
from watmos_desktop.models.tables import Repair, Visit, VisitAnswer, VisitFollowUp, VisitSignature
from watmos_desktop.services import (
    attachments,
    people,
    policy,
    repairs,
    visit_approval,
    visit_follow_ups,
    visit_form,
    visit_outcomes,
    visit_rules,
    visit_walk,
    visit_walk_view,
    visits,
    wording,
)
from watmos_desktop.services.attachments import PhotoCard
from watmos_desktop.services.blobs import Blobs
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_desktop.services.reports import source
from watmos_desktop.services.reports.inspection_data import ReportPhoto
from watmos_desktop.services.reports.visit_copy_data import Agreed, Line, ResidentCopy, Signed, StaffCopy
from watmos_desktop.services.reports.visit_sheet import words
from watmos_desktop.services.visit_approval import Approval, Standing
from watmos_desktop.services.visit_concerns import PASSED_ON
from watmos_desktop.services.visit_follow_ups import FollowUp
from watmos_desktop.services.visit_form import Answers, Given, VisitForm
from watmos_desktop.services.visits import VisitDetail


@dataclass(frozen=True)
class _Sealed:
    row: Visit
    detail: VisitDetail
    form: VisitForm
    answers: Answers
    came: tuple[FollowUp, ...]
    household: tuple[people.PersonCard, ...]
    held: str
    done: datetime


def resident(session: Session, visit_id: UUID, *, large: bool = False) -> ResidentCopy:
    """The resident's copy; raises NotAllowed, NotFound, or Told for a visit that is not sealed.

    It is the same to the letter whatever was said of anybody's safety, whoever prints it.
    """
    one = _sealed(session, visit_id)
    return ResidentCopy(
        reference=one.row.reference,
        address=one.detail.card.address,
        names=tuple(person.name for person in one.household if person.tenant and person.name),
        officer=one.detail.card.officer,
        second=one.detail.card.second,
        day=wording.long_day(one.done.date()),
        agreed=tuple(_agreed(session, one)),
        allowed=tuple(_consents(session, one)),
        made=one.done,
        large=large,
    )


def staff(session: Session, visit_id: UUID, blobs: Blobs | None = None) -> StaffCopy:
    """The copy for our files, with photos where ``blobs`` are given; raises as ``resident`` does."""
    one = _sealed(session, visit_id)
    person = policy.actor(session)
    approval = visit_approval.of_visit(session, visit_id)
    signed = session.scalars(
        select(VisitSignature)
        .where(VisitSignature.visit_id == one.row.id, ~VisitSignature.deleted)
        .order_by(VisitSignature.signed_at, VisitSignature.id)
    )
    unsigned = one.answers.get((visit_walk.UNSIGNED, ""), Given()).skipped
    assert one.row.started_at is not None
    return StaffCopy(
        reference=one.row.reference,
        kind=visit_rules.KIND_WORDS[one.row.kind],
        address=one.detail.card.address,
        where=one.detail.card.where,
        officer=one.detail.card.who,
        started=one.row.started_at.astimezone(LONDON),
        completed=one.done,
        household=tuple(filter(None, (one.held, *(_person(each) for each in one.household)))),
        sections=tuple(_sections(one)),
        apart=tuple(_apart(session, one)),
        came_of_it=tuple(_came(each) for each in one.came),
        consents=tuple(_consents(session, one)),
        signed=tuple(_signed(each) for each in signed),
        unsigned=unsigned,
        attempts=tuple(each.words for each in one.detail.attempts),
        approval=_approval(approval),
        approval_notes=tuple(
            f"{what} by {by}, {wording.moment(at.astimezone(LONDON))}: {text}"
            for what, by, at, text in approval.notes
        ),
        photos=tuple(_photos(session, one.row, blobs)),
        version=one.row.form_version,
        checksum=one.row.checksum,
        intact=visit_walk.intact(session, visit_id),
        made=session.info["clock"].now(),
        made_for=person.name,
    )


def _sealed(session: Session, visit_id: UUID) -> _Sealed:
    policy.require(session, Action.VISIT, "visit")
    row = policy.find(session, Visit, visit_id, "That visit")
    if row.status is not VisitStatus.COMPLETED or row.completed_at is None:
        raise Told(
            "That visit is not done yet.", "Complete it first; then there are its copies.", field="visit"
        )
    form = visit_form.of_version(row.form_version)
    held = people.of_home(session, row.home_id)
    return _Sealed(
        row,
        visits.get(session, visit_id),
        form,
        visit_walk_view.answers(session, row),
        visit_follow_ups.of_visit(session, visit_id),
        held.household if held is not None and held.id == row.tenancy_id else (),
        held.words if held is not None and held.id == row.tenancy_id else "",
        row.completed_at.astimezone(LONDON),
    )


def _agreed(session: Session, one: _Sealed) -> list[Agreed]:
    """What is made and may be told on paper, in the order of the form, each from the office's own words."""
    made = {
        each.key: each
        for each in session.scalars(
            select(VisitFollowUp).where(
                VisitFollowUp.visit_id == one.row.id,
                VisitFollowUp.kind != FollowUpKind.SAFEGUARDING,
                VisitFollowUp.left_out == "",
                ~VisitFollowUp.deleted,
            )
        )
    }
    known = {each.key: each for each in one.came}
    agreed = []
    for found in visit_outcomes.found(one.form, one.answers):
        kept, told = made.get(found.key), found.outcome.told
        if kept is None or not told:
            continue
        by = wording.long_day(kept.promised_on) if kept.promised_on else ""
        title = _title(session, kept) or told
        reference = (
            known[found.key].reference if found.key in known and kept.record_table != "referral" else ""
        )
        place = f": {found.place.lower()}" if found.place and not title.startswith(found.place) else ""
        agreed.append(Agreed(f"{title}{place}", reference if "-" in reference else "", by))
    return agreed


def _title(session: Session, kept: VisitFollowUp) -> str:
    """The title of a repair that was told in their own words; "" for what the office has words for."""
    if kept.record_table != "repair" or kept.record_id is None:
        return ""
    try:
        row: Repair = repairs.get_row(session, kept.record_id)
    except NotFound:
        return ""
    return row.title if row.fixture == "other" else ""


def _consents(session: Session, one: _Sealed) -> list[tuple[str, bool]]:
    given = visit_walk_view.consents(session, one.row.id)
    return [(each.words, given[each.key]) for each in one.form.consents if each.key in given]


def _sections(one: _Sealed) -> list[tuple[str, tuple[Line, ...]]]:
    found: dict[str, list[Line]] = {}
    for step in visit_form.steps(one.form, one.answers):
        given = one.answers.get(step.key)
        if given is None:
            continue
        said = words("staff.asked") if step.question.apart else step.question.said(given.values)
        quiet = words("staff.last_time") if given.same else ""
        if given.skipped:
            said, quiet = words("staff.skipped", reason=given.skipped), ""
        found.setdefault(step.section.title, []).append(Line(step.words, said, quiet))
    return [(title, tuple(lines)) for title, lines in found.items()]


def _apart(session: Session, one: _Sealed) -> list[str]:
    """What was said of somebody's safety, for who may read it: a guardian before there is a case, then its team."""
    asked = select(VisitFollowUp).where(
        VisitFollowUp.visit_id == one.row.id,
        VisitFollowUp.kind == FollowUpKind.SAFEGUARDING,
        VisitFollowUp.key != PASSED_ON,
        ~VisitFollowUp.deleted,
    )
    return [each.text for each in session.scalars(policy.scope(asked, session, VisitFollowUp)) if each.text]


def _came(one: FollowUp) -> Line:
    if one.left_out:
        return Line(one.words, words("staff.skipped", reason=one.left_out))
    kind = visit_follow_ups.KIND_WORDS[one.kind]
    said = " · ".join(part for part in (one.reference, one.promise) if part)
    return Line(one.words, said or kind, kind if said else "")


def _person(one: people.PersonCard) -> str:
    known = (one.name, "tenant" if one.tenant else one.relation, one.phone, one.email, one.needs)
    return ", ".join(part for part in known if part)


def _signed(one: VisitSignature) -> Signed:
    strokes = tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in one.strokes)
    return Signed(one.name, one.signed_at.astimezone(LONDON), strokes)


def _approval(one: Approval) -> str:
    if one.standing is Standing.NOT_NEEDED:
        return ""
    if one.standing is Standing.APPROVED:
        assert one.at is not None
        return words("staff.approved", name=one.by, when=wording.moment(one.at.astimezone(LONDON)))
    stands = words("staff.waits" if one.standing is Standing.WAITS else "staff.sent_back")
    return " ".join((stands, *one.reasons))


def _photos(session: Session, row: Visit, blobs: Blobs | None) -> list[tuple[ReportPhoto, str]]:
    answers = select(VisitAnswer.id).where(VisitAnswer.visit_id == row.id, ~VisitAnswer.deleted)
    owners = [row.id, *session.scalars(answers)]
    cards = [card for some in attachments.of(session, owners).values() for card in some]
    return [
        (_photo(card, number, blobs), card.sha256)
        for number, card in enumerate(sorted(cards, key=lambda each: (each.taken_at, each.id)), start=1)
    ]


def _photo(card: PhotoCard, number: int, blobs: Blobs | None) -> ReportPhoto:
    try:
        jpeg = blobs.get(card.sha256) if blobs is not None else b""
    except Told:
        jpeg = b""  # the paper says that it could not be read
    taken = wording.moment(card.taken_at.astimezone(LONDON))
    return ReportPhoto(jpeg, card.caption, taken, source.marks(card), number)
