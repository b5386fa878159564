"""Topics that were made a moment ago, asked of brokers of which not all have heard of them."""

from types import SimpleNamespace
from typing import Any

import pytest

from engine.clock import SystemClock
from engine.cluster import topics
from engine.cluster.topics import TopicsRefusedError, make_topics
from engine.settings import KafkaSettings

SETTINGS = KafkaSettings(brokers=["127.0.0.1:1"])
CONFIG = {"min.insync.replicas": "2", "retention.ms": "1", "cleanup.policy": "delete"}


class Brokers:
    """The client of a cluster: each list has what one asking after the other is told of a topic."""

    def __init__(self, *, described: list[Any], configured: list[dict[str, str]]) -> None:
        self._described = described
        self._configured = configured

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def create_topics(self, new: list[Any]) -> Any:
        return SimpleNamespace(topic_errors=[(topic.name, 0, None) for topic in new])

    async def describe_topics(self, names: list[str]) -> list[dict[str, Any]]:
        code = self._described.pop(0) if len(self._described) > 1 else self._described[0]
        if code is None:
            return []
        partitions = [{"replicas": [1, 2, 3]}] if code == 0 else []
        return [{"topic": name, "error_code": code, "partitions": partitions} for name in names]

    async def describe_configs(self, resources: list[Any]) -> list[Any]:
        said = self._configured.pop(0) if len(self._configured) > 1 else self._configured[0]
        found = [(0, "", 2, each.name, list(said.items())) for each in resources]
        return [SimpleNamespace(resources=found)]


def brokers(monkeypatch: pytest.MonkeyPatch, **told: Any) -> None:
    monkeypatch.setattr(topics, "AIOKafkaAdminClient", lambda **_: Brokers(**told))


async def test_a_topic_that_a_broker_has_not_heard_of_yet_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brokers(monkeypatch, described=[None, 3, 0], configured=[{}, CONFIG])

    found = await make_topics(SETTINGS, clock=SystemClock())

    assert {(topic.replicas, topic.in_sync_least, topic.made) for topic in found} == {(3, 2, True)}


@pytest.mark.parametrize(("described", "config"), [(None, CONFIG), (3, CONFIG), (0, {})])
async def test_topics_that_no_broker_hears_of_in_time_are_named(
    monkeypatch: pytest.MonkeyPatch, described: int | None, config: dict[str, str]
) -> None:
    monkeypatch.setattr(topics, "_KNOWN_WITHIN", 0.0)
    brokers(monkeypatch, described=[described], configured=[config])

    with pytest.raises(TopicsRefusedError, match=f"do not agree yet on {SETTINGS.critical_topic},"):
        await make_topics(SETTINGS, clock=SystemClock())
