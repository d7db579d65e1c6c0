"""The office as an ASGI program: routes, and how every refusal and fault leaves, without a word of what came in."""

from __future__ import annotations

import secrets
from datetime import UTC
from email.utils import format_datetime
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from watmos_desktop.services import log
from watmos_office import admin, outgoing, routes
from watmos_office.door import Door, Limits
from watmos_office.errors import Answer, not_found
from watmos_office.office import Office

# For uvicorn: it would name itself and date answers by the machine's clock, and what it logs may hold addresses.
UVICORN: dict[str, Any] = {
    "server_header": False,
    "date_header": False,
    "access_log": False,
    "log_config": {
        "version": 1,
        "disable_existing_loggers": False,
        "loggers": {"uvicorn": {"level": "CRITICAL", "propagate": False}},
    },
}


def make_app(office: Office, limits: Limits | None = None) -> FastAPI:
    """The program that serves ``office``. Its documentation is not served; ``app.openapi()`` is for tests."""
    app = FastAPI(
        title="WATMOS office",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        responses=outgoing.REFUSALS,
    )
    app.state.door = Door(office, limits or Limits())
    app.include_router(routes.router)
    app.include_router(admin.router)
    app.add_exception_handler(Answer, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _elsewhere)
    app.add_middleware(_Outermost, office=office)
    return app


def refusal(error: Answer) -> Response:
    """A refusal as it is sent."""
    response = Response(
        orjson.dumps({"error": error.code, **error.extra}), error.status, media_type="application/json"
    )
    if error.status in (429, 503):
        wait = getattr(error, "retry_after", None) or 1 + secrets.randbelow(5)
        response.headers["retry-after"] = str(wait)
    return response


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Answer)
    return refusal(error)


def _malformed(_request: Request, _error: Exception) -> Response:
    return refusal(Answer(400, "bad_request"))


def _elsewhere(_request: Request, error: Exception) -> Response:
    """No such address, or not this way: the same bytes as for a record that is not there."""
    assert isinstance(error, HTTPException)
    return refusal(not_found() if error.status_code in (404, 405) else Answer(400, "bad_request"))


class _Outermost:
    """Puts the headers of every answer right, and lets no fault out: neither to the caller nor to a server's log."""

    def __init__(self, app: ASGIApp, office: Office) -> None:
        self._app = app
        self._office = office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def out(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                date = format_datetime(self._office.clock.now().astimezone(UTC), usegmt=True)
                message["headers"] += [(b"date", date.encode()), (b"cache-control", b"no-store")]
            await send(message)

        try:
            await self._app(scope, receive, out)
        except ClientDisconnect:
            return
        except Exception as fault:  # the last place where it can be kept from a traceback with values in it
            log.fault(fault)
            if not begun:
                await refusal(_fault(fault))(scope, receive, out)


def _fault(fault: Exception) -> Answer:
    away = isinstance(fault, OperationalError | PoolTimeout)  # the database is locked, full, or away
    return Answer(503, "busy") if away else Answer(500, "fault")
