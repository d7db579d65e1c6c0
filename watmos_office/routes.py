"""The addresses of docs/sync.md: each takes a ``Call`` apart, asks who does the work, and packs the answer.

What a route raises is answered by app.py. Bodies are described for the OpenAPI document only; door.py reads them.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from datetime import UTC
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import update

from watmos_desktop.services import log
from watmos_office import (
    blobs,
    bootstrap,
    carried,
    checks,
    confirming,
    enrol,
    hello,
    outgoing,
    pull,
    push,
    tokens,
    trust,
)
from watmos_office.door import Bootstrapping, Door, Photo, Reading, Signed, fitting, in_thread, parsed
from watmos_office.errors import Answer
from watmos_office.office import Office
from watmos_office.outgoing import answer
from watmos_office.tables import Device

API = "/sync/v1"
_WORDS = r"^[^\x00-\x1f\x7f]+$"

Cursor = Annotated[str, Query(max_length=400, description="Where the last page ended; empty at first")]
Limit = Annotated[int, Query(ge=1, le=20_000, description="About how many rows")]
Bucket = Annotated[
    str, Path(max_length=64, description="org, estate:ID, block:ID, case:ID, user:ID or care:BUCKET")
]
Buckets = Annotated[str, Path(max_length=4_000, description="At most 64 buckets, commas between")]
Attachment = Annotated[UUID, Path(description="The attachment record that the right to the photo comes from")]
Index = Annotated[int, Path(ge=0, le=1_000_000, description="Which chunk, from 0")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Enrol(_Strict):
    """A code, and the key that the device made; ``key`` and ``proof`` in base64."""

    code: Annotated[str, Field(min_length=1, max_length=100, pattern=_WORDS)]
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=_WORDS)]
    key: Annotated[str, Field(max_length=100)]
    proof: Annotated[str, Field(max_length=200)]


class Refresh(_Strict):
    """A refresh token."""

    refresh: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]


class Wanted(_Strict):
    """Records by table and id."""

    rows: Annotated[
        list[tuple[Annotated[str, Field(pattern=r"^[a-z_]{1,60}$")], UUID]], Field(max_length=500)
    ]


class Push(_Strict):
    """Operations, as docs/sync.md 5 says; what is wrong with one of them is that one's result."""

    incarnation: UUID
    first_n: hello.Count
    prev_hash: str
    schema_: Annotated[str, Field(alias="schema")]
    ops: Annotated[list[dict[str, Any]], Field(max_length=2_000)]
    cursor: Annotated[str, Field(max_length=400)] = ""


_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "zstd NDJSON (docs/sync.md 6)",
        "content": {"application/zstd": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_CHUNK: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The bytes of a chunk",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
router = APIRouter(prefix=API)


def _page(page: bytes) -> Response:
    return Response(page, media_type="application/zstd")


@router.get("/health")
async def health(
    request: Request,
    nonce: Annotated[
        str, Query(pattern=r"^[0-9a-f]{16,64}$", description="Hexadecimal digits, new each time")
    ],
) -> Response:
    """Prove that this is the office, to whoever asks."""
    office: Office = request.app.state.door.office
    time = office.clock.now().astimezone(UTC).isoformat()
    signature = office.signing_key.sign(f"{nonce}\n{time}\n{office.epoch}".encode())
    key, epoch = b64encode(enrol.office_key(office)).decode(), str(office.epoch)
    said = {"time": time, "epoch": epoch, "key": key, "signature": b64encode(signature).decode()}
    return answer(request, said)


@router.post("/enrol", openapi_extra=outgoing.body(Enrol))
async def join(request: Request) -> Response:
    """Make a device of a one-time code."""
    door: Door = request.app.state.door
    address = ("address", request.client.host if request.client else "")
    door.attempts.check(address)
    async with door.unknown(request) as body:
        said = fitting(Enrol, parsed(body, request.headers.get("content-encoding", "").lower()))
        try:
            key, proof = b64decode(said.key, validate=True), b64decode(said.proof, validate=True)
        except (ValueError, NotBase64):
            raise Answer(400, "bad_request") from None
        try:
            found = await in_thread(enrol.redeem, door.office, said.code, said.name, key, proof)
        except Answer:
            door.attempts.failed(address)
            log.event("enrol.refused")
            raise
    return answer(request, found)


@router.post("/token", openapi_extra=outgoing.body(Refresh))
async def token(request: Request) -> Response:
    """New tokens for a refresh token; signed by the device, without Authorization."""
    door: Door = request.app.state.door
    claim = door.claim(request)
    async with door.unknown(request) as body:
        device_id = await in_thread(door.access.device, claim, body)
        door.attempts.check(
            device_id
        )  # counted for a true signature only: nobody can lock out another's device
        said = fitting(Refresh, parsed(body, request.headers.get("content-encoding", "").lower()))
        try:
            found = await in_thread(tokens.refresh, door.office, device_id, said.refresh)
        except Answer:
            door.attempts.failed(device_id)
            log.event("token.refused", device=device_id)
            raise
    return answer(request, found)


@router.post("/wiped")
async def wiped(request: Request) -> Response:
    """A device that was told to wipe itself has; signed by its key for the last time, without Authorization."""
    door: Door = request.app.state.door
    claim = door.claim(request)
    async with door.unknown(request) as body:
        await in_thread(_wiped, door, claim, body)
    return answer(request, {})


def _wiped(door: Door, claim: Any, body: bytes) -> None:
    device_id, status = door.access.erasing(claim, body)
    if status not in ("wipe", "wiped"):
        raise Answer(401, "unsigned")
    with door.office.writing() as connection:
        tokens.end_all(connection, device_id)
        connection.execute(update(Device).where(Device.id == device_id).values(status="wiped"))


@router.post("/hello", openapi_extra=outgoing.body(hello.Hello))
def greet(request: Request, call: Signed) -> Response:
    """Compare where both sides stand."""
    return answer(request, hello.hello(call.office, call.caller, call.read(hello.Hello)))


@router.post("/push", openapi_extra=outgoing.body(Push))
def take(request: Request, call: Signed) -> Response:
    """Take operations in; open to every schema."""
    return answer(request, push.push(call.office, call.caller, call.json()))


@router.get("/pull", responses=_PAGE)
def feed(
    call: Reading,
    cursor: Cursor = "",
    limit: Limit = 2000,
    incarnation: Annotated[UUID | None, Query(description="The device's present life")] = None,
) -> Response:
    """What is new for this device."""
    page = pull.pull(call.office, call.caller, cursor, limit, incarnation)
    call.lanes.brought(call.caller.device_id, len(page))
    return _page(page)


@router.get("/bootstrap/{bucket}", responses=_PAGE)
def whole(
    call: Bootstrapping,
    bucket: Buckets,
    after: Annotated[
        str, Query(max_length=400, description="Where the last page ended; empty at first")
    ] = "",
    limit: Limit = 5000,
) -> Response:
    """Whole buckets, page by page."""
    return _page(bootstrap.bootstrap(call.office, call.caller, bucket, after, limit))


@router.post("/rows", responses=_PAGE, openapi_extra=outgoing.body(Wanted))
def some(call: Reading) -> Response:
    """The present state of some records."""
    return _page(pull.rows(call.office, call.caller, call.read(Wanted).rows))


@router.get("/check/{bucket}")
def check(request: Request, call: Reading, bucket: Bucket) -> Response:
    """Count and digest of a bucket, as this person may see it."""
    return answer(request, checks.check(call.office, call.caller, bucket))


@router.get("/wait")
async def wait(request: Request, cursor: Cursor = "") -> Response:
    """Hold the line until something moves for this device; who waits holds no slot."""
    door: Door = request.app.state.door
    async with door.call(request) as call:
        pass
    return answer(request, {"moved": await pull.wait(call.office, call.caller, cursor)})


@router.get("/trust")
def authorities(request: Request, call: Signed) -> Response:
    """The authorities that devices are to trust from now on, signed by the office."""
    return answer(request, trust.signed(call.office))


@router.get("/confirm")
def to_confirm(request: Request, call: Signed) -> Response:
    """The devices that wait for cases and that this person may confirm."""
    with call.office.reading() as connection:
        return answer(request, {"devices": confirming.listing(connection, call.caller)})


@router.post("/confirm/{device}")
def confirm(request: Request, call: Signed, device: UUID) -> Response:
    """Let cases come to a device of somebody else, or of one's own."""
    with call.office.writing() as connection:
        confirming.confirm(connection, call.office, call.caller, device)
    return answer(request, {})


@router.post("/bundle", openapi_extra=outgoing.BYTES)
def take_bundle(request: Request, call: Photo) -> Response:
    """Take in one sealed part of a bundle, whichever device wrote it."""
    return answer(request, carried.take(call.office, call.body))


@router.get("/blobs/{attachment}/missing")
def missing(request: Request, call: Photo, attachment: Attachment) -> Response:
    """Which chunks of a photo are still to come."""
    return answer(request, blobs.missing(call.office, call.caller, attachment))


@router.put("/blobs/{attachment}/{index}", openapi_extra=outgoing.BYTES)
def put_chunk(
    request: Request,
    call: Photo,
    attachment: Attachment,
    index: Index,
    watmos_chunk: Annotated[str, Header(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the chunk")],
) -> Response:
    """Take one chunk of a photo in; any order, any number of times."""
    return answer(request, blobs.put(call.office, call.caller, attachment, index, watmos_chunk, call.body))


@router.get("/blobs/{attachment}/{index}", responses=_CHUNK)
def get_chunk(call: Photo, attachment: Attachment, index: Index) -> Response:
    """One chunk of a photo."""
    return Response(
        blobs.chunk(call.office, call.caller, attachment, index), media_type="application/octet-stream"
    )
