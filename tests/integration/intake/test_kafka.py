"""Through Kafka, by Faust or without it, into the desk: everything once, whatever dies midway."""

import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import Connection, select

from engine.demo.mock_broker import MockBroker
from engine.intake import faust_runner
from engine.intake.faust_runner import UnfitError, check_fit
from engine.intake.kafka_clients import probe
from engine.settings import KafkaSettings
from engine.store import tables
from engine.store.database import Database, read
from tests.integration.intake.room import CRITICAL, TOPIC, body
from tests.unit.engine.intake.builders import WIDE, a_message, an_event

HERE = Path(__file__).parents[3]
EVENTS = 200


@asynccontextmanager
async def a_worker(
    directory: Path, brokers: str, *, runner: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    with (directory / "worker.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.integration.intake.kafka_worker",
            str(directory),
            json.dumps({"brokers": brokers, "critical_runner": runner, "normal_runner": runner}),
            cwd=HERE,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


def look(directory: Path) -> Counter[str]:
    """How often each event of the publisher is stored, read beside the running worker."""
    path = directory / "tocsin.db"
    if not path.exists():
        return Counter()
    database = Database(f"sqlite:///{path}", exclusive=False)
    connection = database.reader()

    def ids(connection: Connection) -> Counter[str]:
        known = connection.execute(select(tables.inbox.c.id, tables.inbox.c.source))
        return Counter(row.id for row in known if row.source == WIDE.source)

    try:
        return read(connection, ids)
    except Exception:  # the worker is still making the tables
        return Counter()
    finally:
        connection.close()
        database.close()


async def until(condition: Callable[[], bool], worker: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(40):
        while not condition():
            assert worker.returncode is None, "the worker ended by itself"
            await asyncio.sleep(0.1)


async def publish(broker: MockBroker, numbers: range) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=True
    )
    await producer.start()
    try:
        for n in numbers:
            code = "death_threat" if n % 5 == 0 else "smear"
            event = an_event(code=code, situation=f"S-{n % 40}")
            await producer.send(
                CRITICAL if n % 5 == 0 else TOPIC,
                body(a_message(event, id=f"e{n}")),
                key=f"S-{n % 40}".encode(),
            )
        await producer.flush()
    finally:
        await producer.stop()


@pytest.mark.parametrize("runner", ["faust", "aiokafka"])
async def test_everything_published_is_taken_once_though_the_reader_is_killed_midway(
    tmp_path: Path, runner: str
) -> None:
    async with MockBroker() as broker:
        for topic in (TOPIC, CRITICAL):
            await broker.create_topic(topic, partitions=2)
        await publish(broker, range(100))
        async with a_worker(tmp_path, broker.bootstrap, runner=runner) as worker:
            await until(lambda: len(look(tmp_path)) >= 40, worker)
        assert worker.returncode == -signal.SIGKILL
        await publish(broker, range(90, EVENTS))  # ten of them for the second time
        async with a_worker(tmp_path, broker.bootstrap, runner=runner) as worker:
            await until(lambda: len(look(tmp_path)) == EVENTS, worker)
            await until(lambda: positions(tmp_path) == EVENTS + 10, worker)

    taken = look(tmp_path)
    assert set(taken) == {f"e{n}" for n in range(EVENTS)}
    assert set(taken.values()) == {1}
    assert stored_events(tmp_path) == EVENTS


def positions(directory: Path) -> int:
    """Sum of the next offsets: how many records have been dealt with."""
    return sum(row.next_offset for row in rows(directory, tables.offsets))


def stored_events(directory: Path) -> int:
    return sum(row.source == WIDE.source for row in rows(directory, tables.events))


def rows(directory: Path, table: object) -> list[object]:
    database = Database(f"sqlite:///{directory / 'tocsin.db'}", exclusive=False)
    connection = database.reader()
    try:
        return read(connection, lambda c: list(c.execute(select(table))))
    finally:
        connection.close()
        database.close()


async def test_a_second_reader_sees_what_is_there_and_believes_nothing_else() -> None:
    async with MockBroker() as broker:
        await broker.create_topic(TOPIC, partitions=1)
        producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap)
        await producer.start()
        for n in range(3):
            await producer.send_and_wait(TOPIC, b"%d" % n)
        await producer.stop()
        settings = KafkaSettings(brokers=(broker.bootstrap,))

        assert await probe(settings, TOPIC, 0, 0) == 0
        assert await probe(settings, TOPIC, 0, 2) == 2
        assert await probe(settings, TOPIC, 0, 50) is None


def test_another_faust_than_the_one_examined_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    check_fit(KafkaSettings())
    monkeypatch.setattr(faust_runner, "FAUST_VERSION", "0.16.0")

    with pytest.raises(UnfitError, match="lock file"):
        check_fit(KafkaSettings())


def test_faust_without_its_compiled_streams_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faust._cython.streams", None)

    with pytest.raises(UnfitError, match="NO_CYTHON"):
        check_fit(KafkaSettings())
