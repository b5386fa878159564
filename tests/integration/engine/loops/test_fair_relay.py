"""One topic, one case or one record that cannot be published holds up nothing else."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import insert

from engine.bell import Bell
from engine.relay import ROWS_AT_ONCE, Relay
from engine.relay_lane import KEYS_AT_ONCE, LONGEST_PAUSE
from engine.store import tables as t
from schemas.set_aside import SET_ASIDE_TOPIC
from tests.harness.waiting import until
from tests.integration.engine.desk.room import Room, a_room

FACTS = "night.cases"
FLOOD = ROWS_AT_ONCE + 100


class Broker:
    """Refuses some topics and keys, and does not answer for others."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.silent: set[str] = set()
        self.answer = asyncio.Event()
        self.tried: Counter[str] = Counter()
        self.got: list[tuple[str, str, str]] = []

    async def publish(self, *, topic: str, key: str, value: bytes, headers: dict[str, str]) -> None:
        self.tried[topic] += 1
        await asyncio.sleep(0)
        if key in self.silent:
            await self.answer.wait()
        if topic in self.refused or key in self.refused:
            raise ConnectionError
        self.got.append((topic, key, headers["ce_id"].rpartition(".")[2]))

    def of(self, key: str) -> list[str]:
        return [n for _, of, n in self.got if of == key]

    def keys(self, topic: str) -> set[str]:
        return {key for of, key, _ in self.got if of == topic}


class Post:
    """A relay over a store, and what waits there."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.broker = Broker()
        self.bell = Bell()
        relay = Relay(
            reader=room.reader,
            writer=room.writer,
            publisher=self.broker,
            clock=room.clock,
            facts=self.bell,
            name=room.desk.instance,
            machine=room.clock,
        )
        self.running = asyncio.create_task(relay.run())

    async def put(self, topic: str, keys: Sequence[str], *, n: int = 1) -> None:
        rows = [{"topic": topic, "key": key, "n": n, "body": b'{"kind":"x"}'} for key in keys]
        await self.room.writer.run(lambda conn: conn.execute(insert(t.outbox), rows))
        self.bell.ring()

    async def left(self, topic: str) -> int:
        return len(await self.room.rows(t.outbox, t.outbox.c.topic == topic))


@pytest.fixture
async def post(store_url: str) -> AsyncIterator[Post]:
    async with a_room(store_url, publish=FACTS) as room:
        await room.desk.fire_due(limit=1)  # the desk has started, and has its name
        post = Post(room)
        yield post
        post.running.cancel()
        await asyncio.gather(post.running, return_exceptions=True)


def named(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{n}" for n in range(count)]


async def test_a_missing_quarantine_topic_once_filled_the_window_and_no_case_was_published(
    post: Post,
) -> None:
    """Not a second passes here: what others fail with is no reason to wait."""
    post.broker.refused.add(SET_ASIDE_TOPIC)
    await post.put(SET_ASIDE_TOPIC, named("nonsense", FLOOD))
    await post.put(FACTS, ["c1", "c2"])

    await until(lambda: post.broker.keys(FACTS) == {"c1", "c2"})
    await post.put(FACTS, ["c1", "c3"], n=2)
    await until(lambda: post.broker.of("c1") == ["1", "2"] and post.broker.of("c3") == ["2"])

    assert await post.left(SET_ASIDE_TOPIC) == FLOOD
    assert post.broker.tried[SET_ASIDE_TOPIC] == KEYS_AT_ONCE, "then it pauses"


async def test_a_missing_topic_is_tried_at_a_widening_pace_and_empties_once_it_is_there(
    post: Post,
) -> None:
    post.broker.refused.add(SET_ASIDE_TOPIC)
    await post.put(SET_ASIDE_TOPIC, named("nonsense", FLOOD))
    await post.room.clock.advance(seconds=20)

    assert post.broker.tried[SET_ASIDE_TOPIC] < FLOOD, "some at once, and after 1, 2, 4 and 8 s"

    post.broker.refused.clear()
    for _ in range(2 * int(LONGEST_PAUSE)):
        await post.room.clock.advance(seconds=1)
    assert await post.left(SET_ASIDE_TOPIC) == 0
    assert len(post.broker.got) == FLOOD, "each once"


async def test_one_case_that_could_not_be_published_once_made_all_others_wait(post: Post) -> None:
    post.broker.refused.add("c1")
    await post.put(FACTS, ["c1", "c2"])
    await post.put(FACTS, ["c1", "c2"], n=2)
    await until(lambda: post.broker.of("c2") == ["1", "2"])
    await post.room.clock.advance(minutes=2)
    await post.put(FACTS, ["c1", "c2"], n=3)
    await until(lambda: post.broker.of("c2") == ["1", "2", "3"])

    assert post.broker.of("c1") == []
    post.broker.refused.clear()
    await post.room.clock.advance(seconds=LONGEST_PAUSE)
    assert post.broker.of("c1") == ["1", "2", "3"]
    assert await post.left(FACTS) == 0


async def test_many_cases_that_cannot_be_published_hold_up_the_rest_for_seconds_at_most(
    post: Post,
) -> None:
    bad = named("bad", 3 * KEYS_AT_ONCE)
    post.broker.refused.update(bad)
    await post.put(FACTS, bad)
    await post.put(FACTS, ["c1"])

    await post.room.clock.advance(seconds=10)
    assert post.broker.of("c1") == ["1"]
    await post.put(FACTS, ["c2"])
    await until(lambda: post.broker.of("c2") == ["1"])


async def test_a_record_without_an_answer_holds_up_its_own_case_alone(post: Post) -> None:
    post.broker.silent.add("c1")
    await post.put(FACTS, ["c1", "c2"])
    await until(lambda: post.broker.of("c2") == ["1"])
    await post.put(FACTS, ["c1", "c2"], n=2)
    await until(lambda: post.broker.of("c2") == ["1", "2"])

    assert post.broker.of("c1") == []
    post.broker.answer.set()
    await until(lambda: post.broker.of("c1") == ["1", "2"])
    async with asyncio.timeout(20):
        while await post.left(FACTS):  # noqa: ASYNC110 (the relay empties it)
            await asyncio.sleep(0.02)
