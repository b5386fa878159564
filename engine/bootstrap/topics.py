"""Making the topics: by hand, once, so that no worker ever makes one with the wrong settings."""

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from engine.intake.durability import IN_SYNC_LEAST, REPLICAS_LEAST
from engine.intake.kafka_clients import client_options
from engine.settings import KafkaSettings

PARTITIONS = 6
RETENTION_MS = 30 * 86_400_000
"""Raw records stay thirty days: longer than the longest outage and the oldest backup in use."""


async def make_topics(settings: KafkaSettings) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Make what is missing; return (made, there before). Raises what the client raises."""
    wanted = (
        settings.critical_topic,
        settings.normal_topic,
        settings.cases_topic,
        settings.quarantine_topic,
    )
    replicated = settings.durability == "replicated"
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    try:
        known = set(await admin.list_topics())
        missing = tuple(name for name in wanted if name not in known)
        if missing:
            await admin.create_topics(
                [
                    NewTopic(
                        name=name,
                        num_partitions=PARTITIONS,
                        replication_factor=REPLICAS_LEAST if replicated else 1,
                        topic_configs={
                            "min.insync.replicas": str(IN_SYNC_LEAST if replicated else 1),
                            "cleanup.policy": "delete",
                            "retention.ms": str(RETENTION_MS),
                        },
                    )
                    for name in missing
                ]
            )
    finally:
        await admin.close()
    return missing, tuple(name for name in wanted if name in known)
