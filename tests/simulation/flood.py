"""Once everything is sound: the gravest are told as soon amid a flood as at rest (I21)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from random import Random  # noqa: TID251 (seeded: the same number, the same schedule)

from sqlalchemy import select

from engine.invariants.lanes import TOO_FEW
from engine.store.tables import notifications, situations
from tests.harness.reports import Report, report
from tests.simulation.faults import NO_FAULTS
from tests.simulation.run import Simulation
from tests.simulation.witness import sealed

SHARE = 0.2
"""Of lives, drawn apart: older ones stay as they were up to here."""
LESSER = 150
"""Reports of a flood; the gravest are hidden among them."""
WITHIN = 2.0
"""Seconds in which it comes."""
SLOW = 0.02
"""Seconds an effect takes meanwhile, on average: without, all of it would be done at once."""
UNTIL_TOLD = 120.0
"""Seconds after which each of them has been told long ago."""


class Flood:
    """A hotline that says so much at once. `publish`: says one report until it is taken."""

    def __init__(self, sim: Simulation, publish: Callable[[Report], Awaitable[None]]) -> None:
        self._sim, self._publish = sim, publish
        self._rng = Random(f"{sim.seed}/flood")
        self._comes = self._rng.random() < SHARE
        self._asked: dict[str, datetime] = {}

    async def live(self) -> None:
        """The gravest one by one, and then as many amid the flood; tell the judge how long."""
        sim = self._sim
        if not self._comes:
            return
        sim.faults = replace(NO_FAULTS, slow=SLOW)
        for n in range(TOO_FEW):
            await self._grave(f"rest-{n}", 0.0)
            await asyncio.sleep(WITHIN)
        await asyncio.sleep(UNTIL_TOLD)
        grave = [self._grave(f"flood-{n}", self._soon()) for n in range(TOO_FEW)]
        lesser = [self._say("surveillance", f"lesser-{n}", self._soon()) for n in range(LESSER)]
        await asyncio.gather(*grave, *lesser)
        await asyncio.sleep(UNTIL_TOLD)
        sim.faults = NO_FAULTS
        sim.outside.calm_seconds = self._took("rest-")
        sim.outside.flood_seconds = self._took("flood-")
        sim.counts["a flood"] += 1
        sim.say(f"amid a flood the gravest took {max(sim.outside.flood_seconds):.3f} s at most")

    def _soon(self) -> float:
        return self._rng.uniform(0.0, WITHIN)

    async def _grave(self, name: str, after: float) -> None:
        await self._say("abduction", name, after)

    async def _say(self, code: str, name: str, after: float) -> None:
        await asyncio.sleep(after)
        self._asked[name] = self._sim.now()
        said = report(
            code,
            id=name,
            situation=f"situation-{name}",
            subject=f"subject-{name}",
            country="QR",
            certainty="confirmed",
            sealed=sealed(name),
        )
        await self._publish(said)

    def _took(self, names: str) -> list[float]:
        """Seconds from each report to when the first page of its case was handed on."""
        left: dict[str, datetime] = {}
        for letter in self._sim.world.letters:
            left.setdefault(letter.key, letter.at)
        of = situations.c.case_id == notifications.c.case_id
        known = select(situations.c.situation, notifications.c.key).join(notifications, of)
        first: dict[str, datetime] = {}
        for row in self._sim.look_at(known):
            name = row.situation.removeprefix("situation-")
            if name.startswith(names) and row.key in left:
                first[name] = min(left[row.key], first.get(name, left[row.key]))
        return [(at - self._asked[name]).total_seconds() for name, at in first.items()]
