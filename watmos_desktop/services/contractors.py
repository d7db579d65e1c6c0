"""The register of contractors, and who is suggested for a repair: trade, specialism, estate and hours (R2, R10)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from watmos_desktop.models.kinds import Specialism, Trade
from watmos_desktop.models.tables import Contractor, Estate
from watmos_desktop.services import contractor_hours, policy, specialists, words
from watmos_desktop.services.errors import NotFound, Told
from watmos_desktop.services.policy import Action, Actor
from watmos_desktop.services.repair_words import TRADE_WORDS

CODE, PHONE, EMAIL = 20, 30, 254  # letters
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DIGITS = 7


@dataclass(frozen=True)
class ContractorCard:
    """A firm or our own team as this person may see it; ``estates`` empty is everywhere, ``where`` says it in words."""

    id: UUID
    code: str
    name: str
    trades: tuple[Trade, ...]
    specialisms: tuple[Specialism, ...]
    estates: tuple[UUID, ...]
    where: str
    hours: str
    phone: str
    emergency_phone: str
    email: str
    contact: str
    registration: str
    active: bool

    @property
    def does(self) -> str:
        """``Plumbing, heating; registered for gas``."""
        named = ", ".join(TRADE_WORDS[trade].lower() for trade in self.trades)
        special = " and ".join(specialists.WORDS[one].lower() for one in self.specialisms)
        parts = [named, f"registered for {special}" if special else ""]
        text = "; ".join(part for part in parts if part)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class ContractorDraft:
    """What a form of the register holds; ``id`` None for a new one, ``estates`` empty for everywhere."""

    code: str
    name: str
    trades: tuple[Trade, ...]
    specialisms: tuple[Specialism, ...] = ()
    estates: tuple[UUID, ...] = ()
    hours: str = ""
    phone: str = ""
    emergency_phone: str = ""
    email: str = ""
    contact: str = ""
    registration: str = ""
    active: bool = True
    id: UUID | None = None


@dataclass(frozen=True)
class Fit:
    """A contractor for a fault: ``reason`` why this one, ``ring`` the number for now.

    What is ``missing`` keeps it from being sent.
    """

    card: ContractorCard
    reason: str
    ring: str
    open_now: bool
    missing: tuple[specialists.Need, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What a suggestion is made for."""

    trade: Trade
    estate_id: UUID
    needs: tuple[specialists.Need, ...]
    emergency: bool


def listed(session: Session, text: str = "", *, all_of_them: bool = False) -> list[ContractorCard]:
    """The register by name, with those no longer in use for ``all_of_them``.

    ``text`` are parts of a name, code, trade or estate.
    """
    person = policy.require(session, Action.SEE, "contractor")
    names = _estate_names(session)
    rows = session.scalars(
        select(Contractor).where(~Contractor.deleted).order_by(Contractor.name, Contractor.id)
    )
    cards = [_card(person, row, names) for row in rows if row.active or all_of_them]
    wanted = text.lower().split()
    return [card for card in cards if all(word in _haystack(card) for word in wanted)]


def get(session: Session, contractor_id: UUID) -> ContractorCard:
    """One contractor; raises NotFound."""
    row = policy.find(session, Contractor, contractor_id, "That contractor")
    return _card(policy.actor(session), row, _estate_names(session))


def find(session: Session, code: str) -> ContractorCard:
    """The contractor in use of that code, in any case; raises Told at ``contractor``."""
    wanted = code.strip().upper()
    for card in listed(session):
        if card.code.upper() == wanted:
            return card
    raise Told(
        "There is no contractor of that code.", "`watmos contractors list` shows them.", field="contractor"
    )


def save(session: Session, draft: ContractorDraft) -> UUID:
    """Add a contractor or change one; gives the id. Raises NotAllowed, NotFound, or Told at the field that is wrong."""
    policy.require(session, Action.EDIT_CONTRACTORS, "contractor")
    code, name = draft.code.strip().upper(), " ".join(draft.name.split())
    _check(session, draft, code, name)
    row = Contractor() if draft.id is None else policy.find(session, Contractor, draft.id, "That contractor")
    row.code, row.name = code, name
    row.trades = [trade.value for trade in Trade if trade in draft.trades]
    row.specialisms = [one.value for one in Specialism if one in draft.specialisms]
    row.estates = sorted(str(one) for one in draft.estates)
    row.hours, row.phone, row.emergency_phone = (
        " ".join(text.split()) for text in (draft.hours, draft.phone, draft.emergency_phone)
    )
    row.email, row.contact, row.registration = (
        text.strip() for text in (draft.email, draft.contact, draft.registration)
    )
    row.active = draft.active
    session.add(row)
    session.flush()
    return row.id


def suggest(session: Session, fault: Fault, at: datetime) -> list[Fit]:
    """Who can be sent, the best first: meets every need, does the trade, has the estate, works at that hour.

    Who lacks a specialism follows at the end with what is ``missing``: shown, never sent.
    """
    fits = [fit for card in listed(session) if (fit := fit_of(card, fault, at)) is not None]
    return sorted(fits, key=lambda fit: _order(fit, fault))


def fit_of(card: ContractorCard, fault: Fault, at: datetime) -> Fit | None:
    """How a contractor fits a fault at a moment; None for another trade or another estate."""
    needed = {need.specialism for need in fault.needs}
    does = fault.trade in card.trades or bool(needed & set(card.specialisms))
    if not does or (card.estates and fault.estate_id not in card.estates):
        return None
    lacking = specialists.missing(fault.needs, card.specialisms)
    try:
        hours = contractor_hours.read(card.hours)
    except Told:
        hours = contractor_hours.read("")  # another device's text; the usual hours are the careful reading
    open_now = hours.open_at(at)
    ring = card.phone if open_now else card.emergency_phone
    return Fit(card, _reason(card, fault, open_now=open_now, lacking=lacking), ring, open_now, lacking)


def _order(fit: Fit, fault: Fault) -> tuple[object, ...]:
    reached = fit.open_now or bool(fit.card.emergency_phone)
    return (
        bool(fit.missing),
        fault.emergency and not reached,
        fault.trade not in fit.card.trades,
        not fit.card.estates,  # a firm named for this estate before one for everywhere
        not fit.open_now,
        # Keep the specialist for what needs one.
        len(set(fit.card.specialisms) - {need.specialism for need in fault.needs}),
        fit.card.name,
    )


def _reason(
    card: ContractorCard, fault: Fault, *, open_now: bool, lacking: tuple[specialists.Need, ...]
) -> str:
    if lacking:
        return " ".join(need.sentence for need in lacking)
    met = [specialists.REGISTERED[need.specialism] for need in fault.needs]
    parts = [TRADE_WORDS[fault.trade] if fault.trade in card.trades else "", " and ".join(met)]
    parts.append(f"looks after {card.where}" if card.estates else "works on every estate")
    if open_now:
        parts.append("at work now")
    elif card.emergency_phone:
        parts.append("closed now, but has an emergency number")
    else:
        parts.append("closed now, and has no emergency number")
    text = ", ".join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}."


def _check(session: Session, draft: ContractorDraft, code: str, name: str) -> None:
    if not code or len(code) > CODE or not _CODE.fullmatch(code):
        raise Told(
            "A code has capital letters, figures and dashes.",
            f"For example APEX-1; at most {CODE}.",
            field="code",
        )
    if not name:
        raise Told("Say what the firm is called.", "As it stands on its letters.", field="name")
    words.fits(name, words.NAME, "name", "A name")
    taken = select(Contractor.id).where(Contractor.code == code, ~Contractor.deleted)
    with session.no_autoflush:
        if (other := session.scalar(taken)) is not None and other != draft.id:
            raise Told("Another contractor has that code.", "Choose another code.", field="code")
    if not draft.trades:
        raise Told("Say what they do.", "Choose at least one trade.", field="trades")
    contractor_hours.read(draft.hours)
    words.fits(draft.hours, words.NAME, "hours", "The hours")
    for field, number in (("phone", draft.phone), ("emergency_phone", draft.emergency_phone)):
        _check_phone(number, field)
    if not draft.phone.strip() and not draft.email.strip():
        raise Told("Say how they are reached.", "Give a phone number or an e-mail address.", field="phone")
    if draft.email.strip() and (len(draft.email) > EMAIL or not _EMAIL.fullmatch(draft.email.strip())):
        raise Told("That is no e-mail address.", "For example jobs@apex.example.", field="email")
    words.fits(draft.contact, words.NAME, "contact", "A name")
    words.fits(draft.registration, words.NAME, "registration", "The registration")
    if draft.specialisms and not draft.registration.strip():
        named = " and ".join(specialists.WORDS[one].lower() for one in draft.specialisms)
        raise Told(
            f"Say what proves that they may do {named}.",
            "For example Gas Safe 123456, NICEIC or the licence.",
            field="registration",
        )
    if set(draft.estates) - {one for one, _ in estates(session)} - _held(session, draft.id):
        raise NotFound("That estate")


def _held(session: Session, contractor_id: UUID | None) -> set[UUID]:
    """Estates it has already: some may lie where this person does not look after."""
    row = session.get(Contractor, contractor_id) if contractor_id is not None else None
    return {UUID(str(one)) for one in row.estates} if row is not None else set()


def _check_phone(number: str, field: str) -> None:
    words.fits(number, PHONE, field, "A number")
    if number.strip() and (
        sum(sign.isdigit() for sign in number) < _DIGITS
        or not all(sign in "0123456789 +()-" for sign in number)
    ):
        raise Told("That is no phone number.", "For example 0121 496 0123.", field=field)


def estates(session: Session) -> list[tuple[UUID, str]]:
    """Estates to choose from, by name."""
    person = policy.require(session, Action.SEE, "contractor")
    rows = session.execute(
        select(Estate.id, Estate.name)
        .where(~Estate.deleted, policy.reach(person, Estate))
        .order_by(Estate.name, Estate.id)
    )
    return [(row.id, row.name) for row in rows]


def _estate_names(session: Session) -> dict[str, str]:
    return {str(key): name for key, name in estates(session)}


def _card(person: Actor, row: Contractor, names: dict[str, str]) -> ContractorCard:
    def shown(column: str) -> str:
        return str(getattr(row, column)) if policy.may_see(person, "contractor", column) else ""

    return ContractorCard(
        id=row.id,
        code=row.code,
        name=row.name,
        trades=tuple(one for one in Trade if one.value in row.trades),
        specialisms=tuple(one for one in Specialism if one.value in row.specialisms),
        estates=tuple(UUID(str(one)) for one in row.estates),
        where=_where(row.estates, names),
        active=row.active,
        **{
            name: shown(name)
            for name in ("hours", "phone", "emergency_phone", "email", "contact", "registration")
        },
    )


def _where(keys: Iterable[object], names: dict[str, str]) -> str:
    keys = [str(key) for key in keys]
    if not keys:
        return "Every estate"
    found = sorted(names[key] for key in keys if key in names)
    more = len(keys) - len(found)
    elsewhere = [f"{more} elsewhere" if found else "Other estates"] if more else []
    return ", ".join(found + elsewhere)


def _haystack(card: ContractorCard) -> str:
    return f"{card.code} {card.name} {card.does} {card.where}".lower()
