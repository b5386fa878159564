"""A bad line between the readers and Kafka: every report is taken once, whoever reads it."""

import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.intake.standing import State
from engine.store import tables as t
from tests.harness.broker import make_topic, produce
from tests.harness.proxy import Proxy
from tests.integration.intake.lanes import RUNNERS, reading, settings_for, until
from tests.integration.intake.room import Room, a_room, body
from tests.unit.engine.intake.builders import a_message

SHORT = {"rebalance_timeout": 6, "request_timeout": 11}
"""Seconds: the shortest that fit together, so that a dead line is known for one sooner."""
EACH = 8
"""Reports in each of the nights of the line."""


@contextmanager
def lined(kafka: LocalKafka) -> Iterator[Proxy]:
    """A line to the broker. It says where it is in its answers; through the line, that is here."""
    (address,) = kafka.bootstrap
    host, port = address.split(":")
    with Proxy(int(port)) as line:
        line.instead[_place(host, int(port))] = _place(host, line.port)
        yield line


def _place(host: str, port: int) -> bytes:
    return host.encode() + struct.pack(">i", port)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with a_room(tmp_path, clock=SystemClock()) as room:
        yield room


async def publish(kafka: LocalKafka, topic: str, name: str) -> None:
    """Past the line: the publisher has a good one."""
    await produce(kafka, topic, [body(a_message(id=f"{topic}-{name}-{n}")) for n in range(EACH)])


async def test_b38_over_a_line_that_is_slow_reset_and_dead_each_report_is_taken_once(
    kafka: LocalKafka, room: Room
) -> None:
    topics = {runner: await make_topic(kafka) for runner in RUNNERS}
    names: list[str] = []

    async def publish_all(name: str) -> None:
        for topic in topics.values():
            await publish(kafka, topic, name)
            names.extend(f"{topic}-{name}-{n}" for n in range(EACH))

    async def all_taken() -> bool:
        return await room.taken() == sorted(names)

    with lined(kafka) as line:
        one, two = (
            settings_for(kafka, topic, runner=runner, brokers=f"127.0.0.1:{line.port}", **SHORT)
            for runner, topic in topics.items()
        )
        async with reading(room, one) as plain, reading(room, two) as faust:
            readers = (plain, faust)
            line.delay = 0.05
            await publish_all("slow")
            await until(all_taken)
            line.delay = 0.0

            for n in range(3):
                line.reset()
                await publish_all(f"reset{n}")
            await until(all_taken)

            line.hole()
            await publish_all("dead")
            for each in readers:
                await until(lambda each=each: each.state is State.WAITING)  # type: ignore[misc]
                assert "does not answer" in each.lane.standing.now.why
            assert len(await room.taken()) == len(names) - 2 * EACH
            line.reset()
            line.heal()
            await until(all_taken)
            await until(lambda: all(each.state is State.READING for each in readers))

            assert plain.halted == faust.halted == room.halted == []
    decided = [row.kind for row in await room.rows(t.journal)]
    assert decided.count("event_joined") == len(names)
    assert await room.incidents() == []
