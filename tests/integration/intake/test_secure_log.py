"""A Kafka that wants TLS, a user and a password: every client of ours brings them, and says when
they are refused."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from engine.bootstrap import doctor
from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.intake.durability import examine
from engine.intake.kafka_clients import client_options, probe
from engine.intake.standing import State
from engine.intake.trouble import Unreached, why_unreached
from engine.publisher import KafkaPublisher
from engine.settings import KafkaSettings, Settings
from schemas.codes import IncidentCode
from tests.integration.intake.lanes import RUNNERS, reading, settings_for, until
from tests.integration.intake.room import Room, a_room, body
from tests.unit.engine.intake.builders import a_message

both = pytest.mark.parametrize("runner", RUNNERS)


@pytest.fixture(scope="module")
def guarded(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """A secure broker of this module's own."""
    broker = LocalKafka(tmp_path_factory.mktemp("guarded"), brokers=1, secure=True)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path, clock=SystemClock()) as room:
        yield room


def entering(
    kafka: LocalKafka, topic: str, *, runner: str = "aiokafka", **more: Any
) -> KafkaSettings:
    user, password = kafka.login.read_text("utf-8").split()
    return settings_for(
        kafka,
        topic,
        runner=runner,
        **{
            "security": "sasl_ssl",
            "username": user,
            "password": password,
            "ca_file": kafka.ca_file,
            **more,
        },
    )


async def a_topic(settings: KafkaSettings) -> None:
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    await admin.create_topics([NewTopic(settings.critical_topic, 1, 1)])
    await admin.close()


@both
async def test_every_client_enters_with_user_password_and_certificate(
    guarded: LocalKafka, room: Room, runner: str
) -> None:
    settings = entering(guarded, f"entered.{runner}", runner=runner)
    await a_topic(settings)
    publisher = KafkaPublisher(settings)
    await publisher.publish(
        topic=settings.critical_topic,
        key="k",
        value=body(a_message()),
        headers={"content-type": "application/cloudevents+json"},
    )
    await publisher.aclose()

    async with reading(room, settings) as reader:

        async def taken() -> bool:
            return await room.taken() == ["evt-1"]

        await until(taken)

    assert reader.halted == []
    assert await probe(settings, settings.critical_topic, 0, 0) == 0
    found = await examine(settings, [settings.critical_topic])
    assert found[settings.critical_topic].replicas == 1


@both
async def test_a_wrong_password_is_called_that_and_a_human_is_told(
    guarded: LocalKafka, room: Room, runner: str
) -> None:
    """To the client it looks like a broker that is away, for which one waits in patience."""
    settings = entering(guarded, "any", runner=runner, password="wrong")

    async with reading(room, settings) as reader:
        await until(lambda: reader.state is State.WAITING)

        assert "refuses our login" in reader.lane.standing.now.why
        assert "kafka.password" in reader.lane.standing.now.why

        async def told() -> bool:
            return await room.incidents() == [IncidentCode.LOG_UNREADABLE]

        await until(told)
        assert not reader.task.done()
        assert reader.halted == []


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"password": "wrong"}, Unreached.LOGIN_REFUSED),
        ({"username": "nobody"}, Unreached.LOGIN_REFUSED),
        ({"ca_file": None}, Unreached.NOT_TRUSTED),
        ({"ca_file": "/nowhere/ca.pem"}, Unreached.NOT_TRUSTED),
        ({"security": "plaintext"}, Unreached.OTHER_PROTOCOL),
        ({"security": "ssl"}, Unreached.OTHER_PROTOCOL),
        ({"brokers": "127.0.0.1:1"}, Unreached.NO_ANSWER),
    ],
)
async def test_what_keeps_us_out_is_told_apart(
    guarded: LocalKafka, changed: dict[str, Any], kind: Unreached
) -> None:
    reach = await why_unreached(entering(guarded, "any", **changed))

    assert reach is not None
    assert reach.kind is kind
    assert "wrong" not in str(reach)


async def test_who_may_enter_is_told_of_nothing(guarded: LocalKafka) -> None:
    assert await why_unreached(entering(guarded, "any")) is None


async def test_the_doctor_calls_a_wrong_password_by_its_name(
    guarded: LocalKafka, tmp_path: Path
) -> None:
    settings = Settings(
        data_dir=tmp_path, kafka=entering(guarded, "any", password="wrong", durability="replicated")
    )

    (finding,) = await doctor._kafka(settings)

    assert finding.level == "bad"
    assert "refuses our login" in finding.what
