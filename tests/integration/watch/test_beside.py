"""Every loop beside the work, when it hangs: duty is paged, it is begun again, the rest goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from engine.bootstrap.beside import BESIDE, Begin, Side, Time, run_beside
from engine.bootstrap.parts import Parts, open_parts
from engine.case import ids
from engine.entropy import SeededEntropy
from engine.settings import KafkaSettings
from engine.side_loop import FIRST_PAUSE, LOOK_EVERY
from engine.store import tables as t
from engine.store.inline import InlineReader, InlineWriter
from schemas.codes import TrackName
from tests.integration.bootstrap.house import begin, running, settings_in
from tests.integration.engine.desk.room import Room, a_room, halt, report
from tests.integration.engine.desk.test_two_processes import claim

each_loop = pytest.mark.parametrize("side", BESIDE, ids=[side.name for side in BESIDE])
ASK_THE_STORE = [
    side for side in BESIDE if side.name not in ("keys", "disk watch", "clock watch", "arrays")
]
"""Those left out look at the machine alone, and raise incidents: they wait for the desk at most,
which the watchdog sees. The arrays ask the store once enough was changed (`test_rebuild`)."""
WEDGED = (
    "desk", "beat", "stop watch", "timers", "sender", "settling", "auditor", "relay",
    "canary critical", "canary normal", "log critical", "log normal",
    "a partition of critical", "a partition of normal",
)  # fmt: skip
"""What the watchdog looks at. Each is wedged in `test_wedged`, `test_stop_unseen`,
`test_watchdog_log` or `test_hung_handler`; the relay begins one more for each topic."""
SEEN_OTHERWISE = {
    "watchdog": "it feeds the pulse, which ends the process without it",
    "log watch": "it makes the turns of the logs: without it they stand still",
    "canaries": "each way has turns of its own",
    "CanaryWatch._watch": "the same: one of them for each way",
    "Sender._settle_forever": "`settling`",
    "StopWatch._watch_disk": "it waits for nothing but the clock; what it says, `stop watch` reads",
    "brokers of critical": "it waits for a broker five seconds at most, and else for the desk",
    "brokers of normal": "the same",
    "_give_up": "it waits for the clock, and for the desk when it tells of a loop that hangs",
    "door": "it waits for the clock; that nobody is answered is seen from outside",
    "Engine.run": "all of these run in it",
    "test_every_loop_of_a_running_desk_is_watched": "it looks",
}
"""Those with a dot or an underscore have no name of their own."""


class Hung:
    """A store that never answers."""

    async def run(self, fn: object) -> Any:
        await asyncio.Event().wait()

    async def checkpoint(self) -> None:
        await asyncio.Event().wait()


@dataclass
class Hanging:
    """A loop that hangs the first time and goes round after that."""

    begun: list[float] = field(default_factory=list)

    def make(self, parts: Parts, time: Time) -> Begin:
        async def run() -> None:
            self.begun.append(time.machine.monotonic())
            if len(self.begun) == 1:
                await asyncio.Event().wait()
            while True:
                await time.machine.sleep(60)

        return run


@asynccontextmanager
async def a_house(folder: Path) -> AsyncIterator[tuple[Room, Parts]]:
    """A desk that works, and the parts of a whole engine around it, in the desk's own time."""
    settings = settings_in(folder)
    begin(settings)
    async with a_room(folder / "desk.sqlite") as room:
        parts = open_parts(
            settings, clock=room.clock, entropy=SeededEntropy(1), halt=halt, instance="test"
        )
        writer, reader = InlineWriter(parts.database), InlineReader(parts.database)
        try:
            yield room, replace(parts, desk=room.desk, writer=writer, reader=reader)
        finally:
            writer.close()
            reader.close()
            parts.close()


@asynccontextmanager
async def beside(side: Side, parts: Parts, room: Room) -> AsyncIterator[None]:
    task = asyncio.create_task(run_beside(side, parts, machine=room.clock))
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def passes(room: Room, seconds: float) -> None:
    """Let them pass, with some more for the looks of whoever watches."""
    await room.clock.advance(seconds=seconds + 3 * LOOK_EVERY + FIRST_PAUSE)


async def told(room: Room) -> list[str]:
    """The loops of which duty was told."""
    cases = {row.id for row in await room.rows(t.cases, t.cases.c.incident == "loop_failed")}
    names = {ids.incident_case_id("loop_failed", side.name, 0): side.name for side in BESIDE}
    return [names[case] for case in cases]


@each_loop
async def test_a_loop_beside_the_work_that_hangs_pages_duty_and_is_begun_again(
    tmp_path: Path, side: Side
) -> None:
    async with a_house(tmp_path) as (room, parts):
        hanging = Hanging()
        async with beside(replace(side, make=hanging.make), parts, room):
            await passes(room, side.limit - 4 * LOOK_EVERY)
            assert not await told(room), "so long it may take"

            await passes(room, 2 * LOOK_EVERY)
            pages = await claim(room)
            assert {(job.track, job.detail) for job in pages} == {(TrackName.DUTY, "loop_failed")}

            await passes(room, 2 * side.limit)
            assert len(hanging.begun) == 2
            assert len(await told(room)) == 1
            assert await room.submit(report()), "nobody else waited"


@pytest.mark.parametrize("side", ASK_THE_STORE, ids=[side.name for side in ASK_THE_STORE])
async def test_a_loop_beside_the_work_whose_store_never_answers_is_told_to_duty(
    tmp_path: Path, side: Side
) -> None:
    async with a_house(tmp_path) as (room, parts):
        hung: Any = Hung()
        async with beside(side, replace(parts, reader=hung, writer=hung), room):
            await passes(room, side.limit)
            assert await told(room) == [side.name]


@each_loop
async def test_a_loop_beside_the_work_that_goes_round_is_left_in_peace(
    tmp_path: Path, side: Side
) -> None:
    async with a_house(tmp_path) as (room, parts), beside(side, parts, room):
        await passes(room, 2 * side.limit)
        assert await told(room) == []


async def test_every_loop_of_a_running_desk_is_watched(tmp_path: Path) -> None:
    """Whoever adds a loop says for how long it may stand still, and wedges it in a test."""
    kafka = KafkaSettings(
        enabled=True, brokers="127.0.0.1:1", durability="none", sources=({"source": "hotline-a"},)
    )
    settings = settings_in(tmp_path, kafka=kafka)
    begin(settings)

    async with running(settings) as engine:
        tasks = {_name(task) for task in asyncio.all_tasks() - {asyncio.current_task()}}
        watched = set(engine.parts.progress.loops)

    assert watched == set(WEDGED)
    assert tasks >= {side.name for side in BESIDE}
    assert tasks - {side.name for side in BESIDE} <= watched | set(SEEN_OTHERWISE)


def _name(task: asyncio.Task[Any]) -> str:
    """Its own; else what it runs, so that one begun without a name is seen all the same."""
    coroutine = task.get_coro()
    nameless = task.get_name().startswith("Task-")
    return getattr(coroutine, "__qualname__", "?") if nameless else task.get_name()
