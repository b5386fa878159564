"""The roles of docs/howto/postgresql.md, made as it says: the engine adds to the past, no more."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.store import schema
from engine.store.database import Database, transact
from engine.store.server_check import Weakness, judged, weaknesses
from schemas.responses import Done
from tests.harness.postgres import PostgresServer
from tests.integration.engine.desk.room import a_room, report

PAGE = Path(__file__).parents[4] / "docs" / "howto" / "postgresql.md"


@pytest.fixture
def engines_url(postgres: PostgresServer) -> Iterator[str]:
    """The database of the page, as the engine's role opens it."""
    first, before, after = re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    for statement in first.split(";\n"):  # a database is made outside any transaction
        if statement.strip():
            postgres.execute(sql.SQL(statement))
    url = postgres.url_of("tocsin")
    administrator = url.replace("+psycopg", "")
    with psycopg.connect(administrator) as conn:
        conn.execute(before)
    owner = Database(url.replace("//postgres@", "//tocsin_owner@"))
    schema.upgrade(owner)
    owner.close()
    with psycopg.connect(administrator) as conn:
        conn.execute(after)
    yield url.replace("//postgres@", "//tocsin@")
    postgres.drop(url)
    postgres.execute(sql.SQL("DROP ROLE tocsin, tocsin_owner"))


def _weak(url: str) -> tuple[Weakness, ...]:
    database = Database(url)
    with database.reader() as conn:
        found = weaknesses(conn)
    database.close()
    return found


def test_a_server_that_would_forget_is_bad_news() -> None:
    sound = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "encoding": "UTF8",
        "changes_the_past": False,
    }

    assert judged(sound) == judged({**sound, "synchronous_commit": "remote_apply"}) == ()
    for name, value in (
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("synchronous_commit", "off"),
        ("encoding", "SQL_ASCII"),
    ):
        (weak,) = judged({**sound, name: value})
        assert weak.bad


async def test_the_engine_works_and_the_past_is_not_its_to_change(engines_url: str) -> None:
    async with a_room(engines_url, publish="night.cases") as room:
        assert isinstance(await room.one(report()), Done)
        await room.clock.advance(hours=2)
        assert (await room.desk.fire_due(limit=1)).cases == 1
        assert await room.sound()

    assert [each.bad for each in _weak(engines_url.replace("//tocsin@", "//tocsin_owner@"))] == [
        False
    ]  # a warning: this role could
    assert _weak(engines_url) == ()

    database = Database(engines_url)
    with database.writer() as conn:
        schema.check_version(conn)
        for change in (
            "UPDATE journal SET kind = 'x'",
            "DELETE FROM journal",
            "TRUNCATE journal",
            "ALTER TABLE journal DISABLE TRIGGER ALL",
            "DROP TABLE journal",
            "UPDATE alembic_version SET version_num = '0'",
        ):
            with pytest.raises(DBAPIError, match="42501"):  # insufficient privilege
                transact(conn, lambda c, change=change: c.execute(text(change)).rowcount)  # type: ignore[misc]
    database.close()
