"""The production engine, put together over whatever clock, store and channels a test has."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from nacl.public import PrivateKey

from engine.answer_tokens import AnswerTokens
from engine.clock import Clock
from engine.desk import Desk
from engine.desk.pacing import Pacing
from engine.entropy import Entropy, SeededEntropy
from engine.intake.door import Door, Taken
from engine.intake.scope import EVERY_AUDIENCE, Scope, only
from engine.metrics import Metrics
from engine.ports import Halt, Writer
from engine.registry.world import World, WorldHolder
from engine.sender import Sender, Sign
from engine.timers import run_timers
from engine.vault import DeploymentKeys, EpochKeys, Secret, Vault
from notifiers.channel import Channel
from schemas.codes import EventType, Severity
from schemas.responses import Way

SIGN = Sign(answer_url="https://answer.example", board_url="https://board.example", phone="+00 1")
MASTER = bytes(range(32))
ONCE_A_DAY = 86_400.0


class HaltedError(RuntimeError):
    """The engine left by its own decision."""


class HurriedClock:
    """The same time, on which the short pauses between messages take none of it.

    So that what is decided at 22:00 is sent and settled at 22:00, while time stands still.
    """

    SHORT = 1.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.now = clock.now
        self.monotonic = clock.monotonic

    async def sleep(self, seconds: float) -> None:
        await (asyncio.sleep(0) if seconds < self.SHORT else self._clock.sleep(seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The engine's parts over these ports. Several may live in one interpreter."""

    world: WorldHolder
    desk: Desk
    door: Door
    vault: Vault
    answers: AnswerTokens
    metrics: Metrics

    async def publish(self, body: bytes, *, source: str) -> Taken:
        """A report of a publisher that may say everything."""
        scope = Scope(
            source=source,
            types=frozenset(EventType),
            ceiling=Severity.CRITICAL,
            audiences=EVERY_AUDIENCE,
        )
        return await self.door.take(body, scopes=only(scope), way=Way.API)


def parts(
    *,
    writer: Writer,
    clock: Clock,
    entropy: Entropy,
    world: World,
    halt: Halt,
    instance: str,
    topic: str = "",
    pacing: Pacing | None = None,
) -> Parts:
    """Put desk and door together. `topic`: of the outbox, where a relay runs."""
    keys = DeploymentKeys.derive(MASTER)
    private = PrivateKey(bytes(reversed(MASTER)))
    name = "intake-2027w09"
    vault = Vault(
        EpochKeys(
            current=name,
            public={name: bytes(private.public_key)},
            private={name: Secret(bytes(private))},
        ),
        entropy=entropy,
    )
    holder = WorldHolder(world)
    answers, metrics = AnswerTokens(keys.answer), Metrics()
    desk = Desk(
        writer=writer,
        world=holder,
        clock=clock,
        entropy=entropy,
        ref_key=keys.reference,
        answers=answers,
        halt=halt,
        instance=instance,
        publish=topic,
        pacing=pacing,
    )
    door = Door(
        desk=desk,
        world=holder,
        clock=clock,
        vault=vault,
        receipt_key=keys.receipt,
        metrics=metrics,
    )
    return Parts(world=holder, desk=desk, door=door, vault=vault, answers=answers, metrics=metrics)


def halting(reason: str) -> NoReturn:
    """Leave."""
    raise HaltedError(reason)


class Engine:
    """The parts and their loops, in the tasks of one event loop."""

    def __init__(
        self,
        made: Parts,
        *,
        clock: Clock,
        channels: Iterable[Channel],
        close: Callable[[], None],
    ) -> None:
        self.parts = made
        self.desk = made.desk
        self._clock = clock
        self._channels = tuple(channels)
        self._close = close
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def publish(self, body: bytes, *, source: str) -> Taken:
        """A report of a publisher that may say everything."""
        return await self.parts.publish(body, source=source)

    def start(self) -> None:
        """Run the loops."""
        self._run("desk", self.desk.run())
        self._run("timers", run_timers(self.desk, clock=self._clock, poll_seconds=ONCE_A_DAY))
        self.start_sender()

    def start_sender(self) -> None:
        """Send from now on."""
        sender = Sender(
            desk=self.desk,
            channels=self._channels,
            clock=HurriedClock(self._clock),
            sign=SIGN,
            poll_seconds=ONCE_A_DAY,
        )
        self._run("sender", sender.run())

    async def stop_sender(self) -> None:
        """Send nothing more for now."""
        await self._end("sender")

    async def stop(self) -> None:
        """End every loop, then the store."""
        for name in ("sender", "timers", "desk"):
            await self._end(name)
        self._close()

    def failed(self) -> Sequence[BaseException]:
        """What ended a loop that should still run."""
        ended = (task for task in self._tasks.values() if task.done() and not task.cancelled())
        return [error for task in ended if (error := task.exception()) is not None]

    def _run(self, name: str, loop: "asyncio._CoroutineLike[None]") -> None:
        self._tasks[name] = asyncio.get_running_loop().create_task(loop, name=name)

    async def _end(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def entropy_of(seed: int | str) -> Entropy:
    """Chance that repeats itself."""
    return SeededEntropy(seed)
