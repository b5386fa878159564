"""Six thousand cases due at one moment, and six thousand steps overdue at a start."""

import asyncio
import shutil
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from engine.clock import ManualClock
from engine.store.database import Database
from engine.store.instant import to_micros
from engine.store.tables import cases, journal
from schemas.facts import StepFired, load_fact
from tests.benchmarks.floor import copy_seconds
from tests.benchmarks.workload import SECOND_RUNG, a_house, cases_due_at
from tests.harness.house import House
from tests.harness.reports import HOTLINE
from tests.harness.sinks import SmtpSink, WebhookSink, smtp_settings

COUNT = 6_000
BUILD_SECONDS = 45.0
"""How long opening the cases may take before they fall due."""
DONE_WITHIN = 180.0
BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What came of cases due together. Seconds from the moment they were due."""

    last_first_tell: float
    lateness_p99: float
    rss_mb: float
    opening: float
    """Seconds it took to open the cases, beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartUp:
    """What came of steps overdue at a start."""

    decided: float
    """Seconds from the start of the process."""
    raw: float
    """Seconds to write the same rows without deciding anything."""
    serving: float
    """Seconds until it served."""


async def by_webhook(directory: Path, *, count: int = COUNT) -> tuple[Burst, StartUp]:
    """The burst at a webhook, and a start on a copy of the same cases while they were waiting."""
    keys: dict[str, float] = {}
    sink = WebhookSink(on_note=lambda key, body: _seen(keys, key))
    await sink.start()
    house = a_house(
        directory / "webhook",
        way="webhook",
        channel=sink.settings(),
        address=f"{sink.url}/notes",
    )
    try:
        burst = await _burst(house, keys, count=count, waiting=directory / "waiting.db")
        start_up = await _start_up(house, directory / "waiting.db", directory, count=count)
    finally:
        await house.kill()
        await sink.stop()
    return burst, start_up


async def by_smtp(directory: Path, *, count: int = COUNT) -> Burst:
    """The burst by mail."""
    keys: dict[str, float] = {}
    sink = SmtpSink(on_mail=lambda mail: _seen(keys, mail.key))
    await sink.start()
    house = a_house(directory / "smtp", way="email", channel=smtp_settings(sink))
    try:
        return await _burst(house, keys, count=count, waiting=None)
    finally:
        await house.kill()
        await sink.stop()


def _seen(keys: dict[str, float], key: str) -> None:
    keys.setdefault(key, time.time())


async def _burst(
    house: House, keys: dict[str, float], *, count: int, waiting: Path | None
) -> Burst:
    begun = time.time()
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(
        seconds=BUILD_SECONDS * count / COUNT
    )
    await house.prepare(source=HOTLINE, clock=ManualClock(due - SECOND_RUNG))
    await cases_due_at(house, due, count=count)
    opening = time.time() - begun
    if waiting is not None:
        shutil.copy(house.database, waiting)
    await house.start()
    if time.time() > due.timestamp() - 1:
        raise RuntimeError(f"opening {count} cases took {opening:.0f} s: they are due already")
    until = due.timestamp() + DONE_WITHIN
    while len(keys) < count and time.time() < until:  # noqa: ASYNC110 (the sink counts)
        await asyncio.sleep(0.1)
    if len(keys) < count:
        raise RuntimeError(f"{len(keys)} of {count} were told within {DONE_WITHIN:.0f} s")
    last = sorted(keys.values())[count - 1] - due.timestamp()
    rss = house.rss_mb()
    await asyncio.sleep(1)
    await house.stop()
    return Burst(
        last_first_tell=last,
        lateness_p99=_lateness(house.database, due),
        rss_mb=rss,
        opening=opening,
    )


def _lateness(path: Path, due: datetime) -> float:
    """How late the rungs that fell due then were decided: the 99th percentile, in seconds."""
    database = Database(f"sqlite:///{path}")
    conn = database.reader()
    late = []
    try:
        fired = select(journal.c.at, journal.c.body).where(
            journal.c.kind == "step_fired", journal.c.at >= due
        )
        for row in conn.execute(fired):
            fact = load_fact(row.body)
            if isinstance(fact, StepFired) and fact.due_at == due:
                late.append((row.at - fact.due_at).total_seconds())
    finally:
        conn.close()
        database.close()
    return statistics.quantiles(late, n=100)[98]


async def _start_up(house: House, waiting: Path, directory: Path, *, count: int) -> StartUp:
    """Start on cases that fell due while the engine was down; until all are decided."""
    for leftover in house.database.parent.glob("tocsin.db*"):
        leftover.unlink()
    shutil.copy(waiting, house.database)
    began = datetime.now(UTC)
    begun = time.monotonic()
    starting = asyncio.create_task(house.start())
    database = Database(f"sqlite:///{house.database}", exclusive=False)
    overdue = select(func.count()).where(cases.c.due_at <= began)
    try:
        while True:
            await asyncio.sleep(0.05)
            conn = database.reader()
            left = conn.execute(overdue).scalar_one()
            conn.close()
            if not left:
                decided = time.monotonic() - begun
                break
            if time.monotonic() - begun > DONE_WITHIN:
                raise RuntimeError(f"{left} cases are still overdue")
    finally:
        database.close()
    serving = await starting
    await house.kill()
    at = to_micros(began)
    raw = copy_seconds(
        house.database,
        directory,
        tables=(
            ("journal", f"at >= {at}"),
            ("notifications", f"decided_at >= {at}"),
            ("alerts", f"first_told_at >= {at}"),
            ("cases", "version > 1"),
        ),
        batch=BATCH,
    )
    return StartUp(decided=decided, raw=raw, serving=serving)


__all__ = ["COUNT", "Burst", "StartUp", "by_smtp", "by_webhook"]
