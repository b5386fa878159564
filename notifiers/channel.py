"""The port: what the sender knows of a way to tell somebody.

A channel tries once. It never retries, has no clock and no database, and raises nothing for a
delivery problem: whatever happened is an `Outcome`. What cannot be known after something was sent
is `UNKNOWN`, never failed, because a failed message goes another way and an unknown one is told
again under the same key.
"""

from dataclasses import dataclass
from typing import Protocol

from notifiers.message import ChannelKind, HowToAnswer, Message
from notifiers.outcome import Outcome, OutcomeReason, OutcomeState
from schemas.contact import Endpoint

__all__ = [
    "Capabilities",
    "Channel",
    "ChannelKind",
    "Endpoint",
    "HowToAnswer",
    "Message",
    "Outcome",
    "OutcomeReason",
    "OutcomeState",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can do, so that nobody has to ask for its type."""

    kind: ChannelKind
    """Whose wording suits it: hand this to `render`."""
    receipts: bool = False
    """Whether it later says that a message was delivered."""
    replies: bool = False
    """Whether an answer can come back the same way."""
    list_safe: bool = False
    """Whether one address is certainly one recipient; never true of e-mail."""
    max_length: int | None = None
    """Characters of a body; None: no limit that matters."""
    concurrency: int = 8
    """How many sends at once are of use; more only wait for a connection."""


class Channel(Protocol):
    """One configured way to tell somebody."""

    @property
    def name(self) -> str:
        """As in the settings and in `Endpoint.channel`."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        """Try once to hand the message on. May take as long as its time-outs add up to."""
        ...

    async def aclose(self) -> None:
        """Give kept connections back. Nothing in flight is waited for."""
        ...
