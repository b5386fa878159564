"""A process that stood still for so long that another took its place, and then goes on.

Either of them may halt on the way: whoever is fenced leaves, and on a machine that is so busy that
heartbeats come late that may be the other one. Nothing may be lost or written twice by it.
"""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from engine.broker import LocalKafka
from engine.store import tables
from engine.store.database import Database, read
from tests.harness.broker import make_topic, produce
from tests.harness.postgres import PostgresServer
from tests.harness.stores import postgres_url
from tests.integration.intake.lanes import RUNNERS, settings_for, until
from tests.integration.intake.room import body
from tests.integration.intake.test_kafka import HERE
from tests.unit.engine.intake.builders import a_message

HALTED = 70


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    url = postgres_url(postgres)
    yield url
    postgres.drop(url)


class Worker:
    """A process that reads, started afresh whenever it halts, as a supervisor does."""

    def __init__(self, directory: Path, told: str, url: str, log: str) -> None:
        self._command = ("-m", "tests.integration.intake.kafka_worker", str(directory), told, url)
        self._log = directory / log
        self.process: asyncio.subprocess.Process | None = None
        self.pids: list[int] = []

    async def run(self) -> None:
        """Until cancelled; any other end than a halt is a fault."""
        try:
            while True:
                with self._log.open("ab") as output:
                    self.process = await asyncio.create_subprocess_exec(
                        sys.executable, *self._command, cwd=HERE, stdout=output, stderr=output
                    )
                self.pids.append(self.process.pid)
                code = await self.process.wait()
                assert code == HALTED, f"ended with {code}: {self.said()}"
        finally:
            if self.process is not None and self.process.returncode is None:
                self.process.kill()
                await self.process.wait()

    def said(self) -> str:
        """The end of what it and those before it printed."""
        return self._log.read_text("utf-8", "replace")[-2_000:]

    def send(self, signal: int) -> None:
        """To the process that runs now."""
        assert self.process is not None
        self.process.send_signal(signal)


@asynccontextmanager
async def a_worker(directory: Path, told: str, url: str, log: str) -> AsyncIterator[Worker]:
    worker = Worker(directory, told, url, log)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    except BaseException:
        print(log, worker.said(), sep="\n")
        raise
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


class Store:
    """Looked at beside the processes that write it."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self._connection = self._database.reader()

    def taken(self) -> tuple[int, int]:
        """(reports known, reports stored)."""

        def counts(connection: Connection) -> tuple[int, int]:
            known = select(func.count()).where(tables.inbox.c.source == "hotline-a")
            stored = select(func.count()).where(tables.events.c.source == "hotline-a")
            return connection.execute(known).scalar_one(), connection.execute(stored).scalar_one()

        return read(self._connection, counts)

    def owners(self) -> set[str]:
        """Who took the partitions last."""
        found = select(tables.offsets.c.owner)
        return set(read(self._connection, lambda c: c.execute(found).scalars().all()))

    def close(self) -> None:
        self._connection.close()
        self._database.close()


@pytest.mark.parametrize("runner", RUNNERS)
async def test_b37_a_process_that_stood_still_writes_nothing_after_another_took_its_place(
    kafka: LocalKafka, url: str, tmp_path: Path, runner: str
) -> None:
    topic = await make_topic(kafka, partitions=2)
    settings = settings_for(kafka, topic, runner=runner, session_timeout=3, heartbeat_interval=1)
    told = json.dumps(settings.model_dump(mode="json", exclude={"password"}))
    store = Store(url)
    n = 0

    async def publish(count: int) -> None:
        nonlocal n
        for _ in range(count):
            await produce(kafka, topic, [body(a_message(id=f"z{n}"))], partition=n % 2)
            n += 1

    async with a_worker(tmp_path, told, url, "first.log") as frozen:
        await publish(6)
        await until(lambda: store.taken() == (n, n))
        frozen.send(signal.SIGSTOP)
        await publish(6)
        async with a_worker(tmp_path, told, url, "second.log") as living:
            await until(lambda: store.taken() == (n, n))
            assert store.owners() <= {f"worker-{pid}" for pid in living.pids}
            frozen.send(signal.SIGCONT)
            await publish(10)
            await until(lambda: store.taken() == (n, n))

    assert store.taken() == (22, 22)
    store.close()
