"""One run: a publisher posts every event once, the process is ended again and again, then peace."""

import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.clock import SystemClock
from tests.compare.compared import Compared, Door
from tests.compare.plan import Strike
from tests.compare.recipient import Manner, Recipient
from tests.compare.tally import Ended, Row, tally

_WALL = SystemClock()
AT_ONCE = 8
"""Posts under way at once, each over a connection of its own."""
PAUSE = 0.1
"""Seconds before what was not acknowledged is posted again."""
PATIENCE = {Manner.AWAY: 150.0}
"""Seconds in which nothing more must come before the count is taken: past every pause between
tries that either makes. After a recipient was away, Tocsin's grow to about how long it was."""
SHORT = 30.0
ACCEPTED_WITHIN = 600.0
HEALED_WITHIN = 600.0
SIGNALS = {Ended.KILL: signal.SIGKILL, Ended.STOP: signal.SIGTERM}


@dataclass(slots=True)
class Publisher:
    """Posts event after event at a steady rate; one that nobody acknowledged, again."""

    door: Door
    events: int
    rate: float
    begun: int = 0
    """Events posted at least once."""
    repeated: int = 0
    accepted: dict[str, float] = field(default_factory=dict)
    """Event -> when its 2xx was read; monotonic seconds."""

    async def run(self) -> None:
        """Return when all are accepted."""
        start = _WALL.monotonic()
        free = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for n in range(self.events):
                await asyncio.sleep(max(0.0, start + n / self.rate - _WALL.monotonic()))
                await free.acquire()
                self.begun += 1
                group.create_task(self._give(n, free))

    async def keep_on(self, *, every: float) -> None:
        """Post all that was accepted again and again, as Prometheus does; never returns."""
        while True:
            await asyncio.sleep(every)
            for n in range(self.begun):
                event, path, body = self.door.request(n)
                if event in self.accepted:
                    await self._taken(path, body)

    async def _give(self, n: int, free: asyncio.Semaphore) -> None:
        event, path, body = self.door.request(n)
        try:
            while not await self._taken(path, body):
                self.repeated += 1
                await asyncio.sleep(PAUSE)
            self.accepted[event] = _WALL.monotonic()
        finally:
            free.release()

    async def _taken(self, path: str, body: bytes) -> bool:
        poster = self.door.poster()
        try:
            return 200 <= (await poster.post(path, body)).status < 300
        except OSError:
            return False
        finally:
            await poster.aclose()


async def run(
    system: Compared,
    recipient: Recipient,
    *,
    manner: Manner,
    ended: Ended,
    strikes: Sequence[Strike],
    events: int,
    rate: float,
    resend: float | None = None,
) -> Row:
    """Live it and count. Raises RuntimeError or TimeoutError where it cannot be lived to its end.

    Whatever happens, no process of the system runs afterwards.
    """
    recipient.begin(manner)
    publisher = Publisher(system, events=events, rate=rate)
    keeping_on = asyncio.create_task(publisher.keep_on(every=resend)) if resend else None
    try:
        await system.prepare()
        await system.start()
        async with asyncio.timeout(ACCEPTED_WITHIN), asyncio.TaskGroup() as group:
            group.create_task(publisher.run())
            back = await _strike(system, publisher, strikes, SIGNALS[ended])
            recipient.away = False
        await _quiet(recipient, patience=PATIENCE.get(manner, SHORT) + (resend or 0.0))
    finally:
        if keeping_on is not None:
            keeping_on.cancel()
            await asyncio.gather(keeping_on, return_exceptions=True)
        await system.end(signal.SIGKILL)
    return Row(
        posted=f"every {resend:g} s" if resend else "once",
        recipient=manner.value,
        ended=ended,
        system=system.name,
        strikes=len(strikes),
        repeated=publisher.repeated,
        back=tuple(back),
        tally=tally(publisher.accepted, system.told(recipient.hits)),
    )


async def _strike(
    system: Compared, publisher: Publisher, strikes: Sequence[Strike], how: signal.Signals
) -> list[float]:
    """End it at each of the moments and start it at once; the seconds until it served again."""
    back = []
    for strike in strikes:
        while publisher.begun < strike.after:  # noqa: ASYNC110 (the publisher counts)
            await asyncio.sleep(0.001)
        await asyncio.sleep(strike.pause)
        struck = _WALL.monotonic()
        await system.end(how)
        await system.start()
        back.append(_WALL.monotonic() - struck)
    return back


async def _quiet(recipient: Recipient, *, patience: float) -> None:
    """Return when nothing came for so many seconds; at the latest when it never gets quiet."""
    begun = last = _WALL.monotonic()
    seen = len(recipient.hits)
    while _WALL.monotonic() - last < patience:
        if _WALL.monotonic() - begun > HEALED_WITHIN:
            return
        await asyncio.sleep(0.5)
        if len(recipient.hits) != seen:
            seen, last = len(recipient.hits), _WALL.monotonic()
