"""A database that dies, refuses or is full while a log is read (B41): each report is taken once."""

import asyncio
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from engine.broker import LocalKafka
from engine.clock import SystemClock
from engine.store import tables
from engine.store.database import Database
from tests.harness.broker import make_topic, produce
from tests.harness.postgres import PostgresServer
from tests.harness.stores import postgres_url
from tests.integration.intake.lanes import RUNNERS, reading, settings_for, until
from tests.integration.intake.room import Room, a_room, body
from tests.unit.engine.intake.builders import a_message


async def publish(kafka: LocalKafka, topic: str, *, count: int, since: int = 0) -> None:
    values = [body(a_message(id=f"b{n}")) for n in range(since, since + count)]
    await produce(kafka, topic, values)


class Said:
    """Whether the log said this by now."""

    def __init__(self, capsys: pytest.CaptureFixture[str], words: str) -> None:
        self._capsys = capsys
        self._words = words
        self._all = ""

    def __call__(self) -> bool:
        self._all += self._capsys.readouterr().out
        return self._words in self._all


async def taken_once(room: Room, count: int) -> None:
    """Wait until so many are taken, then make sure that nothing was decided twice."""

    async def taken() -> bool:
        try:
            return len(await room.taken()) == count
        except Exception:  # the store may still be away
            return False

    await until(taken)
    (place,) = await room.rows(tables.offsets)
    assert place.next_offset == count
    assert len(await room.rows(tables.events)) == count
    decided = [row.kind for row in await room.rows(tables.journal)]
    assert decided.count("case_opened") == 1 + len(await room.incidents())
    assert decided.count("event_joined") == count


@pytest.mark.parametrize("runner", RUNNERS)
async def test_b41_a_database_that_is_killed_while_a_log_is_read_loses_and_doubles_nothing(
    kafka: LocalKafka, mortal_postgres: PostgresServer, tmp_path: Path, runner: str
) -> None:
    topic = await make_topic(kafka)
    settings = settings_for(kafka, topic, runner=runner)
    async with (
        a_room(tmp_path, clock=SystemClock(), url=postgres_url(mortal_postgres)) as room,
        reading(room, settings) as reader,
    ):
        await publish(kafka, topic, count=5)
        await taken_once(room, 5)
        await asyncio.to_thread(mortal_postgres.kill9)
        await publish(kafka, topic, count=5, since=5)
        await asyncio.to_thread(mortal_postgres.start)
        await taken_once(room, 10)

        assert reader.halted == []
        # Where the disk is slow the server recovers for longer than the desk waits: then it says
        # so, its process would end and be started anew, and nothing is lost by it.
        assert set(room.halted) <= {"the store cannot be reached"}


async def test_b41_a_database_that_takes_no_more_connections_is_waited_for(
    kafka: LocalKafka,
    postgres: PostgresServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As after a failover, or while others use up all its connections."""
    url = postgres_url(postgres)
    name = sql.Identifier(str(make_url(url).database))
    topic = await make_topic(kafka)
    async with (
        a_room(tmp_path, clock=SystemClock(), url=url) as room,
        reading(room, settings_for(kafka, topic, runner="aiokafka")) as reader,
    ):
        await publish(kafka, topic, count=2)
        await taken_once(room, 2)
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        postgres.execute(allow.format(name, sql.SQL("false")))
        postgres.execute(
            sql.SQL(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
            ).format(sql.Literal(make_url(url).database))
        )
        await publish(kafka, topic, count=3, since=2)
        await until(Said(capsys, "batch_again"))
        with pytest.raises(OperationalError, match="not currently accepting"):
            Database(url).writer()
        postgres.execute(allow.format(name, sql.SQL("true")))
        await taken_once(room, 5)

        assert reader.halted == room.halted == []


async def test_b41_what_a_full_disk_refused_is_taken_once_when_there_is_room_again(
    kafka: LocalKafka, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SQLite itself refuses: the file may have no more pages."""
    topic = await make_topic(kafka)

    async def pages(room: Room, most: str) -> None:
        await room.writer.run(lambda conn: conn.execute(text(f"PRAGMA max_page_count = {most}")))

    async with (
        a_room(tmp_path, clock=SystemClock()) as room,
        reading(room, settings_for(kafka, topic, runner="aiokafka")) as reader,
    ):
        await publish(kafka, topic, count=2)
        await taken_once(room, 2)
        await pages(room, "1")  # as many as there are now
        await publish(kafka, topic, count=60, since=2)
        await until(Said(capsys, "store_refused"))
        await pages(room, "1000000")
        await taken_once(room, 62)

        assert reader.halted == room.halted == []
