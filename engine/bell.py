"""A bell: how one loop tells another that there is something to do, before its time is up."""

import asyncio

from engine.clock import Clock


class Bell:
    """Rung by anybody, heard by one loop. A ring while nobody listens is kept."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the loop that waits, or that will."""
        self._rung.set()

    async def heard(self) -> None:
        """Return when rung."""
        await self._rung.wait()
        self._rung.clear()

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Return when rung, or after that many seconds on this clock."""
        if not self._rung.is_set() and seconds > 0:
            ring = asyncio.ensure_future(self._rung.wait())
            time = asyncio.ensure_future(clock.sleep(seconds))
            try:
                await asyncio.wait((ring, time), return_when=asyncio.FIRST_COMPLETED)
            finally:
                ring.cancel()
                time.cancel()
        self._rung.clear()
