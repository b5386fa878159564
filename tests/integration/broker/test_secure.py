"""A cluster with users: a publisher can only publish, and a wrong password is said to be wrong."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
)

from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.cluster.grants import GrantError, May, administering
from engine.cluster.topics import make_topics
from engine.entropy import SeededEntropy
from engine.intake.durability import examine
from engine.intake.kafka_clients import client_options
from engine.publisher import KafkaPublisher
from engine.settings import KafkaSettings, SourceSettings
from tests.integration.intake.lanes import RUNNERS, reading, until
from tests.integration.intake.room import a_room, body
from tests.unit.engine.intake.builders import a_message, an_event

ENTROPY = SeededEntropy("salt")


@pytest.fixture(scope="module")
def cluster(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """A secure broker, for the tests of this file."""
    kafka = LocalKafka(tmp_path_factory.mktemp("secure"), secure=True)
    kafka.start()
    try:
        yield kafka
    finally:
        kafka.stop()


def as_user(cluster: LocalKafka, user: str, password: str) -> KafkaSettings:
    return KafkaSettings.model_validate(
        {
            "enabled": True,
            "brokers": " ".join(cluster.bootstrap),
            "durability": "single",
            "security": "sasl_ssl",
            "ca_file": cluster.ca_file,
            "username": user,
            "password": password,
        }
    )


@pytest.fixture
async def admin(cluster: LocalKafka) -> KafkaSettings:
    """The administrator's settings, with the topics made: tests come in any order."""
    user, password = cluster.login.read_text("utf-8").split()
    settings = as_user(cluster, user, password)
    await make_topics(settings, clock=SystemClock(), partitions=1)
    return settings


@pytest.fixture
async def hotline(cluster: LocalKafka, admin: KafkaSettings) -> KafkaSettings:
    """A publisher's own settings."""
    async with administering(admin, ENTROPY) as grants:
        await grants.set_password("hotline-a", "s3cret of a hotline")
        await grants.give("hotline-a", May.PUBLISH)
    return as_user(cluster, "hotline-a", "s3cret of a hotline")


async def publish(settings: KafkaSettings, topic: str, value: bytes = b"{}") -> int:
    producer = AIOKafkaProducer(acks="all", enable_idempotence=True, **client_options(settings))
    try:
        await producer.start()
        sent: Any = await producer.send_and_wait(topic, value)
        return int(sent.offset)
    finally:
        await producer.stop()


async def test_a_publisher_writes_threats_and_nothing_else(hotline: KafkaSettings) -> None:
    assert await publish(hotline, hotline.normal_topic) >= 0
    assert await publish(hotline, hotline.critical_topic) >= 0
    with pytest.raises(TopicAuthorizationFailedError):
        await publish(hotline, hotline.cases_topic)


async def test_a_publisher_reads_nothing_not_even_what_it_wrote(hotline: KafkaSettings) -> None:
    place = TopicPartition(hotline.normal_topic, 0)
    await publish(hotline, hotline.normal_topic)
    reader = AIOKafkaConsumer(auto_offset_reset="none", **client_options(hotline))
    await reader.start()
    try:
        reader.assign([place])
        reader.seek(place, 0)
        with pytest.raises(TopicAuthorizationFailedError):
            await reader.getone(place)
    finally:
        await reader.stop()

    member = AIOKafkaConsumer(
        hotline.normal_topic, group_id=f"{hotline.group}.normal", **client_options(hotline)
    )
    try:
        with pytest.raises((GroupAuthorizationFailedError, TopicAuthorizationFailedError)):
            await member.start()
            await member.getone()
    finally:
        await member.stop()


async def test_without_any_right_an_idempotent_producer_is_refused_outright(
    cluster: LocalKafka, admin: KafkaSettings, hotline: KafkaSettings
) -> None:
    async with administering(admin, ENTROPY) as grants:
        await grants.set_password("nobody", "s3cret")

    with pytest.raises((ClusterAuthorizationFailedError, TopicAuthorizationFailedError)):
        await publish(as_user(cluster, "nobody", "s3cret"), hotline.normal_topic)


async def test_who_is_revoked_is_let_in_no_more(
    admin: KafkaSettings, hotline: KafkaSettings
) -> None:
    async with administering(admin, ENTROPY) as grants:
        taken = await grants.take("hotline-a")

        assert len(taken) == 2
        assert await grants.take("hotline-a") == ()
    with pytest.raises(KafkaConnectionError):
        await publish(hotline, hotline.normal_topic)


async def test_another_purpose_replaces_every_right_of_the_first(admin: KafkaSettings) -> None:
    async with administering(admin, ENTROPY) as grants:
        await grants.give("desk-b", May.PUBLISH)
        rights = await grants.give("desk-b", May.ENGINE)

        assert await grants.of("desk-b") == tuple(sorted(rights))
        await grants.take("desk-b")


async def test_only_the_administrator_gives_rights(hotline: KafkaSettings) -> None:
    async with administering(hotline, ENTROPY) as grants:
        with pytest.raises(GrantError, match="does not administer"):
            await grants.give("hotline-a", May.ENGINE)
        with pytest.raises(GrantError, match="does not administer"):
            await grants.everybody()


@pytest.mark.parametrize("runner", RUNNERS)
async def test_a_desk_reads_reports_and_publishes_facts_with_the_least_rights(
    cluster: LocalKafka, admin: KafkaSettings, hotline: KafkaSettings, tmp_path: Path, runner: str
) -> None:
    async with administering(admin, ENTROPY) as grants:
        await grants.set_password("tocsin", "s3cret of a desk")
        await grants.give("tocsin", May.ENGINE)
    desk = as_user(cluster, "tocsin", "s3cret of a desk").model_copy(
        update={
            "critical_runner": runner,
            "normal_runner": "aiokafka" if runner == "faust" else "faust",
            "sources": (SourceSettings(source="hotline-a"),),
        }
    )
    canaries = (desk.critical_topic, desk.normal_topic)
    report = body(a_message(an_event(code="death_threat"), id=f"over-tls-{runner}"))

    async with a_room(tmp_path, clock=SystemClock()) as room, reading(room, desk) as reader:
        await publish(hotline, hotline.critical_topic, report)

        async def taken() -> bool:
            return f"over-tls-{runner}" in await room.taken()

        await until(taken)
        assert reader.halted == []
        publisher = KafkaPublisher(desk)
        for topic in (desk.cases_topic, desk.quarantine_topic, *canaries):
            await publisher.publish(topic=topic, key="c", value=b"{}", headers={})
        await publisher.aclose()
    seen = await examine(desk, (desk.critical_topic, desk.normal_topic))
    assert {(state.replicas, state.in_sync_least) for state in seen.values()} == {(1, 1)}


async def test_a_desk_without_a_canary_may_not_write_reports(
    cluster: LocalKafka, admin: KafkaSettings
) -> None:
    async with administering(admin, ENTROPY) as grants:
        await grants.set_password("desk-c", "s3cret")
        await grants.give("desk-c", May.ENGINE, canary=False)

    with pytest.raises(TopicAuthorizationFailedError):
        await publish(as_user(cluster, "desk-c", "s3cret"), admin.normal_topic)
