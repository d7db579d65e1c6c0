"""The second wall: PostgreSQL itself gives a caller's reads nothing from buckets that the caller does not hold.

The first wall is each query's own condition on ``row_bucket.bucket``. Either alone is enough (security.md S20).
Reads for a caller run as the role ``watmos_reader``, which owns nothing, may only SELECT, and is bound by row-level
security; the buckets are named for one transaction alone. SQLite has no such wall.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

if TYPE_CHECKING:
    from watmos_office.office import Office

READER = "watmos_reader"

# Roles belong to the whole server: another office's start may be making the same one at this moment.
_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'watmos_reader') THEN
        CREATE ROLE watmos_reader NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT pg_has_role(current_user, 'watmos_reader', 'SET') THEN
        EXECUTE 'GRANT watmos_reader TO ' || quote_ident(current_user);
    END IF;
END $$;
"""

# The office itself, whatever its role is called, goes by its own policy, which is tried first (the last by name).
# The uncorrelated subquery is worked out once a statement and hashed, however many buckets someone holds; OFFSET 0
# forbids the same for the correlated one, which would read the whole of row_bucket for each page.
_POLICIES = """
GRANT SELECT ON feed_head, record, row_bucket TO watmos_reader;

ALTER TABLE row_bucket ENABLE ROW LEVEL SECURITY;
ALTER TABLE row_bucket FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS office ON row_bucket;
CREATE POLICY office ON row_bucket USING (current_user <> 'watmos_reader');
DROP POLICY IF EXISTS held ON row_bucket;
CREATE POLICY held ON row_bucket FOR SELECT TO watmos_reader USING (
    bucket IN (SELECT unnest(string_to_array(current_setting('watmos.buckets', true), ','))));

ALTER TABLE record ENABLE ROW LEVEL SECURITY;
ALTER TABLE record FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS office ON record;
CREATE POLICY office ON record USING (current_user <> 'watmos_reader');
DROP POLICY IF EXISTS held ON record;
CREATE POLICY held ON record FOR SELECT TO watmos_reader USING (
    EXISTS (SELECT FROM row_bucket b WHERE b.tbl = record.tbl AND b.rid = record.rid AND b.present OFFSET 0));
"""

_RAISE = text(
    "SELECT set_config('watmos.buckets', :buckets, true), set_config('role', 'watmos_reader', true)"
)
_STANDING = text(
    "SELECT count(*) FROM pg_policies JOIN pg_class ON pg_class.oid = to_regclass(tablename)"
    " WHERE schemaname = current_schema() AND tablename IN ('record', 'row_bucket') AND policyname = 'held'"
    " AND roles = '{watmos_reader}' AND relrowsecurity AND relforcerowsecurity"
)
_LOCK = text("SELECT pg_advisory_xact_lock(7212604)")  # two workers starting at once


def build(connection: Connection) -> None:
    """Build the wall, or build it again; nothing on SQLite. Runs as the owner of the tables, in one transaction.

    The role is made when it is not there, for which the owner needs CREATEROLE; otherwise it only has to be granted.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
        connection.exec_driver_sql(_ROLE)
        connection.exec_driver_sql(_POLICIES)


def standing(connection: Connection) -> bool:
    """Whether the wall stands on both tables; always false on SQLite."""
    return connection.dialect.name == "postgresql" and connection.scalar(_STANDING) == 2


def stand_behind(connection: Connection, buckets: Iterable[str]) -> None:
    """For the rest of this transaction read as someone who holds these buckets and nothing else."""
    if connection.dialect.name == "postgresql":
        connection.execute(_RAISE, {"buckets": ",".join(buckets)})


@contextmanager
def reading(office: Office, buckets: Iterable[str]) -> Iterator[Connection]:
    """``office.reading()`` behind the wall: every read that answers a caller goes through here."""
    with office.reading() as connection:
        stand_behind(connection, buckets)
        yield connection
