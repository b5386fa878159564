"""`POST /v1/events`: one report or a batch; each gets its own answer, none is lost in silence."""

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from engine.clock import Clock
from engine.desk.lanes import Busy, CommandFailed
from engine.intake.cloudevents import Content, Message, content_of, from_http
from engine.intake.door import Door, Outcome, Taken
from engine.intake.keys import SourceKeys
from engine.intake.scope import Scope, only
from engine.metrics import Metrics
from engine.web.api.answers import (
    RETRY_AFTER,
    Answer,
    ApiProblem,
    BatchAnswer,
    busy,
    problems_of,
    refusal,
    told,
)
from engine.web.api.body import BodyRefusedError, read_body
from schemas.limits import BATCH_BYTES, LIMITS, UnreadableJsonError, split
from schemas.problem import Fault
from schemas.responses import Way

_STATUS = {
    Outcome.TAKEN: 202,
    Outcome.REPEATED: 202,
    Outcome.EQUIVOCATION: 409,
    Outcome.UNREADABLE: 400,
}
_EQUIVOCATION = ApiProblem(
    code="equivocation",
    path="id",
    fix="This id came before with other content. The first stays, this one is kept aside and a"
    " person is told. Send what is new under a new id.",
)


class Events:
    """The endpoint and what it needs."""

    def __init__(self, *, door: Door, keys: SourceKeys, clock: Clock, metrics: Metrics) -> None:
        self._door = door
        self._keys = keys
        self._clock = clock
        self._metrics = metrics

    async def post(self, request: Request) -> Response:
        """Take one report, or a batch. The answer means: durable, or not stored."""
        response = await self._post(request)
        if response.status_code in (401, 408, 413, 415):
            self._metrics.refused(status=response.status_code)
        return response

    async def _post(self, request: Request) -> Response:
        scope = await self._keys.recognise(request.headers.get("authorization", ""))
        if scope is None:
            return refusal(
                401,
                "not_authorised",
                "Send `Authorization: Bearer tocsin_…` with a key that is still valid.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        headers = {name.lower(): value for name, value in request.headers.items()}
        binary = any(name.startswith("ce-") for name in headers)
        try:
            content = content_of(headers.get("content-type", ""), binary=binary)
            most = BATCH_BYTES if content is not Content.BINARY else LIMITS.bytes
            body = await read_body(request, most=most)
        except UnreadableJsonError as error:
            return refusal(415, error.problem.code.value, error.problem.fix)
        except BodyRefusedError as error:
            return refusal(error.status, error.code, error.fix)
        began = self._clock.monotonic()
        plain_list = content is Content.ONE and body.lstrip(b" \t\r\n")[:1] == b"["
        if content is Content.MANY or plain_list:
            response = await self._many(body, scope)
        else:
            response = await self._one(headers, body, scope)
        self._metrics.answered(self._clock.monotonic() - began)
        return response

    async def _one(self, headers: Mapping[str, str], body: bytes, scope: Scope) -> Response:
        try:
            message = from_http(headers, body)
        except UnreadableJsonError as error:
            return refusal(400, error.problem.code.value, error.problem.fix)
        answer = await self._take(message, scope)
        retry = {"Retry-After": str(RETRY_AFTER)} if answer.status == 503 else {}
        return told(answer, status=answer.status, headers=retry)

    async def _many(self, body: bytes, scope: Scope) -> Response:
        try:
            parts = split(body)
        except UnreadableJsonError as error:
            answer = Answer(
                status=413 if error.problem.code is Fault.TOO_LARGE else 400,
                outcome="unreadable",
                problems=problems_of([error.problem]),
            )
            return told(answer, status=answer.status)
        # Side by side, so that one disk write serves many; the desk keeps their order.
        items = list(
            await asyncio.gather(*(self._take(Message(body=part), scope) for part in parts))
        )
        statuses = {item.status for item in items} or {202}
        status = statuses.pop() if len(statuses) == 1 else 207
        retry = {"Retry-After": str(RETRY_AFTER)} if any(i.status == 503 for i in items) else {}
        return told(BatchAnswer(status=status, items=items), status=status, headers=retry)

    async def _take(self, message: Message, scope: Scope) -> Answer:
        try:
            taken = await self._door.take(message, scopes=only(scope), way=Way.API)
        except (Busy, CommandFailed):
            return busy()
        return _answer(taken)


def _answer(taken: Taken) -> Answer:
    problems = problems_of(taken.problems)
    if taken.outcome is Outcome.EQUIVOCATION:
        problems = [_EQUIVOCATION]
    status = _STATUS[taken.outcome]
    if any(one.code is Fault.TOO_LARGE for one in taken.problems):
        status = 413
    return Answer(
        status=status,
        outcome=taken.outcome,
        id=taken.id,
        reference=taken.reference,
        problems=problems,
    )
