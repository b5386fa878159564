"""The broker of the night: a mock in memory, or a real Kafka for whoever wants to see one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.broker import LocalKafka
from engine.broker.jars import KAFKA
from engine.clock import SystemClock
from engine.cluster.topics import make_topics
from engine.demo.mock_broker import MockBroker
from engine.settings import KafkaSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBroker:
    """A broker that runs, and goes when the demo goes."""

    bootstrap: tuple[str, ...]
    durability: Literal["single", "none"]
    said: str
    """What it is, for whoever watches."""
    prepare: Callable[[KafkaSettings], Awaitable[object]]
    """Makes the topics of these settings."""


@asynccontextmanager
async def mock_kafka() -> AsyncIterator[DemoBroker]:
    """librdkafka's mock: there at once, keeps nothing."""
    async with MockBroker() as broker:

        async def prepare(settings: KafkaSettings) -> None:
            topics = (settings.critical_topic, settings.normal_topic, settings.cases_topic)
            for topic in topics:
                await broker.create_topic(topic)

        yield DemoBroker(
            bootstrap=tuple(broker.bootstrap.split(",")),
            durability="none",
            said="mock: in memory, NOT DURABLE, for this demo only",
            prepare=prepare,
        )


@asynccontextmanager
async def real_kafka(folder: Path, say: Callable[[str], None]) -> AsyncIterator[DemoBroker]:
    """Apache Kafka, one broker. Blocks while it is fetched and started: nothing else runs yet."""
    kafka = LocalKafka(folder, say=say)
    try:
        kafka.start()

        async def prepare(settings: KafkaSettings) -> None:
            await make_topics(settings, clock=SystemClock(), partitions=1)

        yield DemoBroker(
            bootstrap=kafka.bootstrap,
            durability="single",
            said=f"Apache Kafka {KAFKA.rpartition(':')[2]}, one broker, gone with the demo",
            prepare=prepare,
        )
    finally:
        kafka.stop()
