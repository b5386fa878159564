"""A loop beside the work that fails is begun again, and takes nobody with it.

Whatever one of these trips over, a row that cannot be read, a machine without memory for a child,
would end the process, again at the next start, and again: and with it timers and sender. So it is
begun anew after a pause and duty is called. One that hangs, on a store or a child that never
answers, is given up and begun anew in the same way: nobody else would see that it looks no more.
What decides, sends or reads the log is none of these: in doubt those leave, because a fresh start
knows where it stands.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog

from engine.calling import Raises, raised
from engine.case.commands import RaiseIncident
from engine.clock import Clock
from engine.desk.traces import where
from engine.watchdog import Progress, Turns, Watch
from schemas.codes import IncidentCode

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds between two tries: doubling from the first, as it fails again and again."""
SOUND_AFTER = 600.0
"""Seconds without a failure after which the next one counts as a first."""
TOLD_FOR = 6 * 3600.0
"""Seconds after which duty is told again of what still lasts: two people may have closed it in the
belief that it was mended. While its incident is open a repeat changes nothing."""
LOOK_EVERY = 2.0
"""Seconds between two looks whether it comes round."""

_log = structlog.get_logger(__name__)


class Lasting:
    """Tells duty of what lasts: once, and again whenever it still lasts after `TOLD_FOR`."""

    def __init__(self, by: Raises, *, clock: Clock) -> None:
        self._by = by
        self._clock = clock
        self._at: float | None = None

    async def tell(self, incident: RaiseIncident) -> None:
        """Raise it unless that was done lately; what cannot be stored is tried at the next call."""
        if not self.told:
            now = self._clock.monotonic()
            self._at = now if await raised(incident, self._by) else None

    @property
    def told(self) -> bool:
        """Whether duty was told lately."""
        return self._at is not None and self._clock.monotonic() - self._at < TOLD_FOR

    def over(self) -> None:
        """It lasts no more: the next time counts as a first."""
        self._at = None


class RoundClock:
    """A clock by which a loop is seen to come round: while it sleeps, and only then, it rests."""

    def __init__(self, clock: Clock, turns: Turns) -> None:
        self._clock = clock
        self._turns = turns

    def now(self) -> datetime:
        """As the clock behind it."""
        return self._clock.now()

    def monotonic(self) -> float:
        """As the clock behind it."""
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait; for so long nobody expects a turn."""
        self._turns.rest()
        try:
            await self._clock.sleep(seconds)
        finally:
            self._turns.turn()


async def keep_going(
    name: str,
    begin: Callable[[], Coroutine[Any, Any, None]],
    *,
    turns: Turns,
    clock: Clock,
    raise_incident: Raises,
) -> None:
    """Run the loop that `begin` makes; again when it raises, or does not come round by `turns`.

    `clock`: the machine's own time. Returns when the loop does. Duty is called at the first
    failure, and again every six hours for as long as it fails; what could not be stored is tried at
    the next failure.
    """
    incident = RaiseIncident(code=IncidentCode.LOOP_FAILED, key=name)
    pause, failing = FIRST_PAUSE, Lasting(raise_incident, clock=clock)
    while True:
        begun, patience = clock.monotonic(), asyncio.timeout(None)
        try:
            turns.turn()
            async with patience:
                watch = _give_up(turns, patience, clock, lambda: failing.tell(incident))
                watching = asyncio.ensure_future(watch)
                try:
                    await begin()
                finally:
                    watching.cancel()
        except Exception as error:  # whatever it is: what is grave goes on without this loop
            kind = type(error).__name__
            _log.error("side_loop_failed", loop=name, error=kind, where=where(error))
        else:
            if not patience.expired():
                return
        if not patience.expired() and clock.monotonic() - begun >= SOUND_AFTER:
            pause = FIRST_PAUSE
            failing.over()
        await failing.tell(incident)
        await clock.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _give_up(
    turns: Turns, patience: asyncio.Timeout, clock: Clock, tell: Callable[[], Awaitable[None]]
) -> None:
    """End a loop that stands still for too long; one that does not even end is told of as well."""
    progress = Progress()
    progress.loops[turns.name] = turns
    watch, before = Watch(progress), clock.monotonic()
    while True:
        await clock.sleep(LOOK_EVERY)
        now = clock.monotonic()
        stuck = any(one.stuck for one in watch.look(now - before))
        before = now
        if not stuck:
            continue
        if not patience.expired():
            _log.error("side_loop_stuck", loop=turns.name)
            patience.reschedule(0)
        await clock.sleep(LOOK_EVERY)
        await tell()


__all__ = [
    "FIRST_PAUSE",
    "LONGEST_PAUSE",
    "SOUND_AFTER",
    "TOLD_FOR",
    "Lasting",
    "RoundClock",
    "keep_going",
]
