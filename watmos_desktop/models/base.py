"""What every table shares: ids made on the device, moments in UTC, sensitivity of each column, sync stamps."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, MetaData, Text, Uuid
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine
from uuid_utils.compat import uuid7

from watmos_desktop.models.kinds import DataClass, Merge


class Id(TypeDecorator[uuid.UUID]):
    """A UUID: 16 bytes on SQLite, ``uuid`` on PostgreSQL."""

    impl = LargeBinary(16)
    cache_ok = True
    python_type = uuid.UUID

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use the database's own type where there is one."""
        return dialect.type_descriptor(Uuid() if dialect.name == "postgresql" else LargeBinary(16))

    def process_bind_param(self, value: uuid.UUID | None, dialect: Dialect) -> Any:
        """Turn a UUID into what the database keeps."""
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> uuid.UUID | None:  # noqa: ARG002
        """Turn what the database keeps into a UUID."""
        return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(bytes=value)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True
    python_type = datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into UTC; SQLite keeps no offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment back aware, in UTC."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The declarative base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        uuid.UUID: Id(),
        datetime: Moment(),
        str: Text(),
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        Enum: EnumType(
            Enum, native_enum=False, length=32, values_callable=lambda kind: [member.value for member in kind]
        ),
    }


def _classed(data_class: DataClass) -> Any:
    def column(*args: Any, **keywords: Any) -> MappedColumn[Any]:
        return mapped_column(*args, info={"class": data_class}, **keywords)

    return column


c0 = _classed(DataClass.ESTATE)
c1 = _classed(DataClass.OPERATIONAL)
c2 = _classed(DataClass.PERSON)
c3 = _classed(DataClass.SENSITIVE)
c4 = _classed(DataClass.ENDANGERMENT)


class Synced:
    """A row that sync sends: its id is made on the device and it is never truly deleted there.

    ``stamps`` keeps for each field the hybrid logical clock of its last change (``"*"`` for the insert), so that
    a change can say what the person was looking at (sync.md 1.3).

    How two people's changes come together is said here and read by services/sync/registers.py: ``merges`` names
    the columns that are not simply last-writer-wins, ``groups`` the columns that mean something only together,
    ``authors`` the columns that must name whoever sends the row; an ``append_only`` row is added, never edited.
    """

    merges: ClassVar[Mapping[str, Merge]] = {}
    groups: ClassVar[tuple[tuple[str, ...], ...]] = ()
    authors: ClassVar[tuple[str, ...]] = ()
    append_only: ClassVar[bool] = False

    id: Mapped[uuid.UUID] = c0(primary_key=True, default=uuid7)
    deleted: Mapped[bool] = c0(default=False)
    stamps: Mapped[dict[str, Any]] = c0(default=dict)
