"""Of two relays one publishes; when it is gone the other goes on, and no case loses its order."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import Connection, insert, select

from engine.bell import Bell
from engine.clock import ManualClock, SystemClock
from engine.relay import Relay
from engine.silence import SILENT_AFTER
from engine.store import instances
from engine.store import tables as t
from engine.store.database import Database
from engine.store.threads import ThreadReader, ThreadWriter
from tests.harness.postgres import PostgresServer
from tests.harness.stores import postgres_url

NOW = SystemClock().now()
CASES = ("c1", "c2")


class Topic:
    """What was published, by whom; it can be made to wait before it confirms."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, int]] = []
        self.holds: dict[str, asyncio.Event] = {}
        self.away: set[str] = set()


class Producer:
    """The producer of one relay."""

    def __init__(self, topic: Topic, name: str) -> None:
        self._topic = topic
        self._name = name

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        if self._name in self._topic.away:
            raise ConnectionError
        self._topic.got.append((self._name, key, int(headers["ce_id"].rpartition(".")[2])))
        if self._name in self._topic.holds:
            await self._topic.holds[self._name].wait()


class Two:
    """Two relays over one store, each with connections and a name of its own."""

    def __init__(self, url: str) -> None:
        self.topic = Topic()
        self.clock = ManualClock(NOW, settle=self._settle)
        self.databases = [Database(url, exclusive=False) for _ in range(3)]
        self.readers = [ThreadReader(each) for each in self.databases]
        self.writers = [ThreadWriter(each) for each in self.databases]
        self.names: dict[str, str] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.n = 0

    async def start(self, id: str, *, place: int) -> None:
        reader, writer = self.readers[place], self.writers[place]
        self.names[id] = name = await writer.run(
            lambda conn: instances.start(conn, id=id, roles="relay", now=NOW)
        )
        relay = Relay(
            reader=reader,
            writer=writer,
            publisher=Producer(self.topic, id),
            clock=self.clock,
            facts=Bell(),
            name=name,
            machine=self.clock,
            poll_seconds=0.25,
        )
        self.tasks[id] = asyncio.create_task(relay.run())
        await self._settle()

    async def facts(self, *, of_each: int) -> None:
        """A few more facts of every case."""

        def write(conn: Connection) -> None:
            for _ in range(of_each):
                self.n += 1
                for case in CASES:
                    row = {"topic": "cases", "key": case, "n": self.n, "body": b'{"kind":"x"}'}
                    conn.execute(insert(t.outbox), row)

        await self.writers[2].run(write)

    async def left(self) -> int:
        return len(await self.readers[2].run(lambda conn: list(conn.execute(select(t.outbox)))))

    async def pass_time(self, seconds: float, *, alive: str) -> None:
        """Half a second at a time, in which those that are alive say so."""
        for _ in range(int(seconds * 2)):
            await self.clock.advance(seconds=0.5)
            now = self.clock.now()
            name = self.names[alive]
            await self.writers[2].run(lambda conn: instances.beat(conn, name=name, now=now))  # noqa: B023

    def by(self, id: str) -> list[tuple[str, int]]:
        return [(key, n) for who, key, n in self.topic.got if who == id]

    async def end(self, id: str) -> None:
        self.tasks[id].cancel()
        await asyncio.gather(self.tasks[id], return_exceptions=True)

    async def close(self) -> None:
        for id in self.tasks:
            await self.end(id)
        for each in (*self.readers, *self.writers, *self.databases):
            each.close()

    async def _settle(self) -> None:
        """Let threads and tasks come to rest."""
        for _ in range(25):
            await asyncio.sleep(0.001)


def in_order(got: list[tuple[str, int]]) -> bool:
    """Whether a consumer that drops repeats sees each case without a gap."""
    seen: defaultdict[str, int] = defaultdict(int)
    for key, n in got:
        if n > seen[key] + 1:
            return False
        seen[key] = max(seen[key], n)
    return True


@pytest.fixture
async def two(postgres: PostgresServer) -> AsyncIterator[Two]:
    two = Two(postgres_url(postgres))
    await two.start("first", place=0)
    await two.pass_time(1, alive="first")
    await two.start("second", place=1)
    yield two
    await two.close()


async def _until(two: Two, holds: Callable[[], bool], *, seconds: float, alive: str) -> float:
    passed = 0.0
    while not holds():
        assert passed < seconds
        await two.pass_time(0.5, alive=alive)
        passed += 0.5
    return passed


async def test_one_publishes_and_the_other_only_looks(two: Two) -> None:
    await two.facts(of_each=5)
    await two.pass_time(SILENT_AFTER + 5, alive="first")

    assert len(two.by("first")) == 10
    assert two.by("second") == []
    assert await two.left() == 0


async def test_when_it_falls_silent_the_other_goes_on_after_ten_seconds(two: Two) -> None:
    await two.facts(of_each=2)
    await two.pass_time(2, alive="first")
    await two.end("first")
    await two.facts(of_each=3)

    waited = await _until(two, lambda: len(two.by("second")) == 6, seconds=14, alive="second")

    assert waited >= SILENT_AFTER - 1
    assert in_order([*two.by("first"), *two.by("second")])
    assert await two.left() == 0


async def test_a_calm_end_hands_over_within_a_second_or_two(two: Two) -> None:
    await two.end("first")
    await two.writers[0].run(lambda conn: instances.end(conn, name=two.names["first"]))
    await two.facts(of_each=1)

    assert await _until(two, lambda: len(two.by("second")) == 2, seconds=3, alive="second") <= 2


async def test_one_that_was_stopped_while_it_published_deletes_nothing_and_steps_back(
    two: Two,
) -> None:
    """Its records had left; its successor publishes them again, and the order holds."""
    release = two.topic.holds["first"] = asyncio.Event()
    await two.facts(of_each=2)
    await _until(two, lambda: len(two.by("first")) == 2, seconds=3, alive="first")
    await _until(two, lambda: len(two.by("second")) == 4, seconds=14, alive="second")
    await two.facts(of_each=1)
    release.set()
    await _until(two, lambda: len(two.by("second")) == 6, seconds=4, alive="second")
    await two.pass_time(3, alive="second")

    assert len(two.by("first")) <= 4, "it published what it had read, and nothing after"
    assert in_order(two.by("second"))
    assert await two.left() == 0


async def test_after_a_failure_it_publishes_again_and_the_other_still_only_looks(two: Two) -> None:
    two.topic.away.add("first")
    await two.facts(of_each=2)
    await two.pass_time(5, alive="first")
    assert await two.left() == 4
    two.topic.away.clear()
    await _until(two, lambda: len(two.by("first")) == 4, seconds=10, alive="first")

    assert in_order(two.by("first"))
    assert two.by("second") == []
