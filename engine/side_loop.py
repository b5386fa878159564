"""A loop beside the work that fails is begun again, and takes nobody with it.

Whatever one of these trips over, a row that cannot be read, a machine without memory for a child,
would end the process, again at the next start, and again: and with it timers and sender. So it is
begun anew after a pause and duty is called. What decides, sends or reads the log is none of these:
in doubt those leave, because a fresh start knows where it stands.
"""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from engine.calling import Raises, raised
from engine.case.commands import RaiseIncident
from engine.clock import Clock
from engine.desk.traces import where
from schemas.codes import IncidentCode

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
"""Seconds between two tries: doubling from the first, as it fails again and again."""
SOUND_AFTER = 600.0
"""Seconds without a failure after which the next one counts as a first."""

_log = structlog.get_logger(__name__)


async def keep_going(
    name: str,
    begin: Callable[[], Coroutine[Any, Any, None]],
    *,
    clock: Clock,
    raise_incident: Raises,
) -> None:
    """Run the loop that `begin` makes; again when it raises. `clock`: the machine's own time.

    Returns when the loop does. Duty is called at the first failure; what could not be stored is
    tried at the next one.
    """
    pause, told = FIRST_PAUSE, False
    while True:
        begun = clock.monotonic()
        try:
            await begin()
        except Exception as error:  # whatever it is: what is grave goes on without this loop
            kind = type(error).__name__
            _log.error("side_loop_failed", loop=name, error=kind, where=where(error))
        else:
            return
        if clock.monotonic() - begun >= SOUND_AFTER:
            pause, told = FIRST_PAUSE, False
        if not told:
            incident = RaiseIncident(code=IncidentCode.LOOP_FAILED, key=name)
            told = await raised(incident, raise_incident)
        await clock.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


__all__ = ["FIRST_PAUSE", "LONGEST_PAUSE", "SOUND_AFTER", "keep_going"]
