"""Time, handed in: the only module that may read the wall clock.

Everything that waits or stamps takes a `Clock`, so that a test says `advance(minutes=30)` and the
demo lives through a night in a minute. Pure code takes `now` and no clock at all.
"""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits for it. Every clock runs forward only."""

    def now(self) -> datetime:
        """The time of day, aware and in UTC. May step back when the machine's clock is set."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed moment. Never goes back: for deadlines and durations."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long on this clock. Zero or less gives the others one turn."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


def since_boot() -> float:
    """Seconds since this machine started, its sleep included where the system counts that."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class FastClock:
    """Time that runs `factor` times as fast as the machine's, from `start` on: for the demo.

    Both readings come from the monotonic clock, so setting the machine's clock changes nothing.
    Raises ValueError when `factor` is not positive or `start` is naive.
    """

    def __init__(self, *, factor: float, start: datetime) -> None:
        if not factor > 0:
            raise ValueError(f"factor must be above zero, not {factor}")
        self._factor = factor
        self._start = _in_utc(start)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._origin) * self._factor

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) / self._factor)


class ManualClock:
    """Time that stands still until told to move: for tests.

    `advance` wakes sleepers in the order of their due times, showing each of them its own due time,
    and lets the loop settle after each. Sleepers due at the same instant wake in the order they lay
    down. Belongs to one event loop. Raises ValueError when `start` is naive.

    `settle` is awaited before time moves and after each waking. The default gives the woken tasks
    SETTLE_TURNS turns of the loop, which is enough where nothing but the clock is waited for. Where
    a thread or a socket takes part, hand in something that returns when all of it is at rest.
    """

    SETTLE_TURNS = 50

    def __init__(
        self, start: datetime, *, settle: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._start = _in_utc(start)
        self._settle = settle or self._give_turns
        self._elapsed = (
            timedelta()
        )  # exact to the microsecond: sums of floats drift past a due time
        self._order = count()
        self._sleepers: list[tuple[timedelta, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + self._elapsed

    def monotonic(self) -> float:
        return self._elapsed.total_seconds()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        due = self._elapsed + max(timedelta(seconds=seconds), timedelta.resolution)
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (due, next(self._order), woken))
        await woken

    async def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        """Let that much time pass; sleepers that lie down on the way are woken as well.

        Raises ValueError when the sum is negative: time does not go back.
        """
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if span < timedelta():
            raise ValueError(f"time does not go back: asked to advance by {span.total_seconds()} s")
        until = self._elapsed + span
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            due, _, woken = heapq.heappop(self._sleepers)
            if woken.done():  # its task was cancelled while asleep
                continue
            self._elapsed = due
            woken.set_result(None)
            await self._settle()
        self._elapsed = until

    async def _give_turns(self) -> None:
        for _ in range(self.SETTLE_TURNS):
            await asyncio.sleep(0)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a clock needs an aware start, for example datetime(..., tzinfo=UTC)")
    return moment.astimezone(UTC)
