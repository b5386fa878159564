"""Records of a log to the door, one after the other, each with its position.

One unit of the desk per record: a unit that came later must never move the position past one that
failed. Partitions go side by side, so the disk still writes for many at once.
"""

from collections.abc import Sequence

from engine.case import commands as c
from engine.clock import Clock
from engine.desk.lanes import Lane, StoreUnavailable
from engine.intake.cloudevents import Message, from_kafka
from engine.intake.door import Desk, Door
from engine.intake.scope import Scopes
from engine.ports import Position, Record
from schemas.codes import IncidentCode
from schemas.responses import Way

STORE_PAUSE = 0.5  # seconds
PARKED = "parked: reading it ended the process"


class StreamHandler:
    """`engine.ports.Handler`: durable when it returns, quarantined when it is no event."""

    def __init__(
        self, *, door: Door, scopes: Scopes, critical: frozenset[str], clock: Clock
    ) -> None:
        self._door = door
        self._scopes = scopes
        self._critical = critical
        self._clock = clock

    async def __call__(self, records: Sequence[Record], *, epoch: int) -> None:
        """Take records of one partition, in order; wait while the store takes nothing.

        Raises Fenced, and CommandFailed when a record itself cannot be taken.
        """
        for record in records:
            while not await self._taken(record, epoch):
                await self._clock.sleep(STORE_PAUSE)

    async def park(self, record: Record, epoch: int) -> None:
        """Put a record aside without reading it."""
        await self._door.park(_message(record), reason=PARKED, position=_position(record, epoch))

    async def _taken(self, record: Record, epoch: int) -> bool:
        try:
            await self._door.take(
                _message(record),
                scopes=self._scopes,
                way=Way.KAFKA,
                position=_position(record, epoch),
                critical=record.topic in self._critical,
            )
        except StoreUnavailable:  # nothing is acknowledged; the desk leaves if this goes on
            return False
        return True


class LogIncidents:
    """Tells a human what is wrong with a log."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def __call__(self, code: IncidentCode, key: str) -> None:
        """Open the incident, or repeat the open one; durable when this returns."""
        await self._desk.submit(c.RaiseIncident(code=code, key=key), lane=Lane.CRITICAL)


def _message(record: Record) -> Message:
    return from_kafka(record.headers, record.value or b"")


def _position(record: Record, epoch: int) -> Position:
    return Position(
        topic=record.topic, partition=record.partition, offset=record.offset, epoch=epoch
    )
