"""Two engines over one store whose machines do not agree about the time of day."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from engine.clock import ManualClock
from engine.store import journal
from engine.store import tables as t
from schemas.codes import Severity
from schemas.facts.system import EngineStarted
from schemas.responses import Done
from tests.harness.postgres import PostgresServer
from tests.harness.stores import postgres_url
from tests.integration.engine.desk.room import START, Room, a_room, report
from tests.integration.engine.desk.test_hostile_times import SettableClock
from tests.unit.engine.case import builders as b

HOUR = timedelta(hours=1)


@pytest.fixture
async def rooms(postgres: PostgresServer) -> AsyncIterator[tuple[Room, Room]]:
    """An engine whose clock is right, and one whose clock is an hour behind."""
    url = postgres_url(postgres)
    late = SettableClock(START)
    late.ahead = -HOUR
    async with contextlib.AsyncExitStack() as stack:
        right = await stack.enter_async_context(
            a_room(url, clock=ManualClock(START), threads=True, instance="a")
        )
        await right.desk.fire_due(limit=1)  # it has started
        slow = await stack.enter_async_context(a_room(url, clock=late, threads=True, instance="b"))
        yield right, slow
    postgres.drop(url)


async def opened(room: Room, id: str, situation: str) -> str:
    event = b.an_event(situation=situation)
    done = await room.one(report(id, event, severity=Severity.CRITICAL))
    assert isinstance(done, Done)
    return done.case


async def times(room: Room, case: str) -> list[Any]:
    leaves = await room.rows(t.journal, t.journal.c.stream == case)
    return [leaf.at for leaf in sorted(leaves, key=lambda leaf: leaf.n)]


async def test_an_engine_whose_clock_is_behind_writes_nothing_before_what_was_done_already(
    rooms: tuple[Room, Room],
) -> None:
    right, slow = rooms
    await slow.desk.fire_due(limit=1)
    await right.clock.advance(minutes=20)
    case = await opened(right, "e1", "s1")

    assert await opened(slow, "e2", "s1") == case

    found = await times(right, case)
    assert found == sorted(found)
    assert found[-1] >= START + timedelta(minutes=20)


async def test_duty_is_paged_on_by_the_engine_whose_clock_is_behind(
    rooms: tuple[Room, Room],
) -> None:
    right, slow = rooms
    await right.clock.advance(minutes=20)
    await opened(right, "e1", "s1")
    await opened(slow, "e2", "s1")
    before = len(await right.rows(t.notifications))

    for _ in range(4):
        await slow.clock.advance(minutes=16)
        await slow.desk.fire_due(limit=10)

    assert len(await right.rows(t.notifications)) > before


async def test_a_case_that_only_the_other_engine_has_touched_is_none_of_its_business(
    rooms: tuple[Room, Room],
) -> None:
    """Only who shares work shares a clock: one machine whose clock runs ahead hurries nobody."""
    right, slow = rooms
    await slow.desk.fire_due(limit=1)
    await right.clock.advance(days=1)
    await opened(right, "e1", "s1")

    case = await opened(slow, "e2", "s2")

    assert max(await times(right, case)) < START + timedelta(hours=1)


async def test_what_concerns_no_case_is_in_the_order_of_its_times_too(
    rooms: tuple[Room, Room],
) -> None:
    right, _ = rooms
    for at in (START + HOUR, START):
        fact = EngineStarted(instance="c", unknown=0)
        await right.writer.run(lambda conn, at=at, fact=fact: journal.note(conn, fact, at))

    found = await times(right, journal.SYSTEM)
    assert found == sorted(found)
