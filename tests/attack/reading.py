"""Attacks that want to read: other people's buckets, records, photos, and the fact that something is there."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tests.attack.attacker import Attacker, bare
from tests.attack.oracle import settle
from tests.attack.stage import ANYBODY, EXCLUDED, SCOPED, Stage, Who, attack
from tests.office.feed import filled
from watmos_desktop.models.kinds import Role
from watmos_desktop.models.tables import SYNCED
from watmos_office import blobs, blobstore, cursors
from watmos_office.cases import exclude, include
from watmos_office.pull import moved

OFFICE_TABLES = (
    "member",
    "member_grant",
    "case_member",
    "case_exclusion",
    "token",
    "device",
    "code",
    "op",
    "quarantine",
    "review",
    "audit",
    "fact",
    "record",
    "row_bucket",
    "place",
    "sqlite_master",
    "pg_shadow",
    "role",
    "policy",
    "outbox",
    "change",
    "meta",
)


def _not_theirs(stage: Stage, me: Attacker) -> list[str]:
    case, victim = stage.hidden["restricted_case"], stage.victim.member
    names = [f"case:{case}", f"user:{victim}"]
    return (
        names if me.who.everywhere else [*names, *(f"{one}:{stage.away[one]}" for one in ("estate", "block"))]
    )


@attack("pulls everything from the start", ANYBODY)
def _(stage: Stage, me: Attacker) -> bool:
    return bool(me.page("GET", "/pull?limit=20000")) and me.who.state in ("disabled", "suspended")


@attack("pulls as the life of another's device")
def _(stage: Stage, me: Attacker) -> bool:
    me.page("GET", f"/pull?limit=20000&incarnation={stage.victim.incarnation}")
    return False


@attack("asks by name for records that are not theirs", ANYBODY)
def _(stage: Stage, me: Attacker) -> bool:
    hidden = stage.hidden.items() if me.who.everywhere else list(stage.hers())
    wanted = [[table, str(rid)] for table, rid in hidden]
    lines = me.page("POST", "/rows", {"rows": wanted})
    none = me.page("POST", "/rows", {"rows": [[table, str(uuid4())] for table, _ in wanted]})
    return [len(str(line)) for line in lines] != [len(str(line)) for line in none]


@attack("asks for rows of the office's own tables")
def _(stage: Stage, me: Attacker) -> bool:
    rows = [[table, str(stage.victim.member)] for table in OFFICE_TABLES]
    lines = me.page("POST", "/rows", {"rows": [*rows, ["staff", str(stage.victim.member)]]})
    return any("t" in line and line["t"] not in SYNCED for line in lines)


@attack("loads buckets that are not theirs")
def _(stage: Stage, me: Attacker) -> bool:
    none = bare(me.ask("GET", f"/bootstrap/case:{uuid4()}"))
    return any(bare(me.ask("GET", f"/bootstrap/{name}")) != none for name in _not_theirs(stage, me))


@attack("counts buckets that are not theirs")
def _(stage: Stage, me: Attacker) -> bool:
    none = bare(me.ask("GET", f"/check/case:{uuid4()}"))
    return any(bare(me.ask("GET", f"/check/{name}")) != none for name in _not_theirs(stage, me))


def _spellings(bucket: str, rid: str) -> Iterator[str]:
    plain = rid.replace("-", "")
    yield from (bucket.upper(), bucket.title(), f"case:{plain}", f"case:{{{rid}}}", f"case:urn:uuid:{rid}")
    yield from (
        f" {bucket}",
        f"{bucket} ",
        f"{bucket}\0",
        f"org,{bucket}",
        f"org\n{bucket}",
        f"org/../{bucket}",
    )
    yield from (f"case：{rid}", f"саse:{rid}", f"{bucket}\u200b", "case:%", "case:_%", "%", "*", "", "case:*")
    yield from (
        "' OR 1=1 --",
        "org' UNION SELECT data FROM record --",
        '["org"]',
        "{org}",
        "../org",
        "org%00",
    )


@attack("spells a bucket oddly")
def _(stage: Stage, me: Attacker) -> bool:
    case = str(stage.hidden["restricted_case"])
    found = []
    for name in _spellings(f"case:{case}", case):
        found.append(me.ask("GET", f"/bootstrap/{quote(name, safe='')}").status_code)
    for name in list(_spellings(f"case:{case}", case))[:6]:
        found.append(me.ask("GET", f"/check/{quote(quote(name, safe=''), safe='')}").status_code)
    return 200 in found


@attack("reads with another's cursor")
def _(stage: Stage, me: Attacker) -> bool:
    theirs = cursors.seal_cursor(stage.office, stage.victim.id, 3)
    resume = cursors.seal_resume(stage.office, stage.victim.id, "org", "staff", uuid4())
    asked = [f"/pull?cursor={theirs}", f"/wait?cursor={theirs}", f"/pull?cursor={resume}"]
    asked += [f"/bootstrap/org?after={resume}", f"/bootstrap/org?after={theirs}"]
    return any(me.ask("GET", path).status_code == 200 for path in asked)


@attack("guesses and bends cursors", SCOPED)
def _(stage: Stage, me: Attacker) -> bool:
    mine = cursors.seal_cursor(stage.office, me.id, 3)
    raw = urlsafe_b64decode(mine + "=" * (-len(mine) % 4))
    bent = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in (0, 11, 12, 28, 35, len(raw) - 1)]
    bent += [raw[:-1], raw + b"\0", b"", b"\0" * len(raw), raw[12:] + raw[:12]]
    guesses = [urlsafe_b64encode(one).decode().rstrip("=") for one in bent] + [
        "0",
        "-1",
        "3",
        "AAAA",
        "null",
        mine[:-1],
    ]
    guesses += [quote("' OR 1=1"), mine + "A", quote(mine + "\n")]
    asked = [f"/pull?cursor={one}" for one in guesses if one] + [f"/bootstrap/org?after={mine}"]
    return any(me.ask("GET", path).status_code == 200 for path in asked)


@attack("goes on in another bucket where a page of its own ended", SCOPED)
def _(stage: Stage, me: Attacker) -> bool:
    mine = cursors.seal_resume(stage.office, me.id, "org", "block", uuid4())
    case = f"case:{stage.hidden['restricted_case']}"
    asked = [f"/bootstrap/{case}?after={mine}", f"/bootstrap/block:{stage.here['block']}?after={mine}"]
    far = cursors.seal_cursor(stage.office, me.id, 2**60)
    return any(me.ask("GET", path).status_code == 200 for path in [*asked, f"/pull?cursor={far}"])


@attack("asks for pages of impossible size")
def _(stage: Stage, me: Attacker) -> bool:
    sizes = ("0", "-1", "99999999999999999999", "1e3", "NaN", "٣", "20001", "1;2", "0x10", "")
    return any(me.ask("GET", f"/pull?limit={quote(one)}").status_code == 200 for one in sizes)


@attack("reads a hidden photo by its record", ANYBODY)
def _(stage: Stage, me: Attacker) -> bool:
    places = [stage.hidden] if me.who.everywhere else [stage.hidden, stage.away]
    none = [bare(me.ask("GET", f"/blobs/{uuid4()}/{path}")) for path in ("missing", "0")]
    found = [
        [bare(me.ask("GET", f"/blobs/{place['attachment']}/{path}")) for path in ("missing", "0")]
        for place in places
    ]
    return any(one != none for one in found)


def _photo(me: Attacker, stage: Stage, **said: Any) -> dict[str, Any]:
    fields = {"owner_table": "repair", "owner_id": str(stage.here["repair"]), "width": 1, "height": 1}
    return fields | {"taken_at": "2026-11-23T10:00:00+00:00", "added_by": str(me.member)} | said


@attack("reads a hidden photo by naming its hash in a record of its own")
def _(stage: Stage, me: Attacker) -> bool:
    found = []
    for where in ("CASE", "AWAY"):
        digest, data = stage.pictures[where]
        mine = uuid4()
        me.push(me.op("attachment", mine, _photo(me, stage, sha256=digest, size=len(data)), "insert"))
        said = me.ask("GET", f"/blobs/{mine}/missing")
        found.append(said.status_code == 200 and (not said.json()["missing"] or "receipt" in said.json()))
        found.append(me.ask("GET", f"/blobs/{mine}/0").status_code == 200)
        wrong = hashlib.sha256(b"x" * len(data)).hexdigest()
        put = me.ask("PUT", f"/blobs/{mine}/0", b"x" * len(data), **{"watmos-chunk": wrong})
        found.append(put.status_code == 200)
    return any(found)


@attack("gives a colleague's photo the hash of a hidden one that the same colleague took")
def _(stage: Stage, me: Attacker) -> bool:
    digest, data = stage.pictures["CASE"]
    taken = me.takes(me.op("attachment", stage.here["attachment"], {"sha256": digest, "size": len(data)}))
    return taken or data in me.ask("GET", f"/blobs/{stage.here['attachment']}/0").content


@attack("takes over a hidden photo through work that waits")
def _(stage: Stage, me: Attacker) -> bool:
    digest, data = stage.pictures["CASE"]
    for table in ("attachment", "repair"):
        said = _photo(me, stage, sha256=digest, size=len(data), owner_id=str(uuid4()))
        me.push(me.op(table, stage.hidden["attachment"], said, "insert"))
    none = bare(me.ask("GET", f"/blobs/{uuid4()}/0"))
    answer = me.ask("GET", f"/blobs/{stage.hidden['attachment']}/missing")
    return answer.status_code == 200 or bare(me.ask("GET", f"/blobs/{stage.hidden['attachment']}/0")) != none


@attack("writes over a photo that is whole")
def _(stage: Stage, me: Attacker) -> bool:
    digest, data = stage.pictures["HERE"]
    other = b"y" * len(data)
    chunk = {"watmos-chunk": hashlib.sha256(other).hexdigest()}
    for index in (0, 1, 999_999):
        me.ask("PUT", f"/blobs/{stage.here['attachment']}/{index}", other, **chunk)
    store = blobstore.at(stage.office.photos, stage.office.home)
    return store.get(blobs.whole(digest)) != data


@attack("asks for chunks that cannot be")
def _(stage: Stage, me: Attacker) -> bool:
    photo = stage.here["attachment"]
    odd = ("-1", "1", "0x0", "٠", "1e0", "999999999999", "..%2F..%2Foffice.db", "%00", "0/../../missing")
    return any(me.ask("GET", f"/blobs/{photo}/{one}").status_code == 200 for one in odd)


@attack("wants a receipt for a photo that it never sent")
def _(stage: Stage, me: Attacker) -> bool:
    mine, digest = uuid4(), hashlib.sha256(b"never").hexdigest()
    me.push(me.op("attachment", mine, _photo(me, stage, sha256=digest, size=5), "insert"))
    asked = [me.ask("GET", f"/blobs/{mine}/missing")]
    asked.append(me.ask("PUT", f"/blobs/{mine}/0", b"other", **{"watmos-chunk": digest}))
    right = hashlib.sha256(b"other").hexdigest()
    asked.append(me.ask("PUT", f"/blobs/{mine}/0", b"other", **{"watmos-chunk": right}))
    return any("receipt" in answer.text for answer in asked)


BARRED = (*EXCLUDED, *SCOPED)


@attack("listens whether anything moves while others work on a case", BARRED)
def _(stage: Stage, me: Attacker) -> bool:
    def all_that_is_told() -> list[Any]:
        end = (me.page("GET", "/pull?limit=20000") or [{}])[-1].get("next", "")
        quiet = cursors.open_cursor(stage.office, me.id, end)
        said = me.ask("POST", "/hello", me.greeting()).json()
        names = [*said["buckets"], f"case:{stage.hidden['restricted_case']}"]
        told: list[Any] = [me.ask("GET", f"/check/{name}").json() for name in names]
        told += [
            me.ask("GET", f"/admin/v1/{one}").text for one in ("standing", "quarantine", "reviews", "devices")
        ]
        return [quiet > 0, {**said, "time": "", "lease_until": ""}, *told]

    before = all_that_is_told()
    end = me.page("GET", "/pull?limit=20000")[-1]["next"]
    stage.works_on_the_case()
    caller = stage.feed.caller(me.member, me.id)
    with stage.office.writing() as connection:
        case = stage.hidden["restricted_case"]
        if me.who.state != "excluded":
            exclude(connection, stage.office, None, case, me.member)
            include(connection, stage.office, None, case, me.member)
    settle(stage, me)
    fresh = me.page("GET", f"/pull?cursor={end}")
    told = moved(stage.office, caller, end) or len(fresh) != 2
    return told or all_that_is_told() != before


@attack(
    "listens whether records move that its role does not see", (Who(Role.AMBASSADOR), Who(Role.CARETAKER))
)
def _(stage: Stage, me: Attacker) -> bool:
    end = me.page("GET", "/pull?limit=20000")[-1]["next"]
    caller = stage.feed.caller(me.member, me.id)
    block = f"block:{stage.here['block']}"
    made = [stage.feed.put("person", filled("person", "HERE-person"), block)]
    owned = filled("attachment", "HERE-attachment") | {"owner_table": "person", "owner_id": str(made[0])}
    stage.feed.put("attachment", owned, block)
    stage.feed.put("household_member", filled("household_member", "HERE-household_member"), block)
    settle(stage, me)
    return moved(stage.office, caller, end)
