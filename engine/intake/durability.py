"""Whether the topics keep what they acknowledge: asked of the broker, before the first record.

Kafka takes a topic with one replica and `min.insync.replicas=2` without a word, and acknowledges
records that one disk holds. So the figures are read, not believed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from engine.intake.kafka_clients import client_options
from engine.settings import KafkaSettings

REPLICAS_LEAST = 3
IN_SYNC_LEAST = 2
_MIN_ISR = "min.insync.replicas"


class NotDurableError(Exception):
    """A topic may lose what it acknowledged; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicState:
    """What the broker says of one topic."""

    replicas: int
    """Of its least replicated partition; 0 when there is no such topic."""
    in_sync_least: int


async def check_durability(settings: KafkaSettings) -> None:
    """Refuse topics that lose acknowledged records, unless the settings allow weaker ones.

    Raises NotDurableError, which lists every topic; whatever the client raises when it cannot ask.
    """
    if settings.durability != "replicated":
        return
    topics = (settings.critical_topic, settings.normal_topic)
    faults = judge(await _ask(settings, topics))
    if faults:
        raise NotDurableError(
            "\n".join(faults)
            + "\nMake the topics with `tocsin kafka topics`, or say `kafka.durability = single`"
            " when one broker is all there is: then the loss of its disk loses reports."
        )


def judge(found: Mapping[str, TopicState]) -> list[str]:
    """What is wrong with each topic, in words."""
    faults = []
    for topic, state in sorted(found.items()):
        if state.replicas == 0:
            faults.append(f"{topic}: there is no such topic.")
        elif state.replicas < REPLICAS_LEAST or state.in_sync_least < IN_SYNC_LEAST:
            faults.append(
                f"{topic}: replication factor {state.replicas} (at least {REPLICAS_LEAST}),"
                f" {_MIN_ISR} {state.in_sync_least} (at least {IN_SYNC_LEAST})."
            )
    return faults


async def _ask(settings: KafkaSettings, topics: Iterable[str]) -> dict[str, TopicState]:
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    try:
        described = await admin.describe_topics(list(topics))
        there = {
            one["topic"]: min((len(part["replicas"]) for part in one["partitions"]), default=0)
            for one in described
            if one["error_code"] == 0
        }
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in sorted(there)]
        answers = await admin.describe_configs(resources) if resources else []
    finally:
        await admin.close()
    least = {
        resource[3]: int(entry[1])
        for answer in answers
        for resource in answer.resources
        for entry in resource[4]
        if entry[0] == _MIN_ISR
    }
    return {
        topic: TopicState(replicas=there.get(topic, 0), in_sync_least=least.get(topic, 0))
        for topic in topics
    }
