"""Readers that stand still without a word: they are begun anew, and brokers that are away are not
blamed on them.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.broker import LocalKafka
from engine.clock import ManualClock, SystemClock
from engine.intake.lane import ENDS_MOST, TELL_AFTER, UNREADABLE, WELL_AFTER, Lane
from engine.intake.standing import SILENT_AFTER, Standing, State
from engine.intake.trouble import LogTroubleError
from engine.ports import Handler
from tests.harness.broker import make_topic, produce
from tests.harness.moments import moment
from tests.integration.intake.lanes import RUNNERS, reading, settings_for, until
from tests.integration.intake.room import Room, a_room, body
from tests.unit.engine.intake.builders import a_message


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path, clock=SystemClock()) as room:
        yield room


class Still:
    """A reader that stands still, the first time before it reads, or after that."""

    def __init__(self, *, reads: bool) -> None:
        self._reads = reads
        self.begun = 0
        self.ended = 0
        self.clock = ManualClock(moment("2027-03-01 10:00"))
        self.standing = Standing("critical", clock=self.clock)

    async def run(self, handler: Handler) -> None:
        """As a stream."""
        self.begun += 1
        try:
            if self._reads or self.begun > 1:
                self.standing.reads()
            await asyncio.get_running_loop().create_future()
        finally:
            self.ended += 1

    def instead(self, lane: Lane) -> Lane:
        """The lane with this reader, in this reader's time."""
        return replace(lane, stream=self, standing=self.standing, clock=self.clock)

    async def seconds(self, count: float) -> None:
        """Let them pass one by one, with time for brokers to answer each."""
        for _ in range(int(count)):
            await self.clock.advance(seconds=1)


@pytest.mark.parametrize("reads", [False, True])
async def test_a_reader_that_stands_still_while_brokers_answer_is_begun_anew(
    kafka: LocalKafka, room: Room, reads: bool
) -> None:
    """One that could not find where to read from once stood so for good, and called it starting."""
    settings = settings_for(kafka, await make_topic(kafka), runner="aiokafka")
    still = Still(reads=reads)

    async with reading(room, settings, change=still.instead) as reader:
        await until(lambda: still.begun == 1)
        await still.seconds(2 * settings.request_timeout - 2)
        assert still.begun == 1, "a client may need that long by itself"

        async def another() -> bool:
            await still.seconds(1)
            return still.begun == 2

        await until(another)
        assert reader.state is State.READING
        assert still.ended == 1
        assert reader.halted == []


async def test_a_reader_that_hears_nothing_because_the_broker_is_away_is_left_to_wait(
    mortal_kafka: LocalKafka, room: Room
) -> None:
    settings = settings_for(mortal_kafka, await make_topic(mortal_kafka), runner="aiokafka")
    still = Still(reads=True)

    async with reading(room, settings, change=still.instead) as reader:
        await until(lambda: still.begun == 1)
        await asyncio.to_thread(mortal_kafka.kill9)
        await still.seconds(SILENT_AFTER)

        async def said() -> bool:
            await still.seconds(1)
            return reader.state is State.WAITING

        await until(said)
        await still.seconds(3 * settings.request_timeout)

    assert still.begun == 1


class Ending(Still):
    """A reader that reads for a moment and ends, again and again."""

    async def run(self, handler: Handler) -> None:
        self.begun += 1
        self.standing.reads()
        raise LogTroubleError("the broker says CorruptRecordException")


async def test_a_log_that_is_read_for_a_moment_again_and_again_is_told(
    kafka: LocalKafka, room: Room
) -> None:
    """Each moment counted as a new beginning of the trouble, which never grew old enough."""
    settings = settings_for(kafka, await make_topic(kafka), runner="aiokafka")
    ending = Ending(reads=True)

    async def told() -> bool:
        await ending.seconds(1)
        return await room.incidents() == [UNREADABLE]

    async with reading(room, settings, change=ending.instead):
        await until(told)

    assert ending.begun >= ENDS_MOST
    assert ending.clock.monotonic() >= TELL_AFTER


async def test_a_reader_that_ended_twice_in_a_night_wakes_nobody(
    kafka: LocalKafka, room: Room
) -> None:
    settings = settings_for(kafka, await make_topic(kafka), runner="aiokafka")
    still = Still(reads=True)
    async with reading(room, settings, change=still.instead) as reader:
        await until(lambda: still.begun == 1)
        for _ in range(2 * ENDS_MOST):
            for _ in range(int(WELL_AFTER)):
                still.standing.heard()
                await still.seconds(1)
            reader.lane._note_end()

        assert not reader.lane._keeps_ending


async def test_a_partition_that_nobody_answers_for_is_told_although_others_are_read(
    kafka: LocalKafka, room: Room
) -> None:
    settings = settings_for(kafka, await make_topic(kafka), runner="aiokafka")
    still = Still(reads=True)
    answered = 0

    async def told() -> bool:
        nonlocal answered
        answered += 1
        still.standing.asked({("t", 0): answered, ("t", 1): 1})
        await still.seconds(1)
        return await room.incidents() == [UNREADABLE]

    async with reading(room, settings, change=still.instead) as reader:
        await until(lambda: still.begun == 1)
        await until(told)
        assert reader.state is State.READING


@pytest.mark.parametrize("runner", RUNNERS)
async def test_a_standby_to_whom_nothing_is_assigned_reads_and_is_left_in_peace(
    kafka: LocalKafka, room: Room, tmp_path: Path, runner: str
) -> None:
    """One partition, two readers. Begun anew again and again, one would disturb the other."""
    settings = settings_for(kafka, await make_topic(kafka), runner=runner)
    (tmp_path / "second").mkdir()

    async with (
        a_room(tmp_path / "second", clock=SystemClock()) as elsewhere,
        reading(room, settings, owner="one") as one,
    ):
        await until(lambda: one.caught_up(1))
        async with reading(elsewhere, settings, owner="two") as two:
            await until(lambda: one.state is two.state is State.READING)
            await until(lambda: len(one.lane.standing.partitions | two.lane.standing.partitions))
            await until(lambda: one.lane.standing.begun_for == two.lane.standing.begun_for == 0)
            await produce(kafka, settings.critical_topic, [body(a_message(id="r1"))])

            async def taken() -> bool:
                return len(await room.taken()) + len(await elsewhere.taken()) == 1

            await until(taken)

    assert one.halted == two.halted == []
