"""The promises of Writer and Reader, kept the same with threads and without."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from engine.clock import ManualClock
from engine.store.checkpoint import keep_log_short
from engine.store.database import AUTOCHECKPOINT_PAGES, Database, StoreError
from engine.store.inline import InlineReader, InlineWriter
from engine.store.locks import FileInUseError
from engine.store.schema import NEEDED, SchemaVersionError, check_version, upgrade
from engine.store.threads import ThreadReader, ThreadWriter
from tests.harness.files import new_database
from tests.integration.engine.desk.room import START

KINDS = {"threads": (ThreadWriter, ThreadReader), "inline": (InlineWriter, InlineReader)}


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    database = Database(store_url)
    yield database
    database.close()


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Any]:
    """The same on a SQLite file, for what only a file has."""
    database = new_database(tmp_path / "file.sqlite")
    writer, reader = ThreadWriter(database), ThreadReader(database)
    yield writer, reader, database
    writer.close()
    reader.close()
    database.close()


@pytest.fixture(params=sorted(KINDS))
def ports(request: pytest.FixtureRequest, database: Database) -> Iterator[Any]:
    writer_kind, reader_kind = KINDS[request.param]
    writer, reader = writer_kind(database), reader_kind(database)
    yield writer, reader
    writer.close()
    reader.close()


def _put(conn: Connection, key: str) -> None:
    conn.execute(text("INSERT INTO meta VALUES (:key, 'x')"), {"key": key})


def _count(conn: Connection) -> int:
    return int(conn.execute(text("SELECT count(*) FROM meta")).scalar_one())


async def test_what_run_has_returned_from_is_there_for_every_reader(ports: Any) -> None:
    writer, reader = ports

    await writer.run(lambda conn: _put(conn, "a"))

    assert await reader.run(_count) == 1


async def test_an_exception_undoes_everything_and_reaches_the_caller(ports: Any) -> None:
    writer, reader = ports

    def half(conn: Connection) -> None:
        _put(conn, "a")
        raise LookupError("in the middle")

    with pytest.raises(LookupError, match="in the middle"):
        await writer.run(half)

    assert await reader.run(_count) == 0
    await writer.run(lambda conn: _put(conn, "b"))  # and the writer goes on
    assert await reader.run(_count) == 1


async def test_a_reader_cannot_write_whatever_it_is_given(ports: Any) -> None:
    _, reader = ports

    with pytest.raises(DBAPIError, match="readonly"):
        await reader.run(lambda conn: _put(conn, "a"))

    assert await reader.run(_count) == 0


async def test_a_read_that_raises_leaves_no_view_open(ports: Any) -> None:
    writer, reader = ports

    with pytest.raises(ZeroDivisionError):
        await reader.run(lambda conn: _count(conn) // 0)
    await writer.run(lambda conn: _put(conn, "a"))

    assert await reader.run(_count) == 1


async def test_durability_is_never_traded_for_speed(ours: Any) -> None:
    writer, _, _ = ours

    def settings(conn: Connection) -> dict[str, Any]:
        names = ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
        return {n: conn.exec_driver_sql(f"PRAGMA {n}").scalar() for n in names}

    assert await writer.run(settings) == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "wal_autocheckpoint": AUTOCHECKPOINT_PAGES,
    }


async def test_the_log_is_moved_into_the_file_on_the_way(ours: Any) -> None:
    writer, reader, database = ours
    clock = ManualClock(START)
    await writer.run(lambda conn: _put(conn, "a"))

    class Once(Exception):
        pass

    class Pool:
        async def checkpoint(self) -> None:
            await reader.checkpoint()
            raise Once

    looping = asyncio.create_task(keep_log_short(Pool(), clock=clock))
    with pytest.raises(Once):
        await clock.advance(seconds=1)
        await asyncio.wait_for(looping, 5)

    raw = database.engine.raw_connection()
    busy, in_log, moved = raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    raw.close()
    assert (busy, in_log) == (0, moved)  # nothing is left to move


async def test_a_checkpoint_and_a_transaction_that_writes_never_run_at_once(ours: Any) -> None:
    """SQLite up to 3.51.2 may lose what was committed, or leave the file malformed, where they do.

    A reader of a file whose engine had just started once found it malformed.
    """
    writer, reader, database = ours
    begun, on = threading.Event(), threading.Event()

    def slow(conn: Connection) -> None:
        begun.set()
        on.wait(10)

    writes = asyncio.create_task(writer.run(slow))
    await asyncio.to_thread(begun.wait, 10)
    moves = asyncio.create_task(reader.checkpoint())
    assert not (await asyncio.wait({moves}, timeout=0.2))[0], "the checkpoint did not wait"
    on.set()
    await asyncio.gather(writes, moves)

    with database.turn():
        writes = asyncio.create_task(writer.run(lambda conn: None))
        assert not (await asyncio.wait({writes}, timeout=0.2))[0], "the transaction did not wait"
    await writes


def test_a_second_engine_on_the_same_file_is_refused_and_told_what_to_do(tmp_path: Path) -> None:
    first = Database(f"sqlite:///{tmp_path / 'one.sqlite'}")

    with pytest.raises(FileInUseError, match="Stop it first, or give your command to it"):
        Database(f"sqlite:///{tmp_path / 'one.sqlite'}")

    first.close()
    Database(f"sqlite:///{tmp_path / 'one.sqlite'}").close()


def test_looking_from_beside_needs_no_lock(tmp_path: Path) -> None:
    first = Database(f"sqlite:///{tmp_path / 'one.sqlite'}")
    Database(f"sqlite:///{tmp_path / 'one.sqlite'}", exclusive=False).close()
    first.close()


def test_a_database_that_would_forget_is_refused() -> None:
    with pytest.raises(StoreError, match="keeps no promise"):
        Database("sqlite://")


def test_only_its_owner_can_read_the_file(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'new' / 'one.sqlite'}").close()

    assert (tmp_path / "new" / "one.sqlite").stat().st_mode & 0o077 == 0


def test_tables_of_another_release_are_refused_with_what_to_do(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'one.sqlite'}")
    conn = database.writer()
    with pytest.raises(SchemaVersionError, match="tocsin init"):
        check_version(conn)
    upgrade(database)
    check_version(conn)
    for found, advice in (("0000", "bring them up"), ("9999", "newer release")):
        with conn.begin():
            conn.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": found})
        with pytest.raises(SchemaVersionError, match=advice) as raised:
            check_version(conn)
        assert NEEDED in str(raised.value)
    conn.close()
    database.close()


def test_what_could_not_be_stored_is_in_no_error_message(database: Database) -> None:
    conn = database.writer()

    with pytest.raises(Exception, match="UNIQUE") as raised, conn.begin():
        _put(conn, "a name nobody may read")
        _put(conn, "a name nobody may read")

    assert "a name" not in str(raised.value)
    conn.close()
