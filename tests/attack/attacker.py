"""A client that obeys nothing but its own will: it has a key, a token, and this file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import zstandard

from tests.office.feed import STAMP
from tests.office.speaking import API as API
from tests.office.speaking import Speaker

ADMIN = "/admin/v1"
AT = "2026-11-23T10:00:00+00:00"
TOOK = ("applied", "conflict")


@dataclass
class Attacker(Speaker):
    """An enrolled device in hostile hands; ``heard`` is everything that it was ever told."""

    member: UUID = field(default_factory=uuid4)
    who: Any = None
    heard: list[tuple[str, int, str]] = field(default_factory=list)
    n: int = 0
    hash: str = ""
    tick: int = 0

    def say(self, method: str, target: str, content: bytes = b"", headers: Any = None) -> httpx.Response:
        """One request just as given; signed unless headers are."""
        given = self.headers(method, target, content) if headers is None else headers
        answer = self.http.request(method, target, content=content, headers=given)
        self.heard.append((f"{method} {target[:80]}", answer.status_code, opened(answer)))
        return answer

    def ask(self, method: str, path: str, body: Any = None, **more: str) -> httpx.Response:
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        target = path if path.startswith(ADMIN) else API + path
        headers = self.headers(method, target, raw, bearer=path not in ("/token", "/wiped"))
        return self.say(method, target, raw, headers | more)

    def page(self, method: str, path: str, body: Any = None) -> list[Any]:
        """The lines of a page; nothing when it was refused."""
        answer = self.ask(method, path, body)
        return [json.loads(line) for line in opened(answer).splitlines()] if answer.status_code == 200 else []

    def op(
        self,
        table: str,
        rid: UUID | str | None,
        said: Mapping[str, Any],
        kind: str = "update",
        **other: Any,
    ) -> dict[str, Any]:
        """An operation that claims to have seen everything."""
        self.tick += 1
        upper = (int(self.office.clock.now().timestamp() * 1000) << 16) + self.tick
        return {
            "id": str(uuid4()),
            "n": 0,
            "txn": str(uuid4()),
            "tbl": table,
            "rid": str(rid or uuid4()),
            "kind": kind,
            "set": dict(said),
            "base": {"^": STAMP, **dict.fromkeys(said, STAMP)} if kind != "insert" else {},
            "stamp": f"{upper:016x}{self.incarnation.hex[:8]}",
            "made_at": AT,
            **other,
        }

    def body(self, ops: Iterable[Mapping[str, Any]], **other: Any) -> dict[str, Any]:
        numbered = [{**one, "n": self.n + 1 + at} for at, one in enumerate(ops)]
        said = {"incarnation": str(self.incarnation), "first_n": self.n + 1, "prev_hash": self.hash}
        return {**said, "schema": "0003", "ops": numbered, **other}

    def push(self, *ops: Mapping[str, Any], together: bool = False, **other: Any) -> list[tuple[str, str]]:
        """What became of each; ``("refused", code)`` for all when the request was."""
        txn = str(uuid4())
        answer = self.ask(
            "POST", "/push", self.body([{**op, "txn": txn} for op in ops] if together else ops, **other)
        )
        if answer.status_code != 200:
            return [("refused", str(answer.json().get("error")))] * len(ops)
        said = answer.json()
        self.n, self.hash = said["last_n"], said["hash"]
        return [(status, reason) for _, status, reason in said["results"]]

    def takes(self, *ops: Mapping[str, Any], **other: Any) -> bool:
        """Whether the office took any of them into its records."""
        return any(status in TOOK for status, _ in self.push(*ops, **other))


def opened(answer: httpx.Response) -> str:
    """An answer's words, unpacked, its headers too."""
    content = answer.content
    if answer.headers.get("content-type") == "application/zstd":
        content = zstandard.ZstdDecompressor().decompressobj().decompress(content)
    return content.decode("utf-8", "replace")


def bare(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Everything of an answer that could tell two cases apart, but the time of day."""
    return answer.status_code, answer.content, [one for one in answer.headers.items() if one[0] != "date"]
