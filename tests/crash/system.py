"""The engine under test: real processes that are started again whenever they end, without limit."""

import asyncio
import contextlib
import os
import signal

from engine.clock import SystemClock
from tests.harness.failpoints import DIRECTORY, Failpoints
from tests.harness.house import House

_WALL = SystemClock()
RESTART_PAUSE = 0.1
"""As a supervisor takes."""


class System:
    """A house whose processes are started again, whatever ended them."""

    def __init__(self, house: House) -> None:
        self._house = house
        points = house.directory / DIRECTORY
        points.mkdir(exist_ok=True)
        self.points = Failpoints(points)
        self.ended: list[float] = []
        """When a process was found dead, on the wall clock: killed from outside or by itself."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of its processes."""
        return self._house.names

    async def start(self) -> None:
        """Start it, and return when it serves."""
        await self._house.start()

    async def keep(self) -> None:
        """Start what ends again and again, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name in self.names:
                group.create_task(self._keep(name))

    def kill(self, name: str) -> None:
        """kill -9."""
        self._signal(name, signal.SIGKILL)

    def pause(self, name: str) -> None:
        """Freeze it."""
        self._signal(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let it go on, as if nothing had happened."""
        self._signal(name, signal.SIGCONT)

    async def stop(self) -> None:
        """Ask it to end."""
        await self._house.stop()

    async def _keep(self, name: str) -> None:
        while True:
            await self._house.ended(name)
            self.ended.append(_WALL.now().timestamp())
            await asyncio.sleep(RESTART_PAUSE)
            with contextlib.suppress(RuntimeError):  # it ended again, or is not ready yet
                await self._house.start(name)

    def _signal(self, name: str, number: signal.Signals) -> None:
        pid = self._house.pids.get(name)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
