"""Three brokers killed in turn while a publisher goes on: nothing confirmed is lost."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from engine.broker import LocalKafka
from tests.harness.broker import make_topic, records
from tests.integration.intake.lanes import until


def _reached(confirmed: list[bytes], wanted: int) -> bool:
    return len(confirmed) > wanted


@pytest.fixture
def three(kafka_jars: Path, tmp_path: Path) -> Iterator[LocalKafka]:
    cluster = LocalKafka(tmp_path / "kafka", brokers=3)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


@pytest.mark.timeout(180)
async def test_what_was_confirmed_is_there_after_each_broker_was_killed_in_turn(
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
    for n in range(3):
        wanted = len(confirmed) + 10
        await asyncio.to_thread(three.kill9, n)
        await asyncio.to_thread(three.restart, n)
        await until(partial(_reached, confirmed, wanted))
    over.set()
    await publishing

    values = [record.value for record in await records(three, topic)]
    print(f"confirmed={len(confirmed)} in the log={len(values)}")
    assert set(confirmed) - set(values) == set()
    assert len(values) == len(set(values)), "an idempotent producer wrote a record twice"
