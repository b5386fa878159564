"""Answers of programs, over HTTP or a log: the link's token and its code prove whose they are.

The same two secrets open the page, and five wrong codes close both. Nothing of the case is told
here: whoever wants to read it opens the page.
"""

import hashlib
import hmac
from typing import Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from engine.answer_tokens import AnswerTokens
from engine.answer_tokens import digest as digest_of
from engine.case import commands as c
from engine.clock import Clock
from engine.desk import Lane
from engine.ports import Position, Writer
from engine.registry.world import WorldHolder
from engine.store import answer_pages
from engine.store.answer_pages import TokenRow
from schemas.codes import ActionKind, Effect, IncidentCode, Proviso
from schemas.responses import DeclineReason, Refused, Response, ResponseKind, Result, Way

_DIGITS = frozenset("0123456789")
Kinds = Literal[
    "acknowledged",
    "committed",
    "acted",
    "declined",
    "conflict",
    "wrong_contact",
    "passed_on",
    "asks",
    "warns",
    "already_acting",
    "withdraws",
]


class AnswerGiven(BaseModel):
    """An answer as a program sends it. Codes and times only: words belong on the page."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    id: str = Field(
        min_length=1, max_length=300, description="Your own name for this answer: sent twice, once."
    )
    token: str = Field(max_length=200, description="What follows /a/ in the link of our message.")
    code: str = Field(max_length=20, description="The code beside the link.")
    answer: Kinds
    action: ActionKind | None = Field(default=None, description="What is promised or was done.")
    due: AwareDatetime | None = Field(
        default=None, description="By when it is promised, or until when acting would do harm."
    )
    effect: Effect | None = Field(default=None, description="Of what was done.")
    reason: DeclineReason | None = Field(default=None, description="Why it is declined.")
    condition: Proviso | None = Field(
        default=None, description="What the promise waits for on our side."
    )
    passed_on_to: str = Field(
        default="",
        max_length=128,
        description="Our id of the colleague or organisation that has it now, if you know it. "
        "Never a name: left empty, a person of ours asks you.",
    )


class Desk(Protocol):
    """The desk as answers need it."""

    async def submit(
        self, *commands: c.Command, lane: Lane, position: Position | None = None
    ) -> tuple[Result, ...]:
        """One unit, answered after the commit."""
        ...


class ProgramAnswers:
    """Takes answers of programs. One per engine."""

    def __init__(
        self,
        *,
        desk: Desk,
        writer: Writer,
        tokens: AnswerTokens,
        clock: Clock,
        world: WorldHolder,
    ) -> None:
        self._desk = desk
        self._world = world
        self._writer = writer
        self._tokens = tokens
        self._clock = clock

    async def take(
        self, given: AnswerGiven, *, way: Way, position: Position | None = None
    ) -> Result | None:
        """Take one answer; durable when this returns. None: token and code open nothing.

        With a position, an answer or its refusal moves it in the same transaction.
        Raises Busy, Fenced, CommandFailed.
        """
        row = await self._opened(given)
        if row is None:
            return None
        said = given.model_dump_json(exclude={"token", "code", "id"})
        command = c.Respond(
            inbox=c.Inbox(
                source="answer-program",
                id=f"{row.digest[:32]}.{hashlib.sha256(given.id.encode()).hexdigest()[:32]}",
                digest=hashlib.sha256(said.encode()).hexdigest(),
            ),
            alert=row.alert,
            response=Response(
                kind=ResponseKind(given.answer),
                way=way,
                by=row.contact,
                action=given.action,
                due=given.due,
                effect=given.effect,
                reason=given.reason,
                condition=given.condition,
                passed_on_to=self._known(given),
            ),
        )
        (result,) = await self._desk.submit(command, lane=Lane.STOP, position=position)
        if not isinstance(result, Refused):
            now = self._clock.now()
            await self._writer.run(
                lambda conn: answer_pages.note_answered(conn, row.digest, now=now)
            )
        return result

    def _known(self, given: AnswerGiven) -> str:
        """To whom it was passed on, by an id of ours: a name would stay in the journal for ever."""
        registry, id = self._world.registry(), given.passed_on_to.strip()
        if given.answer != "passed_on" or not id:
            return ""
        return id if registry.contact(id) or registry.party(id) else ""

    async def _opened(self, given: AnswerGiven) -> TokenRow | None:
        """The token, if the code is right and it still opens; wrong codes are counted."""
        digest = digest_of(given.token)
        expected = _digits(self._tokens.code_of(given.token))
        right = hmac.compare_digest(_digits(given.code).encode(), expected.encode())
        row, counted = await self._writer.run(
            lambda conn: answer_pages.try_code(conn, digest, right=right)
        )
        if row is None:
            return None
        if row.dead and counted:
            guessed = IncidentCode.ANSWER_CODE_GUESSED
            await self._desk.submit(
                c.RaiseIncident(code=guessed, key=row.alert, severe=False), lane=Lane.CRITICAL
            )
        opens = right and not row.dead and row.expires_at > self._clock.now()
        return row if opens else None


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter in _DIGITS)
