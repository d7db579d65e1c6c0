"""Attacks with the form of requests: what breaks parsers, fills memory, or comes back as an echo."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any
from uuid import uuid4

import zstandard

from tests.attack.attacker import ADMIN, API, Attacker, bare
from tests.attack.stage import ENDED, Stage, Who, attack
from watmos_desktop.models.kinds import Role
from watmos_desktop.services.sync.wire import OPS_PER_PUSH

SOME = (Who(Role.AMBASSADOR), Who(Role.MANAGER), ENDED[0])
POSTS = ("/hello", "/push", "/rows", "/token", f"{ADMIN}/members", f"{ADMIN}/reviews")
ECHO = "Qjxkzvwqecho"


@attack("repeats a key so that the last one counts", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    found = []
    for path in POSTS:
        for said in (me.greeting(), me.body([]), {"name": "x", "role": "ambassador"}):
            raw = json.dumps(said)
            key = next(iter(said))
            found.append(me.ask("POST", path, f'{raw[:-1]}, "{key}": {json.dumps(said[key])}}}'.encode()))
    op = json.dumps(me.op("repair", None, {"title": "x"}, "insert"))
    twice = json.dumps(me.body([{"n": 1}])).replace('{"n": 1}', op[:-1] + ', "tbl": "staff"}')
    found.append(me.ask("POST", "/push", twice.encode()))
    return any(answer.status_code == 200 for answer in found)


@attack("sends what is hardly JSON", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    deep, wide = b"[" * 100_000, b'{"a":' * 40 + b"1" + b"}" * 40
    odd = [
        b"",
        b"null",
        b"[]",
        b"1",
        b'"x"',
        b"NaN",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":-0}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        b"{} {}",
        b"{},",
        b"{'a':1}",
        b'{"a":' + b"9" * 50_000 + b"}",
        deep,
        wide,
        b"\x00" * 100,
        b"{" + b" " * 60_000,
    ]
    found = [me.ask("POST", path, one) for one in odd for path in (POSTS[0], POSTS[1])]
    found += [me.ask("POST", path, wide) for path in POSTS]
    return any(answer.status_code == 200 for answer in found)


@attack("sends numbers that do not fit", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    numbers: tuple[Any, ...] = (2**53, 2**63, 2**64, -1, 1.5, 1e308, True, "1", None, [], {})
    hellos = [me.ask("POST", "/hello", me.greeting(last_n=one)) for one in numbers]
    pushes = [
        me.ask("POST", "/push", me.body([], first_n=one)) for one in (-1, 0, 1.5, True, "1", None, 2**70)
    ]
    ops = [
        me.op("repair", stage.here["repair"], {"cost": one, "note": one})
        for one in (2**63, 2**70, -(2**63), 1.5, 1e308, True)
    ]
    return any(answer.status_code == 200 for answer in (*hellos[:4], *pushes)) or me.takes(*ops)


@attack("sends a little that unpacks to much", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    zeros = b"0" * (40 << 20)
    bomb = (
        zstandard.ZstdCompressor(19).compress(zeros)
        if me.who.role is Role.AMBASSADOR
        else b"(\xb5/\xfd" + b"\0" * 40
    )
    found = [me.ask("POST", path, bomb, **{"content-encoding": "zstd"}) for path in POSTS]
    plain = json.dumps(me.greeting()).encode()
    for name, packed in (
        ("gzip", gzip.compress(plain)),
        ("deflate", zlib.compress(plain)),
        ("br", plain),
        ("zstd, zstd", plain),
    ):
        found.append(me.ask("POST", "/hello", packed, **{"content-encoding": name}))
    found.append(me.ask("POST", "/bundle", bomb, **{"content-encoding": "zstd"}))
    return any(answer.status_code == 200 for answer in found)


@attack("lies about how long a body is", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    body = json.dumps(me.greeting()).encode()
    lengths = ("-1", "99999999999999999999", "0x10", "1e3", "1, 2", "8388609")
    return any(
        me.ask("POST", "/hello", body, **{"content-length": one}).status_code == 200 for one in lengths
    )


@attack("asks more at once than there may be", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    many = [me.op("repair", None, {"title": "x"}, "insert") for _ in range(OPS_PER_PUSH + 1)]
    rows = [["repair", str(uuid4())]] * 501
    asked = [me.ask("POST", "/push", me.body(many)), me.ask("POST", "/rows", {"rows": rows})]
    return any(answer.status_code == 200 for answer in asked)


@attack("goes round the addresses", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    targets = [
        f"{API}/",
        f"/{API}/pull",
        f"{API}//pull",
        f"{API}/pull/",
        f"{API}/./pull",
        f"{API}/x/../pull",
        f"{API}/PULL",
        f"{API}/pull;x",
        f"{API}/%70ull%00",
        "/docs",
        "/openapi.json",
        "/redoc",
        "/metrics",
        "/",
        "/admin",
        "/admin/v1",
        f"{API}/../../admin/v1/members",
        "/static/../office.db",
        "/%2e%2e/office.db",
        "/sync/v2/pull",
        "/.git/config",
        "/sync/v1/pull%3Fcursor",
        "/sync/v1/blobs/../../office.db/0",
    ]
    return any(me.say("GET", one).status_code == 200 for one in targets)


@attack("uses other methods", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    none = me.say("GET", f"{API}/nothing")
    found = []
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        for target in (f"{API}/pull", f"{API}/hello", f"{ADMIN}/members", f"{API}/bootstrap/org"):
            found.append(me.say(method, target))
    return any(bare(answer) != bare(none) for answer in found)


@attack("looks for its own words in what comes back", SOME)
def _(stage: Stage, me: Attacker) -> bool:
    answers = [
        me.ask("POST", path, {ECHO: ECHO, "rows": [[ECHO, ECHO]], "refresh": ECHO + " ", "ops": ECHO})
        for path in POSTS
    ]
    answers += [
        me.ask("GET", path)
        for path in (
            f"/bootstrap/{ECHO}",
            f"/check/{ECHO}",
            f"/pull?cursor={ECHO}&limit={ECHO}",
            f"/blobs/{ECHO}/{ECHO}",
            f"{ADMIN}/quarantine?state={ECHO}",
            f"/{ECHO}",
        )
    ]
    bad = [
        me.op(ECHO, None, {ECHO: ECHO}),
        me.op("repair", None, {"title": ECHO, "status": ECHO}, "insert"),
        me.op("repair", stage.here["repair"], {"due_at": ECHO}),
        me.op("repair", None, {"title": ECHO + "\0"}, "insert"),
    ]
    answers.append(me.ask("POST", "/push", me.body(bad)))
    answers.append(
        me.ask("PUT", f"/blobs/{stage.here['attachment']}/0", ECHO.encode(), **{"watmos-chunk": ECHO})
    )
    answers.append(
        me.say(
            "POST",
            f"{API}/enrol",
            json.dumps({"code": ECHO, "name": ECHO, "key": ECHO, "proof": ECHO}).encode(),
            {},
        )
    )
    return any(ECHO in answer.text or ECHO in str(answer.headers) for answer in answers)


@attack("sends poison among good words", (Who(Role.TENANCY_OFFICER), Who(Role.CARETAKER), Who(Role.MANAGER)))
def _(stage: Stage, me: Attacker) -> bool:
    said = (
        {"note": "\x00"},
        {"note": "\ud800"},
        {"due_at": "2026-02-29T00:00:00+00:00"},
        {"due_at": "10000-01-01T00:00:00Z"},
        {"note": "x" * 1_000_000},
        {"note": ["x"]},
        {"note": {"$gt": ""}},
        {"home_id": "٣"},
        {"newer": "x" * 70_000},
    )
    return me.takes(*(me.op("repair", stage.here["repair"], one) for one in said if "\ud800" not in str(one)))
