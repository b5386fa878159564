"""The topics, read by a consumer of the oracle's own: committed records only, from the start."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition

READ_WITHIN = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """One record as the broker has it."""

    topic: str
    partition: int
    offset: int
    value: bytes
    headers: dict[str, str]


async def read_topics(bootstrap: tuple[str, ...], topics: Iterable[str]) -> list[LogRecord]:
    """Everything in these topics, each partition in its order."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=list(bootstrap),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        parts = [
            TopicPartition(topic, part)
            for topic in topics
            for part in sorted(
                consumer.partitions_for_topic(topic) or await _parts(consumer, topic)
            )
        ]
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        await consumer.seek_to_beginning(*parts)
        async with asyncio.timeout(READ_WITHIN):
            return await _until(consumer, ends)
    finally:
        await consumer.stop()


async def _parts(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    await consumer._client.force_metadata_update()
    found = await consumer._client.fetch_all_metadata()
    return set(found.partitions_for_topic(topic) or ())


async def _until(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> list[LogRecord]:
    found: list[LogRecord] = []
    while True:
        left = [tp for tp, end in ends.items() if await consumer.position(tp) < end]
        if not left:
            return found
        for batch in (await consumer.getmany(timeout_ms=200)).values():
            found += [
                LogRecord(
                    topic=one.topic,
                    partition=one.partition,
                    offset=one.offset,
                    value=one.value or b"",
                    headers={name: value.decode() for name, value in one.headers},
                )
                for one in batch
            ]
