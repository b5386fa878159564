"""Incidents that are raised from beside the desk: stored, or the log says that they were not.

Nobody here waits until there is room: whoever found something looks again and tells it then.
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


__all__ = ["Raises", "raised", "raising"]
