"""The demo's time: runs fast, and leaps over the hours in which nothing is owed to anybody."""

import asyncio
from datetime import UTC, datetime, timedelta

from engine.clock import Clock, SystemClock


class LeapingClock:
    """Time from `start` on, `factor` times as fast as the machine's, that can leap ahead.

    Everybody who sleeps wakes at the right moment, whether time ran or leapt there. Unlike a very
    fast clock it gives real work (a mail on its way, a page being opened) the time that it takes.
    """

    def __init__(self, *, start: datetime, factor: float, wall: Clock | None = None) -> None:
        """Raises ValueError when `start` is naive or `factor` is not positive."""
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware start, for example datetime(..., tzinfo=UTC)")
        if not factor > 0:
            raise ValueError(f"factor must be above zero, not {factor}")
        self._start = start.astimezone(UTC)
        self._factor = factor
        self._wall = wall or SystemClock()
        self._origin = self._wall.monotonic()
        self._leapt = 0.0
        self._asleep: dict[asyncio.Future[None], None] = {}

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (self._wall.monotonic() - self._origin) * self._factor + self._leapt

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        loop = asyncio.get_running_loop()
        while (left := until - self.monotonic()) > 0:
            woken: asyncio.Future[None] = loop.create_future()
            self._asleep[woken] = None
            timer = loop.call_later(left / self._factor, _wake, woken)
            try:
                await woken
            finally:
                timer.cancel()
                self._asleep.pop(woken, None)
        if seconds <= 0:
            await asyncio.sleep(0)

    def leap(self, until: datetime) -> None:
        """Be at that moment now; a moment that has passed changes nothing."""
        ahead = (until - self.now()).total_seconds()
        if ahead <= 0:
            return
        self._leapt += ahead
        for woken in list(self._asleep):
            _wake(woken)


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)
