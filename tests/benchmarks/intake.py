"""Reports over HTTP: how many become durable, and how soon somebody is told."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlalchemy import select

from engine.store.database import Database
from engine.store.tables import events, notifications
from tests.benchmarks.floor import fsyncs_per_second
from tests.benchmarks.stores import Store
from tests.benchmarks.workload import a_house, one_report
from tests.harness.house import House
from tests.harness.posting import Poster
from tests.harness.reports import HOTLINE
from tests.harness.sinks import Mail, SmtpSink, smtp_settings

SLICES = 3
SECONDS = 3.0
RATE = 50
HANDOFF_SECONDS = 12.0
DONE_WITHIN = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Durable:
    """Accepted reports a second, and what the disk could do in the same minute."""

    one: float
    hundred: float
    fsyncs: float


async def durable(directory: Path, store: Store) -> Durable:
    """Slices of one in flight, a hundred in flight and bare fdatasync, in turns; medians."""
    sink = SmtpSink(on_mail=lambda mail: None)
    await sink.start()
    house = a_house(
        directory / "durable",
        way="email",
        channel=smtp_settings(sink),
        roles=("intake",),
        database_url=store.fresh("durable"),
    )
    ones, hundreds, fsyncs = [], [], []
    numbers = count()
    try:
        key = await house.prepare(source=HOTLINE)
        await house.start()
        await _rate(house, key, numbers, in_flight=10, seconds=1.0)  # warm
        for _ in range(SLICES):
            fsyncs.append(fsyncs_per_second(directory))
            ones.append(await _rate(house, key, numbers, in_flight=1, seconds=SECONDS))
            hundreds.append(await _rate(house, key, numbers, in_flight=100, seconds=SECONDS))
    finally:
        await house.kill()
        await sink.stop()
    return Durable(
        one=statistics.median(ones),
        hundred=statistics.median(hundreds),
        fsyncs=statistics.median(fsyncs),
    )


async def _rate(
    house: House, key: str, numbers: Iterator[int], *, in_flight: int, seconds: float
) -> float:
    begun = time.monotonic()
    until = begun + seconds

    async def one() -> int:
        poster = Poster(port=house.port, key=key)
        done = 0
        while time.monotonic() < until:
            sent = one_report("durable", next(numbers), code="surveillance")
            answer = await poster.post("/v1/events", sent.bytes())
            if answer.status == 202:
                done += 1
            elif answer.status != 503:
                raise RuntimeError(f"{answer.status}: {answer.body[:200]!r}")
        await poster.aclose()
        return done

    taken = sum(await asyncio.gather(*(one() for _ in range(in_flight))))
    return taken / (time.monotonic() - begun)


async def handoff(directory: Path, store: Store) -> list[float]:
    """Milliseconds from sending each report to its first mail at the server, at a steady rate."""
    arrived: dict[str, float] = {}

    def on_mail(mail: Mail) -> None:
        arrived.setdefault(mail.key, time.monotonic())

    sink = SmtpSink(on_mail=on_mail)
    await sink.start()
    house = a_house(
        directory / "handoff",
        way="email",
        channel=smtp_settings(sink),
        database_url=store.fresh("handoff"),
    )
    sent: dict[str, float] = {}
    try:
        key = await house.prepare(source=HOTLINE)
        await house.start()
        posters = [Poster(port=house.port, key=key) for _ in range(RATE // 2)]
        free = asyncio.Queue[Poster]()
        for poster in posters:
            free.put_nowait(poster)

        async def one(n: int) -> None:
            poster = await free.get()
            each = one_report("handoff", n)
            sent[each.id] = time.monotonic()
            answer = await poster.post("/v1/events", each.bytes())
            free.put_nowait(poster)
            if answer.status != 202:
                raise RuntimeError(f"{answer.status}: {answer.body[:200]!r}")

        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for n in range(int(RATE * HANDOFF_SECONDS)):
                await asyncio.sleep(max(0.0, begun + n / RATE - time.monotonic()))
                group.create_task(one(n))
        until = time.monotonic() + DONE_WITHIN
        while len(arrived) < len(sent) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        for poster in posters:
            await poster.aclose()
    finally:
        await house.kill()
        await sink.stop()
    return _latencies(store.look(house), sent, arrived)


def _latencies(
    database: Database, sent: dict[str, float], arrived: dict[str, float]
) -> list[float]:
    from engine.case.ids import event_id

    conn = database.reader()
    try:
        case_of = {
            row.id: row.case_id for row in conn.execute(select(events.c.id, events.c.case_id))
        }
        first: dict[str, float] = {}
        for row in conn.execute(select(notifications.c.key, notifications.c.case_id)):
            if row.key in arrived:
                first[row.case_id] = min(first.get(row.case_id, 1e18), arrived[row.key])
    finally:
        conn.close()
        database.close()
    return sorted(
        1_000 * (first[case_of[event_id(HOTLINE, id_)]] - began) for id_, began in sent.items()
    )
