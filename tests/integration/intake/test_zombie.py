"""A process that stood still for so long that another took its place, and then goes on."""

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


@asynccontextmanager
async def a_worker(
    directory: Path, told: str, url: str, log: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    with (directory / log).open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.integration.intake.kafka_worker",
            str(directory),
            told,
            url,
            cwd=HERE,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


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
        frozen.send_signal(signal.SIGSTOP)
        await publish(6)
        async with a_worker(tmp_path, told, url, "second.log") as living:
            await until(lambda: store.taken() == (n, n))
            assert store.owners() == {f"worker-{living.pid}"}
            frozen.send_signal(signal.SIGCONT)
            await publish(10)
            await until(lambda: store.taken() == (n, n))
            assert living.returncode is None, "whoever took over goes on"
            assert frozen.returncode in (None, HALTED)

    assert store.taken() == (22, 22)
    store.close()
