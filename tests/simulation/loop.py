"""An event loop in which waiting costs nothing: idle time becomes virtual time at once."""

import asyncio
import selectors
from datetime import datetime, timedelta
from typing import Any


class HungError(RuntimeError):
    """Everybody waits for somebody else and nobody has a timer: a deadlock."""


class HiddenThreadError(RuntimeError):
    """Code under simulation asked for a thread: its interleaving could not be repeated."""


class _Jump(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise HungError("nobody has a timer")
        self.now += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs plain asyncio. The ready queue stays first in, first out: latencies at the ports are
    what varies from seed to seed."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._jump.now

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        raise HiddenThreadError("thread in simulated code")


class VirtualClock:
    """The loop's time, as the engine's clock. `skew` is what a wrong machine clock adds."""

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start
        self.skew = timedelta()

    def now(self) -> datetime:
        return self._start + timedelta(microseconds=round(self._loop.time() * 1e6)) + self.skew

    def true_now(self) -> datetime:
        """The time by a clock that is never wrong."""
        return self._start + timedelta(microseconds=round(self._loop.time() * 1e6))

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))
