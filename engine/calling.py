"""Incidents that are raised from beside the desk: stored, or the log says that they were not.

Nobody here waits until there is room: whoever found something looks again and tells it then, and
whoever does not look again leaves it with `Owed`.
"""

from collections.abc import Awaitable, Callable

import structlog

from engine.case.commands import RaiseIncident
from engine.desk import Busy, CommandFailed, Desk, Lane

Raises = Callable[[RaiseIncident], Awaitable[object]]
"""Returns when it is stored. Raises Busy, CommandFailed."""

_log = structlog.get_logger(__name__)


def raising(desk: Desk, *, lane: Lane = Lane.CRITICAL) -> Raises:
    """How whoever runs beside this desk raises one."""
    return lambda incident: desk.submit(incident, lane=lane)


async def raised(incident: RaiseIncident, by: Raises) -> bool:
    """Whether it is stored now. False: the desk is full or could not store it; tell it again."""
    try:
        await by(incident)
    except (Busy, CommandFailed) as error:
        _log.error("incident_not_raised", code=incident.code, error=type(error).__name__)
        return False
    return True


class Owed:
    """Incidents of one who meets each only once: kept until they are stored."""

    def __init__(self, by: Raises) -> None:
        self._by = by
        self._owed: list[RaiseIncident] = []

    def __bool__(self) -> bool:
        """Whether any waits."""
        return bool(self._owed)

    async def tell(self, incident: RaiseIncident) -> None:
        """Raise it; what cannot be stored now waits."""
        if incident not in self._owed and not await raised(incident, self._by):
            self._owed.append(incident)

    async def again(self) -> bool:
        """Raise what waits, in order, until one is turned away. Whether none waits any more."""
        while self._owed and await raised(self._owed[0], self._by):
            del self._owed[0]
        return not self._owed


__all__ = ["Owed", "Raises", "raised", "raising"]
