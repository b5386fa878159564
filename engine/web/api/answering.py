"""`POST /v1/answers`: a program of a recipient's answers, with the link's token and its code.

The same two secrets open the page, and five wrong codes close both. Nothing of the case is shown
here: whoever wants to read it opens the page.
"""

import hashlib
import hmac
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from engine.answer_tokens import AnswerTokens
from engine.answer_tokens import digest as digest_of
from engine.case import commands as c
from engine.clock import Clock
from engine.desk import Busy, CommandFailed, Lane
from engine.ports import Writer
from engine.replies import Desk
from engine.store import answer_pages
from engine.store.answer_pages import TokenRow
from engine.web.api.answers import RETRY_AFTER, Answer, refusal, told
from engine.web.api.body import BodyRefusedError, read_body
from schemas.codes import ActionKind, Effect, IncidentCode, Proviso
from schemas.responses import DeclineReason, Refused, ResponseKind, Way
from schemas.responses import Response as Said

BYTES_MOST = 4 * 1024
_DIGITS = frozenset("0123456789")
_PROGRAM_KINDS = Literal[
    "acknowledged",
    "committed",
    "acted",
    "declined",
    "conflict",
    "wrong_contact",
    "asks",
    "warns",
    "already_acting",
    "withdraws",
]


class AnswerGiven(BaseModel):
    """An answer as a program sends it. Codes and times only: words belong on the page."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    id: str = Field(
        min_length=1, max_length=100, description="Your own name for this answer: sent twice, once."
    )
    token: str = Field(max_length=200, description="What follows /a/ in the link of our message.")
    code: str = Field(max_length=20, description="The code beside the link.")
    answer: _PROGRAM_KINDS = Field(description="Passing on needs words: use the page for that.")
    action: ActionKind | None = Field(default=None, description="What is promised or was done.")
    due: AwareDatetime | None = Field(
        default=None, description="By when it is promised, or until when acting would do harm."
    )
    effect: Effect | None = Field(default=None, description="Of what was done.")
    reason: DeclineReason | None = Field(default=None, description="Why it is declined.")
    condition: Proviso | None = Field(
        default=None, description="What the promise waits for on our side."
    )


class Answering:
    """The endpoint and what it needs."""

    def __init__(self, *, desk: Desk, writer: Writer, tokens: AnswerTokens, clock: Clock) -> None:
        self._desk = desk
        self._writer = writer
        self._tokens = tokens
        self._clock = clock

    async def post(self, request: Request) -> Response:
        """Take one answer; 202 when it is durable."""
        try:
            given = AnswerGiven.model_validate_json(await read_body(request, most=BYTES_MOST))
        except BodyRefusedError as error:
            return refusal(error.status, error.code, error.fix)
        except ValidationError as error:
            paths = sorted({".".join(map(str, one["loc"])) for one in error.errors()})
            return refusal(400, "invalid", f"Look at: {', '.join(paths)[:200] or 'the JSON'}.")
        try:
            return await self._take(given)
        except (Busy, CommandFailed):
            return refusal(
                503,
                "busy",
                "Not stored: send the same again soon.",
                headers={"Retry-After": str(RETRY_AFTER)},
            )

    async def _take(self, given: AnswerGiven) -> Response:
        row = await self._judged(given)
        if row is None:
            return refusal(403, "not_authorised", "Token and code do not open anything. Call us.")
        said = given.model_dump_json(exclude={"token", "code", "id"})
        command = c.Respond(
            inbox=c.Inbox(
                source="answer-api",
                id=f"{row.digest[:32]}.{hashlib.sha256(given.id.encode()).hexdigest()[:32]}",
                digest=hashlib.sha256(said.encode()).hexdigest(),
            ),
            alert=row.alert,
            response=Said(
                kind=ResponseKind(given.answer),
                way=Way.API,
                by=row.contact,
                action=given.action,
                due=given.due,
                effect=given.effect,
                reason=given.reason,
                condition=given.condition,
            ),
        )
        (result,) = await self._desk.submit(command, lane=Lane.STOP)
        if isinstance(result, Refused):
            return refusal(409, result.reason.value, result.detail or "This cannot be recorded.")
        now = self._clock.now()
        await self._writer.run(lambda conn: answer_pages.note_answered(conn, row.digest, now=now))
        return told(Answer(status=202, outcome="taken", id=given.id), status=202)

    async def _judged(self, given: AnswerGiven) -> TokenRow | None:
        """The token, if the code is right and it still opens; wrong codes are counted."""
        digest = digest_of(given.token)
        expected = _digits(self._tokens.code_of(given.token))
        right = hmac.compare_digest(_digits(given.code).encode(), expected.encode())
        row, counted = await self._writer.run(
            lambda conn: answer_pages.try_code(conn, digest, right=right)
        )
        if row is not None and row.dead and counted:
            guessed = IncidentCode.ANSWER_CODE_GUESSED
            await self._desk.submit(
                c.RaiseIncident(code=guessed, key=row.alert, severe=False), lane=Lane.CRITICAL
            )
        opens = row is not None and right and not row.dead
        return row if opens and row is not None and row.expires_at > self._clock.now() else None


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter in _DIGITS)
