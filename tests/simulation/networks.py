"""Networks that carry messages: what they say became of one that they took."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from engine.case import commands as c
from engine.desk import Lane
from tests.simulation.outside import Letter

if TYPE_CHECKING:
    from tests.simulation.run import Simulation


class Networks:
    """Receipts: some late, some twice, some that contradict each other, some thirty times."""

    def __init__(
        self,
        sim: "Simulation",
        *,
        begin: Callable[[Coroutine[Any, Any, None]], None],
        submit: Callable[[c.Command, Lane, str], Awaitable[Any]],
    ) -> None:
        self._sim = sim
        self._begin = begin
        self._submit = submit

    def took(self, letter: Letter) -> None:
        """A message left: what will be said of it."""
        rng, faults = self._sim.rng, self._sim.faults
        bounces = rng.random() < faults.bounced
        if not bounces and (letter.channel != "sms" or rng.random() < 0.3):
            return
        self._sim.counts["accepted, and then it bounced"] += bounces
        storm = rng.random() < faults.storm
        self._sim.counts["a storm of callbacks"] += storm
        for _ in range(30 if storm else 1):
            self._begin(self._receipts(letter, arrives=not bounces))

    async def _receipts(self, letter: Letter, *, arrives: bool) -> None:
        rng = self._sim.rng
        while True:
            await asyncio.sleep(rng.expovariate(1 / rng.choice((0.05, 5.0, 300.0))))
            if letter in self._sim.world.forgotten:
                return  # by its key nobody could tell it from the one that comes again
            command = c.DeliveryReported(channel=letter.channel, key=letter.key, delivered=arrives)
            await self._submit(command, Lane.NORMAL, f"receipt {letter.key[:8]}")
            if rng.random() < 0.6:
                return
            arrives = arrives if rng.random() < 0.7 else not arrives
