"""Before a visit: the letter, the text and the e-mail that say when we come, and what the household was told (H2).

Nothing is sent from here: paper is posted and words are pasted by a person, who then says so. What was told stays as
it was said; a visit that is moved after it says that the household has to be told anew. A way that is not safe is
refused with the reason (services/safe_contact.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Channel
from watmos_desktop.models.tables import Estate, Home
from watmos_desktop.services import people, policy, safe_contact, visit_notice
from watmos_desktop.services.clock import LONDON
from watmos_desktop.services.errors import Told
from watmos_desktop.services.people import PersonCard
from watmos_desktop.services.reports import visit_words
from watmos_desktop.services.reports.visit_letter import Batch, LeftOut, VisitLetter
from watmos_desktop.services.reports.visit_words import Wording
from watmos_desktop.services.safe_contact import SafeContact
from watmos_desktop.services.visit_notice import Notice
from watmos_desktop.services.visits import VisitCard


@dataclass(frozen=True)
class Wanted:
    """Letters of these visits; ``large`` None: as each household asked; ``language`` empty: the one they speak."""

    visits: tuple[UUID, ...]
    large: bool | None = None
    language: str = ""


@dataclass(frozen=True)
class Facts:
    """What the page shows beside the letter of one visit."""

    card: VisitCard
    names: tuple[str, ...]
    phone: str
    email: str
    speaks: str
    wording: Wording
    safe: SafeContact
    notice: Notice
    tenants: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True)
class Mail:
    """An e-mail to paste: the subject names nobody and no place."""

    subject: str
    body: str


def facts(session: Session, visit_id: UUID) -> Facts:
    """Who is told, how it is safe to tell them, and what they were told so far; raises NotAllowed or NotFound."""
    card = visit_notice.card_of(session, visit_id)
    tenants = _tenants(session, card.home_id)
    spoken = _speaks(tenants)
    return Facts(
        card=card,
        names=tuple(one.name for one in tenants),
        phone=next((one.phone for one in tenants if one.phone), ""),
        email=next((one.email for one in tenants if one.email), ""),
        speaks=spoken,
        wording=visit_words.choose(spoken),
        safe=safe_contact.of_home(session, card.home_id),
        notice=visit_notice.notice(session, visit_id),
        tenants=tuple((one.id, one.name) for one in tenants),
    )


def collect(session: Session, wanted: Wanted) -> Batch:
    """The letters of some visits. Where post is not safe, or there is no day, none is made, and it says why.

    Raises NotAllowed or NotFound, and where there is no letter at all Told at ``how`` or ``day``.
    """
    made: list[tuple[UUID, VisitLetter, str]] = []
    left_out: list[LeftOut] = []
    for visit_id in wanted.visits:
        try:
            made.append((visit_id, *_letter(session, visit_id, wanted)))
        except Told as told:
            if len(wanted.visits) == 1:
                raise
            card = visit_notice.card_of(session, visit_id)
            left_out.append(LeftOut(card.reference, card.address, told.message))
    if not made:
        why = left_out[0].why if left_out else "they are told already."
        raise Told(
            f"Nobody is to be written to: {why}", "Ring them, and record that they were told.", field="how"
        )
    notes = [f"{letter.address}: {note}" for _, letter, note in made if note]
    if len(made) == 1:
        notes = [note for _, _, note in made if note]
    return Batch(
        tuple(letter for _, letter, _ in made),
        tuple(one for one, _, _ in made),
        tuple(notes),
        tuple(left_out),
    )


def text(session: Session, visit_id: UUID, language: str = "") -> str:
    """The words of a text message; raises Told at ``how`` when a text is not safe, at ``phone`` without a number."""
    known = facts(session, visit_id)
    known.safe.refuse(Channel.TEXT)
    if not known.phone:
        raise Told("There is no phone number.", "Write a letter, or add the number in Homes.", field="phone")
    return _message(known, _first(known, language))


def email(session: Session, visit_id: UUID, language: str = "") -> Mail:
    """The e-mail; raises Told at ``how`` when an e-mail is not safe, at ``email`` without an address."""
    known = facts(session, visit_id)
    known.safe.refuse(Channel.EMAIL)
    if not known.email:
        raise Told("There is no e-mail address.", "Write a letter, or add it in Homes.", field="email")
    tongue = _first(known, language)
    day, *_ = visit_notice.slot_of(known.card)
    said = visit_words.words
    officer = _signs(known.card)
    body = [
        said(tongue, "letter.dear", names=", ".join(known.names)),
        _message(known, tongue),
        said(tongue, "letter.sure_words"),
        f"{said(tongue, 'letter.about')}:",
        "\n".join(f"- {one}" for one in visit_words.points(tongue, known.card.kind.value)),
        said(tongue, "letter.safe_words"),
        f"{said(tongue, 'letter.close')}\n{said(tongue, 'letter.signed', officer=officer)}",
    ]
    subject = said(tongue, "message.subject", day=visit_words.long_day(tongue, day))
    return Mail(subject, _plain("\n\n".join(body)))


def _letter(session: Session, visit_id: UUID, wanted: Wanted) -> tuple[VisitLetter, str]:
    """One letter, and what stands in for what in it."""
    known = facts(session, visit_id)
    day, start, end = visit_notice.slot_of(known.card)
    known.safe.refuse(Channel.LETTER)
    home = policy.find(session, Home, known.card.home_id, "That home")
    estate = session.get(Estate, home.estate_id)
    town = estate.town if estate is not None and estate.town not in home.address else ""
    chosen = visit_words.choose(known.speaks, wanted.language)
    moved = known.notice.moved
    letter = VisitLetter(
        reference=known.card.reference,
        kind=known.card.kind.value,
        address=home.address,
        postcode="  ".join(part for part in (town, home.postcode) if part),
        names=known.names,
        dated=session.info["clock"].now().astimezone(LONDON).date(),
        day=day,
        start=start,
        end=end,
        officer=_signs(known.card),
        second=known.card.second,
        moved=(moved.day, moved.start, moved.end) if moved is not None else None,
        languages=chosen.languages,
        ask=chosen.ask,
        large=known.safe.large if wanted.large is None else wanted.large,
    )
    return letter, chosen.note


def _message(known: Facts, language: str) -> str:
    day, start, end = visit_notice.slot_of(known.card)
    moved = known.notice.moved
    key = "message.text_moved" if moved is not None else "message.text"
    said = visit_words.words(
        language,
        key,
        officer=known.card.who,
        when=visit_words.slot(language, day, start, end),
        moved=visit_words.slot(language, moved.day, moved.start, moved.end) if moved else "",
        reference=known.card.reference,
    )
    return _plain(said)


def _plain(said: str) -> str:
    """For a message, where a space that does not break is of no use."""
    return said.replace("\xa0", " ")


def _first(known: Facts, language: str) -> str:
    return visit_words.choose(known.speaks, language).languages[0]


def _signs(card: VisitCard) -> str:
    return card.officer or card.second


def _tenants(session: Session, home_id: UUID) -> list[PersonCard]:
    tenancy = people.of_home(session, home_id)
    return [one for one in tenancy.household if one.tenant] if tenancy else []


def _speaks(tenants: Sequence[PersonCard]) -> str:
    """The language that all of them speak; English where one of them does."""
    spoken = [one.language or visit_words.ENGLISH for one in tenants]
    return visit_words.ENGLISH if not spoken or visit_words.ENGLISH in spoken else spoken[0]
