"""A second look at whoever was told, each time another registry comes into force.

Every claim judges over the registry as it is now, but a case that waits for answers claims nothing
for days. Whoever became tied to its perpetrator meanwhile has an open page: it is closed now, and a
person hears what was seen. A registry that was looked at is remembered in the store; one that came
into force while nobody ran is looked at when an engine starts. A case that cannot be judged holds
up no other, and the registry counts as looked at only when that one was judged too.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine.calling import raising
from engine.case.commands import RaiseIncident, Recheck
from engine.clock import Clock
from engine.desk import Busy, CommandFailed, Desk, Lane, StoreUnavailable
from engine.ports import Reader, Writer
from engine.registry.world import WorldHolder
from engine.side_loop import Lasting
from engine.store import alerts, meta
from engine.watchdog import Turns, unwatched
from schemas.codes import IncidentCode

_log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0
TRY_AGAIN = 60.0
"""Seconds until what could not be judged is tried again: each try costs the others of its batch."""
WAITS_MOST = 60
"""Looks that the store or the desk refuses in a row before duty is called."""
CASES_AT_ONCE = 16
RECHECKED = "rechecked"
"""In `meta`: the version of the registry over which everybody told was last judged."""
LEFT = RaiseIncident(code=IncidentCode.CASE_FAULTED, key="second look")
"""One for all of them: what breaks one case may break hundreds. The log names each."""
WAITS = RaiseIncident(code=IncidentCode.LOOP_FAILED, key="second look")


class SecondLook:
    """Judges everybody told again after each change of the registry, until cancelled."""

    def __init__(
        self,
        *,
        desk: Desk,
        world: WorldHolder,
        reader: Reader,
        writer: Writer,
        clock: Clock,
        turns: Turns | None = None,
    ) -> None:
        self._desk = desk
        self._world = world
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._turns = turns or unwatched()
        self._done = ""
        self._judged = ""
        """The version over which all were judged but those that are left."""
        self._left: Sequence[str] = ()
        self._again_at = 0.0
        self._failing = Lasting(raising(desk), clock=clock)
        self._refused = 0
        """Looks since the last that was not."""
        self._waiting = Lasting(raising(desk), clock=clock)

    async def run(self) -> None:
        """Look every second whether another registry is in force."""
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, Busy, StoreUnavailable) as error:  # all of it once more
                _log.warning("second_look_waits", error=type(error).__name__)
                await self._wait_on()
            else:
                self._refused = 0
                self._waiting.over()
            await self._clock.sleep(LOOK_EVERY)

    async def _wait_on(self) -> None:
        """What is refused for so long may be one case alone, and hides all that come after it."""
        self._refused += 1
        if self._refused >= WAITS_MOST:
            await self._waiting.tell(WAITS)

    async def look(self) -> int:
        """Look once; return how many cases were judged again.

        Raises Busy, SQLAlchemyError and StoreUnavailable: then this registry was not looked at.
        """
        version = self._world.registry().version
        if version == self._done:
            return 0
        if version != self._judged:
            if await self._reader.run(lambda conn: meta.read(conn, RECHECKED)) == version:
                self._done = version
                return 0
            looked, left = await self._everybody()
            self._judged = version
        elif self._clock.monotonic() < self._again_at:
            return 0
        else:
            looked, left = len(self._left), await self._judge(self._left)
        self._left = left
        await self._conclude(version)
        if looked:
            _log.info("second_look", cases=looked, failed=len(left))
        return looked - len(left)

    async def _conclude(self, version: str) -> None:
        """Remember that this registry was looked at, unless a case is left: duty is told of it."""
        if self._left:
            self._again_at = self._clock.monotonic() + TRY_AGAIN
            await self._failing.tell(LEFT)
            return
        self._again_at = 0.0
        await self._writer.run(lambda conn: meta.write(conn, RECHECKED, version))
        self._done = version
        self._failing.over()

    async def _everybody(self) -> tuple[int, list[str]]:
        """How many cases there were, and those that could not be judged."""
        looked, left, after = 0, list[str](), ""
        while some := await self._reader.run(partial(_next, after=after)):
            left += await self._judge(some)
            looked, after = looked + len(some), some[-1]
        return looked, left

    async def _judge(self, cases: Sequence[str]) -> list[str]:
        """Those that could not be judged."""
        left: list[str] = []
        for start in range(0, len(cases), CASES_AT_ONCE):
            some = cases[start : start + CASES_AT_ONCE]
            self._turns.turn()  # of a look at very many
            judged = await asyncio.gather(*(self._one(case) for case in some))
            left += [case for case, done in zip(some, judged, strict=True) if not done]
        return left

    async def _one(self, case: str) -> bool:
        try:
            await self._desk.submit(Recheck(case=case), lane=Lane.NORMAL)
        except StoreUnavailable:  # of no case's own: nobody was judged
            raise
        except CommandFailed as error:  # the others are judged all the same
            _log.error("second_look_failed", case=case, error=type(error).__name__)
            return False
        return True


def _next(conn: Connection, *, after: str) -> list[str]:
    return alerts.cases_told(conn, after=after, most=CASES_AT_ONCE)
