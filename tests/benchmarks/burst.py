"""Six thousand cases due at one moment: until each was told once."""

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from engine.clock import ManualClock
from engine.store.database import Database
from engine.store.tables import journal
from schemas.facts import StepFired, load_fact
from tests.benchmarks.overdue import still_due
from tests.benchmarks.stores import Store
from tests.benchmarks.workload import SECOND_RUNG, a_house, cases_due_at
from tests.harness.house import House
from tests.harness.reports import HOTLINE
from tests.harness.sinks import SmtpSink, WebhookSink, smtp_settings

COUNT = 6_000
DONE_WITHIN = 180.0
TRIED = 300
STARTING = 10.0
"""Seconds until the engine serves, before the cases fall due."""
SPARE = 1.5
TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What came of cases due together. Seconds from the moment they were due."""

    last_first_tell: float
    decided: float
    """Until the last was decided and durable, by an engine that ran."""
    lateness_p99: float
    rss_mb: float
    opening: float
    """Seconds it took to open the cases, beforehand."""


async def by_webhook(directory: Path, store: Store, *, count: int = COUNT) -> Burst:
    """The burst at a webhook."""
    keys: dict[str, float] = {}
    sink = WebhookSink(on_note=lambda key, body: _seen(keys, key))
    await sink.start()

    def house(name: str) -> House:
        return a_house(
            directory / f"webhook-{name}",
            way="webhook",
            channel=sink.settings(),
            address=f"{sink.url}/notes",
            database_url=store.fresh("webhook"),
        )

    try:
        return await _burst(house, keys, store, count=count)
    finally:
        await sink.stop()


async def by_smtp(directory: Path, store: Store, *, count: int = COUNT) -> Burst:
    """The burst by mail."""
    keys: dict[str, float] = {}
    sink = SmtpSink(on_mail=lambda mail: _seen(keys, mail.key))
    await sink.start()

    def house(name: str) -> House:
        return a_house(
            directory / f"smtp-{name}",
            way="email",
            channel=smtp_settings(sink),
            database_url=store.fresh("smtp"),
        )

    try:
        return await _burst(house, keys, store, count=count)
    finally:
        await sink.stop()


def _seen(keys: dict[str, float], key: str) -> None:
    keys.setdefault(key, time.time())


async def _burst(
    make: Callable[[str], House], keys: dict[str, float], store: Store, *, count: int
) -> Burst:
    """Try until the cases were open in time: how long that takes changes with the machine."""
    opening = await _seconds_to_open(make("trial"), count=count)
    for number in range(TRIES):
        house = make(str(number))
        keys.clear()  # of a try that came too late: the same cases have the same keys
        try:
            due, opening = await _open_in_time(house, opening, count=count)
            if due is None:
                print(f"  opening took {opening:.0f} s, too long: once more", flush=True)
                continue
            last, decided = await asyncio.gather(
                _last_told(keys, due, count=count), _last_decided(store.look(house), due)
            )
            rss = house.rss_mb()
            await asyncio.sleep(1)
            await house.stop()
        finally:
            await house.kill()
        late = _lateness(store.look(house), due)
        return Burst(
            last_first_tell=last, decided=decided, lateness_p99=late, rss_mb=rss, opening=opening
        )
    raise RuntimeError(f"{count} cases could not be opened in the time that was expected")


async def _open_in_time(
    house: House, expected: float, *, count: int
) -> tuple[datetime | None, float]:
    """Open the cases and start. When they are due, or None if they are already; seconds taken."""
    # Before the cases open, in the store's time: that never goes back.
    await house.prepare(source=HOTLINE, clock=ManualClock(datetime.now(UTC) - SECOND_RUNG))
    begun = time.time()
    allowed = timedelta(seconds=STARTING + SPARE * expected)
    due = datetime.now(UTC).replace(microsecond=0) + allowed
    await cases_due_at(house, due, count=count)
    opening = time.time() - begun
    await house.start()
    return (due if time.time() < due.timestamp() - 1 else None), opening


async def _last_told(keys: dict[str, float], due: datetime, *, count: int) -> float:
    """Seconds from the moment they were due until each was told once."""
    until = due.timestamp() + DONE_WITHIN
    while len(keys) < count and time.time() < until:  # noqa: ASYNC110 (the sink counts)
        await asyncio.sleep(0.1)
    if len(keys) < count:
        raise RuntimeError(f"{len(keys)} of {count} were told within {DONE_WITHIN:.0f} s")
    return sorted(keys.values())[count - 1] - due.timestamp()


async def _last_decided(database: Database, due: datetime) -> float:
    """Seconds from the moment they were due until none of them waits to be decided."""
    conn = database.reader()
    try:
        await asyncio.sleep(due.timestamp() - time.time())
        while still_due(conn, due) and time.time() < due.timestamp() + DONE_WITHIN:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return time.time() - due.timestamp()
    finally:
        conn.close()
        database.close()


async def _seconds_to_open(house: House, *, count: int) -> float:
    """How long opening so many cases will take on this machine, by a few of them."""
    due = datetime.now(UTC)
    await house.prepare(source=HOTLINE, clock=ManualClock(due - SECOND_RUNG))
    begun = time.monotonic()
    await cases_due_at(house, due, count=TRIED)
    return (time.monotonic() - begun) * count / TRIED


def _lateness(database: Database, due: datetime) -> float:
    """How late the rungs that fell due then were decided: the 99th percentile, in seconds."""
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


__all__ = ["COUNT", "Burst", "by_smtp", "by_webhook"]
