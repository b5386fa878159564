"""A log in memory behind the stream port: for scenarios and simulation, and shipped like the rest.

Behaves as a broker does where it matters: at least once, in order per partition, from wherever the
store says, and again from there after every restart.
"""

import asyncio

from engine.intake.ownership import Ownership
from engine.ports import Handler, Record
from engine.store.offsets import Partition, Range


class FakeLog:
    """Topics in memory. Outlives the streams that read them."""

    def __init__(self) -> None:
        self._records: dict[Partition, list[Record]] = {}
        self._begin: dict[Partition, int] = {}
        self._published = asyncio.Event()

    def publish(
        self,
        topic: str,
        value: bytes | None,
        *,
        key: bytes | None = None,
        partition: int = 0,
        headers: tuple[tuple[str, bytes], ...] = (),
    ) -> Record:
        """Append a record; streams see it at once."""
        records = self._records.setdefault((topic, partition), [])
        record = Record(
            topic=topic,
            partition=partition,
            offset=self._begin.get((topic, partition), 0) + len(records),
            key=key,
            value=value,
            headers=headers,
        )
        records.append(record)
        self._published.set()
        return record

    def retain_from(self, topic: str, offset: int, *, partition: int = 0) -> None:
        """Forget what lies before, as retention does."""
        key = (topic, partition)
        gone = offset - self._begin.get(key, 0)
        self._records[key] = self._records.get(key, [])[gone:]
        self._begin[key] = offset

    def recreate(self, topic: str, *, partition: int = 0) -> None:
        """Make the topic anew, empty, as somebody with the wrong command does."""
        self._records[topic, partition] = []
        self._begin[topic, partition] = 0

    def range(self, partition: Partition) -> Range:
        """What there is."""
        begin = self._begin.get(partition, 0)
        return Range(begin=begin, end=begin + len(self._records.get(partition, [])))

    def read(self, partition: Partition, offset: int, *, most: int) -> list[Record]:
        """Records from that offset on."""
        start = max(0, offset - self._begin.get(partition, 0))
        return self._records.get(partition, [])[start : start + most]

    async def probe(self, topic: str, partition: int, offset: int) -> int | None:
        """Offset of the first record from there on: what a second reader sees."""
        found = self.read((topic, partition), offset, most=1)
        return found[0].offset if found else None

    async def wait(self) -> None:
        """Return when something was published since the last call."""
        await self._published.wait()
        self._published.clear()


class FakeStream:
    """`engine.ports.Stream` over a `FakeLog`."""

    def __init__(
        self,
        log: FakeLog,
        partitions: tuple[Partition, ...],
        ownership: Ownership,
        *,
        most: int = 10,
    ) -> None:
        self._log = log
        self._partitions = partitions
        self._ownership = ownership
        self._most = most

    async def run(self, handler: Handler) -> None:
        """Feed the handler until cancelled."""
        ranges = {key: self._log.range(key) for key in self._partitions}
        following = await self._ownership.acquire(ranges)
        while True:
            records = [
                record
                for key in self._partitions
                for record in self._log.read(key, following[key], most=self._most)
            ]
            if not records:
                await self._log.wait()
                continue
            await self._ownership.deliver(records, handler)
            for record in records:
                following[record.topic, record.partition] = record.offset + 1
