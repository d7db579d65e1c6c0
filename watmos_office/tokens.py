"""Access for 15 minutes, a refresh for 60 idle days: random texts of which only the hashes are kept (S14, S15).

A refresh is used once. Used again, its family ends and the device gets an alarm, because two now hold it. One
exception keeps a lost reply from locking an honest device out: as long as nothing that came of it was ever used,
the same refresh is answered again, however long the tunnel was; what had come of it is then void. The request is
signed by the device's key both times, so a stolen token alone gains nothing by the exception.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Connection, delete, insert, select, update

from watmos_office import audit
from watmos_office.errors import Answer
from watmos_office.office import Office
from watmos_office.tables import Device, Fact, Token

ACCESS = timedelta(minutes=15)
IDLE = timedelta(days=60)
AGAIN = (
    "again:"  # facts of devices whose tokens an older backup does not know; their key speaks for them once
)


def sha256(text: str) -> str:
    """Under which a secret text is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def issue(
    connection: Connection, device_id: UUID, now: datetime, family: UUID | None = None
) -> dict[str, str]:
    """A new access and refresh token: ``{"access", "refresh", "expires_at"}``; a new family unless one is given."""
    family = family or uuid4()
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    both = {"device_id": device_id, "family": family, "used_at": None}
    connection.execute(
        insert(Token),
        [
            {"sha256": sha256(access), "kind": "access", "expires_at": now + ACCESS, **both},
            {"sha256": sha256(refresh), "kind": "refresh", "expires_at": now + IDLE, **both},
        ],
    )
    expires_at = (now + ACCESS).astimezone(UTC).isoformat()
    return {"access": access, "refresh": refresh, "expires_at": expires_at}


def refresh(office: Office, device_id: UUID, presented: str) -> dict[str, str]:
    """New tokens for a refresh token of that device, whose signature was checked; raises Answer 401 ``unsigned``."""
    now = office.clock.now()
    with office.writing() as connection:
        given = _rotated(connection, device_id, sha256(presented), now)
        if given is None and _after_restore(connection, device_id):
            given = issue(connection, device_id, now)
        if given is None and (family := _family(connection, device_id, presented)) is not None:
            end_family(connection, family)
            connection.execute(update(Device).where(Device.id == device_id).values(alarm="reuse"))
            audit.note(connection, office, None, "token.reuse", device_id)
    if given is None:  # outside, so that the end of the family is kept
        raise Answer(401, "unsigned")
    return given


def end_family(connection: Connection, family: UUID) -> None:
    """No token of it counts any more."""
    connection.execute(delete(Token).where(Token.family == family))


def end_all(connection: Connection, device_id: UUID) -> None:
    """No token of the device counts any more."""
    connection.execute(delete(Token).where(Token.device_id == device_id))


def mark_used(office: Office, token: str) -> None:
    """Note the first use of an access token: from then on the refresh it came with may not be repeated."""
    with office.writing() as connection:
        unused = update(Token).where(Token.sha256 == sha256(token), Token.used_at.is_(None))
        connection.execute(unused.values(used_at=office.clock.now()))


def _after_restore(connection: Connection, device_id: UUID) -> bool:
    """Whether this device has yet to call for the first time since the office was restored (restore.py)."""
    mine = delete(Fact).where(Fact.key == f"{AGAIN}{device_id}").returning(Fact.key)
    return connection.execute(mine).first() is not None


def _rotated(connection: Connection, device_id: UUID, digest: str, now: datetime) -> dict[str, str] | None:
    its = (
        Token.sha256 == digest,
        Token.device_id == device_id,
        Token.kind == "refresh",
        Token.expires_at > now,
    )
    taken = update(Token).where(*its, Token.used_at.is_(None)).values(used_at=now).returning(Token.family)
    family = connection.scalar(taken)
    if family is None:
        # FOR UPDATE: two repetitions at once wait for each other (SQLite has one writer anyway).
        used = connection.execute(select(Token.family).where(*its).with_for_update()).first()
        if used is None or not _came_to_nothing(connection, used.family, digest):
            return None
        family = used.family
        # the refresh that was lost with the reply
        connection.execute(delete(Token).where(Token.family == family, Token.used_at.is_(None)))
    connection.execute(delete(Token).where(Token.family == family, Token.kind == "access"))
    connection.execute(delete(Token).where(Token.device_id == device_id, Token.expires_at <= now))
    return issue(connection, device_id, now, family)


def _came_to_nothing(connection: Connection, family: UUID, digest: str) -> bool:
    """Whether this refresh was the last of its family to be used, and what it gave has not been."""
    tokens = connection.execute(
        select(Token.sha256, Token.kind, Token.used_at).where(Token.family == family)
    ).all()
    used_at = next(one.used_at for one in tokens if one.sha256 == digest)
    others = [one for one in tokens if one.sha256 != digest and one.used_at is not None]
    return all(one.kind == "refresh" and one.used_at <= used_at for one in others)


def _family(connection: Connection, device_id: UUID, presented: str) -> UUID | None:
    known = select(Token.family).where(Token.sha256 == sha256(presented), Token.device_id == device_id)
    family: UUID | None = connection.scalar(known.where(Token.kind == "refresh", Token.used_at.is_not(None)))
    return family
