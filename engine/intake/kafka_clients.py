"""What every Kafka client of ours is told: where, how safely, how long to wait."""

import asyncio
import re
import ssl
from collections.abc import Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from engine.settings import KafkaSettings

ISOLATION = "read_committed"
"""What a publisher called back is no report."""
METADATA_EVERY_MS = 10_000
"""A topic made anew, or with more partitions, is noticed within this."""
_STOP_WITHIN = 3  # seconds; a broker that is away never answers
_PROBE_WITHIN = 10  # seconds


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """Arguments for any aiokafka client."""
    return {
        "bootstrap_servers": list(settings.brokers),
        "request_timeout_ms": int(settings.request_timeout * 1000),
        "metadata_max_age_ms": METADATA_EVERY_MS,
        **_security(settings),
    }


def member_name(*names: str) -> str:
    """A static member's id of these names, in the letters that brokers take."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", ".".join(filter(None, names)))[:200]


def tls(settings: KafkaSettings) -> ssl.SSLContext:
    """The context in which brokers prove who they are."""
    return ssl.create_default_context(cafile=settings.ca_file)


def password(settings: KafkaSettings) -> str:
    """The SASL password, or nothing."""
    return settings.password.get_secret_value() if settings.password else ""


async def probe(settings: KafkaSettings, topic: str, partition: int, offset: int) -> int | None:
    """Offset of the first record from there on, seen by a reader that belongs to no group."""
    reader = AIOKafkaConsumer(
        auto_offset_reset="none",
        enable_auto_commit=False,
        isolation_level=ISOLATION,  # as the first reader: else it sees what was called back
        **client_options(settings),
    )
    place = TopicPartition(topic, partition)
    await reader.start()
    try:
        reader.assign([place])
        reader.seek(place, offset)
        record = await asyncio.wait_for(reader.getone(place), _PROBE_WITHIN)
    except (KafkaError, TimeoutError):
        return None  # out of range, or no answer: never believed
    finally:
        await reader.stop()
    found: int = record.offset
    return found


async def closed(closing: Coroutine[Any, Any, Any], *, within: float) -> bool:
    """Whether a client closed calmly within so many seconds; its closing is given up otherwise.

    Clients wait for brokers that are away, and raise CancelledError though nobody cancelled: in a
    task of its own neither is mistaken for ours.
    """
    task = asyncio.create_task(closing)
    await asyncio.wait({task}, timeout=within)
    if not task.done():
        task.cancel()
        return False
    return not task.cancelled() and task.exception() is None


async def let_go(consumer: AIOKafkaConsumer) -> None:
    """Leave the group and close. Where the broker is away only close: it will notice by itself."""
    calm = await closed(consumer.stop(), within=_STOP_WITHIN)
    if not calm and consumer._fetcher is not None:
        await closed(consumer._fetcher.close(), within=_STOP_WITHIN)
    # Always once more: a connection that was being made meanwhile is left open by aiokafka.
    await closed(consumer._client.close(), within=_STOP_WITHIN)


def _security(settings: KafkaSettings) -> dict[str, Any]:
    if settings.security == "plaintext":
        return {}
    if settings.security == "ssl":
        return {"security_protocol": "SSL", "ssl_context": tls(settings)}
    return {
        "security_protocol": "SASL_SSL",
        "ssl_context": tls(settings),
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": settings.username,
        "sasl_plain_password": password(settings),
    }
