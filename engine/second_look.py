"""A second look at whoever was told, each time another registry comes into force.

Every claim judges over the registry as it is now, but a case that waits for answers claims nothing
for days. Whoever became tied to its perpetrator meanwhile has an open page: it is closed now, and a
person hears what was seen. A registry that was looked at is remembered in the store; one that came
into force while nobody ran is looked at when an engine starts.
"""

import asyncio
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.case.commands import Recheck
from engine.clock import Clock
from engine.desk import Busy, CommandFailed, Desk, Lane, StoreUnavailable
from engine.ports import Reader, Writer
from engine.registry.world import WorldHolder
from engine.store import alerts, meta

_log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
CASES_AT_ONCE = 16
RECHECKED = "rechecked"
"""In `meta`: the version of the registry over which everybody told was last judged."""


class SecondLook:
    """Judges everybody told again after each change of the registry, until cancelled."""

    def __init__(
        self, *, desk: Desk, world: WorldHolder, reader: Reader, writer: Writer, clock: Clock
    ) -> None:
        self._desk = desk
        self._world = world
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._done = ""

    async def run(self) -> None:
        """Look every second whether another registry is in force."""
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, Busy, StoreUnavailable) as error:  # all of it once more
                _log.warning("second_look_waits", error=type(error).__name__)
            await self._clock.sleep(LOOK_EVERY)

    async def look(self) -> int:
        """Look once; return how many cases were judged again.

        Raises Busy, SQLAlchemyError and StoreUnavailable: then this registry was not looked at.
        """
        version = self._world.registry().version
        if version == self._done:
            return 0
        if await self._reader.run(lambda conn: meta.read(conn, RECHECKED)) == version:
            self._done = version
            return 0
        looked, after = 0, ""
        while some := await self._reader.run(partial(_next, after=after)):
            await asyncio.gather(*(self._one(case) for case in some))
            looked, after = looked + len(some), some[-1]
        await self._writer.run(lambda conn: meta.write(conn, RECHECKED, version))
        self._done = version
        if looked:
            _log.info("second_look", cases=looked)
        return looked

    async def _one(self, case: str) -> None:
        try:
            await self._desk.submit(Recheck(case=case), lane=Lane.NORMAL)
        except StoreUnavailable:  # of no case's own: nobody was judged, and nobody is told
            raise
        except CommandFailed as error:  # duty is told; the others are judged all the same
            _log.error("second_look_failed", case=case, error=type(error).__name__)


def _next(conn: Connection, *, after: str) -> list[str]:
    return alerts.cases_told(conn, after=after, most=CASES_AT_ONCE)
