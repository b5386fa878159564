"""A process says that it lives, whatever else it has to do."""

import asyncio
import threading
from pathlib import Path

from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from engine.store import tables as t
from tests.harness.postgres import PostgresServer
from tests.harness.waiting import until
from tests.integration.bootstrap.house import begin, running, settings_in


async def test_a_transaction_that_takes_long_is_no_death(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    """An import of a large registry keeps the writer for longer than the others wait."""
    url = postgres.url("long")
    settings = settings_in(tmp_path, database_url=url)
    begin(settings)
    looks = create_engine(url, poolclass=NullPool)

    def beat() -> object:
        with looks.connect() as conn:
            return conn.execute(select(t.instances.c.beat_at)).scalar_one()

    async with running(settings) as engine:
        over = threading.Event()
        took = asyncio.create_task(engine.parts.writer.run(lambda conn: over.wait(60)))
        before = beat()
        try:
            await until(lambda: beat() != before)
            assert not took.done()
        finally:
            over.set()
            await took
