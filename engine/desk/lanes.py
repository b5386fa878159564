"""The lanes to the desk: what goes first, what waits, and when a caller is told to come later."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from sqlalchemy.exc import OperationalError

from engine.ports import Position
from engine.store.database import NotCommittedError


class Lane(IntEnum):
    """Which work goes first."""

    STOP = 0
    """Revocations, the kill switch, responses."""
    CRITICAL = 1
    """Grave by topic, or by claimed type and danger within the source's scope; the loops."""
    NORMAL = 2
    BULK = 3
    """Imports."""


class Busy(Exception):
    """Too much is waiting already: nothing was taken. Come again in a moment (HTTP 503)."""


class Fenced(Exception):
    """Another process owns this partition now: drop the record, its new owner has it."""


class CommandFailed(Exception):
    """The command raised, or could not be stored. Nothing of it was written; duty is told."""


STORE_ERRORS = (OperationalError, NotCommittedError)
"""What the store raises when it takes nothing, whatever it is given."""


class StoreUnavailable(CommandFailed):
    """The store took nothing: disk, lock or connection. The same command may be given again."""


LIMITS = {Lane.CRITICAL: 10_000, Lane.NORMAL: 2_000, Lane.BULK: 500}
"""Units that may wait on a lane before a caller without a log position is refused."""

LOWER_SHARE = 8
"""Commands of each batch that every lower lane with work is sure of."""


@dataclass(slots=True, kw_only=True)
class Unit:
    """One call of the desk: its commands are carried out in order, all or nothing."""

    commands: tuple[Any, ...]
    lane: Lane
    answer: asyncio.Future[tuple[Any, ...]]
    position: Position | None = None
    ref_extra: int = 0


@dataclass(slots=True)
class Lanes:
    """What waits, by lane, each in the order it came."""

    _waiting: dict[Lane, deque[Unit]] = field(
        default_factory=lambda: {lane: deque[Unit]() for lane in Lane}
    )

    def put(self, unit: Unit) -> None:
        """Queue a unit. Raises Busy on a full lane, unless it stops something or has a position."""
        limit = LIMITS.get(unit.lane)
        if limit is not None and unit.position is None and len(self._waiting[unit.lane]) >= limit:
            raise Busy(
                f"{limit} commands wait on the {unit.lane.name.lower()} lane; try again soon"
            )
        self._waiting[unit.lane].append(unit)

    def put_loop(self, unit: Unit) -> None:
        """Queue a unit of the engine's own loops, which never give more than one at a time."""
        self._waiting[unit.lane].append(unit)

    def put_back(self, units: list[Unit]) -> None:
        """Queue units again in front, in their order."""
        for unit in reversed(units):
            self._waiting[unit.lane].appendleft(unit)

    def pull(self, most: int) -> list[Unit]:
        """Take up to `most` commands, the higher lanes first; the lower ones keep a share."""
        pulled: list[Unit] = []
        room = most
        for lane in Lane:
            kept = sum(LOWER_SHARE for other in Lane if other > lane and self._waiting[other])
            share = room if lane is Lane.STOP else max(LOWER_SHARE, room - kept)
            queue = self._waiting[lane]
            while queue and share > 0:
                unit = queue.popleft()
                pulled.append(unit)
                share -= len(unit.commands)
                room -= len(unit.commands)
        return pulled

    def __len__(self) -> int:
        return sum(len(queue) for queue in self._waiting.values())

    def depth(self, lane: Lane) -> int:
        """How many units wait on a lane: for metrics."""
        return len(self._waiting[lane])
