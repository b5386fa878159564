"""One sender dies: what it was sending is sent by another, and its late words do no harm."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.beat import keep_beating
from engine.bell import Bell
from engine.case.commands import TryOutcome
from engine.desk import SendJob
from engine.desk.recovery import FORGOTTEN_AFTER
from engine.store import instances
from engine.store import tables as t
from engine.takeover import TakeOver
from schemas.facts.system import load_system_fact
from tests.integration.engine.desk.room import Halted, Room, a_room, halt, report

OTHER = "other"


class Two:
    """A desk that claims, and beside it a second process that looks whether it lives."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.sends = Bell()
        self.name = ""
        self.taking: TakeOver | None = None

    async def start_other(self) -> None:
        now = self.room.clock.now()
        self.name = await self.room.writer.run(
            lambda conn: instances.start(conn, id=OTHER, roles="sender", now=now)
        )
        self.taking = TakeOver(
            reader=self.room.reader,
            writer=self.room.writer,
            name=self.name,
            machine=self.room.clock,
            stamp=self.room.clock,
            sends=self.sends,
        )

    async def claim(self) -> list[SendJob]:
        return list((await self.room.desk.claim_sends(free={"sms": 9, "email": 9}, others=0)).jobs)

    async def look(self, *, seconds: int = 0) -> int:
        """The other one looks once a second; return how much it took."""
        assert self.taking is not None
        taken = await self.taking.look()
        for _ in range(seconds):
            await self.room.clock.advance(seconds=1)
            taken += await self.taking.look()
        return taken

    async def states(self) -> set[str]:
        return {row.state for row in await self.room.rows(t.notifications)}

    async def write(self, fn: Any) -> Any:
        return await self.room.writer.run(fn)


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with a_room(tmp_path / "desk.sqlite") as room:
        two = Two(room)
        await room.one(report())
        await two.start_other()
        yield two


def _outcome(job: SendJob, state: str) -> TryOutcome:
    return TryOutcome(key=job.key, attempt_no=job.attempt_no, state=state, reason="late")


async def test_what_a_silent_one_was_sending_is_taken_after_ten_seconds(two: Two) -> None:
    jobs = await two.claim()

    assert await two.look(seconds=9) == 0
    assert await two.states() == {"sending"}
    assert await two.look(seconds=1) == len(jobs)
    assert await two.states() == {"unknown"}
    again = await two.claim()
    assert {job.key for job in again} == {job.key for job in jobs}
    assert {job.attempt_no for job in again} == {2}


async def test_what_was_taken_is_written_down_and_the_sender_is_woken(two: Two) -> None:
    jobs = await two.claim()
    await two.look(seconds=10)

    leaves = await two.room.rows(t.journal, t.journal.c.kind == "sends_taken_over")
    (fact,) = (load_system_fact(leaf.body) for leaf in leaves)
    assert (fact.instance, fact.of) == (two.name, two.room.desk.instance)  # type: ignore[union-attr]
    assert fact.unknown == len(jobs)  # type: ignore[union-attr]
    await asyncio.wait_for(two.sends.heard(), 1)
    assert await two.room.sound()


async def test_one_that_says_it_lives_keeps_what_it_is_sending(two: Two) -> None:
    await two.claim()
    beating = asyncio.create_task(
        keep_beating(two.room.writer, name=two.room.desk.instance, clock=two.room.clock, halt=halt)
    )

    assert await two.look(seconds=60) == 0
    assert await two.states() == {"sending"}
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)


async def test_nobody_takes_its_own(two: Two) -> None:
    await two.claim()
    own = TakeOver(
        reader=two.room.reader,
        writer=two.room.writer,
        name=two.room.desk.instance,
        machine=two.room.clock,
        stamp=two.room.clock,
        sends=two.sends,
    )
    for _ in range(20):
        await two.room.clock.advance(seconds=1)
        assert await own.look() == 0


async def test_what_an_earlier_start_left_is_taken_at_once(two: Two) -> None:
    jobs = await two.claim()
    id = two.room.desk.instance.rpartition("#")[0]
    now = two.room.clock.now()
    await two.write(lambda conn: instances.start(conn, id=id, roles="", now=now))

    assert await two.look() == len(jobs)


async def test_what_a_calm_end_left_is_taken_at_once(two: Two) -> None:
    jobs = await two.claim()
    await two.write(lambda conn: instances.end(conn, name=two.room.desk.instance))

    assert await two.look() == len(jobs)


async def test_one_that_was_stopped_and_goes_on_leaves(two: Two) -> None:
    await two.claim()
    await two.look(seconds=10)

    with pytest.raises(Halted, match="given up for dead"):
        await keep_beating(
            two.room.writer, name=two.room.desk.instance, clock=two.room.clock, halt=halt
        )


async def test_one_that_spoke_while_it_was_given_up_keeps_its_work(two: Two) -> None:
    """Between the look and the taking it said something: it lives."""
    await two.claim()
    await two.look(seconds=9)
    name, later = two.room.desk.instance, two.room.clock.now()
    real = two.room.writer.run

    async def speaks_first(fn: Any) -> Any:
        await real(lambda conn: instances.beat(conn, name=name, now=later))
        return await real(fn)

    two.room.writer.run = speaks_first  # type: ignore[method-assign]
    assert await two.look(seconds=1) == 0
    assert await two.states() == {"sending"}


async def test_a_late_word_that_it_left_counts(two: Two) -> None:
    (job, *_) = await two.claim()
    await two.look(seconds=10)
    await two.room.desk.settle_sends([_outcome(job, "handed_off")])

    (row,) = await two.room.rows(t.notifications, t.notifications.c.key == job.key)
    assert row.state == "handed_off"
    assert job.key not in {each.key for each in await two.claim()}


@pytest.mark.parametrize("late", ["failed_permanent", "failed_temporary", "unknown"])
async def test_every_other_late_word_changes_nothing(two: Two, late: str) -> None:
    (job, *_) = await two.claim()
    await two.look(seconds=10)
    before = await two.room.rows(t.notifications, t.notifications.c.key == job.key)
    await two.room.desk.settle_sends([_outcome(job, late)])

    assert await two.room.rows(t.notifications, t.notifications.c.key == job.key) == before
    assert job.key in {each.key for each in await two.claim()}


async def test_a_message_called_off_while_it_was_sent_by_the_dead_is_not_sent_again(
    two: Two,
) -> None:
    jobs = await two.claim()

    def call_off(conn: Connection) -> None:
        conn.execute(t.notifications.update().values(reason="consent_revoked"))

    await two.write(call_off)
    assert await two.look(seconds=10) == len(jobs)
    assert await two.claim() == []


async def test_on_sqlite_whoever_starts_knows_that_all_others_are_dead(tmp_path: Path) -> None:
    """Or the relay would wait ten seconds for a process whose number changed with its start."""
    path = tmp_path / "desk.sqlite"
    async with a_room(path) as room:
        await room.one(report())
        await room.writer.run(
            lambda conn: instances.start(conn, id=OTHER, roles="", now=room.clock.now())
        )
    async with a_room(path) as room:
        await room.one(report("e2"))
        in_force = await room.read(instances.beats)

        assert f"{OTHER}#1" not in in_force
        assert room.desk.instance in in_force


async def test_the_long_dead_are_forgotten(two: Two) -> None:
    await two.look()
    await two.room.clock.advance(seconds=FORGOTTEN_AFTER.total_seconds())
    now = two.room.clock.now() + timedelta(seconds=1)
    await two.write(lambda conn: instances.beat(conn, name=two.name, now=now))
    await two.room.clock.advance(seconds=2)
    await two.look()

    assert [row.id for row in await two.room.rows(t.instances)] == [OTHER]
