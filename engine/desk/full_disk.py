"""That the store had no room, kept in mind until it can be told."""

import asyncio

from engine.case.commands import RaiseIncident
from engine.desk.lanes import Lane, Lanes, Unit
from engine.store.database import is_full
from schemas.codes import IncidentCode

DISK = "data"
"""Key of the incident: that a disk is full is the same matter as that it fills."""


class FullDisk:
    """Tells duty that nothing was taken for a while, as soon as something is."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._untold = False

    def refused(self, error: BaseException) -> None:
        """Note why the store took nothing."""
        self._untold = self._untold or is_full(error)

    def took(self) -> None:
        """The store took something: queue the incident. Refused again, it is owed again."""
        if not self._untold:
            return
        self._untold = False
        answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        incident = RaiseIncident(code=IncidentCode.DISK_FILLS, key=DISK)
        self._lanes.put_loop(Unit(commands=(incident,), lane=Lane.CRITICAL, answer=answer))
