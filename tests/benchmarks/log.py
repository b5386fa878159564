"""Faust against aiokafka over the same store: a real broker, a full topic, an empty database.

Both runners read the same records of the same topic, in turns, each in a house of its own. A rate
is taken from the moment some are durable until all are, so that no start counts in it.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import func, select

from engine.broker import LocalKafka
from engine.store.tables import events
from tests.benchmarks.floor import cpu_seconds
from tests.benchmarks.stores import Store
from tests.benchmarks.workload import a_house, one_report
from tests.harness.broker import fetch_jars
from tests.harness.reports import HOTLINE
from tests.harness.sinks import SmtpSink, smtp_settings

COUNT = 2_000
ROUNDS = 3
PARTITIONS = 4
RUNNERS = ("faust", "aiokafka")
DONE_WITHIN = 120.0
_WARM = 0.1
"""Share of the records after which the clock starts."""
_groups = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What one runner came to with one full topic."""

    rate: float
    """Events a second that became durable, decided upon and all."""
    first: float
    """Seconds from the start of the process until the first was durable."""
    cpu_ms: float
    """Of the engine's process, for each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runners:
    """The medians of all rounds; the ratio is taken within each round."""

    rates: dict[str, float]
    firsts: dict[str, float]
    cpu_ms: dict[str, float]
    ratio: float
    """aiokafka to Faust."""


async def compared(directory: Path, store: Store, *, events: int = COUNT) -> Runners:
    """Drain the same topic by turns."""
    await asyncio.to_thread(fetch_jars)
    broker = LocalKafka(directory / "kafka", brokers=1)
    await asyncio.to_thread(broker.start)
    sink = SmtpSink(on_mail=lambda mail: None)
    await sink.start()
    found: dict[str, list[Drained]] = {name: [] for name in RUNNERS}
    try:
        await _fill(broker, events)
        for number in range(ROUNDS):
            for name in RUNNERS if number % 2 == 0 else reversed(RUNNERS):
                house = directory / f"{name}-{number}"
                drained = await _drain(house, store, broker, sink, runner=name, events=events)
                said = f"{drained.rate:.0f} events/s, {drained.cpu_ms:.2f} CPU ms each"
                print(f"  {name}: {said}", flush=True)
                found[name].append(drained)
    finally:
        await sink.stop()
        await asyncio.to_thread(broker.stop)
    pairs = zip(found["aiokafka"], found["faust"], strict=True)
    return Runners(
        rates={name: statistics.median(x.rate for x in some) for name, some in found.items()},
        firsts={name: statistics.median(x.first for x in some) for name, some in found.items()},
        cpu_ms={name: statistics.median(x.cpu_ms for x in some) for name, some in found.items()},
        ratio=statistics.median(mine.rate / theirs.rate for mine, theirs in pairs),
    )


TOPICS = {"critical_topic": "bench.critical", "normal_topic": "bench.normal"}


async def _fill(broker: LocalKafka, events: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=list(broker.bootstrap))
    await admin.start()
    try:
        await admin.create_topics(
            [
                NewTopic(name=name, num_partitions=PARTITIONS, replication_factor=1)
                for name in (*TOPICS.values(), "tocsin.cases", "tocsin.quarantine")
            ]
        )
    finally:
        await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=list(broker.bootstrap), acks="all")
    await producer.start()
    try:
        sent = [one_report("log", n, code="surveillance") for n in range(events)]
        waiting = [
            await producer.send(TOPICS["critical_topic"], each.bytes(), key=each.id.encode())
            for each in sent
        ]
        await asyncio.gather(*waiting)
    finally:
        await producer.stop()


async def _drain(
    directory: Path, store: Store, broker: LocalKafka, sink: SmtpSink, *, runner: str, events: int
) -> Drained:
    house = a_house(
        directory,
        way="email",
        channel=smtp_settings(sink),
        roles=("intake",),
        database_url=store.fresh(runner),
        kafka={
            "enabled": True,
            "brokers": list(broker.bootstrap),
            "group": f"bench-{next(_groups)}",
            "durability": "single",
            "critical_runner": runner,
            "normal_runner": runner,
            "sources": [{"source": HOTLINE}],
            **TOPICS,
        },
    )
    await house.prepare(source=HOTLINE)
    database = store.look(house)
    conn = database.reader()
    begun = time.monotonic()
    starting = asyncio.create_task(house.start())
    marks: list[tuple[float, int, float]] = []
    try:
        while not marks or marks[-1][1] < events:
            await asyncio.sleep(0.02)
            done = conn.execute(_DONE).scalar_one()
            conn.rollback()
            now = time.monotonic() - begun
            if done and (not marks or done > marks[-1][1]):
                marks.append((now, done, cpu_seconds([house.pid])))
            if now > DONE_WITHIN:  # that it serves is not waited for: it may not while behind
                raise RuntimeError(f"{done} of {events} were taken:\n{house.log_tail()}")
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        conn.close()
        database.close()
        await house.kill()
    since = next(mark for mark in marks if mark[1] >= events * _WARM)
    last = marks[-1]
    if last is since:
        raise RuntimeError("all came at once: ask for more events")
    many = last[1] - since[1]
    return Drained(
        rate=many / (last[0] - since[0]),
        first=marks[0][0],
        cpu_ms=1_000 * (last[2] - since[2]) / many,
    )


_DONE = select(func.count()).select_from(events)


__all__ = ["COUNT", "ROUNDS", "Runners", "compared"]
