"""A hundred thousand open cases of a desk after years; ten thousand fall due within one second.

What falls due is mixed as the cases are: rungs of duty and of an outward track, check-ins, tasks,
promises, answers and silences, ends of freezes and of holds, looks at a date.
"""

import asyncio
import itertools
import statistics
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import bindparam, func, select

from engine.case import ids
from engine.clock import ManualClock
from engine.store.cases import next_due
from engine.store.database import Database
from engine.store.tables import cases, journal
from tests.benchmarks.floor import cpu_seconds
from tests.benchmarks.lives import DUE, FRESH, LASTING
from tests.benchmarks.population import counted, past
from tests.benchmarks.stores import Store
from tests.benchmarks.workload import a_house, cases_due_at
from tests.harness.house import House
from tests.harness.reports import HOTLINE
from tests.harness.sinks import WebhookSink

OPEN = 100_000
DUE_SHARE = 10
"""One in so many falls due in that second,"""
FRESH_SHARE = 10
"""and one in so many was reported a quarter of an hour before; the rest last."""
RUNG = "due_rung"
PAST = timedelta(hours=7)
"""How old those that last are at least: older than any whose next step falls due."""
STARTING = 60.0
"""Seconds for a start and a measured idle time, and"""
STARTING_EACH = 0.001
"""for each case, which every start looks at once."""
SLOWER = 2.0
"""What is opened last may take so many times as long as those before it: the moment is set before
it is opened. The engine idles through what is left of that time."""
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
    opening: float
    """Milliseconds to open a case that lasts and to do in it what people did."""
    states: Mapping[str, int]
    """State -> cases in it before anything fell due; most are in several."""
    lateness_p99_of: Mapping[str, float]
    """What fell due -> the 99th percentile of its lateness."""
    due: Mapping[str, int]
    """What fell due -> in how many cases."""


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
        return await _measured(house, store, count=count, alone=alone)
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


async def _measured(house: House, store: Store, *, count: int, alone: float) -> Crowd:
    each = await _lasting(house, count=count - count // DUE_SHARE - count // FRESH_SHARE)
    allowed = SLOWER * each * (count // DUE_SHARE + count // FRESH_SHARE)
    allowed += STARTING + STARTING_EACH * count
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=allowed)
    falling = await _falling(house, due, count=count)
    database = store.look(house)
    try:
        states = _mixed(database, falling, due)
        await house.start()
        if time.time() > due.timestamp() - IDLE_SECONDS - 1:
            raise RuntimeError("the cases fell due before the engine served: opening took too long")
        rss = house.rss_mb()
        # At a start every case is looked at once more; idle is what comes after that.
        await asyncio.sleep(max(0.0, due.timestamp() - time.time() - IDLE_SECONDS - 1))
        pids = [*house.pids.values(), *store.pids]
        before = cpu_seconds(pids)
        await asyncio.sleep(IDLE_SECONDS)
        idle = (cpu_seconds(pids) - before) / IDLE_SECONDS
        await asyncio.sleep(max(0.0, due.timestamp() - time.time()))
        before = cpu_seconds(pids)
        late = await _all_decided(database, due, falling, within=max(DONE_WITHIN, allowed))
        spent = cpu_seconds(pids) - before
        stored = _state_bytes(database)
    finally:
        database.close()
    together = list(itertools.chain.from_iterable(late.values()))
    return Crowd(
        lateness_p50=statistics.median(together),
        lateness_p99=_p99(together),
        tick_ms=1_000 * spent / len(together),
        idle_share=idle,
        rss_bytes=max(0.0, rss - alone) * 1_000_000 / count,
        stored_bytes=stored,
        opening=1_000 * each,
        states=states,
        lateness_p99_of={what: _p99(seconds) for what, seconds in late.items()},
        due={what: len(seconds) for what, seconds in late.items()},
    )


async def _lasting(house: House, *, count: int) -> float:
    """Open those that owe nothing for a day; return the seconds that each took."""
    began = datetime.now(UTC).replace(microsecond=0)
    at = began - PAST
    await house.prepare(source=HOTLINE, clock=ManualClock(at))
    begun = time.monotonic()
    async with past(house, at=at) as there:
        await there.open(LASTING, count=count, moment=began)
    return (time.monotonic() - begun) / count


async def _falling(house: House, due: datetime, *, count: int) -> Mapping[str, str]:
    """Open those that fall due, and the fresh ones; return case -> what falls due in it."""
    due_count = count // DUE_SHARE
    kinds = sum(len(group.lives) for group in DUE) + 1
    of: dict[str, str] = {}
    async with past(house, at=due - DUE[0].before) as there:
        for group in DUE:
            await there.until(due - group.before)
            opened = await there.open(
                group.lives, count=due_count * len(group.lives) // kinds, moment=due
            )
            of |= {case: life for life, some in opened.items() for case in some}
        await there.open(FRESH, count=count // FRESH_SHARE, moment=due)
    rungs = due_count - len(of)
    await cases_due_at(house, due, count=rungs)
    return of | {ids.case_id(HOTLINE, f"due-{n}", 0): RUNG for n in range(rungs)}


def _mixed(database: Database, falling: Mapping[str, str], due: datetime) -> Mapping[str, int]:
    """Count the states. Raises RuntimeError unless exactly these fall due, and at that moment."""
    with database.reader() as conn:
        owing = select(cases.c.id, cases.c.due_at).where(cases.c.due_at <= due)
        owed = {row.id: row.due_at for row in conn.execute(owing)}
        wrong = Counter(falling.get(case, "another") for case in owed.keys() ^ falling.keys())
        wrong += Counter(falling.get(case, "another") for case, at in owed.items() if at != due)
    if wrong:
        raise RuntimeError(f"not due at the moment, or due without being asked to: {wrong}")
    return counted(database)


async def _all_decided(
    database: Database, due: datetime, falling: Mapping[str, str], *, within: float
) -> Mapping[str, list[float]]:
    """How late each case that owed something at that moment was decided, by what it owed."""
    conn = database.reader()
    until = time.monotonic() + within
    try:
        while (owed := next_due(conn)) is not None and owed <= due:
            conn.rollback()
            if time.monotonic() > until:
                raise RuntimeError(f"not all were decided within {within:.0f} s")
            await asyncio.sleep(0.1)
        decided = dict(conn.execute(_FIRST, {"due": due}).tuples().all())
    finally:
        conn.close()
    late: dict[str, list[float]] = {}
    for case, what in falling.items():
        late.setdefault(what, []).append((decided[case] - due).total_seconds())
    return late


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98]


def _state_bytes(database: Database) -> float:
    conn = database.reader()
    try:
        return float(conn.execute(select(func.avg(func.length(cases.c.state)))).scalar_one())
    finally:
        conn.close()


_FIRST = (
    select(journal.c.stream, func.min(journal.c.at))
    .where(journal.c.at >= bindparam("due"))
    .group_by(journal.c.stream)
)
"""The first that was decided in each case since: of every step, whatever it was."""

__all__ = ["OPEN", "Crowd", "open_and_due"]
