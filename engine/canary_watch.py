"""Lets canaries go, and sees whether they come through in time.

One on every way by which reports come: produced to each topic that is read, or handed to the door
where no log is. It is accepted, matched, planned, decided, found due, claimed, guarded, written and
handed to a sink, by whichever processes do that here; the store says when it came through. One that
does not is an incident that pages duty, and silence outside.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from engine import canary
from engine.calling import Raises
from engine.case.commands import RaiseIncident
from engine.clock import Clock
from engine.entropy import Entropy
from engine.metrics import Metrics
from engine.ports import Reader
from engine.store import canaries
from engine.vault.secret import Secret
from engine.watchdog import Turns, unwatched
from schemas.codes import IncidentCode

LOOK_EVERY = 0.25
"""Seconds between two looks while one is on its way."""
FIRST_AFTER = 2.0
"""Seconds from the start until the first: whoever reads has to come up as well."""

_log = structlog.get_logger(__name__)

LetGo = Callable[[bytes, str], Awaitable[None]]
"""Takes a report and the id it bears; returns when it is out of hand. May raise anything."""


@dataclass(slots=True)
class _Way:
    """What is known of one way. Times are those of the clock's `monotonic`."""

    seen: float | None = None
    failed_since: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Seconds."""

    every: float
    within: float
    """One that was not seen by then has failed; the next is let go at once."""


class CanaryWatch:
    """Watches every way until cancelled. `clock`: the machine's own time, never a fast one.

    `stamp`: the clock by which reports are stamped here, written into the canary's id.
    """

    def __init__(
        self,
        ways: Mapping[str, LetGo],
        *,
        key: Secret,
        reader: Reader,
        raise_incident: Raises,
        metrics: Metrics,
        clock: Clock,
        stamp: Clock,
        entropy: Entropy,
        timing: Timing,
        turns: Mapping[str, Turns] | None = None,
        first_after: float = FIRST_AFTER,
    ) -> None:
        self._ways = dict(ways)
        self._key = key
        self._reader = reader
        self._raise = raise_incident
        self._metrics = metrics
        self._clock = clock
        self._stamp = stamp
        self._entropy = entropy
        self._timing = timing
        self._turns = turns or {}
        self._first_after = first_after
        self._known = {way: _Way() for way in self._ways}

    async def run(self) -> None:
        """One canary after another on every way."""
        async with asyncio.TaskGroup() as group:
            for way in sorted(self._ways):
                group.create_task(self._watch(way))

    def troubles(self) -> Sequence[str]:
        """Every way on which the last one did not come through, or none has for too long.

        Empty while all is well. Also before the first one was seen: a watch that has seen nothing
        knows nothing.
        """
        now = self._clock.monotonic()
        longest = self._timing.every + 2 * self._timing.within
        return [
            f"the canary by {way} "
            + ("has not come through" if known.seen is None else "is overdue")
            for way, known in sorted(self._known.items())
            if known.seen is None or known.failed_since is not None or now - known.seen > longest
        ]

    async def _watch(self, way: str) -> None:
        turns = self._turns.get(way) or unwatched()
        await self._clock.sleep(self._first_after)
        while True:
            turns.turn("a canary on its way")
            began = self._clock.monotonic()
            came = await self._one(way, began)
            turns.turn("a pause")
            now, known = self._clock.monotonic(), self._known[way]
            if came:
                known.seen, known.failed_since = now, None
                self._metrics.canary(way=way, seconds=now - began)
                await self._clock.sleep(max(0.0, self._timing.every - (now - began)))
                continue
            if known.failed_since is None:
                known.failed_since = began
            self._metrics.canary_failed(way=way)
            _log.error("canary_failed", way=way, seconds=round(now - began, 1))
            await self._tell(way)
            await self._clock.sleep(max(0.0, self._timing.within - (now - began)))

    async def _one(self, way: str, began: float) -> bool:
        """Let one go and wait for it. False: it did not come through in time."""
        id = canary.name(self._key, way=way, at=self._stamp.now(), chance=self._entropy.token(8))
        try:
            async with asyncio.timeout(self._timing.within):
                await self._ways[way](canary.report(id), id)
        except Exception as error:  # a broker that is away, a store that refuses: it failed
            _log.warning("canary_not_let_go", way=way, error=type(error).__name__)
            return False
        while self._clock.monotonic() - began <= self._timing.within:
            if await self._came(id):
                return True
            await self._clock.sleep(LOOK_EVERY)
        return False

    async def _came(self, id: str) -> bool:
        try:
            return await self._reader.run(lambda conn: canaries.settled(conn, id))
        except Exception as error:  # the next look may be answered
            _log.warning("canary_not_looked_for", error=type(error).__name__)
            return False

    async def _tell(self, way: str) -> None:
        """Page duty; an incident that is open already takes no harm."""
        try:
            await self._raise(RaiseIncident(code=IncidentCode.CANARY_FAILED, key=way))
        except Exception as error:  # the outside watch hears the silence
            _log.error("incident_not_raised", code="canary_failed", error=type(error).__name__)
