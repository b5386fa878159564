"""The canary goes the whole way in a running engine, and nobody ever sees one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import orjson
import pytest
from sqlalchemy import Connection, func, select

from engine import canary
from engine.bootstrap.engine import Engine
from engine.clock import SystemClock
from engine.desk import Lane
from engine.intake.door import Outcome
from engine.intake.scope import Scope, only, scope_from
from engine.ports import Position
from engine.settings import CanarySettings
from engine.store import canaries, offsets
from engine.store import tables as t
from engine.store.following import counts
from schemas.codes import EventType, Severity
from schemas.responses import Way
from tests.integration.bootstrap.house import Letters, begin, mailbox, running, settings_in

TABLES_ABOUT_SOMEBODY = [
    table
    for name, table in sorted(t.metadata.tables.items())
    if name not in ("canaries", "meta", "instances", "offsets", "leases")
]


@asynccontextmanager
async def a_desk(folder: Path, **more: object) -> AsyncIterator[tuple[Engine, Letters]]:
    async with mailbox() as (sink, letters):
        settings = settings_in(folder, smtp_port=sink.port, **more)
        begin(settings)
        async with running(settings) as engine:
            yield engine, letters


async def until(
    engine: Engine, look: Callable[[Connection], object], *, within: float = 20
) -> None:
    """Wait until the store says so."""
    async with asyncio.timeout(within):
        while not await engine.parts.reader.run(look):
            await SystemClock().sleep(0.05)


def rows(conn: Connection) -> dict[str, int]:
    """How much there is in every table that is about somebody."""
    return {
        table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
        for table in TABLES_ABOUT_SOMEBODY
    }


def named(engine: Engine, *, way: str = canary.DOOR, age: float = 0) -> str:
    at = engine.parts.clock.now() - timedelta(seconds=age)
    return canary.name(engine.parts.keys.receipt, way=way, at=at, chance=b"12345678")


async def test_it_comes_through_and_leaves_no_trace_but_its_own_row(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as (engine, letters):
        before = await engine.parts.reader.run(rows)
        await until(engine, canaries.newest)

        seen = await engine.parts.reader.run(canaries.newest)
        after = await engine.parts.reader.run(rows)
        told = await engine.parts.reader.run(counts)
        measured = 'tocsin_canary_seconds{way="door"}'
        await until(engine, lambda _: measured in engine.parts.metrics.exposed().decode())
        exposed = engine.parts.metrics.exposed().decode()

    assert list(seen) == [canary.DOOR]
    assert after == before and told.events == 0 and not told.cases
    assert letters.mails == []
    assert "tocsin_reports_total{" not in exposed


async def test_an_hour_of_them_is_all_that_is_ever_kept(tmp_path: Path) -> None:
    async with a_desk(tmp_path, canary=CanarySettings(enabled=False)) as (engine, _):
        old = named(engine, way="old")
        await engine.parts.door.take_canary(canary.report(old))
        await engine.parts.writer.run(
            lambda conn: conn.execute(
                t.canaries.update().values(
                    arrived_at=engine.parts.clock.now() - timedelta(minutes=61)
                )
            )
        )
        await engine.parts.door.take_canary(canary.report(named(engine)))
        ways = await engine.parts.reader.run(
            lambda conn: list(conn.execute(select(t.canaries.c.way)).scalars())
        )
    assert ways == [canary.DOOR]


async def test_one_of_a_night_that_is_over_moves_its_log_and_is_let_lie(tmp_path: Path) -> None:
    async with a_desk(tmp_path, canary=CanarySettings(enabled=False)) as (engine, _):
        ranges = {("tocsin.threats", 0): offsets.Range(begin=0, end=9)}
        (held,) = await engine.parts.writer.run(
            lambda conn: offsets.acquire(conn, ranges, owner="test")
        )
        position = Position(topic="tocsin.threats", partition=0, offset=4, epoch=held.epoch)
        taken = await engine.parts.door.take(
            canary.report(named(engine, age=3_600)),
            scopes=canary.nobody,
            way=Way.KAFKA,
            position=position,
        )
        stored = await engine.parts.reader.run(offsets.all_positions)
        left = await engine.parts.reader.run(rows)
        waiting = await engine.parts.reader.run(
            lambda conn: conn.execute(select(func.count()).select_from(t.canaries)).scalar_one()
        )
    assert taken.outcome is Outcome.TAKEN
    assert [row[3] for row in stored] == [5]
    assert waiting == 0 and left["quarantine"] == 0


async def test_nobody_can_publish_as_the_canary_by_any_way(tmp_path: Path) -> None:
    async with a_desk(tmp_path, canary=CanarySettings(enabled=False)) as (engine, letters):
        scope = scope_from(source=canary.SOURCE, words="act exercise", ceiling="critical")
        key = (await engine.parts.sources.issue(scope, valid=timedelta(days=1), by="test")).text
        genuine = canary.report(named(engine))
        async with httpx2.AsyncClient(trust_env=False) as client:
            answer = await client.post(
                f"{engine.address}/v1/events",
                content=genuine,
                headers={
                    "authorization": f"Bearer {key}",
                    "content-type": "application/cloudevents+json",
                },
            )
        everything = Scope(
            source=canary.SOURCE, types=frozenset(EventType), ceiling=Severity.CRITICAL
        )
        by_hand = await engine.parts.door.take(genuine, scopes=only(everything), way=Way.CONSOLE)
        forged = genuine.replace(b"door.", b"dOOr.")
        ranges = {("tocsin.threats", 0): offsets.Range(begin=0, end=9)}
        await engine.parts.writer.run(lambda conn: offsets.acquire(conn, ranges, owner="test"))
        by_log = await engine.parts.door.take(
            forged,
            scopes=only(everything),
            way=Way.KAFKA,
            position=Position(topic="tocsin.threats", partition=0, offset=0, epoch=1),
        )
        with pytest.raises(ValueError, match="not a canary"):
            await engine.parts.door.take_canary(forged)
        await letters.next()  # whoever imitates it is a human's
        left = await engine.parts.reader.run(rows)

    assert answer.status_code == 400
    assert orjson.loads(answer.content)["problems"][0]["code"] == "foreign_source"
    assert by_hand.outcome is Outcome.UNREADABLE
    assert by_log.outcome is Outcome.UNREADABLE and left["quarantine"] == 1
    assert left["events"] == 0


async def test_a_real_report_beside_it_is_told_and_the_canary_is_not(tmp_path: Path) -> None:
    async with a_desk(tmp_path, canary=CanarySettings(enabled=False)) as (engine, letters):
        id = named(engine)
        await engine.parts.door.take_canary(canary.report(id))
        event = {"code": "arrest", "situation": "s-1"}
        raw = orjson.loads(canary.report("e-1"))
        raw |= {"source": "hotline-a", "exercise": False, "data": {"event": event}}
        scope = Scope(source="hotline-a", types=frozenset(EventType), ceiling=Severity.CRITICAL)
        await engine.parts.door.take(orjson.dumps(raw), scopes=only(scope), way=Way.API)
        await letters.next()
        await until(engine, lambda conn: canaries.settled(conn, id))
        sent = await engine.parts.reader.run(
            lambda conn: set(conn.execute(select(t.notifications.c.channel)).scalars())
        )
    assert sent == {"email"}
    assert all("EXERCISE" not in mail.raw.decode("utf-8", "replace") for mail in letters.mails)


async def test_one_claimed_by_a_sender_that_died_is_claimed_again(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, canary=CanarySettings(enabled=False))
    begin(settings)
    quiet = settings.model_copy(update={"roles": ("intake", "web", "timers")})
    async with running(quiet) as engine:
        id = named(engine)
        await engine.parts.door.take_canary(canary.report(id))
        await until(engine, _in_state("queued"))
        claimed = await engine.parts.desk.claim_sends(free={}, others=0, canaries=True)
        assert len(claimed.canaries) == 1 and not claimed.jobs
        again = await engine.parts.desk.claim_sends(free={}, others=0, canaries=True)
        assert again.canaries == ()
        await engine.parts.writer.run(
            lambda conn: conn.execute(
                t.canaries.update().values(tried_at=engine.parts.clock.now() - timedelta(minutes=1))
            )
        )
        later = await engine.parts.desk.claim_sends(free={}, others=0, canaries=True)
        assert [job.job.key for job in later.canaries] == [claimed.canaries[0].job.key]


def _in_state(state: str) -> Callable[[Connection], object]:
    return lambda conn: conn.execute(
        select(t.canaries.c.id).where(t.canaries.c.state == state)
    ).first()


async def test_a_canary_that_raises_on_its_way_costs_no_report_anything(tmp_path: Path) -> None:
    async with a_desk(tmp_path, canary=CanarySettings(enabled=False)) as (engine, _):
        id = named(engine)
        await engine.parts.door.take_canary(canary.report(id))
        await engine.parts.writer.run(
            lambda conn: conn.execute(t.canaries.update().values(body=b"{"))
        )
        await until(engine, _in_state("lost"))
        fired = await engine.parts.desk.fire_due(limit=1)
        assert not fired.more
        assert engine.parts.desk.waiting(Lane.CRITICAL) == 0
