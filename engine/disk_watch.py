"""Whether the disk fills, told while there is still room to tell it.

Once it is full nothing can be stored: no report, and no incident about it either. So duty is called
early. The disk of a database server is not ours to see; whoever runs it watches it, and duty hears
of it from the desk once there was room again.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import structlog

from engine.calling import Raises
from engine.case.commands import RaiseIncident
from engine.clock import Clock
from engine.desk.full_disk import DISK
from engine.side_loop import Lasting
from schemas.codes import IncidentCode

EVERY_SECONDS = 60.0
LEAST_FREE = 512 * 1024 * 1024
"""Bytes: weeks of a quiet desk, hours of a flood."""
LEAST_SHARE = 10
"""One part in so many: a small disk is not called full for being small."""
_log = structlog.get_logger(__name__)


class Room(Protocol):
    """What there is on a disk, in bytes."""

    @property
    def total(self) -> int: ...
    @property
    def free(self) -> int: ...


def fills(*, total: int, free: int) -> bool:
    """Whether so little is free that a person has to make room. Bytes."""
    return free < min(LEAST_FREE, total // LEAST_SHARE)


def has_room_again(*, total: int, free: int) -> bool:
    """Whether it is well past that: a disk at the brink calls once, not each minute."""
    return free >= 2 * min(LEAST_FREE, total // LEAST_SHARE)


class DiskWatch:
    """Looks once a minute; one incident until there was room again, told anew every six hours."""

    def __init__(
        self,
        folder: Path,
        *,
        raise_incident: Raises,
        clock: Clock,
        every: float = EVERY_SECONDS,
        usage: Callable[[Path], Room] = shutil.disk_usage,
    ) -> None:
        self._folder = folder
        self._usage = usage
        self._filling = Lasting(raise_incident, clock=clock)
        self._clock = clock
        self._every = every

    async def run(self) -> None:
        """One look after another, until cancelled. `clock` is the machine's own time."""
        while True:
            await self.look()
            await self._clock.sleep(self._every)

    async def look(self) -> None:
        """Call duty when it fills; what could not be stored is tried at the next look."""
        try:
            disk = self._usage(self._folder)
        except OSError as error:
            _log.error("disk_not_seen", error=type(error).__name__)
            return
        if has_room_again(total=disk.total, free=disk.free):
            self._filling.over()
        if self._filling.told or not fills(total=disk.total, free=disk.free):
            return
        _log.error("disk_fills", free_mb=disk.free // 1_048_576)
        await self._filling.tell(RaiseIncident(code=IncidentCode.DISK_FILLS, key=DISK))
