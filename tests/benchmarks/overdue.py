"""Six thousand steps that fell due while the engine was down: until all are decided and durable."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from engine.clock import ManualClock
from engine.processes import WITHOUT_LOG
from engine.store.instant import to_micros
from engine.store.tables import cases
from tests.benchmarks.floor import Rows, cpu_seconds
from tests.benchmarks.stores import POSTGRES, Store
from tests.benchmarks.workload import SECOND_RUNG, a_house, cases_due_at
from tests.harness.house import House
from tests.harness.reports import HOTLINE
from tests.harness.sinks import WebhookSink

DONE_WITHIN = 180.0
BATCH = 256
APART = tuple(",".join(roles) for roles in WITHOUT_LOG)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartUp:
    """What came of steps overdue at a start. Seconds from the start of the process."""

    decided: float
    serving: float
    raw: float
    """Seconds to write the same rows without deciding anything."""
    cpu: float
    """Processor seconds that the engine, and the database's server where there is one, spent."""
    decided_apart: float | None
    """As `decided`, with the roles in processes of their own; None where one does everything."""


async def at_start(directory: Path, store: Store, *, count: int) -> StartUp:
    """Open cases whose next rung is in the past, and start on them: all roles in one process.

    Over a server then once more on a copy, with the roles in processes of their own.
    """
    sink = WebhookSink(on_note=lambda key, body: None)
    await sink.start()
    url = store.fresh("overdue")
    due = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    try:
        house = _house(directory, sink, url)
        await house.prepare(source=HOTLINE, clock=ManualClock(due - SECOND_RUNG))
        await cases_due_at(house, due, count=count)
        waiting = await store.keep(house, "waiting") if store.kind == POSTGRES else None
        began = datetime.now(UTC)
        decided, serving, cpu = await _until_decided(house, store, began)
        raw = await store.raw_seconds(house, rows=_decided_since(began), batch=BATCH)
        apart = None
        if waiting is not None:
            house = _house(directory, sink, url, processes=APART)
            await store.again(house, waiting)
            apart, _, _ = await _until_decided(house, store, datetime.now(UTC))
    finally:
        await sink.stop()
    return StartUp(decided=decided, serving=serving, raw=raw, cpu=cpu, decided_apart=apart)


def _house(directory: Path, sink: WebhookSink, url: str | None, **more: Any) -> House:
    return a_house(
        directory / "overdue",
        way="webhook",
        channel=sink.settings(),
        address=f"{sink.url}/notes",
        database_url=url,
        **more,
    )


def _decided_since(began: datetime) -> Rows:
    at = to_micros(began)
    return (
        ("journal", f"at >= {at}"),
        ("notifications", f"decided_at >= {at}"),
        ("alerts", f"first_told_at >= {at}"),
        ("cases", "version > 1"),
    )


def still_due(conn: Connection, by: datetime) -> int:
    """Cases with a step that was due by then and is not decided on disk."""
    left: int = conn.execute(select(func.count()).where(cases.c.due_at <= by)).scalar_one()
    conn.rollback()
    return left


async def _until_decided(house: House, store: Store, began: datetime) -> tuple[float, float, float]:
    """Seconds until all is decided, until it serves, and processor seconds until decided."""
    begun = time.monotonic()
    before = cpu_seconds(store.pids)
    starting = asyncio.create_task(house.start())
    database = store.look(house)
    conn = database.reader()
    try:
        while True:
            await asyncio.sleep(0.05)
            left = still_due(conn, began)
            if not left:
                decided = time.monotonic() - begun
                break
            if starting.done():
                starting.result()
            if time.monotonic() - begun > DONE_WITHIN:
                raise RuntimeError(f"{left} cases are still overdue:\n{house.log_tail()}")
        cpu = cpu_seconds([*house.pids.values(), *store.pids]) - before
        return decided, await starting, cpu
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        conn.close()
        database.close()
        await house.kill()


__all__ = ["StartUp", "at_start", "still_due"]
