"""Rows put into an office's feed directly, as the push would have left them, and people who read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Boolean, Date, DateTime, Enum, Integer, delete, insert

from watmos_desktop.models.base import Id
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_office import grants
from watmos_office.caller import Caller
from watmos_office.office import Office, take_numbers
from watmos_office.tables import CaseExclusion, CaseMember, Grant, Member, Place, Record, RowBucket

STAMP = "018f3a2b4c5d0000deadbeef"


def filled(
    table: str, mark: str, *, ids: Callable[[str], UUID] = lambda _: uuid4(), **given: Any
) -> dict[str, Any]:
    """A value for every column of a table; each text ends in its column's name and class, behind ``mark``."""
    found: dict[str, Any] = {}
    for column in SYNCED[table].__table__.columns:  # type: ignore[attr-defined]
        if column.key in {"id", "deleted", "stamps"}:
            continue
        kind = column.type
        if isinstance(kind, Id):
            value: Any = str(ids(column.key))
        elif isinstance(kind, Enum):
            value = kind.enums[0]
        elif isinstance(kind, Boolean | Integer):
            value = 1 if isinstance(kind, Integer) else True
        elif isinstance(kind, DateTime) or kind.python_type.__name__ == "datetime":
            value = "2026-11-23T10:42:00+00:00"
        elif isinstance(kind, Date):
            value = "2026-11-23"
        elif kind.python_type is str:
            value = f"{mark}-{column.key}-{column.info['class']}"
        else:
            value = {"mark": f"{mark}-{column.key}-{column.info['class']}"}
        found[column.key] = value
    return found | given


@dataclass
class Feed:
    """What tests say to an office's tables."""

    office: Office
    now: Any = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.office.clock.now()

    def put(
        self,
        table: str,
        data: dict[str, Any],
        *buckets: str,
        rid: UUID | None = None,
        deleted: bool = False,
        echo: UUID | None = None,
        author: UUID | None = None,
        stamps: dict[str, Any] | None = None,
        gone: tuple[str, ...] = (),
    ) -> UUID:
        """Write a record as it is now: present in ``buckets``, just left from those in ``gone``."""
        rid = rid or uuid4()
        with self.office.writing() as connection:
            connection.execute(delete(Record).where(Record.tbl == table, Record.rid == rid))
            connection.execute(
                insert(Record).values(
                    tbl=table,
                    rid=rid,
                    data=data,
                    stamps=stamps or {"*": STAMP, **dict.fromkeys(data, STAMP)},
                    deleted=deleted,
                    newest=STAMP,
                    echo=echo,
                    author=author,
                    changed_at=self.now,
                )
            )
            where = sorted([(name, True) for name in buckets] + [(name, False) for name in gone])
            n = take_numbers(connection, len(where))
            for step, (bucket, present) in enumerate(where):
                connection.execute(
                    delete(RowBucket).where(
                        RowBucket.tbl == table, RowBucket.rid == rid, RowBucket.bucket == bucket
                    )
                )
                connection.execute(
                    insert(RowBucket).values(bucket=bucket, tbl=table, rid=rid, seq=n + step, present=present)
                )
        return rid

    def many(self, table: str, rows: list[tuple[UUID, dict[str, Any]]], bucket: str) -> None:
        """Write many records into one bucket at once."""
        with self.office.writing() as connection:
            connection.execute(
                insert(Record),
                [
                    {
                        "tbl": table,
                        "rid": rid,
                        "data": data,
                        "stamps": {"*": STAMP},
                        "deleted": False,
                        "newest": STAMP,
                        "changed_at": self.now,
                    }
                    for rid, data in rows
                ],
            )
            first = take_numbers(connection, len(rows))
            connection.execute(
                insert(RowBucket),
                [
                    {"bucket": bucket, "tbl": table, "rid": rid, "seq": first + i, "present": True}
                    for i, (rid, _) in enumerate(rows)
                ],
            )

    def member(
        self, role: Role, name: str = "Someone", *, active: bool = True, rid: UUID | None = None
    ) -> UUID:
        """Someone who works with the program."""
        member = rid or uuid4()
        with self.office.writing() as connection:
            connection.execute(
                insert(Member).values(id=member, name=name, role=role, active=active, made_at=self.now)
            )
        return member

    def grant(self, member: UUID, estate: UUID, block: UUID | None = None, *, ended: bool = False) -> None:
        """Give an estate, or one block of it."""
        with self.office.writing() as connection:
            connection.execute(
                insert(Grant).values(
                    id=uuid4(),
                    member_id=member,
                    estate_id=estate,
                    block_id=block,
                    from_at=self.now,
                    to_at=self.now if ended else None,
                )
            )

    def place(self, block: UUID, estate: UUID) -> None:
        """Put a block on an estate."""
        with self.office.writing() as connection:
            connection.execute(insert(Place).values(block_id=block, estate_id=estate))

    def named(self, case: UUID, member: UUID) -> None:
        """Name someone to a case."""
        with self.office.writing() as connection:
            connection.execute(insert(CaseMember).values(case_id=case, member_id=member))

    def barred(self, case: UUID, member: UUID) -> None:
        """Bar someone from a case."""
        with self.office.writing() as connection:
            connection.execute(insert(CaseExclusion).values(case_id=case, member_id=member))

    def caller(self, member: UUID, device: UUID | None = None) -> Caller:
        """That member's device, with what it holds now."""
        with self.office.reading() as connection:
            actor, held = grants.actor(connection, member), grants.held(connection, member)
        return Caller(device or uuid4(), "active", actor, held, 1, confirmed=True)
