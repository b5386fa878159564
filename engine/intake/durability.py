"""Whether the topics are there, may be read, and keep what they acknowledge: asked of the broker.

Kafka takes a topic with one replica and `min.insync.replicas=2` without a word, and acknowledges
records that one disk holds. So the figures are read, not believed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import IncompatibleBrokerVersion, TopicAuthorizationFailedError

from engine.intake.kafka_clients import client_options
from engine.settings import KafkaSettings

REPLICAS_LEAST = 3
IN_SYNC_LEAST = 2
_MIN_ISR = "min.insync.replicas"
_CLEANUP = "cleanup.policy"
_COMPACT = "compact"


class NotDurableError(Exception):
    """A topic may lose what it acknowledged; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicState:
    """What the broker says of one topic."""

    replicas: int
    """Of its least replicated partition; 0 when there is no such topic."""
    in_sync_least: int
    compacted: bool = False
    """Whether older records of a key are forgotten when a newer one comes."""
    allowed: bool = True
    """Whether this user may know of it."""


async def check_durability(settings: KafkaSettings) -> None:
    """Refuse topics that lose acknowledged records, unless the settings allow weaker ones.

    Raises NotDurableError, which lists every topic; whatever the client raises when it cannot ask.
    """
    if settings.durability != "replicated":
        return
    refuse(judge(await examine(settings, settings.read_topics)))


def refuse(faults: Iterable[str]) -> None:
    """Raise NotDurableError when there are any."""
    listed = "\n".join(faults)
    if listed:
        raise NotDurableError(
            listed + "\nMake the topics with `tocsin kafka topics`, or say"
            " `kafka.durability = single` when one broker is all there is: then the loss of its"
            " disk loses reports."
        )


def judge(found: Mapping[str, TopicState]) -> list[str]:
    """What is wrong with each topic that shall be replicated, in words."""
    faults = unreadable(found)
    for topic, state in sorted(found.items()):
        if state.replicas == 0:
            continue
        if state.replicas < REPLICAS_LEAST or state.in_sync_least < IN_SYNC_LEAST:
            faults.append(
                f"{topic}: replication factor {state.replicas} (at least {REPLICAS_LEAST}),"
                f" {_MIN_ISR} {state.in_sync_least} (at least {IN_SYNC_LEAST})."
            )
        faults += forgetful({topic: state})
    return faults


def unreadable(found: Mapping[str, TopicState]) -> list[str]:
    """Which topics cannot be read at all, and why."""
    return [
        f"{topic}: there is no such topic." if state.allowed else f"{topic}: we may not read it."
        for topic, state in sorted(found.items())
        if state.replicas == 0
    ]


def forgetful(found: Mapping[str, TopicState]) -> list[str]:
    """Which topics drop reports that nobody has read: on those, a gap may be a report."""
    return [
        f"{topic}: {_CLEANUP} {_COMPACT} forgets reports (delete)."
        for topic, state in sorted(found.items())
        if state.compacted
    ]


async def examine(settings: KafkaSettings, topics: Iterable[str]) -> dict[str, TopicState]:
    """What the broker says of these topics. Raises whatever the client raises."""
    admin = AIOKafkaAdminClient(**client_options(settings))
    try:
        await admin.start()
        described = {one["topic"]: one for one in await admin.describe_topics(sorted(topics))}
        there = {
            topic: min((len(part["replicas"]) for part in one["partitions"]), default=0)
            for topic, one in described.items()
            if one["error_code"] == 0
        }
        set_to = await _configured(admin, sorted(there))
    finally:
        await admin.close()
    return {
        topic: TopicState(
            replicas=there.get(topic, 0),
            in_sync_least=int(set_to.get((topic, _MIN_ISR), 0)),
            compacted=_COMPACT in set_to.get((topic, _CLEANUP), ""),
            allowed=_code(described, topic) != TopicAuthorizationFailedError.errno,
        )
        for topic in topics
    }


def _code(described: Mapping[str, Any], topic: str) -> int:
    return int(described[topic]["error_code"]) if topic in described else 0


async def _configured(
    admin: AIOKafkaAdminClient, topics: Iterable[str]
) -> dict[tuple[str, str], str]:
    """(topic, setting) -> value; without those this user may not ask for."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
    try:
        answers = await admin.describe_configs(resources) if resources else []
    except IncompatibleBrokerVersion:  # the mock cluster: it keeps nothing anyway
        return {}
    return {
        (resource[3], entry[0]): entry[1] or ""
        for answer in answers
        for resource in answer.resources
        for entry in resource[4]
    }
