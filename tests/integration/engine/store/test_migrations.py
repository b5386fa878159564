"""The migrations lead to the very tables that the code uses."""

import asyncio
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import String, text

from engine.store import schema
from engine.store.database import Database
from engine.store.tables import metadata
from tests.harness.migrating import config
from tests.harness.postgres import PostgresServer


def test_migrated_tables_are_those_of_the_code(store_url: str) -> None:
    database = Database(store_url)
    conn = database.writer()

    def differs(_: Any, __: Any, ___: Any, ____: Any, ours: Any) -> bool | None:
        return False if isinstance(ours, String) else None  # text has no length on PostgreSQL

    compared = MigrationContext.configure(conn, opts={"compare_type": differs})
    found = compare_metadata(compared, metadata)

    assert found == []
    conn.close()
    database.close()


async def test_two_processes_that_start_at_once_make_the_tables_once(
    postgres: PostgresServer,
) -> None:
    databases = [Database(url) for url in [postgres.url("begin")] * 3]

    await asyncio.gather(*(asyncio.to_thread(schema.upgrade, each) for each in databases))

    with databases[0].writer() as conn:
        schema.check_version(conn)
    for each in databases:
        each.close()


def test_text_is_ordered_by_its_bytes_and_never_too_long_on_either_store(store_url: str) -> None:
    database = Database(store_url)
    words = ["Zeta", "alpha", "a-b", "ab", "Ärger", "x" * 300]
    with database.writer() as conn, conn.begin():
        for word in words:
            conn.execute(text("INSERT INTO meta VALUES (:w, '')"), {"w": word})
        found = conn.execute(text("SELECT key FROM meta ORDER BY key")).scalars().all()

    assert found == sorted(words)
    database.close()


def test_upgrading_twice_changes_nothing(store_url: str) -> None:
    database = Database(store_url)
    schema.upgrade(database)
    conn = database.writer()

    assert schema.version(conn) == schema.NEEDED
    conn.close()
    database.close()


def test_the_release_needs_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == schema.NEEDED
