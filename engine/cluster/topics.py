"""Making the topics: by hand, once, so that no worker ever makes one with the wrong settings."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from engine.clock import Clock
from engine.intake.durability import (
    IN_SYNC_LEAST,
    REPLICAS_LEAST,
    TopicState,
    forgetful,
    judge,
)
from engine.intake.kafka_clients import client_options
from engine.settings import KafkaSettings

PARTITIONS = 6
RETENTION_DAYS = 30
"""Raw records stay thirty days: longer than the longest outage and the oldest backup in use."""
_DAY_MS = 86_400_000
_MADE, _THERE_ALREADY = 0, 36  # the broker's own numbers
_MIN_ISR, _RETENTION, _CLEANUP = "min.insync.replicas", "retention.ms", "cleanup.policy"
_READ = frozenset({_MIN_ISR, _RETENTION, _CLEANUP})
_UNHEARD_OF = {"error_code": 3}
_KNOWN_WITHIN = 10.0  # seconds until every broker has heard of a new topic


class TopicsRefusedError(Exception):
    """The broker made some topics or none; the message has its number and reason for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic as the broker has it now, whoever made it."""

    name: str
    made: bool
    """Now, and not before."""
    partitions: int
    replicas: int
    """Of its least replicated partition."""
    in_sync_least: int
    retention_ms: int
    """-1: for ever."""
    cleanup: str

    @property
    def retention(self) -> str:
        """How long records stay, in words."""
        if self.retention_ms < 0:
            return "kept for ever"
        return f"kept {self.retention_ms / _DAY_MS:g} days"


async def make_topics(
    settings: KafkaSettings,
    *,
    clock: Clock,
    partitions: int = PARTITIONS,
    days: int = RETENTION_DAYS,
) -> tuple[Topic, ...]:
    """Make what is missing, as durable as the settings promise; return what is there now.

    What was there before is left as it is. Raises TopicsRefusedError for what the broker refused,
    and what the client raises when it cannot ask.
    """
    wanted = (
        settings.critical_topic,
        settings.normal_topic,
        settings.cases_topic,
        settings.quarantine_topic,
        *filter(None, (settings.answers_topic,)),
        *(consumer.topic for consumer in settings.consumers),
    )
    replicated = settings.durability == "replicated"
    new = [
        NewTopic(
            name=name,
            num_partitions=partitions,
            replication_factor=REPLICAS_LEAST if replicated else 1,
            topic_configs={
                _MIN_ISR: str(IN_SYNC_LEAST if replicated else 1),
                _CLEANUP: "delete",
                _RETENTION: str(days * _DAY_MS),
            },
        )
        for name in wanted
    ]
    admin = AIOKafkaAdminClient(**client_options(settings))
    try:
        await admin.start()
        answer = await admin.create_topics(new)
        made = _made(answer.topic_errors)
        return await _describe(admin, wanted, made=made, clock=clock)
    finally:
        await admin.close()


def weaker_than_promised(settings: KafkaSettings, topics: Sequence[Topic]) -> list[str]:
    """What is wrong with topics that were there before, with their numbers."""
    found = {
        topic.name: TopicState(
            replicas=topic.replicas,
            in_sync_least=topic.in_sync_least,
            compacted="compact" in topic.cleanup,
        )
        for topic in topics
    }
    return judge(found) if settings.durability == "replicated" else forgetful(found)


def _made(errors: Sequence[tuple[str, int, str | None]]) -> frozenset[str]:
    """Names of the topics made. The client raises nothing: the refusals are in the answer."""
    refused = [
        f"{name}: {reason or 'no reason given'} (Kafka's error {code})"
        for name, code, reason in errors
        if code not in (_MADE, _THERE_ALREADY)
    ]
    if refused:
        raise TopicsRefusedError("\n".join(sorted(refused)))
    return frozenset(name for name, code, _ in errors if code == _MADE)


async def _describe(
    admin: AIOKafkaAdminClient, names: Sequence[str], *, made: frozenset[str], clock: Clock
) -> tuple[Topic, ...]:
    """All of them as the brokers have them, once whichever is asked has heard of each.

    Right after a topic is made, one answers that there is none, or leaves it out altogether.
    """
    until = clock.monotonic() + _KNOWN_WITHIN
    while True:
        described = {one["topic"]: one for one in await admin.describe_topics(list(names))}
        unknown = [name for name in names if described.get(name, _UNHEARD_OF)["error_code"] != 0]
        configs = {} if unknown else await _configs(admin, names)
        unknown = unknown or [name for name in names if not configs.get(name, {}).keys() >= _READ]
        if not unknown:
            break
        if clock.monotonic() > until:
            raise TopicsRefusedError(f"The brokers do not agree yet on {', '.join(unknown)}.")
        await clock.sleep(0.1)
    return tuple(
        Topic(
            name=name,
            made=name in made,
            partitions=len(described[name]["partitions"]),
            replicas=min(len(part["replicas"]) for part in described[name]["partitions"]),
            in_sync_least=int(configs[name][_MIN_ISR]),
            retention_ms=int(configs[name][_RETENTION]),
            cleanup=configs[name][_CLEANUP],
        )
        for name in names
    )


async def _configs(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    answers = await admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    )
    return {
        resource[3]: {entry[0]: entry[1] for entry in resource[4]}
        for answer in answers
        for resource in answer.resources
    }
