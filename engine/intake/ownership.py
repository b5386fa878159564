"""Which partitions this process owns, and what must hold before a record may be dealt with.

Shared by every runner: positions come from the store, an epoch fences, a gap is confirmed before it
is believed, and a record that ends the process goes alone and is parked at last.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Never

import structlog

from engine.desk.lanes import Fenced
from engine.intake.positions import Positions
from engine.ports import Halt, Handler, Position, Record
from engine.store.offsets import PARK, Held, Partition, Range
from schemas.codes import IncidentCode

Incident = Callable[[IncidentCode, str], Awaitable[None]]
"""Tells a human: code of the incident, and the partition it is about."""
Probe = Callable[[str, int, int], Awaitable[int | None]]
"""(topic, partition, offset) -> offset of the first record from there on, by a second reader that
belongs to no group; None when that cannot be told."""
Park = Callable[[Record, int], Awaitable[None]]
"""Puts a record, raw, into quarantine under an epoch, and moves the position behind it."""
Forgets = Callable[[str], bool]
"""Whether a topic drops records by itself. If not, a gap is markers and aborted transactions."""

CAREFUL_FOR = 1_000
"""Records that go alone after a start at the same offset: more than any batch had."""
ASTRAY_MOST = 5
"""Times in a row that a reader may bring what lies behind the place it was sent to."""
GAP = IncidentCode.LOG_GAP
PARKED = IncidentCode.RECORD_PARKED

_log = structlog.get_logger(__name__)


class HaltedError(Exception):
    """The process was told to stop; only where `halt` returns, in tests, does anybody see this."""


class Ownership:
    """The partitions of one process, from acquiring them to losing them."""

    def __init__(
        self,
        *,
        positions: Positions,
        incident: Incident,
        probe: Probe,
        forgets: Forgets,
        park: Park,
        halt: Halt,
    ) -> None:
        self._positions = positions
        self._incident = incident
        self._probe = probe
        self._forgets = forgets
        self._park = park
        self._halt = halt
        self._held: dict[Partition, Held] = {}
        self._expected: dict[Partition, int] = {}
        self._outlived: dict[Partition, int] = {}
        """Records tried alone by this process, which is still here: they end no process."""
        self._astray: set[Partition] = set()
        self._strayed: dict[Partition, int] = {}
        """How often in a row."""

    @property
    def astray(self) -> bool:
        """Whether a reader brought what lies behind its place, and the log has what lies between.

        It had that at hand from before a rebalance, or skipped something: it has to seek once more
        (`positions`, `acquire`), and whatever it brings of these partitions until then is dropped.
        """
        return bool(self._astray)

    @property
    def partitions(self) -> tuple[Partition, ...]:
        """What is owned now."""
        return tuple(sorted(self._held))

    @property
    def expected(self) -> dict[Partition, int]:
        """The offset that comes next in each partition: all before it is dealt with."""
        return dict(self._expected)

    async def acquire(self, ranges: Mapping[Partition, Range]) -> dict[Partition, int]:
        """Take exactly these partitions; return where to read each from.

        A loss is told before the position moves: after a crash in between it is told again.
        """
        for (topic, partition), loss, _ in await self._positions.losses(ranges):
            await self._incident(IncidentCode(loss.value), _named(topic, partition))
        held = await self._positions.acquire(ranges)
        self._astray.clear()
        self._held = {(one.topic, one.partition): one for one in held}
        self._expected = {key: one.next_offset for key, one in self._held.items()}
        return dict(self._expected)

    async def positions(self) -> dict[Partition, int]:
        """Where to read from, once more: after a seek, under the same epoch."""
        stored = await self._positions.known(self._held)
        self._astray.clear()
        self._expected = {key: stored[key][0] for key in self._held if key in stored}
        return dict(self._expected)

    def release(self, partitions: Iterable[Partition]) -> None:
        """Somebody else reads these from now on; records still in flight are dropped."""
        for key in partitions:
            self._held.pop(key, None)
            self._expected.pop(key, None)
            self._astray.discard(key)

    async def deliver(self, records: Sequence[Record], handler: Handler) -> None:
        """Hand records on, partitions side by side, each in order. Returns when all are durable.

        Halts on what cannot be right; a restart reads from the stored position.
        """
        ordered = sorted(records, key=_partition)
        async with asyncio.TaskGroup() as tasks:
            for key, group in groupby(ordered, key=_partition):
                tasks.create_task(self._deliver_one(key, list(group), handler))

    async def _deliver_one(self, key: Partition, records: list[Record], handler: Handler) -> None:
        held = self._held.get(key)
        if held is None or key in self._astray:
            return
        try:
            for run in self._runs(key, held, records):
                if not await self._bridge(key, run[0]):
                    return
                await self._one_run(key, held, run, handler)
        except Fenced:
            if self._held.get(key) is held:
                self._stop(
                    f"fenced on {_named(*key)} while owning it: another process took it"
                    " (no two may share one kafka.instance)"
                )

    def _runs(self, key: Partition, held: Held, records: list[Record]) -> Iterable[list[Record]]:
        """Records in runs without a gap inside; while careful, each is a run of its own."""
        run: list[Record] = []
        for record in records:
            alone = _alone(held, record)
            if run and (alone or record.offset > run[-1].offset + 1):
                yield run
                run = []
            run.append(record)
            if alone:
                yield run
                run = []
        if run:
            yield run

    async def _bridge(self, key: Partition, record: Record) -> bool:
        """Believe a gap only when a second reader sees it too. False: drop it, it comes again."""
        expected = self._expected.get(key)
        if expected is None:
            return False
        if record.offset <= expected:
            return True
        seen = await self._probe(*key, expected)
        if seen == expected and self._may_stray(key):
            _log.warning("intake.astray", at=_named(*key), expected=expected, came=record.offset)
            self._astray.add(key)
            return False
        if seen != record.offset:
            self._stop(
                f"{_named(*key)}: {expected} expected, {record.offset} came,"
                " and a second reader does not see that gap"
            )
        _log.warning("intake.gap", at=_named(*key), expected=expected, came=record.offset)
        if self._forgets(key[0]):
            await self._incident(GAP, _named(*key))
        return True

    def _may_stray(self, key: Partition) -> bool:
        """Whether to seek once more; no more where that was in vain again and again."""
        self._strayed[key] = self._strayed.get(key, 0) + 1
        return self._strayed[key] <= ASTRAY_MOST

    async def _one_run(
        self, key: Partition, held: Held, run: list[Record], handler: Handler
    ) -> None:
        first = run[0]
        if _alone(held, first) and self._outlived.get(key) != first.offset:
            if first.offset == held.next_offset and held.starts >= PARK:
                await self._incident(PARKED, _named(*key))
                await self._park(first, held.epoch)
                self._expected[key] = first.offset + 1
                return
            await self._positions.try_alone(
                Position(topic=key[0], partition=key[1], offset=first.offset, epoch=held.epoch)
            )
            self._outlived[key] = first.offset
        await handler(run, epoch=held.epoch)
        self._strayed.pop(key, None)
        if key in self._expected:
            self._expected[key] = max(self._expected[key], run[-1].offset + 1)

    def _stop(self, reason: str) -> Never:
        self._halt(reason)
        raise HaltedError(reason)


def _alone(held: Held, record: Record) -> bool:
    """Whether the last process may have died of this record."""
    return held.careful and 0 <= record.offset - held.next_offset < CAREFUL_FOR


def _partition(record: Record) -> Partition:
    return record.topic, record.partition


def _named(topic: str, partition: int) -> str:
    return f"{topic}/{partition}"
