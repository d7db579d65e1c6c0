"""The office that is attacked: two estates, a case, people of every role, and words that must not get out.

Every text of every record says where it lies, its table, its column and its class (``AWAY-person-name-C2``), so
that one look at an answer shows whether somebody learned what is not theirs.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from tests.attack.attacker import Attacker
from tests.fakes import FakeClock
from tests.office.feed import STAMP, Feed, filled
from tests.office.speaking import Http, enrolment, serving
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_desktop.services.sync import wire
from watmos_desktop.services.sync.lying import CARE, CONCERNS
from watmos_office import blobs, blobstore, devices, tokens
from watmos_office.app import make_app
from watmos_office.door import Limits
from watmos_office.office import Office
from watmos_office.tables import (
    Blob,
    CaseExclusion,
    CaseMember,
    Device,
    Grant,
    Member,
    Photo,
    Quarantine,
    Record,
)

UNHURRIED = Limits(rate=(1e9, 1e9), photos=(1e9, 1e9), bootstraps=(1e9, 1e9), failures=(10**9, 1))
OWNED = ("attachment", "clock", "conflict")
CASES = ("restricted_case", "case_note")


@dataclass(frozen=True)
class Who:
    """One kind of attacker: a role, whether they look after every estate, and what became of their access."""

    role: Role
    state: str = "active"  # active, excluded, disabled, drain, suspended
    everywhere: bool = False

    def __str__(self) -> str:
        words = [
            self.state if self.state != "active" else "",
            self.role.value,
            "everywhere" * self.everywhere,
        ]
        return " ".join(word for word in words if word)


ROLES = tuple(Who(role) for role in Role)
EXCLUDED = (
    Who(Role.SAFEGUARDING_LEAD, "excluded"),
    Who(Role.MANAGER, "excluded", everywhere=True),
    Who(Role.ADMINISTRATOR, "excluded", everywhere=True),
)
ENDED = (Who(Role.MANAGER, "disabled"), Who(Role.CARETAKER, "drain"), Who(Role.TENANCY_OFFICER, "suspended"))
ALL = (*ROLES, *EXCLUDED)
ANYBODY = (*ALL, *ENDED)
MANAGING = (Who(Role.MANAGER), Who(Role.ADMINISTRATOR), EXCLUDED[1], EXCLUDED[2])
SCOPED = (*ROLES, EXCLUDED[0])  # who look after one estate

_numbers = itertools.count(1)


@dataclass
class Stage:
    """The office, and what there is to be had. ``here`` and ``away`` are the ids of records by table."""

    office: Office
    http: Http
    feed: Feed = field(init=False)
    here: dict[str, UUID] = field(default_factory=dict)
    away: dict[str, UUID] = field(default_factory=dict)
    hidden: dict[str, UUID] = field(default_factory=dict)
    pictures: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # of photos, by where they lie
    settled: Any = None  # what stood after others had done their lawful work during an attack

    def __post_init__(self) -> None:
        self.feed = Feed(self.office)
        self.victim = self.person(Who(Role.SAFEGUARDING_LEAD, everywhere=True))
        self.feed.grant(self.victim.member, uuid4())
        self.victim.hello()
        for where, rows in (("HERE", self.here), ("AWAY", self.away)):
            rows |= {table: uuid4() for table in SYNCED if table not in CASES}
            self.feed.place(rows["block"], rows["estate"])
            for table in SYNCED:
                if table not in CASES:
                    rows[table] = self._put(where, table, rows)
        case = uuid4()
        self.hidden["restricted_case"] = case
        for table in (*CASES, *OWNED):
            self.hidden[table] = self._put("CASE", table, self.hidden)
        self.feed.named(case, self.victim.member)
        self._hold()

    def _put(self, where: str, table: str, rows: dict[str, UUID]) -> UUID:
        columns = SYNCED[table].__table__.columns.keys()  # type: ignore[attr-defined]
        given: dict[str, Any] = {
            "estate_id": str(rows.get("estate")),
            "block_id": str(rows.get("block")),
            "inspection_id": str(rows.get("inspection")),
            "home_id": str(rows.get("home", uuid4())),
            "case_id": str(rows.get("restricted_case" if where == "CASE" else "hazard_case")),
            "repair_id": str(rows.get("repair", uuid4())),
            "job_id": str(rows.get("job", uuid4())),
            "programme_id": str(rows.get("programme", uuid4())),
            "visit_id": str(rows.get("visit", uuid4())),
            "kind": "safeguarding",
            "owner_table": "restricted_case" if where == "CASE" else "repair",
            "owner_id": str(rows.get("restricted_case" if where == "CASE" else "repair")),
            "field": "title",
        }
        if table != CONCERNS:  # which are words of concern; others may be of any kind
            del given["kind"]
        given = {name: value for name, value in given.items() if name in columns}
        if table == "attachment":
            digest, data = self._photo(where)
            given |= {"sha256": digest, "size": len(data), "added_by": str(self.victim.member)}
        bucket = f"case:{rows['restricted_case']}" if where == "CASE" else f"block:{rows['block']}"
        if table == "estate":
            bucket = f"estate:{rows['estate']}"
        if table == CONCERNS:
            bucket = f"{CARE}{bucket}"
        rid = rows.get(table) or uuid4()
        self.feed.put(
            table, filled(table, f"{where}-{table}") | given, bucket, rid=rid, author=self.victim.member
        )
        if table == "attachment":
            with self.office.writing() as connection:
                photo = {"attachment_id": rid, "sha256": given["sha256"], "device_id": self.victim.id}
                connection.execute(insert(Photo).values(**photo, at=self.feed.now))
        return rid

    def _photo(self, where: str) -> tuple[str, bytes]:
        data = f"{where}-photo-bytes-C4".encode() * 50
        digest = hashlib.sha256(data).hexdigest()
        self.pictures[where] = digest, data
        blobstore.at(self.office.photos, self.office.home).put(blobs.whole(digest), data, safe=False)
        with self.office.writing() as connection:
            row = {"sha256": digest, "size": len(data), "state": "whole", "whole_at": self.feed.now}
            connection.execute(insert(Blob).values(**row))
        return digest, data

    def _hold(self) -> None:
        """Work of the victim that waits: about the case in every form, and about the other estate."""
        case = str(self.hidden["restricted_case"])
        photo, txn = uuid4(), uuid4()
        owner = {"owner_table": "restricted_case", "owner_id": case}
        waiting: list[tuple[str, UUID, str, dict[str, Any], UUID]] = [
            ("case_note", uuid4(), "insert", {"case_id": case, "text": "CASE-case_note-text-C4"}, uuid4()),
            ("attachment", photo, "insert", owner | {"caption": "CASE-attachment-caption-C1"}, txn),
            ("attachment", photo, "update", {"caption": "CASE-attachment-caption-C1"}, txn),
            ("clock", uuid4(), "update", {"stopped_at": "CASE-clock-stopped_at-C1"}, txn),
            ("attachment", self.here["attachment"], "update", owner, uuid4()),
            ("", UUID(int=0), "malformed", {"case_id": case, "text": "CASE-case_note-text-C4"}, uuid4()),
            ("repair", self.away["repair"], "update", {"title": "AWAY-repair-title-C1"}, uuid4()),
        ]
        with self.office.writing() as connection:
            for table, rid, kind, said, held_txn in waiting:
                body = {"tbl": table or "case_note", "rid": str(rid), "kind": kind, "set": said}
                row = {"op_id": uuid4(), "txn_id": held_txn, "tbl": table, "rid": rid, "body": body}
                who = {"device_id": self.victim.id, "member_id": self.victim.member, "reason": "scope"}
                decided = {"state": "open", "decided_by": None, "decided_at": None}
                connection.execute(insert(Quarantine).values(**row, **who, at=self.feed.now, **decided))
                self.held = row["op_id"]
                self.held_case = getattr(self, "held_case", row["op_id"])

    def person(self, who: Who) -> Attacker:
        """Someone new of that kind, with a device that joined and its key."""
        number, now = next(_numbers), self.office.clock.now()
        member, device, key = uuid4(), uuid4(), Ed25519PrivateKey.generate()
        status = who.state if who.state in ("drain", "suspended") else "active"
        case = {"case_id": self.hidden.get("restricted_case"), "member_id": member}
        with self.office.writing() as connection:
            row = {"id": member, "name": f"Person {number}", "role": who.role.value, "made_at": now}
            connection.execute(insert(Member).values(**row, active=who.state != "disabled", grant_v=1))
            if not who.everywhere:
                given = {"id": uuid4(), "member_id": member, "estate_id": self.here["estate"], "from_at": now}
                connection.execute(insert(Grant).values(**given))
            if who.state == "excluded":
                connection.execute(insert(CaseMember).values(**case))
                connection.execute(insert(CaseExclusion).values(**case))
            row = {"id": device, "member_id": member, "name": f"Laptop {number}", "status": status}
            public = key.public_key().public_bytes_raw()
            connection.execute(
                insert(Device).values(**row, key=public, enrolled_at=now, cases_at=now, schema_version="0003")
            )
            secrets = tokens.issue(connection, device, now)
        return Attacker(self.http, self.office, device, key, secrets, member=member, who=who)

    def joins(self, code: str, who: Who, member: UUID) -> Attacker:
        """A new device by that code, in the hands of ``who``; nobody has confirmed it."""
        key = Ed25519PrivateKey.generate()
        said = self.http.post("/sync/v1/enrol", content=json.dumps(enrolment(code, key))).json()
        return Attacker(self.http, self.office, UUID(said["device"]), key, said, member=member, who=who)

    def works_on_the_case(self) -> None:
        """The team goes on: a note, a change, a photo and a clash, all where the attacker must not look."""
        number = next(_numbers)
        for table in (*CASES, *OWNED):
            data = filled(table, f"CASE-{table}") | {"owner_table": "restricted_case", "field": "title"}
            data |= {"number": number, "case_id": str(self.hidden["restricted_case"])}
            rid = self.hidden[table] if number % 2 else uuid4()
            self.feed.put(table, data, f"case:{self.hidden['restricted_case']}", rid=rid)

    def code(self, member: UUID) -> str:
        with self.office.writing() as connection:
            return devices.new_code(connection, self.office, None, member).code

    def data(self, table: str, rid: UUID) -> Any:
        with self.office.reading() as connection:
            asked = Record.__table__.select().where(Record.tbl == table, Record.rid == rid)
            return connection.execute(asked).first()

    def hers(self) -> Iterator[tuple[str, UUID]]:
        """Every record that someone of one estate must not reach."""
        yield from self.away.items()
        yield from self.hidden.items()


@contextmanager
def set_up(office: Office) -> Iterator[Stage]:
    """The stage, served."""
    with serving(office, app=make_app(office, UNHURRIED)) as http:
        yield Stage(office, http)


Attack = Callable[[Stage, Attacker], object]


@dataclass(frozen=True)
class Kind:
    """One kind of attack: who tries it, and the attempt, which gives something true when it succeeded."""

    name: str
    run: Attack
    who: tuple[Who, ...]


KINDS: list[Kind] = []


def attack(name: str, who: tuple[Who, ...] = ALL) -> Callable[[Attack], Attack]:
    """Enter a kind into the table. What every run is held against besides is in oracle.py."""

    def enter(run: Attack) -> Attack:
        KINDS.append(Kind(name, run, who))
        return run

    return enter


__all__ = [
    "ALL",
    "KINDS",
    "STAMP",
    "Attacker",
    "FakeClock",
    "Kind",
    "Stage",
    "Who",
    "attack",
    "set_up",
    "wire",
]
