"""The addresses for administrators: people, devices, held work, reviews; each is a call of what the console calls.

Who may change who works here (``policy``) may come in; to everybody else none of this is here. What such a person
reads of held work goes no further than their own buckets and ceilings, and cases stay with their teams (S22, S26).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from watmos_desktop.models.kinds import Role
from watmos_desktop.services import policy, words
from watmos_desktop.services.errors import NotAllowed, NotFound, Told
from watmos_desktop.services.policy import Action
from watmos_office import audit, devices, heldwork, members, quarantine, reviews, standing
from watmos_office.door import Call, Signed
from watmos_office.errors import Answer, not_found
from watmos_office.outgoing import answer

router = APIRouter(prefix="/admin/v1")
_LINE = r"^[^\x00-\x1f\x7f]+$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewMember(_Strict):
    """Someone new, and what they look after."""

    name: Annotated[str, Field(min_length=1, max_length=words.NAME, pattern=_LINE)]
    role: Role
    estates: Annotated[list[UUID], Field(max_length=500)] = []
    blocks: Annotated[list[UUID], Field(max_length=500)] = []


class Place(_Strict):
    """An estate, or one block of it."""

    estate_id: UUID
    block_id: UUID | None = None


class Looked(_Strict):
    """What someone found of a field that might hold personal data."""

    table: Annotated[str, Field(max_length=60)]
    rid: UUID
    field: Annotated[str, Field(max_length=60)]
    verdict: reviews.Verdict


def _body(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@contextmanager
def _office(call: Call) -> Iterator[Call]:
    """Let in who may change who works here, and turn what the office says in words into an answer."""
    if call.caller.status != "active" or not policy.may(call.caller.actor, Action.MANAGE_STAFF, "staff"):
        raise not_found()
    try:
        yield call
    except (NotFound, NotAllowed):
        raise not_found() from None
    except Told as told:
        raise Answer(409, "told", message=told.message, hint=told.hint, field=told.field) from None


@router.get("/members")
def everyone(request: Request, call: Signed) -> Response:
    """Who works here, and what they look after."""
    with _office(call), call.office.reading() as connection:
        return answer(request, {"members": members.cards(connection)})


@router.post("/members", openapi_extra=_body(NewMember))
def add(request: Request, call: Signed) -> Response:
    """Add someone."""
    with _office(call), call.office.writing() as connection:
        said = call.read(NewMember)
        made = members.add(
            connection,
            call.office,
            call.caller.actor,
            said.name,
            said.role,
            estates=said.estates,
            blocks=said.blocks,
        )
        return answer(request, {"member": made})


@router.post("/members/{member}/disable")
def disable(request: Request, call: Signed, member: UUID) -> Response:
    """End someone's access."""
    with _office(call), call.office.writing() as connection:
        members.disable(connection, call.office, call.caller.actor, member)
    return answer(request, {})


@router.post("/members/{member}/grant", openapi_extra=_body(Place))
def grant(request: Request, call: Signed, member: UUID) -> Response:
    """Let someone look after a place."""
    with _office(call), call.office.writing() as connection:
        said = call.read(Place)
        members.grant(connection, call.office, call.caller.actor, member, said.estate_id, said.block_id)
    return answer(request, {})


@router.post("/members/{member}/revoke", openapi_extra=_body(Place))
def revoke(request: Request, call: Signed, member: UUID) -> Response:
    """Someone looks after a place no longer."""
    with _office(call), call.office.writing() as connection:
        said = call.read(Place)
        members.revoke(connection, call.office, call.caller.actor, member, said.estate_id, said.block_id)
    return answer(request, {})


@router.post("/members/{member}/code")
def code(request: Request, call: Signed, member: UUID) -> Response:
    """A code with which a device of theirs joins."""
    with _office(call), call.office.writing() as connection:
        members.managed(connection, call.caller.actor, member, own=True)
        made = devices.new_code(connection, call.office, call.caller.member_id, member)
    return answer(request, {"code": made})


# Operations that are not counted: how much somebody writes about cases must not show.
_OF_CASES = frozenset({"restricted_case", "case_note", "attachment", "clock", "conflict", ""})


@router.get("/devices")
def every_device(request: Request, call: Signed) -> Response:
    """Every device, and whether there is cause for alarm."""
    with _office(call), call.office.reading() as connection:
        return answer(request, {"devices": devices.cards(connection, but=_OF_CASES)})


_BECOME = {
    "suspend": devices.suspend,
    "resume": devices.resume,
    "drain": devices.drain,
    "wipe": devices.wipe,
}


@router.post("/devices/{device}/{change}")
def become(request: Request, call: Signed, device: UUID, change: str) -> Response:
    """Suspend, resume, drain or wipe a device."""
    with _office(call), call.office.writing() as connection:
        if change not in _BECOME:
            raise not_found()
        owner = devices.owner(connection, device)
        members.managed(connection, call.caller.actor, owner, own=change != "resume")
        _BECOME[change](connection, call.office, call.caller.member_id, device)
    return answer(request, {})


@router.get("/quarantine")
def waiting(
    request: Request,
    call: Signed,
    state: Annotated[str, Query(pattern="^(open|released|dismissed)$")] = "open",
) -> Response:
    """Operations that were not applied, as far as this person may know of them."""
    with _office(call), call.office.reading() as connection:
        return answer(request, {"held": heldwork.listing(connection, call.caller, state)})


@router.post("/quarantine/{op}/release")
def release(request: Request, call: Signed, op: UUID) -> Response:
    """Try an operation again, with the rest of its action."""
    with _office(call):
        with call.office.writing() as connection:
            heldwork.find(connection, call.caller, op)
            audit.note(connection, call.office, call.caller.member_id, "quarantine.release", op)
        results = quarantine.release(call.office, op, call.caller.member_id)
    return answer(request, {"results": results})


@router.post("/quarantine/{op}/dismiss")
def dismiss(request: Request, call: Signed, op: UUID) -> Response:
    """Decide that an operation is not applied; its content is kept."""
    with _office(call), call.office.writing() as connection:
        heldwork.find(connection, call.caller, op)
        audit.note(connection, call.office, call.caller.member_id, "quarantine.dismiss", op)
        quarantine.dismiss(connection, call.office, op, call.caller.member_id)
    return answer(request, {})


@router.get("/reviews")
def to_look_at(request: Request, call: Signed) -> Response:
    """Fields that may hold personal data and that nobody has looked at."""
    with _office(call), call.office.reading() as connection:
        return answer(request, {"reviews": reviews.waiting(connection, call.caller.buckets)})


@router.post("/reviews", openapi_extra=_body(Looked))
def looked(request: Request, call: Signed) -> Response:
    """Say what someone found."""
    with _office(call), call.office.writing() as connection:
        said, by = call.read(Looked), call.caller
        key = (said.table, str(said.rid))
        audit.note(connection, call.office, by.member_id, f"review.{said.verdict}", said.rid)
        reviews.decide(connection, call.office, by.member_id, key, said.field, said.verdict, by.buckets)
    return answer(request, {})


# Everything else counts what lies in cases too, and a count that moves tells that there is one (S22, S24).
_TOLD = ("database", "epoch", "members", "devices", "alarms", "backed_up_at", "wall")


@router.get("/standing")
def stands(request: Request, call: Signed) -> Response:
    """Whether the office is well: people, devices, alarms, the last backup. Counts of records are for the console."""
    with _office(call):
        if not call.caller.actor.everywhere:
            raise not_found()  # counts of the whole office tell of other estates
        stands = standing.now(call.office)
        return answer(request, {"standing": {name: getattr(stands, name) for name in _TOLD}})
