"""Whoever takes records never returns: the process ends with the reason, a fresh one takes them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.bootstrap import limits
from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.intake.lane import Lane
from engine.intake.standing import State
from engine.ports import Handler
from engine.watchdog import LONGEST_LOOK, Progress, Watchdog
from engine.watchdog_log import LogWatch
from tests.harness.broker import make_topic, produce
from tests.integration.intake.lanes import RUNNERS, Gate, reading, settings_for, until
from tests.integration.intake.room import Room, a_room, body
from tests.unit.engine.intake.builders import a_message


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path, clock=SystemClock()) as room:
        yield room


class Watched:
    """A lane as production looks at it, in time that a test moves."""

    def __init__(self, lane: Lane, room: Room) -> None:
        progress = Progress()
        self.halted: list[str] = []
        self._log = LogWatch(
            [lane],
            turns={lane.name: progress.loop(f"log {lane.name}", limit=limits.LOG)},
            rounds={lane.name: progress.loop("a partition", limit=limits.PARTITION)},
            reader=room.reader,
            clock=SystemClock(),
        )
        self._dog = Watchdog(progress, clock=SystemClock(), halt=self.halted.append)

    async def passes(self, seconds: float) -> None:
        """Let so many seconds pass for those who look, and none for whoever reads."""
        for _ in range(int(seconds / LONGEST_LOOK)):
            await self._log.look()
            self._dog.look(LONGEST_LOOK)


@pytest.mark.parametrize("runner", RUNNERS)
async def test_records_that_are_never_dealt_with_end_the_process_and_the_next_one_takes_them(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    settings = settings_for(kafka, await make_topic(kafka), runner=runner)
    gates: list[Gate] = []

    def hangs(inner: Handler) -> Gate:
        gates.append(Gate(inner))
        return gates[-1]

    async with reading(room, settings, handler=hangs) as reader:
        await until(lambda: reader.caught_up(1) and reader.state is State.READING)
        watched = Watched(reader.lane, room)
        await watched.passes(LONGEST_LOOK)
        await produce(kafka, settings.critical_topic, [body(a_message(id="r1"))])
        await until(lambda: gates[0].waiting == 1)
        if runner == "faust":  # it goes round beside the handler, and counts what waits
            await until(lambda: reader.lane.standing.now.behind == 1)
            await watched.passes(LONGEST_LOOK)

        await watched.passes(limits.LOG / 2)
        assert not watched.halted, "so long it may take"
        await watched.passes(limits.LOG)

    assert watched.halted[0].startswith("log critical has not moved for")
    assert await room.taken() == []
    async with reading(room, settings) as afresh:
        await produce(kafka, settings.critical_topic, [body(a_message(id="r2"))])
        await until(lambda: afresh.caught_up(1))

        async def taken() -> bool:
            return await room.taken() == ["r1", "r2"]

        await until(taken)
