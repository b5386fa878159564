"""The world outside the process: next hops that count, people who answer, hotlines that insist."""

import random  # noqa: TID251 (seeded: the same number, the same schedule)
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from notifiers.channel import Capabilities
from notifiers.message import ChannelKind, Message
from notifiers.outcome import Outcome, OutcomeReason
from schemas.contact import Endpoint
from tests.simulation.process import Process

HANG_SECONDS = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message that really left."""

    at: datetime
    channel: str
    endpoint: str
    key: str
    purpose: str


@dataclass(slots=True)
class World:
    """Survives every crash. The only judge of what was sent."""

    letters: list[Letter] = field(default_factory=list)
    sends: Counter[str] = field(default_factory=Counter)
    unclear: Counter[str] = field(default_factory=Counter)
    listeners: list[Callable[[Letter], None]] = field(default_factory=list)

    def leave(self, letter: Letter) -> None:
        """A message left the house."""
        self.letters.append(letter)
        self.sends[letter.key] += 1
        for listener in self.listeners:
            listener(letter)


_TEMPORARY = (OutcomeReason.BUSY, OutcomeReason.UNREACHABLE, OutcomeReason.SERVER_ERROR)
_PERMANENT = (OutcomeReason.REFUSED_ADDRESS, OutcomeReason.REFUSED_MESSAGE)
_UNKNOWN = (OutcomeReason.NO_ANSWER_AFTER_DATA, OutcomeReason.CONNECTION_LOST_AFTER_DATA)


class SimChannel:
    """The channel port of one process into the world."""

    def __init__(
        self,
        name: str,
        *,
        kind: ChannelKind,
        process: Process,
        world: World,
        rng: random.Random,
        now: Callable[[], datetime],
    ) -> None:
        self._name = name
        self._kind = kind
        self._process = process
        self._world = world
        self._rng = rng
        self._now = now

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(kind=self._kind, concurrency=4)

    async def send(self, message: Message, endpoint: Endpoint) -> Outcome:
        """Try once, with whatever this seed has in store."""
        faults, rng = self._process.faults, self._rng
        draw, seconds = rng.random(), 0.05
        if rng.random() < faults.hang:
            seconds = HANG_SECONDS
        if draw < faults.temporary:
            await self._process.effect("refuse for now", _nothing, seconds=seconds)
            return Outcome.of(rng.choice(_TEMPORARY))
        if draw < faults.temporary + faults.permanent:
            await self._process.effect("refuse for good", _nothing, seconds=seconds)
            return Outcome.of(rng.choice(_PERMANENT))
        unclear = draw < faults.temporary + faults.permanent + faults.unknown
        if unclear and rng.random() < 0.5:
            await self._process.effect("lose", _nothing, seconds=seconds)
            return Outcome.of(rng.choice(_UNKNOWN))
        letters = [
            Letter(
                at=self._now(),
                channel=self._name,
                endpoint=endpoint.id,
                key=key,
                purpose=message.purpose.value,
            )
            for key in (message.key, *message.also)
        ]
        await self._process.effect(
            f"send {endpoint.id}",
            lambda: [self._world.leave(letter) for letter in letters],
            seconds=seconds,
        )
        if unclear:
            self._world.unclear.update((message.key, *message.also))
            return Outcome.of(rng.choice(_UNKNOWN))
        return Outcome.of(OutcomeReason.ACCEPTED)

    async def aclose(self) -> None:
        return


def _nothing() -> None:
    return
