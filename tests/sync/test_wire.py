"""What comes over the wire is read without trust: in its one form, whole, and never larger than it may be."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from watmos_desktop.services.sync import pages, wire
from watmos_desktop.services.sync.pages import Page, TableRows
from watmos_desktop.services.sync.wire import Malformed, Op, TooLarge

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
QUICK = settings(max_examples=80, deadline=None)


def an_op(**values: Any) -> Op:
    given: dict[str, Any] = {
        "id": uuid4(),
        "n": 1,
        "txn": uuid4(),
        "table": "repair",
        "rid": uuid4(),
        "kind": "update",
        "set": {"title": "Closer of the front door"},
        "base": {"title": "0" * 24, "^": ""},
        "stamp": "0123456789abcdef01234567",
        "made_at": "2026-11-23T10:42:00+00:00",
    }
    return Op(**(given | values))


# --- operations ---


def test_an_operation_survives_the_wire() -> None:
    op = an_op()
    sent = wire.dumps({"ops": [wire.op_json(op)]})
    assert wire.parse_op(wire.loads(sent)["ops"][0]) == op
    assert list(wire.op_json(op)) == [
        "id",
        "n",
        "txn",
        "tbl",
        "rid",
        "kind",
        "set",
        "base",
        "stamp",
        "made_at",
    ]


_SOME_ID = UUID("5b0c0d4e-7f2a-4c55-9d3e-0a1b2c3d4e5f")  # the same for every worker: it names the test
WRONG: list[tuple[str, Any]] = [
    ("id", "x"),
    ("id", str(_SOME_ID).upper()),
    ("id", "{" + str(_SOME_ID)[1:-1] + "}"),
    ("rid", _SOME_ID.hex),
    ("txn", None),
    ("n", 0),
    ("n", True),
    ("n", 2**63),
    ("n", "1"),
    ("tbl", 7),
    ("tbl", "t" * 100),
    ("kind", "upsert"),
    ("kind", ["insert"]),
    ("set", []),
    ("set", {str(i): 0 for i in range(201)}),
    ("base", {"title": 7}),
    ("base", {"title": "0" * 25}),
    ("stamp", "0" * 16),
    ("stamp", "0" * 23 + "G"),
    ("stamp", "0" * 23 + "\n"),
    ("stamp", 7),
    ("made_at", 7),
    ("made_at", "2" * 41),
]


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_an_operation_in_another_form_is_refused(key: str, value: Any) -> None:
    with pytest.raises(Malformed):
        wire.parse_op(wire.op_json(an_op()) | {key: value})


def test_keys_are_exactly_those_of_an_operation() -> None:
    whole = wire.op_json(an_op())
    for key in whole:
        with pytest.raises(Malformed):
            wire.parse_op({name: value for name, value in whole.items() if name != key})
    with pytest.raises(Malformed):
        wire.parse_op(whole | {"member": str(uuid4())})
    others: list[Any] = [None, [], "op", 7]
    for other in others:
        with pytest.raises(Malformed):
            wire.parse_op(other)


# --- the chain ---


def test_the_chain_is_what_is_written_down() -> None:
    """Plain Python says the same: a second client can."""
    before, whole = "ab" * 32, wire.op_json(an_op(set={"b": 1, "a": "ä"}))
    plain = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert wire.canonical(whole) == plain
    assert wire.chain(before, whole) == hashlib.sha256(before.encode() + plain).hexdigest()
    assert wire.op_hash(whole) == hashlib.sha256(plain).hexdigest() == wire.chain("", whole)
    assert wire.link(before, whole) == (wire.chain(before, whole), wire.op_hash(whole))


@QUICK
@given(JSON)
def test_canonical_is_one_for_equal_values_and_read_back_equal(value: Any) -> None:
    assert wire.loads(wire.canonical(value)) == value
    assert wire.canonical(wire.loads(json.dumps(value).encode())) == wire.canonical(value)


def test_every_change_of_any_operation_shows_in_the_last_hash() -> None:
    ops = [wire.op_json(an_op(n=n)) for n in range(1, 6)]

    def last(some: list[dict[str, Any]]) -> str:
        found = ""
        for one in some:
            found = wire.chain(found, one)
        return found

    whole = last(ops)
    others = [ops[:i] + ops[i + 1 :] for i in range(5)]
    others += [[*ops[:i], ops[i] | {"made_at": ""}, *ops[i + 1 :]] for i in range(5)]
    others += [[*ops[:i], ops[i], *ops[i:]] for i in range(5)] + [ops[::-1]]
    assert whole not in [last(one) for one in others]


def test_the_digest_of_a_row_leaves_out_what_is_empty_and_nothing_else() -> None:
    rid = UUID(int=7)
    base = wire.digest("home", rid, False, {"code": "H1", "storey": None})
    assert 0 <= base < 2**64
    assert base == wire.digest("home", rid, False, {"code": "H1"})
    plain = json.dumps(["home", str(rid), False, {"code": "H1"}], separators=(",", ":")).encode()
    assert base == int.from_bytes(hashlib.sha256(plain).digest()[:8], "big")
    others = [
        wire.digest("block", rid, False, {"code": "H1"}),
        wire.digest("home", UUID(int=8), False, {"code": "H1"}),
        wire.digest("home", rid, True, {"code": "H1"}),
        wire.digest("home", rid, False, {"code": "H2"}),
        wire.digest("home", rid, False, {"code": "H1", "number": ""}),
    ]
    assert base not in others and len(set(others)) == 5


# --- strict JSON ---


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{}x",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1e999",
        b'{"a":1,"a":1}',
        b'{"a": 1, "a": 2}',
        b'{"x":[{"a":1,"b":2,"a":3}]}',
        b'{"a":1,"\\u0061":1}',
        b"[123456789012345678901234567890]",
        b"[-9223372036854775809]",
        b"\xff",
        b'"\\ud800"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"'a'",
        b"[1,]",
        b"[01]",
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_json_that_two_readers_could_read_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        wire.loads(raw)


def test_json_may_be_spaced_and_32_deep() -> None:
    assert wire.loads(b' { "a" : [ 1 , 2.50 , "\\u00e4" ] } ') == {"a": [1, 2.5, "ä"]}
    assert wire.loads(b"[" * 32 + b"]" * 32)
    assert wire.loads(b"[" + b"[1]," * 50_000 + b"1]")  # wide is not deep


@QUICK
@given(JSON)
def test_what_was_written_is_read(value: Any) -> None:
    assert wire.loads(wire.dumps(value)) == value
    assert wire.loads(json.dumps(value, indent=1).encode()) == value


@pytest.mark.parametrize("value", [{1: 2}, {"a": object()}, "\ud800", 2**64, b"x"])
def test_what_json_cannot_say_is_not_written(value: Any) -> None:
    for write in (wire.dumps, wire.canonical):
        with pytest.raises(Malformed):
            write(value)


# --- packed ---


@QUICK
@given(st.binary(max_size=3000))
def test_what_was_packed_is_unpacked(raw: bytes) -> None:
    assert wire.unpack(wire.pack(raw)) == raw


def bomb(size: int) -> bytes:
    packer = zstandard.ZstdCompressor(level=19).compressobj(size=size)
    piece = bytes(2**20)
    return b"".join(packer.compress(piece) for _ in range(size // len(piece))) + packer.flush()


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    packed = bomb(100 * 2**20)
    assert len(packed) < 20_000
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            wire.unpack(packed)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_a_bomb_that_lies_about_its_size_or_does_not_say_it_is_refused() -> None:
    silent = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(2 * 2**20))
    with pytest.raises(Malformed):
        wire.unpack(silent)
    liar = bytearray(bomb(100 * 2**20))
    at = liar.index((100 * 2**20).to_bytes(4, "little"))
    liar[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(Malformed):
        wire.unpack(bytes(liar))
    with pytest.raises(TooLarge):  # ten frames of a size that is allowed are not
        wire.unpack(zstandard.ZstdCompressor().compress(bytes(40 * 2**20)))


def test_more_than_a_hundred_to_one_is_refused_above_a_mebibyte() -> None:
    assert len(wire.unpack(wire.pack(bytes(2**20)))) == 2**20
    with pytest.raises(TooLarge):
        wire.unpack(wire.pack(bytes(2**20 + 1)))
    with pytest.raises(TooLarge):
        wire.unpack(wire.pack(b"x" * 2000), limit=1999)


def test_a_frame_that_is_cut_damaged_or_followed_by_something_is_refused() -> None:
    raw = orjson.dumps([str(uuid4()) for _ in range(20)])
    packed = wire.pack(raw)
    for cut in range(len(packed)):
        with pytest.raises(Malformed):
            wire.unpack(packed[:cut])
    for more in (b"x", packed):
        with pytest.raises(Malformed):
            wire.unpack(packed + more)
    for place in range(len(packed)):
        try:
            found = wire.unpack(packed[:place] + bytes([packed[place] ^ 64]) + packed[place + 1 :])
        except (Malformed, TooLarge):
            continue
        assert found == raw


# --- pages ---


def a_page(rows: int = 3) -> Page:
    stamps = {"*": "0" * 24}
    return Page(
        head="sealed",
        epoch=str(uuid4()),
        grant_v=3,
        schema=wire.SCHEMA,
        tables=[
            TableRows("estate", ("code", "name"), [[str(uuid4()), False, stamps, None, "E1", "Lindley"]]),
            TableRows(
                "home",
                ("code", "storey"),
                [[str(uuid4()), i % 2 == 1, stamps, {"new": [i]}, f"H\n{i}", None] for i in range(rows)],
            ),
        ],
        gone=[("repair", uuid4())],
        next="cursor",
        more=True,
    )


def test_a_page_survives_the_wire() -> None:
    page = a_page()
    assert pages.read(pages.write(page)) == page
    empty = Page("h", "e", 1, wire.SCHEMA, next="n")
    assert pages.read(pages.write(empty)) == empty
    assert page.count == 4


def test_a_page_cut_at_any_byte_is_refused() -> None:
    raw = pages.write(a_page())
    for cut in range(len(raw)):
        with pytest.raises(Malformed):
            pages.read(raw[:cut])
    body = wire.unpack(raw)
    for cut in range(len(body)):
        with pytest.raises(Malformed):
            pages.read(wire.pack(body[:cut]))


def lines_of(page: Page) -> list[bytes]:
    return wire.unpack(pages.write(page)).splitlines()


def test_a_page_that_lacks_or_repeats_a_row_or_an_end_is_refused() -> None:
    lines = lines_of(a_page())
    for place, line in enumerate(lines):
        if line.startswith((b"[", b'{"head"', b'{"next"')):
            for other in (lines[:place] + lines[place + 1 :], [*lines[:place], line, *lines[place:]]):
                with pytest.raises(Malformed):
                    pages.read(wire.pack(b"\n".join(other) + b"\n"))
    with pytest.raises(Malformed):
        pages.read(wire.pack(b"\n".join(lines)))  # a whole last line ends with a line feed


@pytest.mark.parametrize(
    "line",
    [b"[]", b"7", b'["x"]', b'{"t":"home"}', b'{"t":"home","c":["a","a"]}', b'{"t":7,"c":[]}', b'{"g":[["home"]]}',
     b'{"g":[["home","x"]]}', b'["%s",0,{},null,1,2]' % (b"x" * 36), b"{}", b"null", b"][", b"],[",
     b'{"t":"home","c":"ab"}', b'{"g":7}'],
)  # fmt: skip
def test_a_page_with_a_strange_line_is_refused(line: bytes) -> None:
    lines = lines_of(a_page())
    for place in range(1, len(lines)):
        with pytest.raises(Malformed):
            pages.read(wire.pack(b"\n".join([*lines[:place], line, *lines[place:]]) + b"\n"))
