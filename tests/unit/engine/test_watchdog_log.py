"""A reader that believes to read while nothing moves is stuck; one without work is not."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pytest
from sqlalchemy import Connection, create_engine

from engine.clock import ManualClock
from engine.intake.standing import Standing
from engine.store import tables as t
from engine.watchdog import Progress, Watch
from engine.watchdog_log import LOOK_EVERY, LogWatch
from tests.harness.moments import moment

T = TypeVar("T")
HERE, THERE = ("tocsin.threats", 0), ("tocsin.threats", 1)


@dataclass(frozen=True)
class OneLane:
    name: str
    standing: Standing


class Log:
    """One partition, how it stands in the store, and the watch over it."""

    def __init__(self) -> None:
        self.clock = ManualClock(moment("2027-03-01 10:00"))
        self.standing = Standing("normal", clock=self.clock)
        self._engine = create_engine("sqlite://")
        t.metadata.create_all(self._engine)
        self._conn = self._engine.connect()
        for topic, part in (HERE, THERE):
            self._conn.execute(
                t.offsets.insert().values(topic=topic, part=part, epoch=1, owner="x", next_offset=0)
            )
        self.hangs = False
        self.progress = Progress()
        self.watch = LogWatch(
            [OneLane("normal", self.standing)],
            turns={"normal": self.progress.loop("log normal", limit=60)},
            rounds={"normal": self.progress.loop("each partition", limit=600)},
            reader=self,
            clock=self.clock,
        )
        self._looks = Watch(self.progress)

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """As a reader."""
        if self.hangs:
            await asyncio.Event().wait()
        return fn(self._conn)

    def takes_one(self, part: int = HERE[1]) -> None:
        self._conn.execute(
            t.offsets.update()
            .where(t.offsets.c.part == part)
            .values(next_offset=t.offsets.c.next_offset + 1)
        )

    async def minutes(self, count: int, each: Callable[[], None] = lambda: None) -> bool:
        """Whether it is stuck after so many minutes; `each` happens before every look."""
        stuck = False
        for _ in range(int(count * 60 / LOOK_EVERY)):
            each()
            await self.watch.look()
            for _ in range(int(LOOK_EVERY)):
                stuck = any(one.stuck for one in self._looks.look(1.0))
        return stuck

    def close(self) -> None:
        self._conn.close()
        self._engine.dispose()


@pytest.fixture
def log() -> Iterator[Log]:
    made = Log()
    made.standing.reads()
    yield made
    made.close()


async def test_records_wait_and_nobody_takes_them(log: Log) -> None:
    assert await log.minutes(3, lambda: log.standing.count({HERE: 12}))


async def test_a_reader_that_no_longer_goes_round_is_stuck_though_nothing_is_known_to_wait(
    log: Log,
) -> None:
    log.standing.count({HERE: 0})
    assert await log.minutes(3)


async def test_a_backlog_that_is_worked_off_one_by_one_is_no_standstill(log: Log) -> None:
    def step() -> None:
        log.takes_one()
        log.standing.count({HERE: 100_000})

    assert not await log.minutes(10, step)


async def test_a_quiet_night_is_no_standstill(log: Log) -> None:
    assert not await log.minutes(10, lambda: log.standing.count({HERE: 0}))


async def test_a_broker_that_is_away_is_no_standstill(log: Log) -> None:
    log.standing.waits("The broker does not answer.")
    assert not await log.minutes(10)


async def test_a_standby_without_partitions_is_left_alone(log: Log) -> None:
    assert not await log.minutes(10, lambda: log.standing.count({}))


async def test_one_partition_that_stands_still_is_not_hidden_by_those_that_move(log: Log) -> None:
    """A stream of the critical topic stood still while the other topic on its lane moved."""

    def step() -> None:
        log.takes_one()
        log.standing.count({HERE: 100, THERE: 1})
        log.standing.asked({HERE: None, THERE: None})

    assert not await log.minutes(9, step)
    assert await log.minutes(3, step)


async def test_partitions_that_take_turns_are_no_standstill(log: Log) -> None:
    looks = 0

    def step() -> None:
        nonlocal looks
        looks += 1
        log.takes_one(looks // 60 % 2)
        log.standing.count({HERE: 100, THERE: 100})
        log.standing.asked({HERE: None, THERE: None})

    assert not await log.minutes(40, step)


async def test_a_partition_without_a_broker_ends_no_process(log: Log) -> None:
    answered = 0

    def step() -> None:
        nonlocal answered
        answered += 1
        log.takes_one()
        log.standing.count({HERE: 100, THERE: 1})
        log.standing.asked({HERE: answered, THERE: 1})

    step()
    await log.clock.advance(seconds=30)
    assert not await log.minutes(40, step)


async def test_a_first_look_that_hung_was_seen_by_nobody(log: Log) -> None:
    """Nothing had turned yet, so nothing was expected to turn."""
    log.hangs = True
    watching = asyncio.create_task(log.watch.run())
    await asyncio.sleep(0)

    looks = [log._looks.look(1.0) for _ in range(70)]

    watching.cancel()
    assert [one.name for one in looks[-1] if one.stuck] == ["log normal"]
