"""The timers: whatever a case owes is decided when it is due, or as soon as anybody is alive.

The table owns the time; this loop only asks it. A sick Kafka, a slow channel or a full queue of
reports never stops it.
"""

import structlog

from engine.clock import Clock
from engine.desk import CommandFailed, Desk
from engine.watchdog import Turns, unwatched

_log = structlog.get_logger(__name__)

CASES_AT_ONCE = 256
POLL_SECONDS = 0.5
"""Even where nobody rings: another process, or a clock that was set, may have made work due."""
PAUSE_SECONDS = 1.0
"""After the store refused."""


async def run_timers(
    desk: Desk,
    *,
    clock: Clock,
    poll_seconds: float = POLL_SECONDS,
    cases_at_once: int = CASES_AT_ONCE,
    turns: Turns | None = None,
) -> None:
    """Fire what is due until cancelled: gravest first, then the longest overdue."""
    turns = turns or unwatched()
    while True:
        turns.turn("deciding")
        try:
            fired = await desk.fire_due(limit=cases_at_once)
        except CommandFailed as error:
            _log.error("timers_paused", error=type(error).__name__)
            await clock.sleep(PAUSE_SECONDS)
            continue
        if fired.more:
            continue
        wait = poll_seconds
        if fired.next_due is not None:
            wait = min(wait, max(0.0, (fired.next_due - clock.now()).total_seconds()))
        await desk.due.wait(clock, wait)
