"""`POST /v1/answers`: a program of a recipient's answers, with the link's token and its code."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from engine.desk import Busy, CommandFailed
from engine.program_answers import AnswerGiven, ProgramAnswers
from engine.web.api.answers import RETRY_AFTER, Answer, refusal, told
from engine.web.api.body import BodyRefusedError, read_body
from schemas.responses import Refused, Way

BYTES_MOST = 4 * 1024


class Answering:
    """The endpoint and what it needs."""

    def __init__(self, answers: ProgramAnswers) -> None:
        self._answers = answers

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
            result = await self._answers.take(given, way=Way.API)
        except (Busy, CommandFailed):
            return refusal(
                503,
                "busy",
                "Not stored: send the same again soon.",
                headers={"Retry-After": str(RETRY_AFTER)},
            )
        if result is None:
            return refusal(403, "not_authorised", "Token and code do not open anything. Call us.")
        if isinstance(result, Refused):
            return refusal(409, result.reason.value, result.detail or "This cannot be recorded.")
        return told(Answer(status=202, outcome="taken", id=given.id), status=202)
