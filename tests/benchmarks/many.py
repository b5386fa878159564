"""A hundred thousand open cases, and ten thousand of them fall due within one second."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, func, select, update

from engine.bootstrap.parts import Parts
from engine.case import commands as c
from engine.case import ids
from engine.clock import ManualClock
from engine.desk import Lane
from engine.store.database import Database
from engine.store.tables import cases, journal, notifications
from schemas.codes import TrackName
from schemas.facts import StepFired, load_fact
from schemas.responses import Response, ResponseKind, Way
from tests.benchmarks.floor import cpu_seconds
from tests.benchmarks.stores import Store
from tests.benchmarks.workload import TOGETHER, a_house, cases_due_at, one_report, take
from tests.harness.house import House
from tests.harness.reports import HOTLINE, Report
from tests.harness.sinks import WebhookSink

T = TypeVar("T")

OPEN = 100_000
DUE_SHARE = 10
"""One in so many falls due in that second; of the rest half wait for a rung far away, a quarter are
somebody's, and a quarter are somebody's with a track that was asked for an answer."""
STARTING = 40.0
OPENING_EACH = 0.02
"""Seconds for each case that falls due; opened faster, the engine idles until they do."""
IDLE_SECONDS = 10.0
DONE_WITHIN = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What came of it. Lateness from when each step was due, in seconds."""

    lateness_p50: float
    lateness_p99: float
    tick_ms: float
    """Processor time of the engine, and of the database's server, for each step decided."""
    idle_share: float
    """Of one processor, while a hundred thousand cases wait and nothing is due."""
    rss_bytes: float
    """Resident memory of the engine for each open case, before anything fell due."""
    stored_bytes: float
    """Of a case's state in the database, on average."""


async def open_and_due(directory: Path, store: Store, *, count: int = OPEN) -> Crowd:
    """Open them, start on them, and wait until what fell due is decided."""
    sink = WebhookSink(on_note=lambda key, body: None)
    await sink.start()
    few = _house(directory / "few", sink, store.fresh("few"))
    house = _house(directory / "many", sink, store.fresh("many"))
    try:
        await few.prepare(source=HOTLINE, clock=ManualClock(datetime.now(UTC)))
        await few.start()
        alone = few.rss_mb()
        await few.kill()
        # Opened in the store's time, which never goes back: first those that wait.
        began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        await house.prepare(source=HOTLINE, clock=ManualClock(began))
        due_count = count // DUE_SHARE
        await _waiting(house, began, count=count - due_count)
        return await _started(house, store, count=count, due_count=due_count, alone=alone)
    finally:
        await few.kill()
        await house.kill()
        await sink.stop()


def _house(directory: Path, sink: WebhookSink, url: str | None) -> House:
    return a_house(
        directory,
        way="webhook",
        channel=sink.settings(),
        address=f"{sink.url}/notes",
        database_url=url,
    )


async def _waiting(house: House, at: datetime, *, count: int) -> None:
    """Open cases that owe nothing for hours. Their messages count as gone, so that none is left."""
    parts = house.open(clock=ManualClock(at))
    desk = asyncio.create_task(parts.desk.run())
    try:
        await _each(range(count), lambda n: take(parts, _waits(n)))
        opened = await parts.reader.run(_all)
        ana = next(p.id for p in parts.world.current.roster.people)
        await _each(opened[::2], lambda case: _acknowledged(parts, case, ana))
        await _each(opened[::4], lambda case: _released(parts, case, ana))
        await parts.writer.run(lambda conn: conn.execute(_GONE))
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)
        parts.close()


def _waits(n: int) -> Report:
    """Of another company than those that fall due: an act of its own would be a reprisal."""
    return one_report("wait", n, code="slapp", by="haldane")


async def _each(items: Sequence[T], act: Callable[[T], Awaitable[object]]) -> None:
    for start in range(0, len(items), TOGETHER):
        await asyncio.gather(*map(act, items[start : start + TOGETHER]))


async def _acknowledged(parts: Parts, case: str, person: str) -> None:
    response = Response(kind=ResponseKind.ACKNOWLEDGED, way=Way.CLI, by=person)
    alert = ids.alert_id(case, TrackName.DUTY, person)
    await parts.desk.submit(
        c.Respond(inbox=_inbox("ack", case), alert=alert, response=response), lane=Lane.BULK
    )


async def _released(parts: Parts, case: str, person: str) -> None:
    record = c.ReleaseRecord(
        id=f"record-{case}", why="at_risk", how="quietly", reprisal_forecast="low", wishes_read=True
    )
    await parts.desk.submit(
        c.Release(
            inbox=_inbox("release", case),
            case=case,
            track=TrackName.MISSIONS,
            by=person,
            record=record,
        ),
        lane=Lane.BULK,
    )


def _inbox(what: str, case: str) -> c.Inbox:
    return c.Inbox(source="bench", id=f"{what}-{case}", digest="")


def _all(conn: Connection) -> list[str]:
    return list(conn.execute(select(cases.c.id).order_by(cases.c.id)).scalars())


async def _started(
    house: House, store: Store, *, count: int, due_count: int, alone: float
) -> Crowd:
    """Open those that fall due soon, start, and watch until all of them are decided."""
    allowed = STARTING + OPENING_EACH * due_count
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=allowed)
    await cases_due_at(house, due, count=due_count)
    await house.start()
    if time.time() > due.timestamp() - IDLE_SECONDS - 1:
        raise RuntimeError("the cases fell due before the engine served: opening took too long")
    pids = [*house.pids.values(), *store.pids]
    rss = house.rss_mb()
    # At a start every case is looked at once more; idle is what comes after that.
    await asyncio.sleep(max(0.0, due.timestamp() - time.time() - IDLE_SECONDS - 1))
    before = cpu_seconds(pids)
    await asyncio.sleep(IDLE_SECONDS)
    idle = (cpu_seconds(pids) - before) / IDLE_SECONDS
    await asyncio.sleep(max(0.0, due.timestamp() - time.time()))
    before = cpu_seconds(pids)
    database = store.look(house)
    try:
        late = await _all_decided(database, due, count=due_count)
        spent = cpu_seconds(pids) - before
        stored = _state_bytes(database)
    finally:
        database.close()
    return Crowd(
        lateness_p50=statistics.median(late),
        lateness_p99=statistics.quantiles(late, n=100)[98],
        tick_ms=1_000 * spent / due_count,
        idle_share=idle,
        rss_bytes=max(0.0, rss - alone) * 1_000_000 / count,
        stored_bytes=stored,
    )


async def _all_decided(database: Database, due: datetime, *, count: int) -> list[float]:
    """How late each rung of that moment was decided, in seconds."""
    conn = database.reader()
    until = time.monotonic() + DONE_WITHIN
    overdue = select(func.count()).where(cases.c.due_at <= due)
    try:
        while conn.execute(overdue).scalar_one():
            conn.rollback()
            if time.monotonic() > until:
                raise RuntimeError(f"not all were decided within {DONE_WITHIN:.0f} s")
            await asyncio.sleep(0.1)
        rows = conn.execute(_FIRED.where(journal.c.at >= due)).all()
    finally:
        conn.close()
    return [
        (row.at - fact.due_at).total_seconds()
        for row in rows
        if isinstance(fact := load_fact(row.body), StepFired) and fact.due_at == due
    ]


def _state_bytes(database: Database) -> float:
    conn = database.reader()
    try:
        return float(conn.execute(select(func.avg(func.length(cases.c.state)))).scalar_one())
    finally:
        conn.close()


_FIRED = select(journal.c.at, journal.c.body).where(journal.c.kind == "step_fired")
_GONE = (
    update(notifications)
    .where(notifications.c.next_at.is_not(None))
    .values(state="handed_off", next_at=None)
)

__all__ = ["OPEN", "Crowd", "open_and_due"]
