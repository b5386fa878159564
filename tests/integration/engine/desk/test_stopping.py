"""Stop outgoing: by hand or by a file, in every process and over restarts; two people lift it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.case import commands as c
from engine.clock import ManualClock
from engine.desk import Lane
from engine.stop_file import BLIND_LONGEST, LOOK_EVERY, FileInDirectory, StopWatch
from engine.store import stopping
from engine.store import tables as t
from engine.store.stopping import Stop
from engine.watchdog import Progress
from schemas.codes import TrackName
from schemas.facts.system import load_system_fact
from schemas.responses import Done, Refused, RefusedBecause
from tests.harness.postgres import PostgresServer
from tests.integration.engine.desk.room import START, Room, a_room
from tests.integration.engine.desk.test_two_processes import claim, released, settle
from tests.integration.engine.desk.two import COMMIT, Two, two_desks


class Disk:
    """Where a test lays the file."""

    def __init__(self) -> None:
        self.there = False
        self.broken = False

    def lies(self) -> bool:
        if self.broken:
            raise PermissionError("invented")
        return self.there


def watch(room: Room, disk: Any, *, alone: bool = True) -> StopWatch:
    return StopWatch(
        file=disk,
        place=room.desk.instance.partition("#")[0],
        desk=room.desk,
        reader=room.reader,
        clock=room.clock,
        alone=alone,
    )


async def switch(room: Room, *, on: bool, by: str = "ana") -> Any:
    inbox = replace(room.inbox(), source=room.desk.instance)
    command = c.StopOutgoing(inbox=inbox, on=on, by=by)
    return (await room.submit(command, lane=Lane.STOP))[0]


async def state(room: Room) -> Stop:
    return await room.read(stopping.read)


async def outward(room: Room) -> set[str]:
    return {job.party for job in await claim(room) if job.track is not TrackName.DUTY}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of one's own."""
    return tmp_path / "desk.sqlite"


# --- by hand


async def test_one_person_stops_and_two_different_ones_switch_on(store_url: str) -> None:
    async with a_room(store_url) as room:
        await released(room)
        assert (await switch(room, on=True, by="ana")).detail == "stopped"
        assert (await switch(room, on=False, by="ana")).detail == "agreed"
        again = await switch(room, on=False, by="ana")
        assert isinstance(again, Refused)
        assert again.reason is RefusedBecause.SAME_PERSON
        assert await outward(room) == set()
        assert (await switch(room, on=False, by="ben")).detail == "allowed"
        assert await outward(room) == {"embassy"}


async def test_it_is_known_since_when_and_by_whom(path: Path) -> None:
    async with a_room(path) as room:
        await switch(room, on=True, by="ben")
        stop = await state(room)
        assert (stop.on, stop.by, stop.since) == (True, "ben", room.clock.now())


async def test_stopping_again_takes_back_the_first_of_two_who_agreed(path: Path) -> None:
    async with a_room(path) as room:
        await switch(room, on=True)
        await switch(room, on=False, by="ana")
        await switch(room, on=True, by="ben")
        assert (await switch(room, on=False, by="ben")).detail == "agreed"
        assert (await state(room)).by == "ana", "it has been stopped since then"


async def test_switching_on_what_is_on_changes_nothing(path: Path) -> None:
    async with a_room(path) as room:
        assert (await switch(room, on=False)).detail == "allowed"
        assert await room.rows(t.journal, t.journal.c.stream == "system") is not None
        assert not (await state(room)).on


async def test_duty_is_paged_about_it_at_once(store_url: str) -> None:
    async with a_room(store_url) as room:
        await switch(room, on=True)
        pages = await claim(room)
        assert {job.track for job in pages} == {TrackName.DUTY}
        assert {job.detail for job in pages} == {"outgoing_stopped"}


async def test_each_stop_is_a_page_of_its_own(path: Path) -> None:
    async with a_room(path) as room:
        await switch(room, on=True)
        for who in ("ana", "ben"):
            await switch(room, on=False, by=who)
        await room.clock.advance(minutes=1)
        await switch(room, on=True)
        incidents = await room.rows(t.cases, t.cases.c.incident == "outgoing_stopped")
        assert len(incidents) == 2


async def test_the_journal_names_both_who_agreed(path: Path) -> None:
    async with a_room(path) as room:
        await switch(room, on=True)
        await switch(room, on=False, by="ana")
        await switch(room, on=False, by="ben")
        rows = await room.rows(t.journal, t.journal.c.stream == "system")
        told = [load_system_fact(row.body) for row in sorted(rows, key=lambda row: row.n)]
        assert [x.kind for x in told if "outgoing" in x.kind] == [
            "outgoing_stopped",
            "outgoing_lift_given",
            "outgoing_allowed",
        ]
        assert (told[-1].agreed, told[-1].by) == ("ana", "ben")  # type: ignore[union-attr]


# --- by a file


async def test_a_file_stops_everything_within_a_second(path: Path) -> None:
    async with a_room(path) as room:
        await released(room)
        disk = Disk()
        looking = asyncio.create_task(watch(room, disk).run())
        await room.clock.advance(seconds=1)
        disk.there = True
        await room.clock.advance(seconds=2 * LOOK_EVERY)
        assert room.desk.in_hand.stopped
        assert (await state(room)).by == "file"
        assert await outward(room) == set()
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def test_a_file_of_this_name_in_the_data_directory_is_seen(tmp_path: Path) -> None:
    file = FileInDirectory(tmp_path)
    assert not file.lies()
    (tmp_path / "STOP").touch()
    assert file.lies()
    (tmp_path / "STOP").unlink()
    (tmp_path / "STOP").symlink_to(tmp_path / "nowhere")
    assert file.lies(), "whatever lies there was laid there"


async def test_taking_the_file_away_lifts_nothing(path: Path) -> None:
    async with a_room(path) as room:
        await released(room)
        disk = Disk()
        look = watch(room, disk).look
        disk.there = True
        await look()
        disk.there = False
        await look()
        assert (await state(room)).on
        assert await outward(room) == set()
        for who in ("ana", "ben"):
            assert isinstance(await switch(room, on=False, by=who), Done)
        assert await outward(room) == {"embassy"}


async def test_nobody_switches_on_while_the_file_lies_there(path: Path) -> None:
    async with a_room(path) as room:
        await room.desk.fire_due(limit=1)
        disk = Disk()
        disk.there = True
        await watch(room, disk).look()
        refused = await switch(room, on=False)
        assert isinstance(refused, Refused)
        assert refused.reason is RefusedBecause.STOP_FILE
        assert "test" in refused.detail


async def test_a_file_that_a_dead_engine_saw_does_not_stop_everything_for_ever(path: Path) -> None:
    async with a_room(path) as room:
        disk = Disk()
        disk.there = True
        await watch(room, disk).look()
        await room.clock.advance(minutes=5)
        for who in ("ana", "ben"):
            assert isinstance(await switch(room, on=False, by=who), Done)
        stop = await state(room)
        assert not stop.on
        assert stop.files == ()


async def test_a_file_that_lies_there_at_the_start_lets_not_one_message_out(path: Path) -> None:
    async with a_room(path) as room:
        disk = Disk()
        disk.there = True
        watch(room, disk)
        assert room.desk.in_hand.stopped, "before the first look at the store"


async def test_a_stop_outlives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite"
    clock = ManualClock(START)
    async with a_room(file, clock=clock) as room:
        await released(room)
        await switch(room, on=True)
    async with a_room(file, clock=clock) as room:
        assert await outward(room) == set()
        await switch(room, on=False, by="ana")
    async with a_room(file, clock=clock) as room:
        await switch(room, on=False, by="ben")
        assert await outward(room) == {"embassy"}


async def test_a_disk_that_cannot_be_read_leaves_it_as_it_was(path: Path) -> None:
    async with a_room(path) as room:
        disk = Disk()
        looks = watch(room, disk)
        disk.there = True
        await looks.look()
        disk.broken = True
        await looks.look()
        assert room.desk.in_hand.stopped
        assert (await state(room)).on


async def test_a_folder_that_cannot_be_looked_into_is_told_to_duty_and_not_at_each_look(
    path: Path,
) -> None:
    """The switch was blind there, and only the log said so, four times a second."""
    clock = ManualClock(START)
    async with a_room(path, clock=clock) as room:
        disk = Disk()
        looks = watch(room, disk)
        disk.broken = True
        await looks.look()
        disk.broken = False
        await looks.look()
        await clock.advance(seconds=BLIND_LONGEST)
        disk.broken = True
        await looks.look()
        assert await room.rows(t.cases, t.cases.c.incident == "loop_failed") == []

        for _ in range(3):
            await clock.advance(seconds=BLIND_LONGEST)
            await looks.look()

        assert len(await room.rows(t.cases, t.cases.c.incident == "loop_failed")) == 1


# --- several processes


@pytest.fixture
async def two(postgres: PostgresServer) -> AsyncIterator[Two]:
    async with two_desks(postgres) as two:
        yield two


async def test_a_file_in_one_data_directory_stops_every_process(two: Two) -> None:
    await released(two.a)
    disk = Disk()
    disk.there = True
    await watch(two.a, disk, alone=False).look()
    await watch(two.b, Disk(), alone=False).look()
    assert two.b.desk.in_hand.stopped
    assert await outward(two.b) == set()


async def test_two_who_agree_at_once_in_two_processes_are_two(two: Two) -> None:
    await switch(two.a, on=True)
    first, second = await two.while_a(
        switch(two.a, on=False, by="ana"), COMMIT, switch(two.b, on=False, by="ben"), waits=True
    )
    assert (first.detail, second.detail) == ("agreed", "allowed")


async def test_one_who_agrees_twice_at_once_is_one(two: Two) -> None:
    await switch(two.a, on=True)
    _, second = await two.while_a(
        switch(two.a, on=False, by="ana"), COMMIT, switch(two.b, on=False, by="ana"), waits=True
    )
    assert isinstance(second, Refused)
    assert (await state(two.a)).on


async def test_what_is_in_hand_in_another_process_is_dropped_with_the_next_look(two: Two) -> None:
    await released(two.a)
    job, *_ = [each for each in await claim(two.a) if each.track is not TrackName.DUTY]
    two.a.desk.in_hand.take(job)
    await switch(two.b, on=True)
    looks = watch(two.a, Disk(), alone=False)
    await looks.look()
    assert two.a.desk.in_hand.called_off(job)
    await settle(two.a, job, "failed_temporary")


class Silent:
    """A reader whose store answers nothing."""

    async def run(self, fn: Any) -> Any:
        await asyncio.get_running_loop().create_future()


async def test_a_store_that_answers_nothing_does_not_hide_the_file(path: Path) -> None:
    """The file was looked for behind whatever the store was asked before."""
    clock = ManualClock(START)
    progress, disk = Progress(), Disk()
    async with a_room(path, clock=clock) as room:
        watching = StopWatch(
            file=disk,
            place="here",
            desk=room.desk,
            reader=Silent(),
            clock=clock,
            turns=progress.loop("stop watch", limit=120),
        )
        running = asyncio.create_task(watching.run())
        await clock.advance(seconds=10)
        assert not room.desk.in_hand.stopped

        disk.there = True
        await clock.advance(seconds=2 * LOOK_EVERY)

        assert room.desk.in_hand.stopped
        assert not progress.loops["stop watch"].quiet, "the watchdog counts how long"
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
