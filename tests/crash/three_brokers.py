"""Three brokers, one killed after the other under load: nothing acknowledged is lost.

    python -m tests.crash.three_brokers --seconds 120

Replication factor 3, min.insync.replicas 2, acks=all; one process of ours reads, the critical topic
by aiokafka and the other by Faust, as it does by default.
"""

import argparse
import asyncio
import random  # noqa: TID251 (seeded: the same number, the same brokers)
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from engine.broker import LocalKafka
from engine.clock import SystemClock
from tests.crash.failover import PARTITIONS, make_topics, taken
from tests.crash.log_reader import TOPICS, LogReader
from tests.integration.intake.lanes import until
from tests.integration.intake.room import body
from tests.unit.engine.intake.builders import a_message, an_event

RATE = 100
"""Reports a second, over all partitions."""
DOWN = 8.0
"""Seconds that a broker stays dead: longer than its partitions take to find a new leader."""
PEACE = 4.0
STARTED_WITHIN = 60.0
AROUND = 60.0
"""Seconds that starting, draining and stopping take on a busy machine."""
_WALL = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it."""

    kills: int
    acknowledged: int
    taken: int
    lost: int
    twice: int
    in_log_again: int
    """Records that came more than once in the log, and were known."""
    longest_pause: float
    """Seconds in which nothing was taken although reports were being published."""
    unasked_ends: int
    incidents: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing was lost or stored twice, and nobody was paged for a false loss."""
        return self.lost == self.twice == 0 and not self.incidents

    def line(self) -> str:
        """One line for machines."""
        return (
            f"brokers=3 kills={self.kills} acknowledged={self.acknowledged} taken={self.taken}"
            f" lost={self.lost} twice={self.twice} in_log_again={self.in_log_again}"
            f" longest_pause_s={self.longest_pause:.1f} unasked_ends={self.unasked_ends}"
            f" incidents={','.join(self.incidents) or 'none'}"
        )


class Hotline:
    """Publishes at a steady rate; what was not acknowledged is sent again under the same id."""

    def __init__(self, brokers: tuple[str, ...]) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=list(brokers),
            acks="all",
            enable_idempotence=True,
            request_timeout_ms=20_000,
        )
        self.acknowledged: set[str] = set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Publish until told to stop; returns when everything begun is acknowledged."""
        await self._producer.start()
        n = 0
        try:
            async with asyncio.TaskGroup() as tasks:
                while not stopping.is_set():
                    tasks.create_task(self._publish(n))
                    n += 1
                    await asyncio.sleep(1 / RATE)
        finally:
            await self._producer.stop()

    async def _publish(self, n: int) -> None:
        event = an_event(code="smear", situation=f"S-{n % 400}")
        sent = body(a_message(event, id=f"r{n}"))
        while True:
            try:
                await self._producer.send_and_wait(
                    TOPICS[n % 2], sent, partition=n // 2 % PARTITIONS
                )
            except KafkaError:  # unknown: it may be there, and is known then
                await asyncio.sleep(0.5)
                continue
            self.acknowledged.add(f"r{n}")
            return


class Pauses:
    """Watches how the count of stored reports grows."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self.longest = 0.0

    async def watch(self) -> None:
        """Until cancelled."""
        count, since = 0, _WALL.monotonic()
        while True:
            now = await asyncio.to_thread(self._reader.events)
            at = _WALL.monotonic()
            if now > count:
                count, since = now, at
            self.longest = max(self.longest, at - since)
            await self._reader.look_after()
            await asyncio.sleep(0.1)


async def run(directory: Path, *, seconds: float = 60, seed: int = 0) -> Result:
    """Kill one broker after the other for so long, each back before the next; then count."""
    kafka = LocalKafka(directory / "kafka", brokers=3)
    await asyncio.to_thread(kafka.start)
    reader = LogReader(directory, brokers=kafka.bootstrap, runners=("aiokafka", "faust"))
    hotline, pauses, stopping = Hotline(kafka.bootstrap), Pauses(reader), asyncio.Event()
    order = random.Random(seed)
    kills = 0
    running: list[asyncio.Task[None]] = []
    try:
        await make_topics(kafka.bootstrap, partitions=PARTITIONS, replicas=3)
        await reader.start()
        running.append(asyncio.create_task(hotline.run(stopping)))
        await until(reader.events, within=STARTED_WITHIN)
        running.append(asyncio.create_task(pauses.watch()))
        end = _WALL.monotonic() + seconds
        while kills == 0 or _WALL.monotonic() < end:
            for broker in order.sample(range(3), 3):
                kafka.kill9(broker)
                kills += 1
                await asyncio.sleep(DOWN)
                await asyncio.to_thread(kafka.restart, broker)
                await asyncio.sleep(PEACE)
                if _WALL.monotonic() >= end:
                    break
        stopping.set()
        await running[0]
        await taken(reader, hotline.acknowledged)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await reader.kill()
        await asyncio.to_thread(kafka.stop)
    stored = reader.taken()
    if hotline.acknowledged - stored:
        print(reader.last_words())
    return Result(
        kills=kills,
        acknowledged=len(hotline.acknowledged),
        taken=len(stored),
        lost=len(hotline.acknowledged - stored),
        twice=reader.events() - len(stored),
        in_log_again=sum(reader.positions().values()) - len(stored),
        longest_pause=pauses.longest,
        unasked_ends=reader.unasked_ends,
        incidents=tuple(reader.incidents()),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run; the last line is the count alone. 1 when anything was lost or stored twice."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.crash.three_brokers", description=__doc__
    )
    parser.add_argument("--seconds", type=float, default=120.0, help="all in all, about")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tocsin-three-") as directory:
        result = asyncio.run(run(Path(directory), seconds=given.seconds - AROUND, seed=given.seed))
    print(result.line())
    return 0 if result.passed else 1


if __name__ == "__main__":
    sys.exit(main())
