"""Brokers that die, or refuse us: what is said, what waits, and that nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.intake.standing import State
from engine.publisher import CLOSE_WITHIN, KafkaPublisher
from engine.settings import KafkaSettings
from tests.harness.broker import make_topic, produce, records
from tests.integration.intake.lanes import RUNNERS, reading, settings_for, until
from tests.integration.intake.room import Room, a_room, body
from tests.unit.engine.intake.builders import a_message


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path, clock=SystemClock()) as room:
        yield room


def report(id_: str) -> bytes:
    return body(a_message(id=id_))


async def test_b38_reports_wait_for_a_broker_that_died_and_nobody_takes_its_silence_for_peace(
    mortal_kafka: LocalKafka, room: Room
) -> None:
    topics = {runner: await make_topic(mortal_kafka) for runner in RUNNERS}
    for runner, topic in topics.items():
        await produce(mortal_kafka, topic, [report(f"before-{runner}")])
    one, two = (settings_for(mortal_kafka, topic, runner=name) for name, topic in topics.items())

    async def has(count: int) -> bool:
        return len(await room.taken()) == count

    async with reading(room, one) as plain, reading(room, two) as faust:
        await until(lambda: has(2))
        await until(lambda: plain.caught_up(1) and faust.caught_up(1))
        mortal_kafka.kill9()
        for reader in (plain, faust):
            await until(lambda reader=reader: "does not answer" in reader.lane.standing.now.why)  # type: ignore[misc]
            assert reader.state is State.WAITING
        await asyncio.to_thread(mortal_kafka.restart)
        for runner, topic in topics.items():
            await produce(mortal_kafka, topic, [report(f"after-{runner}")])
        await until(lambda: has(4))
        await until(lambda: plain.state is faust.state is State.READING)

    assert plain.halted == faust.halted == []


async def test_facts_are_published_again_after_the_broker_died_by_a_producer_made_anew(
    mortal_kafka: LocalKafka,
) -> None:
    topic = await make_topic(mortal_kafka)
    publisher = KafkaPublisher(settings_for(mortal_kafka, topic, runner="aiokafka"))
    await publish(publisher, topic, 0)
    first = publisher._producer
    assert first is not None
    mortal_kafka.kill9()
    stuck = asyncio.create_task(publish(publisher, topic, 1))
    await until(lambda: first._message_accumulator._batches)
    async with asyncio.timeout(2 * CLOSE_WITHIN):
        await publisher.aclose()
    await asyncio.gather(stuck, return_exceptions=True)
    await asyncio.to_thread(mortal_kafka.restart)

    await publish(publisher, topic, 1)
    await publish(publisher, topic, 2)

    assert stuck.done()
    assert publisher._producer is not first
    await publisher.aclose()
    values = [record.value for record in await records(mortal_kafka, topic)]
    assert list(dict.fromkeys(values)) == [b"0", b"1", b"2"], "in order, repeats left out"


async def publish(publisher: KafkaPublisher, topic: str, n: int) -> None:
    await publisher.publish(topic=topic, key="case", value=b"%d" % n, headers={"ce_id": str(n)})


async def test_fifty_facts_at_once_open_one_connection_and_not_fifty(
    mortal_kafka: LocalKafka,
) -> None:
    """Each of the first facts once made a producer of its own; all but one were never closed."""
    topic = await make_topic(mortal_kafka)
    made = []

    class Counted(KafkaPublisher):
        async def _started(self):  # type: ignore[no-untyped-def]
            made.append(await super()._started())
            return made[-1]

    publisher = Counted(settings_for(mortal_kafka, topic, runner="aiokafka"))
    await asyncio.gather(*(publish(publisher, topic, n) for n in range(50)))
    await publisher.aclose()

    assert len(made) == 50
    assert len({id(producer) for producer in made}) == 1
    assert len(await records(mortal_kafka, topic)) == 50


@pytest.mark.parametrize("runner", RUNNERS)
async def test_b38_where_no_broker_is_the_reader_says_so_and_does_not_end(
    room: Room, runner: str
) -> None:
    nowhere = KafkaSettings.model_validate(
        {"enabled": True, "brokers": "127.0.0.1:1", "critical_runner": runner}
    )

    async with reading(room, nowhere) as reader:
        await until(lambda: reader.state is State.WAITING)

        assert reader.lane.standing.now.why.startswith("The broker 127.0.0.1:1 does not answer.")
        assert not reader.task.done()
        assert reader.halted == []
