"""A store that undoes, waits, dies or does not answer: nothing is lost, and nothing is sent twice
that nobody had."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import OperationalError

from engine.case import commands as c
from engine.desk.lanes import StoreUnavailable
from engine.registry import load_world, save_registry
from engine.store import tables as t
from engine.store.database import NotCommittedError
from schemas.codes import TrackName
from schemas.responses import Done
from tests.harness.postgres import PostgresServer
from tests.integration.engine.desk.room import OUR_OWN, REGISTRY, START, Room, a_room, report
from tests.integration.engine.desk.test_two_processes import claim, opened, released, settle
from tests.integration.engine.desk.two import COMMIT, Two, two_desks
from tests.unit.engine.case import builders as b


@pytest.fixture
async def two(mortal_postgres: PostgresServer) -> AsyncIterator[Two]:
    async with two_desks(mortal_postgres) as two:
        yield two


async def sending(room: Room) -> set[str]:
    return {
        row.key for row in await room.rows(t.notifications, t.notifications.c.state == "sending")
    }


def another(n: int) -> c.EventArrived:
    return report(f"e{n}", b.an_event(situation=f"s{n}"))


async def test_a_deadlock_costs_a_second_and_no_report(two: Two) -> None:
    """A report that is refused for its content raises an incident, locked after its own case."""
    (case,) = await opened(two.a, 1)
    wrong = report("e0", b.an_event(situation="s0"), body=b"{}")
    await two.a.one(wrong)  # the incident is there from now on
    (incident,) = await two.a.rows(t.cases, t.cases.c.kind == "incident")
    info = str(two.a.database.url.render_as_string(hide_password=False)).replace("+psycopg", "")
    lock = "SELECT 1 FROM cases WHERE id = %s FOR UPDATE"
    with psycopg.connect(info) as other:
        other.execute("SET deadlock_timeout = '20s'")  # so that it is the desk that loses
        other.execute(lock, [incident.id])
        losing = asyncio.ensure_future(
            two.a.one(replace(wrong, inbox=replace(wrong.inbox, digest="1" * 64)))
        )
        await two.somebody_waits()
        await asyncio.to_thread(other.execute, lock, [case])
        other.rollback()

    assert (await losing).reason == "equivocation"  # type: ignore[union-attr]
    (row,) = await two.a.rows(t.inbox, t.inbox.c.source == "hotline")
    assert row.equivocations == 2
    assert await two.a.sound()


async def test_a_case_that_somebody_else_holds_for_long_is_decided_when_he_lets_go(
    two: Two,
) -> None:
    (case,) = await opened(two.a, 1)
    await two.a.writer.run(lambda conn: conn.execute(text("SET lock_timeout = '50ms'")) and None)
    again = report("again", b.an_event(situation="s0"))

    two.gate.shut(COMMIT)
    holder = asyncio.ensure_future(
        two.a.writer.run(lambda conn: conn.execute(text("SELECT 1 FROM cases FOR UPDATE")).all())
    )
    await two.gate.reached()
    await two.b.writer.run(lambda conn: conn.execute(text("SET lock_timeout = '50ms'")) and None)
    waiting = asyncio.ensure_future(two.b.one(again))
    for _ in range(3):  # it is turned away, and comes again
        await two.somebody_waits()
    two.gate.open()
    await holder

    assert isinstance(await waiting, Done)
    assert len(await two.a.facts(case)) > 0


async def test_a_server_that_is_killed_and_comes_back_finds_everybody_where_they_were(
    mortal_postgres: PostgresServer, two: Two
) -> None:
    first = await two.a.one(report("e1"))
    await asyncio.to_thread(mortal_postgres.kill9)
    pending = asyncio.ensure_future(two.b.one(another(2)))
    await asyncio.to_thread(mortal_postgres.start)

    async with asyncio.timeout(30):
        while not pending.done():
            await two.b.clock.advance(seconds=1)
            await asyncio.sleep(0.01)
    assert isinstance(first, Done) and isinstance(await pending, Done)
    assert len(await two.a.rows(t.events)) == 2  # readers look again, too
    assert isinstance(await two.a.one(another(3)), Done)
    assert await two.a.sound()


async def test_a_session_that_the_server_ends_before_the_commit_costs_nothing(two: Two) -> None:
    await opened(two.a, 2)
    two.gate.shut(COMMIT)
    claimed = asyncio.ensure_future(claim(two.a))
    await two.gate.reached()
    await asyncio.to_thread(two.ask, _END_OTHERS)
    two.gate.open()
    while not claimed.done():
        await two.a.clock.advance(seconds=1)
        await asyncio.sleep(0.01)

    jobs = await claimed
    assert {job.key for job in jobs} == await sending(two.a) != set()
    assert {job.attempt_no for job in jobs} == {1}


_END_OTHERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Lost:
    """A writer whose connection is lost right after a commit: nobody says whether it happened."""

    def __init__(self, room: Room) -> None:
        self._run = room.writer.run
        self.times = 0
        room.writer.run = self.run

    async def run(self, fn: Any) -> Any:
        result = await self._run(fn)
        if self.times:
            self.times -= 1
            error = OperationalError("COMMIT", {}, Exception("connection lost"))
            error.connection_invalidated = True
            raise error
        return result


async def test_what_was_claimed_when_the_answer_was_lost_is_sent_all_the_same(
    store_url: str,
) -> None:
    async with a_room(store_url) as room:
        await opened(room, 3)
        (had, *_) = await claim(room, sms=1)  # somebody is sending this one meanwhile
        lost = Lost(room)
        lost.times = 1

        claimed = asyncio.ensure_future(claim(room))
        await room.clock.advance(seconds=1)
        jobs = await claimed

        assert {job.key for job in (had, *jobs)} == await sending(room)
        assert had.key not in {job.key for job in jobs}
        assert len(jobs) == 5
        for job in (had, *jobs):
            await settle(room, job, "handed_off")
        rows = await room.rows(t.notifications)
        assert {(row.state, row.unknowns) for row in rows} == {("handed_off", 0)}
        tries = await room.rows(t.attempts)
        assert {row.state for row in tries} == {"handed_off", "failed_temporary"}


async def test_what_was_settled_when_the_answer_was_lost_is_settled_once(store_url: str) -> None:
    async with a_room(store_url) as room:
        await opened(room, 1)
        jobs = await claim(room)
        lost = Lost(room)
        lost.times = 1

        settling = asyncio.ensure_future(settle(room, jobs[0], "unknown"))
        await room.clock.advance(seconds=1)
        await settling

        (row,) = await room.rows(t.notifications, t.notifications.c.key == jobs[0].key)
        assert (row.state, row.unknowns, row.attempts) == ("unknown", 1, 1)


async def test_what_was_decided_when_the_answer_was_lost_is_decided_once(store_url: str) -> None:
    async with a_room(store_url) as room:
        (case,) = await opened(room, 1)
        await room.clock.advance(hours=2)
        lost = Lost(room)
        lost.times = 1

        firing = asyncio.ensure_future(room.desk.fire_due(limit=10))
        await room.clock.advance(seconds=1)
        await firing

        fired = [fact.step for fact in await room.facts(case) if fact.kind == "step_fired"]
        assert len(fired) == len(set(fired)) == 2
        assert not await room.rows(t.cases, t.cases.c.kind == "incident")


async def test_a_writer_that_is_undone_again_and_again_says_so(two: Two) -> None:
    def undone(conn: Any) -> None:
        conn.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"))

    with pytest.raises(NotCommittedError):
        await two.a.writer.run(undone)

    assert isinstance(await two.a.one(report()), Done)  # and goes on


async def test_nothing_leaves_the_house_on_a_world_that_another_process_replaced(
    two: Two,
) -> None:
    """The embassy's people left; the other process knows already. Duty is paged all the same."""
    for room in (two.a, two.b):
        await _put_into_force(room, CONTACTS)
    await released(two.a)
    await two.a.one(another(7))
    await _put_into_force(two.a, [x for x in CONTACTS if x.party != "embassy"])

    jobs = await claim(two.b)

    assert jobs and {job.track for job in jobs} == {TrackName.DUTY}
    async with asyncio.timeout(5):
        await two.b.desk.stale.heard()
    await _load(two.b)
    assert await claim(two.b) == ()
    outward = await two.b.rows(t.notifications, t.notifications.c.lane > 1)
    assert {row.state for row in outward} == {"cancelled"}


CONTACTS = [contact for party in (*b.PARTIES, OUR_OWN) for contact in REGISTRY.contacts(party.id)]


async def _put_into_force(room: Room, contacts: Any) -> None:
    def save(conn: Any) -> None:
        parties = (*b.PARTIES, OUR_OWN)
        save_registry(
            conn, parties=parties, links=b.LINKS, contacts=contacts, at=START, by="person:ana"
        )

    await room.writer.run(save)
    await _load(room)


async def _load(room: Room) -> None:
    world = await room.reader.run(load_world)
    room.world.swap(replace(world, roster=b.ROSTER))


async def test_b41_a_server_that_takes_no_more_writes_is_left_for_one_that_does(two: Two) -> None:
    """As when the sessions outlive a failover: what they reach answers, and is a standby now."""
    await opened(two.a, 1)
    only_reads = "SET default_transaction_read_only = on"
    await two.a.writer.run(lambda conn: conn.execute(text(only_reads)) and None)

    assert isinstance(await two.a.one(another(5)), Done)
    assert isinstance(await two.b.one(another(6)), Done)

    assert not await two.a.rows(t.cases, t.cases.c.kind == "incident")
    assert {row.id for row in await two.a.rows(t.inbox)} >= {"e0", "e5", "e6"}
    assert await two.a.sound()


async def test_duty_hears_that_a_full_disk_took_nothing_as_soon_as_there_is_room(
    store_url: str,
) -> None:
    """Once, however often it refused. Whoever was refused may never have come again."""
    async with a_room(store_url) as room:
        await room.one(another(1))
        refuse, room_again = _FULL[store_url.partition(":")[0]]
        await room.writer.run(lambda conn: [conn.execute(text(each)) for each in refuse] and None)
        for n in range(2, 5):
            with pytest.raises(StoreUnavailable):
                await room.one(report(f"e{n}", b.an_event(situation=f"s{n}"), body=b"x" * 200_000))
        assert not await room.rows(t.cases, t.cases.c.kind == "incident")

        await room.writer.run(lambda conn: [conn.execute(text(each)) for each in room_again] and 0)
        await room.one(another(5))
        await room.one(another(6))

        (incident,) = await room.rows(t.cases, t.cases.c.kind == "incident")
        assert incident.id in await room.writer.run(_told)
        assert await room.sound()


def _told(conn: Connection) -> set[str]:
    return set(conn.execute(select(t.notifications.c.case_id)).scalars())


_FULL = {
    "sqlite": (["PRAGMA max_page_count = 1"], ["PRAGMA max_page_count = 1000000"]),
    "postgresql+psycopg": (
        [
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$",
            "CREATE TRIGGER no_room BEFORE INSERT ON events EXECUTE FUNCTION no_room()",
        ],
        ["DROP TRIGGER no_room ON events"],
    ),
}
"""How each store is made to refuse for want of room, and to take again."""
