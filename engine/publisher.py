"""Kafka behind the publisher port: idempotent, every record confirmed by all replicas."""

from aiokafka import AIOKafkaProducer

from engine.intake.kafka_clients import client_options
from engine.settings import KafkaSettings


class KafkaPublisher:
    """`engine.ports.Publisher` on aiokafka. Connects when first used, and again after a failure."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        """Return when the broker has confirmed. Raises whatever the client raises."""
        producer = await self._started()
        await producer.send_and_wait(
            topic,
            value,
            key=key.encode("utf-8"),
            headers=[(name, text.encode("utf-8")) for name, text in headers.items()],
        )

    async def aclose(self) -> None:
        """Send what is buffered and close the connections."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                enable_idempotence=True, acks="all", **client_options(self._settings)
            )
            await producer.start()
            self._producer = producer
        return self._producer
