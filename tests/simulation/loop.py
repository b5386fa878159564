"""An event loop in which waiting costs nothing: idle time becomes virtual time at once."""

import asyncio
import math
import selectors
from datetime import datetime, timedelta
from random import Random  # noqa: TID251 (seeded: the same number, the same schedule)
from typing import Any

TIES = 1e-6
"""Seconds, at most, by which a timer comes late: two that are due at once come in either order."""


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
    """Runs plain asyncio. What is ready goes first in, first out, as asyncio promises its users;
    the seed decides how long each effect takes, and which of two timers of one instant goes first.
    """

    def __init__(self, rng: Random | None = None) -> None:
        self._jump = _Jump()
        self._ties = rng
        super().__init__(self._jump)
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._jump.now

    def call_at(self, when: float, callback: Any, *args: Any, **more: Any) -> asyncio.TimerHandle:
        late = 0.0 if self._ties is None else self._ties.random() * TIES
        return super().call_at(when + late, callback, *args, **more)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        raise HiddenThreadError("thread in simulated code")


class VirtualClock:
    """The loop's time, as the engine's clock. `skew` is what a wrong machine clock adds.

    A `factor` above one makes it a slow clock: it takes so many seconds for one of its own. The
    engine looks after its neighbours every second of the machine's clock; on a slow one that costs
    a simulation little, and nothing else about it changes.
    """

    def __init__(self, loop: VirtualLoop, start: datetime, *, factor: float = 1.0) -> None:
        self._loop = loop
        self._start = start
        self.factor = factor
        self.skew = timedelta()

    def now(self) -> datetime:
        return self.true_now() + self.skew

    def true_now(self) -> datetime:
        """The time by a clock that is never wrong."""
        return self._start + timedelta(microseconds=round(self._loop.time() * 1e6))

    def monotonic(self) -> float:
        return self._loop.time() / self.factor

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds) * self.factor)


class HostClock:
    """The clock of one machine, kept by NTP: never further from the town's than `off` seconds,
    slewed and never set. Whatever befalls the town's clock befalls it as well.
    """

    SLEW = 500e-6
    """Seconds in a second, at most: what NTP slews a clock by."""

    def __init__(self, town: VirtualClock, *, off: float, rng: Random) -> None:
        self._town = town
        self._off = off
        self._began = rng.random() * math.tau
        self.monotonic = town.monotonic
        self.sleep = town.sleep

    def now(self) -> datetime:
        turned = self._began + self._town.monotonic() * self.SLEW / self._off
        return self._town.now() + timedelta(seconds=self._off * math.sin(turned))
