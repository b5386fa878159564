"""The loopback door: how the command line reaches a running engine.

Only this machine, only whoever may read the token file (its owner), and every request as a person
who is logged in. It is no part of the pages, so that no proxy can ever expose it.
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.admin.errors import NotCarriedOutError
from engine.admin.house import House
from engine.admin.operation import perform
from engine.admin.table import OPERATIONS

BYTES_MAX = 2 * 1024 * 1024
_log = structlog.get_logger(__name__)


class _Asking(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = Field(max_length=40)
    args: dict[str, Any] = {}
    session: str = Field(default="", max_length=128)
    request: str = Field(default="", max_length=64)


class _LoggingIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    person: str = Field(max_length=64)
    password: SecretStr
    code: str = Field(max_length=12)


class Door:
    """What the loopback server answers."""

    def __init__(self, house: House, *, token: str) -> None:
        self._house = house
        self._token = token

    def app(self) -> Starlette:
        """The application of the loopback server."""
        return Starlette(
            routes=[
                Route("/admin/command", self.command, methods=["POST"]),
                Route("/admin/login", self.login, methods=["POST"]),
            ]
        )

    async def command(self, request: Request) -> Response:
        """Carry out one operation."""
        if not self._opens(request):
            return _said({"ok": False, "ending": "who", "what": "This is not the engine's token."})
        try:
            asking = _Asking.model_validate_json(await _body(request))
        except ValidationError:
            return _said({"ok": False, "ending": "usage", "what": "The request is not understood."})
        return _said(
            await answer(
                self._house,
                name=asking.name,
                args=asking.args,
                session=asking.session,
                request=asking.request,
            )
        )

    async def login(self, request: Request) -> Response:
        """Open a session for a person who proves both factors."""
        if not self._opens(request):
            return _said({"ok": False, "ending": "who", "what": "This is not the engine's token."})
        try:
            asking = _LoggingIn.model_validate_json(await _body(request))
        except ValidationError:
            return _said({"ok": False, "ending": "usage", "what": "The request is not understood."})
        session = await self._house.services.people.log_in(
            person=asking.person,
            password=asking.password.get_secret_value(),
            code=asking.code.replace(" ", ""),
        )
        return _said(logged_in(session))

    def _opens(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())


async def answer(
    house: House, *, name: str, args: Mapping[str, Any], session: str, request: str
) -> dict[str, Any]:
    """Perform an operation; the same object travels over the door and within one process."""
    try:
        result = await perform(
            OPERATIONS, house, name=name, args=args, session=session, request=request
        )
    except NotCarriedOutError as error:
        return {
            "ok": False,
            "ending": error.ending,
            "what": error.what,
            "next_step": error.next_step,
        }
    except SQLAlchemyError as error:
        _log.error("operation_failed", operation=name, error=type(error).__name__)
        return {
            "ok": False,
            "ending": "not_durable",
            "what": "The database did not take it; nothing was changed.",
            "next_step": "Run `tocsin doctor`, then send the command again.",
        }
    plain: dict[str, Any] = json.loads(orjson.dumps(dict(result), default=str))
    return {"ok": True, "result": plain}


def logged_in(session: str | None) -> dict[str, Any]:
    """The answer to a log-in."""
    if session is None:
        return {
            "ok": False,
            "ending": "who",
            "what": "That did not match.",
            "next_step": "Check name, password and code, and wait for the next six digits: each "
            "works once. After several wrong tries you have to wait a while.",
        }
    return {"ok": True, "result": {"session": session}}


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BYTES_MAX:
            return b""
    return bytes(body)


def _said(content: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(content, default=str), media_type="application/json")
