"""Kafka behind the publisher port: idempotent, every record confirmed by all replicas."""

import asyncio

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    ProducerClosed,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from engine.intake.kafka_clients import client_options, closed
from engine.settings import KafkaSettings
from schemas.set_aside import SET_ASIDE_TOPIC

_log = structlog.get_logger(__name__)

CLOSE_WITHIN = 5.0  # seconds; with a broker that is away, what is buffered is never sent
_CONFIRM_MARGIN = 5.0  # seconds beyond the client's own time-out, which it does not always keep


_OF_THE_TOPIC = (TopicAuthorizationFailedError, UnknownTopicOrPartitionError)
"""What is wrong with one topic ends no producer: other topics go on over it."""


class KafkaPublisher:
    """`engine.ports.Publisher` on aiokafka. Connects when first used, and anew after any error.

    After a broker's fall an idempotent producer may stay out of sequence for good (aiokafka 1017),
    so none that failed is used again. What it had in flight may still arrive: consumers drop
    repeats.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._one_at_a_time = asyncio.Lock()
        self._sending: set[asyncio.Task[object]] = set()
        self._names = {SET_ASIDE_TOPIC: settings.quarantine_topic}

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        """Return when the broker has confirmed. Raises whatever the client raises; TimeoutError."""
        producer = await self._started()
        sending = asyncio.create_task(
            producer.send_and_wait(
                self._names.get(topic, topic),
                value,
                key=key.encode("utf-8"),
                headers=[(name, text.encode("utf-8")) for name, text in headers.items()],
            )
        )
        self._sending.add(sending)
        try:
            within = self._settings.request_timeout + _CONFIRM_MARGIN
            await asyncio.wait({sending}, timeout=within)
            if sending.cancelled():
                raise ProducerClosed
            if not sending.done():
                raise TimeoutError(f"no answer within {within:g} s")
            sending.result()
        except _OF_THE_TOPIC:
            raise
        except Exception:
            await self._put_away(producer)
            raise
        finally:
            self._sending.discard(sending)
            sending.cancel()

    async def aclose(self) -> None:
        """Send what is buffered, for a few seconds at most, and close the connections.

        One more record would make new ones.
        """
        if self._producer is not None:
            await self._put_away(self._producer)

    async def _started(self) -> AIOKafkaProducer:
        async with self._one_at_a_time:  # many publish at once, and one connection is enough
            if self._producer is None:
                producer = AIOKafkaProducer(
                    enable_idempotence=True, acks="all", **client_options(self._settings)
                )
                try:
                    await producer.start()
                except Exception:
                    await _close(producer)
                    raise
                self._producer = producer
            return self._producer

    async def _put_away(self, producer: AIOKafkaProducer) -> None:
        """Close it, unless another record that failed with it has done so."""
        if self._producer is producer:
            self._producer = None
            if not await _close(producer):
                for sending in tuple(self._sending):  # in vain, and nobody would ever tell them
                    sending.cancel()


async def _close(producer: AIOKafkaProducer) -> bool:
    """Whether everything in it was sent and confirmed first."""
    if await closed(producer.stop(), within=CLOSE_WITHIN):
        return True
    _log.warning("publisher.left_open")
    if producer._sender is not None:
        await closed(producer._sender.close(), within=CLOSE_WITHIN)  # else it tries for ever
    await closed(producer.client.close(), within=CLOSE_WITHIN)
    return False
