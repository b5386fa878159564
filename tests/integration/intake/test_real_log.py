"""What becomes of reports on a real Kafka, whichever runner reads them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from sqlalchemy import insert

from engine.answer_tokens import AnswerTokens, digest
from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.intake.answer_stream import ANSWER_TYPE, AnswerHandler
from engine.intake.durability import (
    NotDurableError,
    check_durability,
    examine,
    forgetful,
    unreadable,
)
from engine.intake.scope import any_of
from engine.intake.standing import State
from engine.ports import Handler, Record
from engine.program_answers import ProgramAnswers
from engine.publisher import KafkaPublisher
from engine.registry.world import World
from engine.relay import Relay
from engine.store import offsets, tables
from engine.store.offsets import Loss, Range
from engine.vault import Secret
from schemas.codes import IncidentCode
from schemas.responses import Way
from schemas.set_aside import SET_ASIDE_TYPE, SetAside
from tests.harness.broker import make_topic, produce, records
from tests.harness.people import faro
from tests.integration.intake.lanes import RUNNERS, Gate, reading, settings_for, until
from tests.integration.intake.room import Room, a_room, body
from tests.unit.engine.intake.builders import WIDE, a_message

both = pytest.mark.parametrize("runner", RUNNERS)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path, clock=SystemClock()) as room:
        yield room


@pytest.fixture
async def admin(kafka: LocalKafka) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=list(kafka.bootstrap))
    await admin.start()
    yield admin
    await admin.close()


def reports(*ids: str) -> list[bytes]:
    return [body(a_message(id=id_)) for id_ in ids]


def numbered(name: str, numbers: range) -> list[str]:
    return [f"{name}{n}" for n in numbers]


async def events(room: Room) -> int:
    return len(await room.rows(tables.events))


async def stands_at(room: Room, topic: str) -> int:
    rows = [row for row in await room.rows(tables.offsets) if row.topic == topic]
    return sum(row.next_offset for row in rows)


def taken(room: Room, count: int) -> Any:
    async def enough() -> bool:
        return len(await room.taken()) >= count

    return enough


@both
async def test_every_report_is_taken_once_though_the_reader_stops_and_starts(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    topic = await make_topic(kafka, partitions=2)
    settings = settings_for(kafka, topic, runner=runner)
    for n in range(20):
        await produce(kafka, topic, reports(f"a{n}"), partition=n % 2)
    async with reading(room, settings) as reader:
        await until(taken(room, 20))
        await until(lambda: reader.caught_up(2))
    await produce(kafka, topic, reports(*numbered("b", range(5)), "a3"), partition=0)

    async with reading(room, settings) as again:
        await until(taken(room, 25))
        await until(lambda: again.caught_up(2))

    assert await events(room) == 25
    assert await stands_at(room, topic) == 26
    assert reader.halted == again.halted == []


@both
async def test_what_a_publisher_called_back_is_never_taken_and_the_marks_are_no_loss(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    """Every end of a transaction takes an offset that no reader ever sees."""
    topic = await make_topic(kafka)
    producer = AIOKafkaProducer(
        bootstrap_servers=list(kafka.bootstrap), transactional_id=f"publisher-{topic}"
    )
    await producer.start()
    for n in range(10):
        await producer.begin_transaction()
        await producer.send_and_wait(topic, reports(f"called-back{n}")[0])
        await producer.abort_transaction()
        await producer.begin_transaction()
        await producer.send_and_wait(topic, reports(f"meant{n}")[0])
        await producer.commit_transaction()
    await producer.stop()

    async with reading(room, settings_for(kafka, topic, runner=runner)) as reader:
        await until(taken(room, 10))
        await until(lambda: reader.caught_up(1))

    assert await room.taken() == sorted(numbered("meant", range(10)))
    assert reader.halted == []
    assert await room.incidents() == []
    assert await stands_at(room, topic) == 39, "below the end of the log, and nothing is behind"


@both
async def test_what_retention_took_is_told_once_and_the_rest_is_read(
    kafka: LocalKafka, admin: AIOKafkaAdminClient, room: Room, runner: str
) -> None:
    topic = await make_topic(kafka)
    settings = settings_for(kafka, topic, runner=runner)
    await produce(kafka, topic, reports(*numbered("r", range(5))))
    async with reading(room, settings):
        await until(taken(room, 5))
    await produce(kafka, topic, reports(*numbered("r", range(5, 10))))
    await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=7)})

    async with reading(room, settings) as reader:
        await until(taken(room, 8))

    assert await room.taken() == ["r0", "r1", "r2", "r3", "r4", "r7", "r8", "r9"]
    assert await room.incidents() == [Loss.RETENTION]
    assert reader.halted == []


@both
async def test_a_log_shorter_than_our_position_is_read_from_its_beginning(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    """Thirty of thirty were once dropped: below the position was believed to mean known."""
    topic = await make_topic(kafka)
    far = {(topic, 0): Range(begin=80, end=80)}
    await room.writer.run(lambda c: offsets.acquire(c, far, owner="before"))
    await produce(kafka, topic, reports(*numbered("n", range(30))))

    async with reading(room, settings_for(kafka, topic, runner=runner)) as reader:
        await until(taken(room, 30))

    assert await events(room) == 30
    assert await room.incidents() == [Loss.FOREIGN]
    assert reader.halted == []


@both
async def test_every_report_is_taken_from_a_topic_that_was_deleted_and_made_anew(
    kafka: LocalKafka, admin: AIOKafkaAdminClient, room: Room, runner: str
) -> None:
    topic = await make_topic(kafka)
    await produce(kafka, topic, reports(*numbered("old", range(5))))
    async with reading(room, settings_for(kafka, topic, runner=runner)) as reader:
        await until(taken(room, 5))
        await admin.delete_topics([topic])
        await until(lambda: reader.state is State.WAITING)
        assert "topic" in reader.lane.standing.now.why
        await until(lambda: made(admin, topic))
        await produce(kafka, topic, reports(*numbered("new", range(3))))
        await until(taken(room, 8))
        assert not reader.task.done(), "no calm end"

    assert reader.halted == []
    assert Loss.FOREIGN in await room.incidents()


async def made(admin: AIOKafkaAdminClient, topic: str) -> bool:
    """Whether the topic could be made; the broker takes a moment to forget the old one."""
    answer = await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    return all(error[1] == 0 for error in answer.topic_errors)


@both
async def test_a_topic_that_is_not_there_is_named_and_read_once_it_is_made(
    kafka: LocalKafka, admin: AIOKafkaAdminClient, room: Room, runner: str
) -> None:
    name = f"missing.{runner}"
    async with reading(room, settings_for(kafka, name, runner=runner)) as reader:
        await until(lambda: reader.state is State.WAITING)
        assert reader.lane.standing.now.why == f"{name}: there is no such topic."
        assert await made(admin, name)
        await produce(kafka, name, reports("first"))
        await until(taken(room, 1))

    assert reader.halted == []


@both
async def test_reports_in_flight_are_taken_once_when_another_reader_joins(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    """Whoever loses a partition in the middle drops what it holds and does not end."""
    topic = await make_topic(kafka, partitions=4)
    settings = settings_for(kafka, topic, runner=runner)
    for n in range(40):
        await produce(kafka, topic, reports(f"f{n}"), partition=n % 4)
    gates: list[Gate] = []

    def held_back(inner: Handler) -> Handler:
        gates.append(Gate(inner))
        return gates[-1]

    async with reading(room, settings, handler=held_back, owner="one") as one:
        await until(lambda: gates[0].waiting > 0)
        async with reading(room, settings, owner="two") as two:
            await until(lambda: two.lane.standing.partitions)
            gates[0].opened.set()
            await until(taken(room, 40))
            await until(
                lambda: len(one.lane.standing.partitions | two.lane.standing.partitions) == 4
            )

    assert await events(room) == 40
    assert await stands_at(room, topic) == 40
    assert one.halted == two.halted == []


@both
async def test_a_record_from_beyond_its_place_is_dropped_and_the_log_is_read_from_there_again(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    """Around a rebalance Faust may hand on what it had at hand before; the process once left."""
    topic = await make_topic(kafka)
    settings = settings_for(kafka, topic, runner=runner)
    gates: list[Gate] = []

    def held_back(inner: Handler) -> Handler:
        gates.append(Gate(inner))
        return gates[-1]

    async with reading(room, settings, handler=held_back) as reader:
        await produce(kafka, topic, reports("a0"))
        await until(lambda: gates[0].waiting == 1)
        await produce(kafka, topic, reports("a1", "a2"))
        stream: Any = reader.lane.stream
        early = Record(topic=topic, partition=0, offset=2, key=None, value=reports("a2")[0])
        await stream._ownership.deliver([early], gates[0])
        assert stream._ownership.astray
        gates[0].opened.set()
        await until(taken(room, 3))

    assert await events(room) == 3
    assert await stands_at(room, topic) == 3
    assert reader.halted == []


@both
async def test_a_second_reader_takes_its_share_and_neither_begins_again_and_again(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    """Under Faust only the first of a group knows every topic; the others once left for that."""
    topic = await make_topic(kafka, partitions=4)
    settings = settings_for(kafka, topic, runner=runner)

    async with (
        reading(room, settings, owner="one") as one,
        reading(room, settings, owner="two") as two,
    ):
        both_read = (one.lane.standing, two.lane.standing)

        def settled() -> bool:  # On a busy machine a group shares anew more than once.
            reads = all(x.now.state is State.READING and x.now.seconds > 4 for x in both_read)
            return reads and [len(x.partitions) for x in both_read] == [2, 2]

        await until(settled)


@both
async def test_b40_a_report_that_ends_the_process_is_parked_and_the_others_get_through(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    topic = await make_topic(kafka)
    settings = settings_for(kafka, topic, runner=runner)
    await produce(kafka, topic, reports("before", "deadly", "after"))
    starts = 0
    while not await taken(room, 2)():
        starts += 1
        assert starts < 8
        deadly: list[Deadly] = []

        def mortal(inner: Handler, deadly: list["Deadly"] = deadly) -> Handler:
            deadly.append(Deadly(inner))
            return deadly[-1]

        async with reading(room, settings, handler=mortal):
            dead = asyncio.create_task(deadly[0].died.wait())
            done = asyncio.create_task(until(taken(room, 2)))
            await asyncio.wait({dead, done}, return_when=asyncio.FIRST_COMPLETED)
            dead.cancel()
            done.cancel()
            await asyncio.gather(dead, done, return_exceptions=True)

    assert await room.taken() == ["after", "before"]
    (aside,) = await room.rows(tables.quarantine)
    assert (aside.topic, aside.offset) == (topic, 1)
    assert aside.reason.startswith("parked")
    assert IncidentCode.RECORD_PARKED in await room.incidents()
    assert starts <= 6


class Deadly:
    """A handler that never comes back from one report: there the process ended."""

    def __init__(self, inner: Handler) -> None:
        self._inner = inner
        self.died = asyncio.Event()

    async def __call__(self, records: Any, *, epoch: int) -> None:
        if any(b"deadly" in record.value for record in records):
            self.died.set()
            await asyncio.get_running_loop().create_future()
        await self._inner(records, epoch=epoch)


@both
async def test_a_reader_with_a_lasting_name_is_back_at_once(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    """It does not leave the group when it goes, so nobody waits for its silence to be noticed."""
    topic = await make_topic(kafka, partitions=2)
    settings = settings_for(
        kafka, topic, runner=runner, instance="replica-1", session_timeout=20, request_timeout=30
    )
    clock = SystemClock()
    async with reading(room, settings) as reader:
        await until(lambda: reader.state is State.READING)
    await produce(kafka, topic, reports("x"), partition=1)
    began = clock.monotonic()

    async with reading(room, settings) as again:
        await until(taken(room, 1))
        took = clock.monotonic() - began

    assert took < settings.session_timeout / 2
    assert again.halted == []


@both
async def test_two_that_share_a_lasting_name_are_told_and_no_report_waits_for_them(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    """The broker lets each in and the other out, in one generation; nobody takes over anew."""
    topic = await make_topic(kafka, partitions=2)
    settings = settings_for(kafka, topic, runner=runner, instance="replica-1")
    async with reading(room, settings, owner="one") as one:
        await until(lambda: one.state is State.READING)
        async with reading(room, settings, owner="two") as two:
            n = 0
            while not (one.halted or two.halted):
                await produce(kafka, topic, reports(f"n{n}"), partition=n % 2)
                n += 1
                assert n < 200
            await produce(kafka, topic, reports(*numbered("last", range(6))), partition=0)
            await until(taken(room, n + 6))

    assert "kafka.instance" in (one.halted + two.halted)[0]
    assert await events(room) == n + 6


@both
async def test_a_store_slower_than_the_group_allows_loses_nothing_and_is_read_on(
    kafka: LocalKafka, room: Room, runner: str
) -> None:
    topic = await make_topic(kafka)
    settings = settings_for(kafka, topic, runner=runner, batch_within=1.0)
    await produce(kafka, topic, reports("s0", "s1"))
    gates: list[Gate] = []

    def held_back(inner: Handler) -> Handler:
        gates.append(Gate(inner))
        return gates[-1]

    async with reading(room, settings, handler=held_back) as reader:
        await until(lambda: gates[0].waiting)
        await asyncio.sleep(3.5)  # the broker's patience is what is measured
        gates[0].opened.set()
        await until(taken(room, 2))
        await produce(kafka, topic, reports("s2"))
        await until(taken(room, 3))

    assert await events(room) == 3
    assert reader.halted == []


async def test_who_keeps_the_logs_is_told_that_something_was_put_aside_and_never_what(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    topic, aside = await make_topic(kafka), await make_topic(kafka, "aside")
    settings = settings_for(kafka, topic, runner="aiokafka", quarantine_topic=aside)
    await produce(kafka, topic, [b'{"name": "Invented Person"}'])
    publisher = KafkaPublisher(settings)
    async with a_room(tmp_path, clock=SystemClock(), publish=settings.cases_topic) as room:
        relay = Relay(
            reader=room.reader,
            writer=room.writer,
            publisher=publisher,
            clock=room.clock,
            facts=room.desk.facts,
            name=room.desk.instance,
            machine=room.clock,
        )
        async with reading(room, settings):
            relaying = asyncio.create_task(relay.run())
            told: list[Any] = []

            async def is_told() -> bool:
                told[:] = await records(kafka, aside)
                return bool(told)

            await until(is_told)
            relaying.cancel()
            await asyncio.gather(relaying, return_exceptions=True)
        (row,) = await room.rows(tables.quarantine)
    await publisher.aclose()

    said = SetAside.model_validate_json(told[0].value)
    assert (said.topic, said.partition, said.offset) == (topic, 0, 0)
    assert (said.id, said.digest, said.reason) == (row.id, row.digest, row.reason)
    assert dict(told[0].headers)["ce_type"] == SET_ASIDE_TYPE.encode()
    everything = repr([(record.key, record.value, record.headers) for record in told])
    assert "Invented" not in everything


async def test_a_topic_that_one_disk_holds_is_refused_with_its_numbers(kafka: LocalKafka) -> None:
    """Kafka itself takes one replica with two in sync without a word, and acknowledges."""
    topic = await make_topic(kafka, min_insync_replicas="2")
    settings = settings_for(
        kafka, topic, runner="aiokafka", normal_topic=topic, durability="replicated"
    )

    with pytest.raises(NotDurableError) as caught:
        await check_durability(settings)

    assert "replication factor 1 (at least 3), min.insync.replicas 2 (at least 2)" in str(
        caught.value
    )


async def test_a_log_that_one_disk_holds_is_read_all_the_same_and_a_person_is_told(
    kafka: LocalKafka, room: Room
) -> None:
    topic = await make_topic(kafka)
    settings = settings_for(kafka, topic, runner="aiokafka", durability="replicated")
    await produce(kafka, topic, reports("once"))

    async with reading(room, settings):
        await until(taken(room, 1))

    assert IncidentCode.LOG_NOT_DURABLE in await room.incidents()


async def test_a_topic_that_forgets_reports_by_itself_is_named(kafka: LocalKafka) -> None:
    topic = await make_topic(kafka, cleanup_policy="compact")
    settings = settings_for(kafka, topic, runner="aiokafka")

    found = await examine(settings, [topic, "missing"])

    assert found[topic].compacted
    assert forgetful(found) == [f"{topic}: cleanup.policy compact forgets reports (delete)."]
    assert unreadable(found) == ["missing: there is no such topic."]


@both
@pytest.mark.parametrize("asked", [0.5, 2000])
async def test_b39_a_session_time_the_broker_refuses_is_said_with_the_numbers(
    kafka: LocalKafka, room: Room, runner: str, asked: float
) -> None:
    """Faust once tried for ever and said that it was starting."""
    topic = await make_topic(kafka)
    settings = settings_for(
        kafka,
        topic,
        runner=runner,
        session_timeout=asked,
        heartbeat_interval=asked / 4,
        request_timeout=asked + 30,
    )

    async with reading(room, settings) as reader:
        await until(lambda: reader.state is State.WAITING)

        said = reader.lane.standing.now.why
        assert f"session_timeout is {asked:g} s; the brokers take 1 s to 1800 s" in said


async def test_an_answer_on_a_real_log_counts_once_though_it_was_sent_twice(
    kafka: LocalKafka, tmp_path: Path
) -> None:
    topic, tokens = await make_topic(kafka), AnswerTokens(Secret(b"n" * 32))
    world = World(roster=faro())
    async with a_room(tmp_path, clock=SystemClock(), world=world) as room:
        await room.door.take(body(a_message(id="a")), scopes=any_of([WIDE]), way=Way.API)
        (alert,) = await room.rows(tables.alerts)
        token = tokens.token(alert=alert.id, contact=alert.party)
        await room.writer.run(lambda conn: conn.execute(insert(tables.tokens), _row(alert, token)))
        answers = ProgramAnswers(
            desk=room.desk,
            writer=room.writer,
            tokens=tokens,
            clock=room.clock,
            world=room.world,
        )
        handler = AnswerHandler(answers=answers, desk=room.desk, vault=room.vault, clock=room.clock)
        data = {"token": token, "code": tokens.code_of(token), "answer": "acknowledged"}
        event = {"specversion": "1.0", "type": ANSWER_TYPE, "source": "them", "id": "k1"}
        record = orjson.dumps(event | {"data": data})
        await produce(kafka, topic, [record, record, b"nobody's answer"])

        settings = settings_for(kafka, topic, runner="aiokafka")
        async with reading(room, settings, handler=lambda inner: handler) as reader:
            await until(lambda: reader.caught_up(1))
            await until(lambda: _stands(room, topic, 3))

        facts = [orjson.loads(row.body) for row in await room.rows(tables.journal)]
        given = [(f["by"], f["way"]) for f in facts if f["kind"] == "answered"]
        assert given == [(alert.party, "kafka")]
        (aside,) = await room.rows(tables.quarantine)
        assert (aside.topic, aside.offset) == (topic, 2)


async def _stands(room: Room, topic: str, at: int) -> bool:
    return await stands_at(room, topic) == at


def _row(alert: Any, token: str) -> dict[str, Any]:
    """A page's token, as a message to this contact would have left it."""
    now = SystemClock().now()
    return {
        "digest": digest(token),
        "alert_id": alert.id,
        "contact": alert.party,
        "issued_at": now,
        "expires_at": now + timedelta(hours=1),
    }
