"""A real Kafka for the tests: one broker for the whole session, a topic of its own for each test.

    async def test_x(kafka: LocalKafka) -> None:
        topic = await make_topic(kafka, partitions=2)
        await produce(kafka, topic, [b"first", b"second"])
        assert [r.value for r in await records(kafka, topic)] == [b"first", b"second"]

Without Java, without jars and without a way to fetch them, such a test fails; it is never skipped.
A test that stops or kills brokers takes `kafka_jars` and starts a `LocalKafka` of its own.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from engine.broker import LocalKafka
from engine.broker.jars import cache_directory
from engine.broker.java import class_cache

FETCH_WITHIN = 300  # seconds; half a minute when the line is good
_numbers = count(1)


def fetch_jars() -> None:
    """Fetch and warm up what is not in the cache, in a process that may leave this machine."""
    if cache_directory().is_dir() and class_cache(cache_directory()).exists():
        return
    done = subprocess.run(
        [sys.executable, "-c", "from engine.broker.warm import warm_up; warm_up()"],
        capture_output=True,
        text=True,
        timeout=FETCH_WITHIN,
    )
    assert done.returncode == 0, f"no Kafka to test with: {done.stderr[-1500:]}"


def pytest_collection_finish(session: pytest.Session) -> None:
    """What must come from elsewhere comes now: no test's time is spent on it."""
    if any("kafka_jars" in getattr(item, "fixturenames", ()) for item in session.items):
        with suppress(AssertionError):  # each test that needs it fails, and the others run
            fetch_jars()


@pytest.fixture(scope="session")
def kafka_jars() -> Path:
    """The folder of Kafka's jars."""
    fetch_jars()
    return cache_directory()


@pytest.fixture(scope="session")
def kafka(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """One broker for everybody. Who stops it starts it again."""
    broker = LocalKafka(tmp_path_factory.mktemp("kafka"), brokers=1)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="module")
def mortal_kafka(
    kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalKafka]:
    """A broker of one module's own, to be killed."""
    broker = LocalKafka(tmp_path_factory.mktemp("mortal"), brokers=1)
    broker.start()
    yield broker
    broker.stop()


async def make_topic(
    kafka: LocalKafka, name: str = "topic", *, partitions: int = 1, **configs: str
) -> str:
    """Make a topic that no other test has; return its name. `retention_ms` is `retention.ms`."""
    unique = f"{name}.{next(_numbers)}"
    admin = AIOKafkaAdminClient(bootstrap_servers=list(kafka.bootstrap))
    await admin.start()
    try:
        answer = await admin.create_topics(
            [
                NewTopic(
                    name=unique,
                    num_partitions=partitions,
                    replication_factor=len(kafka.bootstrap),
                    topic_configs={k.replace("_", "."): v for k, v in configs.items()},
                )
            ]
        )
    finally:
        await admin.close()
    refused = [error for error in answer.topic_errors if error[1] != 0]
    assert not refused, refused
    return unique


async def produce(
    kafka: LocalKafka,
    topic: str,
    values: Sequence[bytes],
    *,
    key: bytes | None = None,
    partition: int | None = None,
) -> list[int]:
    """Produce these records, each acknowledged by the broker; return their offsets."""
    producer = AIOKafkaProducer(
        bootstrap_servers=list(kafka.bootstrap), acks="all", enable_idempotence=True
    )
    await producer.start()
    try:
        sent = [await producer.send(topic, v, key=key, partition=partition) for v in values]
        return [(await one).offset for one in sent]
    finally:
        await producer.stop()


async def records(kafka: LocalKafka, topic: str) -> list[ConsumerRecord]:
    """Every committed record that the topic holds now, by partition and offset."""
    admin = AIOKafkaAdminClient(bootstrap_servers=list(kafka.bootstrap))
    await admin.start()
    try:
        (described,) = await admin.describe_topics([topic])
    finally:
        await admin.close()
    parts = [TopicPartition(topic, part["partition"]) for part in described["partitions"]]
    assert parts, f"there is no topic {topic}"
    reader = AIOKafkaConsumer(
        bootstrap_servers=list(kafka.bootstrap),
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
    )
    await reader.start()
    try:
        reader.assign(parts)
        ends = await reader.end_offsets(parts)
        await reader.seek_to_beginning(*parts)
        found: list[ConsumerRecord] = []
        while any([await reader.position(part) < ends[part] for part in parts]):
            for some in (await reader.getmany(timeout_ms=200)).values():
                found += some
        return sorted(found, key=lambda record: (record.partition, record.offset))
    finally:
        await reader.stop()
