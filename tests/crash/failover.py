"""How long reports wait after `kill -9` of the process that reads them.

    python -m tests.crash.failover --kills 20

One process over SQLite, started again at once, as a supervisor does. Without a lasting name it is a
new member, and waits until the broker has missed the old one; with one it takes its place.
"""

import argparse
import asyncio
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from engine.broker import LocalKafka
from engine.clock import SystemClock
from tests.crash.log_reader import TOPICS, LogReader
from tests.integration.intake.room import body
from tests.unit.engine.intake.builders import a_message, an_event

RUNNERS = ("aiokafka", "faust")
PARTITIONS = 4
"""Of each of the two topics."""
EVERY = 0.1
"""Seconds between two reports on one partition."""
MOVES_WITHIN = 60.0
"""Seconds until every partition has moved again after a kill."""
TAKEN_WITHIN = 150.0
"""Seconds until the last report is taken: one that stands still is found after two times 60."""
_WALL = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it."""

    runner: str
    member: str
    waited: tuple[float, ...] = field(default=())
    """Seconds from each kill until every partition had moved again."""
    acknowledged: int
    lost: int
    twice: int
    unasked_ends: int

    @property
    def passed(self) -> bool:
        """Whether nothing was lost or stored twice."""
        return self.lost == self.twice == 0

    def line(self) -> str:
        """One line for machines."""
        return (
            f"runner={self.runner} member={self.member} kills={len(self.waited)}"
            f" median_s={median(self.waited):.1f} max_s={max(self.waited):.1f}"
            f" acknowledged={self.acknowledged} lost={self.lost} twice={self.twice}"
            f" unasked_ends={self.unasked_ends}"
        )


class Steady:
    """A publisher that puts one report after the other on every partition."""

    def __init__(self, brokers: tuple[str, ...]) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=list(brokers), acks="all", enable_idempotence=True
        )
        self.acknowledged: set[str] = set()

    async def run(self) -> None:
        """Publish until cancelled."""
        await self._producer.start()
        n = 0
        try:
            while True:
                async with asyncio.TaskGroup() as tasks:
                    for topic in TOPICS:
                        for partition in range(PARTITIONS):
                            tasks.create_task(self._publish(topic, partition, n))
                n += 1
                await asyncio.sleep(EVERY)
        finally:
            await self._producer.stop()

    async def _publish(self, topic: str, partition: int, n: int) -> None:
        name = f"{TOPICS.index(topic)}-{partition}-{n}"
        event = an_event(code="smear", situation=f"S-{partition}-{n % 50}")
        sent = body(a_message(event, id=name))
        await self._producer.send_and_wait(topic, sent, partition=partition)
        self.acknowledged.add(name)


async def run(directory: Path, *, runner: str, static: bool, kills: int) -> Result:
    """Kill so often; one broker of its own, which ends with this."""
    kafka = LocalKafka(directory / "kafka", brokers=1)
    await asyncio.to_thread(kafka.start)
    reader = LogReader(
        directory,
        brokers=kafka.bootstrap,
        runners=(runner, runner),
        instance="replica-1" if static else "",
    )
    publisher = Steady(kafka.bootstrap)
    publishing = None
    try:
        await make_topics(kafka.bootstrap, partitions=PARTITIONS, replicas=1)
        publishing = asyncio.create_task(publisher.run())
        await reader.start()
        await all_moved(reader, {}, publishing)
        waited = []
        for _ in range(kills):
            await asyncio.sleep(1)  # a member in peace, as it mostly is
            await reader.kill()
            began, before = _WALL.monotonic(), reader.positions()
            await reader.start()
            await all_moved(reader, before, publishing)
            waited.append(_WALL.monotonic() - began)
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)
        await taken(reader, publisher.acknowledged)
    finally:
        if publishing is not None:
            publishing.cancel()
        await reader.kill()
        await asyncio.to_thread(kafka.stop)
    stored = reader.taken()
    if publisher.acknowledged - stored:
        print(reader.last_words())
    return Result(
        runner=runner,
        member="static" if static else "dynamic",
        waited=tuple(waited),
        acknowledged=len(publisher.acknowledged),
        lost=len(publisher.acknowledged - stored),
        twice=reader.events() - len(stored),
        unasked_ends=reader.unasked_ends,
    )


async def make_topics(brokers: tuple[str, ...], *, partitions: int, replicas: int) -> None:
    """Both topics, as safe as so many brokers allow."""
    admin = AIOKafkaAdminClient(bootstrap_servers=list(brokers))
    await admin.start()
    try:
        in_sync = {"min.insync.replicas": "2" if replicas > 1 else "1"}
        await admin.create_topics(
            [NewTopic(topic, partitions, replicas, topic_configs=in_sync) for topic in TOPICS]
        )
    finally:
        await admin.close()


async def all_moved(
    reader: LogReader, before: dict[tuple[str, int], int], publishing: asyncio.Task[None]
) -> None:
    """Wait until each partition stands further than before. Raises TimeoutError."""
    everywhere = [(topic, part) for topic in TOPICS for part in range(PARTITIONS)]
    async with asyncio.timeout(MOVES_WITHIN):
        while True:
            now = reader.positions()
            if all(now.get(place, 0) > before.get(place, 0) for place in everywhere):
                return
            if publishing.done():
                publishing.result()
            await reader.look_after()
            await asyncio.sleep(0.05)


async def taken(reader: LogReader, wanted: set[str]) -> None:
    """Wait until all of them are stored, or for so long that they never will be."""
    try:
        async with asyncio.timeout(TAKEN_WITHIN):
            while not wanted <= reader.taken():
                await reader.look_after()
                await asyncio.sleep(0.2)
    except TimeoutError:
        return  # they are counted as lost


def main(arguments: list[str] | None = None) -> int:
    """Run; one line for each kind. 1 when anything was lost or stored twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.failover", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--runner", choices=RUNNERS)
    parser.add_argument("--member", choices=("dynamic", "static"))
    given = parser.parse_args(arguments)
    passed = True
    for runner in (given.runner,) if given.runner else RUNNERS:
        for member in (given.member,) if given.member else ("dynamic", "static"):
            with tempfile.TemporaryDirectory(prefix="tocsin-failover-") as directory:
                result = asyncio.run(
                    run(
                        Path(directory),
                        runner=runner,
                        static=member == "static",
                        kills=given.kills,
                    )
                )
            print(result.line(), flush=True)
            passed = passed and result.passed
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
