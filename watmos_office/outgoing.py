"""What every address shares on the way out: answers packed where that helps, and how the OpenAPI document says it."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Request, Response
from pydantic import BaseModel

from watmos_desktop.services.sync import wire

_PACK_FROM = 512  # bytes; below that, packing costs more than it saves


class Refusal(BaseModel):
    """Every refusal: a code, never a value."""

    error: str


REFUSALS: dict[int | str, dict[str, Any]] = {"default": {"description": "Refused", "model": Refusal}}
BYTES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def body(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a body that door.py reads, for ``openapi_extra``."""
    schema = model.model_json_schema()
    whole = _inlined(schema, schema.pop("$defs", {}))
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": whole}}}}


def _inlined(schema: Any, named: dict[str, Any]) -> Any:
    """The schema without references, which would point elsewhere in the document that it becomes part of."""
    if isinstance(schema, list):
        return [_inlined(one, named) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(reference := schema.get("$ref"), str):
        return _inlined(named[reference.rpartition("/")[2]], named)
    return {key: _inlined(value, named) for key, value in schema.items()}


def answer(request: Request, found: dict[str, Any]) -> Response:
    """An object as JSON (dataclasses, UUIDs and moments too), packed when the device says it can open that."""
    said = orjson.dumps(found)
    headers = {}
    if len(said) > _PACK_FROM and "zstd" in request.headers.get("accept-encoding", ""):
        said, headers = wire.pack(said), {"content-encoding": "zstd"}
    return Response(said, media_type="application/json", headers=headers)
