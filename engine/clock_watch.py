"""Whether this machine's clock was set while we ran, told to duty (row B42).

Steps fire by the time of day. Set ahead, a clock fires at once what was due in the time it left
out; nothing in us knows which of the two times is right, so a person has to look. Duty's pages go
on by the new time meanwhile: a page too early is a nuisance, one too late may be a death.
"""

from collections.abc import Callable

import structlog

from engine.calling import Raises, raised
from engine.case.commands import RaiseIncident
from engine.clock import Clock
from schemas.codes import IncidentCode

EVERY_SECONDS = 10.0
SET_BY = 60.0
"""Seconds between two looks that only a person, a faulty source or a paused machine explains (B42);
what slews a clock right never comes near."""
AHEAD, BACK = "ahead", "back"

_log = structlog.get_logger(__name__)


class ClockWatch:
    """Holds the time of day against the time since the machine started."""

    def __init__(
        self,
        *,
        clock: Clock,
        since_boot: Callable[[], float],
        raise_incident: Raises,
        every: float = EVERY_SECONDS,
    ) -> None:
        """`clock`: the machine's own. `since_boot`: seconds, its sleep included; a laptop that was
        shut for the night was not set."""
        self._clock = clock
        self._since_boot = since_boot
        self._raise = raise_incident
        self._every = every
        self._offset = self._now()
        self._untold = ""

    async def run(self) -> None:
        """One look after another, until cancelled."""
        while True:
            await self._clock.sleep(self._every)
            await self.look()

    async def look(self) -> None:
        """Call duty when it was set; what could not be stored is tried at the next look."""
        offset = self._now()
        by = offset - self._offset
        self._offset = offset
        if abs(by) > SET_BY:
            _log.error("clock_set", seconds=round(by))
            self._untold = AHEAD if by > 0 else BACK
        if not self._untold:
            return
        incident = RaiseIncident(code=IncidentCode.CLOCK_SET, key=self._untold)
        if await raised(incident, self._raise):
            self._untold = ""

    def _now(self) -> float:
        """How far the time of day is ahead of the time since the start, in seconds."""
        return self._clock.now().timestamp() - self._since_boot()


__all__ = ["AHEAD", "BACK", "EVERY_SECONDS", "SET_BY", "ClockWatch"]
