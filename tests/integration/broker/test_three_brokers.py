"""One of three brokers killed while a publisher goes on: nothing confirmed is lost.

Each in turn, over minutes and with a desk that reads: tests/crash/three_brokers.py, in the sweep.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from engine.broker import LocalKafka
from tests.harness.broker import make_topic, records
from tests.integration.intake.lanes import until


@pytest.fixture
def three(kafka_jars: Path, tmp_path: Path) -> Iterator[LocalKafka]:
    cluster = LocalKafka(tmp_path / "kafka", brokers=3)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


async def test_what_was_confirmed_is_there_though_a_broker_was_killed_meanwhile(
    three: LocalKafka,
) -> None:
    topic = await make_topic(three, partitions=3)
    confirmed: list[bytes] = []
    over = asyncio.Event()

    async def publish() -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=list(three.bootstrap),
            acks="all",
            enable_idempotence=True,
            request_timeout_ms=20_000,
        )
        await producer.start()
        try:
            while not over.is_set():
                value = b"%d" % len(confirmed)
                await producer.send_and_wait(topic, value)
                confirmed.append(value)
        finally:
            await producer.stop()

    publishing = asyncio.create_task(publish())
    await until(lambda: len(confirmed) > 10)
    await asyncio.to_thread(three.kill9, 1)
    while_down = len(confirmed) + 30  # ten of them on the partition that it led, more or less
    await until(lambda: len(confirmed) > while_down)
    await asyncio.to_thread(three.restart, 1)
    over.set()
    await publishing

    values = [record.value for record in await records(three, topic)]
    print(f"confirmed={len(confirmed)} in the log={len(values)}")
    assert set(confirmed) - set(values) == set()
    assert len(values) == len(set(values)), "an idempotent producer wrote a record twice"
