"""Who waits for what moment of the story, so that time can leap to the next one and no further."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count

from engine.demo.clock import LeapingClock


class StoryTime:
    """The demo's clock, with a list of those who sleep until a moment and those who are busy."""

    def __init__(self, clock: LeapingClock) -> None:
        self.clock = clock
        self._number = count()
        self._asleep: dict[int, datetime] = {}
        self._busy = 0

    @property
    def busy(self) -> bool:
        """Whether somebody does something right now, so that time must not leap."""
        return self._busy > 0

    @property
    def next_wake(self) -> datetime | None:
        """When the next of them wakes."""
        return min(self._asleep.values(), default=None)

    async def pause(self, seconds: float) -> None:
        """Sleep that long, by the story."""
        mine = next(self._number)
        self._asleep[mine] = self.clock.now() + timedelta(seconds=seconds)
        try:
            await self.clock.sleep(seconds)
        finally:
            self._asleep.pop(mine, None)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """While this is open, time does not leap."""
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
