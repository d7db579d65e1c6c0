"""The wire: operations as JSON, hashed in a chain, packed with zstd, read without trust (docs/sync.md 2, 5, 6)."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain as in_a_row
from operator import itemgetter
from typing import Any, NoReturn
from uuid import UUID

import orjson
import zstandard

from watmos_desktop.models.migrations import HEAD

SCHEMA = HEAD
OLDEST = "0003"
OPS_PER_PUSH = 2000
PACKED_BYTES = 8 * 2**20
UNPACKED_BYTES = 32 * 2**20
RATIO = 100
DEPTH = 32
STAMP_DIGITS = 24
KINDS = frozenset({"insert", "update", "delete"})
_FREE_OF_RATIO = 2**20  # a small body may pack as well as it likes
_MOST = 2**63 - 1
_MOST_FIELDS, _MOST_BASES = 200, 400  # of one operation
_LONGEST_TABLE, _LONGEST_MOMENT = 60, 40
_NAMES = ("id", "n", "txn", "tbl", "rid", "kind", "set", "base", "stamp", "made_at")
_KEYS = frozenset(_NAMES)
_parts = itemgetter(*_NAMES)
_STAMP = re.compile("[0-9a-f]{24}").fullmatch
_ID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_SORTED = orjson.OPT_SORT_KEYS


class Malformed(ValueError):  # noqa: N818 - says what it is
    """What came is not in the form of docs/sync.md; the text names the rule and never a value."""


class TooLarge(ValueError):  # noqa: N818
    """What came is larger than the limits, packed or unpacked."""


@dataclass(slots=True)  # not frozen, which takes three times as long to make; nobody changes one
class Op:
    """One operation: the changed fields of one record, made by one save.

    ``set`` maps fields to JSON values, ``base`` fields to the stamps that the person was looking at (``^``: the
    newest version of the row that came from the office). ``made_at`` is the device's claim (ISO 8601, UTC).
    """

    id: UUID
    n: int
    txn: UUID
    table: str
    rid: UUID
    kind: str
    set: dict[str, Any]
    base: dict[str, str]
    stamp: str
    made_at: str


def op_json(op: Op) -> dict[str, Any]:
    """The operation as it is sent and hashed."""
    return {
        "id": str(op.id),
        "n": op.n,
        "txn": str(op.txn),
        "tbl": op.table,
        "rid": str(op.rid),
        "kind": op.kind,
        "set": op.set,
        "base": op.base,
        "stamp": op.stamp,
        "made_at": op.made_at,
    }


def parse_op(body: Mapping[str, Any]) -> Op:
    """The operation of a JSON object; raises Malformed for a missing or further key or a wrong type.

    The values of ``set`` are judged later, each by its column (``values.normal``).
    """
    if not isinstance(body, dict) or body.keys() != _KEYS:
        raise Malformed("an operation has ten keys")
    n, kind, stamp, fields, base = body["n"], body["kind"], body["stamp"], body["set"], body["base"]
    if type(n) is not int or not 0 < n <= _MOST or type(kind) is not str or kind not in KINDS:
        raise Malformed("the number or the kind of an operation")
    if type(fields) is not dict or type(base) is not dict:
        raise Malformed("what an operation sets")
    if len(fields) > _MOST_FIELDS or len(base) > _MOST_BASES:
        raise Malformed("what an operation sets")
    if not is_stamp(stamp) or (base and not _are_stamps(base)):
        raise Malformed("the stamps of an operation")
    table, made_at = body["tbl"], body["made_at"]
    if type(table) is not str or type(made_at) is not str:
        raise Malformed("the table or the moment of an operation")
    if len(made_at) > _LONGEST_MOMENT or len(table) > _LONGEST_TABLE:
        raise Malformed("the table or the moment of an operation")
    return Op(
        parse_id(body["id"]), n, parse_id(body["txn"]), table, parse_id(body["rid"]), kind, fields, base, stamp, made_at
    )  # fmt: skip


def parse_ops(bodies: Sequence[Any]) -> list[Op] | None:
    """``parse_op`` for all of them, a column at a time; None where not all are surely sound, to be read one by one."""
    try:
        if set(map(type, bodies)) != {dict} or set(map(len, bodies)) != {len(_NAMES)}:
            return None
        parts = tuple(zip(*map(_parts, bodies), strict=True))
        return list(map(Op, *_sound(*parts))) if parts else None
    except (KeyError, TypeError, ValueError):  # ValueError: Malformed too
        return None


def _sound(
    ids: Sequence[str],
    numbers: Sequence[int],
    txns: Sequence[str],
    tables: Sequence[str],
    rids: Sequence[str],
    kinds: Sequence[str],
    fields: Sequence[dict[str, Any]],
    bases: Sequence[dict[str, str]],
    stamps: Sequence[str],
    moments: Sequence[str],
) -> tuple[Iterable[Any], ...]:
    """The parts of many operations as ``Op`` takes them; raises Malformed or TypeError."""
    texts = in_a_row(ids, txns, tables, rids, kinds, stamps, moments)
    claims = set(in_a_row.from_iterable(map(dict.values, bases)))
    sound = (
        set(map(type, texts)) == {str}
        and set(map(type, numbers)) == {int}
        and set(map(type, in_a_row(fields, bases))) == {dict}
        and 0 < min(numbers) <= max(numbers) <= _MOST
        and KINDS.issuperset(kinds)
        and max(map(len, fields)) <= _MOST_FIELDS
        and max(map(len, bases)) <= _MOST_BASES
        and set(map(type, claims)) <= {str}
        and max(map(len, claims), default=0) <= STAMP_DIGITS
        and all(map(_STAMP, set(stamps)))
        and all(map(_ID, in_a_row(ids, rids)))
        and max(map(len, tables)) <= _LONGEST_TABLE
        and max(map(len, moments)) <= _LONGEST_MOMENT
    )
    if not sound:
        raise Malformed("operations to be read one by one")
    return (
        map(_id, ids),
        numbers,
        map(_parse_id, txns),
        tables,
        map(_id, rids),
        kinds,
        fields,
        bases,
        stamps,
        moments,
    )


def _are_stamps(base: Mapping[str, Any]) -> bool:
    return all(type(one) is str and len(one) <= STAMP_DIGITS for one in base.values())


def parse_id(text: object) -> UUID:
    """A UUID in its one spelling (lower case, hyphens); raises Malformed."""
    if type(text) is not str:
        raise Malformed("an id")
    return _parse_id(text)


@lru_cache(256)  # the operations of an action share its id
def _parse_id(text: str) -> UUID:
    if not _ID(text):
        raise Malformed("an id")
    return _id(text)


def _id(text: str) -> UUID:
    return UUID(int=int(text.replace("-", ""), 16))  # a third less than UUID(text)


def is_id(text: str) -> bool:
    """Whether a text is a UUID in its one spelling."""
    return _ID(text) is not None


def is_stamp(text: object) -> bool:
    """Whether a text has the form of a stamp: 24 hexadecimal digits."""
    return type(text) is str and _STAMP(text) is not None


def canonical(value: object) -> bytes:
    """JSON with sorted keys and without spaces, in UTF-8; raises Malformed for what JSON cannot say."""
    try:
        return orjson.dumps(value, option=_SORTED)
    except (TypeError, RecursionError):
        raise Malformed("a value that JSON cannot say") from None


def dumps(value: object) -> bytes:
    """JSON without spaces, in UTF-8; raises Malformed for what JSON cannot say."""
    try:
        return orjson.dumps(value)
    except (TypeError, RecursionError):
        raise Malformed("a value that JSON cannot say") from None


def chain(prev: str, op: Mapping[str, Any]) -> str:
    """The hash (hexadecimal) after an operation, ``prev`` before it: ``""`` for the first of an incarnation."""
    return hashlib.sha256(prev.encode() + canonical(op)).hexdigest()


def op_hash(op: Mapping[str, Any]) -> str:
    """The hash of one operation alone."""
    return chain("", op)


def link(prev: str, op: Mapping[str, Any]) -> tuple[str, str]:
    """Both hashes of an operation, ``chain`` and ``op_hash``, for the price of writing it once."""
    written = canonical(op)
    return hashlib.sha256(prev.encode() + written).hexdigest(), hashlib.sha256(written).hexdigest()


def digest(table: str, rid: UUID, deleted: bool, fields: Mapping[str, Any]) -> int:
    """The 64 bits that a row adds (by XOR) to the digest of its bucket; fields without a value are left out."""
    said = {name: value for name, value in fields.items() if value is not None}
    return int.from_bytes(hashlib.sha256(canonical([table, str(rid), deleted, said])).digest()[:8], "big")


def trust_text(pem: str, at: str) -> bytes:
    """What the office's signature of a list of authorities covers."""
    return f"trust\n{at}\n{hashlib.sha256(pem.encode()).hexdigest()}".encode()


def loads(raw: bytes) -> Any:
    """JSON read strictly: raises Malformed for duplicate keys, NaN, numbers over 64 bits, or depth over 32."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Malformed("not JSON") from None
    _refuse_depth(value)
    # A key given twice would make this shorter than what came; so would no other thing we wrote ourselves.
    if orjson.dumps(value) != raw:
        value = _strictly(raw)
    return value


def _strictly(raw: bytes) -> Any:
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_once,
            parse_constant=_refuse_number,
            parse_int=_whole,
            parse_float=_finite,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise Malformed("not JSON") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a key given twice")
    return found


def _refuse_number(_text: str) -> NoReturn:
    raise Malformed("a number that JSON does not have")


def _whole(text: str) -> int:
    if len(text) > 20 or not -_MOST - 1 <= (found := int(text)) <= _MOST:
        raise Malformed("a number over 64 bits")
    return found


def _finite(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise Malformed("a number that JSON does not have")
    return found


def _refuse_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    depth = 0
    while level:
        depth += 1
        if depth > DEPTH:
            raise Malformed("nested too deep")
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]


def pack(raw: bytes) -> bytes:
    """One zstd frame that says how large it is and carries a checksum.

    Level 1 in half the time of level 3: a landlord's pages get 6 % smaller, long notes and operations 2 to 5 % larger.
    """
    return zstandard.ZstdCompressor(level=1, write_checksum=True).compress(raw)


def unpack(raw: bytes, limit: int = UNPACKED_BYTES, ratio: int = RATIO) -> bytes:
    """What a frame holds, at most ``limit`` bytes.

    Raises TooLarge, before anything is unpacked, for more bytes than that or for more than ``ratio`` to one (over
    1 MiB); Malformed for a frame that is cut short, damaged, followed by something, or does not say its size.
    """
    try:
        size = zstandard.frame_content_size(raw)
        if size < 0:
            raise Malformed("a zstd frame must say its size")
        if size > min(limit, max(_FREE_OF_RATIO, ratio * len(raw))):
            raise TooLarge
        return zstandard.ZstdDecompressor().decompress(raw, allow_extra_data=False)
    except zstandard.ZstdError:
        raise Malformed("not a whole zstd frame") from None
