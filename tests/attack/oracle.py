"""What every attack is held against, whatever it tried: nothing learned, nothing of others changed, no fault."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from tests.attack.attacker import Attacker
from tests.attack.stage import Stage
from watmos_desktop.models.kinds import DataClass
from watmos_desktop.services import policy
from watmos_desktop.services.sync.lying import CONCERNS
from watmos_office.office import Office
from watmos_office.tables import (
    Blob,
    CaseExclusion,
    CaseMember,
    Code,
    Device,
    Grant,
    Member,
    Photo,
    Place,
    Quarantine,
    Record,
    Review,
    RowBucket,
    Stream,
    Token,
)

_WORDS = re.compile(r"(HERE|AWAY|CASE)-([a-z_]+)-([a-z_0-9]+)-(C\d)")
_PLACES = ("estate", "block")
Kept = dict[str, dict[Any, Any]]

# What of each table must stay as it was; of devices not what a call of their own changes.
_GUARDED: dict[str, Any] = {
    "record": select(Record.tbl, Record.rid, Record.data, Record.deleted, Record.newest, Record.author),
    "bucket": select(RowBucket.tbl, RowBucket.rid, RowBucket.bucket, RowBucket.present, RowBucket.seq),
    "member": select(Member.id, Member.name, Member.role, Member.active),
    "grant": select(Grant.id, Grant.member_id, Grant.estate_id, Grant.block_id, Grant.to_at),
    "named": select(CaseMember.case_id, CaseMember.member_id),
    "barred": select(CaseExclusion.case_id, CaseExclusion.member_id),
    "place": select(Place.block_id, Place.estate_id),
    "device": select(Device.id, Device.member_id, Device.key, Device.status),
    "held": select(Quarantine.op_id, Quarantine.state),
    "review": select(Review.tbl, Review.rid, Review.field, Review.state),
    "blob": select(Blob.sha256, Blob.size, Blob.state),
    "photo": select(Photo.attachment_id, Photo.sha256, Photo.device_id),
}
# Of what may grow: what belongs to others stays.
_OTHERS: dict[str, Any] = {
    "alarm": lambda me: select(Device.id, Device.alarm).where(Device.id != me.id),
    "token": lambda me: select(Token.sha256, Token.kind).where(Token.device_id != me.id),
    "stream": lambda me: select(Stream.device_id, Stream.last_n, Stream.hash).where(
        Stream.device_id != me.id
    ),
    "code": lambda me: select(Code.sha256, Code.used_at).where(Code.member_id != me.member),
    "grants_v": lambda me: select(Member.id, Member.grant_v).where(Member.id != me.member),
}
_MAY_GROW = ("record", "bucket", "held", "review", "named")


def kept(office: Office, me: Attacker) -> Kept:
    """Everything that may not change under an attack."""
    asked = _GUARDED | {name: make(me) for name, make in _OTHERS.items()}
    with office.reading() as connection:
        return {
            name: {str(row): row for row in connection.execute(statement)}
            for name, statement in asked.items()
        }


def settle(stage: Stage, me: Attacker) -> None:
    """What stands now is lawful: others have done their work."""
    stage.settled = kept(stage.office, me)


def harm(stage: Stage, me: Attacker, before: Kept) -> list[str]:
    """What an attack changed that was not its own, and what it made where it may not."""
    after = kept(stage.office, me)
    before, stage.settled = stage.settled or before, None
    found = []
    for name, rows in before.items():
        found += [f"{name} changed or gone: {one}" for one in rows.keys() - after[name].keys()]
        made = [after[name][one] for one in after[name].keys() - rows.keys()]
        if name not in _MAY_GROW:
            found += [f"{name} made: {row}" for row in made]
        elif name == "bucket":
            out = {f"case:{stage.hidden['restricted_case']}"} | (
                set() if me.who.everywhere else {f"{kind}:{stage.away[kind]}" for kind in _PLACES}
            )
            found += [f"laid where it may not: {row}" for row in made if row.bucket in out]
        elif name == "named":
            hidden = stage.hidden["restricted_case"]
            found += [f"named: {row}" for row in made if row.case_id == hidden or row.member_id != me.member]
    return found


def learned(stage: Stage, me: Attacker) -> list[str]:
    """What an attacker was told that is not for them, and every fault they brought about."""
    found = []
    for what, status, text in me.heard:
        if status >= 500:
            found.append(f"fault {status}: {what}")
        for place, table, column, level in set(_WORDS.findall(text)):
            if not _theirs(me, what, place, table, column, level):
                found.append(f"{what}: {place}-{table}-{column}-{level}")
    return found


def _theirs(me: Attacker, what: str, place: str, table: str, column: str, level: str) -> bool:
    if me.who.state in ("disabled", "drain", "suspended") or place == "CASE":
        return False
    if what.startswith("GET /admin/v1/members") and table in _PLACES and column == "name":
        return True  # who looks after which estate is what this page is for
    if place == "AWAY" and not me.who.everywhere:
        return False
    if table == "photo":
        return policy.may(policy.Actor(None, "", me.who.role), policy.Action.SEE, "repair") and (
            me.who.role.value != "ambassador"
        )
    if table == CONCERNS and me.who.role not in policy.GUARDIANS:
        return False
    actor = policy.Actor(me.member, "", me.who.role)
    needed = policy.data_class(table, column)
    if table in ("staff", "staff_scope") and needed is not None and needed <= DataClass.OPERATIONAL:
        return policy.may(actor, policy.Action.SEE, table)
    return policy.may(actor, policy.Action.SEE, table) and policy.may_see(actor, table, column)
