"""The one shape of every answer to a program, good or bad."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

import structlog
from pydantic import BaseModel, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.requests import Request
from starlette.responses import Response

from engine.store.database import NotCommittedError
from schemas.problem import Problem

JSON = "application/json"
RETRY_AFTER = 2  # seconds
log = structlog.get_logger()


class ApiProblem(BaseModel):
    """One thing that is wrong, and what to do about it."""

    code: str = Field(description="A word for programs; the list grows, it never changes meaning.")
    path: str = Field(description="Field path in what was sent; empty means the whole.")
    fix: str = Field(description="What is wrong and what to do, for a person.")
    offset: int | None = Field(default=None, description="Byte offset in what was sent.")


class Answer(BaseModel):
    """What became of one report, or of the whole request."""

    status: int = Field(description="As an HTTP status; in a batch, this report's own.")
    outcome: str = Field(
        description="taken, repeated, equivocation, unreadable, busy, refused or failed."
    )
    id: str = Field(default="", description="The event's own id, where it could be read.")
    reference: str = Field(
        default="", description="Your receipt: the same each time for the same report."
    )
    problems: list[ApiProblem] = Field(default_factory=list)


class BatchAnswer(BaseModel):
    """What became of each report of a batch, in order."""

    status: int = Field(description="202 when all were taken, 207 when their answers differ.")
    outcome: str = "batch"
    items: list[Answer]


class Check(BaseModel):
    """One thing that was looked at."""

    ok: bool
    says: str
    since: datetime | None = Field(
        default=None, description="Since when it is so: as the store knows, or first seen here."
    )


class Ready(BaseModel):
    """Whether reports are taken now, and what is amiss."""

    ready: bool = Field(description="Reports are taken, and what is owed is done.")
    degraded: bool = Field(description="Something is amiss; what is left works.")
    checks: dict[str, Check]


class IntakeKey(BaseModel):
    """The key to seal identities to, this week."""

    key_id: str = Field(description="Send it as `box_key`.")
    public_key: str = Field(description="Base64; seal with libsodium's crypto_box_seal.")


Endpoint = Callable[[Request], Awaitable[Response]]


def told(model: BaseModel, *, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with this model."""
    return Response(
        model.model_dump_json(exclude_none=True),
        status_code=status,
        media_type=JSON,
        headers=dict(headers or {}),
    )


def refusal(
    status: int, code: str, fix: str, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer to a request that was turned away before any report in it was read."""
    problem = ApiProblem(code=code, path="", fix=fix)
    answer = Answer(status=status, outcome="refused", problems=[problem])
    return told(answer, status=status, headers=headers)


def problems_of(problems: Sequence[Problem]) -> list[ApiProblem]:
    """The door's problems as the API shows them."""
    return [
        ApiProblem(code=one.code.value, path=one.path, fix=one.fix, offset=one.offset)
        for one in problems
    ]


def busy() -> Answer:
    """Answer to what could not be stored now, and can be soon."""
    fix = "Not stored: too much is waiting, or the store does not answer. Send the same again soon."
    return Answer(status=503, outcome="busy", problems=[ApiProblem(code="busy", path="", fix=fix)])


def never_a_traceback(endpoint: Endpoint) -> Endpoint:
    """Whatever the endpoint raises, the program gets an answer of the one shape, without a why.

    A store that is away is no fault of the report: many programs never repeat what was a 500.
    """

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (OperationalError, InterfaceError, NotCommittedError) as error:
            log.warning("http.store_away", path=_where(request), error=type(error).__name__)
            return told(busy(), status=503, headers={"Retry-After": str(RETRY_AFTER)})
        except Exception as error:  # the edge: log the kind, tell nothing of the inside
            log.error("http.failed", path=_where(request), error=type(error).__name__)
            return told(
                Answer(
                    status=500,
                    outcome="failed",
                    problems=[
                        ApiProblem(
                            code="failed",
                            path="",
                            fix="The fault is ours and nothing is known to be stored."
                            " Send the same again; if it is urgent, call.",
                        )
                    ],
                ),
                status=500,
            )

    return guarded


def _where(request: Request) -> str:
    """The path without what was filled into it: a gateway's address holds a secret."""
    path = request.url.path
    for given in request.path_params.values():
        path = path.replace(str(given), "...")
    return path


def as_schema(model: type[BaseModel], description: str) -> dict[str, Any]:
    """A response of the API's description."""
    return {"model": model, "description": description}
