"""The stored positions, as runners ask for them: short transactions through the ports."""

from collections.abc import Iterable, Mapping

from engine.ports import Position, Reader, Writer
from engine.store import offsets
from engine.store.offsets import Held, Loss, Partition, Range


class Positions:
    """Acquires and looks up positions for one owner."""

    def __init__(self, *, reader: Reader, writer: Writer, owner: str) -> None:
        self._reader = reader
        self._writer = writer
        self._owner = owner

    async def losses(
        self, ranges: Mapping[Partition, Range]
    ) -> tuple[tuple[Partition, Loss, int], ...]:
        """Which stored positions lie outside the log."""
        return await self._reader.run(lambda c: offsets.losses(c, ranges))

    async def acquire(self, ranges: Mapping[Partition, Range]) -> tuple[Held, ...]:
        """Take the partitions over under a new epoch each."""
        return await self._writer.run(lambda c: offsets.acquire(c, ranges, owner=self._owner))

    async def known(self, partitions: Iterable[Partition]) -> dict[Partition, tuple[int, int]]:
        """(next offset, epoch) of those that have been read before."""
        return await self._reader.run(lambda c: offsets.positions(c, partitions))

    async def try_alone(self, position: Position) -> int:
        """Note durably that this record is tried alone; return which try this is."""
        return await self._writer.run(lambda c: offsets.try_alone(c, position))
