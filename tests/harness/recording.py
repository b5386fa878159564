"""A channel that keeps what it is given and answers as a test told it to."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from notifiers.channel import Capabilities
from notifiers.message import ChannelKind, Message
from notifiers.outcome import Outcome, OutcomeReason
from schemas.contact import Endpoint
from schemas.projection import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One message that really left."""

    at: datetime
    channel: str
    endpoint: str
    """Id of the endpoint."""
    message: Message = field(repr=False)

    @property
    def said(self) -> str:
        """Subject and body, as they are read."""
        return f"{self.message.subject}\n{self.message.body}"

    @property
    def purpose(self) -> Purpose:
        return self.message.purpose

    @property
    def key(self) -> str:
        """Of its notification."""
        return self.message.key


@dataclass(slots=True)
class Post:
    """What lies at every address, and how the next hops behave."""

    sent: list[Sent] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    """Notification key -> how often it left."""
    moods: dict[str, deque[OutcomeReason]] = field(default_factory=dict)
    """Endpoint id -> what the next tries come to; then everything is accepted again."""
    broken: dict[str, OutcomeReason] = field(default_factory=dict)
    """Endpoint id or channel name -> what every try comes to, until mended."""
    hangs: bool = False
    """Whether every try is left without an answer, and without leaving."""


class RecordingChannel:
    """Implements the channel port; `now` says when something left.

    An unknown outcome comes in two kinds: the message left and the answer was lost
    (`NO_ANSWER_AFTER_DATA`), or it never left (`CONNECTION_LOST_AFTER_DATA`). The engine cannot
    tell them apart; the test can.
    """

    def __init__(
        self,
        name: str,
        *,
        kind: ChannelKind,
        post: Post,
        now: Callable[[], datetime],
        before_send: Callable[[Message], Awaitable[None]] | None = None,
    ) -> None:
        self._name = name
        self._kind = kind
        self._post = post
        self._now = now
        self._before_send = before_send

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(kind=self._kind, replies=self._kind is ChannelKind.SMS)

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        """Keep the message, unless the test said that it does not get through."""
        if self._before_send is not None:
            await self._before_send(message)
        if self._post.hangs:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        mood = self._mood(endpoint)
        if mood in (OutcomeReason.ACCEPTED, OutcomeReason.NO_ANSWER_AFTER_DATA):
            self._post.counts.update((message.key, *message.also))
            self._post.sent.append(
                Sent(at=self._now(), channel=self._name, endpoint=endpoint.id, message=message)
            )
        return Outcome.of(mood)

    async def aclose(self) -> None:
        return

    def _mood(self, endpoint: Endpoint) -> OutcomeReason:
        broken = self._post.broken
        if endpoint.id in broken:
            return broken[endpoint.id]
        if self._name in broken:
            return broken[self._name]
        moods = self._post.moods.get(endpoint.id)
        return moods.popleft() if moods else OutcomeReason.ACCEPTED
