"""Whether a device and the office still agree on one bucket: a count and a digest, once a day (docs/sync.md 6)."""

from __future__ import annotations

import orjson

from watmos_desktop.services.sync import wire
from watmos_office import outward, projection, walls
from watmos_office.caller import Caller
from watmos_office.errors import not_found
from watmos_office.office import Office

_ROWS = """
SELECT b.tbl, b.rid, CAST(r.data AS text)
FROM row_bucket b JOIN record r ON r.tbl = b.tbl AND r.rid = b.rid
WHERE b.bucket = :bucket AND b.present AND NOT r.deleted
"""


def check(office: Office, caller: Caller, bucket: str) -> dict[str, int]:
    """``{"count", "digest"}`` of the live rows present in a bucket, over exactly the columns this person receives.

    Raises Answer 404 for a bucket that is not there or not theirs.
    """
    if bucket not in caller.buckets:
        raise not_found()
    count = digest = 0
    with walls.reading(office, (bucket,)) as connection:
        found = connection.execute(outward.statement(connection, _ROWS), {"bucket": bucket})
        for table, raw, text in found:
            profile = projection.profile(caller.actor.role, table)
            if profile is None:
                continue
            rid, data = outward.as_uuid(raw), orjson.loads(text)
            if profile.by_row and not projection.visible(caller.actor, table, data, rid):
                continue
            profile.complete(data)
            fields = {name: value for name in profile.columns if (value := data.get(name)) is not None}
            digest ^= wire.digest(table, rid, False, fields)
            count += 1
    return {"count": count, "digest": digest}
