"""One lane of production over a real broker into a real desk, started and ended by a test."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.intake.lane import Lane
from engine.intake.runners import kafka_lanes
from engine.intake.standing import State
from engine.ports import Handler, Record
from engine.settings import KafkaSettings
from tests.integration.intake.room import Room

RUNNERS = ("aiokafka", "faust")
WITHIN = 40.0
"""Seconds after which a condition will not come true any more."""
_groups = count(1)


def settings_for(
    kafka: LocalKafka, topic: str, *, runner: str, group: str = "", **more: Any
) -> KafkaSettings:
    """Settings whose critical lane reads this topic with this runner."""
    return KafkaSettings.model_validate(
        {
            "enabled": True,
            "brokers": kafka.bootstrap,
            "group": group or f"group{next(_groups)}",
            "critical_topic": topic,
            "critical_runner": runner,
            "normal_runner": "aiokafka" if runner == "faust" else "faust",
            "durability": "none",
            "sources": [{"source": "hotline-a"}],
            **more,
        }
    )


@dataclass
class Reader:
    """One lane that is being run; ended by leaving its block."""

    lane: Lane
    task: asyncio.Task[None]
    halted: list[str] = field(default_factory=list)

    @property
    def state(self) -> State:
        return self.lane.standing.now.state

    def caught_up(self, partitions: int) -> bool:
        """Whether so many partitions are read here, and nothing in them is still to be done."""
        standing = self.lane.standing
        return len(standing.partitions) == partitions and standing.now.behind == 0


@asynccontextmanager
async def reading(
    room: Room,
    settings: KafkaSettings,
    *,
    handler: Callable[[Handler], Handler] = lambda inner: inner,
    change: Callable[[Lane], Lane] = lambda lane: lane,
    owner: str = "test",
) -> AsyncIterator[Reader]:
    """Read the critical topic while the block lasts. A halt ends the reading, as it would us."""
    halted: list[str] = []
    ended = asyncio.Event()

    def halt(reason: str) -> None:
        print("halt:", reason)
        halted.append(reason)
        ended.set()

    lane, *_ = kafka_lanes(
        settings,
        door=room.door,
        desk=room.desk,
        reader=room.reader,
        writer=room.writer,
        clock=SystemClock(),
        halt=halt,
        owner=owner,
        metrics=room.metrics,
    )
    lane = change(replace(lane, handler=handler(lane.handler)))
    task = asyncio.create_task(lane.run())
    end = asyncio.create_task(_end(task, ended))
    try:
        yield Reader(lane=lane, task=task, halted=halted)
    finally:
        end.cancel()
        task.cancel()
        await asyncio.gather(task, end, return_exceptions=True)


async def _end(task: asyncio.Task[None], ended: asyncio.Event) -> None:
    await ended.wait()
    task.cancel()


async def until(condition: Callable[[], Any], *, within: float = WITHIN) -> None:
    """Return when it holds; `condition` may be a coroutine function."""
    try:
        async with asyncio.timeout(within):
            while True:
                found = condition()
                if found if not asyncio.iscoroutine(found) else await found:
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"it did not come true within {within:g} s") from None


class Gate:
    """A handler that holds records back until it is opened."""

    def __init__(self, inner: Handler) -> None:
        self._inner = inner
        self.opened = asyncio.Event()
        self.waiting = 0

    async def __call__(self, records: Sequence[Record], *, epoch: int) -> None:
        self.waiting += 1
        try:
            await self.opened.wait()
        finally:
            self.waiting -= 1
        await self._inner(records, epoch=epoch)
